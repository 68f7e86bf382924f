"""Scheduled runs by the real command: what is due, who waits for whom, what ends alone, what an end leaves."""

import json
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from scraper.store import open_store
from tests.command import STRICT, Ran, rolecall
from tests.crawl.test_memory import numbered, wait_for
from tests.server import Answer, Reply, Site, as_json, serve

JOBS = "/boards-api.greenhouse.io/v1/boards/{}/jobs"


def greenhouse(*names: str, count: int = 2) -> dict[str, Answer]:
    """Employers on Greenhouse, behind a mirror."""
    rows = [
        {"id": n, "title": f"Tester {n}", "absolute_url": f"https://x.example/{n}", "content": "x"}
        for n in range(count)
    ]
    return {JOBS.format(name): as_json({"jobs": rows, "meta": {"total": count}}) for name in names}


def watchlist(home: Path, *rows: dict[str, Any], top: str = "") -> None:
    """Write a watchlist: a table a row, values as JSON, which TOML reads alike."""
    tables = ["\n".join(["[[targets]]", *(f"{name} = {value(given)}" for name, given in row.items())]) for row in rows]
    (home / "watchlist.toml").write_text("\n\n".join([top, *tables]), encoding="utf-8")


def value(given: Any) -> str:
    if isinstance(given, dict):
        return "{ " + ", ".join(f"{name} = {value(inner)}" for name, inner in given.items()) + " }"
    return json.dumps(given)


def run(home: Path, site: Site, *more: str) -> Ran:
    fast = ("-s", f"ROLECALL_MIRROR={site.url}", "-s", "DOWNLOAD_DELAY=0", "-s", "RETRY_TIMES=0")
    return rolecall(home, "run", *fast, *more).clean()


def report(home: Path) -> dict[str, Any]:
    """The newest run report."""
    found: dict[str, Any] = json.loads(max((home / "runs").glob("*[0-9].json")).read_text())
    return found


def outcomes(home: Path) -> dict[str, str]:
    return {row["target"]: row["outcome"] for row in report(home)["targets"]}


def listed(home: Path) -> dict[str, dict[str, Any]]:
    lines = rolecall(home, "watch", "list", "--json").clean().out.splitlines()
    return {row["target"]: row for row in map(json.loads, lines)}


def age(home: Path, hours: float) -> None:
    """Let every crawl in the store be older than it is."""
    store = open_store(home / "rolecall.db")
    for row in list(store.crawls()):
        at = (datetime.fromisoformat(row["started_at"]) - timedelta(hours=hours)).isoformat()
        store.db.execute("UPDATE crawls SET started_at = ? WHERE n = ?", (at, row["n"]))
    store.close()


def test_what_is_due_is_crawled_and_nothing_else(tmp_path: Path) -> None:
    watchlist(
        tmp_path,
        {"target": "greenhouse:a", "every": "6h"},
        {"target": "greenhouse:b", "every": "1d", "tags": ["eu"]},
        {"target": "greenhouse:dead", "every": "6h"},
    )
    with serve(greenhouse("a", "b")) as site:
        dry = run(tmp_path, site, "--due", "--dry-run")
        assert (dry.code, len(dry.out.splitlines()), site.asked) == (0, 3, [])
        first = run(tmp_path, site, "--due", "-o", str(tmp_path / "posts.jsonl"))
        assert first.code == 1
        assert first.err.splitlines()[0].startswith("run ")
        assert "3 of 3 targets due" in first.err
        assert len(first.rows()) == 4
        assert outcomes(tmp_path) == {"greenhouse:a": "ok", "greenhouse:b": "ok", "greenhouse:dead": "moved"}
        again = run(tmp_path, site, "--due")
        assert (again.code, again.out) == (0, "")
        assert again.err.splitlines() == ["nothing to do: 0 of 3 targets due (2 waiting, 1 cooling)"]
        age(tmp_path, 7)
        asked = len(site.asked)
        assert run(tmp_path, site, "--due").code == 0
        assert [path for path in site.paths() if "/jobs" in path][3:] == [
            f"{JOBS.format('a')}?content=true&pay_transparency=true"
        ]
        assert len(site.asked) > asked
        assert run(tmp_path, site, "--tag", "eu").code == 0
        assert outcomes(tmp_path) == {"greenhouse:b": "ok"}
        age(tmp_path, 30)
        assert run(tmp_path, site, "--due", "--limit", "1").code == 1
        assert list(outcomes(tmp_path)) == ["greenhouse:dead"], "it is overdue the longest"
    nobody = rolecall(tmp_path, "run", "--group", "nobody").clean()
    assert (nobody.code, "nobody" in nobody.err) == (2, True)


