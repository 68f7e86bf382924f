"""Which target an address is: the shapes of every platform, traps that are nobody's, pages that point elsewhere."""

import json
import re
from pathlib import Path

import pytest

from scraper.crawl.detect import by_address, by_page, by_response
from scraper.crawl.run import boards
from tests.boards.goldens import cases
from tests.command import rolecall
from tests.server import Reply, serve

NAMED = [
    ("https://acme.wd3.myworkdayjobs.com/en-US/Careers", "workday:acme.wd3.myworkdayjobs.com/Careers"),
    (
        "https://acme.wd1.myworkdayjobs.com/en-us/Ext_Site/job/Porto/Planner_R-1",
        "workday:acme.wd1.myworkdayjobs.com/Ext_Site",
    ),
    ("https://acme.wd5.myworkdayjobs.com/External", "workday:acme.wd5.myworkdayjobs.com/External"),
    ("https://acme.wd5.myworkdayjobs.com/wday/cxs/acme/External/jobs", "workday:acme.wd5.myworkdayjobs.com/External"),
    ("https://wd3.myworkdaysite.com/recruiting/acme/Site", "workday:wd3.myworkdaysite.com/acme/Site"),
    ("https://wd3.myworkdaysite.com/en-US/recruiting/acme/Site/job/x/y_R1", "workday:wd3.myworkdaysite.com/acme/Site"),
    ("https://jobs.smartrecruiters.com/Acme/744000012345678-oven-technician", "smartrecruiters:Acme"),
    ("https://jobs.smartrecruiters.com/portal/Acme/744000012345678-oven", "smartrecruiters:Acme"),
    ("https://jobs.smartrecruiters.com/Acme/0f3c1a2b-1111-2222-3333-444455556666-oven", "smartrecruiters:Acme"),
    ("https://careers.smartrecruiters.com/Acme", "smartrecruiters:Acme"),
    ("https://api.smartrecruiters.com/v1/companies/Acme/postings", "smartrecruiters:Acme"),
    (
        "https://eabc.fa.us2.oraclecloud.com/hcmUI/CandidateExperience/en/sites/CX_1/job/300",
        "oracle:eabc.fa.us2.oraclecloud.com/CX_1",
    ),
    (
        "https://fa-abcd-saasfaprod1.fa.ocs.oraclecloud.com/hcmUI/CandidateExperience/en/sites/LateralHiring/requisitions",
        "oracle:fa-abcd-saasfaprod1.fa.ocs.oraclecloud.com/LateralHiring",
    ),
    ("https://boards.greenhouse.io/acme", "greenhouse:acme"),
    ("https://job-boards.greenhouse.io/acme/jobs/123", "greenhouse:acme"),
    ("https://boards.eu.greenhouse.io/acme/jobs/1", "greenhouse:acme"),
    ("https://job-boards.eu.greenhouse.io/acme", "greenhouse:acme"),
    ("https://boards.greenhouse.io/embed/job_board?for=acme", "greenhouse:acme"),
    ("https://boards.greenhouse.io/embed/job_board/js?for=acme", "greenhouse:acme"),
    ("https://boards.greenhouse.io/embed/job_app?for=acme&token=123", "greenhouse:acme"),
    ("https://boards.greenhouse.io/embed/job_app?token=123&for=acme", "greenhouse:acme"),
    ("https://boards-api.greenhouse.io/v1/boards/acme/jobs?content=true", "greenhouse:acme"),
    (
        "https://recruiting.ultipro.com/ACM1000ACME/JobBoard/1a2b3c4d-1111-2222-3333-444455556666/?q=",
        "ukg:recruiting.ultipro.com/ACM1000ACME/1a2b3c4d-1111-2222-3333-444455556666",
    ),
    (
        "https://recruiting2.ultipro.ca/ACM1000ACME/JobBoard/1a2b3c4d-1111-2222-3333-444455556666/OpportunityDetail?opportunityId=x",
        "ukg:recruiting2.ultipro.ca/ACM1000ACME/1a2b3c4d-1111-2222-3333-444455556666",
    ),
    ("https://careers-acme.icims.com/jobs/123/cook/job", "icims:careers-acme.icims.com"),
    ("https://uscareers-acme.icims.com/jobs/intro", "icims:uscareers-acme.icims.com"),
    ("https://jobs.ashbyhq.com/Acme%20Co/0f3c1a2b-1111-2222-3333-444455556666/application", "ashby:Acme%20Co"),
    ("https://jobs.ashbyhq.com/acme.ai", "ashby:acme.ai"),
    ("https://api.ashbyhq.com/posting-api/job-board/Acme?includeCompensation=true", "ashby:Acme"),
    ("https://jobs.lever.co/acme", "lever:acme"),
    ("https://jobs.lever.co/acme/aaaa-bbbb/apply", "lever:acme"),
    ("https://jobs.eu.lever.co/acme", "lever:eu/acme"),
    ("https://api.lever.co/v0/postings/acme?mode=json", "lever:acme"),
    ("https://api.eu.lever.co/v0/postings/acme", "lever:eu/acme"),
    ("https://apply.workable.com/acme/j/A1B2C3D4E5/", "workable:acme"),
    ("https://apply.workable.com/acme/", "workable:acme"),
    ("https://apply.workable.com/api/v1/widget/accounts/acme?details=true", "workable:acme"),
    ("https://acme.workable.com/", "workable:acme"),
    ("https://acme.recruitee.com/o/warden", "recruitee:acme"),
    ("https://acme.bamboohr.com/careers/31", "bamboohr:acme"),
    ("https://acme.breezy.hr/p/f00-tuner", "breezy:acme"),
    ("https://acme.pinpointhq.com/en/postings/u", "pinpoint:acme"),
    ("https://acme.applytojob.com/apply/Zz9/Solderer", "jazzhr:acme"),
    ("https://acme.jobs.personio.de/job/42?language=en", "personio:acme"),
    ("https://acme.jobs.personio.com/", "personio:acme"),
    ("https://acme.teamtailor.com/jobs/900001-ski", "teamtailor:acme.teamtailor.com"),
    ("https://acme.na.teamtailor.com/jobs", "teamtailor:acme.na.teamtailor.com"),
    ("https://ats.rippling.com/acme/jobs/0f3c1a2b-1111-2222-3333-444455556666", "rippling:acme"),
    ("https://ats.rippling.com/en-GB/acme/jobs/0f3c", "rippling:acme"),
    ("https://api.rippling.com/platform/api/ats/v1/board/acme/jobs", "rippling:acme"),
    ("https://jobs.gem.com/acme/am9i-1", "gem:acme"),
    ("https://jobs.jobvite.com/acme/job/oAbC1fwX", "jobvite:acme"),
    ("https://jobs.jobvite.com/careers/acme/jobs", "jobvite:acme"),
    ("https://jobs.jobvite.com/acme/jobs", "jobvite:acme"),
    ("https://www.careers-page.com/acme/job/ABC", "manatal:acme"),
    ("https://careers-page.com/acme", "manatal:acme"),
    ("https://open.api.manatal.com/open/v3/career-page/acme/jobs/", "manatal:acme"),
    ("https://www.comeet.com/jobs/acme/30.005", "comeet:acme/30.005"),
    ("https://www.comeet.com/jobs/acme/30.005/buoy/A1.B2C", "comeet:acme/30.005"),
    (
        "https://recruiting.paylocity.com/Recruiting/Jobs/All/1a2b3c4d-1111-2222-3333-444455556666/Acme",
        "paylocity:1a2b3c4d-1111-2222-3333-444455556666",
    ),
    (
        "https://recruiting.paylocity.com/recruiting/jobs/All/1a2b3c4d-1111-2222-3333-444455556666",
        "paylocity:1a2b3c4d-1111-2222-3333-444455556666",
    ),
    ("https://join.com/companies/acme/7000001-glazier", "join:acme"),
    ("https://acme.eightfold.ai/careers?domain=acme.com", "eightfold:acme.eightfold.ai/acme.com"),
    ("https://acme.eightfold.ai/careers/job/179", "eightfold:acme.eightfold.ai"),
    ("https://wantapply.com/x-at-y", "wantapply"),
]
NO_BOARD = [
    "https://www.paycomonline.net/v4/ats/web.php/portal/0123456789abcdef0123456789ABCDEF/jobs/1",
    "https://jobs.workable.com/company/aBcDeF/jobs-at-acme",
    "https://acme.traffit.com/public/an/x",
    "https://acme.softgarden.io/job/1/x",
    "https://acme.csod.com/ux/ats/careersite/1/home?c=acme",
    "https://acme.careers.hibob.com/jobs/1",
]
"""Platforms that no board reads: their addresses must not be taken for another one's."""
TRAPS = [
    "https://app.greenhouse.io/users/sign_in",
    "https://boards.greenhouse.io/",
    "https://boards.greenhouse.io",
    "https://boards.greenhouse.io/embed/job_board",
    "https://boards.greenhouse.io/embed/job_app?token=123",
    "https://boards-api.greenhouse.io/v1",
    "https://boards-api.greenhouse.io/v1/boards",
    "https://boards-api.greenhouse.io/v1/boards/",
    "https://boards-api.greenhouse.io/acme",
    "https://developers.greenhouse.io/job-board.html",
    "https://support.greenhouse.io/hc/en-us",
    "https://www.greenhouse.io/acme",
    "https://my.greenhouse.io/jobs",
    "https://greenhouse.io.evil.example/acme",
    "https://boards.greenhouse.io.evil.example/acme",
    "https://evilboards.greenhouse.io.example/acme",
    "https://notboards.greenhouse.io/acme",
    "https://notlever.co/acme",
    "https://jobs.notlever.co/acme",
    "https://evil-jobs.lever.co/acme",
    "https://jobs.lever.co@evil.example/acme",
    "https://jobs.lever.co:pw@evil.example/acme",
    r"https://jobs.lever.co\@evil.example/acme",
    "https://jobs.lever.co%2facme@evil.example/",
    "https://evil.example/https://jobs.lever.co/acme",
    "https://evil.example/?u=https://jobs.lever.co/acme",
    "https://evil.example/#https://jobs.lever.co/acme",
    "https://jobs.lever.co",
    "https://jobs.lever.co/",
    "https://jobs.lever.co/?department=x",
    "https://jobs.lever.co//",
    "https://jobs.lever.co:8443/acme",
    "https://hire.lever.co/jobs",
    "https://www.lever.co/acme",
    "https://api.lever.co/v0/postings",
    "https://api.lever.co/v0/postings/",
    "https://api.lever.co/v1/postings/acme",
    "ftp://jobs.lever.co/acme",
    "javascript:alert(1)//jobs.lever.co/acme",
    "file:///etc/passwd",
    "not a url",
    "",
    "https://apply.workable.com/j/A1B2C3D4E5",
    "https://apply.workable.com/j/A1B2C3D4E5/apply",
    "https://apply.workable.com/",
    "https://apply.workable.com/api/v1/widget",
    "https://www.workable.com/",
    "https://help.workable.com/hc",
    "https://jobs.workable.com/view/x/ink",
    "https://tt.teamtailor.com/x",
    "https://app.teamtailor.com/companies",
    "https://www.teamtailor.com/",
    "https://teamtailor.com/",
    "https://docs.teamtailor.com/",
    "https://support.teamtailor.com/",
    "https://career.teamtailor.com.evil.example/jobs",
    "https://www.bamboohr.com/careers",
    "https://app.bamboohr.com/login",
    "https://help.bamboohr.com/",
    "https://documentation.bamboohr.com/docs",
    "https://acme.bamboohr.com.evil.example/careers",
    "https://app.breezy.hr/signin",
    "https://breezy.hr/",
    "https://www.breezy.hr/",
    "https://app.recruitee.com/",
    "https://docs.recruitee.com/",
    "https://api.recruitee.com/c/1",
    "https://recruitee.com/",
    "https://jobs.personio.de/",
    "https://www.personio.de/",
    "https://app.personio.de/",
    "https://acme.personio.de/",
    "https://jobs.ashbyhq.com/",
    "https://app.ashbyhq.com/acme",
    "https://www.ashbyhq.com/careers",
    "https://jobs.ashbyhq.com/api/non-user-graphql",
    "https://api.ashbyhq.com/posting-api/job-board",
    "https://api.ashbyhq.com/posting-api/job-board/",
    "https://jobs.smartrecruiters.com/",
    "https://www.smartrecruiters.com/acme",
    "https://api.smartrecruiters.com/v1/companies/",
    "https://my.smartrecruiters.com/",
    "https://acme.wd3.myworkdayjobs.com/",
    "https://acme.wd3.myworkdayjobs.com/job/Porto/Planner_R-1",
    "https://acme.wd3.myworkdayjobs.com/en-US/job/x/y",
    "https://acme.wd3.myworkdayjobs.com/en-US",
    "https://acme.wd3.myworkdayjobs.com/details/x_1",
    "https://wd3.myworkdaysite.com/recruiting/acme",
    "https://wd3.myworkdaysite.com/acme/Site",
    "https://www.myworkdayjobs.com/",
    "https://acme.wd3.myworkdayjobs.com.evil.example/Careers",
    "https://eabc.fa.us2.oraclecloud.com/hcmUI/CandidateExperience",
    "https://www.oraclecloud.com/",
    "https://recruiting.ultipro.com/ACM1000ACME",
    "https://recruiting.ultipro.com/ACM1000ACME/JobBoard",
    "https://www.icims.com/careers",
    "https://login.icims.com/",
    "https://icims.com/",
    "https://recruiting.paylocity.com/Recruiting/Jobs/Details/1234567",
    "https://recruiting.paylocity.com/Recruiting/Jobs/All/",
    "https://www.paylocity.com/careers",
    "https://ats.rippling.com/",
    "https://ats.rippling.com/en-GB",
    "https://ats.rippling.com/en-gb/",
    "https://app.rippling.com/acme/jobs",
    "https://www.rippling.com/careers",
    "https://jobs.gem.com/",
    "https://www.gem.com/acme",
    "https://jobs.gem.com/api/public/graphql",
    "https://jobs.jobvite.com/",
    "https://jobs.jobvite.com/careers",
    "https://app.jobvite.com/j?cj=1",
    "https://www.jobvite.com/acme",
    "https://www.careers-page.com/",
    "https://www.careers-page.com/api/jobs",
    "https://www.comeet.com/jobs/acme",
    "https://www.comeet.com/",
    "https://join.com/",
    "https://join.com/companies",
    "https://join.com/companies/",
    "https://join.com/jobs",
    "https://app.pinpointhq.com/",
    "https://www.pinpointhq.com/",
    "https://developers.pinpointhq.com/",
    "https://app.applytojob.com/",
    "https://www.applytojob.com/",
    "https://app.jazz.co/",
    "https://app.eightfold.ai/",
    "https://www.eightfold.ai/",
    "https://eightfold.ai/",
    "https://jobs.lever.co/robots.txt",
    "https://jobs.ashbyhq.com/favicon.ico",
    "https://boards.greenhouse.io/robots.txt",
    "https://github.com/acme",
    "https://evil.example/careers?x=jobs.ashbyhq.com/acme",
    "https://wantapply.com.evil.example/x",
    "https://notwantapply.com/x",
    "https://blog.greenhouse.io/acme",
    "https://greenhouse.io/acme",
    "https://docs.google.com/x",
]


