"""Dates in every shape that boards publish them, at the precision that was published."""

import math
import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from scraper.document import Document, fold
from scraper.posting import RawPosting
from scraper.reading import Reading, Span
from scraper.words import load
from scraper.words.cues import hits

Slot = Literal["published", "updated", "expires"]

LONGEST = 100
"""A text longer than this is no date."""
FIRST_YEAR, LAST_YEAR = 1990, 2100
"""Boards write 1970 and 9999 for "none"."""
# An earlier `seen_at` is no clock of a crawl, and judges no date.
FIRST_CRAWL = 2026
SLACK = timedelta(days=2)
"""How far ahead of the crawl a publish date may lie: time zones and clocks that run fast."""


def read_date(
    raw: RawPosting, slot: Slot, language: str | None, document: Document | None = None
) -> Reading[str | None] | None:
    """The date of a slot in ISO 8601, at the precision published: `2026-08`, `2026-08-13`, `2026-08-13T09:30:00+02:00`.

    Relative words ("3 days ago") count from `raw.seen_at` and give a day. None where the text leaves the date open (no
    year, a numeric date in either order, "30+ days ago") and where it lies before 1990. A publish date more than two
    days after the crawl is a deadline or a wrong year: it is dropped (value None, `conflict`), with both dates in the
    evidence. `document` lets `expires` fall back on a deadline that the text names.
    """
    published: str | int | float | None = getattr(raw, slot)
    seen = raw.seen_at if raw.seen_at.tzinfo else raw.seen_at.replace(tzinfo=UTC)
    if published is not None and (value := read_value(published, raw, slot, language, seen.astimezone(zone_of(raw)))):
        whole = isinstance(published, float) and published.is_integer()
        spans = (Span(slot, quote=f"{published:.0f}" if whole else str(published), value=value),)
        if slot != "expires" and seen.year >= FIRST_CRAWL and lies_after(value, seen + SLACK):
            return Reading(None, (*spans, Span("seen_at", quote=raw.seen_at.isoformat())), conflict=True)
        return Reading(value, spans)
    return read_deadline(raw, document) if slot == "expires" and document else None


def read_value(
    published: str | int | float, raw: RawPosting, slot: Slot, language: str | None, seen: datetime
) -> str | None:
    """A date as published, in ISO 8601."""
    text = " ".join(str(published).split())
    if not isinstance(published, str):
        return from_epoch(published)
    if match := EPOCH.fullmatch(text):
        return from_epoch(float(match[1]))
    if len(text) > LONGEST:
        return None
    folded = fold(text).replace("’", "'")
    return (
        read_absolute(folded, raw.date_order, raw.time_zone)
        or read_relative(folded, seen, ahead=slot == "expires")
        or read_rare(folded, language)
    )


# -- numbers ----------------------------------------------------------------------------------------------------------

EPOCH = re.compile(r"(?:/Date\()?(-?\d{9,13}(?:\.\d{1,6})?)(?:\)/)?")


def from_epoch(number: float) -> str | None:
    """Epoch seconds, or milliseconds where seconds would lie past the year 5000; 0 means none."""
    if not math.isfinite(number) or number <= 0 or number >= 1e14:
        return None
    moment = datetime.fromtimestamp(number / 1000 if number >= 1e11 else number, UTC)
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        return None
    unit = "milliseconds" if moment.microsecond else "seconds"
    return moment.isoformat(timespec=unit).replace("+00:00", "Z")


# -- calendar dates ---------------------------------------------------------------------------------------------------

