"""Where a remote worker may sit."""

import pytest

from scraper.document import read_document
from scraper.fields.remote_from import read_remote_from
from scraper.posting import RawPlace, RawPosting, Workplace


def read(text: str = "", workplace: Workplace | None = Workplace.REMOTE, **slots: object) -> list[str]:
    """The codes and regions read; spans are checked on the way."""
    raw = RawPosting.model_validate(
        {"board": "b", "key": "1", "url": "u", "title": "Plumber", "seen_at": "2026-01-01T00:00:00Z"} | slots
    )
    document = read_document(text, "text")
    reading = read_remote_from(raw, document, workplace)
    if reading is None:
        return []
    assert {span.value for span in reading.spans} == set(reading.value)
    for span in reading.spans:
        assert span.start is None or document.text[span.start : span.end] == span.quote
    return reading.value


SLOTS = [
    ({"remote_from": ["Brazil", "EMEA", "us"]}, ["BR", "EMEA", "US"]),
    ({"locations": ["Remote - US"]}, ["US"]),
    ({"locations": ["Remote (EU only)"]}, ["EU"]),
    ({"locations": ["Anywhere"]}, ["Worldwide"]),
    ({"locations": ["Lyon, France; Remote, Spain"]}, ["ES"]),
    ({"locations": ["Poland", RawPlace(country="CZ")]}, ["PL", "CZ"]),
    ({"locations": [RawPlace(text="Remote, Europe")]}, ["Europe"]),
    ({"locations": ["Lyon, France"]}, []),
    ({"locations": ["London, Remote"]}, []),
    ({"locations": [RawPlace(city="Lyon", country="FR")]}, []),
    ({"tags": ["Georgia", "Serbia", "Senior"]}, ["GE", "RS"]),
    ({"title": "Plumber (US Remote)"}, ["US"]),
    ({"title": "Plumber - Remote within Europe"}, ["Europe"]),
    ({"title": "Pipeworks | Plumber | REMOTE (Europe, LatAm, India)"}, ["Europe", "LATAM", "IN"]),
    ({"title": "Plumber (Berlin)"}, []),
]


@pytest.mark.parametrize(("slots", "expected"), SLOTS)
def test_slots_and_titles(slots: dict[str, object], expected: list[str]) -> None:
    assert read(**slots) == expected


TEXTS = [
    ("You must be based in the US.", ["US"]),
    ("Poste ouvert partout en France", ["FR"]),
    ("Praca zdalna z terenu Polski", ["PL"]),
    ("Pedimos:\n- Residência em Portugal", ["PT"]),
    ("You can work from anywhere in Europe.", ["Europe"]),
    ("Open to candidates in LATAM or Spain.", ["LATAM", "ES"]),
    ("UK-based only, please.", ["GB"]),
    ("Canada residents only.", ["CA"]),
    ("Location: Remote, Portugal", ["PT"]),
    ("Télétravail depuis la France.", ["FR"]),
    ("Dein Wohnsitz in Deutschland ist uns wichtig.", ["DE"]),
    ("Удаленно из России или Сербии.", ["RU", "RS"]),
    ("We have customers in Japan.", []),
    ("You must be authorized to work in the US.", []),
]


@pytest.mark.parametrize(("text", "expected"), TEXTS)
def test_phrases(text: str, expected: list[str]) -> None:
    assert read(text) == expected


def test_work_that_is_not_remote_has_none() -> None:
    for workplace in (Workplace.HYBRID, Workplace.ONSITE):
        assert read("You must be based in the US.", workplace, locations=["Remote - US"]) == []
    assert read("You must be based in the US.", None) == []
    assert read(workplace=None, locations=["Remote - US"]) == ["US"]
