"""JobTech: the open ads of the Swedish employment service (Platsbanken), by search or as a stream of changes."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

import orjson

from scraper.crawl.board import Board, Found
from scraper.page import Closed, Page, PageRequest, Total, headed, rows_of, take, taken
from scraper.posting import RawPlace, RawPosting, RawSalary

SIZE, MOST = 100, 2000
"""Ads on a page of the search, and the furthest that it can be paged: narrow it to see all."""
PARTS = ("company_information", "needs", "requirements", "conditions")


class Jobtech(Board):
    """A search, newest first, or with `since` all that has changed: new ads, changed ones, and those taken away."""

    name = "jobtech"
    title = "JobTech (Platsbanken)"
    docs = "https://jobstream.api.jobtechdev.se"
    target = "jobtech"
    doors = ("search api", "change stream")
    publishes = (
        *("employer_name", "employer_url", "description", "locations", "workplace", "employment", "tags", "skills"),
        *("skills_preferred", "departments", "salary", "published", "updated", "expires", "apply_url"),
    )
    options = {
        "query": "words that an ad must hold; without it the newest ads",
        "since": "UTC time, e.g. `2026-10-30T00:00:00`: what has changed since then, in place of a search",
    }
    date_order = "YMD"
    time_zone = "Europe/Stockholm"
    query, since = "", ""

    def first(self, employer: str | None) -> Iterable[PageRequest]:
        self.stream = bool(self.since)
        if self.stream:
            yield PageRequest(f"https://jobstream.api.jobtechdev.se/stream?{urlencode({'date': self.since})}")
        else:
            yield self.found(0)

    def found(self, offset: int) -> PageRequest:
        """The request for a page of the search."""
        asked = {"q": self.query, "sort": "pubdate-desc", "limit": SIZE, "offset": offset}
        url = f"https://jobsearch.api.jobtechdev.se/search?{urlencode(asked)}"
        return PageRequest(url, carried={"offset": offset})

    def jobs(self, page: Page) -> Iterable[Found]:
        lines = page.text.strip().splitlines()
        apart = len(lines) > 1 and all(line[:1] == "{" and line[-1:] == "}" for line in lines)
        reply = [orjson.loads(line) for line in lines] if apart else page.json()
        for row in rows_of(page, reply, "hits", "headline"):
            if isinstance(row, dict) and take(row, "removed"):
                yield Closed(str(take(row, "id")), f"taken away {take(row, 'removed_date') or ''}".strip())
            else:
                yield row
        if isinstance(total := take(reply, "total.value"), int):
            yield Total(total)
            following = page.carried.get("offset", 0) + SIZE
            if following < total and following <= MOST:
                yield self.found(following)

    def posting(self, page: Page, row: dict[str, Any]) -> RawPosting:
        key = take(row, "id")
        html, plain = take(row, "description.text_formatted"), take(row, "description.text")
        parts = [(None, take(row, f"description.{part}")) for part in PARTS]
        return self.raw(
            page,
            key=key,
            url=take(row, "webpage_url") or f"https://arbetsformedlingen.se/platsbanken/annonser/{key}",
            **taken(row, title="headline", employer_name="employer.workplace|employer.name"),
            **taken(row, employer_url="employer.url", apply_url="application_details.url", updated="timestamp"),
            **taken(row, published="publication_date", expires="application_deadline|last_publication_date"),
            description=html or plain or headed(*parts),
            description_type="text" if plain and not html else "html",
            locations=place_of(take(row, "workplace_address")),
            workplace="remote" if take(row, "remote_work") else None,
            employment=labels(row, "employment_type", "working_hours_type", "duration"),
            departments=labels(row, "occupation_field", "occupation_group"),
            tags=labels(row, "occupation"),
            skills=labels(take(row, "must_have"), "skills"),
            skills_preferred=labels(take(row, "nice_to_have"), "skills"),
            salary=RawSalary(text=take(row, "salary_description")),
        )


def labels(row: Any, *names: str) -> list[Any]:
    """The labels of the terms under these names: one term, or a list of them."""
    terms = [take(row, name) for name in names]
    listed = [term for one in terms for term in (one if isinstance(one, list) else [one])]
    return [take(term, "label") for term in listed]


def place_of(address: Any) -> RawPlace:
    """A place of work. Coordinates are longitude, then latitude."""
    point = take(address, "coordinates") or [None, None]
    return RawPlace(
        **taken(address, street="street_address", postal_code="postcode", city="city|municipality", region="region"),
        **taken(address, country="country"),
        longitude=point[0],
        latitude=point[-1],
    )
