"""Whether a target behaves as it always has: this crawl's report against those of its earlier crawls.

Pure: no clock, no store, no Scrapy. What is compared are the plain dicts of `TargetReport.as_dict()`. A rate is over
what was read in a crawl, which may be three postings or five thousand: it is judged by the beta-binomial law, whose
spread is taken from the target's own past, so that few reads make no alarm and a target that wavers may waver.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from math import exp, lgamma, log, sqrt
from statistics import median
from typing import Any, Literal

Report = Mapping[str, Any]
Key = tuple[str, str | None]

WINDOW = 40
"""Crawls that are the past: enough that one which read much is among them, where most read little."""

RECENT = 20
"""Crawls that counts and times are compared with."""

FIRST = 3
"""Crawls of a target in which nothing is compared: there is no habit yet."""

FIRST_OF_STREAM = 14
"""The same for the volume of a board that tells what changed: its weekends must have been seen."""

ACCEPTED_AFTER = 10
"""Crawls after which what an alarm told of is the new habit."""

CHANCE = 1e-5
"""How likely a rate may be by chance and still be an alarm; some thirty are judged in each crawl."""

WORKED = frozenset({"ok", "empty", "partial"})

PLENTY = 5
"""Postings whose absence all at once is no employer's month without a vacancy."""


@dataclass(frozen=True)
class Alarm:
    """What is not as it was. `was` and `now` are rates (0 to 1), counts, seconds or words, by kind."""

    kind: Literal[
        "outcome", "volume", "fill", "takeover", "unread", "rejects", "lost", "conflicts", "latency", "duration"
    ]
    target: str
    field: str | None
    was: float | str | None
    now: float | str | None
    text: str
    """What was seen, and what it was before."""
    advice: str = ""
    """What to do about it."""
    severity: Literal["bad", "notice"] = "bad"
    """`bad`: postings or values are missing or wrong. `notice`: worth a look by day."""
    state: Literal["new", "lasting", "cleared", "accepted"] = "new"
    """`accepted`: it has lasted for `ACCEPTED_AFTER` crawls and counts as the target's habit from now on."""
    since: str | None = None
    """The run that raised it; None: this one."""

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def alarms(history: Sequence[Report], now: Report) -> list[Alarm]:
    """What differs in this crawl of a target from its earlier ones (newest last), the gravest first.

    An alarm that an earlier crawl raised comes back as `lasting` with its `since`, then as `cleared` (or `accepted`).
    """
    past = history[-WINDOW:]
    raised = {(alarm.kind, alarm.field): alarm for alarm in [*outcomes(past, now), *compared(past, now)]}
    before = {(said["kind"], said["field"]): said for said in (past[-1].get("alarms") or [] if past else [])}
    found: list[Alarm] = []
    for key, said in before.items():
        old = Alarm(**{**said, "since": said["since"] or past[-1].get("run"), "state": "lasting"})
        alarm = raised.pop(key, None)
        if key[0] != "outcome" and lasted(past, key) >= ACCEPTED_AFTER:
            advice = f"it was so for {ACCEPTED_AFTER} crawls: from now on that is its habit"
            found.append(replace(old, state="accepted", advice=advice))
        elif alarm is not None:
            found.append(replace(alarm, state="lasting", since=old.since))
        elif is_over(old, now):
            found.append(replace(old, state="cleared"))
        else:
            found.append(old)
    found += raised.values()
    order = {"new": 0, "lasting": 1, "cleared": 2, "accepted": 3}
    return sorted(found, key=lambda a: (order[a.state], a.severity != "bad", KINDS.index(a.kind), a.field or ""))


KINDS = ("outcome", "volume", "fill", "takeover", "rejects", "lost", "conflicts", "unread", "latency", "duration")


def compared(past: Sequence[Report], now: Report) -> Iterator[Alarm]:
    """The alarms that come of comparing numbers."""
    if len(past) >= FIRST and now["outcome"] in WORKED:
        for compare in (volume, fills, takeovers, rejects, lost, conflicts, unread, slowness):
            yield from compare(past, now)


