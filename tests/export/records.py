"""Postings of every board, from the goldens: what an export is tried on."""

from functools import cache

from scraper.parse import parse_posting
from scraper.posting import Posting, RawPosting
from tests.boards.goldens import cases


@cache
def golden_raws() -> list[RawPosting]:
    """The raw posting of every posting in a golden, what no slot has taken as its keys."""
    rows = [row for case in cases() for row in (case.expected() or {}).get("postings", [])]
    return [RawPosting.model_validate(row | {"unread": dict.fromkeys(row["unread"])}) for row in rows]


@cache
def golden_postings() -> list[Posting]:
    """What the readers make of them."""
    return [parse_posting(raw) for raw in golden_raws()]
