"""Jobicy: one JSON list of the latest remote posts, texts inside."""

import html
from collections.abc import Iterable
from typing import Any

from scraper.crawl.board import Board, Found
from scraper.page import Page, PageError, PageRequest, rows_of, take, taken
from scraper.posting import RawPosting, RawSalary


class Jobicy(Board):
    """The latest posts of all employers. Strings of the reply are escaped as for HTML."""

    name = "jobicy"
    title = "Jobicy"
    docs = "https://jobicy.com/jobs-rss-feed"
    target = "jobicy"
    doors = ("json api",)
    publishes = (
        *("employer_name", "description", "remote_from", "employment", "seniority", "departments", "salary"),
        "published",
    )
    options = {"tag": "words that a post must hold, three letters or more"}
    date_order = "YMD"
    stream = True  # the newest posts only: what slides out of the window is not gone
    tag = ""

    def first(self, employer: str | None) -> Iterable[PageRequest]:
        yield PageRequest("https://jobicy.com/api/v2/remote-jobs?count=50" + (f"&tag={self.tag}" if self.tag else ""))

    def jobs(self, page: Page) -> Iterable[Found]:
        reply = page.json()
        if isinstance(reply, dict) and reply.get("error") and not reply.get("jobs"):
            raise PageError("refused", f"{page.url}: {reply['error']}")
        yield from rows_of(page, reply, "jobs", "jobTitle")

    def posting(self, page: Page, row: dict[str, Any]) -> RawPosting:
        annual = "annual" if row.get("annualSalaryMin") or row.get("annualSalaryMax") else None
        return self.raw(
            page,
            **taken(row, key="id", url="url", published="pubDate"),
            title=plain(take(row, "jobTitle")),
            employer_name=plain(take(row, "companyName")),
            description=take(row, "jobDescription|jobExcerpt") or "",
            remote_from=(plain(take(row, "jobGeo")) or "").split(","),
            employment=plains(take(row, "jobType")),
            seniority=plains(take(row, "jobLevel")),
            departments=plains(take(row, "jobIndustry")),
            salary=RawSalary(
                **taken(
                    row, min="salaryMin|annualSalaryMin", max="salaryMax|annualSalaryMax", currency="salaryCurrency"
                ),
                period=take(row, "salaryPeriod") or annual,
            ),
        )


def plain(text: Any) -> str | None:
    """A string without its HTML entities."""
    return html.unescape(str(text)) if text else None


def plains(texts: Any) -> list[str | None]:
    """The strings of a list, or the one string in its place."""
    return [plain(text) for text in (texts if isinstance(texts, list) else [texts])]
