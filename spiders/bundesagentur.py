"""Bundesagentur für Arbeit: the job search of the German employment agency, a list and a reply a post."""

import base64
from collections.abc import Iterable
from copy import deepcopy
from typing import Any
from urllib.parse import urlencode

from scraper.crawl.board import Board, Found
from scraper.page import Page, PageRequest, Total, rows_of, take, taken
from scraper.posting import RawPlace, RawPosting, RawSalary

API = "https://rest.arbeitsagentur.de/jobboerse/jobsuche-service/pc"
HEADERS = {"X-API-Key": "jobboerse-jobsuche"}  # the public name of the site's own search page, no secret
SIZE, MOST = 100, 10_000
"""Posts on a page, and posts that the search gives at most: narrow it to see all."""
NOTHING = ("null", "KEINE_ANGABE", "KEINE_ANGABEN", "keine Angaben")
TITLES, TEXTS = ("stellenangebotsTitel", "titel"), ("stellenangebotsBeschreibung", "stellenbeschreibung")
PART_TIME = ("Vormittag", "Nachmittag", "Abend", "Flexibel")


class Bundesagentur(Board):
    """A search over all posts. The API has had two generations of field names; both are read."""

    name = "bundesagentur"
    title = "Bundesagentur für Arbeit"
    docs = "https://jobsuche.api.bund.dev"
    target = "bundesagentur"
    doors = ("json api", "json api v4")
    publishes = (
        *("employer_name", "description", "locations", "workplace", "employment", "skills", "departments"),
        *("salary", "published", "updated", "expires", "apply_url"),
    )
    options = {
        "was": "occupation or words, e.g. `Koch`",
        "wo": "place, e.g. `Bonn`",
        "umkreis": "kilometres around the place",
        "berufsfeld": "occupational field, e.g. `Informatik`",
        "arbeitgeber": "employer",
    }
    date_order = "YMD"
    time_zone = "Europe/Berlin"
    was, wo, umkreis, berufsfeld, arbeitgeber = "", "", "", "", ""

    def first(self, employer: str | None) -> Iterable[PageRequest]:
        yield self.found("v6", 1, otherwise=self.found("v4", 1))

    def found(self, version: str, number: int, otherwise: PageRequest | None = None) -> PageRequest:
        """The request for a page of the search."""
        asked = {name: getattr(self, name) for name in self.options if getattr(self, name)}
        url = f"{API}/{version}/jobs?{urlencode(asked | {'size': SIZE, 'page': number})}"
        return PageRequest(url, headers=HEADERS, carried={"version": version, "number": number}, otherwise=otherwise)

    def jobs(self, page: Page) -> Iterable[Found]:
        reply = page.json()
        if isinstance(reply, dict) and any(name in reply for name in (*TITLES, *TEXTS)):
            told = {name: value for name, value in reply.items() if value not in (None, "", [])}
            yield deepcopy(page.carried.get("row", {})) | told
            return
        counted = str(take(reply, "maxErgebnisse"))
        total = int(counted) if counted.isdecimal() else None
        older = isinstance(reply, dict) and "stellenangebote" in reply
        rows = [] if total == 0 else rows_of(page, reply, "stellenangebote" if older else "ergebnisliste", "refnr")
        for row in rows:
            if isinstance(row, dict) and (key := str(row.get("referenznummer") or row.get("refnr") or "")):
                url = f"{API}/v4/jobdetails/{base64.b64encode(key.encode()).decode()}"
                changed = row.get("aenderungsdatum") or row.get("modifikationsTimestamp")
                carried = {"row": row}
                yield PageRequest(url, kind="detail", key=key, headers=HEADERS, carried=carried, version=changed)
            else:
                yield row
        if total is not None:
            yield Total(total)
        number = page.carried.get("number", 1)
        if rows and number * SIZE < min(total or 0, MOST):
            yield self.found(page.carried.get("version", "v6"), number + 1)

    def posting(self, page: Page, row: dict[str, Any]) -> RawPosting:
        key = take(row, "referenznummer|refnr")
        parts = [take(row, "stellenangebotsBeschreibung|stellenbeschreibung"), take(row, "arbeitgeberdarstellung")]
        text = "\n\n".join(str(part) for part in parts if part)
        places = take(row, "stellenlokationen") or take(row, "arbeitsorte") or [take(row, "arbeitsort")]
        kind = said(take(row, "homeofficetyp"))
        home = "Homeoffice möglich" if take(row, "homeofficemoeglich") else None
        pay = taken(row, min="gehaltsspanneVon|festgehalt", max="gehaltsspanneBis", period="verguetungsangabe")
        pay["text"] = take(row, "verguetung")
        return self.raw(
            page,
            key=key,
            url=f"https://www.arbeitsagentur.de/jobsuche/jobdetail/{key}",
            **taken(row, title="stellenangebotsTitel|titel", employer_name="firma|arbeitgeber"),
            **taken(row, apply_url="externeURL|externeUrl", departments="hauptberuf|beruf"),
            **taken(row, updated="aenderungsdatum|modifikationsTimestamp", expires="veroeffentlichungszeitraum.bis"),
            published=take(
                row,
                "datumErsteVeroeffentlichung|ersteVeroeffentlichungsdatum|aktuelleVeroeffentlichungsdatum"
                "|veroeffentlichungszeitraum.von",
            ),
            description=text,
            description_type="html" if "</" in text else "text",
            locations=[place_of(place) for place in places if place],
            workplace="Homeoffice AUSSCHLIESSLICH" if home and kind == "AUSSCHLIESSLICH" else home,
            employment=kinds_of(row),
            skills=[name for skill in take(row, "fertigkeiten") or [] for name in skills_of(skill)],
            salary=RawSalary(**{name: said(value) for name, value in pay.items()}),
        )


def said(value: Any) -> Any:
    """A value, unless it is the API's word for none."""
    return None if value in NOTHING else value


def kinds_of(row: dict[str, Any]) -> list[Any]:
    """Hours and term. A kind of hours is a flag; part time has one for each time of the day."""
    part = [take(row, f"arbeitszeitTeilzeit{time}") for time in PART_TIME]
    flags = [
        ("Vollzeit", take(row, "arbeitszeitVollzeit")),
        ("Teilzeit", any(part)),
        ("Minijob", take(row, "istGeringfuegigeBeschaeftigung")),
    ]
    kinds = [name for name, flag in flags if flag] + (take(row, "arbeitszeitmodelle") or [])
    rest = [take(row, "vertragsdauer|befristung"), take(row, "stellenangebotsart|angebotsart")]
    return [said(kind) for kind in kinds + rest]


def skills_of(skill: Any) -> list[Any]:
    """The skills of one group, which the older replies sort by how well they must be known."""
    levels = take(skill, "auspraegungen")
    listed = [name for names in levels.values() for name in names] if isinstance(levels, dict) else []
    return listed or [take(skill, "hierarchieName") if isinstance(skill, dict) else skill]


def place_of(place: dict[str, Any]) -> RawPlace:
    """A place of either generation."""
    parts = take(place, "adresse") or place
    street = " ".join(str(part) for name in ("strasse", "hausnummer") if (part := said(take(parts, name))))
    address = taken(parts, city="ort", postal_code="plz", region="region", country="land")
    return RawPlace(
        street=street,
        **{name: said(value) for name, value in address.items()},
        **taken(place, latitude="breite|koordinaten.lat", longitude="laenge|koordinaten.lon"),
    )
