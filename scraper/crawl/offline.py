"""A board reads a page that is already here: a file, a pasted text, an archived reply."""

from collections.abc import Iterator
from datetime import datetime
from itertools import chain

from pydantic import ValidationError
from w3lib.encoding import html_to_unicode

from scraper.crawl.board import Board, Rejected
from scraper.page import Closed, Page, PageError
from scraper.parse import parse_posting
from scraper.posting import Posting, RawPosting, breach


def decode(body: bytes, name: str) -> str:
    """Bytes as text: by byte order mark, by what HTML declares, or UTF-8. Raises `PageError` on what is no text."""
    if not body.strip():
        raise PageError("broken", f"{name}: empty; nothing to read")
    if b"\0" in body[:4096] and body[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        raise PageError("broken", f"{name}: binary; give the HTML, JSON or text of a post")
    return html_to_unicode(None, body, default_encoding="utf-8")[1].removeprefix("\ufeff")


def read_offline(board: Board, text: str, url: str, seen_at: datetime) -> Iterator[Posting | Rejected | Closed]:
    """Every posting that a board finds in a page. Raises `PageError` where the page is none of the board's."""
    is_data = text.lstrip()[:1] in ("[", "{") or text.lstrip()[:5] == "<?xml"
    found = postings_of(board, Page(url=url, text=text, fetched_at=seen_at, kind="list" if is_data else "detail"))
    first = next(found, None)
    if isinstance(first, Rejected) and first.piece is None:
        raise PageError("broken", first.reason)
    yield from chain([first] if first else [], found)


def postings_of(board: Board, page: Page) -> Iterator[Posting | Rejected | Closed]:
    """What a board makes of a page. A page that it cannot read is one `Rejected` without a piece."""
    try:
        found = list(board.read(page))
    except PageError as error:
        yield Rejected(str(error), None)
        return
    except Exception as error:  # noqa: BLE001  one bad page never loses the others
        yield Rejected(f"{page.url}: no page of {board.name}: {type(error).__name__}: {error}", None)
        return
    for item in found:
        if isinstance(item, RawPosting):
            try:
                yield parse_posting(item)
            except ValidationError as error:
                yield Rejected(breach(error), item.model_dump(mode="json"))
            except Exception as error:  # noqa: BLE001  one bad posting never loses its page
                yield Rejected(f"{type(error).__name__}: {error}", item.model_dump(mode="json"))
        elif isinstance(item, Rejected | Closed):
            yield item
