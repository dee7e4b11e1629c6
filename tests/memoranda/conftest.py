from pathlib import Path

import pytest

from memoranda import fonts, pdf
from memoranda.content import Edition
from tests.memoranda import sample

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def fonts_folder() -> Path:
    """Return the folder of the built fonts."""
    folder = ROOT / "hub/static/dist/fonts"
    if not fonts.missing(folder):
        return folder
    pytest.fail("The fonts are not built: run `make setup`.")


@pytest.fixture(scope="session")
def edition() -> Edition:
    return sample.edition(repeat=3)


@pytest.fixture(scope="session")
def progress() -> list[tuple[float, str]]:
    return []


@pytest.fixture(scope="session")
def printed(edition: Edition, fonts_folder: Path, progress: list[tuple[float, str]]) -> bytes:
    """Return the PDF most tests look at, built once."""
    return pdf.build(edition, fonts_folder=fonts_folder, progress=lambda *told: progress.append(told))
