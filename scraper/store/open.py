"""Opens a store file, made or upgraded where needed."""

import shutil
import sqlite3
from pathlib import Path

from scraper.store.store import Store

MIGRATIONS = [
    """
    CREATE TABLE crawls (
        n INTEGER PRIMARY KEY AUTOINCREMENT,
        run TEXT NOT NULL,
        target TEXT NOT NULL,
        started_at TEXT NOT NULL,
        finished_at TEXT,
        outcome TEXT,
        whole INTEGER,
        report TEXT
    );
    CREATE INDEX crawls_of_target ON crawls (target, n);
    CREATE TABLE postings (
        id TEXT PRIMARY KEY,
        target TEXT NOT NULL,
        key TEXT NOT NULL,
        record TEXT NOT NULL,
        fingerprint TEXT NOT NULL,
        version TEXT,
        first_seen_at TEXT NOT NULL,
        last_seen_at TEXT NOT NULL,
        fetched_at TEXT NOT NULL,
        crawl INTEGER NOT NULL,
        missing INTEGER NOT NULL DEFAULT 0,
        closed_at TEXT,
        closed_because TEXT,
        times_reopened INTEGER NOT NULL DEFAULT 0,
        cluster TEXT
    ) WITHOUT ROWID;
    CREATE INDEX postings_of_target ON postings (target, closed_at);
    CREATE INDEX postings_by_key ON postings (key);
    CREATE TABLE events (
        n INTEGER PRIMARY KEY AUTOINCREMENT,
        at TEXT NOT NULL,
        crawl INTEGER,
        kind TEXT NOT NULL CHECK (kind IN ('new', 'changed', 'closed', 'reopened', 'blocked')),
        target TEXT NOT NULL,
        id TEXT,
        changes TEXT
    );
    CREATE INDEX events_of_posting ON events (id, n);
    CREATE INDEX events_of_crawl ON events (crawl);
    CREATE INDEX events_by_time ON events (at);
    CREATE TABLE joins (
        first TEXT NOT NULL,
        second TEXT NOT NULL,
        because TEXT NOT NULL,
        PRIMARY KEY (first, second)
    ) WITHOUT ROWID;
    CREATE TABLE http (
        url TEXT PRIMARY KEY,
        etag TEXT,
        last_modified TEXT,
        fetched_at TEXT NOT NULL,
        found TEXT NOT NULL
    ) WITHOUT ROWID;
    """,
    """
    ALTER TABLE postings ADD COLUMN seen_since INTEGER;
    UPDATE postings SET seen_since = crawl;
    CREATE TABLE sightings (
        id TEXT NOT NULL,
        target TEXT NOT NULL,
        first INTEGER NOT NULL,
        last INTEGER NOT NULL,
        PRIMARY KEY (id, first)
    ) WITHOUT ROWID;
    INSERT OR IGNORE INTO sightings SELECT events.id, postings.target, events.crawl, events.crawl
        FROM events JOIN postings ON postings.id = events.id
        WHERE events.kind IN ('new', 'changed', 'reopened') AND events.crawl < postings.crawl;
    """,
    "ALTER TABLE postings ADD COLUMN clean TEXT;",
    """
    CREATE INDEX postings_by_key_and_target ON postings (key, target);
    DROP INDEX postings_by_key;
    """,  # employers of one board may all count from 1: the rows of a key's other targets are not looked at
    "ALTER TABLE postings ADD COLUMN checksum INTEGER;",
]
"""Steps of the schema; the file's `user_version` says how many it has taken. A step that was released never changes."""


class StoreError(Exception):
    """A store file that cannot be used; the message says which, why, and what to do."""


def open_store(path: Path, wait: float = 30.0) -> Store:
    """The store in a file, made where there is none. Raises `StoreError`.

    An older file is upgraded in one transaction, with a copy kept beside it (`NAME.vN`); a newer one is refused.
    `wait` is how many seconds another process may hold the file.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        db = sqlite3.connect(path, timeout=wait, isolation_level=None)
        db.row_factory = sqlite3.Row
        version = db.execute("PRAGMA user_version").fetchone()[0]
        tables = {row["name"] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if tables and not {"crawls", "postings", "events"} <= tables:  # before anything is written to it
            db.close()
            raise StoreError(f"{path}: a database of another program, no store; it is left as it is")
        if version > len(MIGRATIONS):
            db.close()
            raise StoreError(f"{path}: written by a newer Rolecall (schema {version}); upgrade Rolecall to read it")
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = NORMAL")
        if version < len(MIGRATIONS):
            upgrade(db, path)
    except (sqlite3.Error, OSError) as error:
        said = error.strerror or error if isinstance(error, OSError) else error
        raise StoreError(f"{path}: {said}; is it a store, and is the disk there?") from None
    return Store(db, path)


def upgrade(db: sqlite3.Connection, path: Path) -> None:
    """Take the steps that the file has not taken, all or none."""
    db.execute("BEGIN EXCLUSIVE")
    try:
        version = db.execute("PRAGMA user_version").fetchone()[0]
        if 0 < version < len(MIGRATIONS):
            db.execute("COMMIT")
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            shutil.copy2(path, path.with_name(f"{path.name}.v{version}"))
            db.execute("BEGIN EXCLUSIVE")
            version = db.execute("PRAGMA user_version").fetchone()[0]
        for step in MIGRATIONS[version:]:
            for statement in step.split(";\n"):
                if statement.strip():
                    db.execute(statement)
        db.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise
