"""A host that answers slowly is asked more slowly, and never faster than its delay."""

from typing import Self

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.http import Response

from scraper.crawl.grace import downloader_of


class Throttle:
    """Scrapy's AutoThrottle, with the settings of that name, but for three things: each host is kept as busy as its
    slot has room for, its own crawl delay is the floor, and 304, 404 and 410 lower the delay again as a page does.
    """

    def __init__(self, crawler: Crawler) -> None:
        if not crawler.settings.getbool("AUTOTHROTTLE_ENABLED"):
            raise NotConfigured
        self.crawler = crawler
        self.most = crawler.settings.getfloat("AUTOTHROTTLE_MAX_DELAY")
        crawler.signals.connect(self.replied, signals.response_downloaded)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def replied(self, response: Response, request: Request) -> None:
        """Let a host's delay follow its latency: up at once, down by halves."""
        pace = downloader_of(self.crawler).pace_of(request)
        latency: float | None = request.meta.get("download_latency")
        if latency is None:
            return
        fitting = latency / pace.concurrency
        delay = max(pace.least, min(max(fitting, (pace.delay + fitting) / 2), self.most))
        if delay > pace.delay or response.status < 400 or response.status in (404, 410):  # errors are quick
            pace.delay = delay
