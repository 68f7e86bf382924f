"""The watchlist: which targets are crawled, how often and how. TOML that keeps its comments, or CSV.

    every = "1d"                        # of every target that says nothing else

    [groups.ats]
    every = "6h"
    settings = { DOWNLOAD_DELAY = 2 }

    [[targets]]
    target = "greenhouse:acme"          # or the address of a page
    group = "ats"
    tags = ["eu"]
    quiet = "22:00-06:00 Europe/Berlin"

A CSV file has a header row with some of the same names; tags are parted by spaces, options and settings are written
`NAME=VALUE NAME=VALUE`. Every fault names its file and line, and costs nothing but its own line.
"""

import csv
import io
import re
import shlex
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from difflib import get_close_matches
from itertools import pairwise
from pathlib import Path
from typing import Any

import tomlkit

from scraper.crawl.detect import by_address
from scraper.crawl.notify import channels
from scraper.crawl.run import (
    Job,
    boards,
    check_setting,
    is_address,
    known_settings,
    split_target,
    sure,
    unusable,
)
from scraper.crawl.schedule import duration, quiet_hours
from scraper.whole import write_whole

DEFAULTS = ("every", "tags", "settings", "options", "quiet")
"""What may be said for all targets and for a group."""
KEYS = ("target", "url", "group", *DEFAULTS)
TOP = (*DEFAULTS, "groups", "targets", "notify")

EVERY = timedelta(days=1)

WHOLE_RUN = re.compile(
    r"(?:LOG|TWISTED|REACTOR|DNS|DNSCACHE|ASYNCIO|SPIDER|FEEDS?|ADDONS|TELNETCONSOLE|REMOTE_CONTROL)(?:_|$)"
    r"|ROLECALL_(?:STORE|ARCHIVE|RUN|JOBS|RESUMED|GRACE_SECONDS)|JOBDIR|DOWNLOADER$|SCHEDULER|ITEM_PIPELINES|EXTENSIONS"
)
"""Settings that hold for a whole process, and are no single target's."""

HEADER = re.compile(r"^\s*\[\[?\s*(?:targets\s*\]\]|groups\s*\.|notify\s*\]|[A-Za-z_][\w-]*\s*\]\]?\s*(?:#.*)?$)")
"""The first line of a table that stands for itself."""


@dataclass(frozen=True)
class Fault:
    """What is wrong, and where."""

    file: str
    line: int
    what: str
    target: str | None = None

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.what}"


@dataclass(frozen=True)
class Watched:
    """One line of the watchlist. `name` is the target as the store knows it, with the options that choose a part."""

    name: str
    job: Job
    group: str | None
    every: timedelta
    tags: frozenset[str]
    where: str


@dataclass
class Watchlist:
    """All that is watched, what is wrong, and the `[notify]` table."""

    watched: list[Watched] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    notify: dict[str, Any] | None = None


@dataclass
class Rows:
    """A file taken apart: its defaults, groups and targets, each with the line where it stands."""

    top: dict[str, Any] = field(default_factory=dict)
    groups: dict[str, tuple[Any, int]] = field(default_factory=dict)
    targets: list[tuple[Any, int]] = field(default_factory=list)
    notify: Any = None
    faults: list[tuple[int, str]] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)


# -- reading ----------------------------------------------------------------------------------------------------------


def read_watchlist(place: str) -> Watchlist:
    """The watchlist of a file, of a folder of files, or of an address that fsspec knows (`s3://…/watchlist.toml`; that
    of a folder ends with `/`).

    Reads nothing else, and asks the network for nothing but that address. Raises `OSError` and `ValueError` where
    there is nothing to read.
    """
    found = Watchlist()
    names: dict[str, str] = {}
    for file, data in texts(place):
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = data[: error.start].count(b"\n") + 1
            found.faults.append(Fault(file, line, "not UTF-8"))
            text = data.decode("utf-8-sig", "replace") if file.endswith(".csv") else ""
        rows = csv_rows(text) if file.endswith(".csv") else toml_rows(text)
        File(file, rows, names, found).read()
    found.faults.sort(key=lambda fault: (fault.file, fault.line))
    return found


def texts(place: str) -> Iterator[tuple[str, bytes]]:
    """The files of a watchlist, with their bytes."""
    if "://" in place:
        yield from fetched(place)
        return
    path = Path(place)
    files = sorted(f for f in path.iterdir() if f.suffix in (".toml", ".csv")) if path.is_dir() else [path]
    if not files:
        raise ValueError(f"{place}: no .toml and no .csv file in this folder")
    for file in files:
        if file.exists() and not file.is_file():  # a device may never end
            raise ValueError(f"{file}: no file")
        yield str(file), file.read_bytes()


