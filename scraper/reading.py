"""What a field reader returns: a value and the words it was read from."""

from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

T_co = TypeVar("T_co", covariant=True)


class Span(NamedTuple):
    """Words in a slot. `start` and `end` are offsets into the exported description, and only there."""

    slot: str
    start: int | None = None
    end: int | None = None
    quote: str | None = None
    value: str | None = None


@dataclass(frozen=True, slots=True)
class Reading(Generic[T_co]):
    """A value, the spans it was read from, and whether sources disagreed (then the losing span is kept too)."""

    value: T_co
    spans: tuple[Span, ...] = ()
    conflict: bool = False
