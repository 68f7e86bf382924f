"""The `rolecall` command: thin, every verb calls one function of the layers below.

Exit codes: 0 done, 1 finished with losses (named on stderr), 2 wrong use, 3 blocked by the site.
"""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

import click

from scraper import __version__


def pairs(context: click.Context, option: click.Parameter, given: tuple[str, ...]) -> dict[str, str]:
    """`NAME=VALUE` options as a dict."""
    for pair in given:
        if "=" not in pair:
            raise click.BadParameter(f"{pair!r} is not NAME=VALUE")
    return dict(pair.split("=", 1) for pair in given)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="rolecall")
def main() -> None:
    """Rolecall calls the roll of open roles: it crawls job boards and applicant tracking systems, reads every post into
    one validated record, and shows for every field the words it was read from.

    All it writes lives under ROLECALL_HOME (default: the platform's data directory).
    """


@main.command()
@click.argument("targets", nargs=-1, required=True, metavar="TARGET...")
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    help="Postings as JSON Lines; `-` is stdout.  [default: ROLECALL_HOME/posts.jsonl]",
)
@click.option("-a", "options", multiple=True, callback=pairs, metavar="NAME=VALUE", help="An option of the board.")
@click.option("-s", "settings", multiple=True, callback=pairs, metavar="NAME=VALUE", help="A Scrapy setting.")
@click.option("-v", "--verbose", is_flag=True, help="Show Scrapy's own log.")
def crawl(
    targets: tuple[str, ...], output: str | None, options: dict[str, str], settings: dict[str, str], verbose: bool
) -> None:
    """Crawl TARGETs, e.g. `wantapply` or `greenhouse:acme`, into validated JSON Lines."""
    from scraper.crawl.home import home
    from scraper.crawl.progress import Progress, quiet_log
    from scraper.crawl.report import exit_code
    from scraper.crawl.run import TargetError, crawl, lines_to

    path = output or str(home() / "posts.jsonl")
    log = {} if verbose else quiet_log()
    try:
        with Progress() as progress, lines_to(path) as write:
            reports = crawl(targets, write, log | settings, options, progress.watch)
    except (TargetError, ValueError) as error:
        raise click.UsageError(str(error)) from None
    except OSError as error:
        raise click.UsageError(f"cannot write {path}: {error.strerror or error}") from None
    for report in reports:
        click.echo(report.line(), err=True)
        for loss in report.losses:
            click.echo(f"  {loss}", err=True)
    if path != "-":
        click.echo(f"{sum(report.read for report in reports)} postings in {path}", err=True)
    sys.exit(exit_code(reports))


@main.command()
@click.argument("file", required=False, type=click.File("rb"))
@click.option("--board", metavar="BOARD", help="Read FILE as a page of this board.")
@click.option("--url", metavar="URL", help="Address of the page.  [default: the file's name]")
@click.option("--raw", type=click.File("rb"), metavar="FILE", help="Read raw postings, one JSON object a line.")
def parse(file: BinaryIO | None, board: str | None, url: str | None, raw: BinaryIO | None) -> None:
    """Read posts without a crawl: FILE (`-`: stdin) is a page, a reply or a pasted text. A posting a line comes out."""
    if (file is None) == (raw is None):
        raise click.UsageError("give a FILE, or --raw FILE")
    sys.exit(parse_raw(raw) if raw else parse_file(file, board, url))  # type: ignore[arg-type]


def parse_raw(lines: BinaryIO) -> int:
    """Raw postings in, postings out, in the same order; the exit code."""
    from pydantic import ValidationError

    from scraper.parse import parse_posting
    from scraper.posting import RawPosting

    code = 0
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                click.echo(parse_posting(RawPosting.model_validate_json(line)).model_dump_json(by_alias=True))
            except ValidationError as error:
                first = error.errors()[0]
                click.echo(f"line {number}: {'.'.join(map(str, first['loc'])) or 'line'}: {first['msg']}", err=True)
                code = 1
    return code


def parse_file(file: BinaryIO, name: str | None, url: str | None) -> int:
    """The postings of one page; the exit code."""
    from scraper.crawl.board import Rejected
    from scraper.crawl.offline import decode, read_offline
    from scraper.crawl.run import TargetError, board_named
    from scraper.page import Closed, PageError

    if name is None:
        raise click.UsageError("say whose page it is: --board BOARD")
    label = "stdin" if file.name == "<stdin>" else Path(file.name).name
    code = found = 0
    try:
        board = board_named(name)()
        for item in read_offline(board, decode(file.read(), label), url or f"file:{label}", datetime.now(UTC)):
            found += 1
            if isinstance(item, Closed):
                click.echo(f"{label}: closed: {item.reason}", err=True)
            elif isinstance(item, Rejected):
                click.echo(f"{label}: rejected: {item.reason}", err=True)
                code = 1
            else:
                click.echo(item.model_dump_json(by_alias=True))
    except TargetError as error:
        raise click.UsageError(str(error)) from None
    except PageError as error:
        click.echo(f"{error}", err=True)
        return 1
    if not found:
        click.echo(f"{label}: no posting of {name} in it", err=True)
        return 1
    return code


@main.command()
@click.option(
    "-o", "--output", metavar="FILE", help="Postings as JSON Lines.  [default: ROLECALL_HOME/demo/posts.jsonl]"
)
def demo(output: str | None) -> None:
    """Serve a small invented job site on this machine, crawl it, and show what came out."""
    from scraper.crawl.home import home
    from scraper.demo.run import run_demo

    sys.exit(run_demo(Path(output) if output else home() / "demo" / "posts.jsonl"))


if __name__ == "__main__":
    main()
