"""The store: what one crawl learns about one posting, and what closes it."""

import json
import shutil
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from scraper.parse import parse_posting
from scraper.posting import RawPosting
from scraper.store import Store, StoreError, open_store

DAY = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
TARGET = "probe:lumo"


def raw(key: str, day: int = 0, **slots: Any) -> RawPosting:
    given = {"title": "Lamp Tester", "url": f"https://lumo.example/{key}", "description": "<p>Test lamps.</p>"} | slots
    return RawPosting(board="probe", employer="lumo", key=key, seen_at=DAY + timedelta(days=day), **given)


def crawl(store: Store, day: int, *raws: RawPosting, whole: bool = True, outcome: str = "ok") -> dict[str, int]:
    number = store.begin(f"run-{day}", TARGET, DAY + timedelta(days=day))
    for item in raws:
        store.see(number, TARGET, item, parse_posting(item))
    done = store.finish(number, TARGET, DAY + timedelta(days=day, hours=1), outcome=outcome, whole=whole, report={})
    return {name: getattr(done, name) for name in done.__slots__ if getattr(done, name)}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(tmp_path / "rolecall.db")


def state(store: Store, key: str) -> sqlite3.Row:
    row = store.posting(f"probe:lumo:{key}")
    assert row is not None
    return row


def test_a_life(store: Store) -> None:
    assert crawl(store, 0, raw("a"), raw("b")) == {"new": 2}
    assert crawl(store, 1, raw("a", 1), raw("b", 1)) == {}
    assert crawl(store, 2, raw("a", 2, workplace="Remote"), raw("b", 2)) == {"changed": 1}
    assert crawl(store, 3, raw("a", 3, workplace="Remote")) == {}, "absent once is not gone"
    assert crawl(store, 4, raw("a", 4, workplace="Remote")) == {"closed": 1}
    assert crawl(store, 5, raw("a", 5, workplace="Remote"), raw("b", 5)) == {"reopened": 1}
    assert [row["kind"] for row in store.events(id="probe:lumo:b")] == ["new", "closed", "reopened"]
    assert state(store, "b")["times_reopened"] == 1
    assert state(store, "b")["closed_at"] is None
    assert state(store, "b")["first_seen_at"] == "2026-11-02T09:30:00Z"
    (changed,) = (row for row in store.events(id="probe:lumo:a") if row["kind"] == "changed")
    assert json.loads(changed["changes"])["workplace"] == {"before": None, "after": "remote"}


def test_pay_that_rises_is_told_before_and_after(store: Store) -> None:
    crawl(store, 0, raw("a", salary={"min": 100_000, "max": 110_000, "currency": "USD", "period": "year"}))
    crawl(store, 1, raw("a", 1, salary={"min": 120_000, "max": 130_000, "currency": "USD", "period": "year"}))
    change = json.loads(list(store.events())[-1]["changes"])["salary"]
    assert (change["before"]["min"], change["after"]["min"]) == (100_000, 120_000)


def test_an_age_that_grows_is_no_change(store: Store) -> None:
    crawl(store, 0, raw("a", published="Posted 3 Days Ago"))
    assert crawl(store, 1, raw("a", 1, published="Posted 4 Days Ago")) == {}
    assert crawl(store, 2, raw("a", 2, published="2026-10-01")) == {"changed": 1}


@pytest.mark.parametrize("outcome", ["partial", "refused", "blocked", "looped", "login"])
def test_a_crawl_that_was_not_whole_closes_nothing(store: Store, outcome: str) -> None:
    crawl(store, 0, raw("a"), raw("b"))
    for day in range(1, 6):
        assert "closed" not in crawl(store, day, raw("a", day), whole=False, outcome=outcome)
    assert [row["kind"] for row in store.events()].count("blocked") == (5 if outcome == "blocked" else 0)


