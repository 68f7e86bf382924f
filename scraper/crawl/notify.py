"""Tells people how a run ended: stdout, a webhook, e-mail. A channel that fails is one line, and fails no run."""

import json
import smtplib
import ssl
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, fields
from email.message import EmailMessage
from threading import Thread
from typing import Any
from urllib.error import HTTPError
from urllib.parse import unquote, urlsplit
from urllib.request import Request, urlopen

from scraper import __version__
from scraper.crawl.fetch import KEY, hidden, key, use
from scraper.crawl.report import GOOD, tells_more

WHEN = ("alarm", "always", "never")

TIMEOUT, TIMES, DEADLINE = 10.0, 2, 30.0
"""Seconds for one step of the network, how often a message is tried, and seconds after which it is given up."""

MOST_TEXT = 3000
"""Characters of a message."""


@dataclass(frozen=True)
class Channels:
    """Where a run's end is told. Values may name keys, `{SLACK_URL}`, that the environment or a `.env` file holds."""

    when: str = "alarm"
    """`alarm`: where there is a new alarm, one is over, or a run was cut off; `always`; `never`."""
    webhook: str | None = None
    """Address that takes a JSON object by POST; its `text` is what Slack and its like show."""
    email: tuple[str, ...] = ()
    """Addresses of people."""
    smtp: str | None = None
    """`smtp://USER:{PASSWORD}@HOST:587` (with STARTTLS) or `smtps://…:465` (TLS from the start)."""
    sender: str | None = None
    """The address that e-mail comes from; the first one of `email` where it is not given."""
    stdout: bool = False
    """Whether it is printed, too."""


def channels(table: Mapping[str, Any] | None) -> Channels:
    """The `[notify]` table of a watchlist; None: what `ROLECALL_NOTIFY_WEBHOOK`, `_EMAIL`, `_SMTP`, `_SENDER` and
    `_WHEN` say in the environment. Raises `ValueError`, naming the key that is wrong.
    """
    if table is None:
        names = {
            name: key(f"ROLECALL_NOTIFY_{name.upper()}") for name in ("when", "webhook", "email", "smtp", "sender")
        }
        given: dict[str, Any] = {name: value for name, value in names.items() if value}
    else:
        given = dict(table)
    known = [field.name for field in fields(Channels)]
    for name, value in given.items():
        if name not in known:
            raise ValueError(f"[notify] has no key {name!r} (it has: {', '.join(known)})")
        if name == "email":
            given[name] = addresses(value)
        elif name == "stdout":
            if not isinstance(value, bool):
                raise ValueError(f"[notify] stdout is true or false, not {value!r}")
        elif not isinstance(value, str) or not value.strip():
            raise ValueError(f"[notify] {name} is a text, not {value!r}")
    found = Channels(**given)
    if found.when not in WHEN:
        raise ValueError(f"[notify] when is one of {', '.join(WHEN)}, not {found.when!r}")
    if found.webhook and not KEY.fullmatch(found.webhook) and not found.webhook.startswith(("http://", "https://")):
        raise ValueError("[notify] webhook is an address, https://…, or the name of a key, {SLACK_URL}")
    if found.smtp and not KEY.fullmatch(found.smtp) and not found.smtp.startswith(("smtp://", "smtps://")):
        raise ValueError(
            "[notify] smtp is smtp://HOST:587 or smtps://HOST:465, with USER:{PASSWORD}@ where it is asked for"
        )
    if found.email and not found.smtp:
        raise ValueError("[notify] email needs smtp: the server that sends it, smtp://HOST:587")
    if found.smtp and not found.email:
        raise ValueError("[notify] smtp needs email: whom to write to")
    return found


def addresses(value: Any) -> tuple[str, ...]:
    """E-mail addresses from a list or a text with commas. Raises `ValueError`."""
    given = value.split(",") if isinstance(value, str) else value
    if not isinstance(given, list | tuple) or not all(isinstance(one, str) for one in given):
        raise ValueError(f"[notify] email is an address or a list of them, not {value!r}")
    found = tuple(one.strip() for one in given if one.strip())
    for one in found:
        if not is_address(one):
            raise ValueError(f"[notify] email: {one!r} is no address")
    return found


def is_address(text: str) -> bool:
    """Whether a text may stand as an address in the head of an e-mail: one address, or the name of a key."""
    name, _, host = text.rpartition("@")
    return bool(KEY.fullmatch(text)) or (bool(name and host) and not set(text) & set("\r\n\t <>,;"))


def worth_telling(report: Mapping[str, Any]) -> bool:
    """Whether something is new: an alarm, the end of one, a run that was cut off."""
    new = any(alarm["state"] == "new" for target in report["targets"] for alarm in target["alarms"])
    return bool(new or report["error"] or report["crashed"] or any(target["cleared"] for target in report["targets"]))


