"""Logs for machines: with `--log-format json` each line on stderr is one JSON object, whoever wrote it."""

import io
import logging
import sys
from typing import Any, TextIO

from pythonjsonlogger.core import RESERVED_ATTRS
from pythonjsonlogger.json import JsonFormatter

from scraper.crawl.fetch import hidden, hide_keys

FIELDS = {"asctime": "time", "levelname": "level", "name": "logger"}


class JsonLines(io.TextIOBase):
    """Stands for stderr: a line that is printed there becomes a log record of `rolecall`."""

    encoding = "utf-8"

    def __init__(self, log: logging.Logger) -> None:
        self.log = log
        self.begun = ""

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        *lines, self.begun = (self.begun + text).split("\n")
        for line in lines:
            self.say(line)
        return len(text)

    def say(self, line: str) -> None:
        if line.strip():
            self.log.info(line.rstrip())

    def close(self) -> None:
        self.say(self.begun)
        self.begun = ""


class Hiding(JsonFormatter):
    """No line shows a key, not even one in a traceback."""

    def format(self, record: logging.LogRecord) -> str:
        return hidden(super().format(record))


def log_as_json() -> None:
    """From now on, all that is logged or printed on stderr is JSON, one object a line: `time`, `level`, `logger`,
    `message`, and `exc_info` where there is a traceback. To be called once, before anything is logged.
    """
    real: TextIO = sys.stderr
    handler = logging.StreamHandler(real)
    shown = "%(asctime)s %(levelname)s %(name)s %(message)s"
    objects = [*RESERVED_ATTRS, "crawler", "spider"]  # what Scrapy adds are no words
    formatter = Hiding(
        shown, "%Y-%m-%dT%H:%M:%S%z", rename_fields=FIELDS, reserved_attrs=objects, json_ensure_ascii=False
    )
    handler.setFormatter(formatter)
    handler.addFilter(hide_keys)
    handler.set_name(NAME)
    logging.root.addHandler(handler)
    log = logging.getLogger("rolecall")
    log.setLevel(logging.INFO)
    sys.stderr = JsonLines(log)


NAME = "rolecall-json"


def log_settings(verbose: bool) -> dict[str, Any]:
    """Scrapy's settings where logs are JSON: its own handler stays away. Without `verbose`, only trouble is told."""
    ours = next((handler for handler in logging.root.handlers if handler.name == NAME), None)
    if ours is None:
        return {}
    if not verbose:
        ours.addFilter(lambda record: record.name == "rolecall" or record.levelno >= logging.WARNING)
    return {"LOG_ENABLED": False}
