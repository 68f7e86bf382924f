"""Many sites on loopback: each of 127.0.0.1, 127.0.0.2, … holds the careers pages of several employers."""

import json
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from scraper.store import open_store


class Farm(ThreadingHTTPServer):
    """One server for all hosts. `asked` holds when each host was asked for what, by the clock of this process."""

    daemon_threads = True
    request_queue_size = 512

    def __init__(self, hosts: int, employers: int, posts: int) -> None:
        super().__init__(("0.0.0.0", 0), Page)
        self.hosts, self.employers, self.posts = hosts, employers, posts
        self.asked: dict[str, list[tuple[float, str]]] = defaultdict(list)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Whoever asked was killed."""

    def targets(self) -> list[str]:
        """Every employer of every host."""
        return [
            f"careers:http://127.0.{host // 250}.{host % 250 + 1}:{self.server_port}/e{number}/"
            for host in range(self.hosts)
            for number in range(self.employers)
        ]

    def fastest(self, requests: int) -> float:
        """The least seconds that any host was given for so many requests in a row."""
        spans = [
            times[n + requests - 1] - times[n]
            for rows in self.asked.values()
            for times in [sorted(at for at, _ in rows)]
            for n in range(len(times) - requests + 1)
        ]
        return min(spans, default=float("inf"))


class Page(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Farm

    def do_GET(self) -> None:
        host = str(self.headers["Host"]).partition(":")[0]
        self.server.asked[host].append((time.monotonic(), self.path))
        parts = self.path.strip("/").split("/")
        body = ""
        if parts[0][:1] == "e" and parts[0][1:].isdigit():
            if len(parts) == 1:
                links = [f'<a href="{self.path}jobs/{n}-tester">Tester {n}</a>' for n in range(self.server.posts)]
                body = f"<html><body>{''.join(links)}</body></html>"
            elif len(parts) == 3:
                body = post(host, parts[0], parts[2])
        data = body.encode()
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args: Any) -> None:
        pass


def post(host: str, employer: str, slug: str) -> str:
    """The page of one invented post."""
    number = slug.partition("-")[0]
    node = {
        "@type": "JobPosting",
        "title": f"Lamp Tester {number}",
        "description": f"<p>You test lamp {number} of {employer} at {host}. Python and Go are needed.</p>",
        "hiringOrganization": {"name": f"Lumo {employer} {host}"},
        "jobLocation": {"address": {"addressLocality": "Berlin", "addressCountry": "DE"}},
    }
    return f'<html><script type="application/ld+json">{json.dumps(node)}</script><h1>Lamp Tester {number}</h1></html>'


@contextmanager
def farm(hosts: int, employers: int, posts: int) -> Iterator[Farm]:
    """Serve a farm; stop at the end."""
    server = Farm(hosts, employers, posts)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def write_watchlist(home: Path, targets: Sequence[str]) -> None:
    """A watchlist of these targets."""
    home.mkdir(parents=True, exist_ok=True)
    rows = "\n".join(f'[[targets]]\ntarget = "{target}"' for target in targets)
    (home / "watchlist.toml").write_text(rows, encoding="utf-8")


def contents(path: Path) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """The records of a store by id, without the time they were fetched, and its events in the order of ids."""
    store = open_store(path)
    records = {row["id"]: json.loads(row["record"]) for row in store.postings()}
    for record in records.values():
        record.pop("fetched_at")
    events = sorted((row["id"], row["kind"]) for row in store.events())
    assert store.faults() == []
    store.close()
    return records, events
