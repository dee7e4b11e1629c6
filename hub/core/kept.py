"""What was typed comes back where a sign-in has ended, or a page stood open too long: nothing is lost.

The answer holds the fields as they were sent; once signed in again, they are sent anew. Nothing is stored.
"""

from collections.abc import Iterator
from urllib.parse import urlsplit

from flask import make_response, render_template, request
from werkzeug.wrappers import Response

TOKEN = "csrf_token"  # noqa: S105 - the name of a field
SECRET = "password"  # noqa: S105 - part of the names of fields that are never sent back
LONGEST_LINE = 80


def fields() -> Iterator[tuple[str, str]]:
    """Yield name and value of what was sent, in its order, but the token."""
    for name, values in request.form.lists():
        if name != TOKEN:
            yield from ((name, value) for value in values)


def is_long(text: str) -> bool:
    """Say whether somebody would miss it: a text rather than a choice or a number."""
    return len(text) > LONGEST_LINE or "\n" in text


def page(code: int, *, again: bool) -> Response | None:
    """Return the page that holds what was typed; None where nothing was, or where it isn't ours to show.

    `again`: it may be sent again as it is; else whoever typed it has to sign in first.
    Only a form of our own pages is answered so, sent by a browser that shows the answer: another site's form
    would have its words confirmed by whoever is signed in here.
    """
    sent = list(fields()) if request.method == "POST" and _is_our_own() else []
    if not sent or any(SECRET in name for name, _value in sent):
        return None
    response = make_response(
        render_template(
            "errors/kept.html",
            sent=[(name, value, is_long(value)) for name, value in sent],
            action=request.full_path.rstrip("?"),
            has_files=any(file.filename for file in request.files.values()),
            again=again,
        ),
        code,
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def _is_our_own() -> bool:
    """Say whether a page of ours sent the form, for its answer to be shown (the browser says both)."""
    if "text/html" not in request.headers.get("Accept", "") or "HX-Request" in request.headers:
        return False
    place = request.headers.get("Sec-Fetch-Site")
    if place is not None:
        return place == "same-origin"
    origin = urlsplit(request.headers.get("Origin", ""))
    return origin.netloc == request.host
