"""The verbs that hand postings on, and the contract of what they hand on."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scraper.cli.options import KEEP_CONTACTS, STORE, Time, at_store, not_written, one_of

if TYPE_CHECKING:
    from scraper.store import Store

FORMATS = ("jsonl", "csv", "xlsx", "parquet", "jsonld", "duckdb")


def chosen(value: str, known: Iterable[str], what: str) -> str:
    """The code that is meant, whatever its case. Raises `click.BadParameter`, with the nearest one."""
    by_fold = {name.casefold(): name for name in known}
    if value.casefold() in by_fold:
        return by_fold[value.casefold()]
    near = get_close_matches(value.casefold(), by_fold, 1)
    raise click.BadParameter(
        f"no {what} is called {value!r}" + (f"; did you mean {by_fold[near[0]]!r}?" if near else "")
    )


class Code(click.ParamType[str]):
    """One of the codes that a function names."""

    def __init__(self, name: str, known: Callable[[], Iterable[str]]) -> None:
        self.name = name
        self.known = known

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        return chosen(value, self.known(), self.name)


class Codes(click.ParamType[tuple[str, ...]]):
    """Several of them, apart by commas."""

    def __init__(self, name: str, known: Callable[[], Iterable[str]]) -> None:
        self.name = name
        self.known = known

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, ...]:
        if isinstance(value, tuple):
            return value
        parts = [part.strip() for part in value.split(",") if part.strip()]
        if not parts:
            self.fail(f"{value!r} names no {self.name}", param, ctx)
        return tuple(dict.fromkeys(chosen(part, self.known(), self.name) for part in parts))


def skills() -> list[str]:
    """Every skill that the vocabulary names."""
    from scraper.words import load

    return [name for file in ("skills", "skills_sourced") for kind in load(file).values() for name in kind]


def workplaces() -> list[str]:
    from scraper.posting import Workplace

    return [code.value for code in Workplace]


def levels() -> list[str]:
    from scraper.posting import Seniority

    return [code.value for code in Seniority]


def fields_of_a_posting() -> list[str]:
    from scraper.posting import Posting

    return list(Posting.model_fields)


def partitions() -> list[str]:
    from scraper.store.store import PARTITIONS

    return list(PARTITIONS)


class Country(click.ParamType[str]):
    """A country's code; its name in any language is answered with the code."""

    name = "country"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        from scraper.words.places import country_of

        code = country_of(value)
        if code is None or value.upper() not in (code, "UK"):
            self.fail(
                f"{value!r} is no ISO 3166-1 alpha-2 code" + (f"; did you mean {code!r}?" if code else ", e.g. DE"),
                param,
                ctx,
            )
        return code


def named_boards(store: "Store", given: Iterable[str]) -> list[str]:
    """Boards of the store or of Rolecall."""
    from pkgutil import iter_modules

    import spiders

    known = [*store.boards(), *(module.name for module in iter_modules(spiders.__path__))]
    return [chosen(name, known, "board") for name in given]


def named_employers(store: "Store", given: Iterable[str]) -> list[str]:
    """Employers of the store, by slug, name, or `board:slug`: all that are called so."""
    if not given:
        return []
    employers: Mapping[str, str] = store.employers()
    known: dict[str, list[str]] = {}
    for full, name in employers.items():
        for called in {full, full.partition(":")[2], name}:
            known.setdefault(called.casefold(), []).append(full)
    spelled = [called for full, name in employers.items() for called in (full, full.partition(":")[2], name) if called]
    return sorted({full for name in given for full in known[chosen(name, spelled, "employer").casefold()]})


