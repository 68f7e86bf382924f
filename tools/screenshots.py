"""Take the pictures of the docs: `python tools/screenshots.py [NAME...]`. Needs Chromium.

`report` is of a store of invented postings with a past, `explorer` of what the demo crawls; both are made on the spot.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from scraper.crawl.render import browser_path
from scraper.demo.history import make_history

DOCS = Path(__file__).parent.parent / "docs"
ROLECALL = (sys.executable, "-m", "scraper.cli")


def report(browser: Browser, home: Path, out: Path) -> None:
    """The head of the report."""
    make_history(home / "rolecall.db")
    page = home / "report.html"
    subprocess.run([*ROLECALL, "report", "--store", str(home / "rolecall.db"), "-o", str(page)], check=True)
    tab = browser.new_page(viewport={"width": 1200, "height": 1330})
    tab.goto(page.as_uri())
    tab.screenshot(path=out)


def explorer(browser: Browser, home: Path, out: Path) -> None:
    """A posting with its words marked, one note open."""
    subprocess.run([*ROLECALL, "demo", "-o", str(home / "posts.jsonl")], check=True, capture_output=True)
    command = [*ROLECALL, "explore", "--port", "0", "--store", str(home / "rolecall.db")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ | {"NO_COLOR": "1"}) as served:
        try:
            assert served.stdout is not None
            url = next(word for word in served.stdout.readline().split() if word.startswith("http"))
            tab = browser.new_page(viewport={"width": 1200, "height": 800})
            tab.goto(f"{url}posting/wantapply::platform-engineer-at-norrskip")
            tab.locator("[data-kind=requirements] mark.k-skills[tabindex]").first.focus()
            tab.evaluate("scrollTo(0, document.querySelector('[data-kind=requirements]').offsetTop - 40)")
            tab.screenshot(path=out)
        finally:
            served.terminate()


def main() -> None:
    pictures = {"report": report, "explorer": explorer}
    with sync_playwright() as engine:
        browser = engine.chromium.launch(executable_path=browser_path(), args=["--no-sandbox"])
        for name in sys.argv[1:] or pictures:
            out = DOCS / f"{name}.png"
            with tempfile.TemporaryDirectory() as folder:
                pictures[name](browser, Path(folder), out)
            print(f"{out}: {out.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
