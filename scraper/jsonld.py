"""schema.org JobPosting in a web page (JSON-LD, microdata, RDFa) and its way into the slots of a raw posting.

Two steps, so that a board can look between them: `job_postings(page.tree)` finds the nodes of a page and gives them
as plain dicts with schema.org's names; `posting_slots(node)` moves one node into `RawPosting` slots, word for word.
Source for names and shapes: https://schema.org/JobPosting.
"""

import html
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

import json_repair
import lxml.html
import orjson
from lxml import etree

from scraper.posting import RawPlace, RawSalary

REPAIR_LIMIT = 200_000
"""Characters of broken JSON-LD that are mended on one page: mending takes about 5 µs a character."""
STEP_LIMIT = 200_000
"""Values copied, and elements visited, on one page: only a hostile page has more."""
MARKUP_LIMIT = 10_000_000
"""Characters that marked-up properties may give on one page: one inside the other repeats its text."""
DEPTH_LIMIT = 40
"""Levels of a node that are kept."""

PARTS = {
    "responsibilities": "Responsibilities",
    "qualifications": "Qualifications",
    "educationRequirements": "Education",
    "experienceRequirements": "Experience",
    "skills": "Skills",
    "jobBenefits": "Benefits",
    "benefits": "Benefits",
    "incentiveCompensation": "Incentives",
    "incentives": "Incentives",
}
"""Properties that may hold a part of the text, and the heading that the part gets."""
SLOTS = {
    "experienceRequirements": "experience",
    "skills": "skills",
    "jobBenefits": "benefits",
    "benefits": "benefits",
    "incentiveCompensation": "benefits",
    "incentives": "benefits",
}
"""Those of them that fill a slot where they are short, and the slot."""
ADDRESS = ("streetAddress", "addressRegion", "postalCode", "addressCountry")
BOUNDS = (("minValue", "minPrice"), ("maxValue", "maxPrice"))
MARKED_UP = {"description", *PARTS}
LINKS = {"url", "sameAs", "logo", "image", "mainEntityOfPage", "additionalType", "target", "urlTemplate"}
NAMES = ("@value", "name", "value", "credentialCategory", "codeValue", "description")
"""Where a node that stands in the place of a text has its words."""
PLACEHOLDERS = {"", "-", "null", "none", "undefined", "unavailable", "n/a", "nan"}

WRAPPER = re.compile(r"^(?:[\s;\ufeff]|<!--|-->|//(?=\s*<!)|/\*|\*/|<!\[CDATA\[)+|(?:[\s;]|//|/\*|\*/|-->|\]\]>)+$")
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")
ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
LINE_TAGS = r"/?(?:li|p|br|div|ul|ol|table|tr|td|h[1-6]|section|hr)\b"
LINE_TAG = re.compile(rf"<{LINE_TAGS}[^<>]{{0,2000}}>", re.IGNORECASE)
TAG = re.compile(rf"<(?:{LINE_TAGS}|/?(?:a|b|em|font|i|img|span|strong|style|u)\b)[^<>]{{0,2000}}>", re.IGNORECASE)
ESCAPED_TAG = re.compile(rf"&(?:amp;)?lt;(?:{LINE_TAGS}|/?(?:a|b|em|i|span|strong|u)\b)", re.IGNORECASE)
ESCAPED_LINE = re.compile(r"(?:\\r)?\\n(?![a-z])")
GLUED_LINE = re.compile(r"(?<=\S)&nbsp;(?=[A-Z])")
SEPARATOR = re.compile(r"(?:[;|•·]|,(?!\d))(?![^()]{0,80}\))")
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
            if all(name.startswith("@") for name in node):
                continue
            twin = earlier.get(title_of(node))
            if twin is None:
                found.append(node)
            else:
                twin.update({name: value for name, value in node.items() if name not in twin})
    return found


