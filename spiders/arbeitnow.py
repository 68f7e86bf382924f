"""Arbeitnow: a paged JSON list of posts, mostly in Germany, texts inside."""

import html
import re
from collections.abc import Iterable
from typing import Any

from scraper.crawl.board import Board, Found
from scraper.page import Page, PageRequest, rows_of, take, taken
from scraper.posting import RawPosting

TAG = re.compile(r"</?[a-zA-Z]")
COMPANY = re.compile(r"/companies/([^/?#]+)/")


class Arbeitnow(Board):
    """All posts of the site, the newest first."""

    name = "arbeitnow"
    title = "Arbeitnow"
    docs = "https://www.arbeitnow.com/blog/job-board-api"
    target = "arbeitnow"
    doors = ("json api",)
    publishes = ("employer_name", "description", "locations", "workplace", "employment", "departments", "published")
    date_order = None

    def first(self, employer: str | None) -> Iterable[PageRequest]:
        yield self.numbered(1)

    def numbered(self, number: int) -> PageRequest:
        """The request for a page: the link of the reply holds a search that changes each time."""
        return PageRequest(
            f"https://www.arbeitnow.com/api/job-board-api?page={number}",
            carried={"number": number} if number > 1 else {},
        )

    def jobs(self, page: Page) -> Iterable[Found]:
        reply = page.json()
        rows = rows_of(page, reply, "data", "slug")
        yield from rows
        if rows and take(reply, "links.next"):
            yield self.numbered(page.carried.get("number", 1) + 1)

    def posting(self, page: Page, row: dict[str, Any]) -> RawPosting:
        url, text = take(row, "url"), take(row, "description") or ""
        company = COMPANY.search(url or "")
        return self.raw(
            page,
            employer=company[1] if company else None,
            **taken(row, key="slug", employment="job_types", published="created_at"),
            url=url,
            title=html.unescape(take(row, "title") or ""),
            employer_name=html.unescape(take(row, "company_name") or ""),
            description=text if TAG.search(text) else html.unescape(text),
            locations=html.unescape(take(row, "location") or ""),
            workplace="remote" if take(row, "remote") else None,  # false is said of hybrid posts too
            departments=[html.unescape(str(tag)) for tag in take(row, "tags") or []],  # branches of trade, in truth
        )
