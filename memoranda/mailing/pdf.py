"""The PDF of letters for the post: a letter begins on a page of its own, its address in the window."""

from pathlib import Path

from memoranda import fonts, letter, paper, plain
from memoranda.mailing import content
from memoranda.mailing.content import Letters
from memoranda.paper import Press, Progress


def build(document: Letters, *, fonts_folder: Path, progress: Progress | None = None) -> bytes:
    """Make the PDF of letters; a sign that no bundled font can draw is printed as « □ ».

    `progress` is called with the share done (0 to 1, never falling) and what is being done, in French.
    Raises `ContentError` for a content that can't be printed, `BuildError` for anything else.
    """
    tell = progress or paper.tell_nobody
    tell(0.0, "Vérification du contenu")
    paper.check_fonts(fonts_folder)
    content.validate(document)
    identifier = plain.digest(document)
    document = fonts.drawable(document, fonts_folder)
    with paper.printing():
        press = Press(
            paper.About(
                title=content.title_of(document), author=document.letterhead.network,
                description=document.written, day=document.day, language=document.language,
            ),
            style=paper.style("mailing/letters.css", primary=document.letterhead.primary, footer=""),
            assets=letter.assets(document.letterhead, fonts_folder),
            context={"document": document},
        )  # fmt: skip
        return press.print_short("mailing/letters.html", labels={}, identifier=identifier, tell=tell)
