"""When a target is due: durations, quiet hours, failures; and how fast ten thousand are asked."""

import time as clock
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from scraper.crawl.schedule import EARLY, Past, Quiet, come_back, duration, quiet_hours, standing, told_until
from scraper.store import Store, open_store
from scraper.store.history import history

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.mark.parametrize(("text", "hours"), [("30m", 0.5), ("6h", 6), ("2d", 48), ("1w", 168), (" 90m ", 1.5)])
def test_durations(text: str, hours: float) -> None:
    assert duration(text) == timedelta(hours=hours)


@pytest.mark.parametrize("text", ["", "6", "h", "-1h", "0d", "1.5h", "6h30m", "1y", "999999d", "６h"])
def test_no_durations(text: str) -> None:
    with pytest.raises(ValueError, match="no duration"):
        duration(text)


@pytest.mark.parametrize(
    ("hours", "at", "holds"),
    [
        ("22:00-06:00", "2026-11-20T23:00+00:00", True),
        ("22:00-06:00", "2026-11-20T06:00+00:00", False),
        ("22:00-06:00", "2026-11-20T05:59+00:00", True),
        ("22:00-06:00 Europe/Berlin", "2026-11-20T21:30+00:00", True),
        ("22:00-06:00 Europe/Berlin", "2026-07-20T20:30+00:00", True),
        ("22:00-06:00 Europe/Berlin", "2026-07-20T19:30+00:00", False),
        ("9:00-17:00 Asia/Tokyo", "2026-11-20T00:30+00:00", True),
        ("9:00-17:00 Asia/Tokyo", "2026-11-20T12:00+00:00", False),
    ],
)
def test_quiet_hours(hours: str, at: str, holds: bool) -> None:
    quiet = quiet_hours(hours)
    now = datetime.fromisoformat(at)
    assert quiet.holds(now) is holds
    begins = quiet.next_start(now)
    assert timedelta() < begins - now <= DAY
    assert quiet.holds(begins)
    assert not quiet.holds(begins - timedelta(seconds=1))


@pytest.mark.parametrize(
    ("seconds", "words", "days"),
    [
        (301, "6 min", 301 / 86400),
        (7200, "2 h", 1 / 12),
        (86400, "24 h", 1),
        (9e8, "365 d", 365),
        (float("inf"), "365 d", 365),
    ],
)
def test_what_a_site_asks_for_is_said_and_read_again(seconds: float, words: str, days: float) -> None:
    said = come_back(NOW, seconds)
    assert f"after {words} (" in said
    told = told_until(f"https://x.example/jobs: HTTP 503; {said}")
    assert told
    assert timedelta() <= told - NOW - timedelta(days=days) <= timedelta(minutes=1)


@pytest.mark.parametrize("why", [None, "", "HTTP 503", "it asks to come back after 2 h (9999-99-99T99:99Z)"])
def test_nothing_is_read_where_nothing_is_asked_for(why: str | None) -> None:
    assert told_until(why) is None


def past(hours_ago: float, outcome: str | None, failures: int = 0, failing_days: float = 0, why: str = "") -> Past:
    started = NOW - timedelta(hours=hours_ago)
    since = started - timedelta(days=failing_days) if failures else None
    return Past(started, outcome, why, failures, since)


@pytest.mark.parametrize(
    ("before", "state"),
    [
        (None, "new"),
        (past(7, "ok"), "due"),
        (past(5, "ok"), "waiting"),
        (past(7, "partial"), "due"),
        (past(1, "partial", why=f"{EARLY}SIGTERM"), "due"),
        (past(1, None), "due"),
        (past(7, "blocked", 1), "cooling"),
        (past(13, "blocked", 1), "due"),
        (past(13, "blocked", 1, why=come_back(NOW, 60)), "cooling"),
        (past(13, "blocked", 1, why=come_back(NOW - HOUR, 60)), "due"),
        (past(24 * 31, "broken", 1, why=come_back(NOW, 1e9)), "due"),
        (past(47, "broken", 3), "cooling"),
        (past(49, "broken", 3), "due"),
        (past(24 * 29, "broken", 9, 60), "cooling"),
        (past(24 * 31, "broken", 9, 60), "due"),
        (past(24 * 31, "broken", 10, 13), "due"),
        (past(24 * 90, "broken", 10, 14), "retired"),
    ],
)
def test_where_a_target_stands(before: Past | None, state: str) -> None:
    assert standing(before, 6 * HOUR, NOW).state == state


def test_who_is_rarely_crawled_does_not_come_sooner_by_failing() -> None:
    assert standing(past(24 * 40, "broken", 1), 60 * DAY, NOW).state == "cooling"


def crawled(store: Store, target: str, at: datetime, outcome: str) -> None:
    number = store.begin("r", target, at)
    store.finish(number, target, at, outcome=outcome, whole=False, report={"why": f"{outcome}!"})


def test_failures_are_counted_since_a_crawl_worked(tmp_path: Path) -> None:
    store = open_store(tmp_path / "rolecall.db")
    for days, outcome in enumerate(["broken", "ok", "broken", "moved"]):
        crawled(store, "lever:a", NOW + days * DAY, outcome)
    crawled(store, "lever:b", NOW, "blocked")
    crawled(store, "lever:b", NOW + DAY, "partial")
    store.begin("r", "lever:c", NOW)
    rows = {name: Past.of(row) for name, row in history(store, ["lever:a", "lever:b", "lever:c", "lever:d"]).items()}
    assert rows["lever:a"] == Past(NOW + 3 * DAY, "moved", "moved!", 2, NOW + 2 * DAY)
    assert (rows["lever:b"].outcome, rows["lever:b"].failures) == ("partial", 0)
    assert (rows["lever:c"].outcome, rows["lever:c"].failures) == (None, 0)
    assert "lever:d" not in rows


def test_ten_thousand_targets_are_asked_in_well_under_a_second(tmp_path: Path) -> None:
    store = open_store(tmp_path / "rolecall.db")
    names = [f"lever:employer-{number}" for number in range(10_000)]
    with store.transaction() as db:
        for day in range(10):
            at = (NOW + day * DAY).isoformat()
            rows = [("r", name, at, at, "ok" if number % 7 else "broken") for number, name in enumerate(names)]
            db.executemany(
                "INSERT INTO crawls (run, target, started_at, finished_at, outcome) VALUES (?, ?, ?, ?, ?)", rows
            )
    before = clock.process_time()
    found = history(store, names)
    states = [standing(Past.of(found[name]), DAY, NOW + 30 * DAY).state for name in names]
    assert clock.process_time() - before < 1
    assert (states.count("due"), states.count("cooling")) == (8571, 1429)
    assert found[names[0]]["failures"] == 10


def test_hours_that_begin_when_they_end_are_none() -> None:
    with pytest.raises(ValueError, match="begin when they end"):
        quiet_hours("06:00-06:00")
    assert Quiet(time(6), time(7), "UTC").holds(datetime(2026, 1, 1, 6, 30, tzinfo=UTC))
