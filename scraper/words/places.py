"""The gazetteer (`places.tsv.gz`, `places.toml`) and the reader of places such as `Berlin, DE / Remote, EU`.

Cities and divisions: GeoNames (CC BY 4.0). Country names: CLDR. Both are compiled by `tools/build_gazetteer.py`.
"""

import gzip
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple

from scraper.words import Match, Matcher, load, stands_apart, without_overlaps
from scraper.words.cues import hits

IDLE = "-"
"""Key of a part that is only idle words, as in `Berlin or remote`: what follows is a place of its own."""
LONGEST = 400
"""Characters of a slot that are read; a longer one is no place string."""
STRIDE = 4096
CITY_STATES = frozenset("SG HK MO MC GI VA".split())
PLACEHOLDER = re.compile(
    r"\s*(?:n\.?/?a\.?|null|none|unavailable|undefined|unknown|unspecified|tb[ad]|test|[\W\d_]*)\s*", re.I
)
LETTERS = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ı": "i", "ð": "d", "þ": "th"})
WORD = re.compile(r"[^\W_]+")
POSTCODE = re.compile(r"\b[A-Z]{1,2}-(?=\d{4,5}\b)")
SAINTS = {"st": "saint", "ste": "sainte", "sankt": "saint", "sint": "saint", "ft": "fort", "mt": "mount"}
GROUPS = re.compile(r"\s*[;|•·‧▪\n]+\s*")
PARTS = re.compile(r"\s*[,()\[\]:]+\s*|\s+[-–—]+\s*|\s*[-–—]+\s+")
TIGHT = re.compile(r"[-–—_.]")
DEPARTMENT = re.compile(r"(?:\d\d|2[AB]|97\d) - (?=[^\d\W])")
"""How French public boards write a place: number of the department, then the commune."""
STREET = re.compile(r"\d|\bул\b|\bпр-?к?т\b", re.I)


class Sense(NamedTuple):
    """What a name may stand for.

    `kind`: C country, I country code, R first-level division, S its code, D second-level division, T city by its main
    name, A city by another name, M region of several countries. `people` is in thousands.
    """

    kind: str
    country: str = ""
    division: str = ""
    name: str = ""
    people: int = 0
    metropolis: str = ""


class Place(NamedTuple):
    """A place in `text[start:end]`. `country` is ISO 3166-1 alpha-2; a region of several countries has none."""

    start: int
    end: int
    city: str | None = None
    region: str | None = None
    country: str | None = None


class Token(NamedTuple):
    """A part of a place string. `hard`: it begins a new place; `aside`: it stands in parentheses."""

    start: int
    end: int
    key: str
    senses: tuple[Sense, ...]
    hard: bool = False
    aside: bool = False
    dash: bool = False


@dataclass(slots=True)
class Draft:
    """A place being read: what it may still be, and whether a second token has confirmed it."""

    token: Token
    options: list[Sense]
    end: int
    sure: bool = False
    dropped: bool = False


# -- the gazetteer ----------------------------------------------------------------------------------------------------


@lru_cache(30_000)
def key_of(name: str) -> str:
    """A name folded for look-up: lower case, no accents, no punctuation, `St` and its like written out.

    >>> key_of("St.-Étienne")
    'saint etienne'
    """
    text = name.lower()
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text.translate(LETTERS))
        text = "".join(c for c in text if not unicodedata.combining(c))
    words = WORD.findall(text.replace(".", ""))
    return " ".join(SAINTS.get(w, w) for w in words) if len(words) > 1 else "".join(words)


@cache
def compiled() -> tuple[bytes, list[bytes], list[int]]:
    """The gazetteer's lines, sorted, with the key and the offset of one line in every few thousand bytes."""
    blob = b"\n" + gzip.decompress((files("scraper.words") / "places.tsv.gz").read_bytes())
    keys, offsets, at = [], [], 0
    while at < len(blob) - 1:
        keys.append(blob[at + 1 : blob.index(b"\t", at)])
        offsets.append(at)
        at = blob.find(b"\n", at + STRIDE)
        if at < 0:
            break
    return blob, keys, [*offsets, len(blob)]


