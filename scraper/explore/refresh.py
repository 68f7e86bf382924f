"""Makes the tables that are looked at, beside the store, and keeps them up with it. The store itself is only read."""

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, suppress
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import quote

import orjson
from filelock import FileLock, Timeout

from scraper.contacts import edition, mask, mask_text
from scraper.explore.flat import FACETS, INDEXES, LISTS, TABLES, VERSION, Rows, rows_of, schema
from scraper.store import Store, StoreError
from scraper.store.open import MIGRATIONS
from scraper.wording import brief

BATCH = 500
LONGEST_CELL = 400
STALE = 0.3
"""The share of rows that are better made again than replaced one by one."""

LISTED = "locations stack benefits remote_from seniority employment languages departments conflicts".split()
UNREADABLE: dict[str, Any] = {name: [] for name in LISTED} | {"employer": {}, "description": ""}
UNREADABLE |= {"relocation": None, "visa_sponsorship": None}
"""What stands for a record that cannot be read."""

READ = (
    "SELECT id, target, clean, first_seen_at, last_seen_at, closed_at, closed_because, times_reopened, cluster,"
    " CAST(record AS BLOB) AS record FROM postings"
)
"""What the tables need of the store's postings, the record as UTF-8."""

Tell = Callable[[int, int], None]


def read_only(path: Path) -> Store:
    """A store that is there, opened so that nothing can be written. Raises `StoreError`."""
    if not path.is_file():
        raise StoreError(f"no store at {path}; `rolecall crawl TARGET` makes one")
    try:
        db = sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True, isolation_level=None, timeout=30)
        db.row_factory = sqlite3.Row
        version = db.execute("PRAGMA user_version").fetchone()[0]
        db.execute("SELECT 1 FROM postings LIMIT 1").fetchone()
    except sqlite3.Error as error:
        raise StoreError(f"{path}: {error}; is it a store? `rolecall verify` says more") from None
    if version != len(MIGRATIONS):
        db.close()
        hint = "upgrade Rolecall to read it" if version > len(MIGRATIONS) else "`rolecall verify` brings it up to date"
        raise StoreError(f"{path}: written by another version of Rolecall (schema {version}); {hint}")
    return Store(db, path)


def refresh(store: Store, path: Path, *, contacts: bool = False, afresh: bool = False, tell: Tell | None = None) -> int:
    """Bring the tables in `path` up to the store; how many postings were written. Raises `StoreError`.

    What has not changed is left as it is. The file is made, or changed, whole or not at all. `tell` hears how many
    postings are done, of how many; with `contacts`, names and addresses of persons are not masked.
    """
    tell = tell or (lambda done, total: None)
    try:
        Path(f"{path}.lock").touch()  # where it cannot be made, the lock would wait for it
        with FileLock(f"{path}.lock", timeout=120):
            store.db.execute("BEGIN")  # one state of the store, though a crawl may be writing
            try:
                if not afresh and usable(path, contacts):
                    written = catch_up(store, path, contacts, tell)
                    if written is not None:
                        return written
                return build(store, path, contacts, tell)
            finally:
                store.db.execute("COMMIT")
    except Timeout:
        raise StoreError(f"{path}: another `rolecall explore` is making it; try again in a minute") from None
    except OSError as error:
        raise StoreError(f"cannot write {path}: {error.strerror or error}; `--tables FILE` puts it elsewhere") from None
    except sqlite3.Error as error:
        raise StoreError(
            f"{path}: {error}; is there room, and is the store whole? `rolecall verify` says more"
        ) from None


def usable(path: Path, contacts: bool) -> bool:
    """Whether a file holds these tables, made the same way."""
    if not path.is_file():
        return False
    with suppress(sqlite3.Error), closing(sqlite3.connect(path)) as db:
        about = dict(db.execute("SELECT name, value FROM _about"))
        return about.get("version") == str(VERSION) and about.get("contacts") == str(contacts)
    return False


# -- afresh -----------------------------------------------------------------------------------------------------------


