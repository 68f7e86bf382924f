"""Vocabularies as data (`*.toml`) and the two ways of using them: load one, find its phrases in a text."""

import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files
from typing import Any, Generic, NamedTuple, TypeVar

import ahocorasick

T = TypeVar("T")


@cache
def load(name: str) -> dict[str, Any]:
    """The vocabulary `words/<name>.toml`. Read once; callers do not change it."""
    return tomllib.loads((files(__name__) / f"{name}.toml").read_text(encoding="utf-8"))


class Match(NamedTuple, Generic[T]):
    """A phrase found at `text[start:end]`."""

    start: int
    end: int
    value: T


class Matcher(Generic[T]):
    """Finds thousands of phrases in one pass (an Aho-Corasick automaton).

    Phrases are given folded and matched against folded text. A match stands between characters that are no letters
    or digits; of overlapping matches the longest stays, the earlier one of equals.
    """

    def __init__(self, phrases: Iterable[tuple[str, T]]) -> None:
        self._automaton = ahocorasick.Automaton()
        # Sorted, neighbours in the automaton are neighbours in memory: a sixth faster.
        for phrase, value in sorted(phrases, key=lambda entry: entry[0]):
            self._automaton.add_word(phrase, (len(phrase), value))
        self._automaton.make_automaton()

    def overlapping(self, folded: str, start: int = 0, end: int | None = None) -> Iterator[Match[T]]:
        """Every match that stands between boundaries, in the order of its end."""
        if not len(self._automaton):
            return
        stop = len(folded) if end is None else min(end, len(folded))
        for last, (length, value) in self._automaton.iter(folded, start, stop):
            if stands_apart(folded, last - length + 1, last + 1, start, stop):
                yield Match(last - length + 1, last + 1, value)

    def find(self, folded: str, start: int = 0, end: int | None = None) -> list[Match[T]]:
        """The matches in reading order, without overlaps."""
        return without_overlaps(self.overlapping(folded, start, end))


def stands_apart(folded: str, first: int, end: int, start: int, stop: int) -> bool:
    """Whether no letter or digit of `folded[start:stop]` goes on from one of `folded[first:end]` at its edges."""
    return not (
        (first > start and folded[first - 1].isalnum() and folded[first].isalnum())
        or (end < stop and folded[end].isalnum() and folded[end - 1].isalnum())
    )


def without_overlaps(matches: Iterable[Match[T]]) -> list[Match[T]]:
    """Matches in reading order; of overlapping ones the longest stays, the earlier one of equals."""
    kept: list[Match[T]] = []
    taken = -1
    for match in sorted(matches, key=lambda m: (m.start, -m.end)):
        if match.start >= taken:
            kept.append(match)
            taken = match.end
        elif kept and match.end - match.start > kept[-1].end - kept[-1].start:
            kept[-1] = match
            taken = match.end
    return kept
