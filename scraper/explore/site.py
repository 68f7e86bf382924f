"""The explorer: Datasette over the tables, read-only, with a page for each posting and one for the beginning."""

import asyncio
import csv
import ipaddress
import logging
import re
import socket
import sqlite3
import tomllib
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from contextlib import suppress
from functools import reduce
from importlib.resources import files
from operator import and_
from pathlib import Path
from types import SimpleNamespace
from typing import Any, TypeVar
from urllib.parse import quote, unquote

import orjson
import uvicorn
from datasette import hookimpl
from datasette.app import Datasette
from datasette.database import Database, QueryInterrupted
from datasette.facets import Facet
from datasette.filters import FilterArguments, Filters
from datasette.plugins import pm
from datasette.utils import await_me_maybe, path_with_added_args, path_with_removed_args, to_css_class
from datasette.utils.asgi import NotFound, Request, Response
from datasette.views import base
from markupsafe import Markup, escape

from scraper.explore.flat import FACETS, LISTS, TABLES
from scraper.explore.page import posting_page, web_address
from scraper.explore.refresh import bits_of, read_only, shortened
from scraper.export.flat import harmless
from scraper.store import StoreError

HERE = files("scraper.explore")
DATABASE = "explore"

HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:;"
    " base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
HOST = re.compile(r"(?:\[([0-9a-fA-F:.]+)\]|([\w.-]+))(?::\d{1,5})?")
CLOSED = ("/-/", "/_")
"""Beginnings of Datasette's paths that nobody here needs: its pages about itself, its own databases."""

TITLES = {
    "postings": ("Postings", "One row is one job, as it was last read."),
    "skills": ("Skills", "One row is a technology that a posting names."),
    "benefits": ("Benefits", "One row is something that a posting offers beyond base pay."),
    "locations": (
        "Places",
        "One row is a place of a posting: where the work is done, or where a remote worker may sit.",
    ),
    "events": ("Events", "One row is something that a crawl learned; of a change, one field."),
    "crawls": ("Crawls", "One row is one target of one crawl."),
}
NEWEST = {"postings": "first_seen_at", "events": "n", "crawls": "n"}
COUNTED_BY = {
    "skills": ["need", "kind", "name"],
    "benefits": ["code"],
    "locations": ["kind", "country"],
    "events": ["kind", "field", "target"],
    "crawls": ["outcome", "target"],
}

KEPT = frozenset(f"datasette.{name}" for name in "facets filters sql_functions default_permissions forbidden".split())
"""Parts of Datasette that are used. Others, and plugins that happen to be installed, may write or ask the network."""

log = logging.getLogger("rolecall.explore")

LONG = 50_000
"""Rows of a list from which on it is looked into, not gone by."""

KEYS = {f"_{name}" if name in LISTS else name: name for name in FACETS}
"""Arguments of the page of postings that choose by a usual facet, and which."""

App = Callable[..., Awaitable[None]]
Method = TypeVar("Method", bound=Callable[..., Any])
hook: Callable[[Method], Method] = hookimpl


def queries() -> dict[str, dict[str, Any]]:
    """The questions with an answer at hand."""
    return tomllib.loads(HERE.joinpath("queries.toml").read_text(encoding="utf-8"))


def metadata() -> dict[str, Any]:
    """What Datasette is told of the tables, in the words of the contract."""
    tables: dict[str, Any] = {}
    for name, columns in TABLES.items():
        title, description = TITLES[name]
        facets: list[Any] = [{"listed": facet} for facet in FACETS] if name == "postings" else COUNTED_BY[name]
        tables[name] = {
            "title": title,
            "description": description,
            "columns": {column.name: column.description for column in columns},
            "facets": facets,
            "label_column": "title" if name == "postings" else columns[1].name,
        }
        if name in NEWEST:
            tables[name]["sort_desc"] = NEWEST[name]
    tables["postings"] |= {"fts_table": "postings_fts", "fts_pk": "n"}
    tables |= {name: {"hidden": True} for name in ("_facets", "_about")}
    asked = {
        name: {
            "title": query["title"],
            "description": query["description"],
            "sql": query["sql"].strip(),
            "hide_sql": True,
        }
        | {"params": list(query["given"])}
        for name, query in queries().items()
    }
    return {"title": "Rolecall", "databases": {DATABASE: {"title": "Tables", "tables": tables, "queries": asked}}}


