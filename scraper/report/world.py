"""Where cities are, and the part of the world that shows them."""

import gzip
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import atan, degrees, exp, log, pi, radians, tan
from typing import Any, NamedTuple

from scraper.report.facts import Place

NORTH, SOUTH = 78.0, -56.0
"""The inhabited latitudes."""
LEAST_SPAN = 36.0
"""Degrees of longitude that a map shows at least: closer, the outline is too coarse."""


SHAPE = 0.52
"""Height of a map to its width, at most, where no pole is near."""
NEAR = 20.0
"""Degrees about a city that a closer map looks at."""


class Spot(NamedTuple):
    """A city on a map: how many jobs are there, degrees north and east."""

    name: str
    jobs: int
    north: float
    east: float


@dataclass(frozen=True)
class Window:
    """A Mercator map: degrees to pixels."""

    scale: float
    left: float
    top: float
    width: int
    height: int

    def pixel(self, north: float, east: float) -> tuple[float, float]:
        """The pixel of a point, from the upper left corner."""
        return self.scale * radians(east) + self.left, self.top - self.scale * stretched(north)

    def corners(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """Degrees north and east of the upper left and the lower right corner."""
        return self.point(0, 0), self.point(self.width, self.height)

    def point(self, x: float, y: float) -> tuple[float, float]:
        """The point at a pixel, in degrees north and east."""
        return unstretched((self.top - y) / self.scale), degrees((x - self.left) / self.scale)

    def shows(self, spot: Spot) -> bool:
        """Whether a city is on the map."""
        x, y = self.pixel(spot.north, spot.east)
        return 0 <= x <= self.width and 0 <= y <= self.height


def stretched(north: float) -> float:
    """A latitude as the Mercator projection draws it."""
    return log(tan(pi / 4 + radians(north) / 2))


def unstretched(y: float) -> float:
    """The latitude that is drawn at `y`."""
    return degrees(2 * atan(exp(y)) - pi / 2)


def window(spots: Sequence[Spot], width: int) -> Window:
    """The map of a width that shows all spots, with a margin and between bounds of its shape."""
    norths = [min(max(spot.north, SOUTH), NORTH) for spot in spots]
    easts = [spot.east for spot in spots]
    across = max((max(easts) - min(easts)) * 1.25, LEAST_SPAN)
    high, low = stretched(max(norths)), stretched(min(norths))
    tall = max((high - low) * 1.3, radians(across) * 0.42)
    across = min(max(across, degrees(tall / SHAPE)), 360.0)
    height = min(tall, radians(across) * 0.8)
    scale = width / radians(across)
    middle_east, middle = (max(easts) + min(easts)) / 2, (high + low) / 2
    middle_east = min(max(middle_east, across / 2 - 180), 180 - across / 2)
    return Window(
        scale, width / 2 - scale * radians(middle_east), scale * (middle + height / 2), width, round(scale * height)
    )


def crowd(spots: Sequence[Spot]) -> list[Spot]:
    """The cities about the one that has most around it, where a map of all crowds them; else none."""
    if not spots or max(s.east for s in spots) - min(s.east for s in spots) < 4 * NEAR:
        return []
    around = [[s for s in spots if abs(s.east - c.east) <= NEAR and abs(s.north - c.north) <= NEAR / 2] for c in spots]
    most = max(around, key=lambda found: sum(s.jobs for s in found))
    return most if len(most) >= 5 else []


@cache
def land() -> dict[str, Any]:
    """The outlines of countries, GeoJSON (Natural Earth, public domain)."""
    packed = (files("scraper.report") / "land.json.gz").read_bytes()
    found: dict[str, Any] = json.loads(gzip.decompress(packed))
    return found


@cache
def gazetteer() -> dict[Place, tuple[float, float]]:
    """City to its degrees north and east; without a region, the most populous of the name (GeoNames, CC BY 4.0)."""
    found: dict[Place, tuple[float, float]] = {}
    packed = (files("scraper.report") / "cities.tsv.gz").read_bytes()
    for line in gzip.decompress(packed).decode().splitlines():
        country, region, city, north, east = line.split("\t")
        for place in (Place(country, region, city), Place(country, "", city)):
            found.setdefault(place, (float(north), float(east)))
    return found


def spot_of(place: Place, published: Mapping[Place, tuple[float, float]]) -> tuple[float, float] | None:
    """Where a city is, by the gazetteer, else as published; None where neither knows."""
    return gazetteer().get(place) or gazetteer().get(place._replace(region="")) or published.get(place)
