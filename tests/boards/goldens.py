"""Cases of boards: a page with the true structure of the platform, invented words, and what the board makes of it.

`tests/boards/<board>/<case>/page.json` holds url, kind, employer, carried and options of the board; `response.*` the
reply; `expected.json` what `Board.read` yields. The case `list` is what the board's first request brings.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from scraper.crawl.board import Board, Rejected
from scraper.crawl.run import boards
from scraper.page import Closed, Page, PageError, PageRequest, Total

FOLDER = Path(__file__).parent
SEEN = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)


@dataclass(frozen=True)
class Case:
    """One recorded page of a board."""

    folder: Path

    @property
    def board(self) -> str:
        return self.folder.parent.name

    @property
    def name(self) -> str:
        return f"{self.board}/{self.folder.name}"

    @property
    def facts(self) -> dict[str, Any]:
        return json.loads((self.folder / "page.json").read_text(encoding="utf-8"))

    @property
    def response(self) -> Path:
        (found,) = self.folder.glob("response.*")
        return found

    def page(self) -> Page:
        facts = self.facts
        return Page(
            url=facts["url"],
            text=self.response.read_text(encoding="utf-8"),
            fetched_at=SEEN,
            status=facts.get("status", 200),
            employer=facts.get("employer"),
            kind=facts.get("kind", "list"),
            carried=facts.get("carried", {}),
        )

    def make_board(self) -> Board:
        return boards()[self.board](**self.facts.get("options", {}))

    def read(self) -> dict[str, Any]:
        """What the board makes of the page, as plain data: only what is there is named."""
        found: dict[str, Any] = {"postings": [], "follow": [], "total": [], "closed": [], "rejected": [], "error": None}
        try:
            for item in self.make_board().read(self.page()):
                if isinstance(item, PageRequest):
                    given = {name: getattr(item, name) for name in item.__slots__}
                    found["follow"].append({k: v for k, v in given.items() if v not in (None, {}, "GET")})
                elif isinstance(item, Total):
                    found["total"].append(item.count)
                elif isinstance(item, Closed):
                    found["closed"].append(item.key)
                elif isinstance(item, Rejected):
                    found["rejected"].append(item.reason)
                else:
                    dump = item.model_dump(mode="json", exclude_defaults=True)
                    found["postings"].append(dump | {"unread": sorted(item.unread)})
        except PageError as error:
            found["error"] = f"{error.outcome}: {error}"
        return json.loads(json.dumps({k: v for k, v in found.items() if v}, default=str))

    def expected(self) -> dict[str, Any] | None:
        path = self.folder / "expected.json"
        return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None

    def write(self, found: dict[str, Any]) -> None:
        text = json.dumps(found, ensure_ascii=False, indent=1) + "\n"
        (self.folder / "expected.json").write_text(text, encoding="utf-8")


def cases(board: str = "*") -> Iterator[Case]:
    """Every case, in the order of names."""
    for path in sorted(FOLDER.glob(f"{board}/*/page.json")):
        yield Case(path.parent)
