"""An edition or a leaflet as OpenDocument text, for those who must rework it.

Headings, lists, tables, footnotes, pictures, links are the format's own, under named styles (`odt_look.py`).
Written directly: what is needed of the format is small, and the same content gives the same bytes.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape, quoteattr

from memoranda import colour, images, markup, odt_look, package, pictures, plain, tree
from memoranda.content import Edition
from memoranda.epub import name_of
from memoranda.odt_look import FACES, HEAD, NAMESPACES, TEXT_WIDTH, VERSION

MEDIA_TYPE = "application/vnd.oasis.opendocument.text"
COVER = "cover.svg"
_FOLDER = images.FOLDER
_HEADINGS = {"h2": 1, "h3": 2, "h4": 3, "h5": 4, "h6": 5}
_INLINE = frozenset({"a", "strong", "em", "code", "span", "br", "sup", "sub", "img"})
_BLANKS = re.compile(r"[ \t\n\r\f]+")
_STYLED = {"strong": "Strong", "em": "Emphasis", "sup": "Superscript"}
_MUTED = frozenset({"memo-commune", "memo-url", "memo-count"})
_PARAGRAPHS = {
    "memo-label": "Label", "memo-draft": "Label", "memo-alternative": "Caption", "memo-descent": "Descent",
    "memo-said": "Testimony", "memo-who": "Small", "memo-count": "Small",
}  # fmt: skip
_ROWS = {"memo-demand": "Demand", "memo-small": "Small", "memo-testimony": "Testimony"}
_NAMES = frozenset({"memo-signatories", "memo-sponsors"})
_LISTED = {"Demand": "Demand_20_List"}
_CHAPTER = "memo-chapter"
_TURNED = "_20_RTL"
"""Ends the name of a style for what is written from right to left."""
_PIXEL = 2.54 / 96
_LOGO, _DRAWING, _PHOTO = (4.2, 1.6), (TEXT_WIDTH, 19.0), (TEXT_WIDTH, 11.0)
"""The room of an image, in centimetres: how wide and how high."""
_NARROWEST, _LETTER, _PADDING, _LONGEST_CELL = 1.5, 0.23, 0.5, 60


def build(edition: Edition) -> bytes:
    """Return the OpenDocument text of an edition: the same items in the same order as its page.

    Its images stand in it, each with its words. Raises `ContentError` for an invalid edition. The same
    edition gives the same bytes.
    """
    edition = plain.cleaned(edition)
    packed = {COVER: ("image/svg+xml", pictures.draw_cover(edition.threads, edition.primary).encode())}
    packed |= images.packed(edition)
    if edition.logo:
        packed["logo.png"] = ("image/png", pictures.encode_logo(edition.logo))
    draft = markup.DRAFT_MARK if edition.is_draft else ""
    return package.pack(
        MEDIA_TYPE,
        [
            ("META-INF/manifest.xml", _manifest(packed)),
            ("content.xml", _content(edition, packed)),
            ("styles.xml", odt_look.styles(edition, draft=draft)),
            ("meta.xml", _meta(edition)),
            *((f"{_FOLDER}/{name}", written) for name, (_media_type, written) in packed.items()),
        ],
    )


def _content(edition: Edition, packed: Mapping[str, tuple[str, bytes]]) -> str:
    root = tree.of(edition, packed)
    writer = _Writer(
        {f"{_FOLDER}/{name}": images.size_of(*one) for name, one in packed.items()}, _notes(root)
    )
    opening = "".join(_opening(edition, writer))
    body = "".join(writer.blocks(root, "Standard"))
    grid = odt_look.grid(colour.readable(edition.primary))
    return (
        f"{HEAD}<office:document-content {NAMESPACES} {VERSION}>{FACES}"
        f"<office:automatic-styles>{_AUTOMATIC}{grid}{writer.columns()}{writer.directions()}"
        "</office:automatic-styles>"
        f"<office:body><office:text>{opening}{_contents(root)}{body}</office:text></office:body>"
        "</office:document-content>\n"
    )


_AUTOMATIC = (
    '<style:style style:name="Opening" style:family="paragraph" style:parent-style-name="Figure" '
    f'style:master-page-name="{odt_look.FIRST_SHEET}"/>'
    '<style:style style:name="ContentsOpening" style:family="paragraph" '
    'style:parent-style-name="Contents_20_Heading" style:master-page-name="Standard"/>'
    '<style:style style:name="NewPage" style:family="paragraph" style:parent-style-name="Heading_20_1">'
    '<style:paragraph-properties fo:break-before="page"/></style:style>'
)


def _opening(edition: Edition, writer: "_Writer") -> Iterable[str]:
    """Yield the first page: the network's threads, the title, who says it and when."""
    cover = Element("img", {"class": "memo-image", "src": f"{_FOLDER}/{COVER}", "alt": ""})
    yield _paragraph("Opening", writer.inline(cover))
    yield _paragraph("Title", escape(edition.title))
    for line in (edition.variant_title, edition.subtitle):
        if line:
            yield _paragraph("Subtitle", escape(line))
    day = (
        f" · {markup.day_in_words(edition.election_day)}" if edition.election and edition.election_day else ""
    )
    for line in (f"{edition.election}{day}", edition.territory, edition.addressees):
        if line:
            yield _paragraph("Standard", escape(line))
    if edition.logo:
        logo = Element(
            "img", {"class": "memo-logo", "src": f"{_FOLDER}/logo.png", "alt": f"Logo : {edition.network}"}
        )
        yield _paragraph("Logo", writer.inline(logo))
    made = f"{edition.network}, {edition.version}, {markup.day_in_words(edition.day)}"
    yield _paragraph("Small", escape(made))


