"""How fast the engines of `rolecall reparse` read, beside a plain loop: records a second a core, start-up apart.

    python benchmarks/engines.py [PAGES] [ROUNDS]

Writes PAGES invented pages to WARC files, reads them by a loop in one process, then by each engine on all cores, and
compares: pool against cores x loop, Dask and Spark against the pool. Start-up is what a run over a page a core takes,
and is taken off. Processor time is that of all processes of a run: on a machine that has other work, too, it tells what
an engine adds, while the clock tells how busy the machine is. The outputs of all engines must be the same bytes.
"""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from shutil import rmtree
from statistics import median
from tempfile import TemporaryDirectory
from typing import NamedTuple

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


class Spent(NamedTuple):
    """Seconds that a run takes: by the clock, and of the processors."""

    clock: float
    cpu: float


def spent(name: str, folder: Path, out: Path) -> Spent:
    """What a run in a new process takes, with all processes that it starts (Linux: Spark's are nobody's children)."""
    rmtree(out, ignore_errors=True)
    start = time.monotonic()
    command = [sys.executable, __file__, "run", name, str(folder), str(out)]
    running = subprocess.Popen(command, start_new_session=True)
    used: dict[int, float] = {}
    while running.poll() is None:
        used |= ticks_of(running.pid)
        time.sleep(0.1)
    if running.returncode:
        raise SystemExit(f"{name} failed")
    return Spent(time.monotonic() - start, sum(used.values()) / os.sysconf("SC_CLK_TCK"))


def ticks_of(session: int) -> dict[int, float]:
    """Processor time of each process of a session that is alive."""
    found = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = path.read_text().rpartition(")")[2].split()
            if int(fields[3]) == session:
                found[int(path.parent.name)] = int(fields[11]) + int(fields[12])
    return found


def main(given: Sequence[str]) -> None:
    pages, rounds = (int(given[0]) if given else 20000), (int(given[1]) if len(given) > 1 else 1)
    cores = len(os.sched_getaffinity(0))
    names = ("loop", "local", "dask", "spark")
    with TemporaryDirectory() as held:
        folder = Path(held)
        write_pages(folder / "in", pages, FILES)
        write_pages(folder / "few", cores, cores)
        print(f"{pages} pages in {FILES} files, {cores} cores, {rounds} rounds, medians", flush=True)
        begin: dict[str, list[Spent]] = {name: [] for name in names}
        whole: dict[str, list[Spent]] = {name: [] for name in names}
        for _ in range(rounds):
            for name in names:
                begin[name].append(spent(name, folder / "few", folder / f"{name}-few"))
                whole[name].append(spent(name, folder / "in", folder / name))
        if len({(folder / name / "manifest.json").read_bytes() for name in names}) > 1:
            raise SystemExit("the engines differ")
    clock, cpu = {}, {}
    for name in names:
        net = [Spent(w.clock - b.clock, w.cpu - b.cpu) for w, b in zip(whole[name], begin[name], strict=True)]
        clock[name] = pages / median(one.clock for one in net) / (1 if name == "loop" else cores)
        cpu[name] = pages / median(one.cpu for one in net)
        other = {"loop": name, "local": "loop"}.get(name, "local")
        clocks, cpus = ([one[at] for one in begin[name]] for at in (0, 1))
        print(
            f"  {name:5}  by the clock {clock[name]:6.1f} records/s/core, {clock[name] / clock[other]:.2f} of {other:5}"
            f"  by processor time {cpu[name]:6.1f}, {cpu[name] / cpu[other]:.2f}"
            f"  start-up {median(clocks):5.1f} s, of processors {median(cpus):4.1f} s"
        )


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))
    if sys.argv[1:2] == ["run"]:
        name, folder, out = sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4])
        loop(folder, out) if name == "loop" else engine(name, folder, out)
    else:
        main(sys.argv[1:])
