"""Verbs that ask the store."""

import json
import sys
from collections import Counter
from pathlib import Path

import click

from scraper.cli.options import STORE, Time, at_store


@click.command()
@STORE
def cluster(path: Path | None) -> None:
    """Find postings that are the same job: on several boards, in several cities."""
    from scraper.cluster import clusters

    store = at_store(path)
    try:
        found, joined = clusters(json.loads(row["record"]) for row in store.postings())
    except (ValueError, KeyError, TypeError, AttributeError):
        raise click.ClickException(f"{store.path}: a stored record is broken; `rolecall verify` says which") from None
    store.set_clusters(found, [(join.first, join.second, join.because) for join in joined])
    reasons = Counter(join.because for join in joined)
    said = ", ".join(f"{count} by {reason}" for reason, count in reasons.most_common()) or "none"
    click.echo(f"{len(found)} postings in {len(set(found.values()))} clusters; joined: {said}")


@click.command()
@STORE
@click.option("--since", type=Time(), metavar="TIME", help="Events since an ISO 8601 date or time.")
def events(path: Path | None, since: str | None) -> None:
    """Print what happened to postings (new, changed, closed, reopened, blocked) as JSON Lines."""
    for row in at_store(path).events(since=since):
        changes = json.loads(row["changes"]) if row["changes"] else None
        click.echo(json.dumps(dict(row) | {"changes": changes}, ensure_ascii=False))


@click.command()
@STORE
@click.argument("id")
def show(path: Path | None, id: str) -> None:
    """Show one posting: its record, where each value was read, and its history."""
    from scraper.posting import Posting
    from scraper.show import show_posting

    store = at_store(path)
    row = store.posting(id)
    if row is None:
        near = store.ids_like(id)
        raise click.UsageError(f"no posting {id!r}" + (f"; there is {', '.join(near)}" if near else ""))
    try:
        posting = Posting.model_validate_json(row["record"])
    except ValueError:
        raise click.ClickException(f"{id}: its record is broken; `rolecall verify` says how") from None
    show_posting(posting, dict(row), [dict(event) for event in store.events(id=id)])
    for join in store.cluster(id):
        click.echo(f"  one job: {join['first']} and {join['second']}: {join['because']}")


@click.command()
@STORE
@click.option(
    "--archive", type=click.Path(path_type=Path), metavar="DIR", help="Archive.  [default: ROLECALL_HOME/archive]"
)
@click.option("--mend", is_flag=True, help="Cut the last record of an archive file where a crash left it half written.")
def verify(path: Path | None, archive: Path | None, mend: bool) -> None:
    """Check the store and the archive. Exit code 1 where something was wrong."""
    from scraper.archive import archive_files, damage
    from scraper.archive import mend as cut_off
    from scraper.crawl.home import home

    if archive and not archive.exists():
        raise click.UsageError(f"no archive at {archive}")
    faults = at_store(path).faults()
    folder = archive or home() / "archive"
    files = archive_files([folder]) if folder.exists() else []
    if archive and not files:
        faults.append(f"{archive}: no WARC file in it")
    for file in files:
        if said := damage(file):
            cut = cut_off(file) if mend else 0
            faults.append(f"{file}: {said}" + (f"; {cut} bytes removed" if cut else ""))
    for fault in faults:
        click.echo(fault, err=True)
    click.echo(f"{len(files)} archive files, {len(faults)} faults", err=True)
    sys.exit(1 if faults else 0)


VERBS = (cluster, events, show, verify)
