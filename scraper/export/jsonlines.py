"""JSON Lines: one posting a line, the file whole or not there."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import IO, Any

import orjson

from scraper.contacts import mask
from scraper.export.output import OutputError, file_to
from scraper.export.records import Export, lines
from scraper.posting import Posting
from scraper.store import Store
from scraper.whole import whole


@contextmanager
def lines_to(path: str) -> Iterator[Callable[[str], None]]:
    """A function that writes a line; `-` is stdout. A file, or an object such as `s3://…`, appears whole at the end.
    Raises `OSError`.
    """
    if "://" in path:
        try:
            with file_to(path) as part, part.open("w", encoding="utf-8", newline="\n") as out:
                yield lambda line: print(line, file=out)
        except OutputError as error:
            raise OSError(str(error).removeprefix("cannot write ").removeprefix(f"{path}: ")) from None
        return
    if path == "-" or (Path(path).exists() and not Path(path).is_file()):  # a pipe or device is written, not replaced
        with nullcontext(sys.stdout) if path == "-" else Path(path).open("w", encoding="utf-8") as stream:
            yield lambda line: print(line, file=stream)
            stream.flush()
        return
    with whole(Path(path)) as part, part.open("w", encoding="utf-8", newline="\n") as out:
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
