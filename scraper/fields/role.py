"""The title without level, gender marks, place and work mode."""

from scraper.posting import Location, RawPosting
from scraper.reading import Reading


def read_role(raw: RawPosting, locations: list[Location]) -> Reading[str] | None:
    """The title without level, gender marks, place and work mode."""
    return None
