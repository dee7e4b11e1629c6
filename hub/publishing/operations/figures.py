"""Figures of an edition that are drawn from what the network knows: who carries what, who works on what."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from hub.publishing.models.composition import Chapter, FigureKind
from hub.publishing.queries import contents
from memoranda import charts, colour
from memoranda.content import Picture
from memoranda.markup import day_in_words

LONGEST_ROW = 90
COVERAGE_CAPTION = "Nombre d’organisations actives du réseau qui travaillent sur chaque thème."
POSITIONS_CAPTION = "Nombre d’organisations qui portent chaque recommandation du chapitre."


@dataclass(frozen=True)
class Drawn:
    """A chart as SVG, none for nothing; its words, where its figures come from, and its table."""

    svg: str
    alternative: str
    source: str
    rows: tuple[tuple[str, int], ...] = ()


class Figures:
    """The figures of an edition: those that are drawn, and which images are to be read for the others.

    `stored` is the SHA-256 of each image that was sent; it fills as `of` is asked.
    """

    def __init__(
        self,
        session: Session,
        chapters: Sequence[Chapter],
        carriers: Mapping[int, int],
        *,
        day: date,
        primary: str,
    ) -> None:
        self.stored: dict[Picture, str] = {}
        self._session = session
        self._chapters = {chapter.id: chapter for chapter in chapters}
        self._carriers = carriers
        self._day = day
        self._primary = primary
        self._coverage: Drawn | None = None

    def of(self, rows: Sequence[Any], place: str) -> dict[int, tuple[Picture, ...]]:
        """Return the figures by what they stand in: `chapter_id` or `section_id`."""
        found: defaultdict[int, list[Picture]] = defaultdict(list)
        for row in rows:
            holder = getattr(row, place)
            picture = self._picture(row) if holder is not None else None
            if picture is not None:
                found[holder].append(picture)
        return {holder: tuple(pictures) for holder, pictures in found.items()}

    def _picture(self, row: Any) -> Picture | None:
        """Return a figure; None for one that would show nothing."""
        if row.a == FigureKind.IMAGE:
            picture = Picture(kind=row.a, caption=row.b, alternative=row.c, source=row.d)
            self.stored[picture] = row.sha256
            return picture
        if row.a == FigureKind.COVERAGE:
            self._coverage = self._coverage or coverage(self._session, self._day, self._primary)
            drawn, caption = self._coverage, COVERAGE_CAPTION
        else:
            drawn = positions(self._titles(row), self._carriers, self._day, self._primary)
            caption = POSITIONS_CAPTION
        if not drawn.svg:
            return None
        return Picture(
            kind=row.a, svg=drawn.svg, caption=row.b or caption, alternative=row.c or drawn.alternative,
            source=row.d or drawn.source, rows=drawn.rows,
        )  # fmt: skip

    def _titles(self, row: Any) -> list[tuple[int, str]]:
        """Name the recommendations of the chapter; of a part: of all chapters."""
        own = self._chapters.get(row.chapter_id)
        chapters = [own] if own else list(self._chapters.values())
        return [
            (item.recommendation_id, (item.version or item.recommendation).title)
            for chapter in chapters
            for item in chapter.items
        ]


def coverage(session: Session, day: date, primary: str) -> Drawn:
    """Draw how many organisations work on each theme, in the network's colour."""
    rows = [(str(label), int(number)) for label, number in session.execute(contents.coverage())]
    return _drawn(rows, f"registre du réseau, {day_in_words(day)}", "Aucun thème n’est encore noté.", primary)


def positions(
    titles: Sequence[tuple[int, str]], carriers: Mapping[int, int], day: date, primary: str
) -> Drawn:
    """Draw how many organisations carry each recommendation: `titles` by its number, in their order."""
    rows = [(title, carriers.get(identifier, 0)) for identifier, title in titles]
    source = f"positions et signatures notées au {day_in_words(day)}"
    return _drawn(rows, source, "Rien n’est encore noté.", primary)


def _drawn(rows: Sequence[tuple[str, int]], source: str, nothing: str, primary: str) -> Drawn:
    if not any(number for _, number in rows):
        return Drawn("", nothing, source)
    bars = [charts.Row(label[:LONGEST_ROW], (float(number),)) for label, number in rows]
    svg = charts.lying_in_full(bars, fill=colour.readable(primary))
    words = " ; ".join(f"{label} : {number}" for label, number in rows) + "."
    return Drawn(svg, words, source, tuple(rows))
