"""The `rolecall` command: thin, every verb calls one function of the layers below.

Exit codes: 0 done, 1 finished with losses (named on stderr), 2 wrong use, 3 blocked by the site, 4 another run is at
work.
"""

import errno
import sqlite3
from typing import Any

import click

from scraper import __version__
from scraper.cli import auditing, boards, crawling, exploring, export, reading, reporting, running, store, watching


class Commands(click.Group):
    """The verbs; a store or a file that fails under any of them is said in a line."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except click.UsageError as error:
            if type(error) is click.UsageError:  # how the command is used is no answer to it
                error.ctx = None
            raise
        except sqlite3.Error as error:
            raise click.ClickException(f"the store failed: {error}; `rolecall verify` says more") from None
        except OSError as error:
            if error.errno == errno.EPIPE:
                raise
            raise click.ClickException(
                f"{error.filename or 'cannot read or write'}: {error.strerror or error}"
            ) from None


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="rolecall")
def main() -> None:
    """Rolecall calls the roll of open roles: it crawls job boards and applicant tracking systems, reads every post into
    one validated record, and shows for every field the words it was read from.

    All it writes lives under ROLECALL_HOME (default: the platform's data directory).
    """


for verbs in (crawling, watching, running, reading, store, export, reporting, exploring, auditing, boards):
    for verb in verbs.VERBS:
        main.add_command(verb)
