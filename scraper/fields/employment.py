"""Kinds of employment on offer."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Literal

from scraper.document import Document, fold
from scraper.posting import Employment, RawPosting, SectionKind
from scraper.reading import Reading, Span
from scraper.words import Matcher, load
from scraper.words.cues import cite, cues, phrases, rules

CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z]{4})(?=[A-Z][a-z])")
MARKS = str.maketrans("-_‐‑–\xa0", "      ")

# A workload of Swiss and Austrian titles and labelled lines: `80-100%`.
WORKLOAD = re.compile(
    r"(?<![\d.,])(\d{2,3}) ?%?(?: ?(?:-|–|bis|à|to) ?(\d{2,3}))? ?%(?=\s*(?:$|[]),|/(–-]|\b(?:in|m|w|f|h|d)\b))"
)

ELSEWHERE = (SectionKind.LEGAL, SectionKind.PROCESS)


def read_employment(raw: RawPosting, document: Document) -> Reading[list[Employment]] | None:
    """Kinds in reading order, those of every source together: no source tells all of hours, term and contract.

    Sources: the board's slot, its tags, the title, labelled lines, statements in the text. The text adds hours or term
    only where no slot names them. Two terms from two sources (`permanent` in the slot, `temporary` in the text) are a
    conflict, and the earlier source stays.
    """
    sources = [
        [s for i, text in enumerate(raw.employment) for s in _named(f"employment[{i}]", text)],
        [s for i, text in enumerate(raw.tags) if len(text) < 40 for s in _named(f"tags[{i}]", text, whole=True)],
        _titled(raw.title),
        _labelled(document),
        _stated(document),
    ]
    kept: list[Span] = []
    losing: list[Span] = []
    for spans in sources:
        settled = {group for span in kept for group in _groups(span.value)}
        for span in spans:
            free = not settled.intersection(_groups(span.value)) or any(k.value == span.value for k in kept)
            (kept if free else losing).append(span)
    if not kept:
        return None
    values = [Employment(value) for value in dict.fromkeys(str(span.value) for span in kept)]
    return Reading(values, (*kept, *losing), bool(losing))


def _groups(value: str | None) -> tuple[str, ...]:
    """What a kind is about; two kinds about the same thing from two sources contradict each other."""
    if value in ("full_time", "part_time"):
        return ("hours",)
    return ("term",) if value in ("permanent", "temporary", "contract") else (str(value),)


def _named(slot: str, text: str, whole: bool = False) -> list[Span]:
    words = CAMEL.sub(" ", text)
    folded = fold(words).translate(MARKS)
    matches = [m for m in _words("slot").find(folded) if m.value]
    if whole and (not matches or sum(m.end - m.start for m in matches) < len(folded.strip()) - 2):
        return []
    return [Span(slot, quote=words[m.start : m.end], value=code) for m in matches for code in m.value]


def _titled(title: str) -> list[Span]:
    title = CAMEL.sub(" ", title)
    folded = fold(title).translate(MARKS)
    found = [(m.start, m.end, code) for m in _words("title").find(folded) for code in m.value]
    return [Span("title", quote=title[start:end], value=code) for start, end, code in [*found, *_workload(title)]]


def _workload(text: str) -> Iterator[tuple[int, int, str]]:
    """Where a workload stands and the hours it means: `80-100%` is full and part time."""
    for match in WORKLOAD.finditer(text):
        most, least = int(match[2] or match[1]), int(match[1])
        if 10 <= least <= most == 100:
            yield *match.span(), "full_time"
        if 10 <= least < 100 >= most and least % 5 == 0:
            yield *match.span(), "part_time"


def _labelled(document: Document) -> list[Span]:
    names = load("employment")["label"]["names"]
    spans = []
    for label in document.labels:
        if label.name in names and label.end - label.start < 80:
            value = document.folded[label.start : label.end]
            found = [(m.start, m.end, code) for m in _words("slot").find(value.translate(MARKS)) for code in m.value]
            spans += [
                cite(document.text, label.start + start, label.start + end, code)
                for start, end, code in [*found, *_workload(value)]
            ]
    return spans


def _stated(document: Document) -> list[Span]:
    found: dict[str, Span] = {}
    for cue in cues(document.text, document.folded, "employment"):
        if document.kind_at(cue.start) in ELSEWHERE:
            continue
        for language in cue.languages:
            sentence = document.folded[cue.start : cue.end]
            ignored = rules("employment", language, "ignore")
            if ignored:
                sentence = ignored.sub(lambda match: "_" * len(match[0]), sentence)
            for code in Employment:
                rule = rules("employment", language, code)
                match = rule.search(sentence) if rule and code not in found else None
                if match:
                    found[code] = cite(document.text, cue.start + match.start(), cue.start + match.end(), code.value)
    return list(found.values())


@cache
def _words(table: Literal["slot", "title"]) -> Matcher[tuple[str, ...]]:
    codes: dict[str, list[str]] = {}
    for phrase, code in phrases(load("employment")[table]):
        entry = codes.setdefault(phrase.translate(MARKS), [])
        if code != "none" and code not in entry:
            entry.append(code)
    return Matcher((phrase, tuple(entry)) for phrase, entry in codes.items())
