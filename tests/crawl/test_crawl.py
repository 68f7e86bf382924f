"""Real crawls of a loopback site by the real command."""

import json
from email.utils import formatdate
from pathlib import Path
from time import time

import pytest

from tests.command import Ran, rolecall
from tests.server import Asked, Reply, Site, as_json, serve

PAGE = """<html><head><title>x</title><script type="application/ld+json">{json}</script></head><body>
<h1>{title}</h1><span>Spain</span><span>Hybrid</span><div class="Description"><p>{text}</p></div>
<p>Published on: 10/12/2026</p></body></html>"""


def post(title: str = "Lamp Tester", text: str = "You test lamps.") -> Reply:
    node = {"@type": "JobPosting", "title": title, "hiringOrganization": {"name": "Lumo"}, "datePosted": "2026-10-12"}
    return Reply(PAGE.format(json=json.dumps(node), title=title, text=text))


def sitemap(*slugs: str) -> Reply:
    urls = "".join(f"<url><loc>https://elsewhere.example/{slug}</loc></url>" for slug in slugs)
    return Reply(
        f'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>',
        type="application/xml",
    )


def crawl(home: Path, site: Site, *more: str, **env: str) -> Ran:
    fast = ("-s", "DOWNLOAD_DELAY=0", "-s", "DOWNLOAD_TIMEOUT=5", "-s", "RETRY_TIMES=1")
    return rolecall(home, "crawl", "wantapply", "-a", f"host={site.url}", *fast, *more, **env)


def test_good_posts_come_out_and_every_loss_is_named(tmp_path: Path) -> None:
    answers = {
        "/sitemap.xml": sitemap(
            "a-at-lumo", "b-at-lumo", "company/lumo", "sign-in", "gone", "closed", "garbage", "picture", "cut-off"
        ),
        "/a-at-lumo": post("Senior Lamp Tester"),
        "/b-at-lumo": post(),
        "/closed": Reply("<html><body>This role is no longer open</body></html>"),
        "/garbage": Reply('<script type="application/ld+json">{"@type": "Job'),
        "/picture": Reply(b"\x89PNG\r\n\x1a\n" + bytes(2000), type="image/png"),
        "/cut-off": Reply(post().body, cut=40),
    }
    with serve(answers) as site:
        ran = crawl(tmp_path, site).clean()
    assert ran.code == 1, ran.err
    assert sorted(row["key"] for row in ran.rows()) == ["a-at-lumo", "b-at-lumo"]
    assert "partial: 7 found, 2 read, 2 new, 1 closed, 4 lost" in ran.err
    for lost in ("/gone: HTTP 404", "/garbage: neither", "/picture: no text", "/cut-off: "):
        assert lost in ran.err
    assert not {"/company/lumo", "/sign-in"} & set(site.paths())


def test_a_whole_crawl_is_silent_but_for_its_report(tmp_path: Path) -> None:
    with serve({"/sitemap.xml": sitemap("a"), "/a": post()}) as site:
        ran = crawl(tmp_path, site).clean()
    assert ran.code == 0
    first, *rest = ran.err.splitlines()
    assert first.startswith("run ")
    assert rest == [
        "wantapply: ok: 1 found, 1 read, 1 new",
        f"1 postings read; the open ones are in {tmp_path / 'posts.jsonl'}",
    ]


def test_output_to_stdout_is_nothing_but_postings(tmp_path: Path) -> None:
    with serve({"/sitemap.xml": sitemap("a"), "/a": post()}) as site:
        ran = crawl(tmp_path, site, "-o", "-")
    assert [json.loads(line)["title"] for line in ran.out.splitlines()] == ["Lamp Tester"]


def test_who_we_are(tmp_path: Path) -> None:
    with serve({"/sitemap.xml": sitemap()}) as site:
        crawl(tmp_path, site, ROLECALL_CONTACT="crawl@lumo.example")
    agents = {asked.headers["User-Agent"] for asked in site.asked}
    assert len(agents) == 1
    assert agents.pop().endswith("(+crawl@lumo.example)")
    assert not any("Referer" in asked.headers or "Cookie" in asked.headers for asked in site.asked)


def test_robots_txt_is_obeyed(tmp_path: Path) -> None:
    answers = {
        "/robots.txt": Reply("User-agent: *\nDisallow: /", type="text/plain"),
        "/sitemap.xml": sitemap("a"),
    }
    with serve(answers) as site:
        ran = crawl(tmp_path, site).clean()
    assert site.paths() == []
    assert ran.code == 3
    assert "robots.txt forbids it" in ran.err


