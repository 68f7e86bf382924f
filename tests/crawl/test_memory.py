"""Crawls that remember: the difference, the archive, the kill."""

import gzip
import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from scraper.archive import Archived, ArchiveWriter, archive_files, read_archive
from scraper.store import open_store
from tests.command import STRICT, Ran, rolecall
from tests.crawl.test_crawl import crawl, post
from tests.server import Asked, Reply, Site, as_json, serve


def sitemap(versions: dict[str, str]) -> Reply:
    entries = "".join(
        f"<url><loc>https://x.example/{slug}</loc><lastmod>{when}</lastmod></url>" for slug, when in versions.items()
    )
    return Reply(
        f'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</urlset>',
        type="application/xml",
    )


def events(home: Path) -> list[tuple[str, str]]:
    ran = rolecall(home, "events").clean()
    return [(row["kind"], row["id"].rpartition(":")[2]) for row in map(json.loads, ran.out.splitlines())]


def test_only_what_is_new_or_changed_is_fetched_again(tmp_path: Path) -> None:
    versions = dict.fromkeys("abcd", "2026-10-01")
    answers = {f"/{slug}": post(f"Tester {slug}") for slug in "abcde"}
    with serve(answers | {"/sitemap.xml": sitemap(versions)}) as site:
        crawl(tmp_path, site)
        first = len(site.paths())
        site.answers["/sitemap.xml"] = sitemap(versions | {"b": "2026-10-02", "e": "2026-10-02"})
        site.answers["/b"] = post("Senior Tester b")
        ran = crawl(tmp_path, site)
        again = site.paths()[first:]
    assert ran.code == 0
    assert sorted(again) == ["/b", "/e", "/sitemap.xml"]
    assert "5 found, 2 read, 3 known, 1 new, 1 changed" in ran.err
    assert [row["key"] for row in ran.rows()] == list("abcde"), "the file holds what is known, too"
    assert sorted(events(tmp_path)[-2:]) == [("changed", "b"), ("new", "e")]


def test_refresh_reads_everything_again(tmp_path: Path) -> None:
    with serve({"/sitemap.xml": sitemap({"a": "2026-10-01"}), "/a": post()}) as site:
        crawl(tmp_path, site)
        crawl(tmp_path, site, "--refresh")
    assert site.paths().count("/a") == 2


def test_an_unchanged_list_is_not_sent_again(tmp_path: Path) -> None:
    rows = [{"title": f"Post {n}", "url": f"post-{n}", "description": "x", "status": "published"} for n in range(3)]

    def catalogue(asked: Asked) -> Reply:
        page = 2 if "page=2" in asked.path else 1
        tag = f'"page-{page}"'
        if asked.headers.get("If-None-Match") == tag:
            return Reply("", 304, {"ETag": tag})
        data = {"data": rows[:2] if page == 1 else rows[2:], "hasNextPage": page == 1, "total": 3}
        return Reply(json.dumps(data), headers={"ETag": tag}, type="application/json")

    with serve({"/api/jobs": catalogue}) as site:
        crawl(tmp_path, site, "-a", "door=api")
        ran = crawl(tmp_path, site, "-a", "door=api").clean()
    assert ran.code == 0
    assert "ok: 3 found, 0 read, 3 known" in ran.err
    assert len(site.paths()) == 4
    assert len(ran.rows()) == 3
    assert [kind for kind, _ in events(tmp_path)] == ["new"] * 3


def test_absence_closes_only_after_two_whole_crawls_and_a_block_closes_nothing(tmp_path: Path) -> None:
    versions = dict.fromkeys("abcdef", "2026-10-01")
    with serve({"/sitemap.xml": sitemap(versions)} | {f"/{slug}": post() for slug in versions}) as site:
        crawl(tmp_path, site)
        site.answers["/sitemap.xml"] = sitemap(dict.fromkeys("abcde", "2026-10-01"))
        crawl(tmp_path, site)
        site.answers["/sitemap.xml"] = Reply("no", 403)
        assert crawl(tmp_path, site).code == 3
        assert ("closed", "f") not in events_of(tmp_path)
        site.answers["/sitemap.xml"] = sitemap(dict.fromkeys("abcde", "2026-10-01"))
        crawl(tmp_path, site)
    assert events_of(tmp_path)[-1] == ("closed", "f")


