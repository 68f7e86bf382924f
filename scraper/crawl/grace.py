"""How pages are asked for: each host at one pace for all crawls of the process; and an end within a grace time, at
which what is in flight is finished, or goes back to the queue, where `--resume` finds it.
"""

from collections.abc import Coroutine
from typing import Any, ClassVar

from scrapy import Request
from scrapy.core.downloader import Downloader, Slot
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.utils.httpobj import urlparse_cached
from twisted.internet.defer import CancelledError, Deferred
from twisted.python.failure import Failure

from scraper.crawl.audit import audit
from scraper.crawl.blocks import Forbidden
from scraper.crawl.pace import Pace


class GraceDownloader(Downloader):
    """Scrapy's downloader, with slots that all crawls of the process share; at the end of a run's grace, requests in
    flight go back to the queue, unanswered.
    """

    paces: ClassVar[dict[str, Pace]] = {}
    """By host. A process crawls once: a reactor does not restart."""

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

    # -- the pace of a host -------------------------------------------------------------------------------------------

    def get_slot_key(self, request: Request) -> str:
        """The host, by the address alone: a request that was redirected still names the slot of where it came from."""
        return urlparse_cached(request).hostname or ""

    def pace_of(self, request: Request) -> Pace:
        """The pace of a request's host; what this crawl's settings ask of it is kept from now on."""
        key = self.get_slot_key(request)
        if key not in self.slots:
            _, own = super()._get_slot(request)
            pace = self.paces.setdefault(key, Pace(own.concurrency, own.delay, own.jitter))
            pace.concurrency = min(pace.concurrency, own.concurrency)
            pace.slow_down(own.delay, own.jitter)
            self.slots[key] = pace
        return self.slots[key]  # type: ignore[return-value]

    def _get_slot(self, request: Request, spider: Any = None) -> tuple[str, Slot]:
        return self.get_slot_key(request), self.pace_of(request)

    def _enqueue_request(self, request: Request) -> Coroutine[Any, Any, Response]:
        self.pace_of(request).askers[request] = self
        return super()._enqueue_request(request)

    def _process_queue(self, slot: Slot) -> None:
        """As Scrapy's, without what was given up while it waited; a host that is shut is asked for nothing more."""
        assert isinstance(slot, Pace)
        for waiting in [waiting for waiting in slot.queue if slot.shut or waiting[1].called]:
            slot.queue.remove(waiting)
            request, answer = waiting
            asker = slot.askers.pop(request, self)
            if slot.shut and not answer.called:
                audit(asker.crawler, request, "retry-after", slot.shut[0], "not asked")
                answer.errback(Forbidden(*slot.shut, whole=True))
        super()._process_queue(slot)

    def _wait_for_download(
        self, slot: Slot, request: Request, queue_dfd: "Deferred[Response]"
    ) -> Coroutine[Any, Any, None]:
        """Download for the crawl that asked, whichever looked into the queue."""
        assert isinstance(slot, Pace)
        slot.transferring.add(request)  # now, not when its task begins: the next one in the queue must see it
        asker = slot.askers.pop(request, self)
        return super(GraceDownloader, asker)._wait_for_download(slot, request, queue_dfd)

    # -- the end ------------------------------------------------------------------------------------------------------

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


def downloader_of(crawler: Crawler) -> GraceDownloader:
    """The downloader of a crawler at work."""
    found = crawler.engine.downloader
    assert isinstance(found, GraceDownloader)
    return found
