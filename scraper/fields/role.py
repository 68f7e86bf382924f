"""The title without level, gender marks, place and work mode."""

import re
from functools import cache
from html import unescape

from scraper.document import fold
from scraper.posting import Location, RawPosting
from scraper.reading import Reading, Span
from scraper.words import Matcher, load
from scraper.words.places import country_of, macro_of

# Brackets and separators cut a title into pieces; a piece with nothing but extras goes.
PIECES = re.compile(r"(\s*[()\[\]]\s*|\s+[-–—|·•/]+\s+|\s*[|·•–—]\s*|\s*[,;:]\s+|\s*-\s+(?=\S))")
# An ending in a bracket belongs to its word: `Chargé(e)`, `Mitarbeiter(in)`. It is kept aside while pieces are cut.
ENDING = re.compile(r"(?<=\w)\((\w{1,5})\)")
KEPT = "\ue002\\1\ue003"
LONGEST = 300


def read_role(raw: RawPosting, locations: list[Location]) -> Reading[str] | None:
    """The occupation that a title names; `locations` are the places read for the post.

    >>> # "Senior Backend Engineer (m/w/d) – Berlin, remote" with Berlin among the locations: "Backend Engineer"

    Words without which the occupation is unclear stay (`Head of Marketing`, `Tech Lead`, `Intern` alone). None where
    nothing sensible is left.
    """
    title = " ".join(unescape(raw.title)[:LONGEST].split())
    for pattern in _patterns():
        title = pattern.sub(_gap, title)
    title = ENDING.sub(KEPT, title)
    names = _names(raw, locations)
    pieces = PIECES.split(title)
    texts = [piece if index % 2 else _stripped(piece, names) for index, piece in enumerate(pieces)]
    role = _joined(texts) or _joined([p if i % 2 else _stripped(p, names, levels=False) for i, p in enumerate(pieces)])
    role = role.replace("\ue002", "(").replace("\ue003", ")")
    if not any(c.isalpha() for c in role):
        return None
    return Reading(role, (Span("title", quote=" ".join(raw.title.split())),))


def _gap(match: re.Match[str]) -> str:
    # A bracket that held a mark and more stays in pairs: `(m/w/d, Berlin)`.
    opened, closed = match[0].count("("), match[0].count(")")
    return " (" if opened > closed else ") " if closed > opened else " "


def _joined(pieces: list[str]) -> str:
    """The pieces that have words, with the separators between them; brackets stay in pairs."""
    out = ""
    depth = 0
    pending = ""
    for index, piece in enumerate(pieces):
        if index % 2:
            pending += piece
            continue
        if not piece:
            continue
        mark = _mark(pending) if out else ""
        depth += mark.count("(") - mark.count(")")
        if depth < 0:
            mark, depth = " ", 0
        out += mark + piece
        pending = ""
    return " ".join((out + ")" * depth).strip(" -–—|,;:/·•*&+").rstrip(".").split())


def _mark(pending: str) -> str:
    """One separator for a run of them whose pieces went."""
    opened = pending.rfind("(") > pending.rfind(")") or pending.rfind("[") > pending.rfind("]")
    closed = (")" in pending or "]" in pending) and not ("(" in pending or "[" in pending)
    if opened:
        return (")" if closed else "") + " ("
    if closed:
        rest = re.sub(r"[)\]\s]", "", pending)
        return ")" + (f" {rest[:1]} " if rest and rest not in ",;:" else rest + " ")
    separator = PIECES.match(pending)
    return separator[0] if separator and not re.search(r"[()\[\]]", separator[0]) else " "


def _stripped(piece: str, names: frozenset[str], levels: bool = True) -> str:
    """A piece without level words; empty where nothing but extras and places is left of it."""
    folded = fold(piece)
    keep = list(piece)
    if levels:
        for match in _levels().find(folded):
            rest = folded[match.end :]
            if match.value == "occupation" or (match.value == "leading" and not re.match(r"[\s/&]+\w", rest)):
                continue
            # `Mid-Market` and `mid-to-senior` are other words.
            if re.match(r"-\w", rest) or re.search(r"\w-$", folded[: match.start]):
                continue
            for at in range(match.start, match.end + (rest[:1] == ".")):
                keep[at] = " "
    text = " ".join("".join(keep).split())
    text = re.sub(r"^[\s/&+,*-]+|[\s/&+,*-]+$", "", text)
    if levels:
        text = re.sub(load("role")["level"]["numerals"], "", text, flags=re.IGNORECASE).rstrip(" ,")
    if _only_extras(fold(text), names):
        return ""
    return _without_tail(text, names)


