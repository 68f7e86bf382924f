"""An export from beginning to end: to a stream, a file, a folder of partitions or a store of objects."""

from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO

from scraper.export.output import OutputError, copy, file_to, is_stream, packed, remote, stream_to
from scraper.export.package import NAME, Made, others, package, resource, resource_name
from scraper.export.records import BrokenRecord, Export

STREAMED = {
    "jsonl": "scraper.export.jsonlines:write_json_lines",
    "csv": "scraper.export.flat:write_csv",
    "jsonld": "scraper.export.jobposting:write_jsonld",
}
"""Formats that are written line by line, and so can be packed."""

FILED = {
    "parquet": "scraper.export.parquet:write_parquet",
    "xlsx": "scraper.export.flat:write_xlsx",
    "duckdb": "scraper.export.database:write_duckdb",
}
"""Formats whose writer needs a file."""

ENDINGS = {f".{kind}": kind for kind in (*STREAMED, *FILED)} | {".ndjson": "jsonl"}

PACKED = (".gz", ".zst")

WHOLE_RECORDS = ("jsonld", "duckdb")
"""Formats that need every field."""


def format_of(output: str, given: str | None, partitioned: bool) -> str:
    """The format that an output's name, or `given`, asks for. Raises `OutputError`."""
    name = output.rstrip("/").rpartition("/")[2].lower()
    ending = next((end for end in ENDINGS if name.removesuffix(".gz").removesuffix(".zst").endswith(end)), None)
    named = ENDINGS[ending] if ending else None
    if given and named and given != named:
        raise OutputError(f"{output} ends like {named}, and --format says {given}; give one of them")
    kind = given or named or ("parquet" if partitioned else "jsonl" if is_stream(output) else None)
    if kind is None:
        hint = "; did you mean .jsonl?" if name.endswith(".json") else ""
        raise OutputError(f"{output}: no format ends like this; use {' '.join(ENDINGS)}, or --format{hint}")
    if name.endswith(PACKED) and kind not in STREAMED:
        raise OutputError(f"{output}: {kind} is packed inside; give it without {name[name.rindex('.') :]}")
    if partitioned and (kind != "parquet" or is_stream(output)):
        raise OutputError("--partition writes a folder of Parquet: -o FOLDER")
    return kind


def export_to(export: Export, output: str, kind: str, now: datetime) -> None:
    """Write an export and, beside a file or folder, its `datapackage.json`.

    Raises `OutputError`, `OSError`, and `ImportError` where the format needs a package that is not there.
    """
    with export.store.snapshot():
        if is_stream(output):
            stream(export, output, kind)
            return
        old = read_package(output)  # a stranger's is refused before the work
        name = resource_name(output.rstrip("/").rpartition("/")[2])
        others(old, NAME, name)
        with file_to(output) as path:
            write(export, path, kind)
            said = resource(export, Made(path, kind, export.partition), now)
    write_package(output, package([*others(read_package(output), NAME, name), said], now))


def write(export: Export, path: Path, kind: str) -> None:
    """Write a file, or a folder where the export has partitions."""
    if export.partition:
        written("scraper.export.parquet:write_partitioned", export, path)
    elif kind in FILED:
        written(FILED[kind], export, path)
    else:
        with path.open("wb") as out, packed(out, path.name) as stream:
            written(STREAMED[kind], export, stream)


def stream(export: Export, output: str, kind: str) -> None:
    """Write to a stream as it comes; a format that needs a file is made aside first."""
    from tempfile import TemporaryDirectory

    with ExitStack() as stack:
        out: BinaryIO = stack.enter_context(stream_to(output))
        if kind in STREAMED:
            written(STREAMED[kind], export, out)
            return
        path = Path(stack.enter_context(TemporaryDirectory(prefix="rolecall-"))) / f"postings.{kind}"
        write(export, path, kind)
        copy(path, out)


def written(name: str, export: Export, out: Any) -> None:
    """Call a writer, `module:function`, which is imported now: each has packages of its own."""
    module, _, function = name.partition(":")
    writer: Callable[[Export, Any], None] = getattr(import_module(module), function)
    try:
        writer(export, out)
    except BrokenRecord as error:
        raise OutputError(f"{error}; `rolecall verify` says more") from None
    except (ValueError, TypeError, LookupError, AttributeError) as error:
        said = f"{type(error).__name__}: {error}".splitlines()[0]
        raise OutputError(f"a stored record breaks the contract ({said}); `rolecall verify` says which") from error


def read_package(output: str) -> str | None:
    """The package beside an output; None where there is none."""
    if "://" in output:
        fs, place = remote(output)
        beside = f"{place.rstrip('/').rpartition('/')[0]}/{NAME}"
        try:
            return str(fs.cat_file(beside).decode()) if fs.exists(beside) else None
        except Exception as error:  # noqa: BLE001  each backend has errors of its own
            raise OutputError(f"cannot reach {output}: {type(error).__name__}: {error}") from None
    path = Path(output).parent / NAME
    return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else None


def write_package(output: str, text: str) -> None:
    """Write the package beside an output."""
    with file_to(
        f"{output.rstrip('/').rpartition('/')[0]}/{NAME}" if "://" in output else str(Path(output).parent / NAME)
    ) as path:
        path.write_text(text, encoding="utf-8")
