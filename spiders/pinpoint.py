"""Pinpoint: the JSON of a careers site, one reply a company with the texts inside."""

from collections.abc import Iterable
from typing import Any

from scraper.crawl.board import Board, Found
from scraper.page import Page, PageRequest, headed, take, taken
from scraper.posting import RawPlace, RawPosting, RawSalary

PARTS = {
    "description": None,
    "key_responsibilities": "Key Responsibilities",
    "skills_knowledge_expertise": "Skills, Knowledge and Expertise",
    "benefits": "Benefits",
}
"""Parts of a text, each with the heading that the site shows where the company gives none."""


class Pinpoint(Board):
    """A company's careers site, without dates of publishing. A site on a host of its own is named by that host: under
    its Pinpoint name it may show nothing.
    """

    name = "pinpoint"
    title = "Pinpoint"
    docs = "https://developers.pinpointhq.com/docs/introduction"
    target = "pinpoint:EMPLOYER"
    doors = ("json",)
    publishes = ("description", "locations", "workplace", "employment", "departments", "salary", "expires")
    urls = (r"(?!(?:developers|login|status)\.)(?P<employer>[a-z0-9-]+)\.pinpointhq\.com(?:/|\?|$)",)
    date_order = "YMD"

    @classmethod
    def home(cls, employer: str) -> str:
        return f"https://{employer if '.' in employer else f'{employer}.pinpointhq.com'}/"

    def first(self, employer: str | None) -> Iterable[PageRequest]:
        yield PageRequest(f"{self.home(employer or '')}postings.json")

    def jobs(self, page: Page) -> Iterable[Found]:
        yield from page.rows("data", "title")

    def posting(self, page: Page, row: dict[str, Any]) -> RawPosting:
        heads = {part: take(row, f"{part}_header") or heading for part, heading in PARTS.items()}
        pay = RawSalary(
            **taken(row, text="compensation", min="compensation_minimum", max="compensation_maximum"),
            **taken(row, currency="compensation_currency", period="compensation_frequency"),
        )
        path = take(row, "path")
        return self.raw(
            page,
            **taken(row, key="id", title="title", expires="deadline_at"),
            url=take(row, "url") or (page.join(path) if path else None),
            description=headed(*((heading, take(row, part)) for part, heading in heads.items())),
            **taken(row, workplace="workplace_type|workplace_type_text"),
            **taken(row, employment="employment_type|employment_type_text"),
            locations=place_of(take(row, "location")),
            departments=[
                take(row, "job.department.name|department.name"),
                take(row, "job.division.name|division.name"),
            ],
            salary=pay if take(row, "compensation_visible") is not False else None,
        )


def place_of(place: Any) -> RawPlace | str:
    """A place; often a name is all there is."""
    if not isinstance(place, dict):
        return str(place or "")
    return RawPlace(
        **taken(place, text="name", street="street_address", city="city", region="province"),
        **taken(place, postal_code="postal_code", country="country"),
    )
