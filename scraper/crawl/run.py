"""Runs boards over targets in one process and writes the postings to one place."""

import asyncio
import hashlib
import json
import math
import os
import re
import signal
import sys
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from shutil import rmtree
from types import FrameType
from typing import Any, TypeVar

from scrapy import Request, signals
from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.settings import BaseSettings, Settings, default_settings
from scrapy.utils.spider import iter_spider_classes

from scraper.crawl import settings as house_settings
from scraper.crawl.audit import audit_of
from scraper.crawl.board import Board
from scraper.crawl.detect import Detected, Look, by_address, cleaned
from scraper.crawl.grace import downloader_of
from scraper.crawl.report import TargetReport
from scraper.crawl.schedule import EARLY, Quiet
from scraper.posting import Posting
from scraper.whole import write_whole

T = TypeVar("T")


class TargetError(ValueError):
    """A target that names no board, or lacks what its board needs."""


# -- boards -----------------------------------------------------------------------------------------------------------


class BoardLoader:
    """Scrapy's way to the boards: each file by itself, so that one that cannot be imported hides no other."""

    @classmethod
    def from_settings(cls, settings: BaseSettings) -> "BoardLoader":
        return cls()

    def load(self, spider_name: str) -> type[Board]:
        try:
            return board_named(spider_name)
        except TargetError as error:
            raise KeyError(str(error)) from None

    def list(self) -> Sequence[str]:
        return [*boards()]

    def find_by_request(self, request: Request) -> Sequence[str]:
        return [name for name, board in boards().items() if board.handles_request(request)]


@cache
def imported() -> tuple[dict[str, type[Board]], dict[str, str]]:
    """Every board by name, in the order of their names; and why a file's board could not be had, by the file's name."""
    found: dict[str, type[Board]] = {}
    failed: dict[str, str] = {}
    for package in house_settings.SPIDER_MODULES:
        for module in iter_modules(import_module(package).__path__):
            try:
                classes = list(iter_spider_classes(import_module(f"{package}.{module.name}")))
            except Exception as error:  # noqa: BLE001  one bad file never hides the other boards
                failed[module.name] = f"{package}/{module.name}.py: {type(error).__name__}: {error}"
                continue
            found |= {board.name: board for board in classes if issubclass(board, Board)}
    return dict(sorted(found.items())), failed


def boards() -> dict[str, type[Board]]:
    """Every board by name, in the order of their names."""
    return imported()[0]


def unusable() -> dict[str, str]:
    """Why boards cannot be used, by name: their files cannot be imported."""
    return imported()[1]


def board_named(name: str) -> type[Board]:
    """The board of that name. Raises `TargetError`."""
    if name in boards():
        return boards()[name]
    if name in unusable():
        raise TargetError(f"the board {name!r} cannot be used: {unusable()[name]}")
    near = get_close_matches(name, boards(), 1)
    raise TargetError(f"no board is called {name!r}" + (f"; did you mean {near[0]!r}?" if near else ""))


def split_target(target: str) -> tuple[type[Board], str | None]:
    """The board and the employer of a target: `greenhouse:a` -> `(Greenhouse, "a")`. Raises `TargetError`."""
    refuse_control_characters(target)
    name, _, employer = target.partition(":")
    board = board_named(name)
    needs = ":" in board.target
    if needs and not employer.strip():
        raise TargetError(f"{name} needs an employer: {board.target}")
    if employer and not needs:
        raise TargetError(f"{name} has no employers: the target is {name!r}")
    return board, employer or None


CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
"""Characters that no name has, and that would forge lines of logs."""


def refuse_control_characters(text: str) -> None:
    """Raise `TargetError` where a text has any."""
    if CONTROL.search(text):
        raise TargetError(f"{text!r} has control characters in it")


# -- what a crawl is asked for ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Job:
    """A target with options and settings of its own. A wrong one ends this job, and no other."""

    target: str
    """A target, or the address of a page."""
    options: Mapping[str, str] = field(default_factory=dict)
    """Of the board."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    """Scrapy's and ours, for this target."""
    quiet: Quiet | None = None
    """Hours in which it is not begun; where it is at work when they begin, it is ended as `partial`."""


