"""Kinds of employment: slots, titles, labelled lines and statements in nine languages."""

import pytest

from scraper.document import Document, read_document
from scraper.fields.employment import read_employment
from scraper.posting import Employment, RawPosting
from scraper.reading import Reading


def read(text: str = "", **slots: object) -> tuple[Reading[list[Employment]] | None, Document]:
    """Kinds of employment of a posting with this text and these slots."""
    raw = RawPosting.model_validate(
        {"board": "b", "key": "1", "url": "u", "title": "Plumber", "seen_at": "2026-01-01T00:00:00Z"} | slots
    )
    document = read_document(text, "text")
    return read_employment(raw, document), document


def kinds(reading: Reading[list[Employment]] | None) -> str:
    return " ".join(sorted(reading.value)) if reading else ""


LABELS = [
    ("Full-time", "full_time"),
    ("FULL_TIME", "full_time"),
    ("FullTime", "full_time"),
    ("fulltime_permanent", "full_time permanent"),
    ("fulltime_fixed_term", "full_time temporary"),
    ("Permanent full-time or part-time", "full_time part_time permanent"),
    ("SALARIED_FT", "full_time"),
    ("Contract to hire", "contract"),
    ("Contract, Third Party", "contract"),
    ("Temp", "temporary"),
    ("Seasonal", "temporary"),
    ("Intern", "internship"),
    ("Freelancer", "freelance"),
    ("VOLUNTEER", "volunteer"),
    ("Apprenticeship", "apprenticeship"),
    ("on-call", ""),
    ("zero-hour", ""),
    ("Mystery kind", ""),
    ("", ""),
    ("Vollzeit", "full_time"),
    ("Voll- oder Teilzeit", "full_time part_time"),
    ("Festanstellung", "permanent"),
    ("befristet", "temporary"),
    ("Ausbildung", "apprenticeship"),
    ("CDI", "permanent"),
    ("Contrat à durée déterminée - 6 Mois", "temporary"),
    ("Mission intérimaire - 3 Mois", "temporary"),
    ("Alternance", "apprenticeship"),
    ("Tiempo completo", "full_time"),
    ("Contrato indefinido", "permanent"),
    ("Contrato de prácticas", "internship"),
    ("Tempo indeterminato", "permanent"),
    ("Apprendistato", "apprenticeship"),
    ("Estágio", "internship"),
    ("CLT", "permanent"),
    ("Pełny etat", "full_time"),
    ("Umowa o pracę", "permanent"),
    ("Umowa zlecenie", "contract"),
    ("B2B", "contract"),
    ("Vast contract", "permanent"),
    ("Deeltijd", "part_time"),
    ("полная занятость", "full_time"),
    ("Частичная занятость", "part_time"),
    ("Проектная работа", "contract"),
    ("Стажировка", "internship"),
    ("全职", "full_time"),
    ("brigáda", "part_time"),
    ("Onbepaalde duur", "permanent"),
    ("Bepaalde duur", "temporary"),
    ("Leerbaan", "apprenticeship"),
]

TITLES = [
    ("Plumber (Part-time)", "part_time"),
    ("Plumbing Internship", "internship"),
    ("Plumber 80-100%", "full_time part_time"),
    ("Plumber (60%)", "part_time"),
    ("Freelance Plumber", "freelance"),
    ("Plumber (4 month contract)", "contract"),
    ("Plumber (Contract or Perm)", "contract permanent"),
    ("Werkstudent Sanitär", "part_time"),
    ("Acme | Plumber | Lima | Full-timeWe fix pipes", "full_time"),
    ("Contract Manager", ""),
    ("Smart Contract Engineer", ""),
    ("Volunteer Coordinator", ""),
    ("Plumber", ""),
    ("Growth of 30% a year", ""),
    ("Dakdekker (BBL)", "apprenticeship"),
]

