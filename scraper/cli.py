"""The `rolecall` command: thin, every verb calls one function of the layers below.

Exit codes: 0 done, 1 finished with losses (named on stderr), 2 wrong use, 3 blocked by the site.
"""

import errno
import json
import sqlite3
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, NoReturn

import click

from scraper import __version__

if TYPE_CHECKING:
    from scraper.posting import Posting
    from scraper.store import Store


def pairs(context: click.Context, option: click.Parameter, given: tuple[str, ...]) -> dict[str, str]:
    """`NAME=VALUE` options as a dict."""
    for pair in given:
        if "=" not in pair:
            raise click.BadParameter(f"{pair!r} is not NAME=VALUE")
    return dict(pair.split("=", 1) for pair in given)


class Commands(click.Group):
    """The verbs; a store that fails under any of them is said in a line."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except sqlite3.Error as error:
            raise click.ClickException(f"the store failed: {error}; `rolecall verify` says more") from None


class Time(click.ParamType[str]):
    """An ISO 8601 date or time, as the store writes it: UTC, `Z`."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        try:
            at = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no ISO 8601 date or time, e.g. 2026-11-02 or 2026-11-02T09:30:00Z", param, ctx)
        at = at if at.tzinfo else at.replace(tzinfo=UTC)
        return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def not_written(path: str, error: OSError) -> NoReturn:
    """End with a line that says why the output is not there."""
    if error.errno == errno.EPIPE:
        raise error
    raise click.ClickException(f"cannot write {path}: {error.strerror or error}") from None


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="rolecall")
def main() -> None:
    """Rolecall calls the roll of open roles: it crawls job boards and applicant tracking systems, reads every post into
    one validated record, and shows for every field the words it was read from.

    All it writes lives under ROLECALL_HOME (default: the platform's data directory).
    """


ALLOW_PRIVATE = click.option(
    "--allow-private", is_flag=True, help="Let pages lead to private addresses of this network too."
)


def private(allowed: bool) -> dict[str, Any]:
    """The setting of `--allow-private`; where it is not given, the environment decides."""
    return {"ROLECALL_ALLOW_PRIVATE": True} if allowed else {}


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
@click.option("--store/--no-store", default=True, help="Remember postings and events in ROLECALL_HOME/rolecall.db.")
@click.option("--archive/--no-archive", default=True, help="Keep every reply in ROLECALL_HOME/archive.")
@click.option("--refresh", is_flag=True, help="Read every page again, known or not.")
@click.option("--resume", is_flag=True, help="Go on where a crawl of the same targets was cut off.")
@click.option("--browser", is_flag=True, help="Render pages that are empty without JavaScript, in Chromium.")
@ALLOW_PRIVATE
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
    allow_private: bool,
    verbose: bool,
) -> None:
    """Crawl TARGETs, e.g. `wantapply`, `greenhouse:acme` or the address of a page, into validated JSON Lines.

    With a store, the file holds all open postings of the targets, whether this crawl read them again or not.
    """
    from scraper.crawl.home import home
    from scraper.crawl.progress import Progress, quiet_log
    from scraper.crawl.render import browser_path
    from scraper.crawl.report import exit_code
    from scraper.crawl.run import TargetError, crawl
    from scraper.export.jsonlines import exported, lines_to
    from scraper.store import StoreError, open_store

    path = output or str(home() / "posts.jsonl")
    run = f"{datetime.now(UTC):%Y%m%dT%H%M%S.%f}"
    given: dict[str, Any] = ({} if verbose else quiet_log()) | {"ROLECALL_RUN": run}
    given |= {"ROLECALL_STORE": str(home() / "rolecall.db")} if store else {}
    given |= {"ROLECALL_ARCHIVE": str(home() / "archive")} if archive else {}
    given |= ({"ROLECALL_BROWSER": True} if browser else {}) | private(allow_private)
    given |= {"ROLECALL_REFRESH": refresh} | ({"ROLECALL_JOBS": str(home() / "jobs")} if resume else {}) | settings
    try:
        if browser:
            browser_path()
        if store:
            open_store(home() / "rolecall.db").close()
        with Progress() as progress, lines_to(path) as write:
            reports = crawl(
                targets,
                lambda posting: None if store else write(posting.model_dump_json(by_alias=True)),
                given,
                options,
                progress.watch,
            )
            if store:
                memory = open_store(home() / "rolecall.db")
                for line in exported(memory, state="open", targets=[report.target for report in reports], run=run):
                    write(line)
                memory.close()
    except (TargetError, ValueError, StoreError) as error:
        raise click.UsageError(str(error)) from None
    except OSError as error:
        not_written(path, error)
    for report in reports:
        click.echo(report.line(), err=True)
        for loss in report.losses:
            click.echo(f"  {loss}", err=True)
    if path != "-":
        click.echo(f"{sum(report.read for report in reports)} postings read; the open ones are in {path}", err=True)
    sys.exit(exit_code(reports))


