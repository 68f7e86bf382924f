"""JazzHR: a careers page and a page a posting, or the feed of open jobs."""

import re
from collections.abc import Iterable, Iterator
from copy import deepcopy
from typing import Any
from urllib.parse import urlsplit

from scraper.crawl.board import Board, Found
from scraper.jsonld import job_postings, posting_slots
from scraper.page import Closed, Page, PageError, PageRequest, take
from scraper.posting import RawPlace, RawPosting

TOKEN = re.compile(r"/apply/(?:jobs/details/)?(?!jobs\b)(\w{6,})")
SITE = re.compile("jazz|resumator|applytojob", re.IGNORECASE)
PLACE = "normalize-space(.//*[contains(@class, 'map-marker')]/.. | .//*[contains(@class, 'location')])"
DEPARTMENT = "normalize-space(.//*[contains(@class, 'sitemap')]/..)"


class Jazzhr(Board):
    """A company's careers page. A posting that is gone leads back to the list; the feed has no dates."""

    name = "jazzhr"
    title = "JazzHR"
    docs = "https://success.jazzhr.com"
    target = "jazzhr:EMPLOYER"
    doors = ("pages", "xml feed")
    publishes = (
        *("employer_name", "employer_url", "description", "locations", "employment", "seniority", "departments"),
        *("published", "expires"),
    )
    urls = (
        r"(?!(?:www|app|api)\.)(?P<employer>[a-z0-9-]+)\.applytojob\.com(?:/|\?|$)",
        r"app\.jazz\.co/(?:feeds/export/jobs|widgets/basic/create)/(?P<employer>[^/?#]+)",
    )
    date_order = "YMD"

    @classmethod
    def home(cls, employer: str) -> str:
        return f"https://{employer}.applytojob.com/apply"

    def first(self, employer: str | None) -> Iterable[PageRequest]:
        feed = PageRequest(f"https://app.jazz.co/feeds/export/jobs/{employer}")
        yield PageRequest(self.home(employer or ""), otherwise=feed)

    def jobs(self, page: Page) -> Iterable[Found]:
        listed = deepcopy(page.carried.get("row", {}))
        if page.text.lstrip("\ufeff \r\n\t").startswith(("<?xml", "<jobs")):
            yield from entries(page)
        elif nodes := job_postings(page.tree):
            yield {**listed, "node": nodes[0]}
        elif not SITE.search(page.text) and not page.tree.css("a[href*='/apply/']"):
            raise PageError("moved", f"{page.url}: no page of JazzHR")
        elif listed:
            yield Closed(listed["key"], "its page has no JobPosting")
        else:
            yield from links(page)

    def posting(self, page: Page, row: dict[str, Any]) -> RawPosting:
        seen = posting_slots(row.get("node") or {})
        url = take(row, "url") or seen.get("url") or page.url
        level = take(row, "experience"), seen.pop("experience", None)
        parts = {
            name: take(row, word)
            for name, word in (("city", "city"), ("region", "state"), ("postal_code", "postalcode"))
        }
        own = {
            "title": take(row, "title"),
            "description": take(row, "description"),
            "locations": take(row, "place") or RawPlace(**parts, country=take(row, "country")),
            "employment": take(row, "type"),
            "departments": take(row, "department"),
        }
        listed = take(row, "key")
        key = token_of(url) or listed or seen.get("key") or url.rpartition("/")[2]
        kept = {"key": key, "url": url, "seniority": level}
        return self.raw(page, **own | seen | kept)


def token_of(url: str) -> str | None:
    """The token in a posting's address."""
    found = TOKEN.match(urlsplit(url).path)
    return found[1] if found else None


def links(page: Page) -> Iterator[PageRequest]:
    """The postings that a careers page links to."""
    known = set()
    for link in page.tree.css("a[href*='/apply/']"):
        key = token_of(page.join(link.attrib["href"]))
        if key and key not in known:
            known.add(key)
            item = link.xpath("ancestor::li[1]")
            row = {
                "key": key,
                "title": link.xpath("normalize-space()").get(),
                "place": item.xpath(PLACE).get(),
                "department": item.xpath(DEPARTMENT).get(),
            }
            yield PageRequest(page.join(link.attrib["href"]), kind="detail", key=key, carried={"row": row})


def entries(page: Page) -> Iterator[Found]:
    """The jobs of the feed, by the names that their parts have there."""
    for job in page.xml().xpath("//job"):
        row = {part.root.tag: part.xpath("string()").get() for part in job.xpath("*")}
        if (status := row.pop("status", "Open")) != "Open":
            yield Closed(token_of(row.get("url") or "") or str(row.get("id")), f"the board says {status}")
        else:
            yield row
