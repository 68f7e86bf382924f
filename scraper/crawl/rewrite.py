"""One file of archived pages, or of raw postings, becomes one Parquet file of postings: read again by today's readers.

The work is a function of its input alone. Every engine (`scraper.crawl.engines`) runs the same one, so all of them
write the same bytes, and a file that was half done when its worker died is simply done again. Needs pyarrow
(`rolecall[tables]`).
"""

import faulthandler
import fcntl
import glob
import hashlib
import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event
from time import monotonic, time_ns
from typing import Any, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from scraper import __version__, arrow
from scraper.archive import archive_files, files_below
from scraper.crawl.board import Rejected
from scraper.crawl.reparse import reread
from scraper.parse import parse_batch
from scraper.posting import SCHEMA_VERSION, Posting
from scraper.whole import whole, write_whole

MANIFEST = "manifest.json"

BATCH, ROW_GROUP = 100, 1000
"""Postings that are turned into columns at once, and that a worker holds before they are written."""

PATIENCE = 300.0
"""Seconds that a page, or a batch of raw postings, may take before its worker is ended."""

PARQUET = b"PAR1"
"""How a Parquet file begins and ends."""

NEEDED = ("board", "key", "url", "title", "seen_at")
"""Columns without which no row is a raw posting."""

ABOUT = b"rolecall_reparse"
"""Where an output says, in its metadata, what it was made of and by what."""

Entry: TypeAlias = dict[str, Any]
"""What came of a file, as the manifest lists it: `name`, `input`, `bytes`, `modified`, `output`, `rows`, `rejects`,
`sha256`; `error` where it could not be done, and then no output."""


@dataclass(frozen=True)
class Task:
    """A file to read, and where its postings go. `only` is a board's name, `since` an ISO date or time of fetching."""

    source: str
    folder: str
    """Where all outputs go: `postings/NAME.parquet`, `rejects/NAME.jsonl`."""
    name: str
    """Of the outputs, without a suffix."""
    only: str | None = None
    since: str | None = None
    after: int = 0
    """An output older than this (nanoseconds since 1970) is made again."""
    patience: float = PATIENCE

    @property
    def output(self) -> Path:
        return Path(self.folder, "postings", f"{self.name}.parquet")

    @property
    def rejects(self) -> Path:
        return Path(self.folder, "rejects", f"{self.name}.jsonl")


def about(task: Task) -> dict[str, Any]:
    """What decides an output's content: its input, what of it is wanted, and who reads. Raises `OSError`."""
    stat = Path(task.source).stat()
    return {
        "input": Path(task.source).name,
        "bytes": stat.st_size,
        "modified": stat.st_mtime_ns,
        "board": task.only,
        "since": task.since,
        "parser_version": __version__,
        "schema_version": SCHEMA_VERSION,
    }


def done(task: Task) -> tuple[int, int] | None:
    """How many postings and rejects an earlier run wrote; None where these readers have not read this input yet."""
    try:
        if task.output.stat().st_mtime_ns < task.after:
            return None
        footer = pq.read_metadata(task.output)
        said = json.loads((footer.metadata or {}).get(ABOUT, b"{}"))
        rejects = said.pop("rejects", 0)
        if said != about(task) or (rejects and not task.rejects.exists()):
            return None
    except (OSError, ValueError, pa.ArrowException):
        return None
    return footer.num_rows, rejects


def reparse_file(task: Task) -> Entry:
    """Read a file again and write its postings, whole or not at all; a file that is done already is left as it is.

    What cannot be read goes to `rejects/NAME.jsonl` with its reason. A page that takes longer than `patience` ends the
    process: see `watched`. Raises `OSError` where nothing can be written.
    """
    found = done(task) or write_file(task)
    with task.output.open("rb") as output:
        digest = hashlib.file_digest(output, "sha256").hexdigest()
    kept = ("input", "bytes", "modified")
    return {name: value for name, value in about(task).items() if name in kept} | {
        "output": f"postings/{task.name}.parquet",
        "rows": found[0],
        "rejects": found[1],
        "sha256": digest,
    }