def listed(key: str) -> Iterator[Sense]:
    """What the compiled file holds of a key."""
    blob, keys, offsets = compiled()
    sought = key.encode()
    page = bisect_right(keys, sought) - 1
    at = blob.find(b"\n" + sought + b"\t", offsets[page], offsets[page + 1] + 1) if page >= 0 else -1
    if at < 0:
        return
    for entry in blob[at + 1 : blob.index(b"\n", at + 1)].decode().split("\t")[1:]:
        kind, country, *rest = entry.split("|")
        division, name, people, metropolis = (*rest, "", "", "", "")[:4]
        yield Sense(kind, country, division, name, int(people or 0), metropolis)


@cache
def added() -> dict[str, list[Sense]]:
    """What `places.toml` adds, by key."""
    words = load("places")
    senses: dict[str, list[Sense]] = {}
    for kind, table in (("C", words["countries"]), ("M", words["macro"])):
        for name, others in table.items():
            for other in others:
                senses[key_of(other)] = [Sense("C", name) if kind == "C" else Sense("M", name=name)]
    for country, divisions in words["divisions"].items():
        for division, others in divisions.items():
            for other in others:
                kind = "S" if len(other) < 4 else "R"
                senses.setdefault(key_of(other), []).append(Sense(kind, country, division))
    for other, full in words["cities"].items():
        name, country = full.rsplit(", ", 1)
        found = [s for s in listed(key_of(name)) if s.country == country and s.kind == "T"]
        senses.setdefault(key_of(other), []).extend(found[:1])
    return senses


@lru_cache(30_000)
def senses_of(key: str) -> tuple[Sense, ...]:
    """Everything that a folded name may stand for, the most populous city first."""
    ours = added().get(key, [])
    if ours and ours[0].kind in "CM":
        return tuple(ours)
    kinds = {s.kind for s in ours}
    theirs = [s for s in listed(key) if not ("T" in kinds and s.kind in "TA") and s.kind != "N"]
    if not ours and not theirs:
        key = load("places")["inflected"].get(key, "")
        return senses_of(key_of(key)) if key else ()
    return tuple(dict.fromkeys([*ours, *theirs]))


@lru_cache(5_000)
def division_name(country: str, division: str) -> str | None:
    """English name of a first-level division by its GeoNames code."""
    name = next((s.name for s in listed(f"#{country}.{division}".lower())), None)
    return english(name) if name else None


def english(name: str) -> str:
    """A GeoNames name as English posts write it."""
    spelled: str = load("places")["names"].get(name, name)
    return spelled


@cache
def word_set(name: str) -> frozenset[str]:
    """A list of `[words]`, as written and folded."""
    words = load("places")["words"][name].split()
    return frozenset(word.lower() for word in words) | frozenset(map(key_of, words))


@cache
def conjunctions() -> re.Pattern[str]:
    """What stands between two places of one part: `/`, `&`, `or`, `und` …"""
    words = sorted(load("places")["words"]["and"].split(), key=len, reverse=True)
    return re.compile(rf"\s*[/&+]\s*|\s+(?:{'|'.join(map(re.escape, words))})\s+", re.I)


@cache
def anywhere() -> re.Pattern[str]:
    """`anywhere in the`, which adds nothing to the place that it stands before; the world is none."""
    words = "|".join(map(re.escape, load("places")["words"]["anywhere"]))
    return re.compile(rf"\b(?:{words}) (?!world|earth|monde|welt|mundo|mondo)(?=\w)", re.I)


def country_of(text: str) -> str | None:
    """ISO alpha-2 of a country's name or code in a slot of its own; None where the text is not just that."""
    senses = senses_of(key_of(text[:80]))
    found = [s.country for kind in "CI" for s in senses if s.kind == kind]
    return found[0] if found else None


def macro_of(text: str) -> str | None:
    """Name of a region of several countries (`EMEA`, `Europe`, `Worldwide`), where the text is just that."""
    return next((s.name for s in senses_of(key_of(text[:80])) if s.kind == "M"), None)


# -- a string into tokens ---------------------------------------------------------------------------------------------


def cut(text: str, start: int, end: int, pattern: re.Pattern[str]) -> Iterator[tuple[int, int, str]]:
    """The pieces of `text[start:end]` between separators, each with the separator before it."""
    mark, at = "", start
    for found in pattern.finditer(text, start, end):
        yield at, found.start(), mark
        at, mark = found.end(), found.group()
    yield at, end, mark


