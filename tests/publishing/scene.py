"""Recommendations with their threads, and memoranda, for the tests of publishing."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.actors.models.organisations import Organisation
from hub.core.jobs import Job
from hub.publishing.models.composition import Chapter, EditionSection, Item, SectionKind
from hub.publishing.models.editions import IN_COMPOSITION, PUBLIC, Edition, EditionState, Memorandum
from hub.publishing.operations import composing, memoranda, publication, sections
from hub.publishing.operations import steps as steps_of_editions
from hub.recommendations.models.contributions import Channel, Confirmation
from hub.recommendations.models.recommendations import Recommendation
from hub.recommendations.operations import confirming, contributions, steps, triage
from hub.recommendations.operations.contributions import Source, Words
from hub.recommendations.operations.recommendations import Statement
from tests import factories
from tests.factories import NOW

ACTOR = "Coordination"


def recommendation(
    session: Session,
    title: str,
    *,
    organisation: Organisation | None = None,
    levels: tuple[str, ...] = ("commune",),
    adopted: bool = True,
    source: Source | None = None,
    **more: Any,
) -> Recommendation:
    """Make a recommendation from one contribution of an organisation."""
    organisation = organisation or factories.organisation(session)
    made_from = contributions.enter(
        session, organisation, Words(proposal=title),
        channel=Channel.DOCUMENT if source else Channel.PHONE, source=source, actor=ACTOR, now=NOW,
    )  # fmt: skip
    if not made_from.is_confirmed:
        confirming.confirm(session, made_from, Confirmation.WORD, actor=ACTOR, now=NOW)
    statement = Statement(
        title=title,
        text=more.pop("text", f"Nous demandons : {title}."),
        levels=tuple(factories.level(session, code, code.capitalize()) for code in levels),
        **more,
    )
    row = triage.take_up(session, [made_from], statement, actor=ACTOR, now=NOW)
    if adopted:
        steps.adopt(session, row, actor=ACTOR, now=NOW)
    return row


def memorandum(session: Session, title: str = "Mémorandum d’essai", **facts: Any) -> Memorandum:
    """Begin a memorandum with its first edition."""
    return memoranda.create(session, memoranda.Facts(title=title, **facts), actor=ACTOR, now=NOW)


def edition(session: Session, chapters: dict[str, int], *, now: datetime = NOW, **facts: Any) -> Edition:
    """Make a draft whose chapters hold so many adopted recommendations, with preamble and signatory."""
    row = memorandum(session, **facts).editions[0]
    for title, number in chapters.items():
        chapter = composing.add_chapter(session, row, title, actor=ACTOR, now=now)
        made = [recommendation(session, f"{title}, demande {place}") for place in range(1, number + 1)]
        composing.add_items(session, chapter, [one.id for one in made], actor=ACTOR, now=now)
    composing.write_preamble(
        session, row, "Nous sommes un réseau.", mark=composing.seen(""), actor=ACTOR, now=now
    )
    signing = factories.organisation(session, commune_id=factories.commune(session).id)
    composing.add_signatories(session, row, [signing.id], actor=ACTOR, now=now)
    return row


def freeze(
    session: Session, edition: Edition, *, publishes: bool = True, actor: Any = ACTOR, now: datetime = NOW
) -> Job:
    """Freeze an edition, to be published with its PDF; return the job that builds it."""
    steps_of_editions.take(session, edition, EditionState.FROZEN, publishes=publishes, actor=actor, now=now)
    job = publication.current_job(session, edition)
    assert job is not None
    return job


def part(session: Session, edition: Edition, kind: str = "preamble") -> EditionSection:
    """Return the part of that kind as it stands."""
    return sections.of(session, edition, SectionKind(kind))


def put(edition: Edition, state: EditionState, *, now: datetime = NOW) -> None:
    """Put an edition in a state, with the dates that the database asks for."""
    edition.state = state
    edition.frozen_at = None if state in IN_COMPOSITION else now
    edition.published_at = now if state in PUBLIC else None
    edition.replaced_at = now if state == EditionState.REPLACED else None


def titles(session: Session, edition: Edition) -> list[tuple[str, list[str]]]:
    """Return the chapters and the titles in them, as they are stored."""
    return [
        (
            chapter.title,
            list(
                session.scalars(
                    select(Recommendation.title)
                    .join(Item, Item.recommendation_id == Recommendation.id)
                    .where(Item.chapter_id == chapter.id)
                    .order_by(Item.position, Item.id)
                )
            ),
        )
        for chapter in session.scalars(
            select(Chapter)
            .where(Chapter.edition_id == edition.id)
            .order_by(Chapter.position, Chapter.id)
            .execution_options(populate_existing=True)
        )
    ]
