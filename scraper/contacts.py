"""Finds the e-mail addresses, telephone numbers and names of recruiters in a text, and masks them.

A masked character becomes one character, so every offset into the text stays true. An address of an office
(`jobs@acme.example`) is masked as well: which box is one person's cannot be told. Social handles, links and the
employer's own name stay.
"""

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Set
from functools import cache, lru_cache
from importlib.resources import files
from itertools import chain, islice
from typing import Any, NamedTuple

from scraper.document import fold
from scraper.words import Matcher, load

MASK = "█"
"""Stands for each masked character."""


class Contact(NamedTuple):
    """A contact at `text[start:end]`; `kind` is `email`, `phone` or `name`."""

    start: int
    end: int
    kind: str


def found(text: str) -> Counter[str]:
    """How many contacts of each kind a text holds, e.g. `Counter(email=1, name=1)`."""
    return Counter(contact.kind for contact in contacts(text))


def contacts(text: str, employer: str | None = None) -> list[Contact]:
    """The contacts of a text in reading order, without overlaps; no name that shares a word with `employer`."""
    spans: list[Contact] = []
    for _ in range(MOST_ROUNDS):
        more = seen_once(text, employer or "")
        if not more:
            break
        spans, text = apart([*spans, *more]), covered(text, more)
    return spans


MOST_ROUNDS = 5
"""How often a text is looked at again: what stands beside a masked contact may read as one."""


def seen_once(text: str, employer: str) -> list[Contact]:
    """The contacts that one look finds."""
    signs = suspected(text)
    if not signs:
        return []
    reached = apart(emails(text)) if "email" in signs else []
    if "phone" in signs:
        reached = sorted([*reached, *phones(text, reached)])
    return apart([*reached, *names(text, reached, employer, "name" in signs)])


def mask_text(text: str, employer: str | None = None) -> str:
    """A text with its contacts masked, of the same length."""
    return covered(text, contacts(text, employer))


def covered(text: str, spans: Iterable[Contact]) -> str:
    """A text with these spans masked."""
    parts, at = [], 0
    for start, end, _ in spans:
        parts += [text[at:start], MASK * (end - start)]
        at = end
    return "".join([*parts, text[at:]])


def mask(record: dict[str, Any]) -> Counter[str]:
    """Mask the contacts of an exported record (a `Posting` as plain data) in place; how many of each kind there were.

    `description[start:end] == quote` holds as before. The posting's own address, its key and the employer are kept.
    """
    description: str = record.get("description") or ""
    beside = "\n".join(texts(record))
    apply_url: str = record.get("apply_url") or ""
    employer = (record.get("employer") or {}).get("name") or ""
    spans = contacts(description, employer)
    if not spans and not suspected(beside):
        return Counter()
    counts = Counter(span.kind for span in spans)
    words = {description[start:end] for start, end, _ in spans}
    record["description"] = masked = covered(description, spans)
    if apply_url and (hidden := mask_url(apply_url)) != apply_url:
        record["apply_url"] = hidden
        counts["phone" if apply_url.lower().startswith("tel:") else "email"] += 1
    elsewhere: set[tuple[str, str]] = set()
    for holder, name in strings(record):
        text = holder[name]
        if holder.get("start") is not None and name == "quote":
            holder[name] = masked[holder["start"] : holder["end"]]
        else:
            own = contacts(text, employer)
            elsewhere |= {(kind, text[start:end]) for start, end, kind in own}
            holder[name] = mask_words(covered(text, own), words)
    counts.update(kind for kind, said in sorted(elsewhere) if said not in words)
    return counts


@cache
def edition() -> str:
    """Which masker this is: it changes with this file and its words."""
    here = files(__package__)
    parts = [(here / name).read_bytes() for name in ("contacts.py", "document.py", "words/contacts.toml")]
    return hashlib.blake2b(b"".join(parts), digest_size=6).hexdigest()


