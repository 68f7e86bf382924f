"""The gazetteer and the reader of place strings."""

import time

import pytest

from scraper.words.places import country_of, cued_places, key_of, macro_of, read_places, title_places

# A row is a string and its places as `city/region/country`, `-` for none.
STRINGS = [
    # cities in their own and in other languages
    ("Berlin", ["Berlin/Berlin/DE"]),
    ("León, Guanajuato, México", ["León/Guanajuato/MX"]),
    ("Querétaro, Querétaro, Mexico", ["Querétaro/Querétaro/MX"]),
    ("Okinawa Island Japan", ["Okinawa/Okinawa/JP"]),
    ("Reykjavík, Island", ["Reykjavík/Capital Region/IS"]),
    ("Anywhere in the U.S. (remote job)", ["-/-/US"]),
    ("Anywhere in the world", ["-/Worldwide/-"]),
    ("München", ["Munich/Bavaria/DE"]),
    ("Muenchen", ["Munich/Bavaria/DE"]),
    ("Munich", ["Munich/Bavaria/DE"]),
    ("Köln", ["Cologne/North Rhine-Westphalia/DE"]),
    ("Monaco di Baviera", ["Munich/Bavaria/DE"]),
    ("Wien", ["Vienna/Vienna/AT"]),
    ("Genève", ["Geneva/Geneva/CH"]),
    ("Lisboa", ["Lisbon/Lisbon/PT"]),
    ("Warszawa", ["Warsaw/Mazovia/PL"]),
    ("Warschau", ["Warsaw/Mazovia/PL"]),
    ("Den Haag", ["The Hague/South Holland/NL"]),
    ("Москва", ["Moscow/Moscow/RU"]),
    ("г. Уфа", ["Ufa/Bashkortostan Republic/RU"]),
    ("Sankt-Peterburg", ["Saint Petersburg/Saint Petersburg/RU"]),
    ("Санкт-Петербурге", ["Saint Petersburg/Saint Petersburg/RU"]),
    ("Ставрополь", ["Stavropol/-/RU"]),
    ("Λευκωσία", ["Nicosia/Nicosia/CY"]),
    ("Lefkosia", ["Nicosia/Nicosia/CY"]),
    ("Gurgaon", ["Gurugram/Haryana/IN"]),
    ("NYC", ["New York City/New York/US"]),
    ("San Francisco Bay Area", ["San Francisco/California/US"]),
    # countries and divisions
    ("Deutschland", ["-/-/DE"]),
    ("Alemania", ["-/-/DE"]),
    ("Niemcy", ["-/-/DE"]),
    ("Германия", ["-/-/DE"]),
    ("U.K.", ["-/-/GB"]),
    ("DEU", ["-/-/DE"]),
    ("de", ["-/-/DE"]),
    ("The Netherlands", ["-/-/NL"]),
    ("Bosnia and Herzegovina", ["-/-/BA"]),
    ("Trinidad & Tobago", ["-/-/TT"]),
    ("TX", ["-/Texas/US"]),
    ("Ontario", ["-/Ontario/CA"]),
    ("Bayern", ["-/Bavaria/DE"]),
    ("73 - Savoie", ["-/Auvergne-Rhône-Alpes/FR"]),
    # the same word, settled by its neighbour
    ("Tbilisi, Georgia", ["Tbilisi/Tbilisi/GE"]),
    ("Atlanta, Georgia", ["Atlanta/Georgia/US"]),
    ("Georgia, USA", ["-/Georgia/US"]),
    ("Spain, Georgia, United Kingdom", ["-/-/ES", "-/-/GE", "-/-/GB"]),
    ("San Francisco, CA", ["San Francisco/California/US"]),
    ("Toronto, CA", ["Toronto/Ontario/CA"]),
    ("CA - Toronto", ["Toronto/Ontario/CA"]),
    ("Munich, DE", ["Munich/Bavaria/DE"]),
    ("Dover, DE", ["Dover/Delaware/US"]),
    ("Indianapolis, IN", ["Indianapolis/Indiana/US"]),
    ("Pune, in", ["Pune/Maharashtra/IN"]),
    ("Hyderabad, IN, IN", ["Hyderabad/Telangana/IN"]),
    ("Boulder, CO 80302", ["Boulder/Colorado/US"]),
    ("Cambridge, MA", ["Cambridge/Massachusetts/US"]),
    ("Cambridge, UK", ["Cambridge/England/GB"]),
    ("Vancouver, WA", ["Vancouver/Washington/US"]),
    ("Mobile, AL", ["Mobile/Alabama/US"]),
    ("Frankfurt a. M.", ["Frankfurt am Main/Hesse/DE"]),
    ("Frankfurt (Oder)", ["Frankfurt (Oder)/Brandenburg/DE"]),
    ("Victoria, BC", ["Victoria/British Columbia/CA"]),
    ("Soho, London", ["London/England/GB"]),
    ("SoHo, New York, NY", ["New York City/New York/US"]),
    ("Midtown, Atlanta, GA", ["Atlanta/Georgia/US"]),
    ("Palo Alto, San Francisco, CA", ["Palo Alto/California/US", "San Francisco/California/US"]),
    ("London, Canary Wharf", ["London/England/GB"]),
    ("Brooklyn, New York", ["Brooklyn/New York/US"]),
    # how boards write them
    ("US-CA-San Francisco", ["San Francisco/California/US"]),
    ("USA - TX - Austin", ["Austin/Texas/US"]),
    ("US, Missouri, Springfield", ["Springfield/Missouri/US"]),
    ("IND.Bangalore", ["Bengaluru/Karnataka/IN"]),
    ("PL-Warszawa", ["Warsaw/Mazovia/PL"]),
    ("Berlin, Berlin, DEU", ["Berlin/Berlin/DE"]),
    ("SEATTLE      -WA-, ETATS-UNIS", ["Seattle/Washington/US"]),
    ("44 - REZE", ["Rezé/Pays de la Loire/FR"]),
    ("12 - QUELQUE PART SUR LOT", ["Quelque Part Sur Lot/-/FR"]),
    ("Piła", ["Piła/Greater Poland/PL"]),
    ("Münster", ["Münster/North Rhine-Westphalia/DE"]),
    ("St. Louis", ["St. Louis/Missouri/US"]),
    ("New Orleans, LA USA 70112", ["New Orleans/Louisiana/US"]),
    ("US, Washington, Bellevue", ["Bellevue/Washington/US"]),
    ("Australia, Singapore", ["-/-/AU", "Singapore/-/SG"]),
    ("Paris 9e", ["Paris/Île-de-France/FR"]),
    ("75009 Paris", ["Paris/Île-de-France/FR"]),
    ("D-80331 München", ["Munich/Bavaria/DE"]),
    ("Greater London Area", ["London/England/GB"]),
    ("Zurich HQ", ["Zürich/Zurich/CH"]),
    ("Houston Texas United States", ["Houston/Texas/US"]),
    ("12 Some Gardens London EC1A 1BB, United Kingdom", ["London/England/GB"]),
    ("Самара, ул. Полевая, д. 5", ["Samara/Samara Oblast/RU"]),
    ("Remote - US", ["-/-/US"]),
    ("Remote (Germany)", ["-/-/DE"]),
    ("Hybrid – Amsterdam", ["Amsterdam/North Holland/NL"]),
    ("Austin, TX (Hybrid)", ["Austin/Texas/US"]),
    # several in one string
    ("Berlin, Munich, Hamburg", ["Berlin/Berlin/DE", "Munich/Bavaria/DE", "Hamburg/Hamburg/DE"]),
    ("Boston, New York", ["Boston/Massachusetts/US", "New York City/New York/US"]),
    ("New York, NY; Austin, TX", ["New York City/New York/US", "Austin/Texas/US"]),
    ("London, UK or Remote, EU", ["London/England/GB", "-/EU/-"]),
    ("Paris / Lyon", ["Paris/Île-de-France/FR", "Lyon/Auvergne-Rhône-Alpes/FR"]),
    ("Madrid y Barcelona", ["Madrid/Madrid/ES", "Barcelona/Catalonia/ES"]),
    ("Lille ou à Paris", ["Lille/Hauts-de-France/FR", "Paris/Île-de-France/FR"]),
    ("Gdańsk lub w Warszawie", ["Gdańsk/Pomerania/PL", "Warsaw/Mazovia/PL"]),
    ("Recife/PE", ["Recife/Pernambuco/BR"]),
    ("Curitiba/PR, Brasil", ["Curitiba/Paraná/BR"]),
    ("Austin/TX", ["Austin/Texas/US"]),
    ("US & Canada", ["-/-/US", "-/-/CA"]),
    ("Denver, CO, US; Remote, US", ["Denver/Colorado/US", "-/-/US"]),
    ("Wroclaw/Krakow, Poland", ["Wrocław/Lower Silesia/PL", "Kraków/Lesser Poland/PL"]),
    # other letters
    ("東京", ["Tokyo/Tokyo/JP"]),
    ("서울, KR", ["Seoul/Seoul/KR"]),
    ("Garching bei München", ["Garching/Bavaria/DE"]),
    ("Granada", ["Granada/Andalusia/ES"]),
    ("Granada, Nicaragua", ["Granada/Granada Department/NI"]),
    ("Brasília", ["Brasília/Federal District/BR"]),
    ("Venezia", ["Venice/Veneto/IT"]),
    ("Heidelberg", ["Heidelberg/Baden-Wurttemberg/DE"]),
    ("Łodzi", ["Łódź/Łódź Voivodeship/PL"]),
    ("San Sebastián", ["Donostia / San Sebastián/Basque Country/ES"]),
    # regions of several countries
    ("EMEA", ["-/EMEA/-"]),
    ("Europa", ["-/Europe/-"]),
    ("Amérique latine", ["-/LATAM/-"]),
    ("страны СНГ", ["-/CIS/-"]),
    ("Anywhere", ["-/Worldwide/-"]),
    # what a reader would doubt: the city without its country, or nothing
    ("Cambridge", ["Cambridge/-/-"]),
    ("Landsberg", []),
    ("Newcastle", ["Newcastle/-/-"]),
    ("Springfield", ["Springfield/-/US"]),
    ("Washington", ["-/-/US"]),
    ("Georgia", []),
    ("Victoria", []),
    ("Remote - IN", []),
    # no places
    *[
        (text, [])
        for text in (
            "Remote", "2 Locations", "Multiple", "Various", "Home office", "Hybrid", "UTC±3", "Remote, EST", "null",
            "UNAVAILABLE", "n/a", "312", "", " ", "Narnia Locations", "ул. Полевая, д. 5",
        )
    ],
]  # fmt: skip

