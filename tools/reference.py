"""Pages of the docs that are made from the code: the command, the boards, the settings."""

import ast
import os
from collections.abc import Iterator
from pathlib import Path

import click

from scraper.cli import main
from scraper.crawl import settings
from scraper.crawl.catalogue import catalogue, matrix

MADE = "<!-- made by `make docs`: edit the code instead -->"


def pages() -> dict[str, str]:
    """Generated pages by their path under `docs/`."""
    return {
        "reference/cli.md": cli_page(),
        "reference/boards.md": boards_page(),
        "reference/settings.md": settings_page(),
    }


def commands(group: click.Group, before: str) -> Iterator[tuple[str, click.Command]]:
    """Every command below a group, by its whole name, in the order of names."""
    for name, command in sorted(group.commands.items()):
        if isinstance(command, click.Group):
            yield from commands(command, f"{before} {name}")
        else:
            yield f"{before} {name}", command


def cli_page() -> str:
    """The help of every command, as the command prints it."""
    os.environ["COLUMNS"] = "100"
    parts = [f"# The command\n\n{MADE}\n\nThe help of each verb; `rolecall VERB --help` prints it."]
    for name, command in commands(main, "rolecall"):
        context = click.Context(command, info_name=name, max_content_width=100, terminal_width=100)
        parts.append(f"## `{name}`\n\n```text\n{command.get_help(context)}\n```")
    return "\n\n".join(parts) + "\n"


def boards_page() -> str:
    """The table of boards, then what each needs and takes."""
    facts = catalogue()
    parts = [
        f"# Boards\n\n{MADE}\n\nA dot: the board has a slot for it. What has no slot is read from the text.",
        matrix(facts),
    ]
    for board in facts:
        lines = [
            f"## {board['title']}\n",
            f"Target `{board['target']}`; doors: {', '.join(board['doors'])}; "
            f"[documentation]({board['docs']}); slots: {', '.join(f'`{slot}`' for slot in board['slots'])}.",
        ]
        keys = [f"- needs the key `{name}`: {what}" for name, what in board["keys"].items()]
        keys += [f"- may use the key `{name}`: {what}" for name, what in board["keys_optional"].items()]
        keys += [f"- `-a {name}=…`: {what}" for name, what in board["options"].items()]
        parts.append("\n".join([*lines, *([""] if keys else []), *keys]))
    return "\n\n".join(parts) + "\n"


def settings_page() -> str:
    """Every setting that is off Scrapy's default, and why: read from the comments of the settings file."""
    source = Path(settings.__file__).read_text(encoding="utf-8")
    lines = source.splitlines()
    rows: list[str] = []
    for node in ast.parse(source).body:
        if not isinstance(node, ast.Assign) or not isinstance(node.targets[0], ast.Name):
            continue
        comment = lines[node.lineno - 1].partition("  # ")[2]
        above = lines[node.lineno - 2]
        if not comment and above.startswith("# "):
            comment = above.removeprefix("# ")
        value = " ".join(ast.unparse(node.value).split())
        shown = f"`{value}`" if len(value) < 60 else "see the file"
        rows.append(f"| `{node.targets[0].id}` | {shown} | {comment} |")
    head = (
        f"# Settings\n\n{MADE}\n\nEach is set for one crawl by `-s NAME=VALUE`, for a target in the watchlist by "
        "`settings = { NAME = VALUE }`. Those that begin with `ROLECALL_` are ours, the others are "
        "[Scrapy's](https://docs.scrapy.org/en/latest/topics/settings.html); all that Scrapy has may be set."
    )
    return f"{head}\n\n| setting | value | why |\n| --- | --- | --- |\n" + "\n".join(rows) + "\n"
