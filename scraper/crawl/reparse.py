"""Archived pages are read again, by today's boards and readers, with no request."""

import logging
import os
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scrapy.http import Headers, TextResponse
from scrapy.responsetypes import responsetypes

from scraper.archive import MEMBER, Archived, archive_files, being_written, damage, read_archive
from scraper.crawl.board import Board, Rejected
from scraper.crawl.offline import postings_of
from scraper.crawl.run import TargetError, board_named
from scraper.page import Page
from scraper.posting import Posting
from scraper.store.store import VOLATILE

logger = logging.getLogger(__name__)

RECORD_START, RECORD_END = b"WARC/", b"\r\n\r\n"
"""How a WARC record begins and ends."""


def reparse(paths: Sequence[Path], only: str | None = None, since: str | None = None) -> Iterator[Posting | Rejected]:
    """The postings of archived replies, file by file, in the order they were fetched.

    `only` is the name of a board, `since` an ISO date or time of fetching. A page that cannot be read, a file that is
    cut off, and a board that is no more are yielded as `Rejected`. Raises `FileNotFoundError`.
    """
    for path in archive_files(paths):
        yield from reread(path, only, since)


def reread(
    path: Path, only: str | None = None, since: str | None = None, step: Callable[[], None] = lambda: None
) -> Iterator[Posting | Rejected]:
    """The postings of one WARC file, as `reparse` gives them; `step` is called at each reply. Raises `OSError` where
    there is no such file.
    """
    boards: dict[str, Board] = {}
    broken: str | None = None
    replies = 0
    for reply in readable(path) if begins_well(path) else ():
        if isinstance(reply, str):
            broken = reply
            continue
        replies += 1
        step()
        try:
            name = reply.context.get("board")
            if not name or reply.status != 200 or (only and name != only):
                continue
            if since and reply.fetched_at.isoformat() < since:
                continue
            maker = f"{name} {reply.context.get('options')}"
            board = boards.get(maker) or boards.setdefault(
                maker, board_named(name)(**reply.context.get("options") or {})
            )
            page = page_of(reply)
        except (TargetError, ValueError) as error:
            yield Rejected(f"{reply.url}: {error}", None)
        except Exception as error:  # noqa: BLE001  a damaged reply never loses the others
            yield Rejected(f"{reply.url}: {type(error).__name__}: {error}", None)
        else:
            if page is None:
                yield Rejected(f"{reply.url}: no text", None)
            else:
                yield from (item for item in postings_of(board, page) if isinstance(item, Posting | Rejected))
    if said := what_is_wrong(path, replies) or broken:
        yield Rejected(f"{path}: {said}", None)


def readable(path: Path) -> Iterator[Archived | str]:
    """The replies of a file up to where it is damaged, and then what stopped the reading."""
    try:
        yield from read_archive(path)
    except Exception as error:  # noqa: BLE001  a damaged file never loses the others
        yield str(error)


def begins_well(path: Path) -> bool:
    """Whether a file begins as a WARC file does, compressed or not."""
    with path.open("rb") as stream:
        begins = stream.read(len(RECORD_START))
    return begins == RECORD_START or begins.startswith(MEMBER)


def what_is_wrong(path: Path, replies: int) -> str | None:
    """What is wrong with a WARC file in which so many replies were found; None where all is well."""
    if being_written(path):
        return None
    if not path.stat().st_size:
        return "empty"
    if not begins_well(path):
        return "no WARC file"
    if said := damage(path) or cut_off(path):
        return f"{said}; `rolecall verify --mend` cuts what a crash left" if "cut off at" in said else said
    return None if replies else "no reply in it that a crawl of Rolecall archived"


def cut_off(path: Path) -> str | None:
    """Whether the last record of a file without compression is not whole, in words."""
    with path.open("rb") as stream:
        if stream.read(len(RECORD_START)) != RECORD_START:
            return None
        stream.seek(-len(RECORD_END), os.SEEK_END)
        return None if stream.read() == RECORD_END else "the last record is cut off"


def page_of(reply: Archived) -> Page | None:
    """The page that the crawl made of the reply; None where the reply is no text."""
    headers = Headers(list(reply.headers))
    kind = responsetypes.from_args(headers=headers, url=reply.url, body=reply.body)
    response = kind(url=reply.url, status=reply.status, headers=headers, body=reply.body)
    if not isinstance(response, TextResponse):
        return None
    return Page(
        url=reply.url,
        text=response.text,
        fetched_at=reply.fetched_at,
        status=reply.status,
        employer=reply.context.get("employer"),
        kind=reply.context.get("kind", "list"),
        carried=reply.context.get("carried", {}),
    )


@dataclass
class FieldDiff:
    """How one field came out differently: counts, and a few examples of id, before and after."""

    changed: int = 0
    filled: int = 0
    emptied: int = 0
    examples: list[tuple[str, Any, Any]] = field(default_factory=list)


def diff(
    before: Mapping[tuple[str, str], Mapping[str, Any]], after: Iterable[Posting]
) -> tuple[dict[str, FieldDiff], Counter[str]]:
    """Field by field, what a new reading changes. `before` maps (id, fetched_at) to records.

    The counter says how many records were `same`, `different`, or have no earlier reading (`unmatched`).
    """
    found: dict[str, FieldDiff] = defaultdict(FieldDiff)
    records: Counter[str] = Counter()
    for posting in after:
        old = before.get((posting.id, posting.fetched_at))
        if old is None:
            records["unmatched"] += 1
            continue
        new = posting.model_dump(mode="json", by_alias=True)
        names = [name for name in new if name not in VOLATILE and old.get(name) != new[name]]
        records["different" if names else "same"] += 1
        for name in names:
            what = found[name]
            was, now = old.get(name), new[name]
            if was in (None, [], ""):
                what.filled += 1
            elif now in (None, [], ""):
                what.emptied += 1
            else:
                what.changed += 1
            if len(what.examples) < 3:
                what.examples.append((posting.id, was, now))
    return dict(sorted(found.items())), records
