"""How doubles are found: time, memory, precision and recall on generated posts whose truth is known.

    python benchmarks/clustering.py [POSTINGS]      (default 100000; a million takes minutes)

A tenth of the jobs stand two to five times: in other cities, on a second board under a folded name, with a few words
changed. Employers repeat their boilerplate in every post, and have several jobs of the same role with other texts.
"""

import random
import resource
import sys
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

from scraper.cluster import clusters

WORDS = [
    f"{a}{b}"
    for a in "ka lo mi tu re sa ne vo pi du".split()
    for b in "rin tal mos ber gat lup den fis hok zan".split()
]
ROLES = [
    f"{a} {b}"
    for a in ("Backend", "Data", "Store", "Field", "Night")
    for b in ("Engineer", "Manager", "Baker", "Clerk")
]


def text(chance: random.Random, length: int) -> list[str]:
    return chance.choices(WORDS, k=length)


def record(key: str, employer: str, role: str, own: list[str], boilerplate: str) -> dict[str, Any]:
    description = " ".join(own) + "\n" + boilerplate
    cut = len(description) - len(boilerplate)
    return {
        "id": key,
        "employer": {"name": employer},
        "role": role,
        "url": f"https://x.example/{key}",
        "apply_url": None,
        "description": description,
        "sections": [
            {"kind": "responsibilities", "start": 0, "end": cut},
            {"kind": "about", "start": cut, "end": len(description)},
        ],
    }


def posts(count: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Truth and record of each posting; those of one job share their truth."""
    chance = random.Random(11)
    boilerplate = {number: " ".join(text(chance, 150)) for number in range(2000)}
    made = job = 0
    while made < count:
        number = chance.randrange(2000)
        role, own = chance.choice(ROLES), text(chance, 180)
        times = chance.randint(2, 5) if chance.random() < 0.1 else 1
        for copy in range(times):
            words = list(own)
            for _ in range(copy * 2):  # a few words differ
                words[chance.randrange(len(words))] = "changed"
            name = f"Employer {number}" + (" GmbH" if copy % 2 else "")
            yield str(job), record(f"p{made}", name, role, words, boilerplate[number])
            made += 1
        job += 1


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    truth: list[str] = []

    def stream() -> Iterator[dict[str, Any]]:
        for job, row in posts(count):
            truth.append(job)
            yield row

    start = time.perf_counter()
    for _ in posts(count):
        pass
    making = time.perf_counter() - start
    start = time.perf_counter()
    found, _ = clusters(stream())
    spent = time.perf_counter() - start - making
    found_pairs = right_pairs = true_pairs = 0
    by_cluster: Counter[str] = Counter()
    by_both: Counter[tuple[str, str]] = Counter()
    for number, job in enumerate(truth):
        cluster = found.get(f"p{number}", f"p{number}")
        by_cluster[cluster] += 1
        by_both[cluster, job] += 1
    pairs = lambda counts: sum(n * (n - 1) // 2 for n in counts)  # noqa: E731
    found_pairs, right_pairs, true_pairs = (
        pairs(by_cluster.values()),
        pairs(by_both.values()),
        pairs(Counter(truth).values()),
    )
    print(f"{len(truth)} postings in {spent:.0f} s, {len(truth) / spent:.0f} a second")
    print(f"precision {right_pairs / max(1, found_pairs):.4f}  recall {right_pairs / max(1, true_pairs):.4f}")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB with the generator")


if __name__ == "__main__":
    main()
