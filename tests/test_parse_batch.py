"""Raw postings as Arrow become postings as Arrow, row for row."""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from scraper import arrow, parse
from scraper.parse import parse_batch, parse_posting
from scraper.posting import Posting, RawPlace, RawPosting, RawSalary

SEEN = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)


def raw(key: str, **slots: Any) -> RawPosting:
    given: dict[str, Any] = {"board": "mine", "key": key, "url": f"https://x.example/{key}", "title": "Kiln Hand"}
    return RawPosting(**given | {"seen_at": SEEN} | slots)


RAWS = [
    raw(
        "1", description="<p>Remote within Portugal. 5+ years with Go.</p>", locations=["Porto", RawPlace(city="Lyon")]
    ),
    raw("2", salary=RawSalary(min=40000, max="50000", currency="EUR", period="year"), published=1761904800),
    raw(
        "3",
        published="3 days ago",
        language="en",
        visa_sponsorship=True,
        relocation="no",
        unread={"a": [1, {"b": None}]},
    ),
]


def test_rows_come_out_as_parse_posting_reads_them() -> None:
    found = parse_batch(arrow.batch(RAWS, RawPosting))
    assert found.schema.names == [*arrow.posting_schema().names, "error"]
    assert found.column("error").to_pylist() == [None] * 3
    assert arrow.records(found.drop_columns(["error"]), Posting) == [parse_posting(one) for one in RAWS]


def test_an_empty_batch_has_the_same_columns() -> None:
    empty = arrow.batch([], RawPosting)
    assert parse_batch(empty).schema.equals(parse_batch(arrow.batch(RAWS, RawPosting)).schema)


@pytest.mark.parametrize(
    ("slot", "value", "reason"),
    [
        ("key", None, "key: Field required"),
        ("title", "", "title: String should have at least 1 character"),
        ("description_type", "pdf", "description_type: Input should be 'html', 'text' or 'markdown'"),
        ("unread", "{cut off", "JSONDecodeError"),
        ("seen_at", "once", "seen_at.datetime: Input should be a valid datetime"),
    ],
)
def test_a_poisoned_row_is_named_and_the_others_are_read(slot: str, value: str | None, reason: str) -> None:
    rows = arrow.batch(RAWS, RawPosting).to_pylist()
    rows[1][slot] = value
    found = parse_batch(pa.RecordBatch.from_pylist(rows, arrow.raw_schema())).to_pylist()
    assert [row["key"] for row in found] == ["1", None, "3"]
    assert found[0]["error"] is None and found[2]["error"] is None
    assert found[1]["error"].startswith(reason)


def test_a_row_without_the_columns_of_a_raw_posting_is_named() -> None:
    found = parse_batch(pa.RecordBatch.from_pylist([{"job": "Kiln Hand"}])).to_pylist()
    assert [row["error"] for row in found] == ["board: Field required"]


def test_a_record_that_a_reader_stumbles_over_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def stumble(given: RawPosting, *_: Any) -> None:
        if given.key == "2":
            raise ZeroDivisionError("pay by nothing")

    monkeypatch.setattr(parse, "read_employment", stumble)
    found = parse_batch(arrow.batch(RAWS, RawPosting)).to_pylist()
    assert [row["error"] for row in found] == [None, "ZeroDivisionError: pay by nothing", None]


def test_parsing_needs_no_arrow() -> None:
    code = "import sys, scraper.parse; print([m for m in ('pyarrow', 'scrapy') if m in sys.modules])"
    root = Path(__file__).parents[1]
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root)
    assert done.stdout.strip() == "[]"