def title_of(node: dict[str, Any]) -> str:
    """The title, folded, by which two syntaxes are known to speak of one job."""
    return " ".join((text_of(node.get("title")) or text_of(node.get("name")) or "").casefold().split())


def json_nodes(root: etree._Element) -> list[dict[str, Any]]:
    """The JobPosting nodes of the page's JSON-LD blocks; a broken block is mended and never loses its neighbours."""
    scripts = [script for script in root.iter("{*}script") if "ld+json" in (script.get("type") or "").lower()]
    blocks = [WRAPPER.sub("", script.text or "") for script in scripts]
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
            if is_posting(each(node.get("@type"))):
                postings.append(node)
            if len(node) > 1 and isinstance(node.get("@id"), str):
                named.setdefault(node["@id"], node)
    return copies(postings, named)


def load(block: str, room: int) -> tuple[Any, int]:
    """A JSON-LD block as data (None where nothing can be made of it), and how many characters had to be mended."""
    try:
        return orjson.loads(block), 0
    except orjson.JSONDecodeError:
        pass
    try:
        return json.loads(block, strict=False, parse_constant=lambda _: None), 0
    except (ValueError, RecursionError):
        pass
    if "&quot;" in block and '"' not in block:
        return load(html.unescape(block), room)
    if len(block) > room:
        return None, 0
    try:
        return json_repair.loads(block, skip_json_loads=True), len(block)
    except (ValueError, TypeError, LookupError, RecursionError):
        return None, len(block)


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
    room = STEP_LIMIT

    def copy(value: Any, depth: int, path: tuple[str, ...]) -> Any:
        nonlocal room
        room -= 1
        if room < 0 or depth > DEPTH_LIMIT:
            return None
        if isinstance(value, str):
            return CONTROL.sub("", value)
        if isinstance(value, list):
            return [copy(item, depth + 1, path) for item in value]
        if not isinstance(value, dict):
            return value
        name = value.get("@id")
        if len(value) == 1 and isinstance(name, str) and name in named and name not in path:
            return copy(named[name], depth + 1, (*path, name))
        return {bare(key): copy(item, depth + 1, path) for key, item in value.items()}

    nodes = (copy(posting, 0, ()) for posting in postings)
    return [node for node in nodes if node]


def bare(name: str) -> str:
    """A name without prefix or address: `schema:title` and `http://schema.org/title` are `title`."""
    return re.split(r"[/#:]", name.strip())[-1] if name[:1] != "@" else name


def is_posting(types: Iterable[Any]) -> bool:
    """Whether one of the types is JobPosting, however it is spelt."""
    return any(isinstance(kind, str) and bare(kind).lower() == "jobposting" for kind in types)


def each(value: Any) -> list[Any]:
    """The values of a property that may have none, one or a list."""
    return [] if value is None else value if isinstance(value, list) else [value]