def test_an_absence_in_a_broken_crawl_does_not_count(store: Store) -> None:
    crawl(store, 0, raw("a"), raw("b"))
    crawl(store, 1, raw("a", 1))
    crawl(store, 2, raw("a", 2), whole=False)
    assert state(store, "b")["closed_at"] is None
    assert crawl(store, 3, raw("a", 3)) == {"closed": 1}


def test_many_that_vanish_at_once_are_held(store: Store) -> None:
    all_ten = [raw(str(number)) for number in range(10)]
    crawl(store, 0, *all_ten)
    kept = [raw(str(number), 1) for number in range(6)]
    crawl(store, 1, *kept)
    assert crawl(store, 2, *kept) == {"held": 4}
    assert crawl(store, 3, *kept, raw("6", 3)) == {"closed": 3}, "three of ten are not too many"


def test_what_a_board_says_closes_at_once(store: Store) -> None:
    crawl(store, 0, raw("a"), raw("b", expires="2026-11-03"))
    number = store.begin("run", TARGET, DAY)
    assert store.say_closed(number, TARGET, "a", "HTTP 410", DAY)
    assert not store.say_closed(number, TARGET, "a", "HTTP 410", DAY)
    assert state(store, "a")["closed_because"] == "HTTP 410"
    assert crawl(store, 2, whole=False) == {"closed": 1}
    assert state(store, "b")["closed_because"] == "expired"


def test_filters(store: Store) -> None:
    crawl(store, 0, raw("a"), raw("b"), raw("c"))
    crawl(store, 1, raw("a", 1), raw("b", 1))
    crawl(store, 2, raw("a", 2, title="Head of Lamps"), raw("b", 2))
    keys = lambda **which: [row["key"] for row in store.postings(**which)]  # noqa: E731
    assert keys() == ["a", "b", "c"]
    assert keys(state="open") == ["a", "b"]
    assert keys(state="closed") == ["c"]
    assert keys(since="2026-11-04") == ["a", "c"]
    assert keys(crawl=1) == ["a", "b", "c"]
    assert keys(crawl=3) == ["a", "b"]
    assert keys(targets=["other"]) == []


def test_a_filter_takes_more_values_than_a_statement_has_variables(store: Store) -> None:
    crawl(store, 0, raw("a"))
    many = [f"probe:{n}" for n in range(300_000)]
    assert [row["key"] for row in store.postings(targets=[*many, TARGET], run="none")] == ["a"]
    assert [row["key"] for row in store.postings(targets=many, run="run-0")] == ["a"]
    assert store.count(employers=[*many, "probe:lumo"], one_per_cluster=True) == 1
    assert store.count(targets=many, run="none") == 0


def test_a_crawl_is_asked_for_what_it_saw(store: Store) -> None:
    keys = lambda crawl: [row["key"] for row in store.postings(crawl=crawl)]  # noqa: E731
    crawl(store, 0, raw("a"), raw("b"), raw("c"))
    other = store.begin("run-x", "probe:other", DAY)
    crawl(store, 1, raw("a", 1))
    listed = store.begin("run-2", TARGET, DAY)
    store.still_there(listed, TARGET, ["a", "c"], DAY)
    early, late = store.begin("early", TARGET, DAY), store.begin("late", TARGET, DAY)
    store.still_there(late, TARGET, ["a", "b"], DAY)
    store.still_there(early, TARGET, ["a"], DAY)
    seen = {1: ["a", "b", "c"], other: [], 3: ["a"], listed: ["a", "c"], early: ["a"], late: ["a", "b"]}
    assert {number: keys(number) for number in seen} == seen
    runs = store.db.execute("SELECT count(*) FROM sightings").fetchone()[0]
    assert runs <= 5, "runs are stored, not sightings"


def test_an_older_file_is_upgraded_with_a_copy_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "rolecall.db"
    crawl(open_store(path), 0, raw("a"))
    steps = __import__("scraper.store.open", fromlist=["MIGRATIONS"]).MIGRATIONS
    monkeypatch.setattr("scraper.store.open.MIGRATIONS", [*steps, "ALTER TABLE postings ADD COLUMN note TEXT"])
    upgraded = open_store(path)
    assert "note" in state(upgraded, "a").keys()  # noqa: SIM118  a row is no mapping
    assert (tmp_path / f"rolecall.db.v{len(steps)}").exists()


