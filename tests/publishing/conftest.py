from io import BytesIO
from pathlib import Path

import pikepdf
import pytest

from memoranda import fonts

ROOT = Path(__file__).resolve().parents[2]


def _smallest_pdf() -> bytes:
    out = BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page()
        document.save(out)
    return out.getvalue()


SMALLEST_PDF = _smallest_pdf()


@pytest.fixture(scope="session")
def fonts_folder() -> Path:
    """Return the folder of the built fonts, which every PDF needs."""
    folder = ROOT / "hub/static/dist/fonts"
    if fonts.missing(folder):
        pytest.fail("The fonts are not built: run `make setup`.")
    return folder
