"""Parts of a board, streams of changes, and a page that stands in for another."""

import json
from pathlib import Path

from tests.command import Ran, rolecall
from tests.crawl.test_memory import events_of
from tests.server import Answer, Reply, as_json, serve


def crawl(home: Path, url: str, *args: str) -> Ran:
    fast = ("-s", f"ROLECALL_MIRROR={url}", "-s", "DOWNLOAD_DELAY=0", "-s", "RETRY_TIMES=0")
    return rolecall(home, "crawl", *args, *fast).clean()


def test_what_is_absent_from_one_part_is_not_gone_from_another(tmp_path: Path) -> None:
    def rows(*numbers: int) -> Answer:
        data = [{"title": f"Post {n}", "url": f"post-{n}", "description": "x", "status": "published"} for n in numbers]
        return as_json({"data": data, "hasNextPage": False, "total": len(data)})

    with serve({"/wantapply.com/api/jobs": rows(*range(4))}) as site:
        crawl(tmp_path, site.url, "wantapply", "-a", "door=api")
        site.answers["/wantapply.com/api/jobs"] = lambda asked: rows(1) if "search" in asked.path else rows(*range(4))  # type: ignore[return-value]
        for _ in range(3):
            ran = crawl(tmp_path, site.url, "wantapply", "-a", "door=api", "-a", "search=lamp")
    assert ran.code == 0
    assert [row["key"] for row in ran.rows()] == ["post-1"], "the file holds the part that was asked for"
    assert [kind for kind, _ in events_of(tmp_path)] == ["new"] * 4


def test_a_board_that_shows_its_newest_posts_only_closes_nothing_by_absence(tmp_path: Path) -> None:
    def feed(*numbers: int) -> Reply:
        jobs = [
            {"id": n, "title": f"Post {n}", "url": f"https://remoteok.com/{n}", "company": "Lumo", "description": "x"}
            | {"slug": f"post-{n}", "position": f"Post {n}", "tags": [], "date": "2026-10-01T00:00:00+00:00"}
            for n in numbers
        ]
        return Reply(json.dumps([{"legal": "notice"}, *jobs]), type="application/json")

    with serve({"/remoteok.com/api": feed(1, 2, 3)}) as site:
        crawl(tmp_path, site.url, "remoteok")
        site.answers["/remoteok.com/api"] = feed(3, 4)
        for _ in range(3):
            crawl(tmp_path, site.url, "remoteok")
    assert [kind for kind, _ in events_of(tmp_path)] == ["new"] * 4


def test_the_page_that_stands_in_is_asked_for_and_the_first_is_no_loss(tmp_path: Path) -> None:
    answers: dict[str, Answer] = {
        "/api.eu.lever.co/v0/postings/lumo": as_json(
            [{"id": "1", "text": "Lamp Tester", "hostedUrl": "https://jobs.eu.lever.co/lumo/1", "description": "x"}]
        )
    }
    with serve(answers) as site:
        ran = crawl(tmp_path, site.url, "lever:lumo")
    assert ran.code == 0, ran.err
    assert [row["title"] for row in ran.rows()] == ["Lamp Tester"]
    with serve({}) as site:
        lost = crawl(tmp_path / "other", site.url, "lever:lumo")
    assert lost.code == 1
    assert "lever:lumo: moved: 0 found, 0 read, 1 lost" in lost.err


def test_without_its_key_a_board_says_what_is_missing(tmp_path: Path) -> None:
    with serve({}) as site:
        ran = crawl(tmp_path, site.url, "reed")
        assert site.paths() == []
    assert ran.code == 1
    assert "reed: needs-key" in ran.err
    assert "REED_API_KEY" in ran.err
