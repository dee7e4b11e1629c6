"""The PDF of an edition: tagged, French, the same bytes from the same content."""

import contextlib
import dataclasses
from collections.abc import Iterator
from pathlib import Path

from memoranda import colour, content, fonts, markup, paper, pictures, plain
from memoranda.content import Chapter, Edition, Item
from memoranda.errors import BuildError, ContentError, Problem
from memoranda.paper import Body, Entry, Press, Progress

_LONG_TITLE = 80
_LONGEST_VERSION = 40
_LONG_COVER = 330


def build(edition: Edition, *, fonts_folder: Path, progress: Progress | None = None) -> bytes:
    """Make the PDF of an edition.

    `progress` is called with the share done (0 to 1, never falling) and what is being done, in
    French; whatever it raises stops the build and reaches the caller.
    Raises `ContentError` for a content that cannot be printed, `BuildError` for anything else, both
    naming the recommendation or chapter where there is one.
    """
    tell = progress or paper.tell_nobody
    tell(0.0, "Vérification du contenu")
    check_content(edition, fonts_folder)
    with paper.printing():
        press = Press(
            _about(edition), style=_style(edition), assets=_assets(edition, fonts_folder),
            context={
                "edition": edition,
                "by_level": content.by_level(edition),
                "cover_is_long": _cover_is_long(edition),
            },
        )  # fmt: skip
        return press.print(
            _entries(edition),
            cover="cover.html",
            body=lambda body: _add_body(edition, body, tell),
            identifier=content.digest(edition),
            tell=tell,
        )


def check_content(edition: Edition, fonts_folder: Path) -> None:
    """Raise `ContentError` if the edition is invalid or holds a character no bundled font can draw."""
    paper.check_fonts(fonts_folder)
    content.validate(edition)
    problems = [
        Problem(item.anchor, f"{content.name_of(item)} : {_unknown(char)}")
        for item in edition.items
        for char in fonts.unprintable(plain.texts(item), fonts_folder)
    ]
    frame = dataclasses.replace(
        edition, chapters=tuple(dataclasses.replace(chapter, items=()) for chapter in edition.chapters)
    )
    problems += [
        Problem("", f"Le mémorandum : {_unknown(char)}")
        for char in fonts.unprintable((*plain.texts(frame), *_figure_texts(edition)), fonts_folder)
    ]
    if problems:
        raise ContentError(tuple(problems))


def _unknown(char: str) -> str:
    return f"le caractère « {char} » (U+{ord(char):04X}) ne peut pas être imprimé."


def _figure_texts(edition: Edition) -> list[str]:
    return pictures.words_of(edition.figure.svg) if edition.figure else []


def _add_body(edition: Edition, body: Body, tell: Progress) -> None:
    """Lay out all that follows the contents."""
    if edition.preamble:
        body.add("preamble.html")
    total = len(edition.chapters)
    weights = [2 + len(chapter.items) for chapter in edition.chapters]
    for position, chapter in enumerate(edition.chapters, start=1):
        done = sum(weights[: position - 1]) / sum(weights)
        tell(0.06 + 0.56 * done, f"Chapitre {position} sur {total} : {chapter.title}")
        with _named(chapter):
            body.add("chapter.html", chapter=chapter, position=position)
    tell(0.63, "Tableau des niveaux de pouvoir")
    body.add("levels.html", pages=body.pages_of)
    if edition.figure:
        tell(0.66, "Figure du réseau")
        body.add("network.html")
    if _has_closing(edition):
        tell(0.68, "Signataires et sources")
        body.add("closing.html")


def _about(edition: Edition) -> paper.About:
    title = f"{markup.DRAFT_MARK} : {edition.title}" if edition.is_draft else edition.title
    return paper.About(
        title=title, author=edition.network, description=edition.subtitle or edition.title,
        day=edition.day, language=edition.language,
    )  # fmt: skip


def _cover_is_long(edition: Edition) -> bool:
    words = (edition.title, edition.subtitle, edition.territory, edition.addressees)
    return len(edition.title) > _LONG_TITLE or sum(map(len, words)) > _LONG_COVER


def _has_closing(edition: Edition) -> bool:
    return bool(
        edition.signatories or edition.sources or edition.glossary or edition.contact or edition.credits
    )


def _entries(edition: Edition) -> list[Entry]:
    """List the lines of the table of contents in the order of the document."""
    entries = [Entry("part", "preambule", "Préambule")] if edition.preamble else []
    for position, chapter in enumerate(edition.chapters, start=1):
        entries.append(Entry("chapter", chapter.anchor, chapter.title, str(position)))
        entries += [_item_entry(item) for item in chapter.items]
    entries.append(Entry("part", "niveaux-de-pouvoir", "Qui peut agir"))
    if edition.figure:
        entries.append(Entry("part", "reseau", "Le réseau qui porte ces recommandations"))
    if edition.signatories:
        entries.append(Entry("part", "signataires", "Signataires"))
    if edition.sources:
        entries.append(Entry("part", "sources", "Sources"))
    if edition.glossary:
        entries.append(Entry("part", "glossaire", "Glossaire"))
    if edition.contact:
        entries.append(Entry("part", "contact", "Contact"))
    return entries


def _item_entry(item: Item) -> Entry:
    return Entry("item", item.anchor, item.title, item.number)


def _assets(edition: Edition, fonts_folder: Path) -> paper.Assets:
    primary = colour.readable(edition.primary)
    drawings = {f"level-{code}.svg": pictures.draw_icon(code, primary) for code in markup.ICON_CODES}
    drawings["cover.svg"] = pictures.draw_cover(edition.threads, edition.primary)
    drawings["thread.svg"] = pictures.draw_thread(primary, paper.ACCENT)
    if edition.is_draft:
        drawings["draft.svg"] = pictures.draw_draft_edge(paper.DANGER)
    if edition.figure:
        drawings["network.svg"] = pictures.clean_drawing(edition.figure.svg)
    assets = paper.bundled(drawings, fonts_folder)
    if edition.logo:
        assets["logo.png"] = ("image/png", pictures.encode_logo(edition.logo))
    return assets


def _style(edition: Edition) -> str:
    footer = f"{markup.shortened(edition.title)} · {edition.version[:_LONGEST_VERSION]}"
    return paper.style("memorandum.css", primary=edition.primary, footer=footer, is_draft=edition.is_draft)


@contextlib.contextmanager
def _named(chapter: Chapter) -> Iterator[None]:
    """Name the chapter in whatever goes wrong while it is laid out."""
    try:
        yield
    except (BuildError, ContentError):
        raise
    except Exception as error:
        raise BuildError(
            f"Chapitre « {chapter.title} » : la mise en page a échoué ({error}).", item=chapter.anchor
        ) from error
