"""What earlier crawls of a target came to: the history that this one is compared with."""

import json
from typing import Any

from scraper.store.store import Store

NEEDED = frozenset({"target", "outcome", "requests", "pages", "found", "read", "rejected", "lost"})
"""What a report must hold to be compared with."""


def past_reports(store: Store, target: str, run: str, most: int) -> list[dict[str, Any]]:
    """The reports of the last `most` crawls of a target before a run, newest last, each with its `run`."""
    rows = store.db.execute(
        "SELECT run, report FROM crawls WHERE target = ? AND run <> ? AND outcome IS NOT NULL AND json_valid(report)"
        " ORDER BY n DESC LIMIT ?",
        (target, run, most),
    ).fetchall()
    found = [(row["run"], json.loads(row["report"])) for row in reversed(rows)]
    return [report | {"run": run} for run, report in found if isinstance(report, dict) and report.keys() >= NEEDED]


def keep_report(store: Store, target: str, run: str, report: dict[str, Any]) -> None:
    """Put a run's last word on a target into the history: its counts, its alarms."""
    with store.transaction() as db:
        said = json.dumps(report, ensure_ascii=False)
        db.execute("UPDATE crawls SET report = ? WHERE target = ? AND run = ?", (said, target, run))


def open_postings(store: Store, target: str) -> int:
    """How many postings of a target are open."""
    found: int = store.db.execute(
        "SELECT count(*) FROM postings WHERE target = ? AND closed_at IS NULL", (target,)
    ).fetchone()[0]
    return found


def last_reports(store: Store, since: str) -> list[dict[str, Any]]:
    """The last report of each target that was crawled since a time, by target, each with `finished_at` and
    `worked_at`: when it was last crawled with success, None where never.
    """
    rows = store.db.execute(
        "SELECT report, target, finished_at, (SELECT max(finished_at) FROM crawls AS c WHERE c.target = crawls.target"
        " AND c.outcome IN ('ok', 'empty', 'partial')) AS worked_at FROM crawls WHERE n IN (SELECT max(n) FROM crawls"
        " WHERE outcome IS NOT NULL AND finished_at >= ? AND json_valid(report) GROUP BY target) ORDER BY target",
        (since,),
    )
    found = [({name: row[name] for name in row.keys()[1:]}, json.loads(row["report"])) for row in rows]
    return [report | times for times, report in found if isinstance(report, dict) and report.keys() >= NEEDED]
