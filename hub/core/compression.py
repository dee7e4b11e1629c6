"""Compression on the wire, for what everybody may read and nothing secret is in.

Only files of the build and public data are compressed. Pages are not: they hold a secret (the CSRF token)
beside what the address says, and the length of such a page, compressed, tells the secret to whoever can try
addresses (BREACH).
"""

import gzip
from functools import lru_cache
from pathlib import Path

from flask import request
from werkzeug.wrappers import Response

ENCODINGS = {"br": ".br", "gzip": ".gz"}
"""Codings of files of the build, the smallest first, with the ending that `assets/build.mjs` gives them."""
LEVEL = 6
"""Beyond this, gzip takes much longer for a hundredth less."""
KEPT = 8
"""Answers remembered in their compressed form."""


def best_variant(folder: str | None, name: str) -> tuple[str, str] | None:
    """Return name and coding of the smallest compressed file beside this one, if the browser reads one."""
    for coding, ending in ENCODINGS.items():
        if accepts(coding) and Path(folder or "", name + ending).is_file():
            return name + ending, coding
    return None


def accepts(coding: str) -> bool:
    """Say whether the browser asks for that coding by its name: a bare star promises nothing."""
    return any(name.lower() == coding and quality > 0 for name, quality in request.accept_encodings)


def squeeze(response: Response) -> Response:
    """Compress a public answer that has an ETag, if the browser reads gzip; each coding has its own ETag.

    For data without a secret only.
    """
    response.vary.add("Accept-Encoding")
    etag, _ = response.get_etag()
    if etag is None or not accepts("gzip"):
        return response
    response.set_data(_gzipped(response.get_data()))
    response.set_etag(f"{etag}-gzip")
    response.headers["Content-Encoding"] = "gzip"
    return response


@lru_cache(maxsize=KEPT)
def _gzipped(body: bytes) -> bytes:
    return gzip.compress(body, LEVEL, mtime=0)
