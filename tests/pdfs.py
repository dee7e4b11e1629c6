"""PDF files as tests hand them in: written by hand, so that what is in them is known."""

import io

from pypdf import PdfReader, PdfWriter
from pypdf.generic import DictionaryObject, NameObject, StreamObject
from weasyprint import HTML


def printed(*pages: str, labels: str = "") -> bytes:
    """Return a PDF with a page for each piece of HTML; `labels` is the style of their printed numbers."""
    html = "".join(f'<section style="break-after: page" lang="fr">{page}</section>' for page in pages[:-1])
    made = HTML(string=f"{html}<section>{pages[-1]}</section>").write_pdf()
    writer = PdfWriter(PdfReader(io.BytesIO(made)))
    if labels:
        writer.set_page_label(0, len(pages) - 1, style=labels)
    return _written(writer)


def scan(pages: int = 1) -> bytes:
    """Return a PDF whose pages hold no text."""
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(200, 200)
    return _written(writer)


def locked(password: str) -> bytes:
    """Return a PDF with some words that asks for a password where there is one."""
    writer = PdfWriter(PdfReader(io.BytesIO(printed("<p>Des mots que personne ne lit sans clé.</p>"))))
    writer.encrypt(user_password=password, owner_password="owner", algorithm="RC4-128")
    return _written(writer)


def bomb(lines: int) -> bytes:
    """Return a small PDF whose page unpacks into so many lines of 23 bytes."""
    writer = PdfWriter()
    page = writer.add_blank_page(200, 200)
    stream = StreamObject()
    stream.set_data(b"BT /F1 12 Tf (x) Tj ET\n" * lines)
    font = {"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": "/Helvetica"}
    named = DictionaryObject({NameObject(key): NameObject(value) for key, value in font.items()})
    fonts = DictionaryObject({NameObject("/F1"): named})
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
    page[NameObject("/Contents")] = writer._add_object(stream.flate_encode(level=9))
    return _written(writer)


def _written(writer: PdfWriter) -> bytes:
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()
