"""What happened to each target of a crawl, in counts and one word. What it keeps of a target is bounded."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from random import Random
from statistics import quantiles
from typing import Any

from scraper import __version__
from scraper.contacts import found as contacts_in
from scraper.posting import Posting

LOSSES_NAMED = 20
"""How many losses a report spells out; the rest are counted."""

REASONS_COUNTED, KEYS_COUNTED = 20, 200
"""How many reasons of rejects, and unread keys, are counted one by one."""

SAMPLE = 128
"""Latencies that are kept of a target, each as likely as another."""

MOST_VALUES = 12
"""Candidates for a field's most frequent value: any value of more than a thirteenth of the records is among them."""

GOOD = frozenset({"ok", "empty"})


def tells_more(outcome: str, alarm: Mapping[str, Any]) -> bool:
    """Whether an alarm of a target says more than a bad outcome of it does."""
    return alarm["kind"] != "outcome" or outcome in GOOD


FILLED = tuple(
    """apply_url role remote_from relocation visa_sponsorship employment experience stack benefits languages departments
    updated_at expires_at""".split()
)
"""Fields whose fill is counted, beside those of `VALUES`, which speak for `locations` and `pay_ranges`."""


def described(posting: Posting) -> str | None:
    """A description in a few letters: the same ones for the same text."""
    return hashlib.blake2b(posting.description.encode(), digest_size=6).hexdigest() if posting.description else None


def paid(posting: Posting) -> str | None:
    """The pay in one text."""
    pay = posting.salary
    return f"{pay.min} to {pay.max} {pay.currency} a {pay.period}" if pay else None


VALUES: dict[str, Callable[[Posting], str | None]] = {
    "title": lambda p: p.title,
    "employer": lambda p: p.employer.name,
    "location": lambda p: p.locations[0].text if p.locations else None,
    "country": lambda p: p.locations[0].country if p.locations else None,
    "city": lambda p: p.locations[0].city if p.locations else None,
    "workplace": lambda p: p.workplace,
    "seniority": lambda p: p.seniority[0] if p.seniority else None,
    "salary": paid,
    "published_at": lambda p: p.published_at and p.published_at[:10],
    "language": lambda p: p.language,
    "description": described,
}
"""Fields of which the most frequent value is kept: one value for all posts is a reader that reads the wrong place."""


class Frequent:
    """Finds the most frequent of many values in little space (Misra and Gries, 1982): a value of a large share is
    always found, its count falls short by at most a thirteenth of the rest.
    """

    __slots__ = ("counts", "of")

    def __init__(self) -> None:
        self.counts: dict[str, int] = {}
        self.of = 0

    def add(self, value: str) -> None:
        self.of += 1
        if value in self.counts or len(self.counts) < MOST_VALUES:
            self.counts[value] = self.counts.get(value, 0) + 1
        else:
            self.counts = {other: count - 1 for other, count in self.counts.items() if count > 1}

    def top(self) -> dict[str, Any]:
        """`{"value": …, "count": …, "of": …}`."""
        value = max(self.counts, key=lambda value: (self.counts[value], value), default=None)
        return {"value": value and value[:80], "count": self.counts.get(value or "", 0), "of": self.of}


