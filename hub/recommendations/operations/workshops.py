"""The recommendations on which a workshop works, their wording edited live, and what is taken of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import or_, update
from sqlalchemy.orm import Session

from hub.core import audit
from hub.core.errors import N_, DomainError
from hub.events.models.workshops import Workshop
from hub.recommendations.models.carrying import WorkshopRecommendation
from hub.recommendations.models.recommendations import SET_ASIDE, Recommendation
from hub.recommendations.models.versions import Weight
from hub.recommendations.operations import recommendations
from hub.recommendations.queries import workshops as queries

LONGEST = 10_000
MOST = 30  # in one workshop: more can't be read on its screen
NOBODY = "-"  # no page's number
CHANGED_MEANWHILE = N_("La liste a changé entre-temps. Rechargez la page.")


@dataclass(frozen=True, slots=True)
class Seen:
    """What an open page shows of a wording: which of its saves, and the page's own number."""

    version: int
    page: str


class WordingMovedError(DomainError):
    """Another page has saved meanwhile; `row` holds what stands now."""

    def __init__(self, row: WorkshopRecommendation) -> None:
        super().__init__(
            N_("Ce texte a été modifié sur un autre appareil entre-temps. Les deux textes sont ci-dessous.")
        )
        self.row = row


def add(
    session: Session,
    workshop: Workshop,
    chosen: Iterable[Recommendation],
    *,
    actor: audit.Actor | str,
    now: datetime,
) -> int:
    """Put recommendations at the end of the workshop's list, each with its text; return how many were new.

    Those set aside don't come in. Raises DomainError for more than a workshop can work on.
    """
    session.refresh(workshop, with_for_update={"of": Workshop})
    rows = session.scalars(queries.worked_on(workshop)).all()
    known = {row.recommendation_id for row in rows}
    place = max((row.position for row in rows), default=0)
    added = [row for row in chosen if row.id not in known and row.state not in SET_ASIDE]
    if len(rows) + len(added) > MOST:
        raise DomainError(N_("Un atelier travaille sur %(most)s recommandations au plus."), most=MOST)
    for number, row in enumerate(added, start=place + 1):
        session.add(
            WorkshopRecommendation(
                workshop_id=workshop.id, recommendation_id=row.id, position=number, wording=row.text,
                created_at=now,
            )
        )  # fmt: skip
    session.flush()
    if added:
        changes = {"count": [None, len(added)]}
        audit.record(session, "workshop.prepared", workshop, actor=actor, now=now, changes=changes)
    return len(added)


def remove(session: Session, row: WorkshopRecommendation, *, actor: audit.Actor | str, now: datetime) -> None:
    """Take one off the list. Raises DomainError once the workshop has written at it: its words stay."""
    session.refresh(row, with_for_update={"of": WorkshopRecommendation})
    if row.wording_version:
        raise DomainError(N_("L’atelier a travaillé ce texte : il reste dans la liste."))
    workshop = row.workshop
    session.delete(row)
    session.flush()
    audit.record(session, "workshop.prepared", workshop, actor=actor, now=now, changes={"count": [1, 0]})


def order(session: Session, workshop: Workshop, wanted: Sequence[int]) -> None:
    """Put the list in that order of rows. Raises DomainError if it names others than there are."""
    rows = {row.id: row for row in session.scalars(queries.worked_on(workshop))}
    if sorted(wanted) != sorted(rows):
        raise DomainError(CHANGED_MEANWHILE)
    for place, number in enumerate(wanted, start=1):
        rows[number].position = place
    session.flush()


def save(
    session: Session, row: WorkshopRecommendation, wording: str, *, seen: Seen, now: datetime
) -> WorkshopRecommendation:
    """Keep the wording, if nobody else has saved since the page saw it.

    A page that saved last may go on, also where it never heard that its save arrived. The same words as those
    that stand are no conflict. Raises WordingMovedError otherwise, DomainError for too long a text.
    """
    if len(wording) > LONGEST:
        raise DomainError(N_("Restez sous %(signs)s signes."), field="wording", signs=LONGEST)
    done = store(session, row, wording, seen=seen, now=now)
    session.refresh(row)
    if not done and row.wording != wording:
        raise WordingMovedError(row)
    return row


def store(session: Session, row: WorkshopRecommendation, wording: str, *, seen: Seen, now: datetime) -> bool:
    """Put the words in the place of those that the page saw, and of no others; say whether they did."""
    done = session.execute(
        update(WorkshopRecommendation)
        .where(
            WorkshopRecommendation.id == row.id,
            or_(
                WorkshopRecommendation.wording_version == seen.version,
                WorkshopRecommendation.saved_by_page == (seen.page or NOBODY),
            ),
            WorkshopRecommendation.wording != wording,
        )
        .values(
            wording=wording, wording_version=WorkshopRecommendation.wording_version + 1,
            saved_by_page=seen.page, saved_at=now,
        )
        .execution_options(synchronize_session=False)
    )  # fmt: skip
    return bool(done.rowcount)  # type: ignore[attr-defined]


def take(
    session: Session,
    row: WorkshopRecommendation,
    *,
    weight: Weight,
    seen: Seen,
    stood: int,
    actor: audit.Actor | str,
    now: datetime,
) -> None:
    """Make the workshop's wording the recommendation's next version.

    `seen` and `stood` say which wording and which version of the recommendation the page compared. Raises
    DomainError if either has changed since, for no text, and as `recommendations.edit` does.
    """
    session.refresh(row, with_for_update={"of": WorkshopRecommendation})
    recommendation = row.recommendation
    session.refresh(recommendation, with_for_update={"of": Recommendation})
    if (row.wording_version, recommendation.version) != (seen.version, stood):
        raise DomainError(N_("L’un des deux textes a changé entre-temps. Relisez, puis reprenez."))
    if not row.wording.strip():
        raise DomainError(N_("L’atelier n’a laissé aucun texte."))
    statement = replace(recommendations.as_it_stands(recommendation), text=row.wording.strip())
    recommendations.edit(session, recommendation, statement, weight=weight, actor=actor, now=now)
    row.taken_at = now
    session.flush()
    audit.record(
        session, "recommendation.wording_taken", recommendation, actor=actor, now=now,
        changes={"workshop": [None, row.workshop_id]},
    )  # fmt: skip
