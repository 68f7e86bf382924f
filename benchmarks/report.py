"""What a report costs: seconds and peak memory for a store of generated postings.

python benchmarks/report.py [POSTINGS]     default 200000
"""

import sys
import tempfile
from pathlib import Path

from export import make_store, timed

from scraper.store import open_store


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "rolecall.db"
        make_store(store, count)
        with open_store(store).transaction() as db:  # all have come, every third has gone, a fifth are doubles
            db.execute("UPDATE postings SET closed_at = last_seen_at WHERE unicode(substr(id, -1)) % 3 = 0")
            db.execute(
                "UPDATE postings SET cluster = 'c' || (at / 2) FROM"
                " (SELECT id AS it, row_number() OVER () AS at FROM postings) WHERE id = it AND at % 10 < 2"
            )
            for kind, at in (("new", "first_seen_at"), ("closed", "closed_at")):
                db.execute(
                    f"INSERT INTO events (at, crawl, kind, target, id) SELECT {at}, 2, '{kind}', target, id"
                    f" FROM postings WHERE {at} IS NOT NULL"
                )
        took, peak = timed(
            sys.executable, "-m", "scraper.cli", "report", "--store", str(store), "-o", f"{folder}/r.html"
        )
        size = (Path(folder) / "r.html").stat().st_size
        print(f"{count} postings, {store.stat().st_size / 1e6:.0f} MB of store")
        print(f"{took:.1f} s, {peak:.0f} MB peak, {size / 1e6:.2f} MB of page")


if __name__ == "__main__":
    main()
