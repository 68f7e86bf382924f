"""Verbs about the boards themselves."""

import json
from pathlib import Path

import click

from scraper.cli.options import one_of


@click.command()
@click.option("--json", "as_json", is_flag=True, help="A JSON list of objects.")
@click.option("--markdown", is_flag=True, help="The table of the README.")
def boards(as_json: bool, markdown: bool) -> None:
    """List the boards, the shape of their targets, and what each publishes."""
    from scraper.crawl.catalogue import catalogue, matrix
    from scraper.crawl.run import unusable

    one_of({"--json": as_json, "--markdown": markdown})
    for name, why in unusable().items():
        click.echo(f"{name} cannot be used: {why}", err=True)
    facts = catalogue()
    if as_json:
        click.echo(json.dumps(facts, ensure_ascii=False, indent=1))
    elif markdown:
        click.echo(matrix(facts))
    else:
        width = max(len(board["target"]) for board in facts)
        for board in facts:
            click.echo(f"{board['target']:{width}}  {board['title']} ({', '.join(board['doors'])})")
            click.echo(f"{'':{width}}  publishes {', '.join(board['slots'])}")
            for name, what in (board["keys"] | board["keys_optional"]).items():
                click.echo(f"{'':{width}}  {'needs' if name in board['keys'] else 'may use'} {name}: {what}")
            for name, what in board["options"].items():
                click.echo(f"{'':{width}}  -a {name}=…: {what}")


@click.command("new-board")
@click.argument("name")
@click.argument("url")
def new_board(name: str, url: str) -> None:
    """Start a board in this checkout: its file and three cases of its golden folder, whose tests fail.

    URL is the address that lists an employer's posts, with EMPLOYER in the employer's place:
    `https://api.hirely.example/EMPLOYER/jobs.json`.
    """
    from scraper.crawl.new_board import new_board as make

    try:
        files = make(name, url, Path.cwd())
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    for path in files:
        click.echo(f"made {path.relative_to(Path.cwd())}")
    click.echo(
        f"Now put a reply into tests/boards/{name}/list, fill the three methods of spiders/{name}.py, and run:\n"
        f"  .venv/bin/pytest tests/boards/test_goldens.py -k {name} --regold\n"
        f"  .venv/bin/pytest tests/boards tests/crawl/test_all_boards.py -k {name}"
    )


VERBS = (boards, new_board)
