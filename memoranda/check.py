"""Checks of a finished PDF: what of PDF/UA-1 can be seen by reading the file.

They find broken tags; they certify nothing. Conformity can only be claimed after a validator such
as veraPDF and a human reader.
"""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name

from memoranda.pages import destinations

_KIDS = {
    "/L": {"/LI", "/Caption", "/L"},
    "/LI": {"/Lbl", "/LBody"},
    "/Table": {"/TR", "/THead", "/TBody", "/TFoot", "/Caption"},
    "/THead": {"/TR"},
    "/TBody": {"/TR"},
    "/TR": {"/TH", "/TD"},
    "/TOC": {"/TOC", "/TOCI", "/Caption"},
    "/TOCI": {"/Lbl", "/Reference", "/NonStruct", "/P", "/TOC"},
}
_FONT_FILES = {"/FontFile", "/FontFile2", "/FontFile3"}
_SHOWS_TEXT = {"Tj", "TJ", "'", '"'}


def problems(pdf: bytes) -> list[str]:
    """Return what is wrong with the tags, metadata, outline and fonts of a PDF; nothing if all is right."""
    with pikepdf.open(BytesIO(pdf)) as document:
        return list(_problems(document))


def _problems(document: pikepdf.Pdf) -> Iterator[str]:
    yield from _catalog_problems(document)
    if "/StructTreeRoot" not in document.Root:
        return
    elements = list(_elements(document.Root.StructTreeRoot))
    yield from _structure_problems(elements)
    yield from _tree_problems(document.Root.StructTreeRoot, elements)
    yield from _heading_problems(elements)
    yield from _content_problems(document, {element.objgen for element in elements})
    yield from _link_problems(document)
    yield from _place_problems(document)
    yield from _font_problems(document)


def _catalog_problems(document: pikepdf.Pdf) -> Iterator[str]:
    root = document.Root
    if "/StructTreeRoot" not in root:
        yield "no structure tree"
    if str(root.get("/Lang", "")) == "":
        yield "no language"
    if not root.get("/MarkInfo", Dictionary()).get("/Marked", False):
        yield "not marked as tagged"
    if not root.get("/ViewerPreferences", Dictionary()).get("/DisplayDocTitle", False):
        yield "the title is not displayed"
    if not str(document.docinfo.get("/Title", "")):
        yield "no title"
    with document.open_metadata() as metadata:
        if metadata.get("pdfuaid:part") != "1":
            yield "no PDF/UA identifier"
        if not metadata.get("dc:title"):
            yield "no title in the XMP metadata"
    with document.open_outline() as outline:
        if not outline.root:
            yield "no outline"


def _elements(root: Any) -> Iterator[Any]:
    """Yield every structure element in reading order."""
    waiting = [root]
    while waiting:
        element = waiting.pop()
        if "/S" in element:
            yield element
        waiting += reversed([kid for kid in _kids(element) if "/S" in kid])


def _kids(element: Any) -> list[Any]:
    kids = element.get("/K", Array())
    kids = list(kids) if isinstance(kids, Array) else [kids]
    return [kid for kid in kids if isinstance(kid, Dictionary)]


def _structure_problems(elements: list[Any]) -> Iterator[str]:
    for element in elements:
        role = str(element.S)
        if role == "/Figure" and not str(element.get("/Alt", "")):
            yield "a figure without alternative text"
        if role == "/TH" and "/Scope" not in _attributes(element) and "/ID" not in element:
            yield "a heading cell that says neither which way it goes nor what it is called"
        if role == "/Note" and "/ID" not in element:
            yield "a note without identifier"
        allowed = _KIDS.get(role)
        if allowed is None:
            continue
        for kid in _kids(element):
            if "/S" in kid and str(kid.S) not in allowed:
                yield f"{kid.S} in {role}"


def _attributes(element: Any) -> Any:
    return element.get("/A", Dictionary())


def _tree_problems(root: Any, elements: list[Any]) -> Iterator[str]:
    """Yield what is wrong with the tree as such: each element hangs once, under the one that it names."""
    if len({element.objgen for element in elements}) < len(elements):
        yield "an element hangs twice in the tree"
    for element in elements:
        for kid in _kids(element):
            if "/S" in kid and kid.get("/P", Dictionary()).objgen != element.objgen:
                yield f"{kid.S} names another parent than {element.S}"
    names = [str(element.ID) for element in elements if "/ID" in element and str(element.S) == "/Note"]
    if len(set(names)) < len(names):
        yield "two notes have the same identifier"
    known = {str(name) for name in list(root.get("/IDTree", Dictionary()).get("/Names", Array()))[::2]}
    if set(names) - known:
        yield "a note that the tree of identifiers lacks"
    keys = [key for key, _ in _parent_tree(root.ParentTree)]
    if keys != sorted(set(keys)):
        yield "the parent tree is not in order"


