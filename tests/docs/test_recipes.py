"""The docs are true: their Python and SQL runs, and so do their commands, as far as they need no network.

Blocks of a page run in their order, in a folder with a store; an indented block is an excerpt. Above a block, `<!-- not run: why -->` leaves it out, and
`<!-- needs PROGRAM -->` runs it where that program is, its Python in a process of its own: a JVM keeps the folder that
it was started in.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click
import duckdb
import pytest

from scraper.cli import main
from tests.export.stores import lamp_store

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
OFFLINE = {"export", "schema", "events", "cluster", "verify", "boards"}
"""Verbs that ask nothing but the store."""

BLOCK = re.compile(r"(?:^<!-- (?P<mark>.*?) -->\n)?^```(?P<kind>python|sql|sh)\n(?P<code>.*?)^```$", re.M | re.S)


@dataclass(frozen=True)
class Block:
    """A fenced block of a page."""

    kind: str
    code: str
    mark: str
    line: int


def blocks(page: Path) -> Iterator[Block]:
    text = page.read_text(encoding="utf-8")
    for found in BLOCK.finditer(text):
        yield Block(found["kind"], found["code"], found["mark"] or "", text.count("\n", 0, found.start()) + 1)


def is_run(block: Block) -> bool:
    """Whether a block is for running here."""
    if block.mark.startswith("not run: ") or (block.mark.startswith("needs ") and not shutil.which(block.mark[6:])):
        return False
    return block.kind != "sh" or all(
        line[:2] == ["rolecall", line[1]] and line[1] in OFFLINE for line in commands(block)
    )


def commands(block: Block) -> list[list[str]]:
    """The lines of a shell block as words, without their comments."""
    joined = block.code.replace("\\\n", " ")
    return [words for line in joined.splitlines() if (words := shlex.split(line, comments=True))]


def run(command: list[str]) -> None:
    """A command, with this Python's programs first."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        command, env=os.environ | {"PATH": path}, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr


RUN = {page: found for page in PAGES if (found := list(filter(is_run, blocks(page))))}


@pytest.mark.parametrize("page", RUN, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_page_is_true(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lamp_store(tmp_path).close()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ROLECALL_HOME", str(tmp_path))
    for name in ("posts.jsonl", "posts.parquet"):  # what a reader of any page has
        run(["rolecall", "export", "-o", name])
    names: dict[str, object] = {}
    with duckdb.connect() as db:
        for block in RUN[page]:
            where = f"{page.name}:{block.line}"
            try:
                if block.kind == "sql":
                    db.execute(block.code)
                elif block.kind == "python" and block.mark.startswith("needs "):
                    run([sys.executable, "-c", block.code])
                elif block.kind == "python":
                    exec(compile(block.code, where, "exec"), names)
                else:
                    run(["sh", "-eu", "-c", block.code])
            except Exception as error:
                raise AssertionError(f"{where}: {error}") from error


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_commands_name_verbs_and_options_that_are(page: Path) -> None:
    wrong = []
    for block in blocks(page):
        if block.kind != "sh" or block.mark.startswith("not run: "):
            continue
        for words in commands(block):
            if words[0] != "rolecall" or len(words) == 1 or words[1].startswith("-"):
                continue
            verb: click.Command | None = main
            given = words[1:]
            while isinstance(verb, click.Group) and given and not given[0].startswith("-"):
                verb = verb.commands.get(given.pop(0))
            options = {o for p in verb.params for o in p.opts + p.secondary_opts} | {"--help"} if verb else set()
            asked = {word.partition("=")[0] for word in given if re.match(r"--?[a-z]", word)}
            if verb is None or not asked <= options:
                wrong.append(f"{page.name}:{block.line}: {shlex.join(words)}")
    assert wrong == []