def marked_nodes(root: etree._Element, kind: str) -> list[dict[str, Any]]:
    """The JobPosting items of the page's microdata (`kind` is `itemtype`) or RDFa (`typeof`)."""
    rdfa = kind == "typeof"
    scopes = (
        [element for element in root.iter("*") if element.get(kind)]
        if root.find(f".//*[@{kind}]") is not None
        else [root]
    )
    tops = [scope for scope in scopes if is_posting((scope.get(kind) or "").split())]
    if not tops:
        return []
    by_id: dict[str, etree._Element] = {}
    named: dict[str, dict[str, Any]] = {}
    items: list[dict[str, Any]] = []
    done: set[etree._Element] = set()
    steps, room = STEP_LIMIT, MARKUP_LIMIT
    for top in tops + [scope for scope in scopes if rdfa and scope.get("resource")]:
        seen: set[etree._Element] = set()
        stack: list[tuple[etree._Element, dict[str, Any], list[str]]] = [(top, {}, [])] if top not in done else []
        while stack and steps and room > 0:
            element, item, waiting = stack.pop()
            if element in seen or not isinstance(element.tag, str):
                continue
            seen.add(element)
            steps -= 1
            link = element.get("resource") or element.get("href")
            words = element.get("property") or ("" if link else element.get("rel")) if rdfa else element.get("itemprop")
            names = [bare(word) for word in (words or "").split()]
            if element.get("typeof" if rdfa else "itemscope") is not None:
                owner, item = item, {"@type": [bare(word) for word in (element.get(kind) or "").split()]}
                items.append(item)
                for name in names or waiting:
                    owner.setdefault(name, []).append(item)
                own = element.get("resource" if rdfa else "itemid")
                if own:
                    item["@id"] = [own]
                    named.setdefault(own, item)
                waiting = []
                for name in (element.get("itemref") or "").split():
                    by_id = by_id or {e.get("id", ""): e for e in root.iter("*")}
                    if name in by_id:
                        stack.append((by_id[name], item, []))
            elif names and rdfa and not element.get("property"):
                waiting = names
            else:
                for name in names:
                    value = value_of(element, name)
                    room -= len(value) if isinstance(value, str) else 0
                    item.setdefault(name, []).append(value)
            stack.extend((child, item, waiting) for child in reversed(element))
        done |= seen
    for item in items:
        item.update({name: values[0] for name, values in item.items() if len(values) == 1})
    return copies([item for item in items if is_posting(each(item["@type"]))], named)


def value_of(element: etree._Element, name: str) -> Any:
    """What an element says of a property: an attribute made for that, a link, markup for prose, or its words."""
    for attribute in ("content", "datetime"):
        if element.get(attribute) is not None:
            return element.get(attribute)
    if element.get("resource"):
        return {"@id": element.get("resource")}
    link = element.get("href") or element.get("src") or element.get("data")
    if link and name in LINKS:
        return link
    if name in MARKED_UP:
        return lxml.html.tostring(element, encoding="unicode", with_tail=False)
    words: list[str] = []
    for event, part in etree.iterwalk(element, events=("start", "end", "comment")):
        if event == "start" and part.tag not in ("script", "style"):
            words.append(part.text or "")
        elif event != "start" and part is not element:
            words.append(part.tail or "")
        if len(words) > 1000:
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
    same_as = each(employer.get("sameAs"))
    employer_name = pop_text(employer, "name", "legalName") or text_of([i for i in employers if isinstance(i, str)])
    keys = [pop_text(item, "value", "@value") if isinstance(item, dict) else text_of(item) for item in identifiers]
    currency = pop_text(node, "salaryCurrency")
    pay = [pay for item in each(node.get("baseSalary")) for pay in pay_of(item, currency)]
    url = link_of(node.pop("url", None)) or link_of(node.pop("mainEntityOfPage", None)) or link_of(node.get("@id"))
    apply_url = link_of(node.pop("potentialAction", None)) or link_of(node.get("applicationContact"))
    slots: dict[str, Any] = {
        "title": pop_text(node, "title", "name"),
        "employer_name": employer_name,
        "employer_url": link_of(employer.pop("url", None))
        or (link_of(employer.pop("sameAs")) if len(same_as) == 1 else None),
        "key": next(filter(None, keys), None),
        "url": url,
        "apply_url": apply_url if apply_url != url else None,
        "locations": places_of(each(node.get("jobLocation")), employer_name),
        "remote_from": regions_of(each(node.pop("applicantLocationRequirements", None))),
        "workplace": next(iter(pop_words(node, "jobLocationType")), None),
        "employment": pop_words(node, "employmentType", "employment"),
        "salary": pay[0] if pay else None,
        "pay_ranges": pay if len(pay) > 1 else [],
        "departments": [
            *pop_texts(node, "occupationalCategory", "industry", "relevantOccupation", "employmentUnit"),
            *pop_texts(employer, "department"),
        ],
        "published": pop_date(node, "datePosted"),
        "updated": pop_date(node, "dateModified"),
        "expires": pop_date(node, "validThrough"),
        "language": pop_text(node, "inLanguage"),
        **text_slots(node),
    }
    for name in ("hiringOrganization", "identifier", "jobLocation", "baseSalary"):
        node[name] = rest_of([item for item in each(node.pop(name, None)) if isinstance(item, dict)])
    for name in [name for name, value in node.items() if name[:1] == "@" or value in (None, "", [], {})]:
        del node[name]
    return {name: value for name, value in slots.items() if value}


