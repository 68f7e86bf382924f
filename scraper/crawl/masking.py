"""Masks the contacts of a whole reply, so that an archive can be kept without them and read again as before."""

import json
import re
from collections.abc import Iterator
from html import escape, unescape
from typing import Any

from scraper.contacts import MASK, contacts, covered, emails, mask_text, mask_words
from scraper.words import load

TAG = re.compile(r"(<[^<>]*>)")
INLINE = re.compile(r"</?(?:a|abbr|b|bdi|code|em|font|i|mark|s|small|span|strong|sub|sup|u|wbr)\b", re.IGNORECASE)
"""Tags that part no words."""

CALLED = re.compile(r"(?i)\b((?:tel|sms|callto):)([+(\d%][\d\s()+.%/-]{3,60})")
NAME_KEY = re.compile(r"(?:first|last|full|given|family|display)?[ _]?name", re.IGNORECASE)
NO_TEXT_KEY = re.compile(r"(?:^|[_ ])(?:id|ids|uuid|guid|key|slug|code|hash|token|ref)$", re.IGNORECASE)


def mask_reply(text: str) -> str:
    """A JSON, HTML, XML or plain text with its contacts masked; JSON stays JSON. The very text where there are none."""
    if text.lstrip()[:1] in ("{", "["):
        try:
            data = json.loads(text)
        except (ValueError, RecursionError):
            return mask_markup(text)
        masked = mask_value(data)
        return text if masked == data else json.dumps(masked, ensure_ascii=text.isascii(), separators=(",", ":"))
    return mask_markup(text)


def mask_value(value: Any, key: str = "", parent: str = "") -> Any:
    """Plain data with the contacts in its texts masked. A key says what a value is, as a label does in a text."""
    if isinstance(value, dict):
        return {name: mask_value(inner, str(name), key) for name, inner in value.items()}
    if isinstance(value, list):
        return [mask_value(inner, key, parent) for inner in value]
    if isinstance(value, str):
        return mask_string(value, spaced(key), spaced(parent))
    if isinstance(value, int) and value > 10**6 and contacts(f"{spaced(key)}: {value}"):
        return 0
    return value


def spaced(key: str) -> str:
    """A key as words: `contactPhone` and `contact_phone` are `contact phone`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])|[_-]+", " ", key).lower()


def mask_string(text: str, key: str, parent: str) -> str:
    """One text of plain data."""
    if "<" in text:
        return mask_markup(text)
    if "&lt;" in text:
        plain = unescape(text)
        masked = mask_markup(plain)
        return text if masked == plain else escape(masked, quote=False)
    if NO_TEXT_KEY.search(key):
        return text
    if text.startswith(("http://", "https://")):
        return covered(text, emails(text))
    if len(text) > 100:
        return mask_text(text)
    person = any(word in f"{parent} {key}" for word in load("contacts")["key"]["person"])
    if person and NAME_KEY.search(key) and not key.startswith("company"):
        if key.startswith(("first", "last", "given", "family")):
            return MASK * len(text)
        key = "contact"
    label = f"{key}: "
    return mask_text(label + text)[len(label) :]


def mask_markup(text: str) -> str:
    """HTML, XML or plain text: its words as a reader sees them, its links, and the data in its scripts."""
    tokens = list(scripts_joined(TAG.split(text)))
    plain: list[str] = []
    for kind, token in tokens:
        if kind == "text":
            plain.append(unescape(token))
        elif kind == "tag" and not INLINE.match(token):
            plain.append("\n")
    seen = "".join(plain)
    spans = contacts(seen)
    names = {seen[start:end] for start, end, kind in spans if kind == "name"}
    names |= {name.encode("ascii", "xmlcharrefreplace").decode() for name in names}
    masked = covered(seen, spans)
    parts = []
    at = 0
    for kind, token in tokens:
        if kind == "text":
            length = len(unescape(token))
            shown = masked[at : at + length]
            if shown == seen[at : at + length]:
                shown = token if "&lt;" not in token else mask_string(token, "", "")
            elif "&" in token:
                shown = escape(shown, quote=False)
            at += length
            parts.append(shown)
        elif kind == "tag":
            at += not INLINE.match(token)
            parts.append(mask_words(mask_link(token), names))
        else:
            parts.append(mask_script(token, names))
    return "".join(parts)


def scripts_joined(tokens: list[str]) -> Iterator[tuple[str, str]]:
    """Tokens with their kind; all between `<script>` and `</script>` is one."""
    script: list[str] | None = None
    for number, token in enumerate(tokens):
        low = token[:9].lower()
        if script is not None and not low.startswith(("</script", "</style")):
            script.append(token)
            continue
        if script is not None:
            yield "script", "".join(script)
            script = None
        elif number % 2 and low.startswith(("<script", "<style")) and not token.endswith("/>"):
            script = []
        yield ("tag" if number % 2 else "text"), token
    if script is not None:
        yield "script", "".join(script)


def mask_link(text: str) -> str:
    """A text without mail addresses and without what a `tel:` link calls."""
    text = covered(text, emails(text))
    return CALLED.sub(lambda found: found[1] + MASK * len(found[2]), text) if ":" in text else text


def mask_script(text: str, names: set[str]) -> str:
    """The inside of a script: data as data, code by its addresses and the names that the page shows."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return mask_words(mask_link(text), names)
    masked = mask_value(data)
    return text if masked == data else json.dumps(masked, ensure_ascii=True).replace("</", "<\\/")


def encoded(text: str, charset: str) -> bytes:
    """A masked text in the reply's charset, whatever that can write."""
    try:
        return text.encode(charset)
    except UnicodeEncodeError:
        return text.replace(MASK, "x").encode(charset, "xmlcharrefreplace")