def texts(record: dict[str, Any]) -> list[str]:
    """The texts of a record that may hold a contact and do not stand in its description."""
    slots = [record.get("title"), record.get("attribution")]
    if (link := record.get("apply_url")) and ("email" in suspected(link) or not link.startswith("http")):
        slots.append(link)  # the number of a job in an address is nobody's telephone
    if pay := record.get("salary"):
        slots.append(pay.get("text"))
    for pay in record.get("pay_ranges") or ():
        slots += [pay.get("text"), pay.get("label")]
    for row in record.get("locations") or ():
        slots.append(row.get("text"))
    for row in record.get("benefits") or ():
        slots.append(row.get("text"))
    for spans in (record.get("evidence") or {}).values():
        for span in spans:
            if span.get("start") is None and span.get("from") not in ("published", "updated", "expires", "seen_at"):
                slots.append(span.get("quote"))
    return [text for text in slots if text]


def strings(record: dict[str, Any]) -> list[tuple[dict[str, Any], str]]:
    """The texts of a record beside its description that may hold words of the post: holder and key."""
    holders = [(record, "title"), (record, "role"), (record, "attribution")]
    if pay := record.get("salary"):
        holders += [(pay, "text")]
    for pay in record.get("pay_ranges") or ():
        holders += [(pay, "text"), (pay, "label")]
    for name, key in (("benefits", "text"), ("locations", "text"), ("sections", "heading")):
        holders += [(row, key) for row in record.get(name) or ()]
    for spans in (record.get("evidence") or {}).values():
        holders += [(span, "quote") for span in spans]
    return [(holder, key) for holder, key in holders if holder.get(key)]


def mask_words(text: str, words: Iterable[str]) -> str:
    """A text with these words masked, of the same length."""
    for word in words:
        if word in text:
            text = text.replace(word, MASK * len(word))
    return text


def mask_url(url: str) -> str:
    """An address without the mail addresses that it holds; all of a `mailto:` or `tel:` address but its scheme."""
    scheme, colon, rest = url.partition(":")
    if scheme.lower() in ("mailto", "tel", "sms"):
        return scheme + colon + MASK * len(rest)
    return covered(url, emails(url))


# -- is there anything at all -----------------------------------------------------------------------------------------

DIGITS = bytes(ord("d") if chr(code).isdigit() else ord("x") for code in range(128)) + b"x" * 128
BETWEEN_DIGITS = b" ()-./\xc2\xa0\xe2\x80\x93\x91\xaf+"
"""Bytes of what may stand between the digits of a number."""


@lru_cache(2)
def suspected(text: str) -> Set[str]:
    """The kinds of contact that a text may hold; quick, and never too few. A posting's text is asked about twice."""
    signs = set()
    low = text.lower()
    if "@" in low or ("%" in low and "%40" in low) or ("&" in low and ESCAPED_AT.search(low)) or spelt(low):
        signs.add("email")
    if b"ddddddd" in text.encode(errors="replace").translate(DIGITS, BETWEEN_DIGITS):
        signs.add("phone")
    for stem in stems():  # a loop costs half of `any`
        if stem in low:
            signs.add("name")
            break
    return signs


ESCAPED_AT = re.compile("&(?:#0{0,4}64|#x0{0,4}40|commat);")


def spelt(low: str) -> bool:
    """Whether a mail address may be written in words."""
    return (
        (")" in low and ("at)" in low or "at )" in low or "arroba)" in low))
        or ("]" in low and ("at]" in low or "at ]" in low))
        or (">" in low and "at>" in low)
        or ("}" in low and "at}" in low)
        or ('"' in low and '"at"' in low)
        or " dot " in low
        or "собака)" in low
    )


@cache
def stems() -> tuple[str, ...]:
    """What every cue before a name holds."""
    return tuple(dict.fromkeys(load("contacts")["stems"]))


# -- addresses --------------------------------------------------------------------------------------------------------

AT = r"(?:@|%40|&#0{0,4}64;|&#x0{0,4}40;|&commat;)"
DOMAIN = r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.){1,6}[^\W\d_]{2,24}"
EMAIL = re.compile(rf"(?<![\w.+@█-])[.+-]{{0,8}}(\w[\w.+'-]{{0,63}}{AT}{DOMAIN})(?![\w@]|\.\w)")
SPELT_AT = r"\s{0,2}[\[({<]\s?(?:at|arroba|собака)\s?[\])}>]\s{0,2}"
SPELT_DOT = r"(?:\.|\s{0,2}[\[({<]\s?(?:dot|punkt|punto|point|ponto|kropka|точка)\s?[\])}>]\s{0,2}|\sdot\s)"
SPELT = re.compile(
    rf"(?<![\w.+█-])(\w[\w.+-]{{0,63}}(?:{SPELT_AT}|\s\"at\"\s|\sat\s(?=[\w-]{{1,63}}\sdot\s))[\w-]{{1,63}}(?:{SPELT_DOT}[\w-]{{1,63}}){{1,3}})(?!\w)",
    re.IGNORECASE,
)
FILES = frozenset("png jpg jpeg gif svg webp js css map ico".split())