def _contents(root: Element) -> str:
    """Return the table of contents: links; bringing it up to date fills in their pages."""
    templates = "".join(
        f'<text:table-of-content-entry-template text:outline-level="{level}" '
        f'text:style-name="Contents_20_{level}"><text:index-entry-link-start/><text:index-entry-text/>'
        '<text:index-entry-tab-stop style:type="right" style:leader-char="."/>'
        "<text:index-entry-page-number/><text:index-entry-link-end/>"
        "</text:table-of-content-entry-template>"
        for level in (1, 2)
    )
    lines = [
        _paragraph(
            f"Contents_20_{_HEADINGS[heading.tag]}",
            f'<text:a xlink:type="simple" xlink:href="#{escape(heading.get("id", ""))}" '
            'text:style-name="Contents_20_Link" text:visited-style-name="Contents_20_Link">'
            f"{escape(tree.words(heading))}</text:a>",
        )
        for heading in root.iter()
        if heading.tag == "h2" or (heading.tag == "h3" and heading.get("class") == "memo-title")
    ]
    title = _paragraph("ContentsOpening", "Table des matières")
    return (
        '<text:table-of-content text:name="Contents" text:protected="false"><text:table-of-content-source '
        f'text:outline-level="2">{templates}</text:table-of-content-source><text:index-body>'
        f'<text:index-title text:name="Contents_Head">{title}</text:index-title>{"".join(lines)}'
        "</text:index-body></text:table-of-content>"
    )


def _notes(root: Element) -> dict[str, Element]:
    """Return the footnotes by their anchors; where they are called, they stand."""
    lists = [one for one in root.iter("ol") if one.get("class") == "memo-notes"]
    return {item.get("id", ""): item for one in lists for item in one if item.get("id")}


