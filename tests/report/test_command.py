"""`rolecall report` as its user runs it: choices, files, and what it says of bad ones."""

import json
import re
from pathlib import Path

import pytest

from tests.command import rolecall
from tests.report.pages import Page, crawl, new_store, post

pytestmark = pytest.mark.xdist_group("report")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home")
    store = new_store(folder)
    crawl(store, 0, *(post(f"{n}", workplace="Hybrid", locations=["Bonn, Germany"]) for n in range(6)))
    store.close()
    return folder


def test_a_page_with_alarms_and_scores(home: Path) -> None:
    (home / "runs").mkdir()
    alarm = {
        "target": "probe:lumo",
        "severity": "bad",
        "state": "new",
        "text": "salary fell to nothing",
        "advice": "look",
    }
    run = {"targets": [{"target": "probe:lumo", "alarms": [alarm]}, {"alarms": None}, None]}
    (home / "runs" / "20261005T060000.000001.json").write_text(json.dumps(run))
    (home / "runs" / "20261004T060000.000001.json").write_text("not a report")
    labelled = Path(__file__).parents[1] / "labelled"
    out = home / "pages" / "roles.html"
    ran = rolecall(home, "report", "-o", str(out), "--title", "Lamps & co", "--labelled", str(labelled)).clean()
    assert ran.code == 0, ran.err
    page = Page(out.read_text("utf-8"))
    assert page.tree.findtext(".//h1") == "Lamps & co"
    assert page.table("alarms") == {"probe:lumo": ["bad", "new", "salary fell to nothing", "look"]}
    assert len(page.table("accuracy")) > 8
    assert re.search(r"Generated \d{4}-\d\d-\d\d \d\d:\d\d UTC", page.text)
    assert page.table("crawls") == {"probe:lumo": ["ok", "no", "2026-10-05 06:00"]}


def test_a_page_to_an_address(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(home)
    out = home / "far" / "roles.html"
    ran = rolecall(home, "report", "-o", f"file://{out}").clean()
    assert ran.code == 0 and Page(out.read_text("utf-8")).drawn("workplace")
    ran = rolecall(home, "report", "-o", "nope://bucket/roles.html").clean()
    assert (ran.code, "Protocol not known: nope" in ran.err) == (1, True)
    assert not [path.name for path in home.iterdir() if ":" in path.name]


def test_a_page_to_stdout(home: Path) -> None:
    ran = rolecall(home, "report", "-o", "-", "--all", "--board", "probe", "--country", "de").clean()
    assert ran.code == 0 and Page(ran.out).drawn("workplace")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--board", "nope"], "no posting of board 'nope' in the store; there is probe"),
        (["--country", "Germany"], "no country 'Germany': give its two letters"),
        (["--country", ""], "no country ''"),
        (["--since", "yesterday"], "'yesterday' is no ISO 8601 date or time"),
        (["--weeks", "0"], "0 is not in the range"),
        (["--labelled", "/nowhere"], "/nowhere: no folder with *.jsonl in it"),
        (["--store", "/nowhere/rolecall.db"], "no store at /nowhere/rolecall.db"),
    ],
)
def test_bad_options(home: Path, options: list[str], said: str) -> None:
    ran = rolecall(home, "report", *options).clean()
    assert ran.code == 2 and said in " ".join(ran.err.split())


def test_a_page_that_cannot_be_written(home: Path) -> None:
    ran = rolecall(home, "report", "-o", str(home / "rolecall.db" / "x.html")).clean()
    assert ran.code == 1 and "cannot write" in ran.err
    assert "Is a directory" in rolecall(home, "report", "-o", str(home)).clean().err


@pytest.mark.parametrize("record", ["{", "[]", "null", '{"board": 1}', '{"board": "x", "employer": {"name": ["y"]}}'])
def test_a_broken_record_is_named(tmp_path: Path, record: str) -> None:
    store = new_store(tmp_path)
    crawl(store, 0, post("a"))
    store.db.execute("UPDATE postings SET record = ?", (record,))
    store.close()
    ran = rolecall(tmp_path, "report", "-o", str(tmp_path / "r.html")).clean()
    assert ran.code == 1 and "'probe:lumo:a': its record is broken; `rolecall verify` says how" in ran.err
    assert not (tmp_path / "r.html").exists()


def test_a_time_that_is_none(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    crawl(store, 0, post("a"))
    store.db.execute("UPDATE events SET at = 'soon'")
    store.close()
    ran = rolecall(tmp_path, "report", "-o", "-").clean()
    assert ran.code == 1 and "an event at 'soon', which is no time" in ran.err
