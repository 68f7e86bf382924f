"""A posting as its page shows it: the text cut at the edges of its values' words, the values, the history."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit

from scraper.contacts import mask
from scraper.explore.refresh import changes
from scraper.posting import Posting
from scraper.store import Store
from scraper.wording import label, value_words

KINDS = {
    "job": ("role", "seniority", "employment", "experience", "departments"),
    "place": ("workplace", "locations", "remote_from", "relocation", "visa_sponsorship"),
    "pay": ("salary", "pay_ranges"),
    "skills": ("stack",),
    "benefits": ("benefits",),
    "languages": ("languages", "language"),
    "dates": ("published_at", "updated_at", "expires_at"),
}
"""Fields by the colour that their words are marked in."""

KIND_OF = {name: kind for kind, names in KINDS.items() for name in names}
FIELDS = tuple(KIND_OF)
NEWEST_CRAWLS = 20


@dataclass(frozen=True)
class Mark:
    """Words that a value was read from. `id` names them on the page; `start` is None outside the description."""

    id: str
    field: str
    kind: str
    slot: str
    quote: str
    value: str | None
    start: int | None = None
    end: int | None = None

    @property
    def label(self) -> str:
        """The field in words."""
        return label(self.field)


@dataclass(frozen=True)
class Segment:
    """A piece of the description, and the marks that all of it belongs to. `first` are those that begin here."""

    text: str
    marks: tuple[Mark, ...] = ()
    first: tuple[Mark, ...] = ()


@dataclass
class Line:
    """A line of the description."""

    kind: str
    segments: list[Segment]


@dataclass
class Part:
    """A section of the description."""

    id: str
    kind: str
    heading: str | None
    lines: list[Line] = field(default_factory=list)


@dataclass(frozen=True)
class Value:
    """A value of a field, and the words it was read from."""

    said: str
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True)
class Field:
    """A field of the record with its values."""

    name: str
    label: str
    kind: str
    values: tuple[Value, ...]
    other: tuple[Mark, ...]
    conflict: bool
    about: str


def posting_page(store: Store, id: str, contacts: bool) -> dict[str, Any] | None:
    """What the template of a posting is given; None where the store has no such posting."""
    row = store.posting(id)
    if row is None:
        return None
    record: dict[str, Any] = json.loads(row["record"])
    if not contacts:
        mask(record)
    marks = read_marks(record)
    fields = [read_field(name, record, marks) for name in FIELDS]
    return {
        "record": record,
        "row": dict(row),
        "parts": parts(record, marks),
        "fields": [each for each in fields if each.values or each.other],
        "silent": [each.label for each in fields if not each.values and not each.other],
        "marks": {kind: sum(mark.kind == kind for mark in marks) for kind in KINDS},
        "events": [event_of(dict(event), contacts) for event in store.events(id=id)],
        "crawls": crawls_of(store, row["target"]),
        "joins": [dict(join) for join in store.cluster(id)],
        "source": web_address(record["url"]),
        "apply": web_address(record.get("apply_url")),
        "employer_url": web_address((record.get("employer") or {}).get("url")),
    }


def web_address(url: str | None) -> str | None:
    """An address that a reader may follow: http or https, with a host; None for any other."""
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.netloc else None


# -- the text ---------------------------------------------------------------------------------------------------------


def read_marks(record: Mapping[str, Any]) -> list[Mark]:
    """The evidence of the fields that are shown, each piece with an id."""
    text: str = record["description"]
    marks = []
    for name in FIELDS:
        for number, span in enumerate((record.get("evidence") or {}).get(name) or ()):
            start, end = span.get("start"), span.get("end")
            inside = span["from"] == "description" and start is not None and 0 <= start < end <= len(text)
            marks.append(
                Mark(
                    id=f"{name}-{number}",
                    field=name,
                    kind=KIND_OF[name],
                    slot=span["from"],
                    quote=span.get("quote") or "",
                    value=span.get("value"),
                    start=start if inside else None,
                    end=end if inside else None,
                )
            )
    return marks


def segments(text: str, start: int, end: int, marks: Sequence[Mark]) -> list[Segment]:
    """A part of the text, cut wherever a mark begins or ends; each piece with all the marks that it belongs to.

    `marks` are in the order of their starts; those that do not touch the part are passed over.
    """
    spans = [(mark.start or 0, mark.end or 0, mark) for mark in marks if mark.start is not None]
    spans = [span for span in spans if span[0] < end and span[1] > start]
    edges = sorted({start, end, *(edge for span in spans for edge in span[:2] if start < edge < end)})
    pieces = []
    begun, over = 0, list[tuple[int, int, Mark]]()
    for one, other in pairwise(edges):
        over = [span for span in over if span[1] > one]
        while begun < len(spans) and spans[begun][0] <= one:
            over.append(spans[begun])
            begun += 1
        first = tuple(mark for at, _, mark in over if at == one)
        pieces.append(Segment(text[one:other], tuple(mark for _, _, mark in over), first))
    return pieces


def parts(record: Mapping[str, Any], marks: Sequence[Mark]) -> list[Part]:
    """The description by its sections and lines."""
    text: str = record["description"]
    spans = sorted(
        (mark for mark in marks if mark.start is not None), key=lambda mark: (mark.start or 0, -(mark.end or 0))
    )
    sections = record.get("sections") or [{"kind": "other", "heading": None, "start": 0, "end": len(text)}]
    made = []
    waiting, open_ones = 0, list[Mark]()
    for number, section in enumerate(sections):
        part = Part(f"part-{number}", section["kind"], section["heading"])
        at = section["start"]
        for line in text[at : section["end"]].split("\n"):
            end = at + len(line)
            open_ones = [mark for mark in open_ones if (mark.end or 0) > at]
            while waiting < len(spans) and (spans[waiting].start or 0) < end:
                open_ones.append(spans[waiting])
                waiting += 1
            if line.strip():
                heading = section["heading"] is not None and at == section["start"]
                kind = "heading" if heading and not part.lines else "item" if line.startswith("- ") else "paragraph"
                part.lines.append(Line(kind, segments(text, at, end, open_ones)))
            at = end + 1
        if part.lines:
            made.append(part)
    return made


# -- the values -------------------------------------------------------------------------------------------------------


def read_field(name: str, record: Mapping[str, Any], marks: Sequence[Mark]) -> Field:
    """A field's values, each with its words; those that speak for none of the values stand apart."""
    value = record.get(name)
    values = value if isinstance(value, list) else [] if value is None else [value]
    own = [mark for mark in marks if mark.field == name]
    made, used = [], set[str]()
    for each in values:
        if len(values) == 1 and name not in record["conflicts"]:
            of = tuple(own)
        else:
            names = names_of(each)
            of = tuple(mark for mark in own if mark.value is not None and mark.value.casefold() in names)
        used |= {mark.id for mark in of}
        made.append(Value(value_words(name, each), of))
    other = tuple(mark for mark in own if mark.id not in used)
    if len(made) == 1 and not made[0].marks:
        made, other = [Value(made[0].said, other)], ()
    about = Posting.model_fields[name].description or ""
    return Field(name, label(name), KIND_OF[name], tuple(made), other, name in record["conflicts"], about)


def names_of(value: Any) -> set[str]:
    """What evidence may call a value."""
    if not isinstance(value, dict):
        return {str(value).casefold()}
    return {
        str(value[key]).casefold() for key in ("name", "code", "text", "city", "country", "region") if value.get(key)
    }


# -- the history ------------------------------------------------------------------------------------------------------


def event_of(row: Mapping[str, Any], contacts: bool) -> dict[str, Any]:
    """An event with its changes in words."""
    said = json.loads(row["changes"] or "{}")
    return {**row, "because": said.get("because"), "changes": changes(said, contacts)}


def crawls_of(store: Store, target: str) -> list[dict[str, Any]]:
    """The newest crawls of a target, the last first."""
    return [dict(row) for row in list(store.crawls(target))[-NEWEST_CRAWLS:][::-1]]
