"""Exports through the command: what is chosen, where it goes, what stands beside it."""

import csv
import gzip
import hashlib
import io
import json
import shlex
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import fsspec
import openpyxl
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest
import zstandard
from click.testing import CliRunner
from frictionless import Package

from scraper.arrow import posting_schema
from scraper.cli import main
from scraper.export.flat import clipped, harmless, write_xlsx
from scraper.export.output import file_to
from scraper.export.records import Export
from scraper.export.run import export_to
from scraper.store import open_store
from tests.command import Ran, rolecall
from tests.export.stores import NOW, lamp_store


@pytest.fixture
def home(tmp_path: Path) -> Path:
    lamp_store(tmp_path).close()
    return tmp_path


def asked(home: Path, *args: str) -> Ran:
    """The command in this process: there are many small questions."""
    result = CliRunner().invoke(main, args, env={"ROLECALL_HOME": str(home)})
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return Ran(result.exit_code, result.stdout, result.stderr, home)


def keys(ran: Ran) -> list[str]:
    assert ran.code == 0, ran.err
    return [json.loads(line)["key"] for line in ran.out.splitlines()]


def resource(folder: Path, name: str) -> dict[str, Any]:
    (found,) = (r for r in json.loads((folder / "datapackage.json").read_text())["resources"] if r["name"] == name)
    return found


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ("", "ac"), ("--all", "abc"), ("--crawl 1", "abc"), ("--crawl 2", "ab"), ("--crawl 2 --open", "a"),
        ("--all --country DE", "b"), ("--all --country at", "b"), ("--country PT --country ES", "a"),
        ("--skill go", "a"), ("--skill Go --skill SQL", "ac"), ("--workplace REMOTE", "c"), ("--level senior", "a"),
        ("--employer nova", "c"), ("--employer 'nova lumen'", "c"), ("--employer lamps:lumo", "a"), ("--board LAMPS", "ac"),
        ("--board lever", ""), ("--since 2100-01-01", ""), ("--skill Go --workplace remote", ""),
    ],
)  # fmt: skip
def test_filters(home: Path, options: str, found: str) -> None:
    assert keys(asked(home, "export", *shlex.split(options))) == list(found)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--country", "Germany"], "did you mean 'DE'?"), (["--country", "ZZ"], "'ZZ' is no ISO 3166-1"),
        (["--skill", "Pyhton"], "did you mean 'Python'?"), (["--workplace", "remot"], "did you mean 'remote'?"),
        (["--level", "boss"], "no level is called 'boss'"), (["--board", "leverr"], "did you mean 'lever'?"),
        (["--employer", "Nova Lumens"], "did you mean 'Nova Lumen'?"), (["--fields", "id,titel"], "did you mean 'title'?"),
        (["--fields", ","], "names no field"), (["--crawl", "9"], "no crawl 9"), (["--crawl", "x"], "not a valid integer"),
        (["--partition", "mont", "-o", "x"], "did you mean 'month'?"), (["--partition", "month"], "-o FOLDER"),
        (["--partition", "month", "-o", "x.csv"], "-o FOLDER"), (["-o", "posts.txt"], "no format ends like this"),
        (["-o", "posts.json"], "did you mean .jsonl?"), (["-o", "p.csv", "--format", "xlsx"], "give one of them"),
        (["-o", "p.parquet.gz"], "packed inside"), (["-o", "p.duckdb", "--fields", "id"], "needs every field"),
        (["-o", "nope://x/p.jsonl"], "nope://x/p.jsonl"), (["-o", "gs://x/p.jsonl"], "gs:// needs another package"),
        (["--since", "soon"], "no ISO 8601"),
    ],
)  # fmt: skip
def test_wrong_use_is_a_line_and_leaves_nothing(home: Path, options: list[str], said: str) -> None:
    options = [str(home / part) if "." in part and "/" not in part and part != "," else part for part in options]
    before = sorted(path.name for path in home.iterdir())
    ran = asked(home, "export", *options)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert sorted(path.name for path in home.iterdir()) == before


def test_contacts_are_masked_unless_kept_and_counted(home: Path) -> None:
    out = home / "posts.jsonl"
    ran = rolecall(home, "export", "-o", str(out), "--all").clean()
    assert "3 postings; 1 contacts masked (1 email)" in ran.err
    row = ran.rows()[0]
    assert "nadia" not in out.read_text()
    assert all(row["description"][e["start"] : e["end"]] == e["quote"] for e in row["evidence"]["experience"])
    assert resource(home, "posts.jsonl")["contactsMasked"] == 1
    assert "nadia" not in rolecall(home, "export", "--format", "csv").clean().out
    kept = rolecall(home, "export", "--keep-contacts").clean()
    assert "nadia.ferrel@lumo.example" in kept.out
    assert "contacts kept" in kept.err