def emails(text: str) -> Iterator[Contact]:
    """Mail addresses, spelt out ones too. `git@host`, `@scope/name` and the user of a link are none."""
    for match in chain(EMAIL.finditer(text), SPELT.finditer(text) if spelt(text.lower()) else ()):
        start, end = match.span(1)
        if text[start : start + 4] == "git@" or text[start:end].rpartition(".")[2].lower() in FILES:
            continue
        if text[end : end + 1] == ":" and text[end + 1 : end + 2].isalpha():  # user@host:path
            continue
        scheme = text.rfind("://", max(0, start - 90), start)
        if scheme < 0 or re.search(r"[\s/?#]", text[scheme + 3 : start]):  # else the user of a link
            yield Contact(start, end, "email")


# -- numbers ----------------------------------------------------------------------------------------------------------

NUMBER = re.compile(
    r"(?<![\w/#=@_.,█-])(?<!\d[ \xa0])(?:\+|\(\+?)?\d(?:[ \xa0\u202f().–/-]{0,3}\d){6,}+(?![a-z@_█\d]|[,.]\d)"
)
GAP = re.compile(r"\s[/–-]\s|\s{2,}|/")
PHONE_SHAPES = re.compile(
    r"\(?[2-9]\d\d(?:\)[ .-]{0,2}|[.-])[2-9]\d\d[ .-]\d{4}"  # North America
    r"|1[ .-]\(?[2-9]\d\d\)?[ .-]{1,2}[2-9]\d\d[ .-]\d{4}"
    r"|8[ -]?\(?[3-9]\d\d\)?[ -]{1,2}\d{3}[ -]\d\d[ -]?\d\d"  # Russia
    r"|\(\d\d\) ?9?\d{4}-\d{4}"  # Brazil
)
"""Shapes of national numbers that nothing else has. Others need a `0` in front, or a cue."""

NO_PHONE = re.compile(
    r"\d{1,2}[./-]\d{1,2}[./-](?:\d\d){1,2}(?!\d)"  # dates
    r"|\(?(?:0?\d|1[0-2])[./](?:19|20)\d\d(?!\d)"
    r"|(?:19|20)\d\d[./ –-]{1,3}(?:19|20|[01]\d[./-][0-3]\d)"
    r"|\d{4}\s?[–-]\s?\d{4}(?!\d)|\d\d[.]\d\d\s?[–-]\s?\d\d[.]\d\d"  # times
    r"|0[.,]"
)
MONEY_AFTER = re.compile(
    r"\s?(?:[€$£₽¥₹%]|(?:eur|euro|usd|gbp|chf|pln|zł|руб|р\b|k\b|brl|rub|byn|kzt|uah|czk|huf|inr|sek|nok|dkk)\b)", re.I
)
MONEY_BEFORE = re.compile(r"(?:[€$£₽¥₹]|\b(?:eur|euro|usd|gbp|chf|pln|r\$|inr|rs\.?))\s?$", re.I)


def phones(text: str, taken: Iterable[Contact]) -> list[Contact]:
    """Telephone numbers outside the spans that are taken: international ones, national ones by shape or by a cue."""
    free = covered(text, taken)
    return [
        Contact(start, end, "phone")
        for match in NUMBER.finditer(free)
        for start, end in pieces(free, *match.span())
        if is_phone(free, start, end)
    ]


def pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """A run of digits as one number, or, where it is too long for one, as those that a gap parts."""
    if sum(char.isdigit() for char in text[start:end]) <= MOST_DIGITS:
        yield start, end
        return
    for gap in GAP.finditer(text, start, end):
        yield start, gap.start()
        start = gap.end()
    yield start, end


MOST_DIGITS = 15
"""Digits of an international number at most (ITU-T E.164)."""


