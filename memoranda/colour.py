"""Colours derived from a network's own, checked for contrast (WCAG 2.2: 4.5:1 for text)."""

LEAST_CONTRAST = 4.5
INK = "#1d2b2a"
PAPER = "#fbfaf6"
WHITE = "#ffffff"

_LINEAR_LIMIT = 0.04045
_STEP = 0.04


def contrast(first: str, second: str) -> float:
    """Return the contrast between two colours written #rrggbb, from 1 to 21."""
    brighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def mix(first: str, second: str, share: float) -> str:
    """Return `share` (0 to 1) of the first colour mixed into the second."""
    pairs = zip(_channels(first), _channels(second), strict=True)
    return "#" + "".join(f"{round(one * share + other * (1 - share)):02x}" for one, other in pairs)


def readable(colour: str, ground: str = PAPER) -> str:
    """Return the colour, darkened until text in it can be read on a light ground."""
    share = 1.0
    while contrast(mix(colour, "#000000", share), ground) < LEAST_CONTRAST:
        share -= _STEP
    return mix(colour, "#000000", share)


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    parts = [channel / 255 for channel in _channels(colour)]
    red, green, blue = (
        part / 12.92 if part <= _LINEAR_LIMIT else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
