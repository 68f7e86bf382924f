"""Crawls of an employer's own site: ways to its posts, budgets, what is known from before, what is no post."""

import gzip
import json
from pathlib import Path

import pytest

from tests.command import Ran, rolecall
from tests.server import Answer, Reply, Site, serve

HOST = "kiln.example"


def page(body: str, title: str = "Kilnhouse") -> Reply:
    return Reply(f"<html><head><title>{title}</title></head><body><main>{body}</main></body></html>")


def post(title: str, more: str = "") -> Reply:
    return page(
        f"<h1>{title}</h1><p>Location: Leiria</p><p>At Kilnhouse you make things that outlive you, together with eleven people who have done so for decades.</p>"
        f"<h2>Responsibilities</h2><ul><li>Mix clay and glazes</li><li>Load and watch the kilns</li></ul>"
        f"<h2>Requirements</h2><ul><li>Two winters at a wheel</li><li>A liking for early mornings</li></ul>{more}",
        f"{title} | Kilnhouse",
    )


def jobposting(title: str, **more: str) -> Reply:
    node = {"@type": "JobPosting", "title": title, "description": "<p>Make pots.</p>", **more}
    return Reply(f'<html><script type="application/ld+json">{json.dumps(node)}</script></html>')


def urlset(*paths: str, changed: str = "2026-10-01") -> Reply:
    rows = "".join(f"<url><loc>https://{HOST}{path}</loc><lastmod>{changed}</lastmod></url>" for path in paths)
    return Reply(f'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</urlset>', type="application/xml")  # fmt: skip


def index(*urls: str) -> Reply:
    rows = "".join(f"<sitemap><loc>{url}</loc></sitemap>" for url in urls)
    return Reply(f'<?xml version="1.0"?><sitemapindex>{rows}</sitemapindex>', type="application/xml")


def site_of(answers: dict[str, Answer]) -> dict[str, Answer]:
    return {f"/{HOST}{path}": answer for path, answer in answers.items()}


def crawl(home: Path, site: Site, *more: str) -> Ran:
    fast = ("-s", "DOWNLOAD_DELAY=0", "-s", "RETRY_TIMES=0", "-s", f"ROLECALL_MIRROR={site.url}")
    return rolecall(home, "crawl", f"careers:https://{HOST}/careers", *fast, *more).clean()


def titles(ran: Ran) -> list[str]:
    return sorted(row["title"] for row in ran.rows())


def test_from_robots_to_nested_and_zipped_sitemaps_to_posts(tmp_path: Path) -> None:
    zipped = Reply(gzip.compress(str(urlset("/careers/potter").body).encode()), type="application/x-gzip")
    answers = site_of(
        {
            "/robots.txt": Reply(f"Sitemap: https://{HOST}/all.xml\nSitemap: https://{HOST}/jobs.txt", type="text/plain"),
            "/all.xml": index(f"https://{HOST}/inner.xml"),
            "/inner.xml": index(f"https://{HOST}/jobs.xml.gz"),
            "/jobs.xml.gz": zipped,
            "/jobs.txt": Reply(f"https://{HOST}/careers/glazer\nhttps://{HOST}/about", type="text/plain"),
            "/careers": page("<h1>Careers</h1><a href='/careers/thrower'>Thrower</a> <a href='https://other.example/careers/x'>x</a>"),
            "/careers/potter": post("Potter"),
            "/careers/glazer": jobposting("Glazer"),
            "/careers/thrower": post("Thrower"),
        }
    )  # fmt: skip
    with serve(answers) as site:
        ran = crawl(tmp_path, site)
    assert titles(ran) == ["Glazer", "Potter", "Thrower"]
    assert ran.code == 0, ran.err
    assert "ok: 3 found, 3 read" in ran.err
    assert not [path for path in site.paths() if "other.example" in path or path.endswith("/about")]


def test_an_index_is_followed_three_deep_and_no_deeper(tmp_path: Path) -> None:
    answers: dict[str, Answer] = {f"/{n}.xml": index(f"https://{HOST}/{n + 1}.xml") for n in range(1, 7)}
    answers |= {"/robots.txt": Reply(f"Sitemap: https://{HOST}/1.xml"), "/careers": post("Potter")}
    with serve(site_of(answers)) as site:
        ran = crawl(tmp_path, site)
    assert sorted(path for path in site.paths() if path.endswith(".xml")) == [f"/{HOST}/{n}.xml" for n in (1, 2, 3, 4)]
    assert titles(ran) == ["Potter"]


