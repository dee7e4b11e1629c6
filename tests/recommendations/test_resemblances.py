"""The inbox of pairs that look alike: what waits, what is decided, what is learnt from it."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from hub.core import clock, jobs
from hub.core.errors import DomainError
from hub.recommendations.models.contributions import Channel
from hub.recommendations.models.lineage import Derivation, DerivationKind
from hub.recommendations.models.recognition import SimilarityVerdict, Verdict
from hub.recommendations.operations import contributions, derivations, recognition, triage, verdicts
from hub.recommendations.operations.recommendations import Statement
from hub.recommendations.views.differing import beside
from memoranda.similarity.sector import THESAURUS
from tests import factories
from tests.conftest import Installation, both_databases
from tests.factories import NOW
from tests.recommendations import calls
from tests.recommendations.test_recognition import ASKED, OTHER, TWIN

SignIn = Callable[[FlaskClient, Any], FlaskClient]
INBOX = "/recommandations/ressemblances"


@pytest.fixture(autouse=True)
def _another_process() -> None:
    """Forget the index: tests share an engine, and each has a database of its own."""
    recognition._held.clear()


def words(text: str) -> Statement:
    """Return a recommendation that says this."""
    return Statement(title=text, text=text)


def waiting(session: Session) -> list[str]:
    """Return the pairs that wait, in their order."""
    session.flush()
    held = recognition.current(session)
    return [match.key for match in recognition.undecided(session, held, recognition.decided(session))]


@both_databases
def test_a_decision_is_replaced_and_never_erased(session: Session) -> None:
    first = verdicts.decide(session, ("r7", "c12"), Verdict.SAME, actor="essai", now=NOW)
    assert (first.first, first.second) == ("c12", "r7")
    again = verdicts.decide(session, ("c12", "r7"), Verdict.SAME, actor="essai", now=NOW)
    assert again is first
    with pytest.raises(DomainError):
        verdicts.decide(session, ("c12", "r7"), Verdict.DIFFERENT, actor="essai", now=NOW)
    other = verdicts.decide(
        session, ("c12", "r7"), Verdict.DIFFERENT, seen=str(first.id), actor="essai", now=NOW
    )
    for _ in range(2):
        verdicts.undo(session, other, actor="essai", now=NOW)
    rows = session.scalars(select(SimilarityVerdict).order_by(SimilarityVerdict.id)).all()
    assert [(row.verdict, row.ended_at) for row in rows] == [(Verdict.SAME, NOW), (Verdict.DIFFERENT, NOW)]


def test_pairs_wait_until_decided_or_joined(session: Session) -> None:
    one = calls.contribution(session, now=NOW, proposal=ASKED)
    other = calls.contribution(session, now=NOW, proposal=TWIN)
    calls.contribution(session, now=NOW, proposal=OTHER)
    pair = f"c{one.id} c{other.id}"
    assert waiting(session) == [pair]
    row = verdicts.decide(session, (f"c{one.id}", f"c{other.id}"), Verdict.DIFFERENT, actor="essai", now=NOW)
    assert waiting(session) == []
    verdicts.undo(session, row, actor="essai", now=NOW)
    assert waiting(session) == [pair]
    calls.recommendation(session, one, other, now=NOW, text="Ouvrir des crèches.")
    assert waiting(session) == []


def test_texts_behind_two_recommendations_wait_as_one_pair(session: Session) -> None:
    rows = [
        calls.recommendation(session, calls.contribution(session, now=NOW, proposal=text), now=NOW, text=text)
        for text in (ASKED, TWIN)
    ]
    assert waiting(session) == [f"r{rows[0].id} r{rows[1].id}"]


LATER = "Rembourser 95 % du revenu d’intégration aux CPAS."


@both_databases
def test_what_is_taken_over_is_known_and_not_asked_again(session: Session) -> None:
    earlier = calls.recommendation(session, now=NOW, text=ASKED)
    again = derivations.take_over(session, earlier, words(TWIN), actor="essai", now=NOW)
    assert waiting(session) == []
    # Further along the line, and what an organisation said of it, is known too.
    sent = calls.contribution(session, now=NOW, proposal=ASKED)
    assert waiting(session) != []
    triage.join(session, sent, again, actor="essai", now=NOW)
    last = derivations.take_over(session, again, words(LATER), actor="essai", now=NOW)
    assert waiting(session) == []
    stranger = calls.recommendation(session, now=NOW, text=ASKED)
    assert set(waiting(session)) == {f"r{row.id} r{stranger.id}" for row in (earlier, again, last)}


@both_databases
def test_parts_of_one_and_what_was_merged_are_known(session: Session) -> None:
    whole = calls.recommendation(session, now=NOW, text="Ouvrir des crèches.")
    derivations.split(session, whole, [words(ASKED), words(TWIN)], actor="essai", now=NOW)
    assert waiting(session) == []
    pair = [calls.recommendation(session, now=NOW, text="Financer des interprètes.") for _ in range(2)]
    assert waiting(session) == [f"r{pair[0].id} r{pair[1].id}"]
    derivations.merge(session, pair, words("Financer des interprètes."), into=pair[0], actor="essai", now=NOW)
    assert waiting(session) == []


@both_databases
def test_what_was_tied_by_mistake_or_only_inspired_waits(session: Session) -> None:
    earlier, later = (calls.recommendation(session, now=NOW, text=text) for text in (ASKED, TWIN))
    pair = [f"r{earlier.id} r{later.id}"]

    def listed() -> list[str]:
        session.flush()
        return [each.key for each in recognition.waiting(session, recognition.current(session)).matches]

    assert listed() == pair
    derivations.relate(session, later, earlier, DerivationKind.TAKEN_OVER, actor="essai", now=NOW)
    assert listed() == []
    tie = session.scalars(select(Derivation)).one()
    derivations.undo(session, tie, reason="Erreur.", actor="essai", now=NOW)
    assert listed() == pair
    derivations.relate(session, later, earlier, DerivationKind.INSPIRATION, actor="essai", now=NOW)
    assert listed() == pair


def test_what_other_decisions_say_moves_a_pair(session: Session) -> None:
    keys = [f"c{calls.contribution(session, now=NOW, proposal=ASKED).id}" for _ in range(4)]
    verdicts.decide(session, (keys[0], keys[1]), Verdict.SAME, actor="essai", now=NOW)
    verdicts.decide(session, (keys[1], keys[2]), Verdict.SAME, actor="essai", now=NOW)
    verdicts.decide(session, (keys[0], keys[3]), Verdict.DIFFERENT, actor="essai", now=NOW)
    found = waiting(session)
    assert found[0] == f"{keys[0]} {keys[2]}"
    assert set(found[1:]) == {f"{keys[1]} {keys[3]}", f"{keys[2]} {keys[3]}"}


def test_deciding_on_the_page_leads_on_and_can_be_taken_back(
    session: Session, client: FlaskClient, sign_in: SignIn
) -> None:
    sent = calls.contribution(session, now=NOW, proposal=ASKED)
    row = calls.recommendation(session, now=NOW, title="Rembourser le revenu", text=TWIN)
    session.commit()
    sign_in(client, factories.coordinator(session))
    listed = client.get(INBOX).text
    assert "1 paire de textes" in listed
    assert "L’une dit « 90 % », l’autre « 100 % »." in listed
    assert client.post(f"{INBOX}/c{sent.id}/r{row.id}", data={"verdict": "peut-être"}).status_code == 404
    assert client.post(f"{INBOX}/c{sent.id}/c9999", data={"verdict": "same"}).status_code == 404
    done = client.post(f"{INBOX}/c{sent.id}/r{row.id}", data={"verdict": "same"}, follow_redirects=True).text
    assert f"/recommandations/contributions/{sent.id}/rejoindre?q={row.code}" in done
    assert row.code in client.get(f"/recommandations/contributions/{sent.id}/rejoindre?q={row.code}").text
    assert "1 paire de textes" in client.get(f"{INBOX}?decision=same").text
    verdict = session.scalars(select(SimilarityVerdict)).one()
    back = client.post(f"{INBOX}/{verdict.id}/defaire", follow_redirects=True).text
    assert "1 paire de textes" in back


def test_the_list_is_narrowed_and_turned(session: Session, client: FlaskClient, sign_in: SignIn) -> None:
    for _ in range(2):
        calls.contribution(session, now=NOW, proposal=ASKED)
    session.commit()
    sign_in(client, factories.coordinator(session))
    for address, found in (
        ("?kind=cc", True),
        ("?kind=cr", False),
        ("?q=rembourser", True),
        ("?q=autobus", False),
        ("?sort=recent&page=9", True),
        ("?theme=nulle-part", False),
        ("?done=99999999999999", True),
    ):
        assert ("1 paire de textes" in client.get(INBOX + address).text) is found, address


def test_only_coordinators_read_and_decide(session: Session, client: FlaskClient, sign_in: SignIn) -> None:
    keys = [f"c{calls.contribution(session, now=NOW, proposal=ASKED).id}" for _ in range(2)]
    session.commit()
    for _ in ("public", "member"):
        assert client.get(INBOX).status_code in {302, 303, 403}
        assert client.post(f"{INBOX}/{keys[0]}/{keys[1]}", data={"verdict": "same"}).status_code != 200
        sign_in(client, factories.user(session))
    assert session.scalars(select(SimilarityVerdict)).all() == []


def test_the_inbox_asks_the_database_at_most_twelve_times(
    session: Session, client: FlaskClient, sign_in: SignIn, installation: Installation
) -> None:
    for _ in range(6):
        calls.contribution(session, now=NOW, proposal=ASKED)
        calls.recommendation(session, now=NOW, text=TWIN)
    verdicts.decide(session, ("c1", "r1"), Verdict.SAME, actor="essai", now=NOW)
    session.commit()
    sign_in(client, factories.coordinator(session))
    client.get(INBOX)
    counted = 0

    def count(*_: Any) -> None:
        nonlocal counted
        counted += 1

    event.listen(installation.engine, "before_cursor_execute", count)
    for address in ("", "?q=rembourser", "?decision=same"):
        counted = 0
        assert client.get(INBOX + address).status_code == 200
        assert 0 < counted <= 12
    event.remove(installation.engine, "before_cursor_execute", count)


def decided_same(client: FlaskClient, first: str, second: str) -> str:
    """Decide that two texts ask the same; return the page that follows."""
    return client.post(f"{INBOX}/{first}/{second}", data={"verdict": "same"}, follow_redirects=True).text


def test_two_recommendations_lead_to_their_merge(
    session: Session, client: FlaskClient, sign_in: SignIn
) -> None:
    one, other = (calls.recommendation(session, now=NOW, text=text) for text in (ASKED, TWIN))
    session.commit()
    sign_in(client, factories.coordinator(session))
    page = decided_same(client, f"r{one.id}", f"r{other.id}")
    address = f"/recommandations/fusionner?code={one.code}&amp;code={other.code}"
    assert address in page
    form = client.get(address.replace("&amp;", "&")).text
    assert one.code in form
    assert other.code in form
    assert "Fusionner 2 recommandations" in form


def test_two_contributions_lead_to_one_recommendation_or_to_the_one_that_took_the_first_up(
    session: Session, client: FlaskClient, sign_in: SignIn
) -> None:
    one, other, third = (calls.contribution(session, now=NOW, proposal=text) for text in (ASKED, TWIN, ASKED))
    row = calls.recommendation(session, third, now=NOW, text="Ouvrir des crèches.")
    session.commit()
    sign_in(client, factories.coordinator(session))
    page = decided_same(client, f"c{one.id}", f"c{other.id}")
    assert f"/recommandations/nouvelle?contribution={one.id}&amp;contribution={other.id}" in page
    page = decided_same(client, f"c{one.id}", f"c{third.id}")
    assert f"/recommandations/contributions/{one.id}/rejoindre?q={row.code}" in page


def test_the_list_is_narrowed_to_a_call_and_to_nearly_the_same_words(
    session: Session, client: FlaskClient, sign_in: SignIn
) -> None:
    call = calls.call(session, now=NOW, title="Appel du printemps")
    contributions.enter(
        session, factories.organisation(session), calls.words(proposal=ASKED), channel=Channel.PHONE,
        campaign=call, actor="essai", now=NOW,
    )  # fmt: skip
    calls.contribution(session, now=NOW, proposal=ASKED)
    session.commit()
    sign_in(client, factories.coordinator(session))
    for address, found in (
        (f"?campaign={call.slug}", True),
        ("?campaign=un-autre", False),
        ("?score=proche", True),
        ("?score=proche&sort=recent&kind=cc", True),
        ("?decision=same&score=proche", False),
    ):
        assert ("1 paire de textes" in client.get(INBOX + address).text) is found, address


def test_what_waits_is_computed_anew_after_a_decision_and_a_join(session: Session) -> None:
    one, other = (calls.contribution(session, now=NOW, proposal=ASKED) for _ in range(2))
    session.flush()

    def listed() -> int:
        session.flush()
        return len(recognition.waiting(session, recognition.current(session)).matches)

    assert listed() == 1
    row = verdicts.decide(session, (f"c{one.id}", f"c{other.id}"), Verdict.SAME, actor="essai", now=NOW)
    assert listed() == 0
    verdicts.undo(session, row, actor="essai", now=NOW)
    assert listed() == 1
    calls.recommendation(session, one, other, now=NOW, text="Ouvrir des crèches.")
    assert listed() == 0


# What looks alike and asks something else: (one, the other, what is written beside the marked word).
TWINS = [
    ("Rembourser 90 % du revenu d’intégration", "Rembourser 100 % du revenu d’intégration", "chiffre"),
    ("Détenir des enfants en centre fermé", "Ne plus détenir d’enfants en centre fermé", "négation"),
    (
        "Augmenter les subsides des écoles de devoirs",
        "Réduire les subsides des écoles de devoirs",
        "contraire",
    ),
    (
        "La Région wallonne forme ses guichets au droit des étrangers",
        "La commune forme ses guichets au droit des étrangers",
        "destinataire",
    ),
    (
        "Évaluer les cours de français du soir dans les écoles de la ville",
        "Financer les cours de français du soir dans les écoles de la ville",
        "verbe",
    ),
]


@pytest.mark.parametrize(("one", "other", "label"), TWINS, ids=[row[2] for row in TWINS])
def test_twins_wait_with_their_difference_marked(
    session: Session, client: FlaskClient, sign_in: SignIn, one: str, other: str, label: str
) -> None:
    for text in (one, other):
        calls.contribution(session, now=NOW, proposal=text)
    session.commit()
    sign_in(client, factories.coordinator(session))
    page = client.get(INBOX).text
    assert "1 paire de textes" in page
    assert re.search(rf"<mark[^>]*>[^<]+<[^>]*>[^<]*{label}", page), label


RULES = "les règles des allocations sociales, des pensions et du revenu d’intégration"


def test_another_object_is_told_in_a_sentence(session: Session, client: FlaskClient, sign_in: SignIn) -> None:
    for thing in ("cohabitant", "artiste"):
        calls.contribution(session, now=NOW, proposal=f"Supprimer le statut de {thing} dans {RULES}")
    session.commit()
    sign_in(client, factories.coordinator(session))
    assert "L’une parle de : « cohabitant » ; l’autre de : « artiste »." in client.get(INBOX).text


STATUS = "le statut de cohabitant dans les allocations sociales"


@pytest.mark.parametrize(
    ("first", "second", "told", "label"),
    [
        (
            f"Supprimer {STATUS}.",
            f"Individualiser {STATUS}.",
            "L’une veut mettre fin à quelque chose ou l’interdire, l’autre pas : « Supprimer ».",
            "contraire",
        ),
        (
            f"Ne pas supprimer {STATUS}.",
            f"Supprimer {STATUS}.",
            "L’une dit non, l’autre pas : « Ne », « pas ».",
            "négation",
        ),
        (
            "Détenir des enfants en centre fermé.",
            "Ne plus détenir d’enfants en centre fermé.",
            "L’une dit non, l’autre pas : « Ne », « plus ».",
            "négation",
        ),
        (
            f"Supprimer {STATUS} et fermer les centres.",
            f"Abolir {STATUS}.",
            (
                "Elles ne suppriment ou n’interdisent pas la même chose"
                " : « Supprimer », « fermer » ; « Abolir »."
            ),
            "contraire",
        ),
    ],
)
def test_a_verb_of_removal_is_not_told_as_a_negation(
    app: Flask, first: str, second: str, told: str, label: str
) -> None:
    with app.test_request_context():
        for pair in ((first, second), (second, first)):
            found = beside(*pair, THESAURUS)
            labels = {piece.label for piece in (*found.first, *found.second)}
            assert label in labels
            if label == "contraire":
                assert "négation" not in labels
            assert any(told.partition("\u00a0: ")[0] in sentence for sentence in found.sentences)
        assert told in beside(first, second, THESAURUS).sentences


def test_words_left_out_end_the_sentence_with_three_dots(app: Flask) -> None:
    long = "Sensibiliser le personnel des écoles, des hôpitaux, des gares et des musées à l’illettrisme."
    with app.test_request_context():
        told = beside("Sensibiliser le personnel communal.", long, THESAURUS).sentences
    assert any(sentence.endswith("», …") for sentence in told)
    assert not any("…." in sentence for sentence in told)


def test_comparing_many_texts_is_seen_and_may_be_left(
    session: Session,
    client: FlaskClient,
    sign_in: SignIn,
    run_jobs: Callable[[], int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(recognition, "AT_ONCE", 1)
    for _ in range(3):
        calls.contribution(session, now=clock.now(), proposal=ASKED)
    session.commit()
    progress = f"{INBOX}/avancement"
    assert client.get(progress).status_code in {302, 303, 403}
    sign_in(client, factories.coordinator(session))
    assert client.get(progress).status_code == 404
    page = client.get(INBOX).text
    asking = f"{INBOX}/lire?suivi=1"
    assert f'hx-post="{asking}"' in page
    part = client.post(asking, headers={"HX-Request": "true"}).text
    assert "<html" not in part
    assert f'hx-get="{progress}"' in part
    assert "Vous pouvez quitter cette page" in part
    # Left and come back to: the same work is shown, and none is asked for anew.
    assert f'hx-get="{progress}"' in client.get(INBOX).text
    assert run_jobs() == 1
    done = client.get(progress).text
    assert "hx-get" not in done
    assert "Les textes sont comparés." in done
    assert f'href="{INBOX}"' in done
    after = client.get(INBOX).text
    assert "progress-work" not in after
    assert "hx-post" not in after
    assert "3 paires de textes" in after


def test_comparing_that_failed_is_said(session: Session, client: FlaskClient, sign_in: SignIn) -> None:
    job = jobs.enqueue(session, recognition.JOB, now=NOW)
    job.state = jobs.JobState.FAILED
    session.commit()
    sign_in(client, factories.coordinator(session))
    told = client.get(f"{INBOX}/avancement").text
    assert "La comparaison n’a pas abouti" in told
    assert "hx-get" not in told
