"""Where the work is done or the worker may sit."""

import re
from collections.abc import Iterable
from functools import cache

from scraper.document import Document
from scraper.posting import Location, RawPlace, RawPosting, SectionKind
from scraper.reading import Reading, Span
from scraper.words import load
from scraper.words.places import (
    PLACEHOLDER,
    Place,
    country_of,
    cued_places,
    is_idle,
    key_of,
    leading_places,
    moved,
    read_places,
    sure_only,
    tag_places,
    title_places,
)

Found = list[tuple[Span, Location]]

CITY = re.compile(r"[^\W\d_][^\d_,;/|()]{1,39}")
FACT = re.compile(r"[^\s•|·][^•|·\n]{3,80}")
MARK = re.compile(r"[•|·]")
ADVERTISED = 4
"""A slot with so many bare countries says where the post is shown; a text that names fewer of them is believed."""
HEAD_LINES = 6
HEAD_CHARS = 300
LONGEST_LABEL = 160
FOREIGN = frozenset({SectionKind.ABOUT, SectionKind.LEGAL})
BRAGGING = FOREIGN | {SectionKind.BENEFITS}


def read_locations(raw: RawPosting, document: Document) -> Reading[list[Location]] | None:
    """The places of a posting: from its slots; else its tags; else title, labelled lines and phrases of the text.

    A country that the slots leave without a city is filled with a city of it that the title or a labelled line names.
    """
    found = from_slots(raw) or from_tags(raw)
    set_aside: Found = []
    if not found:
        found = from_title(raw.title) or from_labels(document) or from_head(document) or from_text(document)
    elif not any(place.city for _, place in found):
        countries = tuple(dict.fromkeys(place.country for _, place in found if place.country))
        labelled = from_labels(document)
        said = labelled + from_text(document) if len(countries) >= ADVERTISED else []
        if said and all(place.country in countries for _, place in said):
            found, set_aside = said, found
        elif cities := cities_in(countries, from_title(raw.title)) or cities_in(countries, labelled):
            told = {(place.country, region) for _, place in cities for region in (place.region, None)}
            found = [f for f in found if (f[1].country, f[1].region) not in told] + cities
    found = distinct(found)
    if not found:
        return None
    spans = tuple(span for span, _ in found + set_aside)
    return Reading([place for _, place in found], spans, conflict=bool(set_aside))


def cities_in(countries: tuple[str, ...], found: Found) -> Found:
    """The cities among the places that lie in one of the countries."""
    return [(span, place) for span, place in found if place.city and place.country in countries]


def distinct(found: Found) -> Found:
    """Each place once, the first mention of it; one without its division gives way to one with it."""
    kept: dict[tuple[str | None, ...], tuple[Span, Location]] = {}
    for span, place in found:
        key = (place.city, place.country, None if place.city else place.region)
        if key not in kept or (place.region and not kept[key][1].region):
            kept[key] = (span, place)
    return list(kept.values())


def located(place: Place, slot: str, words: str, text: str, spans: bool = False) -> tuple[Span, Location]:
    """A place with its evidence. `words` are the words read, `text` the place as published."""
    value = place.city or place.region or place.country
    span = Span(slot, place.start, place.end, words, value) if spans else Span(slot, None, None, words, value)
    return span, Location(text=text, city=place.city, region=place.region, country=place.country)


# -- slots ------------------------------------------------------------------------------------------------------------


def from_slots(raw: RawPosting) -> Found:
    """The places of `raw.locations`; a name in doubt is settled by the countries of the others."""
    near = countries_of(raw.locations)
    found: Found = []
    for number, item in enumerate(raw.locations):
        slot = f"locations[{number}]"
        if isinstance(item, RawPlace):
            found += from_parts(item, slot, near)
            continue
        places = read_places(item)
        if near and sure_only(places) != places:
            places = read_places(item, near=near)
        for place in places:
            words = item.strip() if len(places) == 1 else item[place.start : place.end]
            found.append(located(place, slot, words, words))
    return found


def countries_of(items: list[str | RawPlace]) -> tuple[str, ...]:
    """The countries that the places of a posting name, sorted."""
    found = {country_of(item.country) for item in items if isinstance(item, RawPlace) and item.country}
    found |= {p.country for item in items if isinstance(item, str) for p in read_places(item)}
    return tuple(sorted(country for country in found if country))


