"""Levels that the title or an explicit statement names."""

import re
from collections.abc import Iterable
from functools import cache

from scraper.document import Document, fold
from scraper.posting import RawPosting, Seniority
from scraper.reading import Reading, Span
from scraper.words import Match, Matcher, load
from scraper.words.cues import cite, cues, phrases

CODES = frozenset(Seniority)

# `Manager:in`, `Sr.`, `entry-level`, `chef d’équipe`: marks that stand between words.
MARKS = str.maketrans("-_‐‑–’", "     '")


# A header line that has lost the break behind it: `Acme | Cooper | Full-timeWe make barrels`.
PROSE = re.compile(r"(?<=[a-z)])(?=(?:[A-Z][a-z]*)(?:['’][a-z]+ | [a-z]+ ))")


def read_seniority(raw: RawPosting, document: Document) -> Reading[list[Seniority]] | None:
    """Levels in reading order, from the first source that names one; a slot that shares none with it is a conflict.

    Sources: the title, the board's level slot, its tags, a level in its employment slot, labelled lines of the text,
    statements in the text.
    """
    title = _levels("title", raw.title[: _stop(raw.title)])
    slots = [s for i, text in enumerate(raw.seniority) for s in _levels(f"seniority[{i}]", text, slot=True)]
    tags = [s for i, text in enumerate(raw.tags) for s in _whole(f"tags[{i}]", text)]
    # `Regular` is a level in Polish slots and an ordinary employee in the rest.
    kinds = [
        s
        for i, text in enumerate(raw.employment)
        for s in _levels(f"employment[{i}]", text, slot=True)
        if s.value in ("intern", "junior", "mid", "senior", "lead") and s.quote != "Regular"
    ]
    spans = title or slots or tags or kinds or _labelled(document) or _stated(document)
    if not spans:
        return None
    values = [Seniority(value) for value in dict.fromkeys(str(span.value) for span in spans)]
    against = [span for span in (slots or tags) if span.value not in values] if spans is title else []
    conflict = bool(against) and not any(span.value in values for span in slots or tags)
    return Reading(values, tuple(spans) + (tuple(against) if conflict else ()), conflict)


def _levels(place: str, text: str, slot: bool = False) -> list[Span]:
    folded = fold(text).translate(MARKS)
    return [
        Span(place, quote=text[match.start : match.end].strip(" ,:"), value=match.value)
        for match in _words(slot).find(folded)
        if match.value in CODES and not _group(folded, match)
    ]


def _group(folded: str, match: Match[str]) -> bool:
    """Whether `staff` means people (`Kitchen Staff`); the level stands before an occupation or apart."""
    return match.value == "staff" and bool(
        re.search(r"\w $", folded[: match.start]) and not re.match(r"[ /+]*\w", folded[match.end :])
    )


def _whole(place: str, text: str) -> list[Span]:
    """The level of a tag that is nothing but a level."""
    found = _levels(place, text, slot=True)
    return found if found and len(str(found[0].quote)) >= len(text.strip()) - 6 else []


def _labelled(document: Document) -> list[Span]:
    # `Type of contract: internship` names a level too.
    names = load("seniority")["label"]["names"] + load("employment")["label"]["names"]
    for label in document.labels:
        if label.name in names and label.end - label.start < 60:
            spans = _within(document, label.start, label.end, slot=True)
            if spans:
                return spans
    return []


def _stated(document: Document) -> list[Span]:
    """The first words for each level that a statement names."""
    found: dict[str | None, Span] = {}
    for cue in cues(document.text, document.folded, "seniority"):
        for language in cue.languages:
            for match in _statement(language).finditer(document.folded[cue.start : cue.end]):
                for span in _within(document, cue.start + match.start(), cue.start + match.end()):
                    found.setdefault(span.value, span)
    return list(found.values())


def _within(document: Document, start: int, end: int, slot: bool = False) -> list[Span]:
    matches = _words(slot).find(document.folded[start:end].translate(MARKS))
    return [cite(document.text, start + m.start, start + m.end, m.value) for m in matches if m.value in CODES]


def _stop(title: str) -> int:
    """Where a title turns to somebody else (`Assistant to the CEO`), or from a line of `|` to prose."""
    prose = PROSE.search(title) if title.count("|") > 1 else None
    if prose:
        title = title[: prose.start()]
    found = [title.lower().find(word) for word in load("seniority")["stop"]["words"]]
    return min((at for at in found if at >= 0), default=len(title))


@cache
def _words(slot: bool) -> Matcher[str]:
    vocabulary = load("seniority")
    tables: Iterable[tuple[str, str]] = phrases(vocabulary["title"])
    if slot:
        tables = [*tables, *phrases(vocabulary["slot"])]
    return Matcher((phrase.translate(MARKS), code) for phrase, code in tables)


@cache
def _statement(language: str) -> re.Pattern[str]:
    title = load("seniority")["title"]
    codes = ("intern", "junior", "mid", "senior", "staff", "principal", "lead")
    words = [word for table in (title["en"], title[language]) for code in codes for word in table.get(code, [])]
    spaced = (re.escape(word).replace(r"\ ", "[ -]") for word in set(words))
    level = "(?:" + "|".join(sorted(spaced, key=lambda word: (-len(word), word))) + ")"
    patterns = load("seniority")["text"][language]["statement"]
    return re.compile("|".join(pattern.replace("{level}", level) for pattern in patterns))
