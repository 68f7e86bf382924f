"""Files of archived pages become files of postings: whole, the same from every engine, done once, nothing lost unsaid."""

import gzip
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from scraper import arrow
from scraper.archive import Archived, ArchiveWriter
from scraper.crawl.rewrite import tasks_of
from scraper.posting import Posting, RawPosting
from tests.command import STRICT, rolecall

SEEN = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
HTML = (("Content-Type", "text/html; charset=utf-8"),)


def page(key: str, body: str | bytes | None = None, **context: Any) -> Archived:
    text = f'<html><h1>Kiln Hand {key}</h1><div class="Description"><p>Remote. 3 years with Go.</p></div></html>'
    sent = text if body is None else body
    about = {"target": "wantapply", "board": "wantapply", "kind": "detail", "key": key} | context
    content = sent if isinstance(sent, bytes) else sent.encode()
    return Archived(f"https://wantapply.com/{key}", 200, HTML, content, SEEN, about)


def archive(path: Path, *replies: Archived) -> Path:
    """A WARC file of replies."""
    path.parent.mkdir(parents=True, exist_ok=True)
    made = path.parent / f".{path.name}"
    writer = ArchiveWriter(made, "made")
    for reply in replies:
        writer.write(reply)
    writer.close()
    next(made.rglob("*.warc.gz")).replace(path)
    shutil.rmtree(made)
    return path


