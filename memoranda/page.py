"""The same edition as an accessible fragment of a web page: same order, same numbers, same words."""

import dataclasses

from markupsafe import Markup

from memoranda import content, markup, matter, pictures
from memoranda.content import Edition
from memoranda.images import Images, OnPage


def to_html(edition: Edition, images: Images | None = None) -> Markup:
    """Return the fragment, to be put below the `h1` of a page; `images` says how they stand in it.

    Headings begin at `h2`; each recommendation's `h3` bears its anchor as id. There is no inline
    style or script in it. Testimonies are left out but for those whose consent covers a public page.
    Raises `ContentError` for an invalid edition.
    """
    content.validate(edition)
    shown = _public(edition)
    outline = content.outline(shown)
    icons = {code: Markup(pictures.draw_icon(code, "currentColor")) for code in markup.ICON_CODES}  # noqa: S704 - drawn here
    rendered = (
        markup.environment()
        .get_template("page.html")
        .render(
            edition=shown,
            outline=outline,
            matter=matter.of_kinds(shown, {section.kind for section in outline}, images or OnPage()),
            icons=icons,
        )
    )
    return Markup(rendered)  # noqa: S704 - autoescaped by Jinja


def _public(edition: Edition) -> Edition:
    return dataclasses.replace(
        edition,
        chapters=tuple(
            dataclasses.replace(
                chapter,
                items=tuple(
                    dataclasses.replace(
                        item, testimonies=tuple(one for one in item.testimonies if one.may_post)
                    )
                    for item in chapter.items
                ),
            )
            for chapter in edition.chapters
        ),
    )
