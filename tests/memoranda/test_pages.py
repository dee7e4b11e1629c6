"""Pages read from the PDF agree with what its pages show."""

from io import BytesIO

from pypdf import PdfReader

from memoranda import pages
from memoranda.content import Edition


def test_each_recommendation_stands_on_the_page_told(printed: bytes, edition: Edition) -> None:
    reader = PdfReader(BytesIO(printed))
    found = pages.of_anchors(printed)
    assert pages.count(printed) == len(reader.pages)
    for item in edition.items:
        words = "".join(reader.pages[found[item.anchor] - 1].extract_text().split())
        assert "".join(item.title[:25].split()) in words.replace("\u00ad", "")
