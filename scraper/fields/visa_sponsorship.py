"""Whether visa sponsorship is offered (true) or refused (false)."""

from scraper.document import Document
from scraper.posting import RawPosting
from scraper.reading import Reading


def read_visa_sponsorship(raw: RawPosting, document: Document) -> Reading[bool] | None:
    """Whether visa sponsorship is offered (true) or refused (false)."""
    return None
