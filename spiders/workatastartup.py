"""Work at a Startup: the jobs of a Y Combinator company, from the data in its public pages."""

import json
from collections.abc import Iterable
from typing import Any
from urllib.parse import urljoin

from scraper.crawl.board import Board, Found
from scraper.jsonld import job_postings, marked_up, posting_slots
from scraper.page import Page, PageError, PageRequest, headed, take, taken
from scraper.posting import RawPosting, RawSalary

SITE = "https://www.ycombinator.com"


class Workatastartup(Board):
    """A company's jobs. The board's own search wants a login; a company's pages do not."""

    name = "workatastartup"
    title = "Work at a Startup"
    docs = "https://www.workatastartup.com"
    target = "workatastartup:COMPANY"
    doors = ("pages",)
    publishes = (
        *("employer_name", "employer_url", "description", "locations", "workplace", "employment", "experience"),
        *("skills", "departments", "salary", "benefits", "visa_sponsorship", "published", "apply_url"),
    )
    urls = (
        r"(?:www\.)?(?:ycombinator|workatastartup)\.com/companies"
        r"/(?!(?:industry|location|batch)/)(?P<employer>[^/?#]+)",
    )
    date_order = "YMD"

    @classmethod
    def home(cls, employer: str) -> str:
        return f"{SITE}/companies/{employer}/jobs"

    def first(self, employer: str | None) -> Iterable[PageRequest]:
        yield PageRequest(self.home(employer or ""))

    def jobs(self, page: Page) -> Iterable[Found]:
        data = page.tree.css("[data-page]::attr(data-page)").get()
        node = next(iter(job_postings(page.tree)), {})
        try:
            props = json.loads(data or "{}").get("props", {})
        except ValueError:
            raise PageError("broken", f"{page.url}: its data are cut off") from None
        if job := take(props, "job") or (node and {"url": page.url, "id": page.url.rpartition("/")[2]}):
            yield {**job, "company": take(props, "company"), "node": node}
        elif not isinstance(props.get("jobPostings"), list):
            raise PageError("moved", f"{page.url}: no jobs of a company")
        for row in [] if job else props["jobPostings"]:
            if isinstance(row, dict) and row.get("url") and (key := row.get("id")):
                yield PageRequest(urljoin(SITE, row["url"]), kind="detail", key=str(key))
            else:
                yield row

    def posting(self, page: Page, row: dict[str, Any]) -> RawPosting:
        seen = posting_slots(row["node"])
        steps = take(row, "node.interview_process") or take(row, "interview_process")
        about, name = take(row, "company.hiring_description"), take(row, "company.name")
        places = [place.strip() for place in (take(row, "location") or "").split(" / ")]
        remote = [place for place in places if place.startswith("Remote")]
        body, equity = take(row, "description"), take(row, "equityRange")
        shown = RawSalary(text=take(row, "salaryRange"))
        own = {
            **taken(row, title="title", apply_url="applyUrl", employment="type", experience="minExperience"),
            **taken(row, employer_name="companyName", employer_url="company.website", visa_sponsorship="visa"),
            **taken(row, skills="skills", key="id"),
            "url": urljoin(SITE, take(row, "url") or page.url),
            "departments": list(dict.fromkeys([take(row, "prettyRole"), take(row, "roleSpecificType")])),
            "benefits": [f"Equity {equity}"] if equity else [],
        }
        added = {
            "published": take(row, "createdAt"),
            "salary": shown,
            "locations": [place for place in places if place],
            "workplace": remote[0] if remote else None,
            "description": body,
            "description_type": "markdown",
        }
        slots = added | seen | {slot: value for slot, value in own.items() if value}
        if slots["description_type"] != "markdown":
            slots["description"] = headed(
                (None, slots["description"]),
                ("Interview process", steps and marked_up([steps])),
                (f"About {name}", about and marked_up([about])),
            )
        return self.raw(page, **slots)
