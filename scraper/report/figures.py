"""The figures of the report: what each says in a sentence, its table, and how it is drawn."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from statistics import quantiles
from typing import Any

from babel import Locale

from scraper.posting import Need, Seniority
from scraper.report import charts
from scraper.report.charts import percent
from scraper.report.facts import EVIDENCED, FIELDS, Choice, plain
from scraper.report.history import MOST_WEEKS, Week, differ, median_stay
from scraper.report.tally import Pay, Tally
from scraper.report.world import Spot, crowd, spot_of, window

LEAST = 5
"""Below so many nothing is drawn."""
ROWS = 50
"""Rows of a table; what is left out is counted."""
BARS = 15
PAYS = 8
"""Currencies and periods that get a figure of their own."""
HALF, WHOLE, PHONE = 530, 1080, 340
"""Widths of charts in pixels: beside another one, across the page, on a phone."""


@dataclass
class Figure:
    """A figure. `says` is one sentence made from its numbers, which also stands in for it; `draw` takes a width."""

    id: str
    title: str
    says: str
    draw: Callable[[int], str] | None = None
    heads: Sequence[str] = ()
    rows: Sequence[Sequence[Any]] = ()
    note: str = ""
    wide: bool = False
    more: int = 0
    """Rows that are not in the table."""
    shut: bool = True
    """Whether the table is folded away behind the chart."""

    @property
    def pictures(self) -> list[tuple[str, str]]:
        """The chart for a desk and for a phone, each with the name of its width."""
        if self.draw is None:
            return []
        return [("desk", self.draw(WHOLE if self.wide else HALF)), ("phone", self.draw(PHONE))]


@dataclass
class Section:
    """Figures under a heading."""

    id: str
    title: str
    figures: list[Figure] = field(default_factory=list)
    note: str = ""


@cache
def countries() -> dict[str, str]:
    """ISO 3166-1 alpha-2 to the English name (CLDR)."""
    return {code: name for code, name in Locale("en").territories.items() if len(code) == 2 and code.isalpha()}


def worded(code: str) -> str:
    """A code in words: `on-site` for `onsite`, `C level` for `c_level`."""
    known = {"onsite": "on-site", "c_level": "C level", "vp": "VP", "hr": "HR"}
    return known.get(code) or code.replace("_", " ")


def listed(parts: Sequence[str]) -> str:
    """Words in a row: `a, b and c`."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def many(n: int, things: str) -> str:
    """A count with its word: `1 posting`, `1,200 jobs`."""
    return f"{n:,} {things[:-1] if n == 1 else things}"


def top(counts: Mapping[str, int], most: int | None = None) -> list[tuple[str, int]]:
    """The largest counts, by name where they are equal."""
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:most]


def counted(
    id: str,
    title: str,
    what: str,
    counts: Mapping[str, int],
    names: Mapping[str, str],
    total: int,
    said: int,
    things: str,
    order: Sequence[str] = (),
) -> Figure:
    """A figure of counts: a bar each, in their `order` where they have one. `what` names what is counted; `said` is how
    many posts say it at all.
    """
    ranked = [(names.get(key, key), count) for key, count in top(counts)]
    rows = [(names.get(key, key), counts[key]) for key in order if key in counts] or ranked
    figure = Figure(id, title, "", heads=(what, things, "share"), more=max(0, len(rows) - ROWS))
    figure.rows = [(name, count, percent(count, total)) for name, count in rows[:ROWS]]
    if said < LEAST:
        figure.says = too_few(said, total, things)
        return figure
    leaders = listed([f"{name} ({count:,})" for name, count in ranked[:3]])
    figure.says = f"Most often {leaders}; {said:,} of {total:,} {things} say ({percent(said, total)})."
    figure.draw = partial(charts.bars, rows[:BARS], total)
    return figure


def too_few(said: int, total: int, things: str) -> str:
    """Why there is no chart."""
    return f"Too few to draw: {said:,} of {total:,} {things} say it; from {LEAST} on there is a chart."


# -- the sections -----------------------------------------------------------------------------------------------------


