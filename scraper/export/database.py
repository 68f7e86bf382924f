"""A DuckDB file: the postings as a table, their lists as views, and the events of their lives."""

from pathlib import Path

import duckdb

from scraper.export.parquet import write_parquet
from scraper.export.records import Export

VIEWS = {
    "skills": "SELECT id, board, s.name, s.kind, s.need FROM postings, unnest(stack) AS t(s)",
    "benefits": "SELECT id, board, b.code, b.text FROM postings, unnest(benefits) AS t(b)",
    "locations": "SELECT id, board, l.text, l.city, l.region, l.country, l.latitude, l.longitude"
    " FROM postings, unnest(locations) AS t(l)",
}


def write_duckdb(export: Export, path: Path) -> None:
    """`postings` and `events` are tables; `skills`, `benefits` and `locations` views with a row an entry."""
    postings, events = path.with_name("postings.parquet"), path.with_name("events.csv")
    write_parquet(export, postings)
    write_events(export, events)
    with duckdb.connect(path, config={"memory_limit": "300MB", "threads": 1}) as db:
        db.execute("CREATE TABLE postings AS SELECT * FROM read_parquet(?)", [str(postings)])
        db.execute(
            "CREATE TABLE events AS SELECT events.* FROM read_csv(?, header = true, all_varchar = false, columns ="
            " {'n': 'BIGINT', 'at': 'TIMESTAMPTZ', 'crawl': 'BIGINT', 'kind': 'VARCHAR', 'target': 'VARCHAR',"
            " 'id': 'VARCHAR', 'changes': 'JSON'}) AS events SEMI JOIN postings USING (id) ORDER BY n",
            [str(events)],
        )
        for name, query in VIEWS.items():
            db.execute(f"CREATE VIEW {name} AS {query}")
    postings.unlink()
    events.unlink()


def write_events(export: Export, path: Path) -> None:
    """All events of the store, for DuckDB to take those of the postings."""
    import csv

    with path.open("w", encoding="utf-8", newline="") as file:
        sheet = csv.writer(file)
        sheet.writerow(["n", "at", "crawl", "kind", "target", "id", "changes"])
        sheet.writerows(tuple(row) for row in export.store.events())
