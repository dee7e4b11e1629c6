"""A strict reader of vCard 4.0 as RFC 6350 writes its grammar; it knows nothing of how ours are written."""

import re
from dataclasses import dataclass

LONGEST_LINE = 75
NAME = r"[A-Za-z0-9-]+"
PARAMETER = rf';{NAME}=(?:"[^"\x00-\x08\x0a-\x1f\x7f]*"|[^";:,\x00-\x08\x0a-\x1f\x7f]*)'
LINE = re.compile(rf"(?P<name>{NAME})(?P<parameters>(?:{PARAMETER})*):(?P<value>.*)", re.DOTALL)
ONCE = {"VERSION", "KIND", "UID", "REV", "PRODID", "N", "BDAY", "GENDER"}
ESCAPED = {"\\\\": "\\", "\\,": ",", "\\;": ";", "\\n": "\n", "\\N": "\n"}


@dataclass(frozen=True)
class Property:
    """One line: its parameters unquoted, its value as it stands."""

    name: str
    parameters: dict[str, str]
    value: str

    def parts(self, separator: str) -> list[str]:
        """Return the components of a structured or listed value, unescaped."""
        return [unescaped(piece) for piece in split_unescaped(self.value, separator)]

    @property
    def text(self) -> str:
        """Return a text value, unescaped; an unescaped comma or semicolon is a fault."""
        assert len(split_unescaped(self.value, ",")) == 1, self.value
        assert len(split_unescaped(self.value, ";")) == 1, self.value
        return unescaped(self.value)


def split_unescaped(value: str, separator: str) -> list[str]:
    """Split at separators that no backslash stands before."""
    pieces, piece, at = [], "", 0
    while at < len(value):
        if value[at] == "\\":
            piece += value[at : at + 2]
            at += 2
        elif value[at] == separator:
            pieces.append(piece)
            piece, at = "", at + 1
        else:
            piece, at = piece + value[at], at + 1
    return [*pieces, piece]


def unescaped(value: str) -> str:
    assert re.fullmatch(r"(?:[^\\\n]|\\[\\,;nN])*", value, re.DOTALL), value
    return re.sub(r"\\[\\,;nN]", lambda found: ESCAPED[found[0]], value)


def read(content: bytes) -> dict[str, list[Property]]:
    """Read one card; fail at whatever the grammar doesn't allow."""
    assert content.endswith(b"\r\n")
    physical = content[:-2].split(b"\r\n")
    for octets in physical:
        assert b"\n" not in octets
        assert b"\r" not in octets
        assert len(octets) <= LONGEST_LINE, octets
        octets.decode("utf-8")  # a line is never broken within a character
    lines: list[str] = []
    for octets in physical:
        text = octets.decode("utf-8")
        if text.startswith((" ", "\t")):
            lines[-1] += text[1:]
        else:
            lines.append(text)
    assert (lines[0], lines[1], lines[-1]) == ("BEGIN:VCARD", "VERSION:4.0", "END:VCARD")
    found: dict[str, list[Property]] = {}
    for line in lines[1:-1]:
        match = LINE.fullmatch(line)
        assert match, line
        assert not re.search(r"[\x00-\x08\x0a-\x1f\x7f]", match["value"]), line
        parameters = {}
        for parameter in re.findall(PARAMETER, match["parameters"]):
            key, _, value = parameter[1:].partition("=")
            parameters[key.upper()] = re.sub(
                r"\^(['n^])", lambda one: {"'": '"', "n": "\n", "^": "^"}[one[1]], value.strip('"')
            )
        found.setdefault(match["name"].upper(), []).append(
            Property(match["name"], parameters, match["value"])
        )
    assert "FN" in found
    assert all(len(found[name]) == 1 for name in ONCE & found.keys())
    return found