@dataclass
class _Writer:
    """Writes what stands in a tree; `sizes` of images in pixels, `notes` by their anchors."""

    sizes: Mapping[str, tuple[float, float]]
    notes: Mapping[str, Element]
    widths: dict[int, None] = field(default_factory=dict)
    turned: dict[str, None] = field(default_factory=dict)
    written: set[str] = field(default_factory=set)
    tables: int = 0
    frames: int = 0

    def blocks(self, holder: Element, style: str) -> Iterable[str]:
        """Yield what stands in an element as paragraphs, headings, lists and tables, in order."""
        style = self._along(holder, style)
        line: list[str] = [_words(holder.text)]
        before: Element | None = None
        for child in holder:
            if child.tag in _INLINE:
                line.append(self.inline(child))
            else:
                yield from _line(line, style)
                line = []
                yield from self._block(child, style, before)
                before = child
            line.append(_words(child.tail))
        yield from _line(line, style)

    def _block(self, element: Element, style: str, before: Element | None) -> Iterable[str]:
        tag, kind = element.tag, element.get("class", "")
        if tag in _HEADINGS:
            yield self._heading(element, _HEADINGS[tag])
        elif tag in {"ul", "ol"}:
            yield from self._list(element, style)
        elif tag == "table":
            yield from self._table(element)
        elif tag == "p":
            inner = _lines(element) if kind.startswith("memo-lines") else self._in(element)
            yield _paragraph(self._along(element, _PARAGRAPHS.get(kind, style)), inner)
        elif tag == "section":
            starts = _CHAPTER in (kind, before.get("class", "") if before is not None else "")
            yield from self._section(element, style, on_new_page=starts or before is None)
        elif tag == "figure":
            yield from self.blocks(element, "Figure")
        elif tag == "figcaption":
            yield from self.blocks(element, "Caption")
        elif tag == "blockquote":
            yield from self.blocks(element, "Quotations")
        else:
            named = next((name for part, name in _ROWS.items() if part in kind.split()), style)
            yield from self.blocks(element, named)

    def _section(self, element: Element, style: str, *, on_new_page: bool) -> Iterable[str]:
        blocks = self.blocks(element, style)
        for place, block in enumerate(blocks):
            if place == 0 and on_new_page:
                yield block.replace('text:style-name="Heading_20_1"', 'text:style-name="NewPage"', 1)
            else:
                yield block

    def _heading(self, element: Element, level: int) -> str:
        return (
            f'<text:h text:style-name="{self._along(element, f"Heading_20_{level}")}" '
            f'text:outline-level="{level}">'
            f"{_mark(element)}{self._in(element).strip()}</text:h>"
        )

    def _along(self, element: Element, style: str) -> str:
        """Return the style for the direction that an element says it runs."""
        if "dir" not in element.attrib:
            return style
        name = style.removesuffix(_TURNED)
        if element.get("dir") != "rtl":
            return name
        self.turned[name] = None
        return f"{name}{_TURNED}"

    def _list(self, element: Element, style: str) -> Iterable[str]:
        kind = element.get("class", "")
        if kind == "memo-notes" and any(item.get("id") in self.notes for item in element):
            return  # each stands where it is called
        if kind == "memo-levels":
            yield _paragraph("Levels", " · ".join(self._in(item).strip() for item in element))
            return
        own = _LISTED.get(style, "List")
        if kind in _NAMES:
            for item in element:
                yield from self.blocks(item, own)
            return
        items = []
        for item in element:
            blocks = list(self.blocks(item, own)) or [_paragraph(own, "")]
            blocks[0] = blocks[0].replace(">", f">{_mark(item)}", 1)
            items.append(f"<text:list-item>{''.join(blocks)}</text:list-item>")
        name = "Numbers" if element.tag == "ol" else "Bullets"
        yield f'<text:list text:style-name="{name}">{"".join(items)}</text:list>'

    # --- Tables ---------------------------------------------------------------------------------

    def _table(self, element: Element) -> Iterable[str]:
        caption = element.find("caption")
        if caption is not None:
            yield _paragraph("Table_20_Title", self._in(caption))
        heads = [row for head in element.iter("thead") for row in head.iter("tr")]
        rows = [row for body in element.iter("tbody") for row in body.iter("tr")]
        widths = _widths([*heads, *rows])
        if not widths:
            return
        self.widths |= dict.fromkeys(widths)
        self.tables += 1
        columns = "".join(f'<table:table-column table:style-name="Column{width}"/>' for width in widths)
        above = "".join(self._row(row, is_head=True) for row in heads)
        if above:
            above = f"<table:table-header-rows>{above}</table:table-header-rows>"
        below = "".join(self._row(row, is_head=False) for row in rows)
        yield (
            f'<table:table table:name="Table{self.tables}" table:style-name="Grid">{columns}{above}{below}'
            "</table:table>"
        )

    def _row(self, row: Element, *, is_head: bool) -> str:
        cells = []
        for cell in row:
            number = "Table_20_Number" if cell.tag == "th" else "Table_20_Contents"
            style = "Table_20_Heading" if is_head else number
            held = "".join(self.blocks(cell, style)) or _paragraph(style, "")
            look = "HeadCell" if is_head else "Cell"
            cells.append(
                f'<table:table-cell table:style-name="{look}" office:value-type="string">{held}'
                "</table:table-cell>"
            )
        return f'<table:table-row table:style-name="Row">{"".join(cells)}</table:table-row>'

    def columns(self) -> str:
        """Return the styles of all columns that were written, by their width in tenths of a millimetre."""
        return "".join(
            f'<style:style style:name="Column{width}" style:family="table-column">'
            f'<style:table-column-properties style:column-width="{width / 100:.2f}cm"/></style:style>'
            for width in sorted(self.widths)
        )

    def directions(self) -> str:
        """Return the styles of what is written from right to left."""
        return "".join(
            f'<style:style style:name="{name}{_TURNED}" style:family="paragraph" '
            f'style:parent-style-name="{name}"><style:paragraph-properties '
            'style:writing-mode="rl-tb" fo:text-align="start"/></style:style>'
            for name in sorted(self.turned)
        )

    # --- In a line ------------------------------------------------------------------------------

    def _in(self, element: Element) -> str:
        """Return what stands in a line: words, emphasis, links, calls of notes."""
        return _words(element.text) + "".join(self.inline(child) + _words(child.tail) for child in element)

    def inline(self, element: Element) -> str:
        """Return an element of a line."""
        if element.tag == "br":
            return "<text:line-break/>"
        if element.tag == "img":
            return self._image(element)
        called = element.find("a[@class='memo-call']") if element.tag == "sup" else None
        if called is not None:
            return self._note(called)
        inner = self._in(element)
        if element.tag == "a" and element.get("href"):
            target = quoteattr(element.get("href", ""))
            return (
                f'{_mark(element)}<text:a xlink:type="simple" xlink:href={target} '
                f'text:style-name="Internet_20_link">{inner}</text:a>'
            )
        name = _STYLED.get(element.tag) or ("Muted" if element.get("class") in _MUTED else "")
        return _mark(element) + (
            f'<text:span text:style-name="{name}">{inner}</text:span>' if name else inner
        )

    def _note(self, call: Element) -> str:
        """Return a footnote where it is first called, afterwards a reference to it."""
        anchor = call.get("href", "").removeprefix("#")
        number = escape(tree.words(call))
        note = self.notes.get(anchor)
        if note is None:
            return f'<text:span text:style-name="Superscript">{number}</text:span>'
        if anchor in self.written:
            return (
                '<text:span text:style-name="Superscript"><text:note-ref text:note-class="footnote" '
                f'text:reference-format="text" text:ref-name={quoteattr(anchor)}>{number}</text:note-ref>'
                "</text:span>"
            )
        self.written.add(anchor)
        words = _words(note.text) + "".join(
            self.inline(child) + _words(child.tail) for child in note if child.get("class") != "memo-back"
        )
        return (
            f'<text:note text:id={quoteattr(anchor)} text:note-class="footnote">'
            f"<text:note-citation>{number}</text:note-citation><text:note-body>"
            f"{_paragraph('Footnote', words)}</text:note-body></text:note>"
        )  # fmt: skip

    def _image(self, element: Element) -> str:
        source, words = element.get("src", ""), element.get("alt", "")
        is_logo = element.get("class") == "memo-logo"
        room = _LOGO if is_logo else _DRAWING if source.endswith(".svg") else _PHOTO
        width, height = _fitting(self.sizes[source], room)
        self.frames += 1
        title = f"<svg:title>{escape(words)}</svg:title>" if words else ""
        frame = (
            f'<draw:frame draw:style-name="Picture" draw:name="Picture{self.frames}" '
            f'text:anchor-type="as-char" svg:width="{width:.2f}cm" svg:height="{height:.2f}cm">'
            f'<draw:image xlink:href={quoteattr(source)} xlink:type="simple" '
            f'xlink:show="embed" xlink:actuate="onLoad"/>{title}</draw:frame>'
        )
        return f"{frame}<text:line-break/>" if is_logo and words else frame


