"""Whether a page may be asked for, and whether what came may be read. Every no, and every no that is overridden, is
noted in the audit log. See docs/explanation/politeness.md for what is honoured by default, and why.
"""

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, ClassVar, Self

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import HtmlResponse, Response
from scrapy.http.request import NO_CALLBACK
from scrapy.utils.httpobj import urlparse_cached

from scraper.crawl.audit import audit, audit_of, target_of
from scraper.crawl.blocks import Forbidden, block_seen, login_seen
from scraper.crawl.board import Board
from scraper.crawl.grace import downloader_of
from scraper.crawl.guard import PrivateAddress, origin_of, private_host
from scraper.crawl.robots import MOST_BYTES, Rules
from scraper.crawl.signs import Reservation, reservations, reserved, reserving, unindexed
from scraper.posting import RawPosting

OWN = "asks_for_leave"
"""Mark of the requests for robots.txt and tdmrep.json themselves."""

SITEMAP = re.compile(rb"<(?:\w{1,20}:)?(?:urlset|sitemapindex)\b")


@dataclass
class Host:
    """What a host said before its first page was asked for. `down` says why its robots.txt could not be had."""

    rules: Rules = field(default_factory=Rules)
    entries: list[Reservation] = field(default_factory=list)
    down: str | None = None