def events_of(home: Path) -> list[tuple[str, str | None]]:
    rows = list(open_store(home / "rolecall.db").events())
    return [(row["kind"], (row["id"] or "").rpartition(":")[2] or None) for row in rows]


def test_a_closed_page_and_a_410_close_at_once(tmp_path: Path) -> None:
    versions = dict.fromkeys("ab", "2026-10-01")
    with serve({"/sitemap.xml": sitemap(versions), "/a": post(), "/b": post()}) as site:
        crawl(tmp_path, site)
        site.answers |= {"/sitemap.xml": sitemap(dict.fromkeys("ab", "2026-10-02"))}
        site.answers |= {"/a": Reply("<html>closed</html>"), "/b": Reply("gone", 410)}
        ran = crawl(tmp_path, site).clean()
    assert ran.code == 0
    assert sorted(events(tmp_path)[2:]) == [("closed", "a"), ("closed", "b")]
    assert ran.rows() == []


def test_no_store_and_no_archive_leave_only_the_report_of_the_run(tmp_path: Path) -> None:
    with serve({"/sitemap.xml": sitemap({"a": "1"}), "/a": post()}) as site:
        ran = crawl(tmp_path, site, "--no-store", "--no-archive").clean()
    assert {path.name for path in tmp_path.iterdir()} == {"posts.jsonl", "runs"}
    assert len(ran.rows()) == 1


def test_the_archive_is_read_again_to_the_same_bytes(tmp_path: Path) -> None:
    cyrillic = '<html><h1>Фонарщик</h1><div class="Description">Свет</div></html>'.encode("cp1251")
    answers = {
        "/sitemap.xml": sitemap(dict.fromkeys("abcd", "1")),
        "/a": post("Senior Tester"),
        "/b": post(),
        "/c": Reply(cyrillic, type="text/html; charset=windows-1251"),
        "/d": Reply("<html>closed</html>"),
    }
    with serve(answers) as site:
        crawl(tmp_path, site, "--no-store")
        asked = len(site.asked)
    again = rolecall(tmp_path, "reparse").clean()
    assert len(site.asked) == asked
    assert sorted(again.out.splitlines()) == sorted((tmp_path / "posts.jsonl").read_text().splitlines())
    assert len(again.out.splitlines()) == 3
    elsewhere = rolecall(tmp_path, "reparse", "--board", "greenhouse").clean()
    assert elsewhere.out == ""


def test_what_new_readers_would_change_is_shown(tmp_path: Path) -> None:
    with serve({"/sitemap.xml": sitemap(dict.fromkeys("ab", "1")), "/a": post("Senior Tester"), "/b": post()}) as site:
        crawl(tmp_path, site)
    same = rolecall(tmp_path, "reparse", "--diff").clean()
    assert "2 records: 2 same, 0 different" in same.out
    store = open_store(tmp_path / "rolecall.db")
    row = store.posting("wantapply::a")
    assert row is not None
    record = json.loads(row["record"]) | {"seniority": []}
    store.db.execute("UPDATE postings SET record = ? WHERE key = 'a'", (json.dumps(record),))
    store.close()
    changed = rolecall(tmp_path, "reparse", "--diff").clean()
    assert "1 same, 1 different" in changed.out
    assert "seniority" in changed.out
    assert "wantapply::a: [] → ['senior']" in changed.out


