"""The last step before the network: keys are filled in here and nowhere else, and a mirror may stand in for the web."""

import base64
import logging
import os
import re
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from dotenv import dotenv_values
from OpenSSL import SSL
from scrapy import Request
from scrapy.core.downloader.handlers import http11
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
)
from scrapy.http import Response, XmlResponse
from scrapy.utils.gz import gunzip
from scrapy.utils.httpobj import urlparse_cached
from service_identity import VerificationError
from twisted.python.failure import Failure

from scraper.crawl.guard import PrivateAddress, Resolver
from scraper.crawl.home import home

KEY = re.compile(r"(?:\{|%7B)([A-Z][A-Z0-9_]+)(?:\}|%7D)")
"""The place of a key in an address or header: `{REED_API_KEY}`."""


@cache
def env_file() -> dict[str, str | None]:
    """The `.env` files of this folder and of `ROLECALL_HOME`; the first one wins."""
    return dotenv_values(home() / ".env") | dotenv_values(Path(".env"))


def key(name: str) -> str | None:
    """A board's key from the environment or a `.env` file; None where it is not set."""
    return os.environ.get(name) or env_file().get(name) or None


GZIP = b"\x1f\x8b"

MOST_HEAD = 256 * 1024
"""Bytes of status lines and headers before a reply's body: browsers stop at as many."""

MOST_RATIO, RATIO_FROM = 200, 8 * 2**20
"""How many times its packed size a body may have where it is large: job lists unpack to 5 to 50 times as much."""


class HeadParser(http11._LenientHTTPClientParser):
    """Twisted's parser bounds one header, not how many there are."""

    head = 0

    def lineReceived(self, line: bytes) -> None:
        self.head += len(line)
        if self.head > MOST_HEAD:
            raise ValueError(f"more than {MOST_HEAD} bytes of headers")
        super().lineReceived(line)

    def lineLengthExceeded(self, line: bytes) -> None:
        raise ValueError(f"a header of more than {self.MAX_LENGTH} bytes")


class HeadProtocol(http11._LenientHTTP11ClientProtocol):
    """A connection whose replies are read by `HeadParser`."""

    def request(self, request: Any) -> Any:
        answer = super().request(request)
        self._parser.__class__ = HeadParser
        return answer


class Connections(http11._LenientHTTP11ClientFactory):
    """Makes connections."""

    def buildProtocol(self, addr: Any) -> HeadProtocol:
        return HeadProtocol(self._quiescentCallback)  # type: ignore[no-untyped-call]