def test_a_target_that_failed_for_weeks_rests_until_a_crawl_of_it_works(tmp_path: Path) -> None:
    watchlist(tmp_path, {"target": "greenhouse:a", "every": "1h"})
    with serve({}) as site:
        run(tmp_path, site)
        store = open_store(tmp_path / "rolecall.db")
        (row,) = store.crawls()
        for days in range(9):
            at = (datetime.fromisoformat(row["started_at"]) - timedelta(days=2 * days + 1)).isoformat()
            store.db.execute(
                "INSERT INTO crawls (run, target, started_at, outcome, n) VALUES ('x', ?, ?, 'moved', ?)",
                (row["target"], at, -days - 1),
            )
        store.db.execute("UPDATE crawls SET n = n + 20 WHERE n = 1")
        store.db.execute("UPDATE crawls SET n = n + 15 WHERE n < 1")
        store.close()
        stands = listed(tmp_path)["greenhouse:a"]
        assert (stands["state"], stands["failures"], stands["due"]) == ("retired", 10, None)
        assert "10 failures in a row" in stands["why"]
        asked = len(site.asked)
        rested = run(tmp_path, site)
        assert (rested.code, len(site.asked), "1 retired" in rested.err) == (0, asked, True)
        site.answers |= greenhouse("a")
        assert rolecall(tmp_path, "crawl", "greenhouse:a", "-s", f"ROLECALL_MIRROR={site.url}").clean().code == 0
    assert listed(tmp_path)["greenhouse:a"]["state"] == "waiting"


def test_one_faulty_line_is_reported_and_the_others_run(tmp_path: Path) -> None:
    watchlist(tmp_path, {"target": "greenhouse:a"}, {"target": "greenhouse:b", "evry": "1d"})
    with serve(greenhouse("a", "b")) as site:
        dry = run(tmp_path, site, "--dry-run", "--state", str(tmp_path / "kept")).err
        (tmp_path / "run.lock").write_text('{"run": "x", "pid": 1, "host": "h", "since": "then"}', encoding="utf-8")
        ran = run(tmp_path, site)
    assert "1 faulty lines in the watchlist: rolecall watch check" in dry
    assert f"{tmp_path}/kept was not asked" in dry
    assert ran.code == 1
    assert outcomes(tmp_path) == {"greenhouse:a": "ok", "greenhouse:b": "broken"}
    assert "unknown key 'evry'; did you mean 'every'?" in ran.err
    assert ran.err.count("an earlier run ended without its report: run x, pid 1 on h") == 1


CODE = """
import sys
from datetime import UTC, datetime, time, timedelta
from scraper.crawl.run import Job, crawl
from scraper.crawl.schedule import Quiet
import spiders
spiders.__path__.append({folder!r})
settings = {{"LOG_LEVEL": "ERROR", "DOWNLOAD_DELAY": 0, "RETRY_TIMES": 0, "ROLECALL_MIRROR": {url!r}}}
soon = datetime.now(UTC) + timedelta(seconds=3)
quiet = Quiet(soon.time(), (soon + timedelta(hours=1)).time(), "UTC")
for report in crawl({jobs}, lambda posting: None, settings):
    print(report.target, report.outcome, report.why)
"""


def crawl_jobs(folder: Path, site: Site, jobs: str) -> dict[str, str]:
    """What became of jobs, by target."""
    code = CODE.format(folder=str(folder), url=site.url, jobs=jobs)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=90, check=False)
    assert "Traceback" not in done.stderr, done.stderr
    return dict(line.split(" ", 1) for line in done.stdout.splitlines())


def test_what_is_wrong_with_one_target_ends_that_target_only(tmp_path: Path) -> None:
    (tmp_path / "shattered.py").write_text("raise NameError('half a file')\n")
    jobs = """[Job("greenhouse:a"), Job("greenhouse:b", settings={"DOWNLOAD_DELAY": "soon"}),
        Job("greenhouse:c", {"nosuch": "1"}), Job("nosuch:x"), "shattered", Job("greenhouse:d", {"host": "other.example"})]"""
    answers = greenhouse("a", "b", "c") | {"/other.example/v1/boards/d/jobs": as_json({"jobs": []})}
    with serve(answers) as site:
        found = crawl_jobs(tmp_path, site, jobs)
    assert found.pop("greenhouse:a").startswith("ok")
    assert found.pop("greenhouse:d").startswith("empty")
    assert (
        found.pop("shattered")
        == "broken the board 'shattered' cannot be used: spiders/shattered.py: NameError: half a file"
    )
    assert all(why.startswith("broken ") for why in found.values())
    assert set(found) == {"greenhouse:b", "greenhouse:c", "nosuch:x"}
    assert "has no option nosuch" in found["greenhouse:c"]


def test_batches_of_one_board_keep_its_hosts_pause_between_them(tmp_path: Path) -> None:
    jobs = """[Job(f"greenhouse:{name}", settings={"DOWNLOAD_DELAY": 0.4, "DOWNLOAD_TIMEOUT": 20 + n, "DOWNLOAD_DELAY_JITTER": 0})
        for n, name in enumerate("abc")]"""
    with serve(greenhouse(*"abc")) as site:
        assert all(why.startswith("ok") for why in crawl_jobs(tmp_path, site, jobs).values())
    times = [asked.at for asked in site.asked]
    assert len([asked for asked in site.asked if "/jobs" in asked.path]) == 3
    assert min(later - earlier for earlier, later in pairwise(times)) > 0.35


