"""Remote OK: one JSON list of the latest hundred posts, texts inside."""

import re
from collections.abc import Iterable
from typing import Any

from scraper.crawl.board import Board, Found
from scraper.page import Page, PageRequest, take, taken
from scraper.posting import RawPosting, RawSalary

BAIT = re.compile(r"Please mention the words? (?:\*\*|<(?:b|strong)>)")
"""Begins a tail that the board itself adds for robots; it names the reader's address."""
MOJIBAKE = re.compile(r"(?:[\xc2\xc3][\x80-\xbf]|[\xe2-\xef][\x80-\xbf]{2}|\xf0[\x90-\xbf][\x80-\xbf]{2})+")


class Remoteok(Board):
    """The latest posts of all employers."""

    name = "remoteok"
    title = "Remote OK"
    docs = "https://remoteok.com/api"
    target = "remoteok"
    doors = ("json api",)
    publishes = ("employer_name", "description", "locations", "tags", "salary", "published", "apply_url", "attribution")
    date_order = "YMD"
    stream = True  # the newest posts only: what slides out of the window is not gone

    def first(self, employer: str | None) -> Iterable[PageRequest]:
        yield PageRequest("https://remoteok.com/api")

    def jobs(self, page: Page) -> Iterable[Found]:
        rows = page.rows("jobs", "position")
        yield from (row for row in rows if not (isinstance(row, dict) and "legal" in row and "position" not in row))

    def posting(self, page: Page, row: dict[str, Any]) -> RawPosting:
        url, apply_url = take(row, "url"), take(row, "apply_url")
        texts = taken(row, title="position", employer_name="company", description="description", locations="location")
        texts = {slot: mended(text) for slot, text in texts.items()}
        texts["description"] = BAIT.split(texts["description"], maxsplit=1)[0]
        return self.raw(
            page,
            **taken(row, key="id", tags="tags", published="date|epoch"),
            **texts,
            url=url,
            apply_url=apply_url if apply_url != url else None,
            salary=RawSalary(min=take(row, "salary_min") or None, max=take(row, "salary_max") or None),
            attribution=f"Source: Remote OK, {url}",
        )


def mended(text: str | None) -> str:
    """Text whose UTF-8 the board has read as Latin-1, as it was written."""
    return MOJIBAKE.sub(lambda run: run[0].encode("latin-1").decode("utf-8", "replace"), text or "")
