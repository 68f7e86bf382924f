"""The archive: every reply in WARC 1.1 files (ISO 28500), so that a better reader can be tried on last year's crawl.

Each reply is a `response` record with its `request` and a `metadata` record (JSON: target, board, kind, key, carried)
that says what a board needs to read it again. Any WARC tool opens the files.
"""

import fcntl
import hashlib
import io
import json
import os
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from string import printable
from typing import Any, BinaryIO
from urllib.parse import quote

from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType

MOST_BYTES = 512 * 1024 * 1024
"""Size at which a file is ended and the next one begun."""

SECRET_HEADERS = frozenset({"authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key"})

Headers = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Archived:
    """A reply as it was fetched. `body` is not compressed; `context` is what the crawl knew of the request."""

    url: str
    status: int
    headers: Headers
    body: bytes
    fetched_at: datetime
    context: Mapping[str, Any]
    method: str = "GET"
    sent: Headers = field(default_factory=tuple)
    """Headers of the request."""
    posted: bytes = b""
    """Body of the request."""


class ArchiveWriter:
    """Writes replies to `folder/YYYY-MM-DD/NAME-PID-N.warc.gz`; a new file each day and every `MOST_BYTES`."""

    def __init__(self, folder: Path, name: str, most_bytes: int = MOST_BYTES) -> None:
        self.folder = folder
        self.name = name
        self.most_bytes = most_bytes
        self.day = ""
        self.number = 0
        self.out: BinaryIO | None = None

    def write(self, reply: Archived) -> None:
        """Append a reply. Raises `OSError` where the disk is full."""
        out = self._file(f"{reply.fetched_at:%Y-%m-%d}")
        about = {"WARC-Target-URI": reply.url, "WARC-Date": reply.fetched_at.isoformat().replace("+00:00", "Z")}
        path = "/" + reply.url.split("://", 1)[-1].partition("/")[2]
        got = http_head(f"HTTP/1.1 {reply.status}", reply.headers)
        sent = http_head(f"{reply.method} {path} HTTP/1.1", reply.sent)
        context = json.dumps(reply.context, ensure_ascii=False).encode()
        about["Content-Type"] = "application/http; msgtype=response"
        response = write_record(out, WarcRecordType.response, about, got, reply.body)
        concurrent = {"WARC-Concurrent-To": response, "Content-Type": "application/http; msgtype=request"}
        write_record(out, WarcRecordType.request, about | concurrent, sent, reply.posted)
        refers = {"WARC-Refers-To": response, "Content-Type": "application/json"}
        write_record(out, WarcRecordType.metadata, about | refers, b"", context)
        out.flush()

    def close(self) -> None:
        """End the file."""
        if self.out is not None:
            self.out.close()
            self.out = None

    def _file(self, day: str) -> BinaryIO:
        if self.out is not None and (day != self.day or self.out.tell() >= self.most_bytes):
            self.close()
        if self.out is None:
            self.day = day
            folder = self.folder / day
            folder.mkdir(parents=True, exist_ok=True)
            while self.out is None:
                self.number += 1
                try:
                    self.out = (folder / f"{self.name}-{os.getpid()}-{self.number:04}.warc.gz").open("xb")
                    fcntl.flock(self.out, fcntl.LOCK_EX)  # `mend` keeps its hands off
                except FileExistsError:
                    continue
        return self.out


def write_record(out: BinaryIO, kind: WarcRecordType, about: Mapping[str, str], head: bytes, body: bytes) -> str:
    """Append a record, packed by itself, so that what follows one that is damaged can be read; its id."""
    record = WarcRecord()
    record.init_headers(record_type=kind)
    for name, value in about.items():
        record.headers[name] = value
    record.set_bytes_content(head + body)
    plain = io.BytesIO()
    record.write(plain, checksum_data=True, payload_digest=hashlib.sha1(body, usedforsecurity=False).digest())
    out.write(zlib.compress(plain.getvalue(), wbits=31))
    return str(record.record_id)


def http_head(first: str, headers: Headers) -> bytes:
    """What goes before a body on the line."""
    lines = "".join(f"{name}: {value}\r\n" for name, value in redacted(headers))
    return f"{first}\r\n{lines}\r\n".encode()


def redacted(headers: Headers) -> list[tuple[str, str]]:
    """Headers without what opens doors, and without encodings that the stored body no longer has; in ASCII, as WARC
    files take them.
    """
    gone = {"content-encoding", "transfer-encoding", "content-length"}
    return [
        (name, "redacted" if name.lower() in SECRET_HEADERS else quote(value, safe=printable))
        for name, value in headers
        if name.lower() not in gone
    ]


