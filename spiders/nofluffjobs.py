"""No Fluff Jobs: the public offers of the Polish board, all in one reply, and a reply an offer with its text."""

import html
from collections.abc import Iterable
from copy import deepcopy
from typing import Any

from scraper.crawl.board import Board, Found
from scraper.page import Closed, Page, PageRequest, Total, headed, rows_of, take, taken
from scraper.posting import RawPlace, RawPosting, RawSalary

API = "https://nofluffjobs.com/api"
SEARCH = f"{API}/search/posting?salaryCurrency=original&salaryPeriod=original&region=pl"


class Nofluffjobs(Board):
    """The whole board or a search. The rows of one offer, one a city, are one posting."""

    name = "nofluffjobs"
    title = "No Fluff Jobs"
    docs = "https://nofluffjobs.com"
    target = "nofluffjobs"
    doors = ("json api", "search api")
    publishes = (
        *("employer_name", "employer_url", "description", "locations", "workplace", "employment", "seniority"),
        *("skills", "skills_preferred", "departments", "salary", "pay_ranges", "benefits", "published", "updated"),
        "expires",
    )
    options = {"search": "words or criteria of the site's search, e.g. `city=szczecin`; without it all offers"}
    date_order = None
    custom_settings = {"DOWNLOAD_MAXSIZE": 256 * 1024 * 1024}  # the reply with all offers has some 60 MB
    search = ""

    def first(self, employer: str | None) -> Iterable[PageRequest]:
        yield self.found(1) if self.search else PageRequest(f"{API}/posting")

    def found(self, number: int) -> PageRequest:
        """The request for a page of the search."""
        body = {"rawSearch": self.search, "page": number, "pageSize": 100}
        return PageRequest(SEARCH, method="POST", json=body, carried={"number": number})

    def jobs(self, page: Page) -> Iterable[Found]:
        reply = page.json()
        if isinstance(reply, dict) and "postings" not in reply and (page.kind == "detail" or "requirements" in reply):
            row = deepcopy(page.carried.get("row", {}))
            if (status := take(reply, "status") or "PUBLISHED") != "PUBLISHED":
                yield Closed(key_of(row or reply), f"the board says {status}")
            else:
                yield {**reply, **row, "url": take(row, "url") or take(reply, "postingUrl|url|id")}
            return
        rows = rows_of(page, reply, "postings", "title")
        offers = merged(rows)
        for row in offers:
            if isinstance(row, dict) and row.get("url"):
                changed = str(row.get("renewed") or row.get("posted") or "") or None
                url = f"{API}/posting/{row['url']}"
                yield PageRequest(url, kind="detail", key=key_of(row), carried={"row": row}, version=changed)
            else:
                yield row
        number, pages = page.carried.get("number", 1), take(reply, "totalPages") or 1
        if isinstance(pages, int) and number < pages and "number" in page.carried:
            yield self.found(number + 1)
        elif pages == 1 and isinstance(total := take(reply, "totalCount"), int):  # it counts rows
            yield Total(total - len(rows) + len(offers))

    def posting(self, page: Page, row: dict[str, Any]) -> RawPosting:
        key, slug = key_of(row), take(row, "url")
        pay = pay_of(row)
        tasks = "".join(f"<li>{html.escape(task, quote=False)}</li>" for task in take(row, "specs.dailyTasks") or [])
        remote = [take(row, "fullyRemote"), take(row, "location.fullyRemote")]
        hybrid = take(row, "location.hybridDesc")
        asked = values(take(row, "requirements.musts"))
        tiles = values(tile for tile in take(row, "tiles.values") or [] if tile.get("type") == "requirement")
        for name in ("id", "reference"):
            take(row, name)
        return self.raw(
            page,
            key=key,
            url=f"https://nofluffjobs.com/job/{slug}",
            **taken(row, title="title", employer_name="company.name|name", employer_url="company.url"),
            **taken(row, seniority="seniority|basics.seniority", departments="category|basics.category"),
            **taken(row, published="posted", updated="renewed", expires="expiresAt"),
            description=headed(
                (None, take(row, "details.description")),
                ("Daily tasks", tasks and f"<ul>{tasks}</ul>"),
                ("Requirements", take(row, "requirements.description")),
            ),
            locations=[place_of(place) for place in take(row, "location.places") or []],
            workplace="Remote" if any(remote) else f"Hybrid: {hybrid}" if hybrid else None,
            employment=list(dict.fromkeys(part.label for part in pay)),
            skills=asked or list(dict.fromkeys([take(row, "technology|basics.technology"), *tiles])),
            skills_preferred=values(take(row, "requirements.nices")),
            salary=pay[0] if len(pay) == 1 else None,
            pay_ranges=pay if len(pay) > 1 else [],
            benefits=[*(take(row, "benefits.benefits") or []), *(take(row, "benefits.officePerks") or [])],
        )


def key_of(row: dict[str, Any]) -> str:
    """What the rows of one offer share: its reference, or its id without the city at its end."""
    key = str(row.get("id") or row.get("url"))
    ends = [f"-{place['city']}" for place in places_of(row) if isinstance(place, dict) and place.get("city")]
    own = next((end for end in ends if key.endswith(end)), "")
    return str(row.get("reference") or key.removesuffix(own))


def merged(rows: list[Any]) -> list[Any]:
    """One row an offer, with the places of all its rows."""
    offers: dict[Any, Any] = {}
    for number, row in enumerate(rows):
        offer = offers.setdefault(key_of(row) if isinstance(row, dict) and row.get("id") else number, row)
        if offer is not row:
            known = places_of(offer)
            added = [place for place in places_of(row) if place not in known]
            offer["location"] = {**(offer.get("location") or {}), "places": known + added}
    return list(offers.values())


def places_of(row: dict[str, Any]) -> list[Any]:
    """The places of a row."""
    place = row.get("location")
    return (place.get("places") if isinstance(place, dict) else None) or []


def pay_of(row: dict[str, Any]) -> list[RawSalary]:
    """Pay by contract: as the company gave it, or as the list shows it."""
    given = take(row, "essentials.originalSalary") or {}
    shown = take(row, "salary") or {}
    pay = []
    for kind, part in (take(given, "types") or {}).items():
        ends = (take(part, "range") or []) + [None, None]
        pay.append(
            RawSalary(label=kind, min=ends[0], max=ends[1], currency=given.get("currency"), period=take(part, "period"))
        )
    return pay or [RawSalary(**taken(shown, min="from", max="to", currency="currency", label="type"))] * bool(shown)


def place_of(place: dict[str, Any]) -> RawPlace:
    """A city or a province; `Remote` stands among them."""
    return RawPlace(
        **taken(place, city="city", street="street", postal_code="postalCode", region="province"),
        **taken(place, country="country.name|country.code"),
        **taken(place, latitude="geoLocation.latitude", longitude="geoLocation.longitude"),
    )


def values(items: Any) -> list[Any]:
    """The values of labels."""
    return [take(item, "value") if isinstance(item, dict) else item for item in items or []]
