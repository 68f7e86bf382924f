"""Verbs of the watchlist: what is watched, what is due, one scheduled run."""

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import click

from scraper.cli.crawling import carry_out, new_run
from scraper.cli.options import (
    ALLOW_PRIVATE,
    KEEP_CONTACTS,
    LOG_FORMAT,
    MASK_ARCHIVE,
    all_settings,
    one_of,
    pairs,
    private,
)

if TYPE_CHECKING:
    from scraper.crawl.report import TargetReport
    from scraper.crawl.schedule import Past, Standing
    from scraper.crawl.watchlist import Fault, Watched, Watchlist

WATCHLIST = click.option(
    "--watchlist",
    "place",
    metavar="FILE",
    help="A .toml or .csv file, a folder of them, or s3://….  [default: ROLECALL_HOME/watchlist.toml]",
)

NO_TARGET = "{} names no target; `rolecall watch add TARGET` adds one"


def place_of(place: str | None) -> str:
    """Where the watchlist is."""
    from scraper.crawl.home import home

    return place or str(home() / "watchlist.toml")


def opened(place: str | None) -> "Watchlist":
    """The watchlist; where there is nothing to read, the command ends."""
    from scraper.crawl.watchlist import read_watchlist

    found = place_of(place)
    try:
        return read_watchlist(found)
    except FileNotFoundError:
        raise click.UsageError(f"no watchlist at {found}; `rolecall watch add TARGET` makes one") from None
    except OSError as error:
        raise click.UsageError(f"cannot read {found}: {error.strerror or error}") from None
    except ValueError as error:
        raise click.UsageError(str(error)) from None


def past_of(names: Iterable[str]) -> "dict[str, Past]":
    """What the store knows of targets; nothing where there is no store yet."""
    from scraper.crawl.home import home
    from scraper.crawl.schedule import Past
    from scraper.store import StoreError, open_store
    from scraper.store.history import history

    path = home() / "rolecall.db"
    if not path.exists():
        return {}
    try:
        store = open_store(path)
    except StoreError as error:
        raise click.UsageError(str(error)) from None
    rows = history(store, names)
    store.close()
    return {name: Past.of(row) for name, row in rows.items()}


# -- watch ------------------------------------------------------------------------------------------------------------


@click.group()
def watch() -> None:
    """The watchlist: the targets that `rolecall run` crawls."""


@watch.command()
@click.argument("targets", nargs=-1, required=True, metavar="URL...")
@click.option("--group", help="The group to put them in.")
@click.option("--every", help="How often: 30m, 6h, 2d, 1w.")
@click.option("--tag", "tags", multiple=True, help="A tag; may be given several times.")
@WATCHLIST
@ALLOW_PRIVATE
def add(
    targets: tuple[str, ...],
    group: str | None,
    every: str | None,
    tags: tuple[str, ...],
    place: str | None,
    allow_private: bool,
) -> None:
    """Add targets, or addresses of pages, of which is found out first what they are.

    Asks the network only for addresses that do not settle it by themselves. Exit code 2 where one was not added.
    """
    from scraper.crawl.progress import quiet_log
    from scraper.crawl.run import detect, is_address, refuse_control_characters
    from scraper.crawl.schedule import duration
    from scraper.crawl.watchlist import add_target, read_watchlist, stored_name

    path = Path(place_of(place))
    if "://" in str(place):
        raise click.UsageError(f"cannot add to {place}: add to a file, and copy that there")
    path = path / "watchlist.toml" if path.is_dir() else path
    if path.suffix not in (".toml", ".csv"):
        raise click.UsageError(f"{path}: a watchlist ends with .toml or .csv")
    try:
        for text in filter(None, (group, *tags)):
            refuse_control_characters(text)
        said = ({"group": group} if group else {}) | ({"every": every} if every else {})
        if every:
            duration(every)
        watched = (
            read_watchlist(str(path.parent if place and Path(place).is_dir() else path)) if path.exists() else None
        )
    except (OSError, ValueError) as error:
        raise click.UsageError(str(error)) from None
    known = {line.name: line.where for line in watched.watched} if watched else {}
    urls = [target for target in targets if is_address(target)]
    found = {page.url: page for page in detect(urls, quiet_log() | private(allow_private))} if urls else {}
    refused = 0
    for given in targets:
        page = found.get(given)
        target = page.target if page else given
        try:
            if target is None:
                raise ValueError(f"{given}: {page.why if page else 'nothing'}")
            name = stored_name(target, {})
            if name in known:
                raise ValueError(f"{name} stands already at {known[name]}")
            add_target(path, {"target": target, **said} | ({"tags": list(tags)} if tags else {}))
        except (ValueError, OSError) as error:
            refused += 1
            said_of = error.strerror if isinstance(error, OSError) else None
            click.echo(f"not added: {f'{path}: {said_of}' if said_of else error}", err=True)
            continue
        known[name] = str(path)
        click.echo(f"added {target} to {path}" + (f" ({page.why})" if page else ""))
    sys.exit(2 if refused else 0)


