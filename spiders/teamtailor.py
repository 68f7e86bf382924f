"""Teamtailor: a careers site's JSON feed, its RSS feed, or its pages."""

import re
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from parsel import Selector

from scraper.crawl.board import Board, Found
from scraper.jsonld import job_postings, posting_slots
from scraper.page import Closed, Page, PageError, PageRequest, take, taken
from scraper.posting import RawPlace, RawPosting

VENDOR = "app|api|tt|www|docs|support|help|blog|dashboard|admin|status"
REMOTE = {"fully": "fully remote"}
NUMBER = re.compile(r"/jobs/(\d+)")
PAGE = 100


class Teamtailor(Board):
    """A company's careers site, known by its host, which may be the company's own."""

    name = "teamtailor"
    title = "Teamtailor"
    docs = "https://support.teamtailor.com"
    target = "teamtailor:HOST"
    doors = ("json feed", "rss", "pages")
    publishes = (
        *("employer_name", "employer_url", "description", "locations", "workplace", "employment", "departments"),
        *("salary", "published", "expires"),
    )
    urls = (rf"(?!(?:{VENDOR})\.teamtailor)(?P<employer>(?:[a-z0-9-]+\.)+teamtailor\.com)(?:/|\?|$)",)
    date_order = "YMD"

    @classmethod
    def home(cls, employer: str) -> str:
        return f"https://{employer if '.' in employer else f'{employer}.teamtailor.com'}/jobs"

    def first(self, employer: str | None) -> Iterable[PageRequest]:
        home = self.home(employer or "")
        rss = PageRequest(f"{home}.rss?per_page={PAGE}&offset=0", otherwise=PageRequest(home))
        yield PageRequest(f"{home}.json?per_page={PAGE}", otherwise=rss)

    def jobs(self, page: Page) -> Iterable[Found]:
        text = page.text.lstrip("\ufeff \r\n\t")
        if text[:1] in ("[", "{"):
            yield from items(page)
        elif "<rss" in text[:1000]:
            yield from entries(page, text)
        elif nodes := job_postings(page.tree):
            yield {"_jobposting": nodes[0]}
        elif page.kind == "detail":
            yield Closed(number_of(page.url), "its page has no JobPosting")
        else:
            yield from links(page)

    def posting(self, page: Page, row: dict[str, Any]) -> RawPosting:
        seen = posting_slots(row.get("_jobposting") or {})
        url = take(row, "url") or seen.get("url") or page.url
        given = {
            **taken(row, title="title", employer_name="company", locations="places", departments="departments"),
            **taken(row, description="content_html|content_text", published="date_published"),
            "workplace": REMOTE.get(status := take(row, "remoteStatus"), status),
        }
        own = {name: value for name, value in given.items() if value}
        if "description" in own:
            own["description_type"] = "html"
        return self.raw(page, **seen | own | {"key": number_of(url) or seen.get("key"), "url": url})


def number_of(url: str) -> str:
    """The number in a job's address; empty where there is none."""
    found = NUMBER.search(urlsplit(url).path)
    return found[1] if found else ""


def items(page: Page) -> Iterator[Found]:
    """The items of a JSON feed (https://www.jsonfeed.org/version/1.1/), and the page after it."""
    yield from page.rows("items", "title")
    following = take(page.json(), "next_url")
    if isinstance(following, str):
        yield PageRequest(page.join(following))


def entries(page: Page, text: str) -> Iterator[Found]:
    """The entries of the RSS feed, and the page after a full one. Raises `PageError` where the feed is cut off."""
    if not text.rstrip().endswith("</rss>"):
        raise PageError("broken", f"{page.url}: the feed is cut off")
    tree = Selector(text=text, type="xml")
    tree.remove_namespaces()
    found = tree.xpath("//item")
    for item in found:
        part = {name: item.xpath(f"string({name})").get() for name in ("title", "link", "pubDate", "remoteStatus")}
        yield {
            "url": part["link"],
            "title": part["title"],
            "company": tree.xpath("string(//channel/title)").get(),
            "content_html": item.xpath("string(description)").get(),
            "date_published": part["pubDate"],
            "remoteStatus": part["remoteStatus"],
            "departments": item.xpath("department/text() | role/text()").getall(),
            "places": [place_of(place) for place in item.xpath(".//location")],
        }
    asked = dict(parse_qsl(urlsplit(page.url).query))
    size, offset = (int(asked.get(name, 0)) for name in ("per_page", "offset"))
    if size and len(found) >= size:
        yield PageRequest(f"{page.url.partition('?')[0]}?per_page={size}&offset={offset + len(found)}")


def place_of(place: Selector) -> RawPlace | str:
    """A place of the RSS feed, in parts or as a text."""
    part = {name: place.xpath(f"string({name})").get() for name in ("name", "address", "city", "zip", "country")}
    if not any(part.values()):
        return place.xpath("string()").get() or ""
    return RawPlace(**taken(part, text="name", street="address", city="city", postal_code="zip", country="country"))


def links(page: Page) -> Iterator[Found]:
    """The jobs that a page links to and no page before it has shown, and the next page."""
    seen, number = page.carried.get("seen", []), page.carried.get("number", 1)
    hrefs = page.tree.css("a[href*='/jobs/']::attr(href)").getall()
    found: dict[str, str] = {}
    for href in hrefs:
        found.setdefault(number_of(href), page.join(href))
    found.pop("", None)
    if not found and "teamtailor" not in page.text:
        raise PageError("moved", f"{page.url}: no careers site of Teamtailor")
    fresh = [key for key in found if key not in seen]
    for key in fresh:
        yield PageRequest(found[key], kind="detail", key=key)
    if fresh:
        url = f"{page.url.partition('?')[0]}?page={number + 1}"
        yield PageRequest(url, carried={"seen": [*seen, *fresh], "number": number + 1})
