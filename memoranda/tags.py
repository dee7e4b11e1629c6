"""What WeasyPrint's tags lack, mended just before the file is written.

- Running headers and page numbers are marked as text with structure elements outside the tree; they
  become pagination artifacts, which assistive technology skips.
- The table of contents is tagged as a list; it becomes TOC and TOCI.
- Links are described by their raw anchor; they get the title they lead to.
- Emphasis inside a link gets an annotation of its own, under its own element; it goes to the link's.

This reaches into the objects of pydyf, hence the pinned version and the tests of `memoranda.check`.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pydyf

_CONTENTS_ROLES = {"/L": "/TOC", "/LI": "/TOCI", "/LBody": "/Reference"}

Elements = dict[int, pydyf.Dictionary]


class Finisher:
    """The `finisher` of `write_pdf`: takes WeasyPrint's document and pydyf's file, changes the latter."""

    def __init__(
        self, *, labels: dict[str, str], contents_pages: range, on_tagged: Callable[[], None]
    ) -> None:
        """Take the titles by anchor, the indices of the pages of the contents, and whom to tell."""
        self._labels = labels
        self._contents_pages = contents_pages
        self._on_tagged = on_tagged

    def __call__(self, _document: object, pdf: pydyf.PDF) -> None:
        """Mend the tags, before the trailer is written."""
        self._on_tagged()
        elements = {
            thing.number: thing
            for thing in pdf.objects
            if isinstance(thing, pydyf.Dictionary) and thing.get("Type") == "/StructElem"
        }
        self._describe_links(pdf)
        self._retag_contents(pdf.page_references, elements)
        _gather_links(pdf, elements)
        _make_artifacts(pdf, elements)

    def _describe_links(self, pdf: pydyf.PDF) -> None:
        for thing in pdf.objects:
            if isinstance(thing, pydyf.Dictionary) and thing.get("Subtype") == "/Link" and "Dest" in thing:
                anchor = thing["Dest"].string
                thing["Contents"] = pydyf.String(self._labels.get(anchor, anchor))

    def _retag_contents(self, references: tuple[bytes, ...], elements: Elements) -> None:
        pages = {references[index] for index in self._contents_pages}
        for element in elements.values():
            if element.get("Pg") in pages:
                element["S"] = _CONTENTS_ROLES.get(element["S"], element["S"])


def _gather_links(pdf: pydyf.PDF, elements: Elements) -> None:
    """Give the annotations of the parts of a link to the link itself: PDF/UA wants them there."""
    nums = _parent_numbers(pdf)
    for index in range(2 * len(pdf.page_references) + 1, len(nums), 2):
        owner = elements[_number(nums[index])]
        link = owner
        while link["S"] != "/Link":
            link = elements[_number(link["P"])]
        if link is owner:
            continue
        moved = [kid for kid in owner["K"] if isinstance(kid, bytes) and _number(kid) not in elements]
        owner["K"][:] = [kid for kid in owner["K"] if kid not in moved]
        link["K"].extend(moved)
        nums[index] = link.reference


def _parent_numbers(pdf: pydyf.PDF) -> list[Any]:
    """Return the parent tree: pairs of a page and its elements, then of a link and its element."""
    root = pdf.objects[_number(pdf.catalog["StructTreeRoot"])]
    numbers: list[Any] = pdf.objects[_number(root["ParentTree"])]["Nums"]
    return numbers


def _make_artifacts(pdf: pydyf.PDF, elements: Elements) -> None:
    """Turn marked content whose element hangs outside the tree into pagination artifacts."""
    root = pdf.objects[_number(pdf.catalog["StructTreeRoot"])]
    reachable = set(_reachable(_number(root["K"][0]), elements))
    pages = [pdf.objects[_number(reference)] for reference in pdf.page_references]
    for page, owners in zip(pages, _parent_numbers(pdf)[1::2], strict=False):
        orphans = {index for index, owner in enumerate(owners) if _number(owner) not in reachable}
        _rewrite(pdf.objects[_number(page["Contents"])], orphans)
        for index in orphans:
            owners[index] = "null"


def _reachable(number: int, elements: Elements) -> Iterator[int]:
    """Yield the numbers of an element and of all that stand below it."""
    waiting = [number]
    while waiting:
        number = waiting.pop()
        yield number
        kids = elements[number]["K"]
        waiting += [_number(kid) for kid in kids if isinstance(kid, bytes) and _number(kid) in elements]


def _rewrite(stream: pydyf.Stream, orphans: set[int]) -> None:
    """Replace the marks of the given marked contents: tag and properties stand before each BDC."""
    parts: list[Any] = stream.stream
    for index, part in enumerate(parts):
        if part == b"BDC" and parts[index - 1].get("MCID") in orphans:
            parts[index - 2 : index] = ["/Artifact", pydyf.Dictionary({"Type": "/Pagination"})]


def _number(reference: bytes) -> int:
    return int(reference.split()[0])