def fetched(place: str) -> list[tuple[str, bytes]]:
    """As `texts`, of an address. Raises `ValueError` where it cannot be read."""
    try:
        import fsspec
    except ImportError:
        raise ValueError(f"{place}: an address needs the extra: pip install 'rolecall[tables]'") from None
    try:
        fs, path = fsspec.core.url_to_fs(place)
        if not place.endswith("/"):
            return [(place, fs.cat_file(path))]
        files = sorted(file for file in fs.ls(path, detail=False) if file.endswith((".toml", ".csv")))
        found = [(place + file.rpartition("/")[2], fs.cat_file(file)) for file in files]
    except Exception as error:  # noqa: BLE001  every kind of store has errors of its own
        raise ValueError(f"{place}: {type(error).__name__}: {error}") from None
    if not found:
        raise ValueError(f"{place}: no .toml and no .csv file in this folder")
    return found


def toml_rows(text: str) -> Rows:
    """A TOML file taken apart. Where it cannot be parsed whole, table by table: a bad one loses no other."""
    lines = text.splitlines()
    rows = Rows(lines=lines)
    starts = [0, *(n for n, line in enumerate(lines) if n and HEADER.match(line)), len(lines)]
    try:
        data = tomllib.loads(text)
        heads = [n + 1 for n in starts if n < len(lines) and re.match(r"\s*\[\[\s*targets\b", lines[n])]
        merge_table(rows, data, heads, lines)
        return rows
    except tomllib.TOMLDecodeError:
        pass
    for start, end in pairwise(starts):
        part = "\n".join(lines[start:end])
        try:
            merge_table(rows, tomllib.loads(part), [start + 1], lines)
        except tomllib.TOMLDecodeError as error:
            at = re.search(r"at line (\d+)", str(error))
            said = re.sub(r"\s*\(at .*", "", str(error))
            rows.faults.append((start + int(at[1]) if at else min(end, len(lines)), f"no TOML: {said}"))
    return rows


def merge_table(rows: Rows, data: dict[str, Any], heads: Sequence[int], lines: Sequence[str]) -> None:
    """Add parsed TOML to what is known of a file; `heads` are the lines of `[[targets]]`."""
    groups = data.pop("groups", {})
    if not isinstance(groups, dict):
        rows.faults.append((line_of(lines, "groups"), "groups are tables: [groups.NAME]"))
        groups = {}
    for name, group in groups.items():
        quoted = rf"[\"']?{re.escape(name)}[\"']?"
        rows.groups[name] = (group, line_of(lines, rf"\[\s*groups\s*\.\s*{quoted}\s*\]", exact=False))
    targets = data.pop("targets", [])
    if not isinstance(targets, list):
        rows.faults.append((line_of(lines, "targets"), "targets are a list: [[targets]]"))
        targets = []
    for n, target in enumerate(targets):
        known = heads[n] if len(heads) == len(targets) else line_of(lines, "targets")
        rows.targets.append((target, known))
    if "notify" in data:
        rows.notify = data.pop("notify")
    rows.top |= data


def line_of(lines: Sequence[str], key: str, start: int = 1, exact: bool = True) -> int:
    """The line from `start` on where a key is given its value, within its table; `start` where there is none."""
    pattern = re.compile(rf"^\s*[\"']?{key}[\"']?\s*=" if exact else rf"^\s*{key}")
    for number, line in enumerate(lines[start - 1 :], start):
        if number > start and exact and HEADER.match(line):
            break
        if pattern.match(line):
            return number
    return start


def csv_rows(text: str) -> Rows:
    """A CSV file taken apart; its first row names the columns."""
    rows = Rows()
    head = text.partition("\n")[0]
    reader = csv.DictReader(io.StringIO(text), delimiter=";" if ";" in head and "," not in head else ",", strict=True)
    try:
        columns = [str(name).strip() for name in reader.fieldnames or []]
        reader.fieldnames = columns
        for name in columns:
            if name not in KEYS:
                rows.faults.append((1, unknown("column", name, KEYS)))
        while True:
            try:
                row = next(reader)
            except StopIteration:
                break
            if extra := row.pop(None, None):
                rows.faults.append((reader.line_num, f"more values than columns: {', '.join(extra)}"))
                continue
            values = {name: text.strip() for name, text in row.items() if text and text.strip() and name in KEYS}
            if values:
                rows.targets.append((values, reader.line_num))
    except csv.Error as error:
        rows.faults.append((reader.line_num, f"no CSV: {error}"))
    rows.targets = [row for row in rows.targets if split_cells(rows, *row)]
    return rows


