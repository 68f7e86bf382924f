"""One posting, or the difference between two readings, for a person at a terminal."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from scraper.crawl.reparse import FieldDiff
from scraper.posting import Posting
from scraper.wording import field_words, label


def record_table(posting: Posting) -> Table:
    """Field by field, the value and the words that it was read from."""
    table = Table(title=f"{posting.title} at {posting.employer.name}", title_justify="left", title_style="bold")
    table.add_column("field")
    table.add_column("value", max_width=44)
    table.add_column("read from", overflow="fold")
    values: dict[str, Any] = posting.model_dump(mode="json", by_alias=True)
    for name, spans in posting.evidence.items():
        quotes = [f"{span.slot}: “{span.quote}”" if span.quote else span.slot for span in spans[:4]]
        more = f" … {len(spans) - 4} more" if len(spans) > 4 else ""
        mark = " (sources disagree)" if name in posting.conflicts else ""
        table.add_row(label(name) + mark, Text(field_words(name, values[name])), Text("; ".join(quotes) + more))
    return table


def show_posting(posting: Posting, row: Mapping[str, Any], events: Sequence[Mapping[str, Any]]) -> None:
    """A posting's record, evidence and history."""
    console = Console(emoji=False)
    console.print(record_table(posting))
    state = f"closed {row['closed_at']} ({row['closed_because']})" if row["closed_at"] else "open"
    console.print(f"{posting.id}  {posting.url}", highlight=False, soft_wrap=True)
    console.print(f"{state}; first seen {row['first_seen_at']}, last seen {row['last_seen_at']}", highlight=False)
    for event in events:
        said = json.loads(event["changes"]) if event["changes"] else {}
        console.print(f"  {event['at']}  {event['kind']}", highlight=False)
        for name, change in said.items():
            if isinstance(change, dict):
                before, after = (field_words(name, change[side]) or "nothing" for side in ("before", "after"))
                change = f"{before} → {after}"
            console.print(Text(f"    {label(name)}: {change}"))


def show_diff(fields: Mapping[str, FieldDiff], records: Counter[str]) -> None:
    """What a new reading changes, field by field, with examples."""
    console = Console(emoji=False)
    counts = ", ".join(f"{records[name]} {name}" for name in ("same", "different", "unmatched"))
    console.print(f"{records.total()} records: {counts}", highlight=False)
    if not fields:
        return
    table = Table(box=None, pad_edge=False)
    for heading in ("field", "changed", "filled", "emptied"):
        table.add_column(heading, justify="left" if heading == "field" else "right")
    for name, what in fields.items():
        table.add_row(name, str(what.changed), str(what.filled), str(what.emptied))
    console.print(table)
    for name, what in fields.items():
        for id, before, after in what.examples:
            console.print(Text(f"{name}  {id}: {str(before)[:200]} → {str(after)[:200]}"))
