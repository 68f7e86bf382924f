"""Reed: the jobseeker API of the British board, a search and a reply a job."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from scraper.crawl.board import Board, Found
from scraper.page import Page, PageRequest, Total, rows_of, take, taken
from scraper.posting import RawPosting, RawSalary

API = "https://www.reed.co.uk/api/1.0"
HEADERS = {"Authorization": "Basic {REED_API_KEY}:"}
SIZE, MOST = 100, 10_000
"""Jobs on a page, and jobs that a search gives at most: narrow it to see all."""


class Reed(Board):
    """A search. The list cuts the texts off, so each job is asked for; the hourly quota is small."""

    name = "reed"
    title = "Reed"
    docs = "https://www.reed.co.uk/developers/jobseeker"
    target = "reed"
    doors = ("json api",)
    publishes = (
        *("employer_name", "description", "locations", "employment", "salary", "published", "expires"),
        "apply_url",
    )
    options = {"keywords": "words that a job must hold", "location": "place, e.g. `Leeds`"}
    keys = {"REED_API_KEY": "https://www.reed.co.uk/developers/jobseeker"}
    date_order = "DMY"
    keywords, location = "", ""

    def first(self, employer: str | None) -> Iterable[PageRequest]:
        yield self.found(0)

    def found(self, skipped: int) -> PageRequest:
        """The request for a page of the search."""
        asked = {"keywords": self.keywords, "locationName": self.location}
        asked = {name: value for name, value in asked.items() if value}
        url = f"{API}/search?{urlencode(asked | {'resultsToTake': SIZE, 'resultsToSkip': skipped})}"
        return PageRequest(url, headers=HEADERS, carried={"skipped": skipped})

    def jobs(self, page: Page) -> Iterable[Found]:
        reply = page.json()
        rows = rows_of(page, reply, "results", "jobId")
        if page.kind == "detail" or (isinstance(reply, dict) and "results" not in reply):
            yield from (whole(page, row) for row in rows)
            return
        for row in rows:
            if isinstance(row, dict) and (key := row.get("jobId")):
                url = f"{API}/jobs/{key}"
                yield PageRequest(url, kind="detail", key=str(key), headers=HEADERS, carried={"row": row})
            else:
                yield row
        if isinstance(total := take(reply, "totalResults"), int):
            yield Total(total)
            following = page.carried.get("skipped", 0) + SIZE
            if rows and following < min(total, MOST):
                yield self.found(following)

    def posting(self, page: Page, row: dict[str, Any]) -> RawPosting:
        hours = [word for word, name in (("full time", "fullTime"), ("part time", "partTime")) if take(row, name)]
        key = take(row, "jobId")
        return self.raw(
            page,
            key=key,
            url=take(row, "jobUrl") or f"https://www.reed.co.uk/jobs/{key}",
            **taken(row, title="jobTitle", employer_name="employerName", locations="locationName"),
            **taken(row, published="datePosted|date", expires="expirationDate", apply_url="externalUrl"),
            description=(take(row, "jobDescription") or "").strip(),
            employment=[*hours, take(row, "contractType"), take(row, "jobType")],
            salary=RawSalary(
                **taken(row, min="minimumSalary", max="maximumSalary", currency="currency", period="salaryType"),
                text=take(row, "salary"),
            ),
        )


def whole(page: Page, row: Any) -> Any:
    """A job's own reply with what the list said of it."""
    told = {name: value for name, value in row.items() if value not in (None, "")} if isinstance(row, dict) else None
    return row if told is None else dict(page.carried.get("row", {})) | told
