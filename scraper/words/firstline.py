"""Free posts that begin with a line such as `Acme (YC S21) | Backend Engineer | Berlin or REMOTE (EU) | 90-110k €`.

Such a line is a habit, no format: its parts come in any order, apart by any sign, or not at all. What a part is, is
told by its words (`firstline.toml`, the gazetteer); what is left unnamed is the employer.
"""

import re
from dataclasses import dataclass, replace
from functools import cache

from scraper.words import load
from scraper.words.places import read_places

LINES, WIDTH = 60, 1000
"""How many lines of a post are read, and how many characters of each."""
SEPARATORS = tuple(
    re.compile(sign)
    for sign in (
        r"\s*[|｜¦│‖]+\s*",
        r"\s*[•·●⋅∙]\s*|\s+//+\s+|\s+::\s+",
        r"\s+[-–—―]+\s+|\s*—\s*",
        r"\s*;\s+",
        r"/\s+|\s+/",
        r",\s+",
        r":\s+",
    )
)
ADDRESS = re.compile(
    r"(?:https?://|www\.)\S+|\b[\w-]+(?:\.[\w-]+)*\.(?:com|io|ai|co|org|net|dev|app|tech|eu|de|uk|xyz|so)\b(?:/\S*)?"
)
LINK = re.compile(r"\[([^\]]{1,80})\]\(\S{1,300}\)")
CURRENCY = r"(?:usd|eur|gbp|chf|cad|aud|sgd|inr|pln|sek|nok|dkk)\b"
PAY = re.compile(
    rf"(?:[$€£₹¥₽]|\b{CURRENCY})\s{{0,2}}\d[\d.,]*"
    rf"|\b\d[\d.,]*\s{{0,2}}k?\s{{0,2}}(?:[$€£₹¥₽]|{CURRENCY}|lpa\b)|\b\d{{2,3}}\s?k\b",
    re.I,
)
NO_PAY = re.compile(
    r"\bsign|\braised|\bfunding|\brevenue|\bARR\b|\bin (?:seed|series)|[$€£]\s?[\d.]+\s?(?:m|b|mm|bn)\b", re.I
)
BRACKET = re.compile(r"\s*[(\[]([^()\[\]]{0,120})[)\]]")
HIRES = re.compile(
    r"^(.{2,60}?),?\s+(?:is|are)\s+(?:\w+ly\s+|now\s+)?(?:hiring|looking for|seeking)\b[:!,]?\s*(.{0,200})", re.I
)
COMMANDS = re.compile(
    r"^(?:we(?:[’']re| are) |now |currently )*(?:hiring|seeking|looking for|recruiting)(?: for)?:? +"
    r"(?:an? |our |\d+x? )?(?=\w)"
    r"|^(?:roles?|positions?|job|title|job title|opening)s?: *|^\d+x +",
    re.I,
)
LABELS = {
    "employer": ("company", "employer", "organization", "organisation"),
    "role": ("role", "position", "job title", "title", "job"),
    "place": ("location", "remote", "workplace"),
    "kind": ("type", "job type", "employment"),
    "pay": ("salary", "compensation", "pay"),
}
LABEL = re.compile(
    rf"^({'|'.join(word for words in LABELS.values() for word in words)})s?\s{{0,2}}[:–-]\s{{1,3}}(\S.*)", re.I
)
BULLET = re.compile(r"^(?:[-–—*•●▪‣→>+~#]+|--+>|\(?\d{1,2}[.)]|\[[^\]]{1,30}\])\s*")
WORD = r"(?:[A-Z][\w’'&.!+-]*|[a-z]+[A-Z]\w*|\d[\w.]*[A-Z]\w*)"
NAME = rf"{WORD}(?: (?:of|and|the|for|&|de)(?= [A-Z])| (?:[A-Z0-9][\w’'&.!+-]*)){{0,4}}"
VERBS = (
    r"is|are|was|has|have|builds?|makes?|provides?|helps?|develops?|offers?|enables?|operates?|runs?|creates?|delivers?"
    r"|designs?|powers?"
)
SUBJECTS = (
    re.compile(
        rf"^\W{{0,4}}(?:hi|hey|hello)?[ ,!]*(?:hn|all|everyone)?[ ,!:.-]*({NAME})(?: ?\([^)]{{1,60}}\))?"
        rf"(?:\s+(?:{VERBS})|,\s+(?:an?|the|founded|which|we))\b"
    ),
    re.compile(rf"\b[Ww]e(?:[’']re| are) ({NAME})(?=[,.!]| and\b| \(|$)"),
    re.compile(
        r"(?:\b(?:team|hiring|roles?|engineers?|developers?|here) at|\b(?:C[TE]O|founder) (?:of|at)|^at|\bAt|\b[Jj]oin"
        rf"|\bbuilding) ({NAME})"
    ),
)
"""Sentences that name who speaks: `Acme is a …`, `We're Acme`, `at Acme`."""
ROLE_AT = re.compile(rf"^(.{{3,80}}?)\s+(?:at|@)\s+({NAME})(?=$|\s*[,(|–-])")
SOUGHT = re.compile(
    r"\b(?:hiring|looking for|looking to hire|seeking|recruiting|searching for|in need of|to hire"
    r"|join (?:us|our team) as|opening for|role:|position:|we want)"
    r"(?: to (?:hire|add|find|bring on))?((?: [\w’'+#./&-]+,?){1,14})",
    re.I,
)
SOUGHT_END = re.compile(
    r",? \b(?:to|who|that|in|at|with|for|as|based|from|on|interested|passionate|across)\b|(?<=\w)\. ", re.I
)
ARTICLES = re.compile(
    r"^(?:an?|the|our|some|one|two|three|four|multiple|several|more|for|experienced|talented|great|exceptional|another"
    r"|new|\d+x?)\s+",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Job:
    """One role of a post, in the words of the post. `title` is the whole first line where none of it names a role."""

    employer: str | None
    title: str
    locations: tuple[str, ...] = ()
    workplace: str | None = None
    employment: tuple[str, ...] = ()
    pay: str | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a first line and what its words say that it is: `role`, `field`, `generic`, `place`, `mode`, `kind`,
    `pay`, `address`, `aside`; none of these: a name.
    """

    text: str
    is_a: frozenset[str]


def read_jobs(lines: list[str]) -> list[Job]:
    """The jobs of a post, one a role that it lists; none where the lines are no post but a question, an answer, a
    search for work or a remark.
    """
    lines = [" ".join(LINK.sub(r"\1", line[:WIDTH]).split()) for line in lines[:LINES]]
    lines = [line for line in lines if line]
    if not lines or _is_candidate(lines):
        return []
    return _labelled(lines) or _headed(lines) or _told(lines)


# -- posts with a first line ------------------------------------------------------------------------------------------


def _headed(lines: list[str]) -> list[Job]:
    """The jobs of a post whose first line is apart in parts."""
    parts, body = _parts(lines)
    if not parts:
        return []
    employer = _employer(parts) or _subject(body)
    named = [part for part in parts if part.text != (employer or "") and not _is_employer(part, employer)]
    titles = _titles(named)
    specific = [title for title in titles if not _is_generic(title)]
    listed = [] if specific else _listed(body)
    if not specific and not listed:
        listed = [role for role in _sought(body) if " " in role][:1]
    fields = [
        _trimmed(part.text)
        for part in named
        if part.is_a <= {"field"} and len(part.text) <= 60 and not _is_prose(part.text)
    ]
    found = specific or listed or titles or fields[:1] or [_whole(parts, lines[0])]
    own = [part for part in parts if _is_employer(part, employer)]
    behind = [inner for part in own for inner in _brackets(part.text) if inner.is_a & {"mode", "place"}]
    behind += [inner for part in named if "role" in part.is_a for inner in _brackets(part.text) if "mode" in inner.is_a]
    return [_job(employer, title, [part for part in named if "role" not in part.is_a] + behind) for title in found]


def _whole(parts: list[Part], line: str) -> str:
    """The first line as a title, without its sentences and addresses where enough is left."""
    brief = [part.text for part in parts if not _is_prose(part.text) and "address" not in part.is_a]
    return " | ".join(brief) if len(brief) > 1 else line[:200]


def _job(employer: str | None, title: str, parts: list[Part]) -> Job:
    modes = [part.text for part in parts if "mode" in part.is_a]
    return Job(
        employer,
        title,
        tuple(dict.fromkeys(part.text for part in parts if "place" in part.is_a)),
        ", ".join(dict.fromkeys(modes)) or None,
        tuple(dict.fromkeys(part.text for part in parts if "kind" in part.is_a)),
        next((part.text for part in parts if "pay" in part.is_a), None),
    )


def _parts(lines: list[str]) -> tuple[list[Part], list[str]]:
    """The parts of the first line, and the lines after it; no parts where the line is prose."""
    first, *body = lines
    if found := HIRES.match(first):
        name, role = found[1].strip(), re.sub(r"^(?:for )?(?:an? |the |our )?", "", found[2])
        if not _is_common(name) and len(name.split()) <= 6:
            parts = [Part(name, frozenset())] + [_part(text) for text in _cut(role) if text.strip(" –-")]
            if any("role" in part.is_a or "generic" in part.is_a for part in parts[1:]) or "(yc " in first.lower():
                return [_roled(part, at) for at, part in enumerate(parts)], body
    for sign in SEPARATORS:
        texts = [text for text in sign.split(first) if text.strip(" -–—|/")]
        used = body
        if len(texts) < 2 and sign is SEPARATORS[0] and len(first) <= 60 and body and len(sign.split(body[0])) > 1:
            texts, used = [first, *(text for text in sign.split(body[0]) if text)], body[1:]
        parts = [_part(text) for text in texts]
        barred = sign is SEPARATORS[0]
        if len(parts) > 1 and (
            _is_header(parts, barred) or (barred and _rule("hiring").search(" ".join(lines).lower()))
        ):
            return parts, used
    short = [line for line in lines[:6] if len(line) <= 60 and not line.endswith(".")]
    if len(short) >= 3 and short == lines[: len(short)]:
        parts = [_part(line) for line in short]
        if _is_header(parts, False) and not any(part.text.endswith("?") for part in parts):
            return parts, lines[len(short) :]
    if (found := ROLE_AT.match(first)) and len(first) <= 140 and _has_role(found[1]):
        rest = first[found.end() :].strip(" ,|()–-")
        return [Part(found[2], frozenset()), _part(found[1])] + ([_part(rest)] if rest else []), body
    return [], lines


def _roled(part: Part, at: int) -> Part:
    return part if at != 1 or part.is_a else replace(part, is_a=frozenset({"field"}))


def _cut(text: str) -> list[str]:
    """What follows `is hiring`: roles, then what a dash, a bar or a bracket sets apart."""
    return re.split(
        r"\s+[-–—|]+\s+|\s+in (?=[A-Z])|,\s+(?=(?i:remote|on-?site|hybrid|full|part)\b)|\s*\(|\)\s*|[.!]\s",
        text.rstrip(" .!)"),
    )


def _is_header(parts: list[Part], barred: bool) -> bool:
    """Whether parts look like a first line: enough of them are something, and none goes on and on."""
    told = {kind for part in parts for kind in part.is_a if kind not in ("aside", "field")}
    if barred:
        fields = any("field" in part.is_a for part in parts)
        return bool(told) if len(parts) > 2 else bool(told & {"role", "generic", "mode", "kind"}) or fields
    if any(len(part.text) > 110 or _is_prose(part.text) for part in parts):
        return False
    if len(parts) == 2:
        name = parts[0]
        named = not name.is_a & {"pay", "kind"} and len(name.text.split()) <= 6 and not _is_common(name.text)
        return "role" in parts[1].is_a and named
    roles = any(part.is_a & {"role", "generic"} for part in parts)
    return len(told) >= 2 and (roles or len(told & {"place", "mode", "kind", "pay"}) >= 2)


def _employer(parts: list[Part]) -> str | None:
    """The part that is nothing else: by habit the first; after a role or a place, the next one without a meaning."""
    first, *rest = parts
    unnamed = [part for part in rest if not part.is_a and not _is_prose(part.text) and len(part.text) <= 50]
    if _is_prose(first.text) or len(first.text) > 90:
        return _subject([first.text])
    roles = [part for part in rest if part.is_a & {"role", "generic"}]
    places = [part for part in rest if "place" in part.is_a]
    elsewhere = (
        ("role" in first.is_a and not roles and not _brackets_named(first))
        or (first.is_a & {"mode", "kind", "pay", "generic"} and not _bare(first.text))
        or ("place" in first.is_a and unnamed and not places)
        or first.text.startswith(("http", "www."))
    )
    if elsewhere:
        return _bare(unnamed[0].text) if unnamed else None
    return _bare(first.text)


def _brackets_named(part: Part) -> bool:
    """Whether an address or a batch stands in brackets behind a name, as it does behind an employer's."""
    return any(inner.is_a & {"address", "aside"} for inner in _brackets(part.text))


def _is_employer(part: Part, employer: str | None) -> bool:
    return employer is not None and _bare(part.text) == employer


def _bare(text: str) -> str | None:
    """An employer's name without what stands behind it: a batch, an address, a place, a mode, a slogan."""
    text = BULLET.sub("", text)
    for found in reversed(list(BRACKET.finditer(text))):
        inner = _part(found[1])
        if inner.is_a & {"address", "aside", "place", "mode", "kind"} or not found[1].strip():
            text = text[: found.start()] + text[found.end() :]
    name = re.split(r"\s+[-–—]+\s+|:\s|\s*—\s*|,\s+(?=an?\b|the\b)", text.strip())[0]
    if " " in name and ADDRESS.search(name) and (shorter := ADDRESS.sub("", name).strip(" -–—|,:/")):
        name = shorter
    name = re.sub(r"(?i)^(?:company|employer): *|\s+(?:is|are) (?:now )?hiring.*$|\s+hiring$", "", name)
    name = name.strip(" -–—|,:;/*_\"“”'")
    modes = {"mode", "kind", "pay", "generic"}
    return None if not re.search(r"\w", name) or (_part(name).is_a & modes and not _is_name(name)) else name


def _is_name(text: str) -> bool:
    """Whether words beside a mode are more than that: `Remote Year`, but not `Fully Remote`."""
    left = [word for word in _words_out(text, "modes", "kinds").split() if word.lower() not in _set("around")]
    return any(word[:1].isupper() and not (len(word) > 2 and _places(word)) for word in left)


def _titles(parts: list[Part]) -> list[str]:
    """The roles that the parts name, each by itself: the first part with a role, or those that say only `various`."""
    roles = [part for part in parts if "role" in part.is_a]
    texts = [_trimmed(roles[0].text)] if roles else [_trimmed(p.text) for p in parts if "generic" in p.is_a][:1]
    return [title for text in texts for title in _apart(text) if title]


def _apart(text: str) -> list[str]:
    """Several roles of one part, where each is a role by itself: `Designer, Data Engineer and QA Lead`."""
    depth, start, pieces = 0, 0, []
    for found in re.finditer(r"[(\[]|[)\]]|,\s+(?:and |or )?|\s+(?:&|\+|and|or)\s+|;\s+", text):
        if found[0] in "([":
            depth += 1
        elif found[0] in ")]":
            depth -= 1
        elif depth <= 0:
            pieces.append(text[start : found.start()].strip())
            start = found.end()
    pieces.append(text[start:].strip())
    apart = len(pieces) > 1 and all(_has_role(piece) and len(piece.split()) > 1 for piece in pieces)
    return [_trimmed(piece) for piece in pieces] if apart else [text]


def _trimmed(text: str) -> str:
    """A role without its bullet, `Hiring`, addresses and what follows a colon."""
    text = COMMANDS.sub("", BULLET.sub("", ADDRESS.sub("", text)).strip())
    text = re.sub(r"\(\s*\)|\[\s*\]", "", text)
    return " ".join(text.split()).strip(' -–—|,:;/.*@→>"“”')


# -- posts without one ------------------------------------------------------------------------------------------------


def _labelled(lines: list[str]) -> list[Job]:
    """The job of a post whose lines are labelled: `Company: Acme`, `Location: Berlin`."""
    said: dict[str, str] = {}
    for line in lines[:14]:
        if found := LABEL.match(BULLET.sub("", line)):
            said.setdefault(found[1].lower(), found[2])
    told = {about: [said[word] for word in words if word in said] for about, words in LABELS.items()}
    if not told["employer"] or len(said) < 2:
        return []
    parts = [part for part in map(_part, told["place"]) if part.is_a & {"place", "mode"}]
    if re.match(r"(?i)yes\b", said.get("remote", "")):
        parts.append(Part("Remote", frozenset({"mode"})))
    parts += [Part(text, frozenset({about})) for about in ("kind", "pay") for text in told[about]]
    rest = [line for line in lines if not LABEL.match(line)]
    titles = [_trimmed(role) for role in told["role"][:1]] or _listed(rest)[:1] or _sought(rest)[:1]
    return [_job(_bare(told["employer"][0]), title, parts) for title in titles]


def _told(lines: list[str]) -> list[Job]:
    """The jobs of a post in running words: it says who hires and whom."""
    text = " ".join(lines)
    lowered = text.lower()
    listed = _listed(lines)
    says = _rule("hiring").search(lowered) or (len(listed) > 1 and ADDRESS.search(text))
    if not says or _rule("meta").search(lowered[:600]):
        return []
    employer = _subject(lines)
    titles = listed or _sought(lines)[:1]
    if not titles or (employer is None and not ADDRESS.search(text)):
        return []
    first = [_part(piece) for piece in re.split(r"[|()]|\s-\s", lines[0]) if len(piece) < 80]
    return [_job(employer, title, [p for p in first if "role" not in p.is_a]) for title in titles]


def _subject(lines: list[str]) -> str | None:
    """The name that a text speaks of: `Acme is a …`, `at Acme, we …`, `building Acme`."""
    for pattern in SUBJECTS:
        for line in lines[:8]:
            for sentence in re.split(r"(?<=[.!?])\s+", line)[:6]:
                found = pattern.search(sentence)
                if found and not _is_common(found[1]) and not _has_role(found[1]) and not _places(found[1]):
                    return re.sub(r"[’']s$", "", found[1]).strip(" .,!")
    return None


def _is_common(name: str) -> bool:
    return re.split(r"[\s’']", name.lower())[0].strip(".,!") in set(load("firstline")["post"]["names"])


def _listed(lines: list[str]) -> list[str]:
    """The roles that lines of their own name: items of a list, or short lines."""
    found: list[str] = []
    for line in lines:
        body = BULLET.sub("", BULLET.sub("", line)).strip(" *_")
        head = re.split(
            r"\s+[-–—|]+\s+|\s*[—|:→]\s*|\s*\(|\s+https?:|\s+in (?=[A-Z])|\s+@\s|\.\s|\s*\[|\s+=>?\s|\s+-+>", body
        )[0].strip(" .,;*-")
        head = COMMANDS.sub("", head)
        bulleted = body != line.strip()
        if not 2 <= len(head) <= 90 or len(head.split()) > 9 or _is_prose(head) or " with " in head or head[-1] == "?":
            continue
        if _ends_in_role(head) and (head[:1].isupper() or bulleted) and (bulleted or len(line) <= 140):
            found += _apart(_trimmed(head))
    return list(dict.fromkeys(found))[:20]


def _sought(lines: list[str]) -> list[str]:
    """The roles that a text says it looks for: `we are hiring a Data Engineer to …`."""
    found = []
    for line in lines:
        for match in SOUGHT.finditer(line):
            words = SOUGHT_END.split(match[1], maxsplit=1)[0].strip(" ,.")
            while (shorter := ARTICLES.sub("", words)) != words:
                words = shorter
            last = max((m.end() for m in _role_words().finditer(words)), default=0)
            if last and len(words[:last].split()) <= 8 and not _is_prose(words[:last]):
                found.append(_apart(words[:last].strip(" ,"))[0])
    return found


def _is_candidate(lines: list[str]) -> bool:
    """Whether a person looks for work, instead of an employer for a person."""
    told = any(_rule("candidate").search(line.lower()) for line in lines[:25])
    return told or _rule("candidate_first").search(lines[0].lower()) is not None


# -- what the words of a part are -------------------------------------------------------------------------------------


def _part(text: str) -> Part:
    """A part with what its words say that it is."""
    text = text.strip(" ,;|")[:WIDTH]
    plain = ADDRESS.sub(" ", text)
    is_a: set[str] = {"address"} if plain != text and len(plain.strip(" ()-–—:/,")) < 4 else set()
    if "address" in is_a or _is_prose(plain):
        return Part(text, frozenset(is_a))
    lowered = plain.lower()
    if PAY.search(plain) and not NO_PAY.search(plain):
        is_a.add("pay")
    if _phrases("modes").search(lowered):
        is_a.add("mode")
    if _phrases("kinds").search(lowered):
        is_a.add("kind")
    if _generic().search(lowered):
        is_a.add("generic")
        plain = _generic().sub(" ", plain)
    elif _has_role(_words_out(plain, "modes", "kinds")):
        is_a.add("role")
    if "role" not in is_a and _has_place(plain, bool(is_a & {"mode", "kind"})):
        is_a.add("place")
    if "pay" in is_a:
        is_a -= {"role", "place"}
    if not is_a and _aside().search(lowered):
        is_a.add("aside")
    if not is_a and _is_field(lowered):
        is_a.add("field")
    return Part(text, frozenset(is_a))


def _brackets(text: str) -> list[Part]:
    return [_part(found[1]) for found in BRACKET.finditer(text)]


def _is_prose(text: str) -> bool:
    """Whether words are a sentence, or the beginning of one."""
    words = [word.lower() for word in (word.strip(",.!:()") for word in text.split()) if word != "US"]
    plain, telling = sum(word in _set("sentence") for word in words), sum(word in _set("telling") for word in words)
    return (len(words) > 3 and (telling > 0 or plain > 1 + (len(words) < 8))) or len(words) > 25


def _has_role(text: str) -> bool:
    return len(text) <= 160 and _role_words().search(text) is not None


def _ends_in_role(text: str) -> bool:
    """Whether a text names a role and little behind it: `Engineer, Data Platform`, `Head of Marketing`."""
    text = re.sub(r"\s+(?:[IV]{1,3}|[1-5])$", "", text)
    lowered = text.lower()
    if any(lowered.startswith(phrase + " ") for phrase in ("head of", "vp of", "director of", "chief", "member of")):
        return True
    return any(
        _role_words().search(piece.split()[-1]) for piece in re.split(r",\s+|\s+/\s+", text)[:2] if piece.split()
    )


def _is_generic(title: str) -> bool:
    return _generic().search(title.lower()) is not None


def _is_field(lowered: str) -> bool:
    words = re.findall(r"[\w+#.-]+", lowered)
    return (
        bool(words) and len(words) <= 9 and sum(word.strip(".") in _set("fields") for word in words) * 2 >= len(words)
    )


def _has_place(text: str, beside: bool) -> bool:
    """Whether the words, without modes and the like, are names of places for the greater part."""
    left = _words_out(text, "modes", "kinds")
    if not _names(left):
        return (
            beside
            and re.search(r"(?i)\b(?:global|anywhere|world(?:wide)?|[a-z]{2,3}[ -]?time ?zones?)\b", text) is not None
        )
    pieces = [
        piece for piece in re.split(r"\s*[,;/()+&\[\]→]\s*|\s+(?:or|and|[-–—])\s+|-(?=[Bb]ased)", left) if _names(piece)
    ]
    return (
        sum(map(_names_place, pieces)) * 2 >= len(pieces) or _names_place(left) or _names_place(BRACKET.sub(" ", left))
    )


def _names_place(text: str) -> bool:
    """Whether words are a place for the greater part; two letters are only in capitals."""
    words = _names(text)
    if all(len(word) < 3 and not word.isupper() for word in words):
        return False
    return _places(" ".join(text.split())[:200]) * 2 >= sum(map(len, words))


def _names(text: str) -> list[str]:
    """The words of a text that may be names: not those that stand around names of places."""
    return [word for word in re.findall(r"[^\W\d_][\w.’'-]*", text) if word.lower().strip(".") not in _set("around")]


def _places(text: str) -> int:
    """How many letters of a text are names of places."""
    return sum(sum(c.isalpha() for c in text[place.start : place.end]) for place in read_places(text, strict=True))


def _words_out(text: str, *lists: str) -> str:
    """A text without the words of some lists."""
    for name in lists:
        text = re.sub(_phrases(name).pattern, " ", text, flags=re.I)
    return text


@cache
def _set(name: str) -> frozenset[str]:
    tables = load("firstline")
    found = tables["segment"].get(name) or tables["role"].get(name) or tables["post"].get(name)
    return frozenset(found.split())


@cache
def _phrases(name: str) -> re.Pattern[str]:
    words = sorted(load("firstline")["segment"][name], key=len, reverse=True)
    return re.compile(rf"(?<![\w])(?:{'|'.join(map(re.escape, words))})(?![\w])")


@cache
def _rule(name: str) -> re.Pattern[str]:
    return re.compile(load("firstline")["post"][name])


@cache
def _aside() -> re.Pattern[str]:
    return re.compile(load("firstline")["segment"]["aside"])


@cache
def _generic() -> re.Pattern[str]:
    role = load("firstline")["role"]
    return re.compile(
        rf"\b(?:{'|'.join(role['generic'])})\s+(?:[\w/&-]+ ){{0,3}}?(?:{'|'.join(role['openings'])})\b", re.I
    )


@cache
def _role_words() -> re.Pattern[str]:
    role = load("firstline")["role"]
    nouns = "|".join(map(re.escape, role["nouns"].split()))
    phrases = "|".join(map(re.escape, role["phrases"]))
    acronyms = "|".join(role["acronyms"].split())
    return re.compile(rf"(?<![\w-])(?:(?i:(?:{nouns})s?|{phrases})|(?:{acronyms})s?)(?![\w])")
