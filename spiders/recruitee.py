"""Recruitee: the public offers of a careers site, one reply a company with the texts inside."""

from collections.abc import Iterable
from typing import Any

from scraper.crawl.board import Board, Found
from scraper.page import Closed, Page, PageRequest, headed, rows_of, take
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
        display = {"name": take(row, "location"), "state": take(row, "state_name")}
        for name in ("city", "country", "country_code", "state_code", "postal_code", "street"):
            display[name] = take(row, name)
        places = take(row, "locations") or [display]
        notes = [(None, take(place, "note")) for place in places]
        return self.raw(
            page,
            key=take(row, "id"),
            url=take(row, "careers_url"),
            apply_url=take(row, "careers_apply_url"),
            title=texts["title"],
            employer_name=take(row, "company_name"),
            description=headed((None, texts["description"]), ("Requirements", texts["requirements"]), *notes),
            locations=[place_of(place) for place in places],
            workplace=[mode.replace("_", "-") for mode in MODES if take(row, mode)],
            employment=take(row, "employment_type_code"),
            seniority=take(row, "experience_code"),
            tags=take(row, "tags"),
            departments=take(row, "department"),
            salary=RawSalary(
                min=take(row, "salary.min"),
                max=take(row, "salary.max"),
                currency=take(row, "salary.currency"),
                period=take(row, "salary.period"),
            ),
            published=take(row, "published_at"),
            updated=take(row, "updated_at"),
            expires=take(row, "close_at"),
            language=language,
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
        text=take(place, "name"),
        street=take(place, "street"),
        city=take(place, "city"),
        region=take(place, "state") or take(place, "state_code"),
        postal_code=take(place, "postal_code"),
        country=take(place, "country") or take(place, "country_code"),
    )
