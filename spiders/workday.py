"""Workday: the JSON that a careers site reads, a list in pages of twenty and a reply a posting."""

import re
from collections.abc import Iterable, Iterator
from copy import deepcopy
from typing import Any
from urllib.parse import urlsplit

from scraper.crawl.board import Board, Found
from scraper.jsonld import job_postings, posting_slots
from scraper.page import Closed, Page, PageError, PageRequest, Total, take, taken
from scraper.posting import RawPlace, RawPosting

JSON = {"Accept": "application/json"}
PAGE = 20  # more is refused
CAP = 2000
"""A total of exactly this many says "at least": from here on the list starts again, without a word."""
LOCALE = "[a-z]{2}-[A-Za-z]{2}"
SHARED = re.compile(rf"(wd\d+\.myworkdaysite\.com)/(?:{LOCALE}/)?(?:recruiting|wday/cxs)/([^/]+)/([^/]+)")
OWN = re.compile(
    rf"((?!www\.)[\w-]+(?:\.wd\d+)?\.myworkdayjobs\.com)/(?:{LOCALE}/)?(?:wday/cxs/[^/]+/)?"
    rf"(?!(?:job|details|wday|{LOCALE})(?:/|$))([^/]+)"
)


class Workday(Board):
    """A company's careers site. A list longer than the cap is asked for in parts, by the facets that it names; the
    list has no dates but words like "3 days ago", and no places where there are several.
    """

    name = "workday"
    title = "Workday"
    docs = "https://community.workday.com/sites/default/files/file-hosting/restapi/index.html"
    target = "workday:HOST/SITE"
    doors = ("json of the careers site",)
    publishes = (
        *("employer_name", "employer_url", "description", "locations", "workplace", "employment", "departments"),
        *("published", "expires"),
    )
    date_order = "YMD"

    @classmethod
    def employer_of(cls, url: str) -> str | None:
        parts = urlsplit(url)
        address = f"{parts.netloc.lower()}{parts.path}"
        found = SHARED.match(address) or OWN.match(address)
        return "/".join(found.groups()) if found else None

    @classmethod
    def home(cls, employer: str) -> str:
        host, _, site = employer.partition("/")
        return f"https://{host}/{'recruiting/' if '/' in site else ''}{site}"

    def first(self, employer: str | None) -> Iterable[PageRequest]:
        if "/" not in (employer or ""):
            what = "a target is workday:HOST/SITE, e.g. workday:acme.wd3.myworkdayjobs.com/Careers"
            raise PageError("broken", f"{employer}: {what}")
        yield asked(f"{api_of(employer)}/jobs", 0, {})

    def jobs(self, page: Page) -> Iterable[Found]:
        if page.text.lstrip()[:1] == "<" and (nodes := job_postings(page.tree)):
            yield {"node": nodes[0], **deepcopy(page.carried.get("row", {}))}
            return
        reply = page.json()
        for one in reply if isinstance(reply, list) else [reply]:
            info = (one.get("jobPostingInfo") or one) if isinstance(one, dict) else {}
            whole = {**deepcopy(page.carried.get("row", {})), **(one if info else {}), **info}
            if info.get("posted") is False:
                yield Closed(key_of(whole), "the board says that it is not posted")
            elif info is not one or "jobDescription" in info:
                yield whole | {"jobPostingInfo": None}
            else:
                yield from listed(page, one)

    def posting(self, page: Page, row: dict[str, Any]) -> RawPosting:
        seen = posting_slots(row.get("node") or {})
        key, path, url = key_of(row), take(row, "externalPath"), take(row, "externalUrl")
        place = take(row, "location|jobRequisitionLocation.descriptor|locationsText")
        country = take(row, "jobRequisitionLocation.country.alpha2Code|country.alpha2Code|country.descriptor|country")
        first = RawPlace(text=place, country=country if isinstance(country, str) else None)
        further = take(row, "additionalLocations") or []
        own = {
            **taken(row, title="title", description="jobDescription", employment="timeType"),
            **taken(row, employer_name="hiringOrganization.name", employer_url="hiringOrganization.url"),
            **taken(row, departments="jobFamilyGroup", published="startDate", expires="endDate"),
            "workplace": take(row, "remoteType") or ("remote" if take(row, "remote") is True else None),
            "locations": [first, *further] if first != RawPlace() else further,
            "key": key,
            "url": url or (f"{self.home(page.employer or '')}{path}" if path else page.url),
        }
        return self.raw(page, **seen | {name: value for name, value in own.items() if value})


