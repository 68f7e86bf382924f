"""The demo: serve the invented site on this machine, crawl it with the real board, show what came out."""

from collections import Counter
from contextlib import ExitStack
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from scraper.crawl.progress import Progress, quiet_log
from scraper.crawl.run import crawl
from scraper.demo.site import DemoSite
from scraper.export.jsonlines import exported, lines_to
from scraper.posting import Posting
from scraper.show import record_table
from scraper.store import open_store

PORT = 8517
"""The demo's own port, so that its addresses are the same each time."""


def run_demo(path: Path) -> int:
    """Crawl the demo site into `path` and print a summary; 0 where postings came out, 1 where none did."""
    console = Console()
    store_path = path.with_name("rolecall.db")
    settings = quiet_log() | {
        "DOWNLOAD_DELAY": 0,  # it is our own machine
        "CONCURRENT_REQUESTS_PER_DOMAIN": 8,
        "ROLECALL_STORE": str(store_path),
        "ROLECALL_REJECTS": str(path.with_name("rejects.jsonl")),
    }
    with ExitStack() as stack:
        try:
            site = stack.enter_context(DemoSite(port=PORT))
        except OSError:  # another demo runs
            site = stack.enter_context(DemoSite(port=0))
        console.print(f"A job site of invented posts is up on [b]{site.url}[/b]; the Wantapply board crawls it.")
        progress = stack.enter_context(Progress())
        (report,) = crawl(["wantapply"], None, settings, {"host": site.url}, progress.watch)
    store = open_store(store_path)
    with lines_to(str(path)) as write:
        postings = [Posting.model_validate_json(line) for line in exported(store, state="open")]
        for posting in postings:
            write(posting.model_dump_json(by_alias=True))
    store.close()
    summary(console, postings)
    console.print(report.line())
    for loss in report.losses:
        console.print(f"  {loss}", highlight=False)
    console.print(f"[b]{len(postings)} postings, {report.events['new']} new[/b], in {path}", soft_wrap=True)
    return 0 if postings else 1


def summary(console: Console, postings: list[Posting]) -> None:
    """Four counts and one whole record with its evidence."""
    counts = {
        "country": Counter(c for p in postings for c in {place.country for place in p.locations} if c),
        "level": Counter(level.value for p in postings for level in p.seniority),
        "workplace": Counter(p.workplace.value if p.workplace else "not said" for p in postings),
        "skill": Counter(skill.name for p in postings for skill in p.stack if skill.need == "required"),
    }
    tables = Table.grid(padding=(0, 4, 1, 0))
    drawn = [bars(name, count) for name, count in counts.items()]
    tables.add_row(*drawn[:2])
    tables.add_row(*drawn[2:])
    console.print(tables)
    if postings:
        console.print(record_table(max(postings, key=lambda p: sum(map(len, p.evidence.values())))))


def bars(name: str, count: Counter[str]) -> Table:
    """The ten most frequent values with a bar each."""
    table = Table(title=f"posts by {name}", box=None, show_header=False, title_justify="left", title_style="bold")
    most = max(count.values(), default=1)
    for value, number in sorted(count.items(), key=lambda item: (-item[1], item[0]))[:10]:
        table.add_row(Text(value, no_wrap=True), str(number), "▇" * max(1, round(8 * number / most)))
    return table
