"""Downloader middlewares: a stopped target asks no more and `Retry-After` is honoured."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.retry import RetryMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.settings import BaseSettings

from scraper.crawl.audit import audit
from scraper.crawl.blocks import Forbidden, block_seen
from scraper.crawl.board import Board
from scraper.crawl.grace import downloader_of
from scraper.crawl.schedule import come_back


class StopTarget:
    """Drops the requests of a target that has ended: blocked, looped, broken."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        spider = self.crawler.spider
        if isinstance(spider, Board) and "employer" in request.cb_kwargs:
            report = spider.reports[request.cb_kwargs["employer"]]
            if report.stopped:
                raise IgnoreRequest(f"{report.target} has ended: {report.stopped}")


class PatientRetry(RetryMiddleware):
    """Scrapy's retries, after as long as `Retry-After` (RFC 9110, seconds or a date) asks for. Until then no crawl of
    the process asks the host; where that is too long, none does in this run.
    """

    def __init__(self, settings: BaseSettings) -> None:
        super().__init__(settings)
        self.longest = settings.getfloat("ROLECALL_RETRY_AFTER_MAX")

    def process_request(self, request: Request) -> None:
        if shut := downloader_of(self.crawler).pace_of(request).shut:
            audit(self.crawler, request, "retry-after", shut[0], "not asked")
            raise Forbidden(*shut, whole=True)

    def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override]
        wait = asked_to_wait(response)
        if wait is None:
            return super().process_response(request, response)
        pace = downloader_of(self.crawler).pace_of(request)
        said = f"HTTP {response.status}, Retry-After: {(response.headers[b'Retry-After'] or b'').decode('latin-1')}"
        if wait > self.longest:
            audit(self.crawler, request, "retry-after", said, "not waited: more than ROLECALL_RETRY_AFTER_MAX")
            why = f"HTTP {response.status}; {come_back(datetime.now(UTC), wait)}"
            pace.shut = why, "blocked" if block_seen(response) else "broken"
            raise Forbidden(*pace.shut, whole=True)
        pace.wait(wait)
        audit(self.crawler, request, "retry-after", said, f"waited {wait:.0f} s")
        return super().process_response(request, response)


def asked_to_wait(response: Response) -> float | None:
    """Seconds that a 429 or 503 asks us to wait; None where it does not say."""
    said = response.headers.get(b"Retry-After")
    if said is None or response.status not in (429, 503):
        return None
    text = said.decode("latin-1").strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        return max(0.0, (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return None
