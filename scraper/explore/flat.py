"""The store as flat tables: which columns there are, what they mean, and what a record puts into them."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from scraper.posting import Benefit, Employer, Experience, Location, Posting, Record, Salary, Skill

VERSION = 3
"""Of these tables; a file of another version is made again."""

MODELS: dict[str, type[Record]] = {
    "": Posting,
    "employer": Employer,
    "salary": Salary,
    "experience": Experience,
    "place": Location,
    "skill": Skill,
    "benefit": Benefit,
}


class Column(NamedTuple):
    """A column: name, type in SQLite, and its meaning or the field of the contract that holds it (`salary.min`)."""

    name: str
    type: str = "TEXT"
    says: str = ""

    @property
    def description(self) -> str:
        """The meaning, in the contract's own words where it is a field of the contract."""
        said = self.says or self.name
        model, _, field = said.rpartition(".")
        if " " in said or model not in MODELS or field not in MODELS[model].model_fields:
            return said
        return MODELS[model].model_fields[field].description or said


POSTINGS = (
    Column("n", "INTEGER PRIMARY KEY", "Number of the row here; it changes when the posting does. `id` stays."),
    Column("title"),
    Column("employer", says="employer.name"),
    Column("places", says="All places of work."),
    Column("workplace"),
    Column("seniority"),
    Column("salary_min", "REAL", "salary.min"),
    Column("salary_max", "REAL", "salary.max"),
    Column("currency", says="salary.currency"),
    Column("period", says="salary.period"),
    Column("skills", says="Technologies asked for, the required first; one a row in the table skills."),
    Column("state", says="open, or closed on evidence."),
    Column("country", says="Country of the first place, ISO 3166-1 alpha-2; all of them are in the table locations."),
    Column("city", says="City of the first place."),
    Column("remote_from"),
    Column("role"),
    Column("employment"),
    Column("gross", says="Pay before tax (gross) or after tax (net)."),
    Column("years_min", "REAL", "experience.min_years"),
    Column("years_max", "REAL", "experience.max_years"),
    Column("languages"),
    Column("relocation"),
    Column("visa_sponsorship"),
    Column("department", says="departments"),
    Column("published_at"),
    Column("updated_at"),
    Column("expires_at"),
    Column("language"),
    Column("first_seen_at"),
    Column("last_seen_at"),
    Column("closed_at"),
    Column("closed_because", says="The evidence on which it was closed."),
    Column("times_reopened", "INTEGER", "How often it was closed and came back."),
    Column("conflicts"),
    Column("board"),
    Column("target", says="What the crawl that found it was asked for."),
    Column("url"),
    Column("apply_url"),
    Column("id"),
    Column("cluster"),
    Column("attribution"),
    Column("fetched_at"),
    Column("parser_version"),
)

