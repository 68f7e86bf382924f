"""Ashby: the public posting API, one reply a company with the texts inside; its hosted pages where that is off."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from scraper.crawl.board import Board, Found
from scraper.page import Closed, Page, PageError, PageRequest, take, taken
from scraper.posting import RawPlace, RawPosting, RawSalary


class Ashby(Board):
    """A company's job board. Pay comes in tiers, one by place or level."""

    name = "ashby"
    title = "Ashby"
    docs = "https://developers.ashbyhq.com/docs/public-job-posting-api"
    target = "ashby:EMPLOYER"
    doors = ("json api", "hosted pages")
    publishes = (
        *("employer_name", "description", "locations", "workplace", "employment", "departments", "salary"),
        *("pay_ranges", "benefits", "published", "apply_url"),
    )
    urls = (r"(?:jobs\.ashbyhq\.com|api\.ashbyhq\.com/posting-api/job-board)/(?!api/)(?P<employer>[^/?#]+)",)
    date_order = "YMD"

    @classmethod
    def home(cls, employer: str) -> str:
        return f"https://jobs.ashbyhq.com/{employer}"

    def first(self, employer: str | None) -> Iterable[PageRequest]:
        hosted = PageRequest(f"https://jobs.ashbyhq.com/{employer}")
        url = f"https://api.ashbyhq.com/posting-api/job-board/{employer}?includeCompensation=true"
        yield PageRequest(url, otherwise=hosted)

    def jobs(self, page: Page) -> Iterable[Found]:
        for row in hosted(page) if page.text.lstrip()[:1] == "<" else page.rows("jobs", "title"):
            if take(row, "isListed") is False:
                yield Closed(str(take(row, "id")), "the company does not list it")
            else:
                yield row

    def posting(self, page: Page, row: dict[str, Any]) -> RawPosting:
        html, plain = take(row, "descriptionHtml"), take(row, "descriptionPlain")
        summary = take(row, "compensation.compensationTierSummary|compensationTierSummary")
        pay, extras = pay_of(take(row, "compensation"))
        remote = "Remote" if take(row, "isRemote") else None
        return self.raw(
            page,
            **taken(row, key="id", url="jobUrl", apply_url="applyUrl", title="title", employer_name="company"),
            description=html or plain or "",
            description_type="html" if html else "text",
            locations=[place_of(row), *map(place_of, take(row, "secondaryLocations") or [])],
            workplace=take(row, "workplaceType") or remote,
            **taken(row, employment="employmentType", published="publishedAt|publishedDate"),
            departments=list(dict.fromkeys(take(row, name) for name in ("department", "departmentName", "team"))),
            salary=pay[0] if len(pay) == 1 else None if pay else RawSalary(text=summary),
            pay_ranges=pay if len(pay) > 1 else [],
            benefits=extras,
        )


def place_of(row: Any) -> RawPlace | str:
    """A place, which is a name with an address or without."""
    if not isinstance(row, dict):
        return str(row)
    address = take(row, "address.postalAddress")
    parts = taken(address, city="addressLocality", region="addressRegion", country="addressCountry")
    return RawPlace(text=take(row, "location|locationName"), **parts)


def pay_of(compensation: Any) -> tuple[list[RawSalary], list[str]]:
    """The salaries of all tiers, and in words what comes on top: equity, bonus."""
    tiers = take(compensation, "compensationTiers") or [{"components": take(compensation, "summaryComponents")}]
    parts = [(tier, part) for tier in tiers for part in take(tier, "components") or []]
    pay = [
        RawSalary(
            label=tier.get("title"),
            **taken(part, min="minValue", max="maxValue", currency="currencyCode", period="interval"),
        )
        for tier, part in parts
        if part.get("compensationType") == "Salary" and (part.get("minValue") or part.get("maxValue"))
    ]
    extras = [take(part, "summary") for _, part in parts if part.get("compensationType") != "Salary"]
    return pay, list(dict.fromkeys(extras))


def hosted(page: Page) -> Iterator[Found]:
    """The posting of a hosted page, or the postings that a hosted board lists, from the data in the page.

    Raises `PageError`: `broken` where there are no such data, `moved` where they name no company.
    """
    try:
        data = json.JSONDecoder().raw_decode(page.text.partition("window.__appData = ")[2])[0]
    except ValueError:
        raise PageError("broken", f"{page.url}: neither JSON nor a hosted page") from None
    company, posting = take(data, "organization"), take(data, "posting")
    if not company:
        raise PageError("moved", f"{page.url}: no such board")
    if posting:
        yield {"company": company.get("name"), "jobUrl": page.url, **posting}
    elif page.kind == "detail":
        yield Closed(page.url.rpartition("/")[2], "its page has no posting")
    for row in take(data, "jobBoard.jobPostings") or []:
        if not posting and row.get("isListed") is not False:
            yield PageRequest(f"{page.url.rstrip('/')}/{row['id']}", kind="detail", key=row["id"])
