"""Postings of the store as an export hands them on: with what the store knows of their lives, contacts masked."""

import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from zlib import crc32

import orjson
from pydantic import ValidationError

from scraper.contacts import edition, mask
from scraper.posting import Posting, breach
from scraper.store import Store

LIFE = ("first_seen_at", "last_seen_at", "closed_at", "cluster")
"""Columns of the store that are fields of an exported posting."""

NO_LIFE = b'"first_seen_at":null,"last_seen_at":null,"closed_at":null,"cluster":null,'
"""Those fields in a stored record; as text of a string its quotes would be escaped, so it stands there once."""

REQUIRED = frozenset(name for name, field in Posting.model_fields.items() if field.is_required())


class BrokenRecord(ValueError):
    """A stored record that is none; the message names the posting."""


@dataclass
class Export:
    """What is exported, and what became of it."""

    store: Store
    which: Mapping[str, Any] = field(default_factory=dict)
    """As `Store.selection` takes it."""
    fields: tuple[str, ...] | None = None
    """The fields to keep; None: all."""
    keep_contacts: bool = False
    partition: tuple[str, ...] = ()
    rows: int = 0
    masked: Counter[str] = field(default_factory=Counter)
    """Contacts that were masked, by kind."""
    crawls: set[int] = field(default_factory=set)
    """Crawls that saw the postings last."""
    attributions: set[str] = field(default_factory=set)
    """Licence terms that feeds ask to be shown."""
    notes: list[str] = field(default_factory=list)
    """What a reader of the file should be told."""

    def chosen(self) -> Iterator[sqlite3.Row]:
        """The rows of the store, counted."""
        for row in self.store.postings(by=self.partition, as_bytes=True, **self.which):
            self.rows += 1
            self.crawls.add(row["crawl"])
            yield row


def records(export: Export) -> Iterator[dict[str, Any]]:
    """Postings as plain data."""
    return (record for _, record in keyed_records(export))


def keyed_records(export: Export) -> Iterator[tuple[tuple[Any, ...], dict[str, Any]]]:
    """Postings as plain data, each after its values of `export.partition`."""
    for row in export.chosen():
        record, _ = read(export, row)
        keys = tuple(row[f"by_{name}"] for name in export.partition)
        yield keys, record if export.fields is None else {name: record.get(name) for name in export.fields}


def lines(export: Export) -> Iterator[bytes]:
    """Postings as JSON, one a line. Where nothing in a record changes, its stored text is handed on as it is: that no
    contact stands in it was found out when it was stored, and its checksum says that it is still that text.
    """
    today = edition()
    for row in export.chosen():
        text: bytes = row["record"]
        plain = export.fields is None and (at := text.rfind(NO_LIFE)) > 0
        done = row["checksum"] == crc32(text) and (export.keep_contacts or row["clean"] == today)
        if not (plain and done and text.endswith(b'"attribution":null,', 0, at)):
            record, changed = read(export, row)
            if export.fields is not None:
                record = {name: record.get(name) for name in export.fields}
            if changed or not plain:
                yield orjson.dumps(record) + b"\n"
                continue
        life = orjson.dumps({name: row[name] for name in LIFE})
        yield b"".join((text[:at], life[1:-1], b",", text[at + len(NO_LIFE) :], b"\n"))


def read(export: Export, row: sqlite3.Row) -> tuple[dict[str, Any], bool]:
    """The record of a row, and whether a contact was masked in it. Raises `BrokenRecord`."""
    same = row["checksum"] == crc32(row["record"])
    try:
        record = orjson.loads(row["record"])
        lacking = ", ".join(sorted(REQUIRED - record.keys()))
    except (ValueError, AttributeError):
        raise BrokenRecord(f"{row['id']}: its record is no JSON object") from None
    if lacking:
        raise BrokenRecord(f"{row['id']}: its record lacks {lacking}")
    if not same and row["checksum"] is not None:  # somebody else wrote it
        try:
            Posting.model_validate(record)
        except ValidationError as error:
            raise BrokenRecord(f"{row['id']}: its record breaks the contract: {breach(error)}") from None
    masked = Counter() if export.keep_contacts or (same and row["clean"] == edition()) else mask(record)
    export.masked += masked
    if record.get("attribution"):
        export.attributions.add(record["attribution"])
    record.update({name: row[name] for name in LIFE})
    return record, bool(masked)


def in_batches(rows: Iterator[Any], size: int) -> Iterator[Sequence[Any]]:
    """Rows in lists of `size`."""
    batch = []
    for row in rows:
        batch.append(row)
        if len(batch) >= size:
            yield batch
            batch = []
    if batch:
        yield batch
