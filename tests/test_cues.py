"""Sentences that hold a stem, and rules joined into one expression."""

import re

import pytest

from scraper.demo.posts import load_posts
from scraper.document import fold, read_document
from scraper.words import load
from scraper.words.cues import SUBJECTS, cues, one_of

RULES = [
    pytest.param(patterns, id=f"{subject}-{language}-{name}")
    for subject in SUBJECTS
    for language, table in load(subject)["text"].items()
    for name, patterns in table.items()
    if isinstance(patterns, list) and name not in ("stems", "statement")
]
TEXTS = [read_document(post.description).folded for post in load_posts()[:40]]


@pytest.mark.parametrize("patterns", RULES)
def test_joined_rules_match_as_one_after_the_other(patterns: list[str]) -> None:
    plain = re.compile("|".join(f"(?:{pattern})" for pattern in patterns))
    joined = re.compile(one_of(patterns))
    for text in TEXTS:
        assert [m.span() for m in joined.finditer(text)] == [m.span() for m in plain.finditer(text)]


@pytest.mark.parametrize("patterns", RULES)
def test_the_edge_that_a_rule_begins_with_holds_for_the_whole_rule(patterns: list[str]) -> None:
    for pattern in (pattern for pattern in patterns if pattern.startswith(r"\b")):
        bare = re.sub(r"\\.|\[[^\]]*\]", "", pattern)
        while (inner := re.sub(r"\([^()]*\)", "", bare)) != bare:
            bare = inner
        assert "|" not in bare, pattern


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("We bake. You work remote here. We pay.", ["You work remote here"]),
        ("- Remote\n- Bread", ["- Remote"]),
        ("Платим вовремяРаботаем в офисе каждый деньЖдём вас", ["Работаем в офисе каждый день"]),
        ("Nothing of the kind is said here.", []),
    ],
)
def test_cues_are_whole_sentences(text: str, sentences: list[str]) -> None:
    assert [text[cue.start : cue.end] for cue in cues(text, fold(text), "workplace")] == sentences
