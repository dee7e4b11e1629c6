"""One recommendation of an edition as a fragment of a web page: what its own page and its embed show."""

import dataclasses

from markupsafe import Markup

from memoranda import markdown, markup, pictures
from memoranda.content import Item


def to_html(item: Item, language: str = "fr") -> Markup:
    """Return the fragment, to be put below an `h2`; its `h3` bears the item's anchor as id.

    As on the page of the whole edition, testimonies are left out but for those that may be posted.
    """
    shown = dataclasses.replace(item, testimonies=tuple(one for one in item.testimonies if one.may_post))
    icons = {code: Markup(pictures.draw_icon(code, "currentColor")) for code in markup.ICON_CODES}  # noqa: S704 - drawn here
    rendered = (
        markup.environment().get_template("single.html").render(item=shown, icons=icons, language=language)
    )
    return Markup(rendered)  # noqa: S704 - autoescaped by Jinja


def plain(text: str) -> str:
    """Return the words of a Markdown text, without its signs and notes."""
    return Markup(markdown.to_html(text, under=1)).striptags()  # noqa: S704 - cleaned by nh3 there


def words_of(item: Item, longest: int = 200) -> str:
    """Return what it asks in a few plain words, to be shared: its short text, else the first ones."""
    text = " ".join((item.short or plain(item.text) or item.title).split())
    return text if len(text) <= longest else text[: longest - 1].rpartition(" ")[0] + "…"