def test_every_reply_is_in_the_archive_with_what_a_board_needs(tmp_path: Path) -> None:
    def busy(asked: Asked) -> Reply:
        return Reply("busy", 503) if asked.count == 1 else post()

    packed = Reply(gzip.compress(str(post("Packed").body).encode()), headers={"Content-Encoding": "gzip"})
    answers = {
        "/sitemap.xml": sitemap(dict.fromkeys("abcd", "1")),
        "/a": busy,
        "/c": Reply("", 302, {"Location": "/moved"}),
        "/moved": post("Moved"),
        "/d": packed,
    }
    with serve(answers) as site:
        ran = crawl(tmp_path, site)
    replies = [reply for path in archive_files([tmp_path / "archive"]) for reply in read_archive(path)]
    statuses = [(reply.url.rpartition("/")[2], reply.status) for reply in replies]
    expected = {("sitemap.xml", 200), ("a", 503), ("a", 200), ("b", 404), ("c", 302), ("moved", 200), ("d", 200)}
    assert expected <= set(statuses)
    assert {row["title"] for row in ran.rows()} == {"Lamp Tester", "Moved", "Packed"}
    assert b"Packed" in next(reply.body for reply in replies if reply.url.endswith("/d"))
    again = rolecall(tmp_path, "reparse").clean()
    assert len(again.out.splitlines()) == 3
    (read,) = (reply for reply in replies if reply.url.endswith("/a") and reply.status == 200)
    assert read.context["target"] == "wantapply"
    assert read.context["kind"] == "detail"
    assert read.context["options"] == {"host": site.url}


def test_a_record_that_was_cut_off_is_reported_and_mended(tmp_path: Path) -> None:
    with serve({"/sitemap.xml": sitemap(dict.fromkeys("ab", "1")), "/a": post(), "/b": post()}) as site:
        crawl(tmp_path, site, "-s", "CONCURRENT_REQUESTS_PER_DOMAIN=1")
    (path,) = archive_files([tmp_path / "archive"])
    path.write_bytes(path.read_bytes()[:-30])
    read = rolecall(tmp_path, "reparse").clean()
    assert read.code == 1
    assert "is cut off" in read.err
    assert len(read.out.splitlines()) == 1
    size = path.stat().st_size
    said = rolecall(tmp_path, "verify").clean()
    assert (said.code, path.stat().st_size) == (1, size), "looking changes nothing"
    mended = rolecall(tmp_path, "verify", "--mend").clean()
    assert mended.code == 1
    assert "bytes removed" in mended.err
    assert rolecall(tmp_path, "verify").clean().code == 0
    assert len(rolecall(tmp_path, "reparse").clean().out.splitlines()) == 1
    first, foreign = path.with_name("first.warc.gz"), path.with_name("foreign.warc.gz")
    first.write_bytes(path.read_bytes()[:100])
    foreign.write_bytes(b"\x1f\x8b\x08 of somebody else")
    assert "foreign.warc.gz: no WARC file\n" in rolecall(tmp_path, "verify", "--mend").clean().err
    assert archive_files([tmp_path / "archive"]) == [foreign, path]
    assert foreign.stat().st_size > 0, "what is not ours is not cut"


def test_show_tells_a_postings_story(tmp_path: Path) -> None:
    with serve({"/sitemap.xml": sitemap({"a": "1"}), "/a": post("Senior Tester")}) as site:
        crawl(tmp_path, site)
        site.answers |= {"/sitemap.xml": sitemap({"a": "2"}), "/a": post("Staff Tester")}
        crawl(tmp_path, site)
    ran = rolecall(tmp_path, "show", "wantapply::a").clean()
    for said in ("Staff Tester", "read from", "first seen", "changed", "Senior Tester → Staff Tester"):
        assert said in ran.out
    missing = rolecall(tmp_path, "show", ":a").clean()
    assert missing.code == 2
    assert "there is wantapply::a" in missing.err


def test_a_filter_by_time_and_a_file_that_appears_whole(tmp_path: Path) -> None:
    with serve({"/sitemap.xml": sitemap(dict.fromkeys("ab", "1")), "/a": post(), "/b": post()}) as site:
        crawl(tmp_path, site)
    out = tmp_path / "out" / "posts.jsonl"
    assert rolecall(tmp_path, "export", "-o", str(out)).clean().code == 0
    assert [json.loads(line)["key"] for line in out.read_text().splitlines()] == ["a", "b"]
    assert json.loads(out.read_text().splitlines()[0])["first_seen_at"]
    assert sorted(path.name for path in out.parent.iterdir()) == ["datapackage.json", "posts.jsonl"]
    assert rolecall(tmp_path, "export", "--since", "2100-01-01").clean().out == ""
    assert rolecall(tmp_path / "nowhere", "export").clean().code == 2


