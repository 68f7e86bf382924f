"""The end of a run: its report as a file, its table, the line that an operator reads first, and its exit code."""

import json
import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console

from scraper import __version__
from scraper.crawl.home import home
from scraper.crawl.report import GOOD, TargetReport, exit_code


@dataclass(frozen=True)
class Conclusion:
    """What a run came to. `report` is what stands in `path`; `line` is its first line; `code` its exit code."""

    report: dict[str, Any]
    line: str
    code: int
    path: Path


def conclude(
    run: str,
    reports: Sequence[TargetReport],
    started: datetime,
    *,
    store: Path | None = None,
    error: str | None = None,
    crashed: str | None = None,
    notify: Mapping[str, Any] | None = None,
) -> Conclusion:
    """End a run: compare each target with its history, write `ROLECALL_HOME/runs/<run>.json`, show what happened on
    stderr, tell the channels, write the metrics. Called once, after the crawl and its export, whatever happened.

    `started` is when the run began (aware). `store` is the store that was written to: None means no history and no
    alarms. `error` is one line on what ended the run before its time (an output that cannot be written);
    `crashed` one line on an earlier run that was found dead. `notify` is the watchlist's `[notify]` table, checked by
    `scraper.crawl.notify.channels(table)`; None means what the environment says. Raises nothing: a report that cannot
    be written is a line on stderr and exit code 1.
    """
    finished = datetime.now(UTC)
    targets = [report.as_dict() for report in reports]
    need = [report for report in reports if report.outcome not in GOOD]
    code = 1 if error else exit_code(reports)
    seconds = int((finished - started).total_seconds())
    counts = Counter(report.outcome for report in need)
    said = ": " + ", ".join(f"{n} {outcome}" for outcome, n in counts.most_common()) if need else ""
    line = (
        f"run {run}: {len(need)} of {len(reports)} targets need you{said}; "
        f"{sum(report.events['new'] for report in reports)} new, "
        f"{sum(report.events['closed'] for report in reports)} closed, {seconds // 60}m{seconds % 60:02}s; exit {code}"
    )
    data = {
        "run": run,
        "version": __version__,
        "started": started.isoformat(timespec="seconds"),
        "finished": finished.isoformat(timespec="seconds"),
        "line": line,
        "exit": code,
        "error": error,
        "crashed": crashed,
        "targets": targets,
    }
    path = home() / "runs" / f"{run}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_text(json.dumps(data, ensure_ascii=False, indent=1), encoding="utf-8")
    os.replace(part, path)
    console = Console(stderr=True, soft_wrap=True, highlight=False, emoji=False)
    console.print(line, markup=False)
    for report in reports:
        console.print(report.line(), markup=False)
        for loss in report.losses:
            console.print(f"  {loss}", markup=False)
    return Conclusion(data, line, code, path)
