"""The verbs that hand postings on."""

from pathlib import Path
from typing import Any

import click

from scraper.cli.options import STORE, Time, at_store, not_written


@click.command()
@STORE
@click.option("-o", "--output", default="-", metavar="FILE", help="Where to write; `-` is stdout.  [default: -]")
@click.option("--open", "state", flag_value="open", default=True, help="Open postings only (this is the default).")
@click.option("--all", "state", flag_value="all", help="Closed ones too.")
@click.option("--since", type=Time(), metavar="TIME", help="Postings with an event since an ISO 8601 date or time.")
@click.option("--crawl", "number", type=int, metavar="N", help="Postings that crawl number N saw last.")
@click.option("--one-per-cluster", is_flag=True, help="One posting of each job, the employer's own first.")
def export(
    path: Path | None, output: str, state: str, since: str | None, number: int | None, one_per_cluster: bool
) -> None:
    """Write postings of the store as JSON Lines. A file appears whole, or not at all."""
    from scraper.export.jsonlines import exported, lines_to

    store = at_store(path)
    if number is not None and number not in {row["n"] for row in store.crawls()}:
        raise click.UsageError(f"no crawl {number} in the store")
    try:
        with lines_to(output) as write:
            which: dict[str, Any] = {"state": state, "since": since, "crawl": number}
            for line in exported(store, **which, one_per_cluster=one_per_cluster):
                write(line)
    except OSError as error:
        not_written(output, error)


VERBS = (export,)
