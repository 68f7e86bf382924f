"""The store: what one crawl learned about one posting becomes a row and an event, together or not at all."""

import hashlib
import json
import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple
from zlib import crc32

import orjson

from scraper.contacts import edition
from scraper.contacts import mask as mask_contacts
from scraper.posting import Posting, RawPosting

VOLATILE = frozenset({"fetched_at", "parser_version", "schema_version", "evidence", "sections", "conflicts"})
"""Fields of a record that say how and when it was read, not what the post says."""

ABSOLUTE = re.compile(r"\d{4}|\d[./-]\d")
"""What a publish date holds that was not published as an age."""

CLOSE_AFTER = 2
"""In how many whole crawls of its target a posting must be absent to count as closed."""

ANY_PART = "(target = ? OR substr(target, 1, ?) = ?)"
"""A target or any part of it (`wantapply`, `wantapply?search=lamp`); its values come from `base_and_parts`."""

EMPLOYER = """
substr(id, 1, instr(id, ':'))
|| coalesce(json_extract(record, '$.employer.slug'), json_extract(record, '$.employer.name'), '')
"""
"""`greenhouse:acme`; by its name where the board has no slug."""

EXPORTED = """
postings.id, CAST(record AS BLOB) AS record, checksum, first_seen_at, last_seen_at, closed_at, cluster, crawl, clean
"""
"""Columns of `postings` that an export needs."""

ANY_OF = "IN (SELECT value FROM json_each(?))"
"""One of the values of a JSON list, which may be longer than SQLite allows a statement to have variables."""

FILTERS = {
    "boards": f"substr(id, 1, instr(id, ':') - 1) {ANY_OF}",
    "employers": f"({EMPLOYER}) {ANY_OF}",
    "countries": "EXISTS (SELECT 1 FROM json_each(record, '$.locations')"
    f" WHERE json_extract(value, '$.country') {ANY_OF})",
    "skills": f"EXISTS (SELECT 1 FROM json_each(record, '$.stack') WHERE json_extract(value, '$.name') {ANY_OF})",
    "workplaces": f"json_extract(record, '$.workplace') {ANY_OF}",
    "levels": f"EXISTS (SELECT 1 FROM json_each(record, '$.seniority') WHERE value {ANY_OF})",
}
"""Conditions on what a posting says; each takes a JSON list of the values wanted."""

PARTITIONS = {
    "board": "substr(id, 1, instr(id, ':') - 1)",
    "country": "json_extract(record, '$.locations[0].country')",
    "language": "json_extract(record, '$.language')",
    "month": "substr(first_seen_at, 1, 7)",
    "workplace": "json_extract(record, '$.workplace')",
}
"""One value a posting; `country` is that of its first place, `month` that in which it was first seen."""

HOLD_SHARE, HOLD_FROM = 0.3, 3
"""A crawl that would close more than this share of a target's postings, and at least so many, closes none."""


class Seen(NamedTuple):
    """A posting that a crawl of a target read, as it is stored."""

    crawl: int
    target: str
    id: str
    key: str
    at: str
    record: str
    mark: str
    clean: str | None
    checksum: int
    version: str | None
    """What the list said of the posting's state (a `lastmod`), so that the next crawl can tell whether its page must be
    fetched again."""


@dataclass(frozen=True, slots=True)
class Crawled:
    """What a finished crawl of a target did to the store."""

    new: int = 0
    changed: int = 0
    closed: int = 0
    reopened: int = 0
    held: int = 0
    """Postings that vanished together and were not closed: too many at once to be believed."""


