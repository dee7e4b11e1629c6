"""Letters for the post: printed for whoever asks, kept nowhere."""

from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from hub.core import clock, i18n, mail
from hub.core.errors import N_, DomainError
from hub.publishing.models.editions import Edition
from hub.publishing.operations import sendings
from hub.publishing.queries import recipients as queries
from memoranda import plain
from memoranda.errors import BuildError, ContentError
from memoranda.letter import Letterhead
from memoranda.mailing.content import Letters, PostedLetter
from memoranda.sandbox import Limits, build_apart

FONTS = Path(__file__).parents[2] / "static" / "dist" / "fonts"
AT_ONCE = 40
SECONDS = 60


def print_letters(
    session: Session, edition: Edition, *, base_url: str, head: Letterhead, now: datetime
) -> bytes:
    """Return the PDF of the next letters to post, a letter each.

    Raises DomainError where nobody with a postal address is left, or if a letter can't be printed.
    """
    rows = session.scalars(queries.to_post_to(edition).limit(AT_ONCE)).unique().all()
    if not rows:
        raise DomainError(
            N_("Il n’y a plus personne à qui poster cette édition : notez une adresse postale.")
        )
    letter = sendings.letter_of(session, edition)
    offered = sendings.offered(session, edition)
    made = []
    for row in rows:
        path = sendings.path_for(edition, row, letter.variant, offered)
        said = sendings.fill(letter, edition, row, mail.absolute(base_url, path))
        made.append(
            PostedLetter(
                to=(row.name, *(line.strip() for line in row.address.splitlines() if line.strip())),
                subject=plain.without_invisible(said.subject),
                text=plain.without_invisible(said.text),
            )
        )
    today = clock.today(now)
    document = Letters(
        letterhead=head, letters=tuple(made), day=today, written=f"Le {i18n.format_date(today, 'fr')}"
    )
    try:
        return build_apart(
            document, fonts_folder=FONTS, on_progress=_tell_nobody, should_stop=_never,
            limits=Limits(seconds=SECONDS),
        )  # fmt: skip
    except (BuildError, ContentError) as problem:
        raise DomainError(
            N_("Les lettres ne peuvent pas être imprimées : %(why)s"), why=str(problem)
        ) from problem


def _tell_nobody(_share: float, _words: str) -> None:
    """Stand in for a progress bar: these pages are waited for."""


def _never() -> bool:
    return False