def test_what_is_no_post_gives_nothing(tmp_path: Path) -> None:
    words = "<p>" + "We are a family of makers, and we like what we do here by the river. " * 12 + "</p>"
    answers = {
        "/sitemap.xml": urlset("/careers/potter", "/careers/how-we-work", "/careers/our-town", "/careers/teams"),
        "/careers": page("<h1>Careers</h1><a href='/careers/glazer'>Glazer</a>"),
        "/careers/glazer": post("Glazer"),
        "/careers/potter": post("Potter"),
        "/careers/how-we-work": page(f"<h1>How we work</h1>{words}<a href='/careers'>Apply now</a>"),
        "/careers/our-town": page(f"<h1>Our town</h1>{words}<h2>What it offers</h2><ul><li>Sun</li><li>Sea</li></ul>"),
    }
    with serve(site_of(answers)) as site:
        ran = crawl(tmp_path, site)
    assert titles(ran) == ["Glazer", "Potter"]
    assert ran.code == 0, ran.err
    assert "ok: 2 found, 2 read" in ran.err


def test_a_site_without_posts_is_empty(tmp_path: Path) -> None:
    with serve(site_of({"/careers": page("<h1>Careers</h1><p>Nothing is open just now.</p>")})) as site:
        ran = crawl(tmp_path, site)
    assert ran.code == 0
    assert ": empty: 0 found, 0 read" in ran.err


def test_lists_are_followed_within_the_depth(tmp_path: Path) -> None:
    answers: dict[str, Answer] = {
        "/careers": page("<h1>Careers</h1><a href='/careers/workshop/jobs'>Workshop</a>"),
        "/careers/workshop/jobs": page("<h1>Open positions</h1><a href='/careers/potter'>Potter</a><a href='?page=2'>Next</a>"),
        "/careers/workshop/jobs?page=2": page("<h1>Open positions</h1><a href='/careers/glazer'>Glazer</a>"),
        "/careers/potter": post("Potter"),
        "/careers/glazer": post("Glazer"),
    }  # fmt: skip
    with serve(site_of(answers)) as site:
        deep = crawl(tmp_path / "a", site)
        flat = crawl(tmp_path / "b", site, "-a", "depth=2")
    assert titles(deep) == ["Glazer", "Potter"]
    assert titles(flat) == ["Potter"]


def test_the_budget_of_pages_is_kept_and_said(tmp_path: Path) -> None:
    paths = [f"/careers/potter-{n}" for n in range(12)]
    answers: dict[str, Answer] = {path: post(f"Potter {path[-2:]}") for path in paths}
    answers |= {"/sitemap.xml": urlset(*paths), "/careers": page("<h1>Careers</h1>")}
    with serve(site_of(answers)) as site:
        ran = crawl(tmp_path, site, "-a", "pages=8")
        assert len(site.paths()) <= 10
    assert ran.code == 1
    assert "beyond 8 pages; -a pages=N reads more" in ran.err
    assert ": partial: 12 found, 5 read" in ran.err


def test_what_has_not_changed_is_not_fetched_again(tmp_path: Path) -> None:
    answers: dict[str, Answer] = {
        "/sitemap.xml": urlset("/careers/potter", "/careers/glazer"),
        "/careers": page("<h1>Careers</h1>"),
        "/careers/potter": post("Potter"),
        "/careers/glazer": post("Glazer"),
    }
    with serve(site_of(answers)) as site:
        crawl(tmp_path, site)
        site.asked.clear()
        again = crawl(tmp_path, site)
        quiet = site.paths()
        site.answers |= site_of({"/sitemap.xml": urlset("/careers/potter", "/careers/glazer", changed="2026-10-09")})
        site.asked.clear()
        crawl(tmp_path, site)
        changed = site.paths()
    assert not [path for path in quiet if path.endswith(("potter", "glazer"))]
    assert "2 known" in again.err
    assert titles(again) == ["Glazer", "Potter"]
    assert len([path for path in changed if path.endswith(("potter", "glazer"))]) == 2


