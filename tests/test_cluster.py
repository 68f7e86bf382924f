"""Postings that are the same job, and postings that only look like it."""

import json
from pathlib import Path
from typing import Any

import pytest

from scraper.cluster import address_key, clusters, employer_key
from scraper.parse import parse_posting
from scraper.posting import RawPosting
from scraper.store import open_store
from tests.command import rolecall

ABOUT = "<h2>About us</h2><p>" + "Lumo has made lamps for forty years and sells them in nine countries. " * 8 + "</p>"
BACKEND = (
    "<h2>What you will do</h2><ul><li>Write the services that tell four million lamps when to shine</li><li>Keep the "
    "queue between the factory and the shops short and honest</li><li>Answer for a service from its first line to the "
    "night it wakes you</li><li>Explain to the designers why a lamp cannot know the weather</li><li>Help two juniors to "
    "write tests that fail for a reason</li><li>Measure before you mend and show us the figures</li></ul>"
)
FRONTEND = (
    "<h2>What you will do</h2><ul><li>Build the pages on which people choose a lamp and pay for it</li><li>Make them work "
    "for those who cannot see the lamp at all</li><li>Draw the same button once and not in nine places</li><li>Sit with "
    "customers and watch where they hesitate</li><li>Throw away what nobody uses and write down why it was there</li>"
    "<li>Keep the first page under a second on an old telephone</li></ul>"
)


def record(board: str, key: str, title: str, text: str, **slots: Any) -> dict[str, Any]:
    given = {"employer_name": "Lumo GmbH", "url": f"https://{board}.example/{key}"} | slots
    raw = RawPosting(
        board=board, key=key, title=title, description=ABOUT + text, seen_at="2026-11-02T00:00:00Z", **given
    )
    return parse_posting(raw).model_dump(mode="json", by_alias=True)


def groups(*records: dict[str, Any]) -> list[set[str]]:
    found, joined = clusters(records)
    assert all(join.because in ("same address", "same employer, role and text") for join in joined)
    by_cluster: dict[str, set[str]] = {}
    for id, cluster in found.items():
        by_cluster.setdefault(cluster, set()).add(id)
    return list(by_cluster.values())


def test_one_job_on_an_ats_a_board_and_in_two_cities() -> None:
    posts = [
        record("ats", "1", "Backend Engineer (m/w/d)", BACKEND, locations=["Berlin, Germany"]),
        record("ats", "2", "Backend Engineer", BACKEND, locations=["Porto, Portugal"]),
        record("board", "x", "Backend Engineer", BACKEND.replace("short and honest", "short"), employer_name="LUMO"),
    ]
    assert groups(*posts) == [{"ats::1", "ats::2", "board::x"}]


@pytest.mark.parametrize(
    ("title", "text", "slots"),
    [
        ("Frontend Engineer", FRONTEND, {}),
        ("Backend Engineer", FRONTEND, {}),
        ("Frontend Engineer", BACKEND, {}),
        ("Senior Backend Engineer", BACKEND, {}),
        ("Backend Engineer", BACKEND, {"employer_name": "Brigantine"}),
    ],
)
def test_what_differs_in_role_level_text_or_employer_stays_apart(title: str, text: str, slots: dict[str, Any]) -> None:
    assert groups(record("ats", "1", "Backend Engineer", BACKEND), record("ats", "2", title, text, **slots)) == []


def test_the_same_address_joins_where_the_texts_are_short() -> None:
    posts = [
        record("ats", "1", "Cook", "<p>Cook.</p>", url="https://jobs.lumo.example/apply?gh_jid=7&utm_source=x"),
        record("board", "2", "Cook", "<p>You cook.</p>", apply_url="https://www.jobs.lumo.example/apply/?gh_jid=7"),
        record("board", "3", "Cook", "<p>You cook.</p>", apply_url="https://jobs.lumo.example/apply?gh_jid=8"),
        record("board", "4", "Baker", "<p>You bake.</p>", apply_url="https://jobs.lumo.example/apply?gh_jid=7"),
    ]
    assert groups(*posts) == [{"ats::1", "board::2"}]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Lumo GmbH", "LUMO", True),
        ("Lumo, Inc.", "Lumo Inc", True),
        ("Société Lumière S.A.S.", "Societe Lumiere", True),
        ("ООО Лампа", "Лампа", True),
        ("Lumo Labs", "Lumo", False),
        ("AG", "SA", False),
    ],
)
def test_employers_are_folded(one: str, other: str, same: bool) -> None:
    assert (employer_key({"name": one}) == employer_key({"name": other})) is same


def test_an_address_keeps_what_names_the_job() -> None:
    assert address_key("https://x.example/a?jobId=1") != address_key("https://x.example/a?jobId=2")
    assert (
        address_key("HTTPS://www.x.example/a/#top") == ""
        or address_key("https://www.x.example/a/#top") == "x.example/a"
    )
    assert address_key(None) == address_key("mailto:a@x.example") == ""


def test_the_export_shows_one_of_each_and_the_employers_own_first(tmp_path: Path) -> None:
    store = open_store(tmp_path / "rolecall.db")
    for target, board, key, employer in (("board", "board", "1", None), ("ats:lumo", "ats", "2", "lumo")):
        raw = RawPosting(
            board=board,
            employer=employer,
            employer_name="Lumo",
            key=key,
            url=f"https://{board}.example/{key}",
            title="Backend Engineer",
            description=ABOUT + BACKEND,
            seen_at="2026-11-02T00:00:00Z",
        )
        store.see(1, target, raw, parse_posting(raw))
    store.close()
    said = rolecall(tmp_path, "cluster").clean()
    assert "2 postings in 1 clusters; joined: 1 by same employer, role and text" in said.out
    rows = [json.loads(line) for line in rolecall(tmp_path, "export").clean().out.splitlines()]
    assert [row["cluster"] for row in rows] == ["ats:lumo:2", "ats:lumo:2"]
    one = rolecall(tmp_path, "export", "--one-per-cluster").clean()
    assert [json.loads(line)["id"] for line in one.out.splitlines()] == ["ats:lumo:2"]
    assert "one job: " in rolecall(tmp_path, "show", "board::1").clean().out
