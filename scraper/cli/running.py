"""Verbs about runs that were, and about who is told of them."""

import json
import sys
from pathlib import Path
from typing import Any

import click

from scraper.cli.watching import WATCHLIST, opened, place_of


@click.command()
@click.argument("run", required=False)
@click.option("-n", "count", type=click.IntRange(min=1), help="How many runs to list.  [default: 20]")
@click.option("--all", "whole", is_flag=True, help="With RUN: every target, however many.")
@click.option("--json", "as_json", is_flag=True, help="The run's report as it was written; without RUN, a line a run.")
def runs(run: str | None, count: int | None, whole: bool, as_json: bool) -> None:
    """List past runs, newest first; with RUN (an id, its beginning, or `last`), show that one again."""
    from rich.console import Console

    from scraper.crawl.home import home
    from scraper.crawl.runs import past_runs, read_run, show

    if run is None and whole:
        raise click.UsageError("--all goes with a RUN, e.g. `rolecall runs last --all`; -n says how many are listed")
    if run is not None and count is not None:
        raise click.UsageError(f"-n lists runs; leave it or {run} out")
    files = past_runs()
    if not files:
        raise click.UsageError(f"no run has ended in {home()}; `rolecall crawl TARGET` makes one")
    if run is None:
        shown = 0
        for path in files[: count or 20]:
            try:
                report = read_run(path)
            except ValueError as error:
                click.echo(str(error), err=True)
                continue
            except OSError as error:
                click.echo(f"{path}: {error.strerror or error}", err=True)
                continue
            shown += 1
            short = {name: value for name, value in report.items() if name != "targets"}
            click.echo(json.dumps(short, ensure_ascii=False) if as_json else report["line"])
        sys.exit(0 if shown else 1)
    found = files[:1] if run == "last" else [path for path in files if path.stem.startswith(run)]
    if len(found) != 1:
        said = f"{len(found)} runs begin with {run!r}" if found else f"no run {run!r}"
        raise click.UsageError(f"{said}; the last one is {files[0].stem}")
    try:
        report = read_run(found[0])
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    if as_json:
        click.echo(json.dumps(report, ensure_ascii=False))
    else:
        console = Console(soft_wrap=True, highlight=False, emoji=False)
        show(report, console, rows=len(report["targets"]) if whole else None)


@click.command()
@click.option("--test", is_flag=True, help="Send a message that says it is a test.")
@WATCHLIST
def notify(test: bool, place: str | None) -> None:
    """Say who is told of a run's end, by the watchlist's [notify] table or the environment.

    With --test, tell them. Exit code 1 where a channel failed.
    """
    from scraper.crawl.notify import channels, named, send_test

    table: dict[str, Any] | None = None
    if place or Path(place_of(place)).exists():
        watchlist = opened(place)
        if wrong := [fault for fault in watchlist.faults if not fault.target and "notify" in fault.what]:
            raise click.UsageError(str(wrong[0]))
        table = watchlist.notify
    try:
        to = channels(table)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    ways = named(to)
    if not ways:
        raise click.UsageError("nobody is told: give the watchlist a [notify] table, or set ROLECALL_NOTIFY_WEBHOOK")
    if not test:
        click.echo(f"told by {', '.join(ways)}; when: {to.when}")
        return
    failed = send_test(to)
    for line in failed:
        click.echo(line, err=True)
    click.echo(f"{len(ways) - len(failed)} of {len(ways)} channels told: {', '.join(ways)}", err=True)
    sys.exit(1 if failed else 0)


VERBS = (runs, notify)
