"""Shards: which host falls to which, that they share nothing and lose nothing, what is kept between runs, the merge."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from scraper.crawl.run import Job
from scraper.crawl.shards import Shard, State, StateError, host_of_job, of_shard, shard_named, shard_of
from scraper.crawl.watchlist import read_watchlist
from scraper.store import open_store
from scraper.store.merge import merge_stores
from tests.command import STRICT, rolecall
from tests.crawl.farm import Farm, contents, farm, write_watchlist
from tests.crawl.test_memory import wait_for
from tests.crawl.test_run import greenhouse, run, watchlist
from tests.server import serve

HOSTS = [f"jobs-{number}.example" for number in range(2000)]


def test_with_another_shard_only_hosts_that_go_there_move() -> None:
    before, after = ([shard_of(host, count) for host in HOSTS] for count in (8, 9))
    moved = [new for old, new in zip(before, after, strict=True) if old != new]
    assert set(moved) == {8}
    assert 0.08 < len(moved) / len(HOSTS) < 0.14
    sizes = [before.count(shard) for shard in range(8)]
    assert min(sizes) > 200


@pytest.mark.parametrize(("text", "shard"), [("0/1", Shard(0, 1)), ("3/16", Shard(3, 16)), ("auto/8", Shard(5, 8))])
def test_names_of_shards(text: str, shard: Shard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JOB_COMPLETION_INDEX", "5")
    assert shard_named(text) == shard


@pytest.mark.parametrize("text", ["8/8", "1", "1/0", "-1/4", "a/b", "auto/8", "", "1/2/3"])
def test_what_is_no_shard(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JOB_COMPLETION_INDEX", raising=False)
    with pytest.raises(ValueError, match=r"shard|JOB_COMPLETION_INDEX"):
        shard_named(text)
    if text == "8/8":
        watchlist(tmp_path, {"target": "lever:a"})
        ran = rolecall(tmp_path, "run", "--shard", text).clean()
        assert (ran.code, "counted from 0: 0/8 to 7/8" in ran.err) == (2, True)


@pytest.mark.parametrize(
    ("target", "host"),
    [
        ("greenhouse:acme", "boards-api.greenhouse.io"),
        ("greenhouse:lumo", "boards-api.greenhouse.io"),
        ("careers:https://Jobs.Acme.example:8443/open", "jobs.acme.example"),
        ("teamtailor:careers.lumo.example", "careers.lumo.example"),
        ("wantapply", "wantapply.com"),
        ("nosuch:x", "nosuch:x"),
    ],
)
def test_the_host_is_the_one_that_is_asked(target: str, host: str) -> None:
    assert host_of_job(Job(target)) == host


def test_a_board_option_moves_the_host() -> None:
    assert host_of_job(Job("greenhouse:a", {"host": "eu.example"})) == "eu.example"


def test_every_target_is_in_one_shard_and_a_crowded_host_is_named(tmp_path: Path) -> None:
    rows = [{"target": f"lever:e{n}"} for n in range(20)]
    rows += [{"target": f"careers:https://jobs-{n}.example/open"} for n in range(10)]
    watchlist(tmp_path, *rows)
    watched = read_watchlist(str(tmp_path / "watchlist.toml")).watched
    parts = [of_shard(watched, Shard(n, 4)) for n in range(4)]
    names = [line.name for own, _ in parts for line in own]
    assert sorted(names) == sorted(line.name for line in watched)
    (said,) = [line for _, crowded in parts for line in crowded]
    assert said.startswith("api.lever.co has 20 of 30 targets, an even share is 8")
    assert len({n for n, (own, _) in enumerate(parts) for line in own if line.name.startswith("lever")}) == 1


FAST = ("-s", "DOWNLOAD_DELAY=0.05", "-s", "DOWNLOAD_DELAY_JITTER=0", "-s", "AUTOTHROTTLE_ENABLED=0", "--allow-private")


def start(home: Path, *args: str) -> "subprocess.Popen[bytes]":
    env = os.environ | {"ROLECALL_HOME": str(home)}
    command = [sys.executable, "-c", STRICT, "run", *FAST, *args]
    return subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def asked(site: Farm) -> int:
    return sum(map(len, site.asked.values()))


def test_four_shards_and_a_kill_know_what_one_process_knows(tmp_path: Path) -> None:
    whole, apart = tmp_path / "whole", tmp_path / "apart"
    with farm(hosts=10, employers=4, posts=2) as site:
        write_watchlist(whole, site.targets())
        write_watchlist(apart, site.targets())
        assert rolecall(whole, "run", *FAST).clean().code == 0
        site.asked.clear()
        shards = [start(apart, "--shard", f"{n}/4") for n in range(4)]
        victim = max(range(4), key=lambda n: [shard_of(host_of_job(Job(t)), 4) for t in site.targets()].count(n))
        wait_for(lambda: asked(site) > 120, 60)
        shards[victim].kill()
        codes = [process.wait(120) for process in shards]
        assert [code for n, code in enumerate(codes) if n != victim] == [0, 0, 0]
        assert codes[victim] == -9
        halted = rolecall(tmp_path, "merge", str(apart), "-o", str(tmp_path / "halted")).clean()
        assert halted.code == 1
        assert f"no report of shard={victim}-of-4" in halted.err
        again = rolecall(apart, "run", "--due", "--shard", f"{victim}/4", *FAST).clean()
        assert again.code == 0, again.err
        assert "an earlier run ended without its report" in again.err
        assert site.fastest(9) > 8 * 0.05 - 0.1
    merged = rolecall(tmp_path, "merge", str(apart), "-o", str(tmp_path / "all")).clean()
    assert merged.code == 0, merged.err
    records, events = contents(whole / "rolecall.db")
    assert len(records) == 80
    assert contents(tmp_path / "all" / "rolecall.db") == (records, events)
    (path,) = (tmp_path / "all" / "runs").iterdir()
    report = json.loads(path.read_text())
    assert {row["target"] for row in report["targets"]} == set(site.targets())
    assert set(report["shards"]) == {f"shard={n}-of-4" for n in range(4)} & {home.name for home in apart.iterdir()}


# -- what is kept between runs ----------------------------------------------------------------------------------------


def test_a_kept_store_goes_on_elsewhere_and_an_older_run_overwrites_nothing(tmp_path: Path) -> None:
    state = str(tmp_path / "kept")
    first, second = tmp_path / "first", tmp_path / "second"
    for home in (first, second):
        home.mkdir()
        watchlist(home, {"target": "greenhouse:a", "every": "6h"})
    with serve(greenhouse("a")) as site:
        assert "saved generation 1" in run(first, site, "--state", state).err
        ran = run(second, site, "--due", "--state", state)
        assert "restored generation 1" in ran.err
        assert "nothing to do: 0 of 1 targets due (1 waiting)" in ran.err
        assert "saved generation 2" in run(second, site, "--state", state).err
        assert "restored generation 2" in run(first, site, "--state", state).err
    assert list((tmp_path / "first").glob("rolecall-before-2.db")), "what was there is kept aside"
    kept = json.loads((tmp_path / "kept" / "state.json").read_text())
    assert kept["generation"] == 3
    assert len(list((tmp_path / "kept").glob("*.db"))) == 2
    assert len(list((tmp_path / "kept" / "runs").glob("*.json"))) == 3
    assert len(list((tmp_path / "kept" / "runs").glob("*.audit.jsonl"))) == 3
    sent = sorted(path.read_bytes() for path in (tmp_path / "kept" / "archive").rglob("*.warc.gz"))
    assert sent == sorted(
        path.read_bytes() for path in tmp_path.glob("*/archive/*/*.warc.gz") if "kept" not in path.parts
    )
    assert len(sent) == 3
    merged = rolecall(tmp_path, "merge", f"file://{state}", "-o", str(tmp_path / "all")).clean()
    assert merged.code == 0, merged.err
    assert "1 shards; 0 of 1 targets need you" in merged.err
    assert contents(tmp_path / "all" / "rolecall.db")[0] == contents(second / "rolecall.db")[0]
    (tmp_path / "kept" / kept["file"]).write_bytes(b"damaged")
    refused = rolecall(tmp_path, "merge", f"file://{state}", "-o", str(tmp_path / "again")).clean()
    assert (refused.code, "SHA-256 differs" in refused.err) == (2, True)


def test_state_is_refused_where_it_is_newer_damaged_or_put_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = str(tmp_path / "kept")

    def at(name: str) -> State:
        monkeypatch.setenv("ROLECALL_HOME", str(tmp_path / name))
        return State(url)

    def store(name: str) -> None:
        open_store(tmp_path / name / "rolecall.db").close()

    assert "holds nothing yet" in at("a").restore()
    store("a")
    at("a").save("run-1")
    at("b").restore()
    at("a").save("run-2")
    with pytest.raises(StateError, match="at generation 2 by run run-2, this run began from 1"):
        at("b").save("run-3")
    path = tmp_path / "kept" / json.loads((tmp_path / "kept" / "state.json").read_text())["file"]
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(StateError, match="SHA-256 differs"):
        at("b").restore()
    (tmp_path / "kept" / "state.json").write_text("{")
    with pytest.raises(StateError, match=r"state\.json"):
        at("b").restore()
    (tmp_path / "kept" / "state.json").unlink()
    with pytest.raises(StateError, match="holds nothing, but this home goes on from generation 2"):
        at("a").restore()


# -- the merge --------------------------------------------------------------------------------------------------------


def test_a_posting_that_moved_is_new_once_and_is_what_was_seen_last(tmp_path: Path) -> None:
    for name, count in (("old", 2), ("new", 3)):
        home = tmp_path / name
        home.mkdir()
        watchlist(home, {"target": "greenhouse:a"})
        with serve(greenhouse("a", count=count)) as site:
            run(home, site)
    stores = [tmp_path / name / "rolecall.db" for name in ("new", "old")]
    before = [path.read_bytes() for path in stores]
    done = merge_stores(stores, tmp_path / "all.db")
    assert (done.postings, done.events, done.crawls, done.shared) == (3, 3, 2, 2)
    assert [path.read_bytes() for path in stores] == before
    store = open_store(tmp_path / "all.db")
    assert [row["kind"] for row in store.events()] == ["new"] * 3
    starts = [row["started_at"] for row in store.crawls()]
    assert starts == sorted(starts)
    seen = {row["id"]: row["crawl"] for row in store.postings()}
    assert set(seen.values()) == {2}, "all were seen last by the later crawl"
    assert store.faults() == []
    store.close()
    refused = rolecall(tmp_path, "merge", str(tmp_path / "old"), "-o", str(tmp_path / "all.db")).clean()
    assert (refused.code, "exists" in refused.err) == (2, True)
    alone = rolecall(tmp_path, "merge", str(tmp_path / "all.db"), "-o", str(tmp_path / "copy.db")).clean()
    assert (alone.code, "has no run report" in alone.err) == (0, True)
    newer = open_store(tmp_path / "newer.db")
    newer.db.execute("PRAGMA user_version = 99")
    newer.close()
    later = rolecall(tmp_path, "merge", str(tmp_path / "newer.db"), "-o", str(tmp_path / "none.db")).clean()
    assert (later.code, f"{tmp_path}/newer.db: written by a newer Rolecall" in later.err) == (2, True)
    (tmp_path / "garbage.db").write_bytes(b"no store at all, but bytes" * 200)
    bad = rolecall(tmp_path, "merge", str(tmp_path / "garbage.db"), "-o", str(tmp_path / "none.db")).clean()
    assert (bad.code, "is it a store?" in bad.err, (tmp_path / "none.db").exists()) == (2, True, False)


def test_no_table_of_the_store_is_forgotten(tmp_path: Path) -> None:
    """A new table with numbers of crawls or events in it must be told to the merge."""
    store = open_store(tmp_path / "rolecall.db")
    tables = {row[0] for row in store.db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert {name for name in tables if not name.startswith("sqlite_")} == {
        "crawls",
        "postings",
        "events",
        "sightings",
        "joins",
        "http",
    }


def test_a_view_over_the_exports_of_shards(tmp_path: Path) -> None:
    duckdb = pytest.importorskip("duckdb")
    assert rolecall(tmp_path, "merge", "--view", str(tmp_path)).clean().code == 2
    for n in range(2):
        home = tmp_path / f"shard={n}-of-2"
        home.mkdir()
        (home / "posts.jsonl").write_text(json.dumps({"id": f"x:{n}", "salary": None}) + "\n")
        (home / "rejects.jsonl").write_text("{}\n")
    sql = rolecall(tmp_path, "merge", "--view", str(tmp_path)).clean().out
    base = duckdb.connect()
    base.execute(sql)
    assert base.execute("SELECT id, shard FROM postings ORDER BY id").fetchall() == [
        ("x:0", "0-of-2"),
        ("x:1", "1-of-2"),
    ]
