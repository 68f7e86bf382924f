"""The demo site over real HTTP: what a crawl meets there."""

import json
import re
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator
from html import escape
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import unquote
from urllib.request import Request, urlopen

import pytest

from scraper.demo.posts import Post, load_posts, slugify
from scraper.demo.site import SLOW_SECONDS, DemoSite, sitemap, vacancy_page

NOT_VACANCIES = {"sign-in", "create", "privacy-policy"}


@pytest.fixture(scope="module")
def site() -> Iterator[DemoSite]:
    with DemoSite() as running:
        yield running


@pytest.fixture(scope="module")
def pages(site: DemoSite) -> dict[str, str]:
    """Slug to page of every vacancy in the sitemap that answers 200."""
    found = {}
    for url in vacancy_urls(site):
        try:
            found[unquote(url.rpartition("/")[2])] = get(url)
        except HTTPError:
            continue
    return found


@pytest.fixture(scope="module")
def rows(site: DemoSite) -> list[dict[str, Any]]:
    """All rows of the API."""
    got: list[dict[str, Any]] = []
    number, more = 1, True
    while more:
        page = json.loads(get(f"{site.url}/api/jobs?page={number}"))
        got += page["data"]
        more, number = page["hasNextPage"], number + 1
    assert page["total"] == len(got)
    return got


def get(url: str) -> str:
    with urlopen(url, timeout=10) as reply:
        return str(reply.read().decode())


def sitemap_paths(site: DemoSite) -> list[str]:
    urls = ET.fromstring(get(f"{site.url}/sitemap.xml")).iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")
    return [str(url.text).removeprefix(site.url) for url in urls]


def vacancy_urls(site: DemoSite) -> list[str]:
    paths = [path for path in sitemap_paths(site) if path.count("/") == 1 and path[1:] not in NOT_VACANCIES]
    return [site.url + path for path in paths]


def posting_block(page: str) -> dict[str, Any]:
    """The one JobPosting of a page."""
    (block,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.S)
    found = json.loads(block)
    assert found["@type"] == "JobPosting"
    return dict(found)


def special(state: str) -> Post:
    (post,) = [post for post in load_posts() if post.state == state]
    return post


# -- the whole site ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/sitemap.xml", "/robots.txt", "/api/jobs?page=3", "/company/oddkin-games", "/"])
def test_same_bytes_twice(site: DemoSite, path: str) -> None:
    assert get(site.url + path) == get(site.url + path)


def test_same_bytes_in_another_process() -> None:
    code = (
        "import sys; from scraper.demo.posts import load_posts; from scraper.demo.site import sitemap, vacancy_page;"
        "sys.stdout.buffer.write((sitemap('http://x') + ''.join(map(vacancy_page, load_posts()))).encode())"
    )
    here = sitemap("http://x") + "".join(map(vacancy_page, load_posts()))
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout.decode() == here


def test_enough_posts_of_enough_employers_in_three_languages(pages: dict[str, str]) -> None:
    blocks = [posting_block(page) for page in pages.values() if "JobPosting" in page and "<h1>" in page]
    assert len(blocks) >= 120
    assert len({block["hiringOrganization"]["name"] for block in blocks}) >= 25
    open_posts = [post for post in load_posts() if post.state == "open"]
    languages = Counter(post.language for post in open_posts)
    assert set(languages) == {"en", "de", "ru"}
    assert min(languages.values()) >= 25
    assert sum(1 for page in pages.values() if re.search(r"[а-я]{4}", page)) == languages["ru"]


def test_slugs_are_unique_and_one_is_numbered(site: DemoSite) -> None:
    urls = vacancy_urls(site)
    assert len(urls) == len(set(urls))
    assert {"backend-engineer-elixir-at-lumenfold", "backend-engineer-elixir-at-lumenfold-2"} <= {
        url.rpartition("/")[2] for url in urls
    }
    assert all("-at-" in url for url in urls)


def test_posts_differ() -> None:
    posts = load_posts()
    assert len({post.description for post in posts}) == len(posts)
    lines = Counter(line for post in posts for line in re.findall(r"<p>(.*?)</p>", post.description))
    assert len(lines) > 900
    assert lines.most_common(1)[0][1] < len(posts) / 4


def test_no_template_is_left_unfilled() -> None:
    assert not [post.slug for post in load_posts() if "{" in post.description or "}" in post.description]


