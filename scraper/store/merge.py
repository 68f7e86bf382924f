"""The stores of shards as one: every posting, event and crawl, crawls and events numbered anew in the order of time."""

import os
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from scraper.store.open import StoreError, open_store

CRAWLS = {"crawls": ("n",), "postings": ("crawl", "seen_since"), "events": ("crawl",), "sightings": ("first", "last")}
"""Columns that hold numbers of crawls, by table."""

NUMBERED = {"crawls": "started_at", "events": "at"}
"""Tables whose rows are numbered (`n`), and the column that says when."""

LEFT_OUT = frozenset({"joins"})
"""Tables that are made anew over the union."""

NEWER = {"postings": "last_seen_at", "http": "fetched_at"}
"""Where two stores hold the same row: the column that says which of them is kept."""


@dataclass(frozen=True)
class Merged:
    """What a merge made: rows in the new store, and postings that stood in several of the others."""

    postings: int
    events: int
    crawls: int
    shared: int


def merge_stores(paths: Sequence[Path], to: Path) -> Merged:
    """Put the stores of `paths` into a new one at `to`, which appears whole or not at all. The others are only read.

    Of a posting that stands in several (its host has moved), the row that was seen last is kept, from its first
    sighting on. Clusters are not kept: they are made over the union. Raises `StoreError`, `OSError`.
    """
    if to.exists():
        raise StoreError(f"{to} exists; give a new file or folder")
    to.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=f".{to.name}.", dir=to.parent) as folder:
        made = Path(folder) / to.name
        store = open_store(made)
        db = store.db
        try:
            db.execute("PRAGMA synchronous = OFF")  # the file is moved into place when all of it is there
            copies = [copied(path, Path(folder) / f"{n}.db") for n, path in enumerate(paths)]
            for table in NUMBERED:
                db.execute(f"CREATE TABLE new_{table} (shard, old, at, new)")
            for n, copy in enumerate(copies):
                with attached(db, copy):
                    for table, at in NUMBERED.items():
                        ordered = f"max({at}) OVER (ORDER BY n)"  # what one store wrote keeps its order, come what may
                        db.execute(f"INSERT INTO new_{table} SELECT {n}, n, {ordered}, NULL FROM shard.{table}")
            for table in NUMBERED:
                order = "SELECT rowid AS row, row_number() OVER (ORDER BY at, shard, old) AS place"
                db.execute(
                    f"UPDATE new_{table} SET new = place FROM ({order} FROM new_{table}) AS t"
                    f" WHERE t.row = new_{table}.rowid"
                )
                db.execute(f"CREATE UNIQUE INDEX new_{table}_old ON new_{table} (shard, old, new)")
            shared = 0
            for n, copy in enumerate(copies):
                with attached(db, copy):
                    known = "SELECT count(*) FROM shard.postings WHERE id IN (SELECT id FROM main.postings)"
                    shared += db.execute(known).fetchone()[0]
                    copy_all(db, n)
            db.execute(  # a posting is new once, whichever store saw it first
                "DELETE FROM events WHERE kind = 'new' AND n NOT IN"
                " (SELECT min(n) FROM events WHERE kind = 'new' GROUP BY id)"
            )
            for table in NUMBERED:
                db.execute(f"DROP TABLE new_{table}")
            tables = ("postings", "events", "crawls")
            postings, events, crawls = (db.execute(f"SELECT count(*) FROM {t}").fetchone()[0] for t in tables)
            db.execute("PRAGMA journal_mode = DELETE")  # one file, to be moved
        except sqlite3.Error as error:
            raise StoreError(f"{to}: {error}") from None
        finally:
            store.close()
        made.replace(to)
    return Merged(postings, events, crawls, shared)


