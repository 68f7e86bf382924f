"""The boards as a list that people and programs read, made from the classes."""

from collections.abc import Iterable
from typing import Any

from scraper.crawl.board import Board
from scraper.crawl.run import boards


def board_facts(board: type[Board]) -> dict[str, Any]:
    """One board as plain data."""
    return {
        "name": board.name,
        "title": board.title,
        "target": board.target,
        "doors": list(board.doors),
        "slots": list(board.publishes),
        "options": dict(board.options),
        "keys": dict(board.keys),
        "keys_optional": dict(board.keys_optional),
        "docs": board.docs,
    }


def catalogue() -> list[dict[str, Any]]:
    """Every board, in the order of names."""
    return [board_facts(board) for board in boards().values()]


def matrix(facts: Iterable[dict[str, Any]]) -> str:
    """A Markdown table: boards down, the slots that analysts ask for across."""
    columns = {
        "text": "description",
        "places": "locations",
        "mode": "workplace",
        "kind": "employment",
        "level": "seniority",
        "pay": "salary",
        "posted": "published",
        "ends": "expires",
        "team": "departments",
        "skills": "skills",
    }
    lines = [
        f"| board | target | {' | '.join(columns)} |",
        f"| --- | --- |{' :-: |' * len(columns)}",
    ]
    for board in facts:
        same = {"pay_ranges": "salary", "remote_from": "locations"}
        slots = {same.get(slot, slot) for slot in board["slots"]}
        marks = " | ".join("●" if slot in slots else "" for slot in columns.values())
        lines.append(f"| [{board['title']}]({board['docs']}) | `{board['target']}` | {marks} |")
    return "\n".join(lines)
