"""Runs the real command and looks at its process while it runs: most memory, most open files."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scraper.store import open_store
from tests.command import STRICT, Ran


@dataclass
class Watched:
    """A run, what the store says of it by target, and what its process took."""

    ran: Ran
    seconds: float
    rss: int
    """Most memory in MiB."""
    files: int
    """Most open files, sockets included."""

    def crawls(self) -> dict[str, dict[str, Any]]:
        """The last crawl's report of every target."""
        store = open_store(self.ran.home / "rolecall.db")
        found = {row["target"]: json.loads(row["report"] or "{}") for row in store.crawls()}
        store.close()
        return found

    def lines(self) -> list[str]:
        """The line of every target in the report of the run."""
        (path,) = (self.ran.home / "runs").glob("*[0-9].json")
        return [target["line"] for target in json.loads(path.read_text(encoding="utf-8"))["targets"]]

    def keys(self) -> dict[str, list[str]]:
        """The stored postings by target."""
        store = open_store(self.ran.home / "rolecall.db")
        found: dict[str, list[str]] = {}
        for row in store.postings():
            found.setdefault(row["target"], []).append(row["key"])
        store.close()
        return found


def watched(home: Path, *args: str, prelude: str = "", timeout: float = 150, **env: str) -> Watched:
    """`rolecall ARGS`; `prelude` is Python that runs in its process first. Fails on a hang or a traceback."""
    given = os.environ | {"ROLECALL_HOME": str(home), "PYTHONIOENCODING": "utf-8"} | env
    command: Sequence[str] = [sys.executable, "-c", prelude + STRICT, *args]
    process = subprocess.Popen(command, env=given, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    most = {"rss": 0, "files": 0}

    def look() -> None:
        folder = Path(f"/proc/{process.pid}")
        while process.poll() is None:
            try:
                most["files"] = max(most["files"], len(list((folder / "fd").iterdir())))
                peak = next(line for line in (folder / "status").read_text().splitlines() if line.startswith("VmHWM"))
                most["rss"] = max(most["rss"], int(peak.split()[1]) // 1024)
            except (OSError, StopIteration):
                return
            time.sleep(0.05)

    looker = threading.Thread(target=look, daemon=True)
    start = time.monotonic()
    looker.start()
    try:
        out, err = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        process.kill()
        out, err = process.communicate()
        raise AssertionError(f"still running after {timeout} s:\n{err.decode()[-3000:]}") from None
    looker.join()
    ran = Ran(process.returncode, out.decode(), err.decode(), home).clean()
    return Watched(ran, time.monotonic() - start, most["rss"], most["files"])
