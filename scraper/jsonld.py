"""schema.org JobPosting in a web page (JSON-LD, microdata, RDFa) and its way into the slots of a raw posting.

Two steps, so that a board can look between them: `job_postings(page.tree)` finds the nodes of a page and gives them
as plain dicts with schema.org's names; `posting_slots(node)` moves one node into `RawPosting` slots, word for word.
Source for names and shapes: https://schema.org/JobPosting.
"""

import html
import json
import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Any

import chompjs
import json_repair
import lxml.html
import orjson
from lxml import etree

from scraper.posting import RawPlace, RawSalary

REPAIR_LIMIT = 100_000
"""Characters of broken JSON-LD that are mended on one page: mending takes about 6 µs a character."""
VALUE_LIMIT = 300_000
"""JSON values copied on one page: only a hostile page has more."""
ELEMENT_LIMIT = 100_000
"""Elements visited in one syntax of one page: likewise."""
MARKUP_LIMIT = 10_000_000
"""Characters that marked-up properties may give on one page: one inside the other repeats its text."""
DEPTH_LIMIT = 40
"""Levels of a node that are kept."""

PARTS = {
    "responsibilities": ("Responsibilities", None),
    "qualifications": ("Qualifications", None),
    "educationRequirements": ("Education", None),
    "experienceRequirements": ("Experience", "experience"),
    "skills": ("Skills", "skills"),
    "jobBenefits": ("Benefits", "benefits"),
    "benefits": ("Benefits", "benefits"),
    "incentiveCompensation": ("Incentives", "benefits"),
    "incentives": ("Incentives", "benefits"),
}
"""Properties that may hold a part of the text: its heading there, and the slot of what is a label and no prose."""
MARKED_UP = {"description", *PARTS}
LINKS = {"url", "sameAs", "logo", "image", "mainEntityOfPage", "additionalType", "target", "urlTemplate"}
NAMES = ("@value", "name", "value", "credentialCategory", "codeValue", "description")
"""Where a node that stands in the place of a text has its words."""
ADDRESS = ("streetAddress", "addressRegion", "postalCode", "addressCountry")
BOUNDS = (("minValue", "minPrice"), ("maxValue", "maxPrice"), ("value", "price"))
EMPTY: tuple[Any, ...] = (None, "", [], {})
PLACEHOLDERS = {"", "-", "null", "none", "undefined", "unavailable", "n/a", "nan"}
WRAPPERS = (("<!--", "-->"), ("//<![CDATA[", "//]]>"), ("/*<![CDATA[*/", "/*]]>*/"), ("<![CDATA[", "]]>"))

SCOPES: dict[str, Callable[[etree._Element], Any]] = {
    kind: etree.XPath(f"descendant-or-self::*[@{kind}]") for kind in ("itemtype", "typeof")
}
PREFIX = re.compile(r".*[/#:]", re.DOTALL)
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")
ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
LINES = r"/?(?:article|blockquote|br|div|d[ldt]|h[1-6]|hr|li|ol|p|pre|section|table|td|tr|ul)\b"
INLINE = r"/?(?:a|b|em|font|i|img|span|strong|style|u)\b"
LINE_TAG = re.compile(rf"<{LINES}[^<>]{{0,2000}}>", re.IGNORECASE)
TAG = re.compile(rf"<(?:{LINES}|{INLINE})[^<>]{{0,2000}}>", re.IGNORECASE)
ESCAPED_TAG = re.compile(rf"&(?:amp;)?lt;(?:{LINES}|{INLINE})", re.IGNORECASE)
ESCAPED_LINE = re.compile(r"(?:\\r)?\\n(?![a-z])")
GLUED_LINE = re.compile(r"(?<=\S)&nbsp;(?=[A-Z])")
SEPARATOR = re.compile(r"(?:[;|•·]|,(?!\d))(?![^()]{0,80}\))")
TOKEN = re.compile(r'\\.|["{}\[\]]', re.DOTALL)
KEY = re.compile(r'"([@\w:]{1,60})"\s*:')
KEY_END = re.compile(r"\s*:")
VALUE_END = re.compile(r'\s*(?:,\s*"[^"\\]{1,60}"\s*:|[}\]]\s*(?=[,}\]]|$)|$)')
ITEM_END = re.compile(r'\s*(?:,\s*["{\[]|[}\]]\s*(?=[,}\]]|$)|$)')
NUMBER = re.compile(r"[\d\s.,'’]+")


