"""A mirror stands in for the web: a caching proxy, a replay server, a test."""

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.http import Response


class MirrorHandler(HTTP11DownloadHandler):
    """Fetches `ROLECALL_MIRROR/host/path` for `https://host/path`; the response keeps the address asked for."""

    async def download_request(self, request: Request) -> Response:
        origin = self.crawler.settings["ROLECALL_MIRROR"].rstrip("/")
        mirrored = request.replace(url=f"{origin}/{request.url.split('://', 1)[1]}")
        response = await super().download_request(mirrored)
        return response.replace(url=request.url)