def is_phone(text: str, start: int, end: int) -> bool:
    """Whether the digits at `text[start:end]` are called."""
    said = text[start:end]
    digits = re.sub(r"\D", "", said)
    if MONEY_AFTER.match(text, end) or MONEY_BEFORE.search(text[max(0, start - 6) : start]):
        return False
    if not 7 <= len(digits) <= MOST_DIGITS or len(set(digits)) < 2:
        return False
    if said.startswith(("+", "(+")):
        return len(digits) >= 8 and digits[0] != "0"
    if NO_PHONE.match(said):
        return False
    before = text[max(0, start - 40) : start].rpartition("\n")[2].lower()
    if phone_cue().search(before):
        return True
    if no_phone_cue().search(before) or not re.search(r"\D", said):
        return False
    if digits.startswith("00"):
        return len(digits) >= 10 and digits[2] != "0"
    if digits.startswith("0"):
        return 9 <= len(digits) <= 12
    return PHONE_SHAPES.fullmatch(said) is not None


@cache
def phone_cue() -> re.Pattern[str]:
    """A word before a number that is called, three short words away at most."""
    return re.compile(
        rf"(?<![\w█]){one_of(load('contacts')['phone']['cue'])}(?!\w)\W{{0,6}}(?:[^\W\d]{{1,12}}\W{{1,3}}){{0,3}}\(?$"
    )


@cache
def no_phone_cue() -> re.Pattern[str]:
    """A word right before a number that is not."""
    return re.compile(rf"(?<![\w█]){one_of(load('contacts')['phone']['not'])}(?!\w)[\W_]{{0,4}}$")


def one_of(words: Iterable[str]) -> str:
    """A pattern of the words, the longest first."""
    return "(?:" + "|".join(re.escape(word) for word in sorted(set(words), key=lambda word: (-len(word), word))) + ")"


# -- names ------------------------------------------------------------------------------------------------------------

WORD = re.compile(r"(?:[^\W\d_]\.\s?){1,3}(?=[^\W\d_])|[^\W\d_](?:[^\W\d_]|['’-](?=[^\W\d_])){1,24}")
LABEL_END = re.compile(
    r"(?:\s(?:for|für|pour|para|per|do|voor|zu|bei|in|по|w|dla)\s[^.:!?\n]{1,40}?)?"
    r"(?:\s{0,2}\([^)\n]{0,20}\))?\**\s{0,2}(?:[:：]|\s[–—|-]\s|\s(?:is|ist|est|es|é|è|jest|sind|are)\s|(?=\n))"
    r"\**[ \t]{0,3}"
)
LINE_END = re.compile(r"[ \t]{0,3}(?:$|\n|[,;:|(/–—-]|<|\.(?:\s|$)|\*\*)")
NEAR = 60
"""Characters between a name and its address or number at most."""

MOST_CUES = 2000
"""Labels, and addresses, of one text that are looked around for names."""


def names(text: str, reached: list[Contact], employer: str, labelled: bool) -> Iterator[Contact]:
    """Names of people, wherever they stand once they were seen behind a label, in an address, or behind a cue or an
    honorific where an address or number is near.
    """
    free = covered(text, reached)
    seen = set(behind_labels(free)) if labelled else set()
    for contact in reached[:MOST_CUES]:
        local = (
            re.split(rf"{AT}|\W*\s|[\[({{<]", text[contact.start : contact.end])[0].lower()
            if contact.kind == "email"
            else ""
        )
        seen |= set(near(free, contact, local))
    firm = set(fold(employer).split())
    said = {text[start:end] for start, end in seen if firm.isdisjoint(fold(text[start:end]).split())}
    whole = sorted(name for name in said if " " in name or "\xa0" in name)
    yield from (Contact(start, end, "name") for start, end in seen if text[start:end] in said)
    if whole:
        yield from (
            Contact(place.start, place.end, "name") for place in Matcher((name, None) for name in whole).find(text)
        )


def behind_labels(text: str) -> Iterator[tuple[int, int]]:
    """Names behind `Contact:`, or alone on one of the three lines under it."""
    for cue in islice(label_cues().find(fold(text)), MOST_CUES):
        after = LABEL_END.match(text, cue.end)
        if after is None:
            continue
        at = after.end()
        if at < len(text) and text[at] != "\n":
            if name := name_at(text, at):
                yield name
            continue
        for _ in range(4):
            line = text.find("\n", at) + 1
            if not line:
                break
            at = line + len(text[line : line + 12]) - len(text[line : line + 12].lstrip(" -*•\t"))
            name = name_at(text, at)
            if name and LINE_END.match(text, name[1]):
                yield name


