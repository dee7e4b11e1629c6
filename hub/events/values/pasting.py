"""Many addresses pasted at once: from a mail program, a spreadsheet, a list."""

import re
from collections.abc import Iterable

from hub.core.errors import DomainError
from hub.events.values import addresses

IN_BRACKETS = re.compile(r"^(?P<name>.*?)[\s\"']*<(?P<address>[^<>]+)>$")
MANY = re.compile(r"[;,\t]\s*")
LONGEST_NAME = 120


def people(lines: Iterable[str]) -> tuple[list[tuple[str, str]], list[str]]:
    """Return (name, address) of each, each address once, and the pieces that hold none.

    A line is « Prénom Nom <adresse> », an address alone, or several of these between commas or semicolons;
    in a line of a spreadsheet the other columns are the name.
    """
    found: dict[str, str] = {}
    wrong = []
    for line in lines:
        pieces = [piece.strip(" \"'") for piece in MANY.split(line) if piece.strip(" \"'")]
        known = [_person(piece) for piece in pieces]
        good = [one for one in known if one is not None]
        rest = [piece for piece, one in zip(pieces, known, strict=True) if one is None]
        if len(good) == 1 and not any("@" in piece for piece in rest):
            name, email = good[0]
            good, rest = [(" ".join([*rest, name]), email)], []
        for name, email in good:
            found.setdefault(email, " ".join(name.split())[:LONGEST_NAME])
        wrong.extend(rest)
    return [(name, email) for email, name in found.items()], wrong


def _person(piece: str) -> tuple[str, str] | None:
    match = IN_BRACKETS.match(piece)
    name, text = (match["name"].strip(" \"'"), match["address"]) if match else ("", piece)
    try:
        return name, addresses.normal(text)
    except DomainError:
        return None
