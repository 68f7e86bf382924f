"""A job post read from what a page shows, where it has no structured data: title, text, labelled lines.

Pure, as all below `scraper.parse`. It invents nothing: a page that does not read like one post gives None.
"""

import html
import re
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from lxml import etree

from scraper.document import BOLD, PLAIN, Line, fold, html_lines, label_name, read_document
from scraper.posting import RawSalary, SectionKind
from scraper.words import load

SHORTEST_TEXT = 250
"""Characters of a post's text; less is a teaser, unless tasks and requirements stand in it."""
SHORTEST_PARTS = 120
LONGEST_TITLE = 250
LONGEST_LABEL = 40
LONGEST_TAG = 60
MOST_TAGS = 10
MOST_ELEMENTS = 50_000
"""Elements of a page that are looked at: only a hostile page has more."""

GONE = frozenset(
    "script style noscript template nav footer aside form svg iframe select button dialog input textarea".split()
)
ROLES = frozenset("navigation banner contentinfo dialog alertdialog search complementary menu menubar".split())
WORK = {SectionKind.RESPONSIBILITIES, SectionKind.REQUIREMENTS, SectionKind.PREFERRED}
OFFER = {SectionKind.BENEFITS, SectionKind.SALARY, SectionKind.PROCESS}
SINGLE = {"workplace", "published", "expires", "experience"}
TITLE_PARTS = re.compile(r"\s+[|–—·•»:-]\s+|:\s+|\s+(?=at |@ |bei |chez )")
NAMED: Callable[..., Any] = etree.XPath("//meta[@property='og:title']/@content | //title/text()")
SITE: Callable[..., Any] = etree.XPath("//meta[@property='og:site_name'][1]/@content")
MARKED = re.compile(
    r"\((?:[mwfdhxikvn]|div|gn|all genders?)(?: ?[/|*,] ?(?:[mwfdhxikvn]|div|gn)){1,3}\)|\(all genders\)", re.IGNORECASE
)
"""The mark of gender that only titles of posts carry: `(m/w/d)`, `(H/F)`."""
ARTICLE = re.compile(r'"@type"\s*:\s*"(?:BlogPosting|NewsArticle|Recipe|Product|Event)"')


@cache
def phrases(section: str, name: str) -> frozenset[str]:
    """The phrases of a list in `words/careers.toml`."""
    return frozenset(fold(phrase.strip()) for phrase in load("careers")[section][name].split(","))


@cache
def labels() -> dict[str, str]:
    """The slot of every label."""
    return {name: slot for slot in load("careers")["labels"] for name in phrases("labels", slot)}


class Shown(NamedTuple):
    """What a page shows of one post, and the lines that its text is made of."""

    title: str
    before: list[str]
    body: list[Line]


def visible_post(tree: Any, url: str) -> dict[str, Any] | None:
    """Slots of the one post that a page shows; None where the page is no post, or several.

    `tree` is a parsel `Selector` or an lxml element. `url` counts as a hint: a path that speaks of jobs.
    """
    root = getattr(tree, "root", tree)
    if not isinstance(root, etree._Element):
        return None
    if segments(url) & phrases("path", "never") or ARTICLE.search("".join(scripts(root, "ld+json"))):
        return None
    shown = shown_post(root)
    return slots_of(shown, bool(segments(url) & phrases("path", "jobs")), applies(root)) if shown else None


def pasted_post(text: str) -> dict[str, Any] | None:
    """Slots of a post that was copied as text: its title is the first line. None where it does not read like one."""
    lines = [" ".join(line.split()) for line in text.splitlines() if line.strip()]
    if not lines or not is_title(lines[0]):
        return None
    shown = split_lines(lines[0], [Line("paragraph", line) for line in lines])
    return slots_of(shown, True, True)


def shown_post(root: etree._Element) -> Shown | None:
    """The lines of a page, cut into what stands between title and text, and the text."""
    lines = html_lines(pruned(root))
    title = title_of(root, [line.text for line in lines])
    return split_lines(title, lines) if title else None


def split_lines(title: str, lines: list[Line]) -> Shown:
    """The lines after the title, cut where the text of the post begins and where the rest of the site does."""
    texts = [plain(line.text) for line in lines]
    start = next((i + 1 for i, text in enumerate(texts) if fold(text) == fold(title)), 0)
    start = start or next((i + 1 for i, text in enumerate(texts[:20]) if names(bare(text), title)), 0)
    before: list[str] = []
    body: list[Line] = []
    seen: set[str] = set()
    length = 0
    for at, (line, text) in enumerate(zip(lines[start:], texts[start:], strict=True), start + 1):
        low = bare(text)
        if low == bare(title):
            if any(text in seen for text in texts[at : at + 5] if len(text) >= LONGEST_LABEL):
                break  # the page shows its post a second time, for another width
        elif length > SHORTEST_TEXT and is_end(low):
            break
        elif not is_button(low) and not (len(text) >= LONGEST_LABEL and text in seen):
            seen.add(text)
            if body or begins(line, text):
                body.append(line)
                length += len(text)
            else:
                before.append(text)
    while body and is_rest(body[-1]):
        body.pop()
    return Shown(title, list(pairs_joined(before)) if start else [], body)


