"""Gem: the public job board API with the texts inside, or the GraphQL that the hosted board reads."""

import html
from collections.abc import Iterable
from copy import deepcopy
from typing import Any

from scraper.crawl.board import Board, Found
from scraper.page import Closed, Page, PageError, PageRequest, headed, rows_of, take
from scraper.posting import RawPlace, RawPosting

GRAPHQL = "https://jobs.gem.com/api/public/graphql"
PLACES = "locations { name city isoCountry isRemote }"
JOB = "job { requisitionId teamDisplayName employmentType locationType department { name } }"
LIST = (
    "query JobBoardList($boardId: String!) { oatsExternalJobPostings(boardId: $boardId) { jobPostings "
    f"{{ extId title {JOB} {PLACES} }} }} }}"
)
DETAIL = (
    "query ExternalJobPostingQuery($boardId: String!, $extId: String!) { oatsExternalJobPosting(boardId: $boardId, "
    f"extId: $extId) {{ extId title firstPublishedTsSec descriptionHtml compensationHtml "
    f"jobPostSectionHtml {{ introHtml outroHtml }} {JOB} {PLACES} }} }}"
)


class Gem(Board):
    """A company's job board. The place says little of the work mode: that is the job's."""

    name = "gem"
    title = "Gem"
    docs = "https://api.gem.com/job_board/v0/reference"
    target = "gem:EMPLOYER"
    doors = ("json api", "graphql")
    publishes = (
        *("employer_name", "description", "locations", "workplace", "employment", "departments"),
        *("published", "updated"),
    )
    urls = (
        r"api\.gem\.com/job_board/v0/(?!reference\b|openapi)(?P<employer>[^/?#]+)",
        r"jobs\.gem\.com/(?!api/)(?P<employer>[^/?#]+)",
    )
    date_order = "YMD"

    @classmethod
    def home(cls, employer: str) -> str:
        return f"https://jobs.gem.com/{employer}"

    def first(self, employer: str | None) -> Iterable[PageRequest]:
        asked = {"operationName": "JobBoardList", "variables": {"boardId": employer}, "query": LIST}
        hosted = PageRequest(GRAPHQL, method="POST", json=asked)
        yield PageRequest(f"https://api.gem.com/job_board/v0/{employer}/job_posts/", otherwise=hosted)

    def jobs(self, page: Page) -> Iterable[Found]:
        for row in rows_in(page):
            key = row.get("extId") if isinstance(row, dict) else None
            if key and take(row, "isUnlistedExternally"):
                yield Closed(key, "the company does not list it")
            elif key and page.kind != "detail" and "descriptionHtml" not in row:
                variables = {"boardId": page.employer, "extId": key}
                asked = {"operationName": "ExternalJobPostingQuery", "variables": variables, "query": DETAIL}
                yield PageRequest(GRAPHQL, method="POST", json=asked, kind="detail", key=key, carried={"row": row})
            elif page.kind == "detail" and row is None:
                yield Closed(str(take(deepcopy(dict(page.carried)), "row.extId")), "the board has no such posting")
            else:
                yield {**deepcopy(page.carried.get("row", {})), **row} if isinstance(row, dict) else row

    def posting(self, page: Page, row: dict[str, Any]) -> RawPosting:
        number = take(row, "id")
        key = take(row, "extId") or number
        text, plain = take(row, "descriptionHtml") or take(row, "content") or "", take(row, "content_plain")
        text = text if "<" in text else html.unescape(text)
        opening, end = (take(row, f"jobPostSectionHtml.{part}Html") for part in ("intro", "outro"))
        places = take(row, "locations") or take(row, "job.locations") or take(row, "offices") or [take(row, "location")]
        remote = any(isinstance(place, dict) and place.get("isRemote") for place in places)
        published = take(row, "firstPublishedTsSec"), take(row, "first_published_at")
        modes = take(row, "job.locationType"), take(row, "location_type")
        kinds = take(row, "job.employmentType"), take(row, "employment_type")
        return self.raw(
            page,
            key=key,
            url=take(row, "absolute_url") or f"{self.home(page.employer or '')}/{key}",
            title=take(row, "title"),
            employer_name=take(row, "job.teamDisplayName") or take(row, "company_name"),
            description=headed(
                (None, opening), (None, text), (None, end), ("Compensation", take(row, "compensationHtml"))
            )
            or plain,
            description_type="html" if text or not plain else "text",
            locations=[place_of(place) for place in places],
            workplace=next(filter(None, modes), "remote" if remote else None),
            employment=next(filter(None, kinds), None),
            departments=[take(row, "job.department.name"), *map(name_of, take(row, "departments") or [])],
            published=next(filter(None, published), None),
            updated=take(row, "updated_at"),
        )


def rows_in(page: Page) -> list[Any]:
    """The postings of a reply of either door. Raises `PageError`: GraphQL tells of errors with HTTP 200."""
    reply = page.json()
    parts = [part for part in (reply if isinstance(reply, list) else [reply]) if isinstance(part, dict)]
    answers = [part for part in parts if "data" in part or "errors" in part]
    if not answers:
        return rows_of(page, reply, "job_posts", "title")
    if errors := [answer["errors"] for answer in answers if answer.get("errors")]:
        raise PageError("broken", f"{page.url}: {errors[0]}")
    given = [answer["data"] for answer in answers if isinstance(answer.get("data"), dict)]
    data = {name: value for part in given for name, value in part.items()}
    if "oatsExternalJobPosting" in data:
        return [data["oatsExternalJobPosting"]]
    if not isinstance(data.get("oatsExternalJobPostings"), dict):
        raise PageError("moved", f"{page.url}: no such board")
    return rows_of(page, data["oatsExternalJobPostings"], "jobPostings", "extId")


def place_of(place: Any) -> RawPlace | str | None:
    """A place of either door; an office has its place inside."""
    if not isinstance(place, dict):
        return place if isinstance(place, str) else None
    text = take(place, "location.name") or take(place, "name")
    return RawPlace(text=text, city=take(place, "city"), country=take(place, "isoCountry"))


def name_of(item: Any) -> Any:
    """The name of an item that may be one."""
    return take(item, "name") if isinstance(item, dict) else item
