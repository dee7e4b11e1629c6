"""A call's own questions: asked by link and in somebody's name, kept with the draft, frozen once sent."""

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from hub.core import clock
from hub.core.errors import DomainError
from hub.events.models.registrations import QuestionKind
from hub.events.operations.questions import Draft
from hub.recommendations.models.calls import Campaign, CampaignQuestion, Invitation
from hub.recommendations.models.contributions import Channel, Contribution, ContributionAnswer
from hub.recommendations.operations import contributions, questions
from hub.recommendations.queries import questions as queries
from tests import factories
from tests.conftest import both_databases
from tests.factories import NOW
from tests.recommendations import calls

SignIn = Callable[[FlaskClient, Any], FlaskClient]
TYPED = {"finding": "On attend.", "proposal": "Ouvrir le guichet le soir.", "origin": ""}
WHO = Draft("Qui est touché ?", QuestionKind.MANY, options=("Femmes", "Jeunes", "Familles"))
SINCE = Draft("Depuis quand ?", QuestionKind.ONE, options=("Cette année", "Toujours"), is_required=True)
COUNT = Draft("Combien de ménages ?", QuestionKind.NUMBER)


def ask(session: Session, campaign: Campaign, *drafts: Draft, now: Any = NOW) -> list[CampaignQuestion]:
    return [questions.add(session, campaign, draft, actor="essai", now=now) for draft in drafts]


def answers(row: Contribution) -> dict[str, Any]:
    return {answer.question.label: answer.value for answer in row.answers}


# --- Drafts and what was sent -----------------------------------------------------------------


@both_databases
def test_answers_are_kept_with_the_draft_and_changed_with_it(session: Session) -> None:
    campaign = calls.call(session, now=NOW)
    who, since, count = ask(session, campaign, WHO, SINCE, COUNT)
    invited = calls.invitation(session, campaign, now=NOW)

    def save(**given: Any) -> Contribution:
        words = calls.words(answers={int(name[1:]): value for name, value in given.items()})
        return contributions.save_draft(session, invited, words, page=calls.page(), now=NOW)

    save(**{f"q{who.id}": ["Femmes", "Jeunes"], f"q{count.id}": 12})
    draft = save(**{f"q{who.id}": ["Jeunes"], f"q{since.id}": "Toujours", f"q{count.id}": None})
    session.expire_all()
    assert answers(draft) == {"Qui est touché ?": ["Jeunes"], "Depuis quand ?": "Toujours"}


@both_databases
def test_a_required_answer_is_asked_on_sending_alone(session: Session) -> None:
    campaign = calls.call(session, now=NOW)
    (since,) = ask(session, campaign, SINCE)
    invited = calls.invitation(session, campaign, now=NOW)
    contributions.save_draft(session, invited, calls.words(), page=calls.page(), now=NOW)
    with pytest.raises(DomainError) as refusal:
        contributions.submit(session, invited, calls.words(), page=calls.page(), link="/x", now=NOW)
    assert refusal.value.field == f"q{since.id}"
    words = calls.words(answers={since.id: "Toujours"})
    row = contributions.submit(session, invited, words, page=calls.page(), link="/x", now=NOW)
    again = contributions.submit(session, invited, words, page=calls.page(), link="/x", now=NOW)
    assert (again.id, answers(row)) == (row.id, {"Depuis quand ?": "Toujours"})


@pytest.mark.parametrize("value", ["Jamais", 3, ["Toujours"]])
def test_an_answer_that_is_not_offered_is_refused_in_a_draft_too(session: Session, value: Any) -> None:
    campaign = calls.call(session, now=NOW)
    (since,) = ask(session, campaign, SINCE)
    invited = calls.invitation(session, campaign, now=NOW)
    words = calls.words(answers={since.id: value})
    with pytest.raises(DomainError) as refusal:
        contributions.save_draft(session, invited, words, page=calls.page(), now=NOW)
    assert refusal.value.field == f"q{since.id}"


@both_databases
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE contribution_answer SET value = '\"autre\"'",
        "DELETE FROM contribution_answer",
        (
            "INSERT INTO contribution_answer (contribution_id, question_id, value) "
            "SELECT contribution_id, question_id + 1, '1' FROM contribution_answer"
        ),
    ],
)
def test_the_database_refuses_to_change_what_was_answered(session: Session, change: str) -> None:
    campaign = calls.call(session, now=NOW)
    since, _other = ask(session, campaign, SINCE, COUNT)
    invited = calls.invitation(session, campaign, now=NOW)
    words = calls.words(answers={since.id: "Toujours"})
    contributions.submit(session, invited, words, page=calls.page(), link="/x", now=NOW)
    session.commit()
    with pytest.raises(DatabaseError, match="contribution_answer_no_"):
        session.execute(text(change))