def api_of(employer: str | None) -> str:
    """Address of the JSON of a careers site; the tenant is the host's first label, or named on a shared host."""
    host, _, site = (employer or "").partition("/")
    tenant = "" if "/" in site else host.partition(".")[0] + "/"
    return f"https://{host}/wday/cxs/{tenant}{site}"


def asked(url: str, offset: int, facets: dict[str, list[str]], total: int = 0) -> PageRequest:
    """A page of the list, or of the part of it that facets choose."""
    body = {"appliedFacets": facets, "limit": PAGE, "offset": offset, "searchText": ""}
    carried = {"offset": offset, "facets": facets, "total": total} if offset or facets else {}
    return PageRequest(url, method="POST", headers=JSON, json=body, carried=carried)


def listed(page: Page, reply: Any) -> Iterator[Found]:
    """The postings of a page of the list. Its first page alone says how many there are, and asks for the others.

    Raises `PageError`: `refused` where a page that should hold postings is empty, `looped` beyond the cap.
    """
    offset, facets = page.carried.get("offset", 0), page.carried.get("facets", {})
    rows, said = (reply.get("jobPostings"), reply.get("total")) if isinstance(reply, dict) else (None, 0)
    if not isinstance(rows, list) and not (rows := [*older(reply)]):
        raise PageError("broken", f"{page.url}: no jobPostings in the reply")
    said = said if isinstance(said, int) and not offset else 0
    total = said or page.carried.get("total", 0)
    if offset >= CAP == total:
        raise PageError("looped", f"{page.url}: {CAP} is all that the list shows of {facets or 'its postings'}")
    if total > offset and not rows:
        raise PageError("refused", f"{page.url}: an empty page at {offset} of {total}")
    if said and not facets:
        yield Total(said)
    if said == CAP and (name := finest(reply, facets)):
        for value in facets_of(reply)[name]:
            yield asked(page.url, 0, {**facets, name: [value]})
        return
    base = page.url.removesuffix("/jobs") if "/wday/cxs/" in page.url else api_of(page.employer)
    for row in rows:
        path = row.get("externalPath") if isinstance(row, dict) else None
        if not path:
            yield row
        else:
            yield PageRequest(f"{base}{path}", kind="detail", key=key_of(row), headers=JSON, carried={"row": row})
    for start in range(PAGE, said + (said == CAP), PAGE):
        yield asked(page.url, start, facets, said)


def older(reply: Any, depth: int = 12) -> Iterator[dict[str, Any]]:
    """The postings of a reply of the older careers site, a tree of widgets."""
    for row in (reply.get("listItems") or []) if isinstance(reply, dict) else []:
        title = row.get("title") or {}
        path = str(title.get("commandLink") or "").partition("/job/")[2]
        texts = [take(part, "text") for part in title.get("instances") or []]
        yield {"title": next(iter(texts), None), "externalPath": path and f"/job/{path}"}
    for value in reply.values() if isinstance(reply, dict) else reply if isinstance(reply, list) else ():
        yield from older(value, depth - 1) if depth else ()


def facets_of(reply: Any) -> dict[str, dict[str, int]]:
    """The facets of a list, also those inside a group: name to the ids of values and their counts."""
    found: dict[str, dict[str, int]] = {}
    groups = reply if isinstance(reply, list) else reply.get("facets")
    for facet in groups or []:
        values = [value for value in facet.get("values") or [] if isinstance(value, dict)]
        counts = {value["id"]: value.get("count") or 0 for value in values if value.get("id")}
        found |= {facet["facetParameter"]: counts} if counts and facet.get("facetParameter") else {}
        found |= facets_of([value for value in values if "facetParameter" in value])
    return found


def finest(reply: Any, facets: dict[str, list[str]]) -> str | None:
    """The facet to split a list by: one below the cap, not of places (a posting has several), with small parts."""
    known = {name: counts for name, counts in facets_of(reply).items() if name not in facets and len(counts) > 1}
    biggest = {name: max(counts.values()) for name, counts in known.items()}
    return min(known, key=lambda name: (biggest[name] >= CAP, "location" in name.lower(), biggest[name]), default=None)


def key_of(row: dict[str, Any]) -> str:
    """The number that ends a posting's address; one requisition may be posted several times (`R7`, `R7-1`)."""
    path = str(row.get("externalPath") or row.get("externalUrl") or row.get("jobPostingId") or "")
    number = path.partition("?")[0].rstrip("/").rpartition("/")[2].rpartition("_")[2]
    return number if re.search(r"\d", number) else str(row.get("jobReqId") or path or row.get("id") or "")
