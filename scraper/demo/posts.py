"""The invented posts of the demo site, put together from hand-written parts. The same posts every time."""

import re
import tomllib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from html import escape
from importlib.resources import files
from typing import Any, Literal
from zlib import crc32

State = Literal["open", "slow", "broken", "closed", "gone", "archived"]

CYRILLIC = "абвгдежзийклмнопрстуфхцчшщъыьэюяё"
LATIN = "a b v g d e zh z i y k l m n o p r s t u f kh ts ch sh sch  y  e yu ya e".split(" ")
IN_LATIN = dict(zip(CYRILLIC, LATIN, strict=True))
FIRST_DAY = datetime(2026, 6, 1, 7, 30, tzinfo=UTC)
WORKPLACE = {"remote": "Remote", "hybrid": "Hybrid", "onsite": "Office"}


@dataclass(frozen=True)
class Employer:
    """Who hires on the demo site."""

    slug: str
    name: str
    tagline: str


@dataclass(frozen=True)
class Place:
    """A place of a post: a city or none, and its country with English, Russian and region names."""

    city: str | None
    code: str
    country: str
    country_ru: str
    region: str


@dataclass(frozen=True)
class Post:
    """One invented post. `state` says how its page answers; `description` is HTML, `published` is UTC."""

    slug: str
    title: str
    employer: Employer
    category: str
    language: str
    levels: tuple[str, ...]
    workplace: str
    places: tuple[Place, ...]
    kind: str
    pay: str
    relocation: bool
    description: str
    published: datetime
    state: State

    @property
    def regions(self) -> list[str]:
        """Regions of its places, each once; a remote post without places is worldwide."""
        return list(dict.fromkeys(place.region for place in self.places)) or ["Worldwide"]

    @property
    def tags(self) -> list[str]:
        """The labels of its page: regions, countries, workplace, levels."""
        countries = dict.fromkeys(place.country for place in self.places)
        return [*self.regions, *countries, WORKPLACE[self.workplace], *map(str.capitalize, self.levels)]


@cache
def load_posts() -> tuple[Post, ...]:
    """All posts of the demo site, newest first."""
    data = read_parts("employers")
    countries = data["countries"]
    posts: dict[str, Post] = {}
    for row in data["employers"]:
        parts = read_parts(row["lang"])
        employer = Employer(slugify(row["name"]), row["name"], row["tagline"])
        for job in row["jobs"]:
            slug = free_slug(job.get("slug") or f"{slugify(job['title'])}-at-{employer.slug}", posts)
            places = read_places(job.get("at", ""), countries)
            posts[slug] = Post(
                slug=slug,
                title=job["title"],
                employer=employer,
                category=job["job"],
                language=row["lang"],
                levels=tuple(job["level"].split(", ")) if "level" in job else (),
                workplace=job.get("tag", job["mode"]),
                places=places,
                kind=job.get("kind", "full"),
                pay=job.get("pay", ""),
                relocation=job.get("move") == "yes",
                description=describe(slug, row, job, place_names(places, countries, row["lang"]), parts),
                published=FIRST_DAY + timedelta(minutes=crc32(slug.encode()) % 230_000, milliseconds=len(slug) * 7),
                state=job.get("state", "open"),
            )
    return tuple(sorted(posts.values(), key=lambda post: post.published, reverse=True))