def test_a_target_at_work_when_its_quiet_hours_begin_is_ended(tmp_path: Path) -> None:
    busy = Reply("busy", 503, {"Retry-After": "20"})
    with serve(greenhouse("a") | {JOBS.format("b"): busy, JOBS.format("c"): Reply("late", wait=8)}) as site:
        jobs = """[Job("greenhouse:a", quiet=quiet)] + [Job(f"greenhouse:{name}", settings={"RETRY_TIMES": 2},
            quiet=quiet) for name in "bc"]"""
        begun = datetime.now(UTC)
        found = crawl_jobs(tmp_path, site, jobs)
    assert datetime.now(UTC) - begun < timedelta(seconds=18)
    assert found["greenhouse:a"].startswith("ok")
    for name in "bc":
        assert found[f"greenhouse:{name}"].startswith("partial ended early: its quiet hours ")


def test_in_quiet_hours_nothing_is_begun(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    hours = f"{now - timedelta(hours=2):%H:%M}-{now + timedelta(hours=2):%H:%M}"
    watchlist(tmp_path, {"target": "greenhouse:a"}, top=f'quiet = "{hours}"')
    with serve(greenhouse("a")) as site:
        ran = run(tmp_path, site)
    assert (ran.code, site.asked) == (0, [])
    assert "1 in quiet hours" in ran.err


# -- the lock and the end ---------------------------------------------------------------------------------------------


def begin(home: Path, site: Site, *more: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", STRICT, "run", *more]
    env = os.environ | {"ROLECALL_HOME": str(home)}
    return subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def watch_numbered(home: Path, site: Site, delay: float = 0.05) -> None:
    watchlist(home, {"target": "wantapply", "options": {"host": site.url}, "settings": {"DOWNLOAD_DELAY": delay}})


def test_a_second_run_says_who_is_at_work_and_a_dead_one_is_known(tmp_path: Path) -> None:
    with serve(numbered(60)) as site:
        watch_numbered(tmp_path, site, 0.4)
        process = begin(tmp_path, site)
        wait_for(lambda: len(site.paths()) > 3)
        second = rolecall(tmp_path, "run").clean()
        assert second.code == 4
        (line,) = second.err.splitlines()
        assert f"pid {process.pid} on " in line
        process.kill()
        process.wait()
        watch_numbered(tmp_path, site, 0)
        assert [row["due"] for row in listed(tmp_path).values()] == ["now"]
        third = rolecall(tmp_path, "run", "--due", "-o", str(tmp_path / "posts.jsonl")).clean()
    assert third.code == 0, third.err
    assert f"pid {process.pid} on " in third.err
    assert f"pid {process.pid} on " in report(tmp_path)["crashed"]
    assert len(third.rows()) == 60
    assert (tmp_path / "run.lock").read_text() == ""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_a_run_within_its_grace_and_resume_goes_on(tmp_path: Path, number: signal.Signals) -> None:
    answers: dict[str, Answer] = dict(numbered(40))
    answers["/post-005"] = lambda asked: (
        Reply("busy", 503, {"Retry-After": "100"}) if asked.count == 1 else answers["/post-006"]
    )  # type: ignore[return-value]
    with serve(answers) as site:
        watch_numbered(tmp_path, site)
        process = begin(tmp_path, site, "--resume", "-s", "ROLECALL_GRACE_SECONDS=2")
        wait_for(lambda: "/post-005" in site.paths())
        before = datetime.now(UTC)
        process.send_signal(number)
        _, err = process.communicate(timeout=30)
        assert process.returncode == 1, err
        assert "Traceback" not in err
        assert datetime.now(UTC) - before < timedelta(seconds=12)
        (row,) = report(tmp_path)["targets"]
        assert (row["outcome"], row["why"]) == ("partial", f"ended early: {number.name}")
        assert row["lost"] == 0
        half = len(site.paths())
        ran = rolecall(
            tmp_path, "run", "--due", "--resume", "-o", str(tmp_path / "posts.jsonl"), "-s", "DOWNLOAD_DELAY=0"
        ).clean()
        assert ran.code == 0, ran.err
        assert site.paths().count("/sitemap.xml") == 1
        assert len(site.paths()) - half < 40
    assert len(ran.rows()) == 40
    assert not list((tmp_path / "jobs").iterdir())


def test_a_second_signal_ends_at_once(tmp_path: Path) -> None:
    answers: dict[str, Answer] = dict(numbered(10)) | {"/post-003": Reply("late", wait=15)}
    with serve(answers) as site:
        watch_numbered(tmp_path, site)
        process = begin(tmp_path, site)
        wait_for(lambda: "/post-003" in site.paths())
        process.send_signal(signal.SIGTERM)
        assert process.stderr
        assert process.stderr.readline().startswith("SIGTERM: what is in flight is finished within 30 s")
        before = datetime.now(UTC)
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 128 + signal.SIGTERM
        assert datetime.now(UTC) - before < timedelta(seconds=3)
        process.communicate()
        assert open_store(tmp_path / "rolecall.db").faults() == []
