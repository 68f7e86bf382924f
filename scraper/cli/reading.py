"""Verbs that read posts with no request."""

import json
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING, BinaryIO

import click

from scraper.cli.options import STORE, Time, at_store, not_written, one_of

if TYPE_CHECKING:
    from scraper.posting import Posting

MOST_NAMED = 20
"""Files with losses that are named."""


@click.command()
@click.argument("file", required=False, type=click.File("rb"))
@click.option("--board", metavar="BOARD", help="Read FILE as a page of this board.  [default: what URL or FILE tells]")
@click.option("--url", metavar="URL", help="Address of the page.  [default: the file's name]")
@click.option("--raw", type=click.File("rb"), metavar="FILE", help="Read raw postings, one JSON object a line.")
def parse(file: BinaryIO | None, board: str | None, url: str | None, raw: BinaryIO | None) -> None:
    """Read posts without a crawl: FILE (`-`: stdin) is a page, a reply or a pasted text. A posting a line comes out."""
    if (file is None) == (raw is None):
        raise click.UsageError("give a FILE, or --raw FILE")
    if raw and (board or url):
        raise click.UsageError("raw postings name their board and address; leave --board and --url out")
    sys.exit(parse_raw(raw) if raw else parse_file(file, board, url))  # type: ignore[arg-type]


def parse_raw(lines: BinaryIO) -> int:
    """Raw postings in, postings out, in the same order; the exit code."""
    from pydantic import ValidationError

    from scraper.parse import parse_posting
    from scraper.posting import RawPosting, breach

    code = found = 0
    for number, line in enumerate(lines, 1):
        if line.strip():
            found += 1
            try:
                click.echo(parse_posting(RawPosting.model_validate_json(line)).model_dump_json(by_alias=True))
            except ValidationError as error:
                click.echo(f"line {number}: {breach(error)}", err=True)
                code = 1
    if not found:
        click.echo("no raw posting", err=True)
    return code if found else 1


def reader_of(text: str, url: str | None) -> str:
    """The board that a page is read by: that of its address, else the one for career pages of any site."""
    from scraper.crawl.detect import by_address
    from scraper.crawl.run import boards

    found = by_address(url, boards()) if url else None
    if found and found.target and found.confidence == 1:
        return found.target.partition(":")[0]
    if text.lstrip()[:1] in ("[", "{") or text.lstrip()[:5] == "<?xml":
        raise click.UsageError("say whose data it is: --board BOARD, or --url URL")
    return "careers"


def parse_file(file: BinaryIO, name: str | None, url: str | None) -> int:
    """The postings of one page; the exit code."""
    from scraper.crawl.board import Rejected
    from scraper.crawl.offline import decode, read_offline
    from scraper.crawl.run import TargetError, board_named
    from scraper.page import Closed, PageError

    label = "stdin" if file.name == "<stdin>" else Path(file.name).name
    code = found = 0
    try:
        text = decode(file.read(), label)
        name = name or reader_of(text, url)
        for item in read_offline(board_named(name)(), text, url or f"file:{label}", datetime.now(UTC)):
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


@click.command()
@click.argument("archives", nargs=-1, type=click.Path(path_type=Path), metavar="[ARCHIVE]...")
@click.option("--board", metavar="BOARD", help="Pages of this board only.")
@click.option("--since", type=Time(), metavar="TIME", help="Pages fetched since an ISO 8601 date or time.")
@click.option(
    "-o",
    "--output",
    default="-",
    metavar="FILE|FOLDER",
    help="JSON Lines to a file (`-`: stdout), or a Parquet file for each input to a folder.  [default: -]",
)
@click.option("--engine", type=click.Choice(["local", "dask", "spark"]), help="What reads.  [default: local]")
@click.option("--workers", type=click.IntRange(1, 4096), metavar="N", help="Processes.  [default: one a core]")
@click.option("--scheduler", metavar="ADDRESS", help="A cluster: Dask's `tcp://…:8786`, Spark's `spark://…:7077`.")
@click.option("--force", is_flag=True, help="Read files again that are done.")
@click.option("--diff", "compare", is_flag=True, help="Compare with the store instead: what the new readers change.")
@click.option("--against", type=click.File("rb"), metavar="FILE", help="With --diff: compare with these postings.")
@STORE
def reparse(
    archives: tuple[Path, ...],
    board: str | None,
    since: str | None,
    output: str,
    engine: str | None,
    workers: int | None,
    scheduler: str | None,
    force: bool,
    compare: bool,
    against: BinaryIO | None,
    path: Path | None,
) -> None:
    """Read archived pages again with today's boards and readers, with no request.

    An ARCHIVE is a WARC file or a folder of them (default: the archive of ROLECALL_HOME). With `-o FOLDER/` every input
    becomes a Parquet file in that folder, many at once; inputs may then be Parquet files of raw postings, too, and what
    an earlier run has done is not done again.
    """
    from scraper.crawl.board import Rejected
    from scraper.crawl.home import home
    from scraper.crawl.reparse import diff, reparse
    from scraper.crawl.run import TargetError, board_named
    from scraper.export.jsonlines import lines_to
    from scraper.show import show_diff

    rejected = 0
    if board is not None:
        try:
            board_named(board)
        except TargetError as error:
            raise click.UsageError(str(error)) from None
    inputs = archives or (home() / "archive",)
    to_folder = output.endswith("/") or Path(output).is_dir()
    if not to_folder and output.endswith(".parquet"):
        raise click.UsageError("Parquet goes to a folder: -o FOLDER/")
    if not to_folder and (engine or workers or scheduler or force):
        raise click.UsageError("--engine, --workers, --scheduler and --force go with -o FOLDER/")
    compare = compare or against is not None
    if compare and output != "-":
        raise click.UsageError("--diff writes nothing; leave -o out")
    one_of({"--against": against, "--store": path})
    if path and not compare:
        raise click.UsageError("--store goes with --diff")
    if to_folder:
        sys.exit(reparse_to(Path(output), inputs, board, since, engine or "local", workers, scheduler, force))

    def good() -> Iterator["Posting"]:
        nonlocal rejected
        for item in reparse(inputs, board, since):
            if isinstance(item, Rejected):
                rejected += 1
                click.echo(f"rejected: {item.reason}", err=True)
            else:
                yield item

    try:
        if compare:
            lines = against if against else (row["record"] for row in at_store(path).postings())
            records = (json.loads(line) for line in lines if line.strip())
            try:
                before = {(record["id"], record["fetched_at"]): record for record in records}
            except (ValueError, KeyError, TypeError):
                where = against.name if against else "the store"
                raise click.UsageError(f"{where}: a line is no posting; `rolecall export` writes postings") from None
            show_diff(*diff(before, good()))
        else:
            with lines_to(output) as write:
                for posting in good():
                    write(posting.model_dump_json(by_alias=True))
    except FileNotFoundError as error:
        raise click.UsageError(str(error)) from None
    except OSError as error:
        not_written(output, error)
    sys.exit(1 if rejected else 0)


