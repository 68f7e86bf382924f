"""What a robots.txt says to this crawler: RFC 9309, `Crawl-delay`, `Request-rate` and `Content-Signal`."""

import math
import re
from functools import cached_property

from protego import Protego

TOKEN = "rolecall"
"""Our product token (RFC 9309, 2.2.1): what a `User-agent` line must name, in any case."""

MOST_BYTES = 500 * 1024
"""Bytes of a robots.txt that are read (RFC 9309, 2.5)."""

AGENT = re.compile(r"user[ -]?agent\s{0,9}[:\s]\s{0,9}(.*)", re.IGNORECASE)
FIELD = re.compile(r"([a-z][a-z -]{0,20}?)\s{0,9}:\s{0,9}(.*)", re.IGNORECASE)
SIGNAL = re.compile(r"([a-z][a-z-]{0,30})\s{0,3}=\s{0,3}(yes|no)\b", re.IGNORECASE)


class Rules:
    """The rules of one robots.txt for us. `group` is `rolecall`, or `*`, or None where no rule is for us."""

    def __init__(self, text: str = "") -> None:
        groups, free = split_groups(text)
        self.group = next((name for name in (TOKEN, "*") if name in groups), None)
        self.lines = groups[self.group] if self.group else []
        self.parser = Protego.parse("\n".join(["User-agent: *", *self.lines]))
        self.free = free

    @classmethod
    def of(cls, body: bytes) -> "Rules":
        """The rules of a file; what is over `MOST_BYTES` is not read."""
        if len(body) > MOST_BYTES:
            body = body[: body.rfind(b"\n", 0, MOST_BYTES) + 1]
        return cls(body.decode("utf-8-sig", errors="replace"))

    def forbidding(self, url: str) -> str | None:
        """The line that forbids an address; None where it may be asked for."""
        if self.parser.can_fetch(url, TOKEN):
            return None
        return next((line for line, alone in self.alone if not alone.can_fetch(url, TOKEN)), "Disallow")

    @cached_property
    def alone(self) -> list[tuple[str, Protego]]:
        """Each line by itself, the longest first: the longest that forbids is the one that does."""
        lines = sorted({line: None for line in self.lines if line[:1] in "dD"}, key=len, reverse=True)
        return [(line, Protego.parse(f"User-agent: *\n{line}")) for line in lines]

    @cached_property
    def delay(self) -> tuple[float, str] | None:
        """Seconds between two requests, and the line that asks for them."""
        asked = [(self.parser.crawl_delay(TOKEN) or 0.0, "crawl")]
        if rate := self.parser.request_rate(TOKEN):
            asked.append((rate.seconds / rate.requests if rate.requests else 0.0, "request"))
        seconds, field = max(asked)
        if not (math.isfinite(seconds) and seconds > 0):
            return None
        line = next((line for line in self.lines if line.lower().startswith(field)), f"{field}: {seconds:g}")
        return seconds, line

    def signals(self, url: str) -> dict[str, tuple[str, str]]:
        """Uses that a `Content-Signal` speaks of (`search`, `ai-input`, `ai-train`): `yes` or `no`, and the line."""
        found: dict[str, tuple[str, str]] = {}
        path = "/" + url.split("://", 1)[-1].partition("/")[2]
        for line in [*self.free, *self.lines]:
            field = FIELD.match(line)
            if field is None or field[1].lower() not in ("content-signal", "content-signals"):
                continue
            prefix = field[2].split()[0] if field[2].startswith("/") else "/"
            if path.startswith(prefix):
                found |= {name.lower(): (said.lower(), line) for name, said in SIGNAL.findall(field[2])}
        return found


def split_groups(text: str) -> tuple[dict[str, list[str]], list[str]]:
    """The lines of each group by the product token it is for, those of groups alike together, and lines of no group."""
    groups: dict[str, list[str]] = {}
    free: list[str] = []
    current: list[str] = []
    naming = False
    for raw in text.splitlines():
        line = raw.partition("#")[0].strip()
        if not line:
            continue
        agent = AGENT.match(line)
        if agent is None:
            naming = False
            for name in current:
                groups[name].append(line)
            if not current:
                free.append(line)
            continue
        token = re.match(r"\*|[a-z_-]*", agent[1].strip().lower())
        current = current if naming else []
        naming = True
        current.append(token[0] if token else "")
        groups.setdefault(current[-1], [])
    return groups, free
