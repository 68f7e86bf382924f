"""The audit log of a run: what a site asked of us, and what was done about it, a JSON line for each decision.

`ROLECALL_HOME/runs/<run>.audit.jsonl` proves that a crawl was polite. It does not grow with the crawl: what is allowed
is said once a host, and of decisions alike only the first `MOST_ALIKE` of a target are spelt out, the rest counted.
"""

import json
import logging
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from scrapy import Request
from scrapy.crawler import Crawler

from scraper.crawl.board import Board
from scraper.crawl.fetch import hidden
from scraper.crawl.home import home

logger = logging.getLogger(__name__)

RULES = (
    *("robots.txt", "crawl-delay", "retry-after", "noindex", "tdm", "content-signal", "budget", "block", "login"),
    *("private-address", "quiet-hours", "override"),
)
"""What a decision may be about."""

MOST_ALIKE = 20
"""Decisions by the same rule on the same target that are spelt out."""

LONGEST = 300
"""Characters of what was found that are kept."""


class Audit:
    """Writes the decisions of one run. A run without an id leaves no log."""

    def __init__(self, run: str | None) -> None:
        self.path = audit_path(run) if run else None
        self.seen: Counter[tuple[str, str, str]] = Counter()

    def write(self, target: str | None, url: str, rule: str, found: str, done: str) -> None:
        """One decision. `rule` is one of `RULES`, `found` the very line or header, `done` what was done about it."""
        target = target or "-"
        kind = done.partition(" ")[0]
        self.seen[target, rule, kind] += 1
        if self.seen[target, rule, kind] <= MOST_ALIKE:
            self.line(target=target, url=url, rule=rule, found=found, done=done)

    def close(self, targets: set[str]) -> None:
        """Say of each of these targets what was counted only."""
        for target, rule, kind in [key for key in self.seen if key[0] in targets]:
            more = self.seen.pop((target, rule, kind)) - MOST_ALIKE
            if more > 0:
                self.line(target=target, url="", rule=rule, found=f"{more} more alike", done=f"{kind} …", more=more)

    def line(self, **said: Any) -> None:
        """Append a line. A log that cannot be written is an error in Scrapy's log and stops no crawl."""
        if self.path is None:
            return
        texts = {key: hidden(value)[:LONGEST] if isinstance(value, str) else value for key, value in said.items()}
        row = {"at": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")} | texts
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("a", encoding="utf-8") as out:
                out.write(json.dumps(row, ensure_ascii=False) + "\n")
        except OSError as error:
            logger.error("%s: no audit: %s", self.path, error.strerror or error)


AUDITS: dict[str | None, Audit] = {}


def audit_of(run: str | None) -> Audit:
    """The audit log of a run: one for all boards of a process."""
    return AUDITS.setdefault(run, Audit(run))


def audit(crawler: Crawler, request: Request, rule: str, found: str, done: str) -> None:
    """Note a decision about a request."""
    run: str | None = crawler.settings.get("ROLECALL_RUN")
    audit_of(run).write(target_of(crawler, request), request.url, rule, found, done)


def target_of(crawler: Crawler, request: Request) -> str | None:
    """The target that a request is for; None for a page that is looked at to find out what it is."""
    board = crawler.spider
    if not isinstance(board, Board) or "employer" not in request.cb_kwargs:
        return None
    return board.reports[request.cb_kwargs["employer"]].target


def audit_path(run: str) -> Path:
    """Where the audit log of a run is."""
    return home() / "runs" / f"{run}.audit.jsonl"


def last_run() -> str | None:
    """The last run that left an audit log."""
    found = sorted(path.name for path in (home() / "runs").glob("*.audit.jsonl"))
    return found[-1].removesuffix(".audit.jsonl") if found else None


def decisions(run: str, target: str | None = None, rule: str | None = None) -> tuple[list[dict[str, Any]], int]:
    """The decisions of a run, in their order; of a board or a target, by a rule. And how many lines cannot be read.

    Raises `FileNotFoundError` where the run left no log.
    """
    found: list[dict[str, Any]] = []
    unreadable = 0
    with audit_path(run).open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            try:
                row = json.loads(line)
            except ValueError:
                row = None
            if not isinstance(row, dict):
                unreadable += 1
                continue
            if rule and row.get("rule") != rule:
                continue
            named = str(row.get("target"))
            if target is None or named == target or named.partition("?")[0] == target or named.startswith(f"{target}:"):
                found.append(row)
    return found, unreadable
