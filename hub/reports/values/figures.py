"""What a part of a report counts, as plain data kept with it; each line has a key by which it is hidden.

Figures are numbers; a picture is drawn from the lines of one table, so that whoever hides a line hides it in
both. Texts are French, as printed.
"""

from dataclasses import dataclass

LEAD = "lead"
BARS, STATES, MATRIX, LINES = "bars", "states", "matrix", "lines"


@dataclass(frozen=True, slots=True)
class Fact:
    """A figure beside that of the period before; `before` is None where nothing is comparable."""

    key: str
    label: str
    value: float
    before: float | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a table: its cells in words, what a picture draws of it, and what is aimed at."""

    key: str
    cells: tuple[str, ...]
    values: tuple[float, ...] = ()
    aim: float | None = None


@dataclass(frozen=True, slots=True)
class Grid:
    """A table; `numeric` are the places of its columns of figures, `left_out` how many lines had no room."""

    key: str
    caption: str
    header: tuple[str, ...]
    lines: tuple[Line, ...]
    numeric: tuple[int, ...] = ()
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture of the lines of a table: its kind, what the values of a line are called, words beneath."""

    kind: str
    grid: str
    series: tuple[str, ...]
    title: str
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Figures:
    """All that was counted for a part; `lead` says it in one or two sentences."""

    lead: str = ""
    facts: tuple[Fact, ...] = ()
    grids: tuple[Grid, ...] = ()
    drawing: Drawing | None = None

    def line_keys(self) -> set[str]:
        """Return the keys of all lines, as `key_of` gives them for those of tables."""
        lines = {key_of(grid, line) for grid in self.grids for line in grid.lines}
        return lines | {fact_key(fact) for fact in self.facts} | ({LEAD} if self.lead else set())

    def without(self, hidden: frozenset[str]) -> "Figures":
        """Return the same without the hidden lines; a table that has none left goes."""
        grids = tuple(
            Grid(
                grid.key, grid.caption, grid.header,
                tuple(line for line in grid.lines if key_of(grid, line) not in hidden),
                grid.numeric, grid.left_out,
            )
            for grid in self.grids
        )  # fmt: skip
        grids = tuple(grid for grid in grids if grid.lines)
        drawn = self.drawing is not None and any(grid.key == self.drawing.grid for grid in grids)
        return Figures(
            lead="" if LEAD in hidden else self.lead,
            facts=tuple(fact for fact in self.facts if fact_key(fact) not in hidden),
            grids=grids,
            drawing=self.drawing if drawn else None,
        )


def key_of(grid: Grid, line: Line) -> str:
    """Return the key by which a line of a table is hidden."""
    return f"{grid.key}:{line.key}"


def fact_key(fact: Fact) -> str:
    """Return the key by which a figure is hidden."""
    return f"fact:{fact.key}"
