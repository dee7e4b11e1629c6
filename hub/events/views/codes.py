"""Codes that a phone's camera reads, as pictures that the content policy lets through."""

import segno


def qr(text: str) -> str:
    """Return a QR code of the text as a data URI (SVG), dark on light in both schemes: cameras want that."""
    made = segno.make(text, error="m")
    return str(made.svg_data_uri(scale=6, border=4, dark="#000", light="#fff", nl=False))
