"""Phenom: the data in the pages of a careers site, or its widgets API, both in pages and then by posting."""

import json
import re
from collections.abc import Iterable
from copy import deepcopy
from typing import Any

from scraper.crawl.board import Board, Found
from scraper.jsonld import job_postings, posting_slots
from scraper.page import Closed, Page, PageError, PageRequest, Total, rows_of, take
from scraper.posting import RawPlace, RawPosting, RawSalary

STATE = re.compile(r"\bphApp\.ddo\s*=\s*(?=\{)")
SEARCH: dict[str, Any] = {"deviceType": "desktop", "ddoKey": "refineSearch", "jobs": True, "size": 100}
EMPTY: tuple[Any, ...] = (None, "", [], RawSalary())
DETAIL: dict[str, Any] = {"deviceType": "desktop", "ddoKey": "jobDetail", "pageName": "job-details"}


class Phenom(Board):
    """A careers site, known by its host and mostly a country and a language. A date is midnight in the site's zone."""

    name = "phenom"
    title = "Phenom"
    docs = "https://developer.phenom.com"
    target = "phenom:HOST/COUNTRY/LANGUAGE"
    doors = ("pages", "json api")
    publishes = (
        *("employer_name", "description", "locations", "workplace", "employment", "departments", "salary"),
        *("published", "updated", "language", "apply_url"),
    )
    urls = (
        r"(?P<employer>[^/?#]+(?:/[a-z]{2,6}/[a-z]{2})?)/search-results(?:\?|$)",
        r"(?P<employer>[^/?#]+(?:/[a-z]{2,6}/[a-z]{2})?)/job/\w*EXTERNAL\w*(?:[/?]|$)",
    )
    date_order = "YMD"

    @classmethod
    def home(cls, employer: str) -> str:
        return f"https://{employer}/search-results"

    def first(self, employer: str | None) -> Iterable[PageRequest]:
        yield PageRequest(f"{self.home(employer or '')}?from=0&s=1", otherwise=widgets(employer, SEARCH | {"from": 0}))

    def jobs(self, page: Page) -> Iterable[Found]:
        is_api = page.text.lstrip()[:1] in ("[", "{")
        state = page.json() if is_api else embedded(page)
        listed, nodes = deepcopy(page.carried.get("row", {})), [] if is_api else job_postings(page.tree)
        if not state and not nodes:
            raise PageError("moved", f"{page.url}: no page of Phenom")
        if "jobDetail" in state or listed or not state:
            job = take(state, "jobDetail.data.job")
            if job and isinstance(job, dict):
                yield {**listed, **{name: value for name, value in job.items() if value not in (None, "", [])}}
            elif nodes:
                yield {**listed, "node": nodes[0]}
            else:
                yield Closed(key_of(listed) or page.url.rpartition("/")[2], "its page has no posting")
            return
        search = next((state[name] for name in ("eagerLoadRefineSearch", "refineSearch") if name in state), state)
        if not isinstance(search, dict | list) or "tokenAvailable" in search:
            raise PageError("refused", f"{page.url}: the site answers only within a visitor's session")
        data = (take(search, "data") if "data" in search else search) or {}
        rows = rows_of(page, data, "jobs", "title") if data and data != {"jobs": None} else []
        total, start = take(search, "totalHits") or take(data, "totalHits"), page.carried.get("from", 0)
        for row in rows:
            key = key_of(row)
            if key and not row.get("description"):
                yield self.detail(page.employer or "", key, row)
            else:
                yield row
        if isinstance(total, int):
            yield Total(total)
            following = {"from": start + len(rows)}
            if rows and following["from"] < total and is_api:
                yield widgets(page.employer, SEARCH | following)
            elif rows and following["from"] < total:
                yield PageRequest(f"{self.home(page.employer or '')}?from={following['from']}&s=1", carried=following)

    def posting(self, page: Page, row: dict[str, Any]) -> RawPosting:
        site, key = site_of(page.employer or "", row), key_of(row)
        row.pop("jobSeqNo", None)
        seen = posting_slots(row.get("node") or {})
        first = [take(row, name) for name in ("cityStateCountry", "location", "cityState")]
        main = RawPlace(
            text=next(filter(None, first), None),
            city=take(row, "city"),
            region=take(row, "state"),
            country=take(row, "country"),
            latitude=take(row, "latitude"),
            longitude=take(row, "longitude"),
        )
        several = take(row, "multi_location_array") or take(row, "multi_location") or []
        others = [take(place, "location") if isinstance(place, dict) else place for place in several]
        modes = [take(row, name) for name in ("workplaceType", "checkRemote", "remote")]
        kinds = [take(row, name) for name in ("type", "employmentType")]
        groups = [take(group, "category") for group in take(row, "multi_category_array") or []]
        own = {
            "key": key or page.url.rpartition("/")[2],
            "url": f"https://{site}/job/{key}" if key else page.url,
            "apply_url": take(row, "applyUrl"),
            "title": take(row, "title"),
            "employer_name": take(row, "companyName"),
            "description": take(row, "description"),
            "locations": [place for place in (main, *others) if place not in (RawPlace(), main.text)],
            "workplace": next(("remote" if mode is True else mode for mode in modes if mode), None),
            "employment": next(filter(None, kinds), None),
            "departments": list(dict.fromkeys([take(row, "category"), *groups, take(row, "department")])),
            "salary": RawSalary(
                min=take(row, "salaryMin") or None,
                max=take(row, "salaryMax") or None,
                currency=take(row, "salaryCurrency") or None,
                text=take(row, "payRange") or None,
            ),
            "published": take(row, "postedDate"),
            "updated": take(row, "jobUpdatedDate"),
            "language": str(take(row, "locale") or "").partition("_")[0],
        }
        return self.raw(page, **seen | {name: value for name, value in own.items() if value not in EMPTY})

    def detail(self, employer: str, key: str, row: dict[str, Any]) -> PageRequest:
        """The page of a posting; the API in its place where that is missing."""
        carried = {"row": row}
        asked = widgets(employer, DETAIL | {"jobSeqNo": key}, kind="detail", key=key, carried=carried)
        url = f"https://{site_of(employer, row)}/job/{key}"
        return PageRequest(url, kind="detail", key=key, carried=carried, otherwise=asked)


def widgets(employer: str | None, asked: dict[str, Any], **given: Any) -> PageRequest:
    """A question to the API."""
    url = f"https://{(employer or '').partition('/')[0]}/widgets"
    return PageRequest(url, method="POST", json=asked, **{"carried": {"from": asked.get("from", 0)}} | given)


def embedded(page: Page) -> dict[str, Any]:
    """The data in a page; empty where there are none. Raises `PageError` where they are cut off."""
    found = STATE.search(page.text)
    try:
        return json.JSONDecoder().raw_decode(page.text, found.end())[0] if found else {}
    except (ValueError, RecursionError):
        raise PageError("broken", f"{page.url}: its data are cut off") from None


def key_of(row: Any) -> str | None:
    """The id of a posting: that of the site, or what the employer calls it."""
    names = ("jobSeqNo", "jobId", "reqId")
    return next((str(row[name]) for name in names if row.get(name)), None) if isinstance(row, dict) else None


def site_of(employer: str, row: dict[str, Any]) -> str:
    """The address of the site, with its country and language: of the target, or of a posting (`en_GLOBAL`)."""
    language, _, country = str(row.get("locale") or "").partition("_")
    return employer if "/" in employer or not country else f"{employer}/{country.lower()}/{language}"
