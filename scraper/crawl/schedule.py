"""Which targets are due, cooling down or retired: pure logic over what the store knows of earlier crawls."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

UNITS = {"m": 1, "h": 60, "d": 24 * 60, "w": 7 * 24 * 60}
"""Minutes of the units of a duration."""

LONGEST_COOLING = timedelta(days=30)
RETIRED_AFTER, RETIRED_SPAN = 10, timedelta(days=14)
"""A target rests for good after so many failures in a row, over at least so long."""

EARLY = "ended early: "
"""How the reason of a target begins that was cut off by us: such a target is due again at once."""

COME_BACK = re.compile(r"asks to come back after \d+ (?:min|h|d) \(([\dT:-]{16}Z)\)$")


def come_back(now: datetime, seconds: float) -> str:
    """That a site asks to be left alone for so long, a year at most, in words that `told_until` reads."""
    wait = timedelta(seconds=min(seconds, 365 * 86400))
    unit = next((unit for unit in "dh" if wait >= timedelta(minutes=2 * UNITS[unit])), "m")
    count = math.ceil(wait / timedelta(minutes=UNITS[unit]))
    until = now + wait + timedelta(minutes=1)  # its seconds are cut off
    return f"asks to come back after {count} {'min' if unit == 'm' else unit} ({until:%Y-%m-%dT%H:%MZ})"


def told_until(why: str | None) -> datetime | None:
    """When a site that asked to be left alone may be asked again."""
    try:
        return datetime.fromisoformat(found[1]) if (found := COME_BACK.search(why or "")) else None
    except ValueError:  # words of a page
        return None


def duration(text: str) -> timedelta:
    """`30m`, `6h`, `2d`, `1w` as a duration. Raises `ValueError`."""
    found = re.fullmatch(r"([1-9]\d{0,4})\s?([mhdw])", str(text).strip())
    if not found:
        raise ValueError(f"{text!r} is no duration, e.g. 30m, 6h, 2d, 1w")
    return timedelta(minutes=int(found[1]) * UNITS[found[2]])


@dataclass(frozen=True)
class Quiet:
    """Hours of every day in which nothing is asked for: `start` to `end`, over midnight where `end` is earlier."""

    start: time
    end: time
    zone: str

    def holds(self, at: datetime) -> bool:
        """Whether an instant lies in these hours."""
        now = at.astimezone(ZoneInfo(self.zone)).time()
        return self.start <= now < self.end if self.start < self.end else now >= self.start or now < self.end

    def next_start(self, at: datetime) -> datetime:
        """When they begin next, in UTC."""
        here = at.astimezone(ZoneInfo(self.zone))
        begins = datetime.combine(here.date(), self.start, here.tzinfo)
        if begins.astimezone(UTC) <= at:
            begins = datetime.combine(here.date() + timedelta(days=1), self.start, here.tzinfo)
        return begins.astimezone(UTC)

    def __str__(self) -> str:
        return f"{self.start:%H:%M}-{self.end:%H:%M} {self.zone}"


def quiet_hours(text: str) -> Quiet:
    """`22:00-06:00 Europe/Berlin` as quiet hours; without a zone they are of UTC. Raises `ValueError`."""
    found = re.fullmatch(r"(\d\d?:\d\d)\s?[-–]\s?(\d\d?:\d\d)(?:\s+(\S+))?", str(text).strip())
    try:
        if not found:
            raise ValueError
        start, end = (time.fromisoformat(part.zfill(5)) for part in found.groups()[:2])
    except ValueError:
        raise ValueError(f"{text!r} are no quiet hours, e.g. 22:00-06:00 Europe/Berlin") from None
    zone = found[3] or "UTC"
    try:
        ZoneInfo(zone)
    except (OSError, ValueError, KeyError):
        raise ValueError(f"{zone!r} is no time zone, e.g. Europe/Berlin") from None
    if start == end:
        raise ValueError(f"{text!r} begin when they end")
    return Quiet(start, end, zone)


@dataclass(frozen=True)
class Past:
    """What the store knows of a target: its last crawl, and its failures since one worked."""

    started: datetime
    outcome: str | None
    """None: its process ended before the crawl did."""
    why: str | None
    failures: int
    failing_since: datetime | None

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "Past":
        """From a row of `scraper.store.history.history`."""
        since = row["failing_since"]
        started, failing = (datetime.fromisoformat(at) if at else None for at in (row["started_at"], since))
        assert started is not None
        return cls(started, row["outcome"], row["why"], row["failures"], failing)


@dataclass(frozen=True)
class Standing:
    """Where a target stands. `state` is `new`, `due`, `waiting`, `cooling` or `retired`; `why` says more."""

    state: str
    due: datetime
    why: str


def standing(past: Past | None, every: timedelta, now: datetime) -> Standing:
    """Where a target stands, by its past.

    Due is the start of the last crawl and `every`. After failures in a row the wait doubles with each, up to 30 days.
    What a site asks for (`Retry-After`) is waited for, up to as long. What was cut off, by us or by a crash, is due at
    once. After 10 failures in a row over 14 days or more a target is retired, until a crawl of it works.
    """
    if past is None:
        return Standing("new", datetime.min.replace(tzinfo=UTC), "never crawled")
    if past.failures >= RETIRED_AFTER and past.failing_since and past.started - past.failing_since >= RETIRED_SPAN:
        why = f"{past.failures} failures in a row since {past.failing_since:%Y-%m-%d}, the last {past.outcome}"
        return Standing("retired", datetime.max.replace(tzinfo=UTC), f"{why}: {past.why}" if past.why else why)
    if past.outcome is None:
        return Standing("due", past.started, "its last crawl did not end")
    if (past.why or "").startswith(EARLY):
        return Standing("due", past.started, str(past.why))
    wait = every
    if past.failures:
        doubled = every * 2 ** min(past.failures, 20)
        wait = max(every, min(doubled, LONGEST_COOLING))
    due = past.started + wait
    if told := told_until(past.why):
        due = max(due, min(told, past.started + LONGEST_COOLING))
    if due <= now:
        return Standing("due", due, f"due since {due:%Y-%m-%d %H:%M}")
    if past.failures:
        return Standing("cooling", due, f"{past.failures} failures in a row, the last {past.outcome}")
    return Standing("waiting", due, "")
