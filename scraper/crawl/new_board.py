"""`rolecall new-board`: the file, the golden folder and the failing test of a new board."""

import json
import re
from keyword import iskeyword
from pathlib import Path

BOARD = '''"""{title}: what it is, in a line."""

from collections.abc import Iterable
from typing import Any

from scraper.crawl.board import Board, Found
from scraper.page import Page, PageRequest, taken
from scraper.posting import RawPlace, RawPosting


class {cls}(Board):
    """How its posts are reached, in a line."""

    name = "{name}"
    title = "{title}"
    docs = "{url}"
    target = "{name}:EMPLOYER"
    doors = ("json api",)
    publishes = ("description", "locations", "published")
    date_order = None
    urls = (r"{pattern}",)

    @classmethod
    def home(cls, employer: str) -> str:
        return f"{home}"

    def first(self, employer: str | None) -> Iterable[PageRequest]:
        yield PageRequest(f"{listed}")

    def jobs(self, page: Page) -> Iterable[Found]:
        yield from page.rows("jobs", "title")

    def posting(self, page: Page, row: dict[str, Any]) -> RawPosting:
        return self.raw(
            page,
            **taken(row, key="id", url="url", title="title", description="description", published="published_at"),
            locations=RawPlace(**taken(row, text="location.name", country="location.country")),
        )
'''


def new_board(name: str, url: str, root: Path) -> list[Path]:
    """Write the skeleton of a board into a checkout; the files made come back.

    In `url` the word EMPLOYER stands for an employer: `https://EMPLOYER.hirely.example/jobs.json`.
    Raises `ValueError` where the name is no Python name, the URL no web address, or the board is there already.
    """
    if not re.fullmatch(r"[a-z][a-z0-9]*", name) or iskeyword(name):
        raise ValueError(
            f"{name!r} is no name for a board: small letters and digits, a letter first, no word of Python"
        )
    if not (found := re.fullmatch(r"(https?://[\w.-]+(?::\d+)?)(?:[/?#][^\s\"'\\{}<>\x00-\x1f\x7f]*)?", url)):
        raise ValueError(f"{url!r} is no web address")
    spider = root / "spiders" / f"{name}.py"
    if not spider.parent.is_dir():
        raise ValueError(f"{root} is no checkout of Rolecall: it has no folder spiders/")
    if spider.exists():
        raise ValueError(f"{spider} is there already")
    listed = url if "EMPLOYER" in url else f"{found[1]}/EMPLOYER/jobs.json"
    before, _, after = listed.partition("EMPLOYER")
    after = re.split("[/?#]", after)[0]
    text = BOARD.format(
        name=name,
        title=name.capitalize(),
        cls=name.capitalize(),
        url=url,
        pattern=re.escape(before.partition("://")[2]) + r"(?P<employer>[\w-]+)" + re.escape(after),
        home=f"{before}{{employer}}{after}",
        listed=listed.replace("EMPLOYER", "{employer}"),
    )
    files = {spider: text}
    for case, rows in {"list": [], "broken": [{"id": 1, "title": None}], "empty": []}.items():
        employer = "empty" if case == "empty" else "acme"
        page = {"url": listed.replace("EMPLOYER", employer), "kind": "list", "employer": employer}
        folder = root / "tests" / "boards" / name / case
        files[folder / "page.json"] = json.dumps(page) + "\n"
        files[folder / "response.json"] = json.dumps({"jobs": rows}) + "\n"
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return list(files)
