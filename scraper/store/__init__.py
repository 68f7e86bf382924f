"""What is known: current postings, the events of their lives, the crawls. One SQLite file; every query lives here."""

from scraper.store.open import StoreError, open_store
from scraper.store.store import Crawled, Store

__all__ = ["Crawled", "Store", "StoreError", "open_store"]