def numbered(count: int) -> dict[str, Reply]:
    rows = {f"post-{number:03}": post(f"Tester {number}", f"Lamp number {number}.") for number in range(count)}
    return {f"/{slug}": reply for slug, reply in rows.items()} | {"/sitemap.xml": sitemap(dict.fromkeys(rows, "1"))}


@pytest.mark.parametrize("times", [8 if os.environ.get("CI") else 3])
def test_kill_9_at_any_moment_loses_nothing_that_was_stored(tmp_path: Path, times: int) -> None:
    """`make chaos` does this a hundred times."""
    kill_many_times(tmp_path, int(os.environ.get("ROLECALL_KILLS", times)))


def count_events(home: Path) -> int:
    store = open_store(home / "rolecall.db")
    count = len(list(store.events()))
    store.close()
    return count


def kill_many_times(home: Path, times: int) -> None:
    chance = random.Random(7)
    with serve(numbered(60)) as site:
        for _ in range(times):
            stored = count_events(home) if (home / "rolecall.db").exists() else 0
            process = start(home, site)
            time.sleep(chance.uniform(0.6, 2.2))
            process.send_signal(signal.SIGKILL)
            process.wait()
            if (home / "rolecall.db").exists():
                store = open_store(home / "rolecall.db")
                assert store.faults() == []
                assert len(list(store.events())) >= stored, "what was stored stays stored"
                store.close()
        ran = crawl(home, site).clean()
    assert ran.code == 0
    assert len(ran.rows()) == 60
    kinds = [kind for kind, _ in events(home)]
    assert kinds == ["new"] * 60, "nothing twice"
    rolecall(home, "verify")
    assert rolecall(home, "verify").code == 0


def start(home: Path, site: Site, *more: str) -> "subprocess.Popen[bytes]":
    command = [
        sys.executable,
        "-c",
        STRICT,
        "crawl",
        "wantapply",
        "-a",
        f"host={site.url}",
        "-s",
        "DOWNLOAD_DELAY=0.02",
    ]
    command += more
    env = os.environ | {"ROLECALL_HOME": str(home)}
    return subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def test_a_crawl_that_was_interrupted_says_so_and_goes_on(tmp_path: Path) -> None:
    with serve(numbered(60)) as site:
        process = start(tmp_path, site, "--resume", "-s", "DOWNLOAD_DELAY=0.1")
        wait_for(lambda: site.paths().count("/sitemap.xml") and len(site.paths()) > 10)
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 1
        half = len(site.paths())
        assert half < 60
        ran = crawl(tmp_path, site, "--resume").clean()
        assert ran.code == 0, ran.err
        assert len(site.paths()) - half < 60, "what was done is not done again"
        assert site.paths().count("/sitemap.xml") == 1
    assert len(ran.rows()) == 60
    assert not list((tmp_path / "jobs").iterdir()), "nothing is left to resume"


def wait_for(condition: Callable[[], object], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)


def test_two_crawls_of_one_store_at_once(tmp_path: Path) -> None:
    with serve(numbered(40)) as site:
        both = [start(tmp_path, site) for _ in range(2)]
        assert [process.wait(60) for process in both] == [0, 0]
    assert sorted(events(tmp_path)) == sorted(("new", f"post-{number:03}") for number in range(40))
    assert rolecall(tmp_path, "verify").code == 0


def test_the_archive_keeps_no_key(tmp_path: Path) -> None:
    secret = hashlib.sha256(b"secret").hexdigest()
    writer = ArchiveWriter(tmp_path, "probe")
    sent = [("Authorization", f"Basic {secret}"), ("Cookie", secret), ("Accept", "text/html")]
    got = [("Set-Cookie", secret), ("Content-Type", "text/html")]
    at = datetime(2026, 11, 2, tzinfo=UTC)
    writer.write(Archived("https://x.example/", 200, got, b"<html>", at, {"board": "probe"}, sent=sent))
    writer.close()
    (path,) = archive_files([tmp_path])
    data = gzip.decompress(path.read_bytes())
    assert secret.encode() not in data
    assert b"Accept: text/html" in data


