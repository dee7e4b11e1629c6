"""What the printing of memoranda lacks on this machine, in words that say how to get it."""

import ctypes
from pathlib import Path

from memoranda import fonts

PANGO_MISSING = (
    "Pango, qui met les PDF en page, n’est pas installé. Sous Debian : "
    "apt install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
)
LIBRARIES = ("libpango-1.0.so.0", "libpangoft2-1.0.so.0", "libharfbuzz.so.0", "libharfbuzz-subset.so.0")


def missing(fonts_folder: Path) -> list[str]:
    """Return one French sentence per thing that lacks, none when a PDF can be made."""
    lacking = []
    if not all(_loads(library) for library in LIBRARIES):
        lacking.append(PANGO_MISSING)
    files = fonts.missing(fonts_folder)
    if files:
        lacking.append(f"Il manque des polices pour les PDF : {', '.join(files)}. Lancez « make setup ».")
    return lacking


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True
