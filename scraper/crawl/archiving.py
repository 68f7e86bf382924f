"""Every reply of a crawl goes to the archive, as it came, or with its contacts masked (`ROLECALL_MASK_ARCHIVE`)."""

from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.http import Headers, Response, TextResponse

from scraper.archive import Archived, ArchiveWriter
from scraper.crawl.board import Board
from scraper.crawl.masking import encoded, mask_reply, mask_value
from scraper.page import PageRequest


class Archive:
    """A downloader middleware behind the compression: it sees bodies unpacked, and redirects, retries, errors."""

    def __init__(self, crawler: Crawler) -> None:
        folder = crawler.settings.get("ROLECALL_ARCHIVE")
        if not folder:
            raise NotConfigured
        self.crawler = crawler
        self.folder = Path(folder)
        self.masked = crawler.settings.getbool("ROLECALL_MASK_ARCHIVE")
        self.obeys = crawler.settings.getbool("ROLECALL_HONOUR_NOINDEX")
        self.writer: ArchiveWriter | None = None
        crawler.signals.connect(self.close, signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_response(self, request: Request, response: Response) -> Response:
        if request.meta.get("unindexed") and self.obeys:
            return response
        asked: PageRequest | None = request.cb_kwargs.get("asked")
        board = self.crawler.spider
        context: dict[str, Any] = {}
        if asked is not None and isinstance(board, Board):
            employer = request.cb_kwargs["employer"]
            context = {
                "target": board.target_name(employer),
                "board": board.name,
                "employer": employer,
                "options": board.given,
                "kind": asked.kind,
                "key": asked.key,
                "carried": dict(asked.carried),
            }
        body = response.body
        if self.masked:
            context, body = mask_value(context), masked(response)
        reply = Archived(
            url=response.url,
            status=response.status,
            headers=pairs(response.headers),
            body=body,
            fetched_at=datetime.fromisoformat(request.meta.get("fetched_at") or datetime.now(UTC).isoformat()),
            context=context,
            method=request.method,
            sent=pairs(request.headers),
            posted=request.body,
        )
        try:
            if self.writer is None:
                self.writer = ArchiveWriter(self.folder, self.crawler.spidercls.name or "crawl")
            self.writer.write(reply)
        except OSError as error:
            if isinstance(board, Board):
                for report in board.reports.values():
                    report.stop("broken", f"{self.folder}: cannot archive: {error.strerror or error}")
        return response

    def close(self, spider: Board) -> None:
        if self.writer is not None:
            with suppress(OSError):  # what does not fit was said when it was written
                self.writer.close()


def pairs(headers: Headers) -> list[tuple[str, str]]:
    """Scrapy's headers as pairs of text."""
    return [
        (name.decode("latin-1"), value.decode("latin-1")) for name, values in headers.items() for value in values or ()
    ]


def masked(response: Response) -> bytes:
    """The body of a reply with its contacts masked; as it came where there are none or it is no text."""
    if not isinstance(response, TextResponse):
        return response.body
    text = mask_reply(response.text)
    return response.body if text == response.text else encoded(text, response.encoding)
