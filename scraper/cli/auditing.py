"""The verb that shows what sites asked of a crawl, and what it did about it."""

import json
import sys

import click


@click.command()
@click.option("--run", metavar="ID", help="The run, as the name of its report says it.  [default: the last one]")
@click.option("--target", metavar="TARGET", help="Decisions about this target, or about all of a board's.")
@click.option("--rule", metavar="RULE", help="Decisions by this rule: robots.txt, crawl-delay, noindex, block …")
@click.option("--json", "as_json", is_flag=True, help="A JSON object a line.")
def audit(run: str | None, target: str | None, rule: str | None, as_json: bool) -> None:
    """Show what sites asked of a run (robots.txt, delays, reservations, blocks) and what was done about it.

    Exit code 1 where lines of the log cannot be read.
    """
    from rich.console import Console
    from rich.table import Table

    from scraper.crawl.audit import RULES, decisions, last_run
    from scraper.crawl.home import home

    if rule and rule not in RULES:
        raise click.UsageError(f"no rule is called {rule!r}; there are {', '.join(RULES)}")
    named = last_run() if run is None else run
    if named is None:
        raise click.UsageError(f"no run under {home() / 'runs'} has left an audit log; `rolecall crawl TARGET` does")
    try:
        rows, unreadable = decisions(named, target, rule)
    except (OSError, ValueError):
        raise click.UsageError(f"no audit log of a run {named!r} under {home() / 'runs'}") from None
    if unreadable:
        click.echo(f"{unreadable} lines of the log cannot be read", err=True)
    if as_json:
        for row in rows:
            click.echo(json.dumps(row, ensure_ascii=False))
        sys.exit(1 if unreadable else 0)
    click.echo(f"run {named}: {len(rows)} decisions")
    table = Table(box=None, pad_edge=False, header_style="bold")
    for head in ("at", "target", "rule", "found", "done", "url"):
        table.add_column(head, overflow="fold", no_wrap=head in ("at", "rule"))
    for row in rows:
        values = {name: str(row.get(name, "")) for name in ("at", "target", "rule", "found", "done", "url")}
        table.add_row(*(values | {"at": values["at"][11:19]}).values(), style=None)
    wide = None if sys.stdout.isatty() else 200
    Console(width=wide, markup=False, highlight=False, emoji=False, soft_wrap=False).print(table)
    sys.exit(1 if unreadable else 0)


VERBS = (audit,)