@pytest.mark.parametrize(("url", "target"), NAMED)
def test_an_address_names_its_target(url: str, target: str) -> None:
    found = by_address(url, boards())
    assert found is not None
    assert (found.target, found.confidence) == (target, 1.0)


@pytest.mark.parametrize(
    "spell",
    [
        lambda url: url.replace("https://", "http://"),
        lambda url: url.replace("https://", "HTTPS://"),
        lambda url: f"  {url}\n",
        lambda url: f"{url}#apply",
        lambda url: re.sub("https://([^/]+)", lambda host: f"https://{host[1].upper()}:443", url),
        lambda url: re.sub("https://([^/]+)", lambda host: f"https://{host[1]}.", url),
        lambda url: url.removeprefix("https://"),
    ],
    ids=["http", "capitals", "spaces", "fragment", "port", "dot", "bare"],
)
@pytest.mark.parametrize("row", NAMED[::7])
def test_an_address_may_be_spelled_otherwise(row: tuple[str, str], spell: object) -> None:
    found = by_address(spell(row[0]), boards())  # type: ignore[operator]
    assert found is not None
    assert found.target == row[1]


@pytest.mark.parametrize("url", [*TRAPS, *NO_BOARD])
def test_a_trap_is_nobodys_target(url: str) -> None:
    assert by_address(url, boards()) is None


