"""A store of a few invented posts about lamps, one of them hostile, and the explorer as its user starts it."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from scraper.parse import parse_posting
from scraper.posting import RawPosting
from scraper.store import open_store
from tests.command import STRICT

EVIL = '<script>document.title="owned"</script><img src=x onerror=document.title="owned">'
TEXT = """<h2>What you do</h2><ul><li>Keep 400 lanterns lit with Python and Go</li><li>Trim wicks</li></ul>
<h2>Requirements</h2><ul><li>3+ years of experience with Python</li><li>English C1</li></ul>
<h2>What we offer</h2><ul><li>60,000 to 70,000 EUR per year</li><li>30 days of paid vacation</li>
<li>Visa sponsorship</li></ul><p>Remote within Germany. Write to mira.lindqvist@lanternhouse.example</p>"""


def raw(key: str, day: int = 2, **slots: Any) -> RawPosting:
    """A raw posting of the lantern house, seen on a day of November."""
    given: dict[str, Any] = {
        "board": "wantapply",
        "key": key,
        "url": f"https://lanternhouse.example/jobs/1000-{key}",
        "title": "Senior Lantern Engineer (m/f/d)",
        "employer_name": "Lantern House",
        "description": TEXT,
        "locations": ["Hamburg, Germany"],
        "seen_at": datetime(2026, 11, day, 9, 30, tzinfo=UTC),
    }
    return RawPosting.model_validate(given | slots)


HOSTILE = {
    "title": f'"><b>{EVIL}',
    "employer_name": f"Acme {EVIL} \u202egnp.exe",
    "url": "javascript:document.title='owned'",
    "apply_url": "javascript:alert(1)//https://lanternhouse.example",
    "locations": [f"Berlin {EVIL}"],
    "description": f"<h2>Requirements {EVIL.replace('<', '&lt;')}</h2><p>Python &lt;/mark&gt;&lt;/span&gt; \u202eevil"
    f" {EVIL.replace('<', '&lt;')} and Go, 30 days of paid vacation &lt;img src=https://elsewhere.example/x.png&gt;</p>",
    "attribution": f"=terms {EVIL}",
}


def crawl(home: Path, day: int, raws: list[RawPosting], target: str = "wantapply") -> None:
    """What a crawl of that day leaves in the store."""
    home.mkdir(parents=True, exist_ok=True)
    store = open_store(home / "rolecall.db")
    at = datetime(2026, 11, day, 9, tzinfo=UTC)
    number = store.begin(f"202611{day:02}T090000.000000", target, at)
    for each in raws:
        store.see(number, target, each, parse_posting(each))
    store.finish(number, target, at, outcome="ok", whole=True, report={"found": len(raws), "read": len(raws)})
    store.close()


def fill(home: Path) -> None:
    """Two crawls: a post changes its title, one is the same job in another city, one is hostile."""
    first = [raw("a"), raw("b", locations=["Bremen, Germany"]), raw("evil", **HOSTILE), raw("c", workplace="onsite")]
    crawl(home, 2, [*first, raw("old")])
    crawl(home, 9, [raw("a", 9, title="Staff Lantern Engineer (m/f/d)"), *first[1:]])
    crawl(home, 16, [raw("a", 16, title="Staff Lantern Engineer (m/f/d)"), *first[1:]])


@contextmanager
def explorer(home: Path, *args: str) -> Iterator[str]:
    """`rolecall explore` on a free port: its address while the context lasts."""
    command = [sys.executable, "-c", STRICT, "explore", "--port", "0", *args]
    env = os.environ | {"ROLECALL_HOME": str(home)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env) as server:
        try:
            assert server.stdout and server.stderr
            found = re.search(r"http://\S+", server.stdout.readline())
            assert found, server.stderr.read()
            yield found[0].rstrip("/")
        finally:
            server.send_signal(signal.SIGINT)
            _, said = server.communicate(timeout=60)
            assert "Traceback" not in said, said
            assert server.returncode == 0, said
