"""The report: one HTML file that loads nothing and runs no script."""

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup, escape

from scraper import __version__
from scraper.report.facts import Choice, plain
from scraper.report.figures import Figure, Section, accuracy, countries, fields, listed, sections
from scraper.report.history import instant
from scraper.report.tally import Tally, tally
from scraper.store import Store
from scraper.store.overview import last_crawls

ALARM = ("target", "severity", "state", "text", "advice")
WORST = 40
"""Targets that the table of last crawls lists; those that went wrong come first."""


def report_page(
    store: Store,
    choice: Choice,
    *,
    title: str,
    generated: str,
    run: Mapping[str, Any] | None = None,
    scores: tuple[str, Sequence[tuple[str, float, float, int, int]]] | None = None,
) -> str:
    """The report on a store as HTML. `run` is the report of its last run, for its alarms; `scores` a folder of labelled
    posts and, for each field, its name, precision, recall, values and posts. Raises `ReportError`.
    """
    counted = tally(store, choice)
    things = "jobs" if counted.doubles else "postings"
    found = sections(counted, choice, things) if counted.known else []
    quality = [fields(counted, things)] if counted.jobs else []
    if scores is not None:
        quality.append(accuracy(scores[1], scores[0]))
    if counted.crawls:
        quality += [crawls(store), *alarms(run)]
    if quality:
        found.append(Section("quality", "Data quality", quality))
    style = page_file("page.css")
    html: str = (
        environment()
        .get_template("page.html")
        .render(
            title=plain(title, 200),
            lead=lead(counted, choice, things),
            tiles=tiles(counted, things),
            notes=notes(counted, choice, things),
            sections=found,
            style=Markup(style),
            style_hash=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
            generated=generated,
            version=__version__,
        )
    )
    return html


def environment() -> Environment:
    """Templates that escape all they are given and refuse a name that nobody gave."""
    found = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        loader=FunctionLoader(page_file),
    )
    found.filters["grouped"] = lambda cell: f"{cell:,}" if isinstance(cell, int) else cell
    found.filters["coded"] = lambda text: Markup(re.sub("`([^`]*)`", r"<code>\1</code>", str(escape(text))))
    found.filters["numeric"] = lambda cell: isinstance(cell, int) or cell[:1] in "0123456789+-<–"
    return found


def page_file(name: str) -> str:
    """A file of the page."""
    return (files("scraper.report") / name).read_text("utf-8")


def lead(counted: Tally, choice: Choice, things: str) -> str:
    """What the page is about, in a sentence or two."""
    if counted.until is None:
        return "The store is empty: no crawl has been made. Make one with `rolecall crawl TARGET`."
    last = instant(counted.until)
    when = f"at the last crawl, {last.day} {last:%B %Y, %H:%M} UTC"
    if not counted.known:
        return f"No posting in the store is of this choice, {when}."
    if choice.open_only and not counted.jobs:
        return (
            f"No posting is open, {when}; {counted.known:,} closed earlier. `rolecall report --all` counts those too."
        )
    closed = counted.known - counted.known_open
    said = "open " if choice.open_only else ""
    what = f"{counted.jobs:,} {said}{things if counted.jobs > 1 else things[:-1]}"
    first = instant(counted.since or counted.until)
    also = f"{closed:,} more closed since {first.day} {first:%B %Y}." if choice.open_only and closed else ""
    return f"{what} {when}. {also}".strip()


def tiles(counted: Tally, things: str) -> list[tuple[str, str]]:
    """The figures at the head."""
    if counted.until is None:
        return []
    numbers = [
        (things[:-1], things, counted.jobs),
        ("employer", "employers", len(counted.employers)),
        ("board", "boards", len(counted.boards)),
        ("country", "countries", len(counted.countries)),
        ("crawl", "crawls", counted.crawls),
    ]
    return [(one if number == 1 else many, f"{number:,}") for one, many, number in numbers]


def notes(counted: Tally, choice: Choice, things: str) -> list[str]:
    """Which postings are counted, and how."""
    said = []
    if choice.boards:
        said.append(f"on {listed(choice.boards)}")
    if choice.countries:
        said.append(f"with a place in {listed([countries().get(code, code) for code in choice.countries])}")
    if choice.since:
        said.append(f"first seen since {choice.since[:10]}")
    found = [f"Only postings {', '.join(said)}."] if said else []
    if counted.known and not choice.open_only:
        found.append(
            f"Closed ones are counted throughout: {counted.known - counted.known_open:,} of {counted.known:,}."
        )
    if counted.doubles:
        found.append(
            f"A job that several postings offer is counted once: {counted.postings:,} postings are {counted.jobs:,}"
            " jobs (`rolecall cluster`). The posting on the employer's own board speaks for it; its places are those of"
            " all."
        )
    return found


def crawls(store: Store) -> Figure:
    """The last crawl of each target: those that need a look first."""
    rows = last_crawls(store)
    good = [row for row in rows if row["outcome"] in ("ok", "empty")]
    order = sorted(rows, key=lambda row: (row["outcome"] in ("ok", "empty"), row["target"]))
    figure = Figure("crawls", "Last crawl of each target", "", heads=("target", "outcome", "whole", "at"), shut=False)
    figure.rows = [
        (
            plain(row["target"]),
            row["outcome"] or "not finished",
            "yes" if row["whole"] else "no",
            (row["finished_at"] or row["started_at"])[:16].replace("T", " "),
        )
        for row in order[:WORST]
    ]
    figure.more = max(0, len(rows) - WORST)
    bad = len(rows) - len(good)
    figure.says = f"{len(good):,} of {len(rows):,} targets ended well." + (
        " What the rest lists may be out of date." if bad else ""
    )
    return figure


def alarms(run: Mapping[str, Any] | None) -> list[Figure]:
    """The alarms of the last run, where its report is at hand."""
    targets = run.get("targets") if run else None
    if not isinstance(targets, list):
        return []
    found = [alarm for target in targets if isinstance(target, dict) for alarm in target.get("alarms") or ()]
    rows = [[plain(str(alarm.get(name) or ""), 300) for name in ALARM] for alarm in found if isinstance(alarm, dict)]
    figure = Figure(
        "alarms", "Alarms of the last run", "No alarm.", heads=ALARM, rows=rows[:WORST], shut=False, wide=True
    )
    figure.more = max(0, len(rows) - WORST)
    if rows:
        figure.says = "One alarm." if len(rows) == 1 else f"{len(rows):,} alarms."
    return [figure]
