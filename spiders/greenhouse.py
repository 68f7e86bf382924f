"""Greenhouse: the public Job Board API, one reply a company with the texts inside."""

import html
from collections.abc import Iterable, Iterator
from typing import Any

from scraper.crawl.board import Board, Found
from scraper.page import Page, PageRequest, Total, rows_of, take, taken
from scraper.posting import RawPosting, RawSalary

WORKPLACE = {"workplace type", "workplace", "location type", "work model", "work arrangement", "remote status"}
EMPLOYMENT = {"employment type", "time type", "job type", "contract type", "employment status"}
PAY = ("salary", "pay ", "compensation")


class Greenhouse(Board):
    """A company's job board. Pay comes in cents, the text as HTML that is escaped once."""

    name = "greenhouse"
    title = "Greenhouse"
    docs = "https://developers.greenhouse.io/job-board.html"
    target = "greenhouse:EMPLOYER"
    doors = ("json api",)
    publishes = (
        *("employer_name", "description", "locations", "workplace", "employment", "departments", "salary"),
        *("pay_ranges", "published", "updated", "expires", "language"),
    )
    urls = (
        r"(?:job-)?boards(?:\.eu)?\.greenhouse\.io/embed/[\w/]+\?(?:.*&)?for=(?P<employer>[^/?#&]+)",
        r"[\w-]+(?:\.eu)?\.greenhouse\.io/v1/boards/(?P<employer>[^/?#]+)",
        r"(?:job-)?boards(?:\.eu)?\.greenhouse\.io/(?!(?:embed|job_app|job_board|js|v1)\b)(?P<employer>[^/?#]+)",
    )
    options = {"host": "host of the API, should a European board be missing there (boards-api.greenhouse.io)"}
    date_order = "YMD"
    pay_unit = "cent"
    host = "boards-api.greenhouse.io"

    @classmethod
    def home(cls, employer: str) -> str:
        return f"https://job-boards.greenhouse.io/{employer}"

    def first(self, employer: str | None) -> Iterable[PageRequest]:
        yield PageRequest(f"https://{self.host}/v1/boards/{employer}/jobs?content=true&pay_transparency=true")

    def jobs(self, page: Page) -> Iterable[Found]:
        reply = page.json()
        if isinstance(reply, dict) and "title" not in reply and {"departments", "offices"} & reply.keys():
            yield from {str(row.get("id")): row for row in branch(reply)}.values()
            return
        yield from rows_of(page, reply, "jobs", "title")
        total = take(reply, "meta.total")
        if isinstance(total, int):
            yield Total(total)

    def posting(self, page: Page, row: dict[str, Any]) -> RawPosting:
        own = [item for item in row.get("metadata") or [] if isinstance(item, dict)]
        cents = [
            RawSalary(**taken(item, min="min_cents", max="max_cents", currency="currency_type", label="title"))
            for item in row.get("pay_input_ranges") or []
        ]
        pay = cents or list(own_pay(own))
        places = [take(row, "location.name") or row.pop("location", None)]
        if not isinstance(places[0], str):  # offices are the company's tree, not always the job's places
            places = [take(office, "location") or take(office, "name") for office in take(row, "offices") or []]
        text = take(row, "content") or ""
        return self.raw(
            page,
            **taken(row, key="id", url="absolute_url", title="title", employer_name="company_name"),
            **taken(row, published="first_published", updated="updated_at", expires="application_deadline"),
            **taken(row, language="language"),
            description=text if "<" in text else html.unescape(text.replace("&lt;", "<").replace("&gt;", ">")),
            locations=places,
            workplace=own_words(own, WORKPLACE),
            employment=own_words(own, EMPLOYMENT),
            departments=[take(department, "name") for department in take(row, "departments") or []],
            salary=pay[0] if len(pay) == 1 else None,
            pay_ranges=pay if len(pay) > 1 else [],
            pay_unit="cent" if cents else "unit",
        )


def branch(node: Any) -> Iterator[dict[str, Any]]:
    """The jobs of a tree of offices and departments; each is told its department."""
    if isinstance(node, dict):
        for name in ("offices", "departments", "children"):
            for child in node.get(name) or []:
                yield from branch(child)
        for job in node.get("jobs") or []:
            yield {"departments": [{"name": node.get("name")}], **job}


def own_words(fields: list[dict[str, Any]], names: set[str]) -> list[str]:
    """The texts of a company's own fields of these names."""
    found = [take(item, "value") for item in fields if str(item.get("name")).strip().lower() in names]
    return [
        text for value in found for text in (value if isinstance(value, list) else [value]) if isinstance(text, str)
    ]


def own_pay(fields: list[dict[str, Any]]) -> Iterator[RawSalary]:
    """Pay from a company's own fields: ranges in whole units, figures as text."""
    for item in fields:
        name, value = str(item.get("name")), item.get("value")
        if isinstance(value, dict) and "max_value" in value and any(word in f"{name} ".lower() for word in PAY):
            yield RawSalary(label=name, **taken(value, min="min_value", max="max_value", currency="unit"))
