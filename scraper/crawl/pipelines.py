"""Raw posting -> posting. What breaks the contract is kept as a reject, with its reason."""

import json
import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from pydantic import ValidationError
from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem

from scraper.crawl.board import Board, Rejected
from scraper.crawl.home import home
from scraper.parse import parse_posting
from scraper.posting import Posting, RawPosting, breach


class ReadPostings:
    """Reads every field of a raw posting; counts what was read, unread and rejected for its target."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_item(self, item: Any) -> Posting:
        board = self.crawler.spider
        assert isinstance(board, Board)
        if isinstance(item, Rejected):
            return self.reject(board, item.employer, item.reason, item.piece)
        if not isinstance(item, RawPosting):
            raise TypeError(f"{board.name} yielded a {type(item).__name__}; a board yields raw postings")
        # A job board's posts name many employers; it has one report.
        slug = item.employer if item.employer in board.reports else next(iter(board.reports))
        report = board.reports[slug]
        try:
            posting = parse_posting(item)
        except ValidationError as error:
            return self.reject(board, slug, breach(error), item.model_dump(mode="json"))
        except Exception as error:  # noqa: BLE001  a reader's bug costs one posting, and is named
            return self.reject(board, slug, f"{type(error).__name__}: {error}", item.model_dump(mode="json"))
        if board.memory:
            try:
                board.memory.see(slug, item, posting)
            except sqlite3.Error as error:
                raise DropItem(f"not stored: {error}") from None
        report.count(posting, paths(item.unread))
        return posting

    def reject(self, board: Board, employer: str | None, reason: str, raw: Any) -> Posting:
        """Write the reject and drop the item."""
        report = board.reports[employer] if employer in board.reports else next(iter(board.reports.values()))
        report.reject(reason)
        row = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "target": report.target, "reason": reason}
        path = Path(board.settings.get("ROLECALL_REJECTS") or home() / "rejects.jsonl")
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as out:
            out.write(json.dumps(row | {"raw": raw}, ensure_ascii=False, default=str) + "\n")
        raise DropItem(reason)


def paths(unread: dict[str, Any]) -> set[str]:
    """The key paths of what was left unread, e.g. `departments[].id`."""
    found: set[str] = set()
    todo: list[tuple[str, Any]] = [("", unread)]
    while todo:
        path, value = todo.pop()
        if isinstance(value, dict):
            todo.extend((f"{path}.{key}".lstrip("."), inner) for key, inner in value.items())
        elif isinstance(value, list):
            todo.extend((f"{path}[]", inner) for inner in value)
        else:
            found.add(path)
    return found