@both_databases
def test_a_question_no_longer_asked_keeps_its_answers_and_asks_nothing(session: Session) -> None:
    campaign = calls.call(session, now=NOW)
    who, since = ask(session, campaign, WHO, SINCE)
    first, second = (calls.invitation(session, campaign, now=NOW) for _ in range(2))
    full = {who.id: ["Femmes"], since.id: "Toujours"}
    sent = contributions.submit(
        session, first, calls.words(answers=full), page=calls.page(), link="/x", now=NOW
    )
    draft = contributions.save_draft(
        session, second, calls.words(answers=full), page=calls.page("b"), now=NOW
    )
    assert questions.retire(session, campaign, since, actor="essai", now=NOW)
    only = calls.words(answers={who.id: ["Jeunes"]})
    contributions.save_draft(session, second, only, page=calls.page("b"), now=NOW)
    assert answers(draft)["Depuis quand ?"] == "Toujours"  # the question may come back
    contributions.submit(session, second, only, page=calls.page("b"), link="/x", now=NOW)
    assert answers(draft) == {"Qui est touché ?": ["Jeunes"]}  # what one doesn't see isn't sent
    assert answers(sent) == {"Qui est touché ?": ["Femmes"], "Depuis quand ?": "Toujours"}


@both_databases
def test_the_words_of_a_question_stay_once_it_was_answered(session: Session) -> None:
    campaign = calls.call(session, now=NOW)
    (since,) = ask(session, campaign, SINCE)
    reworded = Draft("Depuis combien d’années ?", QuestionKind.ONE, options=SINCE.options)
    questions.change(session, campaign, since, reworded, actor="essai", now=NOW)
    invited = calls.invitation(session, campaign, now=NOW)
    words = calls.words(answers={since.id: "Toujours"})
    contributions.save_draft(session, invited, words, page=calls.page(), now=NOW)
    with pytest.raises(DomainError) as refusal:
        questions.change(session, campaign, since, SINCE, actor="essai", now=NOW)
    assert refusal.value.field == "label"
    longer = Draft(reworded.label, QuestionKind.ONE, options=(*SINCE.options, "Cinq ans"), help="À peu près.")
    questions.change(session, campaign, since, longer, actor="essai", now=NOW)
    assert since.options[-1] == "Cinq ans"


@both_databases
def test_contributions_are_found_by_what_they_answer(session: Session) -> None:
    campaign = calls.call(session, now=NOW)
    odd = Draft("Où ?", QuestionKind.MANY, options=("À l’école", "100 % ailleurs", 'Un "autre" lieu'))
    where, scale, willing = ask(
        session, campaign, odd, Draft("Combien ?", QuestionKind.SCALE), Draft("Oui ?", QuestionKind.YES_NO)
    )
    given = (
        {where.id: ["À l’école", 'Un "autre" lieu'], scale.id: 1, willing.id: True},
        {where.id: ["100 % ailleurs"], scale.id: 5, willing.id: False},
    )
    first, second = (
        contributions.submit(
            session, calls.invitation(session, campaign, now=NOW), calls.words(answers=each),
            page=calls.page(), link="/x", now=NOW,
        )
        for each in given
    )  # fmt: skip

    def found(question: CampaignQuestion, value: Any) -> list[int]:
        rows = select(Contribution.id).where(queries.answers_with(question, value))
        return list(session.scalars(rows.order_by(Contribution.id)))

    yes, no = True, False
    assert found(where, "À l’école") == found(where, 'Un "autre" lieu') == [first.id]
    assert found(where, "100 % ailleurs") == found(scale, 5) == found(willing, no) == [second.id]
    assert found(scale, 1) == found(willing, yes) == [first.id]
    assert found(where, "À l") == found(scale, 2) == []


def test_a_question_nobody_answered_is_gone(session: Session) -> None:
    campaign = calls.call(session, now=NOW)
    (since,) = ask(session, campaign, SINCE)
    assert not questions.retire(session, campaign, since, actor="essai", now=NOW)
    assert session.scalars(select(CampaignQuestion)).all() == []