def is_code(text: str, alone: bool) -> bool:
    """Whether a piece may be a country's or a division's code: capitals, or any case where it stands alone."""
    return text.isalpha() and 2 <= len(text) <= 3 and text.isascii() and (text.isupper() or (alone and text.islower()))


def trimmed(text: str, start: int, end: int, idle: Collection[str]) -> tuple[int, int]:
    """The span without idle words and words with digits (house numbers, postcodes) at its edges."""
    words = [
        (m.start(), m.end(), any(map(str.isdigit, m.group())) or m.group().lower() in idle)
        for m in WORD.finditer(text, start, end)
    ]
    first, last = 0, len(words)
    while first < last and words[first][2]:
        first += 1
    while last > first and words[last - 1][2]:
        last -= 1
    return (words[first][0], words[last - 1][1]) if first < last else (start, start)


@lru_cache(30_000)
def known(text: str, alone: bool = False) -> tuple[Sense, ...]:
    """The senses of a piece as it is written: codes count where it looks like one, and nothing else does there."""
    senses = senses_of(key_of(text))
    if len(text) <= 3 and text.isascii():
        if not is_code(text, alone):
            senses = tuple(s for s in senses if s.kind not in "IS" and (len(text) > 2 or s.kind not in "TA"))
        elif any(s.kind in "IS" for s in senses):
            senses = tuple(s for s in senses if s.kind not in "AT" or s.people >= 100)
    else:
        senses = tuple(s for s in senses if s.kind != "S" or not text.isascii())
    if not text.isascii() and any(text.lower() in s.name.lower() for s in senses):
        senses = tuple(s for s in senses if s.kind not in "TA" or text.lower() in s.name.lower())
    return senses


def tokens_of(text: str) -> Iterator[Token]:
    """The tokens of a place string in reading order; a part that means nothing is a token without senses."""
    hard = False
    for start, end, _ in cut(text, 0, len(text), GROUPS):
        hard = True
        depth = 0
        for first, last, mark in cut(text, start, end, PARTS):
            depth = max(0, depth + mark.count("(") + mark.count("[") - mark.count(")") - mark.count("]"))
            whole = first == start
            if whole and (senses := whole_name(text[start:end])):
                yield Token(start, end, key_of(text[start:end]), senses, hard)
                hard = False
                break
            for token in part_tokens(text, first, last, alone=not whole):
                yield token._replace(
                    hard=hard or token.hard, aside=depth > 0, dash="," not in mark and not depth and not whole
                )
                hard = False


def whole_name(text: str) -> tuple[Sense, ...]:
    """The senses of a name that itself has a comma or a bracket: `Washington, D.C.`, `Frankfurt (Oder)`."""
    key = key_of(text)
    if key in added():
        return known(text)
    if "(" not in text:
        return ()
    return tuple(s for s in senses_of(key) if s.kind == "T" and "(" in s.name and key_of(s.name) == key)


def part_tokens(text: str, start: int, end: int, alone: bool) -> Iterator[Token]:
    """The tokens of a part between commas: itself if it is known, else its pieces."""
    start, end = trimmed(text, start, end, ())
    piece = text[start:end]
    if is_code(piece, alone) and known(piece, True) and key_of(piece) not in word_set("clock"):
        yield Token(start, end, key_of(piece), known(piece, True))
        return
    key, stop = key_of(piece), word_set("stop")
    senses = known(piece)
    if senses and not (all(w in stop for w in key.split()) and senses[0].kind != "M"):
        yield Token(start, end, key, senses)
        return
    first, last = trimmed(text, start, end, stop)
    if first == last or key_of(text[first:last]) in word_set("edge"):
        return
    if (first, last) != (start, end) and (senses := known(text[first:last], True)):
        yield Token(first, last, key_of(text[first:last]), senses)
        if conjunctions().search(text, last, end):
            yield Token(last, end, IDLE, (), hard=True)
        return
    pieces = list(cut(text, first, last, conjunctions()))
    if len(pieces) > 1:
        before: tuple[Sense, ...] = ()
        for number, (at, stop_at, mark) in enumerate(pieces):
            tokens = list(part_tokens(text, at, stop_at, alone=True)) or [Token(at, stop_at, IDLE, ())]
            # `Recife/PE`: the code of the state that the city lies in begins no place.
            codes = [area for area in tokens[0].senses if area.kind == "S"] if mark.strip() == "/" else []
            within = any(holds(area, sense) for area in codes for sense in before if sense.kind == "T")
            yield tokens[0]._replace(hard=number > 0 and not within)
            yield from tokens[1:]
            before = tokens[-1].senses
        return
    if TIGHT.search(text, first, last):
        pieces = [(a, b, m) for a, b, m in cut(text, first, last, TIGHT) if b > a]
        senses = known(text[pieces[0][0] : pieces[0][1]], True) if pieces else ()
        if len(pieces) > 1 and any(s.kind in "CIRS" or s.people >= 300 for s in senses):
            for at, stop_at, _ in pieces:
                yield from part_tokens(text, at, stop_at, alone=True)
            return
    inner = trimmed(text, first, last, word_set("stop") | word_set("edge"))
    if inner[0] < inner[1] and (senses := known(text[inner[0] : inner[1]])):
        yield Token(*inner, key_of(text[inner[0] : inner[1]]), senses)
        return
    yield from run_tokens(text, first, last)


