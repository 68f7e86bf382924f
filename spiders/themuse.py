"""The Muse: a paged JSON list of posts, texts inside."""

from collections.abc import Iterable
from typing import Any

from scraper.crawl.board import Board, Found
from scraper.crawl.fetch import key
from scraper.page import Page, PageError, PageRequest, Total, rows_of, take, taken
from scraper.posting import RawPosting


class Themuse(Board):
    """All posts of the site, or those that a filter names."""

    name = "themuse"
    title = "The Muse"
    docs = "https://www.themuse.com/developers/api/v2"
    target = "themuse"
    doors = ("json api",)
    publishes = ("employer_name", "description", "locations", "seniority", "tags", "departments", "published")
    options = {"filter": "filters of the API as a query, e.g. `category=Accounting&location=Berlin, Germany`"}
    keys_optional = {"THEMUSE_API_KEY": "https://www.themuse.com/developers/api/v2/apps"}
    date_order = "YMD"
    filter = ""

    def first(self, employer: str | None) -> Iterable[PageRequest]:
        yield self.numbered(1)

    def numbered(self, number: int) -> PageRequest:
        """The request for a page; with a key it counts against a larger allowance."""
        asked = [f"page={number}", self.filter, "api_key={THEMUSE_API_KEY}" if key("THEMUSE_API_KEY") else ""]
        return PageRequest(f"https://www.themuse.com/api/public/jobs?{'&'.join(filter(None, asked))}")

    def jobs(self, page: Page) -> Iterable[Found]:
        reply = page.json()
        if isinstance(reply, dict) and "error" in reply:
            raise PageError("refused", f"{page.url}: {reply['error']}")
        rows = rows_of(page, reply, "results", "contents")
        yield from rows
        if total := take(reply, "total"):
            yield Total(total)
        # Pages past the last that the site serves are empty, whatever it says that it has.
        if rows and (number := take(reply, "page") or 0) < (take(reply, "page_count") or 0):
            yield self.numbered(number + 1)

    def posting(self, page: Page, row: dict[str, Any]) -> RawPosting:
        return self.raw(
            page,
            **taken(row, key="id", url="refs.landing_page", title="name", published="publication_date"),
            **taken(row, employer="company.short_name", employer_name="company.name"),
            description=take(row, "contents") or "",
            locations=[take(place, "name") for place in take(row, "locations") or []],
            seniority=[take(level, "name") for level in take(row, "levels") or []],
            tags=[take(tag, "name") for tag in take(row, "tags") or []],
            departments=[take(category, "name") for category in take(row, "categories") or []],
        )
