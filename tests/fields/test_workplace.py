"""Work mode: slots, places, titles, labelled lines and statements in nine languages."""

import pytest

from scraper.document import Document, read_document
from scraper.fields.workplace import read_workplace
from scraper.posting import RawPlace, RawPosting, Workplace
from scraper.reading import Reading


def read(text: str = "", **slots: object) -> tuple[Reading[Workplace] | None, Document]:
    """Work mode of a posting with this text and these slots."""
    raw = RawPosting.model_validate(
        {"board": "b", "key": "1", "url": "u", "title": "Plumber", "seen_at": "2026-01-01T00:00:00Z"} | slots
    )
    document = read_document(text, "text")
    return read_workplace(raw, document), document


SLOTS = [
    ({"workplace": "TELECOMMUTE"}, "remote"),
    ({"workplace": "ON_SITE"}, "onsite"),
    ({"workplace": "OnSite"}, "onsite"),
    ({"workplace": "office"}, "onsite"),
    ({"workplace": "Ibrido"}, "hybrid"),
    ({"workplace": "ORA_REMOTE"}, "remote"),
    ({"workplace": "Hybrid (2 days in office)"}, "hybrid"),
    ({"workplace": "Hybrid remote"}, "hybrid"),
    ({"workplace": "Hybrid or Remote"}, "remote"),
    ({"workplace": "Praca zdalna"}, "remote"),
    ({"workplace": "Télétravail partiel"}, "hybrid"),
    ({"workplace": "Гибрид"}, "hybrid"),
    ({"workplace": "somewhere nice"}, None),
    ({"locations": ["Remote - Chile"]}, "remote"),
    ({"locations": ["Lima", "Hybrid"]}, "hybrid"),
    ({"locations": ["Lima", "Peru/Remote"]}, "remote"),
    ({"locations": ["Lima (hybrid)"]}, "hybrid"),
    ({"locations": ["Lima (partial remote working possible)"]}, "hybrid"),
    ({"locations": [RawPlace(city="Remote", country="PE")]}, "remote"),
    ({"locations": ["In-Office"]}, "onsite"),
    ({"locations": ["Lima Office"]}, None),
    ({"employment": ["удалённая работа"]}, "remote"),
    ({"tags": ["Hybrid", "Senior"]}, "hybrid"),
    ({"title": "Remote Plumber"}, "remote"),
    ({"title": "Acme Pipes | Plumber | OnsiteWe fix pipes"}, "onsite"),
    ({"title": "Plumber | remote (within Peru) or hybrid/onsite"}, "remote"),
    ({"title": "Remote Sensing Scientist"}, None),
    ({"title": "Hybrid Cloud Architect"}, None),
    ({"title": "Field Service Technician"}, None),
]

