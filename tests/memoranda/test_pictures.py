import io

import pytest
from PIL import Image, ImageFile

from memoranda import colour, pictures
from memoranda.content import Knot, Threads
from memoranda.errors import ContentError
from tests.memoranda import sample


def test_the_cover_draws_each_knot_and_thread_of_the_network() -> None:
    svg = pictures.draw_cover(sample.ring(12), "#0f5c5c")
    assert svg.count("<circle") == 24
    assert svg.count("<path") == 12


@pytest.mark.parametrize("threads", [None, Threads(knots=()), Threads(knots=(Knot(x=3, y=3, size=9),))])
def test_a_cover_can_be_drawn_of_any_network(threads: Threads | None) -> None:
    svg = pictures.draw_cover(threads, "#0f5c5c")
    assert "nan" not in svg
    assert svg.endswith("</svg>")


def test_a_logo_is_encoded_anew_and_made_smaller() -> None:
    raw = io.BytesIO()
    Image.new("RGB", (3000, 1500), "#0f5c5c").save(raw, "JPEG")
    with Image.open(io.BytesIO(pictures.encode_logo(raw.getvalue()))) as logo:
        assert (logo.format, logo.size) == ("PNG", (1000, 500))


def test_a_logo_that_is_huge_or_no_image_is_refused() -> None:
    raw = io.BytesIO()
    Image.new("1", (6000, 6000)).save(raw, "PNG")
    for data in (raw.getvalue(), b"<svg/>"):
        with pytest.raises(ContentError, match="logo"):
            pictures.encode_logo(data)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_half_of_an_image_is_refused_whatever_else_is_loaded(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # So does WeasyPrint, as soon as it is imported.
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    raw = io.BytesIO()
    Image.effect_noise((400, 400), 90).convert("RGB").save(raw, kind)
    with pytest.raises(ContentError, match="lisible"):
        pictures.encode_logo(raw.getvalue()[: len(raw.getvalue()) // 2])


@pytest.mark.parametrize("primary", ["#0f5c5c", "#ffee00", "#ffffff", "#000000"])
def test_any_colour_of_a_network_becomes_readable(primary: str) -> None:
    assert colour.contrast(colour.readable(primary), colour.PAPER) >= colour.LEAST_CONTRAST
