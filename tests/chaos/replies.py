"""The cases of hostile replies: what the server does, and what must be said and stored."""

import gzip
import json
from asyncio import StreamWriter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import cache

import brotli
from backports import zstd

from tests.chaos.site import GOOD, Act, drips, head, in_turn, job, rows, says, sends, streams

JSON = {"Content-Type": "application/json"}
FORGED = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n" + rows(job(666)).ljust(99)


@dataclass(frozen=True)
class Case:
    """`act` is done with the list's page; the target must end with `outcome`, `why` in its reason, `keys` stored."""

    act: Act
    outcome: str
    why: str
    keys: tuple[str, ...] = ()


@cache
def bomb(kind: str) -> bytes:
    """A gigabyte of spaces (gzip: two hundred megabytes), packed."""
    zeros = b" " * 2**20
    if kind == "gzip":
        return gzip.compress(zeros * 200, 9)
    if kind == "gzip, gzip":
        return gzip.compress(gzip.compress(zeros * 200, 9))
    if kind == "br":
        packer = brotli.Compressor(quality=5)
        return b"".join([packer.process(zeros) for _ in range(1024)]) + packer.finish()
    other = zstd.ZstdCompressor(3)
    return b"".join([other.compress(zeros) for _ in range(1024)]) + other.flush()


def packed(kind: str, named: bool = True) -> Act:
    """A bomb, which is made when it is asked for, with or without its encoding named."""

    async def act(writer: StreamWriter, path: str) -> None:
        await says(bomb(kind), **({"Content_Encoding": kind} if named else {}))(writer, path)

    return act


async def headers_for_ever() -> AsyncIterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
    for block in range(100):
        yield b"".join(b"X-Lamp-%d: %d\r\n" % (n, n) for n in range(block * 10_000, block * 10_000 + 10_000))
    yield b"Content-Length: %d\r\n\r\n" % len(GOOD) + GOOD


async def one_header_of_10_mb() -> AsyncIterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\nX-Lamp: "
    for _ in range(160):
        yield b"x" * 65536
    yield b"\r\nContent-Length: %d\r\n\r\n" % len(GOOD) + GOOD


async def informed_for_ever() -> AsyncIterator[bytes]:
    while True:
        yield b"HTTP/1.1 103 Early Hints\r\nLink: </lamp.css>\r\n\r\n" * 100


async def body_for_ever() -> AsyncIterator[bytes]:
    yield head(200, JSON | {"Transfer-Encoding": "chunked"})
    while True:
        yield b"10000\r\n" + b" " * 65536 + b"\r\n"


async def to_somewhere_new(writer: StreamWriter, path: str) -> None:
    await says(b"", 302, Location=f"?further={len(path)}{'x' * path.count('x')}x")(writer, path)


def nested(depth: int) -> bytes:
    return rows({**job(9), "deep": 0}).replace(b"0}", b"[" * depth + b"0" + b"]" * depth + b"}")


