"""Tells people how a run ended: stdout, a webhook, e-mail."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Channels:
    """Where a run's end is told, and when: `alarm`, `always`, `never`."""

    when: str = "alarm"
    webhook: str | None = None
    email: tuple[str, ...] = ()
    smtp: str | None = None
    stdout: bool = False


def channels(table: Mapping[str, Any] | None) -> Channels:
    """The `[notify]` table of a watchlist; None: what the environment says. Raises `ValueError`, naming the key."""
    return Channels(**dict(table or {}))
