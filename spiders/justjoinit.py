"""Just Join IT: the public offers of the Polish board, a list by cursor and a reply an offer."""

from collections.abc import Iterable
from copy import deepcopy
from typing import Any

from scraper.crawl.board import Board, Found
from scraper.page import Closed, Page, PageRequest, Total, rows_of, take, taken
from scraper.posting import RawPlace, RawPosting, RawSalary

API = "https://api.justjoin.it"


class Justjoinit(Board):
    """The whole board. An offer in several cities is one posting; pay that the board has converted is left out."""

    name = "justjoinit"
    title = "Just Join IT"
    docs = "https://justjoin.it"
    target = "justjoinit"
    doors = ("json api",)
    publishes = (
        *("employer_name", "employer_url", "description", "locations", "workplace", "employment", "seniority"),
        *("departments", "skills", "skills_preferred", "salary", "pay_ranges", "published", "expires", "apply_url"),
    )
    date_order = "YMD"

    def first(self, employer: str | None) -> Iterable[PageRequest]:
        yield self.listed(None, {"cursor": 0, "merged": 0})

    def listed(self, cursor: int | None, carried: dict[str, Any]) -> PageRequest:
        """The request for a page of the list. The API takes the cursor as `from`; `cursor` it ignores."""
        url = f"{API}/v2/user-panel/offers/by-cursor" + (f"?from={cursor}" if cursor else "")
        return PageRequest(url, headers={"Version": "2"}, carried=carried)

    def jobs(self, page: Page) -> Iterable[Found]:
        reply = page.json()
        rows = rows_of(page, reply, "data", "title")
        if page.kind == "detail" or any(isinstance(row, dict) and "body" in row for row in rows):
            yield from (offer for row in rows for offer in whole(page, row))
            return
        offers = merged(rows)
        for row in offers:
            if isinstance(row, dict) and (slug := row.get("slug") or row.get("id")):
                changed = row.get("lastPublishedAt") or row.get("publishedAt")
                url, key = f"{API}/v1/offers/{slug}", str(row.get("guid") or slug)
                yield PageRequest(url, kind="detail", key=key, carried={"row": row}, version=changed)
            else:
                yield row
        done = {"cursor": page.carried.get("cursor", 0), "merged": page.carried.get("merged", 0)}
        done["merged"] += len(rows) - len(offers)
        cursor = take(reply, "meta.next.cursor")
        if isinstance(cursor, int) and cursor > done["cursor"]:
            yield self.listed(cursor, done | {"cursor": cursor})
        elif isinstance(total := take(reply, "meta.totalItems"), int):  # it counts an offer once for each of its rows
            yield Total(total - done["merged"])

    def posting(self, page: Page, row: dict[str, Any]) -> RawPosting:
        key, slug = take(row, "guid|id"), take(row, "slug")
        pay = [pay_of(part) for part in take(row, "employmentTypes|employment_types") or []]
        kinds = [take(row, "workingTime.value|workingTime"), *(part.label for part in pay if part)]
        ranges = [part for part in pay if part and (part.min or part.max)]
        return self.raw(
            page,
            key=key or slug,
            url=f"https://justjoin.it/job-offer/{slug or key}",
            **taken(row, title="title", employer_name="companyName|company_name", description="body"),
            **taken(row, employer_url="companyUrl|company_url", apply_url="applyUrl|apply_url"),
            **taken(row, workplace="workplaceType.value|workplaceType|workplace_type", expires="expiredAt"),
            **taken(row, seniority="experienceLevel.value|experienceLevel|experience_level"),
            **taken(row, departments="category.key|marker_icon", published="publishedAt|published_at"),
            employment=list(dict.fromkeys(kinds)),
            locations=places_of(row),
            skills=names(take(row, "requiredSkills|skills")),
            skills_preferred=names(take(row, "niceToHaveSkills")),
            salary=ranges[0] if len(ranges) == 1 else None,
            pay_ranges=ranges if len(ranges) > 1 else [],
        )


def whole(page: Page, row: Any) -> Iterable[Found]:
    """An offer's own page with what the list said of it."""
    if isinstance(row, dict):
        listed = deepcopy(page.carried.get("row", {}))
        row = listed | {name: value for name, value in row.items() if value not in (None, "", [])}
        if take(row, "isOfferActive") is False or row.pop("display_offer", True) is False:
            yield Closed(str(take(row, "guid|id|slug")), "the board does not show it any more")
            return
    yield row


def merged(rows: list[Any]) -> list[Any]:
    """One row an offer: the list may show it once for each of its cities, each with a slug of its own."""
    offers: list[Any] = []
    by_name: dict[str, dict[str, Any]] = {}
    for row in rows:
        if not isinstance(row, dict):
            offers.append(row)
            continue
        places = row.get("locations") or row.get("multilocation") or []
        known = [row.get("guid"), row.get("slug"), *(place.get("slug") for place in places if isinstance(place, dict))]
        marks = [str(mark) for mark in known if mark]
        offer = next((by_name[mark] for mark in marks if mark in by_name), None)
        if offer is None:
            offer = row
            offers.append(row)
        else:
            own = {part: row[part] for part in ("city", "street", "latitude", "longitude", "slug") if part in row}
            offer["locations"] = [*(offer.get("locations") or []), *places, own]
        by_name |= dict.fromkeys(marks, offer)
    return offers


def places_of(row: dict[str, Any]) -> list[RawPlace]:
    """The cities of an offer, its main one first."""
    own = taken(row, city="city", street="street", latitude="latitude", longitude="longitude")
    places = {own["city"]: RawPlace(**own, country=take(row, "countryCode|country_code"))}
    for place in [*(take(row, "locations") or []), *(take(row, "multilocation") or [])]:
        parts = taken(place, city="city", street="street", latitude="latitude", longitude="longitude")
        take(place, "slug")
        places.setdefault(parts["city"], RawPlace(**parts, country=take(place, "countryCode|country_code")))
    return list(places.values())


def pay_of(part: dict[str, Any]) -> RawSalary | None:
    """The pay of one kind of contract; None for a currency that the board has converted it to."""
    if part.get("currencySource") == "conversion":
        part.clear()
        return None
    ends = taken(part, min="from|salary.from", max="to|salary.to", currency="currency|salary.currency")
    for name in ("fromPerUnit", "toPerUnit", "currencySource", "salary"):  # the same, not rounded
        take(part, name)
    return RawSalary(**ends, **taken(part, period="unit", gross="gross", label="type"))


def names(skills: Any) -> list[Any]:
    """The names of skills."""
    return [take(skill, "name") if isinstance(skill, dict) else skill for skill in skills or []]
