"""Years of experience asked for the role as a whole."""

import re
from functools import cache
from typing import NamedTuple

from scraper.document import Document, fold
from scraper.posting import Experience, RawPosting, SectionKind
from scraper.reading import Reading, Span
from scraper.words import load
from scraper.words.cues import Cue, cite, cues

# Sections where years are the employer's own unless the sentence asks for them.
ELSEWHERE = (SectionKind.ABOUT, SectionKind.BENEFITS, SectionKind.LEGAL, SectionKind.PROCESS, SectionKind.SALARY)

MOST_YEARS = 20

DEGREE = re.compile(r"\b(?:bachelor|master|ph\.?d|degree|diploma|b\.?sc?|m\.?sc?|abschluss|studium|diplôme|laurea)\b")
EITHER = re.compile(r"\b(?:or|oder|ou|lub|или)\b")
REACH_BEFORE, REACH_AFTER = 70, 110


class Claim(NamedTuple):
    """Years that a sentence asks for. `weight`: 0 for the role as a whole, 1 for a part of it, 2 for a wish."""

    least: float | None
    most: float | None
    start: int
    end: int
    weight: int
    cue: Cue


def read_experience(raw: RawPosting, document: Document) -> Reading[Experience] | None:
    """The first general figure of the requirements, and the least of its alternatives (`4 years or a master's and 2`).

    Sources: the board's slot, a text that is nothing but a figure, statements in the text.
    """
    slot = _slot(raw.experience or "")
    if slot:
        return Reading(slot, (Span("experience", quote=raw.experience),))
    if len(document.text) < 20 and _slot_amount().fullmatch(document.folded) and (bare := _slot(document.text)):
        return Reading(bare, (cite(document.text, 0, len(document.text)),))
    claims = [claim for cue in cues(document.text, document.folded, "experience") for claim in _claims(document, cue)]
    if not claims:
        return None
    lightest = min(claim.weight for claim in claims)
    general = [claim for claim in claims if claim.weight == lightest]
    first = general[0]
    chosen = min(
        (claim for claim in general if claim is first or _alternative(document, first, claim)),
        key=lambda claim: (claim.least is None, claim.least or 0, claim.start),
    )
    value = Experience(min_years=chosen.least, max_years=chosen.most)
    return Reading(value, (cite(document.text, chosen.start, chosen.end),))


def _alternative(document: Document, first: Claim, other: Claim) -> bool:
    if first.cue == other.cue:
        return (
            bool(EITHER.search(document.folded, first.end, other.start))
            or "/" in document.folded[first.end : other.start]
        )
    sentences = [document.folded[claim.cue.start : claim.cue.end] for claim in (first, other)]
    return other.start - first.end < 300 and all(DEGREE.search(sentence) for sentence in sentences)


def _claims(document: Document, cue: Cue) -> list[Claim]:
    found = []
    sentence = document.folded[cue.start : cue.end]
    kind = document.kind_at(cue.start)
    for language in cue.languages:
        rules = _rules(language)
        for match in rules["amount"].finditer(sentence):
            before = sentence[max(0, match.start() - REACH_BEFORE) : match.start()]
            after = sentence[match.end() : match.end() + REACH_AFTER]
            begins = len(before.strip(" -•*_:~>")) < 28
            asks = bool(rules["asks"].search(before)) or (rules["asks"].search(after) and kind not in ELSEWHERE)
            if rules["before"].search(before[-28:]):
                continue
            if rules["after"].match(after.lstrip(" '’`s")) and not before.endswith("experience "):
                continue
            least, most = _years(match)
            if least is not None and least > MOST_YEARS:
                continue
            said = rules["about"].search(before) or rules["about"].search(after)
            # Where the employer speaks of itself, a line that begins with a few years of experience still asks.
            if kind in ELSEWHERE and not asks and not (begins and said and (least or 0) <= MOST_YEARS / 2):
                continue
            if rules["owner"].search(before) and not (asks or kind is SectionKind.REQUIREMENTS):
                continue
            listed = begins and kind not in ELSEWHERE and rules["follows"].match(after.lstrip(" '’`)."))
            wanted = kind is SectionKind.REQUIREMENTS or "+" in match[0]
            # `Go (4 years)`
            beside = kind is SectionKind.REQUIREMENTS and before.endswith("(") and after.startswith(")")
            if not (said or listed or beside) and not (wanted and rules["asks"].search(before[-40:])):
                continue
            if _up_to(before):
                least, most = None, most or least
            weight = 0
            if rules["inside"].search(before) or rules["part"].search(after[:60]) or (beside and not said):
                weight = 1
            if kind is SectionKind.PREFERRED or rules["soft"].search(sentence):
                weight = 2
            start = cue.start + match.start()
            found.append(Claim(least, most, start, cue.start + match.end(), weight, cue))
    return found or _months(cue, sentence)


