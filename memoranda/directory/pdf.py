"""The PDF of a directory: cover, how to use it, actors by group, indexes with page numbers, sources."""

from pathlib import Path

import segno

from memoranda import colour, fonts, markup, paper, pictures, plain
from memoranda.directory import content
from memoranda.directory.content import Directory, Group
from memoranda.paper import Body, Entry, Press, Progress

GROUPS_AT_ONCE = 40  # small groups are laid out together: each part begins a page
_LONG_TITLE = 60


def build(directory: Directory, *, fonts_folder: Path, progress: Progress | None = None) -> bytes:
    """Make the PDF of a directory; a sign that no bundled font can draw is printed as « □ ».

    `progress` is called with the share done (0 to 1, never falling) and what is being done, in French.
    Raises `ContentError` for a content that cannot be printed, `BuildError` for anything else.
    """
    tell = progress or paper.tell_nobody
    tell(0.0, "Vérification du contenu")
    paper.check_fonts(fonts_folder)
    content.validate(directory)
    identifier = plain.digest(directory)
    directory = fonts.drawable(directory, fonts_folder)
    with paper.printing():
        press = Press(
            _about(directory), style=_style(directory), assets=_assets(directory, fonts_folder),
            context={"directory": directory, "cover_is_long": len(directory.title) > _LONG_TITLE},
        )  # fmt: skip
        return press.print(
            _contents(directory),
            cover="directory/cover.html",
            body=lambda body: _add_body(directory, body, tell),
            identifier=identifier,
            tell=tell,
        )


def _about(directory: Directory) -> paper.About:
    return paper.About(
        title=directory.title, author=directory.network, description=directory.subtitle or directory.title,
        day=directory.day, language=directory.language,
    )  # fmt: skip


def _contents(directory: Directory) -> list[Entry]:
    """List the lines of the table of contents; the actors themselves stand in the indexes."""
    found = [Entry("part", "utiliser", "Utiliser cet annuaire")]
    found += [
        Entry("chapter", group.anchor, group.title, str(len(group.entries))) for group in directory.groups
    ]
    found += [Entry("part", index.anchor, index.title) for index in directory.indexes]
    if directory.sources or directory.contact:
        found.append(Entry("part", "sources", "Sources et contact"))
    return found


def _add_body(directory: Directory, body: Body, tell: Progress) -> None:
    body.add("directory/guidance.html")
    pieces = _pieces(directory.groups)
    for number, groups in enumerate(pieces):
        tell(0.06 + 0.54 * number / len(pieces), f"Fiches : {groups[0].title}")
        body.add("directory/groups.html", groups=groups)
    names = {entry.anchor: entry.name for entry in directory.entries}
    for index in directory.indexes:
        tell(0.63, index.title)
        body.add("directory/index.html", index=index, names=names, pages=body.pages_of)
    if directory.sources or directory.contact:
        tell(0.68, "Sources")
        body.add("directory/closing.html")


def _pieces(groups: tuple[Group, ...]) -> list[list[Group]]:
    """Gather neighbouring groups into parts of some forty entries, so that each doesn't begin a page."""
    pieces: list[list[Group]] = []
    size = GROUPS_AT_ONCE
    for group in groups:
        if size >= GROUPS_AT_ONCE:
            pieces.append([])
            size = 0
        pieces[-1].append(group)
        size += len(group.entries)
    return pieces


def _assets(directory: Directory, fonts_folder: Path) -> paper.Assets:
    primary = colour.readable(directory.primary)
    drawings = {
        "cover.svg": pictures.draw_cover(directory.threads, directory.primary),
        "thread.svg": pictures.draw_thread(primary, paper.ACCENT),
    }
    if directory.url:
        drawings["qr.svg"] = str(
            segno.make(directory.url, error="m").svg_inline(scale=4, border=0, omitsize=True)
        )
    assets = paper.bundled(drawings, fonts_folder)
    if directory.logo:
        assets["logo.png"] = ("image/png", pictures.encode_logo(directory.logo))
    return assets


def _style(directory: Directory) -> str:
    footer = f"{markup.shortened(directory.title)} · données du {markup.day_in_words(directory.day)}"
    return paper.style("directory/directory.css", primary=directory.primary, footer=footer)
