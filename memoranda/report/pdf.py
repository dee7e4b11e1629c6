"""The PDF of a report: tagged, French, the same bytes from the same content."""

from pathlib import Path

from memoranda import colour, fonts, markup, paper, pictures, plain
from memoranda.errors import ContentError, Problem
from memoranda.paper import Body, Entry, Press, Progress
from memoranda.report import content
from memoranda.report.content import Report, Section


def build(report: Report, *, fonts_folder: Path, progress: Progress | None = None) -> bytes:
    """Make the PDF of a report.

    `progress` is called with the share done (0 to 1, never falling) and what is being done, in French;
    whatever it raises stops the build. Raises `ContentError` for a content that can't be printed,
    `BuildError` for anything else.
    """
    tell = progress or paper.tell_nobody
    tell(0.0, "Vérification du contenu")
    check_content(report, fonts_folder)
    with paper.printing():
        press = Press(
            _about(report),
            style=paper.style(
                "report/report.css", primary=report.primary, footer=_footer(report), is_draft=report.is_draft
            ),
            assets=_assets(report, fonts_folder),
            context={"report": report},
        )
        return press.print(
            [
                Entry("part", section.anchor, section.title, str(number))
                for number, section in enumerate(report.sections, start=1)
            ],
            cover="report/cover.html",
            body=lambda body: _add_body(report, body, tell),
            identifier=plain.digest(report),
            tell=tell,
        )


def check_content(report: Report, fonts_folder: Path) -> None:
    """Raise `ContentError` if the report is invalid or holds a character no bundled font can draw."""
    paper.check_fonts(fonts_folder)
    content.validate(report)
    problems = [
        Problem(
            section.anchor,
            f"{section.title} : le caractère « {char} » (U+{ord(char):04X}) ne peut pas être imprimé.",
        )
        for section in report.sections
        for char in fonts.unprintable(_words(section), fonts_folder)
    ]
    if problems:
        raise ContentError(tuple(problems))


def _words(section: Section) -> list[str]:
    drawn = pictures.words_of(section.picture.svg) if section.picture else []
    return [*plain.texts(section), *drawn]


def _add_body(report: Report, body: Body, tell: Progress) -> None:
    total = len(report.sections)
    for group in _sheets(report):
        number, section = group[0]
        tell(0.06 + 0.6 * (number - 1) / total, f"Partie {number} sur {total} : {section.title}")
        body.add("report/section.html", group=group)


def _sheets(report: Report) -> list[list[tuple[int, Section]]]:
    """Group the numbered parts: each begins a page, but one of words alone follows the one before.

    Of a report that flows all parts do.
    """
    if report.flows:
        return [list(enumerate(report.sections, start=1))]
    groups: list[list[tuple[int, Section]]] = []
    for number, section in enumerate(report.sections, start=1):
        is_short = not (section.figures or section.picture or section.tables)
        if groups and is_short:
            groups[-1].append((number, section))
        else:
            groups.append([(number, section)])
    return groups


def _about(report: Report) -> paper.About:
    title = f"{markup.DRAFT_MARK} : {report.title}" if report.is_draft else report.title
    return paper.About(
        title=title, author=report.network, description=report.subtitle or report.title,
        day=report.day, language=report.language,
    )  # fmt: skip


def _footer(report: Report) -> str:
    return f"{report.network} · {report.title}"


def _assets(report: Report, fonts_folder: Path) -> paper.Assets:
    primary = colour.readable(report.primary)
    drawings = {
        f"picture-{section.anchor}.svg": pictures.clean_drawing(section.picture.svg)
        for section in report.sections
        if section.picture
    }
    drawings["cover.svg"] = pictures.draw_cover(report.threads, report.primary)
    if report.is_draft:
        drawings["draft.svg"] = pictures.draw_draft_edge(paper.DANGER)
    drawings["thread.svg"] = pictures.draw_thread(primary, paper.ACCENT)
    return paper.bundled(drawings, fonts_folder)
