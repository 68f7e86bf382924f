"""A server on loopback that does with a connection whatever a case tells it: reset, drip, lie, or answer well."""

import asyncio
import json
import socket
import ssl
import struct
import threading
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

Act = Callable[[asyncio.StreamWriter, str], Awaitable[None]]
"""What is done with the connection of a request for a path."""


@dataclass
class Chaos:
    """A running server: what it does for paths that begin with a prefix (the longest wins), and what it was asked."""

    acts: dict[str, Act]
    url: str = ""
    port: int = 0
    asked: Counter[str] = field(default_factory=Counter)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                path = head.split(" ", 2)[1]
                length = next(
                    (line[16:] for line in head.split("\r\n") if line.lower().startswith("content-length")), "0"
                )
                await reader.readexactly(int(length))
                self.asked[path] += 1
                found = max((prefix for prefix in self.acts if path.startswith(prefix)), key=len, default=None)
                await (self.acts[found] if found else says(b"not here", 404))(writer, path)
                await writer.drain()
        writer.close()


@contextmanager
def serve(acts: Mapping[str, Act], certificate: tuple[str, str] | None = None) -> Iterator[Chaos]:
    """Serve on every loopback address, with TLS where a certificate and its key are given."""
    chaos = Chaos(dict(acts))
    loop = asyncio.new_event_loop()
    context = None
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate)
    listening = socket.create_server(("127.0.0.1", 0), backlog=500)
    chaos.port = listening.getsockname()[1]
    chaos.url = f"http://127.0.0.1:{chaos.port}"

    async def main() -> None:
        await asyncio.start_server(chaos.serve, sock=listening, ssl=context)

    loop.run_until_complete(main())
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield chaos
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        for task in asyncio.all_tasks(loop):
            task.cancel()
            with suppress(asyncio.CancelledError):
                loop.run_until_complete(task)
        listening.close()


# -- what it does -----------------------------------------------------------------------------------------------------


def head(status: int | str, headers: Mapping[str, str]) -> bytes:
    lines = [f"HTTP/1.1 {status} X", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
    return "\r\n".join(lines).encode("latin-1")


def says(body: bytes | str, status: int | str = 200, type: str = "application/json", **headers: str) -> Act:
    """A well-formed reply; `headers` may say otherwise (`Content_Length="7"`)."""
    data = body.encode() if isinstance(body, str) else body
    given = {"Content-Type": type, "Content-Length": str(len(data))}
    given |= {name.replace("_", "-"): value for name, value in headers.items()}

    async def act(writer: asyncio.StreamWriter, path: str) -> None:
        writer.write(head(status, given) + data)

    return act


def sends(*parts: bytes | float, then: str = "close") -> Act:
    """Raw bytes, with pauses (numbers are seconds); then `close`, `reset`, or `hold` the connection open."""

    async def act(writer: asyncio.StreamWriter, path: str) -> None:
        for part in parts:
            if isinstance(part, bytes):
                writer.write(part)
                await writer.drain()
            else:
                await asyncio.sleep(part)
        if then == "hold":
            await asyncio.sleep(60)
        if then == "reset":
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()
        writer.close()
        raise ConnectionError

    return act


def streams(make: Callable[[], AsyncIterator[bytes]]) -> Act:
    """Bytes for as long as the other side takes them."""

    async def act(writer: asyncio.StreamWriter, path: str) -> None:
        async for part in make():
            writer.write(part)
            await writer.drain()
        writer.close()
        raise ConnectionError

    return act


def drips(start: bytes, body: bytes, seconds: float = 1.0) -> Act:
    """A start, then a byte every so often."""

    async def parts() -> AsyncIterator[bytes]:
        yield start
        for byte in body:
            await asyncio.sleep(seconds)
            yield bytes([byte])

    return streams(parts)


def in_turn(*acts: Act) -> Act:
    """The first request gets the first act, and so on; the last one stays."""
    left = list(acts)

    async def act(writer: asyncio.StreamWriter, path: str) -> None:
        await (left.pop(0) if len(left) > 1 else left[0])(writer, path)

    return act


# -- what boards answer -----------------------------------------------------------------------------------------------


def job(number: int = 1, **more: Any) -> dict[str, Any]:
    """A row as Greenhouse gives it."""
    return {
        "id": number,
        "title": f"Lamp Tester {number}",
        "absolute_url": f"https://lumo.example/{number}",
        "content": "&lt;p&gt;You test lamps at night.&lt;/p&gt;",
        **more,
    }


def rows(*jobs: Any) -> bytes:
    return json.dumps({"jobs": list(jobs)}).encode()


GOOD = rows(job(1), job(2), job(3))
