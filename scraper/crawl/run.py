"""Runs boards over targets in one process and writes the postings to one place."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from shutil import rmtree
from typing import Any

from scrapy import signals
from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.settings import Settings
from scrapy.spiderloader import SpiderLoader

from scraper.crawl import settings as house_settings
from scraper.crawl.board import Board
from scraper.crawl.report import TargetReport
from scraper.posting import Posting


class TargetError(ValueError):
    """A target that names no board, or lacks what its board needs."""


@cache
def boards() -> dict[str, type[Board]]:
    """Every board by name, in the order of their names."""
    settings = Settings()
    settings.setmodule(house_settings)
    loader = SpiderLoader.from_settings(settings)
    found = {name: loader.load(name) for name in sorted(loader.list())}
    return {name: board for name, board in found.items() if issubclass(board, Board)}


def board_named(name: str) -> type[Board]:
    """The board of that name. Raises `TargetError`."""
    if name in boards():
        return boards()[name]
    near = get_close_matches(name, boards(), 1)
    raise TargetError(f"no board is called {name!r}" + (f"; did you mean {near[0]!r}?" if near else ""))


def split_targets(targets: Sequence[str]) -> dict[str, list[str | None]]:
    """Targets by board: `["greenhouse:a", "greenhouse:b"]` -> `{"greenhouse": ["a", "b"]}`. Raises `TargetError`."""
    found: dict[str, list[str | None]] = {}
    for target in targets:
        name, _, employer = target.partition(":")
        board = board_named(name)
        needs = ":" in board.target
        if needs and not employer:
            raise TargetError(f"{name} needs an employer: {board.target}")
        if employer and not needs:
            raise TargetError(f"{name} has no employers: the target is {name!r}")
        employers = found.setdefault(name, [])
        if (employer or None) not in employers:
            employers.append(employer or None)
    return found


@dataclass
class Crawl:
    """A crawl while it runs: the boards at work, and what they have found so far."""

    crawlers: list[Crawler] = field(default_factory=list)

    def reports(self) -> list[TargetReport]:
        """A report for each target, in the order they were given."""
        boards_at_work = [crawler.spider for crawler in self.crawlers if isinstance(crawler.spider, Board)]
        return [report for board in boards_at_work for report in board.reports.values()]


def crawl(
    targets: Sequence[str],
    write: Callable[[Posting], None],
    settings: Mapping[str, Any] | None = None,
    options: Mapping[str, str] | None = None,
    watch: Callable[[Crawl], None] | None = None,
) -> list[TargetReport]:
    """Crawl targets and hand every posting to `write`; a report for each target comes back.

    `settings` go over those of `scraper.crawl.settings`; `options` to every board; `watch` is called once, before the
    first request, with the running crawl. Raises `TargetError`. Can run once in a process: a reactor does not restart.
    """
    by_board = split_targets(targets)
    merged = Settings()
    merged.setmodule(house_settings)
    merged.setdict(dict(settings or {}), priority="cmdline")
    process = AsyncCrawlerProcess(merged)
    jobs = merged.get("ROLECALL_JOBS")
    running = Crawl()
    tasks = []
    for name, employers in by_board.items():
        board = boards()[name]
        board(**dict(options or {}))  # wrong options are said here, not in a log
        crawler = process.create_crawler(board)
        if jobs:
            folder = Path(jobs) / job_name(name, employers, options)
            crawler.settings.set("JOBDIR", str(folder), "cmdline")
            crawler.settings.set("ROLECALL_RESUMED", folder.exists(), "cmdline")
        crawler.signals.connect(lambda item, **_: write(item), signals.item_scraped, weak=False)
        running.crawlers.append(crawler)
        task = process.crawl(crawler, employers=employers, **dict(options or {}))
        tasks.append((crawler, task))
    if watch:
        watch(running)
    process.start()
    for crawler, task in tasks:
        if (error := task.exception()) and isinstance(crawler.spider, Board):
            for report in crawler.spider.reports.values():
                report.stop("broken", f"the crawl broke: {type(error).__name__}: {error}")
    for crawler in running.crawlers:
        if jobs and isinstance(crawler.spider, Board) and not any(r.pending for r in crawler.spider.reports.values()):
            rmtree(crawler.settings["JOBDIR"], ignore_errors=True)
    return running.reports()


def job_name(board: str, employers: Sequence[str | None], options: Mapping[str, str] | None) -> str:
    """A folder name for the same board, targets and options."""
    said = repr((sorted(filter(None, employers)), sorted((options or {}).items())))
    return f"{board}-{hashlib.blake2b(said.encode(), digest_size=6).hexdigest()}"
