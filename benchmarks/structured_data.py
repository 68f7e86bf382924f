"""Structured data side by side: `scraper.jsonld` and `extruct` over the same pages, in one run.

    python benchmarks/structured_data.py [--corpus FOLDER] [--rounds N]

Both parse the page and look for JSON-LD, microdata and RDFa. Printed per kind of page: milliseconds of processor a
page (median of the rounds), the ratio, postings found by each, and the words that extruct has and ours lacks. The exit
code is 1 where ours is less than ten times as fast over all pages, lacks a word, or leaves a broken block unread. Pages
are invented; recorded ones join where the corpus folder (`ROLECALL_CORPUS`, default `../shared`) is present.
"""

import argparse
import gc
import html
import json
import logging
import os
import re
import statistics
import sys
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import extruct
from parsel import Selector

sys.path.insert(0, str(Path(__file__).parents[1]))

from scraper.jsonld import is_posting, job_postings, posting_slots

SYNTAXES = ("json-ld", "microdata", "rdfa")
PROSE = "<p>We mill, knead &amp; bake for the whole valley.</p><ul><li>Heat the oven</li><li>Weigh the flour</li></ul>"
JOB = {
    "@context": "https://schema.org",
    "@type": "JobPosting",
    "title": "Night Baker",
    "description": PROSE * 20,
    "datePosted": "2026-03-02",
    "validThrough": "2026-04-02",
    "employmentType": ["FULL_TIME", "TEMPORARY"],
    "identifier": {"@type": "PropertyValue", "name": "Ovenworks", "value": "B-12"},
    "hiringOrganization": {"@type": "Organization", "name": "Ovenworks", "sameAs": "https://ovenworks.example"},
    "jobLocation": [
        {"@type": "Place", "address": {"@type": "PostalAddress", "addressLocality": city, "addressCountry": "SE"}}
        for city in ("Lund", "Umeå")
    ],
    "baseSalary": {
        "@type": "MonetaryAmount",
        "currency": "SEK",
        "value": {"@type": "QuantitativeValue", "minValue": 30000, "maxValue": 35000, "unitText": "MONTH"},
    },
}
MARKUP = """<main {scope}="https://schema.org/JobPosting"><h1 {prop}="title">Night Baker</h1>
<meta {prop}="datePosted" content="2026-03-02"><meta {prop}="employmentType" content="FULL_TIME">
<div {prop}="hiringOrganization" {scope}="https://schema.org/Organization"><b {prop}="name">Ovenworks</b></div>
<div {prop}="jobLocation" {scope}="https://schema.org/Place"><p {prop}="address" {scope}="https://schema.org/PostalAddress">
<i {prop}="addressLocality">Lund</i> <i {prop}="addressCountry">SE</i></p></div>
<div {prop}="description">{prose}</div></main>"""


def page(*blocks: str, body: str = "") -> str:
    """A careers page of about 30 kB: its chrome, JSON-LD blocks, a body."""
    chrome = (
        '<div class="menu"><ul>' + '<li class="item"><a href="/open/roles">Open roles</a></li>' * 350 + "</ul></div>"
    )
    scripts = "".join(f'<script type="application/ld+json">{block}</script>' for block in blocks)
    return f'<!doctype html><html lang="en"><head><title>Jobs</title>{scripts}</head><body>{chrome}{body}</body></html>'


