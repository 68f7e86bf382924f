"""Charts: rows in, an SVG out. Drawn by Vega-Lite when the report is made, so that the page needs no script.

Colours are the tokens below; the page's style sheet gives each its light and its dark shade. Marks differ in shape,
place or label as well, so that a chart reads without colour. Names from outside enter as data only, never as a part of
an expression or a field's name.
"""

import re
import unicodedata
from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime, time, timedelta
from math import pi
from typing import Any

import altair as alt
import vl_convert

from scraper.report.facts import plain
from scraper.report.history import Week
from scraper.report.world import Spot, Window, land

INK, MUTED, GRID, PAPER = "#1d1c1a", "#5c5a55", "#dcd8cf", "#fffefb"
FIRST, SECOND, LAND, SHORE = "#1f5f99", "#b0471c", "#ebe6da", "#c9c2b2"

TAG = re.compile(r"<[^<>]*>")
DROPPED = re.compile(r' (?:role|aria-[a-z]+|clip-path)="[^"]*"')
"""What Vega says of marks, which the figure says better, and a clip that the map's own edge makes needless."""
CLIPS = re.compile(r"<defs><clipPath[^<]*<rect[^<]*</clipPath></defs>")
DECIMALS = re.compile(r"(\.\d)\d+")

FONT = 13
HALO: dict[str, Any] = {"stroke": PAPER, "strokeWidth": 4, "strokeJoin": "round"}
"""What lies below a word that is written over something."""
BAR = 26
"""Height of a row of bars, in pixels."""

CONFIG = {
    "font": "system-ui, sans-serif",
    "background": None,
    "aria": False,  # the figure has its sentence and its table
    "view": {"stroke": None},
    "axis": {
        "labelFontSize": FONT,
        "labelColor": INK,
        "titleFontSize": FONT - 1,
        "titleFontWeight": "normal",
        "titleColor": MUTED,
        "gridColor": GRID,
        "domain": False,
        "ticks": False,
        "labelPadding": 6,
        "labelOverlap": "greedy",
        "labelSeparation": 6,
    },
    "text": {"fontSize": FONT, "color": INK},
    "legend": {
        "orient": "top",
        "labelFontSize": FONT,
        "labelColor": INK,
        "title": None,
        "symbolSize": 90,
        "symbolStrokeColor": INK,
        "labelLimit": 300,
        "columnPadding": 16,
    },
    "bar": {"color": FIRST},
}


def svg(chart: alt.TopLevelMixin, width: int, right: int = 0) -> str:
    """A chart drawn `width` pixels wide, with room at its right for a word that stands at the end of its axis."""
    sized = chart.properties(width=width, autosize=alt.AutoSizeParams(type="fit-x", contains="padding"))
    padding = {"left": 0, "right": right, "top": 2, "bottom": 2}
    spec = sized.to_dict() | {"config": CONFIG, "padding": padding}
    drawn = vl_convert.vegalite_to_svg(spec, allowed_base_urls=[])
    return TAG.sub(lambda tag: DECIMALS.sub(r"\1", DROPPED.sub("", tag[0])), CLIPS.sub("", drawn))


def chart(rows: Sequence[dict[str, Any]]) -> alt.Chart:
    """A chart of rows that stand in it."""
    return alt.Chart(alt.InlineData(values=list(rows)))


def names(labels: Sequence[str]) -> alt.Y:
    """The axis of names, in the order of the rows, with room for them in a wide font: the reader's is not known."""
    room = max(map(extent, labels))
    axis = alt.Axis(title=None, labelLimit=0, labelOverlap=False, minExtent=room, maxExtent=room, grid=False)
    scale = alt.Scale(domain=list(labels), paddingInner=0.25, paddingOuter=0.1)
    return alt.Y("name:N", sort=None, axis=axis, scale=scale)


def extent(text: str) -> float:
    """How wide a text may be in pixels."""
    wide = (c in "mwMW@%…" or unicodedata.east_asian_width(c) in "WF" for c in text)
    return 8 + FONT * sum(
        1.05 if is_wide else 0.74 if c.isupper() else 0.62 for c, is_wide in zip(text, wide, strict=True)
    )


def short(text: str, width: int) -> str:
    """A name that leaves its chart half of the width."""
    longest = 40
    while extent(name := plain(text, longest)) > width * 0.45 and longest > 4:
        longest -= 1
    return name


def domain(most: float, labels: Sequence[str], words: Sequence[str], width: int) -> alt.Scale:
    """A scale from zero that leaves room for words behind the longest mark."""
    plot = width - max(map(extent, labels))
    return alt.Scale(domain=[0, (most or 1) * plot / (plot - max(map(extent, words)))], nice=False)


