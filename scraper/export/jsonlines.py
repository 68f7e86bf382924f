"""JSON Lines: one posting a line, the file whole or not there."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, Any, TextIO

import orjson

from scraper.contacts import mask
from scraper.export.records import Export, lines
from scraper.posting import Posting
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


def exported(store: Store, *, keep_contacts: bool = False, **which: Any) -> Iterator[str]:
    """Postings of the store as lines, contacts masked. `which` goes to `Store.postings`."""
    return (line.decode().rstrip() for line in lines(Export(store, which, keep_contacts=keep_contacts)))


def line_of(posting: Posting, keep_contacts: bool = False) -> str:
    """One posting as a line, contacts masked."""
    if keep_contacts:
        return posting.model_dump_json(by_alias=True)
    record = posting.model_dump(mode="json", by_alias=True)
    mask(record)
    return orjson.dumps(record).decode()


def write_json_lines(export: Export, out: IO[bytes]) -> None:
    """A posting a line."""
    for line in lines(export):
        out.write(line)