def sections(tally: Tally, choice: Choice, things: str) -> list[Section]:
    """The report's sections but the last. `things` is what is counted: postings or jobs."""
    found = [Section("time", "Over time", over_time(tally, things))]
    if tally.jobs:
        found += [
            Section("skills", "Skills", [skills(tally, things), trend(tally, choice, things)]),
            Section("work", "Work", work(tally, things)),
            Section("places", "Places", places(tally, things)),
            Section("pay", "Pay", pay(tally, things), pay_note(tally, things)),
            Section("offers", "Employers and benefits", [employers(tally, things), benefits(tally, things)]),
        ]
    return found


def over_time(tally: Tally, things: str) -> list[Figure]:
    """Open ones, those that came and went, and how long they stayed."""
    weeks = tally.history.weeks
    rows = [(w.monday.isoformat(), w.open, w.new, w.closed, w.reopened, w.found) for w in reversed(weeks)]
    heads = ("week of", "open at its end", "new", "closed", "reopened", "found by a first crawl")
    line = Figure("open", f"Open {things}", "", heads=heads, rows=rows, wide=True)
    turns = Figure("turns", "New and closed, week by week", "", heads=heads, rows=rows)
    if tally.known < LEAST or len(weeks) < 2:
        span = "one week" if len(weeks) == 1 else f"{len(weeks)} weeks"
        why = f"Too little to draw: {many(tally.known, things)} over {span}; it takes {LEAST} {things} and two weeks."
        line.says = turns.says = why
    else:
        peak = max(weeks, key=lambda w: w.open)
        line.says = (
            f"{weeks[-1].open:,} {things} were open at the end; the most at the end of a week were {peak.open:,},"
            f" in the week of {day(peak)}."
        )
        line.draw = partial(charts.open_over_time, weeks)
        new, closed = sum(w.new for w in weeks), sum(w.closed for w in weeks)
        turns.says = f"{new:,} {things} came and {closed:,} closed in {len(weeks)} weeks{busiest(weeks)}."
        turns.draw = partial(charts.came_and_went, weeks)
    if len(weeks) == MOST_WEEKS:
        line.note = f"The last {MOST_WEEKS} weeks; the first one begins with all that were open before."
    if found := sum(w.found for w in weeks):
        turns.note = (
            f"No week counts as new the {many(found, things)} that the first crawl of a target found: nobody saw them"
            " appear."
        )
    return [line, turns, stay(tally, things)]


def day(week: Week) -> str:
    """A week's Monday in words."""
    return f"{week.monday.day} {week.monday:%B %Y}"


def busiest(weeks: Sequence[Week]) -> str:
    """When most came, where any did."""
    best = max(weeks, key=lambda w: w.new)
    return f", most in the week of {day(best)} ({best.new:,} new)" if best.new else ""


BANDS = ((0, 7, "< 1"), (7, 14, "1"), (14, 21, "2"), (21, 28, "3"), (28, 42, "4–5"), (42, 56, "6–7"), (56, 84, "8–11"))
LAST_BAND = "12 +"


def stay(tally: Tally, things: str) -> Figure:
    """How long those that closed had been open, and what that leaves out."""
    history = tally.history
    bands = [(name, sum(low <= d < high for d in history.closed)) for low, high, name in BANDS]
    bands.append((LAST_BAND, sum(d >= BANDS[-1][1] for d in history.closed)))
    figure = Figure("stay", "Time to close", "", heads=("weeks open", f"closed {things}"), rows=bands)
    n, still = len(history.closed), len(history.still_open)
    if n < LEAST:
        figure.says = (
            f"Too few to draw: {many(n, things)} seen both to appear and to close; from {LEAST} on there is a chart."
        )
    else:
        low, middle, high = quantiles(history.closed, n=4, method="inclusive")
        figure.says = f"Half of {n:,} closed {things} closed within {middle:.0f} days, the middle half in"
        figure.says += f" {low:.0f} to {high:.0f}."
        figure.draw = partial(charts.steps, bands, "weeks open")
    median = median_stay(history)
    survival = (
        f"Counting those, half are closed after {median:.0f} days (Kaplan–Meier)."
        if median is not None and n >= LEAST
        else "Counting those, fewer than half have closed yet."
    )
    if n:
        figure.note = f"{still:,} more are still open and will stay longer than is drawn. {survival}"
    if history.unknown:
        figure.note += f" {history.unknown:,} that a first crawl found are left out: their beginning is not known."
        figure.note = figure.note.strip()
    return figure