def split_cells(rows: Rows, values: dict[str, Any], line: int) -> bool:
    """Tags, options and settings of a CSV row, taken apart in place; False, and a fault, where they cannot be."""
    for name in [name for name in ("tags", "settings", "options") if name in values]:
        try:
            words = shlex.split(values[name])
            values[name] = words if name == "tags" else dict(word.split("=", 1) for word in words)
        except ValueError:
            rows.faults.append((line, f"{name}: {values[name]!r} is not NAME=VALUE NAME=VALUE"))
            return False
    return True


# -- checking ---------------------------------------------------------------------------------------------------------


class File:
    """One file being checked. `names` are the targets of all files so far, and where they stand."""

    def __init__(self, file: str, rows: Rows, names: dict[str, str], found: Watchlist) -> None:
        self.file, self.rows, self.names, self.found = file, rows, names, found

    def fault(self, line: int, what: str, target: str | None = None) -> None:
        self.found.faults.append(Fault(self.file, line, what, target))

    def read(self) -> None:
        """Put what is right among the watched, what is wrong among the faults."""
        for line, what in self.rows.faults:
            self.fault(line, what)
        if self.rows.notify is not None:
            self.read_notify(self.rows.notify, line_of(self.rows.lines, r"(?:\[\s*)?notify\b", exact=False))
        top = self.checked(self.rows.top, 1, TOP, "key")
        given = self.rows.groups.items()
        groups = {name: self.checked(table, line, DEFAULTS, "key") for name, (table, line) in given}
        for row, line in self.rows.targets:
            before = len(self.found.faults)
            entry = {"target": row} if isinstance(row, str) else row
            own = self.checked(entry, line, KEYS, "key")
            if len(self.found.faults) == before:
                self.add(own, line, groups.get(own.get("group") or "", {}), top)

    def read_notify(self, table: Any, line: int) -> None:
        """Keep the `[notify]` table, checked by those who read it."""
        if not isinstance(table, dict):
            self.fault(line, "notify is a table: [notify]")
        elif self.found.notify is not None:
            self.fault(line, "[notify] stands in another file, too")
        else:
            try:
                channels(table)
                self.found.notify = table
            except (TypeError, ValueError) as error:
                self.fault(line, str(error))

    def checked(self, table: Any, line: int, known: Sequence[str], what: str) -> dict[str, Any]:
        """The values of a table that are right; those that are wrong are faults."""
        if not isinstance(table, dict):
            self.fault(line, f"{table!r} is no table")
            return {}
        right: dict[str, Any] = {}
        target = str(table.get("target") or table.get("url") or "") or None
        for name, value in table.items():
            at = line_of(self.rows.lines, re.escape(name), line) if self.rows.lines else line
            if name not in known:
                self.fault(at, unknown(what, name, known), target)
                continue
            try:
                right[name] = READERS.get(name, text_of)(value)
            except ValueError as error:
                self.fault(at, f"{name}: {error}", target)
        return right

    def add(self, own: dict[str, Any], line: int, group: dict[str, Any], top: dict[str, Any]) -> None:
        """Put one target among the watched, or say what is wrong with it."""
        given = own.get("target") or own.get("url")
        if not given or ("target" in own and "url" in own):
            self.fault(line, "a target or a url is needed, and not both", given)
            return
        options, settings = ({**top.get(k, {}), **group.get(k, {}), **own.get(k, {})} for k in ("options", "settings"))
        try:
            target = settled(given)
            name = stored_name(target, options)
        except (TypeError, ValueError) as error:
            self.fault(line, str(error), given)
            return
        if name in self.names:
            self.fault(line, f"{name} stands already at {self.names[name]}", given)
            return
        self.names[name] = f"{self.file}:{line}"
        layers = (own, group, top)
        every, quiet = (next((table[k] for table in layers if k in table), None) for k in ("every", "quiet"))
        tags = frozenset(tag for table in layers for tag in table.get("tags", ()))
        job = Job(target, options, settings, quiet)
        watched = Watched(name, job, own.get("group"), every or EVERY, tags, self.names[name])
        self.found.watched.append(watched)


