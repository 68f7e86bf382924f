"""Replies changed at random: bytes turned, cut, doubled and moved in heads and bodies. Each seed is a target.

`make chaos` takes a thousand seeds.
"""

import os
import random
from pathlib import Path

import pytest

from tests.chaos.site import GOOD, Act, head, says, sends, serve
from tests.chaos.watch import watched

SEEDS = int(os.environ.get("ROLECALL_SEEDS", 60))
OUTCOMES = {"ok", "partial", "empty", "refused", "blocked", "login", "needs-key", "looped", "broken", "moved"}


def noisy(seed: int) -> Act:
    """The good reply, after one to four accidents."""
    chance = random.Random(seed)
    reply = bytearray(head(200, {"Content-Type": "application/json", "Content-Length": str(len(GOOD))}) + GOOD)
    for _ in range(chance.randint(1, 4)):
        at, size = chance.randrange(len(reply)), chance.randint(1, 40)
        kind = chance.choice(["turn", "cut", "double", "drop", "rubbish"])
        if kind == "turn":
            reply[at] = chance.randrange(256)
        elif kind == "cut":
            del reply[at + 1 :]
        elif kind == "double":
            reply[at:at] = reply[at : at + size]
        elif kind == "drop":
            del reply[at : at + size]
        else:
            reply[at:at] = chance.randbytes(size)
        if not reply:
            break
    middle = chance.randrange(len(reply) + 1)
    return sends(bytes(reply[:middle]), 0.001, bytes(reply[middle:]), then=chance.choice(["close", "reset"]))


@pytest.mark.xdist_group("chaos-noise")
def test_whatever_comes_ends_in_a_word_and_the_good_come_out_whole(tmp_path: Path) -> None:
    names = [f"noise-{seed}" for seed in range(SEEDS)]
    acts = {f"/boards-api.greenhouse.io/v1/boards/{name}/": noisy(seed) for seed, name in enumerate(names)}
    acts |= {f"/boards-api.greenhouse.io/v1/boards/{name}/": says(GOOD) for name in ("good-first", "good-last")}
    targets = [f"greenhouse:{name}" for name in ("good-first", *names, "good-last")]
    with serve(acts) as site:
        settings = {"ROLECALL_MIRROR": site.url, "DOWNLOAD_DELAY": 0, "DOWNLOAD_TIMEOUT": 5, "RETRY_TIMES": 0}
        settings |= {"CONCURRENT_REQUESTS_PER_DOMAIN": 16}
        given = [part for name, value in settings.items() for part in ("-s", f"{name}={value}")]
        crawl = watched(tmp_path, "crawl", *targets, *given, timeout=120 + SEEDS)
    reports, keys = crawl.crawls(), crawl.keys()
    assert set(reports) == set(targets)
    for target, report in reports.items():
        assert report["outcome"] in OUTCOMES, target
        said = report["why"] or "; ".join(report["losses"])
        assert report["outcome"] in ("ok", "empty") or said, f"{target} says nothing"
        assert len(keys.get(target, [])) == report["read"], f"{target}: what is read is stored"
    for name in ("good-first", "good-last"):
        assert (reports[f"greenhouse:{name}"]["outcome"], keys[f"greenhouse:{name}"]) == ("ok", ["1", "2", "3"])
    assert crawl.rss < 300
    assert crawl.files < 80
