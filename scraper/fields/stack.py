"""Named technologies that the role works with."""

import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import cache
from itertools import islice, pairwise
from typing import NamedTuple

import ahocorasick

from scraper.document import Document, fold
from scraper.posting import Need, RawPosting, SectionKind, Skill, SkillKind
from scraper.reading import Reading, Span
from scraper.words import load

NEEDS = {Need.REQUIRED: 2, Need.PREFERRED: 1, Need.MENTIONED: 0}

SECTION_NEED = {
    SectionKind.PREFERRED: Need.PREFERRED,
    SectionKind.ABOUT: Need.MENTIONED,
    SectionKind.BENEFITS: Need.MENTIONED,
    SectionKind.SALARY: Need.MENTIONED,
    SectionKind.PROCESS: Need.MENTIONED,
    SectionKind.LEGAL: Need.MENTIONED,
}

# A voucher, a video call, a laptop: brands that these sections name in passing.
ASIDE_SECTIONS = frozenset({SectionKind.BENEFITS, SectionKind.SALARY, SectionKind.PROCESS, SectionKind.LEGAL})
ASIDE_KINDS = frozenset({SkillKind.OFFICE, SkillKind.BUSINESS, SkillKind.TOOL, SkillKind.DATA})
# What no employer is called after, so that `join` before it says nothing.
NO_COMPANY = frozenset(
    {SkillKind.LANGUAGE, SkillKind.FRAMEWORK, SkillKind.LIBRARY, SkillKind.OS, SkillKind.PROTOCOL, SkillKind.FORMAT}
)


# How sure a spelling is, the surest first; `skills.toml` says what each mark asks for.
MARKS = ("", "=", "~", "!")


class Spelling(NamedTuple):
    """A way to write a skill. `mark` is the vocabulary's: empty, `=`, `~` or `!`."""

    name: str
    kind: SkillKind
    mark: str
    text: str


class Found(NamedTuple):
    """A skill at `text[start:end]`. `mark` is what it takes to believe it, `?` where its case is not the usual one."""

    start: int
    end: int
    name: str
    kind: SkillKind
    mark: str


class Mention(NamedTuple):
    """A skill, how much its place wants it, and the words."""

    name: str
    kind: SkillKind
    need: Need
    span: Span


# -- vocabulary -------------------------------------------------------------------------------------------------------


@cache
def spellings() -> dict[str, tuple[Spelling, ...]]:
    """Every folded spelling with the skills that it may stand for."""
    found: dict[str, dict[tuple[str, str], Spelling]] = {}
    for vocabulary in ("skills", "skills_sourced"):
        for kind, skills in load(vocabulary).items():
            for name, others in skills.items():
                listed = [other for other in others.split(", ") if other]
                if not any(other == "-" or (other[0] in "=~!" and fold(other[1:]) == fold(name)) for other in listed):
                    listed.append(name)
                for other in listed:
                    mark, text = (other[0], other[1:]) if other[0] in "=~!-" and len(other) > 1 else ("", other)
                    if other != "-":
                        # `SQL-Server`: German joins what others write apart.
                        for written in {text: None, text.replace(" ", "-"): None}:
                            entry = Spelling(name, SkillKind(kind), mark, written)
                            found.setdefault(fold(written), {}).setdefault((name, written if mark else ""), entry)
    return {
        phrase: tuple(sorted(entries.values(), key=lambda e: MARKS.index(e.mark))) for phrase, entries in found.items()
    }


# What a phrase of `skills_context.toml` does.
ROLES = (
    "not_skills",
    "skill_before",
    "maker_after",
    "skill_after",
    "preferred_before",
    "preferred_after",
    "required_after",
    "no_skill_after",
    "own_before",
    "own_after",
    "stack_before",
    "mentioned",
)


@cache
def automaton() -> ahocorasick.Automaton:
    """All phrases of more than one letter; single letters would match everywhere.

    With each: its length, whether it begins with a letter or digit, the spellings of skills and the roles that it has.
    """
    roles: dict[str, list[str]] = {}
    for role in ROLES:
        for phrase in load("skills_context")[role]:
            roles.setdefault(phrase, []).append(role)
    found = ahocorasick.Automaton()
    for phrase in sorted({**spellings(), **roles}):
        if len(phrase) > 1:
            value = (len(phrase), phrase[0].isalnum(), spellings().get(phrase, ()), tuple(roles.get(phrase, ())))
            found.add_word(phrase, value)
    found.make_automaton()
    return found


