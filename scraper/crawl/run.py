"""Runs boards over targets in one process and writes the postings to one place."""

import asyncio
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
from scraper.crawl.detect import Detected, Look, by_address
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

    write: Callable[[Posting], None] = print
    crawlers: list[Crawler] = field(default_factory=list)
    error: OSError | None = None
    """Why the output could not be written."""
    failed: list[TargetReport] = field(default_factory=list)
    """Addresses that are nobody's target."""

    def keep(self, item: Posting) -> None:
        """Write a posting; where that fails, every target ends, and the first error stays."""
        try:
            self.write(item)
        except OSError as error:
            self.error = self.error or error
            for report in self.reports():
                report.stop("broken", f"the output cannot be written: {error}")

    def reports(self) -> list[TargetReport]:
        """A report for each target, in the order they were given; addresses that had to be looked at come last."""
        boards_at_work = [crawler.spider for crawler in self.crawlers if isinstance(crawler.spider, Board)]
        return [report for board in boards_at_work for report in board.reports.values()] + self.failed

    def target_of(self, found: Detected) -> str | None:
        """The target to crawl for an address; one that names nobody's page is reported instead.

        A page that could not be read is tried again, so that its report says why.
        """
        if found.target is None and found.why.startswith("not read"):
            return f"careers:{found.url}"
        if found.target is None:
            report = TargetReport(found.url)
            report.stop("moved", found.why)
            self.failed.append(report)
        return found.target


def crawl(
    targets: Sequence[str],
    write: Callable[[Posting], None],
    settings: Mapping[str, Any] | None = None,
    options: Mapping[str, str] | None = None,
    watch: Callable[[Crawl], None] | None = None,
) -> list[TargetReport]:
    """Crawl targets and hand every posting to `write`; a report for each target comes back. A target may be the
    address of a page: what it is is found out first.

    `settings` go over those of `scraper.crawl.settings`; `options` to every board; `watch` is called once, before the
    first request, with the running crawl. Raises `TargetError`. Can run once in a process: a reactor does not restart.
    """
    settled, unsettled = settle(targets)
    by_board = split_targets(settled)
    merged = merge(settings)
    process = AsyncCrawlerProcess(merged)
    running = Crawl(write)
    tasks: list[tuple[Crawler, asyncio.Task[None]]] = []
    errors: list[Exception] = []

    def begin(by_board: Mapping[str, Sequence[str | None]]) -> None:
        for name, employers in by_board.items():
            board = boards()[name]
            board(**dict(options or {}))  # wrong options are said here, not in a log
            crawler = process.create_crawler(board)
            if jobs := merged.get("ROLECALL_JOBS"):
                folder = Path(jobs) / job_name(name, employers, options)
                if not list(folder.rglob("active.json")):  # a crawl that was killed left nothing to go on with
                    rmtree(folder, ignore_errors=True)
                crawler.settings.set("JOBDIR", str(folder), "cmdline")
                crawler.settings.set("ROLECALL_RESUMED", folder.exists(), "cmdline")
            crawler.signals.connect(running.keep, signals.item_scraped, weak=False)
            running.crawlers.append(crawler)
            tasks.append((crawler, process.crawl(crawler, employers=employers, **dict(options or {}))))

    def begin_found(found: Sequence[Detected]) -> None:
        try:
            named = [target for detected in found if (target := running.target_of(detected)) not in (None, *settled)]
            begin(split_targets([target for target in named if target]))
        except ValueError as error:
            errors.append(error)

    begin(by_board)
    if unsettled:
        look(process, unsettled, begin_found)
    if watch:
        watch(running)
    process.start()
    if errors:
        raise errors[0]
    for crawler, task in tasks:
        if (error := task.exception()) and isinstance(crawler.spider, Board):
            for report in crawler.spider.reports.values():
                report.stop("broken", f"the crawl broke: {type(error).__name__}: {error}")
    if running.error:
        raise running.error
    for crawler in running.crawlers:
        if merged.get("ROLECALL_JOBS") and crawler.stats.get_value("finish_reason") == "finished":
            rmtree(crawler.settings["JOBDIR"], ignore_errors=True)
    return running.reports()


def detect(urls: Sequence[str], settings: Mapping[str, Any] | None = None, offline: bool = False) -> list[Detected]:
    """What each address is, in their order. Pages are fetched where the address alone does not settle it, if allowed.

    Can run once in a process, as `crawl`.
    """
    known = {url: by_address(url, boards()) for url in urls}
    rest = [url for url in known if not sure(known[url])]
    pages: dict[str, Detected] = {}
    if rest and not offline:
        process = AsyncCrawlerProcess(merge(settings))
        look(process, rest, lambda found: pages.update({detected.url: detected for detected in found}))
        process.start()
    nothing = "its shape names no board" if offline else "not read"
    return [pages.get(url) or known[url] or Detected(url, None, 0.0, nothing) for url in urls]


def look(process: AsyncCrawlerProcess, urls: Sequence[str], then: Callable[[Sequence[Detected]], None]) -> None:
    """Fetch addresses and say what they are, before the process ends; nothing of it is stored."""
    crawler = process.create_crawler(Look)
    for name in ("ROLECALL_STORE", "ROLECALL_ARCHIVE"):
        crawler.settings.set(name, None, 50)  # above those of the command, which are set again
    task = process.crawl(crawler, urls=urls, boards=boards())

    def done(_: asyncio.Task[None]) -> None:
        spider = crawler.spider
        then([spider.found[url] for url in urls if url in spider.found] if isinstance(spider, Look) else [])

    task.add_done_callback(done)


def merge(settings: Mapping[str, Any] | None) -> Settings:
    """The settings of the house under those that are given."""
    merged = Settings()
    merged.setmodule(house_settings)
    merged.setdict(dict(settings or {}), priority="cmdline")
    return merged


def settle(targets: Sequence[str]) -> tuple[list[str], list[str]]:
    """Targets, those given as addresses that settle them included, and addresses whose pages must be looked at."""
    settled: list[str] = []
    unsettled: list[str] = []
    for target in targets:
        found = by_address(target, boards()) if is_address(target) else None
        if is_address(target) and not sure(found):
            unsettled.append(target)
        else:
            settled.append(found.target if found and found.target else target)
    return settled, unsettled


def is_address(target: str) -> bool:
    """Whether a target is given as the address of a page."""
    return target.startswith(("http://", "https://"))


def sure(found: Detected | None) -> bool:
    """Whether an address alone settles what it is."""
    return found is not None and found.confidence == 1


def job_name(board: str, employers: Sequence[str | None], options: Mapping[str, str] | None) -> str:
    """A folder name for the same board, targets and options."""
    said = repr((sorted(filter(None, employers)), sorted((options or {}).items())))
    return f"{board}-{hashlib.blake2b(said.encode(), digest_size=6).hexdigest()}"