@dataclass
class Batch:
    """Targets of one board with the same options and settings: one crawler's work."""

    board: type[Board]
    options: Mapping[str, str]
    settings: Mapping[str, Any]
    quiet: dict[str | None, Quiet | None]
    """The employers, and when each is not asked."""
    folder: Path | None = None
    """Where its requests wait on disk, with `ROLECALL_JOBS`."""

    @property
    def employers(self) -> list[str | None]:
        return list(self.quiet)

    @property
    def mark(self) -> str:
        """One text for the same board, options and settings."""
        return json.dumps(self.what())

    def what(self) -> dict[str, Any]:
        """The board, its options and settings as plain data."""
        options, settings = (sorted((k, str(v)) for k, v in given.items()) for given in (self.options, self.settings))
        return {"board": self.board.name, "options": dict(options), "settings": dict(settings)}

    def report(self, employer: str | None) -> TargetReport:
        """An empty report for one of its targets."""
        name = f"{self.board.name}:{employer}" if employer else self.board.name
        try:
            return TargetReport(self.board(**self.options).slice_name(employer))
        except (TypeError, ValueError):
            return TargetReport(name)


@dataclass
class Crawl:
    """A crawl while it runs: the boards at work, and what they have found so far."""

    write: Callable[[Posting], None] | None = None
    crawlers: list[Crawler] = field(default_factory=list)
    error: OSError | None = None
    """Why the output could not be written."""
    failed: list[TargetReport] = field(default_factory=list)
    """Targets that were not begun: addresses that are nobody's, wrong options, an early end."""
    ending: str | None = None
    """Why the run ends before its time."""

    def keep(self, item: Posting) -> None:
        """Write a posting; where that fails, every target ends, and the first error stays."""
        assert self.write
        try:
            self.write(item)
        except OSError as error:
            self.error = self.error or error
            for report in self.reports():
                report.stop("broken", f"the output cannot be written: {error.strerror or error}")

    def reports(self) -> list[TargetReport]:
        """A report for each target begun, in the order they were given; those that could not be begun come last."""
        boards_at_work = [crawler.spider for crawler in self.crawlers if isinstance(crawler.spider, Board)]
        return [report for board in boards_at_work for report in board.reports.values()] + self.failed

    def fail(self, report: TargetReport, outcome: str, why: str) -> None:
        """Report a target that is not begun."""
        report.stop(outcome, why)
        self.failed.append(report)

    def target_of(self, found: Detected) -> str | None:
        """The target to crawl for an address; one that names nobody's page is reported instead.

        A page that could not be read is tried again, so that its report says why.
        """
        if found.target is None and found.why.startswith("not read"):
            return f"careers:{found.url}"
        if found.target is None:
            self.fail(TargetReport(found.url), "moved", found.why)
        return found.target


def crawl(
    targets: Sequence[str | Job],
    write: Callable[[Posting], None] | None,
    settings: Mapping[str, Any] | None = None,
    options: Mapping[str, str] | None = None,
    watch: Callable[[Crawl], None] | None = None,
) -> list[TargetReport]:
    """Crawl targets and hand every posting to `write`, if given; a report for each target comes back. A target may be
    the address of a page: what it is is found out first.

    `settings` go over those of `scraper.crawl.settings`, `options` to every board; those of a `Job` go over both.
    Targets of one board with the same options and settings are crawled together, several such batches of a board one
    after another, boards side by side. A wrong target or option that is given as text raises `TargetError` or
    `ValueError`, that of a `Job` ends the job. `watch` is called once, before the first request, with the running
    crawl. SIGTERM and SIGINT end it within `ROLECALL_GRACE_SECONDS`. Can run once in a process: a reactor does not
    restart.
    """
    running = Crawl(write)
    work = Work(running, merge(settings), options or {})
    settled, unsettled = work.settle(targets)
    work.add(settled)
    if watch:
        watch(running)
    if work.batches or unsettled:
        work.run(unsettled)
    if running.error:
        raise running.error
    return running.reports()