class Store:
    """One store file. Not shared between threads; several processes may have it open."""

    def __init__(self, db: sqlite3.Connection, path: Path) -> None:
        self.db = db
        self.path = path

    def close(self) -> None:
        """Close the file."""
        self.db.close()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing. Raises `sqlite3.OperationalError` where the disk is full or the file stays locked."""
        self.db.execute("BEGIN IMMEDIATE")
        try:
            yield self.db
        except BaseException:
            if self.db.in_transaction:
                self.db.execute("ROLLBACK")
            raise
        self.db.execute("COMMIT")

    # -- a crawl writes -----------------------------------------------------------------------------------------------

    def begin(self, run: str, target: str, at: datetime) -> int:
        """Open a crawl of a target; its number."""
        with self.transaction() as db:
            cursor = db.execute(
                "INSERT INTO crawls (run, target, started_at) VALUES (?, ?, ?)", (run, target, stamp(at))
            )
        return cursor.lastrowid or 0

    def see(self, crawl: int, target: str, raw: RawPosting, posting: Posting, version: str | None = None) -> str | None:
        """A posting was read. Returns the event that it is: `new`, `changed`, `reopened`, or None."""
        return self.see_all([seen(crawl, target, raw, posting, version)])[0]

    def see_all(self, postings: Iterable[Seen]) -> list[str | None]:
        """Postings were read: all are stored, or none. Returns the event that each is, as `see` does."""
        with self.transaction():
            return [self._see(posting) for posting in postings]

    def _see(self, posting: Seen) -> str | None:
        crawl, target, id, key, at, record, mark, clean, checksum, version = posting
        old = self.db.execute("SELECT * FROM postings WHERE id = ?", (id,)).fetchone()
        if old is None:
            self.db.execute(
                "INSERT INTO postings (id, target, key, record, fingerprint, version, first_seen_at, last_seen_at,"
                " fetched_at, crawl, seen_since, clean, checksum) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (id, target, key, record, mark, version, at, at, at, crawl, crawl, clean, checksum),
            )
            return self._event(at, crawl, "new", target, id)
        event = None
        if old["closed_at"] is not None:
            event = self._event(at, crawl, "reopened", target, id)
        if old["fingerprint"] != mark and (changes := differences(json.loads(old["record"]), json.loads(record))):
            changed = self._event(at, crawl, "changed", target, id, changes)
            event = event or changed
        self._sighted(crawl, target, "id = ?", [(id,)])
        self.db.execute(
            "UPDATE postings SET target = ?, record = ?, fingerprint = ?, version = ?, last_seen_at = ?,"
            " fetched_at = ?, crawl = max(crawl, ?), clean = ?, checksum = ?, missing = 0, closed_at = NULL,"
            " closed_because = NULL, times_reopened = times_reopened + (closed_at IS NOT NULL) WHERE id = ?",
            (target, record, mark, version, at, at, crawl, clean, checksum, id),
        )
        return event

    def still_there(self, crawl: int, target: str, keys: Iterable[str], at: datetime) -> None:
        """Postings were listed and not read again."""
        with self.transaction() as db:
            these = [(key, *base_and_parts(target)) for key in keys]
            self._sighted(crawl, target, f"key = ? AND {ANY_PART}", these)
            db.executemany(
                "UPDATE postings SET last_seen_at = ?, crawl = max(crawl, ?), target = ?, missing = 0"
                f" WHERE key = ? AND {ANY_PART}",
                [(stamp(at), crawl, target, *this) for this in these],
            )

    def _sighted(self, crawl: int, target: str, where: str, these: Sequence[tuple[Any, ...]]) -> None:
        """Keep which crawls saw postings, as unbroken runs of their target's crawls: before `crawl` is set.

        The last run is `seen_since` to `crawl` of the posting; those before it are rows of `sightings`.
        """
        (before,) = self.db.execute("SELECT max(n) FROM crawls WHERE target = ? AND n < ?", (target, crawl)).fetchone()
        broken = f"{where} AND crawl < ? AND NOT (target = ? AND crawl IS ?)"
        self.db.executemany(
            f"REPLACE INTO sightings SELECT id, target, seen_since, crawl FROM postings WHERE {broken}",
            [(*this, crawl, target, before) for this in these],
        )
        self.db.executemany(
            f"UPDATE postings SET seen_since = ? WHERE {broken}",
            [(crawl, *this, crawl, target, before) for this in these],
        )
        self.db.executemany(  # a crawl that began earlier and runs still
            f"INSERT OR IGNORE INTO sightings SELECT id, ?, ?, ? FROM postings WHERE {where} AND crawl > ?",
            [(target, crawl, crawl, *this, crawl) for this in these],
        )

    def say_closed(self, crawl: int, target: str, key: str, because: str, at: datetime) -> bool:
        """The board itself says that a posting is closed. False where none such was open."""
        with self.transaction() as db:
            row = db.execute(
                f"SELECT id FROM postings WHERE key = ? AND {ANY_PART} AND closed_at IS NULL",
                (key, *base_and_parts(target)),
            ).fetchone()
            if row is not None:
                self._close(row["id"], target, crawl, because, stamp(at))
        return row is not None

    def finish(
        self,
        crawl: int,
        target: str,
        at: datetime,
        *,
        outcome: str,
        whole: bool,
        report: Mapping[str, Any],
        said: Mapping[str, str] | None = None,
    ) -> Crawled:
        """Close a crawl of a target, and the postings that are gone on evidence.

        A posting is gone where `expires_at` is past and this crawl has not seen it, or where it was absent from
        `CLOSE_AFTER` crawls that read the target whole, or where the site said so in words (`said`: key to why). More
        than `HOLD_SHARE` of the target's postings at once are held and not closed.
        """
        parts = base_and_parts(target)
        now = stamp(at)
        with self.transaction() as db:
            unseen = db.execute(
                "SELECT id, missing, json_extract(record, '$.expires_at') AS expires_at FROM postings"
                " WHERE target = ? AND closed_at IS NULL AND crawl < ?",
                (target, crawl),
            ).fetchall()
            expired = [row["id"] for row in unseen if row["expires_at"] and row["expires_at"] < now[:10]]
            for id in expired:
                self._close(id, target, crawl, "expired", now)
            listed = db.execute(
                "SELECT count(*) FROM postings WHERE target = ? AND closed_at IS NULL", (target,)
            ).fetchone()[0]
            ended = [
                (row["id"], because)
                for key, because in (said or {}).items()
                for row in db.execute(
                    f"SELECT id FROM postings WHERE key = ? AND {ANY_PART} AND closed_at IS NULL", (key, *parts)
                )
            ]
            held = 0
            if whole:
                left = [row for row in unseen if row["id"] not in set(expired)]
                absent = f"absent from {CLOSE_AFTER} whole crawls"
                ended += [(row["id"], absent) for row in left if row["missing"] + 1 >= CLOSE_AFTER]
                db.executemany("UPDATE postings SET missing = missing + 1 WHERE id = ?", [(row["id"],) for row in left])
            if len(ended) >= HOLD_FROM and len(ended) > HOLD_SHARE * listed:
                held, ended = len(ended), []
            for id, because in ended:
                self._close(id, target, crawl, because, now)
            if outcome == "blocked":
                self._event(now, crawl, "blocked", target, None, {"why": report.get("why")})
            counts = dict(
                db.execute("SELECT kind, count(*) FROM events WHERE crawl = ? GROUP BY kind", (crawl,)).fetchall()
            )
            new, changed, closed, reopened = (counts.get(k, 0) for k in ("new", "changed", "closed", "reopened"))
            done = Crawled(new, changed, closed, reopened, held)
            db.execute(
                "UPDATE crawls SET finished_at = ?, outcome = ?, whole = ?, report = ? WHERE n = ?",
                (now, outcome, whole, json.dumps(dict(report) | {"held": held}, ensure_ascii=False), crawl),
            )
        return done

    def _close(self, id: str, target: str, crawl: int, because: str, at: str) -> None:
        self.db.execute("UPDATE postings SET closed_at = ?, closed_because = ? WHERE id = ?", (at, because, id))
        self._event(at, crawl, "closed", target, id, {"because": because})

    def _event(
        self, at: str, crawl: int, kind: str, target: str, id: str | None, changes: Mapping[str, Any] | None = None
    ) -> str:
        said = None if changes is None else json.dumps(changes, ensure_ascii=False)
        self.db.execute(
            "INSERT INTO events (at, crawl, kind, target, id, changes) VALUES (?, ?, ?, ?, ?, ?)",
            (at, crawl, kind, target, id, said),
        )
        return kind

    # -- a crawl asks -------------------------------------------------------------------------------------------------

    def known(self, target: str, key: str) -> tuple[str | None, str] | None:
        """The version and the time of the last fetch of an open posting; None where there is none."""
        row = self.db.execute(
            f"SELECT version, fetched_at FROM postings WHERE key = ? AND {ANY_PART} AND closed_at IS NULL",
            (key, *base_and_parts(target)),
        ).fetchone()
        return (row["version"], row["fetched_at"]) if row else None

    def validators(self, url: str) -> sqlite3.Row | None:
        """`etag`, `last_modified` and `found` (what the page held) of a page that was fetched before."""
        row: sqlite3.Row | None = self.db.execute("SELECT * FROM http WHERE url = ?", (url,)).fetchone()
        return row

    def remember_page(self, url: str, etag: str | None, last_modified: str | None, found: str, at: datetime) -> None:
        """Keep a page's validators and what it held."""
        with self.transaction() as db:
            db.execute("REPLACE INTO http VALUES (?, ?, ?, ?, ?)", (url, etag, last_modified, stamp(at), found))

    # -- doubles ------------------------------------------------------------------------------------------------------

    def set_clusters(self, clusters: Mapping[str, str], joins: Iterable[tuple[str, str, str]]) -> None:
        """Put every posting into its cluster; those that are not named are in none."""
        with self.transaction() as db:
            db.execute("UPDATE postings SET cluster = NULL WHERE cluster IS NOT NULL")
            db.execute("DELETE FROM joins")
            db.executemany("UPDATE postings SET cluster = ? WHERE id = ?", ((c, id) for id, c in clusters.items()))
            db.executemany("REPLACE INTO joins VALUES (?, ?, ?)", joins)

    def clustered(self) -> bool:
        """Whether any posting is in a cluster."""
        return self.db.execute("SELECT 1 FROM postings WHERE cluster IS NOT NULL LIMIT 1").fetchone() is not None

    def cluster(self, id: str) -> list[sqlite3.Row]:
        """Why a posting is one job with others: `first`, `second`, `because`."""
        return self.db.execute(
            "SELECT joins.* FROM joins JOIN postings ON postings.id = joins.first"
            " WHERE postings.cluster = (SELECT cluster FROM postings WHERE id = ?) ORDER BY first, second",
            (id,),
        ).fetchall()

    # -- everybody asks -----------------------------------------------------------------------------------------------

    def postings(self, *, by: Sequence[str] = (), as_bytes: bool = False, **which: Any) -> Iterator[sqlite3.Row]:
        """Rows of postings in the order of their ids; `which` as `selection` says.

        With `by`, names of `PARTITIONS`, rows come in the order of those values, which are columns of their own. With
        `as_bytes` the record is its UTF-8, and only the columns that an export needs are there.
        """
        where, given = self.selection(**which)
        columns = EXPORTED if as_bytes else "postings.*"
        if not by:
            yield from self.db.execute(f"SELECT {columns} FROM postings WHERE {where} ORDER BY id", given)
            return
        keys = ", ".join(f"{PARTITIONS[name]} AS by_{name}" for name in by)
        order = ", ".join(f"by_{name}" for name in by)
        self.db.execute("DROP TABLE IF EXISTS temp.chosen")
        # Ids are sorted alone: a sort that carries whole records would write them to the disk once more.
        self.db.execute(
            f"CREATE TEMP TABLE chosen AS SELECT id, {keys} FROM postings WHERE {where} ORDER BY {order}, id", given
        )
        yield from self.db.execute(
            f"SELECT {columns}, {order} FROM chosen CROSS JOIN postings ON postings.id = chosen.id"
            " ORDER BY chosen.rowid"
        )

    def count(self, **which: Any) -> int:
        """How many postings there are; `which` as `selection` says."""
        where, given = self.selection(**which)
        found: int = self.db.execute(f"SELECT count(*) FROM postings WHERE {where}", given).fetchone()[0]
        return found

    def selection(
        self,
        *,
        state: str = "all",
        since: str | None = None,
        crawl: int | None = None,
        targets: Sequence[str] | None = None,
        run: str | None = None,
        one_per_cluster: bool = False,
        **codes: Sequence[str],
    ) -> tuple[str, list[Any]]:
        """A condition on postings and its values. `state` is `all`, `open` or `closed`; `since` an ISO time of their
        last event; `crawl` the number of a crawl that saw them; `targets` where they were first seen, or `run` of the
        crawls that saw them last. `codes` are names of `FILTERS` with the values wanted, any of which will do.
        """
        where = {"all": "1", "open": "closed_at IS NULL", "closed": "closed_at IS NOT NULL"}[state]
        given: list[Any] = []
        if since is not None:
            where += " AND id IN (SELECT id FROM events WHERE at >= ?)"
            given.append(since)
        if crawl is not None:
            of_target = "target = (SELECT target FROM crawls WHERE n = ?) AND ? BETWEEN"
            where += f" AND ({of_target} seen_since AND crawl OR id IN"
            where += f" (SELECT id FROM sightings WHERE {of_target} first AND last))"
            given += [crawl] * 4
        if targets is not None:
            where += f" AND (target {ANY_OF} OR crawl IN (SELECT n FROM crawls WHERE run = ?))"
            given += [json.dumps(targets), run]
        for name, values in codes.items():
            if values:
                where += f" AND {FILTERS[name]}"
                given.append(json.dumps(values))
        if one_per_cluster:  # the employer's own board, whose target has a colon, comes first
            board_only = "instr(substr(target || '?', 1, instr(target || '?', '?')), ':') = 0"
            order = f"PARTITION BY cluster ORDER BY {board_only}, first_seen_at, id"
            first = (
                f"SELECT id, row_number() OVER ({order}) AS place FROM postings WHERE {where} AND cluster IS NOT NULL"
            )
            where += f" AND (cluster IS NULL OR id IN (SELECT id FROM ({first}) WHERE place = 1))"
            given += given
        return where, given

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """What is asked inside sees one state of the store, whatever others write meanwhile."""
        self.db.execute("BEGIN")
        try:
            yield
        finally:
            self.db.execute("COMMIT")

    def boards(self) -> list[str]:
        """The boards whose postings are here."""
        after = "SELECT substr(id, 1, instr(id, ':') - 1) FROM postings WHERE id >= {} ORDER BY id LIMIT 1"
        rows = self.db.execute(  # one step of the index a board, whatever the number of postings
            f"WITH RECURSIVE found (name) AS (SELECT ({after.format(chr(39) * 2)}) UNION ALL"
            f" SELECT ({after.format('name || char(59)')}) FROM found WHERE name IS NOT NULL)"
            " SELECT name FROM found WHERE name IS NOT NULL"
        )
        return [row["name"] for row in rows]

    def employers(self) -> dict[str, str]:
        """Every employer, as the filter `employers` takes it, and its name: `{"greenhouse:acme": "Acme"}`."""
        name = "coalesce(json_extract(record, '$.employer.name'), '')"
        return dict(self.db.execute(f"SELECT {EMPLOYER}, {name} FROM postings GROUP BY 1 ORDER BY 1").fetchall())

    def posting(self, id: str) -> sqlite3.Row | None:
        """One posting's row."""
        row: sqlite3.Row | None = self.db.execute("SELECT * FROM postings WHERE id = ?", (id,)).fetchone()
        return row

    def ids_like(self, part: str, most: int = 5) -> list[str]:
        """Ids that hold some words, for a hint."""
        rows = self.db.execute("SELECT id FROM postings WHERE instr(id, ?) ORDER BY id LIMIT ?", (part, most))
        return [row["id"] for row in rows]

    def events(self, *, since: str | None = None, id: str | None = None) -> Iterator[sqlite3.Row]:
        """Events in the order they happened."""
        yield from self.db.execute(
            "SELECT * FROM events WHERE (?1 IS NULL OR at >= ?1) AND (?2 IS NULL OR id = ?2) ORDER BY n", (since, id)
        )

    def crawls(self, target: str | None = None) -> Iterator[sqlite3.Row]:
        """Crawls, the newest last."""
        yield from self.db.execute("SELECT * FROM crawls WHERE (?1 IS NULL OR target = ?1) ORDER BY n", (target,))

    def faults(self) -> list[str]:
        """What is wrong: SQLite's own check, records that do not parse, postings and events without each other."""
        try:
            found = [row[0] for row in self.db.execute("PRAGMA integrity_check") if row[0] != "ok"]
        except sqlite3.DatabaseError as error:
            found = [str(error)]
        if found:
            return [f"{self.path}: {fault}" for fault in found]
        for row in self.db.execute("SELECT id, CAST(record AS BLOB) AS record, checksum FROM postings"):
            try:
                Posting.model_validate_json(row["record"])
                if row["checksum"] not in (None, crc32(row["record"])):
                    raise ValueError("its record is not the one that was stored")
            except ValueError as error:
                found.append(f"{row['id']}: {str(error).splitlines()[0]}")
        lost = "SELECT id FROM postings WHERE id NOT IN (SELECT id FROM events WHERE kind = 'new' AND id IS NOT NULL)"
        found += [f"{row['id']}: stored without its event" for row in self.db.execute(lost)]
        orphans = "SELECT DISTINCT id FROM events WHERE id IS NOT NULL AND id NOT IN (SELECT id FROM postings)"
        return found + [f"{row['id']}: an event without its posting" for row in self.db.execute(orphans)]