def write_file(task: Task) -> tuple[int, int]:
    """Write the two files of a task; how many postings and rejects there are."""
    said = about(task)
    rows = rejects = 0
    held: list[pa.RecordBatch] = []
    with (
        whole(task.output) as out,
        whole(task.rejects) as side,
        side.open("w", encoding="utf-8") as lines,
        pq.ParquetWriter(out, arrow.posting_schema(), compression="zstd") as writer,
        watched(task.patience) as on,
    ):
        for found in batches(task, on):
            if isinstance(found, Rejected):
                piece = {"reason": found.reason, "piece": found.piece}
                lines.write(json.dumps(piece, ensure_ascii=False, default=str) + "\n")
                rejects += 1
                continue
            rows += found.num_rows
            held.append(found)
            if sum(batch.num_rows for batch in held) >= ROW_GROUP:
                writer.write_table(pa.Table.from_batches(held))
                held = []
        if held:
            writer.write_table(pa.Table.from_batches(held))
        writer.add_key_value_metadata({ABOUT: json.dumps(said | {"rejects": rejects})})
        if not rejects:
            side.unlink()
            task.rejects.unlink(missing_ok=True)
    return rows, rejects


def batches(task: Task, on: Callable[[], None]) -> Iterator[pa.RecordBatch | Rejected]:
    """Batches of postings, and what was rejected, in the order of the input. `on` is called at each step."""
    path = Path(task.source)
    with path.open("rb") as stream:
        is_parquet = stream.read(len(PARQUET)) == PARQUET or path.suffix == ".parquet"
    yield from read_raw(task, on) if is_parquet else read_pages(task, on)


def read_pages(task: Task, on: Callable[[], None]) -> Iterator[pa.RecordBatch | Rejected]:
    """As `batches`, from a WARC file."""
    held: list[Posting] = []
    path = Path(task.source)
    for item in reread(path, task.only, task.since, on):
        on()
        if isinstance(item, Rejected):
            yield Rejected(item.reason.removeprefix(f"{path.parent}/"), item.piece)
            continue
        held.append(item)
        if len(held) == BATCH:
            yield arrow.batch(held)
            held = []
    if held:
        yield arrow.batch(held)


def read_raw(task: Task, on: Callable[[], None]) -> Iterator[pa.RecordBatch | Rejected]:
    """As `batches`, from a Parquet file of raw postings."""
    name = Path(task.source).name
    try:
        with pq.ParquetFile(task.source) as file:
            missing = [column for column in NEEDED if column not in file.schema_arrow.names]
            if missing:
                yield Rejected(f"{name}: no raw postings: it has no column {', '.join(missing)}", None)
                return
            for raws in file.iter_batches(BATCH):
                on()
                if task.only:
                    raws = raws.filter(pc.equal(raws.column("board"), task.only))
                found = parse_batch(raws)
                for at, error in enumerate(found.column("error").to_pylist()):
                    if error:
                        yield Rejected(error, raws.slice(at, 1).to_pylist()[0])
                good = pc.is_null(found.column("error"))
                if task.since:
                    since = pa.scalar(datetime.fromisoformat(task.since), pa.timestamp("us", "UTC"))
                    good = pc.and_kleene(good, pc.greater_equal(found.column("fetched_at"), since))
                yield found.drop_columns(["error"]).filter(good)
    except (OSError, pa.ArrowException) as error:
        yield Rejected(f"{name}: {error}", None)


@contextmanager
def watched(seconds: float) -> Iterator[Callable[[], None]]:
    """A function to call at each step. A step that takes longer than `seconds` ends the process, whatever it hangs in
    (a regular expression lets no Python code run), so that the engine can give the file to another and name it.
    """
    with Path(os.devnull).open("w") as nowhere:
        armed = 0.0

        def on() -> None:
            nonlocal armed
            if monotonic() - armed > seconds / 10:
                faulthandler.dump_traceback_later(seconds, exit=True, file=nowhere)
                armed = monotonic()

        on()
        try:
            yield on
        finally:
            faulthandler.cancel_dump_traceback_later()


# -- many files -------------------------------------------------------------------------------------------------------


