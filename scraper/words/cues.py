"""One pass over a text finds, for every subject, the sentences that may say something about it.

A vocabulary `<subject>.toml` lists stems and rules per language under `[text.<language>]`; a reader tries the rules of
a language only on sentences that hold one of its stems.
"""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache
from itertools import groupby
from typing import Any, NamedTuple
from unicodedata import normalize

import ahocorasick

from scraper.reading import Span
from scraper.words import load

SUBJECTS = ("seniority", "workplace", "employment", "experience", "spoken", "offers")

MAX_SENTENCES = 200
MAX_REACH = 240  # characters that a sentence goes on to either side of a stem

# It begins with a set of characters, so that the search skips to them fast.
SENTENCE_END = re.compile(r"[\n.!?;•●▪](?<![A-Z]\.[A-Z]\.)(?:(?<=[\n•●▪])|\)?\s+(?=[A-ZÀ-ÞĄ-ŽА-ЯЁ•*-]))")
# List items that lost their line break: `опыт от 2 летЗнание SQL`.
LOST_BREAK = re.compile(r"[А-ЯЁ](?<=[а-яё.)].)(?=[а-яё])")


class Cue(NamedTuple):
    """A sentence `text[start:end]` and the languages whose stems it holds."""

    start: int
    end: int
    languages: tuple[str, ...]


@cache
def _automaton() -> ahocorasick.Automaton:
    wanted: dict[str, list[tuple[str, Any]]] = {}
    for subject in SUBJECTS:
        for language, table in load(subject)["text"].items():
            for stem in table["stems"]:
                wanted.setdefault(stem, []).append((subject, language))
    for names in load("spoken")["languages"].values():
        for name in names:
            wanted.setdefault(name, []).append(("spoken", "names"))
    for phrase in load("dates")["deadline"]["phrases"]:
        wanted.setdefault(phrase, []).append(("deadline", phrase))
    for kind in ("work", "remote", "after", "office"):
        for phrase in load("places")["cues"][kind]:
            wanted.setdefault(phrase, []).append((f"places.{kind}", phrase))
    automaton = ahocorasick.Automaton()
    for stem, readers in sorted(wanted.items()):  # neighbours in memory: a sixth faster
        automaton.add_word(stem, readers)
    automaton.make_automaton()
    return automaton


@lru_cache(maxsize=2)
def hits(folded: str) -> Mapping[str, list[tuple[int, Any]]]:
    """What one pass over a text finds for each subject: offset of the last character, and the language of a stem.

    For `deadline` and `places.<kind of cue>` it is the phrase itself that stands beside the offset.
    """
    found: defaultdict[str, list[tuple[int, Any]]] = defaultdict(list)
    for last, readers in _automaton().iter(folded):
        for subject, word in readers:
            found[subject].append((last, word))
    return found


@lru_cache(maxsize=2)
def _ends(text: str) -> tuple[list[int], list[int]]:
    """Where the marks between the sentences of a text begin and where they end."""
    marks = [match.span() for match in SENTENCE_END.finditer(text)]
    if not text.isascii():
        marks = sorted(marks + [(match.start(), match.start()) for match in LOST_BREAK.finditer(text)])
    return [start for start, _ in marks], [end for _, end in marks]


def cues(text: str, folded: str, subject: str) -> list[Cue]:
    """The sentences of a text that hold a stem of a subject, in reading order; `folded` is the text's fold.

    A text with more than `MAX_SENTENCES` of them is read as far as that.
    """
    stems = hits(folded).get(subject)
    if not stems:
        return []
    starts, ends = _ends(text)
    found: list[Cue] = []
    until = 0
    for last, language in stems:
        if last < until:
            if language not in found[-1].languages:
                found[-1] = found[-1]._replace(languages=(*found[-1].languages, language))
            continue
        if len(found) == MAX_SENTENCES:
            break
        start = max(until, last - MAX_REACH)
        following = bisect_left(starts, last)
        if following and starts[following - 1] >= start:
            start = ends[following - 1]
        until = min(len(text), last + MAX_REACH)
        if following < len(starts):
            until = min(until, starts[following])
        found.append(Cue(start, until, (language,)))
    return found


@cache
def rules(subject: str, language: str, name: str) -> re.Pattern[str] | None:
    """The rules `name` of a language as one expression over folded text; None where the language has none."""
    patterns = load(subject)["text"][language].get(name)
    return re.compile(one_of(patterns)) if patterns else None


def one_of(patterns: Iterable[str]) -> str:
    """Expressions as one, tried in their order; the edge of a word that several in a row begin with is sought once."""
    return "|".join(
        rf"\b(?:{'|'.join(f'(?:{pattern[2:]})' for pattern in run)})"
        if edge
        else "|".join(f"(?:{pattern})" for pattern in run)
        for edge, run in groupby(patterns, key=lambda pattern: pattern.startswith(r"\b"))
    )


def cite(text: str, start: int, end: int, value: str | None = None) -> Span:
    """Evidence from the description, without the mark of an item or the separator that a rule began with."""
    while start < end - 1 and text[start] in " -–—•*|,:/":
        start += 1
    return Span("description", start, end, text[start:end], value)


def phrases(table: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Every phrase of a table of lists with the code that names its list; tables in tables are walked.

    A phrase with accents comes without them too, as capitals often are written: `CHEF D'EQUIPE`.
    """
    for code, entry in table.items():
        if isinstance(entry, dict):
            yield from phrases(entry)
        else:
            yield from ((written, code) for phrase in entry for written in dict.fromkeys((phrase, plain(phrase))))


def plain(phrase: str) -> str:
    """Words without the accents of their Latin letters."""
    return "".join(normalize("NFD", letter)[0] if letter < "\u0250" else letter for letter in phrase)
