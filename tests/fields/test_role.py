"""The occupation that a title names, without what else it says."""

import pytest

from scraper.fields.role import read_role
from scraper.posting import Location, RawPosting


def role(title: str, places: list[str] | None = None) -> str | None:
    """The role of a posting with this title at these places."""
    raw = RawPosting.model_validate(
        {
            "board": "b",
            "key": "1",
            "url": "u",
            "title": title,
            "locations": places or [],
            "seen_at": "2026-01-01T00:00:00Z",
        }
    )
    reading = read_role(raw, [Location(city=place) for place in places or []])
    return reading.value if reading else None


TITLES = [
    ("Senior Backend Engineer (m/w/d) – Berlin, remote", "Backend Engineer"),
    ("Backend Engineer", "Backend Engineer"),
    ("Sr. Data Analyst", "Data Analyst"),
    ("Senior/Staff Engineer", "Engineer"),
    ("Engineer, Staff", "Engineer"),
    ("Lead Data Engineer", "Data Engineer"),
    ("Tech Lead", "Tech Lead"),
    ("Head of Marketing", "Head of Marketing"),
    ("Lead Generation Manager", "Lead Generation Manager"),
    ("Staff Nurse", "Staff Nurse"),
    ("Mid-Market Account Executive", "Mid-Market Account Executive"),
    ("Software Engineer III", "Software Engineer"),
    ("Remote Java Developer", "Java Developer"),
    ("Remote Sensing Scientist", "Remote Sensing Scientist"),
    ("Director, Marketing (Worldwide Remote)", "Director, Marketing"),
    ("(1099 Contract) Cooper: Oak", "Cooper: Oak"),
    ("Cooper - Contract - London", "Cooper"),
    ("Cooper (Remote, Poland)", "Cooper"),
    ("[HIRING] Cooper [Remote]", "Cooper"),
    ("Sales Manager Berlin", "Sales Manager"),
    ("Cooper in Berlin", "Cooper"),
    ("Cooper - 11852801", "Cooper"),
    ("Cooper (REQ-1234)", "Cooper"),
    ("Entwickler:in (all genders) 80-100%", "Entwickler:in"),
    ("Elektroniker (m/w/d, Vollzeit)", "Elektroniker"),
    ("Pflegefachkraft w/m/d", "Pflegefachkraft"),
    ("Peintre en bâtiment F/H (H/F)", "Peintre en bâtiment"),
    ("Chargé(e) de mission (H/F)", "Chargé(e) de mission"),
    ("Développeur confirmé (H/F) - CDI - Lyon", "Développeur"),
    ("Ingeniero/a de datos (H/M)", "Ingeniero/a de datos"),
    ("Młodszy Programista Java (k/m)", "Programista Java"),
    ("Medior Kuiper (m/v/x)", "Kuiper"),
    ("Ведущий аналитик (финансы) 1С", "аналитик (финансы) 1С"),
    ("C/C++ Developer", "C/C++ Developer"),
    (".NET Developer", ".NET Developer"),
    ("R&amp;D Engineer", "R&D Engineer"),
    ("Cooper (Blue Team)", "Cooper (Blue Team)"),
    ("Werkstudent Einkauf", "Einkauf"),
    ("Praktikant (m/w/d)", "Praktikant"),
    ("Intern", "Intern"),
    ("(m/w/d)", None),
    ("???", None),
]


@pytest.mark.parametrize(("title", "expected"), TITLES)
def test_a_title_names_a_role(title: str, expected: str | None) -> None:
    assert role(title, ["Berlin", "London", "Lyon"]) == expected


def test_a_place_is_known_from_the_places_of_the_post() -> None:
    assert role("Cooper – Hintertupfing", ["Hintertupfing"]) == "Cooper"
    assert role("Cooper – Hintertupfing") == "Cooper – Hintertupfing"
