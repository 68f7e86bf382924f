"""A target is done when its last page is read, not when its board is: a kill of a long run costs only who was at work."""

import signal
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.crawl.test_careers import page, post
from tests.crawl.test_memory import wait_for
from tests.crawl.test_run import JOBS, begin, greenhouse, listed, outcomes, run, watchlist
from tests.server import Answer, Reply, serve


def finished(home: Path) -> dict[str, tuple[str, bool, str]]:
    """Outcome, whether it was read whole and when it ended, of each crawl that ended, by target."""
    try:
        with closing(sqlite3.connect(f"file:{home / 'rolecall.db'}?mode=ro", uri=True)) as db:
            rows: list[Any] = db.execute(
                "SELECT target, outcome, whole, finished_at FROM crawls WHERE outcome IS NOT NULL"
            ).fetchall()
    except sqlite3.Error:  # not there yet
        return {}
    return {target: (outcome, bool(whole), at) for target, outcome, whole, at in rows}


def test_a_kill_costs_only_the_targets_that_were_at_work(tmp_path: Path) -> None:
    names = ("a", "b", "late", "later")
    watchlist(tmp_path, *({"target": f"greenhouse:{name}"} for name in names))
    answers = greenhouse("a", "b") | {JOBS.format(name): Reply("", wait=60) for name in ("late", "later")}
    with serve(answers) as site:
        process = begin(tmp_path, site, "-s", f"ROLECALL_MIRROR={site.url}", "-s", "DOWNLOAD_DELAY=0.1")
        wait_for(lambda: len(finished(tmp_path)) == 2)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert {target: said[:2] for target, said in finished(tmp_path).items()} == {
            "greenhouse:a": ("ok", True),
            "greenhouse:b": ("ok", True),
        }
        states = {name: row["state"] for name, row in listed(tmp_path).items()}
        assert states == {f"greenhouse:{name}": "due" if "late" in name else "waiting" for name in names}
        site.answers |= greenhouse("late", "later")
        assert run(tmp_path, site, "--due").code == 0
        assert outcomes(tmp_path) == {"greenhouse:late": "ok", "greenhouse:later": "ok"}


def test_no_target_is_done_before_its_last_page(tmp_path: Path) -> None:
    """Pages that come seconds after the last one, are asked for again, or are lost are waited for."""
    answers: dict[str, Answer] = {}
    for host in "abc":
        links = "".join(f'<a href="/careers/potter-{n}">Potter {n}</a>' for n in range(4))
        answers |= {f"/{host}.example/careers": page(links)}
        answers |= {f"/{host}.example/careers/potter-{n}": post(f"Potter {n}") for n in range(4)}
    shown = answers["/b.example/careers/potter-3"]
    assert isinstance(shown, Reply)
    answers["/a.example/careers/potter-2"] = Reply("gone", 404)
    answers["/b.example/careers/potter-3"] = lambda asked: (
        Reply("busy", 503, {"Retry-After": "4"}) if asked.count == 1 else shown
    )
    targets = [f"careers:https://{host}.example/careers" for host in "abc"]
    watchlist(tmp_path, *({"target": target} for target in targets))
    with serve(answers) as site:
        run(tmp_path, site, "-s", "DOWNLOAD_DELAY=1.2", "-s", "RETRY_TIMES=1")
    ends = finished(tmp_path)
    assert [ends[target][0] for target in targets] == ["partial", "ok", "ok"]
    assert ends[targets[1]][1] is ends[targets[2]][1] is True
    assert ends[targets[0]][2] < ends[targets[1]][2], "each at its own time"
