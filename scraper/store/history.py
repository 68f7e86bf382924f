"""The crawls of many targets, in one query: what a schedule asks."""

import json
from collections.abc import Iterable
from typing import Any

from scraper.store.store import Store

HISTORY = """
WITH asked AS (
    SELECT DISTINCT value AS target,
        (SELECT max(n) FROM crawls WHERE crawls.target = value) AS last,
        coalesce((SELECT n FROM crawls WHERE crawls.target = value AND outcome IN ('ok', 'empty', 'partial')
                  ORDER BY n DESC LIMIT 1), 0) AS worked
    FROM json_each(?)
)
SELECT asked.target, crawls.started_at, crawls.finished_at, crawls.outcome,
    json_extract(crawls.report, '$.why') AS why,
    (SELECT count(*) FROM crawls AS c WHERE c.target = asked.target AND c.n > worked AND c.outcome IS NOT NULL)
        AS failures,
    (SELECT min(started_at) FROM crawls AS c WHERE c.target = asked.target AND c.n > worked AND c.outcome IS NOT NULL)
        AS failing_since
FROM asked JOIN crawls ON crawls.n = asked.last
"""


def history(store: Store, targets: Iterable[str]) -> dict[str, dict[str, Any]]:
    """The last crawl of each target that has one, by target: `started_at`, `finished_at`, `outcome`, `why`, and the
    `failures` in a row since a crawl worked, with the start of the first (`failing_since`).
    """
    rows = store.db.execute(HISTORY, (json.dumps(list(targets)),))
    return {row["target"]: dict(row) for row in rows}
