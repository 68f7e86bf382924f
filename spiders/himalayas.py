"""Himalayas: a paged JSON list of remote posts, texts inside."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from parsel import Selector

from scraper.crawl.board import Board, Found
from scraper.page import Page, PageRequest, Total, rows_of, take, taken
from scraper.posting import RawPosting, RawSalary

LIST = "https://himalayas.app/jobs/api?limit=20"
FOOTER = "<p>Originally posted on "


class Himalayas(Board):
    """All posts of the site, the newest first, twenty a page."""

    name = "himalayas"
    title = "Himalayas"
    docs = "https://himalayas.app/api"
    target = "himalayas"
    doors = ("json api",)
    publishes = (
        *("employer_name", "description", "remote_from", "employment", "seniority", "tags", "departments", "salary"),
        *("published", "expires", "apply_url"),
    )
    date_order = None

    def first(self, employer: str | None) -> Iterable[PageRequest]:
        yield PageRequest(LIST)

    def jobs(self, page: Page) -> Iterable[Found]:
        reply = page.json()
        rows = rows_of(page, reply, "jobs", "companySlug")
        yield from rows
        if not isinstance(reply, dict):
            return
        total, seen = reply.get("totalCount") or 0, (reply.get("offset") or 0) + len(rows)
        yield Total(total)
        if rows and (cursor := reply.get("nextCursor")):
            yield PageRequest(f"{LIST}&cursor={quote(cursor, safe='')}")
        elif rows and seen < total and "cursor=" not in page.url:
            yield PageRequest(f"{LIST}&offset={seen}")

    def posting(self, page: Page, row: dict[str, Any]) -> RawPosting:
        url, apply_url = take(row, "guid"), take(row, "applicationLink")
        slug, name = take(row, "companySlug"), take(row, "companyName")
        text, excerpt = take(row, "description") or "", take(row, "excerpt")
        return self.raw(
            page,
            employer=slug,
            key=f"{slug}/{str(url).rpartition('/')[2]}" if url else None,
            url=url,
            apply_url=apply_url if apply_url != url else None,
            **taken(row, title="title", published="pubDate", expires="expiryDate", employment="employmentType"),
            **taken(row, seniority="seniority", tags="categories", departments="parentCategories"),
            employer_name=linked_name(text, slug) if name == "name" else name,
            description=text.partition(FOOTER)[0] or excerpt or "",
            remote_from=[take(place, "name") if isinstance(place, dict) else place for place in restrictions(row)],
            salary=RawSalary(
                **taken(row, min="minSalary", max="maxSalary", currency="currency", period="salaryPeriod")
            ),
        )


def restrictions(row: dict[str, Any]) -> list[Any]:
    """The places that a worker may sit in: names or objects."""
    given = take(row, "locationRestrictions") or []
    return given if isinstance(given, list) else [given]


def linked_name(text: str, slug: str) -> str | None:
    """The employer's name where the text links to its page: many rows hold the word `name` in its stead."""
    return (
        Selector(text=text or "<p></p>").xpath("string(//a[contains(@href, $page)])", page=f"/companies/{slug}").get()
    )
