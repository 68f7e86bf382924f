"""What a site forbids, reserves or asks for, and what a crawl does about it: proved by the audit log."""

import json
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from scraper.crawl.robots import MOST_BYTES, Rules
from scraper.crawl.signs import reservations, reserved, reserving, unindexed
from tests.command import Ran, rolecall
from tests.crawl.test_careers import page, post
from tests.crawl.test_crawl import crawl, sitemap
from tests.crawl.test_crawl import post as lamp
from tests.server import Answer, Reply, Site, serve

NOW = datetime(2026, 11, 21, tzinfo=UTC)


def forbidding(text: str, path: str) -> str | None:
    return Rules.of(text.encode()).forbidding(f"https://x.example{path}")


@pytest.mark.parametrize(
    ("text", "path", "line"),
    [
        ("User-agent: *\nDisallow: /jobs", "/jobs/1", "Disallow: /jobs"),
        ("User-agent: *\nDisallow: /jobs", "/robots.txt", None),
        ("User-agent: *\nDisallow:", "/jobs", None),
        ("User-agent: *\nDisallow: /\nAllow: /jobs", "/jobs/1", None),
        ("User-agent: *\nDisallow: /*.pdf$", "/a.pdf", "Disallow: /*.pdf$"),
        ("User-agent: *\nDisallow: /*.pdf$", "/a.pdf?x", None),
        ("User-agent: *\nDisallow: /j\nDisallow: /jobs/secret", "/jobs/secret/1", "Disallow: /jobs/secret"),
        # our own group, and it alone
        ("User-agent: *\nDisallow: /\n\nUser-agent: Rolecall\nDisallow: /x", "/jobs", None),
        ("User-agent: *\nDisallow:\n\nUser-agent: rolecall/2.0\nDisallow: /jobs", "/jobs", "Disallow: /jobs"),
        ("User-agent: rolecall\nDisallow: /a\n\nUser-agent: rolecall\nDisallow: /b", "/b", "Disallow: /b"),
        ("User-agent: other\nUser-agent: ROLECALL\nDisallow: /", "/jobs", "Disallow: /"),
        # groups of others: a part of our name, a word of our contact
        ("User-agent: role\nDisallow: /", "/jobs", None),
        ("User-agent: rolecaller\nDisallow: /", "/jobs", None),
        ("User-agent: example\nDisallow: /\n", "/jobs", None),
        ("User-agent: googlebot\nDisallow: /", "/jobs", None),
        ("Disallow: /", "/jobs", None),
        ("\ufeffUser-agent: *\r\nDISALLOW : /jobs # no\r\n", "/jobs", "DISALLOW : /jobs"),
        ("User-agent: *\nSitemap: https://x.example/s.xml\nDisallow: /jobs", "/jobs", "Disallow: /jobs"),
        ("<html><body>Disallow: /</body></html>", "/jobs", None),
    ],
)
def test_robots_txt_is_read_as_rfc_9309_says(text: str, path: str, line: str | None) -> None:
    assert forbidding(text, path) == line


def test_what_is_over_the_limit_is_not_read() -> None:
    text = "User-agent: *\nDisallow: /a\n" + "#" * MOST_BYTES + "\nDisallow: /b\n"
    assert forbidding(text, "/a")
    assert not forbidding(text, "/b")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("User-agent: *\nCrawl-delay: 2.5", 2.5),
        ("User-agent: *\nRequest-rate: 1/10s", 10),
        ("User-agent: *\nCrawl-delay: 9\n\nUser-agent: rolecall\nCrawl-delay: 1", 1),
        ("User-agent: *\nCrawl-delay: 9\n\nUser-agent: rolecall\nDisallow: /x", None),
        ("User-agent: *\nCrawl-delay: soon", None),
        ("User-agent: *\nCrawl-delay: -3", None),
        ("User-agent: *\nCrawl-delay: inf", None),
        ("User-agent: bingbot\nCrawl-delay: 3", None),
    ],
)
def test_a_delay_is_ours(text: str, seconds: float | None) -> None:
    found = Rules(text).delay
    assert (found and found[0]) == seconds


