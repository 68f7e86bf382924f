"""Workable: the careers widget with the texts inside, or the careers page's own search and a reply a posting."""

from collections.abc import Iterable, Iterator
from copy import deepcopy
from typing import Any

from scraper.crawl.board import Board, Found
from scraper.page import Closed, Page, PageError, PageRequest, Total, headed, rows_of, take
from scraper.posting import RawPlace, RawPosting

API = "https://apply.workable.com/api"
SEARCH: dict[str, Any] = {"query": "", "location": [], "department": [], "worktype": [], "remote": []}
NOT_OPEN = {"draft", "archived", "closed", "suspended", "internal"}


class Workable(Board):
    """A company's careers page. The widget repeats a posting for each of its places: they are made one."""

    name = "workable"
    title = "Workable"
    docs = "https://help.workable.com/hc/en-us/articles/115012771647"
    target = "workable:EMPLOYER"
    doors = ("widget", "careers page api")
    publishes = (
        *("employer_name", "description", "locations", "workplace", "employment", "seniority", "departments"),
        *("published", "language", "apply_url"),
    )
    urls = (
        r"apply\.workable\.com/api/v\d/(?:widget/)?accounts/(?P<employer>[^/?#]+)",
        r"apply\.workable\.com/(?!(?:j|api)(?:/|$))(?P<employer>[^/?#]+)",
        r"(?!(?:apply|jobs|www|careers|resources|get)\.)(?P<employer>[a-z0-9-]+)\.workable\.com(?:/|$)",
    )
    options = {"door": "`widget` or `search` (widget, and search where there is no widget)"}
    date_order = "YMD"
    door = "widget"

    @classmethod
    def home(cls, employer: str) -> str:
        return f"https://apply.workable.com/{employer}/"

    def first(self, employer: str | None) -> Iterable[PageRequest]:
        search = PageRequest(f"{API}/v3/accounts/{employer}/jobs", method="POST", json=SEARCH)
        widget = PageRequest(f"{API}/v1/widget/accounts/{employer}?details=true", otherwise=search)
        if self.door not in ("widget", "search"):
            raise PageError("broken", f"door is {self.door!r}; it is widget or search")
        yield search if self.door == "search" else widget

    def jobs(self, page: Page) -> Iterable[Found]:
        reply = page.json()
        if isinstance(reply, dict) and "results" in reply:
            yield from found(page, reply)
            return
        company = reply.get("name") if isinstance(reply, dict) and "jobs" in reply else None
        for row in merged(rows_of(page, reply, "jobs", "title")):
            if not isinstance(row, dict):
                yield row
            elif row.get("state") in NOT_OPEN:
                yield Closed(str(row.get("shortcode") or row.get("id")), f"the board says {row['state']}")
            else:
                yield {"company_name": company, **deepcopy(page.carried.get("row", {})), **row}

    def posting(self, page: Page, row: dict[str, Any]) -> RawPosting:
        code = take(row, "shortcode") or take(row, "id")
        words = [take(row, name) for name in ("type", "employment_type", "employmentType")]
        remote = take(row, "telecommuting"), take(row, "remote")
        whole = {"city": take(row, "city"), "region": take(row, "state"), "country": take(row, "country")}
        places = take(row, "locations") or [take(row, "location") or whole]
        shown = [place for place in places if isinstance(place, dict) and not place.get("hidden")] or places
        published = [take(row, name) for name in ("published_on", "published", "created")]
        return self.raw(
            page,
            key=code,
            url=take(row, "url") or f"https://apply.workable.com/{page.employer}/j/{code}/",
            apply_url=take(row, "application_url"),
            title=take(row, "title"),
            employer_name=take(row, "company_name"),
            description=headed(
                (None, take(row, "description")),
                ("Requirements", take(row, "requirements")),
                ("Benefits", take(row, "benefits")),
            ),
            locations=[place_of(place) for place in shown],
            workplace=take(row, "workplace") or ("remote" if any(remote) else None),
            employment=next(filter(None, words), None),
            seniority=take(row, "experience"),
            departments=[*listed(take(row, "department")), *listed(take(row, "function"))],
            published=next(filter(None, published), None),
            language=take(row, "language"),
        )


def found(page: Page, reply: dict[str, Any]) -> Iterator[Found]:
    """A page of the search: its postings, whose text is elsewhere, and the next page."""
    accounts = f"accounts/{page.employer}/jobs"
    if isinstance(reply.get("total"), int):
        yield Total(reply["total"])
    for row in reply["results"] or []:
        code, state = take(row, "shortcode"), take(row, "state")
        if state in NOT_OPEN:
            yield Closed(str(code), f"the board says {state}")
        elif not code:
            yield row
        else:
            carried = {"row": {**row, "shortcode": code}}
            yield PageRequest(f"{API}/v2/{accounts}/{code}", kind="detail", key=str(code), carried=carried)
    token = reply.get("nextPage")
    if token and token != page.carried.get("token"):
        body = {**SEARCH, "token": token}
        yield PageRequest(f"{API}/v3/{accounts}", method="POST", json=body, carried={"token": token})


def merged(rows: list[Any]) -> Iterator[Any]:
    """Rows that are one posting in several places, made one."""
    found: dict[Any, Any] = {}
    for number, row in enumerate(rows):
        code = row.get("shortcode") if isinstance(row, dict) else None
        first = found.setdefault(code or number, row)
        if first is not row:
            places = [*places_of(first), *places_of(row)]
            first["locations"] = [place for n, place in enumerate(places) if place not in places[:n]]
    yield from found.values()


def places_of(row: dict[str, Any]) -> list[Any]:
    """The places of a row, in one shape."""
    whole = {"city": row.get("city"), "region": row.get("state"), "country": row.get("country")}
    return row.get("locations") or [whole]


def place_of(place: Any) -> RawPlace | str:
    """A place."""
    if not isinstance(place, dict):
        return str(place)
    city, region = take(place, "city"), take(place, "region")
    names = [take(place, name) for name in ("country", "countryName", "countryCode")]
    return RawPlace(city=city, region=region, country=next(filter(None, names), None))


def listed(value: Any) -> list[Any]:
    """A list, or one value as a list."""
    return value if isinstance(value, list) else [value]
