"""The tables beside the store: what they hold, how they follow it, and that it is left alone."""

import hashlib
import json
import os
import re
import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from socket import socket
from typing import Any

import pytest

from scraper.cluster import clusters
from scraper.explore.flat import TABLES
from scraper.explore.refresh import read_only, refresh, without_evidence
from scraper.explore.site import metadata, queries
from scraper.parse import parse_posting
from scraper.store import StoreError, open_store
from tests.command import rolecall
from tests.explore.lamps import TEXT, crawl, fill, raw


@pytest.fixture
def home(tmp_path: Path) -> Path:
    fill(tmp_path)
    return tmp_path


def catch_up(home: Path, **how: bool) -> int:
    store = read_only(home / "rolecall.db")
    try:
        return refresh(store, home / "explore.db", **how)
    finally:
        store.close()


def rows(home: Path, sql: str, *given: Any) -> list[tuple[Any, ...]]:
    db = sqlite3.connect(home / "explore.db")
    try:
        return db.execute(sql, given[0] if given and isinstance(given[0], dict) else given).fetchall()
    finally:
        db.close()


def everything(home: Path) -> dict[str, list[tuple[Any, ...]]]:
    """All rows that do not hang on the order in which postings were written."""
    of = "SELECT postings.id, {0} FROM {1} JOIN postings ON postings.n = posting ORDER BY 1, 2, 3"
    names = ", ".join(column.name for column in TABLES["postings"][1:])
    found = {"postings": rows(home, f"SELECT {names} FROM postings ORDER BY id")}
    found["skills"] = rows(home, of.format("skills.name, kind, need", "skills"))
    found["benefits"] = rows(home, of.format("code, text", "benefits"))
    found["locations"] = rows(home, of.format("position, locations.kind, text, locations.country", "locations"))
    found |= {name: rows(home, f"SELECT * FROM {name} ORDER BY n") for name in ("events", "crawls")}
    noted = rows(home, "SELECT facet, value, rows FROM _facets ORDER BY 1, 2")
    found["facets"] = [(facet, value, int.from_bytes(bits, "little").bit_count()) for facet, value, bits in noted]
    return found


def test_a_posting_is_a_row_and_its_lists_are_rows(home: Path) -> None:
    assert catch_up(home) == 5
    said = (
        "title, employer, state, country, city, salary_min, salary_max, currency, period, visa_sponsorship, years_min"
    )
    (row,) = rows(home, f"SELECT {said} FROM postings WHERE id = 'wantapply::a'")
    assert row == (
        *("Staff Lantern Engineer (m/f/d)", "Lantern House", "open", "DE", "Hamburg"),
        *(60000, 70000, "EUR", "year", "offered", 3),
    )
    skills = rows(home, "SELECT name FROM skills JOIN postings ON n = posting WHERE id = 'wantapply::a' ORDER BY name")
    assert skills == [("Go",), ("Python",)]
    changed = rows(home, "SELECT field, before, after FROM events WHERE kind = 'changed' AND field = 'seniority'")
    assert changed == [("seniority", "senior", "staff")]
    assert rows(home, "SELECT state FROM postings WHERE id = 'wantapply::old'") == [("closed",)]


def test_following_the_store_gives_what_a_fresh_start_gives(home: Path) -> None:
    catch_up(home)
    assert catch_up(home) == 0
    crawl(home, 17, [raw("a", 17, title="Head of Lanterns"), raw("b", 17), raw("new", 17)])
    crawl(home, 18, [raw("z", 18, url="https://lanternhouse.example/jobs/1000-b")], target="greenhouse:lamps")
    store = open_store(home / "rolecall.db")
    found, joined = clusters(json.loads(row["record"]) for row in store.postings())
    store.set_clusters(found, [(join.first, join.second, join.because) for join in joined])
    store.close()
    assert catch_up(home) > 0
    followed = everything(home)
    assert rows(home, "SELECT count(*) FROM postings WHERE cluster IS NOT NULL")[0][0] >= 2
    catch_up(home, afresh=True)
    assert followed == everything(home)
    assert rows(home, "SELECT count(*) FROM postings_fts WHERE postings_fts MATCH 'lanterns'")[0][0] >= 4


