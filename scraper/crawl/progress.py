"""What a crawl looks like while it runs: a live line on a terminal, plain lines elsewhere."""

import logging
import sys
from threading import Event, Thread
from types import TracebackType
from typing import Any, Self

from rich.console import Console
from rich.live import Live
from rich.table import Table

from scraper.crawl.fetch import hide_keys
from scraper.crawl.run import Crawl

EVERY = 10.0
"""Seconds between two plain lines."""


def quiet_log() -> dict[str, Any]:
    """Settings and filters for a log that people read: warnings of one line, no traceback."""
    logging.lastResort = None
    for name in ("scrapy", "twisted", "py.warnings"):
        logging.getLogger(name).addFilter(one_line)
    for name in ("scrapy.downloadermiddlewares.robotstxt", "scrapy.core.scraper", "scrapy.core.engine"):
        logging.getLogger(name).addFilter(one_line)
    return {"LOG_LEVEL": "WARNING", "LOG_FORMAT": "%(asctime)s %(levelname)s %(message)s"}


def one_line(record: logging.LogRecord) -> bool:
    """A filter that takes the traceback off a record: the message says what happened."""
    hide_keys(record)
    record.exc_info = None
    record.exc_text = None
    return True


class Progress:
    """Shows a running crawl on stderr. `with Progress() as p: crawl(…, watch=p.watch)`."""

    def __init__(self) -> None:
        self.console = Console(stderr=True)
        self.running = Crawl()
        self.over = Event()
        self.live = Live(get_renderable=self.table, console=self.console, transient=True, refresh_per_second=4)

    def watch(self, running: Crawl) -> None:
        self.running = running

    def __enter__(self) -> Self:
        if self.console.is_terminal:
            self.live.start()
        else:
            Thread(target=self.say, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.over.set()
        if self.console.is_terminal:
            self.live.stop()

    def table(self) -> Table:
        """A row for each of the targets that have work left or went wrong, at most 12."""
        table = Table(box=None, pad_edge=False)
        for heading in ("target", "pages", "found", "read", "closed", "rejected", "lost"):
            table.add_column(heading, justify="left" if heading == "target" else "right")
        for r in self.running.reports()[:12]:
            table.add_row(r.target, *map(str, (r.pages, r.found, r.read, r.closed, r.rejected, r.lost)))
        return table

    def say(self) -> None:
        """A line every few seconds, for a log."""
        while not self.over.wait(EVERY):
            reports = self.running.reports()
            read, lost = sum(r.read for r in reports), sum(r.lost for r in reports)
            print(f"crawling {len(reports)} targets: {read} read, {lost} lost", file=sys.stderr, flush=True)
