"""What happens to the process and its machine: a clock that jumps, a disk that is full."""

import json
import os
import random
import subprocess
from asyncio import StreamWriter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chaos.site import Act, job, rows, says, serve
from tests.chaos.watch import Watched, watched
from tests.command import rolecall

SEEDS = int(os.environ.get("ROLECALL_SEEDS", 60))

pytestmark = pytest.mark.xdist_group("chaos-process")

JUMPS = """
import datetime as module, os, time
known, real = time.time, module.datetime
def shift():
    return {seconds} if os.path.exists({flag!r}) else 0
class Kind(type):
    def __instancecheck__(cls, other):
        return isinstance(other, real)
class Jumping(real, metaclass=Kind):
    @classmethod
    def now(cls, tz=None):
        return real.now(tz) + module.timedelta(seconds=shift())
time.time = lambda: known() + shift()
module.datetime = Jumping
"""
"""The wall clock of the process jumps as soon as a file is there; the clock that only runs forward goes on."""


def acts(count: int = 30, size: int = 100, flag: Path | None = None) -> dict[str, Act]:
    """A feed of so many pages, of texts of that many bytes; the tenth page makes a file."""

    async def paged(writer: StreamWriter, path: str) -> None:
        number = int(path.rpartition("=")[2]) if "?page=" in path else 1
        if number == 10 and flag:
            os.close(os.open(flag, os.O_CREAT))
        row = {
            "title": "Lamp Tester",
            "url": f"https://x.example/jobs/{number}-x",
            "content_html": os.urandom(size).hex(),
        }
        following = {"next_url": f"?page={number + 1}"} if number < count else {}
        await says(json.dumps({"items": [row], **following}))(writer, path)

    return {
        "/lumo.example/jobs.json": paged,
        "/boards-api.greenhouse.io/v1/boards/good/": says(rows(job(1), job(2))),
    }


def crawl(home: Path, url: str, *targets: str, prelude: str = "", **more: object) -> Watched:
    given = {"ROLECALL_MIRROR": url, "DOWNLOAD_DELAY": 0, "RETRY_TIMES": 1} | more
    return watched(
        home,
        "crawl",
        *targets,
        *(part for name, value in given.items() for part in ("-s", f"{name}={value}")),
        prelude=prelude,
    )


@pytest.mark.parametrize("seconds", [400 * 86400, -400 * 86400])
def test_a_clock_that_jumps_closes_nothing_and_loses_nothing(tmp_path: Path, seconds: int) -> None:
    targets = ("teamtailor:lumo.example", "greenhouse:good")
    flag = tmp_path / "jump"
    with serve(acts(flag=flag)) as site:
        jumped = crawl(tmp_path, site.url, *targets, prelude=JUMPS.format(seconds=seconds, flag=str(flag)))
        assert jumped.ran.code == 0, jumped.ran.err
        years = {row["fetched_at"][:4] for row in jumped.ran.rows()}
        assert len(years) == 2, "the clock did jump while the crawl ran"
        assert len(jumped.ran.rows()) == 32
        again = crawl(tmp_path, site.url, *targets)
    assert again.ran.code == 0, again.ran.err
    kinds = [json.loads(line)["kind"] for line in rolecall(tmp_path, "events").clean().out.splitlines()]
    assert (kinds.count("new"), kinds.count("closed")) == (32, 0)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 3 MB, where the system lets us make one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=3m", "rolecall", str(folder)], capture_output=True, check=False
    )
    if made.returncode:
        pytest.skip("a small disk is mounted by root only")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=False)


def test_a_full_disk_is_said_and_what_was_stored_is_whole(small_disk: Path) -> None:
    with serve(acts(count=60, size=60_000)) as site:
        full = crawl(small_disk, site.url, "teamtailor:lumo.example")
    assert full.ran.code in (1, 2), full.ran.err
    assert "full" in full.ran.err or "No space left" in full.ran.err
    verified = rolecall(small_disk, "verify").clean()
    assert "integrity" not in verified.err
    if (small_disk / "rolecall.db").exists():
        kinds = [json.loads(line)["kind"] for line in rolecall(small_disk, "events").clean().out.splitlines()]
        assert set(kinds) <= {"new"}


@pytest.mark.parametrize("size", [1_000_000, *(random.Random(7).sample(range(50_000, 3_000_000), SEEDS // 100))])
def test_a_limit_on_the_size_of_files_is_a_full_disk_too(tmp_path: Path, size: int) -> None:
    limit = "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
    limit += f"resource.setrlimit(resource.RLIMIT_FSIZE, ({size}, {size}))\n"
    with serve(acts(count=60, size=60_000)) as site:
        full = crawl(tmp_path, site.url, "teamtailor:lumo.example", "greenhouse:good", prelude=limit)
    assert full.ran.code in (1, 2), full.ran.err
    assert "cannot" in full.ran.err or "full" in full.ran.err
    assert rolecall(tmp_path, "verify", "--mend").clean().code in (0, 1)
    assert rolecall(tmp_path, "verify").clean().code == 0