def skills(tally: Tally, things: str) -> Figure:
    """Skills by how they are asked for."""
    names = dict.fromkeys(name for name, _ in top(tally.skills, ROWS))
    rows = [
        (
            plain(name, 40),
            tally.skills[name],
            *(tally.needs[name, need] for need in Need),
            percent(tally.skills[name], tally.jobs),
        )
        for name in names
    ]
    figure = Figure(
        "skills", "Skills asked for", "", heads=("skill", things, *(n.value for n in Need), "share"), rows=rows
    )
    figure.more = max(0, len(tally.skills) - ROWS)
    said = tally.filled["stack"]
    if said < LEAST:
        figure.says = too_few(said, tally.jobs, things)
    else:
        required = top({name: tally.needs[name, Need.REQUIRED] for name in names}, 3)
        leaders = listed([f"{name} ({count:,})" for name, count in required if count])
        figure.says = f"Most often required: {leaders or 'none'}; {said:,} of {tally.jobs:,} {things} name a skill."
        drawn = [(row[0], *row[2:5]) for row in rows[:BARS]]
        figure.draw = partial(charts.dots, drawn, [n.value for n in Need], things)
    figure.note = "Mentioned: named, and not said to be required or preferred."
    return figure


def trend(tally: Tally, choice: Choice, things: str) -> Figure:
    """Skills whose share among new posts differs from the share before by more than chance."""
    lately, before = tally.recent_jobs, tally.before_jobs
    span = "week" if choice.weeks == 1 else f"{choice.weeks} weeks"
    heads = ("skill", "share before", "share lately", "change in points", "n before", "n lately")
    figure = Figure("trend", "Rising and falling", "", heads=heads)
    figure.note = (
        f"Among {things} first seen in the {span} before the last crawl (n = {lately:,}) against those first seen"
        f" earlier (n = {before:,}), closed ones too. Shown where the 95 % interval of the difference leaves zero out;"
        " of a hundred skills, chance alone lets a few pass."
    )
    if min(lately, before) < LEAST:
        figure.says = f"Too few to compare: {many(lately, things)} in the last {span}, {before:,} before."
        return figure
    names = sorted(name for name in tally.recent | tally.before if tally.recent[name] + tally.before[name] >= LEAST)
    moved = [
        (
            plain(name, 40),
            tally.before[name] / before,
            tally.recent[name] / lately,
            tally.before[name],
            tally.recent[name],
        )
        for name in names
        if differ(tally.recent[name], lately, tally.before[name], before)
    ]
    moved.sort(key=lambda row: (row[1] - row[2], row[0]))
    figure.rows = [
        (n, f"{100 * b:.1f} %", f"{100 * a:.1f} %", f"{100 * (a - b):+.1f}", nb, na) for n, b, a, nb, na in moved
    ]
    if not moved:
        figure.says = f"No skill's share changed by more than chance in the last {span} ({len(names):,} compared)."
        return figure
    up, down = [row[0] for row in moved if row[2] > row[1]], [row[0] for row in reversed(moved) if row[2] < row[1]]
    parts = [f"{listed(found[:3])} {verb}" for found, verb in ((up, "rose"), (down, "fell")) if found]
    figure.says = f"{'; '.join(parts)}: {len(moved):,} of {len(names):,} skills changed by more than chance."
    shown = moved if len(moved) <= BARS else moved[:8] + moved[-7:]
    figure.draw = partial(charts.moves, [row[:3] for row in shown])
    return figure


def work(tally: Tally, things: str) -> list[Figure]:
    """Levels, work modes, kinds of employment and roles."""
    words = {code: worded(code) for code in (*tally.levels, *tally.workplaces, *tally.employment)}
    of, say = tally.jobs, tally.filled
    return [
        counted("levels", "Levels", "level", tally.levels, words, of, say["seniority"], things, list(Seniority)),
        counted("workplace", "Workplace", "work mode", tally.workplaces, words, of, say["workplace"], things),
        counted("employment", "Employment", "kind", tally.employment, words, of, say["employment"], things),
        counted("roles", "Roles", "role", tally.roles, tally.role_names, of, say["role"], things),
    ]


