"""What holds of the pay and the dates of any text."""

import time
from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from scraper.document import Document, fold, read_document
from scraper.fields.dates import read_date
from scraper.fields.salary import choose_salary, read_pay_ranges
from scraper.posting import Date, PayRange, RawPosting, RawSalary, Salary

MONEY = st.sampled_from(
    "salary Gehalt зарплата bonus OTE from up to - – to и до $ € £ zł руб. kr k K тыс. 1 9 45 50 120,000 60.000 1.234,56 "
    "10 000 0 00 % /hr per year p.a. brutto netto .NET ( ) : \n İ ß 万 元 € + | , . 401k US CAD x 14 2019 Zone B2B 😀".split(
        " "
    )
)
DAYS = st.sampled_from(
    "posted vor il y a hace ago назад days Tage дня 3 30+ 0 12 13 2026 1999 9999 99 - / . : , T Z +02:00 May Mai мая "
    "today heute 年 月 日 前 Monday seconds am Uhr İ ٣ ² 999999999 in noch".split(" ")
)


def texts(words: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Words apart, words run together, and any text at all."""
    return st.lists(words, max_size=40).map(" ".join) | st.lists(words, max_size=40).map("".join) | st.text(max_size=99)


def posting(**slots: object) -> RawPosting:
    seen = datetime(2026, 3, 18, 10, tzinfo=UTC)
    return RawPosting(**{"board": "b", "key": "1", "url": "u", "title": "t", "seen_at": seen, **slots})  # type: ignore[arg-type]


@given(text=texts(MONEY), slot=texts(MONEY), low=st.floats() | texts(MONEY), high=st.floats() | st.none())
@example(text="Salary: İ$50k-60k", slot="", low="", high=None)
def test_pay_is_ordered_positive_and_quoted(text: str, slot: str, low: float | str, high: float | None) -> None:
    raw = posting(title=slot or "-", salary=RawSalary(min=low, max=high, text=slot, currency=slot, period=slot))
    document = read_document(text, "text")
    reading = read_pay_ranges(raw, document, ["US", "Europe"])
    assert reading == read_pay_ranges(raw, document, ["US", "Europe"])
    salary = choose_salary(reading)
    assert (reading is None) == (salary is None)
    if reading is None or salary is None:
        return
    for pay in [*reading.value, salary.value]:
        type(pay).model_validate(pay.model_dump())
        assert isinstance(pay, PayRange | Salary)
        assert pay.min or pay.max
        assert (pay.min or 0) <= (pay.max or float("inf"))
    assert len(reading.spans) >= len(reading.value)
    for span in reading.spans:
        assert span.quote
        if span.slot == "description":
            assert document.text[span.start : span.end] == span.quote
        else:
            assert span.start is span.end is None


@given(
    text=texts(DAYS), language=st.sampled_from([None, "en", "de", "xx"]), order=st.sampled_from([None, "MDY", "DMY"])
)
def test_a_date_is_iso_or_nothing(text: str, language: str | None, order: str | None) -> None:
    document = read_document(f"deadline {text}", "text")
    raw = posting(published=text, expires=text, date_order=order, time_zone="Asia/Kathmandu")
    for slot in ("published", "expires"):
        reading = read_date(raw, slot, language, document)  # type: ignore[arg-type]
        if reading and reading.value is not None:
            TypeAdapter(Date).validate_python(reading.value)
            assert "1990" <= reading.value[:4] <= "2100"
            assert all(span.quote for span in reading.spans)


@given(number=st.floats())
def test_an_epoch_is_iso_or_nothing(number: float) -> None:
    reading = read_date(posting(published=number), "published", None)
    if reading and reading.value is not None:  # a date ahead of the crawl is dropped
        TypeAdapter(Date).validate_python(reading.value)


HOSTILE = [
    "1 000 ",
    "$",
    "$1 ",
    "1-",
    "1,23,",
    "salary $50k ",
    "50k-60k ",
    "10000 - 20000 ",
    "(",
    "Zone\n$50,000 - $60,000\n",
]


@pytest.mark.parametrize("piece", HOSTILE)
def test_a_hostile_megabyte_is_read_in_time(piece: str) -> None:
    text = (piece * (1_000_000 // len(piece) + 1))[:1_000_000]
    started = time.process_time()
    read_pay_ranges(posting(salary=RawSalary(text=text)), Document(text, fold(text)), ["US"])
    read_date(posting(published=text, expires=text), "expires", "en", Document(text, fold(text)))
    assert time.process_time() - started < 3