TEXTS = [
    ("We have vacancies for both contractors and permanent employees.", "contract permanent"),
    ("We have 300 permanent employees.", ""),
    ("You sell to workshops in B2B (campaigns, fairs).", ""),
    ("Sawdust | Carpenter | Remote | Full timeSawdust builds chairs", "full_time"),
    ("We look after them. We are looking for a new full time carpenter.", "full_time"),
    ("Looking for a carpenter (full-time or part-time)", "full_time part_time"),
    ("We're looking for a contract saw engineer.", "contract"),
    ("Employee status: Full time employee", "full_time"),
    ("Could you be the VIE that our workshop needs?", "temporary"),
    ("C'est la vie au grand air.", ""),
    ("This is a full-time position.", "full_time"),
    ("While this is a full-time job, hours are flexible.", "full_time"),
    ("A permanent, full-time role in Lima.", "full_time permanent"),
    ("As a part-time plumber you choose your days.", "part_time"),
    ("It is a 12-month contract.", "contract"),
    ("Full-time, permanent contract", "full_time permanent"),
    ("A permanent employment contract.", "permanent"),
    ("A fixed-term contract of one year.", "temporary"),
    ("This is a paid summer internship.", "internship"),
    ("Three years of full-time experience.", ""),
    ("Benefits for full-time employees.", ""),
    ("You negotiate supplier contracts.", ""),
    ("Permanent residents are welcome.", ""),
    ("You study part-time students' habits.", ""),
    ("Unbefristete Vollzeitstelle in Ulm.", "full_time permanent"),
    ("Eine Stelle in Teilzeit.", "part_time"),
    ("Der Vertrag ist befristet.", "temporary"),
    ("Abgeschlossene Ausbildung zum Klempner.", ""),
    ("Poste en CDI à temps plein.", "full_time permanent"),
    ("CDD de six mois.", "temporary"),
    ("Nous plaçons des boulangers en CDI, CDD et intérim.", ""),
    ("Nous recrutons en alternance.", "apprenticeship"),
    ("Contrato indefinido a jornada completa.", "full_time permanent"),
    ("Conoces las buenas prácticas.", ""),
    ("Contratto a tempo indeterminato.", "permanent"),
    ("Contratto a tempo determinato.", "temporary"),
    ("Regime CLT, tempo integral.", "full_time permanent"),
    ("Contratação PJ.", "contract"),
    ("Umowa o pracę na pełny etat.", "full_time permanent"),
    ("Umowa zlecenie.", "contract"),
    ("Obsługujesz klientów na rynku B2B.", ""),
    ("Een vast contract voor 40 uur per week.", "full_time permanent"),
    ("Met uitzicht op een vast contract.", ""),
    ("Полная занятость.", "full_time"),
    ("Частичная занятость.", "part_time"),
    ("Знание проектной документации.", ""),
    ("Pensum: 60-100 %", "full_time part_time"),
    ("Beschäftigungsgrad: 80%", "part_time"),
    ("Keine Festanstellung, keine Zeitarbeit.", ""),
    ("- Freelance, facturation au mois", "freelance"),
    ("Mission ouverte aux indépendants.", "freelance"),
    ("- Temps de travail : 2 à 3 jours / semaine", "part_time"),
    ("Rythme : 3/5 ou 4/5.", "part_time"),
    ("Charge de travail : environ 3 jours par semaine", "part_time"),
    ("Poste de 39h par semaine à l'atelier", "full_time"),
    ("Une formation de 35 h à la vitrerie", ""),
    ("Remplacement d'un congé maternité", "temporary"),
    ("- Alternance à la verrerie", "apprenticeship"),
    ("Jornada: completa. Sustitución por maternidad.", "full_time temporary"),
    ("Buscamos un freelance con torno.", "freelance"),
    ("Incorporación indefinida", "permanent"),
    ("Umowa o pracę na czas określony, wymiar etatu: 1/2", "part_time temporary"),
    ("Praca sezonowa przy sadzie", "temporary"),
    ("Een bijbaan in de bakkerij", "part_time"),
    ("Werkweek van 32-40 uur", "full_time part_time"),
    ("Stage retribuito in vetreria", "internship"),
    ("Sostituzione maternità", "temporary"),
    ("Recibos verdes, vaga temporária", "freelance temporary"),
    ("Freie Mitarbeit als Elternzeitvertretung", "freelance temporary"),
    ("Eine 38,5-Stunden-Woche", "full_time"),
    ("Rythme de travail : 2,5 à 3 jours / semaine", "part_time"),
    ("Dans le cadre d'un VIE de deux ans", "temporary"),
    ("Projet de vie scolaire, poste de vie scolaire", ""),
    ("Poste à plein temps, à l'atelier.", "full_time"),
    ("Tu croiseras Ada comme potière et Lou comme verrier en alternance.", ""),
    ("Nous sommes trois (Ada, Bo, et un coach à mi-temps).", ""),
    ("Auf freiberuflicher Basis; eine Festanstellung ist nicht möglich.", "freelance"),
    ("In Vollzeit oder 30 Stunden.", "full_time part_time"),
    ("Ein Praktikum in der Backstube, gerne im Sommer", ""),
    ("Acme | Cork | permanent | two dogs", "permanent"),
    ("This is not a permanent role.", ""),
    ("Poste permanent à Gaspé.", "permanent"),
    ("À trois cinquièmes ou à temps plein.", "full_time part_time"),
    ("Contrat d'un an, renouvelable.", "temporary"),
    ("Pas de stage ni de freelance.", ""),
    ("Colaboras como contratista.", "contract"),
    ("No ofrecemos prácticas.", ""),
    ("Plaza fija desde el primer día.", "permanent"),
    ("Si lavora a orario pieno.", "full_time"),
    ("Contratto di sei mesi.", "temporary"),
    ("PJ ou CLT", "contract permanent"),
    ("Zatrudnienie na stałe.", "permanent"),
    ("Nie oferujemy b2b.", ""),
    ("Umowa na rok.", "temporary"),
    ("Geen vast contract.", ""),
    ("Je krijgt een contract voor zeven maanden.", "temporary"),
    ("In vaste dienst bij de gemeente.", "permanent"),
    ("Бессрочный договор.", "permanent"),
    ("Договор на полгода.", "temporary"),
    ("Vertrag über zwei Jahre.", "temporary"),
]