def run_tokens(text: str, start: int, end: int) -> Iterator[Token]:
    """The known names in a run of words (`Houston Texas United States`), the longest first.

    With a strange word among them only a large city by its main name counts: the rest may be a street or a name.
    """
    words = [(m.start(), m.end()) for m in WORD.finditer(text, start, end)]
    stop, at, strange = word_set("stop"), 0, False
    found: list[Token] = []
    while at < len(words):
        for length in range(min(5, len(words) - at), 0, -1):
            first, last = words[at][0], words[at + length - 1][1]
            if found and key_of(text[first:last]) in word_set("edge"):
                continue
            if senses := tuple(s for s in known(text[first:last]) if s.kind != "D"):
                found.append(Token(first, last, key_of(text[first:last]), senses))
                at += length
                break
        else:
            strange = strange or key_of(text[words[at][0] : words[at][1]]) not in stop
            at += 1
    if strange:
        yield Token(start, end, "", ())
    for token in found:
        senses = tuple(s for s in token.senses if s.kind in "CIRM" or (s.kind == "T" and s.people >= 100))
        senses = senses if strange or len(found) == 1 else token.senses
        if senses and not (strange and is_code(text[token.start : token.end], True)):
            yield token._replace(senses=senses)


def is_idle(text: str) -> bool:
    """Whether a text names no place at all: `Remote`, `Multiple locations`, `n/a`."""
    first, last = trimmed(text, 0, len(text), word_set("stop"))
    return first == last or PLACEHOLDER.fullmatch(text) is not None


# -- tokens into places -----------------------------------------------------------------------------------------------


def weight(sense: Sense) -> float:
    """How much a city sense is worth: its people, less where the name is not its main one."""
    if sense.kind == "A":
        return sense.people * (0.5 if sense.people >= 500 else 0.1)
    return max(sense.people, 0.3)


def holds(area: Sense, sense: Sense) -> bool:
    """Whether a country or division holds a place."""
    if area.country != sense.country or area.kind not in "CIRSD" or sense.kind == "M":
        return False
    return area.kind in "CI" or (area.division == sense.division and sense.kind not in "CI")


def narrowed(options: list[Sense], token: Token, key: str) -> list[Sense] | None:
    """What is left of the options once the next token is read as their area or as a place in it; None: neither."""
    if token.key == key:
        return [s for s in options if s.kind in "TA"] or options
    best: list[Sense] = []
    for area in token.senses:
        inside = [s for s in options if holds(area, s)]
        if area.kind in "RSD":
            inside = [s for s in inside if s.kind in "TA"] or inside
        if max(map(weight, inside), default=0) > max(map(weight, best), default=0):
            best = inside
    if not any(s.kind in "TA" for s in best):
        named = any(s.kind == "C" for s in token.senses)
        for area in options:
            inside = [s for s in token.senses if s.kind in ("RS" if named else "RSDTA") and holds(area, s)]
            if area.kind in "CI" and not any(s.kind in "RS" for s in inside):
                top = max(map(weight, token.senses), default=0)
                inside = [s for s in inside if weight(s) * 20 >= top]
            if max(map(weight, inside), default=0) > max(map(weight, best), default=0):
                best = inside
        return best or None
    big = max((weight(s) for s in token.senses if s.kind in "TA"), default=0)
    top = max((weight(s) for s in options if s.kind in "TA"), default=0)
    kept = max((weight(s) for s in best if s.kind in "TA"), default=0)
    if big >= 300 and kept and kept * 20 < top:
        return None
    cities = [s for s in best if s.kind in "TA" and s.people >= 100]
    return [s for s in best if s.kind not in "RD" or not any(holds(s, city) for city in cities)]


