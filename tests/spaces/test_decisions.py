"""Decisions: who has a voice, what is kept of positions, what is replaced or withdrawn and never erased."""

from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hub.actors.models.mandates import Mandate
from hub.actors.operations import merging
from hub.core import audit, clock, tokens
from hub.core.errors import DomainError
from hub.spaces.models.actions import Action, ActionState
from hub.spaces.models.decisions import Decision, DecisionState, Method, Position, Stance
from hub.spaces.models.meetings import Attendance, Meeting, MeetingState, Presence
from hub.spaces.models.minutes import Approval, Minutes, MinutesState
from hub.spaces.models.spaces import MembershipRole, VoteRule
from hub.spaces.operations import actions, decisions, positions
from hub.spaces.operations.decisions import DecisionFacts
from hub.spaces.operations.positions import Said
from hub.spaces.queries import decisions as queries
from hub.spaces.queries.decisions import FollowUp, Sight, Standing, Wanted
from hub.spaces.values.votes import Outcome, tally
from tests import factories
from tests.conftest import both_databases
from tests.factories import NOW, add
from tests.spaces.deciding import DAY, decide, member, say, sit, table

EVERYTHING = Sight(everything=True)
SignIn = Callable[..., FlaskClient]


def found(session: Session, sight: Sight = EVERYTHING, **wanted: object) -> list[str]:
    rows = session.scalars(queries.register(Wanted(**wanted), sight, today=DAY)).unique().all()  # type: ignore[arg-type]
    return [row.text for row in rows]


# --- Who has a voice -------------------------------------------------------------------------


@both_databases
def test_a_vote_counts_one_voice_for_each_and_says_so(session: Session) -> None:
    scene = table(session, 4)
    decision = decide(session, scene)
    assert decisions.outcome(decision) is Outcome.UNCOUNTED
    stances = (Stance.FOR, Stance.RESERVATION, Stance.AGAINST, Stance.ABSTENTION)
    for organisation, stance in zip(scene.organisations, stances, strict=True):
        say(session, decision, organisation, stance, "Parce que.")
    assert tally(decision.positions).total == 4
    assert decisions.outcome(decision) is Outcome.TAKEN
    assert session.scalars(select(Decision).where(queries.in_force())).all() == [decision]


@both_databases
def test_the_database_refuses_a_second_voice(session: Session) -> None:
    scene = table(session, 1)
    decision = decide(session, scene)
    for _ in range(2):
        session.add(
            Position(
                decision_id=decision.id, organisation_id=scene.organisations[0].id, stance=Stance.FOR,
                created_at=NOW,
            )
        )  # fmt: skip
    with pytest.raises(IntegrityError):
        session.flush()


def test_who_observes_or_never_sat_there_has_no_voice(session: Session) -> None:
    scene = table(session)
    observer = sit(session, scene, MembershipRole.OBSERVER, presence=Presence.PRESENT)
    before = sit(session, scene, presence=Presence.PRESENT, until=DAY - timedelta(days=1))
    stranger = factories.organisation(session)
    decision = decide(session, scene)
    for organisation, words in ((observer, "observe"), (before, "siégeait pas"), (stranger, "siégeait pas")):
        with pytest.raises(DomainError, match=words) as problem:
            say(session, decision, organisation, Stance.FOR)
        assert problem.value.field == f"stance_{organisation.id}"
    assert decision.positions == []


def test_who_was_away_has_no_voice_in_a_vote_but_is_heard_in_a_consensus(session: Session) -> None:
    scene = table(session)
    away = sit(session, scene, presence=Presence.EXCUSED)
    with pytest.raises(DomainError, match="ni présente ni représentée"):
        say(session, decide(session, scene), away, Stance.FOR)
    consensus = decide(session, scene, Method.CONSENSUS)
    say(session, consensus, away, Stance.AGAINST, "Trop tôt pour nous.")
    with pytest.raises(DomainError, match="ni présente ni représentée") as problem:
        decisions.change(
            session, consensus, None, DecisionFacts(consensus.text, Method.VOTE), actor=None, now=NOW
        )
    assert problem.value.field == "method"


