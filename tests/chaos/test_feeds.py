"""Sitemaps, feeds and lists that explode, reach for files or never end; hosts that ask to wait, in every way."""

import asyncio
import json
from asyncio import StreamWriter
from email.utils import formatdate
from pathlib import Path
from time import time

import pytest

from tests.chaos.site import Act, in_turn, says, serve
from tests.chaos.watch import Watched, watched

pytestmark = pytest.mark.xdist_group("chaos-feeds")

POST = says(
    '<script type="application/ld+json">{"@type": "JobPosting", "title": "Lamp Tester",'
    ' "description": "You test lamps at night."}</script><h1>Lamp Tester</h1>',
    type="text/html",
)
LIST = says('<a href="/jobs/2">Lamp Tester</a>', type="text/html")
LAUGHS = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
LAUGHS = f'<!DOCTYPE r [<!ENTITY a0 "lol">{LAUGHS}]>'
FILE = '<!DOCTYPE r [<!ENTITY f SYSTEM "file:///etc/passwd">]>'
OUTSIDE = '<!DOCTYPE r [<!ENTITY % f SYSTEM "http://127.0.0.1:1/secret">%f;]>'


def sitemap(inner: str, doctype: str = "") -> Act:
    space = "http://www.sitemaps.org/schemas/sitemap/0.9"
    return says(f'<?xml version="1.0"?>{doctype}<urlset xmlns="{space}">{inner}</urlset>', type="application/xml")


def rss(text: str, doctype: str = "") -> Act:
    item = f"<item><title>Lamp Tester</title><link>https://x.example/jobs/1-x</link><description>{text}</description></item>"
    return says(f'<?xml version="1.0"?>{doctype}<rss><channel>{item}</channel></rss>', type="application/rss+xml")


def entry(path: str) -> str:
    return f"<url><loc>{path}</loc></url>"


def paging(fresh: bool, wait: float = 0) -> Act:
    """A list that names a next page for ever: with a new posting on each, or always the same."""

    async def act(writer: StreamWriter, path: str) -> None:
        await asyncio.sleep(wait)
        number = int(path.rpartition("=")[2])
        key = number if fresh else 1
        row = {
            "title": f"Lamp Tester {key}",
            "url": f"https://x.example/jobs/{key}-x",
            "content_html": "You test lamps.",
        }
        await says(json.dumps({"items": [row], "next_url": f"?page={number + 1}"}))(writer, path)

    return act


async def index(writer: StreamWriter, path: str) -> None:
    deeper = f"<sitemap><loc>?x{path.rpartition('?')[2]}</loc></sitemap>"
    await says(f'<?xml version="1.0"?><sitemapindex>{deeper}</sitemapindex>', type="application/xml")(writer, path)


SITEMAPS = {
    "laughs": (sitemap(entry("&a9;"), LAUGHS), "not XML", 1),
    "laughs-in-a-name": (sitemap('<url x="&a9;"><loc>/jobs/1</loc></url>', LAUGHS), "not XML", 1),
    "reads-a-file": (sitemap(entry("https://reads-a-file.example/jobs/1?x=&f;"), FILE), "", 2),
    "asks-outside": (sitemap(entry("https://asks-outside.example/jobs/1"), OUTSIDE), "", 2),
    "cut": (says(f'<?xml version="1.0"?><urlset>{entry("https://cut.example/jobs/1")}', type="text/xml"), "not XML", 1),
    "deep": (sitemap("<a>" * 100_000 + "</a>" * 100_000), "not XML", 1),
    "index-for-ever": (index, "", 1),
}
"""What robots.txt names as sitemap, what must be said of it, and how many posts come out: one is in the list anyway."""

WAITS = {
    "unsaid": None,
    "negative": "-5",
    "garbage": "soon",
    "past": formatdate(0, usegmt=True),
    "odd": "Fri, 99 Foo 9999 99:99:99 GMT",
    "empty": "",
    "fraction": "0.5",
    "a-second": "1",
    "a-day": "86400",
    "for-ever": "9" * 400,
    "thirty-years": formatdate(time() + 9e8, usegmt=True),
}
"""What `Retry-After` says; the last three ask for more than a crawl waits."""
TOO_LONG = ("a-day", "for-ever", "thirty-years")


def settings(mirror: str, **more: object) -> list[str]:
    given = {"ROLECALL_MIRROR": mirror, "DOWNLOAD_DELAY": 0, "DOWNLOAD_TIMEOUT": 30, "RETRY_TIMES": 1} | more
    return [part for name, value in given.items() for part in ("-s", f"{name}={value}")]