# -- what came of it --------------------------------------------------------------------------------------------------


def outcomes(past: Sequence[Report], now: Report) -> Iterator[Alarm]:
    """A target that cannot be crawled, or that shows nothing where it showed plenty. Said from the first crawl on."""
    target, outcome = now["target"], now["outcome"]
    worked = [run for run in past if run["outcome"] in WORKED]
    if outcome not in WORKED:
        was = worked[-1]["outcome"] if worked else None
        yield Alarm("outcome", target, None, was, outcome, f"{outcome}: {now.get('why') or 'no reason is known'}")
    elif outcome == "empty" and not now.get("stream"):
        shown = [run["found"] for run in usual(worked, ("outcome", None))]
        if shown and min(median(shown[-5:]), shown[-1]) >= PLENTY:
            text = f"shows no posting at all, {shown[-1]} in the crawl before"
            yield Alarm("outcome", target, None, shown[-1], outcome, text, "open the site; its list may have moved")


# -- how much ---------------------------------------------------------------------------------------------------------


def all_listed(run: Report) -> bool:
    """Whether `found` is what the target lists: no page of the list was lost, nothing was cut short."""
    return run["outcome"] in WORKED and bool(run.get("listed", True))


def volume(past: Sequence[Report], now: Report) -> Iterator[Alarm]:
    """Fewer postings than the worst day of this target would explain."""
    shown = [run["found"] for run in usual(past[-RECENT:], ("volume", None)) if all_listed(run)]
    if not all_listed(now) or len(shown) < (FIRST_OF_STREAM if now.get("stream") else FIRST) or not now["found"]:
        return
    usually, found = median(shown[-3:]), now["found"]
    falls = [1 - shown[n] / median(shown[max(0, n - 3) : n]) for n in range(1, len(shown)) if median(shown[:n][-3:])]
    worst = max([0.0, *falls])
    fall = 1 - found / usually if usually else 0.0
    # On this scale a count's own noise is about 1, whatever its size (Anscombe, 1948).
    steps = 2 * (sqrt(usually + 0.375) - sqrt(found + 0.375))
    if fall >= max(0.25, 1.5 * worst + 0.05) and steps >= 3:
        text = f"{found} postings, {usually:g} before ({percent(fall)} fewer; never more than {percent(worst)} at once)"
        advice = "open the site's list and count; its paging or a filter may have changed"
        yield Alarm("volume", now["target"], None, usually, found, text, advice)


# -- shares -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Habit:
    """How often something was so in the past: the pooled share and how much it wavers from crawl to crawl."""

    rows: list[tuple[int, int]]
    share: float
    strength: float
    """`alpha + beta` of the beta law of a crawl's share: small where it wavers."""

    def near(self, n: int) -> list[float]:
        """Shares of the crawls that read about as much as `n`, or more."""
        return [k / of for k, of in self.rows if of >= max(5, n / 3)]

    def at_most(self, k: int, n: int) -> float:
        """How likely `k` of `n` or fewer are."""
        return beta_binomial(k, n, self.share, self.strength)

    def at_least(self, k: int, n: int) -> float:
        """How likely `k` of `n` or more are."""
        return beta_binomial(n - k, n, 1 - self.share, self.strength)


def habit(rows: list[tuple[int, int]]) -> Habit:
    """The habit behind `(k, n)` of each crawl; its wavering is estimated by moments, and shrunk to a usual one."""
    rows = [(k, n) for k, n in rows if n > 0]
    total = sum(n for _, n in rows)
    share = (sum(k for k, _ in rows) + 0.5) / (total + 1)
    spread = sum(n * (k / n - share) ** 2 for k, n in rows) / (share * (1 - share))
    wavering = min(0.9, max(0.0, (spread - len(rows)) / max(1, total - len(rows))))
    wavering = max(0.004, (len(rows) * wavering + 4 * 0.02) / (len(rows) + 4))
    return Habit(rows, share, 1 / wavering - 1)


