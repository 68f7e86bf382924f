"""What every board must have; the list of boards is nobody's to keep by hand."""

import inspect
from pathlib import Path

import pytest

from scraper.crawl.board import Board
from scraper.crawl.run import boards
from scraper.posting import RawPosting
from tests.boards.goldens import cases

BOARDS = pytest.mark.parametrize("board", boards().values(), ids=lambda board: board.name)
FOLDER = Path(__file__).parents[2] / "spiders"
GIVEN_TO_ALL = {"board", "employer", "key", "url", "title", "seen_at", "unread", "date_order", "time_zone", "pay_unit"}


def test_every_file_is_a_board() -> None:
    files = {path.stem for path in FOLDER.glob("*.py")} - {"__init__"}
    assert files == set(boards())


@BOARDS
def test_facts(board: type[Board]) -> None:
    assert board.__module__ == f"spiders.{board.name}"
    assert board.title and board.docs.startswith("https://") and board.doors
    assert board.target.partition(":")[0] == board.name
    assert inspect.getdoc(board)
    assert "date_order" in vars(board), "say the board's date order, None where it has none"
    assert set(board.publishes) <= set(RawPosting.model_fields) - GIVEN_TO_ALL
    assert Board in board.__bases__, "one level of inheritance"


@BOARDS
def test_goldens_are_there(board: type[Board]) -> None:
    found = {case.folder.name: case.expected() or {} for case in cases(board.name)}
    most = max(len(x.get("postings", ())) + sum("key" in f for f in x.get("follow", ())) for x in found.values())
    assert most >= 2, "no case with two postings or more; `--regold` writes what is expected"
    assert any(x.get("rejected") or x.get("error") for x in found.values()), "no case with a broken posting"
    assert any(name.startswith("empty") for name in found), "no case of an empty board"


@BOARDS
def test_published_slots_are_the_ones_goldens_fill(board: type[Board]) -> None:
    filled = {
        slot
        for case in cases(board.name)
        for posting in (case.expected() or {}).get("postings", ())
        for slot, value in posting.items()
        if value not in (None, "", [], {})
    }
    said = set(board.publishes) - {"apply_url"}
    assert filled - GIVEN_TO_ALL - {"description_type", "apply_url"} == said, "`publishes` is not what the goldens fill"
