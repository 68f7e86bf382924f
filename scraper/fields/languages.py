"""Spoken languages that the role asks for."""

import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from scraper.document import Document, fold
from scraper.posting import LanguageLevel, RawPosting, SectionKind, SpokenLanguage
from scraper.reading import Reading, Span
from scraper.words import load
from scraper.words.cues import Cue, cite, cues

CEFR = re.compile(r"\b([abc][12])\b")
CLAUSE = re.compile(r"[,;(|•]|\b(?:and|und|et|y|i|en|и|oraz|sowie|but|aber|mais)\b")

# Sections that speak of language courses, of the application and of the employer.
ELSEWHERE = (SectionKind.ABOUT, SectionKind.BENEFITS, SectionKind.LEGAL, SectionKind.PROCESS, SectionKind.PREFERRED)

REACH = 70  # characters between a name and the words that ask for it


class Name(NamedTuple):
    """The name of a language in a folded text."""

    start: int
    end: int
    code: str


def read_languages(raw: RawPosting, document: Document) -> Reading[list[SpokenLanguage]] | None:
    """Languages asked for, with the level that the post names; those that are only a wish are left out.

    Sources: the title (`German speaking`), labelled lines and lists, sentences that ask for a language.
    """
    found: dict[str, tuple[LanguageLevel | None, Span]] = {}
    for code, span in _titled(raw.title):
        found.setdefault(code, (None, span))
    for name, level in _asked(document):
        known = found.get(name.code)
        if known is None or (known[0] is None and level is not None):
            found[name.code] = (level, cite(document.text, name.start, name.end, name.code))
    if not found:
        return None
    values = [SpokenLanguage(code=code, level=level) for code, (level, _) in found.items()]
    return Reading(values, tuple(span for _, span in found.values()))


def _titled(title: str) -> Iterator[tuple[str, Span]]:
    folded = fold(title)
    for name in _names(folded, title):
        if re.match(
            r"[- ]?(?:speak\w+|fluen\w+|kenntnis\w*|sprachig\w*|native\b)|.{0,12} required", folded[name.end :]
        ) or (re.search(r"\b(?:fluent|bilingual|native)(?: in)? $", folded[: name.start])):
            yield name.code, Span("title", quote=title[name.start : name.end], value=name.code)


def _asked(document: Document) -> Iterator[tuple[Name, LanguageLevel | None]]:
    names = load("spoken")["label"]["names"]
    labelled = [(label.start, label.end) for label in document.labels if label.name in names]
    for cue in cues(document.text, document.folded, "spoken"):
        sentence = document.folded[cue.start : cue.end]
        found = list(_names(sentence, document.text[cue.start : cue.end]))
        listed = any(start <= cue.start + name.start < end for name in found for start, end in labelled)
        listed = listed or _under_label(document, cue)
        if not listed and document.kind_at(cue.start) in ELSEWHERE:
            continue
        levels = _levels(sentence, found)
        for name, level in zip(found, levels, strict=True):
            if listed or _asks(sentence, name, level):
                yield Name(cue.start + name.start, cue.start + name.end, name.code), level


def _under_label(document: Document, cue: Cue) -> bool:
    """Whether the lines above lead up to a heading such as `Languages:` without a sentence between."""
    if cue.end - cue.start > 60:
        return False
    lines = document.folded[max(0, cue.start - 120) : cue.start].rstrip("- ").split("\n")[1:]
    return any(line.strip(" :*") in load("spoken")["label"]["names"] for line in lines[-4:])


def _asks(sentence: str, name: Name, level: LanguageLevel | None) -> bool:
    rules = _rules()
    after = sentence[name.end : name.end + REACH]
    before = sentence[max(0, name.start - REACH) : name.start]
    if rules["behind"].match(after) or rules["owner"].search(before):
        return False
    clause = re.split(r"[;(]|, (?!or|and|und|oder|et|ou)|\bbut\b| [ye] (?=(?:se )?valor)", after, maxsplit=1)[0]
    if rules["soft"].search(clause) or rules["soft"].search(before[-32:]):
        return False
    if level is not None:
        return True
    if rules["before"].search(before) and not rules["asks"].search(clause):
        return bool(rules["asks"].search(before[-40:]))
    return bool(rules["asks"].search(before) or rules["asks"].search(after[:40]))


def _levels(sentence: str, names: list[Name]) -> list[LanguageLevel | None]:
    """The level of each name: what stands behind it, else before it, else what its neighbours in a list have."""
    levels: list[LanguageLevel | None] = []
    for index, name in enumerate(names):
        stop = names[index + 1].start if index + 1 < len(names) else len(sentence)
        start = names[index - 1].end if index else 0
        after = sentence[name.end : min(stop, name.end + 45)]
        before = sentence[max(start, name.start - 50) : name.start]
        cut = CLAUSE.search(after, 2)
        near = after[: cut.start()] if cut else after
        levels.append(_level(near) or _level(re.split(r"[,;]", before)[-1], last=True) or _cefr(after))
    joined = [
        (one, two)
        for one, two in pairwise(range(len(names)))
        if _rules()["join"].match(sentence[names[one].end : names[two].start])
    ]
    for one, two in joined:
        levels[two] = levels[two] or levels[one]
    for one, two in reversed(joined):
        levels[one] = levels[one] or levels[two]
    return levels


def _cefr(text: str) -> LanguageLevel | None:
    match = CEFR.search(text)
    return LanguageLevel(match[1].upper()) if match else None


def _level(text: str, last: bool = False) -> LanguageLevel | None:
    if exact := _cefr(text):
        return exact
    said = [str(match.lastgroup) for match in _level_words().finditer(text)]
    return LanguageLevel(said[-1 if last else 0]) if said else None


def _names(folded: str, text: str) -> Iterator[Name]:
    for match in _name_pattern().finditer(folded):
        code, english = _codes()[match["stem"]]
        # `Polish` is a language, `polish` is not; an English name takes no ending.
        if (english and match["tail"]) or (match["stem"] == "polish" and text[match.start()] != "P"):
            continue
        yield Name(match.start(), match.end(), code)


@cache
def _codes() -> dict[str, tuple[str, bool]]:
    """Each name or its stem with the code, and whether it is the English one."""
    table = load("spoken")["languages"]
    return {name: (code, index == 0) for code, names in table.items() for index, name in enumerate(names)}


@cache
def _name_pattern() -> re.Pattern[str]:
    stems = "|".join(sorted(map(re.escape, _codes()), key=lambda stem: (-len(stem), stem)))
    ending = r"(?:i|iego|im|iemu|ą|u|ie|ich|и|ий|ого|ому|им|ом|ая|ой|ую|а|е|e[nrsm]?|[ao]s?|s)?"
    tail = ending + r"(?:-?(?:sprach)?kenntniss?e?n?)?"
    return re.compile(rf"\b(?P<stem>{stems})(?P<tail>{tail})(?!\w)")


@cache
def _level_words() -> re.Pattern[str]:
    groups = (f"(?P<{level}>{'|'.join(words)})" for level, words in load("spoken")["levels"].items())
    return re.compile("|".join(groups))


@cache
def _rules() -> dict[str, re.Pattern[str]]:
    vocabulary = load("spoken")["asks"]
    rules = {name: re.compile(vocabulary[name]) for name in ("behind", "before", "owner", "join")}
    rules.update({name: re.compile("|".join(vocabulary[key])) for name, key in (("asks", "words"), ("soft", "soft"))})
    return rules
