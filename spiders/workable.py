"""Workable: the careers widget with the texts inside, or the careers page's own search and a reply a posting."""

from collections.abc import Iterable, Iterator
from copy import deepcopy
from typing import Any

from scraper.crawl.board import Board, Found
from scraper.page import Closed, Page, PageRequest, Total, headed, rows_of, take, taken
from scraper.posting import RawPlace, RawPosting

API = "https://apply.workable.com/api"
SEARCH: dict[str, Any] = {"query": "", "location": [], "department": [], "worktype": [], "remote": []}
CODE = "shortcode|id"
NOT_OPEN = ("draft", "archived", "closed", "suspended", "internal")


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
    date_order = "YMD"

    @classmethod
    def home(cls, employer: str) -> str:
        return f"https://apply.workable.com/{employer}/"

    def first(self, employer: str | None) -> Iterable[PageRequest]:
        search = PageRequest(f"{API}/v3/accounts/{employer}/jobs", method="POST", json=SEARCH)
        yield PageRequest(f"{API}/v1/widget/accounts/{employer}?details=true", otherwise=search)

    def jobs(self, page: Page) -> Iterable[Found]:
        reply = page.json()
        if isinstance(reply, dict) and "results" in reply:
            yield from found(page, reply)
            return
        given = {"company": take(reply, "name"), **deepcopy(page.carried.get("row", {}))}
        rows = rows_of(page, reply, "jobs", "title")
        for row in merged([{**given, **row} if isinstance(row, dict) else row for row in rows]):
            state = take(row, "state")
            yield Closed(str(take(row, CODE)), f"the board says {state}") if state in NOT_OPEN else row

    def posting(self, page: Page, row: dict[str, Any]) -> RawPosting:
        code, team = take(row, CODE), take(row, "department")
        remote = take(row, "telecommuting"), take(row, "remote")
        places = take(row, "locations") or []
        text = taken(row, Description="description", Requirements="requirements", Benefits="benefits")
        return self.raw(
            page,
            key=code,
            url=take(row, "url") or f"https://apply.workable.com/{page.employer}/j/{code}/",
            **taken(row, title="title", employer_name="company", apply_url="application_url", language="language"),
            **taken(row, published="published_on|published|created", seniority="experience"),
            **taken(row, employment="employment_type|employmentType|type"),
            description=headed((None, text.pop("Description")), *text.items()),
            locations=[place_of(place) for place in places if not place.get("hidden")] or [*map(place_of, places)],
            workplace=take(row, "workplace") or ("remote" if any(remote) else None),
            departments=team if isinstance(team, list) else [team, take(row, "function")],
        )


def found(page: Page, reply: dict[str, Any]) -> Iterator[Found]:
    """A page of the search: its postings, whose text is elsewhere, and the next page."""
    accounts = f"accounts/{page.employer}/jobs"
    if isinstance(reply.get("total"), int):
        yield Total(reply["total"])
    for row in rows_of(page, reply, "results", "title"):
        code, state = take(row, CODE), take(row, "state")
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


def merged(rows: list[Any]) -> list[Any]:
    """Rows that are one posting in several places made one, the places of each in a list."""
    found: dict[str, Any] = {}
    for number, row in enumerate(rows):
        if not isinstance(row, dict):
            found[str(number)] = row
            continue
        whole = taken(row, city="city", country="country")
        whole["region"] = row.get("state") if any(whole.values()) else None  # elsewhere it is the posting's state
        places = take(row, "locations|location") or [whole]
        row["locations"] = places if isinstance(places, list) else [places]
        twin = found.setdefault(str(row.get("shortcode") or number), row)
        if twin is not row:
            twin["locations"] += [place for place in row["locations"] if place not in twin["locations"]]
    return list(found.values())


def place_of(place: dict[str, Any]) -> RawPlace:
    """A place."""
    return RawPlace(**taken(place, city="city", region="region", country="country|countryName|countryCode"))
