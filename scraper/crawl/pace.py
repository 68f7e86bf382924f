"""The pace of a host: one for all crawls of a process, however many boards and targets ask it."""

import asyncio
from time import monotonic
from typing import Any

from scrapy import Request
from scrapy.core.downloader import Slot


class Pace(Slot):
    """Scrapy's slot of a host, which every crawl that asks it shares: its queue, its delay, how many at once.

    Of what they are told of the host, the most careful holds, until the process ends.
    """

    def __init__(self, concurrency: int, delay: float, jitter: float) -> None:
        super().__init__(concurrency, delay, jitter)
        self.least = delay
        """Seconds between two requests where the host answers quickly."""
        self.not_before = 0.0
        """When the host may be asked again, by the clock that only runs forward."""
        self.shut: tuple[str, str] | None = None
        """Why the host is not asked again in this run, and the outcome that is for a target."""
        self.askers: dict[Request, Any] = {}
        """The downloaders of what waits in the queue."""

    def slow_down(self, delay: float, jitter: float = 0.0) -> None:
        """Let at least so many seconds pass between two requests."""
        self.least, self.jitter = max(self.least, delay), min(self.jitter, jitter)
        self.delay = max(self.delay, delay)

    def wait(self, seconds: float) -> None:
        """Ask the host for nothing for so long."""
        self.not_before = max(self.not_before, monotonic() + seconds)

    def download_delay(self) -> float:
        """Seconds after the last request."""
        return max(super().download_delay(), self.not_before - self.lastseen)

    async def turn(self) -> None:
        """Wait until the host may be asked, for what asks it past the queue: a browser."""
        while (wait := self.lastseen + self.download_delay() - monotonic()) > 0:  # noqa: ASYNC110  others may be sooner
            await asyncio.sleep(wait)
        self.lastseen = monotonic()

    def close(self) -> None:
        """Rest, unless another crawl is asking."""
        if not self.active:
            super().close()
