"""Years of experience asked for the role as a whole."""

from scraper.document import Document
from scraper.posting import Experience, RawPosting
from scraper.reading import Reading


def read_experience(raw: RawPosting, document: Document) -> Reading[Experience] | None:
    """Years of experience asked for the role as a whole."""
    return None
