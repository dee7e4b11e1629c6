"""How an OpenDocument text looks: named styles, which whoever reworks it may change, and its sheet."""

from xml.sax.saxutils import escape, quoteattr

from memoranda import colour, markup, paper
from memoranda.content import Edition

_OFFICE = "urn:oasis:names:tc:opendocument:xmlns"
NAMESPACES = " ".join(
    f'xmlns:{prefix}="{address}"'
    for prefix, address in {
        "office": f"{_OFFICE}:office:1.0",
        "text": f"{_OFFICE}:text:1.0",
        "table": f"{_OFFICE}:table:1.0",
        "style": f"{_OFFICE}:style:1.0",
        "fo": f"{_OFFICE}:xsl-fo-compatible:1.0",
        "draw": f"{_OFFICE}:drawing:1.0",
        "svg": f"{_OFFICE}:svg-compatible:1.0",
        "meta": f"{_OFFICE}:meta:1.0",
        "manifest": f"{_OFFICE}:manifest:1.0",
        "dc": "http://purl.org/dc/elements/1.1/",
        "xlink": "http://www.w3.org/1999/xlink",
    }.items()
)
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
VERSION = 'office:version="1.3"'
FIRST_SHEET = "First_20_Page"
TEXT_WIDTH = 16.0
"""Centimetres between the margins of the sheet."""
_SERIF, _SANS, _ARABIC = "Source Serif 4", "Source Sans 3", "Noto Naskh Arabic"
_INK = "#1d2b2a"
_BOLD = 'fo:font-weight="bold" style:font-weight-complex="bold"'
_FACES = "".join(
    f'<style:font-face style:name="{name}" svg:font-family="&apos;{name}&apos;, {others}" '
    f'style:font-family-generic="{family}" style:font-pitch="variable"/>'
    for name, others, family in (
        (_SERIF, "Georgia, &apos;Liberation Serif&apos;, serif", "roman"),
        (_SANS, "Calibri, &apos;Liberation Sans&apos;, sans-serif", "swiss"),
        (_ARABIC, "&apos;Times New Roman&apos;", "system"),
    )
)
FACES = f"<office:font-face-decls>{_FACES}</office:font-face-decls>"
_LISTS = (
    '<text:list-style style:name="Bullets"><text:list-level-style-bullet text:level="1" text:bullet-char="•">'
    '<style:list-level-properties text:list-level-position-and-space-mode="label-alignment">'
    '<style:list-level-label-alignment text:label-followed-by="listtab" fo:margin-left="0.6cm" '
    'fo:text-indent="-0.45cm" text:list-tab-stop-position="0.6cm"/></style:list-level-properties>'
    "</text:list-level-style-bullet></text:list-style>"
    '<text:list-style style:name="Numbers"><text:list-level-style-number text:level="1" '
    'style:num-format="1" style:num-suffix=".">'
    '<style:list-level-properties text:list-level-position-and-space-mode="label-alignment">'
    '<style:list-level-label-alignment text:label-followed-by="listtab" fo:margin-left="0.9cm" '
    'fo:text-indent="-0.75cm" text:list-tab-stop-position="0.9cm"/></style:list-level-properties>'
    "</text:list-level-style-number></text:list-style>"
)
_NOTES = (
    '<text:notes-configuration text:note-class="footnote" style:num-format="1" '
    'text:start-numbering-at="chapter" text:footnotes-position="page" text:citation-style-name="Footnote" '
    'text:citation-body-style-name="Footnote_20_anchor" text:default-style-name="Footnote"/>'
)


def styles(edition: Edition, *, draft: str) -> str:
    """Return `styles.xml`; `draft` stands above each page, where the edition is one."""
    main = colour.readable(edition.primary)
    named = "".join(
        f'<style:style style:name="{name}" style:display-name={quoteattr(name.replace("_20_", " "))} '
        f'style:family="{family}"{_parent(parent)}{_outline(name)}>{looks}</style:style>'
        for name, family, parent, looks in _named(main)
    )
    return (
        f"{HEAD}<office:document-styles {NAMESPACES} {VERSION}>{FACES}<office:styles>"
        '<style:default-style style:family="paragraph"><style:paragraph-properties '
        'fo:hyphenation-ladder-count="no-limit" style:writing-mode="lr-tb"/><style:text-properties '
        f'style:font-name="{_SERIF}" style:font-name-complex="{_ARABIC}" fo:font-size="11pt" '
        f'style:font-size-complex="11pt" fo:language="{edition.language}" fo:country="BE"/>'
        f"</style:default-style>{named}{_LISTS}{_NOTES}</office:styles>"
        f"<office:automatic-styles>{_SHEET}</office:automatic-styles>"
        f"<office:master-styles>{_sheets(edition, draft)}</office:master-styles></office:document-styles>\n"
    )


