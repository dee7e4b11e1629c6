"""Figures of an edition that are drawn from what the network knows: who carries what, who works on what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from hub.publishing.queries import contents
from memoranda import charts, colour
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
