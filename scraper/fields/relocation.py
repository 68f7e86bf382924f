"""Whether help with relocation is offered (true) or refused (false)."""

from scraper.document import Document
from scraper.posting import RawPosting
from scraper.reading import Reading


def read_relocation(raw: RawPosting, document: Document) -> Reading[bool] | None:
    """Whether help with relocation is offered (true) or refused (false)."""
    return None
