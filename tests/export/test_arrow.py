"""Records as Arrow: one schema, there and back."""

import json
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest

from scraper.parse import parse_posting
from scraper.posting import Posting, RawPlace, RawPosting, RawSalary
from tests.export.records import golden_postings, golden_raws

pa = pytest.importorskip("pyarrow", reason="rolecall[tables] is not installed")

from scraper.arrow import batch, posting_schema, raw_schema, records  # noqa: E402


def raw(**slots: Any) -> RawPosting:
    given: dict[str, Any] = {"board": "x", "key": "k", "url": "https://x.example", "title": "Cook"}
    return RawPosting(**{"seen_at": datetime(2026, 11, 2, 0, 30, tzinfo=UTC)} | given | slots)


HARD = [
    raw(),
    raw(locations=["Porto", RawPlace(city="Lyon", latitude="45.7", longitude=4.8)], salary=RawSalary(min=5, max="7k")),
    raw(published=1793611800, updated="yesterday", expires=1.5, relocation=True, visa_sponsorship="no"),
    raw(unread={"big": 2**80, "deep": [{"a": None}], "odd": "\ud800", "empty": {}}),
    raw(pay_ranges=[RawSalary(text="5 €", label="A"), RawSalary(gross=True)], tags=["", "a\x00b"], description="ü" * 9),
    raw(published="yesterday", seen_at=datetime(2026, 11, 2, 0, 30, tzinfo=timezone(timedelta(hours=9)))),
    raw(published="yesterday", seen_at="2026-11-02T00:30:00"),
]


def test_raw_postings_there_and_back_are_read_the_same() -> None:
    raws = HARD + golden_raws()
    back = records(batch(raws, RawPosting), RawPosting)
    assert [item.model_dump() for item in back] == [item.model_dump() for item in raws]
    assert [parse_posting(item) for item in back] == [parse_posting(item) for item in raws]


def test_postings_there_and_back_are_the_same_lines() -> None:
    postings = [*(parse_posting(item) for item in HARD), *golden_postings()]
    postings[0] = postings[0].model_copy(update={"first_seen_at": "2026-11-02T09:30:00Z", "evidence": {}})
    back = records(batch(postings), Posting)
    assert [item.model_dump_json(by_alias=True) for item in back] == [
        item.model_dump_json(by_alias=True) for item in postings
    ]


def test_the_schema_holds_without_rows_and_whatever_the_rows() -> None:
    assert batch([]).schema == posting_schema() == batch([parse_posting(raw())]).schema
    assert batch([], RawPosting).schema == raw_schema()


@pytest.mark.parametrize(
    ("published", "day"),
    [("2026", None), ("2026-11", None), ("2026-11-02", date(2026, 11, 2)), ("2026-02-31", None), (None, None),
     ("2026-11-02T23:30:00-05:00", date(2026, 11, 2))],
)  # fmt: skip
def test_a_published_date_keeps_its_precision_beside_a_real_date(published: str | None, day: date | None) -> None:
    posting = parse_posting(raw()).model_copy(update={"published_at": published})
    (row,) = batch([posting]).to_pylist()
    assert (row["published_at"], row["published_date"]) == (published, day)
    assert row["fetched_at"] == datetime(2026, 11, 2, 0, 30, tzinfo=UTC)


def test_every_column_is_described_and_free_slots_say_that_they_are_json() -> None:
    for schema in (posting_schema(), raw_schema()):
        assert [field.name for field in schema if not field.metadata.get(b"description")] == []
    (row,) = batch([HARD[1]], RawPosting).to_pylist()
    assert json.loads(row["locations"][0]) == "Porto"
    assert raw_schema().field("locations").metadata[b"json"] == b"true"