def test_an_upgrade_that_fails_leaves_the_file_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "rolecall.db"
    crawl(open_store(path), 0, raw("a"))
    steps = __import__("scraper.store.open", fromlist=["MIGRATIONS"]).MIGRATIONS
    broken = "ALTER TABLE postings ADD COLUMN note TEXT;\nSELECT nothing"
    with monkeypatch.context() as patched:
        patched.setattr("scraper.store.open.MIGRATIONS", [*steps, broken])
        with pytest.raises(StoreError):
            open_store(path)
    assert "note" not in state(open_store(path), "a").keys()  # noqa: SIM118


def test_a_newer_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "rolecall.db"
    open_store(path).close()
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version = 99")
    with pytest.raises(StoreError, match="newer Rolecall"):
        open_store(path)


@pytest.mark.parametrize(
    "body", [b"not a database, but long enough to be read as one" * 40, b"SQLite format 3\0" + bytes(50)]
)
def test_a_file_that_is_no_store_is_named(tmp_path: Path, body: bytes) -> None:
    path = tmp_path / "rolecall.db"
    path.write_bytes(body)
    with pytest.raises(StoreError, match=r"rolecall\.db: "):
        open_store(path)


@pytest.mark.parametrize("version", [0, 1, 4])
def test_a_database_of_another_program_is_refused_and_left_as_it_is(tmp_path: Path, version: int) -> None:
    path = tmp_path / "cookies.sqlite"
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE cookies (a)")
        db.execute(f"PRAGMA user_version = {version}")
    before = path.read_bytes()
    with pytest.raises(StoreError, match="another program"):
        open_store(path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_locked_file_is_named(tmp_path: Path) -> None:
    store = open_store(tmp_path / "rolecall.db", wait=0.1)
    other = sqlite3.connect(store.path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        store.begin("run", TARGET, DAY)
    other.execute("ROLLBACK")
    assert store.begin("run", TARGET, DAY)


def test_a_full_disk_stores_a_posting_wholly_or_not_at_all(store: Store) -> None:
    number = store.begin("run", TARGET, DAY)
    pages = store.db.execute("PRAGMA page_count").fetchone()[0]
    store.db.execute(f"PRAGMA max_page_count = {pages + 12}")
    stored = 0
    with pytest.raises(sqlite3.OperationalError, match="full"):
        for key in range(1000):
            item = raw(str(key), description="lamp oil " * 200)
            store.see(number, TARGET, item, parse_posting(item))
            stored += 1
    assert stored > 0
    assert len(list(store.postings())) == len(list(store.events())) == stored
    assert store.faults() == []


def test_two_crawls_at_once_lose_nothing(tmp_path: Path) -> None:
    stores = [open_store(tmp_path / "rolecall.db") for _ in range(2)]
    numbers = [store.begin(f"run-{n}", f"probe:{n}", DAY) for n, store in enumerate(stores)]
    for key in range(50):
        for n, store in enumerate(stores):
            item = raw(f"{n}-{key}")
            store.see(numbers[n], f"probe:{n}", item, parse_posting(item))
    assert len(list(stores[0].postings())) == 100
    assert stores[1].faults() == []


def test_faults_are_found(store: Store, tmp_path: Path) -> None:
    crawl(store, 0, raw("a"), raw("b"))
    assert store.faults() == []
    store.db.execute("UPDATE postings SET record = '{}' WHERE key = 'a'")
    store.db.execute("DELETE FROM events WHERE id = 'probe:lumo:b'")
    faults = " ".join(store.faults())
    assert "probe:lumo:a: " in faults
    assert "probe:lumo:b: stored without its event" in faults
    shutil.copy(store.path, tmp_path / "copy.db")
