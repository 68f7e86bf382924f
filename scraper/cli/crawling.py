"""Verbs that ask sites for pages."""

import errno
import json
import sqlite3
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

import click

from scraper.cli.options import (
    ALLOW_PRIVATE,
    KEEP_CONTACTS,
    LOG_FORMAT,
    MASK_ARCHIVE,
    all_settings,
    not_written,
    one_of,
    pairs,
    private,
)

if TYPE_CHECKING:
    from scraper.crawl.report import TargetReport
    from scraper.crawl.run import Job


@click.command()
@click.argument("targets", nargs=-1, required=True, metavar="TARGET...")
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    help="Postings as JSON Lines; `-` is stdout.  [default: ROLECALL_HOME/posts.jsonl]",
)
@click.option("-a", "options", multiple=True, callback=pairs, metavar="NAME=VALUE", help="An option of the board.")
@click.option("-s", "settings", multiple=True, callback=pairs, metavar="NAME=VALUE", help="A Scrapy setting.")
@click.option("--store/--no-store", default=True, help="Remember postings and events in ROLECALL_HOME/rolecall.db.")
@click.option("--archive/--no-archive", default=True, help="Keep every reply in ROLECALL_HOME/archive.")
@click.option("--refresh", is_flag=True, help="Read every page again, known or not.")
@click.option("--resume", is_flag=True, help="Go on where a crawl of the same targets was cut off.")
@click.option("--browser", is_flag=True, help="Render pages that are empty without JavaScript, in Chromium.")
@KEEP_CONTACTS
@MASK_ARCHIVE
@ALLOW_PRIVATE
@LOG_FORMAT
@click.option("-v", "--verbose", is_flag=True, help="Show Scrapy's own log.")
def crawl(
    targets: tuple[str, ...],
    output: str | None,
    options: dict[str, str],
    settings: dict[str, str],
    store: bool,
    archive: bool,
    refresh: bool,
    resume: bool,
    browser: bool,
    keep_contacts: bool,
    mask_archive: bool,
    allow_private: bool,
    verbose: bool,
) -> None:
    """Crawl TARGETs, e.g. `wantapply`, `greenhouse:acme` or the address of a page, into validated JSON Lines.

    With a store, the file holds all open postings of the targets, whether this crawl read them again or not.
    """
    from scraper.crawl.home import home
    from scraper.crawl.render import browser_path

    try:
        if browser:
            browser_path()
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    one_of({"--no-archive": not archive, "--mask-archive": mask_archive})
    switches = {"BROWSER": browser, "REFRESH": refresh, "MASK_ARCHIVE": mask_archive, "ALLOW_PRIVATE": allow_private}
    given: dict[str, Any] = {f"ROLECALL_{name}": True for name, on in switches.items() if on}
    given |= {} if archive else {"ROLECALL_ARCHIVE": None}
    code = carry_out(
        targets,
        output or str(home() / "posts.jsonl"),
        all_settings(given, settings),
        options,
        run=new_run(),
        store=store,
        archive=archive,
        resume=resume,
        verbose=verbose,
        keep_contacts=keep_contacts,
    )
    sys.exit(code)


def new_run() -> str:
    """The id of a run: when it began."""
    return f"{datetime.now(UTC):%Y%m%dT%H%M%S.%f}"


