"""An edition or a leaflet as EPUB 3: a file for each part, made from the very page, and its contents."""

import copy
import uuid
from collections.abc import Mapping
from xml.etree import ElementTree as ET
from xml.etree.ElementTree import Element, SubElement
from xml.sax.saxutils import escape, quoteattr

from memoranda import content, images, markup, package, pictures, plain, tree
from memoranda.content import Edition

MEDIA_TYPE = "application/epub+zip"
COVER, LOGO = "cover.svg", "logo.png"
_XHTML = "http://www.w3.org/1999/xhtml"
_KEPT = frozenset({
    "id", "class", "href", "lang", "dir", "aria-label", "aria-labelledby", "scope", "start", "role", "src",
    "alt",
})  # fmt: skip
_STYLE = """\
body { font-family: serif; line-height: 1.5; }
h1, h2, h3, h4 { line-height: 1.2; }
.memo-number { font-weight: bold; }
.memo-levels { padding: 0; list-style: none; }
.memo-level { display: inline-block; margin-right: 0.75em; font-weight: bold; }
.memo-label { margin: 1em 0 0; font-weight: bold; }
.memo-lines { white-space: pre-line; }
.memo-draft { font-weight: bold; }
figure { margin: 1.5em 0; }
img { max-width: 100%; height: auto; }
.memo-logo { display: block; max-width: 9em; max-height: 3.5em; }
.cover { width: 100%; }
.memo-caption { margin-top: 0.5em; font-size: 0.9em; }
table { width: 100%; border-collapse: collapse; }
th, td { padding: 0.25em; border-bottom: 1px solid; text-align: left; vertical-align: top; }
"""
_CONTAINER = """\
<?xml version="1.0" encoding="UTF-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
  <rootfiles><rootfile full-path="EPUB/package.opf" media-type="application/oebps-package+xml"/></rootfiles>
</container>
"""


def build(edition: Edition) -> bytes:
    """Return the EPUB of an edition: the same items in the same order as its page, with its images.

    Raises `ContentError` for an invalid edition. The same edition gives the same bytes.
    """
    edition = plain.cleaned(edition)
    packed = images.packed(edition)
    root = tree.of(edition, packed)
    packed[COVER] = ("image/svg+xml", pictures.draw_cover(edition.threads, edition.primary).encode())
    if edition.logo:
        packed[LOGO] = ("image/png", pictures.encode_logo(edition.logo))
    parts = tree.parts(root)
    files = [f"part-{place:03d}.xhtml" for place in range(1, len(parts) + 1)]
    where = {
        element.get("id", ""): file
        for part, file in zip(parts, files, strict=True)
        for element in part.iter()
        if element.get("id")
    }
    pages = [(f"EPUB/{file}", _page(edition, part, where)) for part, file in zip(parts, files, strict=True)]
    return package.pack(
        MEDIA_TYPE,
        [
            ("META-INF/container.xml", _CONTAINER),
            ("EPUB/package.opf", _package(edition, files, packed)),
            ("EPUB/nav.xhtml", _contents(edition, parts, where)),
            ("EPUB/title.xhtml", _title_page(edition, root)),
            ("EPUB/style.css", _STYLE),
            *pages,
            *((f"EPUB/{images.FOLDER}/{name}", written) for name, (_media_type, written) in packed.items()),
        ],
    )


def name_of(edition: Edition) -> str:
    """Return the title of what is printed: « Mémorandum – Ce que nous demandons aux communes »."""
    return " – ".join(text for text in (edition.title, edition.variant_title) if text)


def _page(edition: Edition, part: Element, where: dict[str, str]) -> str:
    section = copy.deepcopy(part)
    for element in section.iter():
        for name in [name for name in element.attrib if name not in _KEPT]:
            del element.attrib[name]
        target = element.get("href", "")
        if target.startswith("#"):
            file = where.get(target[1:])
            if file is None:
                del element.attrib["href"]
            else:
                element.set("href", f"{file}{target}")
    heading = section.find("h2")
    title = tree.words(heading) if heading is not None else name_of(edition)
    return _document(edition, title, section)