def said(value: str | None) -> str | None:
    """A part of a place, unless it is empty or a placeholder."""
    return None if value is None or PLACEHOLDER.fullmatch(value) else " ".join(value.split())


def from_parts(raw: RawPlace, slot: str, near: tuple[str, ...]) -> Found:
    """The places of one structured slot; a city that GeoNames lacks is kept as published."""
    city, region, land = said(raw.city), said(raw.region), said(raw.country)
    country = country_of(land) if land else None
    parts = [part for part in (city, region, None if country else land) if part]
    places = read_places(", ".join(parts), within=country, near=near)
    if not any(p.city for p in places) and raw.text and said(raw.text):
        places = read_places(raw.text, within=country, near=near) or places
    if country and not any(p.city for p in places):
        region = places[0].region if places else None
        places = (Place(0, 0, own_name(city) if city else None, region, country),)
    text = said(raw.text) or ", ".join(part for part in (city, region_text(raw), land) if part)
    found = [located(place, slot, text, text) for place in places]
    point = degrees(raw)
    if point and len(found) == 1:
        found[0][1].latitude, found[0][1].longitude = point
    return found


def own_name(city: str) -> str | None:
    """A city that GeoNames lacks, as published, unless the slot holds something else."""
    if is_idle(city) or not CITY.fullmatch(city) or len(city.split()) > 3 or read_places(city):
        return None
    return city.title() if city.isupper() else city if city[0].isupper() else None


def region_text(raw: RawPlace) -> str | None:
    """The region as published, where it adds to the city."""
    region = said(raw.region)
    return None if region and raw.city and key_of(region) == key_of(raw.city) else region


def degrees(raw: RawPlace) -> tuple[float, float] | None:
    """Latitude and longitude, where both are numbers on the globe and not the 0, 0 of an unset map."""
    try:
        north, east = float(raw.latitude or 0), float(raw.longitude or 0)
    except ValueError:
        return None
    return (north, east) if -90 <= north <= 90 and -180 <= east <= 180 and (north or east) else None


def from_tags(raw: RawPosting) -> Found:
    """Tags that are just a country or a region of several."""
    return [located(p, f"tags[{number}]", raw.tags[number], raw.tags[number]) for number, p in tag_places(raw.tags)]


# -- title and text ---------------------------------------------------------------------------------------------------


def from_title(title: str) -> Found:
    """Places that stand apart in a title."""
    found: Found = []
    for part, place in title_places(title):
        words = part[place.start : place.end]
        found.append(located(place, "title", words, words))
    return found


@cache
def label_names() -> frozenset[str]:
    """Names of labelled lines that hold a place."""
    return frozenset(load("places")["labels"]["names"])


def from_labels(document: Document) -> Found:
    """Labelled lines such as `Standort: München`."""
    found: Found = []
    for label in document.labels:
        if label.name in label_names() and label.end - label.start <= LONGEST_LABEL:
            value = document.text[label.start : label.end]
            places = [p for p in sure_only(read_places(value)) if not value[p.start : p.end].islower()]
            found += in_text(document, moved(places, label.start))
    return found


def from_head(document: Document) -> Found:
    """A full place in a line of facts at the head of the text: `$90k - $120k • Denver, CO, US`."""
    found: Found = []
    for block in document.blocks[:HEAD_LINES]:
        line = document.text[block.start : min(block.end, block.start + HEAD_CHARS)]
        parts = FACT.finditer(document.text, block.start, block.start + len(line))
        for part in parts if MARK.search(line) or block.end - block.start < 60 else ():
            if "," in part.group():
                places = leading_places(document.text, part.start())
                found += in_text(document, [p for p in places if p.city and "," in document.text[p.start : p.end]])
            elif line.count(" | ") > 1:
                whole = moved(sure_only(read_places(part.group().strip(), strict=True)), part.start())
                found += in_text(document, [p for p in whole if p.city])
    return found


def from_text(document: Document) -> Found:
    """Places after words such as `this role is based in`, outside what the employer says of itself."""
    places = [
        place
        for kind, place in cued_places(document.text, document.folded)
        if document.kind_at(place.start) not in (BRAGGING if kind == "office" else FOREIGN)
    ]
    return in_text(document, places)


def in_text(document: Document, places: Iterable[Place]) -> Found:
    """Places of the description with their spans."""
    return [
        located(place, "description", words, words, spans=True)
        for place in places
        for words in (document.text[place.start : place.end],)
    ]
