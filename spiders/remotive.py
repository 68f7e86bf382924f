"""Remotive: one JSON list of all posts, texts inside. Asked for more than four times a day, it blocks."""

from collections.abc import Iterable
from typing import Any

from scraper.crawl.board import Board, Found
from scraper.page import Page, PageRequest, Total, rows_of, take, taken
from scraper.posting import RawPosting, RawSalary


class Remotive(Board):
    """All posts of the site, a day late."""

    name = "remotive"
    title = "Remotive"
    docs = "https://remotive.com/api-documentation"
    target = "remotive"
    doors = ("json api",)
    publishes = (
        *("employer_name", "description", "remote_from", "employment", "tags", "departments", "salary", "published"),
        "attribution",
    )
    date_order = "YMD"
    time_zone = None  # the times have no offset and no document names their zone

    def first(self, employer: str | None) -> Iterable[PageRequest]:
        yield PageRequest("https://remotive.com/api/remote-jobs")

    def jobs(self, page: Page) -> Iterable[Found]:
        reply = page.json()
        if total := take(reply, "total-job-count"):
            yield Total(total)
        yield from rows_of(page, reply, "jobs", "title")

    def posting(self, page: Page, row: dict[str, Any]) -> RawPosting:
        url = take(row, "url")
        return self.raw(
            page,
            **taken(row, key="id", title="title", employer_name="company_name", published="publication_date"),
            **taken(row, employment="job_type", tags="tags", departments="category"),
            url=url,
            description=take(row, "description") or "",
            remote_from=(take(row, "candidate_required_location") or "").split(","),
            salary=RawSalary(text=take(row, "salary")),
            attribution=f"Source: Remotive, {url}",
        )
