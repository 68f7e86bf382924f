"""What a crawl costs, on loopback: against bare Scrapy, the second time, and in memory.

python benchmarks/crawling.py speed [POSTINGS]         whole crawl against a bare spider (default 5000)
python benchmarks/crawling.py again [POSTINGS]         requests and time of a second crawl, 1 % changed (20000)
python benchmarks/crawling.py memory [SMALL LARGE]     peak memory of a small and a large crawl (20000 200000)
"""

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from statistics import median
from typing import Any

BARE = """
import sys
import scrapy
from scrapy.crawler import CrawlerProcess

class Bare(scrapy.Spider):
    name = "bare"
    start_urls = [sys.argv[1]]
    def parse(self, response):
        yield from response.json()["jobs"]

settings = {"LOG_LEVEL": "ERROR", "FEEDS": {sys.argv[2]: {"format": "jsonlines"}}, "ROBOTSTXT_OBEY": True}
process = CrawlerProcess(settings | {"TELNETCONSOLE_ENABLED": False, "REMOTE_CONTROL_ENABLED": False})
process.crawl(Bare)
process.start()
"""

TEXT = """<h2>About us</h2><p>We make lamps for people who read at night, and have done so for long.</p>
<h2>What you will do</h2><ul><li>Write services in Go and keep PostgreSQL quick</li><li>Talk to the people who
build the lamps in Porto, and listen</li></ul><h2>What you bring</h2><ul><li>3+ years of experience with back-end
systems</li><li>Docker, Kubernetes and a calm hand</li></ul><h2>What you get</h2><ul><li>€55,000 to €65,000 a year</li>
<li>Private health insurance and 28 days of holiday</li></ul><p>Number %d of our lamps is the best one yet.</p>"""