def beta_binomial(k: int, n: int, share: float, strength: float) -> float:
    """How likely `k` of `n` or fewer are where each crawl's share is drawn from a beta law."""
    a, b = share * strength, (1 - share) * strength
    fixed = lgamma(n + 1) + lgamma(a + b) - lgamma(a) - lgamma(b) - lgamma(n + a + b)
    terms = (
        lgamma(i + a) + lgamma(n - i + b) - lgamma(i + 1) - lgamma(n - i + 1) for i in range(max(0, k - 400), k + 1)
    )
    return min(1.0, sum(exp(fixed + term) for term in terms))


def fills(past: Sequence[Report], now: Report) -> Iterator[Alarm]:
    """A field that is read in far fewer postings than before."""
    n = now["read"]
    if n < FIRST:
        return
    for field in sorted({field for run in past for field in run.get("filled") or ()}):
        runs = [run for run in usual(past, ("fill", field)) if run.get("filled")]
        was = habit([(min(run["filled"].get(field, 0), run["read"]), run["read"]) for run in runs])
        k = min(now["filled"].get(field, 0), n)
        rate = k / n
        fell = rate <= 0.6 * was.share or was.share - rate >= 0.25
        if not fell or sum(of for _, of in was.rows) < 20 or rate >= min(was.near(n), default=1.0):
            continue
        if was.at_most(k, n) < CHANCE:
            text = f"{field} fell: in {percent(rate)} of {n} posts read, {percent(was.share)} before{least(was, n)}"
            advice = "compare a post of the site with `rolecall show`; it may stand elsewhere now" + reader(past, now)
            yield Alarm("fill", now["target"], field, round(was.share, 4), round(rate, 4), text, advice)


def takeovers(past: Sequence[Report], now: Report) -> Iterator[Alarm]:
    """One value in nearly all postings, in a field where values differed."""
    for field, top in sorted((now.get("top") or {}).items()):
        k, n = most_frequent(now, field)
        if n < 10 or k / n < 0.8:
            continue
        rows = [or_of_all(run, field) for run in usual(past, ("takeover", field))]
        several = [row for row in rows if row[1] >= 5]  # of one or two, one value always has all
        was = habit(several if sum(of for _, of in several) >= 20 else [row for row in rows if row[1] > 1])
        if sum(of for _, of in was.rows) < 20 or k / n <= max(was.near(n), default=was.share):
            continue
        if was.at_least(k, n) < CHANCE:
            text = f"{field} is {top['value']!r} in {percent(k / n)} of {n} posts; no value had more than "
            text += f"{percent(max(was.near(n), default=was.share))} before"
            advice = f"it may be read from the wrong place: see a post with `rolecall show`{reader(past, now)}"
            yield Alarm("takeover", now["target"], field, round(was.share, 4), round(k / n, 4), text, advice)


def most_frequent(run: Report, field: str) -> tuple[int, int]:
    """How many postings of how many hold a field's most frequent value."""
    top = (run.get("top") or {}).get(field) or {"count": 0, "of": 0}
    k, n = top["count"], top["of"]
    if field == "published_at":  # those that are new since the last crawl share their date
        new = (run.get("events") or {}).get("new", 0)
        return max(0, k - new), max(0, n - new)
    return k, n


def or_of_all(run: Report, field: str) -> tuple[int, int]:
    """As `most_frequent`, but of all where all is new, as in a first crawl."""
    row = most_frequent(run, field)
    top = (run.get("top") or {}).get(field)
    return (top["count"], top["of"]) if top and not row[1] else row


def rose(was: Habit, k: int, n: int, from_share: float) -> bool:
    """Whether a share that should be small has grown beyond its past."""
    rate = k / n if n else 0.0
    if k < 3 or rate < max(from_share, 2 * was.share + 0.02) or rate <= 1.2 * max(was.near(n), default=0.0):
        return False
    return was.at_least(k, n) < CHANCE