EMPLOYERS = [
    (case.board, case.facts["employer"])
    for case in cases()
    if case.folder.name == "list" and ":" in boards()[case.board].target and case.board != "careers"
]


@pytest.mark.parametrize(("name", "employer"), EMPLOYERS)
def test_the_home_of_an_employer_leads_back_to_it(name: str, employer: str) -> None:
    board = boards()[name]
    assert board.employer_of(board.home(employer)) == employer
    found = by_address(board.home(employer), boards())
    assert found is not None
    assert found.target == f"{name}:{employer}"


PAGES = [
    ('<iframe src="https://boards.greenhouse.io/embed/job_board?for=acme"></iframe>', "greenhouse:acme", 0.9),
    (
        '<script src="https://boards.greenhouse.io/embed/job_board/js?for=acme"></script><a href="?gh_jid=1">x</a>',
        "greenhouse:acme",
        0.9,
    ),
    ('<script src="//jobs.ashbyhq.com/Acme/embed?version=2"></script>', "ashby:Acme", 0.9),
    (
        '<a href="https://jobs.lever.co/acme/1">Cook</a><a href="https://jobs.lever.co/acme/2">Baker</a>',
        "lever:acme",
        0.6,
    ),
    ('<script>window.leverJobsOptions = {accountName: "acme", linkAttribute: 1};</script>', "lever:acme", 0.9),
    (
        '<script>var url = "https:\\/\\/acme.wd3.myworkdayjobs.com\\/en-US\\/Careers";</script>',
        "workday:acme.wd3.myworkdayjobs.com/Careers",
        0.6,
    ),
    ('<meta http-equiv="refresh" content="0; url=https://acme.recruitee.com/">', "recruitee:acme", 0.9),
    ('<form action="https://apply.workable.com/acme/"></form>', "workable:acme", 0.9),
    (
        '<link rel="canonical" href="https://eabc.fa.us2.oraclecloud.com/hcmUI/CandidateExperience/en/sites/CX_1">',
        "oracle:eabc.fa.us2.oraclecloud.com/CX_1",
        0.9,
    ),
    ('<div data-board-url="https://acme.bamboohr.com/careers"></div>', "bamboohr:acme", 0.6),
    ('<a href="https://acme.applytojob.com/apply">Jobs</a>', "jazzhr:acme", 0.6),
    ("<script>var phApp = phApp || {}; phApp.ddo = {};</script>", "phenom:jobs.acme.example", 0.8),
    (
        '<script src="https://static.vscdn.net/x.js"></script><script>window.cfg = {"domain": "acme.example"}</script>',
        "eightfold:jobs.acme.example/acme.example",
        0.8,
    ),
    ('<link href="https://rmkcdn.successfactors.com/a.css" rel="stylesheet">', "successfactors:jobs.acme.example", 0.8),
    (
        '<link href="https://assets-aws.teamtailor-cdn.com/a.css" rel="stylesheet"><a href="https://tt.teamtailor.com/x">by</a>',
        "teamtailor:jobs.acme.example",
        0.8,
    ),
    (
        '<script>window.cfg = {"siteNumber": "CX_7", "api": "https://eabc.fa.us2.oraclecloud.com/hcmRestApi"}</script>',
        "oracle:eabc.fa.us2.oraclecloud.com/CX_7",
        0.8,
    ),
]


