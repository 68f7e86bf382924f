"""What several verbs share: types of options, the store, an output that cannot be written."""

import errno
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

if TYPE_CHECKING:
    from scraper.store import Store


def pairs(context: click.Context, option: click.Parameter, given: tuple[str, ...]) -> dict[str, str]:
    """`NAME=VALUE` options as a dict."""
    for pair in given:
        if "=" not in pair:
            raise click.BadParameter(f"{pair!r} is not NAME=VALUE")
    return dict(pair.split("=", 1) for pair in given)


class Time(click.ParamType[str]):
    """An ISO 8601 date or time, as the store writes it: UTC, `Z`."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        try:
            at = datetime.fromisoformat(value)
            at = (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, OverflowError):
            self.fail(f"{value!r} is no ISO 8601 date or time, e.g. 2026-11-02 or 2026-11-02T09:30:00Z", param, ctx)
        return at.isoformat(timespec="seconds").replace("+00:00", "Z")


def one_of(given: Mapping[str, Any]) -> None:
    """End the command where more than one of these options is given: they contradict each other."""
    names = [name for name, value in given.items() if value]
    if len(names) > 1:
        raise click.UsageError(f"give {' or '.join(names)}, not both")


def not_written(path: str, error: OSError) -> NoReturn:
    """End with a line that says why the output is not there."""
    if error.errno == errno.EPIPE:
        raise error
    raise click.ClickException(f"cannot write {path}: {error.strerror or error}") from None


ALLOW_PRIVATE = click.option(
    "--allow-private", is_flag=True, help="Let pages lead to private addresses of this network too."
)


def private(allowed: bool) -> dict[str, Any]:
    """The setting of `--allow-private`; where it is not given, the environment decides."""
    return {"ROLECALL_ALLOW_PRIVATE": True} if allowed else {}


def all_settings(by_options: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """The settings that options stand for, and those of `-s`; where they contradict each other, the command ends."""
    if own := given.keys() & {"ROLECALL_RUN", "ROLECALL_STORE"}:
        raise click.UsageError(f"-s {min(own)}: that is the command's own; the store is where ROLECALL_HOME is")
    if twice := given.keys() & by_options.keys():
        raise click.UsageError(f"-s {min(twice)}: an option of this command says that already; give one of them")
    return {**by_options, **given}


def at_store(path: Path | None) -> "Store":
    """The store of `--store`, or that of ROLECALL_HOME. It must be there."""
    from scraper.crawl.home import home
    from scraper.store import StoreError, open_store

    found = path or home() / "rolecall.db"
    if not found.exists():
        raise click.UsageError(f"no store at {found}; `rolecall crawl TARGET` makes one")
    if found.is_file() and not found.stat().st_size:
        raise click.UsageError(f"{found}: an empty file, no store; `rolecall crawl TARGET` makes one")
    try:
        return open_store(found)
    except StoreError as error:
        raise click.UsageError(str(error)) from None


STORE = click.option(
    "--store", "path", type=click.Path(path_type=Path), help="Store file.  [default: ROLECALL_HOME/rolecall.db]"
)


def log_format(context: click.Context, option: click.Parameter, given: str) -> None:
    """Turn stderr into JSON lines where that is asked for."""
    if given == "json":
        from scraper.crawl.logs import log_as_json

        log_as_json()


LOG_FORMAT = click.option(
    "--log-format",
    type=click.Choice(["text", "json"]),
    default="text",
    callback=log_format,
    expose_value=False,
    is_eager=True,
    help="How stderr is written: for people, or a JSON object a line.  [default: text]",
)


KEEP_CONTACTS = click.option(
    "--keep-contacts", is_flag=True, help="Leave people's mail addresses, telephone numbers and names as they are."
)

MASK_ARCHIVE = click.option(
    "--mask-archive",
    is_flag=True,
    help="Mask people's mail addresses, telephone numbers and names in the archive.",
)
