"""Breezy: the JSON of a careers site, with the texts or with a page a posting."""

from collections.abc import Iterable
from copy import deepcopy
from typing import Any
from urllib.parse import urlsplit

from scraper.crawl.board import Board, Found
from scraper.jsonld import job_postings, posting_slots
from scraper.page import Page, PageError, PageRequest, take, taken
from scraper.posting import RawPlace, RawPosting, RawSalary


class Breezy(Board):
    """A company's careers site. Remote and hybrid share a flag; only its details tell them apart."""

    name = "breezy"
    title = "Breezy HR"
    docs = "https://developer.breezy.hr/"
    target = "breezy:EMPLOYER"
    doors = ("json", "pages")
    publishes = (
        *("employer_name", "description", "locations", "workplace", "employment", "departments", "salary"),
        *("published", "expires"),
    )
    urls = (r"(?!(?:marketing|developer|attachments|assets)[.-])(?P<employer>[a-z0-9-]+)\.breezy\.hr(?:/|\?|$)",)
    date_order = "YMD"

    @classmethod
    def home(cls, employer: str) -> str:
        return f"https://{employer}.breezy.hr/"

    def first(self, employer: str | None) -> Iterable[PageRequest]:
        yield PageRequest(f"https://{employer}.breezy.hr/json?verbose=true")

    def jobs(self, page: Page) -> Iterable[Found]:
        if urlsplit(page.url).netloc in ("breezy.hr", "www.breezy.hr"):
            raise PageError("moved", f"{page.url}: no such company")
        if page.kind == "detail" and page.text.lstrip()[:1] == "<":
            nodes = job_postings(page.tree)
            if not nodes:
                raise PageError("broken", f"{page.url}: no JobPosting on the page")
            yield {"node": nodes[0], **deepcopy(page.carried.get("row", {}))}
            return
        for row in page.rows("positions", "name"):
            if isinstance(row, dict) and row.get("id") and row.get("url") and "description" not in row:
                yield PageRequest(row["url"], kind="detail", key=str(row["id"]), carried={"row": row})
            else:
                yield row

    def posting(self, page: Page, row: dict[str, Any]) -> RawPosting:
        seen = posting_slots(row.get("node") or {})
        key, slug = take(row, "id"), take(row, "friendly_id")
        url = take(row, "url") or (f"https://{page.employer}.breezy.hr/p/{slug or key}" if key else page.url)
        one, several = take(row, "location"), take(row, "locations")
        places = sorted((place for place in several or [one] if place), key=lambda place: not take(place, "primary"))
        own = {
            **taken(row, title="name", employer_name="company.name", description="description"),
            **taken(row, employment="type.name|type.id", departments="department", published="published_date"),
            "workplace": next(filter(None, map(mode_of, places)), None),
            "locations": [*map(place_of, places)],
            "salary": RawSalary(text=pay) if (pay := take(row, "salary")) else None,
            "key": key or urlsplit(url).path.rpartition("/")[2].partition("-")[0],
            "url": url,
        }
        return self.raw(page, **seen | {name: value for name, value in own.items() if value})


def mode_of(place: Any) -> str | None:
    """The work mode that a place states; the details of one whose flag is not set are out of date."""
    flag, kind, label = (take(place, name) for name in ("is_remote", "remote_details.value", "remote_details.label"))
    return ("hybrid" if kind == "hybrid" else label or "remote") if flag else None


def place_of(place: Any) -> RawPlace | str:
    """A place: parts, or a name."""
    if not isinstance(place, dict):
        return str(place)
    return RawPlace(
        **taken(place, text="name", city="city", region="state.name|state.id|state"),
        country=take(place, "country.name|country.id|country"),
    )