@watch.command()
@WATCHLIST
def check(place: str | None) -> None:
    """Say all that is wrong with the watchlist, by file and line. Exit code 2 where anything is."""
    watchlist = opened(place)
    for fault in watchlist.faults:
        click.echo(str(fault), err=True)
    if not watchlist.watched and not watchlist.faults:
        raise click.UsageError(NO_TARGET.format(place_of(place)))
    click.echo(f"{len(watchlist.watched)} targets, {len(watchlist.faults)} faults")
    sys.exit(2 if watchlist.faults else 0)


@watch.command("list")
@WATCHLIST
@click.option("--json", "as_json", is_flag=True, help="A JSON object a line.")
def list_(place: str | None, as_json: bool) -> None:
    """List the targets: group, how often, the last outcome and crawl, when due, failures in a row, and why."""
    from scraper.crawl.schedule import standing

    watchlist = opened(place)
    past = past_of(line.name for line in watchlist.watched)
    now = datetime.now(UTC)
    rows = [
        row_of(line, past.get(line.name), standing(past.get(line.name), line.every, now), now)
        for line in watchlist.watched
    ]
    if as_json:
        for row in rows:
            click.echo(json.dumps(row, ensure_ascii=False))
    else:
        heads = ("target", "group", "every", "outcome", "last", "due", "failures", "state", "why")
        table = [heads, *(tuple(str(row[name] or "-") for name in heads) for row in rows)]
        widths = [max(len(line[n]) for line in table) for n in range(len(heads) - 1)]
        for cells in table:
            click.echo("  ".join(cell.ljust(width) for cell, width in zip(cells, [*widths, 0], strict=True)).rstrip())
    if watchlist.faults:
        click.echo(f"{len(watchlist.faults)} lines are faulty: rolecall watch check", err=True)