@pytest.mark.parametrize(("label", "expected"), LABELS)
def test_a_slot_names_kinds(label: str, expected: str) -> None:
    assert kinds(read(employment=[label])[0]) == expected


@pytest.mark.parametrize(("title", "expected"), TITLES)
def test_a_title_names_kinds(title: str, expected: str) -> None:
    assert kinds(read(title=title)[0]) == expected


@pytest.mark.parametrize(("text", "expected"), TEXTS)
def test_a_text_states_kinds(text: str, expected: str) -> None:
    reading, document = read(text)
    assert kinds(reading) == expected
    for span in reading.spans if reading else ():
        assert span.start is not None
        assert document.text[span.start : span.end] == span.quote


def test_sources_add_up_where_they_speak_of_different_things() -> None:
    reading, _ = read("Poste en CDI.", employment=["Full-time"])
    assert reading is not None
    assert (kinds(reading), reading.conflict) == ("full_time permanent", False)


def test_a_slot_stands_against_the_text_and_both_are_kept() -> None:
    reading, _ = read("This is a part-time position.", employment=["Full-time"])
    assert reading is not None
    assert (kinds(reading), reading.conflict) == ("full_time", True)
    assert [(span.slot, span.value) for span in reading.spans] == [
        ("employment[0]", "full_time"),
        ("description", "part_time"),
    ]


def test_every_value_has_its_words() -> None:
    reading, _ = read(employment=["Contractor", "Full Time"], tags=["Internship", "Contract Law"])
    assert reading is not None
    assert [(span.slot, span.quote, span.value) for span in reading.spans] == [
        ("employment[0]", "Contractor", "contract"),
        ("employment[1]", "Full Time", "full_time"),
        ("tags[0]", "Internship", "internship"),
    ]


def test_a_labelled_line_names_kinds() -> None:
    assert kinds(read("Type de contrat : stage ou CDI\nLieu : Lille")[0]) == "internship permanent"