WRONG = [
    ("Ontario, CA", ["-/Ontario/CA"]),
]


def shown(text: str, **context: object) -> list[str]:
    """The places of a string, each as `city/region/country`."""
    places = read_places(text, **context)  # type: ignore[arg-type]
    return ["/".join(part or "-" for part in place[2:]) for place in places]


@pytest.mark.parametrize(("text", "expected"), STRINGS)
def test_a_string_names_its_places(text: str, expected: list[str]) -> None:
    assert shown(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"), [pytest.param(*row, marks=pytest.mark.xfail(strict=True)) for row in WRONG]
)
def test_known_wrong(text: str, expected: list[str]) -> None:
    assert shown(text) == expected


def test_context_settles_a_doubtful_name() -> None:
    assert shown("Cambridge", within="GB") == ["Cambridge/England/GB"]
    assert shown("Georgia", near=("ES", "GB")) == ["-/-/GE"]
    assert shown("Georgia", near=("US",)) == ["-/Georgia/US"]


@pytest.mark.parametrize(
    "text", ["Mobile", "Rust", "Split", "Of", "HR DE", "Backend", "Berlin and beyond", "remote", "IT", "DE"]
)
def test_strict_reading_refuses_common_words(text: str) -> None:
    assert shown(text, strict=True) == []