@click.command()
@STORE
@click.option(
    "-o",
    "--output",
    default="-",
    metavar="FILE",
    help="Where to write: a file, a folder for --partition, an address such as s3://…; `-` is stdout.  [default: -]",
)
@click.option(
    "--format", "given", type=click.Choice(FORMATS), help="Format.  [default: what FILE ends with; else jsonl]"
)
@click.option(
    "--partition",
    "partition",
    type=Codes("partition", partitions),
    multiple=True,
    metavar="NAME",
    help="A folder of Parquet files by board, country, language, month or workplace; several apart by commas.",
)
@click.option("--open", "open_only", is_flag=True, help="Open postings only (this is the default, but for --crawl).")
@click.option("--all", "closed_too", is_flag=True, help="Closed ones too.")
@click.option("--since", type=Time(), metavar="TIME", help="Postings with an event since an ISO 8601 date or time.")
@click.option(
    "--crawl",
    "number",
    type=int,
    metavar="N",
    help="Postings that crawl number N saw, closed ones too, as they are known today.",
)
@click.option(
    "--board",
    "boards",
    multiple=True,
    metavar="BOARD",
    help="Postings of this board. This and the filters below may be repeated: any will do.",
)
@click.option(
    "--employer", "employers", multiple=True, metavar="NAME", help="Of this employer: slug, name, or BOARD:SLUG."
)
@click.option(
    "--country", "countries", type=Country(), multiple=True, metavar="CODE", help="With a place in this country."
)
@click.option(
    "--skill", "skills", type=Code("skill", skills), multiple=True, metavar="NAME", help="That name this skill."
)
@click.option(
    "--workplace",
    "workplaces",
    type=Code("workplace", workplaces),
    multiple=True,
    metavar="CODE",
    help="remote, hybrid or onsite.",
)
@click.option(
    "--level", "levels", type=Code("level", levels), multiple=True, metavar="CODE", help="Of this level, e.g. senior."
)
@click.option("--fields", type=Codes("field", fields_of_a_posting), metavar="A,B,C", help="These fields only.")
@click.option("--one-per-cluster", is_flag=True, help="One posting of each job, the employer's own first.")
@KEEP_CONTACTS
def export(
    path: Path | None,
    output: str,
    given: str | None,
    partition: tuple[tuple[str, ...], ...],
    open_only: bool,
    closed_too: bool,
    number: int | None,
    boards: tuple[str, ...],
    employers: tuple[str, ...],
    fields: tuple[str, ...] | None,
    keep_contacts: bool,
    **filters: Any,
) -> None:
    """Write postings of the store. A file appears whole, or not at all, with a datapackage.json beside it that says
    what it holds. People's contacts are masked.
    """
    from scraper.export.output import OutputError
    from scraper.export.records import Export
    from scraper.export.run import WHOLE_RECORDS, export_to, format_of

    one_of({"--open": open_only, "--all": closed_too})
    by = tuple(dict.fromkeys(name for names in partition for name in names))
    store = at_store(path)
    click.get_current_context().call_on_close(store.close)
    if number is not None and number not in {row["n"] for row in store.crawls()}:
        raise click.UsageError(f"no crawl {number} in the store")
    which = {
        "state": "open" if open_only or (number is None and not closed_too) else "all",
        "crawl": number,
        "boards": named_boards(store, boards),
        "employers": named_employers(store, employers),
        **filters,
    }
    done = Export(store, which, fields, keep_contacts, by)
    try:
        kind = format_of(output, given, bool(by))
        if fields and kind in WHOLE_RECORDS:
            raise click.UsageError(f"{kind} needs every field; leave --fields out")
        export_to(done, output, kind, datetime.now(UTC))
    except OutputError as error:
        raise click.UsageError(str(error)) from None
    except ImportError as error:
        raise click.UsageError(f"{output} needs {error.name}: pip install 'rolecall[tables]'") from None
    except OSError as error:
        not_written(output, error)
    kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(done.masked.items()))
    masked = f"{done.masked.total()} contacts masked" + (f" ({kinds})" if kinds else "")
    click.echo(f"{done.rows} postings; {'contacts kept' if keep_contacts else masked}", err=True)
    if filters["one_per_cluster"] and done.rows and not store.clustered():
        done.notes.append("no posting is in a cluster, so all are there; `rolecall cluster` finds which are one job")
    for note in done.notes:
        click.echo(note, err=True)


@click.command()
@click.option(
    "--format",
    "form",
    type=click.Choice(["json", "markdown", "html", "duckdb"]),
    default="json",
    show_default=True,
    help="JSON Schema 2020-12, the data dictionary as a page, or a macro for DuckDB to read JSON Lines.",
)
@click.option(
    "--store",
    "path",
    type=click.Path(path_type=Path),
    is_flag=False,
    flag_value=Path(),
    metavar="[FILE]",
    help="Say how a store fills each field: how often, with how many values. Without FILE: that of ROLECALL_HOME.",
)
def schema(form: str, path: Path | None) -> None:
    """Print the contract of an exported line."""
    import json

    from scraper.export.contract import duckdb_macro, filled_fields, html, json_schema, markdown
    from scraper.export.records import BrokenRecord

    if form == "duckdb":
        if path is not None:
            raise click.UsageError("the macro for DuckDB says nothing of a store; leave --store out")
        click.echo(duckdb_macro(), nl=False)
        return
    filled = None
    if path is not None:
        try:
            filled = filled_fields(at_store(path if path != Path() else None))
        except BrokenRecord as error:
            raise click.UsageError(f"{error}; `rolecall verify` says more") from None
    if form == "json":
        made = json_schema()
        if filled is not None:
            made["x-filled"] = {name: {"share": f.share, "distinct": f.distinct} for name, f in sorted(filled.items())}
        click.echo(json.dumps(made, ensure_ascii=False, indent=1))
    else:
        click.echo({"markdown": markdown, "html": html}[form](filled), nl=False)


VERBS = (export, schema)