TEXTS = [
    ("#LIHybrid", "hybrid"),
    ("We are open to remote candidates.", "remote"),
    ("You work with remote candidates and their managers.", None),
    ("We are unable to support remote work from Guam.", None),
    ("We look in all three towns, as well as remote.", "remote"),
    ("Willingness to work on-site, nights too", "onsite"),
    ("Several on-site positions available", "onsite"),
    ("Work remotely:\nNo", "onsite"),
    ("Our 1,400 carpenters onsite enjoy 200 days of sunshine a year.", None),
    ("3-4 days per week in our office", "hybrid"),
    ("Flexible and remote-first culture: Work remotely with two meetings a year", "remote"),
    ("Applicants should expect to primarily work onsite.", "onsite"),
    ("This role is fully remote within Peru.", "remote"),
    ("We offer this 100% remote.", "remote"),
    ("You can work from anywhere.", "remote"),
    ("Remote position with some travel.", "remote"),
    ("#LI-Remote", "remote"),
    ("You may work either in our Lima office or remotely.", "remote"),
    ("We work hybrid: two days a week in the office.", "hybrid"),
    ("Expect to be in our Lima office 3 days per week.", "hybrid"),
    ("You may work from home two days a week.", "hybrid"),
    ("A mix of office and remote days.", "hybrid"),
    ("There is the option to work remotely.", "hybrid"),
    ("Hyrbid schedule.", "hybrid"),
    ("This is not a remote position.", "onsite"),
    ("We don't offer remote work.", "onsite"),
    ("Remote or hybrid work will not be considered.", "onsite"),
    ("Remote work is not possible.", "onsite"),
    ("This job is on-site in Lima.", "onsite"),
    ("Be in the office 5 days a week.", "onsite"),
    ("You will support remote customers and remote sites.", None),
    ("You run our hybrid cloud and a remote server.", None),
    ("Experience working in a remote environment helps.", None),
    ("Free lunch in the office.", None),
    ("You may work from anywhere for four weeks a year.", None),
    ("A home office stipend is paid.", None),
    ("A few fully remote roles are marked as such.", None),
    ("Meet customers in person.", None),
    # de
    ("Homeoffice ist möglich.", "hybrid"),
    ("An zwei Tagen pro Woche arbeitest du im Homeoffice.", "hybrid"),
    ("Du kannst zu 100 % remote arbeiten: 100% Homeoffice.", "remote"),
    ("Deutschlandweit im Homeoffice arbeiten.", "remote"),
    ("Leider kein Homeoffice.", "onsite"),
    ("Einsätze vor Ort beim Kunden.", None),
    # fr
    ("Poste en présentiel uniquement.", "onsite"),
    ("Deux jours de télétravail par semaine.", "hybrid"),
    ("Le télétravail est possible.", "hybrid"),
    ("Poste en full remote.", "remote"),
    ("Télétravail à temps complet.", "remote"),
    ("Pas de télétravail.", "onsite"),
    # es, it, pt
    ("Trabajo 100% remoto.", "remote"),
    ("Modalidad híbrida: tres días de oficina.", "hybrid"),
    ("Trabajo presencial en Lima.", "onsite"),
    ("Posibilidad de teletrabajo.", "hybrid"),
    ("Lavoro completamente da remoto.", "remote"),
    ("Due giorni di smart working a settimana.", "hybrid"),
    ("Lavoro in presenza.", "onsite"),
    ("Trabalho 100% remoto.", "remote"),
    ("Modelo híbrido, três vezes por semana no escritório.", "hybrid"),
    ("Vaga presencial.", "onsite"),
    # pl, nl
    ("Praca w pełni zdalna.", "remote"),
    ("Praca zdalna: hybrydowo.", "hybrid"),
    ("Możliwość pracy zdalnej.", "hybrid"),
    ("Brak możliwości pracy zdalnej.", "onsite"),
    ("Praca stacjonarna.", "onsite"),
    ("Je werkt volledig op afstand.", "remote"),
    ("Je kunt twee dagen per week thuiswerken.", "hybrid"),
    ("Hybride werken is bij ons gewoon.", "hybrid"),
    # ru
    ("Полностью удалённая работа.", "remote"),
    ("Удаленная работа.", "remote"),
    ("Гибридный график.", "hybrid"),
    ("Возможность удалённой работы.", "hybrid"),
    ("Работа в офисе.", "onsite"),
    ("Удалённую работу на данной позиции не рассматриваем.", "onsite"),
    ("Удалённая поддержка пользователей.", None),
    ("Современный офис у метро.", None),
    ("Homeoffice gibt es bei uns nicht.", "onsite"),
    ("Gearbeitet wird im Büro in Köln.", "onsite"),
    ("Homeoffice ist bei uns nicht nur ein Wort.", "hybrid"),
    ("Le télétravail n'est pas possible sur ce poste.", "onsite"),
    ("L'alternance se déroule dans nos ateliers, sur place.", "onsite"),
    ("Restauration sur place et parking gratuit.", None),
    ("Du kannst auch von daheim arbeiten.", "hybrid"),
    ("Remote innerhalb Deutschlands", "remote"),
    ("Teletrabajo total.", "remote"),
    ("Flexibilidad para trabajar desde casa algunos días", "hybrid"),
    ("Tryb pracy: zdalny", "remote"),
    ("Praca z biura w Łodzi.", "onsite"),
    ("Praca w biurze lub z domu", None),
    ("Je werkt op ons kantoor in Delft.", "onsite"),
    ("Modalità mista presenza/remoto", "hybrid"),
    ("Richiesta presenza in sede.", "onsite"),
    ("2 j de TT par semaine", "hybrid"),
    ("Arbeite mobil und mit flexiblen Arbeitszeiten.", "hybrid"),
    ("Du bist mobil und flexibel.", None),
    ("Полный рабочий деньНа территории работодателя", "onsite"),
    ("Деловые обеды на территории работодателя", None),
    ("Deux jours au bureau, le reste en télétravail.", "hybrid"),
    ("En esta vacante no hay teletrabajo.", "onsite"),
    ("El puesto es presencial.", "onsite"),
    ("Tres días en oficina, el resto desde casa.", "hybrid"),
    ("Il lavoro si svolge in presenza.", "onsite"),
    ("Non è previsto lo smart working.", "onsite"),
    ("Metà settimana in ufficio, metà da remoto.", "hybrid"),
    ("O estágio é presencial.", "onsite"),
    ("Não há possibilidade de teletrabalho.", "onsite"),
    ("Dois dias na sede, o resto em casa.", "hybrid"),
    ("Praca zdalna nie jest możliwa.", "onsite"),
    ("Na co dzień pracujemy w biurze.", "onsite"),
    ("Dwa dni z biura, reszta zdalnie.", "hybrid"),
    ("Thuiswerken is bij deze functie niet mogelijk.", "onsite"),
    ("Je werkt altijd op kantoor.", "onsite"),
    ("Je bent minstens drie dagen per week aanwezig.", "hybrid"),
    ("Twee dagen op de zaak, de rest thuis.", "hybrid"),
    ("Удалённая работа невозможна.", "onsite"),
    ("Алматы | в офисе | полный день", "onsite"),
    ("Два дня в офисе, остальные удалённо.", "hybrid"),
    ("This job cannot be done from home.", "onsite"),
    ("Two days at the mill, the rest wherever you like.", "hybrid"),
    ("We don't offer home working.", "onsite"),
    ("The work takes place on site.", "onsite"),
    ("Location: Leeds, half of the week remote", "hybrid"),
    ("Location: Remote", "remote"),
    ("We do not track where you live. Nobody works from nine to five.", None),
    ("Standort: Bremen, zwei Tage pro Woche remote", "hybrid"),
    ("Gearbeitet wird zu 100 % remote.", "remote"),
    ("Die Anwesenheit von Hunden ist im Büro erwünscht.", None),
    ("Na pozycji testera praca odbywa się tylko na miejscu.", "onsite"),
    ("Deine Anwesenheit vor Ort ist erforderlich.", "onsite"),
    ("Nie tylko z biura: home office do dwóch dni.", "hybrid"),
    ("Niet alleen wat je doet telt, ook wie aanwezig is.", None),
    ("Presença física obrigatória.", "onsite"),
    ("È obbligatoria la presenza in cantiere.", "onsite"),
]


