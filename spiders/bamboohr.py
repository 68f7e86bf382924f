"""BambooHR: the public list of a careers page and a reply a posting."""

from collections.abc import Iterable
from copy import deepcopy
from typing import Any
from urllib.parse import urlsplit

from scraper.crawl.board import Board, Found
from scraper.page import Closed, Page, PageError, PageRequest, Total, rows_of, take, taken
from scraper.posting import RawPlace, RawPosting, RawSalary

JSON = {"Accept": "application/json"}  # without it some companies' hosts answer with the page for people
MODES = {"0": "on-site", "1": "remote", "2": "hybrid"}


class Bamboohr(Board):
    """A company's careers page. The list has neither text nor date; either of two places may be blank."""

    name = "bamboohr"
    title = "BambooHR"
    docs = "https://documentation.bamboohr.com/docs"
    target = "bamboohr:EMPLOYER"
    doors = ("json api",)
    publishes = (
        *("description", "locations", "workplace", "employment", "seniority", "departments", "salary", "published"),
    )
    urls = (
        r"(?!(?:partners|marketplace|developers|documentation)\.)(?P<employer>[a-z0-9-]+)\.bamboohr\.com(?:/|\?|$)",
    )
    date_order = "YMD"

    @classmethod
    def home(cls, employer: str) -> str:
        return f"https://{employer}.bamboohr.com/careers"

    def first(self, employer: str | None) -> Iterable[PageRequest]:
        yield PageRequest(f"{self.home(employer or '')}/list", headers=JSON)

    def jobs(self, page: Page) -> Iterable[Found]:
        if urlsplit(page.url).netloc == "www.bamboohr.com":
            raise PageError("moved", f"{page.url}: no such company")
        reply = page.json()
        for row in rows_of(page, take(reply, "result.jobOpening") or reply, "result", "jobOpeningName"):
            status = take(row, "jobOpeningStatus") or "Open"
            whole = {**deepcopy(page.carried.get("row", {})), **row} if isinstance(row, dict) else row
            key = str(whole.get("id") or "") if isinstance(row, dict) else ""
            if key and status != "Open":
                yield Closed(key, f"the board says {status}")
            elif key and page.kind != "detail" and "description" not in row:
                yield PageRequest(
                    f"{self.home(page.employer or '')}/{key}/detail",
                    kind="detail",
                    key=key,
                    headers=JSON,
                    carried={"row": row},
                )
            else:
                yield whole
        total = take(reply, "meta.totalCount")
        if isinstance(total, int):
            yield Total(total)

    def posting(self, page: Page, row: dict[str, Any]) -> RawPosting:
        url = take(row, "jobOpeningShareUrl")
        key = take(row, "id") or str(url or "").rpartition("/")[2]
        code, remote = take(row, "locationType"), take(row, "isRemote")
        return self.raw(
            page,
            key=key,
            url=url or f"{self.home(page.employer or '')}/{key}",
            **taken(row, title="jobOpeningName", description="description", published="datePosted"),
            **taken(row, seniority="minimumExperience", departments="departmentLabel"),
            **taken(row, employment="employmentStatusLabel|employmentType"),
            locations=place_of(take(row, "location")) or place_of(take(row, "atsLocation")),
            workplace=MODES.get(str(code)) or ("remote" if remote else None),
            salary=RawSalary(text=take(row, "compensation")),
        )


def place_of(place: Any) -> RawPlace | None:
    """A place; None where all its parts are blank."""
    parts = taken(
        place, city="city", region="state|province", postal_code="postalCode", country="addressCountry|country"
    )
    return RawPlace(**parts) if any(parts.values()) else None
