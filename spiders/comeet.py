"""Comeet: the data of a company's page, or the careers API that its token opens."""

import json
import re
from collections.abc import Iterable
from typing import Any

from scraper.crawl.board import Board, Found
from scraper.page import Closed, Page, PageError, PageRequest, headed, rows_of, take
from scraper.posting import RawPlace, RawPosting

DATA = re.compile(r"\b(COMPANY_POSITIONS_DATA|POSITION_DATA|COMPANY_DATA)\s*=\s*(?=[\[{])")
API = "https://www.comeet.co/careers-api/2.0/company"


class Comeet(Board):
    """A company's page: its name and its number are both needed. The only date is that of the last change."""

    name = "comeet"
    title = "Comeet"
    docs = "https://developers.comeet.com/reference/careers-api-overview"
    target = "comeet:SLUG/UID"
    doors = ("pages", "json api")
    publishes = (
        *("employer_name", "description", "locations", "workplace", "employment", "seniority", "tags"),
        *("departments", "updated"),
    )
    urls = (r"(?:www\.)?comeet\.com?/jobs/(?P<employer>[^/?#]+/[0-9A-Za-z]+\.[0-9A-Za-z]+)(?:[/?]|$)",)
    date_order = "YMD"

    @classmethod
    def home(cls, employer: str) -> str:
        return f"https://www.comeet.com/jobs/{employer}"

    def first(self, employer: str | None) -> Iterable[PageRequest]:
        if "/" not in (employer or ""):
            raise PageError("broken", f"{employer}: a target is comeet:SLUG/UID, e.g. comeet:acme/30.005")
        yield PageRequest(self.home(employer or ""))

    def jobs(self, page: Page) -> Iterable[Found]:
        if page.text.lstrip()[:1] in ("[", "{"):
            rows = page.rows("positions", "name")
        else:
            data = embedded(page)
            one = data.get("POSITION_DATA")
            rows = [one] if one else rows_of(page, data, "COMPANY_POSITIONS_DATA", "name")
            token, uid = (take(data.get("COMPANY_DATA"), name) for name in ("token", "company_uid"))
            if token and not all(map(texts_of, rows)):
                yield PageRequest(f"{API}/{uid}/positions?token={token}&details=true")
                return
        for row in rows:
            if isinstance(row, dict) and take(row, "is_internal"):
                yield Closed(str(row.get("uid")), "the board says it is internal")
            else:
                yield row

    def posting(self, page: Page, row: dict[str, Any]) -> RawPosting:
        key, place = take(row, "uid"), take(row, "location") or {}
        hosted = take(row, "url_comeet_hosted_page")
        remote = "remote" if take(place, "is_remote") else None
        parts = sorted(texts_of(row), key=lambda part: part.get("order") or 0)
        street = [take(place, name) for name in ("street_number", "street_name")]
        return self.raw(
            page,
            key=key,
            url=take(row, "url_active_page") or hosted or f"{self.home(page.employer or '')}/{key}",
            title=take(row, "name"),
            employer_name=take(row, "company_name"),
            description=headed(*((take(part, "name"), take(part, "value")) for part in parts)),
            locations=RawPlace(
                text=take(place, "name"),
                street=" ".join(filter(None, street)),
                city=take(place, "city"),
                region=take(place, "state"),
                postal_code=take(place, "postal_code"),
                country=take(place, "country"),
            ),
            workplace=take(row, "workplace_type") or remote,
            employment=take(row, "employment_type"),
            seniority=take(row, "experience_level"),
            tags=[take(label, "value") for label in take(row, "custom_fields.categories") or []],
            departments=take(row, "department"),
            updated=take(row, "time_updated"),
        )


def texts_of(row: Any) -> list[dict[str, Any]]:
    """The parts of a posting's text."""
    own = row.get("custom_fields") if isinstance(row, dict) else None
    found = row.get("details") if isinstance(row, dict) else None
    return found or (own.get("details") if isinstance(own, dict) else None) or []


def embedded(page: Page) -> dict[str, Any]:
    """The data that scripts of the page hold, by their names. Raises `PageError` where there are none."""
    text = page.text.replace(": undefined", ": null")
    try:
        found = {name[1]: json.JSONDecoder().raw_decode(text, name.end())[0] for name in DATA.finditer(text)}
    except (ValueError, RecursionError):
        raise PageError("broken", f"{page.url}: its data are cut off") from None
    if not found:
        raise PageError("moved", f"{page.url}: no page of Comeet")
    return found