def drafts_of(text: str, within: str | None) -> tuple[list[Draft], bool]:
    """The places of a string before they are settled, and whether a part of it meant nothing."""
    drafts: list[Draft] = []
    strange, street, apart = False, bool(STREET.search(text)), False
    for token in tokens_of(text):
        apart = apart or token.hard
        if token.key == IDLE:
            continue
        senses = [s for s in token.senses if within is None or s.country == within]
        if not senses:
            strange = strange or not token.senses
            continue
        draft = drafts[-1] if drafts and not apart else None
        apart = False
        if draft is None:
            drafts.append(Draft(token, senses, token.end))
            continue
        rest = token._replace(senses=tuple(senses))
        left = own_quarter(draft, senses) or narrowed(draft.options, rest, draft.token.key) or quarter(draft, senses)
        city = any(s.kind in "TA" for s in draft.options) and not all(s.kind in "CIM" for s in draft.options[:1])
        if left is not None:
            if len(drafts) > 1 and not (draft.sure or draft.token.hard) and strays(drafts[-2], left, senses):
                drafts[-2].dropped = True
            draft.options, draft.end, draft.sure = left, token.end, True
        elif token.aside and city and not draft.token.aside:
            continue
        elif city and all(s.kind in "TA" for s in senses) and max(map(weight, senses)) < (300 if street else 20):
            strange = True
        elif not draft.sure and areas_only(senses) and small_town(draft.options):
            draft.options, draft.end, draft.sure = senses, token.end, False
        else:
            draft.dropped = all(s.kind in "IS" for s in draft.options) or (token.dash and draft.options[0].kind == "M")
            drafts.append(Draft(token, senses, token.end))
    return [d for d in drafts if not d.dropped], strange


def areas_only(senses: Iterable[Sense]) -> bool:
    """Whether a name is that of a country or a division and of nothing else."""
    return all(s.kind in "CIRSDM" for s in senses)


def own_quarter(draft: Draft, senses: list[Sense]) -> list[Sense] | None:
    """The first of two names, where the second is a quarter or suburb of it: `London, Soho`."""
    if draft.sure:
        return None
    around = {(s.country, s.metropolis) for s in senses if s.kind in "TA" and s.metropolis}
    return [s for s in draft.options if s.kind in "TA" and (s.country, s.name) in around] or None


def small_town(senses: Iterable[Sense]) -> bool:
    """Whether a name is that of small cities and of nothing else, so that an area that holds none of them wins."""
    return all(s.kind in "TAD" and weight(s) < 300 for s in senses)


def strays(draft: Draft, cities: list[Sense], area: list[Sense]) -> bool:
    """Whether a name before a city and its area is but a part of that city: none of its towns, all small, lies there.

    `SoHo, New York, NY` is neither in London nor on Java, `Midtown, Atlanta, GA` not in Tennessee.
    """
    if (
        draft.sure
        or max(map(weight, cities)) < 300
        or not all(s.kind in "TA" and weight(s) < 100 for s in draft.options)
    ):
        return False
    divided = any(s.kind in "RS" and holds(s, city) for s in area for city in cities)
    around = {(s.country, s.division if divided else "") for s in cities}
    return not any((s.country, s.division if divided else "") in around for s in draft.options)


def quarter(draft: Draft, senses: list[Sense]) -> list[Sense] | None:
    """The second of two names, where the first is a quarter or suburb of it: `Soho, London`."""
    if draft.sure:
        return None
    cities = [s for s in senses if s.kind in "TA"]
    suburb = {(s.country, s.metropolis) for s in draft.options if s.metropolis}
    left = [s for s in cities if (s.country, s.name) in suburb]
    if left:
        return left
    large = bool(cities) and weight(cities[0]) >= 1000
    small = small_town(draft.options) and max(map(weight, draft.options)) < 20
    return cities if large and small else None


What = tuple[str | None, str | None, str | None]
"""City, region, country."""
NOTHING: What = (None, None, None)


