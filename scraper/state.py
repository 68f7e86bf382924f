"""Job posts in the data that a page's scripts carry: `__NEXT_DATA__`, `window.… = {…}`, JSON for the scripts.

Pure. An object is a post where it has a title, a text, and something that only posts have, such as a department.
"""

import re
from collections.abc import Iterator
from functools import cache
from itertools import islice
from typing import Any

import chompjs
import orjson
from lxml import etree

from scraper.posting import RawSalary
from scraper.visible import phrases
from scraper.words import load

EQUALS = re.compile(r"=\s{0,9}(?=[{\[])")
STATE = re.compile(r"\bwindow\b|\b(?:var|let|const)\s|data|state|props|jobs?|posting", re.IGNORECASE)
"""What stands right before an assignment of data."""
PARSED = re.compile(r"JSON\.parse\(\s*(?=[\"'])")
SCRIPT_LIMIT = 2_000_000
"""Characters of a page's scripts that are read."""
VALUE_LIMIT = 300_000
"""Values of a page's data that are looked at."""
MOST_ASSIGNED = 40
SHORTEST_TEXT = 200
LISTS = ("locations", "employment", "departments", "seniority")
NAMES = ("name", "label", "title", "text", "value", "formatted", "displayname", "city", "fullname")


def state_postings(tree: Any) -> list[dict[str, Any]]:
    """The objects of a page's data that are posts, each once, in the order of the page. Never raises."""
    root = getattr(tree, "root", tree)
    if not isinstance(root, etree._Element):
        return []
    found: dict[str, dict[str, Any]] = {}
    room = VALUE_LIMIT
    for data in states(root):
        todo = [data]
        while todo and room > 0:
            value = todo.pop()
            room -= 1
            if isinstance(value, dict):
                if is_posting(value):
                    found.setdefault(repr((first(value, "title"), first(value, "id"))), value)
                else:
                    todo.extend(reversed(value.values()))
            elif isinstance(value, list):
                todo.extend(reversed(value))
    return list(found.values())


def states(root: etree._Element) -> Iterator[Any]:
    """The data of a page's scripts: JSON ones, and objects that are assigned."""
    room = SCRIPT_LIMIT
    for node in root.iter(etree.Element):
        for name, value in node.attrib.items():
            if len(value) > SHORTEST_TEXT and str(name).startswith("data-") and value[:1] in ("{", "["):
                room -= len(value)
                if room > 0 and (data := loaded(str(value))) is not None:
                    yield data
    for script in root.iter("{*}script"):
        text, kind = script.text or "", (script.get("type") or "").lower()
        room -= len(text)
        if room < 0 or "ld+json" in kind or not text.strip():
            continue
        if "json" in kind:
            data = loaded(text)
            if data is not None:
                yield data
        elif not kind or "javascript" in kind or kind == "module":
            for found in islice(filter(assigns, EQUALS.finditer(text)), MOST_ASSIGNED):
                try:
                    yield chompjs.parse_js_object(text[found.end() :], loader=orjson.loads)
                except (ValueError, RecursionError, TypeError):
                    continue
            for found in islice(PARSED.finditer(text), MOST_ASSIGNED):
                if data := loaded(unquoted(text, found.end())):
                    yield data


def assigns(found: re.Match[str]) -> bool:
    """Whether the name before a `=` is one that data has."""
    return STATE.search(found.string, max(0, found.start() - 60), found.start()) is not None


def loaded(text: str) -> Any:
    """JSON as data; None where it is none."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return None


def unquoted(text: str, start: int) -> str:
    """The content of the script's string that begins at a quote."""
    end = start + 1
    while (end := text.find(text[start], end)) > 0 and text[end - 1] == "\\":
        end += 1
    inner = text[start + 1 : end] if end > 0 else ""
    read = loaded('"' + re.sub(r"\\'", "'", inner.replace('"', '\\"') if text[start] == "'" else inner) + '"')
    return read if isinstance(read, str) else ""


@cache
def keys(name: str) -> tuple[str, ...]:
    """The keys that a slot may stand under, the likeliest first."""
    return tuple(key.strip() for key in load("careers")["data"][name].split(","))


def folded(node: dict[str, Any]) -> dict[str, str]:
    """The keys of a node by their folded form."""
    return {str(key).lower(): key for key in node}


def is_posting(node: dict[str, Any]) -> bool:
    """Whether an object has a title, a text of some length and what only posts have."""
    names = folded(node)
    title, text = first(node, "title"), first(node, "description")
    if not isinstance(title, str) or not 3 <= len(title) <= 250 or not isinstance(text, str):
        return False
    if len(text) < SHORTEST_TEXT or names.keys() & phrases("furniture", "not_posts"):
        return False
    said = {key for key, name in names.items() if node[name] not in (None, "", [], {})}
    return bool(said & phrases("data", "proof")) or len(said & phrases("data", "hints")) >= 2


def first(node: dict[str, Any], name: str) -> Any:
    """The first value under a slot's keys that says something."""
    names = folded(node)
    return next(
        (node[names[key]] for key in keys(name) if key in names and node[names[key]] not in (None, "", [], {})), None
    )


def pop(node: dict[str, Any], name: str) -> Any:
    """As `first`, and taken out."""
    names = folded(node)
    key = next((names[key] for key in keys(name) if key in names and node[names[key]] not in (None, "", [], {})), None)
    return node.pop(key) if key is not None else None


def state_slots(node: dict[str, Any]) -> dict[str, Any]:
    """Slots of `RawPosting` that an object fills, popped from it. `url` and `key` are as the page has them."""
    slots: dict[str, Any] = {"title": pop(node, "title"), "description": pop(node, "description")}
    slots |= {
        "key": text_of(pop(node, "id")),
        "url": text_of(pop(node, "url")),
        "apply_url": text_of(pop(node, "apply_url")),
    }
    for name in ("employer_name", "workplace", "published", "expires"):
        slots[name] = text_of(pop(node, name))
    for name in LISTS:
        value = pop(node, name)
        texts = [text_of(item) for item in (value if isinstance(value, list) else [value])]
        slots[name] = [text for text in texts if text]
    pay = pop(node, "salary")
    slots["salary"] = pay_of(pay) if isinstance(pay, dict) else RawSalary(text=text_of(pay)) if text_of(pay) else None
    return {name: value for name, value in slots.items() if value}


def text_of(value: Any) -> str | None:
    """A value as text: a text, a number, the name of an object."""
    if isinstance(value, dict):
        names = folded(value)
        value = next(
            (value[names[name]] for name in NAMES if isinstance(value.get(names.get(name, "")), str | int)), None
        )
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return str(value).strip() or None


def pay_of(node: dict[str, Any]) -> RawSalary | None:
    """Pay in parts."""
    names = folded(node)
    parts = {
        "min": "min minvalue minimum from low",
        "max": "max maxvalue maximum to high",
        "currency": "currency currencycode",
        "period": "period interval unit frequency unittext",
        "text": "text label formatted summary",
    }
    given = {
        slot: next(
            (
                node[names[key]]
                for key in options.split()
                if isinstance(node.get(names.get(key, "")), str | int | float)
            ),
            None,
        )
        for slot, options in parts.items()
    }
    return RawSalary(**given) if any(given[slot] for slot in ("min", "max", "text")) else None
