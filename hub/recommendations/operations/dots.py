"""Votes by dots: rounds of a call or of a workshop, and one ballot for each organisation or tablet.

A ballot spreads at most the round's budget, at most `most_each` on one recommendation, and changes until the
round is closed. Ballots of a round come one after the other: the round's row is held meanwhile.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.actors.models.organisations import Organisation
from hub.core import audit, clock, mail, settings, tokens
from hub.core.errors import N_, DomainError
from hub.events.models.workshops import Workshop
from hub.recommendations.models.calls import Campaign, Invitation
from hub.recommendations.models.carrying import Ballot, Dot, DotRound, VoiceChannel
from hub.recommendations.models.recommendations import SET_ASIDE, Recommendation
from hub.recommendations.operations.campaigns import PURPOSE, end_of_links
from hub.recommendations.queries import calls
from hub.recommendations.queries import dots as queries

MOST_DOTS = 100
LONGEST_TITLE = 200
LONGEST_VOTER = 40
MAIL = "recommendations.dots"
ACTION = N_("Mettre nos points")
MOMENT = timedelta(microseconds=1)
MOVED = N_("Quelqu’un de votre organisation a voté autrement entre-temps. Relisez, puis votez de nouveau.")
MOVED_ON_TABLET = N_("Cette tablette a voté autrement entre-temps. Relisez, puis votez de nouveau.")


@dataclass(frozen=True, slots=True)
class RoundRules:
    """How one votes: dots of each ballot, at most so many on one recommendation, until when.

    `closes_at` is the first moment after the vote; None: until somebody closes it.
    """

    title: str
    budget: int
    most_each: int
    closes_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """What one recommendation has won: dots, from how many ballots; as many dots, the same rank."""

    recommendation: Recommendation
    dots: int
    ballots: int
    rank: int


@dataclass(frozen=True, slots=True)
class Results:
    """What a round has given: most dots first; `dots` is the sum of all, `ballots` how many put some."""

    places: list[Place]
    dots: int
    ballots: int


class BallotMovedError(DomainError):
    """Another page of the organisation or the tablet has voted meanwhile; `other` is what stands."""

    def __init__(self, other: Ballot) -> None:
        super().__init__(MOVED if other.voter is None else MOVED_ON_TABLET)
        self.other = other


def open_round(
    session: Session,
    owner: Campaign | Workshop,
    rules: RoundRules,
    *,
    actor: audit.Actor | str,
    now: datetime,
) -> DotRound:
    """Open a vote of a call or of a workshop on the recommendations that it lists.

    Raises DomainError for rules that can't be, without recommendations, or while another vote is open there.
    """
    _check_rules(rules, now)
    session.refresh(owner, with_for_update={"key_share": True})
    if any(is_open(row, now) for row in session.scalars(queries.rounds(owner))):
        raise DomainError(N_("Un vote est déjà ouvert. Fermez-le d’abord."))
    is_call = isinstance(owner, Campaign)
    row = DotRound(
        campaign_id=owner.id if is_call else None, workshop_id=None if is_call else owner.id,
        title=rules.title, budget=rules.budget, most_each=rules.most_each,
        opens_at=now, closes_at=rules.closes_at, created_at=now,
    )  # fmt: skip
    if not [each for each in session.scalars(queries.listed(row)) if each.state not in SET_ASIDE]:
        raise DomainError(N_("Choisissez d’abord les recommandations."))
    session.add(row)
    session.flush()
    audit.record(
        session, "dots.round_opened", row, actor=actor, now=now,
        changes={"budget": [None, row.budget], "most_each": [None, row.most_each]},
    )  # fmt: skip
    return row


def close_round(session: Session, row: DotRound, *, actor: audit.Actor | str, now: datetime) -> None:
    """Close a vote now; closed already, it stays as it is."""
    hold(session, row)
    if not is_open(row, now):
        return
    row.closes_at = max(now, row.opens_at + MOMENT)
    session.flush()
    audit.record(session, "dots.round_closed", row, actor=actor, now=now)


def move_end(
    session: Session, row: DotRound, closes_at: datetime | None, *, actor: audit.Actor | str, now: datetime
) -> None:
    """Let a vote end at another moment; one that is closed opens again.

    Raises DomainError for a moment that is past, or while another vote of the same call or workshop is open.
    """
    owner = _owner(session, row)
    hold(session, row)
    _check_end(closes_at, now)
    if any(is_open(each, now) for each in session.scalars(queries.rounds(owner)) if each.id != row.id):
        raise DomainError(N_("Un vote est déjà ouvert. Fermez-le d’abord."))
    changes = audit.differences({"closes_at": row.closes_at}, {"closes_at": closes_at})
    if changes:
        row.closes_at = closes_at
        session.flush()
        audit.record(session, "dots.round_moved", row, actor=actor, now=now, changes=changes)


def _owner(session: Session, row: DotRound) -> Campaign | Workshop:
    """Return the round's call or workshop, held."""
    held: Any = {"with_for_update": {"key_share": True}, "populate_existing": True}
    if row.campaign_id is not None:
        return session.get_one(Campaign, row.campaign_id, **held)
    return session.get_one(Workshop, row.workshop_id, **held)


