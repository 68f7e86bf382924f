"""What the operator sees of a run: real crawls of a loopback site, good and bad."""

import json
import os
import pty
import re
import subprocess
import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from scraper.crawl.report import MOST_VALUES, SAMPLE, Frequent, TargetReport
from scraper.crawl.runs import conclude, details
from tests.command import STRICT, rolecall
from tests.crawl.test_crawl import crawl
from tests.server import Answer, Reply, serve


def api(n: int, salary: bool = True, **more: Any) -> Reply:
    """A list of posts in one reply, as the board's JSON door gives it."""
    pay = {"salary": "EUR 50000 - 60000 per year"} if salary else {}
    rows = [
        {
            "title": f"Lamp Tester {k}",
            "url": f"post-{k}",
            "description": f"You test lamps of kind {k}."
            + ("<p>Salary: €50,000 - €60,000 per year</p>" if pay else ""),
            "status": "published",
        }
        | more
        for k in range(n)
    ]
    return Reply(json.dumps({"data": rows, "hasNextPage": False, "total": n}), type="application/json")


def run_of(home: Path) -> dict[str, Any]:
    """The report of the last run."""
    path = max((home / "runs").glob("*.json"))
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def lived(home: Path, *replies: Reply, door: tuple[str, ...] = ("-a", "door=api")) -> list[tuple[int, str]]:
    """Exit code and stderr of crawls that got these replies, one after the other."""
    answers: Mapping[str, Answer] = {}
    said = []
    with serve(answers) as site:
        for reply in replies:
            site.answers["/api/jobs"] = reply
            ran = crawl(home, site, *door, "--refresh").clean()
            said.append((ran.code, ran.err))
    return said


def test_a_field_that_vanishes_is_an_alarm_once_then_lasts_then_is_over(tmp_path: Path) -> None:
    good, bad = api(40), api(40, salary=False)
    *first, raised, again, over = lived(tmp_path, good, good, good, bad, bad, good)
    assert [code for code, _ in first] == [0, 0, 0]
    assert raised[0] == 1
    line = raised[1].splitlines()[0]
    assert "1 of 1 target needs you: 1 new alarm (wantapply?door=api: salary fell" in line
    assert line.endswith("exit 1")
    assert again[0] == 0, "it was said"
    assert "1 lasting alarm;" in again[1].splitlines()[0]
    assert "ALARM since run" in again[1]
    assert over[0] == 0
    assert "over; it was so since run" in over[1]
    (target,) = run_of(tmp_path)["targets"]
    assert [alarm["field"] for alarm in target["cleared"] if alarm["kind"] == "fill"] == ["salary"]


def test_a_list_that_shrinks_is_noticed_at_the_first_crawl(tmp_path: Path) -> None:
    said = lived(tmp_path, *[api(60)] * 3, api(10))
    code, err = said[-1]
    assert code == 1
    assert "10 postings, 60 before (83 % fewer" in err


def test_a_list_that_is_empty_all_at_once_is_noticed_although_that_is_a_good_outcome(tmp_path: Path) -> None:
    code, err = lived(tmp_path, api(20), api(0))[-1]
    assert code == 1
    assert "1 new alarm (wantapply?door=api: shows no posting at all, 20 in the crawl before)" in err.splitlines()[0]


def test_a_new_key_of_the_site_is_a_notice_and_no_failure(tmp_path: Path) -> None:
    code, err = lived(tmp_path, *[api(40)] * 3, api(40, payBand="A3"))[-1]
    assert code == 0
    assert "notice: new in the site's data and read by nothing: payBand" in err


def test_the_run_s_report_holds_what_was_counted(tmp_path: Path) -> None:
    lived(tmp_path, api(3))
    run = run_of(tmp_path)
    (target,) = run["targets"]
    assert run["exit"] == 0
    assert run["started"] <= run["finished"]
    assert run["seconds"] > 0
    assert target["filled"]["salary"] == target["filled"]["title"] == 3
    assert target["top"]["description"]["count"] == 1
    assert target["top"]["salary"] == {"value": target["top"]["salary"]["value"], "count": 3, "of": 3}
    assert target["bytes"] > 100
    assert 0 < target["latency"]["median"] <= target["latency"]["p95"]
    assert target["seconds"] > 0
    assert target["open"] == 3
    assert not [path for path in (tmp_path / "runs").iterdir() if path.name.startswith(".")]


def test_a_run_takes_as_long_as_it_takes_whatever_the_clock_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ROLECALL_HOME", str(tmp_path))
    for year in (2020, 2090):
        done = conclude("20200101T000000.000000", [], datetime(year, 1, 1, tzinfo=UTC), time.monotonic() - 62)
        assert 62 <= done.report["seconds"] < 70
        assert "1m02s" in done.line


def test_a_loss_that_the_target_s_line_names_is_not_named_again() -> None:
    report = TargetReport("invented")
    report.stop("broken", "/1: HTTP 500")
    for page in (1, 2):
        report.lose(f"/{page}: HTTP 500")
    assert list(details(report.as_dict())) == ["/2: HTTP 500"]


def test_rejects_are_counted_by_reason() -> None:
    report = TargetReport("invented")
    for n in range(500):
        report.reject("title: too short" if n % 2 else f"a reason of its own {n}")
    said = report.as_dict()
    assert said["rejected"] == 500
    assert said["rejected_because"]["title: too short"] == 250
    assert sum(said["rejected_because"].values()) == 500
    assert len(said["rejected_because"]) < 30