class Leave:
    """A downloader middleware before all that asks: robots.txt, delays, reservations of a whole site, the budget."""

    asked: ClassVar[Counter[tuple[str | None, str]]] = Counter()
    """Requests by run and host, of all boards of this process."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.settings = crawler.settings
        self.run: str | None = crawler.settings.get("ROLECALL_RUN")
        self.budget = crawler.settings.getint("ROLECALL_HOST_BUDGET")
        self.uses = crawler.settings.getlist("ROLECALL_USES")
        self.hosts: dict[str, asyncio.Task[Host]] = {}
        crawler.signals.connect(self.close, signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        if request.meta.get(OWN) or urlparse_cached(request).scheme not in ("http", "https"):
            return
        self.refuse_login(request)
        origin = "{0.scheme}://{0.netloc}".format(urlparse_cached(request))
        if origin not in self.hosts:
            self.hosts[origin] = asyncio.ensure_future(self.learn(origin, request))
        host = await asyncio.shield(self.hosts[origin])
        if urlparse_cached(request).path != "/robots.txt":  # always allowed (RFC 9309, 2.2.2)
            self.check(request, host)
        self.keep_pace(request, host)
        self.spend(request)

    def check(self, request: Request, host: Host) -> None:
        """Raises `Forbidden` where the host's own files forbid an address."""
        if host.down:
            audit(self.crawler, request, "robots.txt", host.down, "not asked")
            raise Forbidden(f"robots.txt could not be had ({host.down}): nothing is asked for until it can", "broken")
        if line := host.rules.forbidding(request.url):
            audit(self.crawler, request, "robots.txt", line, "not asked")
            raise Forbidden(f"robots.txt forbids it ({line}); ask the site's owner for leave")
        said = host.rules.signals(request.url)
        for use in self.uses:
            if said.get(use, ("", ""))[0] == "no":
                self.weigh(request, "content-signal", said[use][1], "ROLECALL_HONOUR_CONTENT_SIGNAL")
        if entry := reserving(host.entries, request.url):
            self.weigh(request, "tdm", f"tdmrep.json: {entry}", "ROLECALL_HONOUR_TDM")

    def weigh(self, request: Request, rule: str, found: str, setting: str) -> None:
        """Raises `Forbidden`, unless the setting overrides what was found."""
        if not self.settings.getbool(setting):
            audit(self.crawler, request, rule, found, f"overridden by {setting}")
            return
        audit(self.crawler, request, rule, found, "not asked")
        raise Forbidden(f"{found} reserves it; ask the site's owner for leave")

    def refuse_login(self, request: Request) -> None:
        """Raises `Forbidden` where a page that was asked for leads to a login: that is not asked for."""
        if found := login_seen(request):
            audit(self.crawler, request, "login", found, "not asked")
            raise Forbidden(f"{found}: a login is not gone through", "login")

    def keep_pace(self, request: Request, host: Host) -> None:
        """Let the host's slot wait as long as its robots.txt asks. Raises `Forbidden` where that is too long."""
        if not host.rules.delay or not self.settings.getbool("ROLECALL_HONOUR_CRAWL_DELAY"):
            return
        seconds, line = host.rules.delay
        longest = self.settings.getfloat("ROLECALL_CRAWL_DELAY_MAX")
        if seconds > longest:
            audit(self.crawler, request, "crawl-delay", line, "ended target")
            why = f"robots.txt asks for {seconds:g} s between two pages; ROLECALL_CRAWL_DELAY_MAX is {longest:g}"
            raise Forbidden(why, whole=True)
        downloader_of(self.crawler).pace_of(request).slow_down(seconds)

    def spend(self, request: Request) -> None:
        """Count a request. Raises `Forbidden` where the host's budget for this run is spent."""
        place = (self.run, urlparse_cached(request).netloc)
        if self.budget and self.asked[place] >= self.budget:
            found = f"{self.budget} requests to {place[1]}"
            audit(self.crawler, request, "budget", found, "not asked")
            raise Forbidden(f"the budget of {found} is spent (ROLECALL_HOST_BUDGET)", "partial")
        self.asked[place] += 1

    async def learn(self, origin: str, request: Request) -> Host:
        """What a host's robots.txt and tdmrep.json say."""
        host = Host()
        place = origin_of(origin)
        if place and private_host(place[0]) and self.settings.getbool("ROLECALL_ALLOW_PRIVATE"):
            self.note(request, origin, "private-address", place[0], "overridden by ROLECALL_ALLOW_PRIVATE")
        if self.settings.getbool("ROBOTSTXT_OBEY"):
            await self.learn_rules(host, origin, request)
        else:
            self.note(request, f"{origin}/robots.txt", "override", "not read", "overridden by ROBOTSTXT_OBEY")
        if host.down or not self.settings.getbool("ROLECALL_HONOUR_TDM"):
            return host
        address = f"{origin}/.well-known/tdmrep.json"
        if not host.rules.forbidding(address):
            await self.learn_reservations(host, address, request)
        return host

    async def learn_rules(self, host: Host, origin: str, request: Request) -> None:
        """RFC 9309, 2.3.1: 4xx forbids nothing, 5xx and a host that is not reached forbid everything."""
        asked = own(f"{origin}/robots.txt")
        try:
            response = await self.crawler.engine.download_async(asked)
        except IgnoreRequest as error:
            if "redirection" not in str(error):  # too many of them: as if there were none (2.3.1.2)
                raise
            found = str(error)
        except Exception as error:  # noqa: BLE001  whatever keeps us from it
            host.down = found = str(error) or type(error).__name__
        else:
            found = f"HTTP {response.status}"
            if 200 <= response.status < 300:
                host.rules = Rules.of(response.body)
                over = f", only {MOST_BYTES} bytes read" if len(response.body) > MOST_BYTES else ""
                found += f", {len(host.rules.lines)} lines for {host.rules.group or 'us: none'}{over}"
            elif response.status >= 500 or response.status == 429:
                host.down = found
        done = "rules kept" if host.rules.lines else "all allowed"
        self.note(request, asked.url, "robots.txt", found, "host not asked" if host.down else done)
        if host.rules.delay and self.settings.getbool("ROLECALL_HONOUR_CRAWL_DELAY"):
            seconds, line = host.rules.delay
            if seconds <= self.settings.getfloat("ROLECALL_CRAWL_DELAY_MAX"):
                downloader_of(self.crawler).pace_of(asked).slow_down(seconds)
                self.note(request, asked.url, "crawl-delay", line, f"waited {seconds:g} s between two requests")
        elif host.rules.delay:
            line = host.rules.delay[1]
            self.note(request, asked.url, "crawl-delay", line, "overridden by ROLECALL_HONOUR_CRAWL_DELAY")
        for use, (said, line) in host.rules.signals(f"{origin}/").items():
            if said == "no" and use not in self.uses:
                self.note(
                    request, asked.url, "content-signal", line, f"kept: this crawl's uses are {', '.join(self.uses)}"
                )

    async def learn_reservations(self, host: Host, address: str, request: Request) -> None:
        """The entries of the host's tdmrep.json; a file that cannot be had reserves nothing."""
        try:
            response = await self.crawler.engine.download_async(own(address))
        except IgnoreRequest:
            return
        except Exception as error:  # noqa: BLE001  whatever keeps us from it
            self.note(request, address, "tdm", str(error) or type(error).__name__, "nothing reserved")
            return
        if response.status == 200:
            host.entries = reservations(response.body[:MOST_BYTES])
        held = sum(entry.reserved for entry in host.entries)
        done = f"{held} locations reserved" if held else "nothing reserved"
        self.note(request, address, "tdm", f"HTTP {response.status}", done)

    def note(self, request: Request, url: str, rule: str, found: str, done: str) -> None:
        """Note what a host says; the first target that led there is named."""
        audit_of(self.run).line(
            target=target_of(self.crawler, request) or "-", url=url, rule=rule, found=found, done=done
        )

    def process_response(self, request: Request, response: Response) -> Response:
        if not request.meta.get(OWN) and (seen := block_seen(response)):
            audit(
                self.crawler, request, "block", seen.removeprefix(f"{response.url}: ").partition(";")[0], "ended target"
            )
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        if isinstance(exception, PrivateAddress) and not request.meta.get(OWN):
            audit(self.crawler, request, "private-address", str(exception).partition(";")[0], "not asked")

    def close(self, spider: Any) -> None:
        if isinstance(spider, Board):
            audit_of(self.run).close({report.target for report in spider.reports.values()})


