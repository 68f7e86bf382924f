"""Every board over every recorded reply of its platform: nothing crashes, and what is there comes out."""

import csv
import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scraper.crawl.board import Board, Rejected
from scraper.crawl.run import boards
from scraper.page import Page, PageError
from scraper.parse import parse_posting
from scraper.posting import RawPosting
from tests.conftest import CORPUS

FOLDERS = {"oracle_orc": "oracle"}
"""Folders of replies that are not named as their board."""

SEEN = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)


def replies() -> list[tuple[str, Path, str]]:
    """Board, file and kind (`list`, `detail`, `html`, `feed`) of every reply that a board of ours should read."""
    index = CORPUS / "payloads" / "INDEX.tsv"
    if not index.exists():
        return []
    with index.open(encoding="utf-8") as rows:
        listed = list(csv.DictReader(rows, delimiter="\t", quoting=csv.QUOTE_NONE))
    found = [
        (FOLDERS.get(row["platform"], row["platform"]), CORPUS / "payloads" / row["file"], row["kind"])
        for row in listed
    ]
    return [(board, path, kind) for board, path, kind in found if board in boards() and path.exists()]


def page_of(board: type[Board], path: Path, kind: str, text: str) -> Page:
    employer = "acme" if ":" in board.target else None
    return Page(
        url=f"https://recorded.example/{path.parent.name}/{path.stem}",
        text=text,
        fetched_at=SEEN,
        employer=employer,
        kind="detail" if kind in ("detail", "html") else "list",
    )


REPLIES = replies()


@pytest.mark.parametrize(
    ("name", "path", "kind"), REPLIES, ids=[f"{path.parent.name}/{path.name}" for _, path, _ in REPLIES]
)
def test_reply(name: str, path: Path, kind: str, corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    if path.suffix in (".yml", ".yaml", ".py", ".js", ".md"):
        pytest.skip(f"{path.suffix} is a recording of another tool, not a reply")
    board = boards()[name]
    text = path.read_text(encoding="utf-8", errors="replace")
    kinds = [kind, "list" if kind in ("detail", "html") else "detail"]
    problems = []
    for tried in kinds:
        try:
            found = list(board().read(page_of(board, path, tried, text)))
        except PageError as error:
            problems.append(f"{tried}: {error}")
            continue
        if found:
            break
    else:
        pytest.fail(f"nothing in it: {problems}")
    raws = [item for item in found if isinstance(item, RawPosting)]
    rejects = [item.reason for item in found if isinstance(item, Rejected)]
    assert len(rejects) <= 0.02 * len(found), rejects
    assert len({raw.key for raw in raws}) == len(raws), "ids are unique"
    for raw in raws:
        posting = parse_posting(raw)
        assert posting.title and posting.url
        for spans in posting.evidence.values():
            for span in spans:
                assert span.start is None or posting.description[span.start : span.end] == span.quote
    unread = sorted({key for raw in raws for key in raw.unread})
    with capsys.disabled():
        if os.environ.get("ROLECALL_SHOW_UNREAD"):
            print(
                f"\n{name} {path.name}: {len(raws)} postings, {len(found) - len(raws)} other; unread: {json.dumps(unread)}"
            )


def test_the_recorded_replies_are_there(corpus: Path) -> None:
    """Says by its skip that the folder is absent; without it the tests above do not exist."""
    assert REPLIES
