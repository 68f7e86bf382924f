"""Engines: whatever happens to a task or to the process that has it, every task has its outcome and no other is lost."""

import os
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from scraper.crawl.engines import ENGINES, MOST_TRIES, EngineError, run_local
from scraper.crawl.rewrite import watched

HEAVY = pytest.mark.xdist_group("clusters")
EVERY = [
    "local",
    pytest.param("dask", marks=HEAVY),
    pytest.param("spark", marks=HEAVY),
]


def work(task: tuple[str, str]) -> dict[str, Any]:
    """Does as it is told: a kind, and a folder to keep count in."""
    kind, folder = task
    tried = Path(folder, f"{kind}.tries")
    with tried.open("a") as out:
        out.write("x")
    if kind == "raise":
        raise ValueError("not this one")
    if kind == "die" or (kind == "die-once" and tried.read_text() == "x"):
        os.kill(os.getpid(), signal.SIGKILL)
    if kind == "hang":
        with watched(0.3):
            time.sleep(60)
    return {"kind": kind}


@pytest.mark.parametrize("engine", EVERY)
def test_every_task_has_its_outcome(engine: str, tmp_path: Path) -> None:
    pytest.importorskip({"dask": "distributed", "spark": "pyspark"}.get(engine, "sys"))
    kinds = ["a", "die-once", "b", "raise", "die", "c", "hang", "d"]
    outcomes = dict(ENGINES[engine](work, [(kind, str(tmp_path)) for kind in kinds], 2))
    assert sorted(outcomes) == list(range(len(kinds)))
    found = dict(zip(kinds, (outcomes[number] for number in range(len(kinds))), strict=True))
    for kind in ("a", "b", "c", "d", "die-once"):
        assert found[kind] == {"kind": kind}
    assert found["raise"] == {"error": "ValueError: not this one"}
    for kind in ("die", "hang"):
        assert found[kind]["error"].startswith(f"its worker died {MOST_TRIES} times")
        tries = len((tmp_path / f"{kind}.tries").read_text())
        # Dask says which tasks a dead worker held, not which of them it was at: one that stood in line behind another,
        # or whose worker was lost to a busy machine, counts a death that it has not begun. No more are told apart.
        assert (1 if engine == "dask" else MOST_TRIES) <= tries <= MOST_TRIES
    assert (tmp_path / "raise.tries").read_text() == "x", "what fails by itself would fail again"


@HEAVY
def test_dask_without_workers_is_not_waited_for_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr("scraper.crawl.engines.BACK_WITHIN", 2)
    with pytest.raises(EngineError, match="no Dask worker has come back within 2 s"):
        list(ENGINES["dask"](retire, [0] * 3, 1))


def retire(_: int) -> dict[str, Any]:
    """Sends its own worker away for good."""
    from distributed import get_client, get_worker

    get_client().retire_workers([get_worker().address])
    return {}


def test_it_is_said_how_a_worker_died(tmp_path: Path) -> None:
    outcomes = dict(run_local(work, [("die", str(tmp_path)), ("hang", str(tmp_path))], 2))
    assert outcomes[0]["error"].endswith("SIGKILL, as when memory runs out")
    assert outcomes[1]["error"].endswith("as when a page takes too long")


def test_workers_end_with_their_engine(tmp_path: Path) -> None:
    running = run_local(work_pid, [0] * 4, 2)
    pid = next(running)[1]["pid"]
    running.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def work_pid(_: int) -> dict[str, Any]:
    return {"pid": os.getpid()}
