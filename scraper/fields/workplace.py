"""Work mode."""

import re
from functools import cache
from itertools import pairwise
from typing import Literal

from scraper.document import Document, fold
from scraper.posting import RawPosting, Workplace
from scraper.reading import Reading, Span
from scraper.words import Match, Matcher, load
from scraper.words.cues import cite, cues, phrases, rules

MARKS = str.maketrans("-_‐‑–—\xa0", "       ")
# `OnsiteWe`, `REMOTEWe`: a line break was lost.
CAMEL = re.compile(r"(?<=[a-z]{2})(?=[A-Z][a-z])|(?<=[A-Z]{4})(?=[A-Z][a-z])")

# Rules of a text in the order in which they take words, with the mode that each means.
RULES = {
    "ignore": None,
    "no_remote": Workplace.ONSITE,
    "days": Workplace.HYBRID,
    "either": Workplace.REMOTE,
    "full": Workplace.REMOTE,
    "hybrid": Workplace.HYBRID,
    "onsite": Workplace.ONSITE,
    "remote": Workplace.REMOTE,
    "maybe": Workplace.HYBRID,
    "first": Workplace.REMOTE,
}
# The rule that settles the mode of a text, strongest first: days in the office outweigh a bare `remote`.
WEIGHT = ("full", "either", "days", "hybrid", "remote", "no_remote", "onsite", "maybe", "first")
WEAK = ("maybe", "first")


def read_workplace(raw: RawPosting, document: Document) -> Reading[Workplace] | None:
    """The mode that the first source names; of several in one source the most flexible. Another mode later: a conflict.

    Sources: the board's slot, its places, its employment slot and tags, the title, labelled lines, statements in the
    text.
    """
    stated, weak = _stated(document)
    sources = [
        [_named("workplace", raw.workplace or "", "slot")],
        [_named(f"locations[{i}]", _display(place), "title") for i, place in enumerate(raw.locations)],
        [_named(f"employment[{i}]", text, "title") for i, text in enumerate(raw.employment)],
        [_named(f"tags[{i}]", text, "title") for i, text in enumerate(raw.tags) if len(text) < 30],
        [_named("title", raw.title, "title")],
        _labelled(document),
        [stated],
    ]
    found = [span for spans in sources if (span := _most_flexible(spans))]
    if not found:
        return Reading(Workplace(str(weak.value)), (weak,)) if weak else None
    value = found[0].value
    return Reading(
        Workplace(str(value)),
        tuple(span for spans in sources for span in spans if span),
        any(span.value != value for span in found[1:]),
    )


def _most_flexible(spans: list[Span | None]) -> Span | None:
    modes = list(Workplace)
    return min((s for s in spans if s), key=lambda s: modes.index(Workplace(str(s.value))), default=None)


def _display(place: object) -> str:
    if isinstance(place, str):
        return place
    parts = (getattr(place, name, None) for name in ("text", "city", "region", "country"))
    return ", ".join(part for part in parts if part)


def _named(slot: str, text: str, table: Literal["slot", "title"]) -> Span | None:
    if not text:
        return None
    text = CAMEL.sub(" ", text)
    matches = [m for m in _words(table).find(fold(text).translate(MARKS)) if m.value != "none"]
    if not matches:
        return None
    best = _choose(fold(text), matches)
    return Span(slot, quote=text[best.start : best.end], value=best.value)


def _choose(folded: str, matches: list[Match[str]]) -> Match[str]:
    """Of several modes the most flexible, but `hybrid remote` with nothing between them is hybrid."""
    modes = [str(mode) for mode in Workplace]
    best = min(matches, key=lambda m: modes.index(m.value))
    if best.value != Workplace.REMOTE:
        return best
    for one, two in pairwise(matches):
        between = folded[one.end : two.start]
        if {one.value, two.value} == {"remote", "hybrid"} and not any(
            word in between for word in load("workplace")["between"]["words"]
        ):
            return one if one.value == "hybrid" else two
    return best


def _labelled(document: Document) -> list[Span | None]:
    vocabulary = load("workplace")["label"]
    spans: list[Span | None] = []
    for label in document.labels:
        value = document.folded[label.start : label.end]
        if label.name not in vocabulary["names"] or len(value) > 120 or _part().search(value):
            continue
        matches = [m for m in _words("title").find(value.translate(MARKS)) if m.value != "none"]
        if matches:
            best = _choose(value, matches)
            spans.append(cite(document.text, label.start + best.start, label.start + best.end, best.value))
        elif label.name in vocabulary["remote"] and value in vocabulary["yes"] + vocabulary["no"]:
            mode = Workplace.REMOTE if value in vocabulary["yes"] else Workplace.ONSITE
            spans.append(cite(document.text, label.start, label.end, mode.value))
    return spans


def _stated(document: Document) -> tuple[Span | None, Span | None]:
    """The strongest statement, and the strongest of those that count only where nothing else names a mode."""
    found: dict[str, Span] = {}
    for cue in cues(document.text, document.folded, "workplace"):
        sentence = document.folded[cue.start : cue.end]
        for name, mode in RULES.items():
            for rule in filter(None, (rules("workplace", language, name) for language in cue.languages)):
                if match := rule.search(sentence):
                    sentence = rule.sub(_blank, sentence)
                    span = cite(document.text, cue.start + match.start(), cue.start + match.end(), mode)
                    found.setdefault(name, span)
    strong = [found[name] for name in WEIGHT if name in found and name not in WEAK]
    weak = [found[name] for name in WEAK if name in found]
    return (strong[0] if strong else None), (weak[0] if weak else None)


def _blank(match: re.Match[str]) -> str:
    return "_" * len(match[0])


@cache
def _part() -> re.Pattern[str]:
    return re.compile(load("workplace")["label"]["part"])


@cache
def _words(table: Literal["slot", "title"]) -> Matcher[str]:
    vocabulary = load("workplace")
    tables = [*phrases({"none": vocabulary["slot"]["none"]}), *phrases(vocabulary[table])]
    return Matcher((phrase.translate(MARKS), code) for phrase, code in tables)
