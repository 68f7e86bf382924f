"""Spoken languages that the role asks for."""

from scraper.document import Document
from scraper.posting import RawPosting, SpokenLanguage
from scraper.reading import Reading


def read_languages(raw: RawPosting, document: Document) -> Reading[list[SpokenLanguage]] | None:
    """Spoken languages that the role asks for."""
    return None
