"""The notebook of the docs runs from its first cell to its last, and draws what it says."""

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from tests.docs.test_recipes import ROOT, run
from tests.export.stores import lamp_store

NOTEBOOK = ROOT / "docs" / "first-look.ipynb"


def test_the_notebook_draws_an_export(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lamp_store(tmp_path).close()
    run(
        ["rolecall", "export", "--store", str(tmp_path / "rolecall.db"), "--all", "-o", str(tmp_path / "posts.parquet")]
    )
    for name in ("JUPYTER_RUNTIME_DIR", "IPYTHONDIR"):
        monkeypatch.setenv(name, str(tmp_path / name))
    book = nbformat.read(NOTEBOOK, as_version=4)
    NotebookClient(book, timeout=120, resources={"metadata": {"path": str(tmp_path)}}).execute()
    shown = [output["data"] for cell in book.cells for output in cell.get("outputs", []) if "data" in output]
    drawn = [data["image/svg+xml"] for data in shown if "image/svg+xml" in data]
    assert len(drawn) == 3
    for svg, words in zip(
        drawn, (["Python", "required"], ["senior", "hybrid"], ["Lamp Tester", "EUR a year"]), strict=True
    ):
        assert all(word in svg for word in words)
    tables = [data["text/html"] for data in shown if "text/html" in data]
    assert "<td>3</td>" in tables[0] and "Three years" in tables[-1]


def test_the_notebook_is_kept_without_outputs() -> None:
    book = nbformat.read(NOTEBOOK, as_version=4)
    nbformat.validate(book)
    assert [cell for cell in book.cells if cell.get("outputs") or cell.get("execution_count")] == []
