"""A business card of an organisation as vCard 4.0 (RFC 6350), never of a person.

Text values are escaped (3.4), lines folded at 75 octets between characters (3.2) and ended by CRLF; line
breaks and quotes in parameters are written as RFC 6868 says.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from hub.actors.values import contacts

MEDIA_TYPE = "text/vcard; charset=utf-8"
LONGEST_LINE = 75  # octets, the end of the line not counted
PRODUCT = "-//Maillage//Annuaire//FR"

_ESCAPES = {"\\": "\\\\", ",": "\\,", ";": "\\;", "\n": "\\n"}
_IN_PARAMETERS = {"^": "^^", "\n": "^n", '"': "^'"}
_CONTROLS = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


@dataclass(frozen=True)
class Card:
    """What a card says; empty values are left out. `address` are the lines of a postal address.

    `categories` are the organisation's themes, `languages` ISO 639-1 codes, `phone` an international number.
    """

    uid: str
    source: str
    name: str
    changed_at: datetime
    acronym: str = ""
    phone: str = ""
    email: str = ""
    website: str = ""
    address: str = ""
    town: str = ""
    postal_code: str = ""
    country: str = ""
    note: str = ""
    categories: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()


def write(card: Card) -> str:
    """Return the card as text."""
    lines = [
        "BEGIN:VCARD", "VERSION:4.0", f"PRODID:{PRODUCT}", "KIND:org", f"UID:{_address(card.uid)}",
        f"SOURCE:{_address(card.source)}", f"REV:{card.changed_at.astimezone(UTC):%Y%m%dT%H%M%SZ}",
        f"FN:{_text(card.name)}", f"ORG:{_text(card.name)}",
    ]  # fmt: skip
    if card.acronym:
        lines.append(f"NICKNAME:{_text(card.acronym)}")
    if card.phone:
        lines.append(f'TEL;VALUE=uri;TYPE="work,voice":tel:{re.sub(r"[^+0-9]", "-", card.phone)}')
    if card.email:
        lines.append(f"EMAIL;TYPE=work:{_text(card.email)}")
    if card.website:
        lines.append(f"URL;TYPE=work:{_address(card.website)}")
    if card.address or card.town:
        lines.append(_postal(card))
    lines += [f"LANG:{code}" for code in card.languages]
    if card.categories:
        lines.append("CATEGORIES:" + ",".join(_text(one) for one in card.categories))
    if card.note:
        lines.append(f"NOTE:{_text(card.note)}")
    return "".join(f"{_folded(line)}\r\n" for line in [*lines, "END:VCARD"])


def _postal(card: Card) -> str:
    """Write the address: as it is written on a letter, and in its parts."""
    label = f';LABEL="{_parameter(card.address)}"' if card.address else ""
    parts = (
        "",
        "",
        contacts.street(card.address, card.postal_code),
        card.town,
        "",
        card.postal_code,
        card.country,
    )
    return f"ADR;TYPE=work{label}:" + ";".join(_text(part) for part in parts)


def _plain(text: str) -> str:
    """Return the text with bare line feeds and without control characters."""
    return _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def _text(text: str) -> str:
    return "".join(_ESCAPES.get(sign, sign) for sign in _plain(text))


def _parameter(text: str) -> str:
    return "".join(_IN_PARAMETERS.get(sign, sign) for sign in _plain(text))


def _address(text: str) -> str:
    return "".join(_plain(text).split())


def _folded(line: str) -> str:
    """Break a line after at most 75 octets, never within a character; what follows begins with a space."""
    pieces, piece, size = [], "", 0
    for sign in line:
        octets = len(sign.encode())
        if size + octets > LONGEST_LINE:
            pieces.append(piece)
            piece, size = " ", 1
        piece, size = piece + sign, size + octets
    return "\r\n".join([*pieces, piece])