@pytest.mark.parametrize(("body", "target", "confidence"), PAGES)
def test_a_page_points_at_its_board(body: str, target: str, confidence: float) -> None:
    found = by_page("https://jobs.acme.example/open", f"<html><body><h1>Jobs</h1>{body}</body></html>", boards())
    assert found is not None
    assert (found.target, found.confidence) == (target, confidence)
    assert found.why


NOWHERE = [
    "<p>We wrote to https://jobs.lever.co/acme once.</p>",
    '<a href="https://jobs.lever.co/acme">a</a><a href="https://jobs.lever.co/other">b</a>',
    '<a href="https://boards.greenhouse.io/">Powered by Greenhouse</a><a href="https://www.lever.co/">Lever</a>',
    '<a href="https://apply.workable.com/j/ABCDEF">Cook</a>',
    '<a href="https://jobs.lever.co@evil.example/acme">x</a>',
    '<a href="http://[::1">broken</a><img src="data:image/png;base64,AAAA">',
    "",
]


@pytest.mark.parametrize("body", NOWHERE)
def test_a_page_that_points_nowhere_or_at_many(body: str) -> None:
    assert by_page("https://acme.example/jobs", body, boards()) is None


def test_a_redirect_names_the_target_and_a_vendors_page_nobody() -> None:
    short = "https://apply.workable.com/j/ABC"
    led = by_response(short, "https://apply.workable.com/acme/j/ABC/", "", boards())
    assert (led.target, led.confidence) == ("workable:acme", 0.95)
    stuck = by_response(short, short, "<html></html>", boards())
    assert (stuck.target, stuck.confidence) == (None, 0.0)
    own = by_response("https://acme.example/jobs", "https://acme.example/jobs", "<html></html>", boards())
    assert (own.target, own.confidence) == ("careers:https://acme.example/jobs", 0.3)