@main.command()
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


@main.command()
@click.argument("file", required=False, type=click.File("rb"))
@click.option("--board", metavar="BOARD", help="Read FILE as a page of this board.  [default: what URL or FILE tells]")
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


@main.command()
@click.option(
    "-o", "--output", metavar="FILE", help="Postings as JSON Lines.  [default: ROLECALL_HOME/demo/posts.jsonl]"
)
def demo(output: str | None) -> None:
    """Serve a small invented job site on this machine, crawl it, and show what came out."""
    from scraper.crawl.home import home
    from scraper.demo.run import run_demo

    sys.exit(run_demo(Path(output) if output else home() / "demo" / "posts.jsonl"))


def at_store(path: Path | None) -> "Store":
    """The store of `--store`, or that of ROLECALL_HOME. It must be there."""
    from scraper.crawl.home import home
    from scraper.store import StoreError, open_store

    found = path or home() / "rolecall.db"
    if not found.exists():
        raise click.UsageError(f"no store at {found}; `rolecall crawl TARGET` makes one")
    try:
        return open_store(found)
    except StoreError as error:
        raise click.UsageError(str(error)) from None


STORE = click.option(
    "--store", "path", type=click.Path(path_type=Path), help="Store file.  [default: ROLECALL_HOME/rolecall.db]"
)


@main.command()
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


@main.command()
@STORE
def cluster(path: Path | None) -> None:
    """Find postings that are the same job: on several boards, in several cities."""
    from scraper.cluster import clusters

    store = at_store(path)
    found, joined = clusters(json.loads(row["record"]) for row in store.postings())
    store.set_clusters(found, [(join.first, join.second, join.because) for join in joined])
    reasons = Counter(join.because for join in joined)
    said = ", ".join(f"{count} by {reason}" for reason, count in reasons.most_common()) or "none"
    click.echo(f"{len(found)} postings in {len(set(found.values()))} clusters; joined: {said}")


@main.command()
@STORE
@click.option("--since", type=Time(), metavar="TIME", help="Events since an ISO 8601 date or time.")
def events(path: Path | None, since: str | None) -> None:
    """Print what happened to postings (new, changed, closed, reopened, blocked) as JSON Lines."""
    for row in at_store(path).events(since=since):
        changes = json.loads(row["changes"]) if row["changes"] else None
        click.echo(json.dumps(dict(row) | {"changes": changes}, ensure_ascii=False))


@main.command()
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
    show_posting(Posting.model_validate_json(row["record"]), dict(row), [dict(event) for event in store.events(id=id)])
    for join in store.cluster(id):
        click.echo(f"  one job: {join['first']} and {join['second']}: {join['because']}")


@main.command()
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

    faults = at_store(path).faults()
    folder = archive or home() / "archive"
    files = archive_files([folder]) if folder.exists() else []
    for file in files:
        if said := damage(file):
            cut = cut_off(file) if mend else 0
            faults.append(f"{file}: {said}" + (f"; {cut} bytes removed" if cut else ""))
    for fault in faults:
        click.echo(fault, err=True)
    click.echo(f"{len(files)} archive files, {len(faults)} faults", err=True)
    sys.exit(1 if faults else 0)


