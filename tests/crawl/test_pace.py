"""One host, one pace: whatever boards and targets of a run ask it, and whatever it says to one of them."""

import json
import time
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

from tests.command import Ran, rolecall
from tests.crawl.test_careers import page
from tests.crawl.test_careers import post as pot
from tests.crawl.test_run import JOBS, crawl_jobs, greenhouse, listed, outcomes, report, run, watchlist
from tests.server import Answer, Asked, Reply, Site, serve

HOST = "boards-api.greenhouse.io"
CAREERS = f"careers:https://{HOST}/careers"


def careers(host: str, posts: int = 6, wait: float = 0) -> dict[str, Answer]:
    """A careers site with a page for each post."""
    links = "".join(f'<a href="/careers/potter-{n}">Potter {n}</a>' for n in range(posts))
    pages = {f"/careers/potter-{n}": Reply(str(pot(f"Potter {n}").body), wait=wait) for n in range(posts)}
    return {f"/{host}{path}": answer for path, answer in ({"/careers": page(links)} | pages).items()}


def crawl(home: Path, site: Site, *targets: str, **settings: float) -> Ran:
    given = {"RETRY_TIMES": 1, "DOWNLOAD_DELAY_JITTER": 0, "AUTOTHROTTLE_ENABLED": 0} | settings
    said = [word for name, value in given.items() for word in ("-s", f"{name}={value}")]
    return rolecall(home, "crawl", *targets, "-s", f"ROLECALL_MIRROR={site.url}", *said).clean()


def times(site: Site, host: str) -> list[float]:
    return sorted(asked.at for asked in site.asked if asked.path.startswith(f"/{host}/"))


def closest(site: Site, host: str) -> float:
    """The least seconds between two requests to a host."""
    return min(later - sooner for sooner, later in pairwise(times(site, host)))


def test_two_boards_on_one_host_keep_its_gap_together(tmp_path: Path) -> None:
    with serve(careers(HOST) | greenhouse("a", "b")) as site:
        ran = crawl(tmp_path, site, "greenhouse:a", CAREERS, "greenhouse:b", DOWNLOAD_DELAY=0.3)
    assert ran.code == 0, ran.err
    assert len(ran.rows()) == 10
    assert closest(site, HOST) > 0.27


def test_two_boards_on_one_host_share_its_room(tmp_path: Path) -> None:
    slow = {path: Reply(answer.body, wait=0.3, type=answer.type) for path, answer in greenhouse("a", "b").items()}  # type: ignore[union-attr]
    with serve(careers(HOST, wait=0.3) | slow) as site:
        ran = crawl(
            tmp_path, site, "greenhouse:a", "greenhouse:b", CAREERS, DOWNLOAD_DELAY=0, CONCURRENT_REQUESTS_PER_DOMAIN=1
        )
    assert ran.code == 0, ran.err
    slept = sorted(asked.at for asked in site.asked if "potter" in asked.path or asked.path.endswith("/jobs"))
    assert min(later - sooner for sooner, later in pairwise(slept)) > 0.27


def test_the_most_careful_of_two_settings_holds_for_the_host(tmp_path: Path) -> None:
    watchlist(tmp_path, {"target": "greenhouse:a", "settings": {"DOWNLOAD_DELAY": 0.4}}, {"target": CAREERS})
    with serve(careers(HOST) | greenhouse("a")) as site:
        assert run(tmp_path, site, "-s", "DOWNLOAD_DELAY_JITTER=0").code == 0
    (asked,) = (asked.at for asked in site.asked if "/v1/" in asked.path)
    after = [at for at in times(site, HOST) if at >= asked]
    assert len(after) > 3
    assert min(later - sooner for sooner, later in pairwise(after)) > 0.37


def test_a_crawl_delay_read_for_one_board_holds_for_the_other(tmp_path: Path) -> None:
    robots = Reply("User-agent: *\nCrawl-delay: 0.4", type="text/plain")
    with serve(careers(HOST) | greenhouse("a") | {f"/{HOST}/robots.txt": robots}) as site:
        ran = crawl(tmp_path, site, "greenhouse:a", CAREERS, DOWNLOAD_DELAY=0)
    assert ran.code == 0, ran.err
    assert min(later - sooner for sooner, later in pairwise(times(site, HOST)[2:])) > 0.37


