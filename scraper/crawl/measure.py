"""How long a target's replies take and how large they are, by Scrapy's signals: retries and redirects included."""

from time import monotonic
from typing import Self

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.http import Response

from scraper.crawl.board import Board
from scraper.crawl.report import TargetReport


class Measure:
    """Tells each target's report of its requests and replies as they pass the downloader."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        crawler.signals.connect(self.opened, signals.spider_opened)
        crawler.signals.connect(self.asked, signals.request_reached_downloader)
        crawler.signals.connect(self.replied, signals.response_downloaded)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def opened(self, spider: Board) -> None:
        for report in spider.reports.values() if isinstance(spider, Board) else ():
            report.stream = spider.stream

    def report(self, request: Request) -> TargetReport | None:
        """The report of the target that a request is for; None for robots.txt and the like."""
        board = self.crawler.spider
        if not isinstance(board, Board) or "employer" not in request.cb_kwargs:
            return None
        return board.reports.get(request.cb_kwargs["employer"])

    def asked(self, request: Request) -> None:
        report = self.report(request)
        if report is not None and report.began is None:
            report.began = monotonic()

    def replied(self, response: Response, request: Request) -> None:
        if report := self.report(request):
            report.replied(monotonic(), request.meta.get("download_latency"), len(response.body))
