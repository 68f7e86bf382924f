"""What an operator sees while a crawl runs: it fits the terminal, shows trouble first, and tells when it will end."""

import os
import subprocess
import sys
import time
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from scraper.crawl.progress import Pace, Picture, Tally, summary
from scraper.crawl.report import TargetReport
from tests.command import STRICT
from tests.server import Reply, serve


def target(name: str, requests: int = 1, answered: int = 1, keys: int = 5, **more: object) -> TargetReport:
    report = TargetReport(name, requests=requests, answered=answered, keys={str(key) for key in range(keys)})
    for slot, value in more.items():
        setattr(report, slot, value)
    return report


def stopped(name: str, outcome: str, why: str) -> TargetReport:
    report = target(name, keys=0)
    report.stop(outcome, why)
    return report


def shown(reports: list[TargetReport], width: int, height: int) -> list[str]:
    """The picture on a terminal of that size, line by line."""
    console = Console(file=StringIO(), width=width, height=height, force_terminal=False)
    with console.capture() as caught:
        console.print(Picture(Tally(reports, {}), Pace()))
    return [line.rstrip() for line in caught.get().splitlines()]


MANY = [
    *(target(f"greenhouse:done-{n}") for n in range(900)),
    *(target(f"lever:busy-{n}", requests=9, answered=n % 7) for n in range(60)),
    *(
        stopped(f"workday:bad-{n}.example/a-rather-long-site", "blocked", "https://x.example/: HTTP 403")
        for n in range(15)
    ),
    *(TargetReport(f"ashby:later-{n}") for n in range(25)),
]


@pytest.mark.parametrize(("width", "height"), [(200, 60), (118, 30), (80, 24), (58, 10), (40, 5), (30, 2)])
def test_a_thousand_targets_fit_any_terminal(width: int, height: int) -> None:
    lines = shown(MANY, width, height)
    assert len(lines) < height
    assert max(map(len, lines)) <= width
    assert lines[0].startswith("915 of 1,000 targets done (15 bad)"[: width - 1])


def test_what_is_bad_comes_first_and_the_rest_is_counted() -> None:
    lines = shown(MANY, 118, 30)
    assert lines[3].startswith("blocked: workday:bad-0")
    assert lines[3].endswith("HTTP 403"), "the reason, without the address"
    assert sum("busy" in line for line in lines) >= 10, "trouble leaves room for what is at work"
    assert "25 waiting, 900 done and well" in lines[-1]


def test_it_is_cheap() -> None:
    begin = time.process_time()
    for _ in range(10):
        shown(MANY, 118, 30)
    assert (time.process_time() - begin) / 10 < 0.1, "twice a second, beside a crawl"


@pytest.mark.parametrize(
    ("reports", "lasts", "left"),
    [
        ([target("a", requests=11, answered=1)], {}, 10),
        ([target("a", requests=11, answered=1)], {"a": 41}, 40),
        ([target("a", requests=3, answered=2, keys=20, total=100)], {}, 8),
        ([target("a"), TargetReport("b")], {"b": 7}, 7),
        ([target("a", requests=5, answered=5), TargetReport("b")], {}, 5),
        ([TargetReport("b")], {}, None),
        ([stopped("a", "blocked", "x"), target("b")], {"a": 100}, 0),
    ],
)
def test_what_is_left_comes_from_requests_totals_and_history(
    reports: list[TargetReport], lasts: dict[str, int], left: int | None
) -> None:
    assert Tally(reports, lasts).left == left


def test_a_log_gets_a_telling_line() -> None:
    pace = Pace()
    pace.began -= 10
    pace.marks[0] = (pace.began, 0, 0)
    busy = target("b", requests=31, answered=10, read=200)
    busy.events["new"] = 150
    far, found = summary(Tally([target("a"), busy], {}), pace)
    assert far == "1 of 2 targets done, 1 at work; 10s, about 19s left"
    assert found == "11 pages (1.1/s), 200 read (20/s), 150 new, 0 lost; 21 requests pending"


def test_a_crawl_of_minutes_says_how_far_it_is(tmp_path: Path) -> None:
    slow = Reply("<html>no posting</html>", wait=0.5)
    sitemap = "".join(f"<url><loc>https://x.example/{n}</loc></url>" for n in range(8))
    answers = {f"/{n}": slow for n in range(8)} | {
        "/sitemap.xml": Reply(f"<?xml version='1.0'?><urlset>{sitemap}</urlset>")
    }
    often = "import scraper.crawl.progress; scraper.crawl.progress.EVERY = 0.5\n"
    with serve(answers) as site:
        command = [sys.executable, "-c", often + STRICT, "crawl", "wantapply", "-a", f"host={site.url}"]
        ran = subprocess.run(
            [*command, "-s", "DOWNLOAD_DELAY=0"],
            env=os.environ | {"ROLECALL_HOME": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
        )
    lines = [line for line in ran.stderr.splitlines() if line.startswith("crawling: ")]
    assert any("0 of 1 target done, 1 at work" in line and "requests pending" in line for line in lines), ran.stderr
