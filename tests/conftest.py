"""What all tests share: the corpus folder and the switch that writes expectations."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

CORPUS = Path(os.environ.get("ROLECALL_CORPUS", Path(__file__).parents[2] / "shared"))

hypothesis.settings.register_profile("untimed", deadline=None)  # a busy machine makes no test fail
hypothesis.settings.load_profile("untimed")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--regold", action="store_true", help="write the expected.json of board cases; read the diff")


@pytest.fixture(scope="session")
def corpus() -> Path:
    """A folder of recorded replies and labelled posts."""
    if not (CORPUS / "payloads").is_dir():
        pytest.skip(f"no recorded replies at {CORPUS}; set ROLECALL_CORPUS to the folder that holds them")
    return CORPUS


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """Where Chromium is. CI has one; elsewhere its absence is no failure."""
    from scraper.crawl.render import browser_path

    try:
        return browser_path()
    except ValueError as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def chromium(chromium_path: str) -> "Iterator[Browser]":
    """A browser at work; it ends with its module, for its loop would be in the way of others."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=["--no-sandbox"])
        yield browser
        browser.close()
