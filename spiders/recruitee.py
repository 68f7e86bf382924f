"""Recruitee: the public offers of a careers site, one reply a company with the texts inside."""

from collections.abc import Iterable
from typing import Any

from scraper.crawl.board import Board, Found
from scraper.page import Closed, Page, PageRequest, headed, rows_of, take, taken
from scraper.posting import RawPlace, RawPosting, RawSalary

PARTS = ("title", "description", "requirements")
MODES = ("remote", "hybrid", "on_site")


class Recruitee(Board):
    """A company's careers site; on a domain of its own the target is that host."""

    name = "recruitee"
    title = "Recruitee"
    docs = "https://docs.recruitee.com/reference/intro-to-careers-site-api"
    target = "recruitee:EMPLOYER"
    doors = ("json api",)
    publishes = (
        *("employer_name", "description", "locations", "workplace", "employment", "seniority", "tags", "departments"),
        *("salary", "published", "updated", "expires", "language", "apply_url"),
    )
    urls = (r"(?!(?:www|api|careers|jobs)\.)(?P<employer>[a-z0-9-]+)\.recruitee\.com(?:/|$)",)
    date_order = "YMD"

    @classmethod
    def home(cls, employer: str) -> str:
        return f"https://{employer}/" if "." in employer else f"https://{employer}.recruitee.com/"

    def first(self, employer: str | None) -> Iterable[PageRequest]:
        yield PageRequest(f"{self.home(employer or '')}api/offers/")

    def jobs(self, page: Page) -> Iterable[Found]:
        reply = page.json()
        one = take(reply, "offer")
        for row in rows_of(page, one or reply, "offers", "title"):
            if (status := take(row, "status") or "published") != "published":
                yield Closed(str(take(row, "id")), f"the board says {status}")
            else:
                yield row

    def posting(self, page: Page, row: dict[str, Any]) -> RawPosting:
        language, texts = own_language(row)
        display = taken(row, name="location", city="city", state="state_name", state_code="state_code", street="street")
        display |= taken(row, postal_code="postal_code", country="country", country_code="country_code")
        places = take(row, "locations") or [display]
        notes = [(None, take(place, "note")) for place in places]
        return self.raw(
            page,
            **taken(row, key="id", url="careers_url", apply_url="careers_apply_url", employer_name="company_name"),
            **taken(row, employment="employment_type_code", seniority="experience_code", departments="department"),
            **taken(row, tags="tags", published="published_at", updated="updated_at", expires="close_at"),
            title=texts["title"],
            language=language,
            description=headed((None, texts["description"]), ("Requirements", texts["requirements"]), *notes),
            locations=[place_of(place) for place in places],
            workplace=[mode.replace("_", "-") for mode in MODES if take(row, mode)],
            salary=RawSalary(**taken(take(row, "salary"), min="min", max="max", currency="currency", period="period")),
        )


def own_language(row: dict[str, Any]) -> tuple[str | None, dict[str, Any]]:
    """The language of a post and its texts; translations hold the same post in each of its languages."""
    given = take(row, "translations")
    given = {code: texts for code, texts in given.items() if isinstance(texts, dict)} if isinstance(given, dict) else {}
    own = {part: take(row, part) for part in PARTS}
    if given and not own["title"]:
        code = next(iter(given))
        return code, {part: given[code].get(part) for part in PARTS}
    same = (code for code, texts in given.items() if all(texts.get(part) == own[part] for part in PARTS[:2]))
    return next(same, None), own


def place_of(place: Any) -> RawPlace | str:
    """A place; its name is what the company shows."""
    if not isinstance(place, dict):
        return str(place)
    return RawPlace(
        **taken(place, text="name", street="street", city="city", postal_code="postal_code"),
        **taken(place, region="state|state_code", country="country|country_code"),
    )
