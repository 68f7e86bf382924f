"""Kinds of employment on offer."""

from scraper.document import Document
from scraper.posting import Employment, RawPosting
from scraper.reading import Reading


def read_employment(raw: RawPosting, document: Document) -> Reading[list[Employment]] | None:
    """Kinds of employment on offer."""
    return None