def test_the_package_says_what_the_files_are(home: Path) -> None:
    for name in ("posts.jsonl", "posts.csv", "all.jsonl.gz"):
        assert rolecall(home, "export", "-o", str(home / name), "--all").code == 0
    package = Package(str(home / "datapackage.json"))
    assert package.to_descriptor()["resources"]
    assert [r.name for r in package.resources] == ["all.jsonl.gz", "posts.csv", "posts.jsonl"]
    report = package.validate()
    assert report.valid, report.flatten(["message"])
    found = resource(home, "posts.jsonl")
    body = (home / "posts.jsonl").read_bytes()
    assert (found["bytes"], found["rowCount"], found["crawls"], found["runs"]) == (
        len(body),
        3,
        [1, 2],
        ["run-1", "run-2"],
    )
    assert found["hash"] == "sha256:" + hashlib.sha256(body).hexdigest()
    assert found["filters"] == {"state": "all"}
    assert [field["name"] for field in found["schema"]["fields"]] == list(json.loads(body.splitlines()[0]))


@pytest.mark.parametrize("text", ["{", "[]", '{"name": "rolecall"}', '{"name": "mine", "resources": []}', "\x00"])
def test_a_strangers_package_is_not_overwritten(home: Path, text: str) -> None:
    (home / "datapackage.json").write_text(text)
    ran = rolecall(home, "export", "-o", str(home / "posts.jsonl")).clean()
    assert ran.code == 2
    assert "not Rolecall's" in ran.err
    assert (home / "datapackage.json").read_text() == text
    assert not (home / "posts.jsonl").exists()


def test_packed_lines_are_the_same_lines(home: Path) -> None:
    plain = rolecall(home, "export", "--all").out.encode()
    for name in ("a.jsonl.gz", "a.jsonl.zst", "a.ndjson"):
        assert rolecall(home, "export", "--all", "-o", str(home / name)).clean().code == 0
    assert gzip.decompress((home / "a.jsonl.gz").read_bytes()) == plain
    assert zstandard.ZstdDecompressor().stream_reader((home / "a.jsonl.zst").open("rb")).read() == plain
    assert (home / "a.ndjson").read_bytes() == plain


def test_fields(home: Path) -> None:
    ran = rolecall(home, "export", "--fields", "title,employer,closed_at", "--all").clean()
    assert [list(json.loads(line)) for line in ran.out.splitlines()] == [["title", "employer", "closed_at"]] * 3
    rolecall(home, "export", "--fields", "title,published_at", "-o", str(home / "p.parquet"))
    assert pq.read_schema(home / "p.parquet").names == ["title", "published_at", "published_date"]
    sheet = rolecall(home, "export", "--fields", "key,salary", "--format", "csv")
    assert (
        sheet.out.splitlines()[0] == "key,salary_min,salary_max,salary_currency,salary_period,salary_gross,salary_text"
    )


def test_parquet_is_typed_whatever_its_rows(home: Path) -> None:
    for name, options in (("some.parquet", ["--all"]), ("none.parquet", ["--since", "2100-01-01"])):
        assert rolecall(home, "export", "-o", str(home / name), *options).clean().code == 0
        assert pq.read_schema(home / name).equals(posting_schema())
        assert pq.read_schema(home / name).field("workplace").metadata[b"description"] == b"Work mode."
    rows = pq.read_table(home / "some.parquet").to_pylist()
    assert [row["key"] for row in rows] == ["a", "b", "c"]
    assert (rows[1]["closed_at"], rows[2]["published_date"].isoformat()) == (NOW, "2026-09-30")


def test_partitions_that_engines_read_as_they_are(home: Path) -> None:
    folder = home / "posts"
    command = ["export", "--all", "-o", str(folder), "--partition", "board,country"]
    for _ in range(2):  # an earlier export is replaced
        assert rolecall(home, *command).clean().code == 0
    where = f"read_parquet('{folder}/**/*.parquet', hive_partitioning = true)"
    assert duckdb.sql(f"SELECT board, country, key FROM {where} ORDER BY key").fetchall() == [
        ("lamps", "PT", "a"), ("lamps", "DE", "b"), ("lamps", None, "c"),
    ]  # fmt: skip
    assert ds.dataset(folder, partitioning="hive").to_table(filter=ds.field("country") == "DE")["key"].to_pylist() == [
        "b"
    ]
    assert "board" not in pq.read_schema(next(folder.rglob("*.parquet"))).names
    found = resource(home, "posts")
    assert found["path"] == sorted(found["path"]) == [p["path"] for p in found["files"]]
    assert found["rowCount"] == 3
    columns = {field["name"]: field["type"] for field in found["schema"]["fields"]}
    assert list(columns) == pq.read_schema(next(folder.rglob("*.parquet"))).names
    assert (columns["published_date"], columns["first_seen_at"], columns["stack"]) == ("date", "datetime", "array")
    (folder / "note.txt").write_text("mine")
    ran = rolecall(home, *command).clean()
    assert ran.code == 2
    assert "holds note.txt" in ran.err