class Explorer:
    """The plugin: it knows the store, and gives Datasette its pages, its facets and its manners."""

    __name__ = "rolecall"

    def __init__(self, store: Path, contacts: bool, names: frozenset[str], any_address: bool) -> None:
        self.store = store
        self.contacts = contacts
        self.names = names
        self.any_address = any_address

    # -- pages --------------------------------------------------------------------------------------------------------

    @hook
    def register_routes(self) -> list[tuple[str, Callable[..., Awaitable[Response]]]]:
        return [
            (r"^/posting/(?P<id>.+)$", self.posting),
            (rf"^/{DATABASE}/postings/(?P<n>[^/.]+)$", self.row_of_posting),
        ]

    async def row_of_posting(self, request: Request, datasette: Datasette) -> Response:
        """A row's page is its posting's."""
        rows = await datasette.get_database(DATABASE).execute(
            "SELECT id FROM postings WHERE n = ?", [request.url_vars["n"]]
        )
        if not rows.rows:
            raise NotFound("No such posting; its number changes when it does, its id stays.")
        return Response.redirect(posting_path(rows.rows[0]["id"]))

    async def posting(self, request: Request, datasette: Datasette) -> Response:
        """One posting, its text marked with what was read from it."""
        id = unquote(request.url_vars["id"])
        try:
            page = await asyncio.to_thread(self.read_posting, id)
        except (StoreError, sqlite3.Error) as error:
            return await self.sorry(request, datasette, 503, "The store does not answer", str(error))
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            return await self.sorry(
                request, datasette, 500, "This record cannot be read", f"{id}: {error}; `rolecall verify` says more"
            )
        if page is None:
            return await self.sorry(request, datasette, 404, "No such posting", f"The store has no posting {id}.")
        same = await datasette.get_database(DATABASE).execute(
            "SELECT id, title, employer, board, places, state FROM postings WHERE id <> :id AND cluster ="
            " (SELECT cluster FROM postings WHERE id = :id) ORDER BY state DESC, board, id",
            {"id": id},
        )
        page["same"] = [dict(row) for row in same.rows]
        return Response.html(await datasette.render_template("posting.html", page, request=request))

    def read_posting(self, id: str) -> dict[str, Any] | None:
        """What the page shows, from the store as it is now."""
        store = read_only(self.store)
        try:
            return posting_page(store, id, self.contacts)
        finally:
            store.close()

    async def sorry(self, request: Request, datasette: Datasette, status: int, title: str, said: str) -> Response:
        """A page that says what is wrong."""
        context = {"title": title, "error": said, "status": status}
        return Response.html(await datasette.render_template("error.html", context, request=request), status=status)

    @hook
    def extra_template_vars(self, view_name: str, datasette: Datasette) -> Any:
        async def given() -> dict[str, Any]:
            common = {"posting_path": posting_path, "tables_said": TITLES, "masked": not self.contacts}
            return common | (await beginning(datasette) if view_name == "index" else {})

        return given

    @hook
    def prepare_jinja2_environment(self, env: Any) -> None:
        order = {name: number for number, name in enumerate(FACETS)}
        env.filters["in_order"] = lambda facets: sorted(
            facets, key=lambda facet: (order.get(facet["name"], -1), facet["name"])
        )
        env.filters["coded"] = lambda text: Markup(re.sub("`([^`]*)`", r"<code>\1</code>", str(escape(text or ""))))
        env.filters["cells"] = cells
        env.filters["in_words"] = lambda name: str(name).replace("_", " ")
        env.filters["moment"] = lambda at: str(at or "").replace("T", " ").removesuffix("Z")[:16]

    # -- tables -------------------------------------------------------------------------------------------------------

    @hook
    def render_cell(self, row: Any, value: Any, column: str, table: str | None) -> Any:
        names = row.keys()
        if isinstance(value, dict):
            return Markup('<a href="/{}/postings/{}">{}</a>').format(DATABASE, value["value"], value["label"])
        if column == "title" and value and "id" in names and row["id"]:
            return link(posting_path(row["id"]), value)
        if column == "title" and table == "postings":
            return Markup('<a href="/{}/postings/{}">{}</a>').format(DATABASE, row["n"], value)
        if value and isinstance(value, str):
            if column in ("id", "posting", "cluster"):
                return link(posting_path(value), value)
            if "://" not in value and value.isascii():
                return None  # runs from left to right, as the page does
            if address := web_address(value):
                return Markup('<a href="{}" rel="noopener noreferrer nofollow">{}</a>').format(address, value)
            return Markup("<bdi>{}</bdi>").format(value)
        if (
            isinstance(value, float)
            and value.is_integer()
            and column.startswith(("salary", "lowest", "median", "highest"))
        ):
            return f"{value:,.0f}"
        return None

    @hook
    def register_facet_classes(self) -> list[type[Facet]]:
        return [Listed]

    @hook
    async def filters_from_request(self, request: Request, table: str, datasette: Datasette) -> FilterArguments | None:
        if table != "postings":
            return None
        clauses, params, said = [], {}, []
        rows = await noted(datasette, LISTS) if any(f"_{name}" in request.args for name in LISTS) else {}
        for name, (of, column) in LISTS.items():
            for number, value in enumerate(request.args.getlist(f"_{name}")):
                # A plus keeps SQLite from going by a long list, row by row, where another index leads to fewer.
                n = "+n" if rows.get((name, value), 0).bit_count() > LONG else "n"
                clauses.append(f"{n} IN (SELECT posting FROM {of} WHERE {column} = :_{name}_{number})")
                params[f"_{name}_{number}"] = value
                said.append(f"{name} is {value}")
        return FilterArguments(clauses, params, said)

    @hook
    def handle_exception(self, datasette: Datasette, request: Request, exception: Exception) -> Any:
        """What went wrong in one line, in place of Datasette's own page and its print of every variable."""

        async def answer() -> Response:
            status = getattr(exception, "status", 500)
            title, said = getattr(exception, "title", None), getattr(exception, "message", None) or str(exception)
            if isinstance(exception.__context__, QueryInterrupted):
                title, said = "The query took too long", "`--sql-seconds` allows more; a filter on a column may help."
            if status == 500:
                log.error("%s: %s: %s", request.path, type(exception).__name__, said)
            if request.path.partition("?")[0].endswith(".json"):
                return Response.json({"ok": False, "error": said, "status": status, "title": title}, status=status)
            return await self.sorry(request, datasette, status, title or f"Error {status}", said)

        return answer

    # -- manners ------------------------------------------------------------------------------------------------------

    @hook
    def asgi_wrapper(self) -> Callable[[App], App]:
        return lambda app: polite(app, self.expected)

    def expected(self, host: str) -> bool:
        """Whether a Host header names this server: a name of another site that leads here is somebody's trick."""
        found = HOST.fullmatch(host)
        name = (found[1] or found[2]).lower() if found else ""
        if name in self.names:
            return True
        try:
            return self.any_address and bool(ipaddress.ip_address(name))
        except ValueError:
            return False


