"""Where the work is done or the worker may sit."""

from scraper.document import Document
from scraper.posting import Location, RawPosting
from scraper.reading import Reading


def read_locations(raw: RawPosting, document: Document) -> Reading[list[Location]] | None:
    """Where the work is done or the worker may sit."""
    return None
