"""What a reply says about its own use: `noindex` and its kin, and the reservation of text and data mining."""

import json
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from html import unescape
from typing import NamedTuple

from protego import Protego

from scraper.crawl.robots import TOKEN

META = re.compile(r"<meta\b([^<>]{1,600})>", re.IGNORECASE)
ATTRIBUTE = re.compile(r"([a-z-]{1,20})\s{0,5}=\s{0,5}(?:\"([^\"]{0,500})\"|'([^']{0,500})'|([^\s\"'>]{1,500}))", re.I)
HEAD_END = re.compile(r"</head\s{0,5}>|<body\b", re.IGNORECASE)
MOST_HEAD = 200_000
"""Characters of a page in which its head is looked for."""

VALUED = ("unavailable_after", "max-snippet", "max-image-preview", "max-video-preview")
"""Directives with a value of their own; any other word before a colon is a crawler's name."""


def metas(html: str) -> list[tuple[str, str]]:
    """Names and contents of the `<meta>` elements in a page's head."""
    first, *rest = html[:MOST_HEAD].split("<!--")
    head = HEAD_END.split(first + "".join(part.partition("-->")[2] for part in rest), maxsplit=1)[0]
    found = []
    for tag in META.findall(head):
        said = {name.lower(): unescape(a or b or c) for name, a, b, c in ATTRIBUTE.findall(tag)}
        found.append((said.get("name", "").lower().strip(), said.get("content", "").strip()))
    return found


def unindexed(headers: Iterable[str], html: str | None, now: datetime) -> str | None:
    """The header or element that keeps a page out of an index: `noindex`, `none`, or an `unavailable_after` gone by.

    `headers` are the values of `X-Robots-Tag`, `html` the page where it is one. Only what is meant for every crawler
    or for us counts (https://developers.google.com/search/docs/crawling-indexing/robots-meta-tag).
    """
    for value in headers:
        if any(keeps_out(word, said, now) for name, word, said in directives(value) if name in ("*", TOKEN)):
            return f"X-Robots-Tag: {value}"
    for name, content in metas(html) if html else ():
        if name in ("robots", TOKEN) and any(keeps_out(word, said, now) for _, word, said in directives(content)):
            return f'<meta name="{name}" content="{content}">'
    return None


def directives(value: str) -> Iterator[tuple[str, str, str]]:
    """For whom, directive, value: `rolecall: noindex, max-snippet: 3`."""
    scope = "*"
    parts = value.split(",")
    while parts:
        part = parts.pop(0).strip()
        name, colon, rest = (text.strip() for text in part.partition(":"))
        if colon and name.lower() in VALUED:
            if parts and rest.isalpha():  # the comma of `Sat, 21 Nov 2026`
                rest += "," + parts.pop(0)
            yield scope, name.lower(), rest
            continue
        if colon:
            scope, part = name.lower(), rest
        yield scope, part.lower(), ""


def keeps_out(directive: str, said: str, now: datetime) -> bool:
    """Whether a directive keeps a page out of an index, now."""
    if directive != "unavailable_after":
        return directive in ("noindex", "none")
    until = moment(said)
    return until is not None and until < now


def moment(said: str) -> datetime | None:
    """A date as `unavailable_after` gives it, RFC 822, 850 or ISO 8601; None where it is none."""
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            at = read(said.strip())
        except (ValueError, TypeError, IndexError):
            continue
        return at if at.tzinfo else at.replace(tzinfo=UTC)
    return None


class Reservation(NamedTuple):
    """An entry of a `tdmrep.json`."""

    location: str
    reserved: bool
    policy: str
    pattern: Protego
    """The location as the pattern of a robots.txt that it is."""


def reserved(mark: str, terms: str, html: str | None) -> str | None:
    """The header or element by which a reply reserves text and data mining (W3C TDMRep).

    `mark` and `terms` are the headers `tdm-reservation` and `tdm-policy`, empty where there is none.
    """
    if mark == "1":
        return with_policy("tdm-reservation: 1", terms)
    said = dict(metas(html)) if html and "tdm-reservation" in html[:MOST_HEAD].lower() else {}
    if said.get("tdm-reservation") == "1":
        return with_policy('<meta name="tdm-reservation" content="1">', said.get("tdm-policy", ""))
    return None


def with_policy(said: str, policy: str) -> str:
    """What reserves, and where its terms are."""
    return f"{said} (terms: {policy})" if policy else said


def reservations(body: bytes) -> list[Reservation]:
    """The entries of a `/.well-known/tdmrep.json`; none where it is no such file."""
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        return []
    found = []
    for row in data if isinstance(data, list) else ():
        if isinstance(row, dict) and isinstance(row.get("location"), str):
            place, mark = row["location"], row.get("tdm-reservation")
            pattern = Protego.parse(f"User-agent: *\nDisallow: /{place.lstrip('/')}")
            found.append(Reservation(place, mark in (1, "1"), str(row.get("tdm-policy") or ""), pattern))
    return found


def reserving(entries: Iterable[Reservation], url: str) -> str | None:
    """The entry that reserves an address; the first that fits decides."""
    for entry in entries:
        if not entry.pattern.can_fetch(url, TOKEN):
            said = f'"location": "{entry.location}", "tdm-reservation": {int(entry.reserved)}'
            return with_policy(said, entry.policy) if entry.reserved else None
    return None