def test_every_occupation_workplace_and_kind_is_there() -> None:
    posts = [post for post in load_posts() if post.state == "open"]
    assert len({post.category for post in posts}) == 16
    assert {post.workplace for post in posts} == {"remote", "hybrid", "onsite"}
    assert {post.kind for post in posts} == {"full", "part", "contract", "intern"}
    assert len({post.published.date() for post in posts}) > 60
    assert sum(1 for post in posts if post.pay) > 60


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Senior Backend Engineer, Ledger", "senior-backend-engineer-ledger"),
        ("Менеджер продукта", "menedzher-produkta"),
        ("Räderwerk (m/w/d)", "raderwerk-m-w-d"),
        ("C++ / Go", "c-go"),
    ],
)
def test_slugify(text: str, slug: str) -> None:
    assert slugify(text) == slug


# -- the sitemap and the pages that are no vacancies ------------------------------------------------------------------


def test_robots_names_the_sitemap_and_lets_vacancies_be_read(site: DemoSite) -> None:
    robots = get(f"{site.url}/robots.txt")
    assert f"Sitemap: {site.url}/sitemap.xml" in robots
    assert "Disallow: /\n" not in robots


def test_every_address_of_the_sitemap_answers_but_the_gone_one(site: DemoSite, pages: dict[str, str]) -> None:
    paths = sitemap_paths(site)
    assert {f"/{name}" for name in NOT_VACANCIES} <= set(paths)
    assert {path.split("/")[1] for path in paths if path.count("/") == 2} == {"company", "jobs"}
    missing = {unquote(url.rpartition("/")[2]) for url in vacancy_urls(site)} - set(pages)
    assert missing == {special("gone").slug}
    for path in paths:
        if path.count("/") == 2 or path[1:] in NOT_VACANCIES:
            assert "JobPosting" not in get(site.url + path)


def test_lastmod_is_iso_with_milliseconds(site: DemoSite) -> None:
    dates = re.findall(r"<lastmod>(.*?)</lastmod>", get(f"{site.url}/sitemap.xml"))
    assert len(dates) == len(sitemap_paths(site))
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", date) for date in dates)


def test_a_slug_beyond_ascii_is_escaped_in_the_sitemap_and_answers(site: DemoSite) -> None:
    (url,) = [url for url in vacancy_urls(site) if "%" in url]
    assert "QA-Engineer" in get(url)


def test_a_company_page_links_its_vacancies(site: DemoSite, pages: dict[str, str]) -> None:
    page = get(f"{site.url}/company/kedrovnik")
    links = re.findall(r'<li><a href="/([^"]+)">', page)
    assert len(links) == 4
    assert set(links) <= set(pages)
    assert "See all 4 jobs at Kedrovnik" in pages[links[0]]


# -- a vacancy --------------------------------------------------------------------------------------------------------


def test_every_good_page_holds_what_its_post_says(pages: dict[str, str]) -> None:
    for post in load_posts():
        if post.state not in ("open", "slow"):
            continue
        page, block = pages[post.slug], posting_block(pages[post.slug])
        assert block["title"] == post.title
        assert isinstance(block["employmentType"], list)
        assert (block.get("jobLocationType") == "TELECOMMUTE") == (post.workplace == "remote")
        assert all(place["address"]["addressCountry"] for place in block["jobLocation"])
        assert re.fullmatch(r"2026-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", block["datePosted"])
        year, month, day = block["datePosted"][:10].split("-")
        assert f"Published on: {month}/{day}/{year}<" in page
        assert f"<h1>{escape(post.title)}</h1>" in page
        assert f'<div class="Description">\n{post.description}\n</div>' in page
        assert escape(post.pay) in page
        assert page.count(post.employer.name) >= 4


def test_the_block_holds_the_text_flat_and_escaped() -> None:
    (post,) = [post for post in load_posts() if post.title == "Software Engineer .NET 80–100%"]
    text = posting_block(vacancy_page(post))["description"]
    assert not re.search(r"[<>\n']", text)
    assert "CHF 105&#x27;000 bis 125&#x27;000 pro Jahr" in text
    assert "Deine Aufgaben Entwurf" in text or "Deine Aufgaben Ablösung" in text


def test_tags_run_together_without_separators(pages: dict[str, str]) -> None:
    (line,) = re.findall(r'<div class="Tags">(.*?)</div>', pages["staff-data-engineer-at-quillmere"])
    assert re.sub(r"<[^>]+>", "", line) == "EuropeUnited KingdomRemoteStaffSenior"
    (line,) = re.findall(r'<div class="Tags">(.*?)</div>', pages["c-developer-at-morzyanka"])
    assert re.sub(r"<[^>]+>", "", line) == "WorldwideRemoteSenior"


