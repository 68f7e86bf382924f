"""Rolecall under load, on loopback, against bare Scrapy that fetches the same addresses.

python benchmarks/load.py lists [TARGETS POSTINGS]   a reply holds all postings of a target (1000 100)
python benchmarks/load.py pages [TARGETS POSTINGS]   a list and a page a posting (1000 100)
python benchmarks/load.py serve PORT POSTINGS        the server alone

The server is a process of its own that answers from memory, each reply 0 to 50 ms late. Printed are rates, their
ratio, where a posting's CPU goes (from a run of its own: clocks cost), and the memory at 10, 50 and 100 %.
"""

import asyncio
import json
import os
import random
import re
import resource
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

TEXT = """<h2>About us</h2><p>We make lamps for people who read at night, and have done so for %d years. Our workshop is
in Porto, our customers are everywhere, and our lamps burn oil that we press ourselves from what the valley gives.</p>
<h2>What you will do</h2><ul><li>Write services in Go and keep PostgreSQL quick</li><li>Talk to the people who build the
lamps, and listen</li><li>Watch over what runs, by day and sometimes by night</li></ul><h2>What you bring</h2><ul><li>3+
years of experience with back-end systems</li><li>Docker, Kubernetes and a calm hand</li><li>Good English; Portuguese
helps</li></ul><h2>What you get</h2><ul><li>€55,000 to €65,000 a year</li><li>Private health insurance and 28 days of
holiday</li><li>Two days a week from home</li></ul><p>We hire people of every kind. Number %d of our lamps is the best
one yet.</p>"""


def job(number: int) -> dict[str, Any]:
    """A row as SmartRecruiters lists it and as it gives its page; Greenhouse's has the same text."""
    return {
        "id": number,
        "title": f"Senior Lamp Engineer {number}",
        "absolute_url": f"https://lumo.example/{number}",
        "location": {"name": "Porto, Portugal"},
        "content": (TEXT % (number % 40 + 2, number)).replace("<", "&lt;").replace(">", "&gt;"),
        "first_published": "2026-10-12T08:15:00-04:00",
        "departments": [{"name": "Lamps"}],
    }


def posting(number: int) -> dict[str, Any]:
    """A posting as SmartRecruiters publishes it."""
    return {
        "id": f"{number}",
        "name": f"Senior Lamp Engineer {number}",
        "releasedDate": "2026-10-12T08:15:00.000Z",
        "location": {"city": "Porto", "country": "pt"},
        "company": {"name": "Lumo", "identifier": "lumo"},
    }


def replies(postings: int) -> dict[str, bytes]:
    """Every reply by the end of its path, ready to be sent."""
    found = {"/jobs": {"jobs": [job(number) for number in range(postings)]}}
    found["/postings"] = {
        "content": [posting(number) for number in range(postings)],
        "totalFound": postings,
        "offset": 0,
        "limit": 100,
    }
    for number in range(postings):
        sections = {"jobDescription": {"title": "The job", "text": TEXT % (number % 40 + 2, number)}}
        found[f"/postings/{number}"] = posting(number) | {"jobAd": {"sections": sections}}
    head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
    bodies = {path: json.dumps(reply).encode() for path, reply in found.items()}
    return {path: (head % len(body)).encode() + body for path, body in bodies.items()}


class Server(asyncio.Protocol):
    """Answers from memory; `GET /served` says how many replies were sent."""

    ready: dict[str, bytes]
    served = 0
    chance = random.Random(1)

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        self.heard = b""

    def data_received(self, data: bytes) -> None:
        self.heard += data
        while b"\r\n\r\n" in self.heard:
            head, _, self.heard = self.heard.partition(b"\r\n\r\n")
            path = head.split(b" ", 2)[1].decode().partition("?")[0]
            if path == "/served":
                self.transport.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n%d" % Server.served)
                self.transport.close()
                return
            end = re.sub(r"^.*/(jobs|postings)(/\d+)?$", r"/\1\2", path)
            reply = self.ready.get(end, b"HTTP/1.1 404 X\r\nContent-Length: 0\r\n\r\n")
            asyncio.get_running_loop().call_later(self.chance.uniform(0, 0.05), self.answer, reply)

    def answer(self, reply: bytes) -> None:
        Server.served += 1
        self.transport.write(reply)


def serve(port: int, postings: int) -> None:
    """Serve until killed."""

    async def main() -> None:
        server = await asyncio.get_running_loop().create_server(Server, "127.0.0.1", port)
        await server.serve_forever()

    Server.ready = replies(postings)
    asyncio.run(main())


MAIN = "from scraper.cli import main; main(prog_name='rolecall')"

CLOCKS = """
import atexit, json, pathlib
from functools import wraps
from time import process_time
from scraper import archive
from scraper.crawl import board, memory, pipelines, report
from scraper.store import Store
spent = {}
def clocked(place, name, label):
    real = getattr(place, name)
    @wraps(real)
    def timed(*args, **given):
        begin = process_time()
        try:
            return real(*args, **given)
        finally:
            spent[label] = spent.get(label, 0) + process_time() - begin
    setattr(place, name, timed)
clocked(pipelines, "parse_posting", "reading")
clocked(memory, "seen", "serialising, contacts")
clocked(Store, "see_all", "store")
clocked(Store, "known", "store")
clocked(Store, "still_there", "store")
clocked(Store, "finish", "store")
clocked(archive.ArchiveWriter, "write", "archive")
clocked(report.TargetReport, "count", "counting")
clocked(board.Board, "posting", "board")
def say():
    import resource
    used = resource.getrusage(resource.RUSAGE_SELF)
    pathlib.Path("CLOCKS").write_text(json.dumps(spent | {"all": used.ru_utime + used.ru_stime}))
atexit.register(say)
"""