def test_the_voice_of_who_is_represented_is_given_by_who_represents_it(session: Session) -> None:
    scene = table(session, 1)
    host = scene.organisations[0]
    guest = sit(session, scene, presence=Presence.REPRESENTED, represented_by=host)
    decision = decide(session, scene)
    own = Said(Stance.FOR, "", scene.people[guest.id].id)
    with pytest.raises(DomainError, match="pas de mandat"):
        positions.note(session, decision, {guest.id: own}, actor=None, now=NOW)
    given = Said(Stance.FOR, "", scene.people[host.id].id)
    positions.note(session, decision, {guest.id: given, host.id: given}, actor=None, now=NOW)
    assert tally(decision.positions).for_ == 2


def test_somebody_whose_mandate_had_ended_did_not_speak(session: Session) -> None:
    scene = table(session, 1)
    organisation = scene.organisations[0]
    person = scene.people[organisation.id]
    session.execute(update(Mandate).values(ends_on=DAY - timedelta(days=1)))
    decision = decide(session, scene)
    said = {organisation.id: Said(Stance.FOR, "", person.id)}
    with pytest.raises(DomainError, match="pas de mandat") as problem:
        positions.note(session, decision, said, actor=None, now=NOW)
    assert problem.value.field == f"person_{organisation.id}"


# --- Consent, and what is kept ---------------------------------------------------------------


def test_an_objection_blocks_a_consent_and_a_reservation_is_kept_with_its_words(session: Session) -> None:
    scene = table(session)
    one, other = scene.organisations[:2]
    decision = decide(session, scene, Method.CONSENT)
    with pytest.raises(DomainError, match="objection"):
        say(session, decision, one, Stance.AGAINST, "Non.")
    with pytest.raises(DomainError, match="réserve"):
        say(session, decision, one, Stance.RESERVATION, "   ")
    say(session, decision, other, Stance.RESERVATION, "Pas avant\r\nl’été.")
    assert decision.positions[0].reason == "Pas avant\nl’été."
    assert decisions.outcome(decision) is Outcome.TAKEN
    vote = decide(session, scene)
    say(session, vote, one, Stance.AGAINST)
    with pytest.raises(DomainError, match="consentement"):
        decisions.change(session, vote, None, DecisionFacts("Autre.", Method.CONSENT), actor=None, now=NOW)
    assert vote.text == "Écrire aux communes."


def test_a_correction_leaves_what_was_said_and_sending_again_changes_nothing(session: Session) -> None:
    scene = table(session)
    organisation = scene.organisations[0]
    decision = decide(session, scene)
    say(session, decision, organisation, Stance.AGAINST, "Trop cher.")
    for _ in range(2):
        say(session, decision, organisation, Stance.FOR, "Un subside est trouvé.")
    positions.note(session, decision, {organisation.id: None}, actor=None, now=NOW)
    ever = session.scalars(queries.positions_ever(decision)).all()
    assert [(row.stance, row.reason) for row in ever] == [
        (Stance.AGAINST, "Trop cher."), (Stance.FOR, "Un subside est trouvé."),
    ]  # fmt: skip
    assert decision.positions == []
    told = [entry.action for entry in session.scalars(audit.history(decision))]
    assert told == [
        "decision.position_withdrawn", "decision.position_corrected", "decision.position_taken",
        "decision.taken",
    ]  # fmt: skip
    assert not any("cher" in str(entry.changes) for entry in session.scalars(audit.history(decision)))


@both_databases
def test_after_approval_nothing_changes_but_replacing_and_withdrawing(session: Session) -> None:
    scene = table(session)
    decision, later = decide(session, scene, Method.CONSENSUS), decide(session, scene, Method.CONSENSUS)
    organisation, other = scene.organisations[:2]
    say(session, decision, other, Stance.ABSTENTION)
    approve(session, scene.meeting)
    facts = DecisionFacts("Autre chose.")
    for gesture in (
        lambda: decisions.change(session, decision, None, facts, actor=None, now=NOW),
        lambda: say(session, decision, organisation, Stance.FOR),
        lambda: positions.say(session, decision, organisation, Said(Stance.FOR), actor=None, now=NOW),
        lambda: decisions.take(session, scene.meeting, None, facts, actor=None, now=NOW),
    ):
        with pytest.raises(DomainError, match="approuvé"):
            gesture()
    decisions.replace(session, decision, later, actor=None, now=NOW)
    decisions.withdraw(session, later, reason="Sans objet.", actor=None, now=NOW)
    assert (decision.state, later.state) == (DecisionState.REPLACED, DecisionState.WITHDRAWN)
    for change in (
        insert(Position).values(
            decision_id=decision.id, organisation_id=organisation.id, stance=Stance.FOR, reason="",
            created_at=NOW,
        ),
        update(Position).values(stance=Stance.FOR), update(Position).values(ended_at=NOW), delete(Position),
        update(Decision).values(vote_rule=VoteRule.CONSENT),
    ):  # fmt: skip
        with pytest.raises(IntegrityError), session.begin_nested():
            session.execute(change)
    session.execute(update(Position).values(organisation_id=organisation.id, person_id=None))


