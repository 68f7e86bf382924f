"""UKG Pro Recruiting: the search that a job board reads, in pages, and the record in a posting's page."""

import html
import json
import re
from collections.abc import Iterable
from copy import deepcopy
from typing import Any
from urllib.parse import urlsplit

from scraper.crawl.board import Board, Found
from scraper.page import Closed, Page, PageError, PageRequest, Total, rows_of, take, taken
from scraper.posting import RawPlace, RawPosting, RawSalary

PAGE = 50
BOARD = re.compile(
    r"((?:recruiting\d*\.ultipro\.(?:com|ca))|(?:[\w-]+\.rec\.pro\.ukg\.net))/([^/]+)/JobBoard/([0-9a-f-]{36})",
    re.IGNORECASE,
)
RECORD = re.compile(r"CandidateOpportunityDetail\(\s*(?=\{)")


class Ukg(Board):
    """A company's job board. The list has a short text; a posting that has run out keeps its page, without a record.

    The robots.txt of `recruiting.ultipro.com` (2026-09) allows the pages and forbids the search: there a crawl ends
    as `blocked`.
    """

    name = "ukg"
    title = "UKG Pro Recruiting"
    docs = "https://developer.ukg.com/"
    target = "ukg:HOST/TENANT/GUID"
    doors = ("json search", "pages")
    publishes = (
        *("description", "locations", "employment", "departments", "skills", "salary", "published", "updated"),
    )
    date_order = "YMD"

    @classmethod
    def employer_of(cls, url: str) -> str | None:
        parts = urlsplit(url)
        found = BOARD.match(f"{parts.netloc.lower()}{parts.path}")
        return "/".join(found.groups()) if found else None

    @classmethod
    def home(cls, employer: str) -> str:
        tenant, _, guid = employer.rpartition("/")
        return f"https://{tenant}/JobBoard/{guid}"

    def first(self, employer: str | None) -> Iterable[PageRequest]:
        if (employer or "").count("/") != 2:
            what = "a target is ukg:HOST/TENANT/GUID, e.g. ukg:recruiting.ultipro.com/ACM1000ACME/GUID"
            raise PageError("broken", f"{employer}: {what}")
        yield asked(f"{self.home(employer or '')}/JobBoardView/LoadSearchResults", 0)

    def jobs(self, page: Page) -> Iterable[Found]:
        if page.kind == "detail" and page.text.lstrip()[:1] not in ("[", "{"):
            record, carried = record_of(page), deepcopy(page.carried.get("row", {}))
            if not record or record.get("OpportunityIsClosed"):
                yield Closed(str(record.get("Id") or carried.get("Id")), "its page says that it is not open")
            else:
                yield {**carried, **record}
            return
        reply = page.json()
        rows = rows_of(page, reply, "opportunities", "Title")
        for row in rows:
            if not isinstance(row, dict) or not row.get("Id") or "Description" in row:
                yield row
                continue
            url = f"{self.home(page.employer or '')}/OpportunityDetail?opportunityId={row['Id']}"
            yield PageRequest(url, kind="detail", key=str(row["Id"]), carried={"row": row})
        total = (take(reply, "totalCount") or 0) if isinstance(reply, dict) else 0
        skip = page.carried.get("skip", 0)
        if total and not skip:
            yield Total(total)
            for following in range(PAGE, total if rows else 0, PAGE):
                yield asked(page.url, following)

    def posting(self, page: Page, row: dict[str, Any]) -> RawPosting:
        key, full, brief = take(row, "Id"), take(row, "FullTime"), take(row, "BriefDescription")
        text = str(take(row, "Description") or brief or "")
        shows = [one for one in take(row, "JobBoardMemberships") or [] if take(one, "PublishedExternal")]
        shown = next((take(one, "ExternalPostedDate") for one in shows), None)
        created = take(row, "PostedDate")
        return self.raw(
            page,
            key=key,
            url=f"{self.home(page.employer or '')}/OpportunityDetail?opportunityId={key}",
            **taken(row, title="Title", updated="UpdatedDate", departments="JobCategoryName"),
            published=shown or created,
            description=html.unescape(text) if "<" not in text else text,
            locations=[place_of(place) for place in take(row, "Locations") or []],
            employment={True: "Full Time", False: "Part Time"}.get(full),
            skills=[take(skill, "SkillName|Name") for skill in take(row, "SkillCriteria") or []],
            salary=pay_of(row),
        )


def asked(url: str, skip: int) -> PageRequest:
    """A page of the search."""
    body = {"opportunitySearch": {"Top": PAGE, "Skip": skip}}
    return PageRequest(url, method="POST", json=body, carried={"skip": skip} if skip else {})


def record_of(page: Page) -> dict[str, Any]:
    """The record in a posting's page; empty where the board shows the page without one. Raises `PageError`."""
    found = RECORD.search(page.text)
    if not found and "/JobBoard/" not in page.text:
        raise PageError("broken", f"{page.url}: no page of a job board")
    try:
        return dict(json.JSONDecoder().raw_decode(page.text, found.end())[0]) if found else {}
    except json.JSONDecodeError as error:
        raise PageError("broken", f"{page.url}: the record is cut off: {error}") from None


def place_of(place: Any) -> RawPlace:
    """A place: an address, or a name where any part of it may be absent."""
    text = take(place, "LocalizedName|LocalizedDescription")
    address = take(place, "Address")
    return RawPlace(
        text=text,
        **taken(address, street="Line1", city="City", region="State.Name|State.Code", postal_code="PostalCode"),
        country=take(address, "Country.Name|Country.Code"),
    )


def pay_of(row: dict[str, Any]) -> RawSalary | None:
    """Pay by the year or the hour, or else the range of the grade, which is often hidden."""
    currency = take(row, "CompensationCurrencyCode|PayRangeCurrencyCode")
    bands = [
        RawSalary(**taken(row, min=f"Compensation{name}Minimum", max=f"Compensation{name}Maximum"), period=period)
        for name, period in (("Annual", "year"), ("Hourly", "hour"))
    ]
    if take(row, "PayRangeVisible") is not False:
        bands.append(RawSalary(**taken(take(row, "PayRange"), min="PayRangeMinimum", max="PayRangeMaximum")))
    return next((band.model_copy(update={"currency": currency}) for band in bands if band.min or band.max), None)