TIME = re.compile(
    r"(?<![\d:])(?P<hour>\d{1,2})[:時时](?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,](?P<fraction>\d{1,9}))?)?(?!\d)"
    r" ?(?P<half>[ap]\.?m\b\.?)? ?(?P<zone>[+-]\d\d:?\d\d\b|[^\W\d_]{1,4}\b)?"
)
YEAR_FIRST = re.compile(r"(?<!\d)(\d{4})(?:[-/.]| ?[年년] ?)(\d{1,2})(?:(?:[-/.]| ?[月월] ?)(\d{1,2}))?(?!\d)")
COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:t?(\d\d)(\d\d)(\d\d)(z?))?")
YEAR_LAST = re.compile(r"(?<![\d.])(\d{1,2}) ?([-/.]) ?(\d{1,2}) ?\2 ?(\d{4}|\d\d)(?!\d)")
MONTH_LAST = re.compile(r"(\d{1,2})[-/.](\d{4})")
DAY = r"(?P<day>\d{1,2})(?!\d)"
YEAR = r"(?P<year>\d{4})(?!\d)"
MONTH = r"(?P<month>[^\W\d_]{3,14})\.?"
OF = r"[ ,./'-]{0,3}(?:de |del |of |d')?"
NAMED = [
    re.compile(pattern)
    for pattern in (
        rf"(?<!\d){DAY}(?:st|nd|rd|th|er|º|ª|°)?\.?(?: ?[-–] ?\d{{1,2}}(?!\d))?{OF}{MONTH}{OF}"
        r"(?P<year>\d{4}|(?<=[-'])\d\d)(?!\d)",
        rf"(?<!\w){MONTH} ?{DAY}(?:st|nd|rd|th)?[ ,]{{1,3}}(?:[\d:.]{{4,12}} (?:[a-z]{{2,5}} |[+-]\d{{4}} )?)?{YEAR}",
        rf"(?<!\d){YEAR}[ ./-]{{1,3}}{MONTH}[ ./-]{{1,3}}{DAY}",
        rf"(?<!\w)(?<!\d )(?<!\d\. ){MONTH}[ ,/-]{{1,3}}(?:de |del |of )?{YEAR}",
    )
]


@lru_cache(maxsize=4096)
def read_absolute(folded: str, order: str | None, time_zone: str | None = None) -> str | None:
    """A calendar date anywhere in a short text. `order` settles a numeric date that could be either."""
    if match := COMPACT.fullmatch(folded):
        folded = "{}-{}-{}".format(*match.groups()) + ("t{}:{}:{}{}".format(*match.groups()[3:]) if match[4] else "")
    for _, parts in calendar_dates(folded, order):
        try:
            day = date(*(part or 1 for part in parts))
        except ValueError:
            return None
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            return None
        if not parts[2]:
            return day.isoformat()[:7]
        return day.isoformat() + read_time(folded, day, time_zone)
    return None


def calendar_dates(folded: str, order: str | None) -> Iterable[tuple[str, tuple[int, int, int]]]:
    """The words of a date and its year, month and day (0: not said), surest shapes first."""
    if match := MONTH_LAST.fullmatch(folded):
        yield match[0], (int(match[2]), int(match[1]), 0)
    if match := YEAR_FIRST.search(folded):
        yield match[0], (int(match[1]), int(match[2]), int(match[3] or 0))
    for pattern in NAMED:
        for match in pattern.finditer(folded):
            if month := months().get(match["month"]):
                year = int(match["year"])
                day = int(match.groupdict().get("day") or 0)
                yield match[0], (year if year > 99 else 2000 + year, month, day)
    if match := YEAR_LAST.search(folded):
        first, second, year = int(match[1]), int(match[3]), int(match[4])
        year = year if year > 99 else 2000 + year
        dotted = match[2] == "."
        if second > 12 or (first <= 12 and first != second and order == "MDY" and not dotted):
            yield match[0], (year, first, second)
        elif first > 12 or first == second or dotted or order == "DMY":
            yield match[0], (year, second, first)


