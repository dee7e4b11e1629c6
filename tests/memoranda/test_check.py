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


def drop_scope(document: pikepdf.Pdf) -> None:
    del first(document, "/TH").A


def rename_notes(document: pikepdf.Pdf) -> None:
    for name in ("/P", "/H2"):
        element = first(document, name)
        element.S, element.ID = pikepdf.Name.Note, pikepdf.String("n1")


def unname_note(document: pikepdf.Pdf) -> None:
    first(document, "/P").S = pikepdf.Name.Note


def hang_twice(document: pikepdf.Pdf) -> None:
    first(document, "/Document").K.append(first(document, "/H2"))


def orphan(document: pikepdf.Pdf) -> None:
    first(document, "/H2").P = first(document, "/Div")


def let_go(document: pikepdf.Pdf) -> None:
    link = first(document, "/Link")
    link.K = pikepdf.Array([kid for kid in link.K if not isinstance(kid, pikepdf.Dictionary) or "/S" in kid])


def shuffle(document: pikepdf.Pdf) -> None:
    leaves = document.Root.StructTreeRoot.ParentTree.Kids
    document.Root.StructTreeRoot.ParentTree.Kids = pikepdf.Array(reversed(list(leaves)))


def lose_names(document: pikepdf.Pdf) -> None:
    document.Root.Names.Dests = pikepdf.Dictionary(Names=pikepdf.Array())


def lose_page(document: pikepdf.Pdf) -> None:
    del document.pages[5]


def embed_again(document: pikepdf.Pdf) -> None:
    found = [
        thing for thing in document.objects if isinstance(thing, pikepdf.Dictionary) and "/FontFile2" in thing
    ]
    found[0].FontFile2 = document.make_stream(found[1].FontFile2.read_bytes())


def drop_title(document: pikepdf.Pdf) -> None:
    del document.docinfo["/Title"]


def drop_tabs(document: pikepdf.Pdf) -> None:
    del document.pages[2].Tabs


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (drop_scope, "says neither which way it goes"),
        (rename_notes, "two notes have the same identifier"),
        (rename_notes, "the tree of identifiers lacks"),
        (unname_note, "a note without identifier"),
        (hang_twice, "hangs twice"),
        (orphan, "names another parent"),
        (let_go, "does not hold"),
        (shuffle, "the parent tree is not in order"),
        (lose_names, "a link that leads nowhere"),
        (lose_page, "a name for a page that is not there"),
        (lose_page, "a bookmark that leads nowhere"),
        (embed_again, "a font is embedded twice"),
        (drop_title, "no title"),
        (drop_tabs, "tab order"),
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
