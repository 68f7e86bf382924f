"""USAJOBS: the search API of the US federal government, texts inside, and its older HR-XML feed."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from parsel import Selector

from scraper.crawl.board import Board, Found
from scraper.jsonld import marked_up
from scraper.page import Closed, Page, PageError, PageRequest, Total, headed, take, taken
from scraper.posting import RawPlace, RawPosting, RawSalary

SIZE, MOST = 500, 10_000
"""Posts on a page, and posts that a search gives at most: narrow it to see all."""
HEADERS = {"Authorization-Key": "{USAJOBS_API_KEY}", "User-Agent": "{USAJOBS_EMAIL}"}
PARTS = {
    "JobSummary": None,
    "MajorDuties": "Duties",
    "KeyRequirements": "Key requirements",
    "Requirements": "Requirements",
    "QualificationSummary": "Qualifications",
    "Education": "Education",
    "Evaluations": "How you will be evaluated",
    "Benefits": "Benefits",
    "OtherInformation": "Additional information",
}
"""Parts of the text in the order of the site's own page, with their headings there."""


class Usajobs(Board):
    """A search over all announcements. A public notice flyer, which promises no vacancy, is one of them."""

    name = "usajobs"
    title = "USAJOBS"
    docs = "https://developer.usajobs.gov/api-reference/get-api-search"
    target = "usajobs"
    doors = ("json api", "hr-xml feed")
    publishes = (
        *("employer_name", "description", "locations", "workplace", "employment", "departments", "salary"),
        *("pay_ranges", "relocation", "published", "expires", "apply_url"),
    )
    options = {"keyword": "words that an announcement must hold", "location": "place, e.g. `Denver, Colorado`"}
    keys = dict.fromkeys(["USAJOBS_API_KEY", "USAJOBS_EMAIL"], "https://developer.usajobs.gov/apirequest/")
    date_order = "YMD"
    keyword, location = "", ""

    def first(self, employer: str | None) -> Iterable[PageRequest]:
        yield self.found(1)

    def found(self, number: int) -> PageRequest:
        """The request for a page of the search."""
        asked = {"Keyword": self.keyword, "LocationName": self.location, "Fields": "Full"}
        asked = {name: value for name, value in asked.items() if value}
        url = f"https://data.usajobs.gov/api/search?{urlencode(asked | {'ResultsPerPage': SIZE, 'Page': number})}"
        return PageRequest(url, headers=HEADERS, carried={"number": number})

    def jobs(self, page: Page) -> Iterable[Found]:
        if "<PositionOpening" in page.text[:10_000]:
            for opening in page.xml().xpath("//PositionOpening"):
                row = row_of(opening)
                if (status := take(row, "status")) == "Inactive":
                    yield Closed(str(row["MatchedObjectId"]), f"the feed says {status}")
                else:
                    yield row
            return
        reply = page.json()
        result = reply.get("SearchResult", reply) if isinstance(reply, dict) else {"SearchResultItems": reply}
        rows = [result] if "MatchedObjectDescriptor" in (result or ()) else take(result, "SearchResultItems")
        if not isinstance(rows, list):
            raise PageError("broken", f"{page.url}: no SearchResultItems in the reply")
        yield from rows
        total, number = take(result, "SearchResultCountAll"), page.carried.get("number", 1)
        if isinstance(total, int):
            yield Total(total)
            if rows and number * SIZE < min(total, MOST):
                yield self.found(number + 1)

    def posting(self, page: Page, row: dict[str, Any]) -> RawPosting:
        post = row.get("MatchedObjectDescriptor") or row
        details = take(post, "UserArea.Details") or {}
        pay = [
            RawSalary(
                **taken(part, min="MinimumRange", max="MaximumRange", period="RateIntervalCode|Description"),
                currency=take(part, "currency"),
            )
            for part in take(post, "PositionRemuneration") or []
        ]
        texts = {name: take(details, name) or take(post, name) for name in PARTS}
        shown = take(post, "PositionLocationDisplay")
        url, apply_url = (take(post, name) for name in ("PositionURI", "ApplyURI"))
        return self.raw(
            page,
            key=take(row, "MatchedObjectId") or take(post, "PositionID"),
            url=portless(url),
            apply_url=portless(apply_url),
            **taken(post, title="PositionTitle", employer_name="OrganizationName"),
            **taken(post, published="PublicationStartDate|PositionStartDate"),
            **taken(post, expires="ApplicationCloseDate|PositionEndDate"),
            description=headed(*((PARTS[name], html_of(text)) for name, text in texts.items())),
            locations=[place_of(place) for place in take(post, "PositionLocation") or []] or shown,
            workplace="Remote" if take(details, "RemoteIndicator") in (True, "True") else None,
            employment=names(take(post, "PositionSchedule")) + names(take(post, "PositionOfferingType")),
            departments=[take(post, "DepartmentName"), *names(take(post, "JobCategory"))],
            salary=pay[0] if len(pay) == 1 else None,
            pay_ranges=pay if len(pay) > 1 else [],
            relocation=take(details, "Relocation"),
        )


