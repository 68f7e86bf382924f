"""JOIN: the page of a company, which holds its number, and then the public API."""

import json
import re
from collections.abc import Iterable
from copy import deepcopy
from typing import Any

from scraper.crawl.board import Board, Found
from scraper.page import Closed, Page, PageError, PageRequest, Total, rows_of, take
from scraper.posting import RawPlace, RawPosting, RawSalary

DATA = re.compile(r"""<script[^<>]{0,200}\bid=["']__NEXT_DATA__["'][^<>]{0,200}>(.*?)</script>""", re.DOTALL)
API = "https://join.com/api/public"
TEXTS = ("description", "_description", "intro", "tasks", "requirements", "benefits", "outro")
HEADED = TEXTS[3:6]


class Join(Board):
    """A company's page. A posting's number is not the one in its address; pay comes in cents, the text as Markdown."""

    name = "join"
    title = "JOIN"
    docs = "https://join.com"
    target = "join:EMPLOYER"
    doors = ("page and json api",)
    publishes = (
        *("employer_name", "employer_url", "description", "locations", "workplace", "employment", "departments"),
        *("salary", "published", "updated"),
    )
    urls = (
        r"join\.com/(?:[a-z]{2}/)?companies/(?P<employer>[^/?#]+)",
        r"join\.com/api/public/companies/(?P<employer>\d+)",
    )
    date_order = "YMD"
    pay_unit = "cent"

    @classmethod
    def home(cls, employer: str) -> str:
        return f"https://join.com/companies/{employer}"

    def first(self, employer: str | None) -> Iterable[PageRequest]:
        yield self.page_of(employer, {"id": employer} if (employer or "").isdecimal() else {}, 1)

    def jobs(self, page: Page) -> Iterable[Found]:
        reply = page.json() if page.text.lstrip()[:1] in ("[", "{") else embedded(page)
        listed = reply.get("jobs", reply) if isinstance(reply, dict) else reply
        rows = [reply["job"]] if "job" in reply else rows_of(page, listed, "items", "id")
        if rows and not any(isinstance(row, dict) and row.get("id") for row in rows):
            raise PageError("refused", f"{page.url}: {rows[0]}")
        known = deepcopy(page.carried.get("row", {}))
        company = known.pop("company", None) or page.carried.get("company") or {}
        company = company | (given_in(take(reply, "company")) if reply not in rows else {})
        for row in rows:
            own = given_in(row)
            whole = {**known, **own, "company": company | given_in(own.get("company"))}
            key, status = str(own.get("id") or ""), whole.pop("status", "ONLINE")
            if key and status != "ONLINE":
                yield Closed(key, f"the board says {status}")
            elif key and page.kind != "detail" and not any(map(own.get, TEXTS)):
                yield PageRequest(f"{API}/jobs/{key}", kind="detail", key=key, carried={"row": whole})
            else:
                yield whole if own else row
        paging, number = given_in(take(listed, "pagination")), page.carried.get("page", 1)
        total, last = (paging.get(a, paging.get(b)) for a, b in (("rowCount", "total"), ("pageCount", "totalPages")))
        if isinstance(total, int):
            yield Total(total)
        if rows and isinstance(last, int) and number < last:
            yield self.page_of(page.employer, company, number + 1)

    def posting(self, page: Page, row: dict[str, Any]) -> RawPosting:
        key, slug = take(row, "id"), take(row, "company.domain") or page.employer
        path = take(row, "idParam") or f"{key}"
        whole, also, *parts = [(name, take(row, name)) for name in TEXTS]
        headed = [f"## {name.capitalize()}\n\n{part}" if name in HEADED else part for name, part in parts if part]
        text = whole[1] or also[1] or "\n\n".join(headed)
        pay = {name: take(row, f"salaryAmount{name}") for name in ("From", "To")}
        kinds = take(row, "employmentType.name"), take(row, "employmentType")
        modes = take(row, "workplaceType"), take(row, "remoteOption")
        return self.raw(
            page,
            key=key,
            url=take(row, "shareableUrl") or f"{self.home(slug or '')}/{path}",
            title=take(row, "title"),
            employer_name=take(row, "company.name"),
            employer_url=take(row, "company.url"),
            description=text,
            description_type="html" if text.lstrip()[:1] == "<" else "markdown",
            locations=[place_of(place) for place in take(row, "locations") or []] or city_of(row),
            workplace=next(filter(None, modes), None),
            employment=next(filter(None, kinds), None),
            departments=[take(row, "category.name"), take(row, "department.name")],
            salary=RawSalary(
                min=take(pay["From"], "amount"),
                max=take(pay["To"], "amount"),
                currency=take(pay["From"], "currency") or take(pay["To"], "currency"),
                period=take(row, "salaryFrequency"),
            )
            if take(row, "settings.showSalary") is not False
            else None,
            published=take(row, "createdAt") or take(row, "publishedAt"),
            updated=take(row, "updatedAt"),
        )

    def page_of(self, employer: str | None, company: dict[str, Any], number: int) -> PageRequest:
        """A page of the list: of the API where the company's number is known. More than five a page are refused."""
        carried = {"page": number, "company": {name: company.get(name) for name in ("id", "name", "domain", "url")}}
        if company.get("id"):
            return PageRequest(f"{API}/companies/{company['id']}/jobs?page={number}&pageSize=5", carried=carried)
        url = self.home(employer or "")
        return PageRequest(url if number == 1 else f"{url}?page={number}", carried=carried)


def given_in(value: Any) -> dict[str, Any]:
    """What an object says; anything else says nothing."""
    return {name: part for name, part in value.items() if part is not None} if isinstance(value, dict) else {}


def embedded(page: Page) -> dict[str, Any]:
    """What the page of a company or a posting was built from. Raises `PageError` where there are no such data."""
    found = DATA.search(page.text)
    try:
        state = take(json.loads(found[1]), "props.pageProps.initialState") if found else None
    except (ValueError, RecursionError):
        state = None
    if not isinstance(state, dict) or not {"jobs", "job"} & state.keys():
        raise PageError("broken", f"{page.url}: no data of a company in it")
    return state


def city_of(row: dict[str, Any]) -> RawPlace:
    """The place of a posting, in parts. Its postal code is only the city's first one."""
    city = take(row, "city") or {}
    return RawPlace(
        city=take(city, "cityName"),
        region=take(city, "regionName"),
        country=take(city, "countryName") or take(row, "country.name") or take(row, "country.iso3166"),
        latitude=take(city, "lat"),
        longitude=take(city, "lng"),
    )


def place_of(place: Any) -> RawPlace | str:
    """A place of the older list."""
    if not isinstance(place, dict):
        return str(place)
    return RawPlace(text=take(place, "name"), city=take(place, "city"), country=take(place, "country"))
