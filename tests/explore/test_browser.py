"""The explorer as its user meets it: the real command, a real Chromium, a store with a hostile post in it."""

import csv
import http.client
import io
import json
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page

from scraper.explore.flat import FACETS, LISTS
from tests.explore.lamps import EVIL, explorer, fill

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self';"
    " frame-ancestors 'none'"
)
PAGES = (
    "/",
    "/explore",
    "/explore/postings?state=open",
    "/explore/events",
    "/explore/what-changed?field=",
    "/explore?sql=select+1",
    "/posting/wantapply::a",
    "/posting/wantapply::nobody",
)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("explore")
    fill(path)
    return path


@pytest.fixture(scope="module")
def url(home: Path) -> Iterator[str]:
    with explorer(home) as address:
        yield address


@pytest.fixture
def context(chromium: Browser, url: str) -> Iterator[BrowserContext]:
    """A window that fails the test where a page asks anybody else, or breaks the policy."""
    context = chromium.new_context(base_url=url, accept_downloads=True)
    asked: list[str] = []
    said: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    context.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    context.on("weberror", lambda error: said.append(str(error.error)))
    yield context
    context.close()
    assert [address for address in asked if not address.startswith((url, "data:"))] == []
    assert [text for text in said if "404" not in text] == []


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


def test_search_facet_posting(page: Page) -> None:
    page.goto("/")
    assert "4 open postings" in page.inner_text("h1")
    page.fill("#hero-search", "wicks python")
    page.press("#hero-search", "Enter")
    assert page.locator("table.rows tbody tr").count() == 3
    page.click("[data-facet=workplace] a:has-text('onsite')")
    assert "workplace=onsite" in page.url
    assert page.locator("table.rows tbody tr").count() == 1
    page.click("[data-facet=skill] a:has-text('Go')")
    assert "skill is Go" in page.inner_text(".summary")
    page.click("[data-facet=workplace] a:has-text('onsite')")
    assert page.locator("table.rows tbody tr").count() == 3
    page.click("table.rows a:has-text('Staff Lantern Engineer')")
    assert page.url.endswith("/posting/wantapply::a")
    assert page.inner_text("h1") == "Staff Lantern Engineer (m/f/d)"


def test_the_words_of_every_value_are_marked(page: Page, home: Path) -> None:
    page.goto("/posting/wantapply::a")
    with sqlite3.connect(home / "rolecall.db") as db:
        record = json.loads(db.execute("SELECT record FROM postings WHERE key = 'a'").fetchone()[0])
    expected = {
        f"{name}-{number}": span["quote"].replace("mira.lindqvist@lanternhouse.example", "█" * 35)
        for name, spans in record["evidence"].items()
        for number, span in enumerate(spans)
        if span["from"] == "description"
    }
    assert len(expected) > 8
    marked: dict[str, str] = {}
    for mark in page.locator("mark").all():
        for id in (mark.get_attribute("data-marks") or "").split():
            marked[id] = marked.get(id, "") + (mark.locator(".words").text_content() or "")
    assert marked == expected
    for id in expected:
        assert page.locator(f"[href='#m-{id}']").count() == 1, "a value leads to its words"
        assert page.locator(f"#m-{id}").count() == 1
    shown = "\n".join(page.locator(".text h3, .text p").evaluate_all(TEXT_WITHOUT_NOTES))
    assert shown == record["description"].replace("mira.lindqvist@lanternhouse.example", "█" * 35)
    assert "title" in page.inner_text("#v-seniority")
    assert "Staff" in page.inner_text("#v-seniority q")
    assert "locations[0]" in page.inner_text("#v-locations")


TEXT_WITHOUT_NOTES = """lines => lines.map(line => {
  const copy = line.cloneNode(true);
  for (const note of copy.querySelectorAll(".note")) note.remove();
  return copy.textContent;
})"""


def test_a_note_opens_by_keyboard_by_pointer_and_without_scripts(page: Page, chromium: Browser, url: str) -> None:
    def note_of(page: Page) -> str:
        page.goto("/posting/wantapply::a")
        page.locator("mark.k-pay[tabindex]").first.focus()
        return page.locator("mark:focus .note").inner_text()

    said = note_of(page)
    assert "salary" in said
    assert "description" in said
    assert "60,000 to 70,000 EUR" in said
    page.keyboard.press("Escape")
    assert page.locator("mark .note:visible").count() == 0
    page.locator("mark.k-skills").first.hover()
    assert "Python" in page.locator("mark:hover .note").inner_text()
    page.keyboard.press("Escape")
    page.locator("mark.k-skills[tabindex]").first.focus()
    page.locator("mark.k-pay[tabindex]").first.focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.url.endswith("#v-salary")
    page.uncheck("#show-pay")
    assert page.locator("mark.k-pay").first.evaluate("mark => getComputedStyle(mark).textDecorationLine") == "none"
    plain = chromium.new_context(base_url=url, java_script_enabled=False)
    assert note_of(plain.new_page()) == said
    plain.close()


