"""What a question costs over an export: a million postings as Hive-partitioned Parquet, asked by DuckDB.

python benchmarks/analytics.py [POSTINGS]     seconds to count posts by skill and country (default 1000000)
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb

from benchmarks.export import make_store

QUESTION = """
SELECT s.name, l.country, count(*) AS posts
FROM read_parquet('{}/**/*.parquet', hive_partitioning = true), unnest(stack) AS t(s), unnest(locations) AS u(l)
GROUP BY ALL ORDER BY posts DESC LIMIT 20
"""


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        store, posts = Path(folder) / "rolecall.db", Path(folder) / "posts"
        make_store(store, count)
        command = ["export", "--store", str(store), "-o", str(posts), "--partition", "month,country"]
        subprocess.run([sys.executable, "-m", "scraper.cli", *command], check=True)
        files = list(posts.rglob("*.parquet"))
        print(f"{count} postings in {len(files)} files, {sum(path.stat().st_size for path in files) / 1e6:.0f} MB")
        for attempt in ("first", "again"):
            began = time.perf_counter()
            rows = duckdb.sql(QUESTION.format(posts)).fetchall()
            print(f"by skill and country, {attempt}: {time.perf_counter() - began:.2f} s, {len(rows)} rows")
        assert sum(row[2] for row in rows) > 0


if __name__ == "__main__":
    main()
