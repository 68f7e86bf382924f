"""Working Nomads: one JSON list of the latest posts, texts inside."""

from collections.abc import Iterable
from typing import Any

from scraper.crawl.board import Board, Found
from scraper.page import Page, PageRequest, take, taken
from scraper.posting import RawPosting


class Workingnomads(Board):
    """The latest posts of all employers. A post's address leads on to where one applies."""

    name = "workingnomads"
    title = "Working Nomads"
    docs = "https://www.workingnomads.com/api/exposed_jobs/"
    target = "workingnomads"
    doors = ("json api",)
    publishes = ("employer_name", "description", "locations", "tags", "departments", "published")
    date_order = "YMD"
    stream = True  # the newest posts only: what slides out of the window is not gone

    def first(self, employer: str | None) -> Iterable[PageRequest]:
        yield PageRequest("https://www.workingnomads.com/api/exposed_jobs/")

    def jobs(self, page: Page) -> Iterable[Found]:
        yield from page.rows("jobs", "title")

    def posting(self, page: Page, row: dict[str, Any]) -> RawPosting:
        url, tags = take(row, "url") or "", take(row, "tags") or ""
        return self.raw(
            page,
            key=url.rstrip("/").rpartition("/")[2],
            url=url,
            **taken(row, title="title", employer_name="company_name", published="pub_date"),
            **taken(row, locations="location", departments="category_name"),
            description=take(row, "description") or "",
            tags=tags if isinstance(tags, list) else tags.split(","),
        )