class Work:
    """The batches of a crawl, and the process that works through them."""

    def __init__(self, running: Crawl, settings: Settings, options: Mapping[str, str]) -> None:
        self.running = running
        self.settings = settings
        self.options = options
        self.batches: dict[str, Batch] = {}
        self.tasks: set[asyncio.Task[Any]] = set()
        self.grace = settings.getfloat("ROLECALL_GRACE_SECONDS")

    # -- before the first request -------------------------------------------------------------------------------------

    def settle(self, targets: Sequence[str | Job]) -> tuple[list[str | Job], list[str | Job]]:
        """Targets, those given as addresses that settle them included, and those whose pages must be looked at.

        Raises `TargetError` for an address that is given as text and is none.
        """
        settled: list[str | Job] = []
        unsettled: list[str | Job] = []
        for given in targets:
            target = name_of(given)
            if not isinstance(given, Job) and is_address(target):
                refuse_control_characters(target)
                if cleaned(target) is None:
                    raise TargetError(f"{target!r} is no web address")
            found = by_address(target, boards()) if is_address(target) else None
            if is_address(target) and not sure(found):
                unsettled.append(given)
            else:
                settled.append(renamed(given, found.target if found and found.target else target))
        return settled, unsettled

    def add(self, targets: Sequence[str | Job]) -> None:
        """Put targets into batches. Raises `TargetError` or `ValueError` for what is given as text and wrong."""
        for given in targets:
            job = given if isinstance(given, Job) else Job(given)
            try:
                board, employer = split_target(job.target)
                batch = Batch(board, {**self.options, **job.options}, job.settings, {})
                if batch.mark not in self.batches:
                    board(**batch.options)  # wrong options are said here, not in a log
                    self.batches[batch.mark] = batch
            except (TypeError, ValueError) as error:
                if given is not job and job.target.partition(":")[0] not in unusable():
                    raise
                self.running.fail(TargetReport(job.target), "broken", str(error))
            else:
                self.batches[batch.mark].quiet.setdefault(employer, job.quiet)

    # -- the work -----------------------------------------------------------------------------------------------------

    def run(self, unsettled: Sequence[str | Job]) -> None:
        """Work through everything; returns when all is done, or ended by a signal."""
        self.process = AsyncCrawlerProcess(self.settings)
        with signals_taken(self.end):
            run_to_end(self.process, self.everything(unsettled))

    async def everything(self, unsettled: Sequence[str | Job]) -> None:
        """Look at addresses, then crawl the boards side by side."""
        if unsettled:
            pages = await look(self.process, [name_of(given) for given in unsettled])
            found = [(given, pages.get(name_of(given))) for given in unsettled]
            named = [(given, self.running.target_of(page)) for given, page in found if page]
            self.add([renamed(given, target) for given, target in named if target])
        by_board: dict[str, list[Batch]] = {}
        for batch in self.batches.values():
            by_board.setdefault(batch.board.name, []).append(batch)
        await asyncio.gather(*map(self.one_after_another, by_board.values()))

    async def one_after_another(self, batches: Sequence[Batch]) -> None:
        """Crawl the batches of one board."""
        for part in [part for batch in batches for part in self.parts(batch)]:
            await self.crawl_batch(part)

    async def crawl_batch(self, batch: Batch) -> None:
        """Crawl a batch, but for the targets that may not be begun now."""
        for employer, quiet in list(batch.quiet.items()):
            why = self.running.ending
            if quiet and quiet.holds(datetime.now(UTC)):
                why = f"its quiet hours are {quiet}"
                audit_of(self.settings.get("ROLECALL_RUN")).write(
                    batch.report(employer).target, "", "quiet-hours", str(quiet), "not asked"
                )
            if why:
                self.running.fail(batch.report(employer), "partial", f"{EARLY}{why}, before it was begun")
                del batch.quiet[employer]
        if not batch.quiet:
            return
        settings = self.settings.copy()
        settings.setdict(dict(batch.settings), OWN)
        if batch.folder:
            settings.setdict({"JOBDIR": str(batch.folder), "ROLECALL_RESUMED": batch.folder.exists()}, OWN)
        crawler = Crawler(batch.board, settings)
        if self.running.write:
            crawler.signals.connect(self.running.keep, signals.item_scraped, weak=False)
        crawler.signals.connect(lambda: self.opened(crawler, batch), signals.engine_started, weak=False)
        crawler.signals.connect(lambda: self.closed(crawler), signals.spider_closed, weak=False)
        self.running.crawlers.append(crawler)
        try:
            await self.process.crawl(crawler, employers=batch.employers, **batch.options)
        except Exception as error:  # noqa: BLE001  what breaks one batch breaks no other
            why = f"the crawl broke: {type(error).__name__}: {error}"
            if isinstance(crawler.spider, Board):
                for report in crawler.spider.reports.values():
                    report.stop("broken", why)
            else:
                for employer in batch.employers:
                    self.running.fail(batch.report(employer), "broken", why)
        if batch.folder and isinstance(crawler.spider, Board):
            keep_left(batch, crawler.spider.reports, crawler.stats.get_value("finish_reason") == "finished")

    def opened(self, crawler: Crawler, batch: Batch) -> None:
        """A crawler begins: its targets end when their quiet hours begin, all of it where the run ends already."""
        board = crawler.spider
        assert isinstance(board, Board)
        loop, now = asyncio.get_running_loop(), datetime.now(UTC)
        for employer, quiet in batch.quiet.items():
            if quiet:
                seconds = (quiet.next_start(now) - now).total_seconds()
                loop.call_later(seconds, self.fall_quiet, crawler, board.reports[employer], employer, quiet)
        if self.running.ending:
            self.tasks.add(loop.create_task(crawler.engine.stop_async()))

    def fall_quiet(self, crawler: Crawler, report: TargetReport, employer: str | None, quiet: Quiet) -> None:
        """End a target that is at work when its quiet hours begin."""
        if crawler.crawling and (report.pending or not report.requests):
            report.stop("partial", f"{EARLY}its quiet hours {quiet} began")
            audit_of(self.settings.get("ROLECALL_RUN")).write(
                report.target, "", "quiet-hours", str(quiet), "ended target"
            )
            downloader_of(crawler).drop(employer)

    def closed(self, crawler: Crawler) -> None:
        """A crawler ends, before the store is told: what an early end has cut off says so."""
        if self.running.ending and isinstance(crawler.spider, Board):
            for report in crawler.spider.reports.values():
                if report.pending > 0 or not report.requests:
                    report.stop("partial", f"{EARLY}{self.running.ending}")

    # -- an early end -------------------------------------------------------------------------------------------------

    def end(self, why: str) -> None:
        """End the run before its time: what is in flight has its grace."""
        self.running.ending = why
        print(f"{why}: what is in flight is finished within {self.grace:g} s; again ends at once", file=sys.stderr)
        self.tasks.add(asyncio.get_running_loop().create_task(self.stop()))

    async def stop(self) -> None:
        """Stop every crawler; after the grace, requests in flight go back to where `--resume` finds them."""
        at_work = [crawler for crawler in self.process.crawlers if crawler.crawling]
        stopping = asyncio.gather(*(crawler.stop_async() for crawler in at_work), return_exceptions=True)
        await asyncio.wait({asyncio.ensure_future(stopping)}, timeout=self.grace)
        for crawler in self.process.crawlers:
            if crawler.spider is not None:
                downloader_of(crawler).give_back()

    # -- what an early end has left -----------------------------------------------------------------------------------

    def parts(self, batch: Batch) -> list[Batch]:
        """A batch, in two where `--resume` goes on with some of it: first what was left, then the rest."""
        jobs = self.settings.get("ROLECALL_JOBS")
        if not jobs:
            return [batch]
        resumed: list[Batch] = []
        for path in sorted(Path(jobs).glob(f"{batch.board.name}-*/{LEFT}")):
            said = json.loads(path.read_text(encoding="utf-8"))
            left = said.pop("employers")
            if said != batch.what() or not batch.quiet.keys() & set(left):
                continue
            fresh = datetime.now(UTC).timestamp() - path.stat().st_mtime < LEFT_FOR.total_seconds()
            if fresh and batch.quiet.keys() >= set(left):
                resumed.append(replace(batch, quiet={name: batch.quiet.pop(name) for name in left}, folder=path.parent))
                path.unlink()  # should this crawl be killed, there is nothing whole to go on with
            else:  # it is old, or some of it is not asked for now: all of it is begun anew
                rmtree(path.parent)
        if batch.quiet:
            batch.folder = Path(jobs) / job_name(batch)
            rmtree(batch.folder, ignore_errors=True)  # of a crawl that was killed
        return [*resumed, batch]


