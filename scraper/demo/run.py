"""The demo: serve the invented site on this machine, crawl it with the real board, show what came out."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from scraper.crawl.progress import Progress, quiet_log
from scraper.crawl.run import crawl, lines_to
from scraper.demo.site import DemoSite
from scraper.posting import Posting

PORT = 8517
"""The demo's own port, so that its addresses are the same each time."""


def run_demo(path: Path) -> int:
    """Crawl the demo site into `path` and print a summary; 0 where every good post came out."""
    console = Console()
    before = known_ids(path)
    postings: list[Posting] = []
    with DemoSite(port=PORT) as site:
        console.print(f"A job site of invented posts is up on [b]{site.url}[/b]; the Wantapply board crawls it.")
        polite_enough = {"DOWNLOAD_DELAY": 0, "CONCURRENT_REQUESTS_PER_DOMAIN": 8}  # it is our own machine
        with Progress() as progress, lines_to(str(path)) as write:

            def keep(posting: Posting) -> None:
                postings.append(posting)
                write(posting)

            settings = quiet_log() | polite_enough | {"ROLECALL_REJECTS": str(path.with_name("rejects.jsonl"))}
            (report,) = crawl(["wantapply"], keep, settings, {"host": site.url}, progress.watch)
    summary(console, postings)
    new = sum(posting.id not in before for posting in postings)
    console.print(report.line())
    for loss in report.losses:
        console.print(f"  {loss}", highlight=False)
    console.print(f"[b]{len(postings)} postings, {new} new[/b], in {path}")
    return 0 if postings else 1


def known_ids(path: Path) -> set[str]:
    """Ids of the postings that an earlier demo has written."""
    if not path.exists():
        return set()
    return {json.loads(line)["id"] for line in path.read_text(encoding="utf-8").splitlines() if line}


def summary(console: Console, postings: list[Posting]) -> None:
    """Four counts and one whole record with its evidence."""
    counts = {
        "country": Counter(c for p in postings for c in {place.country for place in p.locations} if c),
        "level": Counter(level.value for p in postings for level in p.seniority),
        "workplace": Counter(p.workplace.value if p.workplace else "not said" for p in postings),
        "skill": Counter(skill.name for p in postings for skill in p.stack if skill.need == "required"),
    }
    tables = Table.grid(padding=(0, 4))
    tables.add_row(*(bars(name, count) for name, count in counts.items()))
    console.print(tables)
    if postings:
        record(console, max(postings, key=lambda p: sum(map(len, p.evidence.values()))))


def bars(name: str, count: Counter[str]) -> Table:
    """The ten most frequent values with a bar each."""
    table = Table(title=f"posts by {name}", box=None, show_header=False, title_justify="left", title_style="bold")
    most = max(count.values(), default=1)
    for value, number in sorted(count.items(), key=lambda item: (-item[1], item[0]))[:10]:
        table.add_row(value, str(number), "▇" * max(1, round(10 * number / most)))
    return table


def record(console: Console, posting: Posting) -> None:
    """One record, field by field, each with the words that it was read from."""
    table = Table(title=f"{posting.title} at {posting.employer.name}", title_justify="left", title_style="bold")
    table.add_column("field")
    table.add_column("value", max_width=44)
    table.add_column("read from", overflow="fold")
    values: dict[str, Any] = posting.model_dump(mode="json", by_alias=True)
    for name, spans in posting.evidence.items():
        shown = values[name]
        if isinstance(shown, list):
            shown = ", ".join(brief(item) for item in shown)
        quotes = [f"{span.slot}: “{span.quote}”" if span.quote else span.slot for span in spans[:4]]
        more = f" … {len(spans) - 4} more" if len(spans) > 4 else ""
        table.add_row(name, Text(brief(shown)), Text("; ".join(quotes) + more))
    console.print(table)


def brief(value: Any) -> str:
    """A nested value in a few words."""
    if isinstance(value, dict):
        return " ".join(str(inner) for key, inner in value.items() if inner is not None and key != "text")
    return str(value)
