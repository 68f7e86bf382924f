"""A description as plain text with its blocks, labelled lines and sections, each with offsets into that text."""

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cache, lru_cache
from html import unescape
from itertools import pairwise
from typing import Literal, NamedTuple

from lxml import etree

from scraper.posting import SectionKind
from scraper.words import Matcher, load

BlockKind = Literal["heading", "paragraph", "item"]


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
    """The exported `description`, its fold (lower case, same length, so offsets agree) and its structure.

    Blocks stand apart by a line break, an item begins with `- `; the parts cover the text without a gap.
    """

    text: str
    folded: str
    blocks: list[Block] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    """Where each part begins."""

    def kind_at(self, offset: int) -> SectionKind:
        """The kind of the section that an offset lies in."""
        index = bisect_right(self.starts, offset) - 1
        return self.parts[index].kind if index >= 0 else SectionKind.OTHER


def fold(text: str) -> str:
    """Lower case, character by character, so that offsets into the fold are offsets into the text."""
    low = text.lower()
    if len(low) == len(text):
        return low
    return "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


def read_document(description: str, kind: Literal["html", "text", "markdown"] = "html") -> Document:
    """Blocks, labelled lines and sections of a description. Never raises, whatever the text.

    The words decide over `kind`: HTML that came escaped once is unescaped, HTML without a tag is read as text, and
    text that holds the tags of HTML is read as HTML.
    """
    if kind == "html" and "<" not in description and ESCAPED_TAG.search(description):
        description = unescape(description)
    if kind == "html" or BLOCK_TAG.search(description):
        if "\n" in description and not BLOCK_TAG.search(description):
            description = description.replace("\n", "<br>")
        return structure(html_lines(description))
    return structure(text_lines(description, kind == "markdown"))


# -- lines ------------------------------------------------------------------------------------------------------------

# Neither letter nor space nor a joiner that a script needs: such characters break words, JSON or the marks below.
INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f\xad\u200b\u200e\u200f\u202a-\u202e\u2060\ufeff\ud800-\udfff\ue000\ue001]+"
)
BOLD, PLAIN = "\ue000", "\ue001"
BLANK = " \t\r\n\x0b\x0c\xa0" + BOLD + PLAIN

BLOCK_TAG = re.compile(r"<(?:/p|/div|/li|/ul|/h[1-6]|/td|br ?/?|p|div)>", re.IGNORECASE)
ESCAPED_TAG = re.compile(r"&lt;/?(?:p|div|ul|ol|li|h[1-6]|br|strong|b|span|section)\b", re.IGNORECASE)
HIDDEN = re.compile(r"display\s{0,3}:\s{0,3}none|visibility\s{0,3}:\s{0,3}hidden", re.IGNORECASE)
BOLD_STYLE = re.compile(r"font-weight\s{0,3}:\s{0,3}(?:bold|[6-9]00)", re.IGNORECASE)

BLOCK_TAGS = frozenset(
    "address article aside blockquote body caption center dd details dialog div dl dt fieldset figcaption figure footer"
    " form h1 h2 h3 h4 h5 h6 header hr html legend li main nav ol p pre section summary table tbody tfoot thead tr"
    " ul".split()
)
HEADING_TAGS = {f"h{level}": level for level in range(1, 7)}
SILENT_TAGS = frozenset(
    "script style noscript template head title svg math iframe object select textarea button audio video".split()
)
TAGS = (
    dict.fromkeys(BLOCK_TAGS, "block")
    | dict.fromkeys(SILENT_TAGS, "silent")
    | {"br": "break", "td": "cell", "th": "cell", "b": "bold", "strong": "bold"}
)

# Levels of headings that no tag gives: bold, then a line of its own, then a line that ends with a colon.
BY_BOLD, BY_LINE, BY_COLON = 7, 8, 9


class Line(NamedTuple):
    """A line before it has an offset. `level` is that of a tagged heading, else 0; bold marks are still in `text`."""

    kind: BlockKind
    text: str
    level: int = 0


