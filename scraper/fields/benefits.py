"""What the employer offers beyond base pay."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

import ahocorasick

from scraper.document import Document, fold
from scraper.posting import Benefit, BenefitCode, RawPosting, SectionKind
from scraper.reading import Reading, Span
from scraper.words import load
from scraper.words.cues import cite

BARE, WEAK, PLAIN, SURE = 0, 1, 2, 3
STRENGTH = {"?": BARE, "!": SURE}
# Tables of the vocabulary that are no benefit.
NONE, OFFER, DENY, REFUSED = "none", "offer", "deny", "refused"
CUES = frozenset({OFFER, DENY, REFUSED})
ASIDE = CUES | {NONE}

# Up to three words, none of which ends a sentence.
GAP = r",?(?: [^ \n;!?•.]{1,25}){0,3}? "
ENDING = r"\w{0,20}"

# How far an offer or a refusal reaches, in characters, and what ends its reach.
OFFER_REACH, DENY_REACH, REFUSED_REACH = 400, 40, 15
DENY_END = re.compile(r"[\n.;:,!?•(]|\b(?:but|only|just|aber|mais|pero|ma|mas|ale|maar|но|а)\b")
# So many different benefits in one paragraph or list are an offer by themselves.
ENOUGH, PLENTY = 3, 4
# No post names so much: what follows is not read.
MOST_MENTIONS = 5000
# Paragraphs up to this length are read together with their neighbours, as the items of a list are.
SHORT = 160
# A bare word counts where no more than so many characters stand around it between two marks or conjunctions.
AROUND = 18
EDGE = re.compile(r"[\n,;:.!?/|()•+&*–—]| (?:and|or|und|oder|et|ou|y|e|o|i|oraz|en|и|или|with|plus) ")

# Within longer words short heads are found all the time: they are searched with the character before them.
SHORT_HEAD = 5
BEFORE = " \n(/+&,.:|\"'"

OPEN = frozenset({SectionKind.BENEFITS, SectionKind.SALARY})
CLOSED = frozenset(set(SectionKind) - OPEN - {SectionKind.OTHER, SectionKind.ABOUT})


ORDER = {str(code): number for number, code in enumerate(BenefitCode)}


class Phrase(NamedTuple):
    """What a phrase speaks for. Its head is in the automaton; `tail` matches the rest of it."""

    code: str
    language: str
    strength: int
    begins_inside: bool
    tail: re.Pattern[str] | None


class Mention(NamedTuple):
    """A phrase at `text[start:end]`."""

    start: int
    end: int
    code: str
    strength: int
    language: str


def read_benefits(raw: RawPosting, document: Document) -> Reading[list[Benefit]] | None:
    """What the employer offers beyond base pay, one entry a code, each with the shortest words that name it.

    Sources: the board's slots, then the text, where a phrase counts by its strength and by where it stands.
    """
    found: dict[str, tuple[str, Span]] = {}
    for index, entry in enumerate(raw.benefits):
        for mention in mentions(plain(fold(f" {entry}"))):
            if mention.code not in ASIDE and mention.code not in found:
                found[mention.code] = (entry, Span(f"benefits[{index}]", quote=entry, value=mention.code))
    slots = {"relocation": raw.relocation, "visa_sponsorship": raw.visa_sponsorship}
    for code, slot in slots.items():
        if slot is True and code not in found:
            found[code] = (code.replace("_", " "), Span(code, quote=str(slot), value=code))
    for mention in offered(document):
        if mention.code not in found and slots.get(mention.code) is not False:
            words = document.text[mention.start : mention.end]
            found[mention.code] = (words, cite(document.text, mention.start, mention.end, mention.code))
    if not found:
        return None
    codes = sorted(found, key=ORDER.__getitem__)
    values = [Benefit(code=BenefitCode(code), text=found[code][0]) for code in codes]
    return Reading(values, tuple(found[code][1] for code in codes))


def offered(document: Document) -> list[Mention]:
    """The mentions in a text that are offers, in reading order."""
    folded = plain(document.folded)
    every = mentions(folded)
    languages = {mention.language for mention in every if mention.code not in ASIDE}
    spoken = {language for language in languages if speaks(folded, language)}
    groups: dict[int, list[Mention]] = {}
    heads = group_starts(document)
    for mention in every:
        if mention.language in spoken:
            groups.setdefault(bisect_right(heads, mention.start), []).append(mention)
    return [mention for group in groups.values() for mention in offers_of(group, document, folded)]


def speaks(folded: str, language: str) -> bool:
    """Whether a text may be in a language, by its small words. English is always: posts in others borrow its words."""
    marks = load("benefits")["language"]
    return (
        language == "en"
        or sum(map(folded.count, marks[language])) * 2000 >= len(folded)
        or not any(mark in folded for mark in marks["en"])
    )


def group_starts(document: Document) -> list[int]:
    """Where each heading, long paragraph and run of short blocks begins."""
    starts: list[int] = []
    before = False
    for block in document.blocks:
        short = block.kind == "item" or (block.kind == "paragraph" and block.end - block.start <= SHORT)
        if not (short and before):
            starts.append(block.start)
        before = short
    return starts


def offers_of(group: list[Mention], document: Document, folded: str) -> Iterator[Mention]:
    """The mentions of a paragraph or list that are offers."""
    block = document.blocks[max(0, bisect_right(document.blocks, group[0].start, key=lambda block: block.start) - 1)]
    heading = block.kind == "heading"
    cues = [mention.start for mention in group if mention.code == OFFER]
    denials = sorted(mention.end for mention in group if mention.code == DENY)
    refusals = [mention.start for mention in group if mention.code == REFUSED]
    named = [mention for mention in group if mention.code not in ASIDE]
    codes = len({mention.code for mention in named if mention.strength >= PLAIN})
    for mention in named:
        if denied(mention, denials, refusals, folded):
            continue
        nearest = bisect_left(cues, mention.start)
        cue = nearest > 0 and mention.start - cues[nearest - 1] <= OFFER_REACH
        kind = document.kind_at(mention.start)
        if kind in OPEN:
            least = BARE
        elif kind in CLOSED:
            least = PLAIN if codes >= (ENOUGH if cue else PLENTY) else SURE if cue else SURE + 1
        else:
            least = PLAIN if cue or codes >= ENOUGH else SURE
        if codes >= PLENTY and cue:
            least = min(least, WEAK)
        bare = not heading and stands_alone(mention, folded)
        if (
            mention.strength >= least
            and (mention.strength > BARE or bare)
            and not states_contract(mention, document)
            and not answered_no(mention, document)
        ):
            yield mention


def answered_no(mention: Mention, document: Document) -> bool:
    """Whether a mention is the label of a line whose value is a no, such as `Remote work: none`."""
    at = bisect_left(document.labels, mention.end, key=lambda label: label.start)
    if at == len(document.labels) or document.labels[at].start - mention.end > REFUSED_REACH:
        return False
    label = document.labels[at]
    between = document.folded[mention.end : label.start].strip()
    return between in (":", "-", "–", "—") and document.folded[label.start : label.end].strip(" .") in answers()


@cache
def answers() -> frozenset[str]:
    """What the value of a labelled line says for no."""
    return frozenset(load("workplace")["label"]["no"])


def states_contract(mention: Mention, document: Document) -> bool:
    """Whether a mention of a secure job is but the value of a line such as `Contract: permanent`."""
    if mention.code != BenefitCode.JOB_SECURITY:
        return False
    before = bisect_right(document.labels, mention.start, key=lambda label: label.start)
    label = document.labels[before - 1] if before else None
    return label is not None and mention.start < label.end and label.name in load("benefits")["contract"]


def denied(mention: Mention, denials: list[int], refusals: list[int], folded: str) -> bool:
    """Whether the refusal that ends nearest before a mention, or begins nearest after it, reaches it."""
    before = bisect_right(denials, mention.start)
    if before:
        end = denials[before - 1]
        if mention.start - end <= DENY_REACH and not DENY_END.search(folded, end, mention.start):
            return True
    after = bisect_left(refusals, mention.end)
    if after == len(refusals):
        return False
    start = refusals[after]
    return start - mention.end <= REFUSED_REACH and not DENY_END.search(folded, mention.end, start)


def stands_alone(mention: Mention, folded: str) -> bool:
    """Whether there is little around a mention, as between the commas of a list."""
    before = folded[max(0, mention.start - AROUND - 1) : mention.start]
    after = EDGE.search(folded, mention.end, mention.end + AROUND)
    left = max((edge.end() for edge in EDGE.finditer(before)), default=0 if mention.start > AROUND else -1)
    if after is None and len(folded) - mention.end > AROUND:
        return False
    right = (after.start() if after else len(folded)) - mention.end
    return left != 0 and len(before) - max(left, 0) + right <= AROUND


def plain(folded: str) -> str:
    """A fold with one kind of apostrophe and spaces for hyphens."""
    return folded.replace("’", "'").replace("-", " ").replace("\u2011", " ")


def mentions(text: str) -> list[Mention]:
    """The phrases in a plain text, in reading order; one that lies within a longer one is left out."""
    found: list[Mention] = []
    held: dict[str, bool] = {}
    for last, (length, phrases, needed) in automaton().iter(text):
        if needed:  # most heads of two words or more are found without the rest
            if needed not in held:
                held[needed] = needed in text
            if not held[needed]:
                continue
        if len(found) >= MOST_MENTIONS:
            break
        start, end = last - length + 1, last + 1
        inside = start > 0 and text[start - 1].isalnum() and text[start].isalnum()
        for code, language, strength, begins_inside, rest in phrases:
            if inside and not begins_inside:
                continue
            if rest:
                match = rest.match(text, end)
                if match:
                    found.append(Mention(start, match.end(), code, strength, language))
            elif not (text[last].isalnum() and text[end : end + 1].isalnum()):
                found.append(Mention(start, end, code, strength, language))
    found.sort(key=lambda mention: (mention.start, -mention.end))
    kept: list[Mention] = []
    start = end = 0
    for mention in found:
        if mention.code in CUES:
            kept.append(mention)
        elif mention.end > end or (mention.start, mention.end) == (start, end):
            kept.append(mention)
            if mention.code == NONE or not EDGE.search(text, mention.start, mention.end):
                start, end = mention.start, mention.end
    return kept


@cache
def automaton() -> ahocorasick.Automaton:
    """The heads of all phrases. With each: its length, its phrases, and words that a text with a match must hold."""
    heads: dict[str, list[Phrase]] = {}
    needed: dict[str, str] = {}
    soft = load("benefits")["soft"]
    for code, languages in load("benefits").items():
        for language, phrases in languages.items() if isinstance(languages, dict) and code != "language" else ():
            for phrase in phrases:
                words = plain(phrase.lstrip("!?"))
                bare = words.removeprefix("*")
                head = re.split(r"\*| …", bare)[0]
                rest = tail(bare[len(head) :]) if head != bare else None
                needed[head] = "" if head in needed else max(re.split(r"\*| …", bare[len(head) :]), key=len)
                weak = code in soft and " " not in words
                strength = STRENGTH.get(phrase[0], WEAK if weak else PLAIN)
                if Phrase(code, "en", strength, words != bare, rest) in heads.get(head, ()):
                    continue
                heads.setdefault(head, []).append(Phrase(code, language, strength, words != bare, rest))
    made = ahocorasick.Automaton()
    for head, phrases in heads.items():
        entry = (len(head), tuple(phrases), needed[head])
        short = len(head) <= SHORT_HEAD and not any(phrase.begins_inside for phrase in phrases)
        for before in BEFORE if short else ("",):
            made.add_word(before + head, entry)
    made.make_automaton()
    return made


@cache
def tail(rest: str) -> re.Pattern[str]:
    """The rest of a phrase as an expression: `*` is any ending, ` … ` up to three words."""
    return re.compile(re.escape(rest).replace(r"\*", ENDING).replace(r"\ …\ ", GAP) + r"(?!\w)")