def text_of(value: Any, depth: int = 5) -> str | None:
    """The words of a text, a number, the first of a list, or a node that has a name; placeholders are none."""
    text = unescaped(raw_of(value, depth)).strip()
    return None if text.lower() in PLACEHOLDERS else text


def unescaped(text: str) -> str:
    """Text without HTML entities; `&copy` that lacks its semicolon is part of an address and stays."""
    return ENTITY.sub(lambda entity: html.unescape(entity[0]), text)


def raw_of(value: Any, depth: int = 5) -> str:
    """As `text_of`, entities and placeholders left in; empty where there are no words."""
    if isinstance(value, dict):
        value = [value.get(name) for name in NAMES]
    if isinstance(value, list) and depth:
        return next((raw for raw in (raw_of(item, depth - 1) for item in value) if raw.strip()), "")
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


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


def pop_words(node: dict[str, Any], *names: str) -> list[str]:
    """Codes: every value of these properties, lists inside a text taken apart, addresses of schema.org shortened."""
    texts = [bare(text) if "schema.org/" in text else text for text in pop_texts(node, *names)]
    words = (word.strip(" []\"'") for text in texts for word in SEPARATOR.split(text))
    return list(dict.fromkeys(word for word in words if word.lower() not in PLACEHOLDERS))


def pop_date(node: dict[str, Any], name: str) -> str | float | None:
    """A date as published: text, or a number."""
    value = node.get(name)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return figure_of(node.pop(name))
    return pop_text(node, name)


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
    addresses: set[tuple[str | None, ...]] = set()
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
                if [part for part in key if part] == [street] and not label:
                    place.text = street
                elif any(key) and not (label and key in addresses):
                    place = place.model_copy(
                        update={
                            "street": street,
                            "city": city,
                            "region": region,
                            "postal_code": postal_code,
                            "country": country,
                        }
                    )
                addresses.add(key)
                if place != RawPlace():
                    places[repr(place)] = place.text if place.text and place == RawPlace(text=place.text) else place
        site["address"] = [item for item in listed if isinstance(item, dict) and item is not site]
    return list(places.values())


def regions_of(values: list[Any]) -> list[str]:
    """Where applicants may sit: names, or the parts of an address."""
    names: list[str | None] = []
    for value in values:
        node = value if isinstance(value, dict) else {"name": value}
        named = [text_of(name) for name in each(node.get("name"))]
        address = next((item for item in each(node.get("address", node))), None)
        parts = address if isinstance(address, dict) else {"addressLocality": address}
        place = ", ".join(
            filter(None, map(text_of, map(parts.get, ("addressLocality", "addressRegion", "addressCountry"))))
        )
        names += named if any(named) else [place]
    return list(dict.fromkeys(name for name in names if name))


def pay_of(value: Any, currency: str | None, period: str | None = None, depth: int = 5) -> list[RawSalary]:
    """Pay from a figure, a text, a MonetaryAmount, QuantitativeValue or PriceSpecification; empty shells give none."""
    label = low = high = None
    if isinstance(value, dict):
        label = pop_text(value, "name")
        currency = pop_text(value, "currency", "priceCurrency") or currency
        period = pop_text(value, "unitText", "unitCode", "duration") or period
        inner = value.get("value")
        if isinstance(inner, dict | list) and depth:
            return [pay for item in each(inner) for pay in pay_of(item, currency, period, depth - 1)]
        low, high = (figure_of(value.pop(a, None) or value.pop(b, None)) for a, b in BOUNDS)
        value = value.pop("value", None) or value.pop("price", None)
    one = figure_of(value)
    if amount(low) or amount(high):
        return [RawSalary(min=low, max=high, currency=currency, period=period, label=label)]
    if isinstance(one, str) and not NUMBER.fullmatch(one):
        return [RawSalary(text=one, currency=currency, period=period, label=label)]
    return [RawSalary(min=one, max=one, currency=currency, period=period, label=label)] if amount(one) else []


