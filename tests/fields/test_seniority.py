"""Levels: title first, then the board's slots, then statements of the text."""

import pytest

from scraper.document import Document, read_document
from scraper.fields.seniority import read_seniority
from scraper.posting import RawPosting, Seniority
from scraper.reading import Reading


def read(title: str = "Plumber", text: str = "", **slots: object) -> tuple[Reading[list[Seniority]] | None, Document]:
    """Levels of a posting with this title, this text and these slots."""
    raw = RawPosting.model_validate(
        {"board": "b", "key": "1", "url": "u", "title": title, "seen_at": "2026-01-01T00:00:00Z"} | slots
    )
    document = read_document(text, "text")
    return read_seniority(raw, document), document


def levels(reading: Reading[list[Seniority]] | None) -> str:
    return " ".join(reading.value) if reading else ""


TITLES = [
    ("Senior Boat Builder", "senior"),
    ("Sr. Boat Builder", "senior"),
    ("Jr Boat Builder", "junior"),
    ("Junior/Middle/Senior Rust Developer", "junior mid senior"),
    ("Mid-level Tester", "mid"),
    ("mid-to-senior Tester", "mid senior"),
    ("(Senior) Tester (m/w/d)", "senior"),
    ("Senior/Staff Engineer", "senior staff"),
    ("Engineer, Staff", "staff"),
    ("Cyber Security Staff Engineer", "staff"),
    ("Principal Analyst", "principal"),
    ("Tech Lead Payments", "lead"),
    ("Lead, Growth", "lead"),
    ("Sr Manager, Bakery", "senior manager"),
    ("Engineering Manager", "manager"),
    ("Store Manager (f/m/x)", "manager"),
    ("Head of Sourdough", "head"),
    ("Global Head, Sourdough", "head"),
    ("Associate Director, Yeast", "director"),
    ("Senior Vice President Flour", "vp"),
    ("Chief Information Security Officer", "c_level"),
    ("CTO & Co-founder", "c_level"),
    ("Graduate Surveyor", "junior"),
    ("Entry-Level Surveyor", "junior"),
    ("Surveying Intern (Summer)", "intern"),
    ("Engineer II", ""),
    ("Surveyor", ""),
    # de
    ("Werkstudent (m/w/d) Einkauf", "junior"),
    ("Praktikum Einkauf", "intern"),
    ("Teamleiterin Einkauf", "lead"),
    ("CHEF D'EQUIPE VITRIER", "lead"),
    ("Chauffeur PL/SPL", ""),
    ("Brygadzista w stolarni", "lead"),
    ("Capoturno vetreria", "lead"),
    ("Chef des ventes", "manager"),
    ("DIRECTRICE GENERALE", "c_level"),
    ("Leiter Einkauf (w/m/d)", "head"),
    ("Geschäftsführer:in", "c_level"),
    ("Projektleiter Tiefbau", ""),
    # fr
    ("Stage – Chargé d'études", "intern"),
    ("Développeur confirmé H/F", "mid"),
    ("Responsable boulangerie", "manager"),
    ("Chef de projet web", ""),
    ("Directrice des achats", "director"),
    # es, pt, it
    ("Prácticas en Finanzas", "intern"),
    ("Jefe de Ventas", "manager"),
    ("Jefe de proyecto", ""),
    ("Estagiário de Direito", "intern"),
    ("Analista Pleno", "mid"),
    ("Desenvolvedor Sênior", "senior"),
    ("PL/SQL Programmer", ""),
    ("Tirocinio Marketing", "intern"),
    ("Responsabile di filiale", "manager"),
    # pl, nl
    ("Młodszy Księgowy", "junior"),
    ("Starsza Księgowa", "senior"),
    ("Kierownik sklepu", "manager"),
    ("Kierownik projektu", ""),
    ("Stagiair Communicatie", "intern"),
    ("Medior Tester", "mid"),
    ("Hoofd Financiën", "head"),
    # ru
    ("Старший экономист", "senior"),
    ("Ведущий экономист", "lead"),
    ("Младший экономист", "junior"),
    ("Стажёр-экономист", "intern"),
    ("Руководитель отдела закупок", "head"),
    ("Руководитель проекта", ""),
    ("Финансовый директор", "c_level"),
    ("Помощник руководителя", ""),
    ("Менеджер по закупкам", ""),
    ("Kierownik robót drogowych", "manager"),
]

