"""Documents that people hand in: known by what they hold, not by their name, and bounded (S12)."""

import io
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import PurePath
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from PIL import Image, ImageFile, UnidentifiedImageError

from hub.core.errors import N_, DomainError

MEBIBYTE = 1024 * 1024
LARGEST = 10 * MEBIBYTE
LARGEST_UNPACKED = 100 * MEBIBYTE
MOST_PARTS = 2000
MOST_PIXELS = 50_000_000
CHUNK = 256 * 1024
SMALL = 64 * 1024  # what we read of a part that says what a file is
PDF_END = 2048
OFFICE = "application/vnd.openxmlformats-officedocument."
PICTURES = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG"}
ODF = {
    ".odt": "application/vnd.oasis.opendocument.text",
    ".ods": "application/vnd.oasis.opendocument.spreadsheet",
    ".odp": "application/vnd.oasis.opendocument.presentation",
}
OOXML = {
    ".docx": OFFICE + "wordprocessingml.document",
    ".xlsx": OFFICE + "spreadsheetml.sheet",
    ".pptx": OFFICE + "presentationml.presentation",
}
TEXTS = {".txt": "text/plain", ".md": "text/markdown", ".csv": "text/csv"}
KINDS = (".pdf", *PICTURES, *ODF, *OOXML, *TEXTS)
NAMES = "PDF, PNG, JPEG, ODT, ODS, ODP, DOCX, XLSX, PPTX, TXT, MD, CSV"
LOGO_BYTES = 2 * MEBIBYTE
LOGO_PIXELS = 20_000_000
LOGO_SIDE = 800
BLANKS = {9, 10, 12, 13}
SPACE = 32


@dataclass(frozen=True)
class Known:
    """What a file is: its media type and the ending that goes with it."""

    media_type: str
    ending: str


def recognise(content: bytes, name: str, *, field: str = "file") -> Known:
    """Return what a file is by its content.

    Raises DomainError for nothing, too much (packed or unpacked), a kind that isn't taken, or a content that
    is not what the name says.
    """
    if not content:
        raise DomainError(N_("Ce fichier est vide."), field=field)
    if len(content) > LARGEST:
        raise DomainError(
            N_("Ce fichier dépasse %(max)d Mo. Réduisez-le, ou partagez-en le lien dans le détail du point."),
            field=field,
            max=LARGEST // MEBIBYTE,
        )
    ending = PurePath(name.replace("\\", "/")).suffix.lower()
    if ending not in KINDS:
        raise DomainError(
            N_("Ce genre de fichier n’est pas accepté. Possibles : %(names)s."), field=field, names=NAMES
        )
    if ending == ".pdf":
        found = _is_pdf(content)
        media_type = "application/pdf"
    elif ending in PICTURES:
        found = _is_picture(content, PICTURES[ending])
        media_type = Image.MIME[PICTURES[ending]]
    elif ending in TEXTS:
        found = _is_text(content)
        media_type = TEXTS[ending]
    else:
        found = _is_office(content, ending, field)
        media_type = {**ODF, **OOXML}[ending]
    if not found:
        raise DomainError(
            N_("Le contenu de ce fichier n’est pas celui d’un fichier %(ending)s lisible."),
            field=field,
            ending=ending,
        )
    return Known(media_type, ending)


def _is_pdf(content: bytes) -> bool:
    return content.startswith(b"%PDF-") and b"%%EOF" in content[-PDF_END:]


def _is_picture(content: bytes, kind: str) -> bool:
    try:
        with Image.open(io.BytesIO(content), formats=(kind,)) as picture:
            width, height = picture.size
            if width * height > MOST_PIXELS:
                return False
            picture.verify()
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError):
        return False
    return True


def _is_text(content: bytes) -> bool:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", "replace")
        if "\ufffd" in text:
            return False
    if any(ord(sign) < SPACE and ord(sign) not in BLANKS for sign in text):
        return False
    return not content.lstrip().startswith((b"%PDF-", b"PK\x03\x04"))


def _is_office(content: bytes, ending: str, field: str) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_unpacked(archive, field)
            return _is_odf(archive, ending) if ending in ODF else _is_ooxml(archive, ending)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError):
        return False


def _check_unpacked(archive: zipfile.ZipFile, field: str) -> None:
    """Unpack everything into nothing, as far as the limit: what an archive says of its size may be a lie."""
    parts = archive.infolist()
    too_much = DomainError(
        N_("Ce fichier est trop gros une fois décompressé : il n’est pas accepté."), field=field
    )
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_UNPACKED:
        raise too_much
    left = LARGEST_UNPACKED
    for part in parts:
        with archive.open(part) as stream:
            while chunk := stream.read(CHUNK):
                left -= len(chunk)
                if left < 0:
                    raise too_much


def _is_odf(archive: zipfile.ZipFile, ending: str) -> bool:
    names = archive.namelist()
    if "mimetype" not in names or "content.xml" not in names:
        return False
    return _read(archive, "mimetype").decode("ascii", "replace").strip() == ODF[ending]


def _is_ooxml(archive: zipfile.ZipFile, ending: str) -> bool:
    """Say whether the main part is of that kind; a document with macros has another, so it isn't taken."""
    if "[Content_Types].xml" not in archive.namelist():
        return False
    try:
        root: Element = fromstring(_read(archive, "[Content_Types].xml"))
    except (ParseError, DefusedXmlException, ValueError):
        return False
    kinds = {part.get("ContentType", "") for part in root}
    return f"{OOXML[ending]}.main+xml" in kinds and not any("macroEnabled" in kind for kind in kinds)


def _read(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as stream:
        return stream.read(SMALL)


def clean_logo(content: bytes) -> bytes:
    """Return the picture made anew as a PNG of at most 800 pixels a side; nothing hidden survives (S12).

    Raises DomainError for a file that is too large or that is no PNG, JPEG or WebP.
    """
    if len(content) > LOGO_BYTES:
        raise DomainError(N_("Cette image dépasse 2 Mo. Choisissez-en une plus légère."), field="logo")
    try:
        with Image.open(io.BytesIO(content), formats=("PNG", "JPEG", "WEBP")) as picture:
            if picture.width * picture.height > LOGO_PIXELS:
                raise DomainError(N_("Cette image a trop de points. Réduisez-la d’abord."), field="logo")
            # WeasyPrint, once it is loaded, has half of a picture stand for the whole.
            ImageFile.LOAD_TRUNCATED_IMAGES = False
            clean = picture.convert("RGBA")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as problem:
        raise DomainError(
            N_("Ce fichier n’est pas une image PNG, JPEG ou WebP lisible."), field="logo"
        ) from problem
    clean.thumbnail((LOGO_SIDE, LOGO_SIDE))
    made = io.BytesIO()
    clean.save(made, "PNG", optimize=True)
    return made.getvalue()
