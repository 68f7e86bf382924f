"""JSON Lines: one posting a line, the file whole or not there."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, TextIO

import orjson

from scraper.store import Store


@contextmanager
def atomic(path: Path) -> Iterator[TextIO]:
    """A text file that appears whole under its name, or not at all. Raises `OSError`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(
        "w", encoding="utf-8", newline="\n", dir=path.parent, prefix=f".{path.name}.", delete=False
    ) as out:
        try:
            yield out  # type: ignore[misc]
        except BaseException:
            Path(out.name).unlink()
            raise
    Path(out.name).chmod(0o644)
    Path(out.name).replace(path)


@contextmanager
def lines_to(path: str) -> Iterator[Callable[[str], None]]:
    """A function that writes a line; `-` is stdout. A file appears whole at the end."""
    if path == "-" or (Path(path).exists() and not Path(path).is_file()):  # a pipe or device is written, not replaced
        with nullcontext(sys.stdout) if path == "-" else Path(path).open("w", encoding="utf-8") as stream:
            yield lambda line: print(line, file=stream)
            stream.flush()
        return
    with atomic(Path(path)) as out:
        yield lambda line: print(line, file=out)


def exported(store: Store, **which: Any) -> Iterator[str]:
    """Postings of the store as lines, with what the store knows of their lives. `which` goes to `Store.postings`."""
    for row in store.postings(**which):
        record = orjson.loads(row["record"])
        record |= {name: row[name] for name in ("first_seen_at", "last_seen_at", "closed_at", "cluster")}
        yield orjson.dumps(record).decode()