def test_history_shows_before_and_after(page: Page) -> None:
    page.goto("/posting/wantapply::a")
    row = page.locator(".events tr:has(th:text-is('seniority'))")
    assert row.inner_text().split() == ["seniority", "senior", "staff"]
    page.goto("/posting/wantapply::old")
    assert "absent from 2 whole crawls" in page.inner_text(".events")
    assert page.inner_text(".state") == "closed"


def test_a_hostile_post_stays_text(page: Page) -> None:
    for path in ("/posting/wantapply::evil", "/explore/postings", "/explore/events", "/", "/explore/locations"):
        page.goto(path)
        page.wait_for_timeout(100)
        assert "owned" not in page.title().replace('document.title="owned"', "")
        assert page.locator("img, iframe, object, main script, h1 b").count() == 0
        assert page.locator("[href^='javascript:' i], [onerror]").count() == 0
    page.goto("/posting/wantapply::evil")
    assert '<script>document.title="owned"</script>' in page.inner_text("h1")
    assert "Its address is none to follow" in page.inner_text(".links")
    assert page.locator(".text mark:has-text('Python')").count()
    assert "</mark></span>" in (page.locator(".text").text_content() or "")
    page.goto("/posting/wantapply::a")
    source = page.locator("a:has-text('The post on its site')")
    assert source.get_attribute("href") == "https://lanternhouse.example/jobs/1000-a"
    assert source.get_attribute("rel") == "noopener noreferrer nofollow"


def test_rows_come_as_csv_and_json(page: Page) -> None:
    page.goto("/explore/postings?state=open&_skill=Python&_search=wicks")
    with page.expect_download() as download:
        page.click("a:text-is('CSV')")
    rows = list(csv.DictReader(io.StringIO(download.value.path().read_text(encoding="utf-8"))))
    assert {row["id"] for row in rows} == {"wantapply::a", "wantapply::b", "wantapply::c"}
    found = page.request.get("/explore/postings.json?_shape=array&_search=trim&workplace=onsite").json()
    assert [row["id"] for row in found] == ["wantapply::c"]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_pages_are_accessible_and_fit(chromium: Browser, url: str, theme: str, width: int) -> None:
    size = {"width": width, "height": 900}
    context = chromium.new_context(base_url=url, viewport=size, color_scheme=theme, bypass_csp=True)  # type: ignore[arg-type]
    page = context.new_page()
    for path in PAGES:
        page.goto(path)
        found = Axe().run(page)
        grave = [each for each in found.response["violations"] if each["impact"] in ("serious", "critical")]
        assert [(each["id"], [node["target"] for node in each["nodes"]][:3]) for each in grave] == [], path
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    context.close()


# -- without a browser ------------------------------------------------------------------------------------------------


def ask(url: str, path: str, method: str = "GET", **headers: str) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)
    connection.request(method, path, headers=headers)
    return connection.getresponse()


@pytest.mark.parametrize("path", [*PAGES, "/static/explore.css", "/-/plugins", "/nowhere", "/explore/postings.json"])
def test_every_answer_is_under_the_policy(url: str, path: str) -> None:
    reply = ask(url, path)
    assert reply.getheader("Content-Security-Policy") == POLICY
    assert reply.getheader("X-Content-Type-Options") == "nosniff"
    assert reply.getheader("Referrer-Policy") == "no-referrer"
    assert reply.getheader("Access-Control-Allow-Origin") is None
    if "html" in (reply.getheader("Content-Type") or ""):
        tags = re.findall(r"<[^<>]*>", re.sub(r'(?<==)"[^"]*"', "", reply.read().decode()))
        assert not [tag for tag in tags if re.search(r"^<style|\s(style|on\w+)=|^<script(?! src=)", tag)]


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:80", 200),
        ("localhost", 200),
        ("[::1]:9", 200),
        ("LOCALHOST:8518", 200),
        ("evil.example", 421),
        ("127.0.0.1.evil.example:80", 421),
        ("192.168.0.7", 421),
        ("localhost:80@evil.example", 421),
        ("", 421),
    ],
)
def test_another_name_is_not_served(url: str, host: str, status: int) -> None:
    assert ask(url, "/", Host=host).status == status