TIMES = "took longer than"
LIST_CASES = {
    "reset": Case(sends(head(200, JSON | {"Content-Length": "900"}) + GOOD[:40], then="reset"), "broken", ""),
    "reset-once": Case(in_turn(sends(b"HTTP/1.1 200", then="reset"), says(GOOD)), "ok", "", ("1", "2", "3")),
    "hang-up": Case(sends(then="close"), "broken", ""),
    "hang-up-after-headers": Case(sends(head(200, JSON | {"Content-Length": "900"})), "broken", ""),
    "silent": Case(sends(then="hold"), "broken", TIMES),
    "stalls": Case(
        sends(head(200, JSON | {"Content-Length": str(len(GOOD))}) + GOOD[:50], 10.0, GOOD[50:]), "broken", TIMES
    ),
    "drips": Case(drips(head(200, JSON | {"Content-Length": str(len(GOOD))}), GOOD), "broken", TIMES),
    "drips-headers": Case(drips(b"HTTP/1.1 200 OK\r\nX-Lamp: ", b"oil" * 99), "broken", TIMES),
    "hints-for-ever": Case(streams(informed_for_ever), "broken", ""),
    "length-too-long": Case(sends(head(200, JSON | {"Content-Length": "99999"}) + GOOD), "broken", ""),
    "length-too-short": Case(
        sends(head(200, JSON | {"Content-Length": "60"}) + GOOD, then="hold"), "broken", "not JSON"
    ),
    "length-forged": Case(
        sends(head(200, JSON | {"Content-Length": str(len(GOOD))}) + GOOD + FORGED, then="hold"),
        "ok",
        "",
        ("1", "2", "3"),
    ),
    "length-negative": Case(says(GOOD, Content_Length="-5"), "broken", ""),
    "length-words": Case(says(GOOD, Content_Length="many"), "broken", ""),
    "length-twice": Case(
        sends(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 99\r\n\r\n" + GOOD), "broken", ""
    ),
    "chunk-garbage": Case(sends(head(200, JSON | {"Transfer-Encoding": "chunked"}) + b"zz\r\n" + GOOD), "broken", ""),
    "chunk-cut": Case(sends(head(200, JSON | {"Transfer-Encoding": "chunked"}) + b"ff\r\n" + GOOD[:99]), "broken", ""),
    "chunk-huge": Case(
        sends(head(200, JSON | {"Transfer-Encoding": "chunked"}) + b"f" * 16 + b"\r\n" + GOOD), "broken", ""
    ),
    "bomb-gzip": Case(packed("gzip"), "broken", "unpack to more than"),
    "bomb-gzip-twice": Case(packed("gzip, gzip"), "broken", "unpack to more than"),
    "bomb-br": Case(packed("br"), "broken", "unpack to more than"),
    "bomb-zstd": Case(packed("zstd"), "broken", "unpack to more than"),
    "bomb-gzip-unnamed": Case(packed("gzip", named=False), "broken", "unpack to more than"),
    "gzip-lie": Case(says(GOOD, Content_Encoding="gzip"), "broken", ""),
    "gzip-cut": Case(says(gzip.compress(GOOD)[:-30], Content_Encoding="gzip"), "broken", ""),
    "br-lie": Case(says(GOOD, Content_Encoding="br"), "broken", ""),
    "zstd-lie": Case(says(GOOD, Content_Encoding="zstd"), "broken", ""),
    "deflate-lie": Case(says(GOOD, Content_Encoding="deflate"), "broken", ""),
    "encoding-unknown": Case(says(GOOD, Content_Encoding="lamp"), "ok", "", ("1", "2", "3")),
    "page-of-50-mb": Case(
        says(GOOD[:-2] + b", " + json.dumps(job(4, content="lamp oil " * 5_500_000)).encode() + b"]}"),
        "ok",
        "",
        ("1", "2", "3", "4"),
    ),
    "page-of-50-mb-of-nothing": Case(says(GOOD + b" " * 50_000_000), "ok", "", ("1", "2", "3")),
    "body-for-ever": Case(streams(body_for_ever), "broken", ""),
    "length-of-a-terabyte": Case(sends(head(200, JSON | {"Content-Length": str(2**40)}) + GOOD), "broken", ""),
    "redirect-to-itself": Case(says(b"", 302, Location="?content=true&pay_transparency=true"), "broken", "redirect"),
    "redirect-for-ever": Case(to_somewhere_new, "broken", "redirect"),
    "redirect-to-private": Case(
        says(b"", 302, Location="http://169.254.169.254/latest/meta-data"), "refused", "private address"
    ),
    "redirect-to-private-in-octal": Case(says(b"", 307, Location="http://0177.0.0.1/"), "refused", "private address"),
    "redirect-to-private-v6": Case(says(b"", 308, Location="http://[::ffff:10.0.0.1]/"), "refused", "private address"),
    "redirect-to-file": Case(says(b"", 301, Location="file:///etc/passwd"), "broken", ""),
    "redirect-to-garbage": Case(says(b"", 302, Location="http://[::1"), "broken", ""),
    "redirect-to-nowhere": Case(says(b"", 302), "broken", ""),
    "charset-utf-16": Case(says(GOOD.decode().encode("utf-16")), "ok", "", ("1", "2", "3")),
    "charset-unknown": Case(says(GOOD, type="application/json; charset=lamp"), "ok", "", ("1", "2", "3")),
    "charset-wrong": Case(
        says(json.dumps({"jobs": [job(1, title="Lüftung")]}, ensure_ascii=False).encode("latin-1")), "ok", "", ("1",)
    ),
    "byte-order-mark": Case(says(b"\xef\xbb\xbf" + GOOD), "ok", "", ("1", "2", "3")),
    "nuls": Case(says(rows(job(1, title="Lamp\0Tester"), job(2, content="\0" * 500))), "ok", "", ("1", "2")),
    "nuls-between": Case(says(b"\0" * 100 + GOOD), "broken", "not JSON"),
    "half-a-surrogate": Case(
        says(rows(job(1), job(2, content="lamp \ud83d", title="\udc00 Tester"))), "ok", "", ("1", "2")
    ),
    "no-number": Case(
        says(rows(job(1, odd=float("nan")), job(2, odd=float("-inf")), job(3))), "ok", "", ("1", "2", "3")
    ),
    "number-too-large": Case(
        says(rows(job(1), job(2)).replace(b'"id": 2', b'"odd": 1e999, "id": 2')), "ok", "", ("1", "2")
    ),
    "integer-too-large": Case(
        says(rows(job(1), job(2)).replace(b'"id": 2', b'"odd": ' + b"9" * 5000 + b', "id": 2')), "ok", "", ("1", "2")
    ),
    "keys-twice": Case(says(rows(job(1), job(2)).replace(b'"id": 2', b'"id": 7, "id": 2')), "ok", "", ("1", "2")),
    "posting-twice": Case(says(rows(job(1), job(2), job(1), job(2))), "ok", "", ("1", "2")),
    "json-cut": Case(says(GOOD[:-30]), "broken", "not JSON"),
    "json-deep": Case(says(nested(10_000)), "broken", "not JSON"),
    "json-rather-deep": Case(says(nested(900)), "partial", "rejected: RecursionError"),
    "json-null": Case(says(b"null"), "broken", "no jobs"),
    "json-other": Case(says(b'{"jobs": "none"}'), "broken", ""),
    "rows-of-rubbish": Case(says(rows(None, 3, "x", {}, [], job(1))), "partial", "", ("1",)),
    "html-instead": Case(says(b"<html>Please sign in</html>", type="text/html"), "login", "web page"),
    "empty-body": Case(says(b""), "broken", ""),
    "status-204": Case(sends(head(204, {})), "broken", ""),
    "status-206": Case(says(GOOD[:100], 206), "broken", ""),
    "status-500": Case(says(b"oops", 500), "broken", "HTTP 500"),
    "status-999": Case(says(b"no", 999), "broken", "999"),
    "status-0": Case(says(b"no", "000"), "broken", ""),
    "status-garbage": Case(sends(b"SSH-2.0-OpenSSH_9.2p1 Debian\r\n"), "broken", ""),
    "many-headers": Case(streams(headers_for_ever), "broken", "headers"),
    "large-header": Case(streams(one_header_of_10_mb), "broken", ""),
    "headers-of-rubbish": Case(
        sends(
            b"HTTP/1.1 200 OK\r\n\xff\xfe: \x00\r\n: \r\nno colon\r\n folded\r\nContent-Length: %d\r\n\r\n" % len(GOOD)
            + GOOD
        ),
        "broken",
        "",
    ),
    "content-type-rubbish": Case(says(GOOD, type="lamp/\xe9;;;=\x01"), "ok", "", ("1", "2", "3")),
    "etag-rubbish": Case(says(GOOD, ETag="\xff" * 9000), "ok", "", ("1", "2", "3")),
}