def read_time(folded: str, day: date, time_zone: str | None) -> str:
    """The time of day in a text, as `T09:30:00+02:00`; empty where there is none."""
    if not (match := TIME.search(folded)):
        return ""
    hour, minute, second = int(match["hour"]), int(match["minute"]), int(match["second"] or 0)
    if match["half"]:
        hour = hour % 12 + (12 if match["half"][0] == "p" else 0)
    if hour > 23 or minute > 59 or second > 59:
        return ""
    text = f"T{hour:02}:{minute:02}" + (f":{second:02}" if match["second"] else "")
    text += f".{match['fraction'][:6]}" if match["fraction"] else ""
    zone = match["zone"] or ""
    if zone[:1] in ("+", "-") and zone:
        return f"{text}{zone[:3]}:{zone[-2:]}"
    if zone in (zones := load("dates")["zones"]):
        return f"{text}{zones[zone]}"
    return text + offset_at(datetime(day.year, day.month, day.day, hour, minute, second), time_zone)  # noqa: DTZ001


def offset_at(moment: datetime, time_zone: str | None) -> str:
    """The offset of an IANA zone at a local time; empty for an unknown zone."""
    zone = named_zone(time_zone)
    return moment.replace(tzinfo=zone).isoformat()[len(moment.isoformat()) :][:6] if zone else ""


@cache
def named_zone(name: str | None) -> ZoneInfo | None:
    """An IANA time zone by its name."""
    try:
        return ZoneInfo(name) if name else None
    except (ValueError, OSError, KeyError):
        return None


def zone_of(raw: RawPosting) -> ZoneInfo:
    """The zone whose calendar "today" means."""
    return named_zone(raw.time_zone) or ZoneInfo("UTC")


@cache
def months() -> dict[str, int]:
    """Folded month names of every language to 1..12."""
    return {word: number for number, row in enumerate(load("dates")["months"], 1) for word in row.split()}


# -- relative dates ---------------------------------------------------------------------------------------------------


def one_of(words: Iterable[str]) -> str:
    """A pattern of any of these words, the longest first."""
    return "|".join(re.escape(word) for word in sorted(set(words), key=lambda word: (-len(word), word)))


@cache
def relative_patterns() -> dict[str, re.Pattern[str]]:
    """Patterns of whole texts: a count of units ago or ahead, and a named day."""
    words = load("dates")
    lead = rf"(?:(?:{one_of(words['lead'])})\W+)*"
    about = rf"(?:(?:{one_of(words['about'])})(?:\W+|(?=\d))|~ ?)?"
    counts = one_of(word for row in words["numbers"].values() for word in row.split())
    units = one_of(word for row in words["units"].values() for word in row.split())
    count = rf"(?:(?P<digits>\d{{1,9}}) ?|(?P<word>{counts})\W*)?(?:of |d')?(?P<unit>{units})"
    patterns = {}
    for way in ("ago", "ahead"):
        before, after = one_of(words[way]["before"]), one_of(words[way]["after"])
        patterns[way] = re.compile(
            rf"{lead}{about}(?:(?P<before>{before})\W*)?{about}{count}\W*(?P<after>{after})?\W*(?:{about})?"
        )
    clock = rf"(?:[\W_]*(?:{one_of(words['at'])})?[\W_]*(?:\d{{1,2}}[:.h]\d\d)?)(?:\W*uhr)?\W*"
    for name in ("now", "today", "yesterday", "day_before_yesterday", "tomorrow"):
        patterns[name] = re.compile(rf"{lead}(?:{one_of(words[name])}){clock}")
    patterns["weekday"] = re.compile(rf"{lead}(?:last )?(?P<weekday>{one_of(weekdays())})\.?")
    return patterns


@cache
def weekdays() -> dict[str, int]:
    """Folded weekday names of every language to 0 (Monday) .. 6."""
    return {word: number for number, row in enumerate(load("dates")["weekdays"]) for word in row.split()}


