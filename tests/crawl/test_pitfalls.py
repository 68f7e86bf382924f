"""Six ways in which Scrapy lets a crawl go wrong without a word; each is shut, and stays so."""

import subprocess
import sys
from pathlib import Path

import pytest
from scrapy.settings import Settings

from scraper.crawl import settings as house
from tests.command import rolecall
from tests.crawl.test_crawl import crawl, post, sitemap
from tests.server import Reply, serve

PROBE = """
import sys
sys.path.insert(0, {folder!r})
from scraper.crawl.report import exit_code
from scraper.crawl.run import boards, crawl
from probe import {board} as Probe
boards().update(probe=Probe)
settings = {{"LOG_LEVEL": "ERROR", "DOWNLOAD_DELAY": 0, "ROLECALL_REJECTS": {folder!r} + "/rejects.jsonl"}}
reports = crawl(["probe"], lambda posting: print("posting", posting.key), settings)
for report in reports:
    print(report.line())
print("exit", exit_code(reports))
"""

BOARDS = """
from scraper.crawl.board import Board
from scraper.page import PageRequest

class Silent(Board):
    name = target = "probe"
    def first(self, employer):
        return []

class OldWay(Board):
    name = target = "probe"
    def start_requests(self):
        yield PageRequest("{url}/x")
    def first(self, employer):
        return []

class Files(Board):
    name = target = "probe"
    def first(self, employer):
        yield PageRequest("file:///etc/hostname")
    def jobs(self, page):
        yield {{}}
"""


def probe(folder: Path, board: str, url: str = "") -> str:
    """Run a board that no site stands behind."""
    (folder / "probe.py").write_text(BOARDS.format(url=url))
    code = PROBE.format(folder=str(folder), board=board)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert "Traceback" not in done.stderr, done.stderr
    return done.stdout


@pytest.mark.parametrize("board", ["Silent", "OldWay"])
def test_1_a_board_that_asks_for_nothing_is_broken_not_finished(tmp_path: Path, board: str) -> None:
    out = probe(tmp_path, board)
    assert "probe: broken: 0 found, 0 read: the board asked for no page" in out
    assert "exit 1" in out


def test_2_and_5_no_deprecated_call_is_left_in_a_whole_crawl(tmp_path: Path) -> None:
    """The command of the tests turns Scrapy's deprecation warnings into errors, and synchronous spider output fails."""
    with serve({"/sitemap.xml": sitemap("a"), "/a": post()}) as site:
        ran = crawl(tmp_path, site, "-v").clean()
    assert ran.code == 0
    assert "Deprecat" not in ran.err


def test_3_nothing_listens_for_code_to_run(tmp_path: Path) -> None:
    with serve({"/sitemap.xml": sitemap("a"), "/a": post()}) as site:
        ran = crawl(tmp_path, site, "-v").clean()
    assert "extensions" in ran.err
    assert "RemoteControl" not in ran.err
    assert "TelnetConsole" not in ran.err


def test_4_a_link_never_reads_a_local_file(tmp_path: Path) -> None:
    out = probe(tmp_path, "Files")
    assert "posting" not in out
    assert "probe: broken" in out


def test_4_safe_settings_are_set_and_not_left_to_defaults() -> None:
    settings = Settings()
    settings.setmodule(house)
    assert settings.getbool("ROBOTSTXT_OBEY")
    assert settings.getbool("DOWNLOAD_VERIFY_CERTIFICATES")
    assert settings.getfloat("DOWNLOAD_DELAY") > 0
    assert settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN") == 2
    assert settings.getint("DOWNLOAD_MAXSIZE") <= 100 * 2**20
    assert not any(settings.getdict("DOWNLOAD_HANDLERS")[scheme] for scheme in ("file", "data", "ftp", "s3"))


def test_4_a_reply_beyond_the_limit_is_a_loss(tmp_path: Path) -> None:
    with serve({"/sitemap.xml": sitemap("a", "b"), "/a": post("Big", "x" * 100_000), "/b": post()}) as site:
        ran = crawl(tmp_path, site, "-s", "DOWNLOAD_MAXSIZE=50000").clean()
    assert ran.code == 1
    assert [row["key"] for row in ran.rows()] == ["b"]


def test_6_a_404_is_counted(tmp_path: Path) -> None:
    with serve({"/sitemap.xml": sitemap("a", "b"), "/a": post()}) as site:
        ran = crawl(tmp_path, site).clean()
    assert ran.code == 1
    assert "1 lost" in ran.err
    assert "/b: HTTP 404" in ran.err


@pytest.mark.parametrize("ending", ["jsonl", "json", "csv"])
def test_items_with_enums_reach_scrapys_own_feeds(tmp_path: Path, ending: str) -> None:
    out = tmp_path / f"posts.{ending}"
    with serve({"/sitemap.xml": sitemap("a", "b"), "/a": post("Senior Lamp Tester"), "/b": post()}) as site:
        command = [sys.executable, "-m", "scrapy", "crawl", "wantapply", "-a", f"host={site.url}", "-O", str(out)]
        command += ["-s", "DOWNLOAD_DELAY=0", "-s", f"ROLECALL_REJECTS={tmp_path}/rejects.jsonl"]
        done = subprocess.run(
            command, cwd=Path(__file__).parents[2], capture_output=True, text=True, timeout=60, check=False
        )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    text = out.read_text(encoding="utf-8")
    assert text.count("senior") >= 1
    assert "Seniority." not in text, "codes, not the names of Python's enums"
    assert text.count("Lamp Tester") >= 2


def test_a_site_that_hangs_up_is_a_loss_not_a_hang(tmp_path: Path) -> None:
    with serve({"/sitemap.xml": sitemap("a", "b"), "/a": post(), "/b": Reply("x" * 500, cut=0)}) as site:
        ran = crawl(tmp_path, site).clean()
    assert ran.code == 1
    assert "1 lost" in ran.err


def test_home_is_the_only_folder_written(tmp_path: Path) -> None:
    home, elsewhere = tmp_path / "home", tmp_path / "elsewhere"
    elsewhere.mkdir()
    with serve({"/sitemap.xml": sitemap("a"), "/a": post()}) as site:
        rolecall(home, "crawl", "wantapply", "-a", f"host={site.url}", HOME=str(elsewhere))
    assert list(elsewhere.rglob("*")) == []
    assert {path.name for path in home.iterdir()} >= {"posts.jsonl"}
