"""What the report reads of the store: the facts of postings, and the jobs that postings are."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import orjson
from pydantic import BaseModel, ValidationError

from scraper.posting import Benefit, Employer, Employment, Location, Salary, Seniority, Skill, Workplace
from scraper.store import Store
from scraper.store.overview import postings_of

EVIDENCED = (
    "role seniority workplace locations remote_from relocation visa_sponsorship employment salary experience stack"
    " benefits languages published_at updated_at expires_at language"
).split()
"""Fields that are read, and so carry evidence."""

FIELDS = ("employer", *EVIDENCED, "departments", "apply_url")
"""Fields that a posting may lack."""

BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class ReportError(Exception):
    """A report that cannot be made; the message says why and what to do."""


@dataclass(frozen=True)
class Choice:
    """Which postings a report is about. `since` is an ISO time of when they were first seen; `weeks` says how long the
    recent past is that skills are compared over.
    """

    open_only: bool = True
    boards: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    since: str | None = None
    weeks: int = 4


class Facts(BaseModel):
    """The part of a record that is counted."""

    board: str
    employer: Employer
    role: str | None = None
    seniority: list[Seniority] = []
    workplace: Workplace | None = None
    employment: list[Employment] = []
    locations: list[Location] = []
    salary: Salary | None = None
    stack: list[Skill] = []
    benefits: list[Benefit] = []
    evidence: dict[str, Any] = {}
    conflicts: list[str] = []
    filled: list[str]
    """Names of `FIELDS` that say something."""


class Place(NamedTuple):
    """A place as the gazetteer names it; parts that are not known are empty."""

    country: str
    region: str
    city: str


@dataclass
class Job:
    """A posting, or the postings of a cluster: the facts of one, the places of all."""

    ids: list[str]
    facts: Facts
    first_seen_at: str
    open: bool
    rank: tuple[bool, bool, str, str]
    places: dict[Place, tuple[float, float] | None]
    """With the degrees north and east that were published."""

    def join(self, other: "Job") -> None:
        """Take in another posting of the same job. Open ones speak before closed ones, the employer's own first."""
        if other.rank < self.rank:
            self.facts, self.rank = other.facts, other.rank
        self.ids += other.ids
        self.first_seen_at = min(self.first_seen_at, other.first_seen_at)
        self.open |= other.open
        self.places |= other.places


def jobs(store: Store, choice: Choice) -> Iterator[Job]:
    """The jobs of a choice, open and closed, in a fixed order. Raises `ReportError` where a record is broken.

    Those of clusters come last; only they are held in memory, about 4 kB each.
    """
    clusters: dict[str, Job] = {}
    for row in postings_of(store, choice.boards, choice.since):
        job = job_of(row)
        if row["cluster"] is None:
            yield from chosen(job, choice)
        elif row["cluster"] in clusters:
            clusters[row["cluster"]].join(job)
        else:
            clusters[row["cluster"]] = job
    for job in clusters.values():
        yield from chosen(job, choice)


def chosen(job: Job, choice: Choice) -> Iterator[Job]:
    """The job, with its places in the chosen countries, where it has any."""
    if choice.countries:
        job.places = {place: at for place, at in job.places.items() if place.country in choice.countries}
    if job.places or not choice.countries:
        yield job


def job_of(row: Any) -> Job:
    """A row of the store as a job of its own."""
    try:
        record = orjson.loads(row["record"])
        record["filled"] = [name for name in FIELDS if says(record.get(name))]
        facts = Facts.model_validate(record)
    except (orjson.JSONDecodeError, ValidationError, TypeError, AttributeError):
        raise ReportError(f"{row['id']!r}: its record is broken; `rolecall verify` says how") from None
    places = {
        Place(spot.country or "", spot.region or "", spot.city or ""): None
        if spot.latitude is None or spot.longitude is None
        else (spot.latitude, spot.longitude)
        for spot in facts.locations
        if spot.country or spot.city
    }
    closed, on_a_board = row["closed_at"] is not None, ":" not in row["target"].partition("?")[0]
    rank = (closed, on_a_board, row["first_seen_at"], row["id"])
    return Job([row["id"]], facts, row["first_seen_at"], not closed, rank, places)


def says(value: Any) -> bool:
    """Whether a field says something."""
    if isinstance(value, dict):  # an employer of whom only the slug is known says nothing
        return any(inner is not None for name, inner in value.items() if name not in ("slug", "url", "text"))
    return value is not None and value != [] and value != ""


def plain(text: str, longest: int = 80) -> str:
    """A text from outside for one line: no control or direction marks, at most `longest` characters."""
    kept = "".join(" " if unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") else c for c in text if c not in BIDI)
    line = " ".join(kept.split())
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"
