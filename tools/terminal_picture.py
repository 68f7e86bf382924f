"""Draws what a terminal shows while a crawl runs: python tools/terminal_picture.py [FILE]  (default docs/crawl.svg)

A real crawl of invented employers on loopback, some of them ill; the picture is taken midway, the report at the end.
"""

import json
import random
import re
import sys
import tempfile
import threading
import time
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import StringIO
from pathlib import Path
from typing import Any

from rich.console import Console

from scraper.crawl.progress import Progress, Tally, quiet_log
from scraper.crawl.run import crawl

WIDTH, HEIGHT = 118, 30
BOARDS = ("smartrecruiters", "greenhouse", "lever")
NAMES = """lumo wickerfall nightlight oilpress glimmer candela tallow beacon flint ember lantern sconce halo filament
dusk glow tinder spark flare brazier chimney mantle gaslight kindle""".split()
ILL = {"tallow": 403, "flint": 500, "sconce": 404, "gaslight": 429}
TEXT = "<h2>What you do</h2><p>You test lamps at night, {} of them.</p><h2>What you get</h2><p>€50,000 a year.</p>"


class Site(BaseHTTPRequestHandler):
    """Answers as the APIs of three boards do, each reply late; a fifth of the employers are ill."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        host, *path = self.path.partition("?")[0].strip("/").split("/")
        name = next((part for part in path if part in NAMES), "")
        time.sleep(random.Random(self.path).uniform(0.05, 0.4))
        count = len(name) * 9
        reply: Any = {}
        if "greenhouse" in host:
            rows = [{"id": n, "title": "Lamp Tester", "absolute_url": f"https://x.example/{n}"} for n in range(count)]
            reply = {"jobs": [row | {"content": TEXT.format(row["id"])} for row in rows]}
        elif "lever" in host:
            rows = [
                {"id": f"{name}{n}", "text": "Lamp Tester", "hostedUrl": f"https://x.example/{n}"} for n in range(count)
            ]
            reply = [row | {"description": TEXT.format(n)} for n, row in enumerate(rows)]
        elif len(path) > 4:
            section = {"title": "The job", "text": TEXT.format(path[4])}
            reply = {"id": path[4], "name": "Lamp Tester", "jobAd": {"sections": {"jobDescription": section}}}
        elif path:
            rows = [{"id": f"{name}{n}", "name": "Lamp Tester"} for n in range(count)]
            reply = {"content": rows, "totalFound": count, "offset": 0, "limit": 100}
        status = 404 if self.path.endswith("robots.txt") else ILL.get(name, 200)
        body = json.dumps(reply).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        pass


def draw(path: Path) -> None:
    """Crawl, and write the picture."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    targets = [f"{BOARDS[number % 3]}:{name}" for number, name in enumerate(NAMES)]
    paper = Console(record=True, width=WIDTH, height=HEIGHT, file=StringIO(), force_terminal=True)
    progress = Progress(Console(file=StringIO()))

    def look() -> None:
        while not progress.over.wait(0.2):
            tally = Tally(progress.running.reports(), {})
            if len(tally.done) >= len(NAMES) * 0.6 and progress.pace.seconds > 8:
                paper.print("$ rolecall crawl smartrecruiters:lumo greenhouse:wickerfall …", highlight=False)
                paper.print(progress.picture())
                return

    with tempfile.TemporaryDirectory() as home, ExitStack() as stack:
        settings = quiet_log() | {
            "ROLECALL_MIRROR": f"http://127.0.0.1:{server.server_port}",
            "ROLECALL_STORE": f"{home}/rolecall.db",
            "ROLECALL_REJECTS": f"{home}/rejects.jsonl",
            "DOWNLOAD_DELAY": 0.1,
            "RETRY_TIMES": 0,
            "LOG_LEVEL": "ERROR",
        }
        stack.enter_context(progress)
        watcher = threading.Thread(target=look)
        watcher.start()
        crawl(targets, lambda posting: None, settings, watch=progress.watch)
    watcher.join()
    path.parent.mkdir(parents=True, exist_ok=True)
    svg = paper.export_svg(title="rolecall crawl")
    svg = re.sub(r"@font-face \{.*?\}", "", svg, flags=re.DOTALL)  # a picture loads nothing
    path.write_text(svg, encoding="utf-8")


if __name__ == "__main__":
    draw(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/crawl.svg"))
