"""Countries or regions that a remote worker may sit in."""

from scraper.document import Document
from scraper.posting import RawPosting, Workplace
from scraper.reading import Reading


def read_remote_from(raw: RawPosting, document: Document, workplace: Workplace | None) -> Reading[list[str]] | None:
    """Countries or regions that a remote worker may sit in."""
    return None