LETTERS = "CR"
NOT_BESIDE_LETTER = frozenset("&@#_'’+-")
HOST = re.compile(r"\.(?:com|org|net|io|dev|ai|ru|de|fr|co|uk|eu|app|pl|it|es|br|me|cloud|tech|so|us|gg)\b")
ADDRESS = frozenset("@#_./-")
VERSION = re.compile(r"\d{1,2}(?![^\W_])")
# Cases of Polish and Russian on a name: `Pythona`, `Битрикса`.
ENDING = re.compile(r"(?:ami|ach|ach|iem|owi|em|ie|ze|a|u|y|ą|ę|ом|ах|ам|ами|а|у|е|ы|и|я|ю)(?!\w)")
SLAVIC = re.compile("[а-яąęłśżźćń]")
CYRILLIC = "\u0400"
CYRILLIC_WORDS, LATIN_WORDS = re.compile("[а-яё]+", re.IGNORECASE), re.compile("[a-z]+", re.IGNORECASE)
SHORTEST = 3
MOST_FOUND = 3000


class Context(NamedTuple):
    """Where the phrases of each role stand, in reading order."""

    spans: dict[str, list[tuple[int, int]]]

    def between(self, role: str, start: int, end: int) -> Iterator[tuple[int, int]]:
        """The phrases of a role that begin at `start` or later and end at `end` or earlier."""
        spans = self.spans[role]
        for index in range(bisect_left(spans, (start,)), len(spans)):
            if spans[index][0] >= end:
                return
            if spans[index][1] <= end:
                yield spans[index]

    def has(self, role: str, start: int, end: int) -> bool:
        """Whether a phrase of a role stands between two offsets."""
        return bool(self.spans[role]) and next(self.between(role, start, end), None) is not None

    def begins(self, role: str, start: int) -> bool:
        """Whether a phrase of a role begins at an offset."""
        return next(self.between(role, start, start + SENTENCE), (-1, -1))[0] == start

    def follows(self, role: str, end: int) -> bool:
        """Whether a phrase of a role begins at an offset or right after it."""
        spans = self.spans[role]
        index = bisect_left(spans, (end,))
        return index < len(spans) and spans[index][0] <= end + 1


def scan(text: str, folded: str) -> tuple[list[Found], Context]:
    """Every spelling between boundaries, the longest of those that overlap, and the context phrases."""
    matches: list[Found] = []
    roles: dict[str, list[tuple[int, int]]] = {role: [] for role in ROLES}
    size = len(folded)
    inflects = not folded.isascii() and SLAVIC.search(folded) is not None
    for last, (length, wordy, entries, phrase_roles) in automaton().iter(folded):
        start = last - length + 1
        glued = False
        if start and folded[start - 1].isalnum() and (wordy or folded[start] == "."):
            apart = not one_script(folded[start - 1], folded[start])
            if not apart and (
                not text[start].isupper() or not text[start - 1].islower() or (length < 4 and folded[start - 1] < "а")
            ):
                continue
            glued = True
        end = last + 1
        for role in phrase_roles:
            roles[role].append((start, end))
        if not entries:
            continue
        if (
            end < size
            and folded[end].isalnum()
            and folded[last].isalnum()
            and one_script(folded[last], folded[end])
            and not goes_on(text, end, inflects)
        ):
            continue
        glued |= end < size and text[end].isalpha() and text[last].isalpha() and one_script(folded[last], folded[end])
        found = best(entries, text[start:end], start, end)
        if glued and (found.mark not in ("", "~") or not stands_out(text[start:end])):
            continue
        if not in_address(text, start, end):
            matches.append(found)
            if len(matches) == MOST_FOUND:
                break
    matches += islice(letters(text, matches[-1].end if len(matches) == MOST_FOUND else size), MOST_FOUND)
    matches += [Found(start, end, "", SkillKind.TOOL, "") for start, end in roles["not_skills"]]
    for spans in roles.values():
        spans.sort()
    return longest(matches, size), Context(roles)


def letters(text: str, end: int) -> Iterator[Found]:
    """The skills of one letter."""
    for letter in LETTERS:
        at = text.find(letter, 0, end)
        while at >= 0:
            before, after = text[at - 1 : at], text[at + 1 : at + 2]
            alone = not (before.isalnum() or after.isalnum() or before == "." or text.startswith("/ ", at + 1))
            alone = alone and not (before in "\n" and text.startswith((". ", ") "), at + 1))  # the third of a list
            if alone and before not in NOT_BESIDE_LETTER and after not in NOT_BESIDE_LETTER:
                yield best(spellings()[letter.lower()], letter, at, at + 1)
            at = text.find(letter, at + 1, end)


@cache
def usual() -> frozenset[str]:
    """Every spelling in its usual case."""
    return frozenset(text for entries in spellings().values() for entry in entries for text in (entry.name, entry.text))


