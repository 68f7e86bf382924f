"""A raw posting becomes a posting: one line a field.

This module and all below it are a pure library: no Scrapy, no clock, no network, no disk but the vocabularies.
"""

from datetime import UTC
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from scraper import __version__
from scraper.document import read_document
from scraper.fields.benefits import read_benefits
from scraper.fields.dates import read_date
from scraper.fields.employment import read_employment
from scraper.fields.experience import read_experience
from scraper.fields.language import read_language
from scraper.fields.languages import read_languages
from scraper.fields.locations import read_locations
from scraper.fields.relocation import read_relocation
from scraper.fields.remote_from import read_remote_from
from scraper.fields.role import read_role
from scraper.fields.salary import choose_salary, read_pay_ranges
from scraper.fields.seniority import read_seniority
from scraper.fields.stack import read_stack
from scraper.fields.visa_sponsorship import read_visa_sponsorship
from scraper.fields.workplace import read_workplace
from scraper.posting import Posting, RawPosting, breach
from scraper.reading import Reading
from scraper.words.tags import split_tags

if TYPE_CHECKING:
    import pyarrow as pa

LISTS = frozenset(name for name, field in Posting.model_fields.items() if field.default == [])


def parse_posting(raw: RawPosting) -> Posting:
    """Read every field of a raw posting. Raises `pydantic.ValidationError` where the record breaks the contract."""
    split = [(f"tags[{at}]", tag) for at, label in enumerate(raw.tags) for tag in split_tags([label])]
    published = {f"tags[{at}]": slot for at, (slot, _) in enumerate(split)}  # evidence names the label as published
    raw = raw.model_copy(update={"tags": [tag for _, tag in split]})
    document = read_document(raw.description, raw.description_type)
    language = read_language(raw, document)
    code = language.value if language else None
    workplace = read_workplace(raw, document)
    locations = read_locations(raw, document)
    countries = [place.country for place in locations.value if place.country] if locations else []
    remote_from = read_remote_from(raw, document, workplace.value if workplace else None)
    pay_ranges = read_pay_ranges(raw, document, countries or (remote_from.value if remote_from else []))
    readings: dict[str, Reading[Any] | None] = {
        "role": read_role(raw, locations.value if locations else []),
        "seniority": read_seniority(raw, document),
        "workplace": workplace,
        "locations": locations,
        "remote_from": remote_from,
        "relocation": read_relocation(raw, document),
        "visa_sponsorship": read_visa_sponsorship(raw, document),
        "employment": read_employment(raw, document),
        "salary": choose_salary(pay_ranges),
        "pay_ranges": pay_ranges,
        "experience": read_experience(raw, document),
        "stack": read_stack(raw, document),
        "benefits": read_benefits(raw, document),
        "languages": read_languages(raw, document),
        "published_at": read_date(raw, "published", code),
        "updated_at": read_date(raw, "updated", code),
        "expires_at": read_date(raw, "expires", code, document),
        "language": language,
    }
    found = {name: reading for name, reading in readings.items() if reading is not None}
    seen_at = raw.seen_at if raw.seen_at.tzinfo else raw.seen_at.replace(tzinfo=UTC)
    # Plain data for the parts, so that the record is validated once, as a whole.
    given: dict[str, Any] = {
        "id": f"{raw.board}:{raw.employer or ''}:{raw.key}",
        "board": raw.board,
        "employer": {"slug": raw.employer, "name": raw.employer_name, "url": raw.employer_url},
        "key": raw.key,
        "url": raw.url,
        "apply_url": raw.apply_url,
        "title": " ".join(raw.title.split()),
        "departments": raw.departments,
        "published_text": None if raw.published is None else str(raw.published),
        "description": document.text,
        "sections": [{"kind": p.kind, "heading": p.heading, "start": p.start, "end": p.end} for p in document.parts],
        "evidence": {
            name: [
                {"slot": published.get(s[0], s[0]), "start": s[1], "end": s[2], "quote": s[3], "value": s[4]}
                for s in reading.spans
            ]
            for name, reading in found.items()
        },
        "conflicts": [name for name, reading in found.items() if reading.conflict],
        "attribution": raw.attribution,
        "fetched_at": seen_at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "parser_version": __version__,
    }
    # pydantic copies a default list slowly: it is given one.
    values = {name: reading.value if reading else [] if name in LISTS else None for name, reading in readings.items()}
    return Posting.model_validate(given | values)


def parse_batch(batch: "pa.RecordBatch") -> "pa.RecordBatch":
    """Raw postings (`scraper.arrow.raw_schema`) become postings, row for row.

    The columns are those of `scraper.arrow.posting_schema` and `error`, a text: in a row that could not be read `error`
    says why and the rest is null, so that no record fails its batch. Needs pyarrow (`rolecall[tables]`).
    """
    import pyarrow as pa

    from scraper import arrow

    postings: list[Posting] = []
    places: list[int | None] = []
    errors: list[str | None] = []
    for row in batch.to_pylist():
        try:
            postings.append(parse_posting(RawPosting.model_validate(arrow.from_raw_columns(row))))
        except Exception as error:  # noqa: BLE001  a poisoned record never fails its batch
            places.append(None)
            errors.append(breach(error) if isinstance(error, ValidationError) else f"{type(error).__name__}: {error}")
        else:
            places.append(len(postings) - 1)
            errors.append(None)
    found = arrow.batch(postings)
    if None in places:
        found = found.take(pa.array(places, pa.int64()))
    return found.append_column("error", pa.array(errors, pa.string()))