TABLES: dict[str, tuple[Column, ...]] = {
    "postings": POSTINGS,
    "skills": (
        Column("posting", "INTEGER NOT NULL REFERENCES postings (n)", "The posting."),
        Column("name", "TEXT NOT NULL", "skill.name"),
        Column("kind", says="skill.kind"),
        Column("need", says="skill.need"),
    ),
    "benefits": (
        Column("posting", "INTEGER NOT NULL REFERENCES postings (n)", "The posting."),
        Column("code", "TEXT NOT NULL", "benefit.code"),
        Column("text", says="benefit.text"),
    ),
    "locations": (
        Column("posting", "INTEGER NOT NULL REFERENCES postings (n)", "The posting."),
        Column("position", "INTEGER NOT NULL", "Which of the posting's places, from 0."),
        Column("kind", says="place: where the work is done; remote_from: where a remote worker may sit."),
        Column("text", says="place.text"),
        Column("city", says="place.city"),
        Column("region", says="place.region"),
        Column("country", says="place.country"),
        Column("latitude", "REAL", "place.latitude"),
        Column("longitude", "REAL", "place.longitude"),
    ),
    "events": (
        Column("n", "INTEGER PRIMARY KEY", "Number of the row here."),
        Column("at", says="When it was learned, UTC."),
        Column("posting", says="Id of the posting."),
        Column("kind", says="new, changed, closed, reopened, or blocked (the site refused the crawl)."),
        Column("field", says="Field that changed; one row each."),
        Column("before", says="What it said."),
        Column("after", says="What it says now."),
        Column("because", says="Why it was closed, or how the site blocked."),
        Column("target", says="What the crawl was asked for."),
        Column("crawl", "INTEGER REFERENCES crawls (n)", "The crawl that learned it."),
        Column("event", "INTEGER", "Number of the event in the store; several rows where several fields changed."),
    ),
    "crawls": (
        Column("n", "INTEGER PRIMARY KEY", "Number of the crawl."),
        Column("started_at", says="When it began, UTC."),
        Column("target", says="What was asked for."),
        Column("outcome", says="The crawl in one word; ok and empty are good."),
        Column("why", says="What was seen, and what may be done."),
        Column("whole", says="yes: all that the target lists was seen, so that what is absent counts as gone."),
        *(
            Column(name, "INTEGER", f"How many: {said}.")
            for name, said in {
                "requests": "requests made",
                "found": "postings found in lists",
                "read": "postings read",
                "new": "postings new",
                "changed": "postings changed",
                "reopened": "postings that came back",
                "closed": "postings closed",
                "held": "postings that vanished together and were not closed",
                "rejected": "records that broke the contract",
                "lost": "pages or postings lost",
            }.items()
        ),
        Column("finished_at", says="When it ended; empty for one that was cut off."),
        Column("run", says="Id of the run that it was part of."),
    ),
}

KEYS = {"skills": "posting, name", "benefits": "posting, code", "locations": "posting, position"}
"""Primary keys of the tables of lists, stored in the order of their postings."""

LISTS = {"skill": ("skills", "name"), "benefit": ("benefits", "code"), "country": ("locations", "country")}
"""Facets of a posting that has several: the table and the column of each."""

FACETS = (
    "state",
    "board",
    "country",
    "workplace",
    "seniority",
    "employment",
    "skill",
    "benefit",
    "currency",
    "language",
)
"""What the postings are counted by, in this order."""

NARROW = tuple(name for name in FACETS if name not in LISTS)


def schema() -> list[str]:
    """The statements that make the tables, without their indexes."""
    made = []
    for table, columns in TABLES.items():
        lines = [f"{column.name} {column.type}" for column in columns]
        if key := KEYS.get(table):
            lines.append(f"PRIMARY KEY ({key})")
        made.append(f"CREATE TABLE {table} ({', '.join(lines)})" + (" WITHOUT ROWID" if key else ""))
    return [
        *made,
        "CREATE VIRTUAL TABLE postings_fts USING fts5(title, employer, places, skills, description,"
        " content='', columnsize=0, tokenize='unicode61 remove_diacritics 2')",
        "CREATE TABLE _facets (facet TEXT, value TEXT, rows BLOB, PRIMARY KEY (facet, value))",
        "CREATE TABLE _about (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID",
    ]


INDEXES = (
    "CREATE UNIQUE INDEX postings_by_id ON postings (id)",
    f"CREATE INDEX postings_counted ON postings ({', '.join(NARROW)})",
    "CREATE INDEX postings_newest ON postings (first_seen_at)",
    "CREATE INDEX postings_open_newest ON postings (state, first_seen_at)",
    "CREATE INDEX postings_of_board ON postings (board, first_seen_at)",
    "CREATE INDEX postings_of_target ON postings (target)",
    "CREATE INDEX postings_of_employer ON postings (employer)",
    "CREATE INDEX postings_in_country ON postings (country)",
    "CREATE INDEX postings_of_role ON postings (role)",
    "CREATE INDEX postings_in_cluster ON postings (cluster) WHERE cluster IS NOT NULL",
    "CREATE INDEX postings_with_terms ON postings (attribution) WHERE attribution IS NOT NULL",
    "CREATE INDEX skills_by_name ON skills (name, posting)",
    "CREATE INDEX skills_by_kind ON skills (kind)",
    "CREATE INDEX skills_by_need ON skills (need)",
    "CREATE INDEX benefits_by_code ON benefits (code, posting)",
    "CREATE INDEX locations_by_country ON locations (country, posting)",
    "CREATE INDEX locations_by_city ON locations (city)",
    "CREATE INDEX locations_by_kind ON locations (kind)",
    "CREATE INDEX events_by_time ON events (at)",
    "CREATE INDEX events_by_kind ON events (kind)",
    "CREATE INDEX events_by_field ON events (field)",
    "CREATE INDEX events_of_target ON events (target)",
    "CREATE INDEX events_of_posting ON events (posting)",
    "CREATE INDEX crawls_of_target ON crawls (target)",
)