def stands_out(words: str) -> bool:
    """Whether words are a skill even where another word or an ending is glued to them."""
    if len(words) < SHORTEST:
        return words[0].isdigit() and words.isupper()  # `1СЗнание`
    return words in usual() or not words.isascii()


def one_script(one: str, other: str) -> bool:
    """Whether two letters are both Cyrillic or both not: `nginxОпыт` is two words."""
    return (one < CYRILLIC) == (other < CYRILLIC)


def goes_on(text: str, end: int, inflects: bool) -> bool:
    """Whether what is right after a spelling is a version, the ending of a case or a new word that lost its space."""
    if text[end].isdigit():
        return not text[end - 1].isdigit() and VERSION.match(text, end) is not None
    if text[end].isupper():
        plural = text[end + 1 : end + 2] == "s" and not text[end + 2 : end + 3].isalpha()  # `SIPPs` is no `SIP`
        return text[end - 1].islower() or (text[end + 1 : end + 3].islower() and not plural)
    return inflects and ENDING.match(text, end) is not None


def best(entries: tuple[Spelling, ...], words: str, start: int, end: int) -> Found:
    """The skill whose spelling fits best; entries stand in the order of their marks."""
    for entry in entries:
        if not entry.mark or entry.text == words:
            return Found(start, end, entry.name, entry.kind, "" if entry.mark == "=" else entry.mark)
    entry = entries[0]
    return Found(start, end, entry.name, entry.kind, "!?" if entry.mark == "!" else "?")


def in_address(text: str, start: int, end: int) -> bool:
    """Whether the words are part of an address: `jobs@figma.com`, `docs.python.org`, `#python`."""
    before = text[start - 1] if start else " "
    after = text[end] if end < len(text) else " "
    if before not in ADDRESS and after not in ADDRESS:
        return False
    if before in "@#_" or after in "@_":
        return True
    if before == "." and text[start - 2 : start - 1].isalnum():
        return not (text[start].isupper() and text[start - 2].islower())
    if after == "." and HOST.match(text, end):
        return True
    if before in "/-" or after in "/-" or (after == "." and text[end + 1 : end + 2].isalnum()):
        low = max(0, start - 80)
        near = text[low : end + 40]
        begin = max(near.rfind(" ", 0, start - low), near.rfind("\n", 0, start - low)) + 1
        word = near[begin:].split(maxsplit=1)[0]
        return "://" in word or "www." in word or HOST.search(word) is not None
    return False


def longest(matches: list[Found], size: int) -> list[Found]:
    """The matches in reading order without overlaps; the longer stays, one in an unusual case never does."""
    taken = bytearray(size)
    kept = []
    for match in sorted(matches, key=lambda m: (m.mark.endswith("?"), m.start - m.end, m.start)):
        if taken.find(1, match.start, match.end) < 0:
            taken[match.start : match.end] = b"\1" * (match.end - match.start)
            if match.name:
                kept.append(match)
    return sorted(kept)


# -- context ----------------------------------------------------------------------------------------------------------

JOIN = r"and/or|and|or|und|oder|sowie|et|ou|y|o|e|ed|i|oraz|lub|albo|и|или|либо|as well as|plus|vs"
GAP = re.compile(
    rf"(?:\s?v?\d[\d.x]{{0,4}}\+?)?[^\S\n]{{0,2}}(?P<sign>[,;/|•·&+()\[\]:\"“”„–—\n-]{{1,3}}\s{{0,2}}(?:- )?)?"
    rf"(?:(?P<word>{JOIN}|with)(?=[\s(])[\s(]{{1,2}})?(?:(?:MS|Microsoft|Apache|Amazon|AWS|Google|Adobe) )?",
    re.IGNORECASE,
)
CLOSE = re.compile(rf"(?:['’]s)?(?:\s*[,.;:)/|&\n(\]]|\s*$|\s+(?:{JOIN})\s)", re.IGNORECASE)
REACH, NEAR = 70, 25
SENTENCE = 300
STOPS = ("\n", ". ", "; ", "! ", "? ")
SHORT = ("e.g", "i.e", "z.B", "bzw", "incl", "inkl", "etc", "p.ex", "т.д", "т.п", "np", "ca", "ex", "vs", "m.in", "Nr")


def link(text: str, left: Found, right: Found) -> int:
    """How two skills stand beside each other: 2 as items of a list, 1 with a space between them, 0 apart."""
    if right.start - left.end > 20:
        return 0
    gap = GAP.fullmatch(text, left.end, right.start)
    if gap is None:
        return 0
    return 2 if gap["sign"] or gap["word"] else 1