def settled(given: str) -> str:
    """The target that a target or an address names. Raises `ValueError`."""
    if not is_address(given):
        return given
    found = by_address(given, boards())
    if found is None or not sure(found) or found.target is None:
        raise ValueError(f"{given}: the address alone does not say what it is; `rolecall watch add` finds out")
    return found.target


def stored_name(target: str, options: Mapping[str, str]) -> str:
    """A target as the store knows it. Raises `ValueError`: an unknown board, a missing employer, a wrong option."""
    if target.partition(":")[0] in unusable():
        return target  # its crawl says so
    board, employer = split_target(target)
    if employer and re.search(r"\s", employer):
        raise ValueError(f"{target!r} has white space in it")
    return board(**options).slice_name(employer)


def unknown(what: str, name: str, known: Iterable[str]) -> str:
    """A name that is not known, and the one that was meant."""
    near = get_close_matches(name, list(known), 1, 0.6)
    return f"unknown {what} {name!r}" + (f"; did you mean {near[0]!r}?" if near else "")


def text_of(value: Any) -> str:
    """A text that says something. Raises `ValueError`."""
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{value!r} is no text")
    return value.strip()


def tags_of(value: Any) -> list[str]:
    """Tags as a list. Raises `ValueError`."""
    if not isinstance(value, list) or not all(isinstance(tag, str) and tag.strip() for tag in value):
        raise ValueError(f'{value!r} is no list of texts, e.g. ["eu", "remote"]')
    return [tag.strip() for tag in value]


def options_of(value: Any) -> dict[str, str]:
    """Options of a board as text. Raises `ValueError`."""
    if not isinstance(value, dict) or not all(isinstance(v, str | int | float) for v in value.values()):
        raise ValueError(f'{value!r} is no table of texts, e.g. {{ pages = "50" }}')
    return {name: str(option) for name, option in value.items()}


def settings_of(value: Any) -> dict[str, Any]:
    """Settings that are known and of their default's kind. Raises `ValueError`."""
    if not isinstance(value, dict):
        raise ValueError(f"{value!r} is no table, e.g. {{ DOWNLOAD_DELAY = 2 }}")
    for name, given in value.items():
        if name not in known_settings():
            raise ValueError(unknown("setting", name, known_settings()))
        if WHOLE_RUN.match(name):
            raise ValueError(f"{name} holds for a whole run and is no single target's; give it to the command with -s")
        check_setting(name, given)
    return value


READERS: dict[str, Any] = {
    "every": duration,
    "quiet": quiet_hours,
    "tags": tags_of,
    "options": options_of,
    "settings": settings_of,
    "groups": lambda value: value,
}


# -- writing ----------------------------------------------------------------------------------------------------------


def add_target(path: Path, entry: Mapping[str, Any]) -> None:
    """Append a target to a watchlist file, made where there is none; all that stands in it stays as it is.

    Raises `ValueError` where the file cannot be parsed, and `OSError`.
    """
    before = path.read_text(encoding="utf-8-sig") if path.exists() else ""
    if path.suffix == ".csv":
        after = with_csv_row(before, entry)
    else:
        try:
            document = tomlkit.parse(before)
        except tomlkit.exceptions.ParseError as error:
            raise ValueError(f"{path}: {error}; mend it first (`rolecall watch check`)") from None
        given = document.get("targets")
        if isinstance(given, tomlkit.items.Array):
            given.append(dict(entry))
            after = tomlkit.dumps(document)
        else:
            after = before.rstrip() + ("\n\n" if before.strip() else "") + "[[targets]]\n" + tomlkit.dumps(entry)
    write_whole(path, after)


def with_csv_row(text: str, entry: Mapping[str, Any]) -> str:
    """A CSV text with one row more. Raises `ValueError` where it has no column for a value."""
    head = text.partition("\n")[0].strip()
    columns = [name.strip() for name in re.split("[,;]", head)] if head else ["target", "group", "every", "tags"]
    if missing := [name for name in entry if name not in columns]:
        raise ValueError(f"the file has no column {', '.join(missing)}")
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";" if ";" in head and "," not in head else ",", lineterminator="\n")
    if not head:
        writer.writerow(columns)
    said = {name: " ".join(value) if isinstance(value, list) else value for name, value in entry.items()}
    writer.writerow([said.get(name, "") for name in columns])
    return text + ("" if not text or text.endswith("\n") else "\n") + out.getvalue()
