"""`datapackage.json` beside an export: what the files are, where they come from, and how to tell they are whole.

Frictionless Data Package v2 (https://datapackage.org). A folder has one package; each export in it is a resource.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from scraper import __version__
from scraper.export.contract import ID
from scraper.export.output import OutputError, files_of, size_and_digest
from scraper.export.records import Export
from scraper.posting import SCHEMA_VERSION, Posting
from scraper.shape import inner_model, innermost, marks, required

NAME = "datapackage.json"

PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"

MEDIA = {
    "jsonl": "application/jsonl",
    "csv": "text/csv",
    "parquet": "application/vnd.apache.parquet",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "jsonld": "application/ld+json",
    "duckdb": "application/vnd.duckdb",
}

PLACES = {"title": "Place names: GeoNames, CC BY 4.0", "path": "https://www.geonames.org"}


@dataclass(frozen=True, slots=True)
class Made:
    """An export that was written."""

    path: Path
    """The file or folder while it is made; its name is that of the output."""
    kind: str
    partition: tuple[str, ...]


def resource(export: Export, made: Made, created: datetime) -> dict[str, Any]:
    """What a package says of one export."""
    folder = made.path.parent
    files = []
    for path in files_of(made.path):
        size, digest = size_and_digest(path)
        files.append({"path": path.relative_to(folder).as_posix(), "bytes": size, "hash": f"sha256:{digest}"})
    crawls = [row for row in export.store.crawls() if row["n"] in export.crawls]
    asked = {name: value for name, value in export.which.items() if value}
    found: dict[str, Any] = {
        "name": resource_name(made.path.name),
        "path": files[0]["path"] if made.path.is_file() else [file["path"] for file in files],
        "format": made.kind,
        "mediatype": MEDIA[made.kind],
        "bytes": sum(file["bytes"] for file in files),
        "rowCount": export.rows,
        "created": created.isoformat(timespec="seconds").replace("+00:00", "Z"),
        "schemaVersion": SCHEMA_VERSION,
        "schemaId": ID,
        "rolecall": __version__,
        "filters": asked,
        "crawls": [row["n"] for row in crawls],
        "runs": sorted({row["run"] for row in crawls}),
        "contactsMasked": None if export.keep_contacts else export.masked.total(),
        "attributions": sorted(export.attributions),
        "sources": [{"title": target} for target in sorted({row["target"] for row in crawls})] + [PLACES],
    }
    if made.path.is_file():
        found["hash"] = files[0]["hash"]
    else:
        found["files"] = files
        found["partitions"] = list(made.partition)
    if made.kind in ("jsonl", "csv"):
        found["encoding"] = "utf-8"
    if made.path.name.endswith(".gz"):
        found["compression"] = "gz"
    if made.kind in ("jsonl", "csv", "xlsx", "parquet"):
        found["schema"] = table_schema(made, export.fields)
    return found


def table_schema(made: Made, fields: tuple[str, ...] | None) -> dict[str, Any]:
    """The columns as a Frictionless Table Schema."""
    if made.kind in ("csv", "xlsx"):
        from scraper.export.flat import columns

        return {"fields": [{"name": name, "type": "any"} for name in columns(fields)]}
    if made.kind == "parquet":
        from scraper.export.parquet import described

        return {"fields": [column for column in described(fields) if column["name"] not in made.partition]}
    found = []
    for name in fields or Posting.model_fields:
        field = Posting.model_fields[name]
        found.append({"name": name, "type": table_type(field.annotation), "description": field.description})
    return {"fields": found}


def table_type(annotation: Any) -> str:
    """The Table Schema type of a field."""
    if marks(annotation):
        return "array" if marks(annotation).startswith("[]") else "object"
    if inner_model(annotation):
        return "object"
    return {bool: "boolean", float: "number", int: "integer"}.get(innermost(required(annotation)), "string")


def resource_name(name: str) -> str:
    """A file's name as the name of a resource: lower case, digits, `.`, `-`, `_`."""
    return re.sub(r"[^a-z0-9._-]+", "-", name.lower()).strip("-.") or "postings"


def others(text: str | None, where: str, name: str) -> list[dict[str, Any]]:
    """The other resources of a package that is there already. Raises `OutputError` where it is not Rolecall's."""
    if text is None:
        return []
    try:
        package: Any = json.loads(text)
        ours = package["name"] == "rolecall"
        resources = [old for old in package["resources"] if old["name"] != name]
    except (ValueError, TypeError, LookupError):
        ours = False
    if not ours:
        raise OutputError(f"{where} is there and is not Rolecall's; give another folder")
    return resources


def package(resources: list[dict[str, Any]], created: datetime) -> str:
    """A package as JSON."""
    found: Mapping[str, Any] = {
        "$schema": PROFILE,
        "name": "rolecall",
        "title": "Job postings",
        "description": "What boards published, as Rolecall read it. It remains theirs: show a resource's attributions"
        " beside what you make of it.",
        "created": created.isoformat(timespec="seconds").replace("+00:00", "Z"),
        "resources": sorted(resources, key=lambda one: str(one.get("name"))),
    }
    return json.dumps(found, ensure_ascii=False, indent=1) + "\n"