def test_content_signals() -> None:
    rules = Rules("User-agent: *\nContent-Signal: search=yes, ai-train=no\nContent-Signal: /a Search=No\nAllow: /")
    assert {use: said for use, (said, _) in rules.signals("https://x.example/b").items()} == {
        "search": "yes",
        "ai-train": "no",
    }
    assert rules.signals("https://x.example/a/1")["search"] == ("no", "Content-Signal: /a Search=No")


@pytest.mark.parametrize(
    ("header", "html", "kept_out"),
    [
        ("noindex", "", True),
        ("NONE", "", True),
        ("nofollow, noindex", "", True),
        ("rolecall: noindex", "", True),
        ("googlebot: noindex", "", False),
        ("googlebot: noindex, rolecall: nofollow", "", False),
        ("googlebot: nofollow, rolecall: none", "", True),
        ("max-snippet: 20, noindex", "", True),
        ("all", "", False),
        ("noarchive", "", False),
        ("unavailable_after: 20 Nov 2026 15:00:00 GMT", "", True),
        ("unavailable_after: Fri, 20 Nov 2026 15:00:00 GMT", "", True),
        ("unavailable_after: 2026-11-22", "", False),
        ("unavailable_after: whenever", "", False),
        ("", "<meta name='robots' content='noindex, follow'>", True),
        ("", '<META content="None" NAME=Robots />', True),
        ("", "<meta name=rolecall content=noindex>", True),
        ("", "<meta name=googlebot content=noindex>", False),
        ("", "<meta name='robots' content='unavailable_after: 2026-11-01'>", True),
        ("", "<!-- <meta name='robots' content='noindex'> -->", False),
        ("", "</head><body><meta name='robots' content='noindex'>", False),
        ("", "<meta name='description' content='noindex'>", False),
    ],
)
def test_what_keeps_a_page_out_of_an_index(header: str, html: str, kept_out: bool) -> None:
    assert bool(unindexed([header] if header else [], f"<html><head>{html}", NOW)) == kept_out


def test_reservations_of_mining() -> None:
    assert reserved("1", "", None) == "tdm-reservation: 1"
    assert "https://x.example/t" in (reserved("1", "https://x.example/t", None) or "")
    assert reserved("0", "", "<html>") is None
    assert reserved("", "", '<head><meta name="TDM-Reservation" content="1">')
    assert reserved("", "", '<head><meta name="tdm-reservation" content="0">') is None
    entries = reservations(
        json.dumps(
            [
                {"location": "/open/*", "tdm-reservation": 0},
                {"location": "/jobs/*.html$", "tdm-reservation": 1, "tdm-policy": "https://x.example/t"},
                {"location": "/o", "tdm-reservation": 1},
                "garbage",
                {"location": 7},
            ]
        ).encode()
    )
    assert reserving(entries, "https://x.example/open/1") is None
    assert "https://x.example/t" in (reserving(entries, "https://x.example/jobs/1.html") or "")
    assert reserving(entries, "https://x.example/jobs/1.json") is None
    assert reserving(entries, "https://x.example/other")
    assert [reservations(body) for body in (b"<html>", b"{}", b"[[[", b"\xff", b"[" * 100_000)] == [[]] * 5


# -- by the real command ----------------------------------------------------------------------------------------------


def log(home: Path) -> list[dict[str, Any]]:
    (path,) = (home / "runs").glob("*.audit.jsonl")
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def said(home: Path, rule: str) -> list[tuple[str, str]]:
    return [(row["found"], row["done"]) for row in log(home) if row["rule"] == rule]


ROBOTS = {
    "gone": Reply("<html>Disallow: /\nUser-agent: *\nDisallow: /", 404),
    "shut": Reply("User-agent: *\nDisallow:", 503),
    "ours": Reply("User-agent: *\nDisallow:\n\nUser-agent: rolecall\nDisallow: /careers"),
    "slow": Reply("User-agent: *\nCrawl-delay: 3600"),
    "silent": Reply("User-agent: *\nContent-Signal: search=no\nAllow: /"),
    "train": Reply("User-agent: *\nContent-Signal: ai-train=no\nAllow: /"),
    "moved": Reply("", 302, {"Location": "https://elsewhere.example/robots.txt"}),
    "mined": Reply("", 404),
    "marked": Reply("", 404),
    "hidden": Reply("", 404),
    "meta": Reply("", 404),
    "inside": Reply("", 404),
}  # fmt: skip


