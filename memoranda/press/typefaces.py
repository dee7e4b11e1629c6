"""Embedding the fonts of a bound document: each once, with the glyphs that its pages use and no others."""

import hashlib
import io
from collections.abc import Iterable
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

from memoranda.errors import BuildError
from memoranda.press.sheets import Sheets, Typeface
from memoranda.press.store import Store

_DROPPED = [
    "GSUB",
    "GPOS",
    "GDEF",
    "BASE",
    "JSTF",
    "DSIG",
    "STAT",
    "MATH",
    "meta",
    "hdmx",
    "VDMX",
    "LTSH",
    "PCLT",
]
_HEAD = b"""/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo
<< /Registry (Adobe)
/Ordering (UCS)
/Supplement 0
>> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <ffff>
endcodespacerange"""
_FOOT = b"""endcmap
CMapName currentdict /CMap defineresource pop
end
end"""
_AT_ONCE = 100


def gathered(all_sheets: Iterable[Sheets]) -> dict[str, Typeface]:
    """Return the fonts of all sheets, each with the glyphs of all; the first letters of a glyph count.

    Raises BuildError where one name stands for two files.
    """
    found: dict[str, Typeface] = {}
    for sheets in all_sheets:
        for name, font in sheets.fonts.items():
            known = found.get(name)
            if known is None:
                found[name] = Typeface(
                    font.name, font.family, font.file, font.flags, font.ascent, font.descent,
                    dict(font.widths), dict(font.letters),
                )  # fmt: skip
            elif known.file != font.file:
                raise BuildError(f"Deux polices se confondent : {known.file} et {font.file}.")
            else:
                known.widths = font.widths | known.widths
                known.letters = font.letters | known.letters
    return dict(sorted(found.items()))


def program(font: Typeface, fonts_folder: Path, store: Store | None) -> bytes:
    """Return the font file with the glyphs in use alone, under their own numbers."""
    whole = (fonts_folder / font.file).read_bytes()
    glyphs = sorted(font.widths)
    key = hashlib.sha256(f"font\0{glyphs}\0".encode() + whole).hexdigest()
    kept = store.get(key) if store else None
    if kept is None:
        kept = _subset(whole, glyphs)
        if store:
            store.put(key, kept)
    return kept


def _subset(whole: bytes, glyphs: list[int]) -> bytes:
    options = subset.Options(
        retain_gids=True, hinting=False, desubroutinize=True, notdef_outline=True, recalc_timestamp=False,
        layout_features=[], name_IDs=[1, 2, 3, 4, 6], glyph_names=False, recalc_bounds=False,
    )  # fmt: skip
    options.drop_tables += _DROPPED
    with TTFont(io.BytesIO(whole), lazy=True, recalcTimestamp=False) as font:
        for tag in set(_DROPPED) & set(font.keys()):  # before they are read
            del font[tag]
        subsetter = subset.Subsetter(options)
        subsetter.populate(gids=glyphs)
        subsetter.subset(font)
        out = io.BytesIO()
        font.save(out, reorderTables=None)
    return out.getvalue()


def letters(font: Typeface) -> bytes:
    """Return the map from glyphs to letters, by which text is searched, copied and read aloud."""
    items = sorted(font.letters.items())
    parts = [_HEAD]
    for start in range(0, len(items), _AT_ONCE):
        batch = items[start : start + _AT_ONCE]
        parts.append(b"%d beginbfchar" % len(batch))
        parts += [f"<{glyph:04x}> <{text.encode('utf-16-be').hex()}>".encode() for glyph, text in batch]
        parts.append(b"endbfchar")
    return b"\n".join([*parts, _FOOT])


def widths(font: Typeface) -> bytes:
    """Return the array W of a font: runs of glyphs that follow each other, with their widths."""
    parts: list[str] = []
    last = None
    for glyph, width in sorted(font.widths.items()):
        if last is None or glyph != last + 1:
            parts.append(f"{']' if parts else ''}{glyph}[")
        parts.append(f"{width} ")
        last = glyph
    return ("[" + "".join(parts) + "]]").encode() if parts else b"[]"
