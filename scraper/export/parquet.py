"""Parquet: typed and nested, whole or as a folder of partitions (`month=2026-11/…`) that engines read as they are."""

from collections.abc import Iterable
from itertools import groupby
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pyarrow as pa
import pyarrow.parquet as pq

from scraper.arrow import DAYS, batch, posting_schema
from scraper.export.output import PART
from scraper.export.records import Export, in_batches, keyed_records, records
from scraper.posting import Posting

BATCH = 1_000
"""Records that are held as Python objects at once."""

GROUP = 10_000
"""Records of a row group: about 20 MB packed; what a reader holds at least."""

NOWHERE = "__HIVE_DEFAULT_PARTITION__"
"""Hive's name of the partition of null."""


def write_parquet(export: Export, path: Path) -> None:
    """One file."""
    write_file(records(export), path, schema_of_fields(export.fields))


def write_partitioned(export: Export, folder: Path) -> None:
    """A folder of folders. A partitioned field stands in the path alone, as Hive and Athena demand."""
    schema = schema_of_fields(export.fields)
    schema = pa.schema([column for column in schema if column.name not in export.partition], schema.metadata)
    folder.mkdir()
    for keys, rows in groupby(keyed_records(export), lambda row: row[0]):
        parts = [
            f"{name}={quote(key, safe='-_.+ ') if key else NOWHERE}"
            for name, key in zip(export.partition, keys, strict=True)
        ]
        place = folder.joinpath(*parts)
        place.mkdir(parents=True)
        write_file((record for _, record in rows), place / PART, schema)
    if export.rows == 0:
        write_file((), folder / PART, schema)


def schema_of_fields(fields: tuple[str, ...] | None) -> pa.Schema:
    """The schema of these fields, and of the dates beside them."""
    schema = posting_schema()
    if fields is None:
        return schema
    kept = {*fields, *(DAYS[name] for name in fields if name in DAYS)}
    return pa.schema([column for column in schema if column.name in kept], schema.metadata)


def described(fields: tuple[str, ...] | None) -> list[dict[str, str]]:
    """The columns of these fields with what they mean, by the types of a Frictionless Table Schema."""
    return [
        {"name": column.name, "type": table_type(column.type), "description": column.metadata[b"description"].decode()}
        for column in schema_of_fields(fields)
    ]


def table_type(kind: pa.DataType) -> str:
    """The Table Schema type of a column."""
    if pa.types.is_nested(kind):
        return "array" if pa.types.is_list(kind) else "object"
    named = {pa.bool_(): "boolean", pa.int64(): "integer", pa.float64(): "number", pa.date32(): "date"}
    return "datetime" if pa.types.is_timestamp(kind) else named.get(kind, "string")


def write_file(rows: Iterable[dict[str, Any]], path: Path, schema: pa.Schema) -> None:
    """A Parquet file of records with the columns of `schema`."""
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        held: list[pa.RecordBatch] = []
        for part in in_batches(iter(rows), BATCH):
            held.append(batch(part, Posting).select(schema.names))
            if sum(len(each) for each in held) >= GROUP:
                writer.write_table(pa.Table.from_batches(held, schema))
                held = []
        if held:
            writer.write_table(pa.Table.from_batches(held, schema))
