"""Base pay: a grammar of amounts, currencies and periods."""

from collections.abc import Sequence

from scraper.document import Document
from scraper.posting import PayRange, RawPosting, Salary
from scraper.reading import Reading


def read_pay_ranges(raw: RawPosting, document: Document, countries: Sequence[str]) -> Reading[list[PayRange]] | None:
    """All pay ranges of a post. `countries` (ISO 3166-1 alpha-2, or region names) settle symbols such as `$`."""
    return None


def choose_salary(ranges: Reading[list[PayRange]] | None) -> Reading[Salary] | None:
    """The range that stands for the post: base pay before others."""
    return None
