"""Replies that are cut, slow, packed, huge or lies: each costs its own target a named loss, and nobody else anything."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.chaos.replies import LIST_CASES
from tests.chaos.site import GOOD, says, serve
from tests.chaos.watch import Watched, watched

HEAVY = tuple(name for name in LIST_CASES if name.startswith(("page-of", "bomb", "body", "many", "large")))
"""Cases of many megabytes: they keep the machine busy, so that in one crawl with them innocent pages would time out."""
LIGHT = tuple(name for name in LIST_CASES if name not in HEAVY)
GOODS = ("good-first", "good-last")


def crawl(home: Path, names: Sequence[str], seconds: int) -> Watched:
    """One crawl of all cases on one host, good neighbours before and behind them."""
    acts = {name: LIST_CASES[name].act for name in names} | dict.fromkeys(GOODS, says(GOOD))
    targets = [f"greenhouse:{name}" for name in (GOODS[0], *names, GOODS[1])]
    with serve({f"/boards-api.greenhouse.io/v1/boards/{name}/": act for name, act in acts.items()}) as site:
        settings = {
            "ROLECALL_MIRROR": site.url,
            "DOWNLOAD_DELAY": 0,
            "DOWNLOAD_TIMEOUT": seconds,
            "RETRY_TIMES": 1,
            "CONCURRENT_REQUESTS_PER_DOMAIN": 8,
        }
        given = [part for name, value in settings.items() for part in ("-s", f"{name}={value}")]
        return watched(home, "crawl", *targets, *given)


@pytest.fixture(scope="module")
def light(tmp_path_factory: pytest.TempPathFactory) -> Watched:
    return crawl(tmp_path_factory.mktemp("light"), LIGHT, 5)


@pytest.fixture(scope="module")
def heavy(tmp_path_factory: pytest.TempPathFactory) -> Watched:
    return crawl(tmp_path_factory.mktemp("heavy"), HEAVY, 60)


def judge(crawl: Watched, name: str) -> None:
    """The case ended as it must, and its line says so."""
    case, target = LIST_CASES[name], f"greenhouse:{name}"
    report = crawl.crawls()[target]
    said = report["why"] or "; ".join(report["losses"])
    assert (report["outcome"], tuple(crawl.keys().get(target, ()))) == (case.outcome, case.keys), said
    assert case.why in said
    assert "Failure" not in said, "words that a person reads"
    assert "127.0.0.1:" not in said, "the address that was asked for, not the mirror's"
    assert any(line.startswith(f"{target}: {case.outcome}") for line in crawl.lines())


@pytest.mark.xdist_group("chaos-light")
@pytest.mark.parametrize("name", LIGHT)
def test_a_bad_reply_is_named(light: Watched, name: str) -> None:
    judge(light, name)


@pytest.mark.xdist_group("chaos-heavy")
@pytest.mark.parametrize("name", HEAVY)
def test_a_heavy_reply_is_named(heavy: Watched, name: str) -> None:
    judge(heavy, name)


@pytest.mark.xdist_group("chaos-light")
def test_good_neighbours_come_out_whole_and_nothing_leaks(light: Watched) -> None:
    neighbours(light)
    assert light.rss < 300
    assert light.files < 60


@pytest.mark.xdist_group("chaos-heavy")
def test_good_neighbours_of_heavy_replies_come_out_whole_in_bounded_memory(heavy: Watched) -> None:
    neighbours(heavy)
    assert heavy.rss < 1500, "eight replies at once, each of up to 64 MiB on the line, in text and in the store"
    assert heavy.files < 60


def neighbours(crawl: Watched) -> None:
    assert crawl.ran.code == 1
    for name in GOODS:
        assert crawl.crawls()[f"greenhouse:{name}"]["outcome"] == "ok"
        assert crawl.keys()[f"greenhouse:{name}"] == ["1", "2", "3"]
    written = {row["id"] for row in crawl.ran.rows()}
    assert written == {f"{target}:{key}" for target, keys in crawl.keys().items() for key in keys}
