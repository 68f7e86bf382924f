"""Countries or regions that a remote worker may sit in."""

from collections.abc import Iterable, Iterator

from scraper.document import Document
from scraper.posting import RawPlace, RawPosting, SectionKind, Workplace
from scraper.reading import Reading, Span
from scraper.words import load
from scraper.words.places import (
    GROUPS,
    Place,
    country_of,
    cued_places,
    macro_of,
    moved,
    read_places,
    says_remote,
    tag_places,
    title_places,
)

LONGEST_LABEL = 160


def read_remote_from(raw: RawPosting, document: Document, workplace: Workplace | None) -> Reading[list[str]] | None:
    """Countries (ISO 3166-1 alpha-2) or regions (`EMEA`, `Worldwide`) that a remote worker may sit in.

    Read from the slot for it; else from places that say `remote`, or that are no city where the work is remote; else
    from the text. None where the work is not remote.
    """
    if workplace in (Workplace.HYBRID, Workplace.ONSITE):
        return None
    remote = workplace == Workplace.REMOTE
    spans = list(from_slot(raw)) or list(from_places(raw, remote)) or list(from_title(raw.title, remote))
    if not spans and remote:
        spans = list(from_tags(raw)) or list(from_text(document))
    values = list(dict.fromkeys(span.value for span in spans if span.value))
    return Reading(values, tuple(spans)) if values else None


def value_of(place: Place) -> str | None:
    """Code of the country, else name of the region of several."""
    return place.country or (None if place.city else place.region)


def evidence(slot: str, words: str, places: Iterable[Place]) -> Iterator[Span]:
    """A span a place, for slots other than the description."""
    return (Span(slot, None, None, words, value) for place in places if (value := value_of(place)))


def from_slot(raw: RawPosting) -> Iterator[Span]:
    """What the board publishes as such."""
    for number, words in enumerate(raw.remote_from):
        yield from evidence(f"remote_from[{number}]", words, read_places(words))


def from_places(raw: RawPosting, remote: bool) -> Iterator[Span]:
    """Places of work that say `remote`, or that are wider than a city where the work is remote."""
    for number, item in enumerate(raw.locations):
        slot = f"locations[{number}]"
        if isinstance(item, RawPlace):
            city, wide = (
                item.city and read_places(item.city),
                country_of(item.country or "") or macro_of(item.country or ""),
            )
            if wide and remote and not city:
                yield Span(slot, None, None, item.country, wide)
            elif not wide and item.text and (remote or says_remote(item.text)):
                yield from evidence(slot, item.text, (p for p in read_places(item.text) if not p.city))
            continue
        for group in GROUPS.split(item):
            if remote or says_remote(group):
                yield from evidence(slot, group, (p for p in read_places(group) if not p.city))


def from_title(title: str, remote: bool) -> Iterator[Span]:
    """`(Remote, Spain)`; `(EMEA)` where the work is remote."""
    for words, place in title_places(title):
        if not place.city and (says_remote(words) or (remote and not (place.region and place.country))):
            yield from evidence("title", words, [place])


def from_tags(raw: RawPosting) -> Iterator[Span]:
    """Tags that are just a country or a region of several."""
    for number, place in tag_places(raw.tags):
        yield from evidence(f"tags[{number}]", raw.tags[number], [place])


def from_text(document: Document) -> Iterator[Span]:
    """Labelled lines, then phrases such as `must be based in the US` and `EU residents only`."""
    names = load("places")["labels"]["names"]
    for label in document.labels:
        if label.name in names and label.end - label.start <= LONGEST_LABEL:
            value = document.text[label.start : label.end]
            wide = [p for p in read_places(value) if not p.city]
            yield from spans_of(document, moved(wide, label.start))
    for kind, place in cued_places(document.text, document.folded):
        about = document.kind_at(place.start) in (SectionKind.ABOUT, SectionKind.LEGAL)
        if kind == "remote" and not about:
            yield from spans_of(document, [place])


def spans_of(document: Document, places: Iterable[Place]) -> Iterator[Span]:
    """A span a place of the description."""
    for place in places:
        if value := value_of(place):
            yield Span("description", place.start, place.end, document.text[place.start : place.end], value)
