"""A network's own colour: the rest of the theme is derived from it and stays legible (WCAG 1.4.3)."""

import colorsys
import re
from dataclasses import dataclass

HEX = re.compile(r"#[0-9a-f]{6}", re.IGNORECASE)
TEXT_CONTRAST = 4.5
LINEAR_UNTIL = 0.04045  # WCAG 2.2, definition of relative luminance
LIGHT_PAPER, DARK_SURFACE = "#fbfaf6", "#1c2424"
DEFAULT_PRIMARY = "#0f5c5c"
DARK_SATURATION = 0.45  # on a dark ground a fuller colour glares


@dataclass(frozen=True)
class Theme:
    """The colours of links and buttons in light and in dark, and of the text upon them."""

    light: str
    light_strong: str
    light_soft: str
    dark: str
    dark_strong: str
    dark_soft: str


def channels(colour: str) -> tuple[int, int, int]:
    """Return red, green and blue, 0 to 255, of "#rrggbb". Raises ValueError for anything else."""
    if not HEX.fullmatch(colour):
        raise ValueError(f"not a colour: {colour!r}")
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def luminance(colour: str) -> float:
    """Return the relative luminance, 0 to 1, as WCAG 2.2 defines it."""
    linear = [
        part / 12.92 if part <= LINEAR_UNTIL else ((part + 0.055) / 1.055) ** 2.4
        for part in (value / 255 for value in channels(colour))
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Return the contrast between two colours, 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def mix(one: str, other: str, share: float) -> str:
    """Return `one` with that share (0 to 1) of `other`."""
    pairs = zip(channels(one), channels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def legible(colour: str, paper: str, wanted: float = TEXT_CONTRAST) -> str:
    """Return the nearest lightness of the colour that reads on that paper."""
    red, green, blue = (value / 255 for value in channels(colour))
    hue, lightness, saturation = colorsys.rgb_to_hls(red, green, blue)
    step = -0.01 if luminance(paper) > 0.5 else 0.01  # noqa: PLR2004 - half of the scale
    while contrast(colour, paper) < wanted and 0 < lightness + step < 1:
        lightness += step
        parts = colorsys.hls_to_rgb(hue, lightness, saturation)
        colour = "#" + "".join(f"{round(part * 255):02x}" for part in parts)
    return colour


def softened(colour: str, most: float) -> str:
    """Return the colour with at most that saturation, 0 to 1."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*(value / 255 for value in channels(colour)))
    parts = colorsys.hls_to_rgb(hue, lightness, min(saturation, most))
    return "#" + "".join(f"{round(part * 255):02x}" for part in parts)


def theme(primary: str) -> Theme:
    """Derive a theme from the network's colour; every pair keeps at least 4.5:1."""
    light = legible(primary, LIGHT_PAPER, 5.5)
    dark = legible(softened(primary, DARK_SATURATION), DARK_SURFACE, 6.5)
    return Theme(
        light=light,
        light_strong=mix(light, "#000000", 0.2),
        light_soft=mix(light, "#ffffff", 0.9),
        dark=dark,
        dark_strong=mix(dark, "#ffffff", 0.2),
        dark_soft=mix(dark, DARK_SURFACE, 0.85),
    )
