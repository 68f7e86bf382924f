"""The `rolecall` command: thin, every verb calls one function of the layers below."""

import sys
from typing import TextIO

import click
from pydantic import ValidationError

from scraper import __version__


@click.group()
@click.version_option(__version__, prog_name="rolecall")
def main() -> None:
    """Rolecall calls the roll of open roles."""


@main.command()
@click.option("--raw", type=click.File(encoding="utf-8"), help="Raw postings as JSON Lines; a posting a line comes out.")
def parse(raw: TextIO) -> None:
    """Read posts without a crawl."""
    from scraper.parse import parse_posting
    from scraper.posting import RawPosting

    for number, line in enumerate(raw, 1):
        if not line.strip():
            continue
        try:
            print(parse_posting(RawPosting.model_validate_json(line)).model_dump_json(by_alias=True))
        except ValidationError as error:
            print(f"line {number}: {error.errors()[0]['loc']}: {error.errors()[0]['msg']}", file=sys.stderr)


if __name__ == "__main__":
    main()
