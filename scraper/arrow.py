"""Records as Arrow: one schema for ever, made from `scraper.posting`, so that no file's types depend on its rows.

Needs pyarrow (`rolecall[tables]`). In the schema of a posting `first_seen_at`, `last_seen_at`, `closed_at` and
`fetched_at` are timestamps in UTC. A published date keeps its precision as text, and has a twin that is a date
(`published_date` of `published_at`), null where no day was published. A slot of a raw posting that may hold several
types is JSON text; so says the metadata of its field (`json`).
"""

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from enum import Enum
from functools import cache
from types import UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin

import pyarrow as pa
from pydantic import AwareDatetime, NaiveDatetime

from scraper.posting import SCHEMA_VERSION, Posting, RawPosting, Record
from scraper.shape import required

INSTANTS = ("first_seen_at", "last_seen_at", "closed_at", "fetched_at")
"""Fields of a posting that Rolecall's own clock writes."""

DAYS = {"published_at": "published_date", "updated_at": "updated_date", "expires_at": "expires_date"}
"""Published dates, and the column beside each that is a date."""

SCALARS = {str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_()}

R = TypeVar("R", bound=Record)


def posting_schema() -> pa.Schema:
    """The columns of an exported posting, described; nested parts are structs, lists and a map."""
    return schema_of(Posting)


def raw_schema() -> pa.Schema:
    """The columns of a raw posting; slots that may hold several types are JSON text. `seen_at` is text as well: dates
    such as "yesterday" count from its day in its own offset, which a timestamp would lose.
    """
    return schema_of(RawPosting)


@cache
def schema_of(model: type[Record]) -> pa.Schema:
    """The schema of a posting or raw posting."""
    columns = []
    for column in fields_of(model):
        columns.append(column.with_type(pa.timestamp("us", "UTC")) if column.name in INSTANTS else column)
        if column.name in DAYS and model is Posting:
            said = f"`{column.name}` as a date; null where no day was published."
            columns.append(pa.field(DAYS[column.name], pa.date32(), metadata={"description": said}))
    return pa.schema(columns, {"rolecall": model.__name__, "schema_version": SCHEMA_VERSION})


def fields_of(model: type[Record]) -> list[pa.Field]:
    """The fields of a model, by the names they have in JSON."""
    found = []
    for name, field in model.model_fields.items():
        metadata = {"description": field.description or ""}
        if is_free(field.annotation):
            metadata["json"] = "true"
        found.append(pa.field(field.serialization_alias or name, arrow_type(field.annotation), metadata=metadata))
    return found


def arrow_type(annotation: Any) -> pa.DataType:
    """The Arrow type of a field's type; text where it may hold several."""
    kind = required(annotation)
    of, inner = get_origin(kind), get_args(kind)
    if of is list:
        return pa.list_(arrow_type(inner[0]))
    if of is dict and required(inner[1]) is not Any:
        return pa.map_(pa.string(), arrow_type(inner[1]))
    if isinstance(kind, type) and issubclass(kind, Record):
        return pa.struct(fields_of(kind))
    if of is Literal or (isinstance(kind, type) and issubclass(kind, Enum)):
        return pa.string()
    return SCALARS.get(kind, pa.string())


def is_free(annotation: Any) -> bool:
    """Whether a field holds, or lists, values of several types: each such value is JSON text."""
    kind = required(annotation)
    if get_origin(kind) is list:
        return is_free(get_args(kind)[0])
    if get_origin(kind) is dict:
        return required(get_args(kind)[1]) is Any
    return get_origin(kind) in (Union, UnionType) and not set(get_args(kind)) <= {AwareDatetime, NaiveDatetime}


def batch(rows: Iterable[Record | Mapping[str, Any]], model: type[Record] = Posting) -> pa.RecordBatch:
    """Records, or their JSON as plain data, as one Arrow batch with the schema of `model`.

    Raises `pyarrow.ArrowInvalid` or `ValueError` where plain data does not fit the schema.
    """
    plain = (row.model_dump(mode="json", by_alias=True) if isinstance(row, Record) else row for row in rows)
    put = to_posting_columns if model is Posting else to_raw_columns
    return pa.RecordBatch.from_pylist([put(row) for row in plain], schema_of(model))


def records(rows: pa.RecordBatch, model: type[R]) -> list[R]:
    """The records of a batch, as they were before `batch`. Raises `pydantic.ValidationError`."""
    put = from_posting_columns if issubclass(model, Posting) else from_raw_columns
    return [model.model_validate(put(row)) for row in rows.to_pylist()]


def to_posting_columns(row: Mapping[str, Any]) -> dict[str, Any]:
    """A posting's JSON with real times and dates."""
    found = dict(row)
    for name in INSTANTS:
        if found.get(name) is not None:
            at = datetime.fromisoformat(found[name])
            found[name] = at if at.tzinfo else at.replace(tzinfo=UTC)
    for name, day in DAYS.items():
        found[day] = day_of(found.get(name))
    return found


def day_of(published: str | None) -> date | None:
    """The day of a published date, as its publisher counts days; None where it is a month, a year or no real day."""
    if published is None or len(published) < len("2026-11-02"):
        return None
    try:
        return date.fromisoformat(published[:10])
    except ValueError:
        return None


def from_posting_columns(row: dict[str, Any]) -> dict[str, Any]:
    """The JSON of a posting from its columns; what is null stays away, and so takes its default."""
    for name in INSTANTS:
        if row.get(name) is not None:
            row[name] = row[name].astimezone(UTC).isoformat().replace("+00:00", "Z")
    row["evidence"] = dict(row.get("evidence") or ())
    return {name: value for name, value in row.items() if value is not None and name not in DAYS.values()}


def to_raw_columns(row: Mapping[str, Any]) -> dict[str, Any]:
    """A raw posting with every free slot as JSON text."""
    return {field.name: turn_free(field, row.get(field.name), json.dumps) for field in raw_schema()}


def from_raw_columns(row: Mapping[str, Any]) -> dict[str, Any]:
    """A raw posting from its columns; what is null stays away, and so takes its default."""
    found = {field.name: turn_free(field, row.get(field.name), json.loads) for field in raw_schema()}
    return {name: value for name, value in found.items() if value is not None}


def turn_free(field: pa.Field, value: Any, turn: Callable[[Any], Any]) -> Any:
    """A value with its free slots, at any depth, turned into JSON text or back."""
    if value is None:
        return None
    if pa.types.is_list(field.type):
        part = pa.field("item", field.type.value_type, metadata=field.metadata)
        return [turn_free(part, item, turn) for item in value]
    if pa.types.is_struct(field.type):
        return {inner.name: turn_free(inner, value.get(inner.name), turn) for inner in field.type}
    return turn(value) if b"json" in field.metadata else value
