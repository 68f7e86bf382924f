"""Invented crawl histories of targets that are well, and what goes wrong with them: seeded, so that a seed is a case.

A `Source` is a stock of postings of which the counts are kept: how many there are, how many have each field, each
field's most frequent value, each unread key. A day brings new ones in batches and takes some away.
"""

from collections.abc import Callable
from random import Random
from typing import Any

Report = dict[str, Any]

TOPS = ("title", "employer", "location", "country", "workplace", "salary", "published_at", "language", "description")


def binomial(random: Random, n: int, p: float) -> int:
    if n <= 50:
        return sum(random.random() < p for _ in range(n))
    return min(n, max(0, round(random.gauss(n * p, (n * p * (1 - p)) ** 0.5))))


def wavering(random: Random, p: float, strength: float) -> float:
    """A share around `p`: a batch of postings of one employer is more alike than postings are."""
    return p if p in (0, 1) else random.betavariate(max(0.01, p * strength), max(0.01, (1 - p) * strength))


class Source:
    """A target that is well."""

    def __init__(self, seed: int) -> None:
        self.random = random = Random(seed)
        self.target = f"invented:{seed}"
        self.size = random.choice(
            [random.randint(3, 8), random.randint(10, 100), random.randint(100, 1000), random.randint(1000, 5000)]
        )
        self.incremental = random.random() < 0.5
        """Whether known postings are not read again."""
        self.churn = random.uniform(0.003, 0.04)
        self.growth = random.choice([0.0, 0.0, 0.01, -0.006])
        self.season = random.choice([0.0, 0.0, 0.3])
        self.alike = random.uniform(15, 120)
        self.latency = random.uniform(0.08, 1.5)
        self.clumsy = random.choice([0.0, 0.0, 0.01])
        """Share of records that are refused."""
        self.p = {f"field{n}": random.betavariate(0.6, 0.6) for n in range(14)} | dict.fromkeys(TOPS, 0.9)
        self.p |= {"title": 1.0, "description": 1.0, "salary": random.uniform(0.1, 0.9)}
        self.most = {name: random.uniform(0.03, 0.6) for name in TOPS}
        self.most |= {"title": 0.05, "description": 0.01, "language": random.uniform(0.6, 1.0)}
        self.most["employer"] = random.choice([1.0, random.uniform(0.05, 0.5)])
        self.keys = {f"key{n}": random.betavariate(0.3, 0.5) for n in range(20)}
        self.clash = {name: random.choice([0.0, random.uniform(0, 0.08)]) for name in ("salary", "workplace")}
        self.day = random.randrange(7)
        self.n = 0
        self.stock = self.batch(self.size)

    def batch(self, n: int) -> dict[str, int]:
        """So many new postings: how many have what."""
        found = {"n": n}
        for kind, shares in (("filled", self.p), ("unread", self.keys), ("conflict", self.clash)):
            for name, p in shares.items():
                found[f"{kind} {name}"] = binomial(self.random, n, wavering(self.random, p, self.alike))
        for name, share in self.most.items():
            of = found[f"filled {name}"]
            found[f"top {name}"] = max(binomial(self.random, of, wavering(self.random, share, self.alike)), min(of, 1))
        return found

    def take(self, n: int) -> dict[str, int]:
        """So many of the stock, whichever."""
        whole = self.stock["n"]
        if n >= whole:
            return dict(self.stock)
        found = {name: binomial(self.random, n, min(1.0, k / whole)) for name, k in self.stock.items()}
        return found | {"n": n}

    def turn(self) -> dict[str, int]:
        """A day passes: what is new. Most of it comes on working days, some days bring or end a campaign."""
        random, n = self.random, self.stock["n"]
        self.day += 1
        busy = 0.15 if self.day % 7 > 4 else 1.3
        wave = 1 + self.season * (1 if self.day % 120 < 60 else -1)
        come = binomial(random, max(n, 2) * 2, min(0.5, self.churn * busy * wave * (1 + self.growth) / 2))
        if random.random() < 0.03:
            come += round(n * random.uniform(0.05, 0.2))
        gone = self.take(min(n - 1, binomial(random, n, self.churn * busy * (1 - self.growth))))
        if random.random() < 0.01:
            gone = self.take(round(n * random.uniform(0.05, 0.2)))
        new = self.batch(come)
        self.stock = {name: max(0, k - gone.get(name, 0)) + new[name] for name, k in self.stock.items()}
        return new

    def crawl(self, whole: bool = False) -> Report:
        """A day, and the report of its crawl; `whole`: all is read again."""
        random, first = self.random, self.n == 0
        new = self.stock if first else self.turn()
        self.n += 1
        found = self.stock["n"]
        everything = first or whole or not self.incremental or random.random() < 0.03
        read = self.stock if everything else dict(new)
        if not everything and (again := self.take(binomial(random, found, 0.01)))["n"]:
            read = {name: k + again[name] for name, k in read.items()}
        dated = read["filled published_at"]
        if not everything:
            read["top published_at"] = min(dated, max(new["filled published_at"], read["top published_at"]))
        n = read["n"]
        rejected = binomial(random, n, self.clumsy)
        pages = max(1, found // 50) + (n if self.incremental else 0)
        lost = binomial(random, pages, 0.3 * self.clumsy)
        wait = self.latency * random.lognormvariate(0, 0.25)
        report: Report = {
            "target": self.target,
            "run": f"run{self.n:03}",
            "version": "1",
            "outcome": "partial" if lost or rejected else "ok",
            "why": None,
            "requests": pages + lost,
            "pages": pages,
            "bytes": 9000 * pages,
            "found": found,
            "read": n - rejected,
            "known": found - n,
            "rejected": rejected,
            "rejected_because": {"title: too short": rejected} if rejected else {},
            "lost": lost,
            "listed": True,
            "losses": ["https://x.example/1: HTTP 404"] * min(lost, 3),
            "total": None,
            "events": {"new": new["n"]},
            "seconds": pages * (wait + 0.5) * random.lognormvariate(0, 0.1),
            "latency": {"median": wait, "p95": wait * 2.5},
            "filled": {k.split()[1]: min(v, n - rejected) for k, v in read.items() if k.startswith("filled") and v},
            "top": {
                name: {"value": f"{name} 1", "count": min(read[f"top {name}"], read[f"filled {name}"]), "of": of}
                for name in TOPS
                if (of := read[f"filled {name}"])
            },
            "unread": {k.split()[1]: v for k, v in read.items() if k.startswith("unread") and v},
            "conflicts": {k.split()[1]: v for k, v in read.items() if k.startswith("conflict") and v},
            "alarms": [],
            "cleared": [],
        }
        if random.random() < 0.03 and found > 60:  # a page of the list did not come
            part = random.uniform(0.4, 0.9)
            report |= {"outcome": "partial", "found": round(found * part), "listed": False, "lost": lost + 1}
        return report


def clean(seed: int, crawls: int) -> list[Report]:
    """The reports of a target that is well, oldest first."""
    source = Source(seed)
    return [source.crawl() for _ in range(crawls)]


# -- what goes wrong --------------------------------------------------------------------------------------------------


def ended(outcome: str) -> Callable[[Report, Random], str | None]:
    def fault(report: Report, random: Random) -> str | None:
        read_nothing(report)
        report |= {"outcome": outcome, "why": f"{outcome}, it says"}
        return None

    return fault


def read_nothing(report: Report) -> None:
    report |= dict.fromkeys(("found", "read", "known", "rejected", "lost"), 0)
    report |= {name: {} for name in ("filled", "top", "unread", "conflicts", "events", "rejected_because")}


def emptied(report: Report, random: Random) -> str | None:
    read_nothing(report)
    report["outcome"] = "empty"
    return None


def shrunk(report: Report, random: Random) -> str | None:
    report |= {"outcome": "ok", "found": max(1, round(report["found"] * random.uniform(0.02, 0.5)))}
    return None


def fallen(report: Report, random: Random) -> str | None:
    n = report["read"]
    field = random.choice(sorted(name for name, k in report["filled"].items() if k >= 0.3 * n))
    report["filled"][field] = round(report["filled"][field] * random.uniform(0, 0.1))
    return field


def taken_over(report: Report, random: Random) -> str | None:
    field = random.choice([f for f, top in sorted(report["top"].items()) if top["count"] <= 0.6 * top["of"]])
    report["top"][field] |= {"count": report["top"][field]["of"], "value": "Remote"}
    return field


def renamed(report: Report, random: Random) -> str | None:
    report["unread"]["payBand.from"] = round(report["read"] * random.uniform(0.5, 1))
    return "payBand"


def refused(report: Report, random: Random) -> str | None:
    n = report["read"]
    bad = round(n * random.uniform(0.3, 1))
    report |= {"rejected": bad, "read": n - bad, "outcome": "partial", "rejected_because": {"url: missing": bad}}
    for name in ("filled", "unread", "conflicts"):
        report[name] = {key: round(k * (n - bad) / n) for key, k in report[name].items()}
    return None


def missing(report: Report, random: Random) -> str | None:
    bad = round(report["pages"] * random.uniform(0.3, 0.9))
    report |= {"lost": bad, "pages": report["pages"] - bad, "outcome": "partial", "losses": ["/1: HTTP 500"]}
    return None


def at_odds(report: Report, random: Random) -> str | None:
    report["conflicts"]["salary"] = round(report["read"] * random.uniform(0.4, 1))
    return "salary"


def slow(report: Report, random: Random) -> str | None:
    times = random.uniform(6, 20)
    report["latency"] = {name: max(1.0, value * times) for name, value in report["latency"].items()}
    return None


def dragging(report: Report, random: Random) -> str | None:
    report["seconds"] *= random.uniform(6, 20)
    return None


ENOUGH: dict[str, Callable[[Report], bool]] = {
    "emptied": lambda report: report["found"] >= 10,
    "shrunk": lambda report: report["found"] >= 40,
    "fallen": lambda report: report["read"] >= 30,
    "taken_over": lambda report: report["read"] >= 30,
    "renamed": lambda report: report["read"] >= 10,
    "refused": lambda report: report["read"] >= 20,
    "missing": lambda report: report["pages"] >= 20,
    "at_odds": lambda report: report["read"] >= 20,
    "dragging": lambda report: report["seconds"] >= 20,
}
"""What a crawl must hold for a fault to show at all: with less, one crawl proves nothing."""

FAULTS: dict[str, tuple[str, Callable[[Report, Random], str | None]]] = {
    "blocked": ("outcome", ended("blocked")),
    "login": ("outcome", ended("login")),
    "moved": ("outcome", ended("moved")),
    "broken": ("outcome", ended("broken")),
    "emptied": ("outcome", emptied),
    "shrunk": ("volume", shrunk),
    "fallen": ("fill", fallen),
    "taken_over": ("takeover", taken_over),
    "renamed": ("unread", renamed),
    "refused": ("rejects", refused),
    "missing": ("lost", missing),
    "at_odds": ("conflicts", at_odds),
    "slow": ("latency", slow),
    "dragging": ("duration", dragging),
}
"""A fault's name: the kind of alarm it must raise, and what it does to a report; it returns the field it hit."""


def injected(name: str, seed: int) -> tuple[list[Report], Report, str, str | None]:
    """A history of 4 to 40 crawls, a crawl with a fault, and the kind and field of the alarm that it must raise. Crawls
    in which the fault cannot show are passed over; where a target reads little each day, all is read again.
    """
    random = Random(f"{name} {seed}")
    for attempt in range(1000):
        source = Source(seed * 1000 + attempt)
        history = [source.crawl() for _ in range(random.randint(4, 40))]
        now = source.crawl(whole=random.random() < 0.7)
        if not now["listed"] or not ENOUGH.get(name, lambda report: True)(now):
            continue
        kind, fault = FAULTS[name]
        try:
            return history, now, kind, fault(now, random)
        except IndexError:  # it has no such field
            continue
    raise AssertionError(f"no history lets {name} show")
