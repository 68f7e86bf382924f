"""The end of a run: its alarms, its report as a file, the line that an operator reads first, its exit code."""

import json
import re
import sqlite3
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from textwrap import shorten
from time import monotonic
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from scraper import __version__
from scraper.crawl.fetch import hidden
from scraper.crawl.home import home
from scraper.crawl.metrics import MetricsError, send_metrics, write_metrics
from scraper.crawl.notify import channels, tell
from scraper.crawl.report import GOOD, TargetReport, exit_code, tells_more
from scraper.health import WINDOW, alarms
from scraper.store import Store, StoreError, open_store
from scraper.store.reports import keep_report, open_postings, past_reports
from scraper.whole import write_whole

ROWS = 30
"""Targets that are shown one by one."""

FILE_OF_A_RUN = re.compile(r"(\d{8}T\d{6}\.\d+)\.(?:json|audit\.jsonl)")

ADDRESS = re.compile(r"^https?://\S+: ")
"""What a reason may begin with; the row of a table names the target."""

LOSSES_SHOWN = 5
"""Losses of a target that are shown; its report in the file names more."""


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
    began: float,
    *,
    store: Path | None = None,
    error: str | None = None,
    crashed: str | None = None,
    notify: Mapping[str, Any] | None = None,
    keep: int = 0,
) -> Conclusion:
    """End a run: compare each target with its history, write `ROLECALL_HOME/runs/<run>.json`, show what happened on
    stderr, write the metrics, tell the channels. Called once, after the crawl and its export, whatever happened.

    `started` is when the run began (aware), `began` the same by `time.monotonic`, which no change of the clock touches.
    `store` is the store that was written to: None means no history, so that only bad outcomes are alarms. `error` is
    one line on what ended the run before its time (an output that cannot be written); `crashed` one line on an earlier
    run that was found dead. `notify` is the watchlist's `[notify]` table, checked by
    `scraper.crawl.notify.channels(table)`; None means what the environment says. `keep` is how many runs' files stay;
    0 means all. Raises nothing: what cannot be written, told or removed is a line on stderr; a run report that cannot
    be written is exit code 1, too.
    """
    faults = compare(run, reports, store)
    unheard = [a for report in reports for a in newly_bad(report.alarms) if tells_more(report.outcome, a)]
    code = 1 if error or faults or unheard else exit_code(reports)
    path = home() / "runs" / f"{run}.json"
    report: dict[str, Any] = {
        "run": run,
        "version": __version__,
        "started": started.isoformat(timespec="seconds"),
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": round(monotonic() - began, 3),
        "exit": code,
        "error": error,
        "crashed": crashed,
        "targets": [report.as_dict() | {"line": report.line()} for report in sorted(reports, key=urgency)],
    }
    report = {"line": first_line(report)} | report
    try:
        write_whole(path, hidden(json.dumps(report, ensure_ascii=False)) + "\n")
    except OSError as failure:
        faults.append(f"cannot write {path}: {failure.strerror or failure}")
        report |= {"exit": 1}
        report["line"] = first_line(report)
    show(report, Console(stderr=True, soft_wrap=True, highlight=False, emoji=False))
    try:
        write_metrics(report, store)
        send_metrics(report)
    except MetricsError as failure:
        faults.append(str(failure))
    try:
        faults += tell(channels(notify), report)
    except ValueError as failure:
        faults.append(f"nobody is told: {failure}")
    try:
        forget(run, keep)
    except OSError as failure:
        faults.append(f"cannot remove {failure.filename}: {failure.strerror or failure}")
    for fault in faults:
        print(fault, file=sys.stderr)
    return Conclusion(report, report["line"], report["exit"], path)


def compare(run: str, reports: Sequence[TargetReport], path: Path | None) -> list[str]:
    """Raise the alarms of each target, and put them into its history. What goes wrong comes back, a line each."""
    store: Store | None = None
    try:
        store = open_store(path, wait=5) if path else None  # a crawl has waited for it before
        for report in reports:
            past = past_reports(store, report.target, run, WINDOW) if store else []
            report.open = open_postings(store, report.target) if store else None
            judge(report, past)
            if store:
                keep_report(store, report.target, run, report.as_dict())
    except (sqlite3.Error, StoreError) as error:
        return [f"no history, so nothing is compared: {error}"]
    finally:
        if store:
            store.close()
    return []