def build(store: Store, path: Path, contacts: bool, tell: Tell) -> int:
    """Make the file afresh, under another name until it is whole."""
    new = path.with_name(f".{path.name}.new")
    new.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(new, isolation_level=None)) as db:
            db.execute("PRAGMA journal_mode = OFF")  # a file that is not whole is thrown away
            db.execute("PRAGMA synchronous = OFF")
            db.execute("PRAGMA cache_size = -200000")
            for statement in schema():
                db.execute(statement)
            db.execute("INSERT INTO postings_fts (postings_fts, rank) VALUES ('hashsize', 33554432)")
            db.execute("BEGIN")
            total = store.db.execute("SELECT count(*) FROM postings").fetchone()[0]
            rows = store.db.execute(f"{READ} ORDER BY id")
            add_postings(db, rows, 1, contacts, lambda done: tell(done, total))
            add_crawls(db, store.crawls())
            add_events(db, store.events(), contacts)
            for statement in INDEXES:
                db.execute(statement)
            note_facets(db, (), 1)
            conclude(db, store, contacts)
            db.execute("COMMIT")
            db.execute("ANALYZE")
        for side in ("-journal", "-wal", "-shm"):
            Path(f"{path}{side}").unlink(missing_ok=True)
        new.replace(path)
    except BaseException:
        new.unlink(missing_ok=True)
        raise
    return int(total)


def add_postings(
    db: sqlite3.Connection, rows: Iterable[sqlite3.Row], first: int, contacts: bool, tell: Callable[[int], None]
) -> None:
    """Write postings, numbered from `first`."""
    made = (read(n, row, contacts) for n, row in enumerate(rows, first))
    done = 0
    while batch := list(islice(made, BATCH)):
        insert(db, "postings", (each.posting for each in batch))
        insert(db, "skills", (line for each in batch for line in each.skills))
        insert(db, "benefits", (line for each in batch for line in each.benefits))
        insert(db, "locations", (line for each in batch for line in each.locations))
        words = (
            "INSERT INTO postings_fts (rowid, title, employer, places, skills, description) VALUES (?, ?, ?, ?, ?, ?)"
        )
        db.executemany(words, (each.words for each in batch))
        done += len(batch)
        tell(done)


def read(n: int, row: sqlite3.Row, contacts: bool) -> Rows:
    """The rows of a numbered posting of the store. It is not masked again where it held no contact when it came in."""
    try:
        record = orjson.loads(without_evidence(row["record"]))
        if not contacts and row["clean"] != edition():
            mask(record)
        return rows_of(n, record, dict(row))
    except (ValueError, LookupError, TypeError, AttributeError):  # a row that was tampered with
        return rows_of(n, UNREADABLE | {"id": row["id"], "title": f"(unreadable record {row['id']})"}, dict(row))


def without_evidence(record: bytes) -> bytes:
    """A record as the store has it without `sections` and `evidence`, which no table holds: they are half of it.

    They stand one behind the other, and no text holds the marks: in JSON a quote within a text has a backslash.
    """
    before, _, rest = record.partition(b',"sections":[')
    end = rest.rfind(b',"conflicts":[')
    return before + rest[end:] if end >= 0 else record


def insert(db: sqlite3.Connection, table: str, lines: Iterable[tuple[Any, ...]]) -> None:
    """Write lines into a table; of two with one key the first stays."""
    places = ", ".join("?" * len(TABLES[table]))
    db.executemany(f"INSERT OR IGNORE INTO {table} VALUES ({places})", lines)


def add_crawls(db: sqlite3.Connection, rows: Iterable[sqlite3.Row]) -> None:
    """Write crawls; one that is known is replaced."""
    names = [column.name for column in TABLES["crawls"]]
    lines = []
    for row in rows:
        report = json.loads(row["report"] or "{}")
        cells = {**report, **(report.get("events") or {}), **dict(row), "whole": {1: "yes", 0: "no"}.get(row["whole"])}
        cells["closed"] = (report.get("events") or {}).get("closed", report.get("closed"))
        lines.append(tuple(cells.get(name) for name in names))
    db.executemany(f"REPLACE INTO crawls VALUES ({', '.join('?' * len(names))})", lines)


def add_events(db: sqlite3.Connection, rows: Iterable[sqlite3.Row], contacts: bool) -> None:
    """Write events, one row for each field that changed."""
    insert(db, "events", (line for row in rows for line in event_lines(dict(row), contacts)))


def event_lines(row: Mapping[str, Any], contacts: bool) -> Iterator[tuple[Any, ...]]:
    """The rows of an event."""
    said = json.loads(row["changes"] or "{}")
    first = (None, row["at"], row["id"], row["kind"])
    last = (row["target"], row["crawl"], row["n"])
    changed = changes(said, contacts)
    for name, before, after in changed:
        yield (*first, name, shortened(before), shortened(after), None, *last)
    if not changed:
        yield (*first, None, None, None, said.get("because") or said.get("why"), *last)


