"""iCIMS: the search pages of a careers portal, or its sitemap, and the framed page of a posting."""

import re
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from scraper.crawl.board import Board, Found
from scraper.jsonld import job_postings, posting_slots
from scraper.page import Page, PageError, PageRequest, headed
from scraper.posting import RawPosting

NUMBER = re.compile(r"/jobs/(\d+)(?:[/?#]|$)")
PLACE = ".//span[contains(@class, 'field-label')][contains(., 'Location')]/following-sibling::span[1]"


class Icims(Board):
    """A company's careers portal, known by its host. A portal's pages are frames: the outer ones are empty."""

    name = "icims"
    title = "iCIMS"
    docs = "https://developer.icims.com/"
    target = "icims:HOST"
    doors = ("search pages", "sitemap")
    publishes = (
        *("employer_name", "employer_url", "description", "locations", "workplace", "employment", "departments"),
        *("salary", "published", "expires"),
    )
    urls = (
        r"(?P<employer>(?!(?:www|api|developer|care|community|login|help|support|blog|docs|app|dashboard|admin|tt)\.)"
        r"(?:[\w-]+\.)+icims\.com)(?:/|\?|$)",
    )
    date_order = "YMD"

    @classmethod
    def home(cls, employer: str) -> str:
        return f"https://{employer if '.' in employer else f'careers-{employer}.icims.com'}/jobs"

    def first(self, employer: str | None) -> Iterable[PageRequest]:
        home = self.home(employer or "")
        yield PageRequest(search(home, 0), otherwise=PageRequest(home.removesuffix("jobs") + "sitemap.xml"))

    def jobs(self, page: Page) -> Iterable[Found]:
        if "<urlset" in page.text[:1000] or "<sitemapindex" in page.text[:1000]:
            yield from locations(page)
            return
        nodes, own = job_postings(page.tree), shown(page) if page.kind == "detail" else {}
        if nodes or own.get("title"):
            yield {"node": nodes[0] if nodes else {}, "own": own}
        elif page.kind == "detail":
            raise PageError("broken", f"{page.url}: no posting on the page")
        else:
            yield from cards(page)

    def posting(self, page: Page, piece: dict[str, Any]) -> RawPosting:
        slots = {**piece.pop("own"), **posting_slots(piece["node"])}
        url = slots.get("url") or page.url.partition("?")[0]
        places = slots.get("locations") or page.carried.get("places", [])
        return self.raw(page, **slots | {"key": number_of(url) or number_of(page.url), "url": url, "locations": places})


def number_of(url: str) -> str:
    """The number in a posting's address; empty where there is none."""
    found = NUMBER.search(url)
    return found[1] if found else ""


def search(home: str, number: int) -> str:
    """Address of a page of the search, counted from zero."""
    return f"{home}/search?ss=1&in_iframe=1&pr={number}"


def framed(url: str, **told: Any) -> PageRequest:
    """The page of a posting within its frame: the older portal has it at its own address, the newer one elsewhere."""
    parts, number = urlsplit(url), number_of(url)
    path = parts.path if parts.netloc.endswith(".icims.com") else f"/careers-home/jobs/{number}"
    return PageRequest(f"https://{parts.netloc}{path}?in_iframe=1", kind="detail", key=number, **told)


def locations(page: Page) -> Iterator[Found]:
    """The postings of a sitemap, and the sitemaps of an index."""
    tree = page.xml()
    for url in tree.xpath("//sitemap/loc/text()").getall():
        yield PageRequest(url.strip())
    for entry in tree.xpath("//url"):
        url = entry.xpath("normalize-space(loc)").get() or ""
        if number_of(url):
            yield framed(url, version=entry.xpath("lastmod/text()").get())


def cards(page: Page) -> Iterator[Found]:
    """The postings that a page of the search links to, and the next page. Raises `PageError` where it is none."""
    if "icims" not in page.text.lower():
        raise PageError("moved", f"{page.url}: no portal of iCIMS")
    for link in page.tree.css("a[href*='/jobs/']"):
        url = page.join(link.attrib["href"])
        host = urlsplit(url).netloc
        if number_of(url) and (host == urlsplit(page.url).netloc or host.endswith(".icims.com")):
            card = link.xpath("ancestor::*[contains(concat(' ', @class, ' '), ' row ')][1]")
            yield framed(url, carried={"places": texts(card, PLACE)})
    following = int(dict(parse_qsl(urlsplit(page.url).query)).get("pr", 0)) + 1
    links = page.tree.css("a[href*='pr=']::attr(href)").getall()
    if any(dict(parse_qsl(urlsplit(link).query)).get("pr") == str(following) for link in links):
        yield PageRequest(search(f"https://{urlsplit(page.url).netloc}/jobs", following))


def shown(page: Page) -> dict[str, Any]:
    """What a posting's page shows to people."""
    parts = [
        (head.xpath("normalize-space()").get(), head.xpath("following-sibling::div[1]").get())
        for head in page.tree.css("h2.iCIMS_InfoMsg")
    ]
    return {
        "title": page.tree.xpath("normalize-space(//h1[contains(@class, 'iCIMS_Header')])").get(),
        "description": headed(*parts),
        "locations": texts(page.tree, PLACE),
    }


def texts(tree: Any, path: str) -> list[str]:
    """The texts at a path; several places stand in one, apart by bars."""
    found = [part.xpath("normalize-space()").get() for part in tree.xpath(path)[:1]]
    return [text.strip() for line in found for text in line.split("|") if text.strip()]
