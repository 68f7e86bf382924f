"""The one class that boards inherit. A board says where its posts are; everything else is done here, once.

A board is three small methods: `first` (the first requests for a target), `jobs` (the pieces of a page and the pages
that follow) and `posting` (a piece -> `RawPosting`). Counting, isolation of errors, the guard against endless paging,
and what a lost page means live in this module.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
import sqlite3
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeAlias
from urllib.parse import urlsplit

import scrapy
from parsel import Selector
from pydantic import ValidationError
from scrapy import signals
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response, TextResponse
from scrapy.settings import BaseSettings
from twisted.python.failure import Failure

from scraper import __version__
from scraper.crawl.blocks import Forbidden, block_seen
from scraper.crawl.fetch import host_of, key, places_of_keys
from scraper.crawl.guard import PrivateAddress
from scraper.crawl.report import TargetReport
from scraper.page import Closed, Page, PageError, PageRequest, Total
from scraper.posting import RawPlace, RawPosting, RawSalary, breach

if TYPE_CHECKING:
    from scraper.crawl.memory import Memory

MOST_PENDING = 1000
"""Requests of one target that may wait at once: a page with more links is read as they are answered."""

MOST_BARREN = 50
"""List pages in a row that may show only postings of earlier pages: the parts of a divided list overlap."""

Found: TypeAlias = PageRequest | Total | Closed | dict[str, Any] | Selector | Any

VENDOR_LABELS = frozenset("app dashboard admin api support help blog docs tt www".split())
"""Host labels and first segments that belong to the vendors, never to an employer."""

EMPTY: tuple[Any, ...] = (RawPlace(), RawSalary(), {})

TEXT_SLOTS = frozenset(name for name, slot in RawPosting.model_fields.items() if slot.annotation in (str, str | None))
LIST_SLOTS = frozenset(name for name, slot in RawPosting.model_fields.items() if slot.default == [])


class Rejected(Exception):
    """A piece that did not become a raw posting."""

    def __init__(self, reason: str, piece: Any) -> None:
        super().__init__(reason)
        self.reason = reason
        self.employer: str | None = None
        self.piece = piece.get() if isinstance(piece, Selector) else piece


class Board(scrapy.Spider):
    """A site or an ATS product.

    Run by Scrapy too: `scrapy crawl NAME -a employer=SLUG[,SLUG] -O posts.jsonl`; other arguments are the board's
    `options`.
    """

    title: ClassVar[str]
    """Name as its makers spell it."""
    docs: ClassVar[str]
    """Address of the public documentation."""
    target: ClassVar[str]
    """Shape of a target, e.g. `greenhouse:EMPLOYER`."""
    doors: ClassVar[tuple[str, ...]] = ()
    """The public ways in, e.g. `json api`, `sitemap`."""
    publishes: ClassVar[tuple[str, ...]] = ()
    """Slots of `RawPosting` that the board fills, beyond key, url and title."""
    urls: ClassVar[tuple[str, ...]] = ()
    """Shapes of addresses that name an employer: patterns over `host/path?query` with a group `employer`."""
    options: ClassVar[dict[str, str]] = {}
    """Arguments of the board: name to what it does and its default."""
    keys: ClassVar[dict[str, str]] = {}
    """Environment variables that the board needs: name to where one gets it. `{NAME}` in a request is filled in."""
    keys_optional: ClassVar[dict[str, str]] = {}
    """Environment variables that give the board more."""
    guesses: ClassVar[bool] = False
    """Whether a page that was asked for as a posting's may turn out to be none."""
    stream: bool = False
    """Whether the board tells what changed and not what is there: absence then closes nothing."""
    date_order: ClassVar[Literal["YMD", "MDY", "DMY"] | None] = None
    """Order of the board's numeric dates."""
    time_zone: ClassVar[str | None] = None
    """IANA zone of the board's times without an offset."""
    pay_unit: ClassVar[Literal["unit", "cent"]] = "unit"
    """Unit of the board's pay figures."""

    def __init__(self, employer: str = "", employers: Sequence[str | None] = (), **options: Any) -> None:
        super().__init__(self.name)
        unknown = options.keys() - self.options.keys()
        if unknown:
            known = ", ".join(self.options) or "none"
            raise ValueError(f"{self.name} has no option {', '.join(sorted(unknown))} (it has: {known})")
        self.__dict__.update(options)
        self.given = options
        self.mark = f"{id(self):x}-{os.getpid()}"
        self.key_places: set[tuple[str, str]] = set()
        """Key and host pairs that the board's own first requests name: nowhere else is a key filled in."""
        named = [slug.strip() for slug in employer.split(",") if slug.strip()]
        self.employers: list[str | None] = [*employers] or [*named] or [None]
        self.reports = {slug: TargetReport(self.slice_name(slug)) for slug in self.employers}
        self.walls: dict[str | None, asyncio.TimerHandle] = {}
        self.memory: Memory | None = None
        """What is known from earlier crawls; None where nothing is remembered."""

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        super().update_settings(settings)
        contact = settings.get("ROLECALL_CONTACT")
        settings.set("USER_AGENT", f"rolecall/{__version__}" + (f" (+{contact})" if contact else ""), "spider")

    # -- what a board says --------------------------------------------------------------------------------------------

    def first(self, employer: str | None) -> Iterable[PageRequest]:
        """The first requests for a target."""
        raise NotImplementedError

    def jobs(self, page: Page) -> Iterable[Found]:
        """The pieces of a page (anything but the types below), and `PageRequest`, `Total`, `Closed`.

        Raises `PageError` where the page is not what was asked for.
        """
        raise NotImplementedError

    def posting(self, page: Page, piece: Any) -> RawPosting:
        """One piece as a raw posting, by `raw`."""
        raise NotImplementedError

    @classmethod
    def employer_of(cls, url: str) -> str | None:
        """The employer that an address names, as a target spells it; None where it names none of this board's."""
        parts = urlsplit(url)
        address = f"{parts.netloc.lower()}{parts.path}" + (f"?{parts.query}" if parts.query else "")
        found = next(filter(None, (re.match(pattern, address) for pattern in cls.urls)), None)
        return found["employer"] if found and found["employer"].lower() not in VENDOR_LABELS else None

    @classmethod
    def home(cls, employer: str) -> str:
        """The employer's public page on this board."""
        raise NotImplementedError

    # -- what boards are given ----------------------------------------------------------------------------------------

    def raw(self, page: Page, **slots: Any) -> RawPosting:
        """A raw posting of this board. Absent values, empty strings and single values for lists are put right.

        Raises `pydantic.ValidationError` where key, url or title is missing.
        """
        given = {name: tidy(name, value) for name, value in slots.items()}
        facts = {
            "board": self.name,
            "employer": page.employer,
            "url": page.url,
            "seen_at": page.fetched_at,
            "date_order": self.date_order,
            "time_zone": self.time_zone,
            "pay_unit": self.pay_unit,
        }
        if page.kind == "list":
            del facts["url"]  # a list's address is no posting's
        if given.get("apply_url") == (given.get("url") or facts.get("url")):
            given.pop("apply_url", None)
        return RawPosting(**facts | {name: value for name, value in given.items() if value is not None})

    def read(self, page: Page) -> Iterator[PageRequest | Total | Closed | RawPosting | Rejected]:
        """All that a page holds, each piece by itself: a piece that breaks is yielded as `Rejected`.

        Needs no crawl. Raises `PageError`, or whatever `jobs` raises on a page that it cannot take apart.
        """
        for found in self.jobs(page):
            if isinstance(found, PageRequest | Total | Closed):
                yield found
                continue
            try:
                raw = self.posting(page, found)
                if isinstance(found, dict):
                    raw = raw.model_copy(update={"unread": left_over(found)})
            except ValidationError as error:
                yield Rejected(breach(error), found)
            except Exception as error:  # noqa: BLE001  one bad posting never loses its page
                yield Rejected(f"{type(error).__name__}: {error}", found)
            else:
                yield raw

    def target_name(self, employer: str | None) -> str:
        """The target in one word, e.g. `greenhouse:acme`."""
        return f"{self.name}:{employer}" if employer else self.name

    def slice_name(self, employer: str | None) -> str:
        """The target with the options that choose a part of it, e.g. `wantapply?search=lamp`: what is absent from one
        part is not gone from another.
        """
        chosen = "&".join(f"{name}={value}" for name, value in sorted(self.given.items()) if name != "host")
        return self.target_name(employer) + (f"?{chosen}" if chosen else "")

    # -- the crawl ----------------------------------------------------------------------------------------------------

    async def start(self) -> AsyncIterator[Any]:
        """The first requests of every target."""
        self.crawler.signals.connect(self.drop_request, signals.request_dropped)
        self.crawler.signals.connect(self.start_wall, signals.request_reached_downloader)
        missing = [name for name in self.keys if not key(name)]
        for employer, report in self.reports.items():
            if report.stopped:  # there is no store to write to
                continue
            report.resumed = self.settings.getbool("ROLECALL_RESUMED")
            if missing:
                report.stop(
                    "needs-key", f"set {' and '.join(missing)} (environment or .env); see {self.keys[missing[0]]}"
                )
                continue
            try:
                for asked in self.first(employer):
                    request = self.request(asked, employer)
                    self.key_places |= places_of_keys(request) & {(name, host_of(asked.url)) for name in self.all_keys}
                    yield request
            except PageError as error:
                report.stop(error.outcome, str(error))
            except Exception as error:  # noqa: BLE001  one bad target never stops the others
                report.stop("broken", f"{type(error).__name__}: {error}")

    @property
    def all_keys(self) -> set[str]:
        """Names of the keys that the board knows."""
        return {*self.keys, *self.keys_optional}

    def request(self, asked: PageRequest, employer: str | None, before: str = "") -> scrapy.Request:
        """A Scrapy request that comes back to `read_page`, or to `lose_page`. `before` names what the page that led
        here showed. Raises `ValueError` on what is no web address.
        """
        if not asked.url.startswith(("http://", "https://")):
            raise ValueError(f"{asked.url[:200]!r} is no web address")
        given: dict[str, Any] = {"url": asked.url, "headers": dict(asked.headers), "method": asked.method}
        rest: dict[str, Any] = {
            "callback": self.read_page,
            "errback": self.lose_page,
            "cb_kwargs": {"asked": asked, "employer": employer},
            "meta": {"before": before, "by": self.mark},
            "priority": 1 if asked.key else 0,  # details first: the list does not grow faster than it is read
        }
        made = scrapy.Request if asked.json is None else partial(scrapy.http.JsonRequest, data=asked.json)
        request: scrapy.Request = made(**given, **rest)
        self.reports[employer].requests += 1
        return request

    def start_wall(self, request: scrapy.Request) -> None:
        """A target has `ROLECALL_TARGET_SECONDS` from its first request on; then it ends, and what it gave stays."""
        employer = request.cb_kwargs.get("employer")
        if "employer" not in request.cb_kwargs or employer in self.walls:
            return
        seconds = self.settings.getfloat("ROLECALL_TARGET_SECONDS")
        self.walls[employer] = asyncio.get_running_loop().call_later(seconds, self.end_late, employer, seconds)

    def end_late(self, employer: str | None, seconds: float) -> None:
        """End a target that is not done."""
        report = self.reports[employer]
        if report.pending:
            what = f"not done within {seconds:g} s (ROLECALL_TARGET_SECONDS), {report.pending} requests left"
            report.stop("partial", f"{what}; the next crawl goes on with what is new")

    async def read_page(self, response: Response, asked: PageRequest, employer: str | None) -> AsyncIterator[Any]:
        """A fetched page becomes raw postings and further requests, no faster than these are answered."""
        report = self.reports[employer]
        for item in self.taken_apart(response, asked, employer):
            yield item
            if report.pending > MOST_PENDING:
                await self.wait_for_replies(report, len(response.body))

    async def wait_for_replies(self, report: TargetReport, size: int) -> None:
        """Wait until few enough requests of a target wait. Meanwhile its page does not count as one that is being read:
        Scrapy asks for nothing while many bytes are, and these replies would never come.
        """
        engine = self.crawler.engine
        slot = engine.scraper.slot if engine else None
        assert slot is not None
        slot.active_size -= size
        # replies lower the count; a crawler that is told to end asks for nothing more
        while report.pending > MOST_PENDING and not report.stopped and self.crawler.crawling:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
        slot.active_size += size

    def taken_apart(self, response: Response, asked: PageRequest, employer: str | None) -> Iterator[Any]:
        """As `take_apart`; a store that fails ends the target, with its reason."""
        try:
            yield from self.take_apart(response, asked, employer)
        except sqlite3.Error as error:
            self.reports[employer].stop("broken", f"{self.settings.get('ROLECALL_STORE')}: {error}")

    def take_apart(self, response: Response, asked: PageRequest, employer: str | None) -> Iterator[Any]:
        """What a fetched page holds, counted."""
        report = self.reports[employer]
        report.pages += 1
        report.answered += 1
        if response.meta.get("by") != self.mark:  # asked for by the crawl that this one resumes
            report.requests += 1
            if asked.key and asked.key not in report.keys:
                self.count_listed(asked.key, report, employer)
        if seen := block_seen(response):
            report.stop("blocked", seen)
            return
        if response.status == 304 and self.memory:
            yield from self.count_unchanged(self.memory.recall(response.url), report, employer)
            return
        if not isinstance(response, TextResponse):
            yield from self.miss_page(
                report, asked, employer, f"{response.url}: no text but {len(response.body)} bytes of something else"
            )
            return
        page = Page(
            url=response.url,
            text=response.text,
            fetched_at=datetime.fromisoformat(response.meta["fetched_at"]),
            status=response.status,
            employer=employer,
            kind=asked.kind,
            carried=asked.carried,
        )
        try:
            found = list(self.read(page))
        except PageError as error:
            yield from self.miss_page(report, asked, employer, str(error), error.outcome)
            return
        except Exception as error:  # noqa: BLE001  one bad page never loses its crawl
            yield from self.miss_page(report, asked, employer, f"{page.url}: {type(error).__name__}: {error}")
            return
        if asked.key and not found and not self.guesses:
            yield from self.miss_page(report, asked, employer, f"{page.url}: no posting in the page")
            return
        if self.memory and asked.kind == "list":
            kept = [item for item in found if isinstance(item, PageRequest | RawPosting)]
            self.memory.remember(employer, response, [i if isinstance(i, PageRequest) else i.key for i in kept])
        yield from self.count_found(found, report, asked, employer, response.meta.get("before") or "")

    def count_unchanged(
        self, held: list[PageRequest | str], report: TargetReport, employer: str | None
    ) -> Iterator[scrapy.Request]:
        """What a list page held when it was last read: it has not changed."""
        for item in held:
            if isinstance(item, PageRequest):
                yield from self.follow(item, report, employer)
            elif item not in report.keys:
                self.count_listed(item, report, employer)
                report.known += 1

    def count_listed(self, key: str, report: TargetReport, employer: str | None) -> None:
        """A posting that the board shows."""
        report.keys.add(key)
        report.found += 1
        if self.memory:
            self.memory.listed(employer, key)

    def follow(
        self, asked: PageRequest, report: TargetReport, employer: str | None, before: str = ""
    ) -> Iterator[scrapy.Request]:
        """The request for a page, unless it is that of a posting which is known or was asked for before."""
        if asked.key is not None:
            if asked.key in report.keys:
                return
            self.count_listed(asked.key, report, employer)
            if self.memory and self.memory.fresh(employer, asked):
                report.known += 1
                return
        try:
            yield self.request(asked, employer, before)
        except ValueError as error:
            self.count_lost(report, asked, str(error))

    def count_closed(
        self, key: str, because: str, report: TargetReport, employer: str | None, certain: bool = False
    ) -> None:
        """A posting that the board says is closed; `certain` where nothing else can be meant."""
        report.closed += 1
        report.keys.add(key)
        if self.memory:
            self.memory.close(employer, key, because, certain or self.stream)

    def count_found(
        self, found: list[Any], report: TargetReport, asked: PageRequest, employer: str | None, before: str
    ) -> Iterator[Any]:
        """What a page held, counted; a list page that shows nothing new ends its target."""
        keys = {item.key for item in found if isinstance(item, RawPosting | PageRequest) and item.key}
        shown = hashlib.blake2b("\n".join(sorted(keys)).encode(), digest_size=8).hexdigest() if keys else before
        if asked.key is None and keys:
            report.barren = report.barren + 1 if report.keys.issuperset(keys) else 0
            if (shown == before and not self.guesses) or report.barren > MOST_BARREN:
                report.stop("looped", f"{asked.url}: shows only postings of earlier pages; the list was ended here")
                return
        if report.pages > self.settings.getint("ROLECALL_MAX_PAGES") and asked.kind == "list":
            report.stop("looped", f"more than {self.settings.getint('ROLECALL_MAX_PAGES')} pages")
            return
        for item in found:
            if isinstance(item, PageRequest):
                yield from self.follow(item, report, employer, shown)
            elif isinstance(item, Total):
                report.shrunk |= report.total is not None and 0 < item.count < report.total
                report.total = max(report.total or 0, item.count)
            elif isinstance(item, Closed):
                self.count_closed(item.key, item.reason, report, employer)
            elif isinstance(item, Rejected):
                report.found += asked.key is None
                item.employer = employer
                yield item
            elif asked.key is None and item.key in report.keys:
                report.repeated += 1
            else:
                if asked.key is None:
                    self.count_listed(item.key, report, employer)
                yield item

    def lose_page(self, failure: Failure) -> Iterator[scrapy.Request]:
        """A page that did not come: blocked, gone, elsewhere, or lost."""
        request: scrapy.Request = failure.request  # type: ignore[attr-defined]
        asked: PageRequest = request.cb_kwargs["asked"]
        employer: str | None = request.cb_kwargs["employer"]
        report = self.reports[employer]
        report.answered += 1
        response: Response | None = getattr(failure.value, "response", None)
        if response is None:
            if isinstance(failure.value, PrivateAddress):
                yield from self.miss_page(report, asked, employer, f"{asked.url}: {failure.value}", "refused")
            elif isinstance(failure.value, Forbidden):
                what = f"{asked.url}: {failure.value}"
                if failure.value.ends(asked.key is None):
                    report.stop(failure.value.outcome, what)
                else:
                    self.count_lost(report, asked, what, failure.value.outcome)
            elif not isinstance(failure.value, IgnoreRequest) or not report.stopped:
                what = f"{asked.url}: {failure.getErrorMessage() or type(failure.value).__name__}"
                yield from self.miss_page(report, asked, employer, what)
        elif seen := block_seen(response):
            report.stop("blocked", seen)
        elif response.status == 410 and asked.key:
            self.count_closed(asked.key, "HTTP 410", report, employer, certain=True)
        else:
            outcome = {404: "moved", 410: "moved", 401: "login"}.get(response.status, "broken")
            yield from self.miss_page(report, asked, employer, f"{asked.url}: HTTP {response.status}", outcome)

    def miss_page(
        self, report: TargetReport, asked: PageRequest, employer: str | None, what: str, outcome: str = "broken"
    ) -> Iterator[scrapy.Request]:
        """The page that may stand in for a missing one; where there is none, the page is lost."""
        if asked.otherwise is None or report.stopped:
            self.count_lost(report, asked, what, outcome)
        else:
            yield self.request(asked.otherwise, employer)

    def drop_request(self, request: scrapy.Request) -> None:
        """A request that Scrapy has made before: the board repeats itself, or a redirect leads back."""
        report = self.reports[request.cb_kwargs["employer"]]
        report.answered += 1
        if request.meta.get("redirect_times"):
            self.count_lost(report, request.cb_kwargs["asked"], f"{request.url}: redirected in a circle")

    def count_lost(self, report: TargetReport, asked: PageRequest, what: str, outcome: str = "broken") -> None:
        """Name a lost page. The first page of a target lost is the target lost."""
        report.lost += 1
        report.lost_lists += asked.key is None
        report.lose(what)
        if asked.kind == "list" and not report.keys:
            report.stop(outcome, what)


