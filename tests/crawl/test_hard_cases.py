"""What goes wrong once a year: each case was seen to go wrong."""

import json
import sqlite3
import threading
import time
from pathlib import Path

from scraper.store import open_store
from tests.command import rolecall
from tests.crawl.test_crawl import crawl, post, sitemap
from tests.crawl.test_memory import events_of
from tests.server import Asked, Reply, as_json, serve


def rows(*numbers: int) -> list[dict[str, str]]:
    return [{"title": f"Post {n}", "url": f"post-{n}", "description": "x", "status": "published"} for n in numbers]


def test_a_page_cannot_ask_for_the_environment(tmp_path: Path) -> None:
    with serve({"/sitemap.xml": sitemap("x-%7BMY_SECRET%7D", "y-{MY_SECRET}")}) as site:
        crawl(tmp_path, site, MY_SECRET="open-sesame")
    assert not any("open-sesame" in asked.path for asked in site.asked)


def test_a_key_is_in_no_log_store_or_archive(tmp_path: Path) -> None:
    def adzuna(asked: Asked) -> Reply:
        return Reply("no", 302, {"Location": asked.path + "&again=1"}) if asked.count == 1 else Reply("no", 500)

    with serve({"/api.adzuna.com/v1/api/jobs/gb/search/1": adzuna}) as site:
        keys = {"ADZUNA_APP_ID": "id-TOPSECRET", "ADZUNA_APP_KEY": "key-TOPSECRET"}
        fast = ("-s", f"ROLECALL_MIRROR={site.url}", "-s", "RETRY_TIMES=0", "-s", "DOWNLOAD_DELAY=0")
        ran = rolecall(tmp_path, "crawl", "adzuna", *fast, **keys).clean()
    assert any("TOPSECRET" in asked.path for asked in site.asked), "the board's own request has the key"
    assert "TOPSECRET" not in ran.err + ran.out
    for path in tmp_path.rglob("*"):
        assert not path.is_file() or b"TOPSECRET" not in path.read_bytes()


def test_a_list_of_many_megabytes_does_not_wait_for_itself(tmp_path: Path) -> None:
    slugs = [f"post-{number}-{'x' * 4000}" for number in range(1300)]
    listed = sitemap(*slugs)
    assert len(listed.body) > 5_000_000
    with serve({"/sitemap.xml": listed} | {f"/{slug}": Reply("", 410) for slug in slugs}) as site:
        ran = crawl(tmp_path, site, "-s", "CONCURRENT_REQUESTS_PER_DOMAIN=16").clean()
    assert "1300 found" in ran.err


def test_an_unchanged_page_does_not_hide_what_was_lost_with_it(tmp_path: Path) -> None:
    versions = [rows(*range(5)), [*rows(*range(4)), {"title": None, "url": "post-4", "status": "published"}]]

    def catalogue(asked: Asked) -> Reply:
        tag = f'"{len(versions)}"'
        if asked.headers.get("If-None-Match") == tag:
            return Reply("", 304, {"ETag": tag})
        return Reply(json.dumps({"data": versions[-1], "hasNextPage": False}), headers={"ETag": tag})

    with serve({"/api/jobs": catalogue}) as site:
        broken = versions.pop()
        assert crawl(tmp_path, site, "-a", "door=api").code == 0
        versions.append(broken)
        for _ in range(3):
            assert crawl(tmp_path, site, "-a", "door=api").code == 1, "the broken row is a loss every time"
    assert [kind for kind, _ in events_of(tmp_path)] == ["new"] * 5


def test_a_page_of_maintenance_closes_nothing(tmp_path: Path) -> None:
    slugs = [f"post-{number}" for number in range(10)]
    with serve({"/sitemap.xml": sitemap(*slugs)} | {f"/{slug}": post() for slug in slugs}) as site:
        crawl(tmp_path, site)
        site.answers |= {f"/{slug}": Reply("<html>We will be back soon</html>") for slug in slugs}
        ran = crawl(tmp_path, site, "--refresh").clean()
    assert "10 postings vanished at once; held, not closed" in ran.err
    assert [kind for kind, _ in events_of(tmp_path)] == ["new"] * 10


def test_a_store_that_another_holds_is_a_failed_crawl(tmp_path: Path) -> None:
    open_store(tmp_path / "rolecall.db").close()
    holder = sqlite3.connect(tmp_path / "rolecall.db", isolation_level=None, check_same_thread=False)
    holder.execute("BEGIN IMMEDIATE")
    let_go = threading.Timer(45, lambda: holder.execute("ROLLBACK"))
    let_go.start()
    with serve({"/sitemap.xml": sitemap("a"), "/a": post()}) as site:
        start = time.monotonic()
        ran = crawl(tmp_path, site).clean()
    let_go.cancel()
    assert ran.code == 1
    assert "locked" in ran.err
    assert time.monotonic() - start < 44
    assert site.paths() == []


def test_a_rejected_row_is_booked_on_its_own_employer(tmp_path: Path) -> None:
    good = {"id": 1, "title": "Lamp Tester", "absolute_url": "https://x.example/1", "content": "x"}
    base = "/boards-api.greenhouse.io/v1/boards"
    answers = {
        f"{base}/acme/jobs": as_json({"jobs": [good]}),
        f"{base}/beta/jobs": as_json({"jobs": [good | {"id": 2}, {"id": 3, "title": None}]}),
    }
    with serve(answers) as site:
        fast = ("-s", f"ROLECALL_MIRROR={site.url}", "-s", "DOWNLOAD_DELAY=0")
        ran = rolecall(tmp_path, "crawl", "greenhouse:acme", "greenhouse:beta", *fast).clean()
    assert "greenhouse:acme: ok: 1 found" in ran.err
    assert "greenhouse:beta: partial" in ran.err


def test_output_that_cannot_be_written_is_a_failure(tmp_path: Path) -> None:
    with serve({"/sitemap.xml": sitemap("a"), "/a": post()}) as site:
        for more in (("--no-store",), ()):
            ran = crawl(tmp_path, site, "-o", "/dev/full", *more).clean()
            assert ran.code == 1
            assert "cannot write /dev/full" in ran.err
