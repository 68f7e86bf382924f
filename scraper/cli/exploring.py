"""The verb that opens the explorer."""

import sys
from pathlib import Path

import click

from scraper.cli.options import KEEP_CONTACTS, STORE


@click.command()
@STORE
@click.option("--host", default="127.0.0.1", metavar="NAME", show_default=True, help="Address or name to listen on.")
@click.option(
    "--port", default=8518, type=click.IntRange(0, 65535), show_default=True, help="Port; 0 takes a free one."
)
@click.option("--open", "browser", is_flag=True, help="Open the page in a browser.")
@KEEP_CONTACTS
@click.option("--no-sql", is_flag=True, help="Allow no queries but those at hand.")
@click.option(
    "--sql-seconds",
    default=5.0,
    type=click.FloatRange(0.1, 600),
    show_default=True,
    help="Seconds that a query may take at most.",
)
@click.option(
    "--tables",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Derived tables.  [default: explore.db beside the store]",
)
@click.option("--rebuild", is_flag=True, help="Make the tables afresh.")
def explore(
    path: Path | None,
    host: str,
    port: int,
    browser: bool,
    keep_contacts: bool,
    no_sql: bool,
    sql_seconds: float,
    tables: Path | None,
    rebuild: bool,
) -> None:
    """Look through the store in a web page: search, counts, tables, and each posting with its words marked.

    The store is only read. The page is served on this machine alone, until Ctrl-C.
    """
    try:
        from scraper.explore.refresh import read_only, refresh
        from scraper.explore.site import application, listen, serve
    except ModuleNotFoundError as error:
        raise click.UsageError(f"no {error.name}: `pip install 'rolecall[explore]'` brings the explorer") from None
    from scraper.crawl.home import home
    from scraper.store import StoreError

    found = path or home() / "rolecall.db"
    derived = tables or found.with_name("explore.db")
    if derived.resolve() == found.resolve():
        raise click.UsageError("--tables names the store itself; give another file")
    try:
        store = read_only(found)
        written = refresh(store, derived, contacts=keep_contacts, afresh=rebuild, tell=tell)
        store.close()
    except StoreError as error:
        raise click.UsageError(str(error)) from None
    if written:
        click.echo(f"\r{written:,} postings put into {derived}", err=True)
    try:
        socket = listen(host, port)
    except OSError as error:
        said = f"cannot listen on {host}, port {port}: {error.strerror or error}; `--port 0` takes a free one"
        raise click.UsageError(said) from None
    name = f"[{host}]" if ":" in host else host
    url = f"http://{name}:{socket.getsockname()[1]}/"
    click.echo(f"The explorer is at {url} (Ctrl-C ends it)")
    sys.stdout.flush()
    app = application(found, derived, contacts=keep_contacts, sql=not no_sql, seconds=sql_seconds, host=host)
    if browser:
        click.launch(url)
    serve(app, socket)


def tell(done: int, total: int) -> None:
    """Say on one line how far the tables are."""
    if total > 2000:
        click.echo(f"\r{done:,} of {total:,} postings", nl=False, err=True)


VERBS = (explore,)