def changes(said: Mapping[str, Any], contacts: bool) -> list[tuple[str, str | None, str | None]]:
    """Field, before and after of an event, in words."""
    found = []
    for name, change in said.items():
        if isinstance(change, dict):
            before, after = (brief(change.get(side)) for side in ("before", "after"))
            if not contacts:
                before, after = (text and mask_text(text) for text in (before, after))
            found.append((name, before, after))
    return found


def shortened(text: str | None) -> str | None:
    """A text in one cell: its beginning, where it is long."""
    return text if text is None or len(text) <= LONGEST_CELL else f"{text[:LONGEST_CELL]} …"


# -- what has changed -------------------------------------------------------------------------------------------------


def catch_up(store: Store, path: Path, contacts: bool, tell: Tell) -> int | None:
    """Write what changed since last time, all or nothing. None where making the file afresh is better.

    Postings are compared where a crawl went since, or an event happened: all of a target that was crawled.
    """
    with closing(sqlite3.connect(path, isolation_level=None, timeout=60)) as db:
        db.execute("PRAGMA cache_spill = OFF")  # so that readers are shut out for the commit only
        about = dict(db.execute("SELECT name, value FROM _about"))
        now = crawled(store)
        if about["state"] == json.dumps(state_of(store)) and all(finished for _, finished in now.values()):
            return 0
        seen: dict[str, list[Any]] = json.loads(about["crawled"])
        last = int(about["event"])
        targets = [target for target, crawl in now.items() if seen.get(target) != crawl or not crawl[1]]
        total = store.db.execute("SELECT count(*) FROM postings").fetchone()[0]
        changed: list[str] = []
        replaced: list[tuple[int]] = []
        seen_again: list[tuple[str, str, int]] = []
        known = "SELECT n, fetched_at, last_seen_at, closed_at FROM postings WHERE id = ?"
        for row in touched(store, targets, last):
            n, fetched, seen_last, closed = db.execute(known, (row["id"],)).fetchone() or (None, None, None, None)
            if n is None or fetched != row["fetched_at"] or closed != row["closed_at"]:
                changed.append(row["id"])
                replaced += [] if n is None else [(n,)]
            elif seen_last != row["last_seen_at"]:
                seen_again.append((row["last_seen_at"], row["target"], n))
        first = 1 + int(about["last"])
        if len(changed) > STALE * max(total, 500) or first > 2 * max(total, 500):  # the index holds too many old words
            return None
        db.execute("CREATE TEMP TABLE moved (n INTEGER PRIMARY KEY)")
        db.execute("BEGIN IMMEDIATE")
        db.executemany("INSERT INTO moved VALUES (?)", replaced)
        remove(db)
        rows = (again for id in changed for again in store.db.execute(f"{READ} WHERE id = ?", (id,)))
        add_postings(db, rows, first, contacts, lambda done: tell(done, len(changed)))
        note_facets(db, (n for (n,) in replaced), first)
        db.executemany("UPDATE postings SET last_seen_at = ?, target = ? WHERE n = ?", seen_again)
        add_crawls(db, (row for row in store.crawls() if row["target"] in set(targets)))
        add_events(db, store.db.execute("SELECT * FROM events WHERE n > ? ORDER BY n", (last,)), contacts)
        put_clusters(db, store)
        if db.execute("SELECT count(*) FROM postings").fetchone()[0] != total:
            db.execute("ROLLBACK")
            return None
        conclude(db, store, contacts)
        db.execute("COMMIT")
    return len(changed)


def state_of(store: Store) -> list[Any]:
    """What tells one state of the store from another, without a look at each posting."""
    row = store.db.execute(
        "SELECT (SELECT count(*) FROM postings), (SELECT max(n) FROM events), (SELECT max(n) FROM crawls),"
        " (SELECT count(*) FROM crawls WHERE finished_at IS NULL), (SELECT max(finished_at) FROM crawls)"
    ).fetchone()
    return [*row, joins_mark(store)]


def joins_mark(store: Store) -> str:
    """A mark of all joins of postings that are one job."""
    digest = blake2b(digest_size=8)
    for first, second, _ in store.db.execute("SELECT first, second, because FROM joins ORDER BY first, second"):
        digest.update(f"{first}\n{second}\n".encode())
    return digest.hexdigest()


