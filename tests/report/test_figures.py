"""The numbers of the report against plain SQL over the same store, and what it says where there is little."""

import sqlite3
from pathlib import Path

import duckdb
import pytest

from scraper.demo.history import make_history
from scraper.report import Choice, report_page
from scraper.store import open_store
from tests.report.pages import Page, crawl, new_store, post

pytestmark = pytest.mark.xdist_group("report")  # the charts' engine is started once


def page(home: Path, **choice: object) -> Page:
    store = open_store(home / "rolecall.db")
    return Page(report_page(store, Choice(**choice), title="Test", generated="now"))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("history")
    make_history(folder / "rolecall.db", 400, 8)
    return folder


@pytest.fixture(scope="module")
def made(home: Path) -> Page:
    return page(home)


@pytest.fixture(scope="module")
def sql(home: Path) -> sqlite3.Connection:
    return sqlite3.connect(home / "rolecall.db")


def test_skills_are_those_of_the_open_postings(made: Page, sql: sqlite3.Connection) -> None:
    rows = sql.execute(
        "SELECT s.value ->> 'name', sum(s.value ->> 'need' = 'required'), sum(s.value ->> 'need' = 'preferred'), count(*)"
        " FROM postings, json_each(record, '$.stack') AS s WHERE closed_at IS NULL GROUP BY 1"
    ).fetchall()
    table = made.table("skills")
    assert len(rows) > 10
    for name, required, preferred, posts in rows:
        assert table[name][:3] == [str(posts), str(required), str(preferred)]


def test_weeks_are_those_of_the_events(made: Page, sql: sqlite3.Connection) -> None:
    monday = "date(at, 'weekday 0', '-6 days')"
    first = "crawl IN (SELECT min(n) FROM crawls GROUP BY target)"
    rows = sql.execute(
        f"SELECT {monday}, sum(kind = 'new' AND NOT {first}), sum(kind = 'closed'), sum(kind = 'new' AND {first}),"
        f" sum(sum(CASE kind WHEN 'new' THEN 1 WHEN 'closed' THEN -1 ELSE 0 END)) OVER (ORDER BY {monday})"
        " FROM events GROUP BY 1"
    ).fetchall()
    table = made.table("turns")
    assert len(rows) == 8
    for week, new, closed, found, still_open in rows:
        assert table[week] == [f"{still_open:,}", str(new), str(closed), "0", str(found)]


def test_pay_is_that_of_one_currency_and_period(made: Page, home: Path, sql: sqlite3.Connection) -> None:
    rows = sql.execute(
        "SELECT record ->> '$.salary.currency', record ->> '$.salary.period',"
        " ((record ->> '$.salary.min') + coalesce(record ->> '$.salary.max', record ->> '$.salary.min')) / 2.0"
        " FROM postings WHERE closed_at IS NULL AND record ->> '$.salary.currency' IS NOT NULL"
        " AND record ->> '$.salary.period' IS NOT NULL"
    ).fetchall()
    duck = duckdb.connect()
    duck.execute("CREATE TABLE pay (currency TEXT, period TEXT, figure DOUBLE)")
    duck.executemany("INSERT INTO pay VALUES (?, ?, ?)", rows)
    groups = duck.execute(
        "SELECT lower(currency || '-' || period), count(*), quantile_cont(figure, [0.25, 0.5, 0.75]) FROM pay GROUP BY 1"
    ).fetchall()
    assert {name for name, n, _ in groups if n >= 5} == {f[4:] for f in made.figures() if f.startswith("pay-")}
    assert len(groups) > 3
    for name, n, quartiles in groups:
        if n >= 5:
            assert made.table(f"pay-{name}")["all postings"] == [str(n), *(f"{q:,.0f}" for q in quartiles)]


def test_skills_move_against_the_time_before(made: Page, sql: sqlite3.Connection) -> None:
    (until,) = sql.execute("SELECT max(finished_at) FROM crawls").fetchone()
    lately = f"first_seen_at >= strftime('%Y-%m-%dT%H:%M:%SZ', '{until}', '-28 days')"
    n_now, n_before = sql.execute(f"SELECT sum({lately}), sum(NOT {lately}) FROM postings").fetchone()
    assert f"n = {n_now:,}" in made.note("trend") and f"n = {n_before:,}" in made.note("trend")
    counts = {
        name: (now, before)
        for name, now, before in sql.execute(
            f"SELECT s.value ->> 'name', sum({lately}), sum(NOT {lately}) FROM postings, json_each(record, '$.stack') AS s"
            " GROUP BY 1"
        )
    }
    moved = made.table("trend")
    assert "LangChain" in moved, "its share grows from nothing to a tenth"
    for name, (before, now, points, n_was, n_is) in moved.items():
        assert (int(n_is), int(n_was)) == counts[name]
        assert (now, before) == (f"{100 * int(n_is) / n_now:.1f} %", f"{100 * int(n_was) / n_before:.1f} %")
        assert points == f"{100 * (int(n_is) / n_now - int(n_was) / n_before):+.1f}"


