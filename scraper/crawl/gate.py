"""A gate that a browser goes through: it resolves names itself, and no private address is reached."""

import asyncio
from contextlib import suppress
from ipaddress import ip_address
from urllib.parse import urlsplit

from scraper.crawl.guard import Origin, is_private, origin_of

HEAD_LIMIT = 64 * 1024
"""Bytes of a request's head."""
OURS = (b"proxy-", b"connection:", b"keep-alive:")
"""Headers between a browser and its proxy."""
REFUSED = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Gate:
    """An HTTP proxy on loopback (RFC 9110: `CONNECT`, and absolute addresses for plain HTTP, one request each).

    `refused` holds the origins that were asked for and not let through, with their addresses.
    """

    def __init__(self, named: set[Origin], allow_all: bool) -> None:
        self.named = named
        self.allow_all = allow_all
        self.refused: dict[Origin, str] = {}
        self.server: asyncio.Server | None = None

    async def open(self) -> str:
        """Begin to listen; the address to give to a browser."""
        self.server = await asyncio.start_server(self.serve, "127.0.0.1", 0, limit=HEAD_LIMIT)
        return f"http://127.0.0.1:{self.server.sockets[0].getsockname()[1]}"

    def close(self) -> None:
        """Listen no more."""
        if self.server:
            self.server.close()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection of the browser."""
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError):
            head = await reader.readuntil(b"\r\n\r\n")
            method, target, version = head.partition(b"\r\n")[0].decode("latin-1").split(" ")
            origin = origin_of(target)
            address = await self.address_of(origin) if origin else None
            if origin is None or address is None:
                writer.write(REFUSED)
            else:
                far_reader, far_writer = await asyncio.open_connection(address, origin[1])
                if method == "CONNECT":
                    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
                else:
                    parts = urlsplit(target)
                    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
                    lines = [line for line in head.split(b"\r\n")[1:-2] if not line.lower().startswith(OURS)]
                    far_writer.write(b"\r\n".join([f"{method} {path} {version}".encode(), *lines]))
                    far_writer.write(b"\r\nConnection: close\r\n\r\n")
                await asyncio.gather(pipe(reader, far_writer), pipe(far_reader, writer))
        writer.close()

    async def address_of(self, origin: Origin) -> str | None:
        """The address to connect to; None where the name has none but private ones."""
        host, port = origin
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=1)
        addresses = [str(info[4][0]) for info in found]
        for address in addresses:
            if self.allow_all or origin in self.named or not is_private(ip_address(address)):
                return address
        if addresses:
            self.refused[origin] = addresses[0]
        return None


async def pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Bytes from one side to the other until there are no more."""
    with suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.close()
