"""Levels that the title or an explicit statement names."""

from scraper.document import Document
from scraper.posting import RawPosting, Seniority
from scraper.reading import Reading


def read_seniority(raw: RawPosting, document: Document) -> Reading[list[Seniority]] | None:
    """Levels that the title or an explicit statement names."""
    return None
