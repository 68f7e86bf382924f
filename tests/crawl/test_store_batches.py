"""Postings that were read are stored a second's worth at once."""

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scraper.crawl.memory import READ_BATCH, Memory
from scraper.crawl.report import TargetReport
from scraper.parse import parse_posting
from scraper.posting import RawPosting
from scraper.store import open_store


def raw(employer: str, key: str) -> RawPosting:
    url, at = f"https://{employer}.example/{key}", datetime(2026, 11, 2, tzinfo=UTC)
    return RawPosting(board="probe", employer=employer, key=key, title="Wick Trimmer", url=url, seen_at=at)


@pytest.fixture
def memory(tmp_path: Path) -> Memory:
    names: tuple[str | None, ...] = ("lumo", "wick", "idle")
    reports = {name: TargetReport(f"probe:{name}") for name in names}
    return Memory(open_store(tmp_path / "rolecall.db"), reports, "run", timedelta(days=30))


def see(memory: Memory, employer: str, key: str) -> None:
    item = raw(employer, key)
    memory.see(employer, item, parse_posting(item))


def test_the_first_of_a_second_is_stored_at_once_the_others_when_they_are_many_or_at_the_end(memory: Memory) -> None:
    stored = []
    for number in range(READ_BATCH + 2):
        see(memory, "lumo", str(number))
        stored.append(memory.store.count())
    assert stored[0] == 1
    assert READ_BATCH + 1 in stored, "and no second need pass for it"
    memory.finish(memory.reports, stream=False)
    assert memory.store.count() == memory.reports["lumo"].events["new"] == READ_BATCH + 2


def test_what_is_read_and_then_closed_is_closed(memory: Memory) -> None:
    for key in "ab":
        see(memory, "lumo", key)
    memory.close("lumo", "b", "HTTP 410", certain=True)
    memory.finish(memory.reports, stream=False)
    assert [row["kind"] for row in memory.store.events(id="probe:lumo:b")] == ["new", "closed"]


def test_a_store_that_fails_ends_the_targets_of_all_that_is_not_stored(memory: Memory) -> None:
    see(memory, "lumo", "a")
    see(memory, "lumo", "b")
    see(memory, "wick", "c")
    memory.store.db.execute("PRAGMA query_only = ON")
    with pytest.raises(sqlite3.Error):
        memory.store_read()
    assert [(r.outcome if r.stopped else None, r.lost) for r in memory.reports.values()] == [
        ("broken", 1),
        ("broken", 1),
        (None, 0),
    ]
