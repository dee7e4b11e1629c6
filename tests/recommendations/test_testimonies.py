"""What somebody has lived: under another name, with consent, read again before it is seen, erased at once."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import inspect, select, text, update
from sqlalchemy.orm import Session

from hub.core import clock
from hub.core.errors import DomainError
from hub.core.sweeping import sweep
from hub.recommendations.models import testimonies as models
from hub.recommendations.models.testimonies import ConsentForm
from hub.recommendations.operations import testimonies
from hub.recommendations.operations.testimonies import Told
from hub.recommendations.queries import testimonies as queries
from hub.recommendations.queries.testimonies import Standing, Use
from hub.recommendations.values import identifying
from hub.recommendations.values.identifying import Sign
from tests import factories
from tests.conftest import Installation, both_databases
from tests.factories import NOW
from tests.recommendations import calls

SignIn = Callable[[FlaskClient, Any], FlaskClient]
PATH = "/recommandations/temoignages"
WORDS = "J’ai attendu longtemps un logement et personne ne répondait à mes lettres zyxwvut."
CONSENT = {"consented_on": date(2026, 1, 5), "consent_form": ConsentForm.WRITTEN}


def told(session: Session, **values: Any) -> Told:
    """Return what is said of a testimony."""
    return Told(
        **{"organisation": factories.organisation(session), "text": WORDS, "pseudonym": "Amina", **values}
    )


def add(session: Session, **values: Any) -> models.Testimony:
    """Return a testimony with its consent, to be checked."""
    return testimonies.add(session, told(session, **{**CONSENT, **values}), actor="essai", now=NOW)


def typed(row_or_slug: str, **values: Any) -> dict[str, Any]:
    """Return what the form sends."""
    return {
        "organisation": row_or_slug, "text": WORDS, "pseudonym": "Amina", "is_pseudonym": "y",
        "consent_form": "written", "consented_on": "2026-01-05", "may_print": "y", **values,
    }  # fmt: skip


@both_databases
def test_it_is_seen_elsewhere_once_checked_and_for_what_was_agreed_to(session: Session) -> None:
    sent = calls.contribution(session, now=NOW)
    row = calls.recommendation(session, sent, now=NOW)
    for values in ({}, {"may_print": True}, {"may_post": True}):
        made = add(session, **values)
        testimonies.tie(session, made, row, actor="essai", now=NOW)
        testimonies.tie(session, made, row, actor="essai", now=NOW)
        testimonies.tie(session, made, sent, actor="essai", now=NOW)
    assert all(not session.execute(queries.shown([row.id], use)).all() for use in Use)
    every = session.scalars(select(models.Testimony).order_by(models.Testimony.id)).all()
    for made in every:
        testimonies.check(session, made, actor="essai", now=NOW)
    plain, printed, posted = every
    for use, wanted in ((Use.WORK, every), (Use.PRINT, [printed]), (Use.POST, [posted])):
        assert [each for _row, each in session.execute(queries.shown([row.id], use))] == list(wanted)
    testimonies.edit(session, plain, told(session, **CONSENT, text="Autre chose."), actor="essai", now=NOW)
    assert plain.checked_at is None
    tied = session.scalars(queries.ties(printed)).first()
    assert tied
    testimonies.untie(session, tied, actor="essai", now=NOW)
    assert not session.execute(queries.shown([row.id], Use.PRINT)).all()
    # Tied again, it is the same tie.
    testimonies.tie(session, printed, row, actor="essai", now=NOW)
    assert session.execute(queries.shown([row.id], Use.PRINT)).all()


def test_what_changes_no_word_needs_no_second_reading(session: Session) -> None:
    row = add(session)
    testimonies.check(session, row, actor="essai", now=NOW)
    said = Told(row.organisation, row.text, row.pseudonym, **CONSENT, may_post=True)
    testimonies.edit(session, row, said, actor="essai", now=NOW)
    assert (row.checked_at, row.may_post) == (NOW, True)
    testimonies.edit(session, row, replace(said, consented_on=None, consent_form=None, may_post=False),
                     actor="essai", now=NOW)  # fmt: skip
    assert row.checked_at is None


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"text": ""}, "text"),
        ({"pseudonym": "Amina Benali"}, "pseudonym"),
        ({"consented_on": None}, "consented_on"),
        ({"consent_form": None}, "consent_form"),
        ({"consented_on": None, "consent_form": None, "may_post": True}, "consented_on"),
        ({"consented_on": date(2999, 1, 1)}, "consented_on"),
    ],
)
def test_what_contradicts_itself_is_refused(session: Session, values: dict[str, Any], field: str) -> None:
    with pytest.raises(DomainError) as refusal:
        add(session, **values)
    assert refusal.value.field == field


def test_without_consent_it_is_not_checked(session: Session) -> None:
    row = add(session, consented_on=None, consent_form=None)
    with pytest.raises(DomainError):
        testimonies.check(session, row, actor="essai", now=NOW)


def stored(session: Session) -> str:
    """Return all that every table holds."""
    session.flush()
    names = inspect(session.connection()).get_table_names()
    return "\n".join(str(session.execute(text(f'SELECT * FROM "{name}"')).all()) for name in names)  # noqa: S608


@both_databases
def test_taking_consent_back_erases_the_words_everywhere(session: Session) -> None:
    said = {"pseudonym": "Zorglub", "consent_note": "Classeur qwxz"}
    row = add(session, text="Ancien " + WORDS, **said)
    testimonies.edit(session, row, told(session, **CONSENT, **said), actor="essai", now=NOW)
    made = calls.recommendation(session, calls.contribution(session, now=NOW), now=NOW)
    testimonies.tie(session, row, made, actor="essai", now=NOW)
    testimonies.check(session, row, actor="essai", now=NOW)
    assert "zyxwvut" in stored(session)
    for _ in range(2):
        testimonies.erase(session, row, actor="essai", now=NOW)
    left = stored(session)
    assert not [word for word in ("zyxwvut", "Zorglub", "qwxz") if word in left]
    assert (row.erased_at, row.checked_at, row.may_print) == (NOW, None, False)
    assert session.scalars(select(models.TestimonyTie.detached_at)).all() == [NOW]
    for act in (
        lambda: testimonies.check(session, row, actor="essai", now=NOW),
        lambda: testimonies.edit(session, row, told(session, **CONSENT), actor="essai", now=NOW),
    ):
        with pytest.raises(DomainError):
            act()


@both_databases
def test_what_is_due_is_erased_each_night(installation: Installation, session: Session) -> None:
    now, day = clock.now(), timedelta(days=1)
    form = ConsentForm.ORAL
    kept = [
        testimonies.add(session, told(session), actor="essai", now=now - 89 * day),
        testimonies.add(
            session, told(session, consented_on=clock.today(now) - 4 * 365 * day, consent_form=form),
            actor="essai", now=now - 4 * 365 * day,
        ),
    ]  # fmt: skip
    due = [
        testimonies.add(session, told(session), actor="essai", now=now - 91 * day),
        testimonies.add(
            session, told(session, consented_on=clock.today(now) - 1900 * day, consent_form=form),
            actor="essai", now=now - 1900 * day,
        ),
    ]  # fmt: skip
    numbers = [row.id for row in due]
    session.commit()
    sweep(installation.engine, now=now)
    rows = calls.again(session).scalars(
        select(models.Testimony).where(models.Testimony.erased_at.is_not(None))
    )
    assert sorted(row.id for row in rows) == sorted(numbers)
    assert all(row.text for row in kept)


def test_a_restored_backup_forgets_again(
    installation: Installation, session: Session, run_jobs: Callable[[], int]
) -> None:
    row, other = add(session), add(session)
    testimonies.erase(session, row, actor="essai", now=NOW)
    session.commit()
    run_jobs()
    noted = Path(installation.app.config["DATA_FOLDER"]) / "erased_testimonies.jsonl"
    assert [json.loads(line)["number"] for line in noted.read_text().splitlines()] == [row.id]
    # A backup brings the words back.
    session.execute(
        update(models.Testimony).where(models.Testimony.id == row.id).values(text=WORDS, erased_at=None)
    )
    session.commit()
    sweep(installation.engine, now=clock.now())
    run_jobs()
    again = calls.again(session)
    assert [again.get_one(models.Testimony, each).text for each in (row.id, other.id)] == ["", WORDS]


# --- What may identify somebody -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "sign"),
    [
        ("Elle s’appelle Fatou et elle a peur", Sign.NAME),
        ("J’ai vu Monsieur Dupont au guichet", Sign.NAME),
        ("Mon ami Karim a attendu", Sign.NAME),
        ("Ibrahim Diallo a attendu", Sign.NAME),
        ("née le 12 mars 1987", Sign.BIRTH),
        ("arrivé le 3/04/2021", Sign.DATE),
        ("au 12 rue des Carmes", Sign.ADDRESS),
        ("avenue de la Gare, 14", Sign.ADDRESS),
        ("à 5000 Namur", Sign.ADDRESS),
        ("appelez le 0470 12 34 56", Sign.PHONE),
        ("+32 81 22 33 44", Sign.PHONE),
        ("amina@example.org", Sign.EMAIL),
        ("registre 87.03.12-123.45", Sign.NUMBER),
        ("dossier 8 123 456", Sign.NUMBER),
        ("j’ai 34 ans", Sign.AGE),
        ("la seule famille syrienne de Gembloux", Sign.PLACE),
    ],
)
def test_what_may_identify_is_seen(words: str, sign: Sign) -> None:
    assert sign in {each.sign for each in identifying.signs(f"{words}.", ["Gembloux"])}


@pytest.mark.parametrize(
    "words",
    [
        WORDS,
        "Une ville wallonne, une trentaine d’années, trois enfants.",
        "Le CPAS de la commune et la Région wallonne ne savaient pas. En Belgique, on attend.",
        "J’habite à Gembloux.",
        "Il y a 10 ans de cela, avec 300 euros.",
    ],
)
def test_general_words_are_left_alone(words: str) -> None:
    assert [
        each.sign
        for each in identifying.signs(words, ["Gembloux"])
        if each.sign != Sign.NAME or "Gembloux" not in words
    ] == []


@given(st.text(max_size=200), st.lists(st.text(max_size=8), max_size=3))
def test_marking_changes_no_word(words: str, towns: list[str]) -> None:
    found = identifying.signs(words, towns)
    assert "".join(piece for piece, _sign in identifying.pieces(words, found)) == words
    assert all(one.end <= other.start for one, other in pairwise(found))


# --- Pages ------------------------------------------------------------------------------------------


def test_the_reminder_asks_once_and_never_refuses(
    client: FlaskClient, session: Session, sign_in: SignIn
) -> None:
    sign_in(client, factories.coordinator(session))
    slug = factories.organisation(session).slug
    session.commit()
    sent = typed(slug, text="J’ai 34 ans et " + WORDS)
    asked = client.post(f"{PATH}/nouveau", data=sent)
    assert asked.status_code == 422
    assert "34 ans<span" in asked.text
    assert "âge exact" in asked.text
    assert client.post(f"{PATH}/nouveau", data={**sent, "is_pseudonym": ""}).status_code == 422
    done = client.post(f"{PATH}/nouveau", data={**sent, "reread": "y"})
    assert done.status_code == 303
    page = done.headers["Location"]
    assert "Il n’est montré nulle part avant d’être relu" in client.get(page).text
    check = client.get(f"{page}/relire").text
    assert "âge exact" in check
    seen = check.split('name="seen" value="')[1].split('"')[0]
    assert client.post(f"{page}/relire", data={"seen": seen}).status_code == 422
    assert client.post(f"{page}/relire", data={"seen": "autre", "reread": "y"}).status_code == 409
    assert client.post(f"{page}/relire", data={"seen": seen, "reread": "y"}).status_code == 303
    assert calls.again(session).scalars(select(models.Testimony)).one().checked_at


def test_it_is_tied_read_on_its_recommendation_and_erased(
    client: FlaskClient, session: Session, sign_in: SignIn
) -> None:
    sign_in(client, factories.coordinator(session))
    row = add(session)
    sent = calls.contribution(session, now=NOW)
    made = calls.recommendation(session, sent, now=NOW)
    session.commit()
    page, of_it = f"{PATH}/{row.id}", f"/recommandations/{made.code}/temoignages"
    assert client.post(f"{page}/liens", data={"thing": "R-1999-999"}).status_code == 422
    assert client.post(f"{page}/liens", data={"thing": made.code.lower()}).status_code == 303
    assert client.post(f"{page}/liens", data={"thing": f"n° {sent.id}"}).status_code == 303
    assert made.code in client.get(page).text
    assert "zyxwvut" not in client.get(of_it).text
    testimonies.check(calls.again(session), row, actor="essai", now=NOW)
    session.commit()
    assert "zyxwvut" in client.get(of_it).text
    assert client.get(f"{page}/effacer").status_code == 200
    assert client.post(f"{page}/effacer").status_code == 303
    for path in (PATH, page, of_it, f"{PATH}?state=erased"):
        assert "zyxwvut" not in client.get(path).text
    assert client.get(f"{page}/modifier").status_code == 302


def test_two_who_change_it_see_each_other(client: FlaskClient, session: Session, sign_in: SignIn) -> None:
    sign_in(client, factories.coordinator(session))
    row = add(session)
    session.commit()
    answer = client.post(
        f"{PATH}/{row.id}/modifier", data=typed(row.organisation.slug, text="Autre.", seen="x")
    )
    assert answer.status_code == 409
    assert "zyxwvut" in answer.text
    assert "Autre.</textarea>" in answer.text


def test_the_list_is_narrowed(session: Session) -> None:
    to_check, checked, erased = add(session), add(session), add(session)
    testimonies.check(session, checked, actor="essai", now=NOW)
    testimonies.erase(session, erased, actor="essai", now=NOW)
    for standing, row in zip(Standing, (to_check, checked, erased), strict=True):
        assert session.scalars(queries.testimonies(queries.TestimonyFilter(standing))).all() == [row]
    mine = queries.TestimonyFilter(organisation=checked.organisation.slug)
    assert session.scalars(queries.testimonies(mine)).all() == [checked]
    asked = queries.TestimonyFilter(text="AMINA logement " + to_check.organisation.name)
    assert session.scalars(queries.testimonies(asked)).all() == [to_check]
    assert session.scalars(queries.testimonies(queries.TestimonyFilter(text="%"))).all() == []


def test_they_are_the_coordinations(client: FlaskClient, session: Session, sign_in: SignIn) -> None:
    row = add(session, may_print=True, may_post=True)
    made = calls.recommendation(session, calls.contribution(session, now=NOW), now=NOW)
    testimonies.tie(session, row, made, actor="essai", now=NOW)
    testimonies.check(session, row, actor="essai", now=NOW)
    person = factories.user(session)
    session.commit()
    sign_in(client, person)
    paths = (
        PATH, f"{PATH}/nouveau", f"{PATH}/{row.id}", f"{PATH}/{row.id}/modifier", f"{PATH}/{row.id}/relire",
        f"{PATH}/{row.id}/effacer", f"/recommandations/{made.code}/temoignages",
    )  # fmt: skip
    for path in paths:
        assert client.get(path).status_code == 403, path
    for path in ("nouveau", f"{row.id}/modifier", f"{row.id}/relire", f"{row.id}/liens", f"{row.id}/effacer"):
        assert client.post(f"{PATH}/{path}").status_code == 403, path
