"""Stores and pages of the report tests."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from lxml import html

from scraper.parse import parse_posting
from scraper.posting import RawPosting
from scraper.store import Store, open_store

DAY = datetime(2026, 10, 5, 6, 0, tzinfo=UTC)
"""A Monday."""


def post(key: str, day: int = 0, board: str = "probe", employer: str | None = "lumo", **slots: Any) -> RawPosting:
    given = {"title": "Lamp Tester", "description": "<p>Test lamps.</p>", "url": f"https://lumo.example/{key}"} | slots
    return RawPosting(board=board, employer=employer, key=key, seen_at=DAY + timedelta(days=day), **given)


def crawl(store: Store, day: int, *raws: RawPosting, target: str = "probe:lumo", closed: tuple[str, ...] = ()) -> None:
    """A crawl of a target that reads some posts and is told that others have closed."""
    at = DAY + timedelta(days=day)
    number = store.begin(f"{at:%Y%m%dT%H%M%S}.000001", target, at)
    for raw in raws:
        store.see(number, target, raw, parse_posting(raw))
    for key in closed:
        assert store.say_closed(number, target, key, "filled", at)
    store.finish(number, target, at, outcome="ok", whole=False, report={})


def new_store(home: Path) -> Store:
    return open_store(home / "rolecall.db")


class Page:
    """A report as its reader sees it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tree = html.fromstring(text)

    def lead(self) -> str:
        return " ".join(self.tree.xpath("//header//text()")).split("Contents")[0]

    def says(self, figure: str) -> str:
        (said,) = self.tree.xpath(f"//*[@id='figure-{figure}']/p[@class='says']")
        return str(said.text_content())

    def note(self, figure: str) -> str:
        return " ".join(p.text_content() for p in self.tree.xpath(f"//*[@id='figure-{figure}']/p[@class='note']"))

    def table(self, figure: str) -> dict[str, list[str]]:
        """First cell of each row to the others."""
        rows = self.tree.xpath(f"//*[@id='figure-{figure}']//tbody/tr")
        return {row[0].text_content(): [cell.text_content() for cell in row[1:]] for row in rows}

    def drawn(self, figure: str) -> bool:
        return bool(self.tree.xpath(f"//*[@id='figure-{figure}']//svg"))

    def figures(self) -> list[str]:
        return [
            str(id).removeprefix("figure-")
            for id in self.tree.xpath("//*[@class='figure' or @class='figure wide']/@id")
        ]
