"""schema.org JobPosting as JSON-LD, by the rules of Google's job search.

Required there: `title`, `description` (HTML), `datePosted`, `hiringOrganization`, and `jobLocation` with a country or,
for work from home, `jobLocationType` with `applicantLocationRequirements`
(https://developers.google.com/search/docs/appearance/structured-data/job-posting). A posting that does not say one of
these is left out: nothing is made up for it.
"""

from collections import Counter
from collections.abc import Mapping
from functools import cache
from html import escape
from typing import IO, Any

import orjson
from babel import Locale

from scraper.export.records import Export, records

EMPLOYMENT = {
    "full_time": "FULL_TIME",
    "part_time": "PART_TIME",
    "contract": "CONTRACTOR",
    "freelance": "CONTRACTOR",
    "temporary": "TEMPORARY",
    "internship": "INTERN",
    "volunteer": "VOLUNTEER",
    "apprenticeship": "OTHER",
}
"""Our codes as Google's `employmentType`, which has no word for permanent."""


DAY = len("2026-11-02")
"""A published date that is shorter names no day."""


def write_jsonld(export: Export, out: IO[bytes]) -> None:
    """One document: a graph of postings, a line each."""
    left: Counter[str] = Counter()
    written = 0
    out.write(b'{"@context": "https://schema.org", "@graph": [')
    for record in records(export):
        job = job_posting(record)
        if isinstance(job, str):
            left[job] += 1
            continue
        out.write(b",\n" if written else b"\n")
        out.write(orjson.dumps(job).replace(b"<", b"\\u003c"))  # no text ends the <script> that a page puts it into
        written += 1
    out.write(b"\n]}\n")
    export.rows = written
    if left:
        reasons = ", ".join(f"{count} {reason}" for reason, count in sorted(left.items()))
        export.notes.append(f"{left.total()} postings left out, which lack what Google requires: {reasons}")


def job_posting(record: Mapping[str, Any]) -> dict[str, Any] | str:
    """A posting as JobPosting, or why it cannot be one."""
    published, expires = record["published_at"] or "", record["expires_at"] or ""
    if len(published) < DAY:
        return "without the day of publication"
    if not record["employer"]["name"]:
        return "without the employer's name"
    if not record["description"].strip():
        return "without a text"
    places = [place for place in record["locations"] if place["country"]]
    remote = record["workplace"] == "remote"
    allowed = sorted({*(name for name in record["remote_from"] if is_country(name)), *(p["country"] for p in places)})
    if not (allowed if remote else places):
        return "without a country"
    job = {
        "@type": "JobPosting",
        "@id": record["url"],
        "url": record["url"],
        "title": record["title"],
        "description": html_of(record["description"]),
        "datePosted": published,
        "validThrough": record["closed_at"] or (expires if len(expires) >= DAY else None),
        "identifier": {"@type": "PropertyValue", "name": record["employer"]["name"], "value": record["key"]},
        "hiringOrganization": filled(
            {"@type": "Organization", "name": record["employer"]["name"], "sameAs": record["employer"]["url"]}
        ),
        "jobLocation": None if remote else [place_of(place) for place in places],
        "jobLocationType": "TELECOMMUTE" if remote else None,
        "applicantLocationRequirements": [country(code) for code in allowed] if remote else None,
        "employmentType": list(dict.fromkeys(EMPLOYMENT[k] for k in record["employment"] if k in EMPLOYMENT)),
        "baseSalary": pay_of(record["salary"]),
        "experienceRequirements": experience_of(record["experience"]),
        "skills": ", ".join(skill["name"] for skill in record["stack"]),
        "jobBenefits": ", ".join(benefit["text"] for benefit in record["benefits"]),
        "occupationalCategory": ", ".join(record["departments"]),
        "inLanguage": record["language"],
    }
    return filled(job)


def filled(part: dict[str, Any]) -> dict[str, Any]:
    """A part without the properties that say nothing."""
    return {name: value for name, value in part.items() if value not in (None, "", [])}


def is_country(name: str) -> bool:
    """Whether it is a code, and no region of several countries."""
    return len(name) == 2 and name.isupper() and name != "EU"


@cache
def country(code: str) -> dict[str, str]:
    """A country by its name in English (CLDR)."""
    return {"@type": "Country", "name": Locale("en").territories.get(code, code)}


def html_of(text: str) -> str:
    """A plain description as HTML: paragraphs and lists, escaped."""
    parts: list[str] = []
    for line in filter(None, map(str.strip, text.splitlines())):
        item = line.startswith("- ")
        if item and parts and parts[-1].endswith("</ul>"):
            parts[-1] = f"{parts[-1].removesuffix('</ul>')}<li>{escape(line[2:])}</li></ul>"
        else:
            parts.append(f"<ul><li>{escape(line[2:])}</li></ul>" if item else f"<p>{escape(line)}</p>")
    return "".join(parts)


def place_of(place: Mapping[str, Any]) -> dict[str, Any]:
    """A place with its address."""
    named = {"addressLocality": "city", "addressRegion": "region", "addressCountry": "country"}
    address = filled({"@type": "PostalAddress"} | {name: place[ours] for name, ours in named.items()})
    known = place["latitude"] is not None and place["longitude"] is not None
    geo = {"@type": "GeoCoordinates", "latitude": place["latitude"], "longitude": place["longitude"]}
    return {"@type": "Place", "address": address} | ({"geo": geo} if known else {})


def pay_of(salary: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Base pay, where figure, currency and period are known."""
    if not salary or not salary["currency"] or not salary["period"]:
        return None
    low, high = salary["min"], salary["max"]
    if low is None and high is None:
        return None
    figures = {"value": low} if low == high else filled({"minValue": low, "maxValue": high})
    value = {"@type": "QuantitativeValue", **figures, "unitText": salary["period"].upper()}
    return {"@type": "MonetaryAmount", "currency": salary["currency"], "value": value}


def experience_of(experience: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """The fewest years, in months."""
    if not experience or not experience["min_years"]:
        return None
    return {"@type": "OccupationalExperienceRequirements", "monthsOfExperience": round(experience["min_years"] * 12)}
