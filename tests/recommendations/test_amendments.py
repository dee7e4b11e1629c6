"""What is proposed to change, paragraph by paragraph, and what is answered."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hub.core import clock
from hub.core.errors import DomainError
from hub.core.mail import Message
from hub.dashboard.queries import waiting
from hub.recommendations.models.calls import Invitation
from hub.recommendations.models.carrying import Endorsement, VoiceChannel
from hub.recommendations.models.recommendations import Recommendation, RecommendationState
from hub.recommendations.models.versions import AmendedPart, Amendment, AmendmentState, Weight
from hub.recommendations.operations import amendments, consultations, fates, recommendations, steps
from hub.recommendations.operations.amendments import ChangedError, DecidedError, Proposal, Proposer
from hub.recommendations.operations.recommendations import Statement
from hub.recommendations.operations.steps import Ground
from hub.recommendations.queries import fates as fate_queries
from hub.recommendations.values.paragraphs import paragraphs, place_of, replaced
from hub.spaces.models.spaces import Facilitation
from tests import factories
from tests.conftest import Installation, both_databases
from tests.factories import NOW
from tests.recommendations import calls
from tests.spaces.deciding import table

SignIn = Callable[[FlaskClient, Any], FlaskClient]
BY = {"actor": "essai", "now": NOW}
TEXT = "Rouler le soir.\n\nRouler le dimanche.\n\nBaisser le prix."


def one(session: Session, words: str = TEXT, **values: Any) -> Recommendation:
    return calls.recommendation(session, now=NOW, text=words, levels=(factories.level(session),), **values)


def wish(after: str = "Rouler aussi le dimanche.", *, paragraph: int = 1, **values: Any) -> Proposal:
    return Proposal(
        **{
            "part": AmendedPart.TEXT, "paragraph": paragraph, "version": 1, "after": after,
            "reason": "Nos cours.", **values,
        }
    )  # fmt: skip


def proposed(session: Session, row: Recommendation, proposal: Proposal | None = None) -> Amendment:
    proposer = Proposer(organisation=factories.organisation(session))
    return amendments.propose(session, row, proposal or wish(), proposer, **BY)


def rewrite(session: Session, row: Recommendation, words: str) -> None:
    statement = Statement(title=row.title, text=words, levels=tuple(row.levels))
    recommendations.edit(session, row, statement, **BY)


# --- Paragraphs -------------------------------------------------------------------------------------

WORDS = st.text(alphabet="ab \n", max_size=30)


@given(WORDS, st.integers(0, 6), st.text(alphabet="xy", min_size=1, max_size=5))
def test_other_words_change_their_paragraph_alone(words: str, number: int, new: str) -> None:
    before = paragraphs(words)
    after = paragraphs(replaced(words, number, new))
    number = min(number, len(before))
    assert after == [*before[:number], new, *before[number + 1 :]]
    assert paragraphs(replaced(words, number, "")) == [*before[:number], *before[number + 1 :]]


def test_a_paragraph_is_found_where_it_stands_now() -> None:
    assert place_of("Un.\n\nDeux.", 1, "Deux.") == 1
    assert place_of("Zéro.\n\nUn.\n\nDeux.", 1, "Deux.") == 2
    assert place_of("Deux.\n\nUn.\n\nDeux.", 1, "Deux.") is None  # which of both?
    assert place_of("Un.", 0, "Deux.") is None
    assert place_of("Un.", 4, "") == 1


# --- Answering --------------------------------------------------------------------------------------


@both_databases
def test_taking_makes_a_version_and_leaves_the_rest(session: Session) -> None:
    row = one(session)
    made = proposed(session, row)
    amendments.take(session, made, weight=Weight.MINOR, **BY)
    session.commit()
    assert row.text == "Rouler le soir.\n\nRouler aussi le dimanche.\n\nBaisser le prix."
    assert (made.state, made.result, row.version) == (AmendmentState.TAKEN, 2, 2)


def test_taking_to_leave_out_and_to_add(session: Session) -> None:
    row = one(session)
    amendments.take(session, proposed(session, row, wish("", paragraph=0)), weight=Weight.MINOR, **BY)
    added = proposed(session, row, wish("Sur tout le réseau.", paragraph=3))
    amendments.take(session, added, weight=Weight.MINOR, **BY)
    assert row.text == "Rouler le dimanche.\n\nBaisser le prix.\n\nSur tout le réseau."


def test_a_title_may_be_amended(session: Session) -> None:
    row = one(session)
    for bad in ("", "Deux\nlignes", "x" * 251):
        with pytest.raises(DomainError):
            proposed(session, row, wish(bad, part=AmendedPart.TITLE, paragraph=0))
    made = proposed(session, row, wish("Des bus le soir", part=AmendedPart.TITLE, paragraph=0))
    amendments.take(session, made, weight=Weight.MINOR, **BY)
    assert row.title == "Des bus le soir"


@both_databases
def test_a_paragraph_that_changed_is_never_overwritten(session: Session) -> None:
    row = one(session)
    first, second = proposed(session, row), proposed(session, row, wish("Rouler parfois le dimanche."))
    amendments.take(session, first, weight=Weight.MINOR, **BY)
    with pytest.raises(ChangedError, match="rien n’est remplacé"):
        amendments.take(session, second, weight=Weight.MINOR, **BY)
    assert (second.state, row.version) == (AmendmentState.PROPOSED, 2)
    words = {
        "words": "Rouler chaque dimanche.",
        "place": 1,
        "weight": Weight.MINOR,
        "answer": "Entre les deux.",
    }
    with pytest.raises(ChangedError):
        amendments.adapt(session, second, seen=1, **words, **BY)
    amendments.adapt(session, second, seen=2, **words, **BY)
    assert paragraphs(row.text)[1] == "Rouler chaque dimanche."
    assert (second.state, second.result) == (AmendmentState.ADAPTED, 3)


def test_one_that_moved_is_taken_where_it_stands(session: Session) -> None:
    row = one(session)
    made = proposed(session, row)
    rewrite(session, row, f"D’abord ceci.\n\n{TEXT}")
    amendments.take(session, made, weight=Weight.MINOR, **BY)
    assert paragraphs(row.text)[2] == "Rouler aussi le dimanche."


def test_whoever_reads_old_words_is_told(session: Session) -> None:
    row = one(session)
    rewrite(session, row, "Rouler le soir.\n\nRouler le lundi.")
    with pytest.raises(ChangedError):
        proposed(session, row)


def test_declining_and_adapting_say_why(session: Session) -> None:
    row = one(session)
    made = proposed(session, row)
    with pytest.raises(DomainError) as refusal:
        amendments.decline(session, made, answer="", **BY)
    assert refusal.value.field == "answer"
    words = {"place": 1, "seen": 1, "weight": Weight.MINOR}
    with pytest.raises(DomainError):
        amendments.adapt(session, made, words="Autrement.", answer="", **words, **BY)
    with pytest.raises(DomainError, match="y sont déjà"):
        amendments.adapt(session, made, words="Rouler le dimanche.", answer="Non.", **words, **BY)
    amendments.decline(session, made, answer="Déjà obtenu.", **BY)
    for again in (
        lambda: amendments.take(session, made, weight=Weight.MINOR, **BY),
        lambda: amendments.decline(session, made, answer="Non.", **BY),
        lambda: amendments.withdraw(session, made, **BY),
    ):
        with pytest.raises(DecidedError):
            again()
    assert (made.answer, row.version) == ("Déjà obtenu.", 1)


def test_a_substantive_one_lets_co_signatures_lapse(session: Session) -> None:
    row = one(session)
    signed = Endorsement(
        recommendation_id=row.id, version=1, organisation_id=factories.organisation(session).id,
        body="Conseil", decided_on=date(2026, 1, 1), channel=VoiceChannel.PAPER, created_at=NOW,
    )  # fmt: skip
    session.add(signed)
    amendments.take(session, proposed(session, row), weight=Weight.MINOR, **BY)
    assert signed.lapsed_at is None
    again = proposed(session, row, wish("Ne rien payer.", paragraph=2, version=2))
    amendments.take(session, again, weight=Weight.SUBSTANTIVE, **BY)
    session.refresh(signed)
    assert signed.lapsed_at == NOW


def test_sent_twice_is_one_and_withdrawn_is_withdrawn(session: Session) -> None:
    row, organisation = one(session), factories.organisation(session)
    proposer = Proposer(organisation=organisation)
    first = amendments.propose(session, row, wish(client_key="k"), proposer, **BY)
    assert amendments.propose(session, row, wish(client_key="k"), proposer, **BY) is first
    with pytest.raises(DomainError, match="déjà envoyé"):
        amendments.propose(session, row, wish("Autre.", client_key="k"), proposer, **BY)
    amendments.withdraw(session, first, **BY)
    amendments.withdraw(session, first, **BY)
    assert first.state == AmendmentState.WITHDRAWN


@pytest.mark.parametrize("state", [RecommendationState.DROPPED, RecommendationState.PUBLISHED])
def test_what_is_set_aside_or_public_changes_no_more(session: Session, state: RecommendationState) -> None:
    row = one(session)
    made = proposed(session, row)
    if state is RecommendationState.DROPPED:
        steps.drop(session, row, reason="Non.", **BY)
    else:
        steps.adopt(session, row, **BY)
        steps.publish(session, [row.id], **BY)
    with pytest.raises(DomainError):
        proposed(session, row, wish("Autre chose."))
    with pytest.raises(DomainError):
        amendments.take(session, made, weight=Weight.MINOR, **BY)
    amendments.decline(session, made, answer="Trop tard.", **BY)


@both_databases
@pytest.mark.parametrize(
    "change",
    [
        "state = 'declined'", "state = 'taken'", "result = 2", '"after" = "before"',
        "space_id = NULL, organisation_id = NULL",
    ],
)  # fmt: skip
def test_the_database_refuses_half_an_answer(session: Session, change: str) -> None:
    proposed(session, one(session))
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(text(f"UPDATE amendment SET {change}"))  # noqa: S608


# --- By link, by account, in a space ----------------------------------------------------------------


def consulting(session: Session, row: Recommendation) -> Invitation:
    now = clock.now()
    campaign = calls.call(session, now=now)
    consultations.add(session, campaign, [row], actor="essai", now=now)
    today = clock.today(now)
    consultations.set_period(session, campaign, today, today + timedelta(days=5), actor="essai", now=now)
    return calls.invitation(session, campaign, now=now)


def shown_form(client: FlaskClient, path: str, place: str = "partie=text&paragraphe=1") -> dict[str, str]:
    page = client.get(f"{path}?{place}").text
    found = re.findall(r'<input type="hidden" name="(part|paragraph|version|key)" value="([^"]*)"', page)
    return dict(found)


def test_an_organisation_proposes_by_its_link(client: FlaskClient, session: Session) -> None:
    row, other = one(session), one(session)
    invitation = consulting(session, row)
    path = f"{calls.link(session, invitation, now=clock.now())}/amender/{row.code}"
    session.commit()
    assert client.get(path.replace(row.code, other.code)).status_code == 404
    form = shown_form(client, path)
    assert form["paragraph"] == "1"
    refused = client.post(path, data={**form, "after": "Rouler enfin.", "reason": ""})
    assert refused.status_code == 422
    assert "Rouler enfin." in refused.text
    assert "Dites pourquoi vous le proposez." in refused.text
    full = {**form, "after": "Rouler enfin.", "reason": "Nos cours."}
    assert client.post(path, data=full).status_code == 303
    assert client.post(path, data=full).status_code == 303
    made = calls.again(session).scalars(select(Amendment)).one()
    assert (made.organisation_id, made.channel) == (invitation.organisation_id, VoiceChannel.LINK)
    amendments.decline(session, made, answer="Déjà obtenu ailleurs.", actor="essai", now=clock.now())
    session.commit()
    assert "Déjà obtenu ailleurs." in client.get(path).text
    assert client.post(f"{path}/{made.id}/retirer").status_code == 303
    assert calls.again(session).scalars(select(Amendment)).one().state == AmendmentState.DECLINED
    assert client.post(path, data={**full, "part": "version", "key": "x"}).status_code == 404


def test_closed_is_closed_and_old_words_are_told(client: FlaskClient, session: Session) -> None:
    row = one(session)
    invitation = consulting(session, row)
    path = f"{calls.link(session, invitation, now=clock.now())}/amender/{row.code}"
    session.commit()
    full = {**shown_form(client, path), "after": "Rouler enfin.", "reason": "Nos cours."}
    rewrite(session, row, "Tout autre chose.")
    session.commit()
    late = client.post(path, data=full)
    assert late.status_code == 409
    assert "Rouler enfin." in late.text
    today = clock.today(clock.now())
    consultations.set_period(
        session, invitation.campaign, today - timedelta(days=1), today - timedelta(days=1), actor="essai",
        now=clock.now(),
    )  # fmt: skip
    session.commit()
    assert "La consultation est close" in client.get(path).text
    assert client.post(path, data=full).status_code == 422
    assert calls.again(session).scalars(select(Amendment)).all() == []


def test_a_coordinator_enters_what_was_told_and_answers(
    client: FlaskClient, session: Session, sign_in: SignIn
) -> None:
    row = one(session)
    invitation = consulting(session, row)
    session.commit()
    path = f"/appels/invitations/{invitation.id}/amender/{row.code}"
    assert client.get(path).status_code == 302
    sign_in(client, factories.user(session))
    assert client.get(path).status_code == 403
    sign_in(client, factories.coordinator(session))
    full = {**shown_form(client, path), "after": "Rouler enfin.", "reason": "Nos cours.", "channel": "phone"}
    assert client.post(path, data=full).status_code == 303
    made = calls.again(session).scalars(select(Amendment)).one()
    assert made.channel == VoiceChannel.PHONE
    assert "par téléphone" in client.get(f"/recommandations/{row.code}/amendements").text
    assert row.code in client.get("/amendements").text
    page = f"/amendements/{made.id}"
    assert "Reprendre tel quel" in client.get(page).text
    data = {"gesture": "decline", "answer": "", "weight": "minor", "place": "1", "words": "x", "seen": "1"}
    assert "Dites pourquoi vous l’écartez" in client.post(page, data=data).text
    taken = {**data, "gesture": "take", "answer": "Merci.", "weight": "minor"}
    assert client.post(page, data=taken).status_code == 303
    late = client.post(page, data={**taken, "gesture": "decline"})
    assert late.status_code == 409
    assert calls.again(session).get_one(Recommendation, row.id).text.count("Rouler enfin.") == 1


def test_a_conflict_is_shown_with_the_words_of_today(
    client: FlaskClient, session: Session, sign_in: SignIn
) -> None:
    row = one(session)
    made = proposed(session, row)
    rewrite(session, row, "Rouler le soir.\n\nRouler le lundi.")
    session.commit()
    sign_in(client, factories.coordinator(session))
    page = f"/amendements/{made.id}"
    assert "Reprendre tel quel" not in client.get(page).text
    data = {"gesture": "take", "answer": "Oui.", "weight": "minor", "place": "1", "words": "x", "seen": "2"}
    assert client.post(page, data=data).status_code == 409
    other = {**data, "gesture": "adapt", "words": "Rouler lundi et dimanche.", "seen": "1"}
    stale = client.post(page, data=other)
    assert stale.status_code == 409
    assert "Rouler lundi et dimanche." in stale.text
    assert client.post(page, data={**other, "seen": "2"}).status_code == 303
    assert calls.again(session).get_one(Recommendation, row.id).text.endswith("Rouler lundi et dimanche.")


def test_the_space_that_works_on_it_proposes(client: FlaskClient, session: Session, sign_in: SignIn) -> None:
    made, row = table(session), one(session)
    person = factories.user(session)
    session.add(Facilitation(space_id=made.space.id, user_id=person.id, starts_on=date(2020, 1, 1)))
    session.commit()
    sign_in(client, person)
    path = f"/recommandations/{row.code}/amendements"
    assert client.get(path).status_code == 403
    steps.take(session, row, RecommendationState.IN_GROUP, Ground(space=made.space), actor="essai", now=NOW)
    session.commit()
    assert "Déclarer stabilisée" in client.get(path).text
    form = shown_form(client, f"{path}/proposer")
    full = {**form, "after": "Rouler enfin.", "reason": "Le groupe.", "space": str(made.space.id)}
    assert client.post(f"{path}/proposer", data={**full, "space": "999999"}).status_code == 422
    assert client.post(f"{path}/proposer", data=full).status_code == 303
    shown = client.get(path).text
    assert "Groupe Logement" in shown
    assert "Répondre" not in shown
    number = calls.again(session).scalars(select(Amendment.id)).one()
    assert client.get(f"/amendements/{number}").status_code == 403
    assert row.code in client.get(f"/espaces/{made.space.slug}").text
    stable = {"seen": "in_group", "place": ""}
    assert client.post(f"/recommandations/{row.code}/etape/stabilised", data=stable).status_code == 422
    assert client.get(f"/recommandations/{row.code}/etape/adopted").status_code == 200
    assert client.post(f"/recommandations/{row.code}/etape/adopted", data=stable).status_code == 422


def test_the_answer_is_told_by_mail_once_a_day(session: Session) -> None:
    row, other = one(session), one(session)
    invitation, silent = consulting(session, row), consulting(session, other)
    invitation.times_sent = silent.times_sent = 1
    now = clock.now()
    mine = {"channel": VoiceChannel.LINK, "actor": "essai", "now": now}
    made = amendments.propose_in_call(session, invitation, row, wish(), **mine)
    gone = amendments.propose_in_call(session, silent, other, wish(), **mine)
    everybody = [invitation.id, silent.id]
    assert fates.tell(session, everybody, now=now) == 0
    amendments.decline(session, made, answer="Déjà obtenu.", actor="essai", now=now)
    amendments.withdraw(session, gone, actor="essai", now=now)
    assert set(session.scalars(fate_queries.concerned(now))) == {invitation.id}
    later = now + timedelta(minutes=5)
    assert [fates.tell(session, everybody, now=later) for _ in range(2)] == [1, 0]
    mail = session.scalars(select(Message).where(Message.kind == fates.KIND)).one()
    assert mail.subject_id == invitation.id
    assert "Déjà obtenu." in mail.text
    assert mail.title == "Réponse à votre amendement"
    assert mail.unsubscribe.endswith("/nouvelles")
    assert fates.tell(session, everybody, now=now + timedelta(days=1)) == 0
    fates.stop(session, invitation, now=now)
    again = amendments.propose_in_call(session, invitation, row, wish("Encore."), **mine)
    amendments.decline(session, again, answer="Non.", actor="essai", now=now + timedelta(days=1))
    assert fates.tell(session, everybody, now=now + timedelta(days=2)) == 0


def test_pages_ask_the_database_at_most_twelve_times(
    client: FlaskClient, session: Session, sign_in: SignIn, installation: Installation
) -> None:
    row = one(session)
    invitation = consulting(session, row)
    made = table(session)
    steps.take(session, row, RecommendationState.IN_GROUP, Ground(space=made.space), actor="essai", now=NOW)
    stable = Ground(meeting=made.meeting)
    for _ in range(6):
        after = RecommendationState.STABILISED
        steps.take(session, row, after, stable, actor="essai", now=clock.now())
        back = RecommendationState.PROPOSED
        steps.take(session, row, back, stable, actor="essai", now=clock.now())
    for number in range(9):
        proposed(session, row, wish(f"Autrement {number}."))
    proposer = Proposer(space=made.space, meeting=made.meeting, channel=VoiceChannel.MEETING)
    amendments.propose(session, row, wish("En réunion."), proposer, **BY)
    rows = [one(session) for _ in range(20)]
    link = calls.link(session, invitation, now=clock.now())
    session.commit()
    chosen = "&".join(f"code={each.code}" for each in rows)
    first = session.scalars(select(Amendment.id)).first()
    sign_in(client, factories.coordinator(session))
    asked: list[str] = []
    event.listen(installation.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    page = f"/recommandations/{row.code}"
    for path in (
        page, f"{page}/etape/in_group", f"{page}/etape/adopted", f"{page}/amendements",
        f"{page}/amendements/proposer?partie=title", f"/recommandations/etapes?{chosen}&state=adopted",
        "/amendements", f"/amendements/{first}", f"{link}/amender/{row.code}?partie=title",
        f"/appels/invitations/{invitation.id}/amender/{row.code}?partie=title",
    ):  # fmt: skip
        asked.clear()
        assert client.get(path).status_code == 200
        questions = [each for each in asked if each != "BEGIN"]
        assert len(questions) <= 12, (path, len(questions))


@both_databases
def test_the_morning_counts_what_waits_for_an_answer(session: Session) -> None:
    row = one(session)
    proposed(session, row)
    amendments.decline(session, proposed(session, row, wish("Autre.")), answer="Non.", **BY)
    found = waiting.read(session, NOW, stale_before=NOW.date())
    (line,) = [each for each in found if each.kind is waiting.Kind.AMENDMENTS]
    assert (line.count, line.things[0].label) == (1, row.title)
