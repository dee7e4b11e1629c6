"""Communes as dots of a small picture, laid out by their points (WGS84) in percent of its width."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from hub.actors.models.reference import Territory

WIDTH = 100.0
MARGIN = 4.0
DECIMALS = 2


@dataclass(frozen=True, slots=True)
class Dot:
    """A commune: its code and name, and where it stands."""

    code: str
    name: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Ground:
    """The dots and the height of the picture; its width is 100."""

    dots: tuple[Dot, ...]
    height: float


def lay_out(communes: Sequence[Territory]) -> Ground | None:
    """Place the communes, north above; None for fewer than two places."""
    points = [
        (row, row.longitude, row.latitude)
        for row in communes
        if row.longitude is not None and row.latitude is not None
    ]
    if not points:
        return None
    west, east = min(point[1] for point in points), max(point[1] for point in points)
    south, north = min(point[2] for point in points), max(point[2] for point in points)
    if west == east or south == north:
        return None
    # A degree of longitude is shorter than one of latitude.
    shrink = math.cos(math.radians((south + north) / 2))
    scale = (WIDTH - 2 * MARGIN) / ((east - west) * shrink)
    dots = tuple(
        Dot(
            code=row.code,
            name=row.name,
            x=round(MARGIN + (x - west) * shrink * scale, DECIMALS),
            y=round(MARGIN + (north - y) * scale, DECIMALS),
        )
        for row, x, y in points
    )
    return Ground(dots, round(2 * MARGIN + (north - south) * scale, DECIMALS))
