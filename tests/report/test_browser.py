"""The report in a real Chromium: nothing loads, nothing runs, everybody can read it."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from scraper.report import Choice, report_page
from tests.report.pages import crawl, new_store, post

pytestmark = pytest.mark.xdist_group("report")

HOSTILE = (
    "</script><script>document.title='run'</script>",
    "</style><style>*{display:none}</style>",
    "</title><img src=https://evil.example/a.png onerror=\"document.title='run'\">",
    "<svg onload=\"document.title='run'\"><a xlink:href='javascript:document.title=1'>x</a></svg>",
    "]]></text><image href='https://evil.example/b.png'/>",
    '" onmouseover="document.title=\'run\'" data-x="',
    "' + datum['name'] + (document.title='run') + '",
    "{{ 7 * 7 }} {% raw %}",
    "invoice\u202egpj.exe\u2028alert(1)\u2029\u0000\u0007",
    "&lt;b&gt; &amp; &#x202e;",
    "http://evil.example/ javascript:alert(1)",
    "W" * 3000,
    "\u0928\u093f\u0300\u0301\u0302" * 50,
    "כותרת العربية",
    "__proto__",
    "constructor",
)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report of a store whose every text is an attack."""
    home = tmp_path_factory.mktemp("hostile")
    store = new_store(home)
    for week in range(3):
        raws = [
            post(
                f"{n}-{copy}-{week}\"><script>document.title='run'</script>",
                7 * week,
                employer=None,
                employer_name=text,
                title=f"Engineer {text}",
                locations=[{"city": text, "country": "DE"}, {"text": text}, {"city": "Berlin", "country": "Germany"}],
                skills=[text, "Python"],
                skills_preferred=["Go"],
                departments=[text],
                benefits=[text, "Private health insurance"],
                workplace="Remote",
                salary={"min": 50000, "max": 60000, "currency": "EUR", "period": "year"},
                seniority=["senior"],
                description=f"<p>{text}</p><h2>Requirements</h2><ul><li>Python</li></ul>",
            )
            for n, text in enumerate(HOSTILE)
            for copy in range(len(HOSTILE) - n)
        ]
        crawl(store, 7 * week, *raws, target="probe</script>?search=<b>")
    # A record's skill is a name from our vocabulary; a store from elsewhere may hold anything.
    sly = r"""REPLACE(record, '"name":"Python"', '"name":"</text><script>document.title=''run''</script>datum"')"""
    store.db.execute(f"UPDATE postings SET record = {sly}")
    run = {"targets": [{"alarms": [{"target": HOSTILE[0], "text": HOSTILE[2], "advice": HOSTILE[11]}, HOSTILE[3]]}]}
    path = home / "report.html"
    path.write_text(report_page(store, Choice(), title=HOSTILE[2], generated="now", run=run), encoding="utf-8")
    return path


def opened(chromium: Browser, path: Path, **look: object) -> tuple[Page, list[str], list[str]]:
    """The page, the requests it made and what its console said."""
    page = chromium.new_context(**look).new_page()  # type: ignore[arg-type]
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("dialog", lambda dialog: said.append(dialog.message))
    page.goto(path.as_uri())
    return page, asked, said


def test_hostile_words_stay_words(chromium: Browser, hostile: Path) -> None:
    page, asked, said = opened(chromium, hostile)
    page.evaluate("document.querySelectorAll('details').forEach(it => it.open = true)")
    page.mouse.move(400, 400)
    assert asked == [hostile.as_uri()] and said == []
    assert page.title() == HOSTILE[2]
    assert page.locator("script, img, image, iframe, object, a:not([href^='#'])").count() == 0
    handlers = "[...document.querySelectorAll('*')].filter(e => [...e.attributes].some(a => /^on|^style$/.test(a.name))).length"
    assert page.evaluate(handlers) == 0
    text = page.locator("body").inner_text()
    assert "</script><script>" in text and "{{ 7 * 7 }}" in text and "invoicegpj.exe alert(1)" in text
    assert not set(page.content()) & set("\u202e\u2028\u2066\u0000")
    assert page.locator("svg").count() > 20, "all of it was drawn"


def test_a_script_that_got_in_would_not_run(chromium: Browser, hostile: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.html"
    attack = (
        "<script>document.title='run'</script><img src=x onerror=\"document.title='run'\"><style>p{color:red}</style>"
    )
    broken.write_text(hostile.read_text("utf-8").replace("<main>", f"<main>{attack}"), encoding="utf-8")
    page, _, said = opened(chromium, broken)
    assert page.title() == HOSTILE[2]
    assert len(said) >= 3 and all("Content Security Policy" in line for line in said)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_read_it(chromium: Browser, hostile: Path, scheme: str) -> None:
    page, *_ = opened(chromium, hostile, color_scheme=scheme, bypass_csp=True)
    page.evaluate("document.querySelectorAll('details').forEach(it => it.open = true)")
    found = Axe().run(page).response["violations"]
    assert [(v["id"], v["impact"], v["nodes"][0]["html"][:200]) for v in found] == []


def test_a_phone_need_not_scroll_sideways(chromium: Browser, hostile: Path) -> None:
    page, *_ = opened(chromium, hostile, viewport={"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert (
        page.locator(".chart.desk >> visible=true").count() == 0 < page.locator(".chart.phone >> visible=true").count()
    )


def test_words_of_charts_stand_inside_them(chromium: Browser, hostile: Path) -> None:
    for width in (1280, 390):
        page, *_ = opened(chromium, hostile, viewport={"width": width, "height": 900})
        cut = page.evaluate(
            "[...document.querySelectorAll('svg')].filter(s => s.getBoundingClientRect().width).flatMap(s => {"
            " const b = s.getBoundingClientRect(); return [...s.querySelectorAll('text')].filter(t => {"
            " const r = t.getBoundingClientRect(); return r.left < b.left - 2 || r.right > b.right + 2 })"
            ".map(t => t.textContent) })"
        )
        assert cut == []
