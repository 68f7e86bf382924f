"""Jobvite: the pages of a careers site, or its XML feed with the texts inside."""

import re
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlsplit

from scraper.crawl.board import Board, Found
from scraper.jsonld import job_postings, posting_slots
from scraper.page import Page, PageError, PageRequest, take, taken
from scraper.posting import RawPosting

CODE = re.compile(r"/job/([A-Za-z0-9]+)")
PLACE = ".jv-job-list-location"


class Jobvite(Board):
    """A company's careers site. A page has a JobPosting, or only what it shows to people; the feed, known by a code
    that stands in the list's script as `companyEId`, has all in one reply.
    """

    name = "jobvite"
    title = "Jobvite"
    docs = "https://help.jobvite.com/"
    target = "jobvite:EMPLOYER"
    doors = ("pages", "xml feed")
    publishes = (
        *("employer_name", "description", "locations", "employment", "departments", "salary", "published", "apply_url"),
    )
    urls = (r"jobs\.jobvite\.com/(?:careers/)?(?!careers(?:/|\?|$))(?P<employer>[^/?#]+)",)
    options = {"feed": "the company's code in the XML feed: one reply with all texts (read the pages)"}
    date_order = "MDY"
    feed = ""

    @classmethod
    def home(cls, employer: str) -> str:
        return f"https://jobs.jobvite.com/{employer}/jobs"

    def first(self, employer: str | None) -> Iterable[PageRequest]:
        pages = PageRequest(self.home(employer or ""))
        feed = PageRequest(f"https://app.jobvite.com/CompanyJobs/Xml.aspx?c={self.feed}", otherwise=pages)
        yield feed if self.feed else pages

    def jobs(self, page: Page) -> Iterable[Found]:
        head = page.text.lstrip("\ufeff \r\n\t")[:200]
        if head[:1] in ("[", "{"):
            reply = page.json()
            yield from ({"node": node} for node in (reply if isinstance(reply, list) else [reply]))
        elif head.startswith("<?xml") or "<result" in head:
            yield from ({"own": entry_of(entry)} for entry in page.xml().xpath("//job"))
        elif nodes := job_postings(page.tree):
            yield {"node": nodes[0]}
        elif page.kind != "detail":
            yield from links(page)
        elif page.tree.css(".jv-header"):
            yield {"own": shown(page)}
        else:
            raise PageError("broken", f"{page.url}: no posting on the page")

    def posting(self, page: Page, piece: dict[str, Any]) -> RawPosting:
        slots = {**page.carried.get("slots", {}), **piece.pop("own", {}), **posting_slots(piece.get("node") or {})}
        url = slots.get("url") or page.url
        key = code_of(page.url) or slots.get("key") or code_of(url)
        return self.raw(page, **slots | {"key": key, "url": url})


def code_of(url: str) -> str:
    """The code in a posting's address; empty where there is none."""
    found = CODE.search(urlsplit(url).path)
    return found[1] if found else ""


def entry_of(entry: Any) -> dict[str, Any]:
    """An entry of the feed."""
    part = {node.tag: (node.text or "").strip() for node in entry.root}
    return {
        **taken(part, key="id", title="title", url="detail-url", apply_url="apply-url", published="date"),
        **taken(part, employment="jobtype", departments="category", locations="location"),
        "description": take(part, "description|briefdescription") or "",
    }


def links(page: Page) -> Iterator[Found]:
    """The postings that a page links to, and what "show more" leads to. Raises `PageError` where it is no such page."""
    rows = page.tree.css("a[href*='/job/']")
    if not rows and "jv-page" not in page.text:
        raise PageError("moved", f"{page.url}: no careers site of Jobvite")
    for link in rows:
        url = page.join(link.attrib["href"]).partition("?")[0]
        cell = link.css(PLACE) or link.xpath("ancestor::tr[1]").css(PLACE)
        cells = [" ".join(part.css("::text").getall()) for part in cell.css("span:not(:has(.jv-meta))") or cell]
        told = [text for text in (" ".join(cell.split()) for cell in cells) if text]
        slots = (
            {"locations": told[-1:], "departments": told[:-1]} if not cell.css(".jv-meta") else {"departments": told}
        )
        yield PageRequest(url, kind="detail", key=code_of(url), carried={"slots": slots})
    for more in page.tree.css("a[href*='/search?'][href*='p=']::attr(href)").getall():
        yield PageRequest(page.join(more))


def shown(page: Page) -> dict[str, Any]:
    """What a posting's page shows to people: below the title stand the category and the places."""
    tree = page.tree
    line = [" ".join(text.split()) for text in tree.css(".jv-job-detail-meta::text").getall()]
    told = [text for text in line if text]
    link = next(iter(tree.css("a.jv-button-apply::attr(href)").getall()), page.url)
    url = page.join(link.partition("?")[0].removesuffix("/apply"))
    meta = {"departments": told[:1], "locations": told[1:]} if len(told) > 1 else {}
    title = tree.css(".jv-header").xpath("normalize-space()").get()
    return {"title": title, "url": url, "description": "".join(tree.css(".jv-job-detail-description").getall()), **meta}
