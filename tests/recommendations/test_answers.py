"""The form behind an organisation's link: a draft that nobody loses, a text that never changes once sent."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from hub.core import clock, tokens
from hub.core.errors import DomainError
from hub.core.mail import Message
from hub.recommendations.models.contributions import Contribution, ContributionState
from hub.recommendations.operations import campaigns, contributions, derivations
from hub.recommendations.operations.campaigns import PURPOSE
from hub.recommendations.operations.contributions import DraftMovedError, version_of
from hub.recommendations.operations.recommendations import Statement
from hub.recommendations.signals import Place, used_in
from tests import factories
from tests.conftest import both_databases
from tests.factories import NOW
from tests.recommendations import calls

TYPED = {"finding": "On attend.", "proposal": "Ouvrir le guichet le soir.", "origin": ""}


def drafts(session: Session) -> list[Contribution]:
    rows = calls.again(session).scalars(select(Contribution).order_by(Contribution.id))
    return list(rows)


# --- Drafts -----------------------------------------------------------------------------------


@both_databases
def test_coming_back_opens_the_same_draft(session: Session) -> None:
    invited = calls.invitation(session, calls.call(session, now=NOW), now=NOW)
    first = contributions.save_draft(session, invited, calls.words(), page=calls.page(), now=NOW)
    second = contributions.save_draft(
        session, invited, calls.words(proposal="Mieux dit."), now=NOW,
        page=calls.page("page-2", version_of(first)),
    )  # fmt: skip
    assert second is first
    assert (second.proposal, second.version) == ("Mieux dit.", 2)


@both_databases
def test_two_pages_never_overwrite_each_other_unseen(session: Session) -> None:
    invited = calls.invitation(session, calls.call(session, now=NOW), now=NOW)
    contributions.save_draft(session, invited, calls.words(), page=calls.page("one"), now=NOW)
    with pytest.raises(DraftMovedError) as refusal:
        contributions.save_draft(
            session, invited, calls.words(proposal="Autre."), page=calls.page("two"), now=NOW
        )
    assert refusal.value.other.proposal == calls.words().proposal
    # The page that wrote it goes on writing, though it doesn't know the new version.
    again = contributions.save_draft(
        session, invited, calls.words(proposal="Suite."), page=calls.page("one"), now=NOW
    )
    # The other one has seen what stands there, and decides.
    contributions.save_draft(
        session, invited, calls.words(proposal="Les deux."), now=NOW,
        page=calls.page("two", version_of(again)),
    )  # fmt: skip
    assert again.proposal == "Les deux."


@both_databases
def test_a_draft_sent_elsewhere_is_not_written_to(session: Session) -> None:
    invited = calls.invitation(session, calls.call(session, now=NOW), now=NOW)
    draft = contributions.save_draft(session, invited, calls.words(), page=calls.page("one"), now=NOW)
    shown = version_of(draft)
    contributions.submit(session, invited, calls.words(), page=calls.page("two", shown), link="/x", now=NOW)
    for stale in (calls.page("one", shown), calls.page("one")):
        if stale.shows:
            with pytest.raises(DraftMovedError) as refusal:
                contributions.save_draft(session, invited, calls.words(finding="?"), page=stale, now=NOW)
            assert refusal.value.other.id == draft.id


@both_databases
def test_two_clicks_send_one_contribution(session: Session) -> None:
    invited = calls.invitation(session, calls.call(session, now=NOW), now=NOW)
    sent = [
        contributions.submit(session, invited, calls.words(), page=calls.page(), link="/x", now=NOW)
        for _ in range(2)
    ]
    assert sent[0].id == sent[1].id
    assert session.scalar(select(func.count()).select_from(Contribution)) == 1
    assert session.scalar(select(func.count()).select_from(Message)) == 1


@pytest.mark.parametrize("missing", ["finding", "proposal"])
def test_finding_and_recommendation_go_together(session: Session, missing: str) -> None:
    invited = calls.invitation(session, calls.call(session, now=NOW), now=NOW)
    with pytest.raises(DomainError) as refusal:
        contributions.submit(
            session, invited, calls.words(**{missing: ""}), page=calls.page(), link="/x", now=NOW
        )
    assert refusal.value.field == missing


def test_nothing_is_taken_out_of_the_period(session: Session) -> None:
    row = calls.call(session, now=NOW)
    invited = calls.invitation(session, row, now=NOW)
    for moment in (row.opens_at - timedelta(seconds=1), row.closes_at):
        with pytest.raises(DomainError):
            contributions.save_draft(session, invited, calls.words(), page=calls.page(), now=moment)
    last = row.closes_at - timedelta(seconds=1)
    assert (
        contributions.submit(
            session, invited, calls.words(), page=calls.page(), link="/x", now=last
        ).submitted_at
        == last
    )


# --- What was sent ----------------------------------------------------------------------------

WORDS = (
    "finding = 'autre'", "proposal = 'autre'", "origin = 'autre'", "theme_id = NULL",
    "beneficiaries = 'everyone'", "source_page = '9'", "quote = 'autre'", "channel = 'paper'",
    "submitted_at = NULL",
)  # fmt: skip


@both_databases
@pytest.mark.parametrize("change", WORDS)
def test_the_database_refuses_to_change_what_was_sent(session: Session, change: str) -> None:
    theme = factories.theme(session)
    calls.contribution(session, now=NOW, theme=theme)
    session.commit()
    with pytest.raises(DatabaseError, match="sent_no_update"):
        session.execute(text(f"UPDATE contribution SET {change}"))  # noqa: S608 - the test's own words
    session.rollback()
    with pytest.raises(DatabaseError, match="contribution_sent_no_delete"):
        session.execute(text("DELETE FROM contribution"))


@both_databases
def test_the_database_refuses_to_change_the_levels_of_what_was_sent(session: Session) -> None:
    level = factories.level(session)
    other = factories.level(session, "federal", "État fédéral")
    row = calls.contribution(session, now=NOW, levels=(level,))
    session.commit()
    for statement in (
        "DELETE FROM contribution_level",
        f"INSERT INTO contribution_level (contribution_id, level_id) VALUES ({row.id}, {other.id})",  # noqa: S608
    ):
        with pytest.raises(DatabaseError, match="contribution_level_no_"):
            session.execute(text(statement))
        session.rollback()


@both_databases
def test_what_becomes_of_it_may_still_be_written(session: Session) -> None:
    row = calls.contribution(session, now=NOW)
    row.state, row.triage_reason = ContributionState.OUT_OF_SCOPE, "Une autre compétence."
    session.commit()
    assert calls.again(session).get_one(Contribution, row.id).state == ContributionState.OUT_OF_SCOPE


# --- By the link ------------------------------------------------------------------------------


@pytest.fixture
def path(session: Session) -> str:
    """Give the link of an organisation invited to a call that is open."""
    now = clock.now()
    factories.level(session)
    factories.theme(session)
    invited = calls.invitation(session, calls.call(session, now=now), now=now)
    made = calls.link(session, invited, now=now)
    session.commit()
    return made


def test_opening_the_link_changes_nothing_and_tells_nobody(
    client: FlaskClient, session: Session, path: str
) -> None:
    for _ in range(2):
        answer = client.get(path)
        assert answer.status_code == 200
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"
    assert drafts(session) == []


def test_a_draft_saves_itself_and_comes_back(client: FlaskClient, session: Session, path: str) -> None:
    form = calls.open_form(client, path)
    for typed in ("Ouvrir", "Ouvrir le guichet"):
        answer = client.post(
            f"{path}/brouillon", data={**form, **TYPED, "proposal": typed, "levels": ["commune"]}
        )
        assert (answer.status_code, answer.data) == (204, b"")
    (draft,) = drafts(session)
    assert (draft.proposal, draft.version, draft.state) == ("Ouvrir le guichet", 2, ContributionState.DRAFT)
    page = client.get(path).text
    assert "Ouvrir le guichet</textarea>" in page
    assert "Enregistré à" in page


def test_the_button_saves_without_scripts(client: FlaskClient, session: Session, path: str) -> None:
    form = calls.open_form(client, path)
    answer = client.post(path, data={**form, "proposal": "À moitié", "gesture": "save"})
    assert answer.status_code == 303
    assert answer.location == path
    assert [each.proposal for each in drafts(session)] == ["À moitié"]


def test_what_is_missing_is_said_and_nothing_typed_is_lost(client: FlaskClient, path: str) -> None:
    form = calls.open_form(client, path)
    answer = client.post(path, data={**form, "finding": "Long constat.", "gesture": "send"})
    assert answer.status_code == 422
    assert "Écrivez ce que vous recommandez." in answer.text
    assert "Long constat.</textarea>" in answer.text
    assert calls.hidden(answer.text) == form


def test_sending_gives_a_receipt_and_room_for_the_next(
    client: FlaskClient, session: Session, path: str
) -> None:
    for number in (1, 2):
        form = calls.open_form(client, path)
        answer = client.post(path, data={**form, **TYPED, "finding": f"Constat {number}", "gesture": "send"})
        assert answer.status_code == 303
        receipt = client.get(answer.location).text
        assert f"Constat {number}" in receipt
        assert "Elle est bien arrivée." in receipt
    assert [each.state for each in drafts(session)] == [ContributionState.CONFIRMED] * 2
    assert "Votre organisation a envoyé 2 contributions" in client.get(path).text
    messages = session.scalars(select(Message).where(Message.kind == "recommendations.received")).all()
    assert len(messages) == 2
    assert path in messages[0].text


def test_the_second_device_is_shown_both_texts(client: FlaskClient, session: Session, path: str) -> None:
    phone, desk = calls.open_form(client, path), calls.open_form(client, path)
    assert phone["page"] != desk["page"]
    client.post(f"{path}/brouillon", data={**phone, **TYPED, "proposal": "Du téléphone"})
    refused = client.post(f"{path}/brouillon", data={**desk, **TYPED, "proposal": "Du bureau"})
    assert refused.status_code == 409
    assert refused.mimetype == "text/plain"
    both = client.post(path, data={**desk, **TYPED, "proposal": "Du bureau", "gesture": "send"})
    assert both.status_code == 409
    assert "Du téléphone" in both.text
    assert "Du bureau</textarea>" in both.text
    assert [each.state for each in drafts(session)] == [ContributionState.DRAFT]
    # Having seen both, the person decides.
    decided = {**calls.hidden(both.text), **TYPED, "proposal": "Du téléphone et du bureau", "gesture": "send"}
    assert client.post(path, data=decided).status_code == 303
    assert [each.proposal for each in drafts(session)] == ["Du téléphone et du bureau"]


def test_a_text_typed_beside_one_that_was_sent_may_go_on(
    client: FlaskClient, session: Session, path: str
) -> None:
    form = calls.open_form(client, path)
    client.post(f"{path}/brouillon", data={**form, **TYPED})
    late = calls.open_form(client, path)
    client.post(path, data={**form, **TYPED, "gesture": "send"})
    both = client.post(path, data={**late, **TYPED, "proposal": "Une autre idée", "gesture": "send"})
    assert both.status_code == 409
    assert "Une autre idée</textarea>" in both.text
    again = {**calls.hidden(both.text), **TYPED, "proposal": "Une autre idée", "gesture": "send"}
    assert client.post(path, data=again).status_code == 303
    assert [each.proposal for each in drafts(session)] == [TYPED["proposal"], "Une autre idée"]


def test_a_closed_call_keeps_receipt_and_draft(client: FlaskClient, session: Session) -> None:
    now = clock.now()
    row = calls.call(session, now=now, opened=40, lasts=30)
    invited = calls.invitation(session, row, now=now)
    during = row.opens_at + timedelta(days=1)
    sent = contributions.submit(
        session, invited, calls.words(), page=calls.page("one"), link="/x", now=during
    )
    contributions.save_draft(
        session, invited, calls.words(proposal="Pas fini"), page=calls.page("two"), now=during
    )
    path = calls.link(session, invited, now=now)
    session.commit()
    page = client.get(path)
    assert page.status_code == 200
    assert "L’appel est clos" in page.text
    assert "Pas fini" in page.text
    assert "<textarea" not in page.text
    assert client.get(f"{path}/recu/{sent.id}").status_code == 200
    late = client.post(path, data={**TYPED, "page": "x", "shows": "", "gesture": "send"})
    assert late.status_code == 422
    assert TYPED["proposal"] in late.text
    assert client.post(f"{path}/brouillon", data={**TYPED, "page": "x"}).status_code == 422
    assert len(drafts(session)) == 2


def test_a_link_opens_its_own_organisation_only(client: FlaskClient, session: Session, path: str) -> None:
    stranger = calls.contribution(session, now=clock.now())
    session.commit()
    assert client.get(f"{path}/recu/{stranger.id}").status_code == 404
    assert client.get("/contribution/" + "a" * 43).status_code == 404


def test_an_ended_link_says_so(client: FlaskClient, session: Session, path: str) -> None:
    found = tokens.find(session, path.removeprefix("/contribution/"), PURPOSE)
    assert found is not None
    found.revoked_at = clock.now()
    session.commit()
    for answer in (client.get(path), client.post(path, data={**TYPED, "gesture": "send"})):
        assert answer.status_code == 410
    assert drafts(session) == []


def test_the_receipt_tells_what_became_of_it(client: FlaskClient, session: Session, path: str) -> None:
    form = calls.open_form(client, path)
    receipt = client.post(path, data={**form, **TYPED, "gesture": "send"}).location
    (sent,) = drafts(session)
    row = calls.recommendation(session, sent, now=clock.now(), title="Allonger les heures du guichet")
    session.commit()

    def stands(_session: Session, recommendations: tuple[int, ...]) -> dict[int, list[Place]]:
        return {
            each: [
                Place("Mémorandum public", "/memorandums/m", 12),
                Place("Brouillon", "/b", 3, is_published=False),
            ]
            for each in recommendations
        }

    with used_in.connected_to(stands):
        page = client.get(receipt).text
    assert row.code in page
    assert "Allonger les heures du guichet" in page
    assert "Mémorandum public" in page
    assert "page 12" in page
    assert "Brouillon" not in page


@pytest.mark.parametrize("field", ["theme", "levels", "beneficiaries"])
def test_words_outside_the_lists_are_refused_in_french(
    client: FlaskClient, session: Session, path: str, field: str
) -> None:
    form = calls.open_form(client, path)
    answer = client.post(path, data={**form, **TYPED, field: "nimporte", "gesture": "send"})
    assert answer.status_code == 422
    assert "Choisissez dans la liste." in answer.text
    assert drafts(session) == []


def test_markup_and_control_signs_stay_text(client: FlaskClient, session: Session, path: str) -> None:
    form = calls.open_form(client, path)
    nasty = "<script>alert(1)</script>\x00 **gras** [lien](javascript:alert(1))"
    answer = client.post(path, data={**form, **TYPED, "proposal": nasty, "gesture": "send"})
    page = client.get(answer.location).text
    assert "<script>alert" not in page
    assert 'href="javascript' not in page
    assert "<strong>gras</strong>" in page
    assert "\x00" not in drafts(session)[0].proposal


def test_the_mail_of_arrival_goes_to_the_organisation(
    client: FlaskClient, session: Session, path: str, run_jobs: Callable[[], int]
) -> None:
    form = calls.open_form(client, path)
    client.post(path, data={**form, **TYPED, "gesture": "send"})
    run_jobs()
    message = calls.again(session).scalars(select(Message)).one()
    assert message.recipient == "bonjour@example.org"
    assert TYPED["proposal"] in message.text


def test_a_call_taken_back_takes_nothing(client: FlaskClient, session: Session, path: str) -> None:
    form = calls.open_form(client, path)
    client.post(f"{path}/brouillon", data={**form, **TYPED})
    invited = drafts(session)[0].campaign
    assert invited is not None
    campaigns.withdraw(session, invited, actor="essai", now=clock.now())
    session.commit()
    page = client.get(path).text
    assert "L’appel est suspendu" in page
    assert TYPED["proposal"] in page
    assert client.post(path, data={**form, **TYPED, "gesture": "send"}).status_code == 422


# --- Several at one draft ---------------------------------------------------------------------


def test_an_open_page_learns_that_another_wrote_and_never_who(
    client: FlaskClient, session: Session, path: str
) -> None:
    phone, desk = calls.open_form(client, path), calls.open_form(client, path)

    def told(form: dict[str, str]) -> str | None:
        answer = client.get(f"{path}/etat", query_string=form)
        return answer.text if answer.status_code == 200 else None

    assert (told(phone), told(desk)) == (None, None)
    client.post(f"{path}/brouillon", data={**phone, **TYPED, "proposal": "Du téléphone"})
    assert told(phone) is None
    said = told(desk) or ""
    assert "Une autre page est ouverte" in said
    assert "Du téléphone" not in said
    later = calls.open_form(client, path)
    assert told(later) is None  # it shows what was written
    client.post(path, data={**later, **TYPED, "gesture": "send"})
    assert "envoyé depuis une autre page" in (told({**later, "page": "x"}) or "")
    assert [each.proposal for each in drafts(session)] == [TYPED["proposal"]]


def test_a_draft_saved_just_now_is_told_to_whoever_opens_it(client: FlaskClient, path: str) -> None:
    form = calls.open_form(client, path)
    assert "enregistré à l’instant" not in client.get(path).text
    client.post(f"{path}/brouillon", data={**form, **TYPED})
    page = client.get(path).text
    assert "Ce brouillon a été enregistré à l’instant." in page
    assert "vous choisissez" in page


def test_the_receipt_follows_what_it_became_to_the_printed_page(
    client: FlaskClient, session: Session, path: str
) -> None:
    now = clock.now()
    form = calls.open_form(client, path)
    receipt = client.post(path, data={**form, **TYPED, "gesture": "send"}).location
    row = calls.again(session).scalars(select(Contribution)).one()
    first = calls.recommendation(session, row, now=now, title="Ouvrir le soir")
    second = calls.recommendation(session, calls.contribution(session, now=now), now=now, title="Autre")
    joined = derivations.merge(
        session, [first, second], Statement(title="Des guichets pour tout le monde", text="Ouvrir."),
        actor="essai", now=now,
    )  # fmt: skip
    session.commit()

    def stands(sender: Session, recommendations: list[int]) -> dict[int, list[Place]]:
        del sender
        return {
            number: [Place("Mémorandum d’essai", "/memorandums/essai", page=12)]
            for number in recommendations
            if number == joined.id
        }

    with used_in.connected_to(stands):
        page = client.get(receipt).text
    assert "Des guichets pour tout le monde" in page
    assert "Mémorandum d’essai</a>, page 12" in page
    assert "Autre" not in page.split("<main")[1].split("Ce que nous avons reçu")[0]