def html_lines(html: str) -> list[Line]:
    """The visible text of HTML, a block a line, walked without recursion (a deep tree breaks it)."""
    # A parser of its own each time: threads that share one wait for each other.
    parser = etree.HTMLParser(huge_tree=True, remove_comments=True, remove_pis=True, encoding="utf-8")
    page = f"<div>{html}</div>".replace("\0", "").encode("utf-8", "ignore")
    root = etree.fromstring(page, parser)
    lines: list[Line] = []
    buffer: list[str] = []
    kind: BlockKind = "paragraph"
    level = pre = 0

    def flush() -> None:
        nonlocal kind
        text = "".join(buffer)
        buffer.clear()
        if not text.strip(BLANK):
            return
        if "\n" in text and (pre or BULLET_LINE.search(text)):
            lines.extend(text_lines(text, False))
        else:
            lines.append(Line(kind, text, level))
        if kind == "item":
            kind = "paragraph"

    styled = "style=" in html or "hidden" in html
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, node in walk:
        tag = node.tag
        what = TAGS.get(tag)
        style = node.get("style", "") if styled else ""
        if event == "start":
            if what == "silent" or (styled and (HIDDEN.search(style) or "hidden" in node.attrib)):
                walk.skip_subtree()
                continue
            if what == "block":
                if buffer and not (tag in ("p", "div") and fills_cell(node)):
                    flush()
                if tag == "li":
                    kind = "item"
                elif tag in HEADING_TAGS:
                    kind, level = "heading", HEADING_TAGS[tag]
                elif tag == "dt":
                    kind, level = "heading", BY_COLON
                elif tag == "pre":
                    pre += 1
            elif what == "break":
                flush()
            elif what == "cell":
                if any(piece.strip(BLANK) for piece in reversed(buffer)):
                    buffer.append(" | ")
                else:
                    buffer.clear()
            if what == "bold" or (style and BOLD_STYLE.search(style)):
                buffer.append(BOLD)
            if text := node.text:
                buffer.append(text)
        else:
            if what == "bold" or (style and BOLD_STYLE.search(style)):
                buffer.append(PLAIN)
            if what == "block" and not (tag in ("p", "div") and fills_cell(node)):
                if buffer:
                    flush()
                kind, level = "paragraph", 0
                pre -= tag == "pre"
            if text := node.tail:
                buffer.append(text)
    flush()
    return lines


def fills_cell(node: etree._Element) -> bool:
    """Whether an element is all that a table cell holds, so that the row stays one line."""
    parent = node.getparent()
    return parent is not None and parent.tag in ("td", "th") and len(parent) == 1


MARKDOWN = re.compile(r"\]\(https?:|^ {0,3}#{1,6} |\*\*[^*\s]|\\[-*_()#.+&]", re.MULTILINE)
MARKDOWN_HEADING = re.compile(r" {0,3}(#{1,6})\s+(?=\S)")
RULE = re.compile(r"\W{0,3}[-=_*~#|: ]{3,}")
# What each mark of Markdown is told by, its form and what stays of it, in the order of reading; escapes come last.
MARKS = [
    (
        "<",
        re.compile(r"<!--(?:(?!<!--|-->).){0,1000}-->|<(?:style|script)\b[^<>]{0,200}>[^<]{0,20000}</", re.DOTALL),
        " ",
    ),
    ("<", re.compile(r"</?[a-zA-Z][a-zA-Z0-9]{0,10}(?:\s[^<>\n]{0,400})?/?>"), " "),
    ("<", re.compile(r"<((?:https?://|mailto:)[^<>\s]{1,400})>"), r"\1"),
    ("](", re.compile(r"!?\[([^\[\]\n]{0,300})\]\([^()\n]{0,600}\)"), r"\1"),
    ("", re.compile(r"(?<![\\\w])(\*\*|__)(?=\S)([^\n]{1,400}?)(?<=\S)\1(?!\w)"), BOLD + r"\2" + PLAIN),
    ("*", re.compile(r"(?<![\\\w*])\*(?=[^\s*])([^*\n]{1,400})(?<=[^\s*])\*(?![\w*])"), r"\1"),
    ("_", re.compile(r"(?<![\\\w])_(?=[^\s_])([^_\n]{1,400})(?<=[^\s_])_(?!\w)"), r"\1"),
    ("`", re.compile(r"`{1,3}([^`\n]{1,300})`{1,3}"), r"\1"),
    ("\\", re.compile(r"\\([\\`*_{}\[\]()#+.!|>~&<-])"), r"\1"),
]


