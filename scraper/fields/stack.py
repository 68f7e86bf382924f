"""Named technologies that the role works with."""

from scraper.document import Document
from scraper.posting import RawPosting, Skill
from scraper.reading import Reading


def read_stack(raw: RawPosting, document: Document) -> Reading[list[Skill]] | None:
    """Named technologies that the role works with."""
    return None