def own(url: str) -> Request:
    """A request of our own, before all others."""
    return Request(url, priority=1000, meta={OWN: True, "dont_obey_robotstxt": True}, callback=NO_CALLBACK)


class Reserved:
    """A downloader middleware before the archive: a reply that reserves mining is not read; one that is to be kept out
    of an index is marked.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_response(self, request: Request, response: Response) -> Response:
        if request.meta.get(OWN) or response.status != 200:
            return response
        html = response.text if isinstance(response, HtmlResponse) else None
        mark, terms = (said_in(response, name) for name in (b"tdm-reservation", b"tdm-policy"))
        if found := reserved(mark, terms, html):
            if self.crawler.settings.getbool("ROLECALL_HONOUR_TDM"):
                audit(self.crawler, request, "tdm", found, "not read")
                raise Forbidden(f"{found} reserves it; ask the site's owner for leave")
            audit(self.crawler, request, "tdm", found, "overridden by ROLECALL_HONOUR_TDM")
        if SITEMAP.search(response.body, 0, 1000):  # it holds no posting, and usually says noindex of itself
            return response
        tags = response.headers.getlist(b"X-Robots-Tag")
        if found := unindexed([tag.decode("latin-1") for tag in tags], html, datetime.now(UTC)):
            request.meta["unindexed"] = found
            response.headers.pop(b"ETag", None)  # nothing of it is remembered
            response.headers.pop(b"Last-Modified", None)
        return response


def said_in(response: Response, header: bytes) -> str:
    """The value of a header; empty where there is none."""
    return (response.headers.get(header) or b"").decode("latin-1").strip()


class Unindexed:
    """A spider middleware: a page that is kept out of an index may lead to others, but gives no posting."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def process_spider_output(self, response: Response, result: AsyncIterator[Any]) -> AsyncIterator[Any]:
        found: str | None = response.meta.get("unindexed")
        honoured = self.crawler.settings.getbool("ROLECALL_HONOUR_NOINDEX")
        noted = False
        async for item in result:
            if found and isinstance(item, RawPosting):
                if not noted:
                    noted = True
                    done = "not read" if honoured else "overridden by ROLECALL_HONOUR_NOINDEX"
                    audit(self.crawler, response.request or Request(response.url), "noindex", found, done)
                if honoured:
                    self.lose(response, item, found)
                    continue
            yield item

    def lose(self, response: Response, item: RawPosting, found: str) -> None:
        """Count a posting that is not to be read; a list of such ends its target."""
        board = self.crawler.spider
        assert isinstance(board, Board)
        assert response.request is not None
        report = board.reports[response.request.cb_kwargs["employer"]]
        report.lost += 1
        report.lose(f"{item.url}: {found}: it is not to be listed")
        if response.request.cb_kwargs["asked"].key is None:
            report.stop(
                "blocked", f"{response.url}: {found}: its postings are not to be listed (ROLECALL_HONOUR_NOINDEX)"
            )