def approve(session: Session, meeting: Meeting) -> None:
    session.flush()
    add(
        session,
        Minutes(
            meeting_id=meeting.id, state=MinutesState.APPROVED, remarks_until=DAY, approval=Approval.SILENCE,
            approved_on=DAY, created_at=NOW, updated_at=NOW,
        ),
    )  # fmt: skip


# --- Replacing and withdrawing ---------------------------------------------------------------


def test_a_chain_of_replacements_never_comes_back(session: Session) -> None:
    scene = table(session)
    first, second, third = (decide(session, scene, Method.CONSENSUS, f"Texte {n}.") for n in range(3))
    decisions.replace(session, first, second, actor=None, now=NOW)
    decisions.replace(session, second, third, actor=None, now=NOW)
    for old, new, words in (
        (third, first, "en vigueur"), (third, third, "elle-même"), (first, third, "n’est plus en vigueur"),
    ):  # fmt: skip
        with pytest.raises(DomainError, match=words):
            decisions.replace(session, old, new, actor=None, now=NOW)
    assert session.scalars(queries.replaced_by(third)).all() == [second]
    decisions.reinstate(session, first, actor=None, now=NOW)
    assert (first.state, first.replaced_by) == (DecisionState.IN_FORCE, None)
    with pytest.raises(DomainError):
        decisions.reinstate(session, first, actor=None, now=NOW)


def test_only_what_is_taken_later_in_the_same_space_replaces(session: Session) -> None:
    scene, elsewhere = table(session), table(session)
    decision, other = decide(session, scene), decide(session, elsewhere, Method.CONSENSUS)
    rejected = decide(session, scene)
    say(session, rejected, scene.organisations[0], Stance.AGAINST)
    early = decide(session, scene, Method.CONSENSUS)
    early.taken_on = DAY - timedelta(days=1)
    for new, words in ((other, "même espace"), (rejected, "en vigueur"), (early, "plus tard")):
        with pytest.raises(DomainError, match=words) as problem:
            decisions.replace(session, decision, new, actor=None, now=NOW)
        assert problem.value.field == "new"


@both_databases
def test_the_database_holds_reasons_and_replacements(session: Session) -> None:
    scene = table(session)
    row = decide(session, scene)
    with pytest.raises(DomainError, match="pourquoi"):
        decisions.withdraw(session, row, reason=" ", actor=None, now=NOW)
    for values in (
        {"state": DecisionState.WITHDRAWN}, {"state": DecisionState.REPLACED}, {"replaced_by_id": row.id},
    ):  # fmt: skip
        with pytest.raises(IntegrityError), session.begin_nested():
            session.execute(update(Decision).where(Decision.id == row.id).values(**values))


def test_a_decision_keeps_the_rule_of_its_day(session: Session) -> None:
    scene = table(session, 5)
    decision = decide(session, scene)
    for organisation, stance in zip(
        scene.organisations, [Stance.FOR] * 3 + [Stance.AGAINST] * 2, strict=True
    ):
        say(session, decision, organisation, stance)
    decisions.choose_rule(session, scene.space, VoteRule.TWO_THIRDS, actor=None, now=NOW)
    assert decisions.outcome(decision) is Outcome.TAKEN
    assert decide(session, scene).vote_rule is VoteRule.TWO_THIRDS


def test_a_merger_leaves_one_voice(session: Session) -> None:
    scene = table(session, 3)
    one, double, third = scene.organisations
    decision = decide(session, scene)
    for organisation, stance in ((one, Stance.FOR), (double, Stance.FOR), (third, Stance.AGAINST)):
        say(session, decision, organisation, stance)
    by = factories.coordinator(session)
    merging.merge(session, one, double, take=(), reason="La même.", actor=by, now=NOW)
    voices = tally(session.get_one(Decision, decision.id).positions)
    assert (voices.in_favour, voices.against) == (1, 1)
    assert decisions.outcome(session.get_one(Decision, decision.id)) is Outcome.TIED
    assert found(session, standing=Standing.NOT_TAKEN) == ["Écrire aux communes."]