def believed(text: str, found: list[Found], context: Context, title: bool) -> list[Found]:
    """The skills that their mark, or what stands around them, vouches for."""
    links = [link(text, left, right) for left, right in pairwise(found)]
    cyrillic = not text.isascii() and len(CYRILLIC_WORDS.findall(text)) > len(LATIN_WORDS.findall(text))
    kept: list[Found] = []
    first = 0
    for index in range(len(found)):
        if index + 1 < len(found) and links[index]:
            continue
        run = found[first : index + 1]
        sure = sum(not skill.mark for skill in run)
        likely = sum(skill.mark in ("~", "!") for skill in run)
        plain = any(skill.kind in NO_COMPANY for skill in run)
        for place, skill in enumerate(run, first):
            beside = [found[place - 1]] if place > first and links[place - 1] == 2 else []
            beside += [found[place + 1]] if place < index and links[place] == 2 else []
            if beside and skill.mark == "!" and opens_line(text, skill):
                beside = []
            if skill.mark == "":
                kept.append(skill)
            elif skill.mark == "?":
                # Among Cyrillic words a Latin one is a name in any case: `(postfix, squid)`.
                if (sure > 1 and any(not other.mark for other in beside)) or (beside and cyrillic):
                    kept.append(skill)
            elif skill.mark == "!?":
                if beside and cyrillic and sure:
                    kept.append(skill)
            elif skill.mark == "~":
                if sure or (likely > 1 and plain) or vouched(text, skill, context, title):
                    kept.append(skill)
            elif skill.mark == "!" and (
                any(not other.mark for other in beside)
                or (beside and sure + likely > 2 and (sure or plain))
                or vouched(text, skill, context, title)
            ):
                kept.append(skill)
        first = index + 1
    return kept


def opens_line(text: str, skill: Found) -> bool:
    """Whether a name begins a line whose words go on: `Move the last jobs`."""
    start = text.rfind("\n", max(0, skill.start - 4), skill.start) + 1
    return start > 0 and text[start : skill.start].strip(" -") == "" and not CLOSE.match(text, skill.end)


def vouched(text: str, skill: Found, context: Context, title: bool) -> bool:
    """Whether words right before or after say that this is a skill."""
    line = text.rfind("\n", max(0, skill.start - REACH), skill.start) + 1
    tight = skill.mark == "!"
    if tight and text.endswith(" at ", 0, skill.start):  # `the platform at Ramp` names the employer
        return False
    reach = max(line, skill.start - (NEAR if tight else REACH))
    close = not tight or CLOSE.match(text, skill.end) is not None
    if close and context.has("skill_before", reach, skill.start):
        return True
    begins = text[max(line, skill.start - 2) : skill.start].strip(" -") == ""
    if (title or not tight or not begins) and context.follows("maker_after", skill.end):
        return True
    return not tight and context.follows("skill_after", skill.end)


def sentence(text: str, start: int, end: int) -> tuple[int, int]:
    """The sentence around the words `text[start:end]`, as far as it is near."""
    low, high = max(0, start - SENTENCE), min(len(text), end + SENTENCE)
    begin = low
    for stop in STOPS:
        at = text.rfind(stop, low, start)
        if at >= 0 and not (stop == ". " and text.endswith(SHORT, 0, at)):
            begin = max(begin, at + len(stop))
    for stop in STOPS:
        at = text.find(stop, end, high)
        if at >= 0 and not (stop == ". " and text.endswith(SHORT, 0, at)):
            high = at
    return begin, high


def need_of(text: str, skill: Found, context: Context, section: SectionKind) -> Need | None:
    """How much the words around a skill want it; None where it belongs to somebody else."""
    begin, end = sentence(text, skill.start, skill.end)
    if context.has("no_skill_after", begin, skill.start):
        return None
    if section in ASIDE_SECTIONS and skill.kind in ASIDE_KINDS:
        return None
    for at, _ in context.between("preferred_before", begin, skill.start):
        if text[at - 1 : at] != "(" or ")" not in text[at : skill.start]:
            return Need.PREFERRED
    for at, stop in context.between("preferred_after", skill.end, end):
        # `Excel, gradita la conoscenza di SAP`: the wish is for what follows.
        more = " " in text[stop:end].split(")")[0].rstrip(" .")
        if text[at - 2 : at] in (", ", "; ") and more and context.begins("preferred_before", at):
            continue
        # `Java must, Kotlin a plus`: the wish is for what stands between the two.
        if (text[at - 1 : at] != "(" or at - skill.end <= 3) and not context.has("required_after", skill.end, at):
            return Need.PREFERRED
    if context.has("mentioned", begin, end):
        return Need.MENTIONED
    if section is SectionKind.ABOUT and context.has("stack_before", begin, skill.start):
        return Need.REQUIRED
    return SECTION_NEED.get(section, Need.REQUIRED)


