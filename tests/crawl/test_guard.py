"""No page leads a crawl into the operator's own network; what the operator names is his to crawl."""

import subprocess
import sys
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path

import pytest

from scraper.crawl.guard import is_private, origin_of, private_host
from tests.command import Ran, rolecall
from tests.crawl.test_crawl import crawl, post, sitemap
from tests.server import Asked, Reply, Site, serve

PRIVATE = [
    "http://127.0.0.1/",
    "http://127.1/",
    "http://127.0.0.1./",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0x7f.0.0.1/",
    "http://0177.0.0.1/",
    "http://017700000001/",
    "http://0/",
    "http://0.0.0.0/",
    "http://localhost/",
    "http://LOCALHOST./",
    "http://a.b.localhost:8080/",
    "http://user@127.0.0.1/",
    "http://%31%32%37.0.0.1/",
    "http://１２７.0.0.1/",
    "http://127。0。0。1/",
    "http://10.1.2.3/",
    "http://172.16.0.1/",
    "http://192.168.1.1:8080/",
    "http://100.64.0.1/",
    "http://169.254.169.254/latest/meta-data/",
    "http://192.0.2.1/",
    "http://198.18.0.1/",
    "http://224.0.0.1/",
    "http://240.0.0.1/",
    "http://255.255.255.255/",
    "http://[::1]/",
    "http://[::]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://[::127.0.0.1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[2002:7f00:1::]/",
    "http://[fe80::1%25eth0]/",
    "http://[fc00::1]/",
    "http://[fec0::1]/",
    "http://[ff02::1]/",
    "http://[2001:db8::1]/",
]
PUBLIC = [
    "https://jobs.example/",
    "http://8.8.8.8/",
    "http://134744072/",
    "http://[2606:4700::1111]/",
    "https://localhost.example/",
    "https://127.0.0.1.example/",
    "https://10.example/",
]


@pytest.mark.parametrize("url", PRIVATE)
def test_private_addresses_in_all_their_spellings(url: str) -> None:
    origin = origin_of(url)
    assert origin is not None
    assert private_host(origin[0])


@pytest.mark.parametrize("url", PUBLIC)
def test_public_addresses_and_names(url: str) -> None:
    origin = origin_of(url)
    assert origin is not None
    assert private_host(origin[0]) is None


@pytest.mark.parametrize("url", ["http://[::1", "http://", "http://a:99999/", "nonsense:"])
def test_what_is_no_address_is_said_to_be_none(url: str) -> None:
    assert origin_of(url) is None or private_host(origin_of(url)[0]) is None  # type: ignore[index]


def test_an_address_that_is_public_today_is_so_in_both_versions() -> None:
    assert not is_private(ip_address("1.1.1.1"))
    assert not is_private(ip_address("2a00:1450::1"))


@pytest.fixture
def inner() -> Iterator[Site]:
    """A service of the operator's own network."""
    with serve({"/x": post("Secret"), "/sitemap.xml": sitemap("x")}) as site:
        yield site


def careers(home: Path, site: Site, *more: str) -> Ran:
    fast = ("-s", "DOWNLOAD_DELAY=0", "-s", "RETRY_TIMES=1", "-s", f"ROLECALL_MIRROR={site.url}")
    return rolecall(home, "crawl", "careers:https://kiln.example/careers", *fast, *more)


def spelled(site: Site, host: str) -> str:
    return f"http://{host}:{site.url.rpartition(':')[2]}"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]", "127.0.0.1."])
def test_a_redirect_into_the_own_network_is_refused_and_named(tmp_path: Path, inner: Site, host: str) -> None:
    away = Reply("", 302, {"Location": f"{spelled(inner, host)}/x"})
    with serve({"/sitemap.xml": sitemap("a", "away"), "/a": post(), "/away": away}) as site:
        ran = crawl(tmp_path, site).clean()
    assert not inner.asked
    assert [row["key"] for row in ran.rows()] == ["a"]
    assert ran.code == 1
    assert [line for line in ran.err.splitlines() if "a private address; --allow-private" in line]
    assert ran.err.count("private address") == 1


def test_a_redirect_is_followed_with_leave(tmp_path: Path, inner: Site) -> None:
    away = Reply("", 302, {"Location": f"{inner.url}/x"})
    with serve({"/sitemap.xml": sitemap("away"), "/away": away}) as site:
        ran = crawl(tmp_path, site, "--allow-private").clean()
    assert [row["title"] for row in ran.rows()] == ["Secret"]


def test_leave_can_stand_in_the_environment(tmp_path: Path, inner: Site) -> None:
    away = Reply("", 302, {"Location": f"{inner.url}/x"})
    with serve({"/sitemap.xml": sitemap("away"), "/away": away}) as site:
        ran = crawl(tmp_path, site, ROLECALL_ALLOW_PRIVATE="1").clean()
    assert [row["title"] for row in ran.rows()] == ["Secret"]


def test_a_sitemap_in_the_own_network_is_refused(tmp_path: Path, inner: Site) -> None:
    robots = Reply(f"User-agent: *\nSitemap: {inner.url}/sitemap.xml\nSitemap: http://169.254.169.254/sitemap.xml")
    with serve({"/kiln.example/robots.txt": robots, "/kiln.example/careers": post("Kiln Cook")}) as site:
        ran = careers(tmp_path, site).clean()
    assert not inner.asked
    assert not [path for path in site.paths() if "169.254" in path]
    assert "169.254.169.254/sitemap.xml: 169.254.169.254 is a private address" in ran.err
    assert [row["title"] for row in ran.rows()] == ["Kiln Cook"]


def test_a_target_in_the_own_network_needs_leave(tmp_path: Path) -> None:
    with serve({"/careers": post("Kiln Cook")}) as site:
        target = f"careers:{site.url}/careers"
        refused = rolecall(tmp_path / "a", "crawl", target, "-s", "DOWNLOAD_DELAY=0").clean()
        assert not site.asked
        seen = rolecall(tmp_path / "b", "crawl", target, "-s", "DOWNLOAD_DELAY=0", "--allow-private").clean()
    assert refused.code == 1
    assert f"{target}: refused: " in refused.err
    assert [row["title"] for row in seen.rows()] == ["Kiln Cook"]


NAMES = """
import socket, sys
real = socket.gethostbyname
socket.gethostbyname = lambda name: "127.0.0.1" if name.endswith(".example") else real(name)
sys.argv = ["rolecall", *sys.argv[1:]]
from scraper.cli import main
main(prog_name="rolecall")
"""
"""The command, where every name under `.example` is one of this machine."""


@pytest.mark.parametrize("allowed", [False, True])
def test_a_name_that_is_resolved_to_a_private_address(tmp_path: Path, allowed: bool, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.setenv("ROLECALL_HOME", str(tmp_path))
    with serve({"/careers": post("Kiln Cook")}) as site:
        target = f"careers:{spelled(site, 'rebound.example')}/careers"
        command = [sys.executable, "-c", NAMES, "crawl", target, "-s", "DOWNLOAD_DELAY=0", "-s", "RETRY_TIMES=2"]
        command += ["--allow-private"] if allowed else []
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
        asked: list[Asked] = site.asked
    assert bool(asked) is allowed
    assert "Traceback" not in done.stderr
    if not allowed:
        assert f"{target}: refused: " in done.stderr
        assert "rebound.example (127.0.0.1) is a private address" in done.stderr
        assert "ERROR" not in done.stderr