def is_rest(line: Line) -> bool:
    """Whether a last line is no part of the text: the name of a link or of the next part of the site."""
    text = plain(line.text)
    prose = text.endswith((".", "!", "?", ")")) or text[:1] in "-•*·–" or labelled(text)
    return len(text) < LONGEST_LABEL and line.kind != "item" and not prose


def pairs_joined(lines: list[str]) -> Iterator[str]:
    """Lines, a label that stands over its value joined with it: `Location`, `Porto` -> `Location: Porto`."""
    waiting = ""
    for line in lines:
        if waiting and label_name(line) not in labels():
            line, waiting = f"{waiting}: {line}", ""
        if label_name(line) in labels() and not waiting:
            waiting = line.rstrip(" :")
        elif any(c.isalnum() for c in line):
            yield line


def begins(line: Line, text: str) -> bool:
    """Whether the text of a post begins with this line: prose, or a heading over a known part."""
    if labelled(text) or label_name(text) in labels():
        return False
    headed = line.kind == "heading" or text.endswith(":") or BOLD in line.text
    known = read_document(f"<h3>{html.escape(text)}</h3><p>x</p>").parts if headed and len(text) <= LONGEST_TAG else []
    return len(text) >= 80 or any(part.kind in WORK | OFFER | {SectionKind.ABOUT} for part in known)


def bare(text: str) -> str:
    """A line as the vocabularies spell it."""
    return fold(text).strip(" .!:>→»«←<")


def is_button(low: str) -> bool:
    """Whether a line is a button to apply by: `apply now`, `apply for Cook`."""
    said = phrases("line", "apply")
    return low in said or (len(low) <= 100 and low.startswith(("apply for ", "apply to ")) and "." not in low)


def is_end(low: str) -> bool:
    """Whether a line says that the post is over: a short one that is known, or one of the footer's."""
    ends = phrases("line", "end")
    short = len(low) <= LONGEST_TAG and (low in ends or low.startswith(tuple(f"{end} " for end in ends)))
    return short or any(mark in low for mark in phrases("line", "footer"))


def slots_of(shown: Shown, job_path: bool, has_button: bool) -> dict[str, Any] | None:
    """The slots of a post; None where too little speaks for one."""
    text = marked_up(shown.body)
    document = read_document(text)
    slots: dict[str, Any] = {}
    for slot, value in filter(None, map(labelled, shown.before)):
        slots.setdefault(slot, []).append(value)
    found = set(slots) | {labels()[label.name] for label in document.labels if label.name in labels()}
    kinds = {part.kind for part in document.parts}
    work, offer = WORK & kinds, OFFER & kinds
    headings = Counter(bare(part.heading or "") for part in document.parts if part.kind in WORK)
    cues = sum(cue in document.folded for cue in phrases("line", "cues")) + 2 * bool(MARKED.search(shown.title))
    score = 2 * len(work) + bool(offer) + min(3, len(found)) + min(3, cues) + job_path + has_button
    several = max(headings.values(), default=0) > 2  # a list of posts in full repeats its headings
    if len(document.text) < (SHORTEST_PARTS if len(work) > 1 else SHORTEST_TEXT):
        return None
    if several or score < 4 or not (work or (job_path and cues >= 2) or len(found) + bool(offer) >= 2):
        return None
    others = [line for line in shown.before if not labelled(line) and bare(shown.title) not in bare(line)]
    tags = [line for line in others if len(line) <= LONGEST_TAG]
    given = {slot: values[0] if slot in SINGLE else values for slot, values in slots.items()}
    if "salary" in given:
        given["salary"] = RawSalary(text=given["salary"][0])
    return {"title": shown.title, "description": text, "description_type": "html", "tags": tags[:MOST_TAGS], **given}


def labelled(line: str) -> tuple[str, str] | None:
    """The slot and the value of a line such as `Location: Porto`."""
    name, colon, value = line.partition(":")
    slot = labels().get(label_name(name)) if colon and len(name) <= LONGEST_LABEL else None
    return (slot, value.strip()) if slot and value.strip() and len(value) <= 200 else None


def marked_up(lines: list[Line]) -> str:
    """Lines as HTML again: headings, items of lists, paragraphs, bold words."""
    found: list[str] = []
    for line in lines:
        text = html.escape(" ".join(line.text.split()), quote=False)
        opened, closed = text.count(BOLD), text.count(PLAIN)
        text = f"{BOLD * (closed - opened)}{text}{PLAIN * (opened - closed)}".replace(BOLD, "<b>").replace(
            PLAIN, "</b>"
        )
        tag = f"h{min(line.level, 6)}" if line.kind == "heading" and line.level else "p"
        found.append(f"<li>{text}</li>" if line.kind == "item" else f"<{tag}>{text}</{tag}>")
    return re.sub(r"((?:<li>[^\n]*\n?)+)", r"<ul>\n\1</ul>\n", "\n".join(found) + "\n").strip()


def plain(text: str) -> str:
    """A line without marks of bold, its white space tidied."""
    return " ".join(text.replace(BOLD, "").replace(PLAIN, "").split())