def settle(draft: Draft, near: Collection[str], alone: bool) -> What:
    """City, region and country of a draft; what a reader would doubt is None."""
    options = draft.options
    if options[0].kind == "M":
        return None, options[0].name, None
    settled = None if draft.sure else load("places")["settled"].get(draft.token.key)
    if settled:
        country, _, division = settled.partition("|")
        options = [s for s in options if s.country == country and division in ("", s.division)] or options
    elif not draft.sure:
        options = [s for s in options if s.country in near] or options
    cities = sorted((s for s in options if s.kind in "TA"), key=lambda s: -weight(s))
    countries = [s for s in options if s.kind == "C"]
    divisions = [s for s in options if s.kind in "RD"]
    if countries:
        return settle_country(draft, countries[0].country, cities, divisions, near)
    if divisions:
        return settle_division(draft, cities, divisions, near)
    if cities:
        return settle_city(draft, cities, near)
    if len(options) > 1 and not (alone or draft.sure) and not any(s.country in near for s in options):
        return NOTHING
    code = min(options, key=lambda s: (s.kind != "I", s.country != "US"))
    return None, division_name(code.country, code.division) if code.kind == "S" else None, code.country


def settle_country(
    draft: Draft, country: str, cities: list[Sense], divisions: list[Sense], near: Collection[str]
) -> What:
    """A country's name. Georgia is the state among American places, the country among others, else in doubt."""
    other = [s for s in divisions if s.country != country]
    if other and not near:
        return NOTHING
    if other and other[0].country in near and country not in near:
        return None, division_name(other[0].country, other[0].division), other[0].country
    own = [s for s in cities if s.country == country and (country in CITY_STATES or draft.sure)]
    return english(own[0].name) if own else None, None, country


def settle_division(draft: Draft, cities: list[Sense], divisions: list[Sense], near: Collection[str]) -> What:
    """A division's name, which may be a city's too: New York is the city, Ontario the province, Washington in doubt."""
    division = divisions[0]
    if len({s.country for s in divisions}) > 1:
        return NOTHING
    same = [s for s in cities if holds(division, s) and namesake(s, draft.sure)]
    if draft.token.key in word_set("division") or (not same and (not cities or weight(cities[0]) < 300)):
        return None, division_name(division.country, division.division), division.country
    if not same and not draft.sure and weight(cities[0]) < 1000:
        return None, None, division.country if division.country == cities[0].country else None
    return settle_city(draft, same or cities, near)


def settle_city(draft: Draft, cities: list[Sense], near: Collection[str]) -> What:
    """A city's name: the country where no other has a city a third its size, the division likewise."""
    top = cities[0]
    abroad = max((weight(s) for s in cities if s.country != top.country), default=0)
    alike = max((weight(s) for s in cities if s.country == top.country and s.division != top.division), default=0)
    open_to_doubt = load("places")["settled"].get(draft.token.key) == "" and not draft.sure
    sure = draft.sure or (abroad * 3 <= weight(top) and not open_to_doubt) or top.country in near
    if not sure and key_of(top.name) != draft.token.key:
        return NOTHING
    region = division_name(top.country, top.division) if sure and alike * 3 <= weight(top) else None
    return english(top.name), region, top.country if sure else None


def namesake(city: Sense, sure: bool) -> bool:
    """Whether a bare name rather means the city than the division of that name which it lies in."""
    if city.kind == "T":
        return sure or city.people >= 30
    return city.people >= 100 and city.country != "US"


