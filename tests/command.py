"""Runs the real command in a process of its own, as its user does."""

import atexit
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

STRICT = """
import warnings
from scrapy.exceptions import ScrapyDeprecationWarning
warnings.simplefilter("error", ScrapyDeprecationWarning)
warnings.filterwarnings("error", category=DeprecationWarning, module="(scraper|spiders)")
from scraper.cli import main
main(prog_name="rolecall")
"""

FORKER = '''
"""Loads what every command loads, once, then forks for each: half of a short crawl is its imports."""
import json, os, pkgutil, sys
from importlib import import_module
import scrapy.core.downloader.handlers.http11, scrapy.core.scraper, scrapy.crawler, scrapy.utils.reactor
import spiders
READY = "board pipelines memory archiving fetch report measure permission throttle audit detect render guard feeds blocks"
for name in [f"scraper.crawl.{name}" for name in READY.split()]:
    import_module(name)
for module in pkgutil.iter_modules(spiders.__path__):
    import_module(f"spiders.{module.name}")
from scraper.parse import parse_posting
from scraper.posting import RawPosting

text = "<p>Remote in Porto. We ask for 5 years with Go. We pay 50,000 EUR a year. Published 3 days ago.</p>"
given = {"board": "x", "key": "x", "url": "https://x.example/", "title": "Senior Cook (m/f), Porto"}
parse_posting(RawPosting(**given, description=text, seen_at="2026-11-02T00:00:00Z"))
assert "twisted.internet.reactor" not in sys.modules, "there is one for each process"
assert "scraper.crawl.settings" not in sys.modules, "they are read from the environment of each command"
print("ready", flush=True)
for line in sys.stdin:
    job = json.loads(line)
    if pid := os.fork():
        print(pid, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)
        continue
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        handle = os.open(job[name], os.O_RDWR)
        os.dup2(handle, number)
        os.close(handle)
    sys.stdin, sys.stdout, sys.stderr = (open(n, mode, encoding="utf-8") for n, mode in enumerate("rww"))
    for stream, name in ((sys.stdin, "<stdin>"), (sys.stdout, "<stdout>"), (sys.stderr, "<stderr>")):
        (stream.buffer.raw if hasattr(stream.buffer, "raw") else stream.buffer).name = name
    sys.__stdin__, sys.__stdout__, sys.__stderr__ = sys.stdin, sys.stdout, sys.stderr
    os.environ.clear()
    os.environ.update(job["env"])
    os.chdir(job["cwd"])
    sys.argv = ["-c", *job["args"]]
    exec(job["code"], {"__name__": "__main__"})
    sys.exit()
'''


@dataclass
class Ran:
    """What a run gave back."""

    code: int
    out: str
    err: str
    home: Path

    def rows(self, name: str = "posts.jsonl") -> list[dict[str, Any]]:
        """The lines of a file in the home folder."""
        path = self.home / name
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []

    def clean(self) -> "Ran":
        """Itself; fails where a traceback was shown."""
        assert "Traceback" not in self.err + self.out, self.err
        return self


FORKING = threading.Lock()


@cache
def forker() -> subprocess.Popen[str]:
    """The process that forks for each command of these tests."""
    made = subprocess.Popen([sys.executable, "-c", FORKER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert made.stdout and made.stdout.readline() == "ready\n"
    atexit.register(made.kill)
    return made


def rolecall(home: Path, *args: str, stdin: bytes | None = None, timeout: float = 120, **env: str) -> Ran:
    """`rolecall ARGS` with a home of its own; deprecated calls are errors."""
    given = os.environ | {"ROLECALL_HOME": str(home), "PYTHONIOENCODING": "utf-8"} | env
    if os.name != "posix" or not FORKING.acquire(blocking=False):  # another thread runs one
        command = [sys.executable, "-c", STRICT, *args]
        done = subprocess.run(command, input=stdin, capture_output=True, timeout=timeout, env=given, check=False)
        return Ran(done.returncode, done.stdout.decode(), done.stderr.decode(), home)
    try:
        return forked(home, args, stdin or b"", timeout, given)
    finally:
        FORKING.release()


def forked(home: Path, args: tuple[str, ...], stdin: bytes, timeout: float, env: dict[str, str]) -> Ran:
    """A command in a fork of the forker."""
    with tempfile.TemporaryDirectory() as folder:
        paths = {name: Path(folder, name) for name in ("stdin", "stdout", "stderr")}
        for path in paths.values():
            path.write_bytes(stdin if path.name == "stdin" else b"")
        job = {name: str(path) for name, path in paths.items()} | {"cwd": str(Path.cwd()), "env": env}
        asked = forker()
        assert asked.stdin and asked.stdout
        asked.stdin.write(json.dumps(job | {"args": args, "code": STRICT}) + "\n")
        asked.stdin.flush()
        pid, over = int(asked.stdout.readline()), threading.Event()

        def wall() -> None:
            if not over.wait(timeout):
                os.kill(pid, 9)

        start = time.monotonic()
        threading.Thread(target=wall, daemon=True).start()
        code = int(asked.stdout.readline())
        over.set()
        if code == -9 and time.monotonic() - start >= timeout:
            raise subprocess.TimeoutExpired(["rolecall", *args], timeout, stderr=paths["stderr"].read_bytes())
        return Ran(code, paths["stdout"].read_bytes().decode(), paths["stderr"].read_bytes().decode(), home)