# --- The register ----------------------------------------------------------------------------


@both_databases
def test_the_register_finds_by_words_voices_follow_up_and_time(session: Session) -> None:
    scene = table(session, 2, name="Groupe Santé", themes=[factories.theme(session)])
    one, other = scene.organisations
    letter = decide(session, scene, Method.VOTE, "Écrire à l’échevine du logement.")
    say(session, letter, one, Stance.FOR)
    say(session, letter, other, Stance.AGAINST, "Déjà fait.")
    hall = decide(session, scene, Method.CONSENSUS, "Louer une salle.")
    withdrawn = decide(session, scene, Method.CONSENSUS, "Publier un guide.")
    decisions.withdraw(session, withdrawn, reason="Sans budget.", actor=None, now=NOW)
    late = actions.add(
        session, scene.space, actions.ActionFacts("Chercher", due_on=DAY - timedelta(days=3)), decision=hall,
        actor=None, now=NOW - timedelta(days=30),
    )  # fmt: skip
    assert found(session, text="echevine LOGEMENT") == [letter.text]
    assert found(session, text=hall.code) == [hall.text]
    assert found(session, text="100%") == []
    assert found(session, space=scene.space.slug, theme="housing", method=Method.CONSENSUS) == [
        withdrawn.text, hall.text,
    ]  # fmt: skip
    assert found(session, theme="mobility") == []
    assert found(session, standing=Standing.WITHDRAWN) == [withdrawn.text]
    assert found(session, standing=Standing.IN_FORCE) == [hall.text]
    assert found(session, standing=Standing.NOT_TAKEN) == [letter.text]
    assert found(session, stance=Stance.AGAINST) == [letter.text]
    assert found(session, organisation_id=other.id, stance=Stance.FOR) == [letter.text]
    assert found(session, follow_up=FollowUp.NONE) == [withdrawn.text, letter.text]
    assert found(session, follow_up=FollowUp.LATE) == found(session, follow_up=FollowUp.OPEN) == [hall.text]
    assert found(session, since=DAY, until=DAY) == found(session)
    assert found(session, since=DAY + timedelta(days=1)) == found(session, until=date(2020, 1, 1)) == []
    session.execute(update(Action).where(Action.id == late.id).values(state=ActionState.DONE, done_on=DAY))
    assert found(session, follow_up=FollowUp.OVER) == [hall.text]
    assert found(session, follow_up=FollowUp.LATE) == []


@both_databases
def test_what_is_asked_of_positions_tells_nothing_of_other_spaces(session: Session) -> None:
    mine, other = table(session), table(session)
    for scene in (mine, other):
        decision = decide(session, scene, Method.CONSENSUS, f"Décision de {scene.space.slug}.")
        say(session, decision, scene.organisations[0], Stance.AGAINST)
        decisions.tell(session, decision, known=scene is other, actor=None, now=NOW)
    sight = Sight(spaces=frozenset({mine.space.id}))
    assert len(found(session, sight)) == 2
    assert found(session, sight, stance=Stance.AGAINST) == [f"Décision de {mine.space.slug}."]
    assert found(session, sight, follow_up=FollowUp.NONE) == [f"Décision de {mine.space.slug}."]
    assert found(session, sight, organisation_id=other.organisations[0].id) == []
    assert len(found(session, Sight())) == 1


# --- Pages -----------------------------------------------------------------------------------


def fields(**values: object) -> dict[str, object]:
    return {"text": "Ouvrir une permanence.", "method": "vote", "item_id": "", "client_key": "cle", **values}


