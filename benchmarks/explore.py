"""How long the explorer takes over a large store: to make its tables, to start again, to answer a page.

`python benchmarks/explore.py [POSTINGS] [FOLDER]` fills a store of invented posts (kept in FOLDER for the next run),
serves it on loopback and prints for each kind of page p50 and p95 of its wall time and its CPU time of the server, in
milliseconds, beside the bar that is asked for. CPU time needs Linux.
"""

import os
import random
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import orjson

from scraper.contacts import edition
from scraper.demo.posts import load_posts
from scraper.explore.refresh import read_only, refresh
from scraper.parse import parse_posting
from scraper.posting import RawPosting
from scraper.store import Store, open_store

COUNTRIES = "DE FR ES PT IT PL NL GB US CA AT CH IE SE FI CZ RO BR IN JP".split()
FACETS, FIRST_PAINT = 500, 1000
"""Milliseconds that a page with counts, and any other page, may take."""

PAGES = {
    "postings": "/explore/postings",
    "open": "/explore/postings?state=open",
    "one wide facet": "/explore/postings?workplace=remote",
    "two wide facets": "/explore/postings?state=open&workplace=remote",
    "three facets": "/explore/postings?state=open&workplace=remote&_skill=Go",
    "lists": "/explore/postings?_skill=Go&_skill=Python&_country=DE",
    "a rare word": "/explore/postings?_search=365",
    "words and a state": "/explore/postings?_search=platform+engineer&state=open",
    "words and a country": "/explore/postings?_search=python&_country=DE",
    "a role": "/explore/postings?role__contains=engineer",
    "skills": "/explore/skills",
    "places": "/explore/locations",
    "events": "/explore/events",
}
OTHERS = {
    "landing": "/",
    "CSV": "/explore/postings.csv?_search=python&_country=DE",
    "query: what changed": "/explore/what-changed",
    "query: pay": "/explore/pay?role=engineer",
}


def records() -> list[dict[str, Any]]:
    """Read records of the demo site's posts, made longer by each other's text to a usual length."""
    posts = load_posts()
    made = []
    for number, post in enumerate(posts):
        text = post.description + posts[number - 1].description
        raw = RawPosting(
            board="wantapply",
            key=str(number),
            url=f"https://jobs.example/{number}",
            title=post.title,
            employer_name=post.employer.name,
            description=text,
            workplace=post.workplace,
            tags=["Go", "Python"] if number % 3 else [],
            locations=[place.city or place.country for place in post.places],
            published=post.published.isoformat(),
            seen_at="2026-11-02T09:30:00Z",
        )
        made.append(orjson.loads(parse_posting(raw).model_dump_json(by_alias=True)))
    return made


def rows(count: int, chance: random.Random) -> Iterator[tuple[Any, ...]]:
    """Rows of the store's table of postings."""
    models = records()
    for number in range(count):
        record = chance.choice(models) | {"key": str(number), "id": f"greenhouse:e{number % 4000}:{number}"}
        record["employer"] = {"slug": f"e{number % 4000}", "name": f"Employer {number % 4000}", "url": None}
        record["board"] = f"board{number % 40}"
        if record["locations"]:
            country = chance.choice(COUNTRIES)
            record["locations"] = [place | {"country": country} for place in record["locations"]]
        day = f"2026-{chance.randint(6, 10):02}-{chance.randint(1, 28):02}T0{chance.randint(0, 9)}:12:30Z"
        seen = "2026-11-02T09:30:00Z"
        target = f"greenhouse:e{number % 4000}"
        closed = seen if number % 10 == 0 else None
        clean = edition() if number % 50 else None  # two real postings in a hundred hold a contact
        said = orjson.dumps(record).decode()
        yield record["id"], target, record["key"], said, "0" * 32, day, seen, seen, number % 4000 + 1, closed, clean


