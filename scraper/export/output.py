"""Where an export goes: a file or folder that appears whole or not at all, a stream, or a store of objects."""

import gzip
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any, BinaryIO, cast

from scraper.whole import whole

PART = "part-0.parquet"
"""The file of a partition; a folder that holds anything else is not ours to replace."""


class OutputError(Exception):
    """An output that cannot be written; the message says which, why, and what to do."""


def is_stream(output: str) -> bool:
    """Whether it is stdout, a pipe or a device: written as it comes, not replaced."""
    if output == "-":
        return True
    path = Path(output)
    return "://" not in output and path.exists() and not path.is_file() and not path.is_dir()


@contextmanager
def stream_to(output: str) -> Iterator[BinaryIO]:
    """Stdout, a pipe or a device, flushed at the end."""
    if output == "-":
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    with Path(output).open("wb") as out:
        yield out


@contextmanager
def file_to(output: str) -> Iterator[Path]:
    """A path to write a file or folder to, which is moved to `output` when all went well.

    `output` is a path or an address that fsspec knows (`s3://`, `gs://`, `memory://`). Raises `OSError`, `OutputError`.
    """
    if "://" in output:
        fs, place = remote(output)
        with TemporaryDirectory(prefix="rolecall-") as folder:
            made = Path(folder) / (place.rstrip("/").rpartition("/")[2] or "export")
            yield made
            upload(fs, made, place, output)
        return
    target = Path(output)
    refuse_strangers(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=f".{target.name}.", dir=target.parent) as folder:
        made = Path(folder) / target.name
        yield made
        if made.is_dir():
            if target.is_dir():
                target.rename(Path(folder) / "before")
            made.replace(target)
        else:
            with whole(target) as part:
                made.replace(part)


def refuse_strangers(target: Path) -> None:
    """Raise `OutputError` where a folder holds what is no export: it would be replaced."""
    if target.is_dir():
        strange = next((path for path in target.rglob("*") if path.is_file() and path.name != PART), None)
        if strange is not None:
            raise OutputError(f"{target} is a folder that holds {strange.name}; give a new folder, or a file's name")


def remote(output: str) -> tuple[Any, str]:
    """The file system and the place in it of an address. Raises `OutputError`."""
    import fsspec

    scheme = output.partition("://")[0]
    try:
        fs, place = fsspec.core.url_to_fs(output)
        fs.auto_mkdir = True  # what `file://` asks; objects have no folders
        return fs, place
    except ImportError as error:
        raise OutputError(f"{output}: {scheme}:// needs another package: {error}") from None
    except ValueError as error:
        raise OutputError(f"{output}: {error}") from None


def upload(fs: Any, made: Path, place: str, output: str) -> None:
    """Put a file or folder at a place. An object appears whole; a folder must be new there."""
    try:
        if made.is_dir():
            if fs.exists(place) and fs.find(place):
                raise OutputError(f"{output} is not empty; give a new folder")
            for path in sorted(made.rglob("*")):
                if path.is_file():
                    fs.put_file(str(path), f"{place}/{path.relative_to(made).as_posix()}")
        else:
            fs.put_file(str(made), place)
    except OutputError:
        raise
    except Exception as error:  # noqa: BLE001  each backend has errors of its own
        raise OutputError(f"cannot write {output}: {type(error).__name__}: {error}") from None


@contextmanager
def packed(out: BinaryIO, name: str) -> Iterator[IO[bytes]]:
    """A stream that packs what is written to it, where the name ends with `.gz` or `.zst`."""
    if name.endswith(".gz"):
        with gzip.GzipFile(filename="", mode="wb", fileobj=out, mtime=0, compresslevel=6) as stream:
            yield cast("IO[bytes]", stream)
    elif name.endswith(".zst"):
        import zstandard

        with zstandard.ZstdCompressor().stream_writer(out, closefd=False) as stream:
            yield stream
    else:
        yield out


def size_and_digest(path: Path) -> tuple[int, str]:
    """Bytes and SHA-256 of a file."""
    import hashlib

    with path.open("rb") as file:
        return path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest()


def files_of(path: Path) -> list[Path]:
    """A file, or the files of a folder in the order of their names."""
    return [path] if path.is_file() else sorted(part for part in path.rglob("*") if part.is_file())


def copy(path: Path, out: BinaryIO) -> None:
    """Write a file to a stream."""
    with path.open("rb") as file:
        shutil.copyfileobj(file, out)
