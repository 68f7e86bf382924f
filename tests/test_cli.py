"""The command's other doors: parse, demo, help."""

import json
from pathlib import Path

import pytest

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
        ("{", "line 2: line: Invalid JSON"),
        ("[]", "line 2: line: Input should be an object"),
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


def test_help_names_every_verb(tmp_path: Path) -> None:
    ran = rolecall(tmp_path, "--help").clean()
    assert ran.code == 0
    for verb in ("crawl", "parse", "demo"):
        assert f"\n  {verb} " in ran.out
