"""Spoken languages that a role asks for, with their levels."""

import pytest

from scraper.document import Document, read_document
from scraper.fields.languages import read_languages
from scraper.posting import RawPosting, SpokenLanguage
from scraper.reading import Reading


def read(text: str = "", **slots: object) -> tuple[Reading[list[SpokenLanguage]] | None, Document]:
    """Languages that a posting with this text and these slots asks for."""
    raw = RawPosting.model_validate(
        {"board": "b", "key": "1", "url": "u", "title": "Cooper", "seen_at": "2026-01-01T00:00:00Z"} | slots
    )
    document = read_document(text, "text")
    return read_languages(raw, document), document


def shown(reading: Reading[list[SpokenLanguage]] | None) -> str:
    """Each language as `code:level`."""
    return " ".join(f"{x.code}:{x.level or '-'}" for x in (reading.value if reading else []))


TEXTS = [
    ("Fluent English required.", "en:C1"),
    ("German (C1) and English (B2)", "de:C1 en:B2"),
    ("English at B2 level or higher.", "en:B2"),
    ("Native Polish speaker.", "pl:native"),
    ("English is a must.", "en:-"),
    ("Fluent in German and English.", "de:C1 en:C1"),
    ("German native, fluent in English.", "de:native en:C1"),
    ("German at working level and fluent English.", "de:B2 en:C1"),
    ("Basic knowledge of Dutch.", "nl:A2"),
    ("Conversational Spanish required", "es:B1"),
    ("Languages: English, French", "en:- fr:-"),
    ("Fließend Deutsch und Englisch", "de:C1 en:C1"),
    ("Sehr gute Deutsch- und Englischkenntnisse", "de:C1 en:C1"),
    ("Verhandlungssicheres Englisch in Wort und Schrift.", "en:C1"),
    ("Deutsch auf C1-Niveau", "de:C1"),
    ("Vous parlez anglais couramment.", "en:C1"),
    ("Maîtrise du français et de l'anglais.", "fr:- en:-"),
    ("Inglés avanzado imprescindible.", "en:C1"),
    ("Ottima conoscenza della lingua inglese.", "en:C1"),
    ("Inglês fluente.", "en:C1"),
    ("Znajomość języka angielskiego na poziomie B2.", "en:B2"),
    ("Je spreekt vloeiend Nederlands en Engels.", "nl:C1 en:C1"),
    ("Английский от B2.", "en:B2"),
    ("Свободное владение английским языком.", "en:C1"),
    ("Знание английского языка.", "en:-"),
    ("Business proficient written and spoken English. German is a plus.", "en:B2"),
    ("Full professional fluency in Swedish (written and verbal).", "sv:C1"),
    ("Votre niveau d'anglais est courant. Parler allemand serait un plus.", "en:C1"),
    ("Du schreibst sauberes Deutsch.", "de:-"),
    ("Sie verhandeln sicher auf Deutsch und Englisch.", "de:C1 en:C1"),
    ("Moderation von Sitzungen auf Deutsch und Französisch", "de:- fr:-"),
    ("Englisch gut genug für Handbücher, du liest es täglich.", "en:-"),
    ("Tu écris un français impeccable.", "fr:-"),
    ("Bilinguisme français-anglais exigé", "fr:C2 en:C2"),
    ("Anglais courant : notre siège est danois.", "en:C1"),
    ("Hablas catalán y castellano.", "ca:- es:-"),
    ("Te pediremos inglés técnico y valoraremos el gallego.", "en:-"),
    ("Inglês para leitura de manuais", "en:-"),
    ("Scrivi un italiano pulito.", "it:-"),
    ("Je schrijft foutloos Nederlands.", "nl:-"),
    ("Nederlands en Engels, allebei vlot", "nl:C1 en:C1"),
    ("Engels is de voertaal.", "en:-"),
    ("Czytasz po angielsku.", "en:-"),
    ("Читать по-английски без словаря", "en:-"),
    ("You write plain English; nobody needs Welsh or Norwegian.", "en:-"),
    ("Notre actionnaire est danois.", ""),
    ("Wir sitzen in der deutschen Provinz.", ""),
]

NOTHING = [
    "You join an English-speaking team.",
    "Our German customers love barrels.",
    "You polish barrels with excellent skills.",
    "We speak Python and Java.",
    "German is a plus.",
    "Nice to have: fluent Italian would be an advantage.",
    "Deutschkenntnisse sind von Vorteil.",
    "L'anglais serait un plus.",
    "Mile widziana znajomość języka niemieckiego.",
    "Желательно знание английского языка.",
    "Based in Germany or Poland.",
    "What we offer:\n- English language courses",
]


@pytest.mark.parametrize(("text", "expected"), TEXTS)
def test_a_text_asks_for_languages(text: str, expected: str) -> None:
    reading, document = read(text)
    assert shown(reading) == expected
    for span in reading.spans if reading else ():
        assert span.start is not None
        assert document.text[span.start : span.end] == span.quote


@pytest.mark.parametrize("text", NOTHING)
def test_other_mentions_ask_for_nothing(text: str) -> None:
    assert shown(read(text)[0]) == ""


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("German-speaking Cooper", "de:-"),
        ("Cooper (Japanese speaker)", "ja:-"),
        ("Cooper mit Englischkenntnissen", ""),
        ("Dutch Market Lead", ""),
    ],
)
def test_a_title_asks_for_a_language(title: str, expected: str) -> None:
    assert shown(read(title=title)[0]) == expected


def test_a_list_under_a_heading_of_languages_is_asked_for() -> None:
    reading, _ = read("Wymagania:\n- Dąb\nJęzyki:\n- Polski\n- Angielski\n")
    assert shown(reading) == "pl:- en:-"


def test_each_language_has_its_words() -> None:
    reading, _ = read("Fluent English and basic Greek required.")
    assert reading is not None
    assert [(span.quote, span.value) for span in reading.spans] == [("English", "en"), ("Greek", "el")]
