"""Runs the real command in a process of its own, as its user does."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
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


def rolecall(home: Path, *args: str, stdin: bytes | None = None, timeout: float = 120, **env: str) -> Ran:
    """`rolecall ARGS` with a home of its own; deprecated calls are errors."""
    command = [sys.executable, "-c", STRICT, *args]
    given = os.environ | {"ROLECALL_HOME": str(home), "PYTHONIOENCODING": "utf-8"} | env
    done = subprocess.run(command, input=stdin, capture_output=True, timeout=timeout, env=given, check=False)
    return Ran(done.returncode, done.stdout.decode(), done.stderr.decode(), home)
