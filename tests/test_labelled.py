"""The readers on the labelled posts of this repository, as `make eval` runs them."""

import json
import tomllib
from collections import Counter
from pathlib import Path

from scraper.evaluate import labelled
from tests.command import rolecall

FOLDER = Path(__file__).parent / "labelled"
LANGUAGES = ("de", "en", "es", "fr", "it", "nl", "pl", "pt", "ru")
FIELDS = {
    "benefits",
    "employment",
    "experience",
    "language",
    "languages",
    "locations",
    "published_at",
    "relocation",
    "salary",
    "seniority",
    "stack",
    "visa_sponsorship",
    "workplace",
}


def test_every_field_reaches_its_floor(tmp_path: Path) -> None:
    ran = rolecall(tmp_path, "eval", str(FOLDER), "--json").clean()
    assert ran.code == 0, ran.err
    scores = json.loads(ran.out)
    assert set(scores) == FIELDS
    assert all(score["posts"] >= 60 for score in scores.values())
    assert set(tomllib.loads((FOLDER / "floors.toml").read_text(encoding="utf-8"))) == FIELDS


def test_every_language_has_as_many_posts() -> None:
    posts = list(labelled(FOLDER))
    assert Counter(labels["language"] for _, _, labels in posts) == dict.fromkeys(LANGUAGES, 8)
    assert all(set(labels) == FIELDS for _, _, labels in posts)
    assert len({raw.description for _, raw, _ in posts}) == len(posts)