def test_order(session: Session) -> None:
    campaign = calls.call(session, now=NOW)
    who, since, count = ask(session, campaign, WHO, SINCE, COUNT)
    questions.move(session, campaign, count, -1)
    questions.move(session, campaign, who, -1)
    session.refresh(campaign)
    assert [row.label for row in campaign.questions] == [who.label, count.label, since.label]
    questions.reorder(session, campaign, [since.id])
    session.refresh(campaign)
    assert [row.label for row in campaign.questions] == [since.label, who.label, count.label]


# --- On the pages -----------------------------------------------------------------------------


@pytest.fixture
def invited(session: Session) -> Invitation:
    """Give an organisation invited to an open call that asks three questions."""
    now = clock.now()
    campaign = calls.call(session, now=now)
    ask(session, campaign, WHO, SINCE, COUNT, now=now)
    row = calls.invitation(session, campaign, now=now)
    session.commit()
    return row


def test_the_form_asks_saves_and_says_what_lacks(
    client: FlaskClient, session: Session, invited: Invitation
) -> None:
    path = calls.link(session, invited, now=clock.now())
    session.commit()
    who, since, count = invited.campaign.questions
    form = {**calls.open_form(client, path), **TYPED, f"q{who.id}": ["Femmes"]}
    saved = client.post(f"{path}/brouillon", data=form)
    assert saved.status_code == 204
    page = client.get(path).text
    assert f'name="q{who.id}" value="Femmes" checked' in page
    answer = client.post(path, data={**form, f"q{count.id}": "douze", "gesture": "send"})
    assert answer.status_code == 422
    assert "Écrivez un nombre" in answer.text
    assert "Choisissez une réponse." in answer.text
    assert 'value="douze"' in answer.text
    assert "On attend.</textarea>" in answer.text
    answer = client.post(
        path, data={**form, f"q{count.id}": "1 250", f"q{since.id}": "Toujours", "gesture": "send"}
    )
    receipt = client.get(answer.location).text
    for words in ("Qui est touché ?", "Femmes", "Depuis quand ?", "Toujours", "1\u202f250"):
        assert words in receipt.replace("1\u00a0250", "1\u202f250"), words


def test_what_another_page_answered_is_shown_beside(
    client: FlaskClient, session: Session, invited: Invitation
) -> None:
    path = calls.link(session, invited, now=clock.now())
    session.commit()
    _who, since, _count = invited.campaign.questions
    phone, desk = calls.open_form(client, path), calls.open_form(client, path)
    client.post(f"{path}/brouillon", data={**phone, **TYPED, f"q{since.id}": "Toujours"})
    answer = client.post(path, data={**desk, **TYPED, f"q{since.id}": "Cette année", "gesture": "save"})
    assert answer.status_code == 409
    assert "<p>Toujours" in answer.text
    assert 'value="Cette année" checked' in answer.text


def test_an_entry_in_its_name_asks_the_same(
    client: FlaskClient, session: Session, sign_in: SignIn, invited: Invitation
) -> None:
    sign_in(client, factories.coordinator(session))
    session.commit()
    who, since, _count = invited.campaign.questions
    typed = {
        **TYPED, "finding": "", "organisation": invited.organisation.slug, "channel": "paper",
        "campaign": invited.campaign.slug, f"q{who.id}": ["Familles"],
    }  # fmt: skip
    # The call was chosen on a page that didn't show its questions: they come with what was typed.
    answer = client.post("/recommandations/contributions/nouvelle", data=typed)
    assert answer.status_code == 422
    assert since.label in answer.text
    assert "Ouvrir le guichet le soir.</textarea>" in answer.text
    page = client.get(
        f"/recommandations/contributions/nouvelle?campaign={invited.campaign.slug}&channel=paper"
    ).text
    assert since.label in page
    assert f'name="asked" value="{invited.campaign.slug}"' in page
    answer = client.post(
        "/recommandations/contributions/nouvelle", data={**typed, "asked": invited.campaign.slug}
    )
    assert answer.status_code == 303
    row = calls.again(session).scalars(select(Contribution)).one()
    assert (row.channel, answers(row)) == (Channel.PAPER, {"Qui est touché ?": ["Familles"]})