def test_nothing_can_be_written_and_datasette_tells_nothing_of_itself(url: str) -> None:
    for method in ("POST", "PUT", "DELETE", "OPTIONS"):
        assert ask(url, "/explore/postings", method).status == 405
    for path in ("/-/plugins.json", "/-/settings", "/-/messages", "/-/logout", "/_internal", "/_memory", "/explore.db"):
        assert ask(url, path).status in (403, 404), path
    assert ask(url, "/explore.json?sql=delete+from+postings").status == 400
    assert ask(url, "/explore.json?sql=attach+'x'+as+y").status == 400
    endless = "with recursive x(n) as (select 1 union all select n + 1 from x) select count(*) from x"
    assert ask(url, f"/explore.json?sql={endless.replace(' ', '%20').replace('+', '%2B')}").status == 400


def test_other_doors_can_be_shut_or_opened(home: Path) -> None:
    with explorer(home, "--no-sql", "--keep-contacts", "--host", "0.0.0.0", "--tables", str(home / "o#d?.db")) as url:
        url = url.replace("0.0.0.0", "127.0.0.1")
        assert ask(url, "/explore.json?sql=select+1").status == 403
        assert ask(url, "/explore/postings.json?_where=1").status == 403
        assert ask(url, "/explore/sponsorship.json?country=DE").status == 200
        assert "mira.lindqvist@" in ask(url, "/posting/wantapply::a").read().decode()
        assert ask(url, "/", Host="192.168.0.7:8518").status == 200
        assert ask(url, "/", Host="evil.example").status == 421


def test_contacts_are_masked(url: str) -> None:
    for path in ("/posting/wantapply::a", "/explore/postings.json", "/explore/events.json"):
        assert "lindqvist" not in ask(url, path).read().decode().lower()


def test_no_cell_of_csv_is_a_formula(url: str) -> None:
    def cells(path: str) -> list[list[str]]:
        return list(csv.reader(io.StringIO(ask(url, path).read().decode(), newline="")))[1:]

    query = "select+'=1%2B1',+'%2B1',+'-1',+'@x',+'%09x',+'%0Dx',+-5,+1.5,+null,+'a=b'"
    (row,) = cells(f"/explore.csv?sql={query}")
    assert row == ["'=1+1", "'+1", "'-1", "'@x", "'\tx", "'\rx", "-5", "1.5", "", "a=b"]
    for how in ("_stream=on&_dl=1", "_size=9"):
        rows = cells(f"/explore/postings.csv?{how}&_col=attribution")
        assert {attribution for _, attribution in rows} == {"", f"'=terms {EVIL}"}


@pytest.mark.parametrize(
    ("chosen", "where"),
    [
        ("", "1"),
        ("state=open", "state = 'open'"),
        ("state=closed&workplace=remote", "state = 'closed' AND workplace = 'remote'"),
        ("_skill=Python&_skill=Go&workplace=onsite", "skills = 'Python, Go' AND workplace = 'onsite'"),
        ("_skill=Cobol", "0"),
        ("_country=DE&_search=wicks", "id <> 'wantapply::evil'"),
        ("_search=wicks&_next=0,1", "id <> 'wantapply::evil'"),
        (
            "_search=wicks&state=open&_where=workplace+is+not+null",
            "state = 'open' AND workplace IS NOT NULL AND id <> 'wantapply::evil'",
        ),
        ("_search=nowhere", "0"),
        ("title__contains=Staff", "title LIKE '%Staff%'"),
        ("state=open&_next=zz,3&_sort=title", "state = 'open'"),
    ],
)
def test_facets_count_what_is_chosen(url: str, home: Path, chosen: str, where: str) -> None:
    reply = json.loads(ask(url, f"/explore/postings.json?{chosen}").read())
    found = {
        (name, each["value"]): each["count"]
        for name, facet in reply["facet_results"].items()
        for each in facet["results"]
    }
    expected: dict[tuple[str, str], int] = {}
    with sqlite3.connect(home / "explore.db") as db:
        for facet in FACETS:
            table, column = LISTS.get(facet, ("postings", facet))
            key = "posting" if facet in LISTS else "n"
            sql = f"SELECT {column}, count(DISTINCT {key}) FROM {table} WHERE {key} IN (SELECT n FROM postings WHERE {where})"
            for value, count in db.execute(f"{sql} AND {column} IS NOT NULL GROUP BY {column}"):
                expected[facet, value] = count
    assert found == expected
    assert list(reply["facet_results"]) == list(FACETS)
