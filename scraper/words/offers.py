"""Offers that a post makes or refuses: help with moving, sponsorship of a visa. One way of reading for both."""

import re
from collections.abc import Iterable, Sequence
from typing import Literal

from scraper.reading import Reading, Span
from scraper.words import load
from scraper.words.cues import cite, cues, rules


def read_offer(
    subject: Literal["relocation", "visa_sponsorship"],
    slot: bool | str | None,
    tags: Sequence[str],
    labels: Iterable[tuple[str, int, int]],
    text: str,
    folded: str,
) -> Reading[bool] | None:
    """Offered (true) or refused (false), from the first source that says so; another answer later is a conflict.

    Sources: the board's slot, its tags, labelled lines (`name, start, end` in the text), statements in the text, where
    an offer for some outweighs a refusal for others.
    """
    names = load("offers")["label"][subject]
    sources: list[list[tuple[bool, Span]]] = [
        [(answer, Span(subject, quote=str(slot))) for answer in _answers(slot)],
        [
            (True, Span(f"tags[{index}]", quote=tag))
            for index, tag in enumerate(tags)
            if tag.lower().strip() in load("offers")["tag"][subject]
        ],
        [
            (answer, cite(text, start, end))
            for name, start, end in labels
            if name in names
            for answer in _answers(folded[start:end])
        ],
        sorted(_stated(subject, text, folded), key=lambda found: not found[0]),
    ]
    found = [answer for source in sources for answer in source]
    if not found:
        return None
    value = found[0][0]
    kept = [span._replace(value=str(answer).lower()) for answer, span in found]
    return Reading(value, tuple(kept), any(answer is not value for answer, _ in found))


def _answers(slot: bool | str | None) -> list[bool]:
    """The answer of a slot, none where it says neither."""
    if isinstance(slot, bool) or slot is None:
        return [] if slot is None else [slot]
    vocabulary = load("offers")["slot"]
    word = " ".join(slot.lower().split()).strip(" .!")
    return [True] if word in vocabulary["yes"] else [False] if word in vocabulary["no"] else []


def _stated(subject: str, text: str, folded: str) -> list[tuple[bool, Span]]:
    topic = subject.removesuffix("_sponsorship")
    found: dict[bool, Span] = {}
    for cue in cues(text, folded, "offers"):
        sentence = folded[cue.start : cue.end]
        for name, answer in (("ignore", None), ("false", False), ("true", True)):
            for rule in filter(None, (rules("offers", language, f"{topic}_{name}") for language in cue.languages)):
                match = rule.search(sentence)
                if not match:
                    continue
                sentence = rule.sub(_blank, sentence)
                if answer is not None and answer not in found:
                    found[answer] = cite(text, cue.start + match.start(), cue.start + match.end())
    return list(found.items())


def _blank(match: re.Match[str]) -> str:
    return "_" * len(match[0])