def tidy(name: str, value: Any) -> Any:
    """A slot's value in the shape of the contract: text for text, a list without holes for a list."""
    if name in LIST_SLOTS:
        given = value if isinstance(value, list | tuple) else [value]
        kept = [tidy_part(item) for item in given]
        return [str(item) if isinstance(item, int) else item for item in kept if item is not None]
    if name in TEXT_SLOTS and isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    if name in TEXT_SLOTS and isinstance(value, list):
        return ", ".join(str(item) for item in value if item) or None
    return value if name == "description" else tidy_part(value)


def tidy_part(value: Any) -> Any:
    """Text, and the texts of a place or of pay, without space around them; None for what says nothing."""
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, RawPlace | RawSalary):
        texts = {name: text.strip() or None for name, text in value if isinstance(text, str)}
        value = value.model_copy(update=texts)
        if isinstance(value, RawSalary) and value.min is value.max is value.text is None:
            return None  # a currency or a label alone says nothing of pay
    return None if value in EMPTY else value


def left_over(piece: Any) -> Any:
    """What no slot has taken of a piece, without empty values."""
    if isinstance(piece, dict):
        kept = {key: left_over(value) for key, value in piece.items()}
        return {key: value for key, value in kept.items() if value not in (None, "", {}, [])}
    if isinstance(piece, list):
        return [value for value in map(left_over, piece) if value not in (None, "", {}, [])]
    return piece
