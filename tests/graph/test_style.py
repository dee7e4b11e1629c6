import pytest

from graph.style import FAMILIES, OUTLINE, OUTLINE_ON_DARK, PAPER, REACHES, SHAPES

OKABE_ITO = {
    "#000000",
    "#e69f00",
    "#56b4e9",
    "#009e73",
    "#f0e442",
    "#0072b2",
    "#d55e00",
    "#cc79a7",
}
DARK_SURFACE = "#1c2424"


def luminance(colour: str) -> float:
    channels = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_each_family_has_its_own_hue_and_its_own_shape() -> None:
    assert {style.colour for style in FAMILIES.values()} == OKABE_ITO
    assert {style.shape for style in FAMILIES.values()} == set(SHAPES)
    assert len({style.on_dark for style in FAMILIES.values()}) == len(FAMILIES)


@pytest.mark.parametrize("family", FAMILIES)
def test_every_shape_stands_out_on_its_ground(family: str) -> None:
    """WCAG 1.4.11: at least 3:1, by the outline on paper, by the fill itself in the dark."""
    assert contrast(OUTLINE, PAPER) >= 3
    assert contrast(FAMILIES[family].on_dark, DARK_SURFACE) >= 3
    assert contrast(OUTLINE_ON_DARK, DARK_SURFACE) >= 3


@pytest.mark.parametrize("shape", sorted(set(SHAPES) - {"circle"}))
def test_shapes_weigh_about_as_much_as_the_circle(shape: str) -> None:
    corners = SHAPES[shape]
    turned = (*corners[1:], corners[0])
    area = abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(corners, turned, strict=True))) / 2
    assert area == pytest.approx(3.14, rel=0.2)
    assert all(x * x + y * y <= REACHES[shape] ** 2 + 1e-9 for x, y in corners)