@pytest.fixture(scope="module")
def crawl(tmp_path_factory: pytest.TempPathFactory) -> Watched:
    """One crawl of all cases."""
    acts: dict[str, Act] = {}
    for name, (act, _, _) in SITEMAPS.items():
        robots = says(f"Sitemap: https://{name}.example/sitemap.xml", type="text/plain")
        acts |= {f"/{name}.example/robots.txt": robots, f"/{name}.example/sitemap.xml": act}
        acts |= {f"/{name}.example/jobs": LIST, f"/{name}.example/jobs/": POST}
    for status in (429, 503):
        for name, wait in WAITS.items():
            busy = says("busy", status, **({} if wait is None else {"Retry_After": wait}))
            acts |= {f"/{name}-{status}.example/jobs": in_turn(busy, LIST), f"/{name}-{status}.example/jobs/": POST}
    targets = [f"careers:https://{path.split('/')[1]}/jobs" for path in acts if path.endswith("/jobs")]
    acts |= {
        "/laughs-rss.example/jobs.rss": rss("Lamps &a9;", LAUGHS),
        "/file-rss.example/jobs.rss": rss("Lamps &f;", FILE),
    }
    acts |= {"/fresh.example/jobs.json": paging(fresh=True), "/same.example/jobs.json": paging(fresh=False)}
    targets += [f"teamtailor:{name}.example" for name in ("laughs-rss", "file-rss", "fresh", "same")]
    with serve(acts) as site:
        home = tmp_path_factory.mktemp("feeds")
        return watched(home, "crawl", *targets, *settings(site.url, ROLECALL_MAX_PAGES=25))


def seen(crawl: Watched, target: str) -> tuple[str, str, int]:
    """Outcome, what was said of losses, and how many postings are stored."""
    report = crawl.crawls()[target]
    return report["outcome"], report["why"] or "; ".join(report["losses"]), len(crawl.keys().get(target, []))


@pytest.mark.parametrize("name", SITEMAPS)
def test_a_sitemap_that_is_an_attack(crawl: Watched, name: str) -> None:
    _, why, posts = SITEMAPS[name]
    outcome, said, stored = seen(crawl, f"careers:https://{name}.example/jobs")
    assert (outcome, stored) == ("partial" if why else "ok", posts), said
    assert why in said


@pytest.mark.parametrize("name", ["laughs-rss", "file-rss"])
def test_a_feed_that_is_an_attack_gives_its_post_without_the_entity(crawl: Watched, name: str) -> None:
    assert seen(crawl, f"teamtailor:{name}.example")[::2] == ("ok", 1)
    assert {row["description"] for row in crawl.ran.rows() if row["employer"]["slug"] == f"{name}.example"} == {"Lamps"}


def test_no_file_was_read(crawl: Watched) -> None:
    for path in crawl.ran.home.rglob("*"):
        assert not path.is_file() or b"root:x:0" not in path.read_bytes()


def test_lists_without_an_end_are_ended(crawl: Watched) -> None:
    assert seen(crawl, "teamtailor:fresh.example")[::2] == ("looped", 25)
    assert seen(crawl, "teamtailor:same.example")[::2] == ("looped", 1)


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("name", WAITS)
def test_a_site_that_asks_to_wait(crawl: Watched, name: str, status: int) -> None:
    outcome, said, stored = seen(crawl, f"careers:https://{name}-{status}.example/jobs")
    if name in TOO_LONG:
        assert (outcome, stored) == ("blocked" if status == 429 else "broken", 0)
        assert str(status) in said
    else:
        assert (outcome, stored) == ("ok", 1), said


def test_nothing_leaks(crawl: Watched) -> None:
    assert crawl.ran.code == 1
    assert crawl.rss < 300
    assert crawl.files < 80


def test_a_target_that_takes_too_long_ends_and_its_neighbour_does_not(tmp_path: Path) -> None:
    last = says(json.dumps({"items": [{"title": "Lamp Tester", "url": "https://x.example/jobs/1-x"}]}))
    with serve({"/slow.example/jobs.json": paging(fresh=True, wait=0.2), "/good.example/jobs.json": last}) as site:
        given = settings(site.url, ROLECALL_TARGET_SECONDS=2)
        ran = watched(tmp_path, "crawl", "teamtailor:slow.example", "teamtailor:good.example", *given)
        outcome, said, stored = seen(ran, "teamtailor:slow.example")
        assert (outcome, ran.ran.code) == ("partial", 1)
        assert "not done within 2 s (ROLECALL_TARGET_SECONDS)" in said
        assert stored > 1
        assert seen(ran, "teamtailor:good.example") == ("ok", "", 1)
        site.acts["/slow.example/jobs.json"] = last
        again = watched(tmp_path, "crawl", "teamtailor:slow.example", *given)
    assert again.ran.code == 0
    assert again.crawls()["teamtailor:slow.example"]["closed"] == 0, "what a cut crawl has not seen is not gone"
