"""Markdown that people write, as HTML that can be trusted: no HTML from users anywhere (S4)."""

import nh3
from jinja2 import Environment, pass_environment
from jinja2.filters import do_truncate
from markdown_it import MarkdownIt
from markupsafe import Markup

TAGS = {"p", "br", "strong", "em", "ul", "ol", "li", "blockquote", "a", "h3", "h4", "h5", "code", "hr", "del"}
ATTRIBUTES = {"a": {"href", "title"}}
SCHEMES = {"http", "https", "mailto", "tel"}
NESTING = 20

_parser = MarkdownIt("commonmark", {"html": False, "maxNesting": NESTING, "breaks": True}).disable("image")


def markdown(text: str | None) -> Markup:
    """Return the text's HTML, cleaned by an allow-list; titles begin at the third level."""
    if not text:
        return Markup("")
    html = _parser.render(text)
    for level in (3, 2, 1):
        html = html.replace(f"<h{level}>", f"<h{level + 2}>").replace(f"</h{level}>", f"</h{level + 2}>")
    clean = nh3.clean(
        html, tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel="nofollow noopener noreferrer"
    )
    return Markup(clean)  # noqa: S704 - cleaned just above


@pass_environment
def truncate(
    environment: Environment,
    text: str,
    length: int = 255,
    killwords: bool = False,
    end: str = "…",
    *,
    leeway: int | None = None,
) -> str:
    """Cut a text short as Jinja does, but with the one sign « … » that typography has for it."""
    return do_truncate(environment, text, length, killwords, end, leeway)