def test_files_are_ended_by_day_and_by_size(tmp_path: Path) -> None:
    writer = ArchiveWriter(tmp_path, "probe", most_bytes=2000)
    for day in (1, 1, 1, 2):
        at = datetime(2026, 11, day, tzinfo=UTC)
        writer.write(Archived("https://x.example/", 200, [], os.urandom(1500), at, {"board": "probe"}))
    writer.close()
    files = [path.relative_to(tmp_path).parts for path in archive_files([tmp_path])]
    assert len([folder for folder, _ in files if folder == "2026-11-01"]) > 1
    assert files[-1][0] == "2026-11-02"
    assert sum(len(list(read_archive(path))) for path in archive_files([tmp_path])) == 4


def test_another_program_reads_the_archive(tmp_path: Path) -> None:
    writer, at = ArchiveWriter(tmp_path, "probe"), datetime(2026, 11, 2, tzinfo=UTC)
    headers = [("Content-Type", "text/html"), ("X-Maker", "Ølbæk")]
    context, body = {"board": "probe", "carried": {"town": "Århus"}}, "<p>Blå lamper</p>".encode()
    for n in range(2):
        url = f"https://x.example/jobs?n={n}"
        writer.write(Archived(url, 200, headers, body, at, context, "POST", [("Accept", "*/*")], b"n=1"))
    writer.close()
    (path,) = archive_files([tmp_path])
    with path.open("rb") as stream:
        records = [
            (one.rec_type, one.rec_headers, one.http_headers, one.content_stream().read())
            for one in ArchiveIterator(stream, check_digests="raise")
        ]
    assert [kind for kind, *_ in records] == ["response", "request", "metadata"] * 2
    assert [data for *_, data in records[3:]] == [body, b"n=1", json.dumps(context, ensure_ascii=False).encode()]
    (_, response, got, _), (_, request, sent, _), (_, metadata, *_) = records[3:]
    assert (got.get_statuscode(), got.get_header("Content-Type")) == ("200", "text/html")
    assert (sent.protocol, sent.statusline, sent.get_header("Accept")) == ("POST", "/jobs?n=1 HTTP/1.1", "*/*")
    assert {h.get_header("WARC-Target-URI") for h in (response, request, metadata)} == {"https://x.example/jobs?n=1"}
    assert {h.get_header("WARC-Date") for h in (response, request, metadata)} == {"2026-11-02T00:00:00Z"}
    name = response.get_header("WARC-Record-ID")
    assert request.get_header("WARC-Concurrent-To") == metadata.get_header("WARC-Refers-To") == name
    assert request.get_header("Content-Type") == "application/http; msgtype=request"


def test_json_lists_are_as_good_as_pages(tmp_path: Path) -> None:
    rows = [{"title": "Post", "url": "post", "description": "x", "status": "published"}]
    with serve({"/api/jobs": as_json({"data": rows, "hasNextPage": False, "total": 1})}) as site:
        crawl(tmp_path, site, "-a", "door=api")
    again = rolecall(tmp_path, "reparse").clean()
    assert [json.loads(line)["key"] for line in again.out.splitlines()] == ["post"]


@pytest.mark.parametrize("memory", ["--store", "--no-store"])
def test_contacts_are_masked_in_what_a_crawl_writes(tmp_path: Path, memory: str) -> None:
    text = "You test lamps. Questions? Write to wick.turner@lumo.example."
    with serve({"/sitemap.xml": sitemap({"a": "1"}), "/a": post(text=text)}) as site:
        crawl(tmp_path, site, memory)
        masked = [row["description"] for row in Ran(0, "", "", tmp_path).rows()]
        crawl(tmp_path, site, memory, "--refresh", "--keep-contacts")
    kept = [row["description"] for row in Ran(0, "", "", tmp_path).rows()]
    assert ["wick.turner@lumo.example" in one for one in masked + kept] == [False, True]
    assert [len(one) for one in masked] == [len(one) for one in kept], "offsets stay true"