def tell(to: Channels, report: Mapping[str, Any], always: bool = False) -> list[str]:
    """Tell the channels of a run, all at once; a line for each that failed. Takes `DEADLINE` seconds at most."""
    if not always and (to.when == "never" or (to.when == "alarm" and not worth_telling(report))):
        return []
    text = hidden(message(report))
    if to.stdout:
        print(text, flush=True)
    ways: dict[str, Callable[[], None]] = {}
    if to.webhook:
        ways["webhook"] = lambda: post(to.webhook or "", report, text)
    if to.email and to.smtp:
        ways["e-mail"] = lambda: mail(to, report, text)
    said = {name: f"{name}: no answer within {DEADLINE:.0f} s" for name in ways}

    def attempt(name: str, way: Callable[[], None]) -> None:
        for _ in range(TIMES):
            try:
                way()
                said.pop(name, None)
                return
            except Exception as error:  # noqa: BLE001  whatever it is, it is said, and the run has ended
                said[name] = f"{name}: {type(error).__name__}: {reason(error)}"
                if isinstance(error, Undeliverable):
                    said[name] = f"{name}: {error}"
                    return

    threads = [Thread(target=attempt, args=(name, way), daemon=True) for name, way in ways.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(DEADLINE)
    return [f"not told by {hidden(line)}" for line in list(said.values())]


class Undeliverable(Exception):
    """What a second attempt would not mend."""


def reason(error: Exception) -> str:
    """An error in one line, without an address: a webhook's is a secret."""
    text = str(error.reason) if isinstance(error, HTTPError) else str(error)
    return " ".join(text.split())[:200]


def message(report: Mapping[str, Any]) -> str:
    """A run for people: its line, then what is new of each target that is not well."""
    lines = [report["line"], *([report["crashed"]] if report["crashed"] else [])]
    for target in report["targets"]:
        if target["outcome"] not in GOOD:
            lines.append(f"• {target['line']}")
        said = [a for a in target["alarms"] if tells_more(target["outcome"], a)]
        lines += [f"• {target['target']}: {alarm['state']}: {alarm['text']}" for alarm in said]
        lines += [f"• {target['target']}: {alarm['state']}: {alarm['text']}" for alarm in target["cleared"]]
    text = "\n".join(lines)
    return (
        text if len(text) <= MOST_TEXT else text[: MOST_TEXT - 40].rpartition("\n")[0] + "\n… more in the run's report"
    )


def with_keys(text: str) -> str:
    """A value with its keys filled in. Raises `Undeliverable` where one is not set."""
    for found in KEY.finditer(text):
        if not key(found[1]):
            raise Undeliverable(f"{found[1]} is not set (environment or .env)")
    return KEY.sub(lambda found: use(found[1]) or "", text)


def post(address: str, report: Mapping[str, Any], text: str) -> None:
    """POST a run as JSON: `text` for people, and what a machine may want of it."""
    url = with_keys(address)
    if not url.startswith(("http://", "https://")):
        raise Undeliverable("its address does not begin with https://")
    shown = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")  # or a site could call a whole channel
    alarms = [alarm for target in report["targets"] for alarm in target["alarms"]]
    body = {
        name: report[name] for name in ("run", "version", "started", "finished", "exit", "line", "error", "crashed")
    }
    bad = [
        {name: target[name] for name in ("target", "outcome", "why", "found", "read", "lost", "rejected")}
        for target in report["targets"]
        if target["outcome"] not in GOOD
    ]
    body |= {
        "text": shown,
        "alarms": alarms,
        "targets": bad,
        "cleared": [a for t in report["targets"] for a in t["cleared"]],
    }
    headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": f"rolecall/{__version__}"}
    data = hidden(json.dumps(body, ensure_ascii=False)).encode()
    try:
        with urlopen(Request(url, data, headers, method="POST"), timeout=TIMEOUT) as reply:
            reply.read(1000)
    except HTTPError as error:
        said = f"{urlsplit(url).hostname} answers HTTP {error.code} {error.reason}"
        error.close()
        if error.code < 500 and error.code != 429:
            raise Undeliverable(said) from None
        raise OSError(said) from None
    except ValueError:
        raise Undeliverable("its address is none that can be posted to") from None


def mail(to: Channels, report: Mapping[str, Any], text: str) -> None:
    """Send a run by e-mail. A password goes over TLS only."""
    server = urlsplit(with_keys(to.smtp or ""))
    people = [with_keys(one) for one in to.email]
    letter = EmailMessage()
    letter["Subject"] = " ".join(report["line"].split())[:200]
    letter["From"] = with_keys(to.sender) if to.sender else people[0]
    letter["To"] = ", ".join(people)
    letter.set_content(text + "\n")
    safe = ssl.create_default_context()
    with ExitStack() as stack:
        host = server.hostname or "localhost"
        if server.scheme == "smtps":
            smtp: smtplib.SMTP = stack.enter_context(
                smtplib.SMTP_SSL(host, server.port or 465, timeout=TIMEOUT, context=safe)
            )
        else:
            smtp = stack.enter_context(smtplib.SMTP(host, server.port or 587, timeout=TIMEOUT))
            smtp.ehlo()
            if smtp.has_extn("starttls"):
                smtp.starttls(context=safe)
                smtp.ehlo()
            elif server.password:
                raise Undeliverable(f"{host} offers no STARTTLS, and a password is not sent in the clear; use smtps://")
        if server.username:
            smtp.login(unquote(server.username), unquote(server.password or ""))
        smtp.send_message(letter)


def send_test(to: Channels) -> list[str]:
    """Send a message that says it is a test; a line for each channel that failed."""
    line = "run test: this is a test of Rolecall's notifications; nothing happened"
    blank = dict.fromkeys(("run", "started", "finished", "error", "crashed"), None)
    report = blank | {"run": "test", "version": __version__, "exit": 0, "line": line, "targets": []}
    return tell(to, report, always=True)


def named(to: Channels) -> list[str]:
    """The channels that are set."""
    ways = {"stdout": to.stdout, "webhook": to.webhook, "e-mail": to.email}
    return [name for name, value in ways.items() if value]
