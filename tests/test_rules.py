"""Rules of the house that no linter knows."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CODE = sorted([*(ROOT / "scraper").rglob("*.py"), *(ROOT / "spiders").glob("*.py")])


def test_reading_is_a_library_without_a_crawler() -> None:
    code = "import sys, scraper.parse; print([m for m in ('scrapy', 'twisted', 'click', 'rich') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("path", CODE, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_clock_is_read_in_the_crawl_only(path: Path) -> None:
    allowed = path.is_relative_to(ROOT / "scraper/crawl") or path.parent.name == "cli" or "demo" in path.parts
    found = re.findall(r"datetime\.now|date\.today|time\.time\(|utcnow", path.read_text(encoding="utf-8"))
    assert allowed or not found


def test_no_file_is_a_drawer_for_anything() -> None:
    assert not [path for path in CODE if path.stem in {"utils", "common", "helpers", "misc", "base"}]
