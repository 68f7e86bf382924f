"""What holds of the document of any text."""

from itertools import pairwise
from typing import Literal

from hypothesis import given
from hypothesis import strategies as st

from scraper.document import read_document

PIECES = st.sampled_from(
    "<p>|</p>|<ul>|<li>|</li>|</ul>|<h2>|</h2>|<b>|</b>|<br>|<table>|<td>|<pre>|&lt;p&gt;|&amp;|Benefits|Location: |Porto|"
    "Requirements:|• |- |1. |## |**|__|\n|\n\n| | \u00a0|\u200b|İ|ß|é|😀|.|equal opportunity|\ue000|\x00|[a](https://b.example)".split(
        "|"
    )
)
TEXTS = st.lists(PIECES, max_size=60).map("".join) | st.text(max_size=200)
KINDS = st.sampled_from(["html", "text", "markdown"])


@given(text=TEXTS, kind=KINDS)
def test_offsets_hold_and_parts_cover_the_text(text: str, kind: Literal["html", "text", "markdown"]) -> None:
    document = read_document(text, kind)
    assert document == read_document(text, kind)
    assert len(document.folded) == len(document.text)
    assert document.text == "\n".join(
        ("- " if block.kind == "item" else "") + document.text[block.start : block.end] for block in document.blocks
    )
    assert all(document.text[block.start : block.end].strip() for block in document.blocks)
    assert all("\n" not in document.text[block.start : block.end] for block in document.blocks)
    if document.text:
        assert document.parts[0].start == 0 and document.parts[-1].end == len(document.text)
    for part, following in pairwise(document.parts):
        assert part.start <= part.body <= part.end == following.start
    for label in document.labels:
        assert label.name and 0 <= label.start < label.end <= len(document.text)
