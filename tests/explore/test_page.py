"""The text of a posting, cut at the edges of its marks."""

from hypothesis import given
from hypothesis import strategies as st

from scraper.explore.page import Mark, segments, web_address


def mark(number: int, start: int, end: int) -> Mark:
    return Mark(f"stack-{number}", "stack", "skills", "description", "", None, start, end)


TEXT = "Python and Go, by the lamp"


@given(st.lists(st.tuples(st.integers(0, 25), st.integers(1, 26)).filter(lambda span: span[0] < span[1]), max_size=8))
def test_pieces_are_the_text_and_each_mark_is_its_words(spans: list[tuple[int, int]]) -> None:
    marks = [mark(number, *span) for number, span in enumerate(sorted(spans))]
    for start, end in ((0, 26), (7, 20)):
        pieces = segments(TEXT, start, end, marks)
        assert "".join(piece.text for piece in pieces) == TEXT[start:end]
        for each in marks:
            assert each.start is not None and each.end is not None
            words = "".join(piece.text for piece in pieces if each in piece.marks)
            assert words == TEXT[max(start, each.start) : max(start, min(end, each.end))]
            begun = sum(each in piece.first for piece in pieces)
            assert begun == (start <= each.start < end)


def test_thousands_of_marks_on_one_line_take_no_time() -> None:
    text = "Go " * 20_000
    marks = [mark(number, 3 * number, 3 * number + 2) for number in range(20_000)]
    assert len(segments(text, 0, len(text), marks)) == 40_000


def test_only_web_addresses_are_followed() -> None:
    for url in (
        "javascript:alert(1)",
        "data:text/html,x",
        "//x.example",
        "http://",
        "ftp://x.example",
        "http://[",
        "",
        None,
    ):
        assert web_address(url) is None
    assert web_address("https://x.example/a") == "https://x.example/a"