def near(text: str, contact: Contact, local: str) -> Iterator[tuple[int, int]]:
    """Names around an address or number: in its `local` part, behind an honorific, or behind a cue."""
    first = max(0, contact.start - NEAR)
    for start, end in runs(text, first, min(len(text), contact.end + NEAR)):
        before = fold(text[contact.end if start >= contact.end else max(0, start - NEAR) : start])
        if (
            any(form in local for form in forms(text[start:end]))
            or honorific().search(before)
            or verb_cue(6 if end <= contact.start else 1).search(before)
        ):
            yield start, end


def forms(name: str) -> Iterator[str]:
    """The words of a name as a mail address may write them: `müller` is `muller` and `mueller`."""
    for word in re.split(r"[\s.'’-]+", name.lower()):
        if len(word) > 2:
            yield "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c))
            yield word.replace("ä", "ae").replace("ö", "oe").replace("ü", "ue").replace("ß", "ss")


def runs(text: str, start: int, stop: int) -> Iterator[tuple[int, int]]:
    """Each run of words in a part of a text that may be a name."""
    at = start
    while at < stop and (word := WORD.search(text, at, stop)):
        name = name_at(text, word.start()) if not text[max(0, word.start() - 1) : word.start()].isalnum() else None
        at = max(name[1] if name else 0, word.end())
        if name:
            yield name


def name_at(text: str, at: int) -> tuple[int, int] | None:
    """Where the name at an offset begins and ends: two to four words, one behind an honorific."""
    ends, particles, firms, titles, articles = vocabulary()
    begin = end = at
    count = 0
    titled = False
    for _ in range(8):
        word = WORD.match(text, at)
        if word is None:
            break
        folded = fold(word[0]).strip(" .")
        if folded in firms:
            return None
        if count == 0 and (folded in titles or folded in articles):
            titled |= folded in titles
            begin = at = skip(TITLE_END, text, word.end())
            continue
        initial = "." in word[0]
        acronym = word[0].isupper() and 1 < len(word[0]) < 4 and not initial
        if count and folded in particles:
            at = skip(BLANKS, text, word.end())
        elif word[0][0].isupper() and folded not in ends and not acronym and count < 4:
            count += not initial
            end, at = word.end(), skip(BLANKS, text, word.end())
        else:
            break
        if at == word.end() and not initial:
            break
    return (begin, end) if count >= 2 or (count and titled) else None


TITLE_END = re.compile(r"(?:\.[^\W\d_]{1,3})?\.?[ \xa0]{1,2}")
BLANKS = re.compile(r"[ \xa0]{1,2}")


def skip(what: re.Pattern[str], text: str, at: int) -> int:
    """Behind what stands at an offset, if it does."""
    found = what.match(text, at)
    return found.end() if found else at


def apart(spans: Iterable[Contact]) -> list[Contact]:
    """Spans in order, without overlaps: of those that overlap the first stays, the longer one of equals."""
    kept: list[Contact] = []
    for span in sorted(spans, key=lambda span: (span.start, -span.end)):
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
    return kept


@cache
def vocabulary() -> tuple[frozenset[str], ...]:
    """Words that end a name, stand in one, make it a firm's, and go before it: titles, articles."""
    words = load("contacts")["name"]
    return tuple(frozenset(words[kind]) for kind in ("end", "particle", "firm", "honorific", "article"))


@cache
def label_cues() -> Matcher[None]:
    """Labels that a name follows."""
    return Matcher((fold(cue), None) for cues in load("contacts")["label"].values() for cue in cues)


@cache
def verb_cue(words: int) -> re.Pattern[str]:
    """A cue, and up to so many words, at the end of a text."""
    cues = chain.from_iterable(load("contacts")["verb"].values())
    return re.compile(rf"(?<![\w█]){one_of(cues)}(?:\W{{1,3}}[\w.]{{1,14}}){{0,{words}}}\W{{1,3}}$")


@cache
def honorific() -> re.Pattern[str]:
    """An honorific at the end of a text."""
    return re.compile(rf"(?<![\w█]){one_of(load('contacts')['name']['honorific'])}\.?\s{{1,2}}$")
