"""All boards at once against a loopback server that serves their goldens, with a dead, a slow and a garbage target."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from scraper.crawl.run import boards
from scraper.page import PageError, PageRequest
from tests.boards.goldens import Case, cases
from tests.command import rolecall
from tests.server import Answer, Asked, Reply, serve

TYPES = {".json": "application/json", ".xml": "application/xml", ".html": "text/html", ".txt": "text/plain"}


def path_of(url: str) -> str:
    return "/" + re.sub(r"\{(\w+)\}", r"key-of-\1", url.split("://", 1)[1].partition("#")[0])


def reply_of(case: Case) -> Reply:
    kind = TYPES.get(case.response.suffix, "text/html")
    return Reply(case.response.read_bytes(), case.facts.get("status", 200), type=f"{kind}; charset=utf-8")


def answers_of(board: str) -> dict[str, Answer]:
    """Every golden of a board by the path that the mirror is asked for; `list` and `detail-N` come first."""
    found: dict[str, Answer] = {}
    ranked = sorted(
        cases(board), key=lambda case: (not case.folder.name.startswith(("list", "detail")), case.folder.name != "list")
    )
    by_path: dict[str, list[Case]] = {}
    for case in ranked:
        by_path.setdefault(path_of(case.facts["url"]), []).append(case)
    for path, same in by_path.items():
        found[path] = reply_of(same[0])
    return found


def first_case(board: str) -> Case:
    return Case(Path(__file__).parents[1] / "boards" / board / "list")


def offline(board: str) -> set[str]:
    """The keys that a walk over the goldens finds, page by page as the crawl does, without a crawl."""
    by_url = {}
    for case in sorted(
        cases(board), key=lambda case: (case.folder.name.startswith(("list", "detail")), case.folder.name == "list")
    ):
        by_url[case.facts["url"].partition("#")[0]] = case
    employer = first_case(board).facts.get("employer")
    maker = first_case(board).make_board()
    todo, keys, done = list(maker.first(employer)), set(), set()
    while todo:
        asked = todo.pop()
        mark = (asked.url, json.dumps(asked.json, sort_keys=True))
        case = by_url.get(asked.url.partition("#")[0])
        if mark in done or case is None:
            if case is None and asked.otherwise:
                todo.append(asked.otherwise)
            continue
        done.add(mark)
        page = case.page()
        object.__setattr__(page, "kind", asked.kind)
        object.__setattr__(page, "carried", asked.carried)
        try:
            found = list(maker.read(page))
        except PageError:
            found = [asked.otherwise] if asked.otherwise else []
        for item in found:
            if isinstance(item, PageRequest):
                todo.append(item)
            elif hasattr(item, "title"):
                keys.add(item.key)
    return keys


def targets() -> Iterator[str]:
    for name, board in boards().items():
        employer = first_case(name).facts.get("employer")
        yield f"{name}:{employer}" if ":" in board.target else name


@pytest.mark.parametrize("board", boards().values(), ids=lambda board: board.name)
def test_the_list_golden_is_what_the_first_request_brings(board: type) -> None:
    case = first_case(board.name)
    asked = [request.url for request in case.make_board().first(case.facts.get("employer"))]
    assert case.facts["url"] in asked


def test_one_run_over_all_boards(tmp_path: Path) -> None:
    answers: dict[str, Answer] = {}
    for name in boards():
        answers |= answers_of(name)
    maker = boards()["greenhouse"]()
    dead, slow, garbage = (next(iter(maker.first(name))).url for name in ("dead", "slow", "garbage"))
    answers[path_of(dead)] = Reply("gone", 404)
    answers[path_of(slow)] = Reply('{"jobs": []}', wait=3, type="application/json")
    answers[path_of(garbage)] = Reply('{"jobs": [{"id": 1, "title": "cut o', type="application/json")
    named = list(targets())
    keys = {name: f"key-of-{name}" for board in boards().values() for name in (*board.keys, *board.keys_optional)}
    with serve(answers) as site:
        ran = rolecall(
            tmp_path,
            *("crawl", *named, "greenhouse:dead", "greenhouse:slow", "greenhouse:garbage"),
            *("-s", f"ROLECALL_MIRROR={site.url}", "-s", "DOWNLOAD_DELAY=0", "-s", "RETRY_TIMES=0"),
            **keys,
        ).clean()
        asked: list[Asked] = site.asked
    assert ran.code == 1
    assert "greenhouse:dead: moved" in ran.err
    assert "greenhouse:garbage: broken" in ran.err
    assert "greenhouse:slow: empty" in ran.err
    found: dict[str, set[str]] = {}
    for row in ran.rows():
        found.setdefault(row["board"], set()).add(row["key"])
    for name in boards():
        assert offline(name) <= found.get(name, set()), ran.err
    archived = b"".join(path.read_bytes() for path in (tmp_path / "archive").rglob("*.warc.gz"))
    assert archived
    for key in keys.values():
        assert key not in ran.err + ran.out
    assert len(asked) > len(named)
