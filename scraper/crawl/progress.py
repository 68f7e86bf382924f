"""What a crawl looks like while it runs: a live picture on a terminal, plain lines elsewhere."""

import json
import logging
import re
import sqlite3
import sys
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread
from time import monotonic
from types import TracebackType
from typing import Any, Self

from rich.console import Console, ConsoleOptions, Group, RenderResult
from rich.live import Live
from rich.table import Table
from rich.text import Text

from scraper.crawl.fetch import hide_keys
from scraper.crawl.report import GOOD, TargetReport
from scraper.crawl.run import Crawl
from scraper.store import StoreError, open_store
from scraper.store.overview import last_crawls

EVERY = 10.0
"""Seconds between two plain lines."""

RECENT = 30.0
"""Seconds over which rates are taken."""


def quiet_log() -> dict[str, Any]:
    """Settings and filters for a log that people read: warnings of one line, no traceback."""
    logging.lastResort = None
    for name in ("scrapy", "twisted", "py.warnings"):
        logging.getLogger(name).addFilter(one_line)
    for name in ("scrapy.downloadermiddlewares.robotstxt", "scrapy.core.scraper", "scrapy.core.engine"):
        logging.getLogger(name).addFilter(one_line)
    return {"LOG_LEVEL": "WARNING", "LOG_FORMAT": "%(asctime)s %(levelname)s %(message)s"}


def one_line(record: logging.LogRecord) -> bool:
    """A filter that takes the traceback off a record: the message says what happened."""
    hide_keys(record)
    record.exc_info = None
    record.exc_text = None
    return True


class Tally:
    """A crawl in numbers, at one moment; `lasts` holds how many requests a target's last crawl took."""

    def __init__(self, reports: Sequence[TargetReport], lasts: dict[str, int]) -> None:
        self.reports = reports
        self.done = [report for report in reports if is_done(report)]
        self.waiting = [report for report in reports if not report.requests and not report.stopped]
        over = {id(report) for report in (*self.done, *self.waiting)}
        self.at_work = [report for report in reports if id(report) not in over]
        self.bad = [report for report in self.done if report.outcome not in GOOD]
        self.pages = sum(report.answered for report in reports)
        self.read = sum(report.read for report in reports)
        self.lost = sum(report.lost + report.rejected for report in reports)
        self.pending = sum(report.pending for report in reports if not report.stopped)
        self.events = {kind: sum(report.events[kind] for report in reports) for kind in ("new", "changed", "reopened")}
        self.closed = sum(max(report.closed, report.events["closed"]) for report in reports)
        self.left = requests_left(self, lasts)

    def seconds_left(self, pages_a_second: float) -> float | None:
        """How long the rest takes at this pace; None where nobody can tell."""
        return self.left / pages_a_second if self.left is not None and pages_a_second > 0 else None


def is_done(report: TargetReport) -> bool:
    """Whether a target asks for nothing more."""
    return report.stopped is not None or (report.requests > 0 and report.pending <= 0)


def requests_left(tally: Tally, lasts: dict[str, int]) -> int | None:
    """How many requests are still to be answered: those that wait, those of pages that a total promises, and as many
    as the last crawl of the target took. None where a target that has not begun has no history and no like.
    """
    left, sizes = 0.0, [report.answered for report in tally.done if report.answered]
    for report in tally.at_work:
        more: float = max(report.pending, lasts.get(report.target, 0) - report.answered)
        if report.total and report.keys and report.answered:
            more = max(more, (report.total - len(report.keys)) * report.answered / len(report.keys))
        left += more
    for report in tally.waiting:
        if report.target not in lasts and not sizes:
            return None
        left += lasts.get(report.target) or sum(sizes) / len(sizes)
    return round(left)


