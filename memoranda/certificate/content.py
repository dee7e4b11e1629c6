"""What certificates of attendance hold. Texts are French; dates, hours and numbers come in words.

Nothing is computed or looked up here, so that the same certificate gives the same bytes at any time.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from memoranda import letter, plain
from memoranda.content import LONGEST_TITLE
from memoranda.errors import ContentError, Problem
from memoranda.letter import Letterhead

LONGEST_NAME = 120
LONGEST_MENTIONS = 1_200
MOST_MENTION_LINES = 12
MOST = 400  # in one file


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """One certificate: whose, for what, how much, and what it can be verified by.

    `code` is grouped as people type it; `url` leads to its verification and is printed as a QR code; `where`
    is the address under which the code can be typed. `mentions` are Markdown.
    """

    name: str
    serial: str
    title: str
    kind: str
    period: str
    hours: str
    sessions: str
    issued: str
    code: str
    url: str
    where: str
    organisers: str = ""
    place: str = ""
    mentions: str = ""
    signatory: str = ""
    notice: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificates:
    """Certificates of one day or module, a page each; `day` is the date of the file."""

    letterhead: Letterhead
    certificates: tuple[Certificate, ...]
    day: date
    language: str = "fr"


def title_of(document: Certificates) -> str:
    """Return what the PDF is called; the name of one person stands in it only where it is theirs alone."""
    first = document.certificates[0]
    start = (
        "Attestation de fréquentation" if len(document.certificates) == 1 else "Attestations de fréquentation"
    )
    return f"{start} : {first.title}"


def validate(document: Certificates) -> None:
    """Raise `ContentError` with all that keeps certificates from being printed."""
    problems = tuple(_problems(document))
    if problems:
        raise ContentError(problems)


def _problems(document: Certificates) -> Iterator[Problem]:
    yield from letter.problems(document.letterhead, "L’attestation")
    if not document.certificates:
        yield Problem("", "Il n’y a aucune attestation à imprimer.")
    if len(document.certificates) > MOST:
        yield Problem("", f"Plus de {MOST} attestations : imprimez-les en plusieurs fois.")
    for one in document.certificates:
        yield from _own_problems(one)


def _own_problems(one: Certificate) -> Iterator[Problem]:
    name = f"L’attestation {one.serial}"
    for label, text, longest in (
        ("nom", one.name, LONGEST_NAME),
        ("titre", one.title, LONGEST_TITLE),
        ("code", one.code, LONGEST_NAME),
        ("numéro", one.serial, LONGEST_NAME),
        ("adresse de vérification", one.url, LONGEST_TITLE),
    ):
        if not text.strip():
            yield Problem(one.serial, f"{name} : il manque le champ « {label} ».")
        if len(text) > longest:
            yield Problem(one.serial, f"{name} : le champ « {label} » dépasse {longest} caractères.")
    if is_too_long(one.mentions):
        yield Problem(
            one.serial,
            f"{name} : les mentions dépassent {LONGEST_MENTIONS} caractères ou {MOST_MENTION_LINES} lignes, "
            "elles ne tiennent pas sur la page.",
        )
    yield from plain.text_problems(one.serial, name, one)


def is_too_long(mentions: str) -> bool:
    """Say whether mentions don't fit on the page."""
    lines = sum(1 for line in mentions.splitlines() if line.strip())
    return len(mentions) > LONGEST_MENTIONS or lines > MOST_MENTION_LINES