def row_of(line: "Watched", past: "Past | None", stands: "Standing", now: datetime) -> dict[str, Any]:
    """One target of the list as plain data."""
    due = {"new": "now", "retired": None}.get(stands.state, f"{stands.due:%Y-%m-%dT%H:%MZ}")
    return {
        "target": line.name,
        "group": line.group,
        "every": short(int(line.every.total_seconds()) // 60),
        "tags": sorted(line.tags),
        "outcome": past.outcome if past else None,
        "last": f"{past.started:%Y-%m-%dT%H:%MZ}" if past else None,
        "due": "now" if due and stands.due <= now else due,
        "failures": past.failures if past else 0,
        "state": stands.state,
        "why": stands.why or None,
        "where": line.where,
    }


def short(minutes: int) -> str:
    """Minutes as they are written in a watchlist."""
    for unit, size in (("w", 10080), ("d", 1440), ("h", 60)):
        if minutes % size == 0:
            return f"{minutes // size}{unit}"
    return f"{minutes}m"


# -- run --------------------------------------------------------------------------------------------------------------


@click.command()
@click.option("--due", is_flag=True, help="Only targets that are due; without it, all but the retired.")
@click.option("--group", "groups", multiple=True, help="Only targets of this group; may be given several times.")
@click.option("--tag", "tags", multiple=True, help="Only targets with this tag; may be given several times.")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="At most N targets, the longest overdue first.")
@click.option("--resume", is_flag=True, help="Go on where an earlier run was ended, and let this one be gone on with.")
@click.option("-o", "--output", metavar="FILE", help="The open postings of these targets as JSON Lines; `-` is stdout.")
@click.option("--dry-run", is_flag=True, help="Say what would be crawled, and why; ask for nothing.")
@click.option("--shard", metavar="I/N", help="Only the targets of one of N shards, by host: 0/8 to 7/8, or auto/8.")
@click.option(
    "--state", metavar="URL", help="Keep the store here between runs: a folder, or an address such as s3://…."
)
@WATCHLIST
@click.option("-s", "settings", multiple=True, callback=pairs, metavar="NAME=VALUE", help="A Scrapy setting.")
@KEEP_CONTACTS
@MASK_ARCHIVE
@ALLOW_PRIVATE
@LOG_FORMAT
@click.option("-v", "--verbose", is_flag=True, help="Show Scrapy's own log.")
def run(
    due: bool,
    groups: tuple[str, ...],
    tags: tuple[str, ...],
    limit: int | None,
    resume: bool,
    output: str | None,
    dry_run: bool,
    shard: str | None,
    state: str | None,
    place: str | None,
    settings: dict[str, str],
    keep_contacts: bool,
    mask_archive: bool,
    allow_private: bool,
    verbose: bool,
) -> None:
    """Crawl the watchlist once: for cron, a systemd timer or a Kubernetes CronJob.

    Exit code 4 where another run is at work in this home. A shard's home is `shard=I-of-N` under ROLECALL_HOME; `auto`
    takes I from JOB_COMPLETION_INDEX.
    """
    from scraper.crawl.home import home
    from scraper.crawl.lock import Held, run_lock

    given = all_settings(private(allow_private) | ({"ROLECALL_MASK_ARCHIVE": True} if mask_archive else {}), settings)
    watchlist = opened(place)
    if not watchlist.watched and watchlist.faults:
        raise click.UsageError(f"no line of the watchlist is right; the first: {watchlist.faults[0]}")
    if not watchlist.watched:  # a list that was cut off must not look like a success every night
        raise click.UsageError(NO_TARGET.format(place_of(place)))
    wanted = [w for w in watchlist.watched if (not groups or w.group in groups) and (not tags or w.tags & {*tags})]
    if not wanted and (groups or tags):
        raise click.UsageError(f"no target has the group or tag {', '.join((*groups, *tags))}")
    faults, crowded = watchlist.faults, list[str]()
    if shard:
        wanted, crowded, first, state = sharded(wanted, shard, state)
        faults = faults if first else []
    faulty = [f"{len(faults)} faulty lines in the watchlist: rolecall watch check"] if faults else []
    if dry_run:
        chosen, line = choose(wanted, due, limit)
        for watched, why in chosen:
            click.echo(f"{watched.name}\t{why}")
        if state:
            faulty.append(f"{state} was not asked: what is due is by the store of this home")
        for note in (line, *crowded, *faulty):
            click.echo(note, err=True)
        return
    id = new_run()
    with ExitStack() as stack:
        try:
            crashed = stack.enter_context(run_lock(id))
        except Held as error:
            click.echo(str(error), err=True)
            sys.exit(4)
        except OSError as error:
            raise click.ClickException(f"cannot write {home() / 'run.lock'}: {error.strerror or error}") from None
        restored = stack.enter_context(kept(state, id))
        chosen, line = choose(wanted, due, limit)
        also = [line, *([restored] if restored else []), *crowded]
        if not chosen:
            click.echo("; ".join([*also, *([crashed] if crashed else []), *faulty]), err=True)
            return
        code = carry_out(
            [watched.job for watched, _ in chosen],
            output,
            given,
            run=id,
            resume=resume,
            verbose=verbose,
            keep_contacts=keep_contacts,
            beside=map(fault_report, faults),
            crashed=crashed,
            notify=watchlist.notify,
            also=also,
        )
    sys.exit(code)


def sharded(
    wanted: "Sequence[Watched]", text: str, state: str | None
) -> "tuple[list[Watched], list[str], bool, str | None]":
    """The targets of a shard, lines on hosts that have more than their share, whether it is the first one, and where
    its state is. From here on its folder is the home.
    """
    from scraper.crawl.shards import of_shard, settle_in, shard_named

    try:
        shard = shard_named(text)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--shard") from None
    own, crowded = of_shard(wanted, shard)
    settle_in(shard)
    return own, crowded, shard.index == 0, f"{state.rstrip('/')}/{shard.folder}" if state else None


@contextmanager
def kept(url: str | None, run: str) -> Iterator[str | None]:
    """Bring the store that is kept at an address, and send it back after a run; a line on what was brought."""
    from scraper.crawl.home import home
    from scraper.crawl.shards import State, StateError

    if not url:
        yield None
        return
    try:
        state = State(url)
        yield state.restore()
        report = home() / "runs" / f"{run}.json"
        if report.exists():
            click.echo(state.save(run, report), err=True)
    except StateError as error:
        raise click.ClickException(str(error)) from None


def choose(wanted: "Sequence[Watched]", due: bool, limit: int | None) -> "tuple[list[tuple[Watched, str]], str]":
    """The targets to crawl now, the longest overdue first, each with why; and one line on all of them."""
    from scraper.crawl.schedule import standing

    now = datetime.now(UTC)
    past = past_of(watched.name for watched in wanted)
    found: list[tuple[datetime, Watched, str]] = []
    left: Counter[str] = Counter()
    for watched in wanted:
        stands = standing(past.get(watched.name), watched.every, now)
        if stands.state == "retired" or (due and stands.state not in ("new", "due")):
            left[stands.state] += 1
        elif watched.job.quiet and watched.job.quiet.holds(now):
            left["in quiet hours"] += 1
        else:
            found.append((stands.due, watched, stands.why or stands.state))
    found.sort(key=lambda row: row[0])
    chosen = found[:limit]
    left["over the limit"] += len(found) - len(chosen)
    rest = ", ".join(f"{count} {state}" for state, count in left.items() if count)
    line = f"{len(chosen)} of {len(wanted)} targets " + ("due" if due else "chosen") + (f" ({rest})" if rest else "")
    return [(watched, why) for _, watched, why in chosen], line if chosen else f"nothing to do: {line}"