def test_a_decision_is_noted_with_all_its_positions_in_one_form(
    client: FlaskClient, session: Session, sign_in: SignIn
) -> None:
    scene = table(session, 3)
    one, other, third = scene.organisations
    sign_in(client, factories.coordinator(session))
    path = f"/reunions/{scene.meeting.id}/decisions/nouvelle"
    assert one.name in client.get(path).text
    wrong = client.post(
        path,
        data=fields(
            **{f"v{one.id}-stance": "reservation", f"v{other.id}-reason": "Un motif sans position"},
            item_id=scene.item.id,
        ),
    )
    assert wrong.status_code == 422
    assert "Dites quelle est cette réserve." in wrong.text
    assert "Choisissez la position que ce motif explique." in wrong.text
    assert "Un motif sans position" in wrong.text
    assert session.scalar(select(func.count()).select_from(Decision)) == 0
    sent = fields(
        **{
            f"v{one.id}-stance": "against", f"v{one.id}-reason": "Déjà une ailleurs.",
            f"v{one.id}-person": scene.people[one.id].id, "others": "for",
        },
        item_id=scene.item.id,
    )  # fmt: skip
    for _ in range(2):  # a double click is one decision
        answer = client.post(path, data=sent, follow_redirects=True)
        assert answer.status_code == 200
    assert "Adoptée à la majorité simple : 2 pour, 1 contre." in answer.text.replace("\u00a0", " ")
    assert "Déjà une ailleurs." in answer.text
    assert scene.people[one.id].name in answer.text
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Decision)) == 1
    code = session.scalars(select(Decision.code)).one()
    edited = client.get(f"/decisions/{code}/modifier")
    assert edited.status_code == 200
    kept = client.post(f"/decisions/{code}/modifier", data={**sent, f"v{third.id}-stance": "abstention"})
    assert kept.status_code == 303
    assert "1 pour, 1 contre, 1 abstention" in client.get(f"/decisions/{code}").text
    assert "Position corrigée" in client.get(f"/decisions/{code}").text


def test_bad_numbers_and_strange_choices_are_refused_beside_their_field(
    client: FlaskClient, session: Session, sign_in: SignIn
) -> None:
    scene, other = table(session, 1), table(session, 1)
    sign_in(client, factories.coordinator(session))
    path = f"/reunions/{scene.meeting.id}/decisions/nouvelle"
    own = scene.organisations[0].id
    for wrong in (
        {"text": "  "}, {"method": "loterie"}, {"item_id": other.item.id}, {"item_id": "10" * 30},
        {f"v{own}-stance": "peut-être"}, {f"v{own}-person": "999"}, {"text": "x" * 5001},
        {"others": "against"}, {"client_key": "x" * 41},
    ):  # fmt: skip
        assert client.post(path, data=fields(**wrong)).status_code == 422, wrong
    assert client.get("/decisions/D-1999-001").status_code == 404
    assert client.get("/reunions/999999/decisions/nouvelle").status_code == 404
    for query in (
        "?organisation=abc",
        "?organisation=99999999999999999999",
        "?period=0",
        "?page=-4",
        "?sort=x",
    ):
        assert client.get(f"/decisions{query}").status_code == 200, query


def test_an_objection_is_told_beside_the_organisation(
    client: FlaskClient, session: Session, sign_in: SignIn
) -> None:
    scene = table(session, 1)
    own = scene.organisations[0].id
    sign_in(client, factories.coordinator(session))
    answer = client.post(
        f"/reunions/{scene.meeting.id}/decisions/nouvelle",
        data=fields(**{"method": "consent", f"v{own}-stance": "against", f"v{own}-reason": "Pas d’accord"}),
    )
    assert answer.status_code == 422
    assert "Une objection tient : rien n’est décidé par consentement." in answer.text.replace("\u00a0", " ")
    assert "Pas d’accord" in answer.text
    session.expire_all()
    assert session.scalar(select(func.count()).select_from(Decision)) == 0


def test_who_takes_part_reads_all_others_only_what_is_made_known(
    client: FlaskClient, session: Session, sign_in: SignIn
) -> None:
    scene = table(session, 2)
    person = member(session)
    sit(session, scene, presence=Presence.PRESENT, user=person)
    decision = decide(session, scene, Method.CONSENSUS)
    say(session, decision, scene.organisations[0], Stance.AGAINST, "Motif du désaccord.")
    stranger, boss = member(session), factories.coordinator(session)
    session.commit()
    assert client.get(f"/decisions/{decision.code}").status_code == 302
    sign_in(client, stranger)
    assert client.get(f"/decisions/{decision.code}").status_code == 403
    assert decision.code not in client.get("/decisions").text
    assert client.post(f"/decisions/{decision.code}/faire-connaitre", data={"known": "1"}).status_code == 403
    sign_in(client, boss)
    assert client.post(f"/decisions/{decision.code}/faire-connaitre", data={"known": "1"}).status_code == 303
    sign_in(client, stranger)
    page = client.get(f"/decisions/{decision.code}")
    assert page.status_code == 200
    assert "Motif du désaccord." not in page.text
    assert scene.organisations[0].name not in page.text
    assert "1 désaccord" not in page.text
    listed = client.get("/decisions")
    assert decision.code in listed.text
    assert "1 contre" not in listed.text
    assert "Motif du désaccord." not in client.get("/decisions?format=csv").text
    for path in ("modifier", "remplacer", "retirer", "position"):
        assert client.get(f"/decisions/{decision.code}/{path}").status_code == 403
    sign_in(client, person)
    assert "Motif du désaccord." in client.get(f"/decisions/{decision.code}").text