def invented() -> dict[str, list[str]]:
    """Pages of every kind. In `broken`, a sound block stands beside each broken one."""
    job = json.dumps(JOB)
    other = json.dumps({**JOB, "title": "Miller", "identifier": 7})
    graph = json.dumps({"@context": "https://schema.org", "@graph": [{"@type": "WebPage", "name": "Jobs"}, JOB]})
    rows = [{**JOB, "title": f"Baker {n}", "url": f"https://ovenworks.example/{n}"} for n in range(30)]
    rdfa = MARKUP.format(scope="typeof", prop="property", prose=PROSE * 20)
    broken = [
        job.replace("}]", "},]"),
        job.replace(PROSE[:40], PROSE[:40] + "\n\t"),
        job.replace("Ovenworks", 'The "Oven" Works'),
        job[: len(job) // 2],
        job.replace('"@type": "JobPosting",', '"@type": "JobPosting", // the job\n'),
        job.replace(', "title"', ' "title"'),
        html.escape(job),
        "{'@type': 'JobPosting', 'title': 'Night Baker'}",
    ]
    return {
        "one block": [page(job), page('{"@type":"WebSite"}', job)],
        "graph and list": [page(graph), page(json.dumps(rows))],
        "microdata": [page(body=MARKUP.format(scope="itemscope itemtype", prop="itemprop", prose=PROSE * 20))],
        "rdfa": [page(body=rdfa)],
        "broken": [page(block, other) for block in broken],
        "no posting": [page('{"@type":"WebSite"}')],
    }


def recorded(corpus: Path) -> list[str]:
    """The recorded pages that name JobPosting."""
    texts = (path.read_text(encoding="utf-8", errors="replace") for path in sorted(corpus.glob("payloads/*/*.html")))
    return [text for text in texts if "JobPosting" in text]


def ours(text: str) -> list[dict[str, Any]]:
    return job_postings(Selector(text=text, type="html"))


def theirs(text: str, syntaxes: Sequence[str] = SYNTAXES) -> dict[str, Any]:
    read: dict[str, Any] = extruct.extract(text, syntaxes=[*syntaxes], errors="ignore")
    return read


def nodes_of(tree: Any) -> Iterator[dict[str, Any]]:
    """Every JobPosting in what extruct returns."""
    for item in tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ():
        yield from nodes_of(item)
    if isinstance(tree, dict) and is_posting(each_type(tree)):
        yield tree


def each_type(node: dict[str, Any]) -> list[Any]:
    kind = node.get("@type", node.get("type"))
    return kind if isinstance(kind, list) else [kind]


def words(tree: Any, linked: dict[str, Any] | None = None) -> set[str]:
    """The words of a node, types and names left out; extruct's RDFa references are followed."""
    if isinstance(tree, dict):
        inner = (linked or {}).get(tree["@id"], {}) if tree.keys() == {"@id"} else tree
        return set().union(
            *(words(v, linked) for k, v in inner.items() if k not in ("@type", "type", "@id", "@context"))
        )
    if isinstance(tree, list):
        return set().union(*(words(item, linked) for item in tree))
    return set(re.findall(r"\w+", re.sub(r"<[^<>]*>", " ", html.unescape(str(tree)))))


def timed(read: Callable[[str], Any], pages: list[str], rounds: int) -> float:
    """Milliseconds of processor a page, median of the rounds; no garbage is collected, or one pays for the other."""
    spent = []
    pages = pages * max(1, 12 // len(pages))
    for _ in range(rounds):
        gc.collect()
        gc.disable()
        start = time.process_time()
        for text in pages:
            read(text)
        spent.append((time.process_time() - start) * 1000 / len(pages))
        gc.enable()
    return statistics.median(spent)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--corpus", type=Path, default=Path(os.environ.get("ROLECALL_CORPUS", "../shared")))
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    logging.disable()
    warnings.simplefilter("ignore")
    kinds = invented()
    corpus = recorded(options.corpus)
    if corpus:
        kinds["recorded"] = corpus
    print(f"{'pages':16}{'n':>4}{'ours ms':>10}{'extruct ms':>12}{'ratio':>8}{'ours found':>12}{'extruct':>9}  lacking")
    total = [0.0, 0.0]
    failed = False
    for kind, pages in kinds.items():
        found = [0, 0]
        lacking: set[str] = set()
        for text in pages:
            mine, them = ours(text), theirs(text)
            other = list(nodes_of(them))
            linked = {node["@id"]: node for node in them.get("rdfa", []) if "@id" in node}
            found = [found[0] + len(mine), found[1] + len(other)]
            lacking |= words(other, linked) - words(mine)
            failed |= kind == "broken" and [posting_slots(node).get("title") for node in mine] != [
                "Night Baker",
                "Miller",
            ]
        pace = [timed(ours, pages, options.rounds), timed(theirs, pages, options.rounds)]
        total = [total[0] + pace[0] * len(pages), total[1] + pace[1] * len(pages)]
        failed |= bool(lacking) or found[0] < found[1]
        row = f"{pace[0]:>10.2f}{pace[1]:>12.2f}{pace[1] / pace[0]:>8.1f}{found[0]:>12}{found[1]:>9}"
        print(f"{kind:16}{len(pages):>4}{row}  {' '.join(sorted(lacking)) or '-'}")
    ratio = total[1] / total[0]
    print(f"over all pages: {ratio:.1f} times as fast")
    everything = [text for pages in kinds.values() for text in pages]
    without = timed(lambda text: theirs(text, SYNTAXES[:2]), everything, options.rounds)
    ours_pace = total[0] / len(everything)
    print(f"most of extruct's work is RDFa: without it {without:.2f} ms a page, against {ours_pace:.2f} for all three")
    return int(failed or ratio < 10)


if __name__ == "__main__":
    raise SystemExit(main())
