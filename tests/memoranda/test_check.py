import io
from collections.abc import Callable

import pikepdf
import pytest

from memoranda import check


def test_the_printed_memorandum_has_no_problem(printed: bytes) -> None:
    assert check.problems(printed) == []


def test_roles_of_the_contents_the_figure_and_the_tables(printed: bytes) -> None:
    with pikepdf.open(io.BytesIO(printed)) as document:
        roles = [str(element.S) for element in check._elements(document.Root.StructTreeRoot)]
    for role in ("/TOC", "/TOCI", "/Reference", "/Figure", "/TH", "/H1", "/H2", "/H3", "/LBody", "/Link"):
        assert role in roles


def spoiled(pdf: bytes, change: Callable[[pikepdf.Pdf], None]) -> list[str]:
    """Return the problems found once the PDF has been changed."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        change(document)
        out = io.BytesIO()
        document.save(out)
    return check.problems(out.getvalue())


def first(document: pikepdf.Pdf, role: str) -> pikepdf.Object:
    return next(thing for thing in check._elements(document.Root.StructTreeRoot) if str(thing.S) == role)


def drop_language(document: pikepdf.Pdf) -> None:
    del document.Root.Lang


def drop_alternative(document: pikepdf.Pdf) -> None:
    del first(document, "/Figure").Alt


def drop_outline(document: pikepdf.Pdf) -> None:
    del document.Root.Outlines


def skip_heading(document: pikepdf.Pdf) -> None:
    first(document, "/H2").S = pikepdf.Name.H4


def break_list(document: pikepdf.Pdf) -> None:
    first(document, "/LBody").S = pikepdf.Name.P


def drop_font(document: pikepdf.Pdf) -> None:
    for thing in document.objects:
        if isinstance(thing, pikepdf.Dictionary) and "/FontFile2" in thing:
            del thing["/FontFile2"]


def loosen_link(document: pikepdf.Pdf) -> None:
    first(document, "/Link").S = pikepdf.Name.Span


def unmark(document: pikepdf.Pdf) -> None:
    page = document.pages[3]
    marks = {"BDC", "BMC", "EMC"}
    kept = [part for part in pikepdf.parse_content_stream(page) if str(part.operator) not in marks]
    page.Contents = document.make_stream(pikepdf.unparse_content_stream(kept))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (drop_language, "no language"),
        (drop_alternative, "a figure without alternative text"),
        (drop_outline, "no outline"),
        (skip_heading, "heading 4 after 1"),
        (break_list, "/P in /LI"),
        (drop_font, "is not embedded"),
        (loosen_link, "outside a Link element"),
        (unmark, "neither tagged nor an artifact"),
    ],
)
def test_the_checks_see_what_is_wrong(
    printed: bytes, change: Callable[[pikepdf.Pdf], None], words: str
) -> None:
    assert any(words in problem for problem in spoiled(printed, change))
