"""Shards against one process: the same records, no host faster than its pace, nothing lost or double after kill -9.

    python benchmarks/shards.py [SHARDS HOSTS EMPLOYERS POSTS]      (default 8 200 10 1: 2,000 targets)

Real processes crawl sites on loopback (127.0.0.1, 127.0.0.2, …). Each shard is killed once while it works, at another
moment, and run again. Prints the figures, and fails where one of the three does not hold.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.crawl.farm import contents, farm, write_watchlist

DELAY = 0.1
WINDOW = 20
"""Requests in a row over which a host's pace is measured: fewer would measure this machine's load."""


def run(home: Path, *args: str) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "scraper.cli", *args]
    env = os.environ | {"ROLECALL_HOME": str(home)}
    return subprocess.Popen(command, env=env, stderr=subprocess.DEVNULL, cwd=Path(__file__).parents[1])


def main(count: int, hosts: int, employers: int, posts: int) -> None:
    pace = ("-s", f"DOWNLOAD_DELAY={DELAY}", "-s", "DOWNLOAD_DELAY_JITTER=0", "-s", "AUTOTHROTTLE_ENABLED=0")
    args = ("run", "--due", "--allow-private", *pace, "-s", "CONCURRENT_REQUESTS=64")
    with tempfile.TemporaryDirectory(prefix="rolecall-shards-") as folder, farm(hosts, employers, posts) as site:
        whole, apart = Path(folder) / "whole", Path(folder) / "apart"
        for home in (whole, apart):
            write_watchlist(home, site.targets())
        print(f"{len(site.targets())} targets on {hosts} hosts, {len(site.targets()) * posts} posts, {count} shards")
        begun = time.monotonic()
        assert run(whole, *args).wait() == 0
        print(f"one process: {time.monotonic() - begun:.0f} s, {sum(map(len, site.asked.values()))} requests")
        fastest = site.fastest(WINDOW)
        site.asked.clear()
        begun, kills = time.monotonic(), 0
        at_work = [run(apart, *args, "--shard", f"{shard}/{count}") for shard in range(count)]
        for shard, process in enumerate(at_work):
            wanted = len(site.targets()) * (shard + 1) * 2 // count
            while process.poll() is None and sum(map(len, site.asked.values())) < wanted:
                time.sleep(0.02)
            kills += process.poll() is None
            process.kill()
            process.wait()
            at_work[shard] = run(apart, *args, "--shard", f"{shard}/{count}")
        assert [process.wait() for process in at_work] == [0] * count
        print(f"{count} shards at once, {kills} killed and run again: {time.monotonic() - begun:.0f} s")
        fastest = min(fastest, site.fastest(WINDOW))
        begun = time.monotonic()
        assert run(apart, "merge", str(apart), "-o", str(Path(folder) / "all")).wait() == 0
        print(f"merge: {time.monotonic() - begun:.1f} s")
        records, events = contents(whole / "rolecall.db")
        union, told = contents(Path(folder) / "all" / "rolecall.db")
        print(f"records: {len(records)} in one process, {len(union)} in the union, same: {records == union}")
        print(f"events: {len(events)} and {len(told)}, same: {events == told}")
        least = (WINDOW - 1) * DELAY
        print(f"pace: {WINDOW} requests to one host took {fastest:.2f} s or more; {least:.2f} s are its setting")
        assert records == union
        assert events == told
        assert len(records) == len(site.targets()) * posts
        assert fastest > 0.95 * least


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:]]
    main(*(given if len(given) == 4 else (8, 200, 10, 1)))