LEFT = "left.json"
"""In the folder of a batch that was cut off: what it was, and the employers that are left."""

LEFT_FOR = timedelta(days=2)
"""How long what is left may wait: pages that were listed longer ago say too little of today's."""

OWN = 45
"""Priority of a target's own settings: above the command's."""


def keep_left(batch: Batch, reports: Mapping[str | None, TargetReport], finished: bool) -> None:
    """Say which targets of a batch are left to do, or clear its folder."""
    assert batch.folder
    left = [employer for employer, report in reports.items() if (report.why or "").startswith(EARLY)]
    if finished or not left:
        rmtree(batch.folder, ignore_errors=True)
    else:
        write_whole(batch.folder / LEFT, json.dumps(batch.what() | {"employers": left}))


def job_name(batch: Batch) -> str:
    """A folder name for the same board, targets, options and settings."""
    said = batch.mark + repr(sorted(filter(None, batch.employers)))
    return f"{batch.board.name}-{hashlib.blake2b(said.encode(), digest_size=6).hexdigest()}"


@contextmanager
def signals_taken(end: Callable[[str], None]) -> Iterator[None]:
    """The first SIGINT or SIGTERM calls `end` in the event loop; the second ends the process at once."""
    loop = asyncio.get_event_loop()
    taken: list[str] = []

    def take(number: int, frame: FrameType | None) -> None:
        name = signal.Signals(number).name
        if taken:
            os.write(2, f"{name} again: ended at once\n".encode())
            os._exit(128 + number)
        taken.append(name)
        loop.call_soon_threadsafe(end, name)

    before = {number: signal.signal(number, take) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def run_to_end(process: AsyncCrawlerProcess, work: Coroutine[Any, Any, T]) -> T:
    """What a coroutine gives, run in the reactor of a process; the reactor ends with it."""

    async def run() -> T:
        from twisted.internet import reactor

        loop: Any = reactor
        try:
            return await work
        finally:
            loop.callLater(0, loop.stop)

    task = asyncio.get_event_loop().create_task(run())
    process.start(stop_after_crawl=False, install_signal_handlers=False)
    return task.result()


# -- addresses --------------------------------------------------------------------------------------------------------


def detect(urls: Sequence[str], settings: Mapping[str, Any] | None = None, offline: bool = False) -> list[Detected]:
    """What each address is, in their order. Pages are fetched where the address alone does not settle it, if allowed.

    Can run once in a process, as `crawl`.
    """
    known = {url: by_address(url, boards()) for url in urls}
    rest = [url for url in known if not sure(known[url])]
    pages: dict[str, Detected] = {}
    if rest and not offline:
        process = AsyncCrawlerProcess(merge(settings))
        pages = run_to_end(process, look(process, rest))
    nothing = "its shape names no board" if offline else "not read"
    return [pages.get(url) or known[url] or Detected(url, None, 0.0, nothing) for url in urls]


async def look(process: AsyncCrawlerProcess, urls: Sequence[str]) -> dict[str, Detected]:
    """Fetch addresses and say what they are; nothing of it is stored."""
    crawler = process.create_crawler(Look)
    for name in ("ROLECALL_STORE", "ROLECALL_ARCHIVE"):
        crawler.settings.set(name, None, 50)  # above those of the command, which are set again
    await process.crawl(crawler, urls=urls, boards=boards())
    return crawler.spider.found if isinstance(crawler.spider, Look) else {}


@cache
def known_settings() -> dict[str, Any]:
    """Every setting by name, with its default."""
    found = {name: getattr(default_settings, name) for name in dir(default_settings) if name.isupper()}
    return found | {name: getattr(house_settings, name) for name in dir(house_settings) if name.isupper()}


FRACTIONS = re.compile(r"DELAY|TIMEOUT|SECONDS|_DAYS|INTERVAL|_AFTER|CONCURRENCY|FACTOR")
"""Settings that may have fractions, though their default has none."""


def check_setting(name: str, given: Any) -> None:
    """Raise `ValueError` where a value is not of the kind of the setting's default, if that is a number or a switch."""
    usual, said = known_settings().get(name), Settings({name: given})
    whole = isinstance(usual, int) and not FRACTIONS.search(name)
    try:
        if isinstance(usual, bool):
            said.getbool(name)
        elif isinstance(usual, int | float):
            number = said.getint(name) if whole else said.getfloat(name)
            if not math.isfinite(number) or (number < 0 and "PRIORITY" not in name):
                raise ValueError
    except (TypeError, ValueError, OverflowError):
        number_of = "a whole number" if whole else "a number"
        kind = "true or false" if isinstance(usual, bool) else f"{number_of} of 0 or more"
        raise ValueError(f"{name} is {kind}, not {given!r}") from None


def merge(settings: Mapping[str, Any] | None) -> Settings:
    """The settings of the house under those that are given. Raises `ValueError` where one is of the wrong kind."""
    for name, value in (settings or {}).items():
        check_setting(name, value)
    merged = Settings()
    merged.setmodule(house_settings)
    merged.setdict(dict(settings or {}), priority="cmdline")
    return merged


def name_of(given: str | Job) -> str:
    """The target, or the address, of what is given."""
    return given.target if isinstance(given, Job) else given


def renamed(given: str | Job, target: str) -> str | Job:
    """The same, with what its address was found to be."""
    return replace(given, target=target) if isinstance(given, Job) else target


def is_address(target: str) -> bool:
    """Whether a target is given as the address of a page."""
    return target.startswith(("http://", "https://"))


def sure(found: Detected | None) -> bool:
    """Whether an address alone settles what it is."""
    return found is not None and found.confidence == 1