def rejects(past: Sequence[Report], now: Report) -> Iterator[Alarm]:
    """Records that break the contract."""
    k, n = now["rejected"], now["read"] + now["rejected"]
    was = habit([(run["rejected"], run["read"] + run["rejected"]) for run in usual(past, ("rejects", None))])
    if rose(was, k, n, 0.05):
        why = next(iter(now.get("rejected_because") or ()), "")
        text = f"{k} of {n} records refused ({percent(was.share)} before), mostly {why!r}"
        advice = f"see rejects.jsonl{reader(past, now)}"
        yield Alarm("rejects", now["target"], None, round(was.share, 4), round(k / n, 4), text, advice)


def lost(past: Sequence[Report], now: Report) -> Iterator[Alarm]:
    """Pages that did not come or could not be read."""
    k, n = now["lost"], now["pages"] + now["lost"]
    was = habit([(run["lost"], run["pages"] + run["lost"]) for run in usual(past, ("lost", None))])
    if rose(was, k, n, 0.05):
        what = next(iter(now.get("losses") or ()), "see the losses")
        text = f"{k} of {n} pages lost ({percent(was.share)} before), e.g. {what}"
        advice = "see whether these pages open in a browser"
        yield Alarm("lost", now["target"], None, round(was.share, 4), round(k / n, 4), text, advice)


def conflicts(past: Sequence[Report], now: Report) -> Iterator[Alarm]:
    """Fields whose sources have begun to disagree: one of them is read from the wrong place."""
    n = now["read"]
    for field, k in sorted((now.get("conflicts") or {}).items()):
        runs = usual(past, ("conflicts", field))
        was = habit([((run.get("conflicts") or {}).get(field, 0), run["read"]) for run in runs])
        if sum(of for _, of in was.rows) >= 20 and rose(was, min(k, n), n, 0.1):
            text = f"{field}: sources disagree in {percent(k / n)} of {n} posts, {percent(was.share)} before"
            advice = f"see both in the evidence, `rolecall show`{reader(past, now)}"
            yield Alarm("conflicts", now["target"], field, round(was.share, 4), round(k / n, 4), text, advice)


def unread(past: Sequence[Report], now: Report) -> Iterator[Alarm]:
    """Keys that the site's data did not have before, in a good part of it: a field has been added or renamed."""
    n = now["read"]
    fresh: dict[str, dict[str, int]] = {}
    for key, k in (now.get("unread") or {}).items():
        if n and k >= max(3, 0.2 * n):
            fresh.setdefault(key.split(".")[0], {})[key] = k
    for name, keys in sorted(fresh.items()):
        runs = [run for run in usual(past, ("unread", name)) if "unread" in run]
        seen = {key for run in runs for key in run.get("unread") or ()}
        known = {key.split(".")[0] for key in seen}
        new = {key: k for key, k in keys.items() if key not in seen and (name not in known or "." in key)}
        was = habit([(0, run["read"]) for run in runs])
        if new and sum(of for _, of in was.rows) >= 20 and was.at_least(max(new.values()), n) < CHANCE:
            most = max(new.values())
            text = f"new in the site's data and read by nothing: {', '.join(sorted(new)[:5])} (in {most} of {n})"
            advice = "see whether a slot should take it"
            yield Alarm("unread", now["target"], name, 0.0, round(most / n, 4), text, advice, "notice")


# -- time -------------------------------------------------------------------------------------------------------------


def slowness(past: Sequence[Report], now: Report) -> Iterator[Alarm]:
    """Replies that take far longer than ever, or a crawl that does although they do not."""
    waited = [run["latency"]["median"] for run in usual(past[-RECENT:], ("latency", None)) if run.get("latency")]
    wait = (now.get("latency") or {}).get("median", 0.0)
    if len(waited) >= FIRST and wait > max(3 * median(waited), 1.5 * max(waited), median(waited) + 0.5):
        text = f"replies take {wait:.1f} s, {median(waited):.1f} s before"
        advice = "the site is busy or slows us: crawl it slower, or at another hour"
        yield Alarm("latency", now["target"], None, median(waited), wait, text, advice, "notice")
        return
    paces = [pace for run in usual(past[-RECENT:], ("duration", None)) if (pace := seconds_a_request(run))]
    pace = seconds_a_request(now)
    if pace and len(paces) >= FIRST and now["seconds"] >= 60 and pace > max(3 * median(paces), 1.5 * max(paces)):
        text = f"took {now['seconds']:.0f} s for {now['requests']} requests, {pace:.2f} s each ({median(paces):.2f} s "
        text += "before)"
        advice = "look for waits (Retry-After), retries, or too little of this machine"
        yield Alarm("duration", now["target"], None, round(median(paces), 3), round(pace, 3), text, advice, "notice")


