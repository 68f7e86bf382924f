"""A source that dies, shrinks or changes is noticed at the first crawl; one that is well is left in peace."""

from collections.abc import Sequence
from typing import Any

import pytest

from scraper.health import ACCEPTED_AFTER, Alarm, Report, alarms
from tests.histories import FAULTS, clean, injected

SEED = 20261121


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_raises_its_alarm_at_the_first_crawl(name: str) -> None:
    missed = []
    for seed in range(SEED, SEED + 20):
        history, now, kind, field = injected(name, seed)
        found = [alarm for alarm in alarms(history, now) if (alarm.kind, alarm.field) == (kind, field)]
        missed += [] if found and found[0].state == "new" and found[0].text else [seed]
    assert len(missed) <= 1, missed


def test_targets_that_are_well_raise_next_to_none() -> None:
    histories = [clean(SEED + n, 4 + n % 40) for n in range(500)]
    false = [alarm.text for history in histories for alarm in alarms(history[:-1], history[-1])]
    assert len(false) <= 5, false


def crawled(n: int = 100, salary: int = 40, **more: Any) -> Report:
    """The report of a crawl that read `n` postings, so many of them with a salary."""
    report = {
        "target": "invented:lumo",
        "version": "1",
        "outcome": "ok",
        "requests": 4,
        "pages": 4,
        "found": 100,
        "read": n,
        "rejected": 0,
        "lost": 0,
        "seconds": 8.0,
        "latency": {"median": 0.4, "p95": 0.9},
        "filled": {"title": n, "salary": salary},
        "top": {"location": {"value": "Porto", "count": n // 3, "of": n}},
        "unread": {"id": n},
        "conflicts": {},
    }
    return report | more


def lived(*reports: Report, before: int = 5) -> list[list[Alarm]]:
    """What is said after each report, as the store would keep it, after some good crawls."""
    history: list[Report] = [crawled(run=f"good{n}") for n in range(before)]
    said = []
    for n, report in enumerate(reports):
        found = alarms(history, report)
        stands = [alarm.as_dict() for alarm in found if alarm.state in ("new", "lasting")]
        over = [alarm.as_dict() for alarm in found if alarm.state in ("cleared", "accepted")]
        history.append({**report, "run": f"run{n}", "alarms": stands, "cleared": over})
        said.append(found)
    return said


def states(said: Sequence[list[Alarm]]) -> list[list[tuple[str, str, str | None]]]:
    return [[(alarm.kind, alarm.state, alarm.since) for alarm in found] for found in said]


def test_an_alarm_is_said_once_then_lasts_then_clears() -> None:
    bad = crawled(salary=3)
    assert states(lived(bad, bad, crawled(), crawled())) == [
        [("fill", "new", None)],
        [("fill", "lasting", "run0")],
        [("fill", "cleared", "run0")],
        [],
    ]


def test_a_crawl_that_read_nothing_or_was_blocked_clears_nothing() -> None:
    unchanged = crawled(0, 0, filled={}, top={}, unread={})
    blocked = crawled(0, 0, outcome="blocked", found=0, filled={}, why="HTTP 403")
    said = states(lived(crawled(salary=3), unchanged, blocked, crawled()))
    assert said[1] == [("fill", "lasting", "run0")]
    assert said[2] == [("outcome", "new", None), ("fill", "lasting", "run0")]
    assert said[3] == [("outcome", "cleared", "run2"), ("fill", "cleared", "run0")]


def test_what_lasts_becomes_the_habit_and_a_fall_from_there_is_new() -> None:
    said = states(lived(*[crawled(salary=3)] * (ACCEPTED_AFTER + 4)))
    assert said[ACCEPTED_AFTER] == [("fill", "accepted", "run0")]
    assert said[ACCEPTED_AFTER + 1 :] == [[]] * 3


def test_the_same_fault_is_noticed_again_after_it_was_mended() -> None:
    said = states(lived(*[crawled(salary=3)] * 4, crawled(), crawled(salary=3)))
    assert said[-1] == [("fill", "new", None)]


def test_few_reads_prove_little_and_many_prove_much() -> None:
    assert lived(crawled(4, 0)) == [[]]
    (alarm,) = lived(crawled(60, 2))[0]
    assert (alarm.kind, alarm.field, alarm.severity, alarm.now) == ("fill", "salary", "bad", round(2 / 60, 4))
    assert alarm.text.startswith("salary fell: in 3.3 % of 60 posts read, 40 % before")


def test_a_target_s_first_three_crawls_compare_nothing_but_a_bad_end_is_said() -> None:
    assert lived(crawled(salary=0, found=20), before=2) == [[]]
    (alarm,) = lived(crawled(0, 0, outcome="login", found=0, why="asks for a password"), before=0)[0]
    assert (alarm.kind, alarm.was, alarm.now, alarm.severity) == ("outcome", None, "login", "bad")
    assert "asks for a password" in alarm.text


def test_an_employer_without_a_vacancy_is_no_fault() -> None:
    small = [crawled(2, 1, found=2, run=f"r{n}") for n in range(6)]
    empty = crawled(0, 0, outcome="empty", found=0, filled={}, top={}, unread={})
    assert alarms(small, empty) == []
    assert [alarm.kind for alarm in alarms([crawled(run="r")] * 6, empty)] == ["outcome"]


def test_a_shrunken_list_is_told_apart_from_one_of_which_a_page_was_lost() -> None:
    assert [alarm.kind for alarm in lived(crawled(found=40))[0]] == ["volume"]
    lost = crawled(found=40, outcome="partial", lost=1, listed=False)
    assert lived(lost) == [[]]


def test_new_postings_share_their_date() -> None:
    def dated(count: int, of: int, new: int) -> Report:
        return crawled(
            of, 40, top={"published_at": {"value": "2026-11-21", "count": count, "of": of}}, events={"new": new}
        )

    history = [dated(10, 100, 100), *[dated(30, 100, 25)] * 4]
    assert alarms(history, dated(60, 60, 60)) == []
    assert [alarm.field for alarm in alarms(history, dated(100, 100, 10))] == ["published_at"]


def test_reports_of_an_older_version_are_read() -> None:
    old = {
        name: crawled()[name]
        for name in ("target", "outcome", "requests", "pages", "found", "read", "rejected", "lost")
    }
    assert alarms([old] * 5, crawled()) == []


def test_a_change_of_ours_is_named() -> None:
    (alarm,) = lived(crawled(salary=0, version="2"))[0]
    assert "Rolecall went from 1 to 2" in alarm.advice