@main.command()
@click.argument("archives", nargs=-1, type=click.Path(path_type=Path), metavar="[ARCHIVE]...")
@click.option("--board", metavar="BOARD", help="Pages of this board only.")
@click.option("--since", type=Time(), metavar="TIME", help="Pages fetched since an ISO 8601 date or time.")
@click.option("-o", "--output", default="-", metavar="FILE", help="Where to write; `-` is stdout.  [default: -]")
@click.option("--diff", "compare", is_flag=True, help="Compare with the store instead: what the new readers change.")
@click.option("--against", type=click.File("rb"), metavar="FILE", help="With --diff: compare with these postings.")
@STORE
def reparse(
    archives: tuple[Path, ...],
    board: str | None,
    since: str | None,
    output: str,
    compare: bool,
    against: BinaryIO | None,
    path: Path | None,
) -> None:
    """Read archived pages again with today's boards and readers, with no request."""
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

    def good() -> Iterator["Posting"]:
        nonlocal rejected
        for item in reparse(archives or (home() / "archive",), board, since):
            if isinstance(item, Rejected):
                rejected += 1
                click.echo(f"rejected: {item.reason}", err=True)
            else:
                yield item

    try:
        if compare or against:
            lines = against if against else (row["record"] for row in at_store(path).postings())
            records = (json.loads(line) for line in lines if line.strip())
            show_diff(*diff({(record["id"], record["fetched_at"]): record for record in records}, good()))
        else:
            with lines_to(output) as write:
                for posting in good():
                    write(posting.model_dump_json(by_alias=True))
    except FileNotFoundError as error:
        raise click.UsageError(str(error)) from None
    except OSError as error:
        not_written(output, error)
    sys.exit(1 if rejected else 0)


@main.command("eval")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--wrong", metavar="FIELD", help="Print the posts where this field came out wrong, as JSON Lines.")
@click.option("--json", "as_json", is_flag=True, help="The scores as one JSON object.")
def evaluate(folder: Path, wrong: str | None, as_json: bool) -> None:
    """Score the readers on the labelled posts in FOLDER, field by field.

    Exit code 1 where a field is below its floor in FOLDER/floors.toml.
    """
    from scraper.evaluate import LabelError, floors, score

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


@main.command()
@click.option("--json", "as_json", is_flag=True, help="A JSON list of objects.")
@click.option("--markdown", is_flag=True, help="The table of the README.")
def boards(as_json: bool, markdown: bool) -> None:
    """List the boards, the shape of their targets, and what each publishes."""
    from scraper.crawl.catalogue import catalogue, matrix

    facts = catalogue()
    if as_json:
        click.echo(json.dumps(facts, ensure_ascii=False, indent=1))
    elif markdown:
        click.echo(matrix(facts))
    else:
        width = max(len(board["target"]) for board in facts)
        for board in facts:
            click.echo(f"{board['target']:{width}}  {board['title']} ({', '.join(board['doors'])})")
            click.echo(f"{'':{width}}  publishes {', '.join(board['slots'])}")
            for name, what in (board["keys"] | board["keys_optional"]).items():
                click.echo(f"{'':{width}}  {'needs' if name in board['keys'] else 'may use'} {name}: {what}")
            for name, what in board["options"].items():
                click.echo(f"{'':{width}}  -a {name}=…: {what}")


@main.command("new-board")
@click.argument("name")
@click.argument("url")
def new_board(name: str, url: str) -> None:
    """Start a board in this checkout: its file, its golden folder, its failing test."""
    from scraper.crawl.new_board import new_board as make

    try:
        files = make(name, url, Path.cwd())
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    for path in files:
        click.echo(f"made {path.relative_to(Path.cwd())}")
    click.echo(f"Now fill the three methods, put a reply into the golden folder, and run: pytest -k {name} --regold")


if __name__ == "__main__":
    main()
