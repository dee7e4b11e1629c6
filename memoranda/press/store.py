"""What the press keeps between two builds: files by the hash of all that they were made from.

Nothing here is needed: what lacks or is broken is made anew.
"""

import contextlib
import hashlib
import os
import tempfile
import time
from pathlib import Path

MOST_BYTES = 512 * 1024 * 1024
LONGEST_DAYS = 30
_DAY = 86_400
_CHECK = hashlib.sha256().digest_size
_ABANDONED = "."
"""How names begin of what is being written, or was when its process was killed."""


class Store:
    """A folder of files by key (hexadecimal); many processes may use it at once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def get(self, key: str) -> bytes | None:
        """Return what is kept under a key, None if nothing whole is; it counts as used now."""
        path = self._path(key)
        try:
            written = path.read_bytes()
            os.utime(path)
        except OSError:
            return None
        check, content = written[:_CHECK], written[_CHECK:]
        return content if hashlib.sha256(content).digest() == check else None

    def put(self, key: str, content: bytes) -> None:
        """Keep something; a full disk is no reason to fail."""
        with contextlib.suppress(OSError):
            path = self._path(key)
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(prefix=_ABANDONED, dir=path.parent)
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(hashlib.sha256(content).digest() + content)
                Path(name).replace(path)
            except OSError:
                Path(name).unlink(missing_ok=True)
                raise

    def _path(self, key: str) -> Path:
        return self.folder / key[:2] / key


def sweep(folder: Path, *, most: int = MOST_BYTES, days: float = LONGEST_DAYS) -> int:
    """Remove what was not used for so many days, and the longest unused beyond so many bytes.

    Returns how many files; what was only half written is removed after an hour.
    """
    now, removed, total = time.time(), 0, 0
    found = []
    for path in folder.glob("*/*"):
        with contextlib.suppress(OSError):
            about = path.stat()
            found.append((about.st_mtime, about.st_size, path))
    for used, size, path in sorted(found, reverse=True):
        total += size
        old = now - used > (_DAY / 24 if path.name.startswith(_ABANDONED) else days * _DAY)
        if old or total > most:
            path.unlink(missing_ok=True)
            removed += 1
    return removed
