"""Language of the text, ISO 639-1."""

from scraper.document import Document
from scraper.posting import RawPosting
from scraper.reading import Reading


def read_language(raw: RawPosting, document: Document) -> Reading[str] | None:
    """Language of the text, ISO 639-1."""
    return None