def places(tally: Tally, things: str) -> list[Figure]:
    """Countries, and cities on a map."""
    where = "A job in several places counts in each."
    by_country = counted(
        "countries", "Countries", "country", tally.countries, countries(), tally.jobs, tally.filled["locations"], things
    )
    by_country.note = where
    names: Counter[str] = Counter()
    for place, count in tally.cities.items():
        names[f"{place.city}, {countries().get(place.country, 'country not said')}"] += count
    cities = counted("cities", "Cities", "city", names, {}, tally.jobs, tally.filled["locations"], things)
    spots: list[Spot] = []
    lost = 0
    for place, count in sorted(tally.cities.items()):
        if (at := spot_of(place, tally.published_spots)) is None:
            lost += count
        else:
            spots.append(Spot(place.city, count, *at))
    known = {code for code, _, _ in tally.cities if code}
    most = max(names, key=names.__getitem__, default="none")
    says = f"{len(spots):,} cities in {len(known):,} countries; the largest dot is {most}."
    drawn = Figure("map", "Map of cities", says, heads=cities.heads, rows=cities.rows, more=cities.more, wide=True)
    if sum(spot.jobs for spot in spots) < LEAST:
        return [by_country, cities]
    closer = crowd(spots)
    drawn.draw = partial(draw_map, spots, closer)
    drawn.note = f"The area of a dot is its number of {things}. "
    drawn.note += f"{lost:,} of the places named are not on the map: where they are is not known." if lost else ""
    return [by_country, cities, drawn]


def draw_map(spots: Sequence[Spot], closer: Sequence[Spot], width: int) -> str:
    """The map in a width and, where cities crowd, a closer one below it."""
    whole = window(spots, width)
    if not closer:
        return charts.dotted_map(spots, whole)
    inner = window(closer, width)
    shown = [spot for spot in spots if inner.shows(spot)]
    return charts.dotted_map(spots, whole, inner) + charts.dotted_map(shown, inner)


def pay(tally: Tally, things: str) -> list[Figure]:
    """A figure a currency and period, the most frequent first."""
    groups = sorted(tally.pay.items(), key=lambda item: (-len(item[1]["all", ""]), item[0]))
    return [pay_figure(unit, rows, tally, things) for unit, rows in groups if len(rows["all", ""]) >= LEAST][:PAYS]


def unit_words(unit: Pay) -> str:
    """`EUR a year`, `PLN a month after tax`."""
    article = "an" if unit.period == "hour" else "a"
    return f"{unit.currency} {article} {unit.period}" + (" after tax" if unit.net else "")


def pay_figure(unit: Pay, groups: Mapping[tuple[str, str], Sequence[float]], tally: Tally, things: str) -> Figure:
    """The quartiles of pay in one currency and period, by level, country and role."""
    rows: list[tuple[str, int, float, float, float]] = []
    drawn: list[tuple[str, int, float, float, float]] = []
    for kind, names, most in (
        ("all", {"": f"all {things}"}, 1),
        ("level", {level: worded(level) for level in tally.levels}, 8),
        ("country", countries(), 6),
        ("role", tally.role_names, 6),
    ):
        of_kind: list[tuple[str, Sequence[float]]] = [
            (names.get(key, key), values) for (k, key), values in groups.items() if k == kind and len(values) >= LEAST
        ]
        of_kind.sort(key=lambda row: (-len(row[1]), row[0]))
        for name, values in of_kind[:most]:
            low, middle, high = quantiles(values, n=4, method="inclusive")
            rows.append((name, len(values), low, middle, high))
        drawn += [(" " * len(drawn), 0, 0.0, 0.0, 0.0)] if drawn and of_kind else []
        drawn += rows[len(rows) - len(of_kind[:most]) :]
    _, n, low, middle, high = rows[0]
    words = unit_words(unit)
    return Figure(
        f"pay-{unit.currency}-{unit.period}{'-net' if unit.net else ''}".lower(),
        words,
        f"Half of {n:,} {things} pay {amount(low)} to {amount(high)} {words}; the median is {amount(middle)}.",
        partial(charts.quartiles, drawn, words),
        ("of", "n", "lower quartile", "median", "upper quartile"),
        [(name, n, *map(amount, three)) for name, n, *three in rows],
    )


