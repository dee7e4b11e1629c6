"""What is compressed on the wire: files of the build and public data, never a page that holds a secret."""

import gzip
import json
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

DIST = Path(__file__).parents[2] / "hub" / "static" / "dist"
MANIFEST = json.loads((DIST / "manifest.json").read_text(encoding="utf-8"))
SCRIPT = MANIFEST["app.js"]
BROWSER = "gzip, deflate, br, zstd"


def get_script(client: FlaskClient, accepted: str | None, **headers: str) -> TestResponse:
    given = headers | ({"Accept-Encoding": accepted} if accepted is not None else {})
    return client.get(f"/static/dist/{SCRIPT}", headers=given, buffered=True)


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        (BROWSER, "br"),
        ("gzip", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("*", None),
        ("", None),
        (None, None),
    ],
)
def test_a_script_goes_out_in_the_smallest_coding_asked_for(
    client: FlaskClient, accepted: str | None, coding: str | None
) -> None:
    answer = get_script(client, accepted)
    assert answer.headers.get("Content-Encoding") == coding
    assert "Accept-Encoding" in answer.headers["Vary"]
    assert answer.mimetype == "text/javascript"
    assert "immutable" in answer.headers["Cache-Control"]
    plain = (DIST / SCRIPT).read_bytes()
    if coding == "gzip":
        assert gzip.decompress(answer.data) == plain
    if coding is None:
        assert answer.data == plain
    else:
        assert len(answer.data) < len(plain) / 2


def test_each_coding_has_its_own_etag_and_is_revalidated_by_it(client: FlaskClient) -> None:
    squeezed, plain = get_script(client, BROWSER), get_script(client, None)
    assert squeezed.headers["ETag"] != plain.headers["ETag"]
    again = get_script(client, BROWSER, **{"If-None-Match": squeezed.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_a_page_is_never_compressed(client: FlaskClient) -> None:
    """It holds the CSRF token beside what the address says: its compressed length would tell it (BREACH)."""
    for path in ("/", "/connexion", "/reseau?q=mot"):
        assert "Content-Encoding" not in client.get(path, headers={"Accept-Encoding": BROWSER}).headers


def test_no_address_leads_out_of_the_build(client: FlaskClient) -> None:
    for name in ("dist/../../../pyproject.toml", "dist/manifest.json.br", f"dist/x/../{SCRIPT}"):
        answer = client.get(f"/static/{name}", headers={"Accept-Encoding": BROWSER}, buffered=True)
        assert "Content-Encoding" not in answer.headers
