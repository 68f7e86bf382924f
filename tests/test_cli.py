"""The command's other doors: parse, demo, help."""

import json
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from scraper.store import open_store
from tests.boards.goldens import FOLDER
from tests.command import rolecall

PAGE = FOLDER / "wantapply" / "detail-1" / "response.html"


def raw(key: str, **slots: object) -> str:
    given = {"board": "x", "key": key, "url": "https://x.example", "title": "Cook", "seen_at": "2026-11-02T09:30:00Z"}
    return json.dumps(given | slots)


def test_raw_postings_in_postings_out_in_order(tmp_path: Path) -> None:
    lines = [raw("b"), raw("a", description="<p>Bake bread</p>"), "", raw("c", title="Senior Cook")]
    ran = rolecall(tmp_path, "parse", "--raw", "-", stdin="\n".join(lines).encode()).clean()
    assert ran.code == 0
    assert [json.loads(line)["key"] for line in ran.out.splitlines()] == ["b", "a", "c"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "line 2: Invalid JSON"),
        ("[]", "line 2: Input should be an object"),
        (raw("x", title=""), "line 2: title: String should have at least 1 character"),
        (raw("x", salaries=[]), "line 2: salaries: Extra inputs are not permitted"),
        (raw("x", seen_at="soon"), "line 2: seen_at"),
    ],
)
def test_a_bad_raw_line_is_named_and_loses_no_neighbour(tmp_path: Path, line: str, said: str) -> None:
    ran = rolecall(tmp_path, "parse", "--raw", "-", stdin="\n".join([raw("a"), line, raw("b")]).encode()).clean()
    assert ran.code == 1
    assert [json.loads(line)["key"] for line in ran.out.splitlines()] == ["a", "b"]
    assert said in ran.err


def test_no_raw_posting_is_a_failure(tmp_path: Path) -> None:
    ran = rolecall(tmp_path, "parse", "--raw", "-", stdin=b"\n").clean()
    assert (ran.code, ran.err) == (1, "no raw posting\n")


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["greenhouse:a\nb"], "control characters"),
        (["https://x.example/a\nb"], "control characters"),
        (["http://[bad"], "no web address"),
        (["wantapply", "-s", "DOWNLOAD_DELAY=x"], "DOWNLOAD_DELAY is a number of 0 or more, not 'x'"),
        (["wantapply", "-s", "ROBOTSTXT_OBEY=x"], "ROBOTSTXT_OBEY is true or false, not 'x'"),
    ],
)
def test_a_wrong_crawl_is_refused_before_it_runs(tmp_path: Path, args: list[str], said: str) -> None:
    ran = rolecall(tmp_path, "crawl", *args).clean()
    assert (ran.code, said in ran.err, (tmp_path / "runs").exists()) == (2, True, False)


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ("boards --json --markdown", "give --json or --markdown, not both"),
        ("export --open --all", "give --open or --all, not both"),
        ("report --all --open -o -", "give --open or --all, not both"),
        ("schema --format duckdb --store", "leave --store out"),
        ("merge . --view -o x.db", "give --view or -o, not both"),
        ("detect https://x.example --offline --browser", "--offline fetches nothing"),
        ("detect https://x.example --offline --allow-private", "--offline fetches nothing"),
        ("parse --raw - --board wantapply", "leave --board and --url out"),
        ("reparse --diff -o x.jsonl", "--diff writes nothing"),
        ("reparse --against - -o x/", "--diff writes nothing"),
        ("reparse --diff --against - --store x.db", "give --against or --store, not both"),
        ("reparse --store x.db", "--store goes with --diff"),
        ("eval tests/labelled --wrong salary --json", "give --wrong or --json, not both"),
        ("runs --all", "--all goes with a RUN"),
        ("runs last -n 3", "-n lists runs"),
        ("crawl wantapply --no-archive --mask-archive", "give --no-archive or --mask-archive, not both"),
        ("crawl wantapply --refresh -s ROLECALL_REFRESH=false", "-s ROLECALL_REFRESH: an option"),
        ("crawl wantapply --no-archive -s ROLECALL_ARCHIVE=x", "-s ROLECALL_ARCHIVE: an option"),
        ("crawl wantapply -s ROLECALL_STORE=x.db", "-s ROLECALL_STORE: that is the command's own"),
        ("run --allow-private -s ROLECALL_ALLOW_PRIVATE=false", "-s ROLECALL_ALLOW_PRIVATE: an option"),
        ("new-board class https://x.example", "class"),
        ("new-board hirely 'https://x.example/\"'", "address"),
        ("new-board hirely 'https://x.example/\n'", "address"),
        ("new-board hirely ftp://x.example", "address"),
    ],
)
def test_what_cannot_be_meant_is_refused(tmp_path: Path, args: str, said: str) -> None:
    ran = rolecall(tmp_path, *shlex.split(args), stdin=b"").clean()
    assert (ran.code, ran.out) == (2, "")
    (line,) = ran.err.splitlines()
    assert said in line


