"""Where the work is done: slots, tags, titles, labelled lines and phrases."""

import pytest

from scraper.document import Document, read_document
from scraper.fields.locations import read_locations
from scraper.posting import Location, RawPlace, RawPosting
from scraper.reading import Reading


def read(text: str = "", **slots: object) -> tuple[Reading[list[Location]] | None, Document]:
    """Locations of a posting with this text and these slots."""
    raw = RawPosting.model_validate(
        {"board": "b", "key": "1", "url": "u", "title": "Plumber", "seen_at": "2026-01-01T00:00:00Z"} | slots
    )
    document = read_document(text, "text")
    return read_locations(raw, document), document


def shown(reading: Reading[list[Location]] | None) -> list[str]:
    """Each place as `city/region/country`."""
    return ["/".join(p or "-" for p in (x.city, x.region, x.country)) for x in (reading.value if reading else [])]


PARTS = [
    (RawPlace(city="München", region="BY", country="de"), ["Munich/Bavaria/DE"]),
    (RawPlace(city="Toronto", region="ON", country="ca"), ["Toronto/Ontario/CA"]),
    (RawPlace(city="Springfield", region="MO", country="United States"), ["Springfield/Missouri/US"]),
    (RawPlace(city="Solna", region="Stockholm", country="SWE"), ["Solna/Stockholm/SE"]),
    (RawPlace(city="null", region="UNAVAILABLE", country="USA"), ["-/-/US"]),
    (RawPlace(city="Remote", country="Portugal"), ["-/-/PT"]),
    (RawPlace(region="Alberta", country="CA"), ["-/Alberta/CA"]),
    (RawPlace(country="Österreich"), ["-/-/AT"]),
    (RawPlace(country="EMEA"), ["-/EMEA/-"]),
    (RawPlace(text="Porto, Portugal"), ["Porto/Porto/PT"]),
    (RawPlace(city="Hintertupfing", country="Germany"), ["Hintertupfing/-/DE"]),
    (RawPlace(city="LEKA", region="TRØNDELAG", country="NORGE"), ["Leka/Trøndelag/NO"]),
    (RawPlace(city="London, UK / Paris"), ["London/England/GB", "Paris/Île-de-France/FR"]),
    (RawPlace(city="312"), []),
]


@pytest.mark.parametrize(("place", "expected"), PARTS)
def test_structured_places(place: RawPlace, expected: list[str]) -> None:
    assert shown(read(locations=[place])[0]) == expected


def test_text_coordinates_and_evidence_of_a_slot() -> None:
    reading, _ = read(locations=["Remote", RawPlace(city="Gent", country="BE", latitude="51.05", longitude=3.72)])
    assert reading is not None
    assert reading.value == [
        Location(text="Gent, BE", city="Ghent", region="Flanders", country="BE", latitude=51.05, longitude=3.72)
    ]
    assert [(s.slot, s.start, s.quote, s.value) for s in reading.spans] == [("locations[1]", None, "Gent, BE", "Ghent")]


def test_neighbours_settle_a_doubtful_city_and_no_other() -> None:
    assert shown(read(locations=["Cambridge", "Boston, MA"])[0])[0] == "Cambridge/Massachusetts/US"
    assert shown(read(locations=["Cambridge", "Leeds, UK"])[0])[0] == "Cambridge/England/GB"
    assert shown(read(locations=["London", "Toronto, Canada"])[0])[0] == "London/England/GB"


def test_tags_that_are_just_countries() -> None:
    tags = ["Europe", "Cyprus", "Spain", "Georgia", "United Kingdom", "Hybrid", "Lead"]
    assert shown(read(tags=tags)[0]) == ["-/Europe/-", "-/-/CY", "-/-/ES", "-/-/GE", "-/-/GB"]
    assert shown(read(tags=["Go", "Rust", "Mobile", "Split testing"])[0]) == []


def test_a_title_fills_in_the_city_of_a_country() -> None:
    assert shown(read(title="Plumber - Sydney", locations=["Australia"])[0]) == ["Sydney/New South Wales/AU"]
    assert shown(read(title="Plumber - Sydney", locations=["Canada"])[0]) == ["-/-/CA"]


def test_a_text_that_narrows_a_long_list_of_countries_is_a_conflict() -> None:
    reading, _ = read("Location: Turin, Italy", locations=["Italy", "Spain", "France"])
    assert shown(reading) == ["-/-/ES", "-/-/FR", "Turin/Piedmont/IT"]
    reading, _ = read("You must be based in Italy.", locations=["Italy", "Spain", "France", "Poland"])
    assert shown(reading) == ["-/-/IT"]
    assert reading is not None and reading.conflict
    assert {s.slot for s in reading.spans} >= {"description", "locations[1]"}


