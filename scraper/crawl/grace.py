"""An end within a grace time: what is in flight is finished, or goes back to the queue, where `--resume` finds it."""

from typing import Any

from scrapy import Request
from scrapy.core.downloader import Downloader
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from twisted.internet.defer import CancelledError, Deferred
from twisted.python.failure import Failure


class GraceDownloader(Downloader):
    """Scrapy's downloader; at the end of a run's grace, requests in flight go back to the queue, unanswered."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self.in_flight: dict[Deferred[Any], Request] = {}
        self.over = False

    def fetch(self, request: Request, spider: Any = None) -> "Deferred[Response | Request]":
        """The answer to a request, or the request itself where the grace is over before it came."""
        answer: Deferred[Any] = Deferred()
        if self.over:
            answer.errback(IgnoreRequest("the run is ending"))
            return answer
        asked = super().fetch(request)
        self.in_flight[answer] = request  # the same request may be in flight twice

        def pass_on(result: Any) -> None:
            if self.in_flight.pop(answer, None) is not None:
                answer.callback(result)  # a failure, too, goes on as one

        asked.addBoth(pass_on)
        answer.addErrback(lambda failure: self.given_back(failure, request, asked))
        return answer

    def given_back(self, failure: Failure, request: Request, asked: "Deferred[Any]") -> Any:
        """The request, to be queued again, where the grace was over; every other failure goes on."""
        asked.cancel()  # does nothing where it has ended by itself
        if not isinstance(failure.value, CancelledError) or not self.over:
            return failure
        if "asked" not in request.cb_kwargs:  # robots.txt, asked for by a request that goes back itself
            raise IgnoreRequest("the run is ending")
        return request.replace(dont_filter=True)

    def drop(self, employer: str | None) -> None:
        """End the downloads of one target now; they are not asked for again."""
        for answer in [a for a, r in self.in_flight.items() if r.cb_kwargs.get("employer", ...) == employer]:
            del self.in_flight[answer]
            answer.errback(IgnoreRequest("its quiet hours have begun"))

    def give_back(self) -> None:
        """End every download now."""
        self.over = True
        waiting, self.in_flight = self.in_flight, {}
        for answer in waiting:
            answer.errback(CancelledError())