def crawled(store: Store) -> dict[str, list[Any]]:
    """Target to the number of its last crawl, and whether that one has finished."""
    rows = store.db.execute("SELECT target, max(n), finished_at IS NOT NULL FROM crawls GROUP BY target")
    return {target: [n, finished] for target, n, finished in rows}


def touched(store: Store, targets: Iterable[str], event: int) -> Iterator[sqlite3.Row]:
    """Rows of the postings of some targets, and of those that had an event since; each once."""
    chosen = "SELECT id, target, fetched_at, last_seen_at, closed_at FROM postings WHERE"
    given: set[str] = set()
    for target in targets:
        for row in store.db.execute(f"{chosen} target = ?", (target,)):
            given.add(row["id"])
            yield row
    for row in store.db.execute(f"{chosen} id IN (SELECT id FROM events WHERE n > ?)", (event,)):
        if row["id"] not in given:
            yield row


def remove(db: sqlite3.Connection) -> None:
    """Take moved postings out. Their words stay in the index, and lead to numbers that are never given again."""
    db.execute("DELETE FROM postings WHERE n IN (SELECT n FROM moved)")
    for table in ("skills", "benefits", "locations"):
        db.execute(f"DELETE FROM {table} WHERE posting IN (SELECT n FROM moved)")


def put_clusters(db: sqlite3.Connection, store: Store) -> None:
    """Give postings that are one job their cluster, by the store's joins."""
    about = dict(db.execute("SELECT name, value FROM _about"))
    if about["joins"] == joins_mark(store):
        return
    parent: dict[str, str] = {}

    def root(id: str) -> str:
        while (above := parent.setdefault(id, id)) != id:
            parent[id] = parent[above]
            id = above
        return id

    for first, second, _ in store.db.execute("SELECT first, second, because FROM joins ORDER BY first, second"):
        one, other = sorted((root(first), root(second)))
        parent[other] = one
    db.execute("UPDATE postings SET cluster = NULL WHERE cluster IS NOT NULL")
    db.executemany("UPDATE postings SET cluster = ? WHERE id = ?", [(root(id), id) for id in parent])


def note_facets(db: sqlite3.Connection, gone: Iterable[int], first: int) -> None:
    """Note which rows have each value of the usual facets: without rows that are gone, with those from `first` on."""
    kept = ~bits_of(gone)
    known = {tuple(key): int.from_bytes(rows, "little") for *key, rows in db.execute("SELECT * FROM _facets")}
    noted = {key: bits & kept for key, bits in known.items()}
    for facet in FACETS:
        table, column, number = (*LISTS[facet], "posting") if facet in LISTS else ("postings", facet, "n")
        for value, numbers in db.execute(
            f"SELECT {column}, json_group_array({number}) FROM {table}"
            f" WHERE {number} >= ? AND {column} IS NOT NULL GROUP BY {column}",
            (first,),
        ):
            noted[facet, value] = noted.get((facet, value), 0) | bits_of(orjson.loads(numbers))
    lines = [(*key, to_bytes(bits)) for key, bits in noted.items() if bits != known.get(key)]
    db.executemany("REPLACE INTO _facets VALUES (?, ?, ?)", lines)
    db.execute("DELETE FROM _facets WHERE length(rows) = 0")


def bits_of(numbers: Iterable[int]) -> int:
    """A set of row numbers as the bits of one integer."""
    listed = list(numbers)
    made = bytearray(max(listed, default=0) // 8 + 1)
    for number in listed:
        made[number >> 3] |= 1 << (number & 7)
    return int.from_bytes(made, "little")


def to_bytes(bits: int) -> bytes:
    """A set of row numbers as it is stored."""
    return bits.to_bytes((bits.bit_length() + 7) // 8, "little")


def conclude(db: sqlite3.Connection, store: Store, contacts: bool) -> None:
    """Note which state of the store this is."""
    about = {
        "version": VERSION,
        "contacts": contacts,
        "state": json.dumps(state_of(store)),
        "crawled": json.dumps(crawled(store)),
        "event": store.db.execute("SELECT coalesce(max(n), 0) FROM events").fetchone()[0],
        "last": db.execute("SELECT coalesce(max(n), 0) FROM postings").fetchone()[0],
        "joins": joins_mark(store),
    }
    db.executemany("REPLACE INTO _about VALUES (?, ?)", [(name, str(value)) for name, value in about.items()])