def test_the_list_is_narrowed_by_an_answer_and_exported_with_all(
    client: FlaskClient, session: Session, sign_in: SignIn, invited: Invitation
) -> None:
    now = clock.now()
    campaign = invited.campaign
    who, since, count = campaign.questions
    other = calls.invitation(session, campaign, now=now)
    for row, given in (
        (invited, {who.id: ["Femmes", "Jeunes"], since.id: "Toujours", count.id: 12}),
        (other, {who.id: ["Familles"], since.id: "Cette année"}),
    ):
        words = calls.words(answers=given)
        contributions.submit(session, row, words, page=calls.page(str(row.id)), link="/x", now=now)
    sign_in(client, factories.coordinator(session))
    session.commit()
    inbox = f"/recommandations/contributions?campaign={campaign.slug}"

    def shown(query: str) -> list[str]:
        page = client.get(f"{inbox}&{query}").text
        names = {row.organisation.name for row in (invited, other)}
        return [name for name in names if f">{name}" in page.split("<table", 1)[-1]]

    assert shown(f"q{who.id}=Jeunes") == [invited.organisation.name]
    assert shown(f"q{since.id}=Cette année") == [other.organisation.name]
    assert len(shown(f"q{since.id}=Jamais")) == 2  # not an answer that can be: no filter
    text_of = client.get(f"{inbox}&format=csv").data.decode("utf-8-sig")
    lines = list(csv.DictReader(io.StringIO(text_of), delimiter=";"))
    told = {line["Organisation"]: [line[row.label] for row in (who, since, count)] for line in lines}
    assert told == {
        invited.organisation.name: ["Femmes ; Jeunes", "Toujours", "12"],
        other.organisation.name: ["Familles", "Cette année", ""],
    }


def test_a_coordinator_asks_orders_changes_and_retires(
    client: FlaskClient, session: Session, sign_in: SignIn
) -> None:
    campaign = calls.call(session, now=clock.now())
    sign_in(client, factories.coordinator(session))
    session.commit()
    path = f"/appels/{campaign.slug}/questions"
    assert "ne pose pas d’autre question" in client.get(path).text
    answer = client.post(
        f"{path}/ajouter", data={"label": "Qui ?", "kind": "one", "options": "Seul", "is_required": "y"}
    )
    assert answer.status_code == 422
    assert "réponses possibles, une par ligne" in answer.text
    for label in ("Qui ?", "Où ?"):
        data = {"label": label, "kind": "one", "options": "Ici\nAilleurs"}
        assert client.post(f"{path}/ajouter", data=data).status_code == 303
    first, second = calls.again(session).scalars(select(CampaignQuestion)).all()
    client.post(f"{path}/ordre", data={"moved": second.id, "direction": "up"})
    page = client.get(path).text
    assert page.index("Où ?") < page.index("Qui ?")
    client.post(f"{path}/{first.id}", data={"label": "Qui donc ?", "kind": "text"})
    assert "Qui donc ?" in client.get(path).text
    client.post(f"{path}/{second.id}/retirer")
    assert "Où ?" not in client.get(path).text
    assert client.get(f"{path}/{second.id}").status_code == 404


def test_another_calls_question_is_not_found(client: FlaskClient, session: Session, sign_in: SignIn) -> None:
    now = clock.now()
    one, other = calls.call(session, now=now), calls.call(session, now=now, title="Autre")
    (question,) = ask(session, other, COUNT, now=now)
    sign_in(client, factories.coordinator(session))
    session.commit()
    for gesture in ("", "/retirer", "/remettre"):
        assert client.post(f"/appels/{one.slug}/questions/{question.id}{gesture}").status_code == 404


def test_questions_that_changed_meanwhile_are_asked_on_sending(
    client: FlaskClient, session: Session, invited: Invitation
) -> None:
    now = clock.now()
    path = calls.link(session, invited, now=now)
    session.commit()
    form = calls.open_form(client, path)
    _who, since, _count = invited.campaign.questions
    new = Draft("Une de plus ?", QuestionKind.YES_NO, is_required=True)
    (added,) = ask(session, invited.campaign, new, now=now + timedelta(minutes=1))
    session.commit()
    answer = client.post(path, data={**form, **TYPED, f"q{since.id}": "Toujours", "gesture": "send"})
    assert answer.status_code == 422
    assert "Une de plus ?" in answer.text
    data = {**form, **TYPED, f"q{since.id}": "Toujours", f"q{added.id}": "no", "gesture": "send"}
    assert client.post(path, data=data).status_code == 303
    stored = calls.again(session).scalars(select(ContributionAnswer.value)).all()
    assert sorted(map(str, stored)) == ["False", "Toujours"]