def test_a_crawl_that_is_not_finished_is_looked_at_again(home: Path) -> None:
    catch_up(home)
    store = open_store(home / "rolecall.db")
    number = store.begin("r", "wantapply", datetime(2026, 11, 20, tzinfo=UTC))
    for key in ("x", "y"):
        store.see(number, "wantapply", raw(key, 20), parse_posting(raw(key, 20)))
        catch_up(home)
        assert rows(home, "SELECT count(*) FROM postings WHERE id = ?", f"wantapply::{key}") == [(1,)]
    store.still_there(number, "wantapply", ["b"], datetime(2026, 11, 20, tzinfo=UTC))
    catch_up(home)
    assert rows(home, "SELECT last_seen_at FROM postings WHERE id = 'wantapply::b'") == [("2026-11-20T00:00:00Z",)]
    store.close()


def test_words_are_found_without_their_accents_and_old_words_no_more(home: Path) -> None:
    crawl(home, 17, [raw("a", 17, title="Lichtmeister für Straßenlöschung")])
    catch_up(home)
    crawl(home, 18, [raw("a", 18, title="Wick Trimmer")])
    catch_up(home)
    sql = "SELECT id FROM postings WHERE n IN (SELECT rowid FROM postings_fts WHERE postings_fts MATCH ?)"
    assert rows(home, sql, "straßenloschung") == []
    assert rows(home, sql, "trimmer") == [("wantapply::a",)]


def test_evidence_is_cut_off_whatever_the_text_says() -> None:
    text = 'They wrote ,"sections":[ and ,"conflicts":[ here.'
    record = parse_posting(raw("a", description=f"<p>{text}</p>{TEXT}")).model_dump_json(by_alias=True).encode()
    whole = json.loads(record)
    assert text in whole["description"]
    assert whole.pop("sections")
    assert whole.pop("evidence")
    assert json.loads(without_evidence(record)) == whole
    assert without_evidence(b'{"conflicts":[]}') == b'{"conflicts":[]}'


def test_contacts_are_in_no_table_and_in_no_index_unless_asked_for(home: Path) -> None:
    catch_up(home)
    sql = "SELECT count(*) FROM postings_fts WHERE postings_fts MATCH 'lindqvist'"
    assert rows(home, sql) == [(0,)]
    assert b"lindqvist" not in (home / "explore.db").read_bytes().lower()
    catch_up(home, contacts=True)
    assert rows(home, sql)[0][0] > 0
    catch_up(home)
    assert rows(home, sql) == [(0,)]


def test_the_store_is_left_as_it_was(home: Path) -> None:
    def marks() -> dict[str, str]:
        return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in home.glob("rolecall.db*")}

    before = marks()
    catch_up(home)
    store = read_only(home / "rolecall.db")
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        store.db.execute("DELETE FROM postings")
    store.close()
    assert marks()["rolecall.db"] == before["rolecall.db"]


@pytest.mark.parametrize("harm", [b"", b"not a database at all, but long enough to look at" * 99, b"SQLite format 3\0"])
def test_a_harmed_file_of_tables_is_made_again(home: Path, harm: bytes) -> None:
    (home / "explore.db").write_bytes(harm)
    assert catch_up(home) == 5


def test_a_file_of_tables_from_another_version_is_made_again(home: Path) -> None:
    catch_up(home)
    with sqlite3.connect(home / "explore.db") as db:
        db.execute("UPDATE _about SET value = '0' WHERE name = 'version'")
    assert catch_up(home) == 5