OCCUPATIONS = [
    "Lead Generation Specialist",
    "Member of Technical Staff",
    "Account Executive, Middle East",
    "Product Manager",
    "Technical Program Manager",
    "Key Account Manager",
    "Customer Success Manager",
    "Chief of Staff",
    "Executive Assistant",
    "Assistant to the CEO",
    "Staff Nurse",
    "Staff Accountant",
    "Kitchen Staff",
    "Vice Principal",
    "Art Director",
    "Head Chef",
    "Associate",
    "Mid-Market Account Executive",
    "Early Stage Investor",
]

TEXTS = [
    ("This is a senior role in a small team.", "senior"),
    ("A mid/senior level opening awaits you.", "mid senior"),
    ("We are looking for a Senior Cooper to join us.", "senior"),
    ("Now hiring several mid-level, senior-level and staff-level coopers.", "mid senior staff"),
    ("As a Junior Cooper you will learn the trade.", "junior"),
    ("This position is entry-level.", "junior"),
    ("You will mentor junior coopers and meet senior management.", ""),
    ("You lead the team.", ""),
    ("As a senior member of the club you vote.", ""),
    ("Five years of experience with barrels.", ""),
    ("Auch Berufseinsteiger sind willkommen.", "junior"),
    ("Débutant accepté.", "junior"),
    ("Débutant ou confirmé, venez !", "junior mid"),
    ("Buscamos un perfil senior para la bodega.", "senior"),
    ("Cerchiamo un profilo junior.", "junior"),
    ("Un stage de fin d'études dans notre verrerie.", "intern"),
    ("Wymagany poziom: senior.", "senior"),
    ("Wij zijn op zoek naar een medior kuiper.", "mid"),
    ("Ищем ведущего бондаря: уровень senior.", "senior"),
    ("Английский: уровень Intermediate.", ""),
]

SLOTS = [
    ({"seniority": ["Mid-Senior level"]}, "mid senior"),
    ({"seniority": ["chief"]}, "c_level"),
    ({"seniority": ["Entry Level"]}, "junior"),
    ({"seniority": ["ENTRY_LEVEL"]}, "junior"),
    ({"seniority": ["Executive"]}, "c_level"),
    ({"seniority": ["Not Applicable"]}, ""),
    ({"seniority": ["lead", "senior"]}, "lead senior"),
    ({"tags": ["Lead", "Spain", "Staff"]}, "lead staff"),
    ({"tags": ["Leadership", "senior care", "Product Lead Time"]}, ""),
    ({"employment": ["Mid, fulltime permanent"]}, "mid"),
    ({"employment": ["Regular"]}, ""),
]


@pytest.mark.parametrize(("title", "expected"), TITLES)
def test_a_title_names_its_levels(title: str, expected: str) -> None:
    reading, _ = read(title)
    assert levels(reading) == expected
    assert reading is None or all(span.slot == "title" and span.quote in title for span in reading.spans)


@pytest.mark.parametrize("title", OCCUPATIONS)
def test_an_occupation_is_no_level(title: str) -> None:
    assert levels(read(title)[0]) == ""


@pytest.mark.parametrize(("text", "expected"), TEXTS)
def test_a_text_states_a_level(text: str, expected: str) -> None:
    reading, document = read(text=text)
    assert levels(reading) == expected
    for span in reading.spans if reading else ():
        assert span.start is not None
        assert document.text[span.start : span.end] == span.quote


@pytest.mark.parametrize(("slots", "expected"), SLOTS)
def test_a_slot_names_levels(slots: dict[str, object], expected: str) -> None:
    assert levels(read(**slots)[0]) == expected


def test_the_title_stands_against_a_slot_and_both_are_kept() -> None:
    reading, _ = read("Staff Engineer", seniority=["Junior"])
    assert reading is not None
    assert (levels(reading), reading.conflict) == ("staff", True)
    assert [(span.slot, span.value) for span in reading.spans] == [("title", "staff"), ("seniority[0]", "junior")]


def test_a_slot_that_shares_a_level_with_the_title_agrees() -> None:
    reading, _ = read("Senior Engineer", seniority=["Mid-Senior level"])
    assert reading is not None
    assert (levels(reading), reading.conflict) == ("senior", False)


def test_a_labelled_line_names_a_level() -> None:
    reading, document = read(text="Seniority: Senior\nPlace: Porto")
    assert levels(reading) == "senior"
    assert reading is not None
    assert document.text[reading.spans[0].start : reading.spans[0].end] == "Senior"
