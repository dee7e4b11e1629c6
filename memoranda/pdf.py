"""The PDF of an edition: tagged, French, the same bytes from the same content."""

from collections.abc import Callable, Iterator
from pathlib import Path

from memoranda import colour, content, fonts, images, markup, matter, paper, pictures, plain
from memoranda.content import Edition
from memoranda.errors import ContentError, Problem
from memoranda.paper import Progress
from memoranda.press.parts import FOLIO_LEFT, FOLIO_RIGHT, Look
from memoranda.press.printing import Order, print_parts
from memoranda.press.store import Store

_LONGEST_VERSION = 40
COVER, LOGO = "cover.svg", "logo.png"


def build(
    edition: Edition,
    *,
    fonts_folder: Path,
    progress: Progress | None = None,
    store: Store | None = None,
    workers: int = 0,
    bound: Callable[[], None] = lambda: None,
) -> bytes:
    """Make the PDF of an edition.

    `progress` is called with the share done (0 to 1, never falling) and what is being done, in
    French; whatever it raises stops the build and reaches the caller. What `store` keeps of an earlier
    build is used again; `workers` processes lay out side by side, each bounded by `bound` (0: this process
    does). Raises `ContentError` for a content that cannot be printed, `BuildError` for anything else, both
    naming the recommendation or chapter where there is one.
    """
    tell = progress or paper.tell_nobody
    tell(0.0, "Vérification du contenu")
    check_content(edition, fonts_folder)
    order = Order(
        parts=matter.parts_of(edition), look=look_of(edition), about=_about(edition),
        titles=dict([matter.CONTENTS]) | matter.titles(edition),
        identifier=content.digest(edition), fonts_folder=fonts_folder, store=store, workers=workers,
    )  # fmt: skip
    written = print_parts(order, tell, bound=bound)
    tell(1.0, "PDF terminé")
    return written


def preview(
    edition: Edition,
    anchor: str,
    *,
    fonts_folder: Path,
    store: Store | None = None,
    workers: int = 0,
    bound: Callable[[], None] = lambda: None,
) -> bytes:
    """Make the PDF of one part of an edition alone (a chapter, the preamble…), as it will be in the whole.

    Its pages are numbered from 1, and links to other parts lead nowhere. Raises what `build` does, and
    `KeyError` for an anchor that no part has, or one that names the pages of others (an index, priorities).
    """
    part = matter.part_of(edition, anchor)
    if part is None:
        raise KeyError(anchor)
    items = {piece.anchor for piece in part.pieces}
    check_content(edition, fonts_folder, only=frozenset({anchor, *items}))
    order = Order(
        parts=(part,), look=look_of(edition), about=_about(edition), titles=matter.titles(edition),
        identifier=anchor, fonts_folder=fonts_folder, store=store, workers=workers, is_whole=False,
    )  # fmt: skip
    return print_parts(order, paper.tell_nobody, bound=bound)


def check_content(edition: Edition, fonts_folder: Path, *, only: frozenset[str] = frozenset()) -> None:
    """Raise `ContentError` if the edition is invalid or holds a character no bundled font can draw.

    With anchors in `only`, for what stands there alone.
    """
    paper.check_fonts(fonts_folder)
    problems = [*content.problems(edition), *_character_problems(edition, fonts_folder)]
    told = tuple(problem for problem in problems if not only or problem.item in only)
    if told:
        raise ContentError(told)


def _character_problems(edition: Edition, fonts_folder: Path) -> Iterator[Problem]:
    for anchor, name, thing in content.things(edition):
        # What nobody sees is told already.
        for char in fonts.unprintable(map(plain.without_invisible, plain.texts(thing)), fonts_folder):
            yield Problem(anchor, f"{name} : {_unknown(char)}")
    for char in fonts.unprintable(images.words(edition), fonts_folder):
        yield Problem("", f"Une figure : {_unknown(char)}")


def _unknown(char: str) -> str:
    return f"le caractère « {char} » (U+{ord(char):04X}) ne peut pas être imprimé."


def look_of(edition: Edition) -> Look:
    """Return the style of an edition, and what it reads; a part is known by its own pictures alone."""
    pictured = images.assets(edition)
    return Look(
        style=_style(edition), assets=_drawings(edition) | pictured, language=edition.language,
        only=dict.fromkeys((*pictured, LOGO), "") | {COVER: matter.COVER_TEMPLATE},
    )  # fmt: skip


def _about(edition: Edition) -> paper.About:
    title = f"{markup.DRAFT_MARK} : {edition.title}" if edition.is_draft else edition.title
    return paper.About(
        title=title, author=edition.network, description=edition.subtitle or edition.title,
        day=edition.day, language=edition.language,
    )  # fmt: skip


def _drawings(edition: Edition) -> paper.Assets:
    primary = colour.readable(edition.primary)
    drawings = {f"level-{code}.svg": pictures.draw_icon(code, primary) for code in markup.ICON_CODES}
    drawings[COVER] = pictures.draw_cover(edition.threads, edition.primary)
    drawings["thread.svg"] = pictures.draw_thread(primary, paper.ACCENT)
    if edition.is_draft:
        drawings["draft.svg"] = pictures.draw_draft_edge(paper.DANGER)
    assets: paper.Assets = {name: ("image/svg+xml", drawing.encode()) for name, drawing in drawings.items()}
    if edition.logo:
        assets[LOGO] = ("image/png", pictures.encode_logo(edition.logo))
    return assets


def _style(edition: Edition) -> str:
    footer = f"{markup.shortened(edition.title)} · {edition.version[:_LONGEST_VERSION]}"
    made = paper.style(
        "memorandum.css", primary=edition.primary, footer=footer, is_draft=edition.is_draft, faces=(),
        folio=f'"{FOLIO_RIGHT}"', left_folio=f'"{FOLIO_LEFT}"', layout=edition.layout,
        is_dated=any("/" in item.number for item in edition.items),
    )  # fmt: skip
    return f"{made}\n@page :first {{ @top-left {{ content: none }} }}"
