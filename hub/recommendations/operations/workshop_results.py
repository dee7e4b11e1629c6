"""What a workshop has given, put into the day's conclusions and into the minutes of a meeting held that day.

The result is one section of the workshop's conclusion: put again, it takes its own place and stands once.
"""

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.core import audit
from hub.core.errors import N_, DomainError
from hub.events.models.outcomes import Conclusion
from hub.events.models.workshops import Workshop
from hub.events.operations import conclusions as writing
from hub.recommendations.models.carrying import WorkshopRecommendation
from hub.recommendations.models.contributions import Contribution, ContributionState
from hub.recommendations.models.recommendations import SET_ASIDE
from hub.recommendations.models.ties import MeetingSource
from hub.recommendations.operations import conclusions
from hub.recommendations.queries import dots as dot_queries
from hub.recommendations.queries import tables as table_queries
from hub.recommendations.queries import workshops as queries
from hub.spaces.models.meetings import AgendaItem
from hub.spaces.operations import gestures

# Conclusions are French, whoever puts the result into them.
HEADING = "# Résultat de l’atelier"
SECTION = re.compile(rf"^{re.escape(HEADING)}$.*?(?=^#|\Z)", re.MULTILINE | re.DOTALL)
LEFT_OUT = {ContributionState.DRAFT, ContributionState.WITHDRAWN}


@dataclass(frozen=True, slots=True)
class Given:
    """What a workshop has given; `won` is dots by recommendation, None where nobody opened a vote."""

    rows: list[WorkshopRecommendation]
    entries: list[Contribution]  # sent
    drafts: int  # how many demands can still be corrected
    won: dict[int, int] | None
    ballots: int = 0


def gather(session: Session, workshop: Workshop) -> Given:
    """Read what a workshop has given, in a constant number of queries."""
    entries = session.scalars(table_queries.entries(workshop)).all()
    rows = list(session.scalars(queries.worked_on(workshop)))
    sent = [row for row in entries if row.state not in LEFT_OUT]
    drafts = sum(row.state == ContributionState.DRAFT for row in entries)
    vote = session.scalars(dot_queries.rounds(workshop).limit(1)).first()
    if vote is None:
        return Given(rows, sent, drafts, None)
    won = {number: count for number, count, _ballots in session.execute(dot_queries.tally(vote))}
    ballots, _spent = session.execute(dot_queries.turnout(vote)).one()
    return Given(rows, sent, drafts, won, ballots)


def section(given: Given) -> str:
    """Return the result of a workshop as Markdown: wordings with their dots, then the demands of its tables.

    No organisation is named for a demand: whether it is its own, each says itself.
    """
    won = given.won or {}
    ordered = sorted(given.rows, key=lambda row: -won.get(row.recommendation_id, 0))
    lines = [HEADING, ""]
    if ordered:
        lines += ["**Les recommandations travaillées**", ""]
        counts = [None if given.won is None else won.get(row.recommendation_id, 0) for row in ordered]
        lines += [_worded(row, count) for row, count in zip(ordered, counts, strict=True)]
        lines.append("")
    if given.won is not None:
        dots = sum(won.values())
        lines += [f"Tablettes qui ont voté\u00a0: {given.ballots}. Points mis\u00a0: {dots}.", ""]
    if given.entries:
        lines += ["**Les demandes des tables**", ""]
        lines += [f"- Table {row.table_name}\u00a0: {_line(row.proposal)}" for row in given.entries]
    return "\n".join(lines).strip()


def with_section(text: str, part: str) -> str:
    """Return a conclusion with the result in it: in the place of an earlier one, else at its end."""
    text = _unix(text)
    if SECTION.search(text):
        return SECTION.sub(lambda _found: f"{part}\n\n", text, count=1).strip()
    return f"{text.rstrip()}\n\n{part}".strip()


def put(
    session: Session,
    workshop: Workshop,
    *,
    item: AgendaItem | None = None,
    seen: str,
    actor: User,
    now: datetime,
) -> Conclusion:
    """Put the result into the workshop's conclusion, tie what it is about, and tell it at a meeting's point.

    `seen` is the conclusion's text that the page showed. A second time changes nothing that stands. Raises
    DomainError while demands aren't sent, without any result, for a conclusion that is published or was
    written meanwhile, and as `conclusions.save` and `gestures.hold` do.
    """
    session.refresh(workshop, with_for_update={"of": Workshop})
    given = gather(session, workshop)
    if given.drafts:
        raise DomainError(N_("Closez d’abord la saisie des tables : leurs demandes ne sont pas envoyées."))
    if not given.rows and not given.entries:
        raise DomainError(N_("Cet atelier n’a encore rien donné."))
    row = writing.find(session, workshop.event, workshop)
    text = row.text if row is not None else ""
    wanted = with_section(text, section(given))
    if row is None or text != wanted:
        _check(row, seen)
        words = writing.Words(
            wanted, row.outlook if row else "", row.rapporteur_id if row else workshop.lead_id
        )
        row = writing.save(session, workshop.event, workshop, words, actor=actor, now=now)
    for each in given.rows:
        if each.recommendation.state not in SET_ASIDE:
            conclusions.attach(session, row, each.recommendation, actor=actor, now=now)
    for entry in given.entries:
        conclusions.attach(session, row, entry, actor=actor, now=now)
    if item is not None:
        _tell_meeting(session, workshop, item, [each.recommendation_id for each in given.rows], now)
    audit.record(session, "workshop.result_put", workshop, actor=actor, now=now)
    return row


def _check(row: Conclusion | None, seen: str) -> None:
    if row is not None and row.published_at is not None:
        raise DomainError(N_("Cette conclusion est publiée : retirez-la d’abord de la publication."))
    if _unix(row.text if row is not None else "") != _unix(seen):
        raise DomainError(N_("La conclusion a été modifiée entre-temps. Relisez, puis mettez le résultat."))


def _tell_meeting(
    session: Session, workshop: Workshop, item: AgendaItem, wanted: list[int], now: datetime
) -> None:
    """Let the minutes tell the recommendations at that point; each once, wherever it was put first."""
    gestures.hold(session, item.meeting)
    keys = {f"atelier-{workshop.id}-{number}": number for number in wanted}
    told = session.scalars(select(MeetingSource.client_key).where(MeetingSource.client_key.in_(keys))).all()
    session.add_all(
        MeetingSource(item_id=item.id, recommendation_id=number, client_key=key, created_at=now)
        for key, number in keys.items()
        if key not in told
    )
    session.flush()


def _worded(row: WorkshopRecommendation, count: int | None) -> str:
    told = "" if count is None else f" ({count} {'points' if count > 1 else 'point'})"
    words = f"\u00a0: {_line(row.wording)}" if row.wording.strip() else ""
    return f"- **{_line(row.recommendation.title)}** ({row.recommendation.code}){told}{words}"


def _unix(text: str) -> str:
    """Return a text with one kind of line end; browsers send another."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _line(text: str) -> str:
    return " ".join(text.split())
