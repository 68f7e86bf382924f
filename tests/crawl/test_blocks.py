"""Blocks are seen as blocks, and nothing else is."""

import os
import time
from pathlib import Path

import pytest
from scrapy import Request
from scrapy.http import HtmlResponse, Response, TextResponse

from scraper.crawl.blocks import block_seen, is_login, login_seen

CORPUS = Path(os.environ.get("ROLECALL_CORPUS", "../shared")) / "payloads"
GOLDENS = sorted((Path(__file__).parents[1] / "boards").glob("*/*/response.*"))

CHALLENGES = [
    (503, "<title>Just a moment...</title>", "Cloudflare challenge"),
    (200, "<html><script>window._cf_chl_opt={cType:'managed'}</script><p>Enable JavaScript</p>", "Cloudflare challenge"),
    (403, "<title>Attention Required! | Cloudflare</title>", "Cloudflare refusal"),
    (200, "<script>var dd={'rt':'c','host':'geo.captcha-delivery.com'}</script>", "DataDome captcha"),
    (200, "<div id=\"px-captcha\"></div><h1>Press & Hold</h1>", "HUMAN captcha"),
    (200, "<iframe src='/_Incapsula_Resource?SWUDNSAI=31'>Request unsuccessful. Incapsula incident ID: 7</iframe>", "Imperva"),
    (202, "<script>window.gokuProps = {'key':'x'};</script>", "AWS WAF challenge"),
    (405, "<script>AwsWafCaptcha.renderCaptcha(x)</script>", "AWS WAF captcha"),
    (403, "<h1>Access Denied</h1><p>https://errors.edgesuite.net/18.7", "Akamai refusal"),
    (200, "<div id='sec-if-cpt-container'></div>", "Akamai challenge"),
    (429, "<script>window.KPSDK={};</script><script src='/149e/ips.js?KP_UIDz=1'></script>", "Kasada challenge"),
    (200, "<script>var sucuri_cloudproxy_js = '';</script>", "Sucuri challenge"),
    (200, "<form action='https://validate.perfdrive.com/captcha'>", "Radware captcha"),
    (200, "<html><script src='/TSPD/?type=18'></script><noscript>Please enable JavaScript</noscript>", "F5 challenge"),
    (200, "<html><title>Request Rejected</title>The requested URL was rejected. Please consult with your administrator.", "F5 refusal"),
    (200, "<html><p>Verify you are human</p><div class='cf-turnstile'></div>", "captcha"),
    (200, "<html><h1>Are you a robot?</h1><script src='https://x.example/recaptcha/api.js'></script>", "captcha"),
    (403, "", "HTTP 403"),
    (429, '{"error": "slow down"}', "HTTP 429"),
]  # fmt: skip

WORDS = "<p>" + "You weave cloth on looms that are older than the town. " * 30 + "</p>"
FORM = "<form>Apply, and show that you are human <div class='g-recaptcha'></div></form><script src='/recaptcha/api.js'></script>"

PAGES = [
    (200, WORDS + FORM),
    (200, WORDS + "<div class='cf-turnstile'></div>"),
    (200, "<html><div id='root'></div><script src='https://challenges.cloudflare.com/turnstile/v0/api.js'></script>"),
    (200, "<html><div id='root'></div><script src='/cdn-cgi/challenge-platform/scripts/jsd/main.js'></script>"),
    (200, "<html><div id='root'></div><script src='https://1a2b.edge.sdk.awswaf.com/x/challenge.js'></script>"),
    (200, "<html><div id='app'></div><script>window._pxAppId='PX1'</script>"),
    (200, WORDS.replace("weave", "fight _Incapsula_Resource?SWUDNSAI bots; security check; unusual traffic")),
    (200, "<script type='application/ld+json'>{'@type': 'JobPosting'}</script><p>Verify you are human</p>" + FORM),
    (200, '{"note": "Just a moment...", "vendor": "geo.captcha-delivery.com"}'),
    (503, "<h1>Down for maintenance</h1>"),
    (405, "<h1>Method not allowed</h1>"),
    (404, "<h1>Not found</h1>"),
]


def reply(status: int, body: str | bytes, **headers: str) -> Response:
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return HtmlResponse("https://x.example/a", status, given, body.encode() if isinstance(body, str) else body)


@pytest.mark.parametrize(("status", "body", "vendor"), CHALLENGES)
def test_a_challenge_is_a_block(status: int, body: str, vendor: str) -> None:
    assert vendor in (block_seen(reply(status, body)) or "")


@pytest.mark.parametrize(("status", "body"), PAGES)
def test_a_page_that_has_a_captcha_is_none(status: int, body: str) -> None:
    assert block_seen(reply(status, body)) is None


def test_a_header_says_it_too() -> None:
    assert "Cloudflare" in (block_seen(reply(200, "{}", cf_mitigated="challenge")) or "")
    assert "AWS" in (block_seen(reply(202, "", x_amzn_waf_action="challenge")) or "")


def test_no_recorded_reply_is_taken_for_a_block() -> None:
    if not CORPUS.is_dir():
        pytest.skip(f"no recorded replies in {CORPUS}; ROLECALL_CORPUS names the folder")
    paths = sorted(path for path in CORPUS.rglob("*") if path.is_file())
    assert not [path for path in paths for status in (200, 202) if block_seen(reply(status, path.read_bytes()))]


def test_no_golden_is_taken_for_a_block() -> None:
    assert GOLDENS
    assert not [path for path in GOLDENS if block_seen(TextResponse("https://x.example", body=path.read_bytes()))]


@pytest.mark.parametrize("piece", ["<script", "<", "<!--", "human ", "check "])
def test_a_hostile_page_takes_no_time(piece: str) -> None:
    page = reply(200, "<html>g-recaptcha _cf_chl_opt" + piece * 20_000)
    began = time.process_time()
    block_seen(page)
    assert time.process_time() - began < 1


@pytest.mark.parametrize(
    "url",
    ["https://x.example/login", "https://x.example/users/sign_in?next=/jobs", "https://accounts.google.com/v3/signin", "https://x.okta.com/app",
     "https://login.x.example/", "https://x.example/auth/login.php", "https://x.example/SignIn/", "https://www.linkedin.com/authwall?x=1"],
)  # fmt: skip
def test_a_login_is_one(url: str) -> None:
    asked = Request(url, meta={"redirect_urls": ["https://x.example/jobs/1"]})
    assert login_seen(asked)
    assert login_seen(Request(url)) is None, "a login that was asked for is no redirect"


@pytest.mark.parametrize(
    "url",
    ["https://x.example/jobs/login-engineer", "https://x.example/blog/sign-in-with-x", "https://x.example/jobs/sso-architect",
     "https://loginet.example/jobs", "https://x.example/careers/1?return=/login", "https://author.example/a"],
)  # fmt: skip
def test_a_page_that_speaks_of_a_login_is_none(url: str) -> None:
    assert not is_login(url)
