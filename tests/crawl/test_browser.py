"""Pages that a script draws, in a real Chromium; the guard holds for what their scripts ask for."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.command import Ran, rolecall
from tests.server import Reply, Site, serve

POST = """<!DOCTYPE html><html><head><title>Glass Blower - Kilnhouse</title></head><body><div id="root"></div><script>
const parts = ["<h1>Glass Blower</h1><p>Location: Marinha Grande</p>",
  "<p>Kilnhouse blows bottles for perfumers, one at a time, and we need a second pair of lungs at the big furnace.</p>",
  "<p>You work with two masters, learn the old moulds, and have every second Friday to yourself.</p>",
  "<h2>Responsibilities</h2><ul><li>Blow, cut and polish</li><li>Keep the furnace hot through the night</li></ul>",
  "<h2>Requirements</h2><ul><li>Three years at a furnace</li><li>Steady hands</li></ul>"];
EXTRA
setTimeout(() => { document.getElementById("root").innerHTML = parts.join(""); }, 50);
</script></body></html>"""
LIST = (
    """<html><body><main><h1>Open positions</h1><a href="/careers/glass-blower">Glass Blower</a></main></body></html>"""
)


pytestmark = pytest.mark.usefixtures("chromium_path")


def crawl(home: Path, site: Site, *more: str, **env: str) -> Ran:
    fast = ("-s", "DOWNLOAD_DELAY=0", "-s", "RETRY_TIMES=0", "-s", f"ROLECALL_MIRROR={site.url}")
    return rolecall(home, "crawl", "careers:http://kilnhouse.example/careers", *fast, *more, **env)


def answers(extra: str = "") -> dict[str, Reply]:
    page = Reply(POST.replace("EXTRA", extra))
    return {
        "/kilnhouse.example/careers": Reply(LIST),
        "/kilnhouse.example/careers/glass-blower": page,
        "/careers": Reply(LIST),
        "/careers/glass-blower": page,
    }


@pytest.fixture
def inner() -> Iterator[Site]:
    """A service of the operator's own network, which no page may reach."""
    with serve({"/secret": Reply("the furnace code is 4711", headers={"Access-Control-Allow-Origin": "*"})}) as site:
        yield site


def local(home: Path, site: Site, *more: str) -> Ran:
    """A crawl of a site on this machine, allowed as the operator's mirror of nothing else is."""
    fast = ("-s", "DOWNLOAD_DELAY=0", "-s", "RETRY_TIMES=0", "--browser")
    return rolecall(home, "crawl", f"careers:{site.url}/careers", *fast, *more, timeout=240)


def test_without_a_browser_the_page_is_empty_and_with_one_it_is_a_post(tmp_path: Path) -> None:
    with serve(answers()) as site:
        plain = crawl(tmp_path / "plain", site).clean()
        seen = local(tmp_path / "seen", site, "--allow-private").clean()
    assert not plain.rows()
    (row,) = seen.rows()
    assert row["title"] == "Glass Blower"
    assert row["locations"][0]["text"] == "Marinha Grande"
    assert "Steady hands" in row["description"]
    assert "1 found, 1 read" in seen.err


def test_the_rendered_page_is_what_is_archived(tmp_path: Path) -> None:
    with serve(answers()) as site:
        local(tmp_path, site, "--allow-private").clean()
    again = rolecall(tmp_path, "reparse", "-o", str(tmp_path / "again.jsonl")).clean()
    assert again.code == 0, again.err
    assert [row["title"] for row in again.rows("again.jsonl")] == ["Glass Blower"]


def test_a_page_that_needs_no_script_is_not_rendered(tmp_path: Path) -> None:
    with serve(answers()) as site:
        local(tmp_path, site, "--allow-private").clean()
        lists = [asked for asked in site.asked if asked.path == "/careers"]
    assert len(lists) == 1


@pytest.mark.parametrize("address", ["http://127.0.0.1:{port}/secret", "http://localhost:{port}/secret", "http://[::ffff:127.0.0.1]:{port}/secret"])  # fmt: skip
def test_the_scripts_of_a_page_reach_no_private_address(tmp_path: Path, inner: Site, address: str) -> None:
    """The page's own site is named by the operator, as a mirror is; another port of this machine is not."""
    url = address.format(port=inner.url.rpartition(":")[2])
    steal = f'fetch("{url}").then(r => r.text()).then(t => parts.push("<p>" + t + "</p>")).catch(() => 0);'
    with serve(answers(steal)) as site:
        host = site.url.partition("//")[2]
        site.answers |= {f"/{host}{path}": answer for path, answer in answers(steal).items()}
        ran = local(tmp_path, site, "-s", f"ROLECALL_MIRROR={site.url}").clean()
    assert not inner.asked
    (row,) = ran.rows()
    assert "4711" not in str(row)
    assert "a private address: refused" in ran.err


def test_a_private_service_answers_where_that_is_allowed(tmp_path: Path, inner: Site) -> None:
    """The same theft succeeds with leave: so the test above proves the gate, not a typing error."""
    steal = f'fetch("{inner.url}/secret").then(r => r.text()).then(t => parts.push("<p>" + t + "</p>"));'
    with serve(answers(steal)) as site:
        local(tmp_path, site, "--allow-private").clean()
    assert inner.asked


def test_a_page_that_never_ends_is_a_named_loss(tmp_path: Path) -> None:
    with serve(answers("for (;;) {}")) as site:
        ran = local(tmp_path, site, "--allow-private", "-s", "ROLECALL_RENDER_SECONDS=6").clean()
    assert ran.code == 1
    assert "not rendered" in ran.err


def test_a_missing_browser_is_said_before_the_crawl(tmp_path: Path) -> None:
    ran = rolecall(tmp_path, "crawl", "wantapply", "--browser", ROLECALL_CHROMIUM=str(tmp_path / "none")).clean()
    assert ran.code == 2
    assert "Chromium" in ran.err
