"""Landing.jobs: one JSON list of posts, mostly in Portugal, texts inside."""

import re
from collections.abc import Iterable
from typing import Any

from scraper.crawl.board import Board, Found
from scraper.page import Page, PageRequest, headed, take, taken
from scraper.posting import RawPlace, RawPosting, RawSalary

COMPANY = re.compile(r"/at/([^/?#]+)")


class Landingjobs(Board):
    """The fifty latest posts of all employers, who have no name here but a slug in the address."""

    name = "landingjobs"
    title = "Landing.jobs"
    docs = "https://landing.jobs"
    target = "landingjobs"
    doors = ("json api",)
    publishes = (
        *("description", "locations", "workplace", "employment", "tags", "salary", "relocation"),
        *("published", "updated", "expires"),
    )
    date_order = "YMD"
    stream = True  # the newest posts only: what slides out of the window is not gone

    def first(self, employer: str | None) -> Iterable[PageRequest]:
        yield PageRequest("https://landing.jobs/api/v1/jobs")

    def jobs(self, page: Page) -> Iterable[Found]:
        yield from page.rows("jobs", "role_description")

    def posting(self, page: Page, row: dict[str, Any]) -> RawPosting:
        company = COMPANY.search(row.get("url") or "")
        places = take(row, "locations") or []
        tags = take(row, "tags") or []
        return self.raw(
            page,
            employer=company[1] if company else None,
            **taken(row, key="id", url="url", title="title", employment="type"),
            description=headed(
                (None, take(row, "role_description")),
                ("Main requirements", take(row, "main_requirements")),
                ("Nice to have", take(row, "nice_to_have")),
                ("Perks", take(row, "perks")),
            ),
            locations=[
                RawPlace(**taken(place, city="city", country="country_code")) if isinstance(place, dict) else place
                for place in places
            ],
            workplace="remote" if take(row, "remote") else None,  # false is said of hybrid posts too
            tags=[take(tag, "name") if isinstance(tag, dict) else tag for tag in tags],
            salary=RawSalary(
                **taken(row, min="gross_salary_low", max="gross_salary_high", currency="currency_code"), gross=True
            ),
            relocation=take(row, "relocation_paid") or None,  # false is the form's default, not a refusal
            **taken(row, published="published_at|created_at", updated="updated_at", expires="expires_at"),
        )