def _named(main: str) -> tuple[tuple[str, str, str, str], ...]:
    """Return name, family, the style that it follows, what is its own; `main` is the network's colour."""
    muted = f'fo:color="{paper.MUTED}"'
    ours = f'fo:color="{main}"'
    paragraphs = (
        ("Standard", "", _lines('fo:margin-bottom="0.2cm" fo:line-height="130%"')),
        ("Title", "Standard", _heading(26, 0.6, 0.3, main)),
        ("Subtitle", "Standard", _lines(_below(0.1), 'fo:font-size="13pt"')),
        ("Heading_20_1", "Standard", _heading(20, 1.0, 0.4, main)),
        ("Heading_20_2", "Standard", _heading(14, 0.9, 0.15, main)),
        ("Heading_20_3", "Standard", _heading(12, 0.4, 0.1, _INK)),
        ("Heading_20_4", "Standard", _heading(11, 0.3, 0.1, _INK)),
        ("Heading_20_5", "Standard", _heading(11, 0.3, 0.1, _INK)),
        ("Contents_20_Heading", "Standard", _heading(20, 0, 0.4, main)),
        ("Contents_20_1", "Standard", _lines(_below(0.05, above=0.2), _BOLD)),
        (
            "Contents_20_2",
            "Standard",
            _lines(f'{_below(0.02)} fo:margin-left="0.6cm"', 'fo:font-size="10pt"'),
        ),
        ("Label", "Standard", _lines(f"{_below(0.02, above=0.25)} {_KEPT}", f"{_sans(9)} {_BOLD} {muted}")),
        ("Levels", "Standard", _lines(f"{_below(0.1)} {_KEPT}", f"{_sans(9.5)} {_BOLD} {ours}")),
        ("Small", "Standard", _lines(_below(0.1), _sans(9.5))),
        ("Descent", "Small", _lines(_KEPT, muted)),
        ("Caption", "Small", _lines(_below(0.3), muted)),
        ("Figure", "Standard", _lines(f'{_below(0.15, above=0.4)} {_KEPT} {_TIGHT} fo:text-align="center"')),
        ("Logo", "Standard", _lines(f"{_below(0.05, above=0.2)} {_KEPT} {_TIGHT}")),
        ("Demand", "Standard", _lines(f'{_edge(main)} fo:padding-left="0.3cm"', _BOLD)),
        ("Testimony", "Standard", _lines(_indented(0.6), 'fo:font-style="italic"')),
        ("Quotations", "Standard", _lines(_indented(1))),
        ("List", "Standard", _lines(_below(0.05))),
        ("Demand_20_List", "List", _lines("", _BOLD)),
        ("Table_20_Contents", "Standard", _lines(f'{_below(0)} fo:line-height="115%"', _sans(9.5))),
        ("Table_20_Number", "Table_20_Contents", _lines("", _BOLD)),
        ("Table_20_Heading", "Table_20_Contents", _lines("", f"{_BOLD} {muted}")),
        ("Table_20_Title", "Standard", _lines(f"{_below(0.1, above=0.5)} {_KEPT}", f"{_sans(10.5)} {_BOLD}")),
        ("Footnote", "Standard", _lines(f"{_below(0.05)} {_HANGING}", _sans(9))),
        ("Header", "Standard", _lines('fo:text-align="center"', f"{_sans(9)} {_BOLD} {_RED}")),
        ("Footer", "Standard", f"{_TO_THE_EDGE}<style:text-properties {_sans(8.5)} {muted}/>"),
    )
    letters = (
        ("Strong", _BOLD),
        ("Emphasis", 'fo:font-style="italic"'),
        ("Superscript", _RAISED),
        ("Footnote_20_anchor", _RAISED),
        ("Muted", f'{_sans(9)} fo:font-weight="normal" {muted}'),
        ("Contents_20_Link", f'fo:color="{_INK}" style:text-underline-style="none"'),
        ("Internet_20_link", f'{ours} style:text-underline-style="solid" style:text-underline-width="auto"'),
    )
    picture = ("Picture", "graphic", "", f"<style:graphic-properties {_ON_LINE}/>")
    return (
        *((name, "paragraph", parent, looks) for name, parent, looks in paragraphs),
        *((name, "text", "", f"<style:text-properties {looks}/>") for name, looks in letters),
        picture,
    )


_KEPT, _TIGHT = 'fo:keep-with-next="always"', 'fo:line-height="100%"'
_RED = f'fo:color="{paper.DANGER}"'
_RAISED = 'style:text-position="super 58%"'
_HANGING = 'fo:margin-left="0.5cm" fo:text-indent="-0.5cm" fo:line-height="115%"'
_ON_LINE = 'style:vertical-pos="middle" style:vertical-rel="line" draw:stroke="none" draw:fill="none"'
_TO_THE_EDGE = (
    '<style:paragraph-properties fo:margin-bottom="0cm"><style:tab-stops><style:tab-stop '
    f'style:position="{TEXT_WIDTH}cm" style:type="right"/></style:tab-stops></style:paragraph-properties>'
)