def distinct(rows: Sequence[Sequence[Any]], width: int) -> list[str]:
    """The first cell of each row, short; what is the same after shortening is told apart by a count."""
    found: dict[str, int] = {}
    told = []
    for row in rows:
        name = short(str(row[0]), width)
        found[name] = found.get(name, 0) + 1
        told.append(name if found[name] == 1 else f"{name} ({found[name]})")
    return told


def bars(rows: Sequence[tuple[str, int]], total: int, width: int) -> str:
    """A bar a row from zero, with its count and its share of `total`."""
    labels = distinct(rows, width)
    data: list[dict[str, Any]] = [
        {"name": label, "count": count, "said": f"{count:,} · {percent(count, total)}"}
        for label, (_, count) in zip(labels, rows, strict=True)
    ]
    most = max(count for _, count in rows)
    x = alt.X("count:Q", axis=None, scale=domain(most, labels, [row["said"] for row in data], width))
    base = chart(data).encode(y=names(labels), x=x)
    words = base.mark_text(align="left", dx=6).encode(text="said:N")
    return svg(alt.layer(base.mark_bar(), words).properties(height=BAR * len(rows)), width)


def percent(part: int, whole: int) -> str:
    """A share in whole per cent; one that is not zero is never written so."""
    share = 100 * part / whole if whole else 0
    return "<1 %" if 0 < share < 0.5 else f"{share:.0f} %"


def dots(rows: Sequence[Sequence[Any]], columns: Sequence[str], title: str, width: int) -> str:
    """A line a row, a mark of its own shape for each column, from zero."""
    labels = distinct(rows, width)
    data = [
        {"name": label, "what": column, "count": count}
        for label, row in zip(labels, rows, strict=True)
        for column, count in zip(columns, row[1:], strict=True)
        if count
    ]
    x = alt.X(
        "count:Q", title=title, axis=alt.Axis(format=",d", tickMinStep=1, tickCount=5), scale=alt.Scale(zero=True)
    )
    marks = (
        chart(data)
        .mark_point(size=80, strokeWidth=2, opacity=1)
        .encode(
            x=x,
            y=names(labels),
            shape=alt.Shape("what:N", sort=None, scale=alt.Scale(range=["circle", "diamond", "cross"][: len(columns)])),
            stroke=alt.Stroke("what:N", sort=None, scale=alt.Scale(range=[FIRST, SECOND, MUTED][: len(columns)])),
            fill=alt.Fill("what:N", sort=None, scale=alt.Scale(range=[FIRST, PAPER, PAPER][: len(columns)])),
        )
    )
    lines = chart(data).mark_rule(color=GRID).encode(y=names(labels), x=alt.X("min(count):Q"), x2="max(count):Q")
    return svg(alt.layer(lines, marks).properties(height=BAR * len(rows)), width)


def moves(rows: Sequence[tuple[str, float, float]], width: int) -> str:
    """A line a row from the share before (hollow) to the share now (filled), with the change in points at its end."""
    labels = distinct(rows, width)
    data: list[dict[str, Any]] = [
        {
            "name": label,
            "before": 100 * before,
            "now": 100 * now,
            "said": f"{100 * (now - before):+.1f}".replace("-", "−"),
        }
        for label, (_, before, now) in zip(labels, rows, strict=True)
    ]
    most = 100 * max(max(before, now) for _, before, now in rows)
    scale = domain(most, labels, [f"  {row['said']}" for row in data], width)
    axis = alt.Axis(labelExpr="datum.label + ' %'", tickCount=5)
    base = chart(data).encode(y=names(labels))
    x = alt.X("before:Q", scale=scale, axis=axis, title="share of postings: ○ before, ● lately; change in points")
    now = alt.X("now:Q", scale=scale)
    line = base.mark_rule(color=MUTED, strokeWidth=2).encode(x=x, x2="now:Q")
    was = base.mark_point(size=80, shape="circle", stroke=MUTED, fill=PAPER, strokeWidth=2, opacity=1).encode(x=x)
    here = base.mark_point(size=80, shape="circle", stroke=FIRST, fill=FIRST, opacity=1).encode(x=now)
    rises = (
        base.mark_text(align="left", dx=10).encode(x=now, text="said:N").transform_filter("datum.now >= datum.before")
    )
    falls = (
        base.mark_text(align="right", dx=-10).encode(x=now, text="said:N").transform_filter("datum.now < datum.before")
    )
    return svg(alt.layer(line, was, here, rises, falls).properties(height=BAR * len(rows)), width)