@lru_cache(20_000)
def read_places(
    text: str, within: str | None = None, near: tuple[str, ...] = (), strict: bool = False
) -> tuple[Place, ...]:
    """The places of a string, in reading order: `Berlin, DE / Remote, EU` is Berlin in Germany and the EU.

    `within` is the country that the string is known to lie in, `near` the countries of its neighbours, which settle
    a name that is otherwise in doubt. `strict`: the string is words of a title or a text, so nothing unless all of it
    is understood and no part of it is a common word. A place in doubt keeps what is certain of it.
    """
    if len(text) > LONGEST or PLACEHOLDER.fullmatch(text):
        return ()
    text = POSTCODE.sub(lambda m: " " * len(m.group()), text)
    text = anywhere().sub(lambda m: " " * len(m.group()), text)
    if DEPARTMENT.match(text):
        within = within or "FR"
    bare = text.strip()
    if is_code(bare, True) and (senses := known(bare, True)):
        token = Token(text.index(bare), text.index(bare) + len(bare), key_of(bare), senses)
        inside = [s for s in senses if within in (None, s.country)]
        drafts, strange = [Draft(token, inside or list(senses), token.end)], False
    else:
        drafts, strange = drafts_of(text, within)
    if strict and (strange or any(risky(text, d) for d in drafts) or all(map(code_only, drafts))):
        return ()
    alone = len(drafts) == 1 and drafts[0].token.end - drafts[0].token.start == len(bare)
    found = [settle(d, (within,) if within else (), alone) for d in drafts]
    around = (*near, *(country for _, _, country in found if country))
    found = [
        settle(d, around, alone)
        if country is None and any(s.kind != "M" for s in d.options) and around
        else (city, region, country)
        for d, (city, region, country) in zip(drafts, found, strict=True)
    ]
    peopled = {country for city, _, country in found if city}
    places: list[Place] = []
    seen = {NOTHING}
    last_city = 0
    for draft, what in zip(drafts, found, strict=True):
        repeated = what[:2] == (None, None) and what[2] in peopled
        if what[0]:
            last_city = draft.end
        if what in seen or (repeated and not says_remote(text[last_city : draft.token.start])):
            continue
        seen.add(what)
        places.append(Place(draft.token.start, draft.end, *what))
    if not places and (commune := DEPARTMENT.match(text)):
        return (Place(commune.end(), len(text), text[commune.end() :].strip().title(), None, "FR"),)
    return tuple(places)


def code_only(draft: Draft) -> bool:
    """Whether a place is a code with nothing beside it."""
    return not draft.sure and all(s.kind in "IS" for s in draft.options)


def risky(text: str, draft: Draft) -> bool:
    """Whether a place in running words may be something else: a small or word-like city with nothing beside it."""
    token = draft.token
    first = text[token.start]
    if first.isalpha() and first.islower():
        return True
    if draft.sure or any(s.kind in "CM" for s in draft.options):
        return False
    large = max(map(weight, draft.options)) >= 100
    if not large and any(s.kind in "RD" for s in draft.options):
        return not any(s.kind == "R" and s.country.lower() in word_set("divided") for s in draft.options)
    if code_only(draft):
        return not text[token.start : token.end].isupper()
    return token.key in word_set("risky") or not large


# -- places in titles and running text --------------------------------------------------------------------------------

SENTENCE_END = re.compile(r"[!?\n;:]|(?<!\b\w)(?<!\bSt)\.(?=\s|$)")
WINDOW = 110
MOST = 50_000
"""How many characters of a text are searched for places."""
PIPES = re.compile(r"\s*\|\s*")
BRACKETS = re.compile(r"[()\[\]]|\s+[-–—]+\s+|\s*\|\s*")
COMMA = re.compile(r"^location:\s*|,\s*|\s+(?:in|à|en|em|w|в|@|at|for)\s+", re.I)


def tag_places(tags: list[str]) -> list[tuple[int, Place]]:
    """The countries and regions of several among free labels; `Georgia` beside countries is the country."""
    named = [(n, tag) for n, tag in enumerate(tags) if country_of(tag) or macro_of(tag)]
    named = [(n, tag) for n, tag in named if len(tag) > 2 or tag.isupper()]
    near = {p.country for _, tag in named for p in read_places(tag, strict=True) if p.country}
    around = tuple(sorted(near))
    return [(n, p) for n, tag in named for p in read_places(tag, near=around, strict=True)]


@cache
def remote_words() -> Matcher[bool]:
    """Words that say that a place is one to work remotely from."""
    return Matcher((word, True) for word in load("places")["remote"]["words"])


def says_remote(words: str) -> bool:
    """Whether a part of a place string or of a title says `remote`."""
    return bool(words) and bool(remote_words().find(words.lower()))


def title_places(title: str) -> Iterator[tuple[str, Place]]:
    """The places that stand apart in a title: in brackets, after a dash or a comma, between bars; with their parts."""
    title = title[:500]
    parts = PIPES.split(title)
    barred = len(parts) > 2
    first, *rest = parts if barred else BRACKETS.split(title)
    for part in (*rest, first):
        starts = [0] if part is not first else []
        starts += [m.end() for m in COMMA.finditer(part)]
        for start in starts[:8]:
            words = part[start:].strip()
            places = sure_only(read_places(words, strict=True))
            if places or (barred and (places := leading_places(words, 0))):
                yield from ((words, place) for place in places)
                break


