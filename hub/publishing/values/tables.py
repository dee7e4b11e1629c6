"""Files that somebody takes for a table: what they are instead, in words, before they are read as one."""

from graph.exchange import tables
from graph.exchange.errors import ExchangeError, Problem
from hub.core.errors import N_, DomainError

# How files begin that are no table.
BEGINNINGS = (
    (b"%PDF", N_("Ce fichier est un PDF.")),
    (b"\x89PNG", N_("Ce fichier est une image.")),
    (b"\xff\xd8\xff", N_("Ce fichier est une image.")),
    (b"GIF8", N_("Ce fichier est une image.")),
    (
        b"\xd0\xcf\x11\xe0",
        N_("Ce fichier est un ancien classeur Excel (.xls), ou un classeur protégé par un mot de passe."),
    ),
    (b"<!doctype html", N_("Ce fichier est une page web.")),
    (b"<html", N_("Ce fichier est une page web.")),
    (b"{\\rtf", N_("Ce fichier est un texte.")),
)
# What an archive holds that is no workbook of Excel.
MEMBERS = (
    ("word/document.xml", N_("Ce fichier est un document Word.")),
    ("ppt/presentation.xml", N_("Ce fichier est une présentation.")),
    ("META-INF/manifest.xml", N_("Ce fichier est un document LibreOffice ou OpenDocument.")),
)
ARCHIVE = N_("Ce fichier est une archive (.zip).")
BROKEN = N_("Ce classeur Excel est abîmé, incomplet ou protégé par un mot de passe.")
RENAMED = N_("Ce fichier se termine par .xlsx, mais n’est pas un classeur Excel.")
NO_TABLE = N_("Ce fichier n’est pas un tableau.")
WANTED = N_(
    "Il faut un classeur Excel (.xlsx) ou un CSV, avec les titres du modèle sur sa première ligne. Ouvrez "
    "votre tableau dans un tableur, enregistrez-le sous l’un de ces formats, puis choisissez-le ici."
)
SEEN = 512  # bytes at the beginning that tell what a file is


class NoTableError(DomainError):
    """A file that is no table; `said` tells what it is (French)."""

    def __init__(self, said: str) -> None:
        super().__init__(WANTED, field="file")
        self.said = said


def check(content: bytes, name: str) -> None:
    """Raise NoTableError for what is neither a workbook of Excel nor a text, whatever its name says."""
    said = _archive(content) if tables.is_archive(content) else _file(content, name)
    if said:
        raise NoTableError(said)


def _archive(content: bytes) -> str:
    try:
        held = tables.members(content)
        if tables.is_book(held):
            tables.sheets(content)
            return ""
    except ExchangeError as problem:
        # One too large once unpacked is told as such by whoever reads it.
        return "" if problem.problem is Problem.UNPACKED else BROKEN
    return next((words for member, words in MEMBERS if member in held), ARCHIVE)


def _file(content: bytes, name: str) -> str:
    start = content[:SEEN].removeprefix(b"\xef\xbb\xbf").lstrip()
    for beginning, words in BEGINNINGS:
        if start[: len(beginning)] == beginning or start[: len(beginning)].lower() == beginning:
            return words
    if name.lower().endswith(".xlsx") and content:
        return RENAMED
    has_zeros = b"\x00" in content and not content.startswith(tables.UTF16)
    return NO_TABLE if has_zeros else ""