def test_one_record_that_cannot_be_read_loses_no_other(home: Path) -> None:
    store = open_store(home / "rolecall.db")
    store.db.execute("UPDATE postings SET record = '{\"title\": 7}' WHERE key = 'b'")
    store.close()
    assert catch_up(home) == 5
    assert rows(home, "SELECT title FROM postings WHERE title LIKE '(unreadable%'") != []


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        ("missing", "no store at"),
        ("newer", "another version of Rolecall (schema 99)"),
        ("harmed", "is it a store?"),
        ("folder", "no store at"),
        ("cut", "rolecall verify"),
    ],
)
def test_a_store_that_cannot_be_looked_at_is_said_in_a_line(tmp_path: Path, harm: str, said: str) -> None:
    path = tmp_path / "rolecall.db"
    if harm in ("newer", "cut"):
        fill(tmp_path)
        db = sqlite3.connect(path)
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        if harm == "newer":
            db.execute("PRAGMA user_version = 99")
        db.close()
        if harm == "cut":
            os.truncate(path, 30_000)
    elif harm == "harmed":
        path.write_text("hello " * 999)
    elif harm == "folder":
        path.mkdir()
    with pytest.raises(StoreError, match=re.escape(said)):
        catch_up(tmp_path)


def test_bad_use_is_said_in_a_line(home: Path) -> None:
    over = rolecall(home, "explore", "--port", "0", "--tables", str(home / "rolecall.db")).clean()
    assert (over.code, "names the store itself" in over.err) == (2, True)
    with socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        busy = rolecall(home, "explore", "--port", port).clean()
    assert (busy.code, f"cannot listen on 127.0.0.1, port {port}" in busy.err) == (2, True)
    (home / "file").touch()
    unwritable = rolecall(home, "explore", "--port", "0", "--tables", str(home / "file" / "x.db")).clean()
    assert (unwritable.code, "cannot write" in unwritable.err, "Errno" in unwritable.err) == (2, True, False)
    none = rolecall(home / "nowhere", "explore").clean()
    assert (none.code, "no store at" in none.err) == (2, True)


def test_every_column_is_described(home: Path) -> None:
    catch_up(home)
    tables = metadata()["databases"]["explore"]["tables"]
    for name, columns in TABLES.items():
        made = [row[1] for row in rows(home, f"PRAGMA table_info({name})")]
        assert made == [column.name for column in columns]
        assert all(len(said) > 3 and said != column for column, said in tables[name]["columns"].items())
    assert tables["postings"]["columns"]["salary_min"].startswith("Lowest figure")


@pytest.mark.parametrize(
    ("name", "given", "expected"),
    [
        ("remote-with-pay", {"skill": "go"}, {"wantapply::a", "wantapply::b"}),
        ("remote-with-pay", {"skill": "Cobol"}, set()),
        ("what-changed", {"field": ""}, {"wantapply::a"}),
        ("what-changed", {"field": "salary"}, set()),
        ("sponsorship", {"country": "DE"}, {"wantapply::a", "wantapply::b", "wantapply::c"}),
        ("sponsorship", {"country": "FR"}, set()),
    ],
)
def test_questions_have_answers(home: Path, name: str, given: dict[str, str], expected: set[str]) -> None:
    catch_up(home)
    db = sqlite3.connect(home / "explore.db")
    db.row_factory = sqlite3.Row
    found = db.execute(queries()[name]["sql"], given).fetchall()
    db.close()
    assert {row["id"] for row in found} == expected


@pytest.mark.parametrize("name", sorted(queries()))
def test_every_question_can_be_asked(home: Path, name: str) -> None:
    catch_up(home)
    db = sqlite3.connect(home / "explore.db")
    db.execute(queries()[name]["sql"], queries()[name]["given"]).fetchall()
    db.execute(queries()[name]["sql"], dict.fromkeys(queries()[name]["given"], "")).fetchall()
    db.close()


def test_a_field_that_fell_silent_is_named(tmp_path: Path) -> None:
    crawl(tmp_path, 2, [raw(f"old{number}") for number in range(6)])
    bare = {"description": "<p>Keep the lanterns lit.</p>", "locations": []}
    crawl(tmp_path, 20, [raw(f"new{number}", 20, **bare) for number in range(6)])
    catch_up(tmp_path)
    found = rows(tmp_path, queries()["silent"]["sql"], {"days": "7"})
    assert {"salary", "locations", "stack"} <= {row[1] for row in found}