def host_pages(name: str) -> dict[str, Answer]:
    answers: dict[str, Answer] = {"/robots.txt": ROBOTS[name], "/careers": post("Potter")}
    if name == "mined":
        answers["/.well-known/tdmrep.json"] = Reply('[{"location": "/careers", "tdm-reservation": 1}]')
    if name == "marked":
        answers["/careers"] = Reply(str(post("Potter").body), headers={"tdm-reservation": "1"})
    if name == "hidden":
        answers["/careers"] = Reply(str(post("Potter").body), headers={"X-Robots-Tag": "noindex"})
    if name == "meta":
        answers["/careers"] = Reply(
            str(post("Potter").body).replace("<title>", '<meta name="robots" content="none"><title>')
        )
    if name == "inside":
        answers["/careers"] = Reply("", 302, {"Location": "https://inside.example/login?next=/careers"})
        answers["/login"] = page("<h1>Sign in</h1>")
    return {f"/{name}.example{path}": answer for path, answer in answers.items()}


def visit(home: Path, site: Site, *more: str) -> Ran:
    fast = ("-s", "DOWNLOAD_DELAY=0", "-s", "RETRY_TIMES=0", "-s", f"ROLECALL_MIRROR={site.url}")
    return rolecall(
        home, "crawl", *(f"careers:https://{name}.example/careers" for name in ROBOTS), *fast, *more
    ).clean()


def outcomes(ran: Ran) -> dict[str, str]:
    lines = [line.partition("careers:https://")[2] for line in ran.err.splitlines() if line.startswith("careers:")]
    return {line.partition(".")[0]: line.partition(": ")[2].partition(":")[0] for line in lines}


def all_hosts() -> dict[str, Answer]:
    answers = {path: answer for name in ROBOTS for path, answer in host_pages(name).items()}
    return answers | {"/elsewhere.example/robots.txt": Reply("User-agent: *\nDisallow: /careers")}


def test_every_no_is_a_no_and_is_noted(tmp_path: Path) -> None:
    with serve(all_hosts()) as site:
        ran = visit(tmp_path, site)
    assert outcomes(ran) == {
        "gone": "ok",
        "shut": "broken",
        "ours": "blocked",
        "slow": "blocked",
        "silent": "blocked",
        "train": "ok",
        "moved": "blocked",
        "mined": "blocked",
        "marked": "blocked",
        "hidden": "blocked",
        "meta": "blocked",
        "inside": "login",
    }
    asked = [path for path in site.paths() if path.endswith(("/careers", "/login"))]
    assert sorted(asked) == [
        f"/{name}.example/careers" for name in ("gone", "hidden", "inside", "marked", "meta", "train")
    ]
    rows = log(tmp_path)
    assert all(set(row) >= {"at", "target", "url", "rule", "found", "done"} for row in rows)
    by_host = {(row["url"].split("/")[2].partition(".")[0], row["rule"], row["found"], row["done"]) for row in rows}
    for noted in [
        ("gone", "robots.txt", "HTTP 404", "all allowed"),
        ("shut", "robots.txt", "HTTP 503", "not asked"),
        ("ours", "robots.txt", "Disallow: /careers", "not asked"),
        ("ours", "robots.txt", "HTTP 200, 1 lines for rolecall", "rules kept"),
        ("moved", "robots.txt", "Disallow: /careers", "not asked"),
        ("slow", "crawl-delay", "Crawl-delay: 3600", "ended target"),
        ("silent", "content-signal", "Content-Signal: search=no", "not asked"),
        ("train", "content-signal", "Content-Signal: ai-train=no", "kept: this crawl's uses are search"),
        ("mined", "tdm", 'tdmrep.json: "location": "/careers", "tdm-reservation": 1', "not asked"),
        ("marked", "tdm", "tdm-reservation: 1", "not read"),
        ("hidden", "noindex", "X-Robots-Tag: noindex", "not read"),
        ("meta", "noindex", '<meta name="robots" content="none">', "not read"),
        ("inside", "login", "https://inside.example/careers leads to https://inside.example/login", "not asked"),
    ]:
        assert noted in by_host, noted
    again = rolecall(tmp_path, "reparse").clean()
    assert len(again.out.splitlines()) == 2, "what is not to be read is not in the archive either"


