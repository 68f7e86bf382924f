"""Dates in every shape that boards publish them, at the precision that was published."""

from typing import Literal

from scraper.posting import RawPosting
from scraper.reading import Reading


def read_date(
    raw: RawPosting, slot: Literal["published", "updated", "expires"], language: str | None
) -> Reading[str] | None:
    """The date of a slot in ISO 8601."""
    return None