def test_a_wrong_option_is_answered_with_how_the_command_is_used(tmp_path: Path) -> None:
    assert rolecall(tmp_path, "export", "--opn").clean().err.startswith("Usage: rolecall export")


def test_a_page_from_a_file_or_from_stdin(tmp_path: Path) -> None:
    url = "https://wantapply.com/senior-backend-engineer-at-brigantine-mutual"
    from_file = rolecall(tmp_path, "parse", str(PAGE), "--board", "wantapply", "--url", url).clean()
    piped = rolecall(tmp_path, "parse", "-", "--board", "wantapply", "--url", url, stdin=PAGE.read_bytes()).clean()
    first, second = json.loads(from_file.out), json.loads(piped.out)
    assert first["id"] == "wantapply::senior-backend-engineer-at-brigantine-mutual"
    assert first | {"fetched_at": ""} == second | {"fetched_at": ""}


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "stdin: empty; nothing to read"),
        (b" \n ", "stdin: empty"),
        (b"\x00\x01\x02" * 50, "stdin: binary"),
        (b'[{"title": "cut of', "stdin: not JSON"),
        (b'{"other": 1}', "stdin: no page of wantapply"),
        (b"<html><body>closed</body></html>", "stdin: closed: the page has no JobPosting"),
        (b'<script type="application/ld+json">{"@type": "JobPosting"}</script>', "neither a readable JobPosting"),
        (b"%PDF-1.7 \xff\xfe\x00", "stdin: binary"),
    ],
)
def test_bad_input_is_said_in_a_line(tmp_path: Path, body: bytes, said: str) -> None:
    ran = rolecall(tmp_path, "parse", "-", "--board", "wantapply", stdin=body).clean()
    assert said in ran.err
    assert len(ran.err.splitlines()) == 1
    assert ran.out == ""


def test_the_demo_twice(tmp_path: Path) -> None:
    first = rolecall(tmp_path, "demo").clean()
    assert first.code == 0, first.err
    for said in ("posts by country", "posts by level", "posts by workplace", "posts by skill", "read from", "1 closed"):
        assert said in first.out
    rows = first.rows("demo/posts.jsonl")
    assert len(rows) >= 120
    assert {row["language"] for row in rows} == {"en", "de", "ru"}
    second = rolecall(tmp_path, "demo").clean()
    assert f"{len(rows)} postings, 0 new" in " ".join(second.out.split())
    assert {row["id"] for row in second.rows("demo/posts.jsonl")} == {row["id"] for row in rows}


def test_a_store_that_cannot_be_asked_is_said_in_a_line(tmp_path: Path) -> None:
    store = open_store(tmp_path / "rolecall.db")
    store.db.execute("INSERT INTO crawls (run, target, started_at) VALUES ('r', 'x', '2026-11-02T09:30:00Z')")
    store.db.execute(
        "INSERT INTO postings (id, target, key, record, fingerprint, first_seen_at, last_seen_at, fetched_at, crawl)"
        " VALUES ('x::1', 'x', '1', '{}', '', '', '', '', 1)"
    )
    store.close()
    for verb in (["cluster"], ["show", "x::1"]):
        ran = rolecall(tmp_path, *verb).clean()
        assert (ran.code, "`rolecall verify`" in ran.err) == (1, True)
    merged = rolecall(tmp_path, "merge", str(tmp_path), "-o", str(tmp_path / "one.db")).clean()
    assert (merged.code, "is broken" in merged.err, [*tmp_path.glob("*one.db*")]) == (1, True, [])
    (tmp_path / "empty.db").touch()
    empty = rolecall(tmp_path, "export", "--store", str(tmp_path / "empty.db")).clean()
    assert (empty.code, "an empty file, no store" in empty.err) == (2, True)
    assert "no archive at" in rolecall(tmp_path, "verify", "--archive", str(tmp_path / "nowhere")).clean().err
    (tmp_path / "page.warc").write_text("<html>")
    for place in (tmp_path, tmp_path / "page.warc"):
        assert "page.warc: no WARC file" in rolecall(tmp_path, "verify", "--archive", str(place)).clean().err
    (tmp_path / "bare").mkdir()
    assert "no WARC file in it" in rolecall(tmp_path, "verify", "--archive", str(tmp_path / "bare")).clean().err
    assert "no ISO 8601" in rolecall(tmp_path, "events", "--since", "0001-01-01T00:00:00+14:00").clean().err


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="this system has no file that fails to be read")
def test_a_file_or_a_home_that_fails_is_said_in_a_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert "file/demo" in rolecall(tmp_path / "file", "demo").clean().err
    assert "Input/output error" in rolecall(tmp_path, "parse", "/proc/self/mem").clean().err
    assert "/dev/full: no file" in rolecall(tmp_path, "watch", "check", "--watchlist", "/dev/full").clean().err


