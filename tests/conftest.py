"""What all tests share: the corpus folder and the switch that writes expectations."""

import os
from pathlib import Path

import pytest

CORPUS = Path(os.environ.get("ROLECALL_CORPUS", Path(__file__).parents[2] / "shared"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--regold", action="store_true", help="write the expected.json of board cases; read the diff")


@pytest.fixture(scope="session")
def corpus() -> Path:
    """A folder of recorded replies and labelled posts."""
    if not (CORPUS / "payloads").is_dir():
        pytest.skip(f"no recorded replies at {CORPUS}; set ROLECALL_CORPUS to the folder that holds them")
    return CORPUS
