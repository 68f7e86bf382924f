"""Which target an address is: from its own shape, else from what its page points at, else its own pages are read."""

import re
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any
from urllib.parse import urljoin, urlsplit, urlunsplit

import scrapy
from parsel import Selector
from scrapy.http import Response, TextResponse
from twisted.python.failure import Failure

from scraper.crawl.board import VENDOR_LABELS, Board

NO_EMPLOYERS = frozenset(
    "api app apply assets career careers companies company embed favicon.ico index.html job job_app job_board jobs js"
    " login oauth privacy robots.txt search sign-in sign-up signin signup sitemap.xml static terms v0 v1 v2 v3"
    " .well-known _next".split()
)
"""First path segments that are machinery of a platform, whatever the platform."""

MARKS: dict[str, re.Pattern[str]] = {
    "eightfold": re.compile(r"vscdn\.net|_EF_GROUP_ID|eightfold\.ai/|/api/pcsx/"),
    "icims": re.compile(r"(?:app\.jibecdn|careers-home-static|cdn\d*\.icims)\.|window\.jibe\b|_jibe\b"),
    "oracle": re.compile(r"hcmUI/CandidateExperience|hcmRestApi"),
    "phenom": re.compile(r"\bphApp\.\w+\s*=|cdn\.phenompeople\.com"),
    "pinpoint": re.compile(r"\b(?:assets|cdn)\.pinpointhq\.com"),
    "recruitee": re.compile(r"recruiteecdn\.com|\brecruitee-(?:assets|careers)"),
    "successfactors": re.compile(r"rmkcdn\.successfactors\.com|\bj2w\.\w+|jobs2web"),
    "teamtailor": re.compile(r"teamtailor-cdn\.com|content=\"Teamtailor\"", re.IGNORECASE),
}
"""What the pages of platforms that live on the employer's own host carry (seen on their public pages)."""

SETTINGS: dict[str, re.Pattern[str]] = {
    "eightfold": re.compile(r"[\"']domain[\"']?\s*[:=]\s*[\"']([\w-]+(?:\.[\w-]+)+)[\"']"),
    "greenhouse": re.compile(
        r"(?:grnhse|greenhouse)\w{0,20}(?:board|token)\w{0,10}[\"']?\s*[:=]\s*[\"']([\w-]{2,60})", re.I
    ),
    "lever": re.compile(
        r"(?:lever\w{0,12}|window\.loadLeverJobs\()\s{0,3}=?\s{0,3}\{\s{0,9}[\"']?accountName[\"']?\s*:\s*[\"']([\w-]{2,60})",
        re.I,
    ),
    "smartrecruiters": re.compile(r"company_code[\"']?\s*[:=]\s*[\"']([\w-]{2,60})[\"']"),
}
"""Settings in a page's scripts that name the employer: of a widget, and the tenant of an Eightfold page."""

ADDRESS = re.compile(r"(?:https?:)?\\?/\\?/[A-Za-z0-9][A-Za-z0-9.-]{3,80}(?::443)?(?:\\?/[^\s\"'<>`\\]{0,200}){0,12}")
LINKS = {"a": 1, "area": 1, "form": 4, "link": 5, "iframe": 6, "frame": 6, "embed": 6, "object": 6, "script": 6}
"""What an address in an element says of the page, against a link, which says 1 and at most 3 in all."""
SURE = 4
"""The score from which a page's word is taken."""
SCRIPT_LIMIT = 2_000_000
"""Characters of scripts that are searched."""
ADDRESS_LIMIT = 5000
"""Addresses of a page that are looked at."""


@dataclass(frozen=True)
class Detected:
    """What an address is. `confidence` runs from 0 (no target) to 1 (the address itself says it)."""

    url: str
    target: str | None
    confidence: float
    why: str

    def as_dict(self) -> dict[str, Any]:
        """Plain data."""
        return asdict(self)


# -- the address ------------------------------------------------------------------------------------------------------


def cleaned(url: str) -> str | None:
    """A web address without what only deceives: user names, default ports, a final dot, capitals in the host.

    None where it is none: another scheme, no host, white space or a backslash inside.
    """
    text = url.strip()
    if "://" not in text and re.match(r"[\w-]+(?:\.[\w-]+)+(?::\d+)?(?:[/?#]|$)", text):
        text = f"https://{text}"
    if re.search(r"[\s\\\x00-\x1f\x7f]", text):
        return None
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return None
    host = (parts.hostname or "").rstrip(".")
    if parts.scheme not in ("http", "https") or not host:
        return None
    host = f"[{host}]" if ":" in host else host
    usual = port is None or port == {"http": 80, "https": 443}[parts.scheme]
    return urlunsplit((parts.scheme, host if usual else f"{host}:{port}", parts.path or "/", parts.query, ""))


