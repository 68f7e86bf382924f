"""Paylocity: the data in the script of a careers page, and a page a posting."""

import json
import re
from collections.abc import Iterable
from copy import deepcopy
from typing import Any

from scraper.crawl.board import Board, Found
from scraper.jsonld import job_postings, posting_slots
from scraper.page import Closed, Page, PageError, PageRequest, headed, take, taken
from scraper.posting import RawPlace, RawPosting

SITE = "https://recruiting.paylocity.com/Recruiting/Jobs"
GUID = "[0-9a-fA-F]{8}-[0-9a-fA-F-]{27}"
DATA = re.compile(r"\bpageData\s*=\s*(?=\{)")
NUMBER = re.compile(r"(?i)/(?:details|apply)/(\d+)")


class Paylocity(Board):
    """A company's careers page, known by its GUID. The list's dates are right; the JobPosting's are the same moment
    in UTC with the offset of another zone.
    """

    name = "paylocity"
    title = "Paylocity"
    docs = "https://developer.paylocity.com/"
    target = "paylocity:GUID"
    doors = ("pages",)
    publishes = (
        *("employer_name", "description", "locations", "workplace", "employment", "departments", "salary", "published"),
    )
    urls = (
        rf"recruiting\.paylocity\.com/(?i:recruiting/(?:v2/)?(?:jobs/(?:all|list)|api/feed/jobs))/(?P<employer>{GUID})",
    )
    date_order = "YMD"

    @classmethod
    def home(cls, employer: str) -> str:
        return f"{SITE}/All/{employer}"

    def first(self, employer: str | None) -> Iterable[PageRequest]:
        yield PageRequest(self.home(employer or ""))

    def jobs(self, page: Page) -> Iterable[Found]:
        data, nodes = data_of(page), job_postings(page.tree)
        if nodes or page.tree.css(".job-listing-header"):
            yield {"node": nodes[0] if nodes else {}, "page": data, **deepcopy(page.carried.get("row", {}))}
            return
        if not isinstance(data.get("Jobs"), list):
            raise PageError("broken" if page.kind == "detail" else "moved", f"{page.url}: no job on the page")
        for row in data["Jobs"]:
            key = str(row.get("JobId") or "") if isinstance(row, dict) else ""
            if key and row.get("IsInternal"):
                yield Closed(key, "the board says it is internal")
            elif key:
                carried = {"row": {"ModuleTitle": data.get("ModuleTitle"), **row}}
                yield PageRequest(f"{SITE}/Details/{key}", kind="detail", key=key, carried=carried)
            else:
                yield row

    def posting(self, page: Page, row: dict[str, Any]) -> RawPosting:
        seen, data = posting_slots(row.get("node") or {}), row.pop("page", {})
        parts = {str(head.css("::text").get()): head for head in page.tree.css(".job-listing-header")}
        below = {name: head.xpath("following-sibling::div[1]") for name, head in parts.items()}
        kind = below.pop("Job Type", None)
        key, place, where = take(row, "JobId") or number_of(page), take(row, "JobLocation"), take(row, "LocationName")
        street = ", ".join(filter(None, (take(place, "Address"), take(place, "Address2"))))
        address = taken(place, city="City", region="State", postal_code="Zip", country="Country")
        shown = page.tree.css(".preview-location a").xpath("normalize-space()").getall()
        own = {
            **taken(row, title="JobTitle", departments="HiringDepartment", published="PublishedDate"),
            "description": headed(*((name, part.get()) for name, part in below.items())) or take(row, "Description"),
            "locations": RawPlace(text=where, street=street, **address) if where or place else None,
            "workplace": "remote" if take(row, "IsRemote") else None,
            "employment": kind.xpath("normalize-space()").get() if kind else None,
        }
        slots = {
            "title": take(data, "jobTitle"),
            "employer_name": take(row, "ModuleTitle") or take(data, "moduleName"),
            "locations": shown,
            **seen,
            **{name: value for name, value in own.items() if value},
            "key": key,
            "url": f"{SITE}/Details/{key}" if key else None,
        }
        return self.raw(page, **slots | ({"description_type": "html"} if own["description"] else {}))


def data_of(page: Page) -> dict[str, Any]:
    """The data in a page's script; empty where there is none. Raises `PageError` where it is cut off."""
    found = DATA.search(page.text)
    try:
        return dict(json.JSONDecoder().raw_decode(page.text, found.end())[0]) if found else {}
    except json.JSONDecodeError as error:
        raise PageError("broken", f"{page.url}: the data is cut off: {error}") from None


def number_of(page: Page) -> str:
    """The number of a posting's page, from its address or its links; empty where there is none."""
    links = page.tree.css("meta[property='og:url']::attr(content), a.apply-link-marker::attr(href)").getall()
    found = next(filter(None, map(NUMBER.search, [page.url, *links])), None)
    return found[1] if found else ""
