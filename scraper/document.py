"""A description as plain text with its blocks, labelled lines and sections, each with offsets into that text."""

from bisect import bisect_right
from dataclasses import dataclass, field
from typing import Literal

import lxml.html

from scraper.posting import SectionKind

BlockKind = Literal["heading", "paragraph", "item"]

BLOCK_TAGS = frozenset(
    "address article aside blockquote br dd div dl dt fieldset figure footer form h1 h2 h3 h4 h5 h6 header hr li main"
    " nav ol p pre section table tbody td tfoot th thead tr ul".split()
)
HEADING_TAGS = frozenset("h1 h2 h3 h4 h5 h6".split())
SILENT_TAGS = frozenset("script style noscript template head title svg".split())


@dataclass(slots=True)
class Block:
    """A heading, paragraph or list item: `text[start:end]`, without the item's dash."""

    kind: BlockKind
    start: int
    end: int


@dataclass(slots=True)
class Label:
    """A labelled line such as `Location: Porto`: `name` is the folded label, `text[start:end]` its value."""

    name: str
    start: int
    end: int


@dataclass(slots=True)
class Part:
    """A section: from its heading to the next one. Its body begins at `body`."""

    kind: SectionKind
    start: int
    end: int
    body: int
    heading: str | None = None


@dataclass(slots=True)
class Document:
    """The exported `description`, its fold (lower case, same length, so offsets agree) and its structure."""

    text: str
    folded: str
    blocks: list[Block] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)

    def kind_at(self, offset: int) -> SectionKind:
        """The kind of the section that an offset lies in."""
        index = bisect_right(self.parts, offset, key=lambda part: part.start) - 1
        return self.parts[index].kind if index >= 0 else SectionKind.OTHER


def fold(text: str) -> str:
    """Lower case, character by character, so that offsets into the fold are offsets into the text."""
    low = text.lower()
    if len(low) == len(text):
        return low
    return "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


def read_document(description: str, kind: Literal["html", "text", "markdown"] = "html") -> Document:
    """Blocks, labelled lines and sections of a description. Never raises, whatever the text."""
    lines = html_lines(description) if kind == "html" else [("paragraph", line) for line in description.splitlines()]
    document = Document("", "")
    pieces: list[str] = []
    offset = 0
    for block_kind, line in lines:
        line = " ".join(line.split())
        if not line:
            continue
        if block_kind == "paragraph" and line[:2] in ("- ", "* ", "• ", "· "):
            block_kind, line = "item", line[2:].strip()
        if block_kind == "paragraph" and line.endswith(":") and len(line) < 80:
            block_kind = "heading"
        dash = "- " if block_kind == "item" else ""
        start = offset + len(dash)
        document.blocks.append(Block(block_kind, start, start + len(line)))  # type: ignore[arg-type]
        pieces.append(dash + line)
        offset = start + len(line) + 1
    document.text = "\n".join(pieces)
    document.folded = fold(document.text)
    document.parts = [Part(SectionKind.OTHER, 0, len(document.text), 0)]
    return document


def html_lines(html: str) -> list[tuple[str, str]]:
    """The visible text of HTML, a block a line, walked with a stack of its own (a deep tree breaks recursion)."""
    try:
        root = lxml.html.fromstring(f"<div>{html}</div>")
    except (ValueError, lxml.etree.ParserError):
        return []
    lines: list[tuple[str, str]] = []
    buffer: list[str] = []
    kind = "paragraph"

    def flush() -> None:
        lines.append((kind, "".join(buffer)))
        buffer.clear()

    stack: list[tuple[lxml.html.HtmlElement, bool]] = [(root, False)]
    while stack:
        node, leaving = stack.pop()
        tag = node.tag if isinstance(node.tag, str) else ""
        if leaving:
            if tag in BLOCK_TAGS:
                flush()
                kind = "paragraph"
            buffer.append(node.tail or "")
            continue
        if not tag or tag in SILENT_TAGS:
            buffer.append(node.tail or "")
            continue
        if tag in BLOCK_TAGS:
            flush()
            kind = "heading" if tag in HEADING_TAGS else "item" if tag == "li" else kind if tag != "br" else "paragraph"
        buffer.append(node.text or "")
        stack.append((node, True))
        stack.extend((child, False) for child in reversed(node))
    flush()
    return lines
