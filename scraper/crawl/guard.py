"""A page never leads a crawl into the operator's own network: private addresses are refused, however they are written.

Two checks. Addresses and `localhost` in a request are seen before it is made, redirects and sitemap entries included.
Names are seen when they are resolved: the resolver gives no private address, and what it gives is what is connected
to, so a name that changes its address in between gains nothing. Behind a proxy the proxy resolves names.
What the operator names is allowed: the origin of `ROLECALL_MIRROR`, a board's option `host`, the proxy; everything is
with `ROLECALL_ALLOW_PRIVATE`.
"""

import socket
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any, ClassVar, Self
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest, NotConfigured
from scrapy.resolver import CachingThreadedResolver
from twisted.internet.defer import Deferred, fail
from twisted.internet.error import DNSLookupError
from twisted.python.failure import Failure

Origin = tuple[str, int]
"""Host and port."""

TRIES = 2
"""How often a name is looked up in vain before it counts as dead for the rest of the run."""


class PrivateAddress(IgnoreRequest):
    """A request that would have gone to a private address."""

    def __init__(self, host: str, address: str) -> None:
        named = host if host == address else f"{host} ({address})"
        super().__init__(f"{named} is a private address; --allow-private lets a crawl go there")


def origin_of(url: str) -> Origin | None:
    """Host and port of an address, the host as a network library reads it; None where there is no host."""
    try:
        parts = urlsplit(url if "://" in url else f"https://{url}")
        port = parts.port or (80 if parts.scheme == "http" else 443)
    except ValueError:
        return None
    host = unicodedata.normalize("NFKC", unquote(parts.hostname or "")).replace("\u3002", ".").rstrip(".").lower()
    return (host, port) if host else None


def is_private(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address is no public one: private, loopback, link-local, reserved, multicast, or IPv4 in IPv6."""
    if isinstance(address, IPv6Address) and (address.sixtofour or address.is_site_local):
        return True
    return not address.is_global or address.is_multicast or address.is_reserved


@lru_cache(1000)
def private_host(host: str) -> str | None:
    """The private address that a host is, in whatever form (`127.1`, `0x7f000001`, `2130706433`, `::1`, `localhost`).

    None where it is a public address, or a name that must be resolved first.
    """
    if host == "localhost" or host.endswith(".localhost"):
        return "127.0.0.1"
    address: IPv4Address | IPv6Address
    try:
        address = ip_address(host)
    except ValueError:
        try:
            address = IPv4Address(socket.inet_aton(host))
        except OSError:
            return None
    return str(address) if is_private(address) else None


class Resolver(CachingThreadedResolver):
    """Scrapy's resolver (IPv4), without private addresses. Scrapy makes one for all crawls of a process."""

    named: ClassVar[set[str]] = set()
    """Hosts that the operator has named."""
    refused: ClassVar[dict[str, str]] = {}
    """Names that were refused, and their addresses."""

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: Any) -> Self:
        resolver = super().from_crawler(crawler, reactor)
        resolver.allow_all = crawler.settings.getbool("ROLECALL_ALLOW_PRIVATE")
        return resolver

    allow_all = False

    def __init__(self, reactor: Any, cache_size: int, timeout: float) -> None:
        super().__init__(reactor, cache_size, timeout)
        self.waiting: dict[str, list[Deferred[str]]] = {}
        self.in_vain: Counter[str] = Counter()

    def getHostByName(self, name: str, timeout: Sequence[int] = ()) -> "Deferred[str]":
        """The address of a name, asked for once for all that wait for it: a name that hangs holds one thread."""
        if self.in_vain[name] >= TRIES:
            return fail(DNSLookupError(f"{name} was looked up {TRIES} times in vain"))
        answer: Deferred[str] = Deferred()
        waiting = self.waiting.setdefault(name, [])
        waiting.append(answer)
        if len(waiting) == 1:
            super().getHostByName(name, timeout).addCallback(self.checked, name).addBoth(self.tell, name)
        return answer

    def tell(self, result: str | Failure, name: str) -> None:
        """Give the address, or why there is none, to all that wait for it."""
        self.in_vain[name] += isinstance(result, Failure)
        for answer in self.waiting.pop(name):
            if not answer.called:
                answer.callback(result)  # a failure, too, goes on as one

    def checked(self, address: str, name: str) -> str:
        """The address of a name. Raises `DNSLookupError` where it is private."""
        if self.allow_all or name.rstrip(".").lower() in self.named or not is_private(ip_address(address)):
            return address
        self.refused[name] = address
        raise DNSLookupError(f"{name} is {address}, a private address")


class Guard:
    """A downloader middleware that refuses requests to private addresses, before robots.txt is asked for."""

    def __init__(self, crawler: Crawler) -> None:
        if crawler.settings.getbool("ROLECALL_ALLOW_PRIVATE"):
            raise NotConfigured
        self.named = set(named_origins(crawler))
        Resolver.named |= {host for host, _ in self.named}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        origin = origin_of(request.url)
        address = private_host(origin[0]) if origin else None
        if origin and address and origin not in self.named:
            raise PrivateAddress(origin[0], address)


def named_origins(crawler: Crawler) -> Iterator[Origin]:
    """What the operator has named."""
    given = getattr(crawler.spider, "given", {})
    proxies = getproxies() if crawler.settings.getbool("HTTPPROXY_ENABLED") else {}
    proxies.pop("no", None)  # hosts that need no proxy
    for url in (crawler.settings.get("ROLECALL_MIRROR"), given.get("host"), *proxies.values()):
        if url and (origin := origin_of(url)):
            yield origin