def _below(room: float, *, above: float = 0) -> str:
    """Return the room below a paragraph, and above it, in centimetres."""
    return f'fo:margin-top="{above}cm" fo:margin-bottom="{room}cm"'


def _indented(room: float) -> str:
    return f'fo:margin-left="{room}cm" fo:margin-right="{room}cm"'


def _edge(ink: str) -> str:
    """Return the line to the left of a demand."""
    others = " ".join(f'fo:border-{side}="none"' for side in ("right", "top", "bottom"))
    return f'fo:border-left="2pt solid {ink}" {others}'


def grid(main: str) -> str:
    """Return the styles of tables, which the format knows as automatic ones alone.

    Borders don't collapse: LibreOffice 7.4 then loses the rows of a table whose head ends a page.
    """
    cells = (("Cell", f"0.5pt solid {paper.LINE}"), ("HeadCell", f"1pt solid {main}"))
    return (
        '<style:style style:name="Grid" style:family="table">'
        f'<style:table-properties style:width="{TEXT_WIDTH}cm" table:align="left" '
        'fo:margin-bottom="0.4cm"/></style:style>'
        '<style:style style:name="Row" style:family="table-row">'
        '<style:table-row-properties fo:keep-together="always"/></style:style>'
    ) + "".join(
        f'<style:style style:name="{name}" style:family="table-cell"><style:table-cell-properties '
        f'fo:padding="0.08cm" fo:border="none" fo:border-bottom="{line}"/></style:style>'
        for name, line in cells
    )


def _lines(paragraph: str, letters: str = "") -> str:
    """Say how a paragraph stands, and how its letters look."""
    looks = f'<style:paragraph-properties fo:orphans="2" fo:widows="2" {paragraph}/>'
    return f"{looks}<style:text-properties {letters}/>" if letters else looks


def _heading(size: float, above: float, below: float, ink: str) -> str:
    """Say how a heading looks: `size` in points, the room above and below in centimetres."""
    return _lines(
        f'fo:margin-top="{above}cm" fo:margin-bottom="{below}cm" fo:keep-with-next="always" '
        'fo:keep-together="always" fo:line-height="115%"',
        f'fo:font-size="{size}pt" style:font-size-complex="{size}pt" {_BOLD} fo:color="{ink}"',
    )


def _sans(size: float) -> str:
    return f'style:font-name="{_SANS}" fo:font-size="{size}pt" style:font-size-complex="{size}pt"'


def _parent(name: str) -> str:
    return f' style:parent-style-name="{name}"' if name else ""


def _outline(name: str) -> str:
    """Return the level of a heading, so that the document's own outline knows it."""
    level = name.removeprefix("Heading_20_")
    return f' style:default-outline-level="{level}" style:class="text"' if level.isdigit() else ""


_SHEET = (
    '<style:page-layout style:name="Sheet"><style:page-layout-properties fo:page-width="21cm" '
    'fo:page-height="29.7cm" fo:margin-top="2cm" fo:margin-bottom="1.6cm" fo:margin-left="2.5cm" '
    'fo:margin-right="2.5cm" style:print-orientation="portrait"><style:footnote-sep style:width="0.5pt" '
    'style:rel-width="25%" style:color="#a5a294" style:adjustment="left" '
    'style:distance-before-sep="0.3cm" style:distance-after-sep="0.15cm"/></style:page-layout-properties>'
    '<style:header-style><style:header-footer-properties fo:min-height="0.5cm" fo:margin-bottom="0.3cm"/>'
    '</style:header-style><style:footer-style><style:header-footer-properties fo:min-height="0.6cm" '
    'fo:margin-top="0.5cm"/></style:footer-style></style:page-layout>'
)


def _sheets(edition: Edition, draft: str) -> str:
    above = (
        f'<style:header><text:p text:style-name="Header">{escape(draft)}</text:p></style:header>'
        if edition.is_draft
        else ""
    )
    foot = (
        f'<style:footer><text:p text:style-name="Footer">{escape(markup.shortened(edition.title))} · '
        f'{escape(edition.version)}<text:tab/><text:page-number text:select-page="current">1'
        "</text:page-number></text:p></style:footer>"
    )  # fmt: skip
    return (
        f'<style:master-page style:name="Standard" style:page-layout-name="Sheet">{above}{foot}'
        f'</style:master-page><style:master-page style:name="{FIRST_SHEET}" style:display-name="First Page" '
        f'style:page-layout-name="Sheet" style:next-style-name="Standard">{above}</style:master-page>'
    )