def says_closed(tree: Any) -> bool:
    """Whether a page says that its post is over."""
    lines = html_lines(pruned(getattr(tree, "root", tree)))
    short = (fold(line.text) for line in lines if len(line.text) <= 200)
    return any(phrase in line for line in short for phrase in phrases("line", "closed"))


def headings(tree: Any) -> set[str]:
    """The main headings and the names of a page, folded."""
    root = getattr(tree, "root", tree)
    named = [words_of(node) for node in root.iter("{*}h1")] + [str(text) for text in NAMED(root)]
    return {" ".join(part.casefold().split()) for text in named for part in [text, *TITLE_PARTS.split(text)]}


# -- the page ---------------------------------------------------------------------------------------------------------


def pruned(root: etree._Element) -> str:
    """The HTML of a page without its furniture: menus, footers, forms, banners, lists of links."""
    body = next(root.iter("{*}body"), root)
    page = etree.fromstring(etree.tostring(body, method="html", encoding="unicode"), etree.HTMLParser(huge_tree=True))
    walk = etree.iterwalk(page, events=("start",))
    for count, (_, node) in enumerate(walk):
        if count > MOST_ELEMENTS:
            return ""
        if is_furniture(node):
            walk.skip_subtree()
            clear(node)
    return etree.tostring(page, method="html", encoding="unicode")


def is_furniture(node: etree._Element) -> bool:
    """Whether an element is the site's, not the post's. What holds a main heading is kept."""
    if not isinstance(node.tag, str) or node.tag in GONE or node.get("role") in ROLES:
        return True
    if node.tag in ("body", "html", "main", "article", "h1"):
        return False
    names = set(re.split("[^a-z]+", f"{node.get('class', '')} {node.get('id', '')}".lower()))
    named = bool(names & phrases("furniture", "classes")) or node.get("aria-hidden") == "true" or node.tag == "header"
    return (named and next(node.iter("h1"), None) is None) or is_link_list(node)


def is_link_list(node: etree._Element) -> bool:
    """Whether an element is a list of links: three or more, and little else in it."""
    if node.tag not in ("ul", "ol", "div", "section", "table") or not 3 <= len(node) <= 500:
        return False
    links = [len(words_of(link)) for link in node.iter("a")]
    return len(links) >= 3 and sum(links) > 0.7 * len(words_of(node))


def words_of(node: etree._Element) -> str:
    """The text of an element, its white space tidied."""
    return plain("".join(map(str, node.itertext())))


def clear(node: etree._Element) -> None:
    """Empty an element, and leave what follows it."""
    tail = node.tail
    for child in list(node):
        node.remove(child)
    node.text = None
    node.tail = tail


def applies(root: etree._Element) -> bool:
    """Whether the page has a button or a link to apply by."""
    for node in root.iter("{*}a", "{*}button", "{*}input"):
        said = node.get("value", "") if node.tag == "input" else words_of(node)
        if is_button(bare(said)) or "#apply" in (node.get("href") or ""):
            return True
    return False


def title_of(root: etree._Element, lines: list[str]) -> str | None:
    """The title: the first heading that the page's own title repeats, its only heading, or that title's part that the
    page shows.
    """
    named = [plain(str(text)) for text in NAMED(root)]
    site = fold(plain(" ".join(map(str, SITE(root)))))
    tag = "{*}h1" if named or next(root.iter("{*}h1"), None) is not None else "{*}h2"
    own = [heading for heading in (words_of(node) for node in root.iter(tag)) if is_title(heading)][:50]
    repeated = (heading for heading in own if any(fold(heading) in fold(text) for text in named))
    parts = [part.strip() for text in named for part in [text, *TITLE_PARTS.split(text)]]
    parts = [part for part in parts if is_title(part) and fold(part) != site]
    shown = [bare(plain(line)) for line in lines]
    told = next((part for part in parts if bare(part) in shown), None)
    near = next((part for part in parts if " " in part and any(names(line, part) for line in shown[:20])), None)
    return next(repeated, None) or told or near or (own[0] if len({*own}) == 1 else None)


def names(line: str, title: str) -> bool:
    """Whether a line holds the title and little else: `2025 cook`, `cook at acme`."""
    return bare(title) in line and len(line) <= len(title) + 30


def is_title(text: str) -> bool:
    """Whether a text can be the title of a post: no list's, form's or site's."""
    low = fold(text).strip(" .!?:")
    return 3 <= len(text) <= LONGEST_TITLE and any(c.isalpha() for c in text) and low not in phrases("title", "general")


def scripts(root: etree._Element, kind: str) -> Iterator[str]:
    """The text of the page's scripts whose type holds a word."""
    for node in root.iter("{*}script"):
        if kind in (node.get("type") or "").lower():
            yield node.text or ""


def segments(url: str) -> set[str]:
    """The words of an address's path: its segments whole, and what stands between dashes in them."""
    path = fold(urlsplit(url).path)
    whole = [segment for segment in path.split("/") if segment]
    return {*whole, *(word for segment in whole[:-1] for word in re.split(r"[-_.]", segment))}