def test_choices(home: Path, sql: sqlite3.Connection) -> None:
    of_germany = "EXISTS (SELECT 1 FROM json_each(record, '$.locations') AS l WHERE l.value ->> 'country' = 'DE')"
    (want,) = sql.execute(
        f"SELECT count(*) FROM postings WHERE id LIKE 'wantapply:%' AND first_seen_at >= '2026-10-08' AND {of_germany}"
    ).fetchone()
    chosen = page(home, open_only=False, boards=("wantapply",), countries=("DE",), since="2026-10-08T00:00:00Z")
    assert want >= 5
    assert chosen.table("countries") == {"Germany": [str(want), "100 %"]}
    assert "on wantapply" in chosen.lead() and "Germany" in chosen.lead() and "2026-10-08" in chosen.lead()


def test_one_job_on_two_boards_and_in_two_cities_is_one(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    own = [post(f"{n}", locations=["Berlin, Germany"]) for n in range(6)]
    crawl(store, 0, *own, post("paris", locations=["Paris, France"]))
    crawl(store, 3, post("9", 3, "wide", None, locations=["Berlin, Germany"], workplace="Remote"), target="wide")
    store.set_clusters({"probe:lumo:0": "c", "probe:lumo:paris": "c", "wide::9": "c"}, [])
    store.close()
    told = page(tmp_path)
    assert "8 postings are 6 jobs" in told.lead()
    assert told.table("countries") == {"Germany": ["6", "100 %"], "France": ["1", "17 %"]}
    assert told.table("workplace") == {}, "the employer's own posting speaks"
    assert [row[0] for row in told.table("open").values()] == ["6"]


def test_a_job_stays_open_while_one_of_its_postings_does(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    crawl(store, 0, *(post(f"{n}") for n in range(5)))
    crawl(store, 1, post("5", 1), post("6", 1))
    crawl(store, 8, closed=("5",))
    crawl(store, 15, post("5", 15), closed=("6",))
    store.set_clusters({"probe:lumo:5": "c", "probe:lumo:6": "c"}, [])
    assert page(tmp_path).table("turns") == {
        "2026-10-19": ["6", "0", "0", "0", "0"],
        "2026-10-12": ["6", "0", "0", "0", "0"],
        "2026-10-05": ["6", "1", "0", "0", "5"],
    }


def test_how_long_they_stay_counts_those_still_open(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    crawl(store, 0, post("old"))
    crawl(store, 1, *(post(f"{n}", 1) for n in range(12)))
    crawl(store, 11, closed=("0", "1", "2"))
    crawl(store, 21, closed=("3", "4", "5", "old"))
    crawl(store, 31, closed=("6",))
    told = page(tmp_path, open_only=False)
    assert "Half of 7 closed postings closed within 20 days, the middle half in 10 to 20" in told.says("stay")
    assert "5 more are still open" in told.note("stay") and "after 20 days (Kaplan–Meier)" in told.note("stay")
    assert "1 that a first crawl found are left out" in told.note("stay")
    assert {band: n for band, (n,) in told.table("stay").items() if n != "0"} == {"1": "3", "2": "3", "4–5": "1"}


def test_currencies_periods_and_taxes_are_not_mixed(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    pays = [
        ("EUR", "year", None),
        ("EUR", "month", None),
        ("USD", "year", None),
        ("PLN", "month", False),
        ("PLN", "month", True),
    ]
    raws = [
        post(f"{n}{i}", salary={"min": 4000, "max": 6000, "currency": c, "period": p, "gross": g})
        for i, (c, p, g) in enumerate(pays)
        for n in range(5)
    ]
    crawl(store, 0, *raws, post("x", salary={"text": "from 4000 per month"}))
    told = page(tmp_path)
    figures = [f for f in told.figures() if f.startswith("pay-")]
    assert sorted(figures) == ["pay-eur-month", "pay-eur-year", "pay-pln-month", "pay-pln-month-net", "pay-usd-year"]
    assert {told.table(f)["all postings"][0] for f in figures} == {"5"}
    assert "Left out: 1 with no settled currency." in told.text


def test_few_are_said_and_not_drawn(tmp_path: Path) -> None:
    crawl(new_store(tmp_path), 0, *(post(f"{n}", workplace="Remote", locations=["Bonn, Germany"]) for n in range(4)))
    told = page(tmp_path)
    assert "<svg" not in told.text
    assert told.says("workplace") == "Too few to draw: 4 of 4 postings say it; from 5 on there is a chart."
    assert told.table("workplace") == {"remote": ["4", "100 %"]}


def test_a_store_of_nothing(tmp_path: Path) -> None:
    new_store(tmp_path).close()
    told = page(tmp_path)
    assert "no crawl has been made" in told.lead() and not told.figures()


def test_one_posting_and_then_none(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    crawl(store, 0, post("a"))
    told = page(tmp_path)
    assert "1 open posting at the last crawl, 5 October 2026, 06:00 UTC." in told.lead()
    assert told.says("turns").startswith("Too little to draw: 1 posting over one week")
    assert told.note("turns").startswith("No week counts as new the 1 posting that")
    assert told.note("stay") == "1 that a first crawl found are left out: their beginning is not known."
    crawl(store, 9, closed=("a",))
    told = page(tmp_path)
    assert "No posting is open" in told.lead() and "<code>rolecall report --all</code>" in told.text
    assert "turns" in told.figures() and "skills" not in told.figures()
    assert "1 posting at" in page(tmp_path, open_only=False).lead()


def test_the_same_store_gives_the_same_page(home: Path, made: Page) -> None:
    assert page(home).text == made.text