def carry_out(
    targets: "Sequence[str | Job]",
    path: str | None,
    settings: Mapping[str, Any],
    options: Mapping[str, str] | None = None,
    *,
    run: str,
    store: bool = True,
    archive: bool = True,
    resume: bool = False,
    verbose: bool = False,
    keep_contacts: bool = False,
    beside: "Iterable[TargetReport]" = (),
    crashed: str | None = None,
    notify: Mapping[str, Any] | None = None,
    also: Iterable[str] = (),
) -> int:
    """Crawl targets, write their open postings to `path` (None: nowhere), write the run's report; its exit code.

    `beside` are reports of targets that cannot be crawled at all, `also` are lines to say at the end.
    """
    from scraper.crawl.home import home
    from scraper.crawl.logs import log_settings
    from scraper.crawl.progress import Progress, quiet_log
    from scraper.crawl.run import Crawl, crawl, merge
    from scraper.crawl.runs import conclude
    from scraper.export.jsonlines import exported, line_of, lines_to
    from scraper.export.records import BrokenRecord
    from scraper.store import StoreError, open_store

    started, began = datetime.now(UTC), monotonic()
    kept = home() / "rolecall.db"
    given: dict[str, Any] = ({} if verbose else quiet_log()) | log_settings(verbose) | {"ROLECALL_RUN": run}
    given |= ({"ROLECALL_STORE": str(kept)} if store else {}) | (
        {"ROLECALL_ARCHIVE": str(home() / "archive")} if archive else {}
    )
    given |= ({"ROLECALL_JOBS": str(home() / "jobs")} if resume else {}) | dict(settings)
    running, failed, keep = Crawl(), None, 0

    def watch(begun: Crawl) -> None:
        nonlocal running
        running = begun
        progress.watch(begun)

    try:
        keep = merge(given).getint("ROLECALL_RUNS_KEPT")
        if store:
            open_store(kept).close()
        with Progress() as progress, lines_to(path) if path else nullcontext(lambda line: None) as write:
            crawl(
                targets,
                None if store else lambda posting: write(line_of(posting, keep_contacts)),
                given,
                options,
                watch,
            )
            if store and path:
                memory = open_store(kept)
                names = [report.target for report in running.reports()]
                for line in exported(memory, keep_contacts=keep_contacts, state="open", targets=names, run=run):
                    write(line)
                memory.close()
    except BrokenRecord as error:
        failed = f"cannot write {path}: {error}; `rolecall verify` says more"
    except (ValueError, StoreError) as error:
        raise click.UsageError(str(error)) from None
    except OSError as error:
        if error.errno == errno.EPIPE:
            raise
        failed = f"cannot write {path}: {error.strerror or error}"
    except sqlite3.Error as error:
        failed = f"the store failed: {error}; `rolecall verify` says more"
    reports = [*running.reports(), *beside]
    at = kept if store else None
    done = conclude(run, reports, started, began, store=at, error=failed, crashed=crashed, notify=notify, keep=keep)
    for line in also:
        click.echo(line, err=True)
    if failed:
        click.echo(f"Error: {failed}", err=True)
    elif path and path != "-":
        click.echo(f"{sum(report.read for report in reports)} postings read; the open ones are in {path}", err=True)
    return done.code


@click.command()
@click.argument("urls", nargs=-1, required=True, metavar="URL...")
@click.option("--json", "as_json", is_flag=True, help="A JSON object a line.")
@click.option("--offline", is_flag=True, help="Judge by the address alone; fetch nothing.")
@click.option("--browser", is_flag=True, help="Render pages that are empty without JavaScript, in Chromium.")
@ALLOW_PRIVATE
def detect(urls: tuple[str, ...], as_json: bool, offline: bool, browser: bool, allow_private: bool) -> None:
    """Say which target each URL is, how sure that is (0 to 1), and why. Exit code 1 where one is nobody's."""
    from scraper.crawl.progress import quiet_log
    from scraper.crawl.render import browser_path
    from scraper.crawl.run import detect

    if offline and (browser or allow_private):
        raise click.UsageError("--offline fetches nothing; leave --browser and --allow-private out")
    settings = quiet_log() | private(allow_private) | ({"ROLECALL_BROWSER": True} if browser else {})
    try:
        if browser:
            browser_path()
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    found = detect(urls, settings, offline)
    for detected in found:
        if as_json:
            click.echo(json.dumps(detected.as_dict(), ensure_ascii=False))
        else:
            click.echo(f"{detected.url}\t{detected.target or '-'}\t{detected.confidence:.2f}\t{detected.why}")
    sys.exit(0 if all(detected.target for detected in found) else 1)


@click.command()
@click.option(
    "-o", "--output", metavar="FILE", help="Postings as JSON Lines.  [default: ROLECALL_HOME/demo/posts.jsonl]"
)
def demo(output: str | None) -> None:
    """Serve a small invented job site on this machine, crawl it, and show what came out."""
    from scraper.crawl.home import home
    from scraper.demo.run import run_demo
    from scraper.store import StoreError

    path = Path(output) if output else home() / "demo" / "posts.jsonl"
    try:
        if path.is_dir():
            raise click.UsageError(f"{path} is a folder; give a file")
        path.parent.mkdir(parents=True, exist_ok=True)
        sys.exit(run_demo(path))
    except StoreError as error:
        raise click.UsageError(str(error)) from None
    except OSError as error:
        not_written(str(path), error)


VERBS = (crawl, detect, demo)