@dataclass
class TargetReport:
    """Counts of one target. `outcome` is one of `ok, partial, empty, refused, blocked, login, needs-key, looped,
    broken, moved`; `why` says in one line what was seen and what may be done.
    """

    target: str
    requests: int = 0
    answered: int = 0
    pages: int = 0
    found: int = 0
    read: int = 0
    known: int = 0
    repeated: int = 0
    closed: int = 0
    rejected: int = 0
    lost: int = 0
    lost_lists: int = 0
    stream: bool = False
    """Whether the board tells what changed and not what is there."""
    held: int = 0
    total: int | None = None
    shrunk: bool = False
    resumed: bool = False
    stopped: str | None = None
    why: str | None = None
    losses: list[str] = field(default_factory=list)
    unread: Counter[str] = field(default_factory=Counter)
    conflicts: Counter[str] = field(default_factory=Counter)
    contacts: Counter[str] = field(default_factory=Counter)
    """People's contacts in the texts that were read, by kind."""
    barren: int = 0
    events: Counter[str] = field(default_factory=Counter)
    keys: set[str] = field(default_factory=set, repr=False)
    bytes: int = 0
    """Bytes of replies, as they came over the line."""
    began: float | None = None
    ended: float | None = None
    """Seconds of a clock that only runs forward: the first request, the last reply."""
    latencies: list[float] = field(default_factory=list, repr=False)
    timed: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    filled: Counter[str] = field(default_factory=Counter)
    values: dict[str, Frequent] = field(default_factory=dict, repr=False)
    open: int | None = None
    """Postings of the target that are open in the store at the end."""
    alarms: list[dict[str, Any]] = field(default_factory=list)
    cleared: list[dict[str, Any]] = field(default_factory=list)

    def lose(self, what: str) -> None:
        """Name a loss: a page or a posting that was there and is not in the output."""
        if len(self.losses) < LOSSES_NAMED:
            self.losses.append(what)

    def reject(self, reason: str) -> None:
        """Count a record that breaks the contract, by its reason."""
        self.rejected += 1
        self.lose(f"rejected: {reason}")
        reason = reason[:120]
        known = reason in self.reasons or len(self.reasons) < REASONS_COUNTED
        self.reasons[reason if known else "another reason"] += 1

    def count(self, posting: Posting, unread: set[str]) -> None:
        """Count what was read of a posting, and the keys that nothing has read."""
        self.read += 1
        self.conflicts.update(posting.conflicts)
        self.contacts.update(contacts_in(posting.description))
        for key in unread:
            if key in self.unread or len(self.unread) < KEYS_COUNTED:
                self.unread[key] += 1
        said, filled = posting.__dict__, self.filled
        for name in FILLED:
            if (value := said[name]) or value is False:
                filled[name] += 1
        for name, value_of in VALUES.items():
            if value := value_of(posting):
                if name not in self.values:
                    self.values[name] = Frequent()
                self.values[name].add(value)

    def replied(self, now: float, seconds: float | None, size: int) -> None:
        """A reply came at `now` of a clock that only runs forward, `seconds` after its request, with so many bytes."""
        self.ended = now
        self.bytes += size
        if seconds is None:
            return
        self.timed += 1
        if len(self.latencies) < SAMPLE:
            self.latencies.append(seconds)
        elif (place := CHANCE.randrange(self.timed)) < SAMPLE:
            self.latencies[place] = seconds

    def latency(self) -> dict[str, float] | None:
        """Median and 95th percentile of the seconds that a reply took to begin."""
        if not self.latencies:
            return None
        parts = quantiles(self.latencies * 2 if len(self.latencies) == 1 else self.latencies, n=20, method="inclusive")
        return {"median": round(parts[9], 3), "p95": round(parts[18], 3)}

    def stop(self, outcome: str, why: str) -> None:
        """End the target with an outcome; the first one stays."""
        if self.stopped is None:
            self.stopped, self.why = outcome, why

    @property
    def pending(self) -> int:
        """Requests that have not been answered."""
        return self.requests - self.answered

    @property
    def whole(self) -> bool:
        """Whether all that the target lists was seen: what is absent then is gone."""
        return self.listed and not self.rejected

    @property
    def listed(self) -> bool:
        """Whether `found` is the number of postings that the target lists."""
        return not (
            self.stopped
            or self.lost_lists
            or self.shrunk
            or self.resumed
            or self.pending
            or not self.requests
            or (self.total or 0) > len(self.keys)
        )

    @property
    def outcome(self) -> str:
        """The target in one word."""
        if self.stopped:
            return self.stopped
        if not self.requests:
            return "broken"
        if self.total and not self.keys:
            return "refused"
        if self.lost or self.rejected or self.shrunk or self.pending > 0 or (self.total or 0) > len(self.keys):
            return "partial"
        return "ok" if self.keys else "empty"

    def line(self) -> str:
        """The target in one line."""
        counts = {
            "found": self.found,
            "read": self.read,
            "known": self.known,
            "new": self.events["new"],
            "changed": self.events["changed"],
            "reopened": self.events["reopened"],
            "closed": max(self.closed, self.events["closed"]),
            "held": self.held,
            "rejected": self.rejected,
            "lost": self.lost,
        }
        said = ", ".join(f"{count} {name}" for name, count in counts.items() if count or name in ("found", "read"))
        return f"{self.target}: {self.outcome}: {said}" + (f": {self.explain()}" if self.explain() else "")

    def explain(self) -> str | None:
        """Why the outcome is what it is, where that is not plain from the counts."""
        if self.why:
            return self.why
        if not self.requests:
            return "the board asked for no page"
        if self.outcome == "refused":
            return f"the site says {self.total} postings and shows none; try later or slower"
        if self.pending > 0:
            return f"{self.pending} requests were not answered: the crawl was stopped early"
        if self.shrunk:
            return "the advertised total shrank while its pages were read"
        if (self.total or 0) > len(self.keys):
            return f"the site says {self.total} postings, {len(self.keys)} were seen"
        return None

    def as_dict(self) -> dict[str, Any]:
        """The report as plain data: what the store keeps of a crawl, and what `scraper.health` compares."""
        names = """requests pages bytes found read known repeated rejected lost lost_lists held total open""".split()
        tops = {name: values.top() for name, values in self.values.items()}
        seconds = None if self.began is None else round((self.ended or self.began) - self.began, 3)
        return {
            "target": self.target,
            "version": __version__,
            "outcome": self.outcome,
            "why": self.explain(),
            "stream": self.stream,
            "listed": self.listed,
            **{name: getattr(self, name) for name in names},
            "closed": max(self.closed, self.events["closed"]),
            "events": dict(self.events),
            "seconds": seconds,
            "latency": self.latency(),
            "filled": dict(sorted((self.filled + Counter({name: top["of"] for name, top in tops.items()})).items())),
            "top": tops,
            "rejected_because": dict(self.reasons.most_common()),
            "losses": self.losses,
            "unread": dict(self.unread.most_common()),
            "conflicts": dict(self.conflicts.most_common()),
            "contacts": dict(sorted(self.contacts.items())),
            "alarms": self.alarms,
            "cleared": self.cleared,
        }


CHANCE = Random(0)
"""Which latencies stay in a sample."""


def exit_code(reports: Iterable[TargetReport]) -> int:
    """0 done, 1 finished with losses, 3 blocked by the site and nothing else went wrong."""
    bad = {report.outcome for report in reports} - GOOD
    return 0 if not bad else 3 if bad == {"blocked"} else 1
