"""A store with a past: invented posts of several boards, crawled week after week, for the report and its tests."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from scraper.parse import parse_posting
from scraper.posting import RawPlace, RawPosting, RawSalary
from scraper.store import open_store

LAST = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)
"""When the last crawl begins: a Friday."""

TARGETS = ("greenhouse:brasswick", "greenhouse:quillmere", "lever:ostervane", "ashby:pelhamory", "personio:graustein",
           "wantapply", "arbeitnow", "justjoinit")  # fmt: skip
BOARD_ONLY = ("wantapply", "arbeitnow", "justjoinit")
EMPLOYERS = """Copperlane, Fennhollow GmbH, Nimbus & Oak, Tarrowick, Vesper Mills, Lindqvara AB, Obermoos AG, Saltgrove,
Harrowline, Quartzfield Ltd, Wolkenau, Marlowe Pike, Petrichor Labs, Dunmarrow, Elderbay, Kestrelworks,
Juniper Yard, Tidewell, Rookhaven, Amberly, Northstrand, Bellweather, Cinderford, Oakhart, Stillwater Rail,
Greywick, Larkmoor, Ironleaf, Sablewood, Windermoss"""

ROLES = {
    "Backend Engineer": "Go Python Java PostgreSQL Kafka Docker Kubernetes AWS",
    "Frontend Developer": "TypeScript React Angular CSS GraphQL Figma",
    "Data Engineer": "Python SQL Spark Airflow Snowflake Kafka AWS",
    "Data Analyst": "SQL Excel Tableau Python",
    "Machine Learning Engineer": "Python PyTorch Kubernetes SQL",
    "Site Reliability Engineer": "Linux Kubernetes Terraform Go AWS",
    "Mobile Developer": "Kotlin Swift GraphQL",
    "Product Designer": "Figma",
    "Sales Manager": "Salesforce Excel",
    "Systems Programmer": "Rust C++ Linux",
}
LEVELS = ("Junior", "", "", "Senior", "Senior", "Staff", "Lead", "Principal")
CITIES = (
    ("Berlin", "DE", 9), ("Munich", "DE", 5), ("Hamburg", "DE", 4), ("Cologne", "DE", 2), ("London", "GB", 8),
    ("Manchester", "GB", 2), ("Warsaw", "PL", 6), ("Kraków", "PL", 4), ("Wrocław", "PL", 3), ("Lisbon", "PT", 3),
    ("Madrid", "ES", 4), ("Barcelona", "ES", 4), ("Paris", "FR", 5), ("Lyon", "FR", 2), ("Amsterdam", "NL", 4),
    ("Dublin", "IE", 3), ("Vienna", "AT", 2), ("Zürich", "CH", 3), ("Stockholm", "SE", 3), ("Milan", "IT", 2),
    ("New York City", "US", 6), ("San Francisco", "US", 5), ("Austin", "US", 3), ("Toronto", "CA", 3),
    ("Bengaluru", "IN", 3), ("Singapore", "SG", 2), ("Sydney", "AU", 2), ("São Paulo", "BR", 2), ("Tel Aviv", "IL", 1),
    ("Cape Town", "ZA", 1),
)  # fmt: skip
PAY = {"DE": ("EUR", "year", 58), "AT": ("EUR", "year", 55), "FR": ("EUR", "year", 50), "ES": ("EUR", "year", 42),
       "PT": ("EUR", "year", 38), "NL": ("EUR", "year", 62), "IE": ("EUR", "year", 68), "IT": ("EUR", "year", 41),
       "GB": ("GBP", "year", 56), "US": ("USD", "year", 128), "CA": ("CAD", "year", 105), "CH": ("CHF", "year", 108),
       "PL": ("PLN", "month", 17), "SE": ("SEK", "month", 48)}  # fmt: skip
WORTH = {"Junior": 0.72, "Senior": 1.25, "Staff": 1.5, "Lead": 1.4, "Principal": 1.65}
OFFERS = ("Private health insurance", "A pension plan", "Stock options", "30 days of paid vacation", "Flexible hours",
          "A yearly training budget", "A gym membership", "A bike to lease", "Free lunch", "Paid parental leave",
          "A yearly bonus", "A home office budget")  # fmt: skip
MODES = ("Remote", "Remote", "Hybrid", "Hybrid", "Hybrid", "On-site", None, None)


def made_post(rng: Random, target: str, key: str, seen_at: datetime, late: float) -> RawPosting:
    """An invented post. `late` is 0 in the first week and 1 in the last: what is asked for moves with it."""
    title = rng.choice(list(ROLES))
    skills = [s for s in ROLES[title].split() if rng.random() < {"Angular": 0.8 - 0.6 * late}.get(s, 0.7)]
    skills += [s for s, share in (("Rust", 0.02 + 0.12 * late), ("LangChain", 0.13 * late)) if rng.random() < share]
    rng.shuffle(skills)
    cut = max(1, round(len(skills) * 0.7))
    level = rng.choice(LEVELS)
    city, country, _ = rng.choices(CITIES, [weight for *_, weight in CITIES])[0]
    board, _, employer = target.partition(":")
    given: dict[str, Any] = {}
    if rng.random() < 0.45 and country in PAY:
        currency, period, worth = PAY[country]
        low = round(worth * WORTH.get(level, 1) * rng.uniform(0.8, 1.2)) * 1000
        given["salary"] = RawSalary(
            min=low, max=round(low * rng.uniform(1.1, 1.4), -3), currency=currency, period=period
        )
        if rng.random() < 0.06:
            given["salary"] = RawSalary(text=f"from {low}")
    wanted = "".join(f"<li>{skill}</li>" for skill in skills[:cut])
    nice = "".join(f"<li>{skill}</li>" for skill in skills[cut:])
    offers = "".join(f"<li>{offer}</li>" for offer in rng.sample(OFFERS, rng.randint(0, 6)))
    name = employer.capitalize() or rng.choices(" ".join(EMPLOYERS.split()).split(", "), range(60, 30, -1))[0]
    return RawPosting(
        board=board,
        employer=employer or None,
        employer_name=name,
        key=key,
        url=f"https://{board}.example/{employer}/{key}",
        title=f"{level} {title}".strip(),
        description=f"<p>Post {key} of {name}.</p><h2>Requirements</h2><ul>{wanted}</ul>"
        f"<h2>Nice to have</h2><ul>{nice}</ul><h2>What we offer</h2><ul>{offers}</ul>",
        locations=[RawPlace(city=city, country=country)] if rng.random() < 0.94 else [],
        workplace=rng.choice(MODES),
        employment=["Full-time"] if rng.random() < 0.6 else [],
        published=(seen_at - timedelta(days=rng.randint(0, 5))).date().isoformat() if rng.random() < 0.8 else None,
        seen_at=seen_at,
        **given,
    )


def make_history(path: Path, postings: int = 5000, weeks: int = 12, seed: int = 1) -> None:
    """Write a store of about so many invented postings, crawled every Friday. The same postings for the same seed.

    Half are there when their board is first crawled; of the open ones about a tenth leave every week.
    """
    rng, store = Random(seed), open_store(path)
    for number, target in enumerate(TARGETS):
        share = postings // 15 * (1 if ":" in target else 10 // len(BOARD_ONLY))
        open_now: list[str] = []
        made = numbers(target)
        for week in range(number // 3, weeks):
            at = LAST - timedelta(weeks=weeks - 1 - week) + timedelta(minutes=7 * number)
            crawl = store.begin(f"{at:%Y%m%dT%H%M%S}.{number:06}", target, at)
            first = week == number // 3
            open_now = [key for key in open_now if rng.random() > 0.1]
            store.still_there(crawl, target, open_now, at)
            for _ in range(share // 2 if first else round(share / 2 / (weeks - 1) * rng.uniform(0.7, 1.3))):
                raw = made_post(rng, target, next(made), at, week / weeks)
                store.see(crawl, target, raw, parse_posting(raw))
                open_now.append(raw.key)
            store.finish(crawl, target, at + timedelta(minutes=5), outcome="ok", whole=True, report={})
    store.close()


def numbers(target: str) -> Iterator[str]:
    """Keys of a target's posts."""
    number = 1000
    while True:
        number += 1
        yield f"{target[:2]}{number}"