def read_relative(folded: str, seen: datetime, ahead: bool) -> str | None:
    """A day counted from `seen`; with `ahead`, "in 3 days" is read as well."""
    patterns = relative_patterns()
    for name, back in (("now", 0), ("today", 0), ("yesterday", 1), ("day_before_yesterday", 2)):
        if patterns[name].fullmatch(folded):
            return (seen - timedelta(days=back)).date().isoformat()
    if (match := patterns["ago"].fullmatch(folded)) and (match["before"] or match["after"]):
        return shift(match, seen, -1)
    if not ahead:
        match = patterns["weekday"].fullmatch(folded)
        back = (seen.weekday() - weekdays()[match["weekday"]]) % 7 if match else 0
        return (seen - timedelta(days=back)).date().isoformat() if match else None
    if patterns["tomorrow"].fullmatch(folded):
        return (seen + timedelta(days=1)).date().isoformat()
    match = patterns["ahead"].fullmatch(folded)
    return shift(match, seen, 1) if match and (match["before"] or match["after"]) else None


def shift(match: re.Match[str], seen: datetime, sign: int) -> str | None:
    """`seen` moved by the count and unit of a match; None past the calendar's end."""
    words = load("dates")
    unit = next(name for name, row in words["units"].items() if match["unit"] in row.split())
    count = int(match["digits"] or 1)
    if match["word"]:
        count = next(int(number) for number, row in words["numbers"].items() if match["word"] in row.split())
    elif match["unit"] in words["dual"]:
        count = 2
    try:
        if unit in ("month", "year"):
            return add_months(seen.date(), sign * count * (12 if unit == "year" else 1))
        days = {"minute": 1 / 1440, "hour": 1 / 24, "day": 1, "week": 7, "fortnight": 14}[unit]
        moved = (seen + timedelta(days=sign * count * days)).date()
    except (OverflowError, ValueError):
        return None
    return moved.isoformat() if FIRST_YEAR <= moved.year <= LAST_YEAR else None


def add_months(day: date, months: int) -> str | None:
    """The same day of another month, or that month's last."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    following = date(year + month // 11, (month + 1) % 12 + 1, 1)
    return date(year, month + 1, min(day.day, (following - timedelta(days=1)).day)).isoformat()


# -- what is left -----------------------------------------------------------------------------------------------------

DATE_LIKE = re.compile(r"(?=.*(?<!\d)(?:19|20)\d\d(?!\d))(?=.*(?<!\d)[0-3]?\d(?!\d))(?=.*[^\W\d_]{3})[^:+]{8,60}")


@lru_cache(maxsize=4096)
def read_rare(folded: str, language: str | None) -> str | None:
    """A full date whose month name we do not know, by dateparser: slow, so only for texts that look like a date."""
    if not language or not DATE_LIKE.fullmatch(folded):
        return None
    import dateparser

    try:
        found = dateparser.parse(
            folded,
            languages=[language],
            settings={"STRICT_PARSING": True, "RELATIVE_BASE": datetime(2000, 1, 1)},  # noqa: DTZ001
        )
    except (ValueError, OverflowError):
        return None
    return found.date().isoformat() if found and FIRST_YEAR <= found.year <= LAST_YEAR else None


def lies_after(value: str, limit: datetime) -> bool:
    """Whether a read date lies after a moment, at the date's own precision."""
    return value[:10] > limit.date().isoformat()[: len(value[:10])]


def read_deadline(raw: RawPosting, document: Document) -> Reading[str] | None:
    """The last day to apply, where the text names it right after a phrase such as "closing date" in one line."""
    ends: dict[str, int] = {}
    for last, phrase in hits(document.folded).get("deadline", ()):
        ends.setdefault(phrase, last + 1)
    for phrase in load("dates")["deadline"]["phrases"] if ends else ():
        if phrase not in ends:
            continue
        start = ends[phrase]
        at = start - len(phrase)
        line = re.split(r"(?<=\S)\n", document.folded[start : start + 60])[0]
        for name, parts in calendar_dates(line, raw.date_order):
            try:
                day = date(*(part or 1 for part in parts))
            except ValueError:
                break
            if parts[2] and FIRST_YEAR <= day.year <= LAST_YEAR:
                end = start + line.index(name) + len(name)
                return Reading(day.isoformat(), (Span("description", at, end, document.text[at:end]),))
            break
    return None
