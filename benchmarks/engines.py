"""How fast the engines of `rolecall reparse` read, beside a plain loop: records a second a core, start-up apart.

    python benchmarks/engines.py [PAGES] [ROUNDS]

Writes PAGES invented pages to WARC files, reads them by a loop in one process, then by each engine on all cores, and
compares: pool against cores x loop, Dask and Spark against the pool. Start-up is what a run over one empty page takes.
The outputs of all engines must be the same bytes.
"""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from shutil import rmtree
from statistics import median
from tempfile import TemporaryDirectory

SEEN = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
FILES = 32


def write_pages(folder: Path, pages: int, files: int) -> None:
    """WARC files of pages of the demo site's posts, each with a title of its own."""
    from benchmarks.reading import raws
    from scraper.archive import Archived, ArchiveWriter

    posts = raws()
    head = [("Content-Type", "text/html; charset=utf-8")]
    for file in range(files):
        writer = ArchiveWriter(folder, f"part-{file:03}")
        for number in range(file, pages, files):
            post = posts[number % len(posts)]
            title = f"{post.title} {number}"
            body = f'<html><h1>{title}</h1><div class="Description">{post.description}</div></html>'.encode()
            context = {"target": "wantapply", "board": "wantapply", "kind": "detail", "key": str(number)}
            url = f"https://wantapply.com/post-{number}"
            writer.write(Archived(url, 200, head, body, SEEN, context))
        writer.close()


def loop(folder: Path, out: Path) -> None:
    """One process, one file after the other."""
    from scraper.crawl.rewrite import reparse_file, reparse_files, tasks_of

    reparse_files(tasks_of([folder], out), lambda tasks: ((n, reparse_file(task)) for n, task in enumerate(tasks)))


def engine(name: str, folder: Path, out: Path) -> None:
    """One of the engines, on all cores."""
    from scraper.crawl.engines import ENGINES, cores
    from scraper.crawl.rewrite import reparse_file, reparse_files, tasks_of

    reparse_files(tasks_of([folder], out), lambda tasks: ENGINES[name](reparse_file, tasks, cores()))


def seconds(name: str, folder: Path, out: Path) -> float:
    """Wall time of a run in a new process."""
    rmtree(out, ignore_errors=True)
    start = time.monotonic()
    subprocess.run([sys.executable, __file__, "run", name, str(folder), str(out)], check=True)
    return time.monotonic() - start


def main(given: Sequence[str]) -> None:
    pages, rounds = (int(given[0]) if given else 20000), (int(given[1]) if len(given) > 1 else 1)
    cores = len(os.sched_getaffinity(0))
    with TemporaryDirectory() as held:
        folder = Path(held)
        write_pages(folder / "in", pages, FILES)
        write_pages(folder / "one", cores, cores)
        print(f"{pages} pages in {FILES} files, {cores} cores, {rounds} rounds, medians")
        net: dict[str, list[float]] = {}
        begin: dict[str, list[float]] = {}
        names = ("loop", "local", "dask", "spark")
        for _ in range(rounds):
            for name in names:
                begin.setdefault(name, []).append(seconds(name, folder / "one", folder / f"{name}-one"))
                whole = seconds(name, folder / "in", folder / name)
                net.setdefault(name, []).append(whole - begin[name][-1])
        same = {(folder / name / "manifest.json").read_bytes() for name in names}
        assert len(same) == 1, "the engines differ"
        rate = {name: pages / median(net[name]) for name in names}
        for name in names:
            used = 1 if name == "loop" else cores
            beside = rate[name] / (cores * rate["loop"] if name == "local" else rate["local"])
            versus = {"loop": "", "local": f"{beside:.2f} of cores x loop"}.get(name, f"{beside:.2f} of the pool")
            print(
                f"  {name:6} {rate[name]:7.0f} records/s {rate[name] / used:7.0f} a core   "
                f"start-up {median(begin[name]):5.1f} s   {versus}"
            )


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))
    if sys.argv[1:2] == ["run"]:
        name, folder, out = sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4])
        loop(folder, out) if name == "loop" else engine(name, folder, out)
    else:
        main(sys.argv[1:])