def polite(app: App, expected: Callable[[str], bool]) -> App:
    """The app with its manners: it reads only, answers to its own name, and lets its pages load nothing of others."""

    async def answer(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return

        async def send_with_headers(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                kept = [pair for pair in message.get("headers", []) if pair[0].lower().decode("latin-1") not in HEADERS]
                message = message | {
                    "headers": kept + [(name.encode(), value.encode()) for name, value in HEADERS.items()]
                }
            await send(message)

        host = dict(scope["headers"]).get(b"host", b"").decode("latin-1")
        path = scope.get("raw_path", b"").decode("latin-1").partition("?")[0] or scope["path"]
        if not expected(host):
            refused = Response.text("This name is not served here.", status=421)
        elif scope["method"] not in ("GET", "HEAD"):
            refused = Response.text("Nothing can be written here.", status=405, headers={"Allow": "GET, HEAD"})
        elif path.startswith(CLOSED):
            refused = Response.text("Nothing here.", status=404)
        else:
            await app(scope, receive, send_with_headers)
            return
        await refused.asgi_send(send_with_headers)

    return answer


def posting_path(id: str) -> str:
    """The path of a posting's page."""
    return f"/posting/{quote(id, safe=':')}"


def cells(row: Iterable[Mapping[str, Any]]) -> Markup:
    """A row of a table as HTML. A page has thousands of cells: a template takes as long over them as all else takes."""
    made = []
    for cell in row:
        name, raw = cell["column"], cell["raw"]
        if name != "n" and not cell.get("is_special_link_column"):
            of = f"col-{to_css_class(name)} number" if isinstance(raw, int | float) else f"col-{to_css_class(name)}"
            whole = f' title="{escape(shortened(raw))}"' if isinstance(raw, str) and len(raw) > 30 else ""
            made.append(f'<td class="{of}"{whole}>{escape(cell["value"])}</td>')
    return Markup("".join(made))


def link(path: str, text: str) -> Markup:
    """A link within the explorer; its text may run either way."""
    return Markup('<a href="{}"><bdi>{}</bdi></a>').format(path, text)


async def beginning(datasette: Datasette) -> dict[str, Any]:
    """What the first page says."""
    db = datasette.get_database(DATABASE)

    async def rows(sql: str) -> list[dict[str, Any]]:
        return [dict(row) for row in (await db.execute(sql)).rows]

    facets = await noted(datasette, ("state", "board"))
    still = facets.get(("state", "open"), 0)
    boards = [(-(bits & still).bit_count(), value) for (facet, value), bits in facets.items() if facet == "board"]
    (crawl,) = await rows(
        "SELECT max(started_at) AS last, count(DISTINCT target) AS targets,"
        " (SELECT count(*) FROM crawls WHERE run = (SELECT run FROM crawls ORDER BY n DESC LIMIT 1)) AS together,"
        " (SELECT count(*) FROM crawls WHERE run = (SELECT run FROM crawls ORDER BY n DESC LIMIT 1)"
        "  AND outcome NOT IN ('ok', 'empty')) AS trouble FROM crawls"
    )
    (employers,) = await rows("SELECT count(DISTINCT employer) AS count FROM postings")
    terms = await rows("SELECT DISTINCT attribution AS said FROM postings WHERE attribution IS NOT NULL LIMIT 20")
    return {
        "states": {
            value: facets["state", value].bit_count() for value in ("open", "closed") if ("state", value) in facets
        },
        "boards": [{"name": name, "count": -count} for count, name in sorted(boards) if count],
        "crawl": crawl,
        "employers": employers["count"],
        "terms": [row["said"] for row in terms],
        "counts": await db.table_counts(),
        "questions": queries(),
    }


class Listed(Facet):  # type: ignore[misc]
    """Counts of the usual facets of postings, those of lists of values included, by the rows noted for each value."""

    type = "listed"

    async def facet_results(self) -> tuple[list[dict[str, Any]], list[str]]:
        asked = [name for name in FACETS if any(name == each["config"]["simple"] for each in self.get_configs())]
        if self.table != "postings" or not asked:
            return [], []
        size = self.get_facet_size()
        rows = await noted(self.ds, asked)
        try:
            chosen = await self.chosen(rows)
        except QueryInterrupted:
            return [], asked
        counts: dict[str, list[tuple[int, str]]] = {name: [] for name in asked}
        for (facet, value), bits in rows.items():
            if count := (bits & chosen).bit_count():
                counts[facet].append((-count, value))
        return [
            {
                "name": name,
                "type": self.type,
                "hideable": False,
                "toggle_url": "",
                "results": [self.result(name, value, -count) for count, value in sorted(found)[:size]],
                "truncated": len(found) > size,
            }
            for name, found in counts.items()
        ], []

    async def chosen(self, rows: Mapping[tuple[str, str], int]) -> int:
        """The rows of the page's filters as bits: by what is noted where they all are usual facets, else by a query."""
        filters = [(key, value) for key, value in self.get_querystring_pairs() if filtering(key)]
        if all(key in KEYS for key, _ in filters):
            return reduce(and_, (rows.get((KEYS[key], value), 0) for key, value in filters), -1)
        own = [(key, value) for key, value in filters if not key.startswith("_") or "__" in key]
        where, params = Filters(sorted(own)).build_where_clauses(self.table)  # `self.sql` leaves out earlier pages
        for hooked in pm.hook.filters_from_request(
            request=self.request, table=self.table, database=self.database, datasette=self.ds
        ):
            if more := await await_me_maybe(hooked):
                where += more.where_clauses
                params |= more.params
        sql = f"SELECT json_group_array(n) FROM postings WHERE {' AND '.join(where) or 1}"
        limit = self.ds.setting("facet_time_limit_ms")
        found = await self.ds.execute(self.database, sql, params, custom_time_limit=limit)
        return bits_of(orjson.loads(found.rows[0][0]))

    def result(self, name: str, value: str, count: int) -> dict[str, Any]:
        """A value of a facet, and where a click on it leads."""
        key = f"_{name}" if name in LISTS else name
        selected = (key, value) in self.get_querystring_pairs()
        if selected:
            path = path_with_removed_args(self.request, {key: value})
        else:
            path = path_with_added_args(self.request, {key: value, "_next": None})
        return {"value": value, "label": value, "count": count, "toggle_url": path, "selected": selected}


async def noted(datasette: Datasette, facets: Collection[str]) -> dict[tuple[str, str], int]:
    """Facet and value to the rows that have it, as bits."""
    of = ", ".join("?" * len(facets))
    sql = f"SELECT facet, value, rows FROM _facets WHERE facet IN ({of})"
    found = await datasette.get_database(DATABASE).execute(sql, list(facets))
    return {(facet, value): int.from_bytes(rows, "little") for facet, value, rows in found.rows}


def filtering(key: str) -> bool:
    """Whether an argument of a table's page chooses rows."""
    return (
        not key.startswith("_")
        or key in {"_search", "_where", "_through", *(f"_{name}" for name in LISTS)}
        or "__" in key
        or key.startswith("_search_")
    )


# -- serving ----------------------------------------------------------------------------------------------------------


class Sheet:
    """In the place of Datasette's `csv`: its writer, with no cell that a spreadsheet would run."""

    @staticmethod
    def writer(out: Any) -> Any:
        made = csv.writer(out)
        return SimpleNamespace(writerow=lambda row: made.writerow(map(harmless, row)))


def application(
    store: Path, tables: Path, *, contacts: bool = False, sql: bool = True, seconds: float = 5, host: str = "127.0.0.1"
) -> Any:
    """The explorer as an ASGI application. `seconds` is the most that a query may take."""
    for plugin in list(pm.get_plugins()):
        if pm.get_name(plugin) not in KEPT:
            pm.unregister(plugin)
    loopback = host in LOOPBACK
    names = LOOPBACK if loopback else LOOPBACK | {host.lower(), socket.gethostname().lower()}
    base.csv = Sheet
    pm.register(Explorer(store, contacts, names, any_address=not loopback), "rolecall")
    datasette = Datasette(
        memory=True,  # or it would look for files; it is taken out below
        metadata=metadata(),
        template_dir=str(HERE / "templates"),
        static_mounts=[("static", str(HERE / "static"))],
        settings={
            "sql_time_limit_ms": int(seconds * 1000),
            "facet_time_limit_ms": 500,  # lists of most of a large store may take longer; the page says so then
            "default_facet_size": 12,
            "default_page_size": 50,
            "suggest_facets": False,  # they cost a query a column, and the usual ones stand there already
            "default_allow_sql": sql,
            "allow_download": False,
            "default_cache_ttl": 0,  # the store may have changed since
            "truncate_cells_html": 300,
        },
    )
    datasette.remove_database("_memory")
    datasette.add_database(Tables(datasette, str(tables)), name=DATABASE)
    return datasette.app()


class Tables(Database):  # type: ignore[misc]
    """The derived tables, opened so that nothing can be written, whatever the characters of their path."""

    def connect(self, write: bool = False) -> sqlite3.Connection:
        made = sqlite3.connect(f"file:{quote(self.path)}?mode=ro", uri=True, check_same_thread=False, timeout=30)
        made.execute("PRAGMA query_only = 1")
        made.execute("PRAGMA mmap_size = 2147483648")
        made.execute("PRAGMA cache_size = -64000")
        self._all_file_connections.append(made)
        return made

    async def table_counts(self, limit: int = 10) -> dict[str, int]:
        """Rows of the tables that are shown; the index of words cannot be counted."""
        return {name: (await self.execute(f"SELECT count(*) FROM {name}")).rows[0][0] for name in TABLES}


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens; port 0 takes a free one. Raises `OSError`."""
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    made = socket.socket(family, kind, protocol)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(address)
        made.listen(64)
    except OSError:
        made.close()
        raise
    return made


def serve(app: Any, at: socket.socket) -> None:
    """Answer until Ctrl-C."""
    with suppress(KeyboardInterrupt):
        uvicorn.Server(uvicorn.Config(app, log_level="warning", server_header=False, lifespan="on")).run([at])
