"""Work mode."""

from scraper.document import Document
from scraper.posting import RawPosting, Workplace
from scraper.reading import Reading


def read_workplace(raw: RawPosting, document: Document) -> Reading[Workplace] | None:
    """Work mode."""
    return None