def test_the_chain_leads_from_a_decision_to_its_point_and_from_the_meeting_to_what_follows(
    client: FlaskClient, session: Session, sign_in: SignIn
) -> None:
    scene = table(session)
    scene.meeting.state = MeetingState.HELD
    decision = decide(session, scene, Method.CONSENSUS)
    session.commit()
    sign_in(client, factories.coordinator(session))
    here = f"/reunions/{scene.meeting.id}"
    assert f'href="{here}#point-{scene.item.id}"' in client.get(f"/decisions/{decision.code}").text
    page = client.get(here).text
    assert f'id="point-{scene.item.id}"' in page
    further = f"/actions/nouvelle?space={scene.space.slug}&amp;meeting={scene.meeting.id}"
    assert f'href="{further}"' in page
    assert client.get(further.replace("&amp;", "&")).status_code == 200


def test_an_organisation_says_itself_where_it_stands_and_takes_it_back(
    client: FlaskClient, session: Session, sign_in: SignIn
) -> None:
    scene = table(session, 2)
    person = member(session)
    organisation = sit(session, scene, presence=Presence.PRESENT, user=person)
    decision = decide(session, scene, Method.CONSENT)
    path = f"/decisions/{decision.code}/position"
    sign_in(client, person)
    assert "Vous parlez au nom de" in client.get(path).text
    data = {"organisation": organisation.id, "stance": "reservation", "reason": ""}
    assert client.post(path, data=data).status_code == 422
    assert client.post(path, data={**data, "stance": "against", "reason": "Non"}).status_code == 422
    other = {**data, "organisation": scene.organisations[0].id, "reason": "Pour une autre"}
    assert client.post(path, data=other).status_code == 422
    assert client.post(path, data={**data, "reason": "Pas sans nous."}).status_code == 303
    page = client.get(f"/decisions/{decision.code}").text
    assert "Pas sans nous." in page
    assert "dit après la réunion" in page
    row = session.scalars(select(Position)).one()
    assert (row.by_itself, row.person_id) == (True, scene.people[organisation.id].id)
    assert client.post(f"{path}/retirer").status_code == 303
    session.rollback()
    assert session.scalars(select(Position.ended_at)).one() is not None
    session.execute(update(Mandate).values(ends_on=DAY))
    session.commit()
    assert client.get(path).status_code == 403


def test_who_speaks_for_two_takes_back_the_position_of_one(
    client: FlaskClient, session: Session, sign_in: SignIn
) -> None:
    scene, person = table(session, 2), member(session)
    first = sit(session, scene, presence=Presence.PRESENT, user=person)
    second = sit(session, scene, presence=Presence.PRESENT)
    session.execute(
        update(Mandate)
        .where(Mandate.organisation_id == second.id)
        .values(person_id=scene.people[first.id].id)
    )
    decision = decide(session, scene, Method.CONSENSUS)
    path = f"/decisions/{decision.code}/position"
    session.commit()
    sign_in(client, person)
    for one in (first, second):
        data = {"organisation": one.id, "stance": "abstention", "reason": "Pas d’avis."}
        assert client.post(path, data=data).status_code == 303
    assert f"Retirer la position de « {second.name} »" in client.get(path).text.replace("\u00a0", " ")
    assert client.post(f"{path}/retirer").status_code == 404
    other = {"organisation": scene.organisations[0].id}
    assert client.post(f"{path}/retirer", data=other).status_code == 404
    assert client.post(f"{path}/retirer", data={"organisation": second.id}).status_code == 303
    session.rollback()
    standing = session.scalars(select(Position).where(Position.ended_at.is_(None))).one()
    assert standing.organisation_id == first.id