class Lamps:
    """A site of numbered posts that answers as Greenhouse, as Wantapply's catalogue, and as its sitemap and pages."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.changed: set[int] = set()
        self.asked = 0
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                kind, body = site.answer(self.path)
                site.asked += not self.path.endswith("/robots.txt")
                data = body.encode()
                self.send_response(200 if kind else 404)
                self.send_header("Content-Type", kind or "text/plain")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def row(self, number: int) -> dict[str, Any]:
        return {
            "title": f"Senior Lamp Engineer {number}",
            "url": f"post-{number}",
            "companyName": "Lumo",
            "description": TEXT % (number + 1000 * (number in self.changed)),
            "levels": ["senior"],
            "jobLocations": [{"iso2": "PT", "name_en": "Portugal"}],
            "status": "published",
            "publishedAt": "2026-10-12T08:15:00.000Z",
        }

    def answer(self, path: str) -> tuple[str, str]:
        if "/v1/boards/" in path:
            jobs = [
                {
                    "id": number,
                    "title": f"Senior Lamp Engineer {number}",
                    "absolute_url": f"https://lumo.example/{number}",
                    "location": {"name": "Porto, Portugal"},
                    "content": (TEXT % number).replace("<", "&lt;").replace(">", "&gt;"),
                    "first_published": "2026-10-12T08:15:00-04:00",
                    "departments": [{"name": "Lamps"}],
                }
                for number in range(self.count)
            ]
            return "application/json", json.dumps({"jobs": jobs})
        if path.startswith("/api/jobs"):
            page = int(path.split("page=")[1].partition("&")[0])
            numbers = range(100 * (page - 1), min(100 * page, self.count))
            more = 100 * page < self.count
            reply = {"data": [self.row(n) for n in numbers], "hasNextPage": more, "total": self.count}
            return "application/json", json.dumps(reply)
        if path == "/sitemap.xml":
            marks = ("ab"[n in self.changed] for n in range(self.count))
            entries = "".join(
                f"<url><loc>https://x.example/post-{n}</loc><lastmod>{mark}</lastmod></url>"
                for n, mark in enumerate(marks)
            )
            return "application/xml", f'<?xml version="1.0"?><urlset xmlns="x">{entries}</urlset>'
        if path.startswith("/post-"):
            row = self.row(int(path[6:]))
            node = {"@type": "JobPosting", "title": row["title"], "hiringOrganization": {"name": "Lumo"}}
            head = f'<script type="application/ld+json">{json.dumps(node)}</script>'
            body = f'{head}<h1>{row["title"]}</h1><div class="Description">{row["description"]}</div>'
            return "text/html", f"<html><body>{body}</body></html>"
        return "", "not here"


def run(*command: str, home: str) -> tuple[float, float]:
    """Wall seconds and peak memory in MB of a command."""
    timed = ["/usr/bin/env", sys.executable, "-c", WATCH, *command]
    env = os.environ | {"ROLECALL_HOME": home}
    start = time.perf_counter()
    done = subprocess.run(timed, env=env, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - start
    if done.returncode:
        sys.exit(done.stderr)
    return seconds, float(done.stdout.splitlines()[-1])


WATCH = """
import resource, subprocess, sys
done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)
sys.exit(done.returncode)
"""

ROLECALL = (sys.executable, "-m", "scraper.cli", "crawl")
FAST = ("-s", "DOWNLOAD_DELAY=0", "-s", "CONCURRENT_REQUESTS_PER_DOMAIN=16")


def speed(count: int = 5000) -> None:
    site = Lamps(count)
    pairs = []
    for _ in range(3):
        with tempfile.TemporaryDirectory() as home:
            url = f"{site.url}/boards-api.greenhouse.io/v1/boards/lumo/jobs?content=true"
            bare, _ = run(sys.executable, "-c", BARE, url, f"{home}/bare.jsonl", home=home)
            mirror = ("-s", f"ROLECALL_MIRROR={site.url}")
            plain, _ = run(*ROLECALL, "greenhouse:lumo", *mirror, *FAST, "--no-store", "--no-archive", home=home)
            whole, _ = run(*ROLECALL, "greenhouse:lumo", *mirror, *FAST, home=home)
            pairs.append((bare, plain, whole))
    bare, plain, whole = (median(column) for column in zip(*pairs, strict=True))
    print(f"{count} postings of one Greenhouse board: bare Scrapy {bare:.1f} s")
    print(f"  rolecall without memory {plain:.1f} s = {median(p / b for b, p, _ in pairs):.2f} x bare")
    print(f"  rolecall with store and archive {whole:.1f} s = {median(w / b for b, _, w in pairs):.2f} x bare")


def again(count: int = 20_000) -> None:
    site = Lamps(count)
    with tempfile.TemporaryDirectory() as home:
        first, _ = run(*ROLECALL, "wantapply", "-a", f"host={site.url}", *FAST, home=home)
        asked, site.asked = site.asked, 0
        site.changed = set(range(0, count, 100))
        second, _ = run(*ROLECALL, "wantapply", "-a", f"host={site.url}", *FAST, home=home)
        size = sum(path.stat().st_size for path in Path(home).rglob("*") if path.is_file()) / 2**20
    print(f"{count} postings on pages of their own: {asked} requests in {first:.1f} s")
    print(f"  second crawl, 1 % changed: {site.asked} requests ({site.asked / asked:.2%}) in {second:.1f} s", end="")
    print(f" ({second / first:.1%}); {size:.0f} MB on disk")


def memory(small: int = 20_000, large: int = 200_000) -> None:
    peaks = []
    for count in (small, large):
        site = Lamps(count)
        with tempfile.TemporaryDirectory() as home:
            seconds, peak = run(*ROLECALL, "wantapply", "-a", "door=api", "-a", f"host={site.url}", *FAST, home=home)
        peaks.append(peak)
        print(f"{count} postings: {seconds:.0f} s, peak {peak:.0f} MB", flush=True)
    print(f"  ratio {peaks[1] / peaks[0]:.2f}")


if __name__ == "__main__":
    modes = {"speed": speed, "again": again, "memory": memory}
    if len(sys.argv) < 2 or sys.argv[1] not in modes:
        sys.exit(__doc__)
    modes[sys.argv[1]](*map(int, sys.argv[2:]))