def test_help_names_every_verb(tmp_path: Path) -> None:
    ran = rolecall(tmp_path, "--help").clean()
    assert ran.code == 0
    for verb in ("crawl", "parse", "demo"):
        assert f"\n  {verb} " in ran.out


def test_boards_are_listed_for_people_and_programs(tmp_path: Path) -> None:
    listed = json.loads(rolecall(tmp_path, "boards", "--json").clean().out)
    assert {"name", "title", "target", "doors", "slots", "docs"} <= set(listed[0])
    names = [board["name"] for board in listed]
    assert names == sorted(names)
    text = rolecall(tmp_path, "boards").clean().out
    assert all(board["target"] in text for board in listed)


def test_the_readme_lists_the_boards_as_they_are() -> None:
    root = Path(__file__).parents[1]
    done = subprocess.run(
        [sys.executable, "tools/docs.py", "--check"], cwd=root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


def checkout(folder: Path) -> Path:
    """What a newcomer has: the code and the tests of boards."""
    root = Path(__file__).parents[1]
    for name in ("scraper", "tests", "spiders"):
        kept = shutil.ignore_patterns("__pycache__", "boards" if name == "tests" else "")
        shutil.copytree(root / name, folder / name, ignore=kept)
    for path in (root / "tests/boards").glob("*.py"):
        (folder / "tests/boards").mkdir(exist_ok=True)
        shutil.copy(path, folder / "tests/boards")
    shutil.copy(root / "pyproject.toml", folder)
    return folder


def test_a_new_board_starts_with_a_failing_test_and_ends_with_a_passing_one(tmp_path: Path) -> None:
    root = checkout(tmp_path)
    env = os.environ | {"PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1"}

    def run(*command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *command], cwd=root, env=env, capture_output=True, text=True, check=False, timeout=120
        )

    made = run("-m", "scraper.cli", "new-board", "hirely", "https://api.hirely.example/v1/EMPLOYER/jobs?all=1")
    assert made.returncode == 0, made.stderr
    assert "spiders/hirely.py" in made.stdout
    again = run("-m", "scraper.cli", "new-board", "hirely", "https://api.hirely.example")
    assert again.returncode == 2
    assert "is there already" in again.stderr
    tests = ("-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/boards", "-k", "hirely")
    assert run(*tests).returncode == 1, "an empty board is not done"
    case = root / "tests/boards/hirely"
    row = {"id": 1, "url": "https://hirely.example/1", "title": "Lamp Tester", "description": "<p>Test</p>"}
    row |= {"location": {"name": "Porto"}, "published_at": "2026-10-01"}
    (case / "list/response.json").write_text(json.dumps({"jobs": [row, row | {"id": 2}]}))
    assert json.loads((case / "list/page.json").read_text())["url"] == "https://api.hirely.example/v1/acme/jobs?all=1"
    run(*tests, "--regold")
    done = run(*tests)
    assert done.returncode == 0, done.stdout


def test_labels_of_ones_own_are_scored(tmp_path: Path) -> None:
    posts = [
        {
            "raw": {"title": "Senior Cook", "description": "Remote."},
            "labels": {"seniority": ["senior"], "workplace": None},
        },
        {"raw": {"title": "Junior Cook"}, "labels": {"seniority": ["senior"]}},
    ]
    (tmp_path / "mine.jsonl").write_text("\n".join(map(json.dumps, posts)))
    ran = rolecall(tmp_path, "eval", str(tmp_path)).clean()
    assert ran.code == 0
    assert "seniority          precision 0.500  recall 0.500  F1 0.500" in ran.out
    wrong = rolecall(tmp_path, "eval", str(tmp_path), "--wrong", "seniority").clean()
    assert [json.loads(line)["post"] for line in wrong.out.splitlines()] == ["mine.jsonl:2"]
    (tmp_path / "floors.toml").write_text("seniority = 0.9\n")
    below = rolecall(tmp_path, "eval", str(tmp_path)).clean()
    assert below.code == 1
    assert "seniority: F1 0.5000 is below its floor 0.9" in below.err


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "bad.jsonl:1"),
        ('{"raw": {"title": "x"}}', "bad.jsonl:1: no labelled post: it lacks 'labels'"),
        ('{"raw": {}, "labels": {}}', "bad.jsonl:1"),
        ('{"raw": {"title": "x"}, "labels": {"mood": 1}}', "no field is called 'mood'"),
    ],
)
def test_bad_labels_are_said_in_a_line(tmp_path: Path, line: str, said: str) -> None:
    (tmp_path / "bad.jsonl").write_text(line)
    ran = rolecall(tmp_path, "eval", str(tmp_path)).clean()
    assert ran.code == 2
    assert said in ran.err
    assert "no folder with" in rolecall(tmp_path, "eval", str(tmp_path / "nowhere")).clean().err
