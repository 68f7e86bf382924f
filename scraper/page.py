"""A fetched response as plain data, and what a board makes of it. No Scrapy in here."""

import html
import json
import math
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any
from urllib.parse import urljoin

import orjson
from lxml import etree
from parsel import Selector


class PageError(Exception):
    """A page that is not what was asked for. `outcome` names it: `broken`, `login`, `refused`, `blocked`, `moved`."""

    def __init__(self, outcome: str, message: str) -> None:
        super().__init__(message)
        self.outcome = outcome


@dataclass(frozen=True)
class Page:
    """A fetched page. `kind` and `carried` come from the request that asked for it.

    `url` is the address after redirects; `fetched_at` is UTC.
    """

    url: str
    text: str
    fetched_at: datetime
    status: int = 200
    employer: str | None = None
    kind: str = "list"
    carried: Mapping[str, Any] = field(default_factory=dict)

    def json(self) -> Any:
        """The text as JSON. Raises `PageError`: `login` where HTML came in its place, `broken` where it is cut off."""
        try:
            return orjson.loads(self.text)
        except orjson.JSONDecodeError as error:
            with suppress(ValueError, RecursionError):
                return loose_json(self.text)
            if self.text.lstrip()[:1] == "<":
                raise PageError("login", f"{self.url}: a web page came in place of JSON") from None
            raise PageError("broken", f"{self.url}: not JSON: {error}") from None

    def rows(self, name: str, mark: str) -> list[Any]:
        """The rows of a JSON reply: the list under `name`, a bare list, or objects that have the key `mark`.

        Replies gathered in a list and objects under `name` are opened; null is no rows. Raises `PageError`.
        """
        return rows_of(self, self.json(), name, mark)

    @cached_property
    def tree(self) -> Selector:
        """The text as HTML or XML; an empty text is an empty document."""
        kind = "xml" if self.text.lstrip()[:5] == "<?xml" else "html"
        return Selector(text=self.text or "<html></html>", type=kind)

    def xml(self) -> Selector:
        """The text as well-formed XML, without its namespaces. Raises `PageError` (`broken`): a feed that is cut off
        must not pass for a short one. Entities are not resolved.
        """
        parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True, remove_comments=True)
        try:
            root = etree.fromstring(self.text.strip().encode(), parser)
        except etree.XMLSyntaxError as error:
            raise PageError("broken", f"{self.url}: not XML: {error.msg}") from None
        selector = Selector(root=root, type="xml")
        selector.remove_namespaces()
        return selector

    def join(self, url: str) -> str:
        """`url` made absolute."""
        return urljoin(self.url, url)


@dataclass(frozen=True, slots=True)
class PageRequest:
    """A page to fetch. `key` is the posting's key where the page is one posting's detail."""

    url: str
    kind: str = "list"
    key: str | None = None
    carried: Mapping[str, Any] = field(default_factory=dict)
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    json: Any = None
    """Sent as the body, with its content type."""
    version: str | None = None
    """What the list says of the posting's state, e.g. its `lastmod`: the same version is not fetched again."""
    otherwise: "PageRequest | None" = None
    """What to ask for where this page is missing or not what was asked for; only the last of them can be lost."""


@dataclass(frozen=True, slots=True)
class Total:
    """How many postings the board says it has for this target."""

    count: int


@dataclass(frozen=True, slots=True)
class Closed:
    """A posting that the board itself says is closed."""

    key: str
    reason: str


def loose_json(text: str) -> Any:
    """JSON as some servers write it, against RFC 8259: NaN, infinite and too large numbers become null, half of a
    surrogate pair a question mark. Raises `ValueError`, and `RecursionError` where it is nested too deep.
    """
    read = json.loads(text, parse_constant=lambda _: None, parse_float=finite, parse_int=finite)
    return orjson.loads(json.dumps(read, ensure_ascii=False).encode(errors="replace"))


def finite(said: str) -> float | None:
    """A number; None where it is too large for one."""
    if not math.isfinite(float(said)):
        return None
    return int(said) if said.lstrip("-").isdigit() else float(said)


def rows_of(page: Page, reply: Any, name: str, mark: str) -> list[Any]:
    """As `Page.rows`, from a part of the reply."""
    if isinstance(reply, list):
        wrapped = any(isinstance(item, dict) and isinstance(item.get(name), list) for item in reply)
        return [row for item in reply for row in rows_of(page, item, name, mark)] if wrapped else reply
    if isinstance(reply, dict) and name in reply:
        return rows_of(page, [] if reply[name] is None else reply[name], name, mark)
    if isinstance(reply, dict) and mark in reply:
        return [reply]
    if isinstance(reply, dict) and any(isinstance(row, dict) and mark in row for row in reply.values()):
        return list(reply.values())
    raise PageError("broken", f"{page.url}: no {name} in the reply")


def take(piece: Any, path: str) -> Any:
    """Pop the value at a dotted path of a piece; None where any step of it is absent. What is left counts as unread.

    Of several paths apart by `|` the first that says something is given, and all are popped.

    >>> row = {"location": {"name": "Porto", "id": 3}}
    >>> take(row, "place|location.name"), row
    ('Porto', {'location': {'id': 3}})
    """
    if "|" in path:
        values = [take(piece, one) for one in path.split("|")]
        return next((value for value in values if value not in (None, "", [], {})), None)
    *steps, last = path.split(".")
    for step in steps:
        piece = piece.get(step) if isinstance(piece, dict) else None
    return piece.pop(last, None) if isinstance(piece, dict) else None


def taken(piece: Any, **paths: str) -> dict[str, Any]:
    """Several values popped at once: slot to what stands at its path.

    >>> taken({"id": 7, "location": {"name": "Porto"}}, key="id", text="location.name")
    {'key': 7, 'text': 'Porto'}
    """
    return {slot: take(piece, path) for slot, path in paths.items()}


def headed(*parts: tuple[Any, Any]) -> str:
    """The HTML parts of a text, each with its heading, in reading order; a part without text is left out.

    >>> headed(("Tasks & tools", "<p>Fire pots.</p>"), (None, "<p>Join us.</p>"), ("Perks", None))
    '<h3>Tasks &amp; tools</h3><p>Fire pots.</p>\\n<p>Join us.</p>'
    """
    given = [(heading, str(text).strip()) for heading, text in parts if text]
    return "\n".join(
        (f"<h3>{html.escape(str(heading).strip(), quote=False)}</h3>" if heading else "") + text
        for heading, text in given
        if text
    )
