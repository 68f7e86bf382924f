"""`rolecall new-board`: the file, the golden folder and the failing test of a new board."""

import json
import re
from keyword import iskeyword
from pathlib import Path

BOARD = '''"""{title}: what it is, in a line."""

from collections.abc import Iterable
from typing import Any

from scraper.crawl.board import Board, Found
from scraper.page import Page, PageRequest, take
from scraper.posting import RawPosting


class {cls}(Board):
    """{title}. How its posts are reached, in a line."""

    name = "{name}"
    title = "{title}"
    docs = "{url}"
    target = "{name}:EMPLOYER"
    doors = ("json api",)
    publishes = ("description", "locations", "published")
    date_order = None
    urls = (r"{host}/(?P<employer>[^/?]+)",)

    @classmethod
    def home(cls, employer: str) -> str:
        return f"https://{host}/{{employer}}"

    def first(self, employer: str | None) -> Iterable[PageRequest]:
        yield PageRequest(f"{origin}/{{employer}}/jobs.json")

    def jobs(self, page: Page) -> Iterable[Found]:
        yield from page.json()["jobs"]

    def posting(self, page: Page, piece: Any) -> RawPosting:
        return self.raw(
            page,
            key=take(piece, "id"),
            url=take(piece, "url"),
            title=take(piece, "title"),
            description=take(piece, "description"),
            locations=take(piece, "location.name"),
            published=take(piece, "published_at"),
        )
'''


def new_board(name: str, url: str, root: Path) -> list[Path]:
    """Write the skeleton of a board into a checkout; the files made come back.

    Raises `ValueError` where the name is no Python name, the URL no web address, or the board is there already.
    """
    if not re.fullmatch(r"[a-z][a-z0-9]*", name) or iskeyword(name):
        raise ValueError(
            f"{name!r} is no name for a board: small letters and digits, a letter first, no word of Python"
        )
    if not (found := re.fullmatch(r"(https?://([\w.-]+(?::\d+)?))(?:[/?#][^\s\"'\\{}<>\x00-\x1f\x7f]*)?", url)):
        raise ValueError(f"{url!r} is no web address")
    spider = root / "spiders" / f"{name}.py"
    if not spider.parent.is_dir():
        raise ValueError(f"{root} is no checkout of Rolecall: it has no folder spiders/")
    if spider.exists():
        raise ValueError(f"{spider} is there already")
    origin, host = found[1], found[2]
    case = root / "tests" / "boards" / name
    page = {"url": f"{origin}/acme/jobs.json", "kind": "list", "employer": "acme"}
    files = {
        spider: BOARD.format(
            name=name, title=name.capitalize(), cls=name.capitalize(), url=url, host=host, origin=origin
        ),
        case / "list" / "page.json": json.dumps(page) + "\n",
        case / "list" / "response.json": '{"jobs": []}\n',
        case / "empty" / "page.json": json.dumps(page | {"url": f"{origin}/empty/jobs.json", "employer": "empty"})
        + "\n",
        case / "empty" / "response.json": '{"jobs": []}\n',
    }
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return list(files)