def figure_of(value: Any) -> float | str | None:
    """A number as published; one too long for a float stays text."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value if abs(value) < 10**15 else str(value)
    return text_of(value)


def amount(figure: float | str | None) -> bool:
    """Whether a figure says something: zero and `nan` do not."""
    return re.search("[1-9]", str(figure)) is not None


def rest_of(value: Any, depth: int = 5) -> Any:
    """What is left of a node when the read values, types and empty shells are gone."""
    if isinstance(value, list):
        return [rest for rest in (rest_of(item, depth - 1) for item in value) if rest] if depth else []
    if isinstance(value, dict):
        rests = {name: rest_of(item, depth - 1) for name, item in value.items() if name[:1] != "@"} if depth else {}
        return {name: rest for name, rest in rests.items() if rest not in (None, "", [], {})}
    return value


# -- the text ---------------------------------------------------------------------------------------------------------


def text_slots(node: dict[str, Any]) -> dict[str, Any]:
    """The description with the parts that the page states apart from it, and the lists that are no prose."""
    body = mended("\n".join(filter(None, map(raw_of, each(node.pop("description", None))))))
    slots: dict[str, Any] = {"skills": [], "benefits": [], "experience": None}
    prose: list[tuple[str, str]] = []
    known = squashed(body)
    for name, heading in PARTS.items():
        value = each(node.pop(name, None))
        months = [text_of(item.get("monthsOfExperience")) for item in value if isinstance(item, dict)]
        raws = [f"{m} months" if m.isdigit() else m for m in months if m] or [raw for raw in map(raw_of, value) if raw]
        texts = [mended(raw) for raw in raws]
        slot = SLOTS.get(name)
        labels = labels_of(texts) if slot else []
        if slot == "experience" and sum(map(len, lines_of(texts))) <= 200:
            slots[slot] = " ".join(lines_of(texts)) or None
        elif slot and labels:
            slots[slot] += [label for label in labels if label not in slots[slot]]
        elif squashed(*texts) not in known:
            prose.append((heading, marked_up(texts)))
    if prose:
        body = (marked_up([body]) if body else "") + "".join(f"<h3>{heading}</h3>{text}" for heading, text in prose)
    slots["description"] = body if TAG.search(body) else unescaped(body)
    slots["description_type"] = None if not body else "html" if TAG.search(body) else "text"
    return slots


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
    """The items of a list or of one line with separators; none where an item is too long for a label."""
    lines = lines_of(texts)
    labels = [part.strip() for part in SEPARATOR.split(lines[0])] if len(lines) == 1 else lines
    return (
        [label for label in labels if label] if all(len(label) <= 60 and ". " not in label for label in labels) else []
    )


def marked_up(texts: list[str]) -> str:
    """Texts as HTML: several are a list, lines are paragraphs."""
    if len(texts) > 1:
        return f"<ul>{''.join(f'<li>{marked_up([text])}</li>' for text in texts)}</ul>"
    if TAG.search(texts[0]):
        return texts[0]
    return "".join(
        f"<p>{html.escape(line, quote=False)}</p>" for line in unescaped(GLUED_LINE.sub("\n", texts[0])).split("\n")
    )


def squashed(*texts: str) -> str:
    """The words without markup, space and case, to see whether one text holds another."""
    return "".join("".join(lines_of(list(texts))).casefold().split())