def by_address(url: str, boards: Mapping[str, type[Board]]) -> Detected | None:
    """The target that the shape of an address names; None where it names none.

    A shape that holds on any host, such as `/search-results`, is only a hint, with a confidence below a half.
    """
    host = urlsplit(cleaned(url) or "").hostname
    for name, board in boards.items():
        if ":" not in board.target and host and host in sites_of(board):
            return Detected(url, name, 1.0, f"the site of {board.title}")
    return by_shape(url, boards)


def by_shape(url: str, boards: Mapping[str, type[Board]]) -> Detected | None:
    """As `by_address`, for the boards that have employers."""
    address = cleaned(url)
    if address is None:
        return None
    hint: Detected | None = None
    for name, board in boards.items():
        employer = board.employer_of(address)
        if not employer or no_employer(employer):
            continue
        if not on_any_host(board, address):
            return Detected(url, f"{name}:{employer}", 1.0, f"the address names an employer on {board.title}")
        hint = hint or Detected(url, f"{name}:{employer}", 0.4, f"the path is shaped like those of {board.title}")
    return hint


def no_employer(employer: str) -> bool:
    """Whether what stands in an employer's place is a label or a path of the vendor's."""
    first = employer.partition("/")[0]
    label = first.partition(".")[0].lower()
    is_locale = re.fullmatch("[a-z]{2}-[A-Z]{2}", first) is not None
    return is_locale or label in VENDOR_LABELS - {"www"} or first.lower() in NO_EMPLOYERS


def on_any_host(board: type[Board], address: str) -> bool:
    """Whether the board would take the same path on a host that has nothing to do with it."""
    parts = urlsplit(address)
    domain = re.escape(".".join((parts.hostname or "").split(".")[-2:]))
    if re.search(r"hcm(?:UI|RestApi)/", f"{parts.path}?{parts.query}") or any(domain in shape for shape in board.urls):
        return False  # a path that only Oracle has, a host that the board names
    return board.employer_of(urlunsplit(parts._replace(netloc="host.invalid"))) is not None


def sites_of(board: type[Board]) -> frozenset[str]:
    """The hosts of a board that has no employers: that of its first request, with and without the label of an API."""
    try:
        asked = next(iter(board().first(None)))
    except Exception:  # noqa: BLE001  a board without a first request has no site
        return frozenset()
    host = urlsplit(asked.url).hostname or ""
    labels = host.split(".")
    while len(labels) > 2 and labels[0] in ("www", "api", "data", "rest", "search"):
        labels = labels[1:]
    bare = ".".join(labels)
    return frozenset({host, bare, f"www.{bare}"})


def vendor_of(url: str, boards: Mapping[str, type[Board]]) -> str | None:
    """The vendor whose own host an address is on, where the employer is missing: its title."""
    host = urlsplit(cleaned(url) or "").hostname or ""
    return next((board.title for board in boards.values() if host.endswith(vendor_domain(board))), None)


def vendor_domain(board: type[Board]) -> str:
    """The last two labels of the host that all employers of a board share."""
    try:
        labels = (urlsplit(board.home("probe.invalid/x/y")).hostname or "").split(".")
    except Exception:  # noqa: BLE001  a board without a home has no host
        labels = []
    domain = ".".join(labels[-2:])
    return domain if len(labels) > 1 and "invalid" not in labels else "\0"


# -- the page ---------------------------------------------------------------------------------------------------------


def by_page(url: str, text: str, boards: Mapping[str, type[Board]]) -> Detected | None:
    """The target that a page points at, by what it embeds, loads and links; None where it points at none, or at many.

    A platform on the employer's own host is known by its marks.
    """
    own = by_mark(url, text, boards)
    if own:
        return own
    scores: dict[str, float] = defaultdict(float)
    reasons: dict[str, tuple[float, str]] = {}
    seen: set[tuple[str, str]] = set()
    for element, address in islice(addresses(url, text), ADDRESS_LIMIT):
        found = by_shape(address, boards)
        if found is None or found.confidence < 1 or found.target is None:
            continue
        weight = LINKS.get(element, 3)
        if (found.target, address) in seen:
            continue
        seen.add((found.target, address))
        if weight > 1 or scores[found.target] < 3:
            scores[found.target] += weight
        if weight > reasons.get(found.target, (0, ""))[0]:
            reasons[found.target] = (weight, f"the page's {element} is {address[:120]}")
    for name, pattern in SETTINGS.items():
        if name in boards and name != "eightfold" and name in text.lower() and (found_name := pattern.search(text)):
            target = f"{name}:{found_name[1]}"
            scores[target] += SURE
            reasons.setdefault(target, (SURE, f"a script of the page names {found_name[1]} on {boards[name].title}"))
    ranked = sorted(scores, key=lambda target: (-scores[target], target))
    if not ranked or (len(ranked) > 1 and scores[ranked[0]] < 2 * scores[ranked[1]]):
        return None
    best = ranked[0]
    return Detected(url, best, 0.9 if scores[best] >= SURE else 0.6, reasons[best][1])