def text_lines(text: str, markdown: bool) -> list[Line]:
    """The lines of a text; marks of Markdown become structure where the text plainly has them."""
    markdown = markdown or MARKDOWN.search(text) is not None
    if markdown:
        for sign, mark, stays in MARKS:
            if sign in text:
                text = mark.sub(stays, text)
        text = unescape(text)
    lines: list[Line] = []
    for line in text.splitlines():
        if not line or line.isspace():
            continue
        heading = MARKDOWN_HEADING.match(line)
        if heading:
            lines.append(Line("heading", line[heading.end() :].rstrip("# "), len(heading[1])))
        elif not RULE.fullmatch(line):
            lines.append(Line("paragraph", line.lstrip("> ") if markdown else line))
    return lines


# -- blocks -----------------------------------------------------------------------------------------------------------

BULLET = re.compile(
    r"(?:[-*+•·–—●○▪▫◦‣⁃∙■□▶►➤➢➔→✓✔✅☑🔹🔸👉]\ufe0f?\s+|[•●▪◦‣⁃✓✔✅☑·]\ufe0f?|[-–—](?=[^\W\d_])"
    r"|\(?\d{1,2}[.)]\s+|[a-z]\)\s+)(?=\S)"
)
BULLET_LINE = re.compile(r"\n\s*[-*•·–●▪✓✅]\s*\S")
LABEL = re.compile(r"([^\W\d_][^:：|\n]{0,38}?) ?[:：](?![/\\:]) ?(?=\S)")
RUN_IN = re.compile(r"[¿¡]?([^\W\d_][^.?!:\n]{2,38})[.?!] (?=[^\W_])")
LABEL_DASH = re.compile(r"([^\W\d_][^:\n–—|]{0,28}?) [-–—|] (?=\S)")
EDGES = re.compile(r"^[\W_]+|[\W_]+$")
NOT_WORDS = re.compile(r"[^\w'+/-]+")
RUN_ON = "•●▪✓✅"
LONGEST_HEADING = 100
# A longer line over a list heads it where its last words do: `Besides a good salary and all that, we offer:`.
LAST_CLAUSE = re.compile(r"[,;.!?–—] ")
SENTENCE_ENDS = ".!?…:"
# A line so long that it is text, not another heading or a labelled value.
LONG_LINE = 60
# Spaces in a plain line that may be several headings joined.
MOST_JOINED = 5
# No post has so many lines; what is beyond them is one block.
MOST_LINES = 5000


class Clean(NamedTuple):
    """A line of single spaces without marks. `bold` is the length of the bold words that it begins with."""

    kind: BlockKind
    text: str
    level: int
    bold: int


class Cut(NamedTuple):
    """Where a section begins. `until` is set where only one block belongs to it."""

    start: int
    body: int
    heading: str | None
    level: int
    kind: SectionKind | None
    until: int | None = None


def structure(lines: list[Line]) -> Document:
    """A document of lines: the text and its fold, blocks, labels and parts."""
    if len(lines) > MOST_LINES:
        rest = " ".join(line.text for line in lines[MOST_LINES:])
        lines = [*lines[:MOST_LINES], Line("paragraph", rest)]
    clean_lines = [clean for line in lines for clean in clean_line(line)]
    document = Document("", "")
    cuts: list[Cut] = []
    pieces: list[str] = []
    offset = 0
    for index, line in enumerate(clean_lines):
        kind, text, _, _ = line
        level, about = 0, None
        following = clean_lines[index + 1] if index + 1 < len(clean_lines) else None
        if kind != "item" and len(text) <= LONGEST_HEADING:
            level, about = read_heading(line, following, clean_lines[index - 1] if index else None)
        elif kind == "paragraph" and text[-1] == ":" and following is not None and following.kind == "item":
            about = heading_kind(LAST_CLAUSE.split(text)[-1])
            level = BY_COLON if about is SectionKind.BENEFITS else 0
        kind = "heading" if level else "paragraph" if kind == "heading" else kind
        start = offset + 2 if kind == "item" else offset
        offset = start + len(text) + 1
        document.blocks.append(Block(kind, start, offset - 1))
        pieces.append("- " + text if kind == "item" else text)
        if level:
            cuts.append(Cut(start, offset, text, level, about))
        labels = read_labels(line, start)
        document.labels += labels
        if labels and not level and (about := whole_kind(heading_key(labels[0].name))):
            body = labels[0].start
            until = offset if kind == "item" else None
            cuts.append(Cut(start, body, text[: body - start].rstrip(" :"), BY_COLON, about, until))
        elif kind == "paragraph" and (first := RUN_IN.match(text)) and (about := whole_kind(heading_key(first[1]))):
            cuts.append(Cut(start, start + first.end(), first[1], BY_COLON, about))
    document.text = "\n".join(pieces)
    document.folded = fold(document.text)
    add_heading_labels(document)
    cuts += legal_paragraphs(document)
    document.parts = read_parts(sorted(cuts), document.text)
    document.starts = [part.start for part in document.parts]
    return document


