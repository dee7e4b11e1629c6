"""The PDF of a call's paper form: a letter with room to write, the same bytes each time."""

from pathlib import Path

import segno

from memoranda import fonts, letter, markup, paper, plain
from memoranda.form import content
from memoranda.form.content import PaperForm
from memoranda.paper import Press, Progress


def build(document: PaperForm, *, fonts_folder: Path, progress: Progress | None = None) -> bytes:
    """Make the PDF of a form; a sign that no bundled font can draw is printed as « □ ».

    `progress` is called with the share done (0 to 1, never falling) and what is being done, in French.
    Raises `ContentError` for a content that can't be printed, `BuildError` for anything else.
    """
    tell = progress or paper.tell_nobody
    tell(0.0, "Vérification du contenu")
    paper.check_fonts(fonts_folder)
    content.validate(document)
    identifier = plain.digest(document)
    document = fonts.drawable(document, fonts_folder)
    code = segno.make(document.url, error="m").svg_inline(scale=4, border=0, omitsize=True)
    with paper.printing():
        press = Press(
            paper.About(
                title=content.title_of(document), author=document.letterhead.network,
                description=document.period, day=document.day, language=document.language,
            ),
            style=paper.style(
                "form/form.css",
                primary=document.letterhead.primary,
                footer=markup.shortened(document.title),
            ),
            assets=letter.assets(document.letterhead, fonts_folder, {"qr.svg": str(code)}),
            context={"form": document},
        )  # fmt: skip
        return press.print_short("form/form.html", labels={}, identifier=identifier, tell=tell)