def tasks_of(
    paths: Sequence[Path], folder: Path, only: str | None = None, since: str | None = None, force: bool = False
) -> list[Task]:
    """A task for each WARC or Parquet file among files and folders, in the order of their outputs' names.

    A file below a given folder keeps its place below it. Raises `FileNotFoundError`, and `ValueError` where two inputs
    would be one output.
    """
    after = time_ns() if force else 0
    found: dict[str, Path] = {}
    for path in paths:
        if path.is_dir():
            below = [*archive_files([path]), *files_below(path, ".parquet")]
            files = [file for file in below if not file.resolve().is_relative_to(folder.resolve())]
        else:
            files = archive_files([path])
        for file in files:
            name = str(file.relative_to(path) if path.is_dir() else Path(file.name))
            for suffix in (".gz", ".warc", ".parquet"):
                name = name.removesuffix(suffix)
            if found.setdefault(name, file).resolve() != file.resolve():
                raise ValueError(
                    f"{found[name]} and {file} would both become {name}.parquet: rename one, or give the folder above"
                )
    return [
        Task(str(file.resolve()), str(folder.resolve()), name, only, since, after)
        for name, file in sorted(found.items())
    ]


def reparse_files(tasks: Sequence[Task], run: Callable[[Sequence[Task]], Iterable[tuple[int, Entry]]]) -> list[Entry]:
    """Read files again by an engine and write `manifest.json`; an entry for each task, in their order.

    `run` gives the number of a task and what came of it, in any order. Raises `OSError` where the folder cannot be
    written, and `BlockingIOError` where another run writes to it.
    """
    folder = Path(tasks[0].folder)
    with alone(folder):
        entries: dict[str, Entry] = {entry["name"]: entry for entry in earlier(folder)}
        todo: list[Task] = []
        for task in tasks:
            if done(task):
                entries[task.name] = {"name": task.name} | reparse_file(task)
            else:
                todo.append(task)
        for number, entry in run(todo) if todo else ():  # an engine takes long to start
            task = todo[number]
            if "error" in entry:
                entry = {"input": Path(task.source).name, "output": None, "rows": 0, "rejects": 1} | entry
                write_whole(task.rejects, json.dumps({"reason": entry["error"], "piece": None}) + "\n")
            entries[task.name] = {"name": task.name} | entry
        for task in tasks:
            for path in (task.output, task.rejects):
                for part in path.parent.glob(f".{glob.escape(path.name)}.*.part"):
                    part.unlink(missing_ok=True)  # of workers that were killed
        listed = [entries[name] for name in sorted(entries)]
        said = {
            "parser_version": __version__,
            "schema_version": SCHEMA_VERSION,
            "rows": sum(entry["rows"] for entry in listed),
            "rejects": sum(entry["rejects"] for entry in listed),
            "files": listed,
        }
        write_whole(folder / MANIFEST, json.dumps(said, indent=1, ensure_ascii=False) + "\n")
    return [entries[task.name] for task in tasks]


def follow(tasks: Sequence[Task], over: Event, say: Callable[[str], None], every: float = 10.0) -> None:
    """Say how far a run is, every few seconds until it is over; seen from its outputs, so that any engine will do."""
    began = monotonic()
    sizes = {task: Path(task.source).stat().st_size for task in tasks if Path(task.source).exists()}
    finished = {task for task in sizes if done(task)}
    todo, read, records = [task for task in sizes if task not in finished], 0, 0
    while not over.wait(every):
        for task in [*todo]:
            if found := done(task):
                todo.remove(task)
                read += sizes[task]
                records += found[0]
        seconds = monotonic() - began
        left = seconds / read * sum(sizes[task] for task in todo) if read else None
        say(
            f"{len(tasks) - len(todo)} of {len(tasks)} files, {records} postings, {records / seconds:.0f} a second"
            + (f", {timedelta(seconds=round(left))} left" if left is not None else "")
        )


def earlier(folder: Path) -> list[Entry]:
    """What earlier runs say of outputs that are still there."""
    try:
        listed = json.loads((folder / MANIFEST).read_bytes())["files"]
        return [entry for entry in listed if entry["output"] and (folder / entry["output"]).exists()]
    except (OSError, ValueError, KeyError, TypeError):
        return []


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold a folder, made where it is absent. Raises `BlockingIOError` where another process of this machine does."""
    folder.mkdir(parents=True, exist_ok=True)
    held = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(held)