def clean_line(line: Line) -> list[Clean]:
    """A line as one or, where bullets run on in it, several clean ones; none where nothing is left."""
    text, kind, bold = line.text, line.kind, 0
    if BOLD in text or PLAIN in text:
        bold = len(bold_beginning(text))
        text = text.replace(BOLD, "").replace(PLAIN, "")
    if not text.isprintable() or "  " in text:
        text = " ".join(INVISIBLE.sub("", " ".join(text.split())).split())
    text = text.strip(" ")
    if not text:
        return []
    bullet = BULLET.match(text) if kind != "heading" and (not text[0].isalpha() or text[1:2] == ")") else None
    if bullet:
        kind, text, bold = "item", text[bullet.end() :], max(0, bold - bullet.end())
        if bullet[0][0] in RUN_ON and bullet[0][0] in text:
            return [Clean("item", piece, 0, 0) for piece in map(str.strip, text.split(bullet[0][0])) if piece]
    return [Clean(kind, text, line.level, min(bold, len(text)))]


def bold_beginning(text: str) -> str:
    """The bold words that a line with marks begins with."""
    inside = ""
    if text.lstrip()[0] != BOLD:
        return inside
    for run in text.split(PLAIN):
        before, _, within = run.partition(BOLD)
        if before.strip():
            break
        inside += within.replace(BOLD, "") + " " * len(before)
    return " ".join(inside.split())


def read_heading(line: Clean, following: Clean | None, before: Clean | None) -> tuple[int, SectionKind | None]:
    """The level of a short line as a heading, 0 where it is none, and what its words say it is about.

    A heading is a tagged line, a line all in bold, a line that ends with a colon, and of plain lines one that is known
    as a heading word for word, one in capitals, one with an emoji, a short one right before the items of a list, and
    one that holds the words of a heading and stands alone between whole sentences.
    """
    text = line.text
    last = text[-1]
    if line.level:
        return line.level, heading_kind(text)
    if last in ".,;" or following is None:
        return 0, None
    if line.bold >= len(text) - 1:
        return BY_BOLD, heading_kind(text)
    if last in ":：":
        return BY_COLON, heading_kind(text)
    if len(text) > 70 or text[0].islower() or text[0] == "(" or line.kind == "item":
        return 0, None
    key = heading_key(text)
    kind = (
        whole_kind(key)
        or joined_kind(key)
        or (begins_kind(key) if len(key.split()) <= 4 and not DIGIT.search(key) else None)
    )
    if kind:
        return BY_LINE, kind
    letters = text.isupper() and len(key) >= 6 and not DIGIT.search(text)
    emoji = text[0] >= "\u2190" and not text[0].isalpha() and following.text[0] != text[0]
    if letters or emoji:
        return BY_LINE, heading_kind(text)
    if following.kind == "item" and len(key.split()) <= 8:
        return BY_LINE, heading_kind(text)
    ended = before is None or before.kind != "paragraph" or before.text[-1] in SENTENCE_ENDS
    sentences = len(following.text) >= LONG_LINE and following.text[-1] in SENTENCE_ENDS
    alone = last not in SENTENCE_ENDS and ":" not in text and "," not in text and len(key.split()) <= 5
    if ended and sentences and alone and (kind := heading_kind(text)):
        return BY_LINE, kind
    return 0, None


