"""A drawing of the network on a sheet of A4, to be printed or put into a document: title, date, source.

Like the drawing itself, plain SVG with presentation attributes only.
"""

import xml.etree.ElementTree as ET
from dataclasses import dataclass

from graph.style import INK, PAPER

SVG = "http://www.w3.org/2000/svg"
LONG, SHORT = 297, 210
"""Sides of the sheet in millimetres; it lies on the long one."""
MILLIMETRE = 96 / 25.4
MARGIN = 12.0
"""Millimetres kept free at each side."""
TITLE, SUBTITLE, SOURCE = 22.0, 13.0, 10.5
"""Sizes of type, in CSS pixels."""
PALE = "#4a5855"

ET.register_namespace("", SVG)


@dataclass(frozen=True, slots=True)
class Sheet:
    """The words around a drawing: what it shows, of which day, and where it comes from."""

    title: str
    subtitle: str
    source: str


def on_sheet(drawing: str, sheet: Sheet) -> str:
    """Return a sheet of A4 that holds a drawing (as `graph.picture.draw` makes it), as large as fits.

    The unit is the CSS pixel; the sheet says its size in millimetres. Raises
    `xml.etree.ElementTree.ParseError` for a drawing that isn't well-formed.
    """
    inner = ET.fromstring(drawing)  # noqa: S314 - a drawing of ours
    width, height, margin = LONG * MILLIMETRE, SHORT * MILLIMETRE, MARGIN * MILLIMETRE
    root = ET.Element(f"{{{SVG}}}svg", {"width": f"{LONG}mm", "height": f"{SHORT}mm", "role": "img"})
    root.set("viewBox", f"0 0 {width:.2f} {height:.2f}")
    root.set("font-family", inner.get("font-family", "sans-serif"))
    ET.SubElement(root, f"{{{SVG}}}title").text = f"{sheet.title}, {sheet.subtitle}"
    ET.SubElement(root, f"{{{SVG}}}rect", {"width": f"{width:.2f}", "height": f"{height:.2f}", "fill": PAPER})
    top = margin + TITLE
    _write(root, sheet.title, margin, top, TITLE, bold=True)
    _write(root, sheet.subtitle, margin, top + 1.6 * SUBTITLE, SUBTITLE)
    _write(root, sheet.source, margin, height - margin, SOURCE, fill=PALE)
    upper, lower = top + 2.2 * SUBTITLE, height - margin - 1.8 * SOURCE
    for name in ("role", "font-family"):
        inner.attrib.pop(name, None)
    inner.attrib |= {
        "x": f"{margin:.2f}",
        "y": f"{upper:.2f}",
        "width": f"{width - 2 * margin:.2f}",
        "height": f"{lower - upper:.2f}",
        "preserveAspectRatio": "xMidYMid meet",
    }
    root.append(inner)
    return ET.tostring(root, encoding="unicode")


def _write(
    root: ET.Element, text: str, x: float, y: float, size: float, *, bold: bool = False, fill: str = INK
) -> None:
    look = {"font-size": f"{size:g}", "font-weight": "bold" if bold else "normal", "fill": fill}
    element = ET.SubElement(root, f"{{{SVG}}}text", {"x": f"{x:.2f}", "y": f"{y:.2f}", **look})
    element.text = text
