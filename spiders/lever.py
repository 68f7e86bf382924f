"""Lever: the public postings API, one reply a company with the texts inside."""

from collections.abc import Iterable
from typing import Any

from scraper.crawl.board import Board, Found
from scraper.page import Page, PageRequest, headed, take, taken
from scraper.posting import RawPlace, RawPosting, RawSalary


class Lever(Board):
    """A company's postings. European companies live on a host of their own: `eu/EMPLOYER`."""

    name = "lever"
    title = "Lever"
    docs = "https://github.com/lever/postings-api"
    target = "lever:EMPLOYER"
    doors = ("json api",)
    publishes = (
        *("description", "locations", "workplace", "employment", "seniority", "departments", "salary"),
        *("published", "apply_url"),
    )
    urls = (r"(?:jobs|api)(?:\.eu)?\.lever\.co/(?:v0/postings/)?(?!v0\b)(?P<employer>[^/?#]+)",)
    date_order = None

    @classmethod
    def employer_of(cls, url: str) -> str | None:
        employer = super().employer_of(url)
        return f"eu/{employer}" if employer and ".eu.lever.co/" in url.lower() else employer

    @classmethod
    def home(cls, employer: str) -> str:
        region, _, name = employer.rpartition("/")
        return f"https://jobs.{'eu.' if region else ''}lever.co/{name}"

    def first(self, employer: str | None) -> Iterable[PageRequest]:
        region, _, name = (employer or "").rpartition("/")
        european = PageRequest(f"https://api.eu.lever.co/v0/postings/{name}?mode=json")
        if region:
            yield european
        else:
            yield PageRequest(f"https://api.lever.co/v0/postings/{name}?mode=json", otherwise=european)

    def jobs(self, page: Page) -> Iterable[Found]:
        yield from page.rows("postings", "text")

    def posting(self, page: Page, row: dict[str, Any]) -> RawPosting:
        place = take(row, "categories.location")
        places = take(row, "categories.allLocations") or []
        country = take(row, "country")
        opening, body = take(row, "opening"), take(row, "descriptionBody")
        text = headed(
            *([(None, row.pop("description"))] if row.get("description") else [(None, opening), (None, body)]),
            *((take(part, "text"), listed(take(part, "content"))) for part in take(row, "lists") or []),
            (None, take(row, "salaryDescription")),
            (None, take(row, "additional")),
        )
        plain = {name: row.pop(name) for name in list(row) if name.endswith("Plain")}
        return self.raw(
            page,
            **taken(row, key="id", url="hostedUrl", apply_url="applyUrl", title="text", published="createdAt"),
            **taken(row, workplace="workplaceType", employment="categories.commitment", seniority="categories.level"),
            description=text or plain.get("descriptionPlain"),
            description_type="html" if text else "text",
            locations=[RawPlace(text=place, country=country), *(other for other in places if other != place)],
            departments=list(dict.fromkeys([take(row, "categories.department"), take(row, "categories.team")])),
            salary=RawSalary(
                **taken(take(row, "salaryRange"), min="min", max="max", currency="currency", period="interval")
            ),
        )


def listed(items: Any) -> str:
    """List items, which the API gives without the list around them."""
    text = str(items or "").strip()
    return f"<ul>{text}</ul>" if "<li" in text and "<ul" not in text and "<ol" not in text else text
