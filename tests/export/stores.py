"""Stores to export: postings of every board, and a few that are hard on spreadsheets."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from scraper.parse import parse_posting
from scraper.posting import Posting, RawPosting
from scraper.store import Store, open_store
from tests.export.records import golden_raws

NOW = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)

LAMPS = [
    {"key": "a", "title": "Senior Go Engineer", "locations": ["Lisbon, Portugal"], "workplace": "Hybrid",
     "description": "<p>Three years of Go. Write to nadia.ferrel@lumo.example.</p>", "published": "2026-10-01"},
    {"key": "b", "title": "=HYPERLINK(\"http://x.example\")", "locations": ["Berlin, Germany", "Vienna, Austria"],
     "departments": ["+1", "@home"], "description": "<p>- 5 lamps</p>"},
    {"key": "c", "title": "Lamp Tester", "locations": ["Remote"], "workplace": "Remote", "employer": "nova",
     "employer_name": "Nova Lumen", "remote_from": ["Spain"], "published": "2026-09-30", "expires": "2026-12", "salary": {"text": "€50,000 to €60,000 per year"},
     "description": "<p>Test &lt;lamps&gt; &amp; more.</p><ul><li>Python</li><li>SQL</li></ul>"},
]  # fmt: skip


def lamp(slots: dict[str, Any]) -> RawPosting:
    given = {"board": "lamps", "employer": "lumo", "employer_name": "Lumo", "url": "https://lumo.example/1"}
    return RawPosting.model_validate({**given, "seen_at": NOW, **slots})


def lamp_store(home: Path) -> Store:
    """Three postings in crawl 1; crawl 2 saw the first two."""
    store = open_store(home / "rolecall.db")
    for number in (1, 2):
        crawl = store.begin(f"run-{number}", "lamps", NOW)
        for slots in LAMPS[: 4 - number]:
            raw = lamp(slots)
            store.see(crawl, "lamps", raw, parse_posting(raw))
        store.finish(crawl, "lamps", NOW, outcome="ok", whole=True, report={})
    store.say_closed(2, "lamps", "b", "HTTP 410", NOW)
    return store


def golden_store(home: Path) -> Store:
    """A posting of every golden of every board."""
    store = open_store(home / "rolecall.db")
    crawl = store.begin("run", "all", NOW)
    for raw in golden_raws():
        store.see(crawl, "all", raw, parse_posting(raw))
    return store


def stored(store: Store) -> list[Posting]:
    """The records as they are stored, in their order."""
    return [Posting.model_validate_json(row["record"]) for row in store.postings()]