@pytest.mark.parametrize(
    ("reply", "seen"),
    [
        (Reply("<title>Just a moment...</title>", 403, {"cf-mitigated": "challenge"}), "Cloudflare challenge"),
        (Reply("no", 403), "HTTP 403"),
        (Reply("<script src='https://ct.captcha-delivery.com/c.js'>"), "DataDome captcha"),
        (Reply("slow down", 429), "HTTP 429"),
    ],
)
def test_a_block_ends_the_target_and_is_not_evaded(tmp_path: Path, reply: Reply, seen: str) -> None:
    slugs = [f"post-{number}" for number in range(40)]
    answers = {"/sitemap.xml": sitemap(*slugs)} | {f"/{slug}": post() for slug in slugs} | {"/post-0": reply}
    with serve(answers) as site:
        ran = crawl(tmp_path, site, "-s", "CONCURRENT_REQUESTS_PER_DOMAIN=1", "-s", "DOWNLOAD_DELAY=0.05").clean()
    assert ran.code == 3
    assert "wantapply: blocked" in ran.err
    assert seen in ran.err
    asked = [path for path in site.paths() if path != "/post-0"]
    if reply.status != 429:
        assert len(asked) < 40, "a block ends the target"


def test_retry_after_is_waited_for(tmp_path: Path) -> None:
    def busy(asked: Asked) -> Reply:
        return Reply("busy", 503, {"Retry-After": "2"}) if asked.count == 1 else post()

    def dated(asked: Asked) -> Reply:
        return Reply("busy", 429, {"Retry-After": formatdate(time() + 2, usegmt=True)}) if asked.count == 1 else post()

    with serve({"/sitemap.xml": sitemap("a", "b"), "/a": busy, "/b": dated}) as site:
        ran = crawl(tmp_path, site, "-s", "CONCURRENT_REQUESTS_PER_DOMAIN=1").clean()
    assert ran.code == 0
    for path in ("/a", "/b"):
        first, second = (asked.at for asked in site.asked if asked.path == path)
        assert second - first >= 0.9, "an HTTP date has whole seconds"


def test_a_wait_beyond_the_limit_is_a_block(tmp_path: Path) -> None:
    answers = {"/sitemap.xml": Reply("busy", 429, {"Retry-After": "86400"})}
    with serve(answers) as site:
        ran = crawl(tmp_path, site).clean()
    assert (ran.code, len(site.paths())) == (3, 1)


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({}, "moved"),
        ({"/sitemap.xml": Reply("", 500)}, "broken"),
        ({"/sitemap.xml": Reply("<html>Sign in</html>")}, "broken"),
        ({"/sitemap.xml": Reply("")}, "broken"),
        ({"/sitemap.xml": Reply("<?xml version='1.0'?><urlset><url><loc>http", type="application/xml")}, "broken"),
        ({"/sitemap.xml": sitemap()}, "empty"),
        ({"/sitemap.xml": Reply("", 302, {"Location": "/sitemap.xml"})}, "broken"),
    ],
)
def test_a_target_that_gives_nothing_is_never_a_success_without_a_word(
    tmp_path: Path, answers: dict[str, Reply], said: str
) -> None:
    with serve(answers) as site:
        ran = crawl(tmp_path, site).clean()
    assert f"wantapply: {said}" in ran.err
    assert ran.code == (0 if said == "empty" else 1)


def test_nobody_there(tmp_path: Path) -> None:
    with serve({}) as site:
        pass
    ran = crawl(tmp_path, site).clean()
    assert ran.code == 1, ran.err
    assert "wantapply: broken" in ran.err


def test_the_page_that_is_slow_large_or_written_in_another_charset(tmp_path: Path) -> None:
    answers = {
        "/sitemap.xml": sitemap("slow", "large", "cyrillic", "two", "graph"),
        "/slow": Reply(post("Slow").body, wait=1.5),
        "/large": post("Large", "lamp oil and wicks " * 1_000_000),
        "/cyrillic": Reply(
            PAGE.format(json="{}", title="Фонарщик", text="Мы зажигаем фонари.").encode("windows-1251"),
            type="text/html; charset=windows-1251",
        ),
        "/two": Reply(str(post("First").body) + str(post("Second").body)),
        "/graph": Reply(
            '<script type="application/ld+json">{"@graph": [{"@type": "WebPage"}, {"@type": "JobPosting", '
            '"title": "In a graph", "description": "&lt;p&gt;Escaped&lt;/p&gt;"}]}</script>'
        ),
    }
    with serve(answers) as site:
        ran = crawl(tmp_path, site).clean()
    found = {row["key"]: row for row in ran.rows()}
    assert ran.code == 0
    assert {key: row["title"] for key, row in found.items()} == {
        "slow": "Slow",
        "large": "Large",
        "cyrillic": "Фонарщик",
        "two": "First",
        "graph": "In a graph",
    }
    assert found["cyrillic"]["description"] == "Мы зажигаем фонари."
    assert found["graph"]["description"] == "Escaped"


