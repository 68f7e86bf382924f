"""What time did to the postings: how many were open, came and went, week by week, and how long they stayed."""

from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from math import sqrt
from typing import Any

from scraper.report.facts import ReportError

MOST_WEEKS = 104
"""Weeks that are shown; the ones before are in the first count."""

Z = 1.96
"""Half-width of a 95 % interval in standard errors."""


@dataclass
class Week:
    """A week from its Monday: jobs that came, went and came back, those that a target's first crawl found, and
    how many were open at its end.
    """

    monday: date
    new: int = 0
    closed: int = 0
    reopened: int = 0
    found: int = 0
    open: int = 0
    end: date = date.max
    """Its last day: a Sunday, or that of the last crawl."""


@dataclass
class History:
    """Weeks without gaps, the oldest first; the days that jobs stayed: those that closed, those still open. `unknown`
    counts jobs whose beginning nobody saw.
    """

    weeks: list[Week]
    closed: Sequence[float]
    still_open: Sequence[float]
    unknown: int


@lru_cache(65_536)
def instant(at: str) -> datetime:
    """An instant as the store writes it. Raises `ReportError`."""
    try:
        found = datetime.fromisoformat(at)
    except (ValueError, TypeError):
        raise ReportError(f"the store has an event at {at!r}, which is no time; `rolecall verify` says more") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def read_history(turns: Iterable[Any], job_of: Mapping[str, int], until: str) -> History:
    """The history of jobs: `job_of` says of which job a posting is; turns of other postings are left out."""
    count = max(job_of.values(), default=-1) + 1
    showing = array("i", bytes(4 * count))
    began: list[datetime | None] = [None] * count
    ended: list[datetime | None] = [None] * count
    first_found = bytearray(count)
    weeks: dict[date, Week] = {}
    for turn in turns:
        job = job_of.get(turn["id"])
        if job is None:
            continue
        at = instant(turn["at"])
        monday = at.date() - timedelta(days=at.weekday())
        week = weeks.setdefault(monday, Week(monday))
        if turn["kind"] == "closed":
            showing[job] -= 1
            if showing[job] == 0:
                ended[job] = at
                week.closed += 1
            continue
        showing[job] += 1
        if began[job] is None:
            began[job] = at
            first_found[job] = turn["found"]
            week.found += turn["found"]
            week.new += not turn["found"]
        elif showing[job] == 1:
            week.reopened += 1
    now = instant(until)
    closed, still_open = array("d"), array("d")
    for job in range(count):
        start, end = began[job], ended[job]
        if start is not None and not first_found[job]:
            if showing[job] > 0:
                still_open.append(max(0.0, days(start, now)))
            elif end is not None:
                closed.append(max(0.0, days(start, end)))
    return History(filled(weeks, now.date()), closed, still_open, sum(first_found))


def days(start: datetime, end: datetime) -> float:
    """Time from one instant to another, in days."""
    return (end - start).total_seconds() / 86400


def filled(weeks: Mapping[date, Week], last: date) -> list[Week]:
    """Weeks without gaps, with how many were open at the end of each; the last `MOST_WEEKS`."""
    if not weeks:
        return []
    monday, end = min(weeks), max(*weeks, last - timedelta(days=last.weekday()))
    open_now, found = 0, []
    while monday <= end:
        week = weeks.get(monday) or Week(monday)
        open_now += week.new + week.found + week.reopened - week.closed
        week.open, week.end = open_now, min(monday + timedelta(days=6), max(last, monday))
        found.append(week)
        monday += timedelta(days=7)
    return found[-MOST_WEEKS:]


def median_stay(history: History) -> float | None:
    """Days after which half of the jobs have closed, by Kaplan and Meier: one that is still open counts for as long as
    it was watched. None where fewer than half have closed.
    """
    at_risk = len(history.closed) + len(history.still_open)
    left = 1.0
    for stay, is_closed in sorted([(d, 1) for d in history.closed] + [(d, 2) for d in history.still_open]):
        if is_closed == 1:
            left *= 1 - 1 / at_risk
            if left <= 0.5:
                return stay
        at_risk -= 1
    return None


def wilson(some: int, of: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson 1927)."""
    share, n = some / of, of
    middle = (share + Z * Z / (2 * n)) / (1 + Z * Z / n)
    half = Z / (1 + Z * Z / n) * sqrt(share * (1 - share) / n + Z * Z / (4 * n * n))
    return middle - half, middle + half


def differ(some: int, of: int, other: int, of_other: int) -> bool:
    """Whether two shares differ by more than chance: the 95 % interval of their difference leaves zero out
    (Newcombe 1998, method 10).
    """
    one, two = some / of, other / of_other
    (low_one, high_one), (low_two, high_two) = wilson(some, of), wilson(other, of_other)
    low = one - two - sqrt((one - low_one) ** 2 + (high_two - two) ** 2)
    high = one - two + sqrt((high_one - one) ** 2 + (two - low_two) ** 2)
    return low > 0 or high < 0
