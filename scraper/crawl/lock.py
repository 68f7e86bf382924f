"""One run at a time in one home."""

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from scraper.crawl.home import home


class Held(Exception):
    """Another run is at work in this home; the message says which, where and since when."""


@contextmanager
def run_lock(run: str) -> Iterator[str | None]:
    """Hold `ROLECALL_HOME/run.lock`, with who holds it inside. Gives one line on an earlier run that was found dead.

    Raises `Held`, and `OSError` where the home cannot be written.
    """
    path = home() / "run.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(path, timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise Held(f"another run is at work in {path.parent}: {holder(path) or 'it does not say which'}") from None
    try:
        dead = holder(path)
        since = datetime.now(UTC).isoformat(timespec="seconds")
        said = {"run": run, "pid": os.getpid(), "host": socket.gethostname(), "since": since}
        path.write_text(json.dumps(said), encoding="utf-8")
        yield f"an earlier run ended without its report: {dead}; this one goes on" if dead else None
    finally:
        path.write_text("", encoding="utf-8")  # what a kill leaves there tells of it
        lock.release()


def holder(path: Path) -> str | None:
    """Who a lock file names, in words; None where it names nobody."""
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        return f"run {said['run']}, pid {said['pid']} on {said['host']}, since {said['since']}"
    except (OSError, ValueError, KeyError, TypeError):
        return None
