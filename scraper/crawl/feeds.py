"""Scrapy's own feeds (`scrapy crawl … -O posts.jsonl`) for postings, and a log that does not print them whole."""

import json
from io import BytesIO
from typing import Any

from scrapy.exporters import BaseItemExporter, CsvItemExporter, JsonItemExporter
from scrapy.logformatter import LogFormatter


class PostingLines(BaseItemExporter):
    """JSON Lines. Scrapy's exporter drops pydantic items that hold enums without a word."""

    def __init__(self, file: BytesIO, **options: Any) -> None:
        super().__init__(dont_fail=True, **options)
        self.file = file

    def export_item(self, item: Any) -> None:
        self.file.write(item.model_dump_json(by_alias=True).encode() + b"\n")


class PostingJson(JsonItemExporter):
    """A JSON array."""

    def export_item(self, item: Any) -> None:
        super().export_item(item.model_dump(mode="json", by_alias=True))


class PostingCsv(CsvItemExporter):
    """Flat rows; lists and nested records as JSON."""

    def export_item(self, item: Any) -> None:
        row = item.model_dump(mode="json", by_alias=True)
        flat = {k: json.dumps(v, ensure_ascii=False) if isinstance(v, list | dict) else v for k, v in row.items()}
        super().export_item(flat)


class QuietItems(LogFormatter):
    """Names a dropped or scraped item instead of printing it."""

    def scraped(self, item: Any, response: Any, spider: Any) -> Any:
        return None

    def item_error(self, item: Any, exception: BaseException, response: Any, spider: Any) -> Any:
        return {"level": 40, "msg": "%(target)s: %(why)s", "args": {"target": spider.name, "why": repr(exception)}}

    def dropped(self, item: Any, exception: BaseException, response: Any, spider: Any) -> Any:
        return {"level": 30, "msg": "%(target)s: rejected: %(why)s", "args": {"target": spider.name, "why": exception}}