NO_READERS = """
from scraper import parse
from scraper.crawl import pipelines
real, known = parse.parse_posting, {}
def stand_in(raw):
    if not known:
        known[0] = real(raw)
    update = {"id": f"{raw.board}:{raw.employer or ''}:{raw.key}", "key": raw.key, "employer": known[0].employer}
    return known[0].model_copy(update=update)
pipelines.parse_posting = stand_in
"""


@dataclass
class Run:
    """A finished command."""

    seconds: float
    cpu: float = 0
    rss: list[tuple[int, int]] = field(default_factory=list)
    """Replies served so far and MiB, over time."""

    def memory(self, share: float) -> int:
        """MiB when that share of the replies had been served."""
        first, last = self.rss[0][0], self.rss[-1][0]
        return next(mib for served, mib in self.rss if served >= first + share * (last - first))


def run(port: int, *command: str, home: str) -> Run:
    """Run Python to its end and watch its memory."""
    process = subprocess.Popen(
        [sys.executable, *command],
        env=os.environ | {"ROLECALL_HOME": home},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    done = Run(0)
    start, used = time.perf_counter(), cpu_of_children()

    def watch() -> None:
        while process.poll() is None:
            try:
                pages = int(Path(f"/proc/{process.pid}/statm").read_text().split()[1])
                done.rss.append((served(port), pages * os.sysconf("SC_PAGE_SIZE") // 2**20))
            except (OSError, ValueError, IndexError):
                return
            time.sleep(0.5)

    watcher = threading.Thread(target=watch)
    watcher.start()
    _, err = process.communicate()
    done.seconds, done.cpu = time.perf_counter() - start, cpu_of_children() - used
    watcher.join()
    if process.returncode:
        sys.exit(err.decode()[-3000:])
    return done


def cpu_of_children() -> float:
    """Seconds of CPU that commands which have ended took."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def served(port: int) -> int:
    """How many replies the server has sent. Raises `OSError` where it does not answer."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/served") as reply:
        return int(reply.read())


def lines(path: Path) -> int:
    """How many lines a file has."""
    with path.open() as file:
        return sum(1 for _ in file)


def measure(shape: str, targets: int = 1000, postings: int = 100) -> None:
    """Crawl everything four times: bare, without readers, whole, and with clocks."""
    port = random.randrange(20_000, 30_000)
    server = subprocess.Popen([sys.executable, __file__, "serve", str(port), str(postings)])
    try:
        while True:
            try:
                served(port)
                break
            except OSError:
                time.sleep(0.1)
        compare(shape, port, targets, postings)
    finally:
        server.kill()


def rates(run: Run, bare: Run, count: int) -> str:
    """A run's rates, and their share of those of bare Scrapy; CPU is what a shared machine does not change."""
    wall = f"{run.seconds:7.1f} s, {count / run.seconds:5.0f} postings/s ({bare.seconds / run.seconds:4.0%})"
    return f"{wall}; CPU {run.cpu:6.1f} s, {count / run.cpu:5.0f} postings/s ({bare.cpu / run.cpu:4.0%})"


def compare(shape: str, port: int, targets: int, postings: int) -> None:
    """Print what `measure` finds."""
    board = "greenhouse" if shape == "lists" else "smartrecruiters"
    count, url = targets * postings, f"http://127.0.0.1:{port}"
    crawl = ["crawl", *(f"{board}:t{number}" for number in range(targets))]
    for setting in (f"ROLECALL_MIRROR={url}", "DOWNLOAD_DELAY=0", "CONCURRENT_REQUESTS_PER_DOMAIN=16"):
        crawl += ["-s", setting]
    print(f"{targets} targets, {count} postings ({shape}), Python {sys.version.split()[0]}, {os.cpu_count()} cores")
    with tempfile.TemporaryDirectory() as home:
        spider = str(Path(__file__).with_name("bare.py"))
        bare = run(port, spider, url, str(targets), shape, f"{home}/bare.jsonl", home=home)
        assert lines(Path(home, "bare.jsonl")) == count
    print(f"{'bare Scrapy':28} {rates(bare, bare, count)}", flush=True)
    for label, code in (("Rolecall, readers left out", NO_READERS + MAIN), ("Rolecall", MAIN)):
        with tempfile.TemporaryDirectory() as home:
            whole = run(port, "-c", code, *crawl, home=home)
            assert lines(Path(home, "posts.jsonl")) == count
        print(f"{label:28} {rates(whole, bare, count)}", flush=True)
        print("    MiB when 10, 50, 100 % of the replies were out:", *map(whole.memory, (0.1, 0.5, 1)))
    with tempfile.TemporaryDirectory() as home:
        clocks = Path(home, "clocks.json")
        run(port, "-c", CLOCKS.replace("CLOCKS", str(clocks)) + MAIN, *crawl, home=home)
        spent = json.loads(clocks.read_text())
    whole_time = spent.pop("all")
    spent["Scrapy and the rest"] = whole_time - sum(spent.values())
    print(f"CPU: {1000 * whole_time / count:.2f} ms a posting")
    for label, seconds in sorted(spent.items(), key=lambda item: -item[1]):
        print(f"    {label:20} {1000 * seconds / count:6.2f} ms {seconds / whole_time:6.1%}")
    least = bare.cpu + spent["reading"]
    share = f"Rolecall makes {least / whole_time:.0%} of that rate"
    print(f"bare Scrapy and the readers: {1000 * least / count:.2f} ms a posting; {share}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["serve"]:
        serve(int(sys.argv[2]), int(sys.argv[3]))
    elif sys.argv[1:2] in (["lists"], ["pages"]):
        measure(sys.argv[1], *map(int, sys.argv[2:]))
    else:
        sys.exit(__doc__)