def _title_page(edition: Edition, root: Element) -> str:
    section = Element("section")
    SubElement(section, "img", {"class": "cover", "src": f"{images.FOLDER}/{COVER}", "alt": ""})
    SubElement(section, "h1").text = edition.title
    mark = root.find("p[@class='memo-draft']")
    lines = (
        tree.words(mark) if mark is not None else "", edition.variant_title, edition.subtitle,
        edition.election, edition.territory, edition.addressees, edition.network,
        f"{edition.version}, {markup.day_in_words(edition.day)}",
    )  # fmt: skip
    for line in lines:
        if line:
            SubElement(section, "p").text = line
    if edition.logo:
        logo = {"class": "memo-logo", "src": f"{images.FOLDER}/{LOGO}", "alt": f"Logo : {edition.network}"}
        SubElement(section, "img", logo)
    return _document(edition, name_of(edition), section)


def _contents(edition: Edition, parts: list[Element], where: dict[str, str]) -> str:
    nav = Element("nav", {"epub:type": "toc", "role": "doc-toc", "aria-labelledby": "contenu"})
    SubElement(nav, "h1", {"id": "contenu"}).text = "Table des matières"
    entries = SubElement(nav, "ol")
    first = SubElement(SubElement(entries, "li"), "a", {"href": "title.xhtml"})
    first.text = edition.title
    for part in parts:
        heading = part.find("h2")
        if heading is None:
            continue
        line = SubElement(entries, "li")
        _link(line, heading, where)
        titles = [one for one in part.iter("h3") if one.get("class") == "memo-title"]
        below = SubElement(line, "ol") if titles else line
        for title in titles:
            _link(SubElement(below, "li"), title, where)
    return _document(edition, "Table des matières", nav)


def _link(line: Element, heading: Element, where: dict[str, str]) -> None:
    anchor = heading.get("id", "")
    SubElement(line, "a", {"href": f"{where[anchor]}#{anchor}"}).text = tree.words(heading)


def _document(edition: Edition, title: str, body: Element) -> str:
    language = quoteattr(edition.language)
    written = ET.tostring(body, encoding="unicode")
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE html>\n'
        f'<html xmlns="{_XHTML}" xmlns:epub="http://www.idpf.org/2007/ops" lang={language} '
        f"xml:lang={language}><head><title>{escape(title)}</title>"
        f'<link rel="stylesheet" type="text/css" href="style.css"/></head><body>{written}</body></html>\n'
    )


def _package(edition: Edition, files: list[str], packed: Mapping[str, tuple[str, bytes]]) -> str:
    identifier = uuid.uuid5(uuid.NAMESPACE_URL, content.digest(edition))
    manifest = "".join(
        f'<item id="{file[:8]}" href="{file}" media-type="application/xhtml+xml"/>' for file in files
    )
    for place, (name, (media_type, _written)) in enumerate(packed.items(), start=1):
        cover = ' properties="cover-image"' if name == COVER else ""
        manifest += (
            f'<item id="picture-{place}" href="{images.FOLDER}/{name}" media-type="{media_type}"{cover}/>'
        )
    spine = "".join(f'<itemref idref="{file[:8]}"/>' for file in files)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id" '
        f"xml:lang={quoteattr(edition.language)}>"
        '<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f'<dc:identifier id="id">urn:uuid:{identifier}</dc:identifier>'
        f"<dc:title>{escape(name_of(edition))}</dc:title>"
        f"<dc:language>{escape(edition.language)}</dc:language>"
        f"<dc:creator>{escape(edition.network)}</dc:creator>"
        f"<dc:date>{edition.day.isoformat()}</dc:date>"
        f'<meta property="dcterms:modified">{edition.day.isoformat()}T00:00:00Z</meta>'
        '<meta property="schema:accessMode">textual</meta>'
        '<meta property="schema:accessMode">visual</meta>'
        '<meta property="schema:accessModeSufficient">textual</meta>'
        '<meta property="schema:accessibilityFeature">structuralNavigation</meta>'
        '<meta property="schema:accessibilityFeature">tableOfContents</meta>'
        '<meta property="schema:accessibilityFeature">alternativeText</meta>'
        '<meta property="schema:accessibilityHazard">none</meta>'
        '<meta property="schema:accessibilitySummary">Texte entier, titres dans l’ordre, '
        "figures dites en mots et en tableaux.</meta></metadata>"
        '<manifest><item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>'
        '<item id="title" href="title.xhtml" media-type="application/xhtml+xml"/>'
        f'<item id="style" href="style.css" media-type="text/css"/>{manifest}</manifest>'
        f'<spine><itemref idref="title"/><itemref idref="nav"/>{spine}</spine></package>\n'
    )