def test_a_hostile_page_is_read_in_time() -> None:
    page = '<a href="https://jobs.lever.co/a">x</a>' * 20_000 + "<script>" + "https://a" * 100_000 + "//" * 200_000
    assert by_page("https://acme.example/", page, boards())


# -- the command ------------------------------------------------------------------------------------------------------


def test_offline_nothing_is_fetched(tmp_path: Path) -> None:
    urls = ("https://jobs.lever.co/acme", "https://acme.example/jobs")
    ran = rolecall(tmp_path, "detect", "--json", "--offline", *urls).clean()
    rows = [json.loads(line) for line in ran.out.splitlines()]
    assert [(row["url"], row["target"]) for row in rows] == [(urls[0], "lever:acme"), (urls[1], None)]
    assert set(rows[0]) == {"url", "target", "confidence", "why"}
    assert ran.code == 1
    assert not list(tmp_path.iterdir())


def test_pages_are_looked_at_in_the_order_of_their_addresses(tmp_path: Path) -> None:
    board = '<iframe src="https://boards.greenhouse.io/embed/job_board?for=acme"></iframe>'
    with serve(
        {"/jobs": Reply(board), "/own": Reply("<h1>Jobs</h1>"), "/moved": Reply("", 302, {"Location": "/jobs"})}
    ) as site:
        urls = [
            f"{site.url}/own",
            "https://jobs.lever.co/acme",
            f"{site.url}/jobs",
            f"{site.url}/moved",
            f"{site.url}/gone",
        ]
        fast = ("--allow-private",)
        ran = rolecall(tmp_path, "detect", *fast, *urls).clean()
    rows = [line.split("\t") for line in ran.out.splitlines()]
    assert [row[0] for row in rows] == urls
    assert [row[1] for row in rows] == [f"careers:{urls[0]}", "lever:acme", "greenhouse:acme", "greenhouse:acme", "-"]
    assert "HTTP 404" in rows[4][3]
    assert ran.code == 1