def _heading_problems(elements: list[Any]) -> Iterator[str]:
    last = 0
    for element in elements:
        role = str(element.S)
        if len(role) == 3 and role[1] == "H" and role[2].isdigit():  # noqa: PLR2004 - "/H1" to "/H6"
            level = int(role[2])
            if level > last + 1:
                yield f"heading {level} after {last}"
            last = level


def _content_problems(document: pikepdf.Pdf, reachable: set[tuple[int, int]]) -> Iterator[str]:
    owners = dict(_parent_tree(document.Root.StructTreeRoot.ParentTree))
    for number, page in enumerate(document.pages, start=1):
        if page.obj.get("/Tabs") != Name.S:
            yield f"page {number}: tab order is not that of the structure"
        own = owners.get(int(page.obj.get("/StructParents", -1)))
        for marked in _marked_texts(page):
            if marked is None:
                yield f"page {number}: text that is neither tagged nor an artifact"
            elif own is None or marked >= len(own) or own[marked] is None:
                yield f"page {number}: marked content {marked} belongs to nothing"
            elif own[marked].objgen not in reachable:
                yield f"page {number}: marked content {marked} hangs outside the tree"


def _parent_tree(tree: Any) -> Iterator[tuple[int, Any]]:
    for kid in tree.get("/Kids", Array()):
        yield from _parent_tree(kid)
    nums = list(tree.get("/Nums", Array()))
    yield from zip(map(int, nums[::2]), nums[1::2], strict=True)


def _marked_texts(page: pikepdf.Page) -> Iterator[int | None]:
    """Yield, for each text shown outside artifacts, its marked-content id, None without any."""
    open_marks: list[int | str | None] = []
    for instruction in pikepdf.parse_content_stream(page):
        operator = str(instruction.operator)
        if operator == "BDC":
            tag, properties = instruction.operands
            open_marks.append("artifact" if tag == Name.Artifact else _mcid(properties))
        elif operator == "BMC":
            open_marks.append("artifact" if instruction.operands[0] == Name.Artifact else None)
        elif operator == "EMC":
            open_marks.pop()
        elif operator in _SHOWS_TEXT and "artifact" not in open_marks:
            yield next((mark for mark in reversed(open_marks) if isinstance(mark, int)), None)


def _mcid(properties: Any) -> int | None:
    return int(properties.MCID) if isinstance(properties, Dictionary) and "/MCID" in properties else None


def _link_problems(document: pikepdf.Pdf) -> Iterator[str]:
    owners = dict(_parent_tree(document.Root.StructTreeRoot.ParentTree))
    for number, page in enumerate(document.pages, start=1):
        for annotation in page.obj.get("/Annots", Array()):
            if not str(annotation.get("/Contents", "")):
                yield f"page {number}: a link without description"
            owner = owners.get(int(annotation.get("/StructParent", -1)))
            if owner is None or str(owner.S) != "/Link":
                yield f"page {number}: a link annotation outside a Link element"
            elif annotation.objgen not in {kid.Obj.objgen for kid in _kids(owner) if "/Obj" in kid}:
                yield f"page {number}: a link annotation that its Link element does not hold"


def _place_problems(document: pikepdf.Pdf) -> Iterator[str]:
    """Yield what leads nowhere: links, names and bookmarks must lead to a page of this very file."""
    pages = {page.obj.objgen for page in document.pages}
    tree = document.Root.get(Name.Names, Dictionary()).get(Name.Dests, Dictionary())
    names = dict(destinations(tree))
    if any(target.objgen not in pages for target in names.values()):
        yield "a name for a page that is not there"
    for number, page in enumerate(document.pages, start=1):
        for annotation in page.obj.get("/Annots", Array()):
            if "/Dest" in annotation and str(annotation.Dest) not in names:
                yield f"page {number}: a link that leads nowhere"
    with document.open_outline() as outline:
        waiting = list(outline.root)
        while waiting:
            entry = waiting.pop()
            waiting += entry.children
            where: Any = entry.destination
            if where is None or where[0].objgen not in pages:
                yield f"a bookmark that leads nowhere: {entry.title}"


def _font_problems(document: pikepdf.Pdf) -> Iterator[str]:
    files = [
        thing[key].read_bytes()
        for thing in document.objects
        if isinstance(thing, Dictionary) and thing.get("/Type") == Name.FontDescriptor
        for key in _FONT_FILES & set(thing.keys())
    ]
    if len(set(files)) < len(files):
        yield "a font is embedded twice"
    for thing in document.objects:
        if not isinstance(thing, Dictionary) or thing.get("/Type") != Name.Font:
            continue
        if "/DescendantFonts" in thing and "/ToUnicode" not in thing:
            yield f"font {thing.BaseFont} cannot be read as text"
        descriptor = thing.get("/FontDescriptor")
        if descriptor is not None and not _FONT_FILES & set(descriptor.keys()):
            yield f"font {thing.BaseFont} is not embedded"