def test_no_cell_of_csv_runs_as_a_formula(home: Path) -> None:
    ran = rolecall(home, "export", "--all", "--format", "csv").clean()
    rows = list(csv.DictReader(io.StringIO(ran.out)))
    assert [row["key"] for row in rows] == ["a", "b", "c"]
    assert rows[1]["title"] == '\'=HYPERLINK("http://x.example")'
    assert (rows[1]["departments"], rows[1]["locations_country"]) == ("'+1; @home", "DE; AT")
    assert (rows[2]["salary_min"], rows[2]["salary_currency"], rows[2]["closed_at"]) == ("50000", "EUR", "")
    assert rows[2]["stack_name"] == "Python; SQL"
    for cell in ("=1", "+1", "-1", "@a", "\t=1", "\r=1", "\n=1", " =1", "＝1", "－1"):
        assert harmless(cell) == f"'{cell}"
    assert [harmless(cell) for cell in (-1.5, True, None, "a=1", "")] == ["-1.5", "true", None, "a=1", ""]


def test_a_workbook_holds_texts_and_numbers_only(home: Path) -> None:
    out = home / "posts.xlsx"
    assert rolecall(home, "export", "--all", "-o", str(out)).clean().code == 0
    sheet = openpyxl.load_workbook(out)["postings"]
    head = [cell.value for cell in sheet[1]]
    title, pay = sheet.cell(3, head.index("title") + 1), sheet.cell(4, head.index("salary_min") + 1)
    assert (title.value, title.hyperlink) == ('=HYPERLINK("http://x.example")', None)
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n", "b"}
    assert title.data_type == "s"
    assert pay.value == 50000


def test_what_does_not_fit_into_a_workbook_is_said(tmp_path: Path) -> None:
    export = Export(lamp_store(tmp_path), {"state": "all"})
    write_xlsx(export, tmp_path / "p.xlsx", most=3)
    book = openpyxl.load_workbook(tmp_path / "p.xlsx")
    assert [(sheet.title, sheet.max_row) for sheet in book] == [("postings", 3), ("postings 2", 2)]
    assert export.notes == ["a sheet holds 2 postings; there are 2 sheets"]
    assert [len(clipped(text).encode("utf-16-le")) // 2 for text in ("a" * 40_000, "💡" * 20_000, "é" * 9)] == [
        32_767,
        32_767,
        9,
    ]


def test_schema_org_postings_satisfy_google(home: Path) -> None:
    out = home / "posts.jsonld"
    ran = rolecall(home, "export", "--all", "-o", str(out)).clean()
    assert "1 postings left out" in ran.err
    assert "1 without the day of publication" in ran.err
    document = json.loads(out.read_text())
    on_site, remote = document["@graph"]
    assert document["@context"] == "https://schema.org"
    for job in (on_site, remote):
        assert {"@type", "title", "description", "datePosted", "hiringOrganization"} <= job.keys()
    assert on_site["jobLocation"][0]["address"]["addressCountry"] == "PT"
    assert (remote["jobLocationType"], remote["applicantLocationRequirements"][0]["name"]) == ("TELECOMMUTE", "Spain")
    assert "validThrough" not in remote and "<" not in out.read_text()
    assert remote["description"] == "<p>Test &lt;lamps&gt; &amp; more.</p><ul><li>Python</li><li>SQL</li></ul>"
    assert remote["baseSalary"]["value"] == {
        "@type": "QuantitativeValue", "minValue": 50000.0, "maxValue": 60000.0, "unitText": "YEAR",
    }  # fmt: skip
    assert resource(home, "posts.jsonld")["rowCount"] == 2


def test_a_duckdb_file_with_views(home: Path) -> None:
    out = home / "posts.duckdb"
    assert rolecall(home, "export", "-o", str(out), "--skill", "Go").clean().code == 0
    with duckdb.connect(out, read_only=True) as db:
        assert db.sql("SELECT key FROM postings").fetchall() == [("a",)]
        assert db.sql("SELECT name, need FROM skills").fetchall() == [("Go", "required")]
        assert db.sql("SELECT country FROM locations").fetchall() == [("PT",)]
        assert db.sql("SELECT count(*) FROM benefits").fetchall() == [(0,)]
        assert db.sql("SELECT kind, id FROM events").fetchall() == [("new", "lamps:lumo:a")]


