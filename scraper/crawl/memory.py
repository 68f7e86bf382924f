"""What a crawl remembers while it runs: it asks the store what is known, and tells it what was seen."""

import asyncio
import json
import sqlite3
from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Any, Self

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.http import Response

from scraper.crawl.board import Board
from scraper.crawl.report import GOOD, TargetReport
from scraper.page import PageRequest
from scraper.posting import Posting, RawPosting
from scraper.store import Store, StoreError, open_store
from scraper.store.store import Seen, seen

BATCH = 500
"""Listed keys that are told to the store at once."""

READ_BATCH, READ_SECONDS = 50, 1.0
"""Postings read that are stored at once, and after how many seconds those there are: a kill costs no more of them."""

WATCH_SECONDS = 1.0
"""How often a target may be found done."""


class Memory:
    """The store, as one board's crawl uses it. A store that fails ends the targets with its message."""

    def __init__(self, store: Store, reports: dict[str | None, TargetReport], run: str, max_age: timedelta) -> None:
        self.store = store
        self.reports = reports
        self.oldest = (datetime.now(UTC) - max_age).isoformat(timespec="seconds")
        self.crawls = {slug: store.begin(run, report.target, datetime.now(UTC)) for slug, report in reports.items()}
        self.finished: set[int] = set()
        """Crawls that are closed."""
        self.versions: dict[tuple[str | None, str], str] = {}
        self.seen: dict[str | None, dict[str, None]] = {slug: {} for slug in reports}
        """Keys that stand in a target's list, were not read, and have not been told to the store."""
        self.said: dict[str | None, dict[str, str]] = {slug: {} for slug in reports}
        self.read: list[tuple[str | None, Seen]] = []
        """Postings that were read and are not in the store yet."""
        self.stored_at = 0.0
        self.pages: dict[str | None, list[tuple[str, str | None, str | None, str]]] = {slug: [] for slug in reports}

    def fresh(self, employer: str | None, asked: PageRequest) -> bool:
        """Whether a posting's page need not be fetched: it is known, unchanged by what the list says, not too old."""
        assert asked.key is not None
        known = self.store.known(self.reports[employer].target, asked.key)
        if known is not None and known[0] == asked.version and known[1] >= self.oldest:
            return True
        if asked.version is not None:
            self.versions[employer, asked.key] = asked.version
        return False

    def listed(self, employer: str | None, key: str) -> None:
        """A posting stands in the list, whether its page is read or not."""
        self.seen[employer][key] = None
        if len(self.seen[employer]) >= BATCH:
            self.flush(employer)

    def flush(self, employer: str | None) -> None:
        """Tell the store what was listed."""
        keys, self.seen[employer] = self.seen[employer], {}
        if keys:
            self.store.still_there(self.crawls[employer], self.reports[employer].target, keys, datetime.now(UTC))

    def see(self, employer: str | None, raw: RawPosting, posting: Posting) -> None:
        """A posting was read. Raises `sqlite3.Error`."""
        version = self.versions.pop((employer, raw.key), None)
        row = seen(self.crawls[employer], self.reports[employer].target, raw, posting, version)
        self.read.append((employer, row))
        self.seen[employer].pop(raw.key, None)  # the store is told
        if len(self.read) >= READ_BATCH or monotonic() - self.stored_at >= READ_SECONDS:
            self.store_read()

    def store_read(self) -> None:
        """Store what was read. Raises `sqlite3.Error`; the targets of all that is not stored then end."""
        read, self.read, self.stored_at = self.read, [], monotonic()
        try:
            events = self.store.see_all([row for _, row in read]) if read else []
        except sqlite3.Error as error:
            for employer, _ in read:
                self.reports[employer].lost += 1
                self.reports[employer].stop("broken", f"{self.store.path}: {error}; nothing more is stored")
            raise
        for (employer, _), event in zip(read, events, strict=True):
            self.reports[employer].events[event or "same"] += 1

    def close(self, employer: str | None, key: str, because: str, certain: bool) -> None:
        """The board says that a posting is closed. Where it is not certain, the end of the crawl decides: a site under
        repair says so of every posting.
        """
        if certain:
            self.store_read()  # it may be among these
            self.store.say_closed(self.crawls[employer], self.reports[employer].target, key, because, datetime.now(UTC))
        else:
            self.listed(employer, key)
            self.said[employer][key] = because

    def finish(self, employers: Iterable[str | None], stream: bool) -> None:
        """Close the crawl of targets, each once. Of a stream of changes, absence closes nothing."""
        self.store_read()
        for employer in employers:
            report, crawl = self.reports[employer], self.crawls[employer]
            if crawl in self.finished:
                continue
            self.flush(employer)
            done = self.store.finish(
                crawl,
                report.target,
                datetime.now(UTC),
                outcome=report.outcome,
                whole=report.whole and not stream,
                report=report.as_dict(),
                said=self.said[employer],
            )
            self.finished.add(crawl)
            if report.outcome in GOOD:
                for url, etag, modified, held in self.pages[employer]:
                    self.store.remember_page(url, etag, modified, held, datetime.now(UTC))
            report.events["closed"] = done.closed
            if done.held:
                report.held = done.held
                report.lose(f"{done.held} postings vanished at once; held, not closed")

    # -- pages that have not changed ----------------------------------------------------------------------------------

    def remember(self, employer: str | None, response: Response, found: list[PageRequest | str]) -> None:
        """Keep a page's validators and what it held: keys of postings, and the pages that follow. They are stored at
        the end of a crawl that lost nothing: an unchanged page must not hide what was lost with it.
        """
        etag, modified = (response.headers.get(name) for name in (b"ETag", b"Last-Modified"))
        if etag or modified:
            held = json.dumps([item if isinstance(item, str) else asdict(item) for item in found])
            texts = [value.decode("latin-1") if value else None for value in (etag, modified)]
            self.pages[employer].append((response.url, texts[0], texts[1], held))

    def holds(self, employer: str | None, found: str) -> bool:
        """Whether every posting that a page held is in the store and open."""
        target = self.reports[employer].target
        return all(self.store.known(target, key) for key in json.loads(found) if isinstance(key, str))

    def recall(self, url: str) -> list[PageRequest | str]:
        """What an unchanged page held."""
        row = self.store.validators(url)
        return (
            [item if isinstance(item, str) else request_from(item) for item in json.loads(row["found"])] if row else []
        )


