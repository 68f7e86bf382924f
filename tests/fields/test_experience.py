"""Years of experience: what counts, and the years that do not."""

import pytest

from scraper.document import Document, read_document
from scraper.fields.experience import read_experience
from scraper.posting import Experience, RawPosting
from scraper.reading import Reading


def read(text: str = "", **slots: object) -> tuple[Reading[Experience] | None, Document]:
    """Years that a posting with this text and these slots asks for."""
    raw = RawPosting.model_validate(
        {"board": "b", "key": "1", "url": "u", "title": "Cooper", "seen_at": "2026-01-01T00:00:00Z"} | slots
    )
    document = read_document(text, "text")
    return read_experience(raw, document), document


def years(reading: Reading[Experience] | None) -> tuple[float | None, float | None] | None:
    return (reading.value.min_years, reading.value.max_years) if reading else None


TEXTS = [
    ("Everybody may apply, though we would like to see 2+ years of commercial carpentry.", (2, None)),
    ("Our expectations: 5+ year experience in a similar role", (5, None)),
    ("Requirements\n- Oak (4+ years)\n- Calm", (4, None)),
    ("Requirements\n- Work in an agency of carpenters (1 year)", (1, None)),
    ("At least 2 continuous years of woodwork experience", (2, None)),
    ("3 years of data science experience", (3, None)),
    ("Be part of a growing workshop.4+ years of carpentry experience required.", (4, None)),
    ("5+ years of experience with barrels", (5, None)),
    ("3-5 years of experience", (3, 5)),
    ("3 to 5 years' experience", (3, 5)),
    ("At least two years of relevant experience.", (2, None)),
    ("Two (2) years of experience required", (2, None)),
    ("Minimum 4 yrs exp in cooperage", (4, None)),
    ("You have a minimum of 6 years experience as a cooper.", (6, None)),
    ("We are looking for someone with 5+ years of experience.", (5, None)),
    ("Up to 2 years of experience.", (None, 2)),
    ("Requirements:\n4 to 8 years working in cooperage", (4, 8)),
    ("Mindestens 3 Jahre Berufserfahrung", (3, None)),
    ("Du bringst zwei bis vier Jahre Erfahrung mit.", (2, 4)),
    ("Mehrjährige Erfahrung", None),
    ("Minimum 5 ans d'expérience", (5, None)),
    ("Expérience de 3 ans minimum en tonnellerie", (3, None)),
    ("Vous avez une première expérience de deux ans.", (2, None)),
    ("Mínimo 3 años de experiencia.", (3, None)),
    ("Al menos dos años de experiencia en bodegas", (2, None)),
    ("Esperienza di almeno 4 anni nel settore", (4, None)),
    ("Comprovata esperienza, non inferiore a 5 anni", (5, None)),
    ("Experiência mínima de 2 anos", (2, None)),
    ("Minimum 3 lata doświadczenia", (3, None)),
    ("Co najmniej 5 lat doświadczenia zawodowego", (5, None)),
    ("Minimaal 3 jaar ervaring", (3, None)),
    ("Twee jaar werkervaring als kuiper", (2, None)),
    ("Опыт работы от 3 лет", (3, None)),
    ("Опыт от 1 года до 3 лет", (1, 3)),
    ("Опыт работы не менее 2-х лет", (2, None)),
    ("Опыт работы от 2-х летЗнание дуба", (2, None)),
    ("5+", (5, None)),
    ("0-7 Yrs", (0, 7)),
    ("Vier Jahre oder mehr im Orgelbau", (4, None)),
    ("Plus de huit ans d'expérience dans la tonnellerie", (8, None)),
    ("Notre équipe a plus de dix ans d'expérience.", None),
    ("Da due a quattro anni di esperienza", (2, 4)),
    ("Lavoriamo da 15 anni nel settore.", None),
    ("Da zero a tre anni di esperienza", (0, 3)),
    ("Wymagane co najmniej 5-letnie doświadczenie, w tym dwa lata jako brygadzista", (5, None)),
    ("Rok doświadczenia w piekarni", (1, None)),
    ("Pół roku doświadczenia przy kasie", (0.5, None)),
    ("Опыт работы от года", (1, None)),
    ("Three years or so as a baker", (3, None)),
    ("A licence and 6-8 years since you earned it", (6, 8)),
    ("A year of sales experience", (1, None)),
    ("Co roku jedziemy w góry.", None),
    ("Восемь лет опыта", (8, None)),
    ("Fünfjährige Berufserfahrung im Orgelbau", (5, None)),
    ("Mind. 3-jährige Erfahrung als Küfer", (3, None)),
    ("Doświadczenie (min. 5 lat) w stolarni", (5, None)),
    ("Une première expérience (1 an) en verrerie", (1, None)),
    ("6 mois d'expérience en verrerie", (0.5, None)),
    ("Bac +3 ou Bac +5 Expérience de 5 ans minimum", (5, None)),
    ("Опыт работы от 6 месяцев", (0.5, None)),
    ("Experiencia mínima de seis meses", (0.5, None)),
]