def copied(path: Path, to: Path) -> Path:
    """A store as it is at one moment, in a file of its own, upgraded where it is older. Raises `StoreError`."""
    if not path.stat().st_size:
        raise StoreError(f"{path} is empty; is it a store?")
    # A store on a read-only disk has no place for its index of the log; without a log it needs none.
    alone = not os.access(path.parent, os.W_OK) and not path.with_name(f"{path.name}-wal").exists()
    how = "immutable=1" if alone else "mode=ro"
    try:
        with (
            closing(sqlite3.connect(f"{path.resolve().as_uri()}?{how}", uri=True)) as live,
            closing(sqlite3.connect(to)) as out,
        ):
            live.backup(out)
    except sqlite3.Error as error:
        raise StoreError(f"{path}: {error}; is it a store?") from None
    try:
        open_store(to).close()
    except StoreError as error:
        raise StoreError(str(error).replace(str(to), str(path))) from None
    return to


@contextmanager
def attached(db: sqlite3.Connection, path: Path) -> Iterator[None]:
    """A store under the name `shard`, inside one transaction."""
    db.execute("ATTACH ? AS shard", (str(path),))
    db.execute("BEGIN")
    yield
    db.execute("COMMIT")
    db.execute("DETACH shard")


def copy_all(db: sqlite3.Connection, n: int) -> None:
    """Copy every table of the store that is attached, the n-th."""
    for (table,) in db.execute("SELECT name FROM shard.sqlite_master WHERE type = 'table' ORDER BY name").fetchall():
        if table in LEFT_OUT or table.startswith("sqlite_"):
            continue
        columns = [row["name"] for row in db.execute(f"PRAGMA main.table_info({table})")]
        chosen = ", ".join(expression(n, table, column) for column in columns)
        conflict, verb = "", "INSERT" if table in NUMBERED else "INSERT OR IGNORE"
        if newer := NEWER.get(table):
            key = "id" if table == "postings" else "url"
            sets = ", ".join(f"{column} = {kept(column)}" for column in columns if column != key)
            conflict = f" WHERE 1 ON CONFLICT ({key}) DO UPDATE SET {sets} WHERE excluded.{newer} > {table}.{newer}"
            verb = "INSERT"
        db.execute(f"{verb} INTO main.{table} ({', '.join(columns)}) SELECT {chosen} FROM shard.{table}{conflict}")


def expression(n: int, table: str, column: str) -> str:
    """What a column becomes: numbers of crawls and events are the new ones, clusters go."""
    kind = "crawls" if column in CRAWLS.get(table, ()) else "events" if (table, column) == ("events", "n") else None
    if kind:
        return f"(SELECT new FROM new_{kind} WHERE shard = {n} AND old = {table}.{column})"
    return "NULL" if (table, column) == ("postings", "cluster") else column


def kept(column: str) -> str:
    """What stays of a posting that stood elsewhere before."""
    return f"min({column}, excluded.{column})" if column == "first_seen_at" else f"excluded.{column}"


def merged_report(run: str, reports: Mapping[str, Mapping[str, object] | None]) -> dict[str, object]:
    """One run report from the newest of each shard, by the shard's name; None where a shard has none."""
    have = {name: report for name, report in reports.items() if report}
    codes = [int(str(report.get("exit") or 0)) for report in have.values()]
    missing = [name for name, report in reports.items() if not report]
    targets = [
        {**target, "shard": name}
        for name, report in have.items()
        if isinstance(listed := report.get("targets"), list)
        for target in listed
    ]
    code = 1 if missing or 1 in codes else max(codes, default=0)
    good = sum(target.get("outcome") in ("ok", "empty") for target in targets)
    said = f"; no report of {', '.join(missing)}" if missing else ""
    need = f"{len(targets) - good} of {len(targets)} targets need you"
    return {
        "line": f"run {run}: {len(have)} shards; {need}{said}; exit {code}",
        "run": run,
        "started": min((str(report["started"]) for report in have.values() if report.get("started")), default=None),
        "finished": max((str(report["finished"]) for report in have.values() if report.get("finished")), default=None),
        "exit": code,
        "error": f"no report of {', '.join(missing)}" if missing else None,
        "crashed": None,
        "shards": {name: {key: report.get(key) for key in ("run", "exit", "line")} for name, report in have.items()},
        "targets": targets,
    }