def hold(session: Session, row: DotRound) -> None:
    """Let ballots of a round come one after the other, and none while it closes."""
    session.refresh(row, with_for_update={"key_share": True})


def is_open(row: DotRound, now: datetime) -> bool:
    """Say whether ballots are taken at that moment."""
    return row.opens_at <= now and (row.closes_at is None or now < row.closes_at)


def mark(row: Ballot | None) -> str:
    """Return what a page says that it has shown of a ballot; "" for none."""
    return row.updated_at.isoformat() if row is not None else ""


def put(
    session: Session,
    row: DotRound,
    voter: Organisation | str,
    dots: Mapping[int, int],
    *,
    channel: VoiceChannel,
    actor: User | str,
    now: datetime,
    seen: str | None = None,
) -> Ballot:
    """Put a ballot: these dots, by recommendation, take the place of whatever the voter had put.

    `voter` is an organisation that the call invites, or a tablet's own random number for a workshop. `seen`
    is the `mark` of the ballot that the page showed; None: what is put now counts, whatever stood. Without
    any dot a ballot is taken back. All or nothing. Raises DomainError out of the vote, over the budget, for
    more than `most_each` or a recommendation that isn't in it (`field`: `r<its number>`), for a first
    ballot without dots, for one that the coordination struck out; BallotMovedError as it says.
    """
    hold(session, row)
    if not is_open(row, now):
        raise DomainError(N_("Le vote est clos : les points ne changent plus."))
    _check_voter(session, row, voter)
    before = session.scalars(
        queries.ballot(row, voter).execution_options(populate_existing=True)
    ).one_or_none()
    had = {dot.recommendation_id: dot.dots for dot in before.dots} if before else {}
    wanted = {number: count for number, count in dots.items() if count}
    _check_spread(row, wanted)
    _check_listed(session, row, wanted, had)
    if wanted == had and before is not None:
        return before
    if before is not None and seen is not None and seen != mark(before):
        raise BallotMovedError(before)
    if before is not None and before.is_struck:
        raise DomainError(N_("La coordination a rayé le bulletin de cette tablette. Parlez-lui-en."))
    if before is None and not wanted:
        raise DomainError(N_("Mettez au moins un point."))
    ballot = before or _new_ballot(session, row, voter, now)
    _spread(session, ballot, wanted, channel=channel, actor=actor, now=now)
    _record(session, row, ballot, voter, had, actor=actor, now=now)
    return ballot