def by_mark(url: str, text: str, boards: Mapping[str, type[Board]]) -> Detected | None:
    """A platform that serves the page itself, on the employer's own host."""
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    for name, mark in MARKS.items():
        found = mark.search(text) if name in boards else None
        if found is None:
            continue
        board = boards[name]
        employer = board.employer_of(url)
        if name == "eightfold":
            domain = SETTINGS[name].search(text)
            employer = employer or (f"{host}/{domain[1]}" if domain else None)
        elif name == "phenom":
            locale = re.match(r"/[a-z]{2,6}/[a-z]{2}(?=/|$)", parts.path)
            employer = employer or host + (locale[0] if locale else "")
        elif name == "oracle":
            site = re.search(r"siteNumber[\"'=:\s]{1,6}([\w-]{2,40})", text)
            base = re.search(r"https://([\w.-]+\.oraclecloud\.com)", text)
            employer = employer or (f"{base[1] if base else host}/{site[1]}" if site else None)
        else:
            employer = employer or host
        if employer and not no_employer(employer):
            return Detected(url, f"{name}:{employer}", 0.8, f"the page is one of {board.title}: {found[0]}")
    return None


def addresses(url: str, text: str) -> Iterator[tuple[str, str]]:
    """Every address that a page holds, absolute, with the name of the element: `script` is one that it loads."""
    page = Selector(text=text or "<html></html>", type="html")
    for node in page.xpath("//*[@src or @href or @action or @data]"):
        for name in ("src", "href", "action", "data"):
            if value := node.attrib.get(name):
                yield str(node.root.tag), joined(url, value)
    for value in page.xpath("//meta[@http-equiv]/@content").getall():
        if found := ADDRESS.search(value):
            yield "link", joined(url, found[0])
    for value in page.xpath("//*/@*[starts-with(name(), 'data-')]").getall():
        if "//" in value and (found := ADDRESS.search(value)):
            yield "data attribute", joined(url, found[0])
    scripts = "\n".join(page.xpath("//script[not(@src)]/text()").getall())[:SCRIPT_LIMIT]
    for found in ADDRESS.finditer(scripts):
        yield "script text", joined(url, found[0].replace("\\/", "/"))


def joined(url: str, value: str) -> str:
    """An address made absolute; one that cannot be is empty."""
    try:
        return urljoin(url, value.strip())
    except ValueError:
        return ""


# -- the fetch --------------------------------------------------------------------------------------------------------


class Look(scrapy.Spider):
    """Fetches each address once and says what it is. What it finds is in `found`, in the order of `urls`."""

    name = "detect"

    def __init__(self, urls: Iterable[str] = (), boards: Mapping[str, type[Board]] | None = None) -> None:
        super().__init__(self.name)
        self.boards = boards or {}
        self.found: dict[str, Detected] = {}
        self.urls = list(urls)

    async def start(self) -> AsyncIterator[Any]:
        for url in self.urls:
            address = cleaned(url)
            if address is None:
                self.found[url] = Detected(url, None, 0.0, "no web address")
                continue
            yield scrapy.Request(address, self.look, errback=self.miss, cb_kwargs={"url": url}, dont_filter=True)

    def look(self, response: Response, url: str) -> None:
        text = response.text if isinstance(response, TextResponse) else ""
        self.found[url] = by_response(url, response.url, text, self.boards)

    def miss(self, failure: Failure) -> None:
        url = failure.request.cb_kwargs["url"]  # type: ignore[attr-defined]
        response: Response | None = getattr(failure.value, "response", None)
        said = f"HTTP {response.status}" if response is not None else failure.getErrorMessage()
        self.found[url] = Detected(url, None, 0.0, f"not read: {said or type(failure.value).__name__}")


def by_response(url: str, final: str, text: str, boards: Mapping[str, type[Board]]) -> Detected:
    """What an address is, by the page that it led to."""
    led = by_address(final, boards)
    if led and led.confidence == 1:
        return Detected(url, led.target, 0.95, f"it leads to {final}: {led.why}")
    shown = by_page(final, text, boards)
    if shown:
        return Detected(url, shown.target, shown.confidence, shown.why)
    if vendor := vendor_of(final, boards):
        return Detected(url, None, 0.0, f"a page of {vendor} that names no employer")
    if "gh_jid" in final or "gh_jid=" in text:
        why = "gh_jid says Greenhouse, but the page does not name its board; its own pages are read"
    elif "JobPosting" in text:
        why = "no platform is named; the page has a JobPosting"
    else:
        why = "no platform is named; its own pages are read"
    return Detected(url, f"careers:{cleaned(url)}", 0.3, why)