# -- a page -> nodes --------------------------------------------------------------------------------------------------


def job_postings(tree: Any) -> list[dict[str, Any]]:
    """Every JobPosting of a page as a plain dict: JSON-LD first, then microdata, then RDFa.

    `tree` is a parsel `Selector` or an lxml element. Names and types come without prefix (`schema:title` is `title`),
    a reference to another node of the page (`{"@id": …}`) is replaced by that node, a posting that is repeated is
    given once, and one repeated in another syntax fills the gaps of its twin. Never raises: a page that has no
    posting, or cannot be read, gives an empty list.
    """
    root = getattr(tree, "root", tree)
    if not isinstance(root, etree._Element):
        return []
    found: list[dict[str, Any]] = []
    for nodes in (json_nodes(root), marked_nodes(root, "itemtype"), marked_nodes(root, "typeof")):
        earlier = {title_of(node): node for node in reversed(found)}
        for node in {repr(node): node for node in nodes}.values():
            twin = earlier.get(title_of(node))
            if twin is not None:
                twin.update({name: value for name, value in node.items() if name not in twin})
            elif not all(name.startswith("@") for name in node):
                found.append(node)
    return found


def title_of(node: dict[str, Any]) -> str:
    """The title, folded, by which two syntaxes are known to speak of one job."""
    return " ".join((text_of([node.get("title"), node.get("name")]) or "").casefold().split())


def json_nodes(root: etree._Element) -> list[dict[str, Any]]:
    """The JobPosting nodes of the page's JSON-LD blocks; a broken block is mended and never loses its neighbours."""
    scripts = [script for script in root.iter("{*}script") if "ld+json" in (script.get("type") or "").lower()]
    blocks = [script.text or "" for script in scripts]
    wanted = [block for block in blocks if "jobposting" in block.lower()]
    if not wanted:
        return []
    room = REPAIR_LIMIT
    postings: list[dict[str, Any]] = []
    named: dict[str, dict[str, Any]] = {}
    for block in wanted + [block for block in blocks if '"@id"' in block and block not in wanted]:
        data, mended = load(block, room)
        room -= mended
        for node in dicts(data):
            if is_posting(each(node.get("@type", node.get("type")))):
                postings.append(node)
            if len(node) > 1 and isinstance(node.get("@id"), str):
                named.setdefault(node["@id"], node)
    return copies(postings, named)


def load(block: str, room: int) -> tuple[Any, int]:
    """A JSON-LD block as data (None where nothing can be made of it), and how many characters had to be mended."""
    block = block.strip("\ufeff \t\r\n;")
    for opening, closing in WRAPPERS:
        block = block.removeprefix(opening).removesuffix(closing).strip()
    try:
        return orjson.loads(block), 0
    except orjson.JSONDecodeError:
        pass
    data = attempt(json.loads, block, strict=False, parse_constant=lambda _: None)
    if data is not None:
        return data, 0
    if "&quot;" in block and '"' not in block:
        return load(html.unescape(block), room)
    if len(block) > room:
        return attempt(chompjs.parse_js_object, block), 0
    keys = set(KEY.findall(block))
    readings = filter(None, [attempt(json.loads, requoted(block), strict=False), attempt(json_repair.loads, block)])
    return max(readings, key=lambda data: sum(k in keys for d in dicts(data) for k in d), default=None), len(block)


