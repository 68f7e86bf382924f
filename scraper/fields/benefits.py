"""What the employer offers beyond base pay."""

from scraper.document import Document
from scraper.posting import Benefit, RawPosting
from scraper.reading import Reading


def read_benefits(raw: RawPosting, document: Document) -> Reading[list[Benefit]] | None:
    """What the employer offers beyond base pay."""
    return None