class Pace:
    """How fast a crawl goes, over the last half minute."""

    def __init__(self) -> None:
        self.began = monotonic()
        self.marks: deque[tuple[float, int, int]] = deque([(self.began, 0, 0)])

    @property
    def seconds(self) -> float:
        """Since the crawl began."""
        return monotonic() - self.began

    def mark(self, tally: Tally) -> tuple[float, float]:
        """Pages and postings a second."""
        now = monotonic()
        if now - self.marks[-1][0] >= 0.2:
            self.marks.append((now, tally.pages, tally.read))
        while now - self.marks[0][0] > RECENT and len(self.marks) > 2:
            self.marks.popleft()
        then, pages, read = self.marks[0]
        span = max(now - then, 0.2)
        return (tally.pages - pages) / span, (tally.read - read) / span


def span(seconds: float) -> str:
    """`42s`, `3m07s`, `2h15m`."""
    whole = int(seconds)
    if whole < 60:
        return f"{whole}s"
    return f"{whole // 60}m{whole % 60:02}s" if whole < 3600 else f"{whole // 3600}h{whole // 60 % 60:02}m"


def rate(number: float) -> str:
    """A rate in few digits."""
    return f"{number:.1f}" if number < 10 else f"{number:,.0f}"


def summary(tally: Tally, pace: Pace) -> tuple[str, str]:
    """The whole crawl in two short texts: how far it is, and what it has found."""
    pages_a_second, read_a_second = pace.mark(tally)
    far = f"{len(tally.done):,} of {len(tally.reports):,} target{'s' * (len(tally.reports) > 1)} done"
    far += f" ({len(tally.bad):,} bad)" if tally.bad else ""
    far += f", {len(tally.at_work):,} at work" + (f", {len(tally.waiting):,} waiting" if tally.waiting else "")
    far += f"; {span(pace.seconds)}"
    left = tally.seconds_left(pages_a_second)
    far += f", about {span(left)} left" if left is not None and tally.at_work and pace.seconds > 3 else ""
    found = f"{tally.pages:,} pages ({rate(pages_a_second)}/s), {tally.read:,} read ({rate(read_a_second)}/s)"
    counts = {**tally.events, "closed": tally.closed, "lost": tally.lost}
    found += "".join(f", {count:,} {name}" for name, count in counts.items() if count or name in ("new", "lost"))
    return far, found + (f"; {tally.pending:,} requests pending" if tally.pending else "")


COLUMNS: dict[str, tuple[int, int]] = {
    "pages": (6, 0),
    "found": (9, 60),
    "read": (6, 0),
    "new": (5, 70),
    "changed": (7, 90),
    "closed": (6, 80),
    "pending": (7, 60),
    "lost": (5, 0),
    "time": (7, 70),
}
"""How wide each column is, and from which width of the terminal on it is shown."""


def cells(report: TargetReport) -> dict[str, str]:
    """What the columns say of a target; nothing is nothing, so that figures stand out."""
    ended = report.ended if is_done(report) else monotonic()
    counts = {
        "pages": report.answered,
        "read": report.read,
        "new": report.events["new"],
        "changed": report.events["changed"] + report.events["reopened"],
        "closed": max(report.closed, report.events["closed"]),
        "pending": 0 if report.stopped else report.pending,
        "lost": report.lost + report.rejected,
    }
    found = f"{len(report.keys):,}" + (f"/{report.total:,}" if report.total else "")
    time = span(ended - report.began) if report.began is not None and ended is not None else ""
    return {name: f"{count:,}" if count else "" for name, count in counts.items()} | {
        "found": found if report.keys or report.total else "",
        "time": time,
    }


ADDRESS = re.compile(r"^https?://\S+: ")
"""What a reason begins with; the row names the target."""

LEAST_WHY = 16
"""Columns below which no reason is shown."""