def test_the_catalogue_is_paged_to_its_end(tmp_path: Path) -> None:
    def row(number: int, status: str = "published") -> dict[str, object]:
        decoys = {"decoyApplyUrl": "https://trap.example", "decoyContactEmail": "trap@trap.example"}
        return {
            "title": f"Post {number}",
            "url": f"post-{number}",
            "description": "<p>x</p>",
            "status": status,
        } | decoys

    def catalogue(asked: Asked) -> Reply:
        page = int(asked.path.split("page=")[1].partition("&")[0])
        rows = [row(page * 2), row(page * 2 + 1, "published" if page < 3 else "archived")]
        return as_json({"data": rows, "hasNextPage": page < 3, "total": 6})

    with serve({"/api/jobs": catalogue}) as site:
        ran = crawl(tmp_path, site, "-a", "door=api").clean()
    assert ran.code == 0, ran.err
    assert [row["title"] for row in ran.rows()] == ["Post 2", "Post 3", "Post 4", "Post 5", "Post 6"]
    assert "trap" not in (tmp_path / "posts.jsonl").read_text()


def test_a_filter_that_the_site_ignores_is_an_error(tmp_path: Path) -> None:
    rows = [{"title": "Any", "url": "any", "description": "x", "status": "published"}]

    def heeds(asked: Asked) -> Reply:
        return as_json({"data": rows, "hasNextPage": False, "total": 3 if "search" in asked.path else 9})

    for answer, code in ((heeds, 0), (as_json({"data": rows, "hasNextPage": False, "total": 9}), 1)):
        with serve({"/api/jobs": answer}) as site:
            ran = crawl(tmp_path, site, "-a", "door=api", "-a", "search=lamp").clean()
        assert ran.code == code, ran.err
        assert ("ignores search='lamp'" in ran.err) == bool(code)


def test_paging_that_never_ends_is_ended(tmp_path: Path) -> None:
    rows = [{"title": "Same", "url": "same", "description": "x", "status": "published"}]
    with serve({"/api/jobs": as_json({"data": rows, "hasNextPage": True, "total": 9})}) as site:
        ran = crawl(tmp_path, site, "-a", "door=api").clean()
    assert "looped" in ran.err
    assert (ran.code, len(site.paths())) == (1, 2)


def test_a_record_that_breaks_the_contract_is_kept_as_a_reject(tmp_path: Path) -> None:
    rows = [
        {"title": None, "url": "no-title", "status": "published"},
        {"title": "Good", "url": "good", "status": "published"},
        {"title": "Odd", "url": "odd", "status": "published", "salaryMin": {"of": "money"}},
    ]
    with serve({"/api/jobs": as_json({"data": rows, "hasNextPage": False, "total": 3})}) as site:
        ran = crawl(tmp_path, site, "-a", "door=api").clean()
    assert [row["key"] for row in ran.rows()] == ["good"]
    rejects = ran.rows("rejects.jsonl")
    assert len(rejects) == 2
    assert all(row["reason"] and row["raw"] and row["target"] == "wantapply?door=api" for row in rejects)
    assert ran.code == 1, ran.err
    assert "2 rejected" in ran.err


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["crawl"], "TARGET"),
        (["crawl", "wantaply"], "did you mean 'wantapply'?"),
        (["crawl", "wantapply:lumo"], "has no employers"),
        (["crawl", "wantapply", "-a", "hosts=x"], "has no option hosts (it has: door, host, search)"),
        (["crawl", "wantapply", "-a", "host"], "is not NAME=VALUE"),
        (["parse"], "give a FILE"),
        (["parse", "/nowhere.html", "--board", "wantapply"], "No such file"),
    ],
)
def test_wrong_use_is_said_in_a_line(tmp_path: Path, args: list[str], said: str) -> None:
    ran = rolecall(tmp_path, *args).clean()
    assert ran.code == 2
    assert said in " ".join(ran.err.split())
