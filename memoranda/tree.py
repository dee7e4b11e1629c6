"""The page of an edition as a tree, for the files made from it: same items, same order, same words."""

from collections.abc import Iterable
from html.parser import HTMLParser
from xml.etree.ElementTree import Element, TreeBuilder

from memoranda import page
from memoranda.content import Edition
from memoranda.images import InFile

_VOID = frozenset({"br", "img", "hr", "wbr"})
# Icons, and what opens a table on a page: in a file to rework it stands open.
_LEFT_OUT = frozenset({"svg", "summary"})


def of(edition: Edition, pictures: Iterable[str] = ()) -> Element:
    """Return the edition's page, without its table of contents. Raises `ContentError` for an invalid edition.

    `pictures` are the names of the images that the file holds: they are `img`; others are a paragraph that
    says what it shows. Icons are gone.
    """
    builder = _Builder()
    builder.feed(page.to_html(edition, InFile(frozenset(pictures))))
    builder.close()
    root = builder.root
    for contents in [child for child in root if child.tag == "nav"]:
        root.remove(contents)
    return root


def parts(root: Element) -> list[Element]:
    """Return the chapters and parts in their order."""
    return [child for child in root if child.tag == "section"]


def anchors(root: Element) -> list[str]:
    """Return the anchors of the items in the order of the tree."""
    return [heading.get("id", "") for heading in root.iter("h3") if heading.get("class") == "memo-title"]


def words(element: Element) -> str:
    """Return all words of an element on one line."""
    return " ".join("".join(element.itertext()).split())


class _Builder(HTMLParser):
    """Builds a tree of what our own templates write, which closes all that it opens."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._tree = TreeBuilder()
        self._drawn = 0
        self._tree.start("div", {"class": "memo"})

    @property
    def root(self) -> Element:
        """Return the tree: the element that holds all of the page."""
        self._tree.end("div")
        return next(iter(self._tree.close()))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _LEFT_OUT or self._drawn:
            self._drawn += 1
            return
        named = {name: value or "" for name, value in attrs}
        self._tree.start("div" if tag == "details" else tag, named)
        if tag in _VOID:
            self._tree.end(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if not self._drawn and tag not in _LEFT_OUT:
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if self._drawn:
            self._drawn -= 1
        elif tag not in _VOID:
            self._tree.end("div" if tag == "details" else tag)

    def handle_data(self, data: str) -> None:
        if not self._drawn:
            self._tree.data(data)