def test_what_a_report_keeps_is_bounded_and_right_about_what_is_frequent() -> None:
    values = Frequent()
    for n in range(30_000):
        values.add("Remote" if n % 3 else f"city {n}")
    assert values.top()["value"] == "Remote"
    assert 0.6 < values.top()["count"] / values.top()["of"] <= 2 / 3
    assert len(values.counts) <= MOST_VALUES
    report = TargetReport("invented")
    for n in range(10_000):
        report.replied(float(n), n / 10_000, 1)
    assert len(report.latencies) == SAMPLE
    latency = report.latency()
    assert latency is not None
    assert 0.35 < latency["median"] < 0.65
    assert latency["p95"] > 0.85


def test_runs_are_listed_and_shown_again(tmp_path: Path) -> None:
    assert rolecall(tmp_path, "runs").clean().code == 2
    lived(tmp_path, api(3), Reply("no", 403))
    listed = rolecall(tmp_path, "runs").clean().out.splitlines()
    assert len(listed) == 2
    assert "1 blocked (wantapply?door=api)" in listed[0]
    assert listed[1].endswith("exit 0")
    last = rolecall(tmp_path, "runs", "last").clean()
    assert last.out.splitlines()[0] == listed[0]
    assert "HTTP 403" in last.out
    assert json.loads(rolecall(tmp_path, "runs", "last", "--json").out)["exit"] == 3
    nothing = rolecall(tmp_path, "runs", "1999").clean()
    assert (nothing.code, "no run '1999'" in nothing.err) == (2, True)
    max((tmp_path / "runs").glob("*.json")).write_text('{"line": 3', encoding="utf-8")
    assert "no report of a run" in rolecall(tmp_path, "runs", "last").clean().err
    assert len(rolecall(tmp_path, "runs").clean().out.splitlines()) == 1
    for path in (tmp_path / "runs").glob("*.json"):
        path.write_text('{"line": 3', encoding="utf-8")
    assert rolecall(tmp_path, "runs").clean().code == 1


def test_a_report_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "runs").write_text("in the way", encoding="utf-8")
    ((code, err),) = lived(tmp_path, api(3))
    assert code == 1
    assert "cannot write" in err


def test_the_last_runs_are_kept_report_and_audit_together_and_the_alarms_stay(tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    with serve({"/api/jobs": api(40)}) as site:
        for _ in range(4):
            assert crawl(tmp_path, site, "-a", "door=api", "--refresh", "-s", "ROLECALL_RUNS_KEPT=2").clean().code == 0
        kept = sorted(path.name for path in runs.iterdir())
        assert [name.split(".", 2)[2] for name in kept] == ["audit.jsonl", "json"] * 2
        for stranger in ("notes.json", "20200101T000000.000000.json.bak"):
            (runs / stranger).write_text("mine", encoding="utf-8")
        (runs / "20200101T000000.000000.audit.jsonl").write_text("", encoding="utf-8")
        site.answers["/api/jobs"] = api(40, salary=False)
        raised = crawl(tmp_path, site, "-a", "door=api", "--refresh", "-s", "ROLECALL_RUNS_KEPT=1").clean()
        assert "salary fell" in raised.err.splitlines()[0], "its history is not in the files"
        now = sorted(path.name for path in runs.iterdir())
        assert len(now) == 4
        assert {"notes.json", "20200101T000000.000000.json.bak"} < {*now}
        assert not {*kept} & {*now}
        crawl(tmp_path, site, "-a", "door=api", "-s", "ROLECALL_RUNS_KEPT=0")
        assert {*now} < {path.name for path in runs.iterdir()}


def test_history_that_is_garbage_is_passed_over(tmp_path: Path) -> None:
    from scraper.store import open_store

    lived(tmp_path, api(3))
    store = open_store(tmp_path / "rolecall.db")
    for garbage in ("not json", "[]", '{"outcome": "ok"}', "{}"):
        crawl = "INSERT INTO crawls (run, target, started_at, outcome, report) VALUES ('x', 'wantapply?door=api', '', 'ok', ?)"
        store.db.execute(crawl, (garbage,))
    store.close()
    ((code, err),) = lived(tmp_path, api(3))
    assert code == 0, err


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="needs a terminal")
def test_on_a_terminal_it_is_a_table(tmp_path: Path) -> None:
    with serve({"/api/jobs": Reply("no", 403)}) as site:
        crawl(tmp_path, site, "-a", "door=api")
    ours, theirs = pty.openpty()
    env = os.environ | {"ROLECALL_HOME": str(tmp_path), "COLUMNS": "120", "TERM": "xterm"}
    subprocess.run([sys.executable, "-c", STRICT, "runs", "last"], stdout=theirs, env=env, check=True)
    time.sleep(0.2)
    lines = re.sub(r"\x1b\[[\d;]*m", "", os.read(ours, 100_000).decode()).splitlines()
    os.close(theirs)
    assert "target" in lines[1]
    assert "why" in lines[1]
    assert "blocked" in lines[2]
    assert "HTTP 403" in lines[2]
    assert max(map(len, lines[1:3])) <= 140
    assert "/api/jobs" in " ".join(lines[3:]), "the row has no room for the address"
