"""The contract: every line obeys the published schema, and no change of it goes unnoticed."""

import json
import re
from pathlib import Path

import jsonschema_rs
import pytest

from scraper.export.contract import dictionary, filled_fields, html, json_schema, markdown, structure
from scraper.export.records import Export, lines
from scraper.posting import EXAMPLE, SCHEMA_VERSION, Posting
from tests.command import rolecall
from tests.export.stores import golden_store, lamp_store

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "docs" / "reference"


def test_every_exported_line_obeys_the_published_schema(tmp_path: Path) -> None:
    validator = jsonschema_rs.validator_for(json.loads((REFERENCE / "schema.json").read_text(encoding="utf-8")))
    store = golden_store(tmp_path)
    for keep in (True, False):
        found = [json.loads(line) for line in lines(Export(store, keep_contacts=keep))]
        assert len(found) > 100
        faults = [f"{row['id']}: {error.message}" for row in found for error in validator.iter_errors(row)]
        assert faults == []
    wrong = found[0] | {"workplace": "moon"}
    assert not validator.is_valid(wrong)
    assert not validator.is_valid({name: value for name, value in found[0].items() if name != "id"})


def test_a_change_of_the_contract_has_a_version() -> None:
    snapshot = REFERENCE / f"schema-{SCHEMA_VERSION}.json"
    assert snapshot.exists(), f"SCHEMA_VERSION is new: run `make docs`, which writes {snapshot.name}, and commit it"
    assert structure(json_schema()) == structure(json.loads(snapshot.read_text(encoding="utf-8"))), (
        f"the exported record is not that of schema {SCHEMA_VERSION} any more. Raise SCHEMA_VERSION in"
        " scraper/posting.py: the second number where fields or codes were added (mark a field with"
        ' `Field(json_schema_extra={"x-since": …})`), the first where one was removed or means something else. Then add'
        " a line `Schema …` to CHANGELOG.md, run `make docs`, and commit the new snapshot beside the old ones."
    )
    assert re.search(rf"^-? ?Schema {re.escape(SCHEMA_VERSION)}\b", (ROOT / "CHANGELOG.md").read_text(), re.M), (
        f"CHANGELOG.md lacks a line that begins with `Schema {SCHEMA_VERSION}`: say what changed for readers of exports"
    )


def test_words_for_readers_are_no_change_and_types_are() -> None:
    schema = json_schema()
    reworded, retyped = json.loads(json.dumps(schema)), json.loads(json.dumps(schema))
    reworded["properties"]["title"]["description"] = "Another word."
    retyped["properties"]["title"]["type"] = "integer"
    fewer = json.loads(json.dumps(schema))
    del fewer["properties"]["description"]
    assert structure(reworded) == structure(schema)
    assert structure(retyped) != structure(schema)
    assert structure(fewer) != structure(schema)


def test_the_dictionary_leaves_nothing_out() -> None:
    Posting.model_validate(EXAMPLE)
    found = {entry.name: entry for entry in dictionary()}
    assert {name for name in found if "." not in name} == set(Posting.model_fields)
    assert {"salary.min", "locations[].country", "evidence{}[].quote", "evidence{}[].from"} <= found.keys()
    for entry in found.values():
        assert entry.meaning, entry.name
        assert entry.example or entry.type.endswith("object"), f"{entry.name}: EXAMPLE says nothing"
    assert found["locations[].country"].source == "ISO 3166-1 alpha-2"
    assert (found["workplace"].source, found["workplace"].codes) == ("Rolecall", ("remote", "hybrid", "onsite"))


@pytest.mark.parametrize("form", ["json", "markdown", "html"])
def test_the_command_prints_it(tmp_path: Path, form: str) -> None:
    lamp_store(tmp_path).close()
    plain = rolecall(tmp_path, "schema", "--format", form).clean()
    filled = rolecall(tmp_path, "schema", "--format", form, "--store").clean()
    made = {
        "json": lambda: json.dumps(json_schema(), ensure_ascii=False, indent=1) + "\n",
        "markdown": markdown,
        "html": html,
    }
    assert plain.out == made[form]()
    assert "100.0%" in filled.out or json.loads(filled.out)["x-filled"]["title"] == {"share": 1.0, "distinct": "3"}


def test_fill_rates(tmp_path: Path) -> None:
    found = filled_fields(lamp_store(tmp_path))
    assert (found["title"].share, found["title"].distinct) == (1.0, "3")
    assert (round(found["salary.currency"].share, 2), found["salary.currency"].distinct) == (0.33, "1")
    assert found["locations[].country"].distinct == "3"
    assert found["cluster"].share == 0.0


def test_no_store_no_fill(tmp_path: Path) -> None:
    ran = rolecall(tmp_path, "schema", "--store").clean()
    assert ran.code == 2
    assert "no store at" in ran.err