def _only_extras(folded: str, names: frozenset[str]) -> bool:
    left = folded
    for match in reversed(_extras().find(folded)):
        left = left[: match.start] + " " + left[match.end :]
    for name in sorted(names, key=lambda name: (-len(name), name)):
        left = left.replace(name, " ")
    words = [word for word in re.split(r"[\s,/&+|]+", left) if word.strip("().-–*")]
    return all(
        word in load("role")["between"]["words"] or _is_place(word) or not any(c.isalpha() for c in word)
        for word in words
    )


def _is_place(word: str) -> bool:
    return len(word) > 2 and bool(country_of(word) or macro_of(word))


def _without_tail(text: str, names: frozenset[str]) -> str:
    """Without a place or mode at the end: `Sales Manager Berlin`, `Nurse in Porto`, `Java Developer remote`."""
    folded = fold(text)
    for name in sorted(names | _tails(), key=lambda name: (-len(name), name)):
        if folded.endswith(" " + name) and len(folded) > len(name) + 3:
            rest = text[: -len(name)].rstrip(" ,-–/|")
            linked = re.search(
                r"\s(?:based in|in|at|im|à|en|em|w|в|te|a|from|near|bei|for|для|из|г\.)$", rest, re.IGNORECASE
            )
            if linked and name in _tails():
                continue
            return rest[: linked.start()] if linked else rest
    # A mode at the head: `Remote Java Developer`, `REMOTE - Nurse`.
    head = next((name for name in _tails() if folded.startswith(name + " ")), None)
    return text[len(head) :].lstrip(" ,-–/|") if head and not _heads().find(folded) else text


@cache
def _tails() -> frozenset[str]:
    return frozenset(
        (
            "remote",
            "hybrid",
            "remoto",
            "remota",
            "удаленно",
            "удалённо",
            "zdalnie",
            "homeoffice",
            "remotely",
            "100% remote",
            "wfh",
        )
    )


@cache
def _heads() -> Matcher[str]:
    """Occupations that begin with a mode: `Remote Sensing Engineer`, `Hybrid Cloud Architect`."""
    return Matcher((phrase, phrase) for phrase in load("workplace")["slot"]["none"])


def _names(raw: RawPosting, locations: list[Location]) -> frozenset[str]:
    """Names of places that may stand in the title, folded."""
    places = [place for place in raw.locations if isinstance(place, str)]
    places += [
        part for place in raw.locations if not isinstance(place, str) for part in (place.text, place.city) if part
    ]
    places += [part for place in locations for part in (place.text, place.city, place.region) if part]
    parts = (part for place in places for part in [place, *re.split(r"[,;/()|–—]|\s-\s", place)])
    return frozenset(
        name for part in parts if 2 < len(name := fold(" ".join(part.split()))) < 40 and not name.isdigit()
    )


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    vocabulary = load("role")
    return tuple(re.compile("|".join(vocabulary[table]["patterns"]), re.IGNORECASE) for table in ("gender", "number"))


@cache
def _levels() -> Matcher[str]:
    level, occupation = load("role")["level"], load("seniority")["title"]
    kept = [phrase for table in occupation.values() for phrase in table.get("occupation", [])]
    own = set(level["words"]) | set(level["leading"])
    rows = [(phrase, "occupation") for phrase in kept if any(phrase.startswith(word + " ") for word in own)]
    rows += [(word, "level") for word in level["words"]] + [(word, "leading") for word in level["leading"]]
    return Matcher(rows)


@cache
def _extras() -> Matcher[str]:
    return Matcher((word, word) for word in load("role")["extra"]["words"])
