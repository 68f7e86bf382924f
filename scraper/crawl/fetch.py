"""The last step before the network: keys are filled in here and nowhere else, and a mirror may stand in for the web."""

import base64
import logging
import os
import re
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from dotenv import dotenv_values
from scrapy import Request
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.exceptions import CannotResolveHostError
from scrapy.http import Response, XmlResponse
from scrapy.utils.gz import gunzip
from scrapy.utils.httpobj import urlparse_cached

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


class Fetch(HTTP11DownloadHandler):
    """Fetches a page. `{NAME}` in an address or header becomes the key of that name, so that no log, queue or archive
    ever holds one; with `ROLECALL_MIRROR`, `https://host/path` is fetched from `MIRROR/host/path`.

    The response keeps the address that was asked for.
    """

    async def download_request(self, request: Request) -> Response:
        board = self.crawler.spider
        places: set[tuple[str, str]] = getattr(board, "key_places", set())
        names = {name for name, host in places if host == host_of(request.url)}
        sent = request.replace(url=filled(request.url, names), headers=dict(request.headers))
        for name, values in request.headers.items():
            text = filled(values[0].decode("latin-1"), names)
            if name == b"Authorization" and text.startswith("Basic ") and ":" in text:
                text = "Basic " + base64.b64encode(text[6:].encode()).decode()
            sent.headers[name] = text
        if mirror := self.crawler.settings.get("ROLECALL_MIRROR"):
            sent = sent.replace(url=f"{mirror.rstrip('/')}/{sent.url.split('://', 1)[1]}")
        try:
            response = await super().download_request(sent)
        except CannotResolveHostError:
            host = urlparse_cached(sent).hostname or ""
            if host in Resolver.refused:
                raise PrivateAddress(host, Resolver.refused[host]) from None
            raise
        except Exception as error:
            error.args = tuple(hidden(arg) if isinstance(arg, str) else arg for arg in error.args)
            raise
        request.meta["fetched_at"] = datetime.now(UTC).isoformat()
        response = response.replace(url=request.url)
        if names:  # a reply may repeat the key: in an address, in a redirect
            said = response.headers.to_unicode_dict()
            headers = {name: hidden(value) for name, value in said.items()}
            response = response.replace(headers=headers, body=hidden(response.body.decode("latin-1")).encode("latin-1"))
        return unzipped(response, self._default_maxsize) if response.body[:2] == GZIP else response


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
    return response.replace(cls=XmlResponse, headers=headers, body=gunzip(response.body, max_size=most))