def attempt(loads: Callable[..., Any], block: str, **options: Any) -> Any:
    """What a reader of JSON makes of a broken block; None where it gives up."""
    try:
        return loads(block, **options)
    except (ValueError, TypeError, LookupError, RecursionError):
        return None


def requoted(block: str) -> str:
    """JSON with the quotes inside strings escaped: one ends a string only before another key or value, or the end."""
    pieces: list[str] = []
    nest = ["["]
    written = end = 0
    ending: re.Pattern[str] | None = None
    before = ""
    for token in TOKEN.finditer(block):
        mark = token[0]
        if ending is None:
            before = block[end : token.start()].strip()[-1:] or before
            if mark == '"':
                is_key = nest[-1] == "{" and before in ("{", ",")
                ending = KEY_END if is_key else VALUE_END if nest[-1] == "{" else ITEM_END
            elif mark in "{[":
                nest.append(mark)
            elif mark in "}]" and len(nest) > 1:
                nest.pop()
        elif mark == '"' and ending.match(block, token.end()):
            ending = None
        elif mark == '"':
            pieces += [block[written : token.start()], '\\"']
            written = token.end()
        before, end = mark, token.end()
    return "".join([*pieces, block[written:]])


def dicts(data: Any) -> Iterator[dict[str, Any]]:
    """Every object inside JSON data, in reading order, whatever its depth."""
    stack = [data]
    while stack:
        value = stack.pop()
        if isinstance(value, dict):
            yield value
            stack.extend(reversed(value.values()))
        elif isinstance(value, list):
            stack.extend(reversed(value))