def seconds_a_request(run: Report) -> float | None:
    """How long a crawl took for each of its requests."""
    return run["seconds"] / run["requests"] if run.get("seconds") and run["requests"] else None


# -- alarms of earlier crawls -----------------------------------------------------------------------------------------


def usual(past: Sequence[Report], key: Key) -> list[Report]:
    """The crawls that say what is usual: those that worked and did not raise this alarm; and those that did, where what
    it told of was accepted.
    """
    found: list[Report] = []
    accepted = False
    for run in reversed(past):
        alarmed = any((said["kind"], said["field"]) == key for said in run.get("alarms") or ())
        if not alarmed:
            ends = [said["state"] for said in run.get("cleared") or () if (said["kind"], said["field"]) == key]
            accepted = "accepted" in ends
        if run["outcome"] in WORKED and (accepted or not alarmed):
            found.append(run)
    return found[::-1]


def lasted(past: Sequence[Report], key: Key) -> int:
    """In how many crawls, up to the last one, an alarm stood."""
    count = 0
    for run in reversed(past):
        if not any((said["kind"], said["field"]) == key for said in run.get("alarms") or ()):
            break
        count += 1
    return count


def is_over(alarm: Alarm, now: Report) -> bool:
    """Whether this crawl shows that an alarm is over; one that read too little shows nothing."""
    if now["outcome"] not in WORKED:
        return False
    if alarm.kind not in SHARES:
        return alarm.kind != "latency" or bool(now.get("latency"))
    k, n = SHARES[alarm.kind](alarm, now)
    was, then = (min(0.995, max(0.005, float(share or 0))) for share in (alarm.was, alarm.now))
    # Ten times as likely under the old habit as under the fault.
    return k * log(was / then) + (n - k) * log((1 - was) / (1 - then)) > log(10)


def of_key(alarm: Alarm, now: Report) -> int:
    """How many records hold an unread key."""
    return max((k for key, k in (now.get("unread") or {}).items() if key.split(".")[0] == alarm.field), default=0)


SHARES: dict[str, Callable[[Alarm, Report], tuple[int, int]]] = {
    "fill": lambda alarm, now: (min((now.get("filled") or {}).get(alarm.field, 0), now["read"]), now["read"]),
    "takeover": lambda alarm, now: most_frequent(now, alarm.field or ""),
    "rejects": lambda alarm, now: (now["rejected"], now["read"] + now["rejected"]),
    "lost": lambda alarm, now: (now["lost"], now["pages"] + now["lost"]),
    "conflicts": lambda alarm, now: (min((now.get("conflicts") or {}).get(alarm.field, 0), now["read"]), now["read"]),
    "unread": lambda alarm, now: (min(of_key(alarm, now), now["read"]), now["read"]),
}


# -- words ------------------------------------------------------------------------------------------------------------


def percent(share: float) -> str:
    """A share as people read it."""
    return f"{100 * share:.0f} %" if share >= 0.1 or share == 0 else f"{100 * share:.1f} %"


def least(was: Habit, n: int) -> str:
    """The lowest share that was ever seen, where it tells more than the usual one."""
    low = min(was.near(n), default=was.share)
    return f" (never below {percent(low)})" if low < was.share - 0.02 else ""


def reader(past: Sequence[Report], now: Report) -> str:
    """A hint at ourselves, where Rolecall has changed since the last crawl."""
    before, version = past[-1].get("version"), now.get("version")
    return f"; Rolecall went from {before} to {version} in between" if before and version and before != version else ""
