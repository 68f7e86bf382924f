"""Rippling: the public job board API, a list and a reply a posting."""

from collections.abc import Iterable, Iterator
from copy import deepcopy
from dataclasses import replace
from typing import Any

from scraper.crawl.board import Board, Found
from scraper.page import Page, PageError, PageRequest, headed, rows_of, take, taken
from scraper.posting import RawPlace, RawPosting, RawSalary

API = "https://api.rippling.com/platform/api/ats"
PAGE = 100
LOCALE = "(?:[A-Za-z]{2}-[A-Za-z]{2}/)?"


class Rippling(Board):
    """A company's job board. The list repeats a posting for each of its places: it is followed once."""

    name = "rippling"
    title = "Rippling"
    docs = "https://developer.rippling.com/documentation/job-board-api"
    target = "rippling:EMPLOYER"
    doors = ("json api", "json api v2", "pages")
    publishes = (
        *("employer_name", "description", "locations", "workplace", "employment", "departments", "salary"),
        *("pay_ranges", "published", "language"),
    )
    urls = (
        rf"ats(?:\.us1)?\.rippling\.com/(?:embed/)?{LOCALE}(?!(?:embed|api|[A-Za-z]{{2}}-[A-Za-z]{{2}})(?:/|$))(?P<employer>[^/?#]+)",
        r"api\.rippling\.com/platform/api/ats/v\d/board/(?P<employer>[^/?#]+)",
    )
    date_order = "YMD"

    @classmethod
    def home(cls, employer: str) -> str:
        return f"https://ats.rippling.com/{employer}/jobs"

    def first(self, employer: str | None) -> Iterable[PageRequest]:
        seen = PageRequest(self.home(employer or ""))
        paged = PageRequest(f"{API}/v2/board/{employer}/jobs?page=0&pageSize={PAGE}", otherwise=seen)
        yield PageRequest(f"{API}/v1/board/{employer}/jobs", otherwise=paged)

    def jobs(self, page: Page) -> Iterable[Found]:
        known = page.carried.get("known", [])
        reply = page.json() if page.text.lstrip()[:1] != "<" else data_of(page)
        rows = merged(rows_of(page, reply, "items", "name"))
        keys = [str(row.get("uuid") or row.get("id") or "") if isinstance(row, dict) else "" for row in rows]
        for key, row in zip(keys, rows, strict=True):
            if not key or "description" in row:
                yield {**deepcopy(page.carried.get("row", {})), **row} if isinstance(row, dict) else row
            elif key not in known:
                path = f"board/{page.employer}/jobs/{key}"
                told: dict[str, Any] = {"kind": "detail", "key": key, "carried": {"row": row}}
                yield PageRequest(f"{API}/v1/{path}", **told, otherwise=PageRequest(f"{API}/v2/{path}", **told))
        number = (reply.get("page") or 0) + 1 if isinstance(reply, dict) else 0
        if any(keys) and 0 < number < (reply.get("totalPages") or 0):  # its total counts places, not postings
            url = f"{API}/v2/board/{page.employer}/jobs?page={number}&pageSize={reply.get('pageSize') or PAGE}"
            yield PageRequest(url, carried={"known": list(dict.fromkeys([*known, *keys]))})

    def posting(self, page: Page, row: dict[str, Any]) -> RawPosting:
        key, text = take(row, "uuid|id"), take(row, "description")
        parts = text if isinstance(text, dict) else {"role": text}
        listed, named = take(row, "locations") or [], take(row, "workLocations")
        pay = [
            RawSalary(
                **taken(band, min="minValue|rangeStart", max="maxValue|rangeEnd", currency="currency|currencyCode"),
                **taken(band, period="frequency", label="location"),
            )
            for band in take(row, "payRangeDetails") or []
        ]
        return self.raw(
            page,
            key=key,
            url=take(row, "url") or f"{self.home(page.employer or '')}/{key}",
            **taken(row, title="name", employer_name="companyName", published="createdOn", language="language"),
            **taken(row, employment="employmentType.label|employmentType.id|employmentType"),
            **taken(row, departments="department.name|department.label|department.id|department"),
            description=headed(*((None, part) for part in parts.values())),
            workplace=list(dict.fromkeys(take(place, "workplaceType") for place in listed)),
            locations=[place_of(place) for place in named or listed],
            salary=pay[0] if len(pay) == 1 else None,
            pay_ranges=pay if len(pay) > 1 else [],
        )


def merged(rows: list[Any]) -> list[Any]:
    """Rows that are one posting in several places made one, the places of each in a list."""
    found: dict[Any, Any] = {}
    for number, row in enumerate(rows):
        key = str(row.get("uuid") or row.get("id") or "") if isinstance(row, dict) else ""
        twin = found.setdefault(key or number, row)
        if key and (places := take(row, "locations|workLocation")):
            kept = twin.setdefault("locations", [])
            kept += [place for place in (places if isinstance(places, list) else [places]) if place not in kept]
    return list(found.values())


def data_of(page: Page) -> Any:
    """The reply that a page for people carries. Raises `PageError` where it carries none."""
    for text in page.tree.css("script#__NEXT_DATA__::text").getall():
        for node in nodes_in(replace(page, text=text).json()):
            if isinstance(node.get("items"), list) or ("name" in node and {"uuid", "workLocations"} & node.keys()):
                return node
    raise PageError("login", f"{page.url}: a web page came in place of JSON")


def nodes_in(data: Any, depth: int = 12) -> Iterator[dict[str, Any]]:
    """Every object of a page's data, outer ones first."""
    if isinstance(data, dict):
        yield data
    for value in data.values() if isinstance(data, dict) else data if isinstance(data, list) else ():
        yield from nodes_in(value, depth - 1) if depth else ()


def place_of(place: Any) -> RawPlace | str:
    """A place: a name, which may hold the work mode too, or parts."""
    if not isinstance(place, dict):
        return str(place or "")
    return RawPlace(**taken(place, text="name|label|id", city="city", region="state|stateCode", country="country"))