def raw(key: str) -> RawPosting:
    text = "<p>5+ years with Rust, hybrid in Porto.</p>"
    return RawPosting(
        board="mine", key=key, url=f"https://x.example/{key}", title="Glazier", description=text, seen_at=SEEN
    )


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Good files, and one of each bad kind."""
    folder = tmp_path_factory.mktemp("in")
    for day in (1, 2):
        archive(folder / f"2026-11-0{day}" / "crawl-1.warc.gz", *[page(f"{day}-{n}") for n in range(30)])
    whole = archive(folder / "cut.warc.gz", *[page(f"cut-{n}") for n in range(3)])
    whole.write_bytes(whole.read_bytes()[:-200])
    middle = archive(folder / "middle.warc.gz", *[page(f"middle-{n}") for n in range(9)])
    body = bytearray(middle.read_bytes())
    body[len(body) // 2 : len(body) // 2 + 40] = bytes(40)
    middle.write_bytes(body)
    plain = archive(folder / "plain.warc.gz", page("p-1"), page("p-2"))
    (folder / "plain-cut.warc").write_bytes(gzip.decompress(plain.read_bytes())[:-30])
    plain.unlink()
    archive(folder / "pages.warc.gz", page("x", board="nobody"), page("y", options={"noise": 1}), page("ok"))
    (folder / "empty.warc.gz").write_bytes(b"")
    (folder / "noise.warc.gz").write_bytes(random.Random(7).randbytes(5000))
    (folder / "words.warc").write_text("Dear diary, no archive here.")
    rows = arrow.batch([raw(f"r-{n}") for n in range(5)], RawPosting).to_pylist()
    rows[2]["title"] = None
    rows[3]["unread"] = "{cut"
    pq.write_table(pa.Table.from_pylist(rows, arrow.raw_schema()), folder / "raw.parquet")
    (folder / "torn.parquet").write_bytes((folder / "raw.parquet").read_bytes()[:-100])
    pq.write_table(pa.table({"job": ["Glazier"]}), folder / "other.parquet")
    return folder


REASONS = {
    "cut": "the last record is cut off at byte",
    "middle": "a record in the middle is damaged",
    "plain-cut": "the last record is cut off",
    "empty": "empty",
    "noise": "no WARC file",
    "words": "no WARC file",
    "other": "no raw postings: it has no column board",
    "torn": "torn.parquet: ",
}


def files_of(out: Path) -> dict[str, bytes]:
    return {str(path.relative_to(out)): path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file()}


def rejects_of(out: Path, name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (out / "rejects" / f"{name}.jsonl").read_text().splitlines()]


@pytest.fixture(scope="module")
def local(inputs: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("home")
    ran = rolecall(home, "reparse", str(inputs), "-o", f"{home}/out/", "--workers", "2").clean()
    assert ran.code == 1, "there are losses, and they are named"
    assert "12 files, 71 postings, 12 rejected" in ran.err
    return home / "out"


def test_good_pages_come_out_as_the_plain_verb_reads_them(inputs: Path, local: Path, tmp_path: Path) -> None:
    plain = rolecall(tmp_path, "reparse", str(inputs / "2026-11-01")).clean()
    wanted = [Posting.model_validate_json(line) for line in plain.out.splitlines()]
    found = pq.read_table(local / "postings" / "2026-11-01" / "crawl-1.parquet")
    assert len(wanted) == 30
    assert [one for batch in found.to_batches() for one in arrow.records(batch, Posting)] == wanted


def test_raw_postings_come_out_too(local: Path) -> None:
    found = pq.read_table(local / "postings" / "raw.parquet")
    assert found.column("key").to_pylist() == ["r-0", "r-1", "r-4"]
    assert found.column("workplace").to_pylist() == ["hybrid"] * 3
    assert [row["reason"].partition(":")[0] for row in rejects_of(local, "raw")] == ["title", "JSONDecodeError"]
    assert rejects_of(local, "raw")[0]["piece"]["key"] == "r-2"


@pytest.mark.parametrize(("name", "reason"), REASONS.items())
def test_a_bad_file_is_named_and_costs_no_other(local: Path, name: str, reason: str) -> None:
    assert reason in rejects_of(local, name)[-1]["reason"]
    assert (local / "postings" / f"{name}.parquet").exists()


def test_a_file_is_read_up_to_where_it_is_damaged(local: Path) -> None:
    assert pq.read_table(local / "postings" / "cut.parquet").column("key").to_pylist() == ["cut-0", "cut-1"]
    assert pq.read_table(local / "postings" / "plain-cut.parquet").num_rows == 1
    assert "middle-0" in pq.read_table(local / "postings" / "middle.parquet").column("key").to_pylist()


def test_bad_pages_cost_no_other(local: Path) -> None:
    assert pq.read_table(local / "postings" / "pages.parquet").column("key").to_pylist() == ["ok"]
    reasons = [row["reason"] for row in rejects_of(local, "pages")]
    assert len(reasons) == 2 and "no board is called 'nobody'" in reasons[0]


def test_the_manifest_lists_every_file(inputs: Path, local: Path) -> None:
    manifest = json.loads((local / "manifest.json").read_text())
    assert [entry["name"] for entry in manifest["files"]] == sorted(
        str(path.relative_to(inputs)).removesuffix(".gz").removesuffix(".warc").removesuffix(".parquet")
        for path in inputs.rglob("*")
        if path.is_file()
    )
    assert manifest["rows"] == sum(pq.read_metadata(path).num_rows for path in local.rglob("*.parquet"))
    assert not list(local.rglob("*.part"))


@pytest.mark.xdist_group("clusters")
@pytest.mark.parametrize(("engine", "module"), [("dask", "distributed"), ("spark", "pyspark")])
def test_every_engine_writes_the_same_bytes(
    inputs: Path, local: Path, tmp_path: Path, engine: str, module: str
) -> None:
    pytest.importorskip(module)
    out = f"{tmp_path}/out/"
    ran = rolecall(
        tmp_path, "reparse", str(inputs), "-o", out, "--engine", engine, "--workers", "2", timeout=400
    ).clean()
    assert ran.code == 1
    assert files_of(tmp_path / "out") == files_of(local)


def test_what_is_done_stays_and_what_changed_is_done_again(tmp_path: Path) -> None:
    source, out = tmp_path / "in", tmp_path / "out"
    one, two = (archive(source / f"{name}.warc.gz", page(name)) for name in ("one", "two"))
    assert rolecall(tmp_path, "reparse", str(source), "-o", f"{out}/").clean().code == 0
    first = files_of(out)
    times = {path: path.stat().st_mtime_ns for path in out.rglob("*.parquet")}
    archive(two, page("two"), page("more"))
    assert rolecall(tmp_path, "reparse", str(source), "-o", str(out)).clean().code == 0
    changed = {path.stem for path, time in times.items() if path.stat().st_mtime_ns != time}
    assert changed == {"two"}
    assert pq.read_table(out / "postings" / "two.parquet").column("key").to_pylist() == ["two", "more"]
    assert files_of(out)["postings/one.parquet"] == first["postings/one.parquet"]
    assert rolecall(tmp_path, "reparse", str(one), "-o", str(out), "--force").clean().code == 0
    assert (out / "postings" / "one.parquet").stat().st_mtime_ns != times[out / "postings" / "one.parquet"]
    assert files_of(out)["postings/one.parquet"] == first["postings/one.parquet"]
    assert len(json.loads((out / "manifest.json").read_text())["files"]) == 2, "the other file is still listed"


def test_where_all_is_done_no_engine_starts(tmp_path: Path) -> None:
    pytest.importorskip("distributed")
    out = f"{tmp_path}/out/"
    source = str(archive(tmp_path / "one.warc.gz", page("one")))
    assert rolecall(tmp_path, "reparse", source, "-o", out).clean().code == 0
    nowhere = ("--engine", "dask", "--scheduler", "tcp://127.0.0.1:9")
    assert rolecall(tmp_path, "reparse", source, "-o", out, *nowhere).clean().code == 0


def test_a_board_or_a_time_that_is_asked_for_makes_another_output(tmp_path: Path) -> None:
    source = archive(tmp_path / "in.warc.gz", page("a"))
    out = tmp_path / "out"
    for given, rows in (
        ((), 1),
        (("--board", "greenhouse"), 0),
        (("--since", "2026-11-03"), 0),
        (("--since", "2026-11-02"), 1),
    ):
        assert rolecall(tmp_path, "reparse", str(source), "-o", f"{out}/", *given).clean().code == 0
        assert pq.read_metadata(out / "postings" / "in.parquet").num_rows == rows


def test_kill_9_of_a_worker_costs_nothing(tmp_path: Path) -> None:
    for number in range(4):
        archive(tmp_path / "in" / f"{number}.warc.gz", *[page(f"{number}-{n}") for n in range(60)])
    assert rolecall(tmp_path, "reparse", f"{tmp_path}/in", "-o", f"{tmp_path}/calm/").clean().code == 0
    command = [sys.executable, "-c", STRICT, "reparse", f"{tmp_path}/in", "-o", f"{tmp_path}/killed/", "--workers", "2"]
    running = subprocess.Popen(command, stderr=subprocess.PIPE)
    while not (parts := list(tmp_path.glob("killed/postings/.*.part"))):
        assert running.poll() is None
        time.sleep(0.01)
    os.kill(int(parts[0].name.rpartition("-")[2].removesuffix(".part")), signal.SIGKILL)
    said = running.communicate(timeout=120)[1].decode()
    assert running.returncode == 0, said
    assert "Traceback" not in said
    assert files_of(tmp_path / "killed") == files_of(tmp_path / "calm")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("nowhere", "-o", "out/"), "nowhere: no such archive"),
        ((".", "-o", "out/", "--scheduler", "tcp://127.0.0.1:9"), "--scheduler goes with --engine dask or spark"),
        ((".", "--engine", "dask"), "go with -o FOLDER/"),
        ((".", "-o", "all.parquet"), "Parquet goes to a folder"),
        ((".", "-o", "out/", "--diff"), "--diff writes nothing"),
        ((".", "-o", "out/", "--workers", "0"), "--workers"),
        (("empty", "-o", "out/"), "no WARC or Parquet file in"),
        (("a/x.warc", "b/x.warc", "-o", "out/"), "a/x.warc and b/x.warc would both become x.parquet"),
    ],
)
def test_wrong_use_is_one_clear_line(
    tmp_path: Path, given: tuple[str, ...], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    for folder in ("empty", "a", "b"):
        Path(folder).mkdir()
    for folder in ("a", "b"):
        Path(folder, "x.warc").touch()
    ran = rolecall(tmp_path, "reparse", *given).clean()
    assert ran.code == 2
    assert said in ran.err


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads every folder")
def test_a_folder_that_cannot_be_read_is_not_passed_over(tmp_path: Path) -> None:
    archive(tmp_path / "in" / "one.warc.gz", page("one"))
    (tmp_path / "in" / "shut").mkdir(mode=0)
    for given in ((), ("-o", f"{tmp_path}/out/")):
        ran = rolecall(tmp_path, "reparse", f"{tmp_path}/in", *given).clean()
        assert ran.code == 2
        assert "shut: Permission denied" in ran.err


def test_the_output_is_no_input(tmp_path: Path) -> None:
    archive(tmp_path / "in" / "one.warc.gz", page("one"))
    (tmp_path / "in" / "out" / "postings").mkdir(parents=True)
    (tmp_path / "in" / "out" / "postings" / "old.parquet").touch()
    assert [task.name for task in tasks_of([tmp_path / "in"], tmp_path / "in" / "out")] == ["one"]