# -- reading ----------------------------------------------------------------------------------------------------------


def read_stack(raw: RawPosting, document: Document) -> Reading[list[Skill]] | None:
    """Named technologies that the role works with, in the order of title, slots, description and tags.

    A skill that is named several times has its strongest need; its first span of that need is the evidence.
    """
    chosen: dict[str, Mention] = {}
    for mention in mentions(raw, document):
        before = chosen.get(mention.name)
        if before is None or NEEDS[mention.need] > NEEDS[before.need]:
            chosen[mention.name] = mention
    if not chosen:
        return None
    skills = [Skill(name=found.name, kind=found.kind, need=found.need) for found in chosen.values()]
    return Reading(skills, tuple(found.span for found in chosen.values()))


def mentions(raw: RawPosting, document: Document) -> Iterator[Mention]:
    """Every skill that the posting names, slot by slot."""
    title = " ".join(raw.title.split())
    own = own_names(raw.employer_name)
    if title.count(" | ") > 1:
        own += own_names(title.split(" | ")[0])  # a post of one line begins with who hires
    found, context = scan(title, fold(title))
    for skill in believed(title, found, context, True):
        if is_own(skill.name, own):
            continue
        yield Mention(
            skill.name, skill.kind, Need.REQUIRED, Span("title", quote=title[skill.start : skill.end], value=skill.name)
        )
    yield from listed(raw.skills, "skills", Need.REQUIRED)
    yield from listed(raw.skills_preferred, "skills_preferred", Need.PREFERRED)
    text = document.text
    found, context = scan(text, document.folded)
    own += employers(text, found, context)
    for skill in believed(text, found, context, False):
        if is_own(skill.name, own):
            continue
        need = need_of(text, skill, context, document.kind_at(skill.start))
        if need is not None:
            quote = text[skill.start : skill.end]
            yield Mention(skill.name, skill.kind, need, Span("description", skill.start, skill.end, quote, skill.name))
    yield from listed(raw.tags, "tags", Need.MENTIONED)


def listed(labels: list[str], slot: str, need: Need) -> Iterator[Mention]:
    """The skills of a list of labels: a label that is a spelling needs no context, in any other the sure ones count."""
    for index, label in enumerate(labels):
        words = " ".join(label.split())
        entries = spellings().get(fold(words), ())
        if slot == "tags" and entries and entries[0].mark == "!" and entries[0].kind in ASIDE_KINDS:
            continue
        found = [best(entries, words, 0, len(words))] if entries else scan(words, fold(words))[0]
        for skill in found:
            if entries or not skill.mark:
                span = Span(f"{slot}[{index}]", quote=words[skill.start : skill.end], value=skill.name)
                yield Mention(skill.name, skill.kind, need, span)


COMPANY = re.compile(
    r"[\s,.]+(?:inc|llc|ltd|gmbh|ag|se|sa|sas|srl|bv|nv|plc|corp|corporation|company|co|group|limited|labs?|software|"
    r"technologies|technology|systems|solutions|gmbh & co\.? kg|oü|ab|as|oy|sp\. z o\.o)\.?(?=\s|$)"
)


def own_names(employer: str | None) -> tuple[str, ...]:
    """The folded names that an employer's own products begin with."""
    if not employer:
        return ()
    name = fold(" ".join(employer.split()))
    return (name, COMPANY.sub("", name)) if name else ()


def employers(text: str, found: list[Found], context: Context) -> tuple[str, ...]:
    """Folded names that the words beside them make the employer's: `join Acme`, `At Acme,`, a heading `About Acme`."""
    before = {end for _, end in context.spans["own_before"]}
    after = {start for start, _ in context.spans["own_after"]}
    names = []
    for skill in found:
        if skill.kind in NO_COMPANY or skill.mark.endswith("?"):
            continue
        ahead = text[max(0, skill.start - 6) : skill.start]
        if (
            skill.start in before
            or skill.end in after
            or (ahead == "About " and text[skill.end : skill.end + 1] in "\n:")
            or (ahead.endswith("At ") and text.startswith(",", skill.end))
        ):
            names.append(fold(skill.name))
    return tuple(names)


def is_own(skill: str, own: tuple[str, ...]) -> bool:
    """Whether a skill bears the employer's name."""
    name = fold(skill)
    return any(name == employer or name.startswith(employer + " ") for employer in own)
