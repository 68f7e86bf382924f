"""SmartRecruiters: the public postings API, a list in pages and a reply a posting."""

from collections.abc import Iterable, Iterator
from copy import deepcopy
from typing import Any
from urllib.parse import urlsplit

from scraper.crawl.board import Board, Found
from scraper.jsonld import job_postings, posting_slots
from scraper.page import Closed, Page, PageError, PageRequest, Total, headed, rows_of, take, taken
from scraper.posting import RawPlace, RawPosting, RawSalary

SECTIONS = ("companyDescription", "jobDescription", "qualifications", "additionalInformation")
PAGE = 100


class Smartrecruiters(Board):
    """A company's postings. A company that does not exist has none: the reply is the same."""

    name = "smartrecruiters"
    title = "SmartRecruiters"
    docs = "https://developers.smartrecruiters.com/docs/posting-api"
    target = "smartrecruiters:EMPLOYER"
    doors = ("json api",)
    publishes = (
        *("employer_name", "description", "locations", "workplace", "employment", "seniority", "departments"),
        *("salary", "published", "language", "apply_url"),
    )
    urls = (
        r"api\.smartrecruiters\.com/v1/companies/(?P<employer>[^/?#]+)",
        r"(?:jobs|careers)\.smartrecruiters\.com/(?:[^/?#]+/)?(?P<employer>[^/?#]+)/(?:\d{6}|[0-9a-f]{8}-[0-9a-f]{4}-)",
        r"(?:jobs|careers)\.smartrecruiters\.com/(?!external-referrals\b)(?P<employer>[^/?#]+)",
    )
    date_order = "YMD"

    @classmethod
    def home(cls, employer: str) -> str:
        return f"https://careers.smartrecruiters.com/{employer}"

    def first(self, employer: str | None) -> Iterable[PageRequest]:
        yield PageRequest(f"{postings_of(employer)}?limit={PAGE}&offset=0")

    def jobs(self, page: Page) -> Iterable[Found]:
        if page.text.lstrip()[:1] == "<":
            yield from seen(page)
            return
        reply = page.json()
        rows = rows_of(page, reply, "content", "name")
        for row in rows:
            number, active = str(take(row, "id") or ""), take(row, "active")
            whole = {**deepcopy(page.carried.get("row", {})), "id": number, **row} if isinstance(row, dict) else row
            if number and active is False:
                yield Closed(number, "the board says it is not active")
            elif number and page.kind != "detail" and "jobAd" not in row:
                url = f"{postings_of(page.employer)}/{number}"
                yield PageRequest(url, kind="detail", key=number, carried={"row": whole})
            else:
                yield whole
        if isinstance(reply, dict) and isinstance(reply.get("totalFound"), int):
            yield Total(reply["totalFound"])
            offset = page.carried.get("offset", 0) + len(rows)
            if rows and offset < reply["totalFound"]:
                yield PageRequest(
                    f"{postings_of(page.employer)}?limit={PAGE}&offset={offset}", carried={"offset": offset}
                )

    def posting(self, page: Page, row: dict[str, Any]) -> RawPosting:
        if "node" in row:
            return self.raw(page, **{"key": key_of(page.url), **posting_slots(row["node"]), "url": page.url})
        number, slug = take(row, "id"), take(row, "company.identifier") or page.employer
        place = take(row, "location") or {}
        modes = [mode for mode in ("remote", "hybrid") if take(place, mode)]
        sections = take(row, "jobAd.sections") or {}
        return self.raw(
            page,
            key=number,
            url=take(row, "postingUrl") or f"https://jobs.smartrecruiters.com/{slug}/{number}",
            **taken(row, title="name", employer_name="company.name", apply_url="applyUrl"),
            **taken(row, published="releasedDate", language="language.code"),
            description=headed(
                *((take(sections, f"{name}.title"), take(sections, f"{name}.text")) for name in SECTIONS),
                (None, take(place, "hybridDescription")),
            ),
            locations=RawPlace(
                **taken(place, text="fullLocation", street="address", city="city", region="region"),
                **taken(place, postal_code="postalCode", country="country", latitude="latitude", longitude="longitude"),
            ),
            workplace=modes,
            employment=take(row, "typeOfEmployment.label|typeOfEmployment.id"),
            seniority=take(row, "experienceLevel.label|experienceLevel.id"),
            departments=list(dict.fromkeys(take(row, f"{name}.label") for name in ("department", "function"))),
            salary=RawSalary(
                **taken(take(row, "compensation"), min="min", max="max", currency="currency", period="period")
            ),
        )


def postings_of(employer: str | None) -> str:
    """Address of a company's postings."""
    return f"https://api.smartrecruiters.com/v1/companies/{employer}/postings"


def seen(page: Page) -> Iterator[Found]:
    """The posting of a page as people see it; one that has run out keeps its page, without a text."""
    if page.tree.css(".jobad--empty-state, #st-apply[disabled]"):
        yield Closed(key_of(page.url), "its page says that it has expired")
    elif nodes := job_postings(page.tree):
        yield {"node": nodes[0]}
    else:
        raise PageError("login", f"{page.url}: a web page without a posting came in place of JSON")


def key_of(url: str) -> str:
    """The number in a posting's address."""
    return urlsplit(url).path.rpartition("/")[2].partition("-")[0]
