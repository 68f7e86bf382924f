"""What holds of level, mode, employment, experience, languages, offers, role and tags of any posting."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.document import Document, read_document
from scraper.fields.employment import read_employment
from scraper.fields.experience import read_experience
from scraper.fields.languages import read_languages
from scraper.fields.relocation import read_relocation
from scraper.fields.role import read_role
from scraper.fields.seniority import read_seniority
from scraper.fields.visa_sponsorship import read_visa_sponsorship
from scraper.fields.workplace import read_workplace
from scraper.posting import Location, RawPosting
from scraper.reading import Reading
from scraper.words.tags import split_tags

READERS: list[Callable[[RawPosting, Document], Reading[Any] | None]] = [
    read_seniority,
    read_workplace,
    read_employment,
    read_experience,
    read_languages,
    read_relocation,
    read_visa_sponsorship,
]

WORDS = st.sampled_from(
    "Senior Sr. Staff Lead Head of Manager Intern Stage PL Praktikum Старший Remote remote hybrid on-site office days 2 5 "
    "a week in the our not no Homeoffice télétravail удалённо zdalnie full-time part-time CDI B2B 80-100% contract "
    "umowa years of experience 3-5 10+ лет от Jahre ans English Deutsch B2 fluent C1 native plus relocation visa "
    "sponsorship authorized to work (m/w/d) H/F ( ) [ ] – - | / , . : ; İ ß é 😀 # 11852801 Berlin Level: "
    "Location: \n".split(" ")
)
TEXTS = st.lists(WORDS, max_size=40).map(" ".join) | st.lists(WORDS, max_size=30).map("".join) | st.text(max_size=200)


def raw(title: str, slots: list[str]) -> RawPosting:
    """A posting whose slots hold these words."""
    return RawPosting.model_validate(
        {"board": "b", "key": "1", "url": "u", "title": title or "-", "seen_at": "2026-01-01T00:00:00Z"}
        | dict.fromkeys(("seniority", "employment", "tags", "locations"), slots[:2])
        | dict.fromkeys(("workplace", "experience", "relocation", "visa_sponsorship"), slots[0] if slots else None)
    )


@pytest.mark.parametrize("reader", READERS)
@given(text=TEXTS, title=TEXTS, slots=st.lists(TEXTS, max_size=3))
def test_every_value_stands_on_words_that_are_there(
    reader: Callable[[RawPosting, Document], Reading[Any] | None], text: str, title: str, slots: list[str]
) -> None:
    posting, document = raw(title, slots), read_document(text, "text")
    reading = reader(posting, document)
    assert reading == reader(posting, document)
    if reading is None:
        return
    assert reading.spans
    values = reading.value if isinstance(reading.value, list) else [reading.value]
    assert values and len(values) == len({str(value) for value in values})
    for span in reading.spans:
        assert span.quote
        if span.slot == "description":
            assert span.start is not None and span.end is not None
            assert document.text[span.start : span.end] == span.quote
        else:
            assert span.start is None and span.end is None


@given(title=TEXTS, city=st.sampled_from(["Berlin", "İzmir", "(", "a+"]), slots=st.lists(TEXTS, max_size=3))
def test_a_role_is_made_of_the_title(title: str, city: str, slots: list[str]) -> None:
    posting = raw(title, slots)
    reading = read_role(posting, [Location(city=city)])
    assert reading == read_role(posting, [Location(city=city)])
    if reading is not None:
        assert reading.value == reading.value.strip()
        assert any(character.isalpha() for character in reading.value)
        marks = sum(not c.isalnum() for c in title)  # each may get a space on both sides, or its other half
        assert len(reading.value) <= len(title) + 2 * marks
        letters = [c for c in reading.value if c.isalnum()]
        assert not Counter(letters) - Counter(c for c in title if c.isalnum())


@given(
    tags=st.lists(TEXTS | st.lists(st.sampled_from("Spain Europe Senior Lead Hybrid USA ab É".split())).map("".join))
)
def test_splitting_tags_loses_no_letter_and_is_stable(tags: list[str]) -> None:
    split = split_tags(tags)
    assert split_tags(split) == split
    assert "".join("".join(split).split()) == "".join("".join(tags).split())


def test_a_recorded_post_is_read(corpus: Path) -> None:
    files = sorted((corpus / "seed").glob("*.txt"))
    if not files:
        pytest.skip("no recorded post in the folder of replies")
    text = files[0].read_text(encoding="utf-8")
    title, tags, description = (part.strip() for part in text.split("\n\n", 2))
    posting = RawPosting.model_validate(
        {
            "board": "b",
            "key": "1",
            "url": "u",
            "title": title,
            "seen_at": "2026-01-01T00:00:00Z",
            "tags": split_tags([tags]),
        }
    )
    document = read_document(description, "text")
    seniority, workplace, experience = (
        reader(posting, document) for reader in (read_seniority, read_workplace, read_experience)
    )
    assert seniority and workplace and experience
    assert seniority.value == ["lead", "staff", "senior"]
    assert workplace.value == "hybrid"
    assert experience.value.min_years == 10
    for offer in (read_relocation(posting, document), read_visa_sponsorship(posting, document)):
        assert offer and offer.value is True
