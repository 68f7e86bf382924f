"""What an export costs: a store of generated postings to JSON Lines and Parquet, against a bare read of the store.

python benchmarks/export.py [POSTINGS]     records a second, peak memory, ratio to the bare loop (default 100000)
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from zlib import crc32

from scraper.contacts import edition, mask
from scraper.parse import parse_posting
from scraper.posting import RawPosting
from scraper.store import open_store

TITLES = ["Senior Go Engineer", "Data Analyst (m/f/d)", "Lamp Tester", "Head of Sales", "Entwickler Python"]
PLACES = ["Lisbon, Portugal", "Berlin, Germany", "Austin, TX", "Kraków, Poland", "Remote - Spain"]
SKILLS = ["Go and PostgreSQL", "Python, SQL and Tableau", "Rust on Linux", "Salesforce and Excel", "Java with Kafka"]
CONTACT = "<p>Questions? Write to nadia.ferrel@lumo%d.example or call +49 30 5550 %04d.</p>"
TEXT = """<h2>About us</h2><p>Lumo number %d makes lamps for people who read at night, and has done so for long.</p>
<p>%s</p><h2>What you will do</h2><ul><li>Keep our services quick, and say so when they are not</li><li>Talk to the
people who build the lamps, and listen</li></ul><h2>What you bring</h2><ul><li>%d+ years of work with %s</li><li>Docker,
Kubernetes and a calm hand</li></ul><h2>What you get</h2><ul><li>€%d,000 to €%d,000 a year</li><li>Private health
insurance and %d days of holiday</li></ul>%s"""
FILLER = "We would rather build one lamp that lasts than ten that do not, and we write down why. " * 18

BARE = """
import sqlite3, sys
count = 0
for row in sqlite3.connect(sys.argv[1]).execute("SELECT * FROM postings ORDER BY id"):
    count += 1
"""
"""The floor: every row is read, and nothing is done with it."""


def templates(count: int = 200) -> list[RawPosting]:
    """Invented posts; one in fifty names whom to call, and half of them have a word that might."""
    return [
        RawPosting(
            board="lamps",
            employer=f"lumo{n % 40}",
            employer_name=f"Lumo {n % 40}",
            key=f"k{n}",
            url=f"https://lumo{n % 40}.example/{n}",
            title=TITLES[n % 5],
            description=TEXT
            % (n, FILLER, n % 8 + 1, SKILLS[n // 5 % 5], 40 + n % 50, 60 + n % 50, 24 + n % 7,
               CONTACT % (n, n) if n % 50 == 0 else "<p>Our talent team answers.</p>" * (n % 2)),
            locations=[PLACES[n // 3 % 5]],
            published=f"2026-{n % 10 + 1:02}-{n % 27 + 1:02}",
            seen_at="2026-11-02T09:30:00Z",
        )
        for n in range(count)
    ]  # fmt: skip


def make_store(path: Path, count: int) -> None:
    """A store of `count` postings: a few are read, SQL makes many of each."""
    store = open_store(path)
    store.db.create_function("crc32", 1, lambda text: crc32(text.encode()))
    with store.transaction() as db:
        db.execute("INSERT INTO crawls VALUES (1, 'run', 'lamps', '2026-11-02', '2026-11-02', 'ok', 1, '{}')")
        rows = [(raw.key, parse_posting(raw).model_dump_json(by_alias=True)) for raw in templates()]
        db.execute("CREATE TEMP TABLE made (key TEXT, record TEXT, clean TEXT)")
        clean = [None if mask(json.loads(record)) else edition() for _, record in rows]
        db.executemany("INSERT INTO made VALUES (?, ?, ?)", [(*row, at) for row, at in zip(rows, clean, strict=True)])
        numbered = 'replace(record, \'"id":"lamps:\', printf(\'"id":"lamps:%07d:\', n))'
        db.execute(
            "WITH RECURSIVE copies (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM copies WHERE n + 1 < ?)"
            " INSERT INTO postings (id, target, key, record, fingerprint, first_seen_at, last_seen_at, fetched_at,"
            " crawl, seen_since, clean, checksum)"
            f" SELECT printf('lamps:%07d:%s', n, key), 'lamps', key || '-' || n, {numbered}, '',"
            " printf('2026-%02d-02T09:30:00Z', n % 10 + 1), '2026-11-02T09:30:00Z', '2026-11-02T09:30:00Z', 1, 1,"
            f" clean, crc32({numbered}) FROM copies, made",
            (max(1, count // len(rows)),),
        )
    store.close()


def timed(*command: str) -> tuple[float, float]:
    """Seconds of processor time, and peak megabytes, of a command: other work on the machine does not count."""
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{' '.join(command)} failed")
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "rolecall.db"
        make_store(store, count)
        print(f"{count} postings, {store.stat().st_size / 1e6:.0f} MB; records a second of one core")
        bare, _ = timed(sys.executable, "-c", BARE, str(store))
        print(f"{'bare read':36} {count / bare:8.0f}")
        for name in (
            "posts.jsonl",
            "posts.jsonl --keep-contacts",
            "posts.jsonl.zst",
            "posts.parquet",
            "posts --partition month",
            "posts.csv",
        ):
            output, *options = name.split()
            command = [sys.executable, "-m", "scraper.cli", "export", "--store", str(store), "-o", f"{folder}/{output}"]
            took, peak = timed(*command, *options)
            print(f"{name:36} {count / took:8.0f}  {peak:5.0f} MB peak  {took / bare:5.1f} x bare")


if __name__ == "__main__":
    main()