def test_the_link_of_a_meeting_opens_its_decisions_while_the_mandate_lasts(
    client: FlaskClient, session: Session
) -> None:
    scene = table(session, 2)
    organisation = scene.organisations[0]
    attendance = session.scalars(
        select(Attendance).where(Attendance.organisation_id == organisation.id)
    ).one()
    decision = decide(session, scene, Method.CONSENSUS)
    elsewhere = decide(session, table(session), Method.CONSENSUS)
    raw = tokens.issue(
        session, "spaces.meeting", attendance, now=clock.now(), until=clock.now() + timedelta(1)
    )
    session.commit()
    assert decision.code in client.get(f"/reunion/{raw}/decisions").text
    path = f"/reunion/{raw}/decisions/{decision.code}"
    assert client.get(path).status_code == 200
    assert client.get(f"/reunion/{raw}/decisions/{elsewhere.code}").status_code == 404
    data = {"organisation": organisation.id, "stance": "abstention", "reason": "Pas d’avis."}
    assert client.post(path, data=data).status_code == 303
    assert "Pas d’avis." in client.get(f"/reunion/{raw}/decisions").text
    assert client.post(f"{path}/retirer").status_code == 303
    session.execute(update(Mandate).values(withdrawn_at=NOW))
    session.commit()
    assert client.get(f"/reunion/{raw}/decisions").status_code == 410
    assert client.post(path, data=data).status_code == 410


def test_replacing_withdrawing_and_undoing_by_their_pages(
    client: FlaskClient, session: Session, sign_in: SignIn
) -> None:
    scene = table(session)
    old, new = (
        decide(session, scene, Method.CONSENSUS, text) for text in ("Ancien texte.", "Nouveau texte.")
    )
    sign_in(client, factories.coordinator(session))
    assert client.post(f"/decisions/{old.code}/remplacer", data={"new": ""}).status_code == 422
    assert client.post(f"/decisions/{old.code}/remplacer", data={"new": old.id}).status_code == 422
    assert new.code in client.get(f"/decisions/{old.code}/remplacer").text
    answer = client.post(f"/decisions/{old.code}/remplacer", data={"new": new.id}, follow_redirects=True)
    assert new.code in answer.text
    assert "Remplacée" in answer.text
    assert old.code in client.get(f"/decisions/{new.code}").text
    assert client.post(f"/decisions/{new.code}/retirer", data={"reason": " "}).status_code == 422
    assert client.post(f"/decisions/{new.code}/retirer", data={"reason": "Sans objet."}).status_code == 303
    assert "aucune des deux" in client.get(f"/decisions/{old.code}").text
    assert client.post(f"/decisions/{old.code}/remettre-en-vigueur").status_code == 303
    session.expire_all()
    assert session.get_one(Decision, old.id).state is DecisionState.IN_FORCE


def test_exports_hold_positions_and_no_formula(
    client: FlaskClient, session: Session, sign_in: SignIn
) -> None:
    scene = table(session, 2)
    decision = decide(session, scene, Method.CONSENSUS, "=HYPERLINK(1)")
    say(session, decision, scene.organisations[0], Stance.AGAINST, "Coûte trop.")
    sign_in(client, factories.coordinator(session))
    text = client.get("/decisions?format=csv").text
    assert "'=HYPERLINK(1)" in text
    assert f"{scene.organisations[0].name} (Coûte trop.)" in text
    sheet = load_workbook(BytesIO(client.get("/decisions?format=xlsx").data)).active
    assert sheet["F2"].data_type == "s"
    assert sheet["A2"].value == decision.code


def test_the_rule_of_a_space_is_chosen_on_its_own_page(
    client: FlaskClient, session: Session, sign_in: SignIn
) -> None:
    scene = table(session)
    sign_in(client, factories.coordinator(session))
    path = f"/espaces/{scene.space.slug}/regle-de-vote"
    assert client.get(path).status_code == 200
    assert client.post(path, data={"vote_rule": "hasard"}).status_code == 422
    assert client.post(path, data={"vote_rule": "two_thirds"}).status_code == 303
    session.expire_all()
    assert scene.space.vote_rule is VoteRule.TWO_THIRDS