def base_and_parts(target: str) -> tuple[str, int, str]:
    """The values of `ANY_PART` for a target or a part of one."""
    base = target.partition("?")[0]
    return base, len(base) + 1, f"{base}?"


def stamp(at: datetime) -> str:
    """An instant as it is stored: ISO 8601, UTC, whole seconds."""
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")


def seen(crawl: int, target: str, raw: RawPosting, posting: Posting, version: str | None = None) -> Seen:
    """A posting that was read, made ready for `Store.see_all`."""
    data = posting.model_dump(mode="json", by_alias=True)
    record = orjson.dumps(data)
    # A record is looked at for contacts once, so that the many exports of it need not.
    clean = None if mask_contacts(data) else edition()
    at, mark = posting.fetched_at, fingerprint(raw)
    return Seen(crawl, target, posting.id, posting.key, at, record.decode(), mark, clean, crc32(record), version)


def fingerprint(raw: RawPosting) -> str:
    """What a board published, in 32 letters: without the time it was seen and what no slot has taken."""
    said = raw.model_dump(mode="json", exclude={"seen_at", "unread"}, exclude_defaults=True)
    return hashlib.blake2b(orjson.dumps(said, option=orjson.OPT_SORT_KEYS), digest_size=16).hexdigest()


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """Field by field, what a post said and says: `{"workplace": {"before": "hybrid", "after": "remote"}}`.

    A publish date that was published as an age ("3 days ago") moves by itself and is no change.
    """
    names = sorted((before.keys() | after.keys()) - VOLATILE)
    found = {
        name: {"before": before.get(name), "after": after.get(name)}
        for name in names
        if before.get(name) != after.get(name)
    }
    if not ABSOLUTE.search(after.get("published_text") or ""):
        found.pop("published_text", None)
        found.pop("published_at", None)
    return found
