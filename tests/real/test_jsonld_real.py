"""Every recorded page that holds a schema.org posting: what the page states comes out, word for word.

The page is read a second time here, in the plainest way: `json` for JSON-LD, attributes for microdata and RDFa.
"""

import html
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import lxml.html
import pytest
from parsel import Selector

from scraper.jsonld import job_postings, posting_slots
from scraper.posting import RawPosting

SLOTS = {
    "title": "title",
    "hiringOrganization": "employer_name",
    "identifier": "key",
    "url": "url",
    "description": "description",
    "responsibilities": "description",
    "qualifications": "description",
    "jobLocation": "locations",
    "jobLocationType": "workplace",
    "applicantLocationRequirements": "remote_from",
    "employmentType": "employment",
    "baseSalary": "salary",
    "experienceRequirements": "experience",
    "jobBenefits": "benefits",
    "incentiveCompensation": ("benefits", "description"),
    "skills": ("skills", "description"),
    "educationRequirements": "description",
    "industry": "departments",
    "occupationalCategory": "departments",
    "datePosted": "published",
    "dateModified": "updated",
    "validThrough": "expires",
}
"""Property to the slot that must not be empty where a page states it (one of two: short values are lists)."""
TYPED = re.compile(r"""(?:@type"|\\u0040type"|itemtype=|typeof=)[^<>]{0,60}JobPosting""")
EMPTY: tuple[Any, ...] = (None, "", [], {})


def pages(corpus: Path) -> Iterator[tuple[str, str]]:
    """Name and text of the recorded pages that declare a JobPosting."""
    for path in sorted((corpus / "payloads").glob("*/*.html")):
        text = path.read_text(encoding="utf-8", errors="replace")
        if TYPED.search(text):
            yield f"{path.parent.name}/{path.name}", text


def says(value: Any) -> bool:
    """Whether a JSON value holds a word or a figure apart from its type."""
    if isinstance(value, dict):
        return any(says(item) for name, item in value.items() if name[0] != "@")
    if isinstance(value, list):
        return any(map(says, value))
    return value not in EMPTY


def stated(text: str) -> dict[str, str]:
    """The properties that a page's posting states, with their words where these are one text."""
    root = lxml.html.fromstring(text)
    for script in root.xpath('//script[@type="application/ld+json"]'):
        node = json.loads(script.text, strict=False)
        if isinstance(node, dict) and node.get("@type") == "JobPosting":
            return {name: value if isinstance(value, str) else "" for name, value in node.items() if says(value)}
    found: dict[str, str] = {}
    for element in root.xpath("//*[@itemprop or @property]"):
        name = element.get("itemprop") or element.get("property")
        words = [element.get("content") or element.text_content(), *element.xpath(".//@content")]
        if "".join(words).strip():
            found.setdefault(name, words[0] if len(element) == 0 else "")
    return found


def test_every_stated_slot_is_read(corpus: Path) -> None:
    seen = 0
    for name, text in pages(corpus):
        seen += 1
        nodes = job_postings(Selector(text=text, type="html"))
        assert len(nodes) == 1, name
        slots = posting_slots(nodes[0])
        RawPosting(**{"board": "real", "key": name, "url": name, "seen_at": "2026-01-01T00:00:00Z", **slots})
        assert slots["title"], name
        for prop in stated(text).keys() & SLOTS.keys():
            wanted = SLOTS[prop]
            assert any(slots.get(slot) for slot in ([wanted] if isinstance(wanted, str) else wanted)), (name, prop)
            assert prop not in nodes[0] or prop == "hiringOrganization", (name, prop)
    assert seen >= 20


def test_words_are_as_published(corpus: Path) -> None:
    for name, text in pages(corpus):
        (node,) = job_postings(Selector(text=text, type="html"))
        slots, words = posting_slots(node), stated(text)
        for prop in ("title", "datePosted", "dateModified", "validThrough", "url"):
            if words.get(prop):
                assert slots[SLOTS[prop]] == html.unescape(" ".join(words[prop].split())), (name, prop)


def test_description_has_no_escaped_markup_and_no_lost_word(corpus: Path) -> None:
    for name, text in pages(corpus):
        (node,) = job_postings(Selector(text=text, type="html"))
        read, published = posting_slots(node).get("description", ""), stated(text).get("description", "")
        assert "&lt;p" not in read and "&lt;li" not in read, name
        words = [set(re.findall(r"\w{5,}", html.unescape(html.unescape(side)))) for side in (published, read)]
        assert words[0] <= words[1], name


def test_bare_json_reply(corpus: Path) -> None:
    """One platform answers with the node itself, a shell of a salary in it."""
    path = corpus / "payloads" / "jobvite" / "2.json"
    if not path.exists():
        pytest.skip(f"no {path}")
    slots = posting_slots(json.loads(path.read_text(encoding="utf-8")))
    assert {"title", "employer_name", "key", "locations", "departments", "published", "description"} <= slots.keys()
    assert "salary" not in slots


def test_one_address_repeated_under_many_names_is_read_once(corpus: Path) -> None:
    path = corpus / "payloads" / "jsonld" / "1.html"
    if not path.exists():
        pytest.skip(f"no {path}")
    (node,) = job_postings(Selector(text=path.read_text(encoding="utf-8"), type="html"))
    locations = posting_slots(node)["locations"]
    assert len(locations) == 9
    assert sum(not isinstance(place, str) for place in locations) == 1