def fill(store: Store, count: int) -> None:
    """A store of so many postings, its crawls and the events of their lives."""
    with store.transaction() as db:
        names = "id, target, key, record, fingerprint, first_seen_at, last_seen_at, fetched_at, crawl, closed_at, clean"
        db.executemany(f"INSERT INTO postings ({names}) VALUES ({', '.join('?' * 11)})", rows(count, random.Random(7)))
        db.execute(
            "INSERT INTO crawls (run, target, started_at, finished_at, outcome, whole, report) SELECT DISTINCT 'r1',"
            " target, '2026-11-02T09:00:00Z', '2026-11-02T09:40:00Z', 'ok', 1, '{\"found\": 50}' FROM postings"
        )
        db.execute(
            "INSERT INTO events (at, crawl, kind, target, id) SELECT first_seen_at, 1, 'new', target, id FROM postings"
        )
        db.execute(
            "INSERT INTO events (at, crawl, kind, target, id, changes) SELECT last_seen_at, 1, 'changed', target, id,"
            ' \'{"workplace": {"before": "hybrid", "after": "remote"}}\' FROM postings WHERE key % 20 = 0'
        )


def touch(store: Store, count: int) -> None:
    """As a crawl of one employer that read each of its postings again."""
    with store.transaction() as db:
        db.execute(
            "INSERT INTO crawls (run, target, started_at, finished_at, outcome, whole, report)"
            " VALUES ('r2', 'greenhouse:e7', '2026-11-03T09:00:00Z', '2026-11-03T09:40:00Z', 'ok', 1, '{}')"
        )
        later = "2026-11-03T09:30:00Z"
        db.execute(
            "UPDATE postings SET fetched_at = ?, last_seen_at = ? WHERE target = 'greenhouse:e7'", (later, later)
        )


def timed(what: str, work: Any) -> Any:
    """Do it, and print its seconds: of the clock, and of CPU."""
    start, before = time.perf_counter(), time.process_time()
    done = work()
    print(f"{what:24}{time.perf_counter() - start:8.1f} s{time.process_time() - before:8.1f} s CPU", flush=True)
    return done


def cpu(process: int) -> float:
    """Milliseconds of CPU that a process has used."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return 1000 * (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def ask(name: str, urls: list[str], process: int, bar: int) -> None:
    """Ask for pages, one after the other, and print what they took."""
    took, before = [], cpu(process)
    for url in urls:
        start = time.perf_counter()
        with urlopen(url) as reply:
            reply.read()
        took.append(1000 * (time.perf_counter() - start))
    used = (cpu(process) - before) / len(urls)
    took.sort()
    half, most = took[len(took) // 2], took[int(0.95 * (len(took) - 1))]
    print(f"{name:24}{half:8.0f}{most:8.0f}{used:8.0f}{bar:8}{'' if most < bar else '  MISSED'}", flush=True)


def main(count: int, folder: Path) -> None:
    path, tables = folder / "rolecall.db", folder / "explore.db"
    if not path.exists():
        store = open_store(path)
        timed(f"fill {count:,}", lambda: fill(store, count))
        store.close()
    store = read_only(path)
    if store.db.execute("SELECT 1 FROM postings WHERE clean = ? LIMIT 1", (edition(),)).fetchone() is None:
        sys.exit(f"{path} was filled by another version; delete it")
    timed("first build", lambda: refresh(store, tables, afresh=True))
    timed("nothing changed", lambda: refresh(store, tables))
    with_writes = open_store(path)
    touch(with_writes, count)
    with_writes.close()
    timed("one employer changed", lambda: refresh(store, tables))
    print(f"{'memory':24}{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:8.0f} MB")
    for name, file in (("the store", path), ("the tables", tables)):
        print(f"{'size of ' + name:24}{file.stat().st_size / 1e6:8.0f} MB")
    command = [sys.executable, "-m", "scraper.cli", "explore", "--store", str(path), "--port", "0"]
    start = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        found = re.search(r"http://\S+", next(line for line in server.stdout if "http://" in line))
        assert found
        print(f"{'start of the command':24}{time.perf_counter() - start:8.1f} s")
        base = found[0].rstrip("/")
        try:
            print(f"{'milliseconds':24}{'p50':>8}{'p95':>8}{'CPU':>8}{'bar':>8}")
            for bar, pages in ((FACETS, PAGES), (FIRST_PAINT, OTHERS)):
                for name, page in pages.items():
                    ask(name, [base + page] * 20, server.pid, bar)
            postings = [f"{base}/posting/greenhouse:e{n}:{n}" for n in range(0, 4000, 80)]
            ask("a posting", postings, server.pid, FIRST_PAINT)
        finally:
            server.terminate()


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    if len(sys.argv) > 2:
        Path(sys.argv[2]).mkdir(parents=True, exist_ok=True)
        main(count, Path(sys.argv[2]))
    else:
        with tempfile.TemporaryDirectory() as temporary:
            main(count, Path(temporary))
