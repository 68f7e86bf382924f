"""What happened to each target of a crawl, in counts and one word."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

LOSSES_NAMED = 20
"""How many losses a report spells out; the rest are counted."""

GOOD = frozenset({"ok", "empty"})


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
    held: int = 0
    total: int | None = None
    shrunk: bool = False
    resumed: bool = False
    stopped: str | None = None
    why: str | None = None
    losses: list[str] = field(default_factory=list)
    unread: Counter[str] = field(default_factory=Counter)
    conflicts: Counter[str] = field(default_factory=Counter)
    barren: int = 0
    events: Counter[str] = field(default_factory=Counter)
    keys: set[str] = field(default_factory=set, repr=False)

    def lose(self, what: str) -> None:
        """Name a loss: a page or a posting that was there and is not in the output."""
        if len(self.losses) < LOSSES_NAMED:
            self.losses.append(what)

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
        return not (
            self.stopped
            or self.lost_lists
            or self.rejected
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
        """The report as plain data."""
        names = (
            "requests",
            "pages",
            "found",
            "read",
            "known",
            "repeated",
            "closed",
            "rejected",
            "lost",
            "held",
            "total",
        )
        return {
            "target": self.target,
            "outcome": self.outcome,
            "why": self.explain(),
            **{name: getattr(self, name) for name in names},
            "events": dict(self.events),
            "losses": self.losses,
            "unread": dict(self.unread.most_common()),
            "conflicts": dict(self.conflicts.most_common()),
        }


def exit_code(reports: Iterable[TargetReport]) -> int:
    """0 done, 1 finished with losses, 3 blocked by the site and nothing else went wrong."""
    bad = {report.outcome for report in reports} - GOOD
    return 0 if not bad else 3 if bad == {"blocked"} else 1