def strike(
    session: Session, row: DotRound, number: int, *, is_struck: bool, actor: User | str, now: datetime
) -> None:
    """Leave a tablet's ballot out of the count, or count it again; done already, nothing happens.

    For a tablet whose browser was emptied: it votes a second time, and nobody can tell but who sees them all.
    Raises DomainError for a ballot that isn't one of a tablet in this round.
    """
    hold(session, row)
    found = session.execute(
        queries.of_tablets(row).where(Ballot.id == number).execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise DomainError(N_("Ce bulletin n’est pas dans ce vote."))
    ballot, stands = found
    before, ballot.spent = ballot.spent, 0 if is_struck else stands
    if ballot.spent == before:
        return
    ballot.updated_at = now
    session.flush()
    changes = {"dots": [before, ballot.spent]}
    done = "dots.struck" if is_struck else "dots.counted_again"
    audit.record(session, done, row, actor=actor, now=now, changes=changes)


def results(session: Session, row: DotRound, turnout: tuple[int, int] | None = None) -> Results:
    """Count a round: what it lists, and what left the list with dots on it. A constant number of queries.

    `turnout` (ballots, dots on them) spares counting what the caller has read.
    """
    counted = {number: (dots, ballots) for number, dots, ballots in session.execute(queries.tally(row))}
    rows = list(session.scalars(queries.listed(row)))
    gone = set(counted) - {each.id for each in rows}
    if gone:
        rows += session.scalars(select(Recommendation).where(Recommendation.id.in_(gone)))
    sums = sorted((dots for dots, _ in counted.values()), reverse=True)
    places = [
        Place(each, dots, ballots, rank=sums.index(dots) + 1 if dots else len(sums) + 1)
        for each, (dots, ballots) in ((each, counted.get(each.id, (0, 0))) for each in rows)
    ]
    ballots, spent = turnout or session.execute(queries.turnout(row)).one()
    return Results(sorted(places, key=lambda place: (place.rank, -place.ballots)), spent, ballots)


def ask(session: Session, campaign: Campaign, *, actor: audit.Actor | str, now: datetime) -> int:
    """Send its link to each that hasn't voted, once a day at most; return how many mails left.

    Raises DomainError while there is no open vote.
    """
    row = session.scalars(queries.rounds(campaign).limit(1)).first()
    if row is None or not is_open(row, now):
        raise DomainError(N_("Aucun vote n’est ouvert."))
    voted = set(session.scalars(queries.voted(row)))
    version = f"{row.id}-{clock.today(now).isoformat()}"
    known = set(session.scalars(queries.asked(campaign, MAIL, version)))
    sent = [
        invitation
        for invitation in session.scalars(calls.invitations(campaign))
        if invitation.email and invitation.organisation_id not in voted and invitation.id not in known
    ]
    network = settings.get(session)
    until = max(end_of_links(campaign), row.closes_at or now)
    for invitation in sent:
        raw = tokens.issue(session, PURPOSE, invitation, now=now, until=until)
        mail.queue(
            session, MAIL, invitation, invitation.email, now=now, version=version,
            reply_to=network.contact_email, action=(ACTION, f"/contribution/{raw}/priorites"),
            organisation=invitation.organisation.name, call=campaign.title, budget=row.budget,
            last_day=row.last_day,
        )  # fmt: skip
    if sent:
        audit.record(session, "dots.round_sent", row, actor=actor, now=now, changes={"count": [0, len(sent)]})
    return len(sent)


def _check_rules(rules: RoundRules, now: datetime) -> None:
    if not rules.title:
        raise DomainError(N_("Donnez un titre au vote."), field="title")
    if len(rules.title) > LONGEST_TITLE:
        raise DomainError(N_("%(number)s signes au plus."), field="title", number=LONGEST_TITLE)
    if not 1 <= rules.budget <= MOST_DOTS:
        raise DomainError(N_("De 1 à %(number)s points."), field="budget", number=MOST_DOTS)
    if not 1 <= rules.most_each <= rules.budget:
        raise DomainError(
            N_("De 1 à %(number)s points, autant que chaque organisation en a."),
            field="most_each", number=rules.budget,
        )  # fmt: skip
    _check_end(rules.closes_at, now)


def _check_end(closes_at: datetime | None, now: datetime) -> None:
    if closes_at is not None and closes_at <= now:
        raise DomainError(N_("Choisissez un jour à venir."), field="closes_at")


def _check_voter(session: Session, row: DotRound, voter: Organisation | str) -> None:
    if isinstance(voter, str):
        if row.workshop_id is None or not 1 <= len(voter) <= LONGEST_VOTER:
            raise DomainError(N_("Ce vote demande une organisation."))
        return
    if row.campaign_id is None:
        raise DomainError(N_("En atelier, on vote à la tablette."))
    invited = select(Invitation.id).where(
        Invitation.campaign_id == row.campaign_id, Invitation.organisation_id == voter.id
    )
    if session.scalar(invited) is None:
        raise DomainError(N_("Cette organisation n’est pas invitée à voter."))


def _check_spread(row: DotRound, wanted: Mapping[int, int]) -> None:
    for number, count in wanted.items():
        if not 0 <= count <= row.most_each:
            raise DomainError(
                N_("De 0 à %(number)s points sur une recommandation."),
                field=f"r{number}", number=row.most_each,
            )  # fmt: skip
    spent = sum(wanted.values())
    if spent > row.budget:
        raise DomainError(
            N_("Vous avez mis %(spent)s points, et vous en avez %(budget)s : retirez-en %(over)s."),
            spent=spent, budget=row.budget, over=spent - row.budget,
        )  # fmt: skip


def _check_listed(session: Session, row: DotRound, wanted: Mapping[int, int], had: Mapping[int, int]) -> None:
    """What left the list or was set aside keeps the dots that it has, and gets no more."""
    free = {each.id for each in session.scalars(queries.listed(row)) if each.state not in SET_ASIDE}
    for number, count in wanted.items():
        if number not in free and count > had.get(number, 0):
            raise DomainError(N_("Cette recommandation n’est plus dans le vote."), field=f"r{number}")


def _new_ballot(session: Session, row: DotRound, voter: Organisation | str, now: datetime) -> Ballot:
    ballot = Ballot(round_id=row.id, budget=row.budget, created_at=now)
    if isinstance(voter, str):
        ballot.voter = voter
    else:
        ballot.organisation_id = voter.id
    session.add(ballot)
    return ballot


def _spread(
    session: Session, ballot: Ballot, wanted: Mapping[int, int], *,
    channel: VoiceChannel, actor: User | str, now: datetime,
) -> None:  # fmt: skip
    ballot.spent = sum(wanted.values())
    ballot.channel, ballot.updated_at = channel, now
    ballot.entered_by_id = None if isinstance(actor, str) else actor.id
    kept = {dot.recommendation_id: dot for dot in ballot.dots}
    for number, dot in kept.items():
        if number in wanted:
            dot.dots = wanted[number]
        else:
            ballot.dots.remove(dot)
    ballot.dots += [
        Dot(recommendation_id=number, dots=count) for number, count in wanted.items() if number not in kept
    ]
    session.flush()


def _record(
    session: Session, row: DotRound, ballot: Ballot, voter: Organisation | str, had: Mapping[int, int], *,
    actor: User | str, now: datetime,
) -> None:  # fmt: skip
    """Tell it on the round; a tablet's number is nobody's business."""
    changes = {"dots": [sum(had.values()), ballot.spent], "channel": [None, ballot.channel.value]}
    if isinstance(voter, Organisation):
        changes["organisation"] = [None, voter.name]
    audit.record(session, "dots.put", row, actor=actor, now=now, changes=changes)
