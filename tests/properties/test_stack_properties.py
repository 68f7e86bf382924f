"""What holds of the skills of any text."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from scraper.document import read_document
from scraper.fields.stack import read_stack
from scraper.posting import RawPosting

WORDS = st.sampled_from(
    "Go R C C++ C# .NET React Excel Spring Word Vault 1С Python3 Node.js docs.python.org a@go.dev nice to have a plus in "
    "experience with and , / ; ( ) \n - İ ß Битрикс Javy customers include join At Slack , é 😀".split(" ")
)
TEXTS = st.lists(WORDS, max_size=40).map(" ".join) | st.lists(WORDS, max_size=40).map("".join) | st.text(max_size=200)


def raw(title: str, employer: str | None) -> RawPosting:
    return RawPosting(
        board="b",
        key="1",
        url="https://b.example/1",
        title=title or "-",
        employer_name=employer,
        seen_at=datetime(2026, 11, 1, tzinfo=UTC),
    )


@given(text=TEXTS, title=TEXTS, employer=st.none() | TEXTS)
def test_each_skill_stands_once_with_words_that_are_there(text: str, title: str, employer: str | None) -> None:
    posting, document = raw(title, employer), read_document(text, "text")
    reading = read_stack(posting, document)
    assert reading == read_stack(posting, document)
    if reading is None:
        return
    listed = [skill.name for skill in reading.value]
    assert listed and len(listed) == len(set(listed))
    assert [span.value for span in reading.spans] == listed
    for span in reading.spans:
        if span.slot == "description":
            assert span.start is not None and span.end is not None
            assert document.text[span.start : span.end] == span.quote
        else:
            assert span.start is None and span.end is None and span.quote
