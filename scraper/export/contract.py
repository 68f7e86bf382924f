"""The contract of an exported line, made from `scraper.posting`: JSON Schema 2020-12 and the data dictionary."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from typing import Annotated, Any, get_args

import orjson

from scraper.export.records import Export, records
from scraper.posting import EXAMPLE, SCHEMA_VERSION, Posting, Record
from scraper.shape import codes, extra, inner_model, innermost, is_nullable, marks, required
from scraper.store import Store

ID = f"urn:rolecall:schema:posting:{SCHEMA_VERSION}"

DISTINCT = 10_000
"""More distinct values of a field than this are not counted."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the data dictionary."""

    name: str
    """Path of the field: `salary.min`, `locations[].country`, `evidence{}[].quote`."""
    type: str
    nullable: bool
    meaning: str
    example: str | None
    source: str | None
    """Who defines its codes or form."""
    codes: tuple[str, ...]
    since: str
    """The schema version that first had it."""


def json_schema() -> dict[str, Any]:
    """The JSON Schema of a line. Every field is there on every line; null or empty where the post does not say."""
    made = Posting.model_json_schema(mode="serialization")
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": ID}
    return head | made | {"examples": [EXAMPLE]}


def structure(schema: Any) -> Any:
    """A schema without the words for readers: what a change of version must go with."""
    if isinstance(schema, list):
        return [structure(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    words = {"description", "title", "examples", "$id", "default"}
    return {  # `title` and `description` are fields of ours, too: there they are schemas, not words
        name: structure(part) for name, part in schema.items() if name not in words or not isinstance(part, str | list)
    }


def dictionary() -> list[Entry]:
    """Every field, nested ones after the one that holds them."""
    return list(entries(Posting, "", [EXAMPLE]))


def entries(model: type[Record], before: str, examples: list[Any]) -> Iterator[Entry]:
    """The fields of a model; `examples` are values of it."""
    for name, field in model.model_fields.items():
        path = before + (field.serialization_alias or name)
        seen = [example[field.serialization_alias or name] for example in examples]
        shown = next((value for value in seen if value not in (None, [], {}, "")), None)
        inner = inner_model(field.annotation)
        yield Entry(
            name=path,
            type=type_of(field.annotation),
            nullable=is_nullable(field.annotation),
            meaning=field.description or "",
            example=None if inner or shown is None else orjson.dumps(shown).decode(),
            source=extra(field.annotation, "x-source") or ("Rolecall" if codes(field.annotation) else None),
            codes=codes(field.annotation),
            since=extra(Annotated[None, field], "x-since") or "1.0",
        )
        if inner:
            yield from entries(inner, f"{path}{marks(field.annotation)}.", list(parts(seen)))


def parts(values: list[Any]) -> Iterator[Any]:
    """The innermost records of example values."""
    for value in values:
        if isinstance(value, list):
            yield from parts(value)
        elif isinstance(value, dict) and value and all(isinstance(part, list) for part in value.values()):
            yield from parts(list(value.values()))
        elif value is not None:
            yield value


def type_of(annotation: Any) -> str:
    """The type in words of JSON."""
    names = {str: "text", float: "number", int: "integer", bool: "true or false"}
    said = "object" if inner_model(annotation) else "code" if codes(annotation) else names[innermost(annotation)]
    return marks(annotation).replace("[]", "list of ").replace("{}", "map to ") + said


# -- how the store fills it -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Filled:
    """How often a field says something, and how many different things."""

    share: float
    distinct: str


def filled_fields(store: Store) -> dict[str, Filled]:
    """Every top-level field and part of one, over all postings of the store. Raises `BrokenRecord`."""
    paths = {entry.name for entry in dictionary()}
    said: Counter[str] = Counter()
    values: dict[str, set[Any]] = {path: set() for path in paths}
    count = 0
    for record in records(Export(store, keep_contacts=True)):
        count += 1
        found: dict[str, list[Any]] = {}
        for name, value in record.items():
            collect(name, value, found)
        for path in found.keys() & paths:
            said[path] += 1
            if len(values[path]) <= DISTINCT:
                values[path].update(
                    value if isinstance(value, str | float | int) else repr(value) for value in found[path]
                )
    return {path: Filled(said[path] / count if count else 0.0, many(values[path])) for path in paths}


def collect(path: str, value: Any, found: dict[str, list[Any]]) -> None:
    """Add what a field says, and its parts, under their paths."""
    if value in (None, "", [], {}):
        return
    if path == "evidence":
        found[path] = list(value)
        return
    if isinstance(value, dict):
        for name, part in value.items():
            collect(f"{path}.{name}", part, found)
        if any(part not in (None, "", [], {}) for part in value.values()):
            found.setdefault(path, []).append(str(value))
    elif isinstance(value, list):
        for item in value:
            if isinstance(item, dict):
                collect(f"{path}[]", item, found)
        found.setdefault(path, []).extend(map(str, value))
    else:
        found.setdefault(path, []).append(value)


def many(values: set[Any]) -> str:
    """How many values there are, as far as they were counted."""
    return str(len(values)) if len(values) <= DISTINCT else f"over {DISTINCT}"


# -- for readers ------------------------------------------------------------------------------------------------------


def duckdb_macro() -> str:
    """SQL of DuckDB: a table macro `postings(file)` that reads JSON Lines with every type named."""
    columns = ",\n".join(f"  {name}: '{duckdb_type(field.annotation)}'" for name, field in Posting.model_fields.items())
    return (
        "CREATE OR REPLACE MACRO postings(file) AS TABLE SELECT * FROM read_json(file, format = 'newline_delimited',\n"
        f" columns = {{\n{columns}\n}});\n"
    )


def duckdb_type(annotation: Any) -> str:
    """The DuckDB type of a field."""
    kind = required(annotation)
    if marks(kind)[:2] == "{}":
        return f"MAP(VARCHAR, {duckdb_type(get_args(kind)[1])})"
    if marks(kind):
        return f"{duckdb_type(get_args(kind)[0])}[]"
    if model := inner_model(kind):
        parts = (
            f'"{f.serialization_alias or name}" {duckdb_type(f.annotation)}' for name, f in model.model_fields.items()
        )
        return f"STRUCT({', '.join(parts)})"
    return {bool: "BOOLEAN", float: "DOUBLE", int: "BIGINT"}.get(kind, "VARCHAR")


def header(filled: Mapping[str, Filled] | None) -> list[str]:
    """The columns of the dictionary."""
    return ["field", "type", "meaning", "example", "codes", "since"] + (["filled", "distinct"] if filled else [])


def table(filled: Mapping[str, Filled] | None) -> Iterator[list[str]]:
    """The lines of the dictionary as texts."""
    for entry in dictionary():
        kind = f"{entry.type} or null" if entry.nullable else entry.type
        codes = ", ".join(entry.codes)
        source = f"{entry.source}: {codes}" if entry.source and codes else entry.source or ""
        line = [entry.name, kind, entry.meaning, entry.example or "", source, entry.since]
        if filled:
            line += [f"{filled[entry.name].share:.1%}", filled[entry.name].distinct]
        yield line


def markdown(filled: Mapping[str, Filled] | None = None) -> str:
    """The data dictionary as a page of Markdown."""
    rows = [header(filled), ["---"] * len(header(filled))]
    for name, kind, meaning, example, *rest in table(filled):
        quoted = f"`{example}`" if example else ""
        rows.append([part.replace("|", "\\|") for part in (f"`{name}`", kind, meaning, quoted, *rest)])
    lines = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    return f"{INTRODUCTION}\n{lines}\n"


def html(filled: Mapping[str, Filled] | None = None) -> str:
    """The data dictionary as a page of its own."""
    head = "".join(f'<th scope="col">{name}</th>' for name in header(filled))
    rows = "\n".join(
        f'<tr><th scope="row">{escape(name)}</th>' + "".join(f"<td>{in_code(part)}</td>" for part in rest) + "</tr>"
        for name, *rest in table(filled)
    )
    said = "".join(f"<p>{in_code(part)}</p>\n" for part in INTRODUCTION.strip().split("\n\n")[1:])
    title = f"Rolecall postings, schema {SCHEMA_VERSION}"
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>\n'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style>\n'
        f"<h1>{title}</h1>\n{said}<table><thead><tr>{head}</tr></thead><tbody>\n{rows}\n</tbody></table></html>\n"
    )


def in_code(text: str) -> str:
    """A text as HTML; what stands between backticks is code."""
    return re.sub(r"`([^`]*)`", r"<code>\1</code>", escape(text))


STYLE = """:root { color-scheme: light dark; font: 14px/1.45 system-ui, sans-serif }
body { margin: 2em auto; max-width: 90em; padding: 0 1em; overflow-wrap: break-word }
table { border-collapse: collapse } tr { border-bottom: 1px solid #8886; vertical-align: top }
td, th { padding: .4em .8em .4em 0; text-align: start } td:nth-child(3), td:nth-child(5) { min-width: 18em }
thead th { position: sticky; top: 0; background: Canvas } tbody th { font: .93em/1.6 ui-monospace, monospace }"""

INTRODUCTION = f"""# The record

Schema {SCHEMA_VERSION}. One exported line is one job. Every field stands on every line: null, or an empty list, means
that the post does not say. `[]` marks an item of a list, `{{}}` a value of a map. Made from `scraper/posting.py`; the
same as JSON Schema: `rolecall schema`, or `docs/reference/schema.json`.

Parquet and DuckDB have three columns more: `published_date`, `updated_date` and `expires_date`, the day of the field
that ends with `_at`, null where no day was published. CSV and XLSX have a column for each part (`salary_min`,
`stack_name`), with the items of a list joined by `; `, and are without `evidence` and `sections`.
"""
