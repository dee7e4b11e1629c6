import io
import re
from html.parser import HTMLParser
from itertools import pairwise

import pypdf
import pytest

from memoranda import page
from memoranda.content import Edition, Figure
from memoranda.errors import ContentError
from tests.memoranda import sample


class Outline(HTMLParser):
    """Read ids, headings and the text of each article."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.headings: list[int] = []
        self.articles: list[str] = []
        self.attributes: set[str] = set()
        self._inside = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes |= {name for name, _ in attrs}
        self.ids += [value for name, value in attrs if name == "id" and value]
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag == "article":
            self.articles.append("")
            self._inside = True
        elif self._inside and tag == "li":
            self.articles[-1] += "\n"

    def handle_endtag(self, tag: str) -> None:
        if tag == "article":
            self._inside = False

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.articles[-1] += data


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text)


def test_page_and_pdf_hold_the_same_recommendations_with_the_same_words(
    edition: Edition, printed: bytes
) -> None:
    reader = pypdf.PdfReader(io.BytesIO(printed))
    texts = [" ".join(words(sheet.extract_text())) for sheet in reader.pages]
    articles = Outline(page.to_html(edition)).articles
    assert len(articles) == len(edition.items)
    for item, article in zip(edition.items, articles, strict=True):
        first = reader.get_destination_page_number(reader.named_destinations[item.anchor])
        on_paper = " ".join(texts[first : first + 2])
        assert words(article)[0] == item.number
        for sentence in re.split(r"[.;:\n]", article):
            assert " ".join(words(sentence)) in on_paper


def test_ids_are_stable_and_stand_once(edition: Edition) -> None:
    ids = Outline(page.to_html(edition)).ids
    assert len(ids) == len(set(ids))
    assert {item.anchor for item in edition.items} <= set(ids)


def test_headings_begin_below_the_title_of_the_page_and_skip_none(edition: Edition) -> None:
    headings = Outline(page.to_html(edition)).headings
    assert headings[0] == 2
    assert all(level <= before + 1 for before, level in pairwise(headings))


def test_nothing_needs_an_exception_to_a_strict_policy(edition: Edition) -> None:
    attributes = Outline(page.to_html(edition)).attributes
    assert not {name for name in attributes if name == "style" or name.startswith("on")}


def test_a_drawing_comes_out_without_script_style_link_or_image() -> None:
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9" onload="x()"><script>x()</script>'
        '<style>*{}</style><image href="file:///etc/passwd"/><use href="#a"/><a href="http://b.example"/>'
        '<circle cx="1" cy="1" r="1" fill="url(http://c.example)" style="x"/></svg>'
    )
    html = page.to_html(sample.edition(figure=Figure(svg=svg, caption="", alternative="Deux points")))
    drawing = html[html.index('aria-label="Deux points"') :].split("</figure>")[0]
    assert "<circle" in drawing
    for absent in ("script", "style", "image", "use", "example", "onload"):
        assert absent not in drawing


@pytest.mark.parametrize(
    "svg",
    [
        '<!DOCTYPE svg [<!ENTITY a "b">]><svg viewBox="0 0 1 1">&a;</svg>',
        "<svg",
        "<p viewBox='x'/>",
        "<svg/>",
    ],
)
def test_what_is_no_drawing_is_refused(svg: str) -> None:
    with pytest.raises(ContentError, match="figure"):
        page.to_html(sample.edition(figure=Figure(svg=svg, caption="", alternative="Rien")))
