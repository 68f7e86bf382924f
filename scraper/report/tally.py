"""One pass over the jobs: all that the report counts."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache
from typing import NamedTuple

from scraper.cluster import employer_key
from scraper.posting import Need
from scraper.report.facts import EVIDENCED, Choice, Facts, Job, Place, jobs, plain
from scraper.report.history import History, instant, read_history
from scraper.store import Store
from scraper.store.overview import crawl_span, turns


class Pay(NamedTuple):
    """What pay figures must share to be compared."""

    currency: str
    period: str
    net: bool


@dataclass
class Tally:
    """Counts. Those of `jobs` and below are of the jobs that the report is about: open ones, or all."""

    crawls: int = 0
    since: str | None = None
    until: str | None = None
    known: int = 0
    """Jobs, open and closed."""
    known_open: int = 0
    postings: int = 0
    """Postings of the jobs that are counted."""
    jobs: int = 0
    history: History = field(default_factory=lambda: History([], [], [], 0))
    recent: Counter[str] = field(default_factory=Counter)
    before: Counter[str] = field(default_factory=Counter)
    recent_jobs: int = 0
    before_jobs: int = 0

    boards: Counter[str] = field(default_factory=Counter)
    employers: Counter[str] = field(default_factory=Counter)
    employer_names: dict[str, str] = field(default_factory=dict)
    roles: Counter[str] = field(default_factory=Counter)
    role_names: dict[str, str] = field(default_factory=dict)
    levels: Counter[str] = field(default_factory=Counter)
    workplaces: Counter[str] = field(default_factory=Counter)
    employment: Counter[str] = field(default_factory=Counter)
    skills: Counter[str] = field(default_factory=Counter)
    needs: Counter[tuple[str, Need]] = field(default_factory=Counter)
    countries: Counter[str] = field(default_factory=Counter)
    cities: Counter[Place] = field(default_factory=Counter)
    published_spots: dict[Place, tuple[float, float]] = field(default_factory=dict)
    benefits: Counter[str] = field(default_factory=Counter)
    pay: dict[Pay, dict[tuple[str, str], array[float]]] = field(default_factory=dict)
    """Middles of the figures by what the post says beside: `("level", "senior")`, `("all", "")`."""
    unsettled: Counter[str] = field(default_factory=Counter)
    """Posts that speak of pay and do not settle it, by what they lack."""
    filled: Counter[str] = field(default_factory=Counter)
    evidenced: Counter[str] = field(default_factory=Counter)
    conflicts: Counter[str] = field(default_factory=Counter)

    @property
    def doubles(self) -> int:
        """Postings that are counted with another one."""
        return self.postings - self.jobs


def tally(store: Store, choice: Choice) -> Tally:
    """Count the jobs of a store. Raises `ReportError`.

    Memory: the numbers, a name for each employer, role, skill and place, and about 200 bytes a posting.
    """
    counted = Tally()
    with snapshot(store):
        counted.crawls, counted.since, counted.until = crawl_span(store)
        if counted.until is None:
            return counted
        recent_from = (instant(counted.until) - timedelta(weeks=choice.weeks)).isoformat().replace("+00:00", "Z")
        job_of: dict[str, int] = {}
        for number, job in enumerate(jobs(store, choice)):
            job_of.update(dict.fromkeys(job.ids, number))
            counted.known += 1
            counted.known_open += job.open
            names = {skill.name for skill in job.facts.stack}
            if job.first_seen_at >= recent_from:
                counted.recent_jobs += 1
                counted.recent.update(names)
            else:
                counted.before_jobs += 1
                counted.before.update(names)
            if job.open or not choice.open_only:
                count(counted, job)
        counted.history = read_history(turns(store), job_of, counted.until)
    return counted


@contextmanager
def snapshot(store: Store) -> Iterator[None]:
    """One state of the store throughout, whatever a crawl writes meanwhile."""
    store.db.execute("BEGIN")
    try:
        yield
    finally:
        store.db.execute("ROLLBACK")


def count(counted: Tally, job: Job) -> None:
    """Add one job."""
    facts = job.facts
    counted.jobs += 1
    counted.postings += len(job.ids)
    counted.boards[facts.board] += 1
    if name := facts.employer.name or facts.employer.slug:
        key = folded_name(name)
        counted.employers[key] += 1
        counted.employer_names.setdefault(key, plain(name))
    role = None
    if facts.role:
        role = facts.role.casefold()
        counted.roles[role] += 1
        counted.role_names.setdefault(role, plain(facts.role))
    counted.levels.update(facts.seniority)
    if facts.workplace:
        counted.workplaces[facts.workplace] += 1
    counted.employment.update(facts.employment)
    skills = {skill.name: skill.need for skill in reversed(facts.stack)}
    counted.skills.update(skills.keys())
    counted.needs.update(skills.items())
    countries = {place.country for place in job.places if place.country}
    counted.countries.update(countries)
    cities = {place for place in job.places if place.city}
    counted.cities.update(cities)
    for place in cities:
        if (spot := job.places[place]) is not None:
            counted.published_spots.setdefault(place, spot)
    counted.benefits.update({benefit.code for benefit in facts.benefits})
    count_pay(counted, facts, role, countries)
    counted.filled.update(facts.filled)
    counted.evidenced.update(name for name in facts.filled if name in EVIDENCED and facts.evidence.get(name))
    counted.conflicts.update(facts.conflicts)


def count_pay(counted: Tally, facts: Facts, role: str | None, countries: set[str]) -> None:
    """Add the pay of one job, in its own currency and period, under all that the post says beside it."""
    pay = facts.salary
    if pay is None:
        return
    figures = [figure for figure in (pay.min, pay.max) if figure is not None]
    lacks = [
        name for name, value in (("figure", figures), ("currency", pay.currency), ("period", pay.period)) if not value
    ]
    if lacks or pay.currency is None or pay.period is None:
        counted.unsettled["no settled " + " or ".join(lacks)] += 1
        return
    group = counted.pay.setdefault(Pay(pay.currency, pay.period, pay.gross is False), {})
    beside = [("all", "")]
    beside += [("level", level) for level in facts.seniority]
    beside += [("country", country) for country in sorted(countries)]
    beside += [("role", role)] if role else []
    for row in beside:
        group.setdefault(row, array("d")).append(sum(figures) / len(figures))


@lru_cache(65_536)
def folded_name(name: str) -> str:
    """What spellings of one employer's name share."""
    return employer_key({"name": name}) or name.casefold()