@pytest.mark.parametrize("name", ["p.jsonl", "p.parquet", "p.csv", "p.jsonld", "p.duckdb", "p.xlsx"])
@pytest.mark.parametrize("record", ["", "[1]", "{}", '{"id": 1, "stack": 7}'])
def test_a_broken_record_is_a_line(home: Path, name: str, record: str) -> None:
    store = open_store(home / "rolecall.db")
    store.db.execute("UPDATE postings SET record = ?, clean = NULL WHERE key = 'a'", (record,))
    store.close()
    ran = asked(home, "export", "-o", str(home / name))
    assert (ran.code, ran.err.count("lamps:lumo:a: its record "), ran.err.count("`rolecall verify` says")) == (2, 1, 1)
    assert asked(home, "schema", "--store").err == ran.err.replace("export", "schema")


@pytest.mark.parametrize("name", ["p.jsonl", "p.parquet"])
@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("replace(record, '\"title\":', '\"title\" ')", "its record is no JSON object"),
        ("replace(record, '\"title\":', '\"titel\":')", "its record lacks title"),
        ("replace(record, '\"stack\":[', '\"stack\":[7,')", "its record breaks the contract: stack.0"),
    ],
)
def test_a_record_that_was_changed_by_hand_is_read(home: Path, name: str, change: str, said: str) -> None:
    store = open_store(home / "rolecall.db")
    store.db.execute(f"UPDATE postings SET record = {change} WHERE key = 'c'")
    store.close()
    for contacts in ((), ("--keep-contacts",)):
        ran = asked(home, "export", "-o", str(home / name), *contacts)
        assert (ran.code, f"lamps:nova:c: {said}" in ran.err) == (2, True)


def test_a_contact_that_was_put_in_by_hand_is_masked(home: Path) -> None:
    store = open_store(home / "rolecall.db")
    store.db.execute(
        "UPDATE postings SET record = replace(record, 'Lamp Tester', 'Ask jo@lumo.example') WHERE key = 'c'"
    )
    store.close()
    assert "lamps:nova:c: its record is not the one that was stored" in asked(home, "verify").err
    for kind in ("jsonl", "csv"):
        ran = asked(home, "export", "--format", kind)
        assert (ran.code, "jo@lumo" in ran.out, "Ask " in ran.out) == (0, False, True)


def test_one_of_each_cluster_says_where_there_is_none_yet(home: Path) -> None:
    assert "`rolecall cluster` finds" in asked(home, "export", "--one-per-cluster").err
    store = open_store(home / "rolecall.db")
    store.db.execute("UPDATE postings SET cluster = id")
    store.close()
    assert "`rolecall cluster` finds" not in asked(home, "export", "--one-per-cluster").err


def test_a_missing_extra_is_named(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "zstandard", None)
    ran = asked(home, "export", "-o", str(home / "p.jsonl.zst"))
    assert ran.code == 2
    assert "needs zstandard: pip install 'rolecall[tables]'" in ran.err
    assert not (home / "p.jsonl.zst").exists()


def test_binary_formats_go_through_a_pipe(home: Path) -> None:
    code = "from scraper.cli import main; main(['export', '--all', '--format', 'parquet', '--store', sys.argv[1]])"
    command = [sys.executable, "-c", "import sys; " + code, str(home / "rolecall.db")]
    done = subprocess.run(command, capture_output=True, check=True)
    assert pq.read_table(io.BytesIO(done.stdout)).num_rows == 3


def test_a_store_of_objects(tmp_path: Path) -> None:
    memory = fsspec.filesystem("memory")
    store = lamp_store(tmp_path)
    export_to(Export(store, {"state": "all"}), "memory://jobs/posts.jsonl", "jsonl", NOW)
    export_to(Export(store, partition=("month",)), "memory://jobs/posts", "parquet", NOW)
    assert len(memory.cat_file("/jobs/posts.jsonl").splitlines()) == 3
    assert memory.exists("/jobs/posts/month=2026-11/part-0.parquet")
    assert [r["name"] for r in json.loads(memory.cat_file("/jobs/datapackage.json"))["resources"]] == [
        "posts",
        "posts.jsonl",
    ]


def test_a_file_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    (tmp_path / "posts.jsonl").write_text("before")
    with pytest.raises(RuntimeError), file_to(str(tmp_path / "posts.jsonl")) as path:
        path.write_text("half")
        raise RuntimeError
    assert [p.name for p in tmp_path.iterdir()] == ["posts.jsonl"]
    assert (tmp_path / "posts.jsonl").read_text() == "before"


def test_an_export_sees_one_state_of_the_store(home: Path) -> None:
    store, other = open_store(home / "rolecall.db"), sqlite3.connect(home / "rolecall.db")
    with store.snapshot():
        assert store.count() == 3
        other.execute("DELETE FROM postings")
        other.commit()
        assert [row["key"] for row in store.postings(by=["month"])] == ["a", "b", "c"]
    assert store.count() == 0