DIGIT = re.compile(r"\d")


def read_labels(line: Clean, offset: int) -> list[Label]:
    """The labelled values of a line that begins at an offset: `Name: value`, also in bold, several of them by `|`."""
    text = line.text
    labels: list[Label] = []
    if 0 < line.bold < len(text) - 1 and line.bold <= 40:
        name, rest = text[: line.bold], text[line.bold :]
        value = rest.lstrip(" :：-–—|")
        if value and (name[-1] in ":：" or len(name.split()) <= 4) and (name := label_name(name)):
            labels.append(Label(name, offset + len(text) - len(value), offset + len(text)))
            return labels
    front = text[:46]
    if ":" in front or "：" in front or (" | " in text and ":" in text):
        at = 0
        for piece in text.split(" | "):
            begin = next((i for i, c in enumerate(piece[:6]) if c.isalpha()), 0)
            match = LABEL.match(piece, begin)
            if match and len(match[1].split()) <= 5:
                labels.append(Label(label_name(match[1]), offset + at + match.end(), offset + at + len(piece)))
            at += len(piece) + 3
    dashed = " - " in front or " – " in front or " — " in front or " | " in front
    if dashed and not labels and (match := LABEL_DASH.match(text)) and len(match[1].split()) <= 3:
        labels.append(Label(label_name(match[1]), offset + match.end(), offset + len(text)))
    return labels


def label_name(text: str) -> str:
    """The name of a label: folded, one space between words, no punctuation or emoji at its edges."""
    return " ".join(EDGES.sub("", fold(text)).split())


def add_heading_labels(document: Document) -> None:
    """A short heading over one short block, and no more than that, is a label too."""
    blocks = document.blocks
    for heading, value, after in zip(blocks, blocks[1:], [*blocks[2:], None], strict=False):
        if (
            heading.kind == "heading"
            and value.kind != "heading"
            and heading.end - heading.start <= 40
            and value.end - value.start <= 80
            and (after is None or after.kind == "heading")
        ):
            name = label_name(document.text[heading.start : heading.end])
            if name:
                document.labels.append(Label(name, value.start, value.end))
    document.labels.sort(key=lambda label: label.start)


# -- sections ---------------------------------------------------------------------------------------------------------


@cache
def vocabulary() -> tuple[dict[str, SectionKind], dict[str, SectionKind], dict[str, SectionKind], Matcher[SectionKind]]:
    """Headings known word for word, those that need another mark as well, beginnings, and words within a heading."""
    words = load("headings")
    within = [
        (heading_key(phrase), SectionKind(kind))
        for kind, languages in words["within"].items()
        for phrases in languages.values()
        for phrase in phrases
    ]
    whole = [(heading_key(phrase), SectionKind(kind)) for kind, phrases in words["whole"].items() for phrase in phrases]
    begin = [(heading_key(phrase), SectionKind(kind)) for kind, phrases in words["begin"].items() for phrase in phrases]
    return dict(reversed(within)), dict(whole), dict(begin), Matcher(reversed(within))


@cache
def precedence() -> dict[SectionKind, int]:
    """Of two kinds whose words stand in one heading, the lower number is right."""
    return {SectionKind(kind): number for number, kind in enumerate(load("headings")["within"])}


def heading_key(text: str) -> str:
    """The words of a heading, folded: no punctuation, no emoji, one kind of apostrophe."""
    return NOT_WORDS.sub(" ", fold(text).replace("’", "'")).strip(" '-/+_")


def whole_kind(key: str) -> SectionKind | None:
    """The kind of a heading that is known word for word."""
    return vocabulary()[0].get(key)


@lru_cache(maxsize=4096)
def joined_kind(key: str) -> SectionKind | None:
    """The kind of a heading that is nothing but known ones of one kind, joined: `benefits and perks`."""
    if key.count(" ") > MOST_JOINED:
        return None
    matches = vocabulary()[3].find(key)
    left = list(key)
    for match in matches:
        left[match.start : match.end] = " " * (match.end - match.start)
    joining = load("headings")["joining"]["words"]
    alike = len(matches) > 1 and len({match.value for match in matches}) == 1
    return matches[0].value if alike and all(word in joining for word in "".join(left).split()) else None