def reparse_to(
    folder: Path,
    inputs: Sequence[Path],
    board: str | None,
    since: str | None,
    engine: str,
    workers: int | None,
    scheduler: str | None,
    force: bool,
) -> int:
    """A Parquet file for each input; the exit code."""
    if engine == "local" and scheduler:
        raise click.UsageError("--scheduler goes with --engine dask or spark")
    needs("tables", "pyarrow")
    if engine != "local":
        needs(engine, {"dask": "distributed", "spark": "pyspark"}[engine])
    from scraper.crawl.engines import ENGINES, EngineError, cores
    from scraper.crawl.rewrite import follow, reparse_file, reparse_files, tasks_of

    try:
        tasks = tasks_of(inputs, folder, board, since, force)
    except (FileNotFoundError, ValueError) as error:
        raise click.UsageError(str(error)) from None
    if not tasks:
        raise click.UsageError(f"no WARC or Parquet file in {', '.join(map(str, inputs))}")
    count = workers or cores()
    over = Event()
    teller = Thread(target=follow, args=(tasks, over, lambda line: click.echo(line, err=True)), daemon=True)
    teller.start()
    try:
        entries = reparse_files(tasks, lambda given: ENGINES[engine](reparse_file, given, count, scheduler))
    except EngineError as error:
        raise click.ClickException(str(error)) from None
    except BlockingIOError:
        raise click.UsageError(f"another run writes to {folder}") from None
    except OSError as error:
        not_written(str(folder), error)
    finally:
        over.set()
    for entry in [entry for entry in entries if entry["rejects"]][:MOST_NAMED]:
        what = entry.get("error") or f"{entry['rejects']} rejected"
        click.echo(f"{entry['input']}: {what}: {folder}/rejects/{entry['name']}.jsonl", err=True)
    rows, rejects = (sum(entry[name] for entry in entries) for name in ("rows", "rejects"))
    click.echo(f"{len(entries)} files, {rows} postings, {rejects} rejected, in {folder}", err=True)
    return 1 if rejects else 0


def needs(extra: str, module: str) -> None:
    """End with a line that says what to install, where a package of an extra is missing."""
    if find_spec(module) is None:
        raise click.UsageError(f"this needs {module}: pip install 'rolecall[{extra}]'")


@click.command("eval")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--wrong", metavar="FIELD", help="Print the posts where this field came out wrong, as JSON Lines.")
@click.option("--json", "as_json", is_flag=True, help="The scores as one JSON object.")
def evaluate(folder: Path, wrong: str | None, as_json: bool) -> None:
    """Score the readers on the labelled posts in FOLDER, field by field.

    Exit code 1 where a field is below its floor in FOLDER/floors.toml.
    """
    from scraper.evaluate import LabelError, floors, score

    one_of({"--wrong": wrong, "--json": as_json})
    try:
        scores, least = score(folder), floors(folder)
    except LabelError as error:
        raise click.UsageError(str(error)) from None
    if wrong is not None and wrong not in scores:
        raise click.UsageError(f"no label of {wrong!r}; there are {', '.join(scores)}")
    if wrong is not None:
        for row in scores[wrong].wrong:
            click.echo(json.dumps(row, ensure_ascii=False))
        return
    if as_json:
        names = ("precision", "recall", "f1", "right", "extra", "missed", "posts")
        click.echo(json.dumps({field: {n: getattr(s, n) for n in names} for field, s in scores.items()}))
    else:
        for field, one in scores.items():
            floor = f"  floor {least[field]:.3f}" if field in least else ""
            click.echo(
                f"{field:18} precision {one.precision:.3f}  recall {one.recall:.3f}  F1 {one.f1:.3f}"
                f"  values {one.right + one.missed:4}  posts {one.posts:4}{floor}"
            )
    below = [
        f"{field}: F1 {scores[field].f1:.4f} is below its floor {least[field]}"
        for field in least
        if field in scores and scores[field].f1 < least[field]
    ]
    for line in below:
        click.echo(line, err=True)
    sys.exit(1 if below else 0)


VERBS = (parse, reparse, evaluate)