@pytest.mark.parametrize(("slots", "expected"), SLOTS)
def test_a_slot_names_the_mode(slots: dict[str, object], expected: str | None) -> None:
    reading, _ = read(**slots)
    assert (reading.value if reading else None) == expected


@pytest.mark.parametrize(("text", "expected"), TEXTS)
def test_a_text_states_the_mode(text: str, expected: str | None) -> None:
    reading, document = read(text)
    assert (reading.value if reading else None) == expected
    for span in reading.spans if reading else ():
        assert span.start is not None
        assert document.text[span.start : span.end] == span.quote


def test_days_in_the_office_outweigh_a_bare_remote() -> None:
    reading, _ = read("You can work remotely.\nThe team meets in our Lima office two days a week.")
    assert reading is not None
    assert reading.value == "hybrid"


def test_a_slot_stands_against_the_text_and_both_are_kept() -> None:
    reading, _ = read("This role is fully remote.", workplace="hybrid")
    assert reading is not None
    assert (reading.value, reading.conflict) == ("hybrid", True)
    assert [(span.slot, span.value) for span in reading.spans] == [("workplace", "hybrid"), ("description", "remote")]


def test_a_company_that_calls_itself_remote_first_counts_only_where_nothing_else_does() -> None:
    first = "Acme Pipes is a remote-first company."
    assert [r.value if r else None for r, _ in (read(first), read(first, workplace="onsite"))] == ["remote", "onsite"]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Work mode: hybrid", "hybrid"),
        ("Location: Remote, Peru", "remote"),
        ("Location: 4 days per week in-office in Lima", "hybrid"),
        ("Télétravail : Non", "onsite"),
        ("Praca zdalna: W całości", "remote"),
        ("Формат работы: гибрид", "hybrid"),
    ],
)
def test_a_labelled_line_names_the_mode(line: str, expected: str) -> None:
    reading, _ = read(f"About pipes\n{line}\nMore about pipes.")
    assert reading is not None
    assert reading.value == expected


def test_the_mark_of_an_item_is_no_part_of_the_quote() -> None:
    reading, _ = read("We mend pipes.\n- Hybrid\n- A van of your own")
    assert reading is not None
    assert [span.quote for span in reading.spans] == ["Hybrid"]
