"""Adzuna: the search API of the aggregator, one country at a time; the texts are snippets."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from parsel import Selector

from scraper.crawl.board import Board, Found
from scraper.page import Page, PageRequest, Total, rows_of, take, taken
from scraper.posting import RawPlace, RawPosting, RawSalary

SIZE = 50


class Adzuna(Board):
    """A search, newest first. Pay that Adzuna has guessed is no pay; a currency is not published."""

    name = "adzuna"
    title = "Adzuna"
    docs = "https://developer.adzuna.com/docs/search"
    target = "adzuna"
    doors = ("json api",)
    publishes = ("employer_name", "description", "locations", "employment", "departments", "salary", "published")
    options = {
        "country": "country that is searched, e.g. `us`, `de` (gb)",
        "what": "words that a job must hold",
        "where": "place, e.g. `Leeds`",
        "category": "category of the API, e.g. `it-jobs`",
        "pages": "how many pages of 50 are read at most (100)",
    }
    keys = dict.fromkeys(["ADZUNA_APP_ID", "ADZUNA_APP_KEY"], "https://developer.adzuna.com/signup")
    date_order = "YMD"
    country, what, where, category, pages = "gb", "", "", "", "100"

    def first(self, employer: str | None) -> Iterable[PageRequest]:
        yield self.found(1)

    def found(self, number: int) -> PageRequest:
        """The request for a page of the search."""
        asked = {name: getattr(self, name) for name in ("what", "where", "category") if getattr(self, name)}
        query = urlencode(asked | {"results_per_page": SIZE, "sort_by": "date", "content-type": "application/json"})
        return PageRequest(
            f"https://api.adzuna.com/v1/api/jobs/{self.country}/search/{number}"
            f"?app_id={{ADZUNA_APP_ID}}&app_key={{ADZUNA_APP_KEY}}&{query}",
            carried={"number": number},
        )

    def jobs(self, page: Page) -> Iterable[Found]:
        reply = page.json()
        rows = rows_of(page, reply, "results", "redirect_url")
        yield from rows
        if isinstance(total := take(reply, "count"), int):
            yield Total(total)
            number = page.carried.get("number", 1)
            if rows and number * SIZE < total and number < int(self.pages):
                yield self.found(number + 1)

    def posting(self, page: Page, row: dict[str, Any]) -> RawPosting:
        area = take(row, "location.area") or []
        guessed = str(row.get("salary_is_predicted") or 0) in ("1", "1.0", "True", "true")
        text = take(row, "description") or ""
        return self.raw(
            page,
            title=plain(take(row, "title")),
            **taken(row, key="id", url="redirect_url", employer_name="company.display_name"),
            **taken(row, departments="category.label", published="created"),
            description=text,
            description_type="html" if "</" in text else "text",
            locations=RawPlace(
                **taken(row, text="location.display_name", latitude="latitude", longitude="longitude"),
                country=area[0] if area else None,
            ),
            employment=[take(row, "contract_time"), take(row, "contract_type")],
            salary=None if guessed else RawSalary(**taken(row, min="salary_min", max="salary_max")),
        )


def plain(title: Any) -> Any:
    """A title without the marks that the search sets around its words."""
    return Selector(text=title).xpath("string()").get() if isinstance(title, str) and "</" in title else title