def test_each_no_is_overridden_by_a_setting_of_its_name(tmp_path: Path) -> None:
    names = ("CONTENT_SIGNAL", "TDM", "NOINDEX", "CRAWL_DELAY")
    with serve(all_hosts()) as site:
        ran = visit(tmp_path, site, *(word for name in names for word in ("-s", f"ROLECALL_HONOUR_{name}=0")))
    good = {name for name, outcome in outcomes(ran).items() if outcome == "ok"}
    assert good == {"gone", "slow", "silent", "train", "mined", "marked", "hidden", "meta"}
    assert not [path for path in (asked.path for asked in site.asked) if path.endswith("tdmrep.json")]
    done = {row["done"] for row in log(tmp_path)}
    assert {f"overridden by ROLECALL_HONOUR_{name}" for name in names} <= done


def test_pages_are_as_far_apart_as_robots_txt_asks(tmp_path: Path) -> None:
    robots = Reply("User-agent: *\nCrawl-delay: 0.6\nDisallow: /no", type="text/plain")
    with serve(
        {"/robots.txt": robots, "/sitemap.xml": sitemap("a", "b", "no")} | {f"/{slug}": lamp() for slug in "ab"}
    ) as site:
        ran = crawl(tmp_path, site).clean()
    assert ran.code == 1
    assert "/no: robots.txt forbids it (Disallow: /no)" in ran.err
    assert "/no" not in site.paths()
    times = [asked.at for asked in site.asked[1:]]
    assert len(times) >= 3
    assert min(later - sooner for sooner, later in pairwise(times)) > 0.55
    assert ("Crawl-delay: 0.6", "waited 0.6 s between two requests") in said(tmp_path, "crawl-delay")


def test_a_budget_is_not_overspent_and_what_is_over_is_named(tmp_path: Path) -> None:
    slugs = [f"p{number}" for number in range(40)]
    with serve({"/sitemap.xml": sitemap(*slugs)} | {f"/{slug}": lamp() for slug in slugs}) as site:
        ran = crawl(tmp_path, site, "-s", "ROLECALL_HOST_BUDGET=11").clean()
    assert len(site.paths()) == 11
    assert "partial: 40 found, 10 read" in ran.err
    assert "30 lost" in ran.err
    assert "ROLECALL_HOST_BUDGET" in ran.err
    rows = [row for row in log(tmp_path) if row["rule"] == "budget"]
    assert len(rows) == 21, "the first twenty, and how many more"
    assert rows[-1]["more"] == 10


def test_a_site_that_is_slow_is_asked_more_slowly(tmp_path: Path) -> None:
    slugs = "abcdef"
    with serve(
        {"/sitemap.xml": sitemap(*slugs)} | {f"/{slug}": Reply(str(lamp().body), wait=0.4) for slug in slugs}
    ) as site:
        crawl(tmp_path, site).clean()
    times = sorted(asked.at for asked in site.asked if len(asked.path) == 2)
    assert times[-1] - times[0] > 0.2 * (len(slugs) - 3)


def test_a_page_that_may_not_be_listed_costs_no_other(tmp_path: Path) -> None:
    unlisted = Reply(str(lamp().body), headers={"X-Robots-Tag": "rolecall: noindex", "ETag": '"1"'})
    listed = Reply(str(sitemap("a", "b").body), headers={"X-Robots-Tag": "noindex"}, type="application/xml")
    with serve({"/sitemap.xml": listed, "/a": lamp(), "/b": unlisted}) as site:
        ran = crawl(tmp_path, site).clean()
    assert [row["key"] for row in ran.rows()] == ["a"]
    assert "partial: 2 found, 1 read, 1 new, 1 lost" in ran.err
    assert "/b: X-Robots-Tag: rolecall: noindex" in ran.err