class Fetch(http11.HTTP11DownloadHandler):
    """Fetches a page. `{NAME}` in an address or header becomes the key of that name, so that no log, queue or archive
    ever holds one; with `ROLECALL_MIRROR`, `https://host/path` is fetched from `MIRROR/host/path`.

    The response keeps the address that was asked for.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._pool._factory = Connections

    async def download_request(self, request: Request) -> Response:
        board = self.crawler.spider
        places: set[tuple[str, str]] = getattr(board, "key_places", set())
        names = {name for name, host in places if host == host_of(request.url)}
        url, mirror = filled(request.url, names), self.crawler.settings.get("ROLECALL_MIRROR")
        if mirror:
            url = f"{mirror.rstrip('/')}/{url.split('://', 1)[1]}"
        sent = request.replace(url=url, headers=dict(request.headers))
        for name, values in request.headers.items():
            text = filled(values[0].decode("latin-1"), names)
            if name == b"Authorization" and text.startswith("Basic ") and ":" in text:
                text = "Basic " + base64.b64encode(text[6:].encode()).decode()
            sent.headers[name] = text
        try:
            response = await super().download_request(sent)
        except CannotResolveHostError:
            host = urlparse_cached(sent).hostname or ""
            if host in Resolver.refused:
                raise PrivateAddress(host, Resolver.refused[host]) from None
            raise
        except Exception as error:
            error.args = (hidden(self.plain(error)),)
            raise
        request.meta["fetched_at"] = datetime.now(UTC).isoformat()
        request.meta["download_latency"] = sent.meta.get("download_latency")
        response = response.replace(url=request.url)
        if names:  # a reply may repeat the key: in an address, in a redirect
            said = response.headers.to_unicode_dict()
            headers = {name: hidden(value) for name, value in said.items()}
            response = response.replace(headers=headers, body=hidden(response.body.decode("latin-1")).encode("latin-1"))
        return unzipped(response, self._default_maxsize) if response.body[:2] == GZIP else response

    def plain(self, error: Exception) -> str:
        """Why a page did not come, in words that a person reads."""
        said = str(error)
        if isinstance(error, DownloadTimeoutError):
            return f"took longer than {self.crawler.settings.getfloat('DOWNLOAD_TIMEOUT'):g} s"
        if isinstance(error, ResponseDataLossError):
            return "the reply was cut off"
        if isinstance(error, DownloadCancelledError):
            return f"larger than DOWNLOAD_MAXSIZE ({self._default_maxsize} bytes)"
        if reasons := getattr(error.__cause__, "reasons", None):
            return "; ".join(dict.fromkeys(map(worded, reasons)))
        return said or type(error).__name__


def worded(reason: Failure) -> str:
    """One reason why a connection failed."""
    error = reason.value
    if isinstance(error, VerificationError):
        return "TLS: the certificate is another host's"
    if isinstance(error, SSL.Error):
        return f"TLS: {error.args[0][-1][-1] if error.args and error.args[0] else 'the handshake failed'}"
    return reason.getErrorMessage() or type(error).__name__


class Unpack(HttpCompressionMiddleware):
    """Unpacks bodies, within `DOWNLOAD_MAXSIZE` and `MOST_RATIO`: a few bytes must not become a gigabyte."""

    def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override]
        most = most_unpacked(response.body, self._max_size)
        request.meta["download_maxsize"] = most
        try:
            return super().process_response(request, response)
        except IgnoreRequest:
            raise IgnoreRequest(too_much(response.body, most)) from None
        finally:
            del request.meta["download_maxsize"]


def most_unpacked(body: bytes, most: int) -> int:
    """To how many bytes a packed body may unpack, where no body may have more than `most`."""
    return min(most, max(RATIO_FROM, MOST_RATIO * len(body)))


def too_much(body: bytes, most: int) -> str:
    """Why a body was not unpacked."""
    return f"{len(body)} bytes that unpack to more than {most}"


def filled(text: str, names: set[str]) -> str:
    """A text with the keys of these names in place; a key that is not set becomes nothing."""
    return KEY.sub(lambda found: (use(found[1]) or "") if found[1] in names else found[0], text)


USED: dict[str, str] = {}
"""Values of keys that were filled in, and the names that are shown in their place."""


def use(name: str) -> str | None:
    """A key's value, from now on hidden in what is logged and archived."""
    value = key(name)
    if value and len(value) > 3:
        USED[value] = f"{{{name}}}"
    return value


def hidden(text: str) -> str:
    """A text with the names of keys in place of their values."""
    for value, name in USED.items():
        text = text.replace(value, name)
    return text


def hide_keys(record: logging.LogRecord) -> bool:
    """A log filter: no record shows a key."""
    if USED:
        record.msg, record.args = hidden(record.getMessage()), None
    return True


def host_of(url: str) -> str:
    """The host of an address, with its port."""
    return urlsplit(url).netloc.lower()


def places_of_keys(request: Request) -> set[tuple[str, str]]:
    """The keys that a request names in its address or headers, with its host."""
    headers = " ".join(request.headers.to_unicode_dict().values())
    return {(name, host_of(request.url)) for name in KEY.findall(f"{request.url} {headers}")}


def unzipped(response: Response, most: int) -> Response:
    """A gzipped file, as sitemaps come, as the XML that it holds; a packed body stays to be unpacked by Scrapy."""
    if b"Content-Encoding" in response.headers:
        return response
    headers = {**response.headers, b"Content-Type": b"application/xml"}
    most = most_unpacked(response.body, most)
    try:
        return response.replace(cls=XmlResponse, headers=headers, body=gunzip(response.body, max_size=most))
    except ValueError:
        raise IgnoreRequest(too_much(response.body, most)) from None