def _fitting(size: tuple[float, float], room: tuple[float, float]) -> tuple[float, float]:
    """Return how wide and how high an image is printed, in centimetres: within its room, never enlarged."""
    width, height = (side * _PIXEL for side in size)
    share = min(1.0, room[0] / width, room[1] / height)
    return width * share, height * share


def _widths(rows: Sequence[Element]) -> list[int]:
    """Share the width of the text among columns by their longest words, in tenths of a millimetre."""
    number = max((len(row) for row in rows), default=0)
    longest = [0] * number
    for row in rows:
        for place, cell in enumerate(row):
            longest[place] = max(longest[place], min(len(tree.words(cell)), _LONGEST_CELL))
    wished = [max(_NARROWEST, length * _LETTER + _PADDING) for length in longest]
    total = sum(wished)
    if total > TEXT_WIDTH or not number:
        narrow = [width for width in wished if width <= TEXT_WIDTH / number]
        rest = max(total - sum(narrow), 0.01)
        share = (TEXT_WIDTH - sum(narrow)) / rest
        wished = [width if width <= TEXT_WIDTH / number else width * share for width in wished]
    elif wished:
        wished[longest.index(max(longest))] += TEXT_WIDTH - total
    return [round(width * 100) for width in wished]


def _line(pieces: list[str], style: str) -> Iterable[str]:
    text = "".join(pieces).strip()
    if text:
        yield _paragraph(style, text)