def test_offsets_are_of_the_words_read() -> None:
    text = "Remote-first | Lyon, France | Turin"
    assert [text[p.start : p.end] for p in read_places(text)] == ["Lyon, France", "Turin"]


def test_codes_and_names_of_countries() -> None:
    assert [country_of(t) for t in ("gb", "POL", "Polska", "Czech Republic", "Lyon")] == ["GB", "PL", "PL", "CZ", None]
    assert [macro_of(t) for t in ("LatAm", "European Union", "Poland")] == ["LATAM", "EU", None]
    assert key_of("St.-Étienne") == "saint etienne"


TITLES = [
    ("Plumber (Berlin)", ["Berlin"]),
    ("Plumber - Remote, Spain", ["ES"]),
    ("Plumber | Leipzig", ["Leipzig"]),
    ("Plumber, Germany", ["DE"]),
    ("Klempner (m/w/d) in Köln", ["Cologne"]),
    ("Сантехник (Казань)", ["Kazan"]),
    ("Pipeworks | Plumber | Oslo or Remote (EU) | Full-time", ["Oslo", "EU"]),
    ("Pipeworks | Plumber | Turin, ItalyWe mend pipes", ["Turin"]),
    ("Plumber (m/f/d)", []),
    ("Rust Plumber (IT)", []),
    ("Plumber - Mobile", []),
    ("Head of Pipes, Enterprise", []),
]


@pytest.mark.parametrize(("title", "expected"), TITLES)
def test_a_title_names_places_apart(title: str, expected: list[str]) -> None:
    assert [place.city or place.country or place.region for _, place in title_places(title)] == expected


def test_a_hostile_text_is_read_in_bounded_time() -> None:
    began = time.process_time()
    for text in ("anywhere in " * 80_000, "our Aa Bb Cc Dd " * 60_000, "The Big Only only " * 50_000, "(" * 900_000):
        list(cued_places(text, text.lower()))
        list(title_places(text))
        read_places(text)
        read_places(text[:400])
    assert time.process_time() - began < 4