POSTING_NAMES = [column.name for column in POSTINGS]
PLACE_NAMES = [column.name for column in TABLES["locations"][3:]]
OFFERED = {True: "offered", False: "refused", None: None}
NEEDS = {"required": 0, "preferred": 1, "mentioned": 2}


class Rows(NamedTuple):
    """What a posting puts into the tables, and the words that it is found by."""

    posting: tuple[Any, ...]
    skills: list[tuple[Any, ...]]
    benefits: list[tuple[Any, ...]]
    locations: list[tuple[Any, ...]]
    words: tuple[Any, ...]


def rows_of(n: int, record: Mapping[str, Any], row: Mapping[str, Any]) -> Rows:
    """The rows of a posting: `record` is what was read, `row` what the store knows of its life."""
    salary, experience = record.get("salary") or {}, record.get("experience") or {}
    places = [place for place in record["locations"] if any(place.values())]
    stack = sorted(record["stack"], key=lambda skill: NEEDS[skill["need"]])
    first = places[0] if places else {}
    cells = {
        **record,
        **salary,
        "n": n,
        "employer": record["employer"].get("name") or record["employer"].get("slug"),
        "state": "closed" if row["closed_at"] else "open",
        "country": next((place["country"] for place in places if place["country"]), None),
        "city": first.get("city"),
        "places": joined((place_words(place) for place in places), "; "),
        "remote_from": joined(record["remote_from"]),
        "seniority": joined(record["seniority"]),
        "employment": joined(record["employment"]),
        "salary_min": salary.get("min"),
        "salary_max": salary.get("max"),
        "gross": {True: "gross", False: "net"}.get(salary.get("gross")),  # type: ignore[arg-type]
        "years_min": experience.get("min_years"),
        "years_max": experience.get("max_years"),
        "skills": joined(skill["name"] for skill in stack),
        "languages": joined(" ".join(filter(None, (each["code"], each["level"]))) for each in record["languages"]),
        "relocation": OFFERED[record["relocation"]],
        "visa_sponsorship": OFFERED[record["visa_sponsorship"]],
        "department": joined(record["departments"], "; "),
        "conflicts": joined(record["conflicts"]),
    }
    for name in ("first_seen_at", "last_seen_at", "closed_at", "closed_because", "times_reopened", "target", "cluster"):
        cells[name] = row[name]
    posting = tuple(map(cells.get, POSTING_NAMES))
    wide = [(n, at, "place", *map(place.get, PLACE_NAMES)) for at, place in enumerate(places)]
    for at, place in enumerate(record["remote_from"], len(wide)):
        country, region = (place, None) if len(place) == 2 and place.isupper() else (None, place)
        wide.append((n, at, "remote_from", place, None, region, country, None, None))
    return Rows(
        posting,
        [(n, skill["name"], skill["kind"], skill["need"]) for skill in stack],
        [(n, benefit["code"], benefit["text"]) for benefit in record["benefits"]],
        wide,
        (n, record["title"], cells["employer"], cells["places"], cells["skills"], record["description"]),
    )


def place_words(place: Mapping[str, Any]) -> str:
    """A place in a few words: `Lisbon, PT`."""
    return joined(filter(None, (place.get("city") or place.get("region"), place.get("country")))) or place["text"] or ""


def joined(values: Iterable[str], by: str = ", ") -> str | None:
    """Several values in one cell; None where there is none."""
    return by.join(values) or None
