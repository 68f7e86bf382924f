"""How many faults are noticed at the first crawl, and how often an alarm is false, on invented histories.

python benchmarks/alarms.py [SEED] [EACH]: a seed that nothing was tuned on is drawn where none is given.
"""

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from scraper.health import alarms
from tests.histories import FAULTS, clean, injected


def main(seed: int, each: int) -> None:
    print(f"seed {seed}: {each} injected faults of each kind, {5 * each} clean crawls")
    print(f"{'fault':12} {'alarm':10} {'raised':>8}")
    for name in FAULTS:
        hits = 0
        for n in range(each):
            history, now, kind, field = injected(name, seed + n)
            hits += any((alarm.kind, alarm.field) == (kind, field) for alarm in alarms(history, now))
        print(f"{name:12} {FAULTS[name][0]:10} {100 * hits / each:7.1f} %")
    false: dict[str, int] = {}
    bad = 0
    began = time.perf_counter()
    for n in range(5 * each):
        history = clean(seed + 10**6 + n, 4 + n % 40)
        found = {alarm.kind for alarm in alarms(history[:-1], history[-1])}
        bad += bool(found)
        for kind in found:
            false[kind] = false.get(kind, 0) + 1
    said = ", ".join(f"{count} {kind}" for kind, count in sorted(false.items())) or "none"
    print(f"false: {bad} of {5 * each} clean crawls ({100 * bad / (5 * each):.2f} %): {said}")
    print(f"{1000 * (time.perf_counter() - began) / (5 * each):.1f} ms a crawl, with making its history")


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:]]
    main(given[0] if given else time.time_ns() % 10**9, given[1] if len(given) > 1 else 100)
