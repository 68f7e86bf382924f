"""Whether visa sponsorship is offered (true) or refused (false)."""

from scraper.document import Document
from scraper.posting import RawPosting
from scraper.reading import Reading
from scraper.words.offers import read_offer


def read_visa_sponsorship(raw: RawPosting, document: Document) -> Reading[bool] | None:
    """Whether visa or permit sponsorship is offered; a demand for an existing right to work refuses it.

    Sources and conflicts: see `read_offer`.
    """
    labels = ((label.name, label.start, label.end) for label in document.labels)
    return read_offer("visa_sponsorship", raw.visa_sponsorship, raw.tags, labels, document.text, document.folded)
