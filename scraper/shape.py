"""The types of the contract's fields taken apart, for what is made from them: schemas, tables, the dictionary."""

from enum import Enum
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from scraper.posting import Record


def required(annotation: Any) -> Any:
    """A type without its constraints and without None."""
    while get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    if get_origin(annotation) in (Union, UnionType):
        kept = [kind for kind in get_args(annotation) if kind is not NoneType]
        if len(kept) == 1:
            return required(kept[0])
    return annotation


def is_nullable(annotation: Any) -> bool:
    """Whether a field may be null."""
    return NoneType in get_args(annotation)


def innermost(annotation: Any) -> Any:
    """The type of a field's values, be they in lists or maps or not."""
    kind = required(annotation)
    return innermost(get_args(kind)[-1]) if get_origin(kind) in (list, dict) else kind


def inner_model(annotation: Any) -> type[Record] | None:
    """The model that a field holds, lists, or maps to."""
    kind = innermost(annotation)
    return kind if isinstance(kind, type) and issubclass(kind, Record) else None


def marks(annotation: Any) -> str:
    """`[]` for a list, `{}` for a map, outermost first."""
    kind = required(annotation)
    mark = {list: "[]", dict: "{}"}.get(get_origin(kind))
    return mark + marks(get_args(kind)[-1]) if mark else ""


def codes(annotation: Any) -> tuple[str, ...]:
    """The codes of a closed list, be they in a list or not."""
    kind = innermost(annotation)
    if get_origin(kind) is Literal:
        return tuple(get_args(kind))
    return tuple(member.value for member in kind) if isinstance(kind, type) and issubclass(kind, Enum) else ()


def extra(annotation: Any, name: str) -> Any:
    """What an annotation, at any depth, adds to the JSON Schema under a name."""
    for data in getattr(annotation, "__metadata__", ()):
        said = getattr(data, "json_schema_extra", None)
        if isinstance(said, dict) and name in said:
            return said[name]
    return next((found for inner in get_args(annotation) if (found := extra(inner, name)) is not None), None)