def time_axis(days: Sequence[date], width: int, ends: Sequence[date], shift: float = 0) -> alt.X:
    """An axis of time between two ends, with the days that there is room to name; a name stands `shift` days later."""
    apart = timedelta(days=95 * (ends[1] - ends[0]).days / width)
    named: list[date] = []
    for day in reversed(days):
        if not named or named[-1] - day >= apart:
            named.append(day)
    moved = [datetime.combine(day, time(), UTC) + timedelta(days=shift) for day in named]
    axis = alt.Axis(
        values=[at.strftime("%Y-%m-%dT%H:%MZ") for at in moved],
        labelExpr=f"utcFormat(datum.value - {int(shift * 86_400_000)}, '{'%-d %b' if len(days) < 45 else '%b %Y'}')",
        grid=False,
        labelFlush=6,
    )
    scale = alt.Scale(type="utc", domain=[day.isoformat() for day in ends])
    return alt.X("start:T", title=None, scale=scale, axis=axis)


def open_over_time(weeks: Sequence[Week], width: int) -> str:
    """How many were open at the end of each week: a line over an axis that begins at zero, its last point labelled."""
    data = [{"start": w.end.isoformat(), "open": w.open, "last": w is weeks[-1]} for w in weeks]
    room = extent(f"{max(w.open for w in weeks):,}")
    axis = alt.Axis(format=",d", tickMinStep=1, tickCount=4, minExtent=room)
    y = alt.Y("open:Q", title=None, scale=alt.Scale(zero=True), axis=axis)
    days = [w.end for w in weeks]
    base = chart(data).encode(x=time_axis(days, width, (days[0], days[-1])), y=y)
    area = base.mark_area(color=FIRST, opacity=0.14)
    line = base.mark_line(color=FIRST, strokeWidth=2.5, point=alt.OverlayMarkDef(color=FIRST, size=28, filled=True))
    end = base.transform_filter("datum.last")
    place: dict[str, Any] = {"align": "right", "dy": -14, "fontWeight": "bold"}
    said = [end.mark_text(**place, **mark).encode(text=alt.Text("open:Q", format=",")) for mark in (HALO, {})]
    return svg(alt.layer(area, line, *said).properties(height=230), width)


def came_and_went(weeks: Sequence[Week], width: int) -> str:
    """New ones above zero, filled; closed ones below, hollow."""
    data = []
    ends = (weeks[0].monday, weeks[-1].monday + timedelta(days=7))
    for week in weeks:
        span = {"start": f"{week.monday}T16:00:00Z", "end": f"{week.monday + timedelta(days=6)}T08:00:00Z"}
        data.append(span | {"count": week.new, "kind": "new"})
        data.append(span | {"count": -week.closed, "kind": "closed"})
    room = extent(f"{max(max(w.new, w.closed) for w in weeks):,}")
    axis = alt.Axis(labelExpr="format(abs(datum.value), ',')", tickMinStep=1, tickCount=5, minExtent=room)
    bars = (
        chart(data)
        .mark_bar(strokeWidth=1.5)
        .encode(
            x=time_axis([w.monday for w in weeks], width, ends, 3.5),
            x2="end:T",
            y=alt.Y("count:Q", title=None, axis=axis, scale=alt.Scale(zero=True)),
            y2=alt.datum(0),
            fill=alt.Fill("kind:N", sort=None, scale=alt.Scale(domain=["new", "closed"], range=[FIRST, PAPER])),
            stroke=alt.Stroke("kind:N", sort=None, scale=alt.Scale(domain=["new", "closed"], range=[FIRST, SECOND])),
        )
    )
    zero = chart([{}]).mark_rule(color=INK).encode(y=alt.datum(0))
    return svg(alt.layer(bars, zero).properties(height=230), width, right=16)


def steps(rows: Sequence[tuple[str, int]], title: str, width: int) -> str:
    """Upright bars, in the order of the rows, from zero, each with its count."""
    data = [{"name": name, "count": count} for name, count in rows]
    x = alt.X("name:N", sort=None, title=title, axis=alt.Axis(labelAngle=0), scale=alt.Scale(paddingInner=0.12))
    y = alt.Y("count:Q", axis=None, scale=alt.Scale(domain=[0, max(c for _, c in rows) * 1.12], nice=False))
    base = chart(data).encode(x=x, y=y)
    words = base.mark_text(dy=-8).encode(text=alt.Text("count:Q", format=","))
    return svg(alt.layer(base.mark_bar(), words).properties(height=200), width)