def _months(cue: Cue, sentence: str) -> list[Claim]:
    """Months of experience as parts of years, where the two words stand side by side: `6 mois d'expérience`."""
    match = _month_rule().search(sentence)
    figure = _number(match["before"] or match["after"]) if match else None
    if match is None or figure is None or _month_other().search(sentence, max(0, match.start() - 25), match.end()):
        return []
    return [Claim(round(figure / 12, 2), None, cue.start + match.start(), cue.start + match.end(), 0, cue)]


def _slot(text: str) -> Experience | None:
    """Figures of a slot of its own: `1-2`, `2 years`, `от 1 года до 3 лет`, `no experience`."""
    folded = " ".join(fold(text).split())
    vocabulary = load("experience")["slot"]
    if folded in vocabulary["none"]:
        return Experience(min_years=0)
    for code, least, most in vocabulary["codes"]:
        if folded.replace(" ", "") == code:
            return Experience(min_years=least, max_years=most if most > 0 else None)
    match = _slot_amount().search(folded)
    if not match or not (match["unit"] or match.end() - match.start() >= len(folded) - 2):
        return None
    least, most = _years(match)
    if least is None or least > MOST_YEARS:
        return None
    if match["month"]:
        least, most = round(least / 12, 2), round(most / 12, 2) if most else None
    if _up_to(folded[: match.start()]) and most is None:
        return Experience(max_years=least)
    return Experience(min_years=least, max_years=most)


def _up_to(before: str) -> bool:
    vocabulary = load("experience")["slot"]
    for phrase in vocabulary["up_to"]:
        words = before.rstrip(" :-").removesuffix(phrase)
        if len(words) < len(before.rstrip(" :-")) and not words[-1:].isalpha():
            return not words.split()[-1:] or words.split()[-1] not in vocabulary["not_up_to"]
    return False


def _years(match: re.Match[str]) -> tuple[float | None, float | None]:
    if match.groupdict().get("bare"):
        return 1, None
    least, most = (_number(match[name]) if match[name] else None for name in ("least", "most"))
    if least is not None and most is not None and most < least:
        least, most = (None, None) if most < 1 else (most, least)
    return least, most


def _number(text: str) -> float | None:
    figure = text.replace(",", ".")
    return float(figure) if figure[0].isdigit() else dict(load("experience")["numbers"]["words"]).get(text)


def _amount(unit: str) -> str:
    numbers = load("experience")["numbers"]
    words = "|".join(sorted((re.escape(word) for word, _ in numbers["words"]), key=lambda word: (-len(word), word)))
    number = rf"\d{{1,2}}(?:[.,]5)?|(?:{words})(?:(?!\w)|(?=jährig))"
    to = "|".join(sorted((re.escape(word) for word in numbers["to"]), key=lambda word: (-len(word), word)))
    more = "|".join(re.escape(word) for word in numbers["more"])
    aside = r"(?: ?\(\d{1,2}\+?\))?"
    return (
        rf"(?<![\w,$€£%])(?:(?<!\.)|(?<=[^\W\d_]\.))(?P<least>{number}){aside} ?(?:{more})?"
        rf"(?: ?(?:{unit})? ?(?:{to}) ?(?P<most>{number}){aside} ?(?:{more})?)?"
    )


@cache
def _slot_amount() -> re.Pattern[str]:
    units = "|".join(table["unit"] for table in load("experience")["text"].values())
    return re.compile(
        rf"{_amount(units)}[- ]{{0,2}}(?P<unit>{units}|(?P<month>months?|monate?n?|mois|meses|mesi|miesi\w+|месяц\w*))?"
    )


@cache
def _month_rule() -> re.Pattern[str]:
    rule = load("experience")["months"]
    words = "|".join(re.escape(word) for word, figure in load("experience")["numbers"]["words"] if figure >= 1)
    number, about, unit = rf"\d{{1,2}}|(?:{words})(?!\w)", rule["about"], rule["unit"]
    return re.compile(
        rf"\b(?:{about})\w{{0,8}}[^.,;:(\n\d]{{0,25}}?(?<!\w)(?P<before>{number})\+?[ -]?(?:{unit})"
        r"(?![ -]?(?:\w|program|contra|course))"
        rf"|(?<![\w,.])(?P<after>{number})\+?[ -]?(?:{unit})[^.,;:(\n\d]{{0,18}}\b(?:{about})"
    )


@cache
def _month_other() -> re.Pattern[str]:
    return re.compile(load("experience")["months"]["other"])


@cache
def _rules(language: str) -> dict[str, re.Pattern[str]]:
    table = load("experience")["text"][language]
    rules = {name: re.compile(rule) for name, rule in table.items() if name not in ("stems", "unit", "bare")}
    figure = rf"{_amount(table['unit'])}[- ]{{0,2}}(?:full |volle |good |solid |continuous )?{table['unit']}(?!\w)"
    rules["amount"] = re.compile(f"{figure}|(?P<bare>{table['bare']})" if "bare" in table else figure)
    return rules
