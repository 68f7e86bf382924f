"""Oracle Recruiting Cloud: the REST API that a candidate site reads, a list in pages and a reply a posting."""

import re
from collections.abc import Iterable, Iterator
from copy import deepcopy
from typing import Any
from urllib.parse import urlsplit

from parsel import Selector

from scraper.crawl.board import Board, Found
from scraper.page import Closed, Page, PageError, PageRequest, Total, headed, rows_of, take, taken
from scraper.posting import RawPlace, RawPosting, RawSalary

PAGE = 100
REST = "hcmRestApi/resources/latest"
EXPAND = "requisitionList.secondaryLocations,requisitionList.workLocation"  # without it the list comes back empty
SITE = re.compile(r"([\w.-]+)/hcmUI/CandidateExperience/[^/]+/sites/([^/?#]+)", re.IGNORECASE)
API = re.compile(r"([\w.-]+)/hcmRestApi/.{0,400}siteNumber(?:=|%3D)([^,;&/?#%]+)", re.IGNORECASE)
PARTS = {
    "ExternalDescriptionStr": None,
    "ExternalResponsibilitiesStr": "Responsibilities",
    "ExternalQualificationsStr": "Qualifications",
    "CorporateDescriptionStr": "About us",
    "OrganizationDescriptionStr": "Organization",
}
"""Parts of a text, each with the heading of the candidate site."""
PAY = re.compile(r"(?i)(?!.*\b(?:grade|type|frequency|basis)\b).*\b(?:salary|pay|compensation|wage|hiring range)\b")
"""What a company calls its own field for pay."""


class Oracle(Board):
    """A company's candidate site. The list has no texts; the company's own fields may state its pay."""

    name = "oracle"
    title = "Oracle Recruiting"
    docs = "https://docs.oracle.com/en/cloud/saas/human-resources/23d/farws/api-recruiting-ce-job-requisitions.html"
    target = "oracle:HOST/SITE"
    doors = ("rest api",)
    publishes = (
        *("employer_name", "description", "locations", "workplace", "employment", "seniority", "departments"),
        *("salary", "published", "expires", "language", "apply_url"),
    )
    date_order = "YMD"

    @classmethod
    def employer_of(cls, url: str) -> str | None:
        parts = urlsplit(url)
        address = f"{parts.netloc.lower()}{parts.path}?{parts.query}"
        found = SITE.match(address) or API.match(address)
        return "/".join(found.groups()) if found else None

    @classmethod
    def home(cls, employer: str) -> str:
        host, _, site = employer.partition("/")
        return f"https://{host}/hcmUI/CandidateExperience/en/sites/{site}"

    def first(self, employer: str | None) -> Iterable[PageRequest]:
        host, slash, site = (employer or "").partition("/")
        if not slash:
            what = "a target is oracle:HOST/SITE, e.g. oracle:acme.fa.em2.oraclecloud.com/CX_1"
            raise PageError("broken", f"{employer}: {what}")
        yield listed(f"https://{host}", site, 0)

    def jobs(self, page: Page) -> Iterable[Found]:
        reply = page.json()
        one = isinstance(reply, dict) and "requisitionList" in reply
        items = rows_of(page, [reply] if one else reply, "items", "Id")
        if not items and page.kind == "detail":
            yield Closed(str(page.carried.get("row", {}).get("Id")), "the board has no details of it")
        for item in items:
            if isinstance(item, dict) and "requisitionList" in item:
                yield from requisitions(page, item)
            else:
                yield {**deepcopy(page.carried.get("row", {})), **item} if isinstance(item, dict) else item

    def posting(self, page: Page, row: dict[str, Any]) -> RawPosting:
        key, brief = take(row, "Id"), take(row, "ShortDescriptionStr")
        texts = [(heading, text) for part, heading in PARTS.items() if shows(text := take(row, part))]
        points = take(row, "primaryLocationCoordinates") or []
        first = RawPlace(
            **taken(row, text="PrimaryLocation", country="PrimaryLocationCountry"),
            **taken(points[0] if len(points) == 1 else None, latitude="Latitude", longitude="Longitude"),
        )
        sites = [site_of(site) for site in take(row, "workLocation") or []]
        further = [place_of(place) for place in take(row, "secondaryLocations") or []]
        units = ("Category", "JobFamily", "JobFunction", "Department")
        return self.raw(
            page,
            key=key,
            url=f"{self.home(page.employer or '')}/job/{key}" if key else None,
            **taken(row, title="Title", apply_url="ExternalUrl", employer_name="EmployerName|LegalEmployer"),
            **taken(row, published="ExternalPostedStartDate|PostedDate"),
            **taken(row, expires="ExternalPostedEndDate|PostingEndDate", language="ContentLocale"),
            **taken(row, workplace="WorkplaceTypeCode|WorkplaceType", seniority="ManagerLevel|JobLevel"),
            description=headed(*texts) or brief,
            locations=[*([first] if first.text else sites), *further],
            employment=[take(row, name) for name in ("JobSchedule", "WorkerType", "ContractType", "JobType")],
            departments=list(dict.fromkeys(take(row, name) for name in units)),
            salary=own_pay(take(row, "requisitionFlexFields") or []),
        )