def portless(url: Any) -> Any:
    """An address, the first of a list, without the port that the API writes into it."""
    url = url[0] if isinstance(url, list) and url else url
    return url.replace(":443/", "/", 1) if isinstance(url, str) else None


def html_of(text: Any) -> str:
    """A text, or its paragraphs, as HTML: most parts are plain."""
    texts = [str(part) for part in (text if isinstance(text, list) else [text]) if part]
    return marked_up(texts) if texts else ""


def names(terms: Any) -> list[Any]:
    """The names of terms."""
    return [take(term, "Name") if isinstance(term, dict) else term for term in terms or []]


def place_of(place: Any) -> RawPlace | str:
    """A place of work; its country is a name."""
    if not isinstance(place, dict):
        return str(place)
    return RawPlace(
        **taken(place, text="LocationName", city="CityName", region="CountrySubDivisionCode", country="CountryCode"),
        **taken(place, street="AddressLine", latitude="Latitude", longitude="Longitude"),
    )


def row_of(opening: Selector) -> dict[str, Any]:
    """An opening of the HR-XML feed under the names of the search API."""

    def said(*path: str) -> list[str]:
        return [text for name in path for text in map(str.strip, opening.xpath(f".//{name}/text()").getall()) if text]

    key = next(iter(said("DocumentID")), None)
    coded = {"PositionSchedule": "PositionScheduleTypeCode", "PositionOfferingType": "PositionOfferingTypeCode"}
    coded["JobCategory"] = "JobCategoryCode"
    parts = {name: said(f"GOVT_XMLJobBody//{name}") for name in PARTS}
    parts["KeyRequirements"] = said("GOVT_XMLJobBody//KeyRequirement")
    parts["QualificationSummary"] = said("GOVT_XMLJobBody//Qualifications")
    return {
        "status": next(iter(said("PositionOpeningStatusCode")), None),
        "MatchedObjectId": key,
        "PositionURI": f"https://www.usajobs.gov/job/{key}",
        "ApplyURI": said("GOVT_ApplyOnlineURL"),
        "PositionTitle": next(iter(said("PositionTitle")), None),
        "OrganizationName": next(iter(said("GOVT_SubAgencyName", "OrganizationName")), None),
        "PositionLocation": said("PositionLocation/LocationName"),
        "PositionStartDate": next(iter(said("PositionPeriod/StartDate/FormattedDateTime")), None),
        "PositionEndDate": next(iter(said("PositionPeriod/EndDate/FormattedDateTime")), None),
        "PositionRemuneration": [
            {
                "MinimumRange": pay.xpath("RemunerationMinimumAmount/text()").get(),
                "MaximumRange": pay.xpath("RemunerationMaximumAmount/text()").get(),
                "RateIntervalCode": pay.xpath("RemunerationRateIntervalCode/text()").get(),
                "currency": pay.xpath("*/@currencyID").get(),
            }
            for pay in opening.xpath(".//RemunerationRange")
        ],
        **{name: [text.partition("-")[2] or text for text in said(code)] for name, code in coded.items()},
        "UserArea": {"Details": parts},
    }