def _mark(element: Element) -> str:
    anchor = element.get("id", "")
    return f"<text:bookmark text:name={quoteattr(anchor)}/>" if anchor else ""


def _lines(element: Element) -> str:
    return "<text:line-break/>".join(escape(line) for line in "".join(element.itertext()).strip().split("\n"))


def _words(text: str | None) -> str:
    return escape(_BLANKS.sub(" ", text or ""))


def _paragraph(style: str, inner: str) -> str:
    inner = inner.strip().replace("<text:line-break/> ", "<text:line-break/>")
    return f'<text:p text:style-name="{style}">{inner}</text:p>'


def _manifest(packed: Mapping[str, tuple[str, bytes]]) -> str:
    files = [(name, "text/xml") for name in ("content.xml", "styles.xml", "meta.xml")]
    files += [(f"{_FOLDER}/{name}", media_type) for name, (media_type, _written) in packed.items()]
    listed = "".join(
        f'<manifest:file-entry manifest:full-path="{name}" manifest:media-type="{media_type}"/>'
        for name, media_type in files
    )
    return (
        f'{HEAD}<manifest:manifest {NAMESPACES} manifest:version="1.3"><manifest:file-entry '
        f'manifest:full-path="/" manifest:version="1.3" manifest:media-type="{MEDIA_TYPE}"/>{listed}'
        "</manifest:manifest>\n"
    )


def _meta(edition: Edition) -> str:
    return (
        f"{HEAD}<office:document-meta {NAMESPACES} {VERSION}><office:meta>"
        f"<dc:title>{escape(name_of(edition))}</dc:title><dc:creator>{escape(edition.network)}</dc:creator>"
        f"<dc:language>{edition.language}-BE</dc:language>"
        f"<dc:date>{edition.day.isoformat()}T00:00:00</dc:date></office:meta></office:document-meta>\n"
    )
