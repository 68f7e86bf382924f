"""How fast a post is read, on one core: whole records against lxml's bare text, and the share of each field.

    python benchmarks/reading.py [ROUNDS]

The posts are those of the demo site, their descriptions drawn out to about 6 kB of HTML with those of others in the
same language: a text in three languages is read by the rules of all three, and no site has it.
"""

import resource
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime
from statistics import median
from typing import Any

import lxml.html

SEEN = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
SIZE = 6000


def seconds(work: Callable[[], Any]) -> float:
    """Processor time of one call."""
    start = time.process_time()
    work()
    return time.process_time() - start


def ready() -> float:
    """Seconds until a new process has read its first post."""
    code = """
import time
start = time.perf_counter()
from scraper.parse import parse_posting
from scraper.posting import RawPosting
given = {"board": "x", "key": "x", "url": "x", "title": "Cook, Porto", "seen_at": "2026-11-02T00:00:00Z"}
parse_posting(RawPosting(**given, description="<p>Python, 5 years, 401k, $50,000 a year, remote</p>"))
print(time.perf_counter() - start)
"""
    return median(float(subprocess.check_output([sys.executable, "-c", code])) for _ in range(3))


def raws() -> list[Any]:
    """Raw postings with descriptions of about 6 kB."""
    from scraper.demo.posts import load_posts
    from scraper.posting import RawPosting

    found = []
    for number, post in enumerate(load_posts()):
        others = [other.description for other in load_posts() if other.language == post.language and other != post]
        text = post.description
        step = number
        while len(text) < SIZE:
            text += others[step % len(others)]
            step += 1
        found.append(
            RawPosting(
                board="demo",
                key=str(number),
                url="https://demo.example",
                title=post.title,
                description=text[:SIZE],
                locations=["Lisbon, Portugal"] if number % 2 else [],
                published="2026-10-12T08:15:00.000Z",
                seen_at=SEEN,
            )
        )
    return found


def shares(posts: list[Any]) -> dict[str, float]:
    """Milliseconds a post that each reader takes, by wrapping the readers that `parse_posting` calls."""
    import scraper.parse as parse

    spent: dict[str, float] = defaultdict(float)

    def timed(name: str, reader: Callable[..., Any]) -> Callable[..., Any]:
        def call(*given: Any) -> Any:
            start = time.perf_counter()
            try:
                return reader(*given)
            finally:
                spent[name] += time.perf_counter() - start

        return call

    readers = {name: value for name, value in vars(parse).items() if name.startswith(("read_", "choose_", "split_"))}
    for name, reader in readers.items():
        setattr(parse, name, timed(name, reader))
    for post in posts:
        parse.parse_posting(post)
    for name, reader in readers.items():
        setattr(parse, name, reader)
    return {name: 1000 * total / len(posts) for name, total in spent.items()}


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    print(f"first record ready after {ready():.2f} s")
    from scraper.parse import parse_posting

    posts = raws()
    for post in posts:
        parse_posting(post)
    pairs = []
    for _ in range(rounds):
        bare = seconds(lambda: [lxml.html.fromstring(post.description).text_content() for post in posts])
        whole = seconds(lambda: [parse_posting(post) for post in posts])
        pairs.append((whole / bare, len(posts) / whole, 1000 * bare / len(posts)))
    ratio, rate, bare_ms = (median(column) for column in zip(*pairs, strict=True))
    print(f"{rate:.0f} records a second; {1000 / rate:.2f} ms a record; lxml's bare text {bare_ms:.3f} ms")
    print(f"{ratio:.1f} times as long as lxml's bare text (median of {rounds} pairs)")
    found = shares(posts)
    total = sum(found.values())
    for name, spent in sorted(found.items(), key=lambda item: -item[1]):
        print(f"  {name:24} {spent:7.3f} ms  {100 * spent / total:5.1f} %")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