def request_from(data: dict[str, Any]) -> PageRequest:
    """A request from its plain data."""
    otherwise = data.pop("otherwise", None)
    return PageRequest(**data, otherwise=request_from(otherwise) if otherwise else None)


class Remember:
    """Opens the store of `ROLECALL_STORE` for a board, and closes the crawl of each target in it: soon after its last
    page, so that a kill of a long run costs only the targets that were at work; at the end, whatever became of it.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.path: str | None = crawler.settings.get("ROLECALL_STORE")
        if not self.path:
            raise NotConfigured
        self.crawler = crawler
        self.watching: asyncio.Task[None] | None = None
        crawler.signals.connect(self.open, signals.spider_opened)
        crawler.signals.connect(self.close, signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def open(self, spider: Board) -> None:
        settings = self.crawler.settings
        days = 0 if settings.getbool("ROLECALL_REFRESH") else settings.getfloat("ROLECALL_MAX_AGE_DAYS")
        run = settings.get("ROLECALL_RUN") or f"{datetime.now(UTC):%Y%m%dT%H%M%S}"
        try:
            spider.memory = Memory(open_store(Path(str(self.path))), spider.reports, run, timedelta(days=days))
        except (sqlite3.Error, StoreError) as error:
            for report in spider.reports.values():
                report.stop("broken", f"{self.path}: {error}; nothing was asked for")
        else:
            self.watching = asyncio.get_running_loop().create_task(self.watch(spider))

    async def watch(self, spider: Board) -> None:
        """Finish targets while others are at work."""
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            self.finish(spider, self.done(spider))

    def done(self, spider: Board) -> list[str | None]:
        """Targets of which nothing is left to do: each request was answered, and all that came has been read."""
        slot = self.crawler.engine.scraper.slot
        being_read = {request.cb_kwargs.get("employer") for request in slot.active} if slot else set()
        begun = [(employer, report) for employer, report in spider.reports.items() if report.requests]
        return [
            employer
            for employer, report in begun[:-1]  # they begin in this order: the last one may have more first requests
            if not (report.pending or report.resumed or employer in being_read)
        ]

    def finish(self, spider: Board, employers: Iterable[str | None]) -> None:
        """Close the crawl of targets; a store that fails ends them all."""
        assert spider.memory
        try:
            spider.memory.finish(employers, spider.stream)
        except sqlite3.Error as error:
            for report in spider.reports.values():
                report.stop("broken", f"{self.path}: {error}")

    def close(self, spider: Board) -> None:
        if spider.memory is None or self.watching is None:
            return
        self.watching.cancel()
        self.finish(spider, spider.reports)
        spider.memory.store.close()


class Revalidate:
    """Asks for a page that is known only if it has changed (RFC 9110: `If-None-Match`, `If-Modified-Since`)."""

    def __init__(self, crawler: Crawler) -> None:
        if not crawler.settings.get("ROLECALL_STORE") or crawler.settings.getbool("ROLECALL_REFRESH"):
            raise NotConfigured
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        spider = self.crawler.spider
        asked: PageRequest | None = request.cb_kwargs.get("asked")
        if asked is None or asked.kind != "list" or request.method != "GET" or not isinstance(spider, Board):
            return
        known = spider.memory.store.validators(request.url) if spider.memory else None
        if known is not None and spider.memory and spider.memory.holds(request.cb_kwargs["employer"], known["found"]):
            request.meta["handle_httpstatus_list"] = [304]
            for header, name in (("If-None-Match", "etag"), ("If-Modified-Since", "last_modified")):
                if known[name]:
                    request.headers[header] = known[name]