def test_a_private_page_is_not_looked_at(tmp_path: Path) -> None:
    with serve({"/jobs": Reply("<h1>Jobs</h1>")}) as site:
        ran = rolecall(tmp_path, "detect", f"{site.url}/jobs").clean()
        assert not site.asked
    assert "a private address" in ran.out


def test_a_crawl_of_an_address_is_a_crawl_of_its_target(tmp_path: Path) -> None:
    case = next(case for case in cases("greenhouse") if case.folder.name == "list")
    answers = {
        "/kiln.example/jobs": Reply('<iframe src="https://boards.greenhouse.io/embed/job_board?for=acme"></iframe>'),
        "/" + case.facts["url"].partition("://")[2]: Reply(case.response.read_bytes(), type="application/json"),
    }
    with serve(answers) as site:
        fast = ("-s", "DOWNLOAD_DELAY=0", "-s", f"ROLECALL_MIRROR={site.url}")
        by_page = rolecall(tmp_path / "a", "crawl", "https://kiln.example/jobs", *fast).clean()
        by_shape = rolecall(tmp_path / "b", "crawl", "https://job-boards.greenhouse.io/acme", *fast).clean()
        lost = rolecall(tmp_path / "c", "crawl", "https://apply.workable.com/j/ABC", *fast).clean()
    assert by_page.code == by_shape.code == 0, by_page.err
    assert "\ngreenhouse:acme: ok" in by_page.err
    assert {row["key"] for row in by_page.rows()} == {row["key"] for row in by_shape.rows()} != set()
    assert lost.code == 1
