"""Manatal: the public API of a career page, with the texts inside."""

from collections.abc import Iterable
from typing import Any

from scraper.crawl.board import Board, Found
from scraper.page import Page, PageRequest, Total, rows_of, take
from scraper.posting import RawPlace, RawPosting, RawSalary


class Manatal(Board):
    """A career page. The replies hold no date, and the organization in them is a client or a department."""

    name = "manatal"
    title = "Manatal"
    docs = "https://developers.manatal.com/reference/career-page_jobs_list"
    target = "manatal:EMPLOYER"
    doors = ("json api", "career page api")
    publishes = ("description", "locations", "workplace", "employment", "salary")
    urls = (
        r"open\.api\.manatal\.com/open/v3/career-page/(?P<employer>[^/?#]+)",
        r"(?:www\.)?careers-page\.com/api/(?:v1\.0/c|jobs)/(?P<employer>[^/?#]+)",
        r"(?:www\.)?careers-page\.com/(?!api(?:/|$))(?P<employer>[^/?#]+)",
        r"(?!www\.)(?P<employer>[a-z0-9-]+)\.careers-page\.com(?:/|\?|$)",
    )
    date_order = None

    @classmethod
    def home(cls, employer: str) -> str:
        return f"https://www.careers-page.com/{employer}"

    def first(self, employer: str | None) -> Iterable[PageRequest]:
        site = PageRequest(f"https://www.careers-page.com/api/v1.0/c/{employer}/jobs/")
        yield PageRequest(f"https://open.api.manatal.com/open/v3/career-page/{employer}/jobs/", otherwise=site)

    def jobs(self, page: Page) -> Iterable[Found]:
        reply = page.json()
        for row in rows_of(page, reply, "results", "position_name"):
            if not isinstance(row, dict) or row.get("hash") != "":  # one without a hash has no page of its own
                yield row
        count, following = take(reply, "count"), take(reply, "next")
        if isinstance(count, int):
            yield Total(count)
        if isinstance(following, str):
            yield PageRequest(page.join(following).replace("http://", "https://", 1))

    def posting(self, page: Page, row: dict[str, Any]) -> RawPosting:
        key = take(row, "hash")
        pay = RawSalary(
            min=take(row, "salary_min"),
            max=take(row, "salary_max"),
            currency=take(row, "currency_code") or take(row, "currency"),
        )
        return self.raw(
            page,
            key=key,
            url=f"{self.home(page.employer or '')}/job/{key}",
            title=take(row, "position_name"),
            description=take(row, "description") or "",
            locations=RawPlace(
                text=take(row, "location_display"),
                street=take(row, "address"),
                city=take(row, "city"),
                region=take(row, "state"),
                postal_code=take(row, "zipcode"),
                country=take(row, "country"),
            ),
            workplace="remote" if take(row, "is_remote") else None,
            employment=take(row, "contract_details"),
            salary=None if take(row, "is_salary_visible") is False else pay,
        )
