"""Where things stand in a finished PDF, read from its own named destinations."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name


def count(pdf: bytes) -> int:
    """Return the number of pages."""
    with pikepdf.open(BytesIO(pdf)) as document:
        return len(document.pages)


def of_anchors(pdf: bytes) -> dict[str, int]:
    """Return anchor → page, as printed: the cover is page 1."""
    with pikepdf.open(BytesIO(pdf)) as document:
        numbers = {page.obj.objgen: number for number, page in enumerate(document.pages, start=1)}
        tree = document.Root.get(Name.Names, Dictionary()).get(Name.Dests, Dictionary())
        return {name: numbers[target.objgen] for name, target in destinations(tree)}


def destinations(tree: Any) -> Iterator[tuple[str, Any]]:
    """Yield each named destination of a tree of names, with its page."""
    for kid in tree.get(Name.Kids, Array()):
        yield from destinations(kid)
    names = list(tree.get(Name.Names, Array()))
    for name, destination in zip(names[::2], names[1::2], strict=True):
        yield str(name), (destination if isinstance(destination, Array) else destination.D)[0]