NOTHING = [
    "Our company has 20 years of experience in the market.",
    "For over 12 years we have been making barrels.",
    "The firm was founded 10 years ago.",
    "All barrels come with a 2 years warranty.",
    "You must be at least 18 years old.",
    "A contract of 2 years.",
    "Stage de 6 mois, une expérience rare",
    "CDD de 6 mois, expérience exigée",
    "Experience our 12-month programme",
    "A four year degree.",
    "Options vest over 4 years.",
    "A sabbatical after 5 years of employment.",
    "Pay is reviewed every 2 years.",
    "Wir sind seit 30 Jahren am Markt.",
    "Ein Unternehmen mit 50 Jahren Tradition.",
    "Leader depuis 30 ans, notre groupe recrute.",
    "CDD de 2 ans.",
    "Nuestra empresa lleva 15 años en el mercado.",
    "Siamo sul mercato da 20 anni.",
    "Somos uma empresa com 12 anos de mercado.",
    "Jesteśmy na rynku od 20 lat.",
    "Wij bestaan al 25 jaar.",
    "Компания на рынке более 18 лет.",
    "Возраст от 20 лет.",
]

SLOTS = [
    ("1-2", (1, 2)),
    ("2 years", (2, None)),
    ("5+", (5, None)),
    ("От 1 года до 3 лет", (1, 3)),
    ("between1And3", (1, 3)),
    ("moreThan6", (6, None)),
    ("Нет опыта", (0, None)),
    ("Mehr als 5 Jahre", (5, None)),
    ("6 months", (0.5, None)),
    ("up to 3 years", (None, 3)),
    ("Associate", None),
    ("", None),
]


@pytest.mark.parametrize(("text", "expected"), TEXTS)
def test_a_text_asks_for_years(text: str, expected: tuple[float | None, float | None] | None) -> None:
    reading, document = read(text)
    assert years(reading) == expected
    for span in reading.spans if reading else ():
        assert span.start is not None
        assert document.text[span.start : span.end] == span.quote


@pytest.mark.parametrize("text", NOTHING)
def test_other_years_do_not_count(text: str) -> None:
    assert years(read(text)[0]) is None


@pytest.mark.parametrize(("slot", "expected"), SLOTS)
def test_a_slot_names_years(slot: str, expected: tuple[float | None, float | None] | None) -> None:
    assert years(read(experience=slot)[0]) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10+ years of experience in cooperage, with at least 3 years as a master.", 10),
        ("- 6 years of experience in sales\n- 2 years of experience leading a team", 6),
        ("- 2 years of leadership experience\n- 6 years of experience in sales", 6),
        ("A bachelor's degree and 4+ years of experience or a master's degree and 2+ years of experience.", 2),
        ("- Bachelor's degree with 5 years of experience\n- Master's degree with 3 years of experience", 3),
        ("- 9+ years of experience is a plus\n- 7+ years of experience", 7),
    ],
)
def test_of_several_figures_the_one_for_the_whole_role_counts(text: str, expected: float) -> None:
    reading, _ = read(f"Requirements:\n{text}")
    assert reading is not None
    assert reading.value.min_years == expected


def test_a_slot_comes_before_the_text() -> None:
    reading, _ = read("5 years of experience", experience="2 years")
    assert reading is not None
    assert (reading.value.min_years, reading.spans[0].slot, reading.spans[0].start) == (2, "experience", None)