@pytest.mark.parametrize(
    ("answer", "events"),
    [
        (page("<h1>Potter</h1><p>This position has been filled.</p>"), 1),
        (Reply("", 302, {"Location": f"https://{HOST}/careers"}), 1),
        (Reply("gone", 410), 1),
        (Reply("sorry", 500), 0),
    ],
    ids=["said", "redirected", "410", "500"],
)
def test_a_post_that_is_over_is_closed(tmp_path: Path, answer: Reply, events: int) -> None:
    answers: dict[str, Answer] = {
        "/sitemap.xml": urlset("/careers/potter"),
        "/careers": page("<h1>Careers</h1>"),
        "/careers/potter": post("Potter"),
    }
    with serve(site_of(answers)) as site:
        crawl(tmp_path, site)
        site.answers |= site_of(
            {"/careers/potter": answer, "/sitemap.xml": urlset("/careers/potter", changed="2026-11-01")}
        )
        crawl(tmp_path, site)
    ran = rolecall(tmp_path, "events").clean()
    assert [json.loads(line)["kind"] for line in ran.out.splitlines()].count("closed") == events


def test_a_sitemap_that_is_named_and_lost_is_a_loss(tmp_path: Path) -> None:
    answers = {"/robots.txt": Reply(f"Sitemap: https://{HOST}/jobs.xml"), "/jobs.xml": Reply("<urlset><url>", type="application/xml"), "/careers": post("Potter")}  # fmt: skip
    with serve(site_of(answers)) as site:
        ran = crawl(tmp_path, site)
    assert ran.code == 1
    assert "/jobs.xml: not XML" in ran.err
    assert titles(ran) == ["Potter"]


def test_a_post_that_robots_txt_forbids_is_a_loss_with_its_reason_and_a_list_is_passed_over(tmp_path: Path) -> None:
    answers = {
        "/robots.txt": Reply("User-agent: *\nDisallow: /careers/inside\nDisallow: /careers?", type="text/plain"),
        "/careers": page(
            "<h1>Careers</h1><a href='/careers/inside/clerk'>Clerk</a><a href='/careers/potter'>Potter</a>"
            "<a href='/careers?page=2'>More jobs</a>"
        ),
        "/careers/inside/clerk": post("Clerk"),
        "/careers/potter": post("Potter"),
    }
    with serve(site_of(answers)) as site:
        ran = crawl(tmp_path, site)
        assert not [path for path in site.paths() if "inside" in path or "page=2" in path]
        assert titles(ran) == ["Potter"]
        assert ran.code == 1
        assert "/careers/inside/clerk: robots.txt forbids it (Disallow: /careers/inside)" in ran.err
        assert "1 lost" in ran.err
        said = rolecall(tmp_path, "audit", "--rule", "robots.txt").clean().out
        assert "Disallow: /careers/inside" in said and "not asked" in said
        told = crawl(tmp_path, site, "-s", "ROBOTSTXT_OBEY=False")
        assert titles(told) == ["Clerk", "Potter"]
        assert any("page=2" in path for path in site.paths())


def test_robots_txt_may_forbid_it_all(tmp_path: Path) -> None:
    answers = {"/robots.txt": Reply("User-agent: *\nDisallow: /", type="text/plain"), "/careers": post("Potter")}
    with serve(site_of(answers)) as site:
        ran = crawl(tmp_path, site)
    assert ran.code == 3
    assert ": blocked: " in ran.err


@pytest.mark.parametrize("target", ["careers:kiln", "careers:ftp://kiln.example/", "careers:https://"])
def test_a_target_that_is_no_address(tmp_path: Path, target: str) -> None:
    ran = rolecall(tmp_path, "crawl", target).clean()
    assert ran.code == 1
    assert "a target is careers:https://" in ran.err


def test_a_page_is_parsed_without_naming_a_board(tmp_path: Path) -> None:
    page_file = tmp_path / "potter.html"
    page_file.write_text(str(post("Potter").body), encoding="utf-8")
    ran = rolecall(tmp_path, "parse", str(page_file)).clean()
    assert json.loads(ran.out)["title"] == "Potter"
    data = tmp_path / "reply.json"
    data.write_text("{}", encoding="utf-8")
    assert rolecall(tmp_path, "parse", str(data)).clean().code == 2
    empty = rolecall(tmp_path, "parse", str(page_file), "--url", "https://jobs.lever.co/acme/1").clean()
    assert "lever" in empty.err
