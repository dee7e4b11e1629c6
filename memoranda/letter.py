"""The letterhead that our shorter documents begin with: whose they are, and the drawings around it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from memoranda import colour, paper, pictures, plain
from memoranda.content import LARGEST_LOGO, LONGEST_TITLE
from memoranda.errors import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Letterhead:
    """Who writes: the network's name, colour, logo and the lines on how to reach it."""

    network: str
    primary: str = "#0f5c5c"
    logo: bytes | None = None
    lines: tuple[str, ...] = ()


def problems(head: Letterhead, name: str) -> Iterator[Problem]:
    """Yield what keeps a letterhead from being printed; `name` says in French which document bears it."""
    if not head.network.strip():
        yield Problem("", f"{name} : le nom du réseau manque.")
    if len(head.network) > LONGEST_TITLE:
        yield Problem("", f"{name} : le nom du réseau dépasse {LONGEST_TITLE} caractères.")
    if head.logo is not None and len(head.logo) > LARGEST_LOGO:
        yield Problem("", "Le logo dépasse 5 Mo.")
    yield from plain.text_problems("", name, (head.network, *head.lines))


def assets(head: Letterhead, fonts_folder: Path, drawings: dict[str, str] | None = None) -> paper.Assets:
    """Return what a letter's style and templates may read: its ornaments, its logo, `drawings`, the fonts."""
    bundled = paper.bundled({}, fonts_folder)
    return bundled | pictures_of(head, drawings)


def pictures_of(head: Letterhead, drawings: dict[str, str] | None = None) -> paper.Assets:
    """Return the same without the fonts."""
    own = {
        "thread.svg": pictures.draw_thread(colour.readable(head.primary), paper.ACCENT),
        "draft.svg": pictures.draw_draft_edge(paper.DANGER),
    }
    every = {**own, **(drawings or {})}
    made: paper.Assets = {name: ("image/svg+xml", drawing.encode()) for name, drawing in every.items()}
    if head.logo:
        made["logo.png"] = ("image/png", pictures.encode_logo(head.logo))
    return made