def fault_report(fault: "Fault") -> "TargetReport":
    """A report for a faulty line of the watchlist: its target was not crawled."""
    from scraper.crawl.report import TargetReport

    report = TargetReport(fault.target or f"{fault.file}:{fault.line}")
    report.stop("broken", str(fault))
    return report


# -- shards -----------------------------------------------------------------------------------------------------------


@click.command()
@click.argument("homes", nargs=-1, required=True, metavar="SHARD_DIR...")
@click.option(
    "-o",
    "--output",
    metavar="DIR_OR_DB",
    type=click.Path(path_type=Path),
    help="A new folder, or a new file that ends with .db.",
)
@click.option("--view", is_flag=True, help="Merge nothing: print a DuckDB view over the shards' exports.")
def merge(homes: tuple[str, ...], output: Path | None, view: bool) -> None:
    """Make one catalogue of the homes of shards: one store, clusters over all of it, one run report.

    A home that holds `shard=I-of-N` folders stands for all of them; so does the address that `run --state` was given.
    The shards are only read. Exit code 1 where one of them is missing, else that of their newest runs.
    """
    from scraper.cluster import clusters
    from scraper.crawl.shards import missing_shards, never_ran, newest_reports, shard_homes, store_in, view_of
    from scraper.store import StoreError, open_store
    from scraper.store.merge import merge_stores, merged_report
    from scraper.whole import write_whole

    one_of({"--view": view, "-o": output})
    if view and any("://" in home for home in homes):
        raise click.UsageError("--view reads the exports in folders of this machine")
    found = shard_homes(folder for home in homes for folder in folders_of(home))
    if view:
        try:
            click.echo(view_of(found))
        except ValueError as error:
            raise click.UsageError(str(error)) from None
        return
    if output is None:
        raise click.UsageError("-o DIR_OR_DB says where the catalogue goes")
    to = output if output.suffix == ".db" else output / "rolecall.db"
    missing = missing_shards(found)
    held = {home: file for home in found if (file := store_in(home))}  # a shard may have no target, and no store
    stores = list(held.values())
    if not stores:
        raise click.UsageError(f"no store in {', '.join(map(str, homes))}")
    try:
        done = merge_stores(stores, to)
    except StoreError as error:
        raise click.UsageError(str(error)) from None
    except OSError as error:
        raise click.UsageError(f"cannot write {to}: {error.strerror or error}") from None
    store = open_store(to)
    broken = False
    try:
        one, joined = clusters(json.loads(row["record"]) for row in store.postings())
    except (ValueError, KeyError, TypeError, AttributeError):
        broken = True
    if broken:  # only here is the query let go of
        store.close()
        to.unlink()  # not half a catalogue
        raise click.ClickException("a shard's stored record is broken; `rolecall verify` of each says which")
    store.set_clusters(one, [(join.first, join.second, join.because) for join in joined])
    store.close()
    for home in [home for home in held if never_ran(home)]:
        click.echo(f"{home} has no run report", err=True)
    reports = newest_reports(home for home in held if not never_ran(home)) | dict.fromkeys(
        f"shard={name.replace('/', '-of-')}" for name in missing
    )
    report = merged_report(new_run(), reports)
    folder = to.parent / "runs"
    write_whole(folder / f"{report['run']}.json", json.dumps(report, ensure_ascii=False) + "\n")
    click.echo(report["line"], err=True)
    click.echo(
        f"{done.postings} postings, {done.events} events, {done.crawls} crawls of {len(stores)} stores in {to}; "
        f"{len(set(one.values()))} clusters; {done.shared} postings stood in several stores",
        err=True,
    )
    sys.exit(int(str(report["exit"])))


def folders_of(place: str) -> list[Path]:
    """A folder or store of this machine; of an address, copies that are gone when the command ends."""
    from scraper.crawl.shards import StateError, brought

    if "://" not in place:
        if not Path(place).exists():
            raise click.UsageError(f"{place}: no such folder")
        return [Path(place)]
    try:
        return brought(place, Path(click.get_current_context().with_resource(TemporaryDirectory())))
    except (StateError, OSError) as error:
        raise click.UsageError(str(error)) from None


VERBS = (watch, run, merge)