# -- the pages that a crawl has to survive ----------------------------------------------------------------------------


def test_the_closed_page_has_no_posting(pages: dict[str, str]) -> None:
    page = pages[special("closed").slug]
    assert "JobPosting" not in page
    assert "Description" not in page


def test_the_broken_page_cannot_be_read(pages: dict[str, str]) -> None:
    page = pages[special("broken").slug]
    assert "JobPosting" in page
    assert "</script>" not in page
    assert "Description" not in page
    assert special("broken").title not in page


def test_the_gone_page_is_a_404(site: DemoSite) -> None:
    with pytest.raises(HTTPError, match="404"):
        get(f"{site.url}/{special('gone').slug}")


def test_the_slow_page_takes_its_time(site: DemoSite) -> None:
    start = time.monotonic()
    page = get(f"{site.url}/{special('slow').slug}")
    assert time.monotonic() - start >= SLOW_SECONDS
    assert posting_block(page)["title"] == special("slow").title


# -- the API ----------------------------------------------------------------------------------------------------------


def test_rows_are_the_posts(rows: list[dict[str, Any]], pages: dict[str, str]) -> None:
    published = {row["url"] for row in rows if row["status"] == "published"}
    archived = {row["url"] for row in rows if row["status"] == "archived"}
    assert published == set(pages) - {special("closed").slug}
    assert len(archived) >= 5
    assert special("closed").slug in archived
    assert len({row["id"] for row in rows}) == len(rows)
    for row in rows:
        if row["url"] in published - {special("broken").slug}:
            assert row["description"] in pages[row["url"]]
            assert row["publishedAt"] == posting_block(pages[row["url"]])["datePosted"]


def test_pages_of_the_api_hold_twenty_rows_and_end(site: DemoSite, rows: list[dict[str, Any]]) -> None:
    first = json.loads(get(f"{site.url}/api/jobs?page=1"))
    assert len(first["data"]) == 20
    assert first["hasNextPage"] is True
    assert json.loads(get(f"{site.url}/api/jobs"))["data"] == first["data"]
    assert json.loads(get(f"{site.url}/api/jobs?page=99")) == {"data": [], "hasNextPage": False, "total": len(rows)}
    with pytest.raises(HTTPError, match="400"):
        get(f"{site.url}/api/jobs?page=none")


def test_an_archived_vacancy_is_closed_and_not_in_the_sitemap(site: DemoSite) -> None:
    archived = [post for post in load_posts() if post.state == "archived"]
    assert archived
    for post in archived:
        assert f"{site.url}/{post.slug}" not in vacancy_urls(site)
        assert "JobPosting" not in get(f"{site.url}/{post.slug}")


def test_decoys_stand_in_the_api_alone(rows: list[dict[str, Any]], pages: dict[str, str]) -> None:
    assert all("decoy" in row["decoyApplyUrl"] and "decoy" in row["decoyContactEmail"] for row in rows)
    assert not [slug for slug, page in pages.items() if "decoy" in page.lower()]


# -- the server -------------------------------------------------------------------------------------------------------


def test_head_has_no_body_and_an_unknown_path_is_a_404(site: DemoSite) -> None:
    with urlopen(Request(f"{site.url}/create", method="HEAD"), timeout=10) as reply:
        assert int(reply.headers["Content-Length"]) > 100
        assert reply.read() == b""
    for path in ("/no-such-role-at-nobody", "/company/nobody", "/jobs/nothing", "/a/b/c", "/..%2f..%2fetc"):
        with pytest.raises(HTTPError, match="404"):
            get(site.url + path)


def test_a_query_does_not_change_a_vacancy(site: DemoSite) -> None:
    url = f"{site.url}/product-designer-at-morzyanka"
    assert get(url) == get(f"{url}?from=company")


def test_it_stops_and_its_port_is_free_again() -> None:
    with DemoSite() as first:
        port = first.server.server_port
        assert get(first.url)
    with pytest.raises(URLError):
        get(first.url)
    with DemoSite(port) as second:
        assert second.url == first.url


def test_the_module_prints_its_address_and_serves() -> None:
    with subprocess.Popen([sys.executable, "-m", "scraper.demo.site"], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            assert "JobPosting" in get(process.stdout.readline().strip() + "/react-razrabotchik-at-kedrovnik")
        finally:
            process.terminate()
