"""The verb that makes a page of the store."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scraper.cli.options import STORE, Time, at_store, not_written, one_of

if TYPE_CHECKING:
    from scraper.store import Store


@click.command()
@STORE
@click.option(
    "-o", "--output", default="report.html", metavar="FILE", show_default=True, help="Where to write; `-` is stdout."
)
@click.option("--open", "open_only", is_flag=True, help="Count open postings (this is the default).")
@click.option("--all", "closed_too", is_flag=True, help="Count closed ones too.")
@click.option("--board", "boards", multiple=True, metavar="BOARD", help="Postings of this board; repeatable.")
@click.option(
    "--country", "countries", multiple=True, metavar="CC", help="Postings with a place in this country; repeatable."
)
@click.option("--since", type=Time(), metavar="TIME", help="Postings first seen since an ISO 8601 date or time.")
@click.option(
    "--weeks", type=click.IntRange(1, 520), default=4, show_default=True, help="How long ago lately is, for skills."
)
@click.option("--title", default="Open roles", show_default=True, help="Title of the page.")
@click.option(
    "--labelled", type=click.Path(path_type=Path), metavar="FOLDER", help="Score the readers on labelled posts."
)
def report(
    path: Path | None,
    output: str,
    open_only: bool,
    closed_too: bool,
    boards: tuple[str, ...],
    countries: tuple[str, ...],
    since: str | None,
    weeks: int,
    title: str,
    labelled: Path | None,
) -> None:
    """Make a report of the store: one HTML file that needs no network and runs no script."""
    try:
        from scraper.report import Choice, ReportError, report_page
    except ModuleNotFoundError as error:
        raise click.UsageError(f"{error.name} is missing: pip install 'rolecall[report]'") from None
    from scraper.export.jsonlines import lines_to

    one_of({"--open": open_only, "--all": closed_too})
    store = at_store(path)
    choice = Choice(not closed_too, known_boards(store, boards), known_countries(countries), since, weeks)
    generated = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    scores = scored(labelled) if labelled else None
    try:
        with lines_to(output) as write:  # what cannot be written is said before the work
            html = report_page(
                store,
                choice,
                title=title.strip() or "Open roles",
                generated=generated,
                run=last_run(store.path),
                scores=scores,
            )
            write(html)
    except ReportError as error:
        raise click.ClickException(str(error)) from None
    except OSError as error:
        not_written(output, error)
    if output != "-":
        click.echo(f"{output}: {len(html.encode()) / 1e6:.1f} MB", err=True)


def known_boards(store: "Store", names: tuple[str, ...]) -> tuple[str, ...]:
    """Boards that the store has postings of."""
    from scraper.store.overview import boards_of

    known = boards_of(store) if names else []
    for name in names:
        if name not in known:
            raise click.UsageError(
                f"no posting of board {name!r} in the store; there is {', '.join(known) or 'none at all'}"
            )
    return names


def known_countries(codes: tuple[str, ...]) -> tuple[str, ...]:
    """Countries by their ISO 3166-1 codes."""
    from scraper.report.figures import countries

    for code in codes:
        if code.upper() not in countries():
            raise click.UsageError(f"no country {code!r}: give its two letters (ISO 3166-1), e.g. DE")
    return tuple(code.upper() for code in codes)


def last_run(store: Path) -> dict[str, Any] | None:
    """The report of the last run beside a store; None where there is none that can be read."""
    runs = [run for run in (store.parent / "runs").glob("*.json") if re.fullmatch(r"\d{8}T\d{6}\.\d+", run.stem)]
    try:
        found = json.loads(max(runs).read_text("utf-8")) if runs else None
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def scored(folder: Path) -> tuple[str, list[tuple[str, float, float, int, int]]]:
    """The scores of the readers on a folder of labelled posts."""
    from scraper.evaluate import LabelError, score

    try:
        found = score(folder)
    except LabelError as error:
        raise click.UsageError(str(error)) from None
    return folder.name, [(name, s.precision, s.recall, s.right + s.missed, s.posts) for name, s in found.items()]


VERBS = (report,)
