"""What the employer offers beyond base pay."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

import ahocorasick

from scraper.document import Document, fold
from scraper.posting import Benefit, BenefitCode, RawPosting, SectionKind
from scraper.reading import Reading, Span
from scraper.words import load
from scraper.words.cues import cite

BARE, PLAIN, SURE = 0, 1, 2
STRENGTH = {"?": BARE, "!": SURE}
NONE, OFFER, DENY = "none", "offer", "deny"

# Up to three words, none of which ends a sentence.
GAP = r",?(?: [^ \n;!?•.]{1,25}){0,3}? "
ENDING = r"\w{0,20}"

# How far an offer or a refusal reaches, in characters, and what ends its reach.
OFFER_REACH, DENY_REACH = 400, 40
DENY_END = re.compile(r"[\n.;:,!?•(]|\b(?:but|only|just|aber|mais|pero|ma|mas|ale|maar|но|а)\b")
# So many different benefits in one paragraph or list are an offer by themselves.
ENOUGH = 3

OPEN = frozenset({SectionKind.BENEFITS, SectionKind.SALARY})
CLOSED = frozenset({SectionKind.RESPONSIBILITIES, SectionKind.REQUIREMENTS, SectionKind.PREFERRED, SectionKind.PROCESS})


class Phrase(NamedTuple):
    """What a phrase speaks for. Its head is in the automaton; `tail` matches the rest of it."""

    code: str
    strength: int
    begins_inside: bool
    tail: re.Pattern[str] | None


class Mention(NamedTuple):
    """A phrase at `text[start:end]`."""

    start: int
    end: int
    code: str
    strength: int


def read_benefits(raw: RawPosting, document: Document) -> Reading[list[Benefit]] | None:
    """What the employer offers beyond base pay, one entry a code, each with the shortest words that name it.

    Sources: the board's slots, then the text, where a phrase counts by its strength and by where it stands.
    """
    found: dict[str, tuple[str, Span]] = {}
    for index, entry in enumerate(raw.benefits):
        for mention in mentions(plain(fold(entry))):
            if mention.code not in (OFFER, DENY, NONE) and mention.code not in found:
                found[mention.code] = (entry, Span(f"benefits[{index}]", quote=entry, value=mention.code))
    for code, slot in (("relocation", raw.relocation), ("visa_sponsorship", raw.visa_sponsorship)):
        if slot is True and code not in found:
            found[code] = (code.replace("_", " "), Span(code, quote=str(slot), value=code))
    for mention in offered(document):
        if mention.code not in found:
            words = document.text[mention.start : mention.end]
            found[mention.code] = (words, cite(document.text, mention.start, mention.end, mention.code))
    if not found:
        return None
    order = {code.value: number for number, code in enumerate(BenefitCode)}
    codes = sorted(found, key=order.__getitem__)
    values = [Benefit(code=BenefitCode(code), text=found[code][0]) for code in codes]
    return Reading(values, tuple(found[code][1] for code in codes))


def offered(document: Document) -> list[Mention]:
    """The mentions in a text that are offers, in reading order."""
    folded = plain(document.folded)
    every = mentions(folded)
    groups: dict[int, list[Mention]] = {}
    heads = group_starts(document)
    for mention in every:
        groups.setdefault(heads[bisect_right(heads, mention.start) - 1] if heads else 0, []).append(mention)
    return [mention for group in groups.values() for mention in offers_of(group, document, folded)]


def group_starts(document: Document) -> list[int]:
    """Where each paragraph, heading or run of list items begins."""
    starts: list[int] = []
    before = ""
    for block in document.blocks:
        if not (block.kind == before == "item"):
            starts.append(block.start)
        before = block.kind
    return starts


def offers_of(group: list[Mention], document: Document, folded: str) -> Iterator[Mention]:
    """The mentions of a paragraph or list that are offers."""
    kind = document.kind_at(group[0].start)
    cues = [mention.start for mention in group if mention.code == OFFER]
    denials = [mention for mention in group if mention.code == DENY]
    named = [mention for mention in group if mention.code not in (OFFER, DENY, NONE)]
    many = len({mention.code for mention in named if mention.strength > BARE}) >= ENOUGH and kind not in CLOSED
    for mention in named:
        if any(
            0 <= mention.start - denial.end <= DENY_REACH and not DENY_END.search(folded, denial.end, mention.start)
            for denial in denials
        ):
            continue
        cue = any(0 < mention.start - start <= OFFER_REACH for start in cues)
        if (
            kind in OPEN
            or (mention.strength == SURE and (kind not in CLOSED or cue))
            or (many and (mention.strength > BARE or cue))
            or (mention.strength == PLAIN and cue and kind not in CLOSED)
        ):
            yield mention


def plain(folded: str) -> str:
    """A fold with one kind of apostrophe and spaces for hyphens."""
    return folded.replace("’", "'").replace("-", " ").replace("\u2011", " ")


def mentions(text: str) -> list[Mention]:
    """The phrases in a plain text, in reading order; one that lies within a longer one is left out."""
    found: list[Mention] = []
    for last, (length, phrases) in automaton().iter(text):
        start, end = last - length + 1, last + 1
        inside = start > 0 and text[start].isalnum() and text[start - 1].isalnum()
        for phrase in phrases:
            if inside and not phrase.begins_inside:
                continue
            if phrase.tail:
                match = phrase.tail.match(text, end)
                if match:
                    found.append(Mention(start, match.end(), phrase.code, phrase.strength))
            elif not (text[end - 1].isalnum() and text[end : end + 1].isalnum()):
                found.append(Mention(start, end, phrase.code, phrase.strength))
    found.sort(key=lambda mention: (mention.start, -mention.end))
    kept: list[Mention] = []
    reach = (0, 0)
    for mention in found:
        if mention.end > reach[1] or (mention.start, mention.end) == reach or mention.code in (OFFER, DENY):
            kept.append(mention)
        if mention.end > reach[1] and mention.code not in (OFFER, DENY):
            reach = (mention.start, mention.end)
    return kept


@cache
def automaton() -> ahocorasick.Automaton:
    """The heads of all phrases."""
    heads: dict[str, list[Phrase]] = {}
    for code, languages in load("benefits").items():
        for phrase in dict.fromkeys(phrase for phrases in languages.values() for phrase in phrases):
            words = plain(phrase.lstrip("!?"))
            bare = words.removeprefix("*")
            head = re.split(r"\*| …", bare)[0]
            rest = bare[len(head) :]
            heads.setdefault(head, []).append(
                Phrase(code, STRENGTH.get(phrase[0], PLAIN), words != bare, tail(rest) if rest else None)
            )
    made = ahocorasick.Automaton()
    for head, phrases in heads.items():
        made.add_word(head, (len(head), tuple(phrases)))
    made.make_automaton()
    return made


@cache
def tail(rest: str) -> re.Pattern[str]:
    """The rest of a phrase as an expression: `*` is any ending, ` … ` up to three words."""
    return re.compile(re.escape(rest).replace(r"\*", ENDING).replace(r"\ …\ ", GAP) + r"(?!\w)")