class Picture:
    """A running crawl as it fits a terminal: a summary, the bad targets, those at work, and how many more there are."""

    def __init__(self, tally: Tally, pace: Pace) -> None:
        self.tally = tally
        self.texts = summary(tally, pace)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        width, height = options.max_width, options.height or console.height
        lines = [Text(text, no_wrap=True, overflow="ellipsis") for text in self.texts]
        room = height - len(lines) - 3  # the heading, the line of those left out, and the cursor's own
        if room < 1:
            yield Group(*lines[: max(height - 1, 1)])
            return
        bad = self.tally.bad[: max(room // 2, room - len(self.tally.at_work))]
        busy = sorted(self.tally.at_work, key=lambda report: -report.answered)[: room - len(bad)]
        yield Group(*lines, self.table(bad, busy, width), self.left_out(len(bad), len(busy)))

    def table(self, bad: Sequence[TargetReport], busy: Sequence[TargetReport], width: int) -> Table:
        """A row a target: what went wrong, then what is at work."""
        shown = {name: wide for name, (wide, least) in COLUMNS.items() if width >= least}
        rows = [(Text(f"{r.outcome}: ", "bold red") + Text(r.target), r) for r in bad]
        rows += [(Text(r.target, "cyan"), r) for r in busy]
        left = width - sum(wide + 1 for wide in shown.values())
        most = left if left < 3 * LEAST_WHY else left * 6 // 10  # reasons get the rest
        names = min(most, max([10, *(len(name) for name, _ in rows)]))
        reasons = left - names - 1 if left - names > LEAST_WHY else 0
        table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
        table.add_column("target", width=names, no_wrap=True, overflow="ellipsis")
        for name, wide in shown.items():
            table.add_column(name, width=wide, justify="right", no_wrap=True)
        if reasons:
            table.add_column("why", width=reasons, no_wrap=True, overflow="ellipsis")
        for name_text, report in rows:
            over, said = is_done(report), cells(report)
            why = ADDRESS.sub("", (report.explain() or "".join(report.losses[-1:])) if over or report.lost else "")
            row: list[str | Text] = [name_text, *(said[column] for column in shown)]
            table.add_row(*row, *([Text(why, "dim")] if reasons else []), style="red" if over else "")
        return table

    def left_out(self, bad: int, busy: int) -> Text:
        """The targets without a row, in counts."""
        counts = {
            "more bad": len(self.tally.bad) - bad,
            "more at work": len(self.tally.at_work) - busy,
            "waiting": len(self.tally.waiting),
            "done and well": len(self.tally.done) - len(self.tally.bad),
        }
        return Text(", ".join(f"{count:,} {what}" for what, count in counts.items() if count), "dim", no_wrap=True)


class Progress:
    """Shows a running crawl on stderr. `with Progress() as p: crawl(…, watch=p.watch)`."""

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console(stderr=True, emoji=False)
        self.running = Crawl()
        self.over = Event()
        self.pace = Pace()
        self.lasts: dict[str, int] = {}
        self.live = Live(get_renderable=self.picture, console=self.console, transient=True, refresh_per_second=2)

    def watch(self, running: Crawl) -> None:
        """Show this crawl from now on; what the store knows of earlier ones tells how long it may take."""
        self.running = running
        path = next((c.settings.get("ROLECALL_STORE") for c in running.crawlers), None)
        with suppress(StoreError, sqlite3.Error):
            if path and Path(path).exists():
                store = open_store(Path(path))
                rows = {row["target"]: json.loads(row["report"] or "{}") for row in last_crawls(store)}
                self.lasts = {target: report["requests"] for target, report in rows.items() if report.get("requests")}
                store.close()

    def __enter__(self) -> Self:
        if self.console.is_terminal:
            self.live.start()
        else:
            Thread(target=self.say, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.over.set()
        if self.console.is_terminal:
            self.live.stop()

    def picture(self) -> Picture:
        """The crawl at this moment."""
        return Picture(Tally(self.running.reports(), self.lasts), self.pace)

    def say(self) -> None:
        """A line every few seconds, for a log."""
        while not self.over.wait(EVERY):
            texts = summary(Tally(self.running.reports(), self.lasts), self.pace)
            print("crawling: " + "; ".join(texts), file=sys.stderr, flush=True)