def quartiles(rows: Sequence[tuple[str, int, float, float, float]], title: str, width: int) -> str:
    """The middle half of the figures as a bar and the median as a line across it, a row each: name, n, quartiles.

    A row of none is a gap.
    """
    told = distinct(rows, width)
    labels = [f"{name} ({row[1]:,})" if row[1] else row[0] for name, row in zip(told, rows, strict=True)]
    data = [
        {"name": label} | ({"low": low, "middle": middle, "high": high} if n else {})
        for label, (_, n, low, middle, high) in zip(labels, rows, strict=True)
    ]
    thousands = "datum.value >= 1000 ? format(datum.value / 1000, ',~r') + 'k' : format(datum.value, ',~r')"
    axis = alt.Axis(labelExpr=thousands, tickCount=5 if width > 400 else 3)
    base = chart(data).encode(y=names(labels))
    band = base.mark_bar(color=FIRST, opacity=0.35, height=12).encode(
        x=alt.X("low:Q", title=title, scale=alt.Scale(zero=True), axis=axis), x2="high:Q"
    )
    median = base.mark_tick(color=INK, thickness=3, height=20, opacity=1).encode(x="middle:Q")
    return svg(alt.layer(band, median).properties(height=BAR * len(rows)), width)


def dotted_map(rows: Sequence[Spot], frame: Window, inner: Window | None = None) -> str:
    """A dot a city, its area by the count; the largest are named where there is room. A dashed line marks an `inner`
    map; what that shows is named there.
    """
    rows = sorted(rows, key=lambda row: (-row.jobs, row.name))
    biggest = min(frame.width / 28, 24)
    data = []
    for row in rows:
        x, y = frame.pixel(row.north, row.east)
        data.append({"x": x, "y": y, "size": pi * max(2.0, biggest * (row.jobs / rows[0].jobs) ** 0.5) ** 2})
    corners = []
    if inner is not None:
        (x, y), (x2, y2) = (frame.pixel(*corner) for corner in inner.corners())
        corners = [{"x": x, "y": y, "x2": x2, "y2": y2}]
    hidden = {row.name for row in rows if inner is not None and inner.shows(row)}
    said = placed([row.name for row in rows], data, frame, hidden)
    land_data = alt.InlineData(values=[{"type": "Feature", "geometry": land(), "properties": {}}])
    shape = (
        alt.Chart(land_data)
        .mark_geoshape(fill=LAND, stroke=SHORE, strokeWidth=0.7)
        .project(
            type="mercator",
            scale=frame.scale,
            translate=[frame.left, frame.top],
            clipExtent=[[0, 0], [frame.width, frame.height]],
        )
    )
    across = alt.X("x:Q", axis=None, scale=alt.Scale(domain=[0, frame.width], nice=False, zero=False))
    down = alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[frame.height, 0], nice=False, zero=False))
    spots = (
        chart(data)
        .mark_circle(fill=FIRST, opacity=0.6, stroke=PAPER, strokeWidth=0.8)
        .encode(x=across, y=down, size=alt.Size("size:Q", scale=None))
    )
    box = (
        chart(corners).mark_rect(fill=None, stroke=MUTED, strokeDash=[4, 3]).encode(x=across, y=down, x2="x2", y2="y2")
    )
    words = [chart(said).mark_text(**mark).encode(x=across, y=down, text="text:N") for mark in (HALO, {})]
    return svg(alt.layer(shape, spots, box, *words).properties(height=frame.height), frame.width)


def placed(
    names: Sequence[str], dots: Sequence[dict[str, Any]], frame: Window, hidden: Collection[str]
) -> list[dict[str, Any]]:
    """Where the names of the largest dots stand: beside, above or below, off each other and off other dots."""
    boxes: list[tuple[float, float, float, float]] = []
    found: list[dict[str, Any]] = []
    for name, dot in [(name, dot) for name, dot in zip(names, dots, strict=True) if name not in hidden]:
        if len(found) == frame.width // 45:
            break
        text, radius = plain(name, 24), (dot["size"] / pi) ** 0.5
        wide, off = extent(text), radius + 10
        best = None
        for x, y in (
            (dot["x"] + radius + wide / 2, dot["y"]),
            (dot["x"] - radius - wide / 2, dot["y"]),
            (dot["x"], dot["y"] - off),
            (dot["x"], dot["y"] + off),
        ):
            box = (x - wide / 2, y - 8, x + wide / 2, y + 8)
            inside = box[0] >= 0 and box[2] <= frame.width and box[1] >= 0 and box[3] <= frame.height
            if inside and not any(box[0] < b[2] and b[0] < box[2] and box[1] < b[3] and b[1] < box[3] for b in boxes):
                over = sum(near(box, other) for other in dots if other is not dot)
                best = min(best or (over, x, y, box), (over, x, y, box), key=lambda place: place[0])
        if best is not None and best[0] < 2:
            boxes.append(best[3])
            found.append({"x": best[1], "y": best[2], "text": text})
    return found


def near(box: tuple[float, float, float, float], dot: dict[str, Any]) -> bool:
    """Whether a box lies over the middle of a dot, or hides half of it."""
    reach, (x, y) = 0.5 * (dot["size"] / pi) ** 0.5, (dot["x"], dot["y"])
    return bool(box[0] < x + reach and x - reach < box[2] and box[1] < y + reach and y - reach < box[3])
