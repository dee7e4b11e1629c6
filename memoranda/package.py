"""Packages: zip files whose first entry says what they are (EPUB, OpenDocument); same content, same bytes."""

import io
import zipfile
from collections.abc import Sequence

_DAY = (1980, 1, 1, 0, 0, 0)  # no clock in what is made
_READABLE = 0o644 << 16


def pack(media_type: str, entries: Sequence[tuple[str, str | bytes]]) -> bytes:
    """Return a package: `mimetype` first and not compressed, then the entries (path, content) in order."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        _write(archive, "mimetype", media_type, zipfile.ZIP_STORED)
        for path, content in entries:
            _write(archive, path, content, zipfile.ZIP_DEFLATED)
    return file.getvalue()


def _write(archive: zipfile.ZipFile, path: str, content: str | bytes, method: int) -> None:
    entry = zipfile.ZipInfo(path, _DAY)
    entry.compress_type = method
    entry.external_attr = _READABLE
    archive.writestr(entry, content)
