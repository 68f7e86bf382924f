"""Whether help with relocation is offered (true) or refused (false)."""

from scraper.document import Document
from scraper.posting import RawPosting
from scraper.reading import Reading
from scraper.words.offers import read_offer


def read_relocation(raw: RawPosting, document: Document) -> Reading[bool] | None:
    """Whether help with relocation is offered (true) or refused (false). Sources and conflicts: see `read_offer`."""
    labels = ((label.name, label.start, label.end) for label in document.labels)
    return read_offer("relocation", raw.relocation, raw.tags, labels, document.text, document.folded)
