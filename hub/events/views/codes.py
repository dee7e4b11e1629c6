"""Codes that a phone's camera reads, as pictures that the content policy lets through."""

from typing import Any

import segno

from hub.events.values.presence import SHORT_CODE
from hub.events.views.blueprint import blueprint


def qr(text: str) -> str:
    """Return a QR code of the text as a data URI (SVG), dark on light in both schemes: cameras want that."""
    made = segno.make(text, error="m")
    return str(made.svg_data_uri(scale=6, border=4, dark="#000", light="#fff", nl=False))


def short_code(code: str) -> str:
    """Return the part of a code that people read and type."""
    return code[:SHORT_CODE]


@blueprint.context_processor
def pictures() -> dict[str, Any]:
    """Return what templates draw codes with."""
    return {"qr": qr, "short_code": short_code}
