"""A site on loopback that answers as a test tells it, and remembers what it was asked."""

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Reply:
    """What a path answers. `cut` closes the connection after that many bytes."""

    body: str | bytes = ""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    type: str = "text/html; charset=utf-8"
    wait: float = 0.0
    cut: int | None = None


Answer = Reply | Callable[["Asked"], Reply]


@dataclass
class Asked:
    """A request that came in. `count` counts those for the same path, from 1."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    at: float
    count: int = 1


class Site:
    """The running site: its address, its answers by path (with or without the query) and the requests it got."""

    def __init__(self, answers: Mapping[str, Answer]) -> None:
        self.answers = dict(answers)
        self.asked: list[Asked] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self) -> None:
                size = int(self.headers.get("Content-Length") or 0)
                asked = Asked(self.command, self.path, dict(self.headers), self.rfile.read(size), time.monotonic())
                asked.count = 1 + sum(a.path == self.path for a in site.asked)
                site.asked.append(asked)
                found = site.answers.get(self.path) or site.answers.get(self.path.partition("?")[0])
                reply = found(asked) if callable(found) else found or Reply("not here", 404)
                time.sleep(reply.wait)
                body = reply.body.encode() if isinstance(reply.body, str) else reply.body
                self.send_response(reply.status)
                for name, value in ({"Content-Type": reply.type} | dict(reply.headers)).items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body[: reply.cut])
                self.close_connection = reply.cut is not None

            do_GET = do_POST = answer

            def log_message(self, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def paths(self) -> list[str]:
        """The paths asked for, those that ask for leave left out."""
        return [asked.path for asked in self.asked if asked.path not in ("/robots.txt", "/.well-known/tdmrep.json")]


@contextmanager
def serve(answers: Mapping[str, Answer]) -> Iterator[Site]:
    """Serve answers on loopback; stop at the end."""
    site = Site(answers)
    thread = threading.Thread(target=site.server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield site
    finally:
        site.server.shutdown()
        site.server.server_close()
        thread.join()


def as_json(data: Any) -> Reply:
    """A JSON reply."""
    return Reply(json.dumps(data), type="application/json")
