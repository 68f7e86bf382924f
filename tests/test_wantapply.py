"""One post of Wantapply, in every shape that its page can come in, gives the same record where they say the same."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from scraper.parse import parse_posting
from scraper.posting import Posting
from tests.boards.goldens import FOLDER, Case
from tests.command import rolecall

SHAPES = ["detail-1", "detail-jsonld-only", "detail-without-jsonld", "detail-pasted", "detail-in-graph", "api-list"]


def postings(case: str) -> list[Posting]:
    found = Case(FOLDER / "wantapply" / case)
    return [parse_posting(raw) for raw in found.make_board().read(found.page()) if hasattr(raw, "description")]


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_gives_the_same_record(shape: str) -> None:
    found = postings(shape)[0]
    assert found.title == "Senior Backend Engineer"
    assert found.employer.name == "Brigantine Mutual"
    assert found.seniority == ["senior"]
    assert found.published_at is not None
    assert found.published_at[:10] == "2026-10-12"
    assert [place.country for place in found.locations if place.country] == ["CY", "ES"]
    assert {skill.name for skill in found.stack} == {"Go", "PostgreSQL", "Apache Kafka", "Docker", "Kubernetes"} or {
        skill.name for skill in found.stack
    } == {"Go", "PostgreSQL", "Kafka", "Docker", "Kubernetes"}
    assert found.experience is not None
    assert found.experience.min_years == 6
    assert {benefit.code for benefit in found.benefits} >= {"relocation", "health_insurance"}
    assert found.relocation is True
    if shape != "detail-jsonld-only":  # the tag line is not in the JobPosting
        assert found.workplace == "hybrid"


def test_decoys_reach_no_record() -> None:
    for posting in postings("api-list"):
        assert "trap" not in posting.model_dump_json()


def record(ran_out: str) -> dict[str, Any]:
    (line,) = ran_out.splitlines()
    return json.loads(line)


def test_the_seed(corpus: Path, tmp_path: Path) -> None:
    (seed,) = (corpus / "seed").glob("*.txt")
    found = record(rolecall(tmp_path, "parse", str(seed), "--board", "wantapply").clean().out)
    assert found["title"] == "Backend Architect"
    assert found["employer"]["name"] == "TradingView"
    assert [place["country"] for place in found["locations"] if place["country"]] == ["CY", "ES", "GE", "GB"]
    assert not any(place["city"] for place in found["locations"])
    assert found["workplace"] == "hybrid"
    assert set(found["seniority"]) == {"lead", "staff", "senior"}
    assert found["published_at"] == "2025-10-29"
    assert found["experience"]["min_years"] == 10
    assert {skill["name"] for skill in found["stack"]} >= {
        *("Go", "Java", "Python", "AWS", "Azure", "Kubernetes", "Docker", "SQL")
    }
    assert {benefit["code"] for benefit in found["benefits"]} >= {
        *("relocation", "visa_sponsorship", "housing", "health_insurance", "bonus", "discounts", "flexible_hours"),
        *("learning", "mentorship", "events", "office_perks"),
    }
    assert found["relocation"] is True
    for field in ("locations", "workplace", "seniority", "published_at", "experience", "stack", "benefits"):
        assert found["evidence"][field]
    for spans in found["evidence"].values():
        for span in spans:
            assert span["quote"]
            if span["from"] == "description":
                assert found["description"][span["start"] : span["end"]] == span["quote"]


def test_the_recorded_rows(corpus: Path, tmp_path: Path) -> None:
    ran = rolecall(tmp_path, "parse", str(corpus / "payloads/wantapply/1.json"), "--board", "wantapply").clean()
    first, second, third = map(json.loads, ran.out.splitlines())
    assert ran.code == 0
    assert (first["seniority"], first["workplace"], first["language"]) == (["c_level"], "remote", "en")
    assert second["language"] == "ru"
    assert {"min": 1100, "max": 1400}.items() <= second["salary"].items()
    assert second["salary"]["gross"] is True
    assert [place["country"] for place in third["locations"] if place["country"]] == ["CY"]
    assert third["published_at"] == "2026-07-29T17:58:49.796Z"


def test_same_page_same_bytes() -> None:
    case = Case(FOLDER / "wantapply" / "detail-1")
    assert case.page().fetched_at == datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
    assert postings("detail-1")[0].model_dump_json() == postings("detail-1")[0].model_dump_json()
