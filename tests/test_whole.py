"""A file that appears whole: what the disk, the umask and a fault make of it."""

import os
import resource
from collections.abc import Iterator
from pathlib import Path

import pytest

from scraper.crawl.watchlist import add_target
from scraper.export.jsonlines import lines_to
from scraper.whole import whole, write_whole


@pytest.fixture
def umask() -> Iterator[None]:
    before = os.umask(0o027)
    yield
    os.umask(before)


@pytest.fixture
def full_disk() -> Iterator[None]:
    """No file may grow beyond a few bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (64, hard))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_a_new_file_has_what_the_umask_leaves_and_one_that_is_replaced_keeps_its_own(
    tmp_path: Path, umask: None
) -> None:
    new, old = tmp_path / "sub" / "new.txt", tmp_path / "old.txt"
    old.write_text("before")
    old.chmod(0o444)
    for path in (new, old):
        write_whole(path, "lamps\n")
    with lines_to(str(tmp_path / "lines.jsonl")) as write:
        write("{}")
    assert [mode(path) for path in (new, old, tmp_path / "lines.jsonl")] == [0o640, 0o444, 0o640]
    assert old.read_text() == "lamps\n"


def test_nobody_reads_a_private_file_while_it_is_written_anew(tmp_path: Path) -> None:
    path = tmp_path / "secret.txt"
    path.write_text("before")
    path.chmod(0o600)
    with whole(path) as part:
        assert mode(part) == 0o600
        assert part.parent == tmp_path


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    real, link = tmp_path / "kept" / "watchlist.toml", tmp_path / "watchlist.toml"
    real.parent.mkdir()
    real.write_text("")
    link.symlink_to(real)
    add_target(link, {"target": "wantapply"})
    assert link.is_symlink()
    assert "wantapply" in real.read_text()


def test_a_fault_leaves_what_was_there_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "posts.jsonl"
    path.write_text("before")
    with pytest.raises(ZeroDivisionError), whole(path) as part:
        part.write_text("half")
        raise ZeroDivisionError
    assert [(found.name, found.read_text()) for found in tmp_path.iterdir()] == [("posts.jsonl", "before")]


def test_a_full_disk_leaves_the_watchlist_and_nothing_else(tmp_path: Path, full_disk: None) -> None:
    path = tmp_path / "watchlist.toml"
    path.write_text('targets = ["wantapply"]\n')
    with pytest.raises(OSError, match="too large"):
        add_target(path, {"target": "greenhouse:" + "lamp" * 50})
    assert [found.name for found in tmp_path.iterdir()] == ["watchlist.toml"]
    assert path.read_text() == 'targets = ["wantapply"]\n'


def test_what_its_writer_takes_away_does_not_appear(tmp_path: Path) -> None:
    with whole(tmp_path / "rejects.jsonl") as part:
        part.unlink()
    assert not list(tmp_path.iterdir())