def archive_files(paths: Sequence[Path]) -> list[Path]:
    """The WARC files among files and folders, in the order of their names. Raises as `files_below`."""
    found: list[Path] = []
    for path in paths:
        if not path.exists():
            raise FileNotFoundError(f"{path}: no such archive")
        found += files_below(path, ".warc", ".warc.gz") if path.is_dir() else [path]
    return found


def files_below(folder: Path, *endings: str) -> list[Path]:
    """The files in a folder and in all below it whose names end so. Raises `FileNotFoundError` where one of the folders
    cannot be read: what is in it must not be passed over.
    """

    def stop(error: OSError) -> None:
        raise FileNotFoundError(f"{error.filename}: {error.strerror}")

    walk = os.walk(folder, onerror=stop)
    return sorted(Path(at, name) for at, _, names in walk for name in names if name.endswith(endings))


def read_archive(path: Path) -> Iterator[Archived]:
    """The replies of one WARC file that a crawl of ours fetched, in the order they came. A record that is cut off ends
    the file without an error; `whole_length` tells.
    """
    with path.open("rb") as stream:
        held: tuple[str, str, int, Headers, bytes, datetime] | None = None
        for record in ArchiveIterator(stream, parse_http=True):
            kind = record.headers.get("WARC-Type")
            if kind == "response" and record.http_headers is not None:
                url = record.headers.get("WARC-Target-URI") or ""
                head = [(name, value) for name, value in record.http_headers.items()]
                body = record.reader.read()
                at = datetime.fromisoformat(record.headers.get("WARC-Date") or "")
                held = (record.record_id or "", url, record.http_headers.status_code or 0, head, body, at)
            elif kind == "metadata" and held is not None and record.headers.get("WARC-Refers-To") == held[0]:
                said = record.reader.read()
                if len(said) != record.content_length:
                    return
                yield Archived(held[1], held[2], held[3], held[4], held[5], json.loads(said))
                held = None


def whole_length(path: Path) -> int:
    """How many bytes of a `.warc.gz` file are whole records; less than its size where the last one is cut off."""
    whole = offset = 0
    with path.open("rb") as stream:
        inflate = zlib.decompressobj(31)
        while chunk := stream.read(1 << 20):
            while chunk:
                try:
                    inflate.decompress(chunk)
                except zlib.error:
                    return whole
                if not inflate.eof:
                    offset += len(chunk)
                    break
                offset += len(chunk) - len(inflate.unused_data)
                whole, chunk, inflate = offset, inflate.unused_data, zlib.decompressobj(31)
    return whole


def damage(path: Path) -> str | None:
    """What is wrong with a WARC file; None where all is well or a crawl still writes it."""
    if being_written(path):
        return None
    if not begins_as_warc(path):
        return "no WARC file"
    if not path.name.endswith(".gz"):
        return None
    whole, size = whole_length(path), path.stat().st_size
    if whole == size:
        return None
    kind = (
        "a record in the middle is damaged"
        if MEMBER in path.read_bytes()[whole + 1 :]
        else "the last record is cut off"
    )
    return f"{kind} at byte {whole} of {size}"


def begins_as_warc(path: Path) -> bool:
    """Whether a file begins as a WARC file, as far as it goes."""
    with path.open("rb") as stream:
        head = stream.read(4096)
    if head.startswith(MEMBER):
        try:
            head = zlib.decompressobj(31).decompress(head, len(BEGIN))
        except zlib.error:
            return MEMBER in path.read_bytes()[1:]  # a damaged one, of whose records some are whole
    return BEGIN.startswith(head[: len(BEGIN)])


def mend(path: Path) -> int:
    """Cut a file behind its last whole record, where only the last one is damaged; how many bytes were cut. A file
    without any whole record is removed.
    """
    said = damage(path)
    if said is None or "cut off" not in said:
        return 0
    whole, size = whole_length(path), path.stat().st_size
    if whole:
        os.truncate(path, whole)
    else:
        path.unlink()
    return size - whole


BEGIN = b"WARC/"
"""How a WARC record begins."""

MEMBER = b"\x1f\x8b\x08"
"""How a gzip member begins."""


def being_written(path: Path) -> bool:
    """Whether a crawl has the file open for writing."""
    with path.open("rb") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return True
    return False
