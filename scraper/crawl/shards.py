"""Many machines: each process takes the targets of some hosts, so that a host's pace is kept by one process alone.

Shards share nothing. A target goes where the host of its requests falls by rendezvous hashing (Thaler and Ravishankar,
1998): with another number of shards few hosts move. What a shard knows may be kept at an address between its runs.
"""

import hashlib
import json
import os
import re
import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from dotenv import dotenv_values

from scraper.archive import archive_files
from scraper.crawl.home import home
from scraper.crawl.lock import holder
from scraper.crawl.run import Job, split_target
from scraper.whole import whole, write_whole

if TYPE_CHECKING:
    from scraper.crawl.watchlist import Watched

CROWDED = 2
"""A host with more than so many times a shard's even share is reported: it stays in one shard all the same."""

MANIFEST = "state.json"
"""At the address: which store holds. In the home: which generation its store goes on from."""

FIRST_RECORD = 512
"""Bytes of a WARC file that tell it from any other: the id of its first record stands in them."""

CRAWLED_BY = "JOB_COMPLETION_INDEX"
"""Environment variable that names the shard under `auto/N` (Kubernetes, indexed Job)."""


@dataclass(frozen=True)
class Shard:
    """One of `count` shards; `index` counts from 0."""

    index: int
    count: int

    @property
    def folder(self) -> str:
        """The name of its home: DuckDB reads it as a column."""
        return f"shard={self.index}-of-{self.count}"


def shard_named(text: str) -> Shard:
    """`3/8` or, where the environment says which, `auto/8`. Raises `ValueError`."""
    found = re.fullmatch(r"(\d{1,5}|auto)/(\d{1,5})", text)
    if not found:
        raise ValueError(f"{text!r} is no shard, e.g. 0/8 to 7/8, or auto/8")
    index, count = found[1], int(found[2])
    if index == "auto":
        index = os.environ.get(CRAWLED_BY, "")
        if not re.fullmatch(r"\d{1,5}", index):
            raise ValueError(f"auto/{count} needs {CRAWLED_BY}, a number from 0 on; it is {index or 'not set'!r}")
    if not int(index) < count:
        raise ValueError(f"shards are counted from 0: 0/{count} to {count - 1}/{count}" if count else "no shards")
    return Shard(int(index), count)


def shard_of(host: str, count: int) -> int:
    """The shard of a host: the one whose hash with it is the highest."""
    return max(range(count), key=lambda n: hashlib.blake2b(f"{host}\0{n}".encode(), digest_size=8).digest())


def host_of_job(job: Job) -> str:
    """The host that a target's first request goes to; where there is none to know, its employer's page, or its name."""
    try:
        board, employer = split_target(job.target)
        maker = board(**job.options)
        asked = next(iter(maker.first(employer)), None)
        url = asked.url if asked else board.home(employer or "")
    except Exception:  # noqa: BLE001  what is wrong with a target is said by its crawl, in one shard
        url = ""
    return (urlsplit(url).hostname or job.target).rstrip(".").lower()


def of_shard(watched: "Sequence[Watched]", shard: Shard) -> "tuple[list[Watched], list[str]]":
    """The targets of a shard, and a line for each host of it that has more than its share."""
    hosts = [host_of_job(line.job) for line in watched]
    shards = {host: shard_of(host, shard.count) for host in set(hosts)}
    share = len(watched) / shard.count
    crowded = [
        f"{host} has {count} of {len(watched)} targets, an even share is {share:.0f}: all are in shard {shard.index}"
        for host, count in Counter(hosts).most_common()
        if shard.count > 1 and count > CROWDED * share and shards[host] == shard.index
    ]
    return [line for line, host in zip(watched, hosts, strict=True) if shards[host] == shard.index], crowded


def settle_in(shard: Shard) -> None:
    """Make the shard's folder the home of this process; keys of the `.env` file of the home above it stay known."""
    for name, value in dotenv_values(home() / ".env").items():
        if value is not None:
            os.environ.setdefault(name, value)
    os.environ["ROLECALL_HOME"] = str(home() / shard.folder)


