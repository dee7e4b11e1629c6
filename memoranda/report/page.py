"""The same report as an accessible fragment of a web page: same order, same words, same pictures."""

from markupsafe import Markup

from memoranda import markup, pictures
from memoranda.report import content
from memoranda.report.content import Report


def to_html(report: Report) -> Markup:
    """Return the fragment, to be put below the `h1` of a page.

    Headings begin at `h2`, each with its section's anchor as id. There is no inline style or script in it.
    Raises `ContentError` for an invalid report.
    """
    content.validate(report)
    drawings = {
        section.anchor: Markup(pictures.clean_drawing(section.picture.svg))  # noqa: S704 - cleaned
        for section in report.sections
        if section.picture
    }
    rendered = markup.environment().get_template("report/page.html").render(report=report, drawings=drawings)
    return Markup(rendered)  # noqa: S704 - autoescaped by Jinja
