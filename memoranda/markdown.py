"""The restricted Markdown people write, as HTML that is safe for the web page and for print alike.

No HTML, no image, no table: paragraphs, headings, lists, quotations, emphasis and links to web
addresses (shown, never fetched). Headings are shifted under the heading that holds the text, and
never skip a level, so that the order of headings stays right (PDF/UA, WCAG 1.3.1).
"""

import functools
import re

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

DEEPEST_NESTING = 12
LOWEST_HEADING = 6
FEW_MARKS = 4  # a mark nests at most two levels (a list and its item), in a paragraph

_TAGS = {"p", "br", "strong", "em", "ul", "ol", "li", "blockquote", "a", "code", "h3", "h4", "h5", "h6"}
_SCHEMES = {"http", "https", "mailto"}

_PARSER = MarkdownIt("commonmark", {"html": False, "maxNesting": 4 * DEEPEST_NESTING}).disable(
    ["image", "html_block", "html_inline", "code", "fence", "hr"]
)

# What opens a list, a quotation, an emphasis, a link; in a list of numbers the sign after the number.
_MARK = re.compile(r"[>*+\-_\[<#]|\d[.)]")
_SPACED = re.compile(r"[;!?:«»]")
_BEFORE_SIGN = re.compile(r"(?<=\S) (?=[;!?](?:\s|$|[)»\]]))")
_BEFORE_COLON = re.compile(r"(?<=\S) (?=:(?:\s|$))")


@functools.lru_cache(maxsize=256)  # the same text gives the same HTML, and a page is looked at often
def to_html(text: str, *, under: int) -> str:
    """Render Markdown below a heading of level `under` (2 to 6). Returns HTML, empty for no text."""
    tokens = _PARSER.parse(typography(text))
    _shift_headings(tokens, under)
    rendered = _PARSER.renderer.render(tokens, _PARSER.options, {})
    return nh3.clean(
        rendered,
        tags=_TAGS,
        attributes={"a": {"href"}, "ol": {"start"}},
        url_schemes=_SCHEMES,
        link_rel="noopener nofollow",
    ).strip()


def is_too_deep(text: str) -> bool:
    """Say whether lists, quotations or emphasis stand in each other too deep to be laid out safely."""
    if len(text) <= FEW_MARKS or len(_MARK.findall(text)) <= FEW_MARKS:
        return False
    tokens = _PARSER.parse(text)
    inline = [child for token in tokens for child in token.children or ()]
    return any(token.level > DEEPEST_NESTING for token in (*tokens, *inline))


def typography(text: str) -> str:
    """Put the non-breaking spaces French asks for where an ordinary space was typed."""
    if not _SPACED.search(text):
        return text
    text = _BEFORE_SIGN.sub("\u202f", text)
    text = _BEFORE_COLON.sub("\u00a0", text)
    return text.replace("« ", "«\u00a0").replace(" »", "\u00a0»")


def _shift_headings(tokens: list[Token], under: int) -> None:
    """Give each heading the level its depth among the text's own headings asks for."""
    written: list[int] = []
    for token in tokens:
        if token.type not in {"heading_open", "heading_close"}:
            continue
        if token.type == "heading_open":
            level = int(token.tag[1])
            while written and written[-1] >= level:
                written.pop()
            written.append(level)
        token.tag = f"h{min(under + len(written), LOWEST_HEADING)}"