def copies(postings: list[dict[str, Any]], named: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """The postings as dicts of their own: plain names, clean strings, references replaced by what they point to."""
    room = VALUE_LIMIT

    def copy(value: Any, path: tuple[str, ...], depth: int) -> Any:
        nonlocal room
        room -= 1
        if room < 0 or depth > DEPTH_LIMIT:
            return None
        if isinstance(value, str):
            return value if value.isprintable() else CONTROL.sub("", value)
        if isinstance(value, list):
            return [copy(item, path, depth + 1) for item in value]
        if not isinstance(value, dict):
            return value
        name = value.get("@id")
        if len(value) == 1 and isinstance(name, str) and name in named and name not in path:
            return copy(named[name], (*path, name), depth + 1)
        return {bare(key): copy(item, path, depth + 1) for key, item in value.items()}

    return [node for node in (copy(posting, (), 0) for posting in postings) if node]


@lru_cache(4096)
def bare(name: str) -> str:
    """A name without prefix or address: `schema:title` and `http://schema.org/title` are `title`."""
    return name if name[:1] == "@" else PREFIX.sub("", name.strip())


def is_posting(types: Iterable[Any]) -> bool:
    """Whether one of the types is JobPosting, however it is spelt."""
    return any(isinstance(kind, str) and bare(kind).lower() == "jobposting" for kind in types)


def each(value: Any) -> list[Any]:
    """The values of a property that may have none, one or a list."""
    return [] if value is None else value if isinstance(value, list) else [value]


def marked_nodes(root: etree._Element, kind: str) -> list[dict[str, Any]]:
    """The JobPosting items of the page's microdata (`kind` is `itemtype`) or RDFa (`typeof`)."""
    scopes: Iterable[Any] = SCOPES[kind](root)
    tops: list[etree._Element] = [scope for scope in scopes if is_posting(scope.get(kind).split())]
    if not tops:
        return []
    rdfa = kind == "typeof"
    by_id: dict[str, etree._Element] = {}
    named: dict[str, dict[str, Any]] = {}
    items: list[dict[str, Any]] = []
    done: set[etree._Element] = set()
    steps, room = ELEMENT_LIMIT, MARKUP_LIMIT
    for top in tops + [scope for scope in scopes if rdfa and scope.get("resource")]:
        seen: set[etree._Element] = set()
        stack: list[tuple[etree._Element, dict[str, Any], list[str]]] = [] if top in done else [(top, {}, [])]
        while stack and steps and room > 0:
            element, item, waiting = stack.pop()
            if element in seen or not isinstance(element.tag, str):
                continue
            seen.add(element)
            steps -= 1
            chained = rdfa and not element.get("property") and not element.get("href") and not element.get("resource")
            names = list(
                map(bare, (element.get("rel" if chained else "property" if rdfa else "itemprop") or "").split())
            )
            if element.get("typeof" if rdfa else "itemscope") is not None:
                owner, item = item, {"@type": list(map(bare, (element.get(kind) or "").split()))}
                items.append(item)
                for name in names or waiting:
                    owner.setdefault(name, []).append(item)
                waiting = []
                own = element.get("resource", element.get("about")) if rdfa else element.get("itemid")
                if own:
                    item["@id"] = [own]
                    named.setdefault(own, item)
                references = (element.get("itemref") or "").split()
                if references and not by_id:
                    by_id = {other.get("id", ""): other for other in root.iter("*")}
                stack.extend((by_id[name], item, []) for name in references if name in by_id)
            elif chained and names:
                waiting = names
            else:
                for name in names:
                    value = value_of(element, name)
                    room -= len(value)
                    item.setdefault(name, []).append(value)
            stack.extend((child, item, waiting) for child in reversed(element))
        done |= seen
    for item in items:
        item.update({name: values[0] for name, values in item.items() if len(values) == 1})
    return copies([item for item in items if is_posting(each(item["@type"]))], named)


def value_of(element: etree._Element, name: str) -> str | dict[str, str]:
    """What an element says of a property: an attribute made for that, a link, markup for prose, or its words."""
    for attribute in ("content", "datetime"):
        if element.get(attribute) is not None:
            return element.get(attribute, "")
    if element.get("resource"):
        return {"@id": element.get("resource", "")}
    link = element.get("href") or element.get("src") or element.get("data")
    if link and name in LINKS:
        return link
    if name in MARKED_UP:
        return f"<div>{lxml.html.tostring(element, encoding='unicode', with_tail=False)}</div>"
    words: list[str] = []
    for event, part in etree.iterwalk(element, events=("start", "end", "comment")):
        if event == "start" and part.tag not in ("script", "style"):
            words.append(part.text or "")
        elif event != "start" and part is not element:
            words.append(part.tail or "")
        if len(words) > 100:
            break
    return " ".join("".join(words).split()) or link or element.get("value") or ""


# -- a node -> slots --------------------------------------------------------------------------------------------------


def posting_slots(node: dict[str, Any]) -> dict[str, Any]:
    """Slots of `RawPosting` that a schema.org JobPosting fills; a slot that it does not state is absent.

    What is read is popped from `node`, so what is left in it is unread. Links stay as published: relative ones are
    the board's to join. `estimatedSalary` is somebody's estimate and no pay: it is left unread.
    """
    employers, identifiers = each(node.get("hiringOrganization")), each(node.get("identifier"))
    employer = next((item for item in employers if isinstance(item, dict)), {})
    employer_name = pop_text(employer, "name", "legalName") or text_of([e for e in employers if isinstance(e, str)])
    sites = [link_of(employer.pop("url", None)), *map(link_of, each(employer.pop("sameAs", None)))]
    currency = pop_text(node, "salaryCurrency")
    pay = [pay for value in each(node.get("baseSalary")) for pay in pay_of(value, currency)]
    url = link_of([node.pop("url", None), node.pop("mainEntityOfPage", None), node.get("@id")])
    apply_url = link_of([node.pop("potentialAction", None), node.get("applicationContact")])
    slots: dict[str, Any] = {
        "title": pop_text(node, "title", "name"),
        "employer_name": employer_name,
        "employer_url": sites[0] or (sites[1] if len(sites) == 2 else None),
        "key": next(filter(None, map(key_of, identifiers)), None),
        "url": url,
        "apply_url": apply_url if apply_url != url else None,
        "locations": places_of(each(node.get("jobLocation")), employer_name),
        "remote_from": regions_of(each(node.pop("applicantLocationRequirements", None))),
        "workplace": next(iter(pop_words(node, "jobLocationType")), None),
        "employment": pop_words(node, "employmentType"),
        "salary": pay[0] if pay else None,
        "pay_ranges": pay if len(pay) > 1 else [],
        "departments": pop_texts(node, "occupationalCategory", "industry", "relevantOccupation", "employmentUnit")
        + pop_texts(employer, "department"),
        "published": pop_date(node, "datePosted"),
        "updated": pop_date(node, "dateModified"),
        "expires": pop_date(node, "validThrough"),
        "language": pop_text(node, "inLanguage"),
        **text_slots(node),
    }
    for name in ("hiringOrganization", "identifier", "jobLocation", "baseSalary"):
        rests = rest_of([value for value in each(node.pop(name, None)) if isinstance(value, dict)])
        node[name] = rests[0] if len(rests) == 1 else rests
    for name in [name for name, value in node.items() if name[:1] == "@" or value in EMPTY]:
        del node[name]
    return {name: value for name, value in slots.items() if value}


def unescaped(text: str) -> str:
    """Text without HTML entities; a `&copy` that lacks its semicolon is part of an address and stays."""
    return ENTITY.sub(lambda entity: html.unescape(entity[0]), text)


def raw_of(value: Any, depth: int = 5) -> str:
    """The words of a text, a number, the first of a list, or a node that has a name; empty where there are none."""
    if isinstance(value, dict):
        value = [value.get(name) for name in NAMES]
    if isinstance(value, list) and depth:
        return next((raw for raw in (raw_of(item, depth - 1) for item in value) if raw.strip()), "")
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def text_of(value: Any) -> str | None:
    """As `raw_of`, without entities; a placeholder is none."""
    text = unescaped(raw_of(value)).strip()
    return None if text.lower() in PLACEHOLDERS else text


def pop_text(node: dict[str, Any], *names: str) -> str | None:
    """The first of these properties that says something."""
    for name in names:
        text = text_of(node.get(name))
        if text:
            del node[name]
            return text
    return None


def pop_texts(node: dict[str, Any], *names: str) -> list[str]:
    """Every value of these properties, each once."""
    texts = (text_of(value) for name in names for value in each(node.pop(name, None)))
    return list(dict.fromkeys(text for text in texts if text))


def pop_words(node: dict[str, Any], name: str) -> list[str]:
    """Every code of a property: lists written inside a text taken apart, addresses of schema.org shortened."""
    texts = (bare(text) if "schema.org/" in text else text for text in pop_texts(node, name))
    words = (word.strip(" []\"'") for text in texts for word in SEPARATOR.split(text))
    return list(dict.fromkeys(word for word in words if word.lower() not in PLACEHOLDERS))


def pop_date(node: dict[str, Any], name: str) -> str | float | None:
    """A date as published: text, or a number."""
    return figure_of(node.pop(name)) if isinstance(node.get(name), int | float) else pop_text(node, name)


def key_of(identifier: Any) -> str | None:
    """The id in an identifier: a number, a text, or a PropertyValue, whose name is only a label of it."""
    if not isinstance(identifier, dict):
        return text_of(identifier)
    key = pop_text(identifier, "value", "@value")
    if key:
        identifier.pop("name", None)
    return key


def link_of(value: Any, depth: int = 5) -> str | None:
    """The first address in a text, a list, or a node (an action's target, a page's `@id`)."""
    if isinstance(value, dict):
        value = [value.get(name) for name in ("urlTemplate", "url", "target", "@id")]
    if isinstance(value, list) and depth:
        return next(filter(None, (link_of(item, depth - 1) for item in value)), None)
    text = text_of(value) if isinstance(value, str) else None
    return None if not text or text.startswith(("#", "_:", "mailto:")) or len(text.split()) > 1 else text


def places_of(values: list[Any], employer_name: str | None) -> list[str | RawPlace]:
    """Places of work. An address that a template repeats under another name is not believed a second time."""
    places: dict[str, str | RawPlace] = {}
    labels: dict[tuple[str | None, ...], str | None] = {}
    for value in values:
        site: dict[str, Any] = value if isinstance(value, dict) else {"address": value}
        name = pop_text(site, "name")
        geo = site.get("geo") if isinstance(site.get("geo"), dict) else site
        point = [figure_of(geo.pop(axis, None)) for axis in ("latitude", "longitude")] if geo else [None, None]
        latitude, longitude = point if None not in point and any(map(amount, point)) else (None, None)
        listed = each(site.pop("address", None)) or [site]
        for address in listed:
            node: dict[str, Any] = address if isinstance(address, dict) else {}
            label = text_of(address) if node is not address else name if name != employer_name else None
            label = label or pop_text(node, "name") or (name if node is not address else None)
            street, region, postal_code, country = parts = [pop_text(node, part) for part in ADDRESS]
            cities: list[str | None] = [*pop_texts(node, "addressLocality")]
            for city in cities or [None]:
                place = RawPlace(text=label, latitude=latitude, longitude=longitude)
                key = (city, *parts)
                if street and not label and not any((city, region, postal_code, country)):
                    place.text = street
                elif labels.setdefault(key, label) == label or not label:
                    place.street, place.city, place.region = street, city, region
                    place.postal_code, place.country = postal_code, country
                if place != RawPlace():
                    places[repr(place)] = place.text if place.text and place == RawPlace(text=place.text) else place
        site["address"] = [item for item in listed if isinstance(item, dict) and item is not site]
    return list(places.values())


def regions_of(values: list[Any]) -> list[str]:
    """Where applicants may sit: names, or the parts of an address."""
    named = [name for value in values for name in (each(value.get("name")) if isinstance(value, dict) else [value])]
    nameless = [value for value in values if isinstance(value, dict) and not text_of(value.get("name"))]
    places = places_of(named + nameless, None)
    parts = [
        [place] if isinstance(place, str) else [place.text or place.city, place.region, place.country]
        for place in places
    ]
    return [", ".join(filter(None, part)) for part in parts]


def pay_of(value: Any, currency: str | None, period: str | None = None, depth: int = 5) -> list[RawSalary]:
    """Pay from a figure, a text, a MonetaryAmount, QuantitativeValue or PriceSpecification; empty shells give none."""
    low = high = label = None
    one = figure_of(value) if not isinstance(value, dict) else None
    if isinstance(value, dict):
        label = pop_text(value, "name")
        currency = pop_text(value, "currency", "priceCurrency") or currency
        period = pop_text(value, "unitText", "unitCode", "duration") or period
        inner = value.get("value")
        if isinstance(inner, dict | list) and depth:
            return [pay for item in each(inner) for pay in pay_of(item, currency, period, depth - 1)]
        low, high, one = (figure_of([value.pop(name, None) for name in names]) for names in BOUNDS)
    if not amount(low) and not amount(high):
        if isinstance(one, str) and not NUMBER.fullmatch(one):
            return [RawSalary(text=one, currency=currency, period=period, label=label)]
        low = high = one
    if not amount(low) and not amount(high):
        return []
    return [RawSalary(min=low, max=high, currency=currency, period=period, label=label)]


def figure_of(value: Any) -> float | str | None:
    """A number as published, the first of a list; one too long for a float stays text."""
    value = next((item for item in each(value) if item not in EMPTY), None)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value if abs(value) < 10**15 else str(value)
    return text_of(value)


def amount(figure: float | str | None) -> bool:
    """Whether a figure says something: zero and `nan` do not."""
    return re.search("[1-9]", str(figure)) is not None


def rest_of(value: Any, depth: int = 5) -> Any:
    """What is left of a node when the read values, types and empty shells are gone."""
    if isinstance(value, list):
        return [rest for rest in (rest_of(item, depth - 1) for item in value) if rest not in EMPTY] if depth else []
    if isinstance(value, dict):
        rests = {name: rest_of(item, depth - 1) for name, item in value.items() if name[:1] != "@"} if depth else {}
        return {name: rest for name, rest in rests.items() if rest not in EMPTY}
    return value


# -- the text ---------------------------------------------------------------------------------------------------------


def text_slots(node: dict[str, Any]) -> dict[str, Any]:
    """The description, with the parts that the page states apart from it, and the lists that are no prose."""
    body = mended("\n".join(filter(None, map(raw_of, each(node.pop("description", None))))))
    slots: dict[str, Any] = {"experience": None, "skills": [], "benefits": []}
    apart = ""
    for name, (heading, slot) in PARTS.items():
        values = each(node.pop(name, None))
        months = [text_of(value.get("monthsOfExperience")) for value in values if isinstance(value, dict)]
        spans = [f"{month} months" if month.isdigit() else month for month in months if month]
        texts = spans + [mended(raw) for raw in map(raw_of, values) if raw.strip().lower() not in PLACEHOLDERS]
        labels = labels_of(texts)
        if slot == "experience" and sum(map(len, lines_of(texts))) <= 200:
            slots[slot] = " ".join(lines_of(texts))
        elif slot and labels:
            slots[slot] += [label for label in labels if label not in slots[slot]]
        elif texts and squashed(texts) not in squashed([body]):
            apart += f"<h3>{heading}</h3>{marked_up(texts)}"
    description = marked_up([body]) + apart if apart else body if TAG.search(body) else unescaped(body)
    kind = ("html" if apart or TAG.search(body) else "text") if description else None
    return {"description": description, "description_type": kind, **slots}


def mended(text: str) -> str:
    """Text with its markup readable: HTML that was escaped once too often, line breaks written as `\\n`."""
    for _ in range(2):
        if ESCAPED_TAG.search(text) and not TAG.search(text):
            text = html.unescape(text)
    text = ESCAPED_LINE.sub("\n", text)
    return text.replace("\n", "<br>") if TAG.search(text) and not LINE_TAG.search(text) else text


def lines_of(texts: list[str]) -> list[str]:
    """The lines of texts or HTML, plain, without bullets."""
    plain = TAG.sub("", LINE_TAG.sub("\n", GLUED_LINE.sub("\n", "\n".join(texts))))
    lines = (" ".join(html.unescape(line).split()).lstrip("-–•*· ") for line in plain.split("\n"))
    return [line for line in lines if line.lower() not in PLACEHOLDERS]


def labels_of(texts: list[str]) -> list[str]:
    """The items of a list, or of one line with separators; none where an item is prose."""
    lines = lines_of(texts)
    labels = [label.strip() for label in (SEPARATOR.split(lines[0]) if len(lines) == 1 else lines) if label.strip()]
    return labels if all(len(label) <= 60 and ". " not in label for label in labels) else []


def marked_up(texts: list[str]) -> str:
    """Texts as HTML: several are a list, lines are paragraphs."""
    if len(texts) > 1:
        return f"<ul>{''.join(f'<li>{marked_up([text])}</li>' for text in texts)}</ul>"
    if TAG.search(texts[0]):
        return texts[0]
    lines = unescaped(GLUED_LINE.sub("\n", texts[0])).splitlines()
    return "".join(f"<p>{html.escape(line, quote=False)}</p>" for line in lines if line.strip())


def squashed(texts: list[str]) -> str:
    """The words without markup, space and case, to see whether one text holds another."""
    return "".join("".join(lines_of(texts)).casefold().split())