def shard_homes(given: Iterable[Path]) -> list[Path]:
    """The homes of shards: those given, and those below a home that is given."""
    found: list[Path] = []
    for path in given:
        inside = sorted(path.glob("shard=*-of-*"), key=lambda home: int(re.sub(r"\D.*", "", home.name[6:]) or 0))
        found += [path] if (path / "rolecall.db").is_file() or path.is_file() or not inside else inside
    return found


def store_in(place: Path) -> Path | None:
    """The store of a home, or of a folder where one is kept by `--state`; a file is one itself."""
    if place.is_file():
        return place
    if (place / "rolecall.db").is_file():
        return place / "rolecall.db"
    try:
        kept = place / str(json.loads((place / MANIFEST).read_text(encoding="utf-8"))["file"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return kept if kept.is_file() else None


def missing_shards(homes: Iterable[Path]) -> list[str]:
    """The shards that are not among their kin."""
    named = [re.fullmatch(r"shard=(\d+)-of-(\d+)", path.name) for path in homes]
    have = {(int(name[1]), int(name[2])) for name in named if name}
    counts = {count for _, count in have}
    return [f"{n}/{count}" for count in sorted(counts) for n in range(count) if (n, count) not in have]


def never_ran(place: Path) -> bool:
    """Whether a place keeps no run reports: a store by itself, or a home whose reports were put away."""
    return not (place / "runs").exists() and not (place / "run.lock").exists()


def newest_reports(homes: Iterable[Path]) -> dict[str, dict[str, Any] | None]:
    """The newest run report of each home, by the home's name; None where there is none, or a run is not over."""
    found: dict[str, dict[str, Any] | None] = {}
    for place in homes:
        name = place.name if place.name not in found else str(place)
        files = sorted(path for path in (place / "runs").glob("*.json") if place.is_dir())
        try:
            over = files and not holder(place / "run.lock")
            found[name] = json.loads(files[-1].read_text(encoding="utf-8")) if over else None
        except (OSError, ValueError):
            found[name] = None
    return found


def view_of(homes: Sequence[Path]) -> str:
    """A DuckDB view over the exports in the homes of shards: Parquet where there is any, else JSON Lines.

    Raises `ValueError` where there is no export.
    """
    tables = [path for home in homes for path in sorted(home.rglob("*.parquet"))]
    lines = [path for home in homes for path in sorted(home.glob("*.jsonl")) if path.name != "rejects.jsonl"]
    if not tables and not lines:
        raise ValueError("no export in these folders; in each: rolecall export -o posts.parquet")
    files = ",\n    ".join("'" + str(path).replace("'", "''") + "'" for path in tables or lines)
    read = "read_parquet" if tables else "read_json"
    rest = "" if tables else ", sample_size = -1"
    return (
        f"CREATE OR REPLACE VIEW postings AS SELECT * FROM {read}([\n    {files}\n"
        f"], union_by_name = true, hive_partitioning = true{rest});"
    )


# -- what a shard knows, kept between runs ----------------------------------------------------------------------------


class StateError(Exception):
    """A kept state that cannot be used, or must not be overwritten; the message says which and why."""


class State:
    """The store, kept at an address that fsspec knows. One folder: the store files of the last two generations, each
    with its SHA-256 beside it, `state.json`, which names the one that holds, and what is written once: `runs/` and
    `archive/`.

    A store is sent under a name of its own, and `state.json` is moved into place last: who reads meanwhile reads the
    earlier one. A run that began from an earlier generation than the one that is kept is refused.
    """

    def __init__(self, url: str) -> None:
        try:
            import fsspec
        except ImportError:
            raise StateError(f"{url} needs pip install 'rolecall[tables]'") from None
        self.url = url.rstrip("/")
        try:
            self.fs, self.root = fsspec.core.url_to_fs(self.url)
        except (ImportError, ValueError) as error:
            raise StateError(f"{url}: {error}") from None

    def restore(self) -> str:
        """Bring the store to this home where the kept one is newer; one line on what was done."""
        kept, here = self.manifest(), local_generation()
        store = home() / "rolecall.db"
        if kept is None:
            if here:
                raise StateError(f"{self.url} holds nothing, but this home goes on from generation {here} of it")
            return f"{self.url} holds nothing yet"
        generation = int(kept["generation"])
        if here > generation:
            raise StateError(
                f"{self.url} is at generation {generation}, this home at {here}: it was put back; see both"
            )
        if here == generation and store.exists():
            return f"the store of this home goes on from generation {generation}"
        with whole(store) as part:
            self.fetch(kept, part)
            for path in home().glob("rolecall.db*"):  # changes that were never sent, while others went on: kept aside
                if path.name in ("rolecall.db", "rolecall.db-wal", "rolecall.db-shm"):
                    path.replace(path.with_name(path.name.replace("rolecall", f"rolecall-before-{generation}")))
        remember_generation(generation)
        return f"restored generation {generation} of {self.url}"

    def save(self, run: str, report: Path | None = None) -> str:
        """Send the store, a run's report and the archive; one line on what was done. Raises `StateError`."""
        kept, here = self.manifest(), local_generation()
        if kept and int(kept["generation"]) != here:
            raise StateError(
                f"{self.url} is at generation {kept['generation']} by run {kept['run']}, this run began from {here}: "
                f"not sent; its store stays in {home()}"
            )
        generation = here + 1
        name = f"rolecall-{generation:06}-{run}.db"
        copy = home() / f".{name}"
        try:
            with closing(sqlite3.connect(home() / "rolecall.db")) as live, closing(sqlite3.connect(copy)) as out:
                live.backup(out)
            said = {"generation": generation, "file": name, "sha256": digest(copy), "run": run}
            self.put(name, copy)
        except (sqlite3.Error, OSError) as error:
            raise StateError(f"{home() / 'rolecall.db'}: {error}") from None
        finally:
            copy.unlink(missing_ok=True)
        self.write(f"{name}.sha256", f"{said['sha256']}  {name}\n".encode())
        if report and report.exists():
            for file in report.parent.glob(f"{report.stem}.*"):  # its audit log, too
                self.put(f"runs/{file.name}", file)
        if self.manifest() != kept:
            raise StateError(f"{self.url} was written by another run meanwhile: not sent; the store stays in {home()}")
        self.write(MANIFEST, json.dumps(said).encode())
        remember_generation(generation)
        self.forget(kept, name)
        sent = self.send_archive()
        return f"saved generation {generation} to {self.url}" + (f", {sent} archive files" if sent else "")

    def send_archive(self) -> int:
        """Send the WARC files that are not there yet, whole; how many. Their names begin with a mark of their content:
        another machine, or another day's pod, calls its files alike.
        """
        folder, sent = home() / "archive", 0
        try:
            there = {
                path.rpartition("/")[2]: info
                for path, info in self.fs.find(f"{self.root}/archive", detail=True).items()
            }
            for file in archive_files([folder]) if folder.is_dir() else ():
                with file.open("rb") as stream:
                    mark = hashlib.sha256(stream.read(FIRST_RECORD)).hexdigest()[:12]
                name, size = f"{mark}-{file.name}", file.stat().st_size
                if size and there.get(name, {}).get("size") != size:
                    self.put(f"archive/{file.parent.name}/{name}", file)
                    sent += 1
        except StateError:
            raise
        except Exception as error:  # noqa: BLE001  every kind of store has errors of its own
            raise StateError(f"{self.url}/archive: {type(error).__name__}: {error}") from None
        return sent

    def manifest(self) -> dict[str, Any] | None:
        """What is kept; None where nothing is."""
        try:
            self.fs.invalidate_cache()
            if not self.fs.exists(f"{self.root}/{MANIFEST}"):
                return None
            said: dict[str, Any] = json.loads(self.read(MANIFEST))
            if not {"generation", "file", "sha256", "run"} <= said.keys():
                raise ValueError("it lacks what it must say")
            return said
        except ValueError as error:
            raise StateError(f"{self.url}/{MANIFEST}: {error}") from None
        except StateError:
            raise
        except Exception as error:  # noqa: BLE001  every kind of store has errors of its own
            raise StateError(f"{self.url}: {type(error).__name__}: {error}") from None

    def fetch(self, kept: Mapping[str, Any], to: Path) -> None:
        """The store that holds, as it was sent."""
        try:
            self.fs.get_file(f"{self.root}/{kept['file']}", str(to))
        except Exception as error:  # noqa: BLE001  every kind of store has errors of its own
            raise StateError(f"{self.url}/{kept['file']}: {type(error).__name__}: {error}") from None
        if digest(to) != kept["sha256"]:
            raise StateError(f"{self.url}/{kept['file']} is not what was sent: its SHA-256 differs")

    def listed(self, folder: str) -> list[str]:
        """Paths in a folder there; none where there is no such folder."""
        try:
            paths: list[str] = self.fs.ls(f"{self.root}{folder}", detail=False)
            return paths
        except FileNotFoundError:
            return []
        except Exception as error:  # noqa: BLE001  as above
            raise StateError(f"{self.url}{folder}: {type(error).__name__}: {error}") from None

    def read(self, name: str) -> bytes:
        """The bytes of a file there."""
        try:
            data: bytes = self.fs.cat_file(f"{self.root}/{name}")
            return data
        except Exception as error:  # noqa: BLE001  as above
            raise StateError(f"{self.url}/{name}: {type(error).__name__}: {error}") from None

    def write(self, name: str, data: bytes) -> None:
        """As `put`, from memory."""
        part = home() / f".{name}"
        part.write_bytes(data)
        try:
            self.put(name, part)
        finally:
            part.unlink()

    def put(self, name: str, file: Path) -> None:
        """Put a file there: under another name first, then moved."""
        path = f"{self.root}/{name}"
        try:
            self.fs.makedirs(path.rpartition("/")[0], exist_ok=True)
            self.fs.put_file(str(file), f"{path}.part")
            self.fs.mv(f"{path}.part", path)
        except Exception as error:  # noqa: BLE001  as above
            raise StateError(f"cannot write {self.url}/{name}: {type(error).__name__}: {error}") from None

    def forget(self, before: Mapping[str, Any] | None, now: str) -> None:
        """Remove the stores but for this one and the one before it; what stays costs only its room."""
        keep = {now, before["file"] if before else now}
        try:
            for path in self.fs.ls(self.root, detail=False):
                name = path.rpartition("/")[2]
                if name.startswith("rolecall-") and name.removesuffix(".sha256") not in keep:
                    self.fs.rm(path)
        except Exception:  # noqa: BLE001  as above; what stays is no harm
            return


def brought(url: str, to: Path) -> list[Path]:
    """What is kept at an address, of one shard or of all below it, as folders in `to`: store and newest run report.

    Raises `StateError`, `OSError`.
    """
    above = State(url)
    above.manifest()  # says what is wrong with the address
    names = [path.rstrip("/").rpartition("/")[2] for path in above.listed("")]
    shards = [f"{above.url}/{name}" for name in names if re.fullmatch(r"shard=\d+-of-\d+", name)]
    for state in map(State, shards or [above.url]):
        if kept := state.manifest():
            place = to / state.url.rpartition("/")[2]
            (place / "runs").mkdir(parents=True)
            state.fetch(kept, place / Path(kept["file"]).name)
            write_whole(place / MANIFEST, json.dumps(kept))
            for newest in sorted(name for name in state.listed("/runs") if name.endswith(".json"))[-1:]:
                name = newest.rpartition("/")[2]
                (place / "runs" / name).write_bytes(state.read(f"runs/{name}"))
    return sorted(to.iterdir())


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def local_generation() -> int:
    """The generation that the store of this home goes on from; 0 where it was never kept."""
    try:
        return int(json.loads((home() / MANIFEST).read_text(encoding="utf-8"))["generation"])
    except (OSError, ValueError, KeyError, TypeError):
        return 0


def remember_generation(generation: int) -> None:
    """Say in this home which generation its store goes on from."""
    write_whole(home() / MANIFEST, json.dumps({"generation": generation}))
