"""What a report asks the store: every posting once, the turns of their lives, the last crawl of each target."""

import sqlite3
from collections.abc import Iterator, Sequence

from scraper.store.store import Store

TURNS = "('new', 'closed', 'reopened')"


def boards_of(store: Store) -> list[str]:
    """Names of the boards that have a posting, sorted."""
    name = "substr(id, 1, instr(id, ':') - 1)"
    return [row[0] for row in store.db.execute(f"SELECT DISTINCT {name} FROM postings ORDER BY 1")]


def postings_of(store: Store, boards: Sequence[str] = (), since: str | None = None) -> Iterator[sqlite3.Row]:
    """Rows of postings in the order of their ids, of some boards, first seen since an ISO time."""
    name = "substr(id, 1, instr(id, ':') - 1)"
    yield from store.db.execute(
        "SELECT id, target, record, first_seen_at, closed_at, cluster FROM postings"
        " WHERE (?1 IS NULL OR first_seen_at >= ?1)"
        + (f" AND {name} IN ({', '.join('?' * len(boards))})" if boards else "")
        + " ORDER BY id",
        (since, *boards),
    )


def turns(store: Store) -> Iterator[sqlite3.Row]:
    """`at`, `id` and `kind` (new, closed, reopened) of the events that open and close postings, in their order; `found`
    where the first crawl of the target made it: the posting was there before."""
    yield from store.db.execute(
        "SELECT at, id, kind, crawl IN (SELECT min(n) FROM crawls GROUP BY target) AS found FROM events"
        f" WHERE kind IN {TURNS} AND id IS NOT NULL ORDER BY n"
    )


def last_crawls(store: Store) -> list[sqlite3.Row]:
    """The last crawl of each target, by target."""
    return store.db.execute(
        "SELECT * FROM crawls WHERE n IN (SELECT max(n) FROM crawls GROUP BY target) ORDER BY target"
    ).fetchall()


def crawl_span(store: Store) -> tuple[int, str | None, str | None]:
    """How many crawls there were, when the first began, when the last ended."""
    row = store.db.execute(
        "SELECT count(*), min(started_at), max(coalesce(finished_at, started_at)) FROM crawls"
    ).fetchone()
    return row[0], row[1], row[2]
