"""Pages that are empty without JavaScript are rendered in a real Chromium, with the extra `rolecall[browser]`."""

import asyncio
import logging
import os
import re
import shutil
from contextlib import suppress
from datetime import UTC, datetime
from importlib.util import find_spec
from typing import Any, Self

from parsel import Selector
from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.http import HtmlResponse, Response

from scraper.crawl.gate import Gate
from scraper.crawl.grace import downloader_of
from scraper.crawl.guard import named_origins

logger = logging.getLogger(__name__)

CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    *("--headless", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"),
    *("--disable-component-update", "--force-webrtc-ip-handling-policy=disable_non_proxied_udp"),
    "--proxy-bypass-list=<-loopback>",  # this machine is reached through the gate too, or not at all
)
FEWEST_WORDS = 60
"""Words that a page shows: with fewer, and with scripts, it may be empty without them."""
EMPTY_ROOT = re.compile(
    r"<(div|main) [^<>]{0,200}id=[\"']?(?:root|app|__next|__nuxt|main)\b[^<>]{0,200}>\s{0,200}</\1>"
)
SETTLE = 5_000
"""Milliseconds that a page may go on loading after it has loaded."""


def browser_path() -> str:
    """The Chromium of this machine: `ROLECALL_CHROMIUM`, or on PATH. Raises `ValueError` where there is none."""
    named = os.environ.get("ROLECALL_CHROMIUM")
    found = shutil.which(named) if named else next(filter(None, map(shutil.which, CHROMIUMS)), None)
    if find_spec("scrapy_playwright") is None:
        raise ValueError("--browser needs the extra: pip install 'rolecall[browser]'")
    if found is None:
        raise ValueError("--browser needs Chromium: install it (Debian: chromium), or name it in ROLECALL_CHROMIUM")
    return found


def is_shell(response: Response) -> bool:
    """Whether a page shows next to nothing until its scripts have run."""
    if not isinstance(response, HtmlResponse) or response.status != 200 or "<script" not in response.text:
        return False
    if "JobPosting" in response.text:
        return False
    if EMPTY_ROOT.search(response.text):
        return True
    shown = Selector(text=response.text).xpath(
        "//body//text()[not(ancestor::script or ancestor::style or ancestor::noscript)]"
    )
    return sum(len(text.split()) for text in shown.getall()) < FEWEST_WORDS


class Render:
    """A downloader middleware that asks for an empty page again, in a browser, one page at a time.

    The browser goes through a gate, so that the guard holds for whatever a page's scripts ask for.
    """

    def __init__(self, crawler: Crawler) -> None:
        if not crawler.settings.getbool("ROLECALL_BROWSER"):
            raise NotConfigured
        from scrapy_playwright.handler import ScrapyPlaywrightDownloadHandler

        self.crawler = crawler
        self.longest = crawler.settings.getfloat("ROLECALL_RENDER_SECONDS")
        self.gate = Gate(set(named_origins(crawler)), crawler.settings.getbool("ROLECALL_ALLOW_PRIVATE"))
        self.browser = ScrapyPlaywrightDownloadHandler(crawler)
        self.browser.config.navigation_timeout_ms = self.longest * 1000
        self.browser.config.launch_options |= {
            "executable_path": browser_path(),
            "args": list(FLAGS),
            "chromium_sandbox": os.geteuid() != 0,  # as root Chromium refuses to run with its sandbox
        }
        self.one_at_a_time = asyncio.Lock()
        logging.getLogger("scrapy-playwright").setLevel(logging.ERROR)  # a page that fails is a named loss
        crawler.signals.connect(self.close, signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_response(self, request: Request, response: Response) -> Request | Response:
        if request.meta.get("rendered") or request.method != "GET" or not is_shell(response):
            return response
        return request.replace(dont_filter=True, meta=request.meta | {"rendered": True})

    async def process_request(self, request: Request) -> Response | None:
        if not request.meta.get("rendered"):
            return None
        async with self.one_at_a_time:
            if self.gate.server is None:
                self.browser.config.launch_options["proxy"] = {"server": await self.gate.open()}
            await downloader_of(self.crawler).pace_of(request).turn()
            response = await self.render(request)
        request.meta["fetched_at"] = datetime.now(UTC).isoformat()
        return response

    async def render(self, request: Request) -> Response:
        """The page as it stands when its scripts have run. Raises `RuntimeError` where it cannot be had."""
        from scrapy_playwright.page import PageMethod

        meta: dict[str, Any] = {
            "playwright": True,
            "playwright_include_page": True,
            "playwright_page_methods": [PageMethod(settled)],
            "playwright_context_kwargs": {"service_workers": "block", "accept_downloads": False},
        }
        asked = Request(request.url, headers=request.headers, meta=meta)
        self.gate.refused.clear()
        try:
            shown: Response = await asyncio.wait_for(self.browser.download_request(asked), self.longest)
        except Exception as error:  # noqa: BLE001  whatever goes wrong in a browser, the page is lost
            said = (str(error) or type(error).__name__).splitlines()[0]
            raise RuntimeError(f"not rendered: {said}") from None
        finally:
            self.say_refused(request.url)
            if page := asked.meta.get("playwright_page"):
                with suppress(Exception):
                    await page.close()
        if shown.status != 200 or len(shown.body) > self.crawler.settings.getint("DOWNLOAD_MAXSIZE"):
            raise RuntimeError(f"not rendered: HTTP {shown.status}, {len(shown.body)} bytes")
        return HtmlResponse(shown.url, headers={"Content-Type": "text/html; charset=utf-8"}, body=shown.body)

    def say_refused(self, url: str) -> None:
        """Name what the page asked for in vain."""
        for (host, port), address in self.gate.refused.items():
            logger.warning("%s asks for %s:%d (%s), a private address: refused", url, host, port, address)

    async def close(self) -> None:
        await self.browser.close()
        self.gate.close()


async def settled(page: Any) -> None:
    """Wait until a page asks for nothing more, but not for ever."""
    with suppress(Exception):
        await page.wait_for_load_state("networkidle", timeout=SETTLE)