def amount(figure: float) -> str:
    """A pay figure; cents only where it is small."""
    return f"{figure:,.2f}" if figure < 100 and figure % 1 else f"{figure:,.0f}"


def pay_note(tally: Tally, things: str) -> str:
    """What the pay figures are, and what they leave out."""
    settled = {unit: len(rows["all", ""]) for unit, rows in tally.pay.items()}
    said = sum(settled.values()) + tally.unsettled.total()
    if not said:
        return f"None of {tally.jobs:,} {things} says what it pays."
    notes = [
        f"{said:,} of {tally.jobs:,} {things} say what they pay ({percent(said, tally.jobs)}). Nothing is converted:"
        " each currency and period has a figure of its own. A posting counts with the middle of its range; a box is the"
        f" middle half, the line across it the median, the number in brackets how many; below {LEAST} nothing is drawn."
    ]
    if tally.unsettled:
        notes.append(f"Left out: {listed([f'{n:,} with {why}' for why, n in top(tally.unsettled)])}.")
    order = [unit for unit in sorted(settled, key=lambda u: (-settled[u], u)) if settled[unit] >= LEAST][:PAYS]
    rest = Counter({unit_words(unit): n for unit, n in settled.items() if unit not in order})
    if rest:
        told = [f"{n:,} in {words}" for words, n in top(rest, 12)]
        others = sum(n for _, n in top(rest)[12:])
        notes.append(f"Not drawn: {listed([*told, f'{others:,} in others'] if others else told)}.")
    return " ".join(notes)


def employers(tally: Tally, things: str) -> Figure:
    """Who has most."""
    said = tally.employers.total()
    return counted(
        "employers", "Employers", "employer", tally.employers, tally.employer_names, tally.jobs, said, things
    )


def benefits(tally: Tally, things: str) -> Figure:
    """What is offered beside pay."""
    words = {code: worded(code) for code in tally.benefits}
    said = tally.filled["benefits"]
    return counted("benefits", "Benefits", "benefit", tally.benefits, words, tally.jobs, said, things)


# -- quality ----------------------------------------------------------------------------------------------------------


def fields(tally: Tally, things: str) -> Figure:
    """How often each field says something, with evidence, without conflict."""
    rows = sorted(((name, tally.filled[name]) for name in FIELDS), key=lambda row: (-row[1], row[0]))
    read, with_evidence = sum(tally.filled[name] for name in EVIDENCED), tally.evidenced.total()
    figure = Figure(
        "fields", "Fields filled", "", heads=("field", "filled", "share", "with evidence", "sources disagree")
    )
    figure.rows = [
        (
            worded(name),
            count,
            percent(count, tally.jobs),
            percent(tally.evidenced[name], count) if name in EVIDENCED and count else "–",
            tally.conflicts[name],
        )
        for name, count in rows
    ]
    if tally.jobs < LEAST:
        figure.says = f"Too few to draw: {many(tally.jobs, things)}."
    else:
        share = f"{100 * with_evidence / read:.1f} %" if read else "none"
        figure.says = (
            f"{share} of {read:,} values read carry the words they were read from; in {tally.conflicts.total():,} the"
            " sources disagree."
        )
        figure.draw = partial(charts.bars, [(worded(name), count) for name, count in rows], tally.jobs)
    return figure


def accuracy(scores: Sequence[tuple[str, float, float, int, int]], folder: str) -> Figure:
    """How right the readers are on labelled posts: field, precision, recall, values, posts."""
    figure = Figure("accuracy", "Accuracy of the readers", "No label.", shut=False)
    figure.heads = ("field", "precision", "recall", "values", "posts")
    figure.rows = [
        (worded(n), f"{100 * p:.1f} %", f"{100 * r:.1f} %", values, posts) for n, p, r, values, posts in scores
    ]
    if scores:
        name, _, recall, *_ = min(scores, key=lambda row: row[2])
        posts = max(row[4] for row in scores)
        figure.says = f"On {posts:,} labelled posts ({folder}); lowest recall: {worded(name)}, {100 * recall:.1f} %."
        figure.note = "Another set of posts will score differently: label some of your own."
    return figure