def describe(slug: str, row: dict[str, Any], job: dict[str, Any], places: str, parts: dict[str, Any]) -> str:
    """The HTML of a post, its sections in the order and style of the employer's voice."""
    work, voice = parts["jobs"][job["job"]], parts["voices"][row["voice"]]
    first, *others = job["stack"].split(", ")
    words: dict[str, Any] = {
        **job,
        "employer": row["name"],
        "product": row["product"],
        "team": 4 + crc32(slug.encode()) % 9,
        "field": work["field"],
        "first": first,
        "others": ", ".join(others),
        "places": places,
    }

    def one(name: str, lines: Sequence[str]) -> str:
        line = some(1, f"{slug} {name}", lines)[0].format(**words)
        return line[:1].upper() + line[1:]

    def many(count: int, lines: Sequence[str], seed: str = slug) -> list[str]:
        return [line.format(**words) for line in some(count, seed, lines)]

    words["speak"] = some(1, slug, row["speak"])[0]
    facts = [one("place", parts["place"])] if places else []
    facts += [one(name, parts[name][job[name]]) for name in ("mode", "move", "visa") if name in job]
    facts.append(one("kind", parts["kind"][job.get("kind", "full")]))
    if "pay" in job:
        facts.append(one("pay", parts["pay"]))
    nice = many(1, work["nice"]) + ([one("plus", parts["plus"])] if "plus" in job else [])
    sections = {
        "about": [row["about"]],
        "mission": many(1, work["mission"]),
        "tasks": many(4, work["tasks"]),
        "must": [
            one("years", parts["years"] if "years" in job else parts["starter"]),
            one("stack", parts["stack"]),
            *many(3, work["must"]),
            one("speak", parts["speak"]),
        ],
        "nice": nice,
        "facts": facts,
        "benefits": many(7, parts["parts"]["benefits"], f"{row['name']} {job['job'] in ('backend', 'ml')}"),
        "process": many(1, parts["parts"]["process"], row["name"]),
        "legal": many(1, parts["parts"]["legal"], row["name"]),
    }
    return "\n".join(
        heading_html(voice["style"], voice.get(name, "").format(**words)) + lines_html(voice["style"], name, lines)
        for name, lines in ((name, sections[name]) for name in voice["order"])
    )


def heading_html(style: str, heading: str) -> str:
    """A heading in the employer's style; nothing where the section has none."""
    if not heading:
        return ""
    if style in ("h2", "h3"):
        return f"<{style}><strong>{escape(heading)}</strong></{style}>"
    return f"<p><strong>{escape(heading)}</strong></p>"


def lines_html(style: str, section: str, lines: list[str]) -> str:
    """The lines of a section: a list or, in the style with dashes and for prose, paragraphs."""
    if section in ("about", "mission", "process", "legal"):
        return "".join(f"<p>{escape(line)}</p>" for line in lines)
    if style == "dashes" and section in ("benefits", "facts"):
        return "".join(f"<p>- {escape(line)}</p>" for line in lines)
    return "<ul>" + "".join(f"<li><p>{escape(line)}</p></li>" for line in lines) + "</ul>"


def some(count: int, seed: str, lines: Sequence[str]) -> list[str]:
    """`count` of the lines, in their order, chosen by a checksum: no chance, so the same on every machine."""
    chosen = sorted(lines, key=lambda line: crc32(f"{seed}|{line}".encode()))[:count]
    return [line for line in lines if line in chosen]


def read_places(text: str, countries: dict[str, dict[str, str]]) -> tuple[Place, ...]:
    """The places of an `at`, e.g. `Cork IE; PT`: a city and a country, and a whole country."""
    places = []
    for part in filter(None, text.split("; ")):
        city, _, code = part.rpartition(" ")
        country = countries[code]
        places.append(Place(city or None, code, country["en"], country["ru"], country["region"]))
    return tuple(places)


def place_names(places: tuple[Place, ...], countries: dict[str, dict[str, str]], language: str) -> str:
    """The places as the text of a post names them."""
    return " / ".join(", ".join(filter(None, (place.city, countries[place.code][language]))) for place in places)


def slugify(text: str) -> str:
    """Lower-case Latin letters and digits, apart by hyphens."""
    latin = "".join(IN_LATIN.get(c, c) for c in text.lower())
    plain = unicodedata.normalize("NFKD", latin).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def free_slug(slug: str, taken: dict[str, Post]) -> str:
    """The slug, numbered where another post has it already."""
    number, free = 1, slug
    while free in taken:
        number += 1
        free = f"{slug}-{number}"
    return free


@cache
def read_parts(name: str) -> dict[str, Any]:
    """A data file of this package."""
    return tomllib.loads(files(__package__).joinpath(f"{name}.toml").read_text(encoding="utf-8"))
