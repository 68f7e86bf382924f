"""A file that appears whole under its name, or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex
from stat import S_IMODE


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """A name beside `path` to write a file to. At the end it is on the disk and stands under `path`; after any failure
    nothing of it is left, and what stood there stands there still.

    It has the permissions of the file that it replaces, else those that the umask leaves; a link is followed. Where
    the caller removes it, nothing appears. Raises `OSError`.
    """
    path = Path(os.path.realpath(path))
    path.parent.mkdir(parents=True, exist_ok=True)
    mode = S_IMODE(path.stat().st_mode) if path.exists() else None
    part = path.with_name(f".{path.name}.{token_hex(4)}-{os.getpid()}.part")
    try:
        part.touch(0o666 if mode is None else 0o600, exist_ok=False)
        yield part
        if part.exists():
            if mode is not None:
                part.chmod(mode)
            with part.open("rb") as file:
                os.fsync(file.fileno())
            part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def write_whole(path: Path, text: str) -> None:
    """Write a text file, whole or not at all. Raises `OSError`."""
    with whole(path) as part:
        part.write_text(text, encoding="utf-8", newline="\n")
