"""Get on Board: the public API of the Latin American board (JSON:API), a list a category with the texts inside."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from scraper.crawl.board import Board, Found
from scraper.page import Page, PageRequest, headed, rows_of, take, taken
from scraper.posting import RawPlace, RawPosting, RawSalary

API = "https://www.getonbrd.com/api/v0"
INLINE = quote('["company","tags","modality","seniority","location_tenants","location_cities"]')
PARTS = ("projects", "functions", "description", "desirable", "benefits")


class Getonbrd(Board):
    """All categories or some of them. A job stands in several: it is given once."""

    name = "getonbrd"
    title = "Get on Board"
    docs = "https://api-doc.getonbrd.com"
    target = "getonbrd"
    doors = ("json api",)
    publishes = (
        *("employer_name", "employer_url", "description", "locations", "remote_from", "workplace", "employment"),
        *("seniority", "tags", "departments", "salary", "benefits", "published", "language"),
    )
    options = {"category": "categories apart by commas, e.g. `programming`; without it all"}
    date_order = None
    category = ""

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.shown: set[str] = set()
        """Jobs of earlier categories: a page that holds no other is no sign of a list that goes round."""

    def first(self, employer: str | None) -> Iterable[PageRequest]:
        if self.category:
            yield from (self.listed(name.strip(), 1) for name in self.category.split(","))
        else:
            yield PageRequest(f"{API}/categories")

    def listed(self, category: str, number: int) -> PageRequest:
        """The request for a page of a category."""
        url = f"{API}/categories/{category}/jobs?per_page=100&page={number}&expand={INLINE}"
        return PageRequest(url, carried={"category": category, "number": number})

    def jobs(self, page: Page) -> Iterable[Found]:
        reply = page.json()
        for row in rows_of(page, reply, "data", "attributes"):
            key = str(row.get("id") or "") if isinstance(row, dict) else ""
            if key and row.get("type") == "category":
                yield self.listed(key, 1)
            elif key not in self.shown:
                yield row
                self.shown |= {key} - {""}
        number, pages = page.carried.get("number", 1), take(reply, "meta.total_pages")
        if "category" in page.carried and isinstance(pages, int) and number < pages:
            yield self.listed(page.carried["category"], number + 1)

    def posting(self, page: Page, row: dict[str, Any]) -> RawPosting:
        key, post = take(row, "id"), row["attributes"]
        parts = [(take(post, f"{part}_headline"), take(post, part)) for part in PARTS]
        language = take(post, "lang")
        zones = names(post, "location_tenants") if post.get("remote_modality") == "remote_local" else []
        return self.raw(
            page,
            key=key,
            url=take(row, "links.public_url") or f"https://www.getonbrd.com/jobs/{key}",
            **taken(post, title="title", employer_name="company.data.attributes.name"),
            **taken(post, employer_url="company.data.attributes.web", workplace="remote_modality"),
            **taken(post, departments="category_name", benefits="perks", published="published_at"),
            description=headed(*parts),
            locations=places_of(post),
            remote_from=[*zones, take(post, "remote_zone")],
            employment=names(post, "modality"),
            seniority=names(post, "seniority"),
            tags=names(post, "tags"),
            # The API's reference: pay is in US dollars a month.
            salary=RawSalary(**taken(post, min="min_salary", max="max_salary"), currency="USD", period="month"),
            language=None if language == "lang_not_specified" else language,
        )


def names(post: dict[str, Any], relation: str) -> list[Any]:
    """The names of related things: words, or resources that the reply holds; one that is only an id has none."""
    given = take(post, relation)
    data = take(given, "data") if isinstance(given, dict) else given
    things = data if isinstance(data, list) else [data]
    return [take(thing, "attributes.name|name") if isinstance(thing, dict) else thing for thing in things]


def places_of(post: dict[str, Any]) -> list[Any]:
    """Cities, with the country where the job is in one; else countries. `Remote` is no country."""
    countries = [name for name in take(post, "countries") or [] if name != "Remote"]
    cities = [name for name in names(post, "location_cities") if name]
    country = countries[0] if len(countries) == 1 else None
    return [RawPlace(city=city, country=country) for city in cities] or [RawPlace(country=name) for name in countries]
