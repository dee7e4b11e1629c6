"""The same edition as an accessible fragment of a web page: same order, same numbers, same words."""

from markupsafe import Markup

from memoranda import content, markup, pictures
from memoranda.content import Edition


def to_html(edition: Edition) -> Markup:
    """Return the fragment, to be put below the `h1` of a page.

    Headings begin at `h2`; each recommendation's `h3` bears its anchor as id. There is no inline
    style or script in it. Raises `ContentError` for an invalid edition.
    """
    content.validate(edition)
    icons = {code: Markup(pictures.draw_icon(code, "currentColor")) for code in markup.ICON_CODES}  # noqa: S704 - drawn here
    drawing = Markup(pictures.clean_drawing(edition.figure.svg)) if edition.figure else Markup("")  # noqa: S704 - cleaned
    rendered = (
        markup.environment()
        .get_template("page.html")
        .render(edition=edition, by_level=content.by_level(edition), icons=icons, drawing=drawing)
    )
    return Markup(rendered)  # noqa: S704 - autoescaped by Jinja