def sure_only(places: Iterable[Place]) -> tuple[Place, ...]:
    """The places without those whose country is in doubt."""
    return tuple(p for p in places if p.country or not p.city)


def leading_places(text: str, start: int) -> tuple[Place, ...]:
    """The places that the words right after an offset name (`Berlin or Munich and …`), with offsets into the text."""
    stop = SENTENCE_END.search(text, start, start + WINDOW)
    end = stop.start() if stop else min(len(text), start + WINDOW)
    words = []
    for word in WORD.finditer(text, start, end):
        if word.group()[0].islower() and word.group().lower() not in between():
            break
        words.append((word.start(), word.end()))
    while words and text[words[0][0] : words[0][1]].lower() in word_set("lead"):
        if len(words) > 1 and known(text[words[0][0] : words[1][1]]):  # `El Salvador`
            break
        del words[0]
    if not any(known(text[words[i][0] : words[k][1]]) for i in range(min(4, len(words))) for k in reach(i, words)):
        return ()
    for _, last in reversed(words[:12]):
        if found := sure_only(read_places(text[words[0][0] : last], strict=True)):
            return moved(found, words[0][0])
    return ()


def reach(first: int, words: list[tuple[int, int]]) -> range:
    """The last words of the names of three words or fewer that begin with a word."""
    return range(first, min(first + 3, len(words)))


@cache
def between() -> frozenset[str]:
    """Words in lower case that may stand among places: `Berlin or remote`, `anywhere in the EU`."""
    return word_set("stop") | word_set("and") | word_set("lead") | word_set("edge")


def trailing_places(text: str, end: int) -> tuple[Place, ...]:
    """The places that the words right before an offset name (`the US or Canada …`), with offsets into the text."""
    first = max(0, end - WINDOW // 2)
    breaks = [m.end() for m in SENTENCE_END.finditer(text, first, end)]
    words = list(WORD.finditer(text, breaks[-1] if breaks else first, end))
    if not words or not words[-1].group()[0].isupper():
        return ()
    for word in words[-6:]:
        if found := sure_only(read_places(text[word.start() : words[-1].end()], strict=True)):
            return moved(found, word.start())
    return ()


def moved(places: Iterable[Place], by: int) -> tuple[Place, ...]:
    """The places with their offsets counted from elsewhere."""
    return tuple(p._replace(start=p.start + by, end=p.end + by) for p in places)


def cues(folded: str) -> list[Match[str]]:
    """The words that announce a place, each with its kind: `work`, `remote`, or `after` for those that follow it."""
    found = hits(folded)
    stop = min(len(folded), MOST)
    return without_overlaps(
        Match(last - len(phrase) + 1, last + 1, kind)
        for kind in ("work", "remote", "after")
        for last, phrase in found.get(f"places.{kind}", ())
        if last < stop and stands_apart(folded, last - len(phrase) + 1, last + 1, 0, stop)
    )


NAME_BEFORE = re.compile(r"(?:^|\s)[A-ZÀ-ÞА-Я]\S*\s+$")


def office_starts(folded: str) -> Iterator[int]:
    """Where words such as `office` begin."""
    return (last - len(phrase) + 1 for last, phrase in hits(folded).get("places.office", ()) if last < MOST)


@cache
def offices() -> re.Pattern[str]:
    """`our Berlin office`, `unserem Standort Berlin`: the name between the two."""
    words = load("places")["cues"]
    before, after = "|".join(words["before_office"]), "|".join(words["office"])
    return re.compile(rf"\b(?i:{before})\s+((?:[A-ZÀ-ÞА-Я][\w.’'-]{{0,30}},?\s+){{1,4}}?)(?i:{after})\b")


def cued_places(text: str, folded: str) -> Iterator[tuple[str, Place]]:
    """The places that a text announces, with the kind of cue: `role is based in …`, `… residents only`, `our … hub`."""
    for cue in cues(folded):
        found = trailing_places(text, cue.start) if cue.value == "after" else leading_places(text, cue.end)
        yield from (("remote" if cue.value == "after" else cue.value, place) for place in found)
    named = any(NAME_BEFORE.search(text, max(0, at - 50), at) for at in office_starts(folded))
    for name in offices().finditer(text, 0, MOST) if named else ():
        yield from (("office", p) for p in trailing_places(text, name.end(1)) if p.start >= name.start(1))