TEXTS = [
    # labelled lines
    ("Location: Porto, Portugal", ["Porto"]),
    ("Oat & Sons | Dublin 7 | permanent | two days at our desk\nBake with us.", ["Dublin"]),
    ("Escola: Colégio Jequitibá, Goiânia", ["Goiânia"]),
    ("Le contrat débute en mars, à Roubaix, dans nos bureaux.", ["Roubaix"]),
    ("Trois jours dans nos bureaux de Lyon.", ["Lyon"]),
    ("Tre giorni dal cliente, a Prato, gli altri da remoto", ["Prato"]),
    ("Un outil utile partout en France.", []),
    ("Where: Rotterdam, Netherlands", ["Rotterdam"]),
    ("Où : Lyon", ["Lyon"]),
    ("Где: Ереван, Армения", ["Yerevan"]),
    ("Standort: Leipzig", ["Leipzig"]),
    ("Lieu : Nantes", ["Nantes"]),
    ("Ubicación: Sevilla", ["Seville"]),
    ("Sede di lavoro: Torino", ["Turin"]),
    ("Miejsce pracy: Kraków", ["Kraków"]),
    ("Город: Казань", ["Kazan"]),
    # phrases
    ("This role is based in Madrid, Spain.", ["Madrid"]),
    ("You will work from our Leeds office three days a week.", ["Leeds"]),
    ("Die Stelle ist am Standort Hannover zu besetzen.", ["Hannover"]),
    ("Le poste est basé à Toulouse ou Bordeaux.", ["Toulouse", "Bordeaux"]),
    ("El taller tiene con sede en Bilbao su almacén.", ["Bilbao"]),
    ("O trabalho é presencial em Curitiba.", ["Curitiba"]),
    ("La sede di lavoro è Milano.", ["Milan"]),
    ("Praca w naszym biurze w Warszawie.", ["Warsaw"]),
    ("Ons kantoor in Utrecht wacht op je.", ["Utrecht"]),
    ("Офис в Москве, рядом с метро.", ["Moscow"]),
    ("Le poste est basé à Lille ou à Nancy.", ["Lille", "Nancy"]),
    ("Une présence régulière à Dijon est demandée.", ["Dijon"]),
    ("El puesto está en Zaragoza.", ["Zaragoza"]),
    ("This role is based in Los Angeles.", ["Los Angeles"]),
    ("Le poste est basé à Le Havre.", ["Le Havre"]),
    ("Ons kantoor in Den Haag.", ["The Hague"]),
    ("Remoto desde El Salvador.", ["SV"]),
    ("A vaga é para Salvador.", ["Salvador"]),
    ("Zapraszamy do naszego oddziału w Toruniu.", ["Toruń"]),
    ("Voor onze vestiging in Zwolle.", ["Zwolle"]),
    ("Para o nosso escritório do Porto.", ["Porto"]),
    ("Für unsere Filiale in Jena.", ["Jena"]),
    ("Applicants must be located in the EU or the UK.", ["EU", "GB"]),
    ("We are open to candidates in LATAM.", ["LATAM"]),
    ("US-based candidates only.", ["US"]),
    ("$90k - $120k • Denver, CO, US • Full time", ["Denver"]),
    # what the employer brags of, and words that are no places
    ("Our hubs around the world: London, New York.", []),
    ("We are proud of our customers in Tokyo and Paris.", []),
    ("Must be authorized to work in the US.", []),
    ("You will be based in Mobile and Web teams.", []),
    ("This role is based in our head office.", []),
]


@pytest.mark.parametrize(("text", "expected"), TEXTS)
def test_places_of_a_text_and_their_spans(text: str, expected: list[str]) -> None:
    reading, document = read(text)
    places = reading.value if reading else []
    assert [p.city or p.country or p.region for p in places] == expected
    for place, span in zip(places, reading.spans if reading else (), strict=True):
        assert span.start is not None and document.text[span.start : span.end] == span.quote == place.text


def test_offices_in_a_section_about_the_company_are_left_out() -> None:
    text = "About us:\nOur Tokyo office opened in May.\nResponsibilities:\nMend pipes from our Osaka office."
    assert shown(read(text)[0]) == ["Osaka/Osaka/JP"]


def test_a_slot_goes_before_the_title_and_the_text() -> None:
    reading, _ = read("Location: Rome", title="Plumber (Paris)", locations=["Vienna, Austria"])
    assert shown(reading) == ["Vienna/Vienna/AT"]
