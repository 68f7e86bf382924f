"""How right the readers are: labelled posts, field by field, with precision and recall.

A folder holds `*.jsonl`, a labelled post a line: `{"raw": {…slots…}, "labels": {…}}`. Labels have the names
and codes of `Posting`; a field that a post has no label for is not scored there. `null` and `[]` say that the post does
not say. In short form: `stack` and `benefits` may be names and codes, `experience` the fewest years.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
from pydantic import ValidationError

from scraper.parse import parse_posting
from scraper.posting import Posting, RawPosting


class LabelError(ValueError):
    """A labelled post that cannot be scored: file, line and why."""


@dataclass
class Score:
    """One field over all posts. Values are single ones: a level, a place, a skill."""

    right: int = 0
    extra: int = 0
    missed: int = 0
    posts: int = 0
    wrong: list[dict[str, Any]] = field(default_factory=list)

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.extra) if self.right + self.extra else 1.0

    @property
    def recall(self) -> float:
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0

    @property
    def f1(self) -> float:
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


def labelled(folder: Path) -> Iterator[tuple[str, RawPosting, dict[str, Any]]]:
    """Name (`file:line`), raw posting and labels of every post. Raises `LabelError`."""
    files = sorted(folder.glob("*.jsonl")) if folder.is_dir() else []
    if not files:
        raise LabelError(f"{folder}: no folder with *.jsonl in it")
    for path in files:
        for number, line in enumerate(path.read_bytes().splitlines(), 1):
            name = f"{path.name}:{number}"
            if line.strip():
                try:
                    row = orjson.loads(line)
                    slots = {"board": "eval", "key": name, "url": f"file:{name}", "seen_at": "2026-11-02T09:30:00Z"}
                    yield name, RawPosting.model_validate(slots | row["raw"]), row["labels"]
                except KeyError as error:
                    raise LabelError(f"{name}: no labelled post: it lacks {error}") from None
                except (orjson.JSONDecodeError, ValidationError, TypeError) as error:
                    raise LabelError(f"{name}: {str(error).splitlines()[0]}") from None


def score(folder: Path) -> dict[str, Score]:
    """Every labelled field, scored. Raises `LabelError`."""
    found: dict[str, Score] = {}
    for name, raw, labels in labelled(folder):
        posting = parse_posting(raw)
        for field_name, label in labels.items():
            if field_name not in Posting.model_fields:
                raise LabelError(f"{name}: no field is called {field_name!r}")
            want = values(field_name, label)
            have = values(field_name, posting.model_dump(mode="json")[field_name])
            one = found.setdefault(field_name, Score())
            one.posts += 1
            one.right += len(want & have)
            one.extra += len(have - want)
            one.missed += len(want - have)
            if want != have:
                one.wrong.append({"post": name, "missed": sorted(want - have), "extra": sorted(have - want)})
    return dict(sorted(found.items()))


def values(name: str, given: Any) -> set[str]:
    """A field's value as a set of words that can be compared."""
    if given is None or given == []:
        return set()
    if not isinstance(given, list):
        given = [given]
    return {word for item in given if (word := value(name, item))}


def value(name: str, item: Any) -> str:
    """One value as a word."""
    if not isinstance(item, Mapping):
        return f"{item:g}" if isinstance(item, float) else str(item)
    match name:
        case "locations":
            return "/".join(str(item.get(part)) for part in ("city", "country"))
        case "salary" | "pay_ranges":
            figures = [f"{item[end]:g}" if item.get(end) is not None else "" for end in ("min", "max")]
            return " ".join([*figures, *(str(item.get(part)) for part in ("currency", "period"))])
        case "experience":
            return f"{item['min_years']:g}" if item.get("min_years") is not None else ""
        case "languages":
            return f"{item['code']} {item.get('level')}"
        case _:
            return str(item.get("name") or item.get("code") or item)


def floors(folder: Path) -> dict[str, float]:
    """The F1 that each field must reach: `floors.toml` in the folder; none where there is no such file."""
    path = folder / "floors.toml"
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
