"""The same job on an ATS, two boards and in five cities is one cluster. Two jobs of one employer stay apart.

Postings are joined where they apply at the same address, and where employer, role and text agree: the employer folded
(`Lumo GmbH` is `Lumo`), the role equal, and the text, without what a company says in all its posts, near-identical by
MinHash. Precision comes before recall: whoever counts twice can see it, whoever loses a job cannot.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import rensa

HASHES = 64
"""Numbers of a MinHash signature: 256 bytes a posting."""

ALIKE = 0.7
"""Share of equal numbers from which two texts are near-identical."""

SHORTEST = 40
"""Words below which a text cannot be told from another by its words alone."""

OWN_WORDS = frozenset({"responsibilities", "requirements", "preferred", "other"})
"""Sections that are about the job; what a company says of itself stands in the others."""

LEGAL_FORMS = frozenset(
    "ab ag aps as asa bv co company corp corporation doo gmbh group holding inc incorporated kft kg kgaa limited llc"
    " llp ltd ltda nv oy oyj plc pte pty sa sarl sas sasu se sl spa sro srl sp zoo ооо оао зао пао ао".split()
)
TRACKING = re.compile(r"utm_|gh_src$|ref$|source$|src$|gclid$|fbclid$|lever-source|trk$|referrer$|cid$")


@dataclass(frozen=True, slots=True)
class Joined:
    """Why two postings are one job."""

    first: str
    second: str
    because: str
    """`same address` or `same employer, role and text`."""


def clusters(records: Iterable[Mapping[str, Any]]) -> tuple[dict[str, str], list[Joined]]:
    """Id of every posting that has a double to the id of its cluster (the first id in it), and what joined them.

    `records` are postings as plain data. Memory: about 500 bytes a posting.
    """
    ids: list[str] = []
    parent = array("l")
    signatures = array("I")
    by_address: dict[str, list[int]] = defaultdict(list)
    by_job: dict[tuple[str, str], list[int]] = defaultdict(list)
    comparable: dict[int, int] = {}
    jobs: list[tuple[str, str]] = []
    joined: list[Joined] = []

    def root(number: int) -> int:
        while parent[number] != number:
            parent[number] = parent[parent[number]]
            number = parent[number]
        return number

    def join(one: int, other: int, because: str) -> None:
        a, b = root(one), root(other)
        if a != b:
            parent[max(a, b)] = min(a, b)
            joined.append(Joined(ids[one], ids[other], because))

    for number, record in enumerate(records):
        ids.append(record["id"])
        parent.append(number)
        job = (employer_key(record["employer"]), role_key(record))
        jobs.append(job)
        for address in {address_key(record.get(name)) for name in ("url", "apply_url")}:
            if names_a_job(address):
                by_address[address].append(number)
        words = own_words(record)
        if all(job) and len(words) >= SHORTEST:
            comparable[number] = len(signatures)
            signatures.extend(signature(words))
            by_job[job].append(number)
    for same in by_address.values():
        of_job: dict[tuple[str, str], int] = {}
        for number in same:  # a careers page is the address of many jobs
            join(of_job.setdefault(jobs[number], number), number, "same address")
    for same in by_job.values():
        for one, other in candidates(same, signatures, comparable):
            if root(one) != root(other) and alike(signatures, comparable[one], comparable[other]) >= ALIKE:
                join(one, other, "same employer, role and text")
    members: dict[int, list[int]] = defaultdict(list)
    for number in range(len(ids)):
        members[root(number)].append(number)
    return {
        ids[number]: min(ids[other] for other in group)
        for group in members.values()
        if len(group) > 1
        for number in group
    }, joined


def candidates(same: list[int], signatures: array[int], at: Mapping[int, int]) -> Iterator[tuple[int, int]]:
    """Pairs of one job that may be near-identical: all of a few, those that share a band of many."""
    if len(same) <= 32:
        yield from combinations(same, 2)
        return
    bands: dict[tuple[int, bytes], int] = {}
    for number in same:
        start = at[number]
        for band in range(0, HASHES, 4):
            key = (band, signatures[start + band : start + band + 4].tobytes())
            first = bands.setdefault(key, number)
            if first != number:
                yield first, number


def alike(signatures: array[int], one: int, other: int) -> float:
    """The estimated Jaccard similarity of two texts."""
    pairs = zip(signatures[one : one + HASHES], signatures[other : other + HASHES], strict=True)
    return sum(a == b for a, b in pairs) / HASHES


def signature(words: list[str]) -> list[int]:
    """The MinHash of a text's runs of three words."""
    hashed = rensa.RMinHash(num_perm=HASHES, seed=1)
    hashed.update([" ".join(run) for run in zip(words, words[1:], words[2:], strict=False)])
    return list(hashed.digest())


def own_words(record: Mapping[str, Any]) -> list[str]:
    """The words of a posting that are about the job."""
    text = record.get("description") or ""
    kept = [text[part["start"] : part["end"]] for part in record.get("sections") or () if part["kind"] in OWN_WORDS]
    return re.findall(r"\w+", " ".join(kept).lower())


def employer_key(employer: Mapping[str, Any] | None) -> str:
    """An employer's name folded: no accents, no punctuation, no legal form; its slug where it has no name."""
    name = (employer or {}).get("name") or (employer or {}).get("slug") or ""
    plain = unicodedata.normalize("NFKD", name.lower())
    words = re.findall(r"\w+", "".join(c for c in plain if not unicodedata.combining(c)).replace(".", ""))
    kept = [word for word in words if word not in LEGAL_FORMS]
    return "".join(kept or words)


def role_key(record: Mapping[str, Any]) -> str:
    """A role with its levels: `Engineer` and `Senior Engineer` are two jobs."""
    role = record.get("role") or record.get("title") or ""
    return " ".join([*re.findall(r"[\w+#]+", role.lower()), *sorted(record.get("seniority") or ())])


def names_a_job(address: str) -> bool:
    """Whether an address can be one job's: it holds a number or a long last segment, as a page of all jobs does not."""
    return any(c.isdigit() for c in address.partition("/")[2]) or len(address.rpartition("/")[2]) >= 12


def address_key(url: str | None) -> str:
    """An address without scheme, `www.`, fragment and marks of where a click came from; what names a job stays."""
    if not url or not url.startswith("http"):
        return ""
    parts = urlsplit(url)
    query = urlencode(sorted(pair for pair in parse_qsl(parts.query) if not TRACKING.match(pair[0].lower())))
    path = parts.path.rstrip("/").removesuffix("/apply").removesuffix("/application")
    return f"{parts.netloc.lower().removeprefix('www.')}{path}" + (f"?{query}" if query else "")
