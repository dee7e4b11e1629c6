"""The PDF of an agenda or of minutes: a letter, without cover and contents, the same bytes each time."""

from pathlib import Path

from memoranda import fonts, letter, markup, paper, plain
from memoranda.minutes import content
from memoranda.minutes.content import Agenda, Minutes
from memoranda.paper import Press, Progress


def build(document: Agenda | Minutes, *, fonts_folder: Path, progress: Progress | None = None) -> bytes:
    """Make the PDF of an agenda or of minutes; a sign that no bundled font can draw is printed as « □ ».

    `progress` is called with the share done (0 to 1, never falling) and what is being done, in French.
    Raises `ContentError` for a content that can't be printed, `BuildError` for anything else.
    """
    tell = progress or paper.tell_nobody
    tell(0.0, "Vérification du contenu")
    paper.check_fonts(fonts_folder)
    content.validate(document)
    identifier = plain.digest(document)
    document = fonts.drawable(document, fonts_folder)
    is_agenda = isinstance(document, Agenda)
    with paper.printing():
        press = Press(
            _about(document),
            style=_style(document),
            assets=letter.assets(document.letterhead, fonts_folder),
            context={"agenda" if is_agenda else "minutes": document},
        )
        return press.print_short(
            "minutes/agenda.html" if is_agenda else "minutes/minutes.html",
            labels={}, identifier=identifier, tell=tell,
        )  # fmt: skip


def _about(document: Agenda | Minutes) -> paper.About:
    sitting = content.sitting_of(document)
    language = document.language if isinstance(document, Agenda) else document.text.language
    return paper.About(
        title=content.title_of(document), author=document.letterhead.network,
        description=f"{sitting.space}, {sitting.when}", day=sitting.day, language=language,
    )  # fmt: skip


def _style(document: Agenda | Minutes) -> str:
    sitting = content.sitting_of(document)
    footer = f"{markup.shortened(sitting.title)} · {markup.day_in_words(sitting.day)}"
    is_draft = isinstance(document, Minutes) and document.is_draft
    return paper.style(
        "minutes/minutes.css", primary=document.letterhead.primary, footer=footer, is_draft=is_draft
    )