def judge(report: TargetReport, past: Sequence[Mapping[str, Any]]) -> None:
    """Give a report its alarms, new and lasting, and those that are over."""
    found = [alarm.as_dict() for alarm in alarms(past, report.as_dict())]
    report.alarms = [alarm for alarm in found if alarm["state"] in ("new", "lasting")]
    report.cleared = [alarm for alarm in found if alarm["state"] not in ("new", "lasting")]


def newly_bad(alarms: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The alarms that nobody has been told of, and somebody must be."""
    return [alarm for alarm in alarms if alarm["state"] == "new" and alarm["severity"] == "bad"]


def urgency(report: TargetReport) -> tuple[int, str]:
    """The order of targets: what is new and bad, what is bad, what is odd, what is well."""
    bad = report.outcome not in GOOD
    rank = 0 if newly_bad(report.alarms) else 1 if bad else 2 if report.alarms else 3 if report.cleared else 4
    return rank, report.target


# -- for people -------------------------------------------------------------------------------------------------------


def first_line(report: Mapping[str, Any]) -> str:
    """The run in one line: how many targets need somebody, why, and what came of the rest."""
    targets = report["targets"]
    new = [(t, alarm) for t in targets for alarm in newly_bad(t["alarms"]) if tells_more(t["outcome"], alarm)]
    need = [t for t in targets if t["outcome"] not in GOOD or any(a["severity"] == "bad" for a in t["alarms"])]
    said = list(grouped(need))
    if new:
        target, alarm = new[0]
        text = shorten(f"{target['target']}: {alarm['text']}", 110, placeholder=" …")
        said.append(f"{len(new)} new alarm{'s' * (len(new) > 1)} ({text})")
    lasting = sum(a["state"] == "lasting" and tells_more(t["outcome"], a) for t in targets for a in t["alarms"])
    said += [f"{lasting} lasting alarm{'s' * (lasting > 1)}"] if lasting else []
    verb = "needs" if len(need) == 1 else "need"
    counts = [f"{sum(t['open'] or 0 for t in targets):,} open"] if any(t["open"] is not None for t in targets) else []
    counts += [f"{sum(t['events'].get(kind, 0) for t in targets):,} {kind}" for kind in ("new", "changed", "closed")]
    seconds = round(report["seconds"])
    parts = [
        *([f"ended early: {report['error']}"] if report["error"] else []),
        f"{len(need)} of {len(targets)} target{'s' * (len(targets) != 1)} {verb} you"
        if need
        else all_well(len(targets)),
    ]
    line = "; ".join(parts) + (f": {', '.join(said)}" if need and said else "")
    return (
        f"run {report['run']}: {line}; {', '.join(counts)}, {seconds // 60}m{seconds % 60:02}s; exit {report['exit']}"
    )


def all_well(count: int) -> str:
    """That no target needs anybody."""
    return "the target is well" if count == 1 else f"all {count} targets are well" if count else "no target was crawled"


def grouped(targets: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """The bad outcomes, the most frequent first, with the names of two targets each: `1 blocked (greenhouse:acme)`."""
    named: dict[str, list[str]] = {}
    for target in targets:
        if target["outcome"] not in GOOD:
            named.setdefault(target["outcome"], []).append(target["target"])
    for outcome, names in sorted(named.items(), key=lambda item: (-len(item[1]), item[0])):
        yield f"{len(names)} {outcome} ({', '.join([*names[:2], *(['…'] if len(names) > 2 else [])])})"


def details(target: Mapping[str, Any]) -> Iterator[str]:
    """What is to be said of a target beside its counts, a line each."""
    for alarm in target["alarms"]:
        since = f" since run {alarm['since']}" if alarm["state"] == "lasting" else ""
        if not tells_more(target["outcome"], alarm):  # its line says why
            yield from [f"so{since}"] if since else []
        else:
            advice = f": {alarm['advice']}" if alarm["advice"] else ""
            yield f"{'ALARM' if alarm['severity'] == 'bad' else 'notice'}{since}: {alarm['text']}{advice}"
    for alarm in target["cleared"]:
        over = f"over; it was so since run {alarm['since']}" if alarm["state"] == "cleared" else alarm["advice"]
        yield f"{over}: {alarm['text']}"
    losses = [loss for loss in target["losses"] if loss != target["why"]]  # its line has said that
    yield from losses[:LOSSES_SHOWN]
    if (more := len(losses) - LOSSES_SHOWN) > 0:
        yield f"… and {more} more in the run's report"


def show(report: Mapping[str, Any], console: Console, rows: int | None = None) -> None:
    """Print a run: its line, then its targets, the worst first; a table on a terminal, lines elsewhere."""
    console.print(Text(report["line"], style="bold" if report["exit"] == 0 else "bold red"))
    if report["crashed"]:
        console.print(Text(report["crashed"]))
    rows = ROWS if rows is None else rows
    shown, rest = report["targets"][:rows], report["targets"][rows:]
    if console.is_terminal:
        console.print(table_of(shown))
    for target in shown:
        if not console.is_terminal:
            console.print(Text(target["line"]))
        said = list(details(target))
        if console.is_terminal and target["why"]:
            said = [target["why"], *said]  # its row has no room for all of it
        if console.is_terminal and said:
            console.print(Text(target["target"], style="bold"))
        for line in said:
            console.print(Text(f"  {line}"))
    if rest:
        bad = sum(target["outcome"] not in GOOD for target in rest)
        said = [f"{bad} more that need you"] if bad else []
        said.append(f"{len(rest) - bad} ok")
        console.print(Text(f"… and {', '.join(said)}: rolecall runs {report['run']} --all"))


def table_of(targets: Sequence[Mapping[str, Any]]) -> Table:
    """Targets as a table."""
    table = Table(box=None, pad_edge=False, expand=True)
    table.add_column("target", no_wrap=True, max_width=40)
    table.add_column("outcome", no_wrap=True)
    for heading in ("found", "read", "new", "changed", "closed", "rejected", "lost", "time"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("why", no_wrap=True, overflow="ellipsis", ratio=1)
    for t in targets:
        counts = [t["found"], t["read"], *(t["events"].get(kind, 0) for kind in ("new", "changed"))]
        counts += [t["closed"], t["rejected"], t["lost"]]
        time = f"{t['seconds']:.0f}s" if t["seconds"] is not None else ""
        style = "red" if t["outcome"] not in GOOD else "yellow" if t["alarms"] else ""
        why = ADDRESS.sub("", t["why"] or (t["alarms"][0]["text"] if t["alarms"] else ""))
        table.add_row(t["target"], t["outcome"], *(f"{n:,}" if n else "" for n in counts), time, Text(why), style=style)
    return table


# -- runs that were -------------------------------------------------------------------------------------------------


def past_runs() -> list[Path]:
    """The files of runs, newest first."""
    return sorted((home() / "runs").glob("*.json"), reverse=True)


def forget(run: str, keep: int) -> None:
    """Remove the reports and audit logs of all runs but the last `keep`; where that is 0, and of `run`, none.

    What alarms compare with is in the store, and stays. Raises `OSError`.
    """
    files: dict[str, list[Path]] = {}
    for path in (home() / "runs").glob("*.json*"):
        if named := FILE_OF_A_RUN.fullmatch(path.name):
            files.setdefault(named[1], []).append(path)
    for old in sorted(files.keys() - {run})[: max(0, len(files) - keep) if keep else 0]:
        for path in files[old]:
            path.unlink(missing_ok=True)


def read_run(path: Path) -> dict[str, Any]:
    """The report in a run's file. Raises `ValueError` where it is none, and `OSError`."""
    try:
        report = json.loads(path.read_text(encoding="utf-8"))
        first_line(report)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{path}: no report of a run ({type(error).__name__}: {error})") from None
    return dict(report)