def begins_kind(key: str) -> SectionKind | None:
    """The kind of a heading by the words it begins with, such as `about`."""
    words = key.split()
    begin = vocabulary()[2]
    kinds = (begin.get(" ".join(words[:count])) for count in range(1, min(4, len(words))))
    return next((kind for kind in kinds if kind), None)


@lru_cache(maxsize=4096)
def heading_kind(text: str) -> SectionKind | None:
    """The kind of a line that is marked as a heading, from all its words; None where they tell nothing."""
    key = heading_key(text)
    exact, marked, _, matcher = vocabulary()
    kind = exact.get(key) or marked.get(key)
    if kind or not key:
        return kind
    found = matcher.find(key)
    if found:
        return min((match.value for match in found), key=precedence().__getitem__)
    return begins_kind(key)


LONGEST_PARAGRAPH = 1500
CURRENCY = re.compile("[€$£₽]")


def legal_paragraphs(document: Document) -> list[Cut]:
    """Paragraphs of law in the second half, known by their words; the last quarter's rule up to the next heading.

    In a post that is one long paragraph a part begins at the sentence and ends with it.
    """
    folded = document.folded
    starts = [block.start for block in document.blocks]
    half, last = len(folded) // 2, len(folded) * 3 // 4
    cuts: dict[int, Cut] = {}
    for phrase in load("headings")["paragraph"]["legal"]:
        at = folded.find(phrase, half)
        while at >= 0:
            block = document.blocks[bisect_right(starts, at) - 1]
            start, end = block.start, block.end
            until = end + 1 if start < last else None
            if end - start > LONGEST_PARAGRAPH:
                start = max(start, folded.rfind(". ", start, at) + 2)
                stop = folded.find(". ", at, end)
                until = end = stop + 2 if stop >= 0 else end
            if block.kind != "heading":
                cuts[start] = Cut(start, start, None, BY_COLON, SectionKind.LEGAL, until)
            at = folded.find(phrase, end)
    return list(cuts.values())


def read_parts(cuts: list[Cut], text: str) -> list[Part]:
    """The sections between the cuts. Together they cover the whole text.

    A heading whose words tell nothing keeps the kind of the section that it stands in where it looks like a heading
    of lower rank: by its level, or at the same level by being short or a line that ends with a colon. Some headings,
    such as `What you can expect`, head the offer once the requirements have been told, and the duties too or a sum,
    and where they stand a second time.
    `Our culture` right under a heading of the offer is a part of it.
    """
    parts: list[Part] = []
    later = load("headings")["later"]["benefits"]
    told: set[SectionKind] = set()
    keys: set[str] = set()
    length = len(text)
    kind, rank = SectionKind.OTHER, 99
    if not cuts or cuts[0].start > 0:
        parts.append(Part(kind, 0, length, 0))
    for number, cut in enumerate(cuts):
        end = cuts[number + 1].start if number + 1 < len(cuts) else length
        if cut.until is not None and cut.kind:
            until = min(cut.until, end)
            parts.append(Part(cut.kind, cut.start, until, cut.body, cut.heading))
            if until < end:
                parts.append(Part(kind, until, end, until))
            continue
        if cut.kind:
            kind, rank = cut.kind, cut.level
            ripe = SectionKind.RESPONSIBILITIES in told or CURRENCY.search(text, cut.body, end)
            asked = not told.isdisjoint((SectionKind.REQUIREMENTS, SectionKind.PREFERRED))
            key = heading_key(cut.heading or "")
            if key in later and ((ripe and asked) or key in keys):
                kind = SectionKind.BENEFITS
            keys.add(key)
            if kind is SectionKind.ABOUT and parts and parts[-1].kind is SectionKind.BENEFITS:
                kind = kind if text[parts[-1].body : cut.start].strip() else SectionKind.BENEFITS
            told.add(kind)
        elif cut.level < rank or (cut.level == rank < BY_COLON and cut.heading and len(cut.heading.split()) > 3):
            kind, rank = SectionKind.OTHER, cut.level
        parts.append(Part(kind, cut.start, end, min(cut.body, end), cut.heading))
    for part, following in pairwise(parts):
        part.end = following.start
    return parts