def listed(origin: str, site: Any, offset: int, total: int = 0) -> PageRequest:
    """A page of the list. The offset is heard within the finder only."""
    finder = f"findReqs;siteNumber={site},limit={PAGE},offset={offset},sortBy=POSTING_DATES_DESC"
    url = f"{origin}/{REST}/recruitingCEJobRequisitions?onlyData=true&expand={EXPAND}&finder={finder}"
    return PageRequest(url, carried={"offset": offset, "total": total} if offset else {})


def requisitions(page: Page, item: dict[str, Any]) -> Iterator[Found]:
    """The postings of a page of the list; the first page asks for the others.

    Raises `PageError` where a page that should hold postings is empty. The total may be one more than is served.
    """
    origin = "https://" + urlsplit(page.url).netloc
    site = (page.employer or "").partition("/")[2] or item.get("SiteNumber")
    offset, said = page.carried.get("offset", 0), item.get("TotalJobsCount") or 0
    rows, total = item["requisitionList"] or [], page.carried.get("total") or said
    if not rows and total - 1 > offset:
        raise PageError("refused", f"{page.url}: an empty page at {offset} of {total}")
    for row in rows:
        if not isinstance(row, dict) or not row.get("Id"):
            yield row
            continue
        finder = f"ById;Id=%22{row['Id']}%22,siteNumber={site}"
        url = f"{origin}/{REST}/recruitingCEJobRequisitionDetails?onlyData=true&expand=all&finder={finder}"
        yield PageRequest(url, kind="detail", key=str(row["Id"]), carried={"row": row})
    if said and not offset:
        yield Total(max(said - 1, 1))
        for start in range(PAGE, said, PAGE):
            yield listed(origin, site, start, said)


def shows(text: Any) -> bool:
    """Whether a part of a text has words: templates leave some as a line break."""
    return bool(text) and any(word.strip() for word in Selector(text=f"<p>{text}</p>").css("::text").getall())


def place_of(place: Any) -> RawPlace | str:
    """A further place."""
    if not isinstance(place, dict):
        return str(place)
    return RawPlace(**taken(place, text="Name", country="CountryCode", latitude="Latitude", longitude="Longitude"))


def site_of(site: dict[str, Any]) -> RawPlace:
    """A site of the company, with its address."""
    return RawPlace(
        **taken(site, text="LocationName", street="AddressLine1", city="TownOrCity", region="Region2|Region3|Region1"),
        **taken(site, postal_code="PostalCode", country="Country", latitude="Latitude", longitude="Longitude"),
    )


def own_pay(fields: list[dict[str, Any]]) -> RawSalary | None:
    """Pay from the company's own fields, as one text."""
    found = {str(field.get("Prompt")): field for field in fields if PAY.match(str(field.get("Prompt")))}
    given = {prompt: str(text) for prompt, field in found.items() if (text := take(field, "Value"))}
    if len(given) > 1:
        return RawSalary(text="; ".join(f"{prompt}: {text}" for prompt, text in given.items()))
    return RawSalary(label=next(iter(given)), text=given.popitem()[1]) if given else None
