"""The audit log: what it says, what it hides, how long it gets, and how it is read."""

import json
from pathlib import Path

import pytest

from tests.command import rolecall
from tests.crawl.test_crawl import crawl, post, sitemap
from tests.server import Asked, Reply, serve

ROWS = [
    {"at": "2026-11-21T07:00:01.000Z", "target": "greenhouse:acme", "url": "https://a.example/1", "rule": "robots.txt", "found": "Disallow: /1", "done": "not asked"},
    {"at": "2026-11-21T07:00:02.000Z", "target": "greenhouse:loom?x=1", "url": "https://a.example/2", "rule": "noindex", "found": "X-Robots-Tag: none", "done": "not read"},
    {"at": "2026-11-21T07:00:03.000Z", "target": "lever:acme", "url": "https://b.example/", "rule": "block", "found": "HTTP 403", "done": "ended target"},
]  # fmt: skip


@pytest.fixture
def home(tmp_path: Path) -> Path:
    runs = tmp_path / "runs"
    runs.mkdir()
    (runs / "20261120T000000.000000.audit.jsonl").write_text("", encoding="utf-8")
    lines = "".join(json.dumps(row) + "\n" for row in ROWS)
    (runs / "20261121T070000.000000.audit.jsonl").write_text(lines + '[1]\n{"at": "cut', encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("options", "rules"),
    [
        ((), ["robots.txt", "noindex", "block"]),
        (("--target", "greenhouse"), ["robots.txt", "noindex"]),
        (("--target", "greenhouse:loom"), ["noindex"]),
        (("--target", "green"), []),
        (("--rule", "block"), ["block"]),
        (("--run", "20261120T000000.000000"), []),
    ],
)
def test_decisions_are_chosen(home: Path, options: tuple[str, ...], rules: list[str]) -> None:
    ran = rolecall(home, "audit", "--json", *options).clean()
    whole = "--run" in options
    assert (ran.code, ran.err) == ((0, "") if whole else (1, "2 lines of the log cannot be read\n"))
    assert [json.loads(line)["rule"] for line in ran.out.splitlines()] == rules


def test_the_table_says_it_all(home: Path) -> None:
    ran = rolecall(home, "audit").clean()
    assert "run 20261121T070000.000000: 3 decisions" in ran.out
    for said in ("07:00:01", "greenhouse:acme", "Disallow: /1", "not asked", "ended target", "https://b.example/"):
        assert said in ran.out


@pytest.mark.parametrize(
    "options", [("--run", "nope"), ("--run", "../../etc/passwd"), ("--run", ""), ("--rule", "rule 7")]
)
def test_what_is_not_there_is_said_in_a_line(home: Path, options: tuple[str, ...]) -> None:
    ran = rolecall(home, "audit", *options).clean()
    assert ran.code == 2
    assert len(ran.err.strip().splitlines()) <= 4


def test_a_home_without_runs(tmp_path: Path) -> None:
    ran = rolecall(tmp_path, "audit").clean()
    assert ran.code == 2
    assert "audit log" in ran.err


def test_waits_and_blocks_are_noted_and_allowed_requests_are_not(tmp_path: Path) -> None:
    def tired(asked: Asked) -> Reply:
        return Reply("", 429, {"Retry-After": "1"}) if asked.count == 1 else Reply(str(post().body))

    slugs = [f"p{number}" for number in range(30)]
    answers = {"/sitemap.xml": sitemap("tired", *slugs), "/tired": tired} | {f"/{slug}": post() for slug in slugs}
    with serve(answers) as site:
        crawl(tmp_path, site).clean()
        site.answers["/sitemap.xml"] = Reply("<title>Just a moment...</title>", 503)
        crawl(tmp_path, site, "-s", "RETRY_TIMES=0").clean()
    first, second = (
        [json.loads(line) for line in path.read_text().splitlines()]
        for path in sorted((tmp_path / "runs").glob("*.audit.jsonl"))
    )
    assert ("retry-after", "HTTP 429, Retry-After: 1", "waited 1 s") in {
        (row["rule"], row["found"], row["done"]) for row in first
    }
    assert len(first) == 3, "robots.txt, tdmrep.json and the wait"
    assert ("block", "HTTP 503 with a Cloudflare challenge", "ended target") in {
        (row["rule"], row["found"], row["done"]) for row in second
    }


def test_private_addresses_are_noted_and_keys_are_hidden(tmp_path: Path) -> None:
    secret = "s3cr3t-k3y-0f-r33d"
    robots = Reply("User-agent: *\nDisallow: /api/1.0/search", type="text/plain")
    with serve({"/www.reed.co.uk/robots.txt": robots}) as site:
        ran = rolecall(
            tmp_path, "crawl", "reed", "careers:http://127.0.0.1:9/careers", "-s", f"ROLECALL_MIRROR={site.url}", "-s", "DOWNLOAD_DELAY=0",
            REED_API_KEY=secret,
        ).clean()  # fmt: skip
    (path,) = (tmp_path / "runs").glob("*.audit.jsonl")
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    assert "private-address" in {row["rule"] for row in rows}, ran.err
    assert ("robots.txt", "not asked") in {(row["rule"], row["done"]) for row in rows}, ran.err
    assert secret not in path.read_text()