def test_hosts_that_lead_to_one_host_share_its_pace(tmp_path: Path) -> None:
    names = [f"h{number}.example" for number in range(5)]
    answers: dict[str, Answer] = {
        f"/{name}/careers": Reply("", 302, {"Location": f"https://{HOST}/{name}"}) for name in names
    }
    with serve(answers | {f"/{HOST}/{name}": pot("Potter") for name in names}) as site:
        crawl(tmp_path, site, *(f"careers:https://{name}/careers" for name in names), DOWNLOAD_DELAY=0.3)
    assert {f"/{HOST}/{name}" for name in names} <= set(site.paths())
    assert closest(site, HOST) > 0.27


def test_what_a_host_asks_of_one_board_holds_for_the_other(tmp_path: Path) -> None:
    good = greenhouse("a")[JOBS.format("a")]
    assert isinstance(good, Reply)

    def busy(asked: Asked) -> Reply:
        return Reply("busy", 503, {"Retry-After": "3"}) if asked.count == 1 else good

    with serve(careers(HOST, 20) | {JOBS.format("a"): busy}) as site:
        ran = crawl(tmp_path, site, "greenhouse:a", CAREERS, DOWNLOAD_DELAY=0.05)
    assert ran.code == 0, ran.err
    told, again = (asked.at for asked in site.asked if "/v1/" in asked.path)
    assert again - told > 2.9
    assert len([at for at in times(site, HOST) if at > again]) > 5, "the other board was at work when it was told"
    assert [at - told for at in times(site, HOST) if told + 0.2 < at < told + 2.9] == [], "nobody asks meanwhile"


def test_a_host_that_asks_for_too_long_is_left_alone_and_its_word_is_kept(tmp_path: Path) -> None:
    watchlist(tmp_path, {"target": "greenhouse:a"}, {"target": CAREERS}, top='every = "30m"')
    busy = Reply("busy", 503, {"Retry-After": "7200"})
    with serve(careers(HOST, 20) | {JOBS.format("a"): busy}) as site:
        ran = run(tmp_path, site, "-s", "DOWNLOAD_DELAY=0.1")
        assert ran.code == 1
        (told,) = (asked.at for asked in site.asked if "/v1/" in asked.path)
        assert not [at for at in times(site, HOST) if at > told + 0.2]
        assert outcomes(tmp_path) == {"greenhouse:a": "broken", CAREERS: "broken"}
        for row in report(tmp_path)["targets"]:
            assert "HTTP 503; asks to come back after 2 h (20" in row["why"]
        for row in listed(tmp_path).values():
            assert (row["state"], datetime.fromisoformat(row["due"]) > datetime.now(UTC) + timedelta(hours=1.9)) == (
                "cooling",
                True,
            )
        asked = len(site.asked)
        assert run(tmp_path, site, "--due").code == 0
        assert len(site.asked) == asked
    (log,) = (tmp_path / "runs").glob("*.audit.jsonl")
    said = [json.loads(line) for line in log.read_text().splitlines()]
    assert {row["done"] for row in said if row["rule"] == "retry-after"} == {
        "not waited: more than ROLECALL_RETRY_AFTER_MAX",
        "not asked",
    }


def test_what_was_given_up_while_it_waited_is_not_asked_for(tmp_path: Path) -> None:
    begins, clock = datetime.now(UTC) + timedelta(seconds=14), time.monotonic() + 14
    hours = f"Quiet(time.fromisoformat('{begins:%H:%M:%S.%f}'), (datetime.now(UTC) + timedelta(hours=1)).time(), 'UTC')"
    jobs = f"""[Job(f"careers:https://{HOST}/{{name}}/careers", settings={{"DOWNLOAD_DELAY": 0.25}}, quiet=quiet)
        for name, quiet in (("a", {hours}), ("b", None))]"""
    answers = {f"/{HOST}/{name}": page(name) for name in "ab"}
    for name in "ab":
        links = "".join(f'<a href="/{name}/careers/potter-{n}">Potter {n}</a>' for n in range(60))
        answers |= {f"/{HOST}/{name}/careers/potter-{n}": pot(f"Potter {n}") for n in range(60)}
        answers[f"/{HOST}/{name}/careers"] = page(links)
    with serve(answers) as site:
        found = crawl_jobs(tmp_path, site, jobs)
    assert found[f"careers:https://{HOST}/a/careers"].startswith("partial ended early: its quiet hours ")
    assert found[f"careers:https://{HOST}/b/careers"].startswith("ok")
    of_a, of_b = ([asked.at for asked in site.asked if f"/{name}/careers/potter" in asked.path] for name in "ab")
    assert of_a, "it was at work"
    assert len([at for at in of_b if at > clock + 0.5]) > 5, "the other one went on"
    assert not [at for at in of_a if at > clock + 0.5]
