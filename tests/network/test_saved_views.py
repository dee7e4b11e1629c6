"""Saved views: named, shared or not, changed, deleted and taken back; what means nothing any more is told."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.core.audit import AuditEntry
from hub.core.errors import DomainError
from hub.network.models.views import SavedView
from hub.network.operations import views
from tests import factories
from tests.conftest import both_databases
from tests.factories import NOW

ARGUMENTS = [("view", "isolated"), ("theme", "housing"), ("date", "2019-06-30")]
SignIn = Callable[..., FlaskClient]


@pytest.fixture
def coordinator(session: Session) -> User:
    return factories.coordinator(session)


def saved(
    session: Session, actor: User, name: str = "Le logement en 2019", *, shared: bool = True
) -> SavedView:
    view = views.save(session, name, ARGUMENTS, shared=shared, actor=actor, now=NOW)
    session.commit()
    return view


@both_databases
class TestOperations:
    def test_a_name_is_needed_and_stands_once(self, session: Session, coordinator: User) -> None:
        saved(session, coordinator)
        for name in ("", "   ", "!!"):
            with pytest.raises(DomainError, match="Donnez un nom"):
                views.save(session, name, [], shared=True, actor=coordinator, now=NOW)
        with pytest.raises(DomainError, match="s’appelle déjà") as refusal:
            views.save(session, "le LOGEMENT en 2019", [], shared=True, actor=coordinator, now=NOW)
        assert refusal.value.field == "name"
        assert session.query(SavedView).count() == 1

    def test_the_database_refuses_two_live_views_of_one_name(
        self, session: Session, coordinator: User
    ) -> None:
        first = saved(session, coordinator)
        session.add(
            SavedView(
                slug="autre", name=first.name, name_key=first.name_key, arguments=[], shared=False,
                created_at=NOW, updated_at=NOW,
            )
        )  # fmt: skip
        with pytest.raises(IntegrityError):
            session.flush()

    def test_too_many_filters_are_refused(self, session: Session, coordinator: User) -> None:
        for arguments in ([("pick", str(number)) for number in range(61)], [("q", "x" * 201)]):
            with pytest.raises(DomainError, match="trop de filtres"):
                views.save(session, "Vue", arguments, shared=True, actor=coordinator, now=NOW)

    def test_a_new_name_leaves_the_address(self, session: Session, coordinator: User) -> None:
        view = saved(session, coordinator)
        address = view.slug
        views.change(session, view, "Autre nom", shared=False, actor=coordinator, now=NOW)
        views.change(session, view, "Autre nom", shared=False, actor=coordinator, now=NOW)
        session.commit()
        assert (view.slug, view.name, view.shared) == (address, "Autre nom", False)
        told = session.scalars(select(AuditEntry).where(AuditEntry.action == "saved_view.changed")).all()
        assert len(told) == 1, "a change that changes nothing is not told"

    def test_what_was_deleted_is_taken_back_unless_its_name_is_taken(
        self, session: Session, coordinator: User
    ) -> None:
        view = saved(session, coordinator)
        views.delete(session, view, actor=coordinator, now=NOW)
        views.delete(session, view, actor=coordinator, now=NOW)
        other = saved(session, coordinator)
        assert other.slug != view.slug
        with pytest.raises(DomainError, match="renommez-la"):
            views.restore(session, view, actor=coordinator, now=NOW)
        views.delete(session, other, actor=coordinator, now=NOW)
        views.restore(session, view, actor=coordinator, now=NOW)
        session.commit()
        assert view.deleted_at is None
        actions = session.scalars(select(AuditEntry.action).where(AuditEntry.subject_id == view.id)).all()
        assert actions.count("saved_view.deleted") == 1
        assert "saved_view.restored" in actions

    def test_after_a_while_it_goes_for_good(self, session: Session, coordinator: User) -> None:
        kept, gone = saved(session, coordinator), saved(session, coordinator, "Autre")
        views.delete(session, gone, actor=coordinator, now=NOW)
        views.sweep(session, now=NOW + timedelta(days=29))
        assert session.query(SavedView).count() == 2
        views.sweep(session, now=NOW + timedelta(days=31))
        session.expire_all()
        assert session.scalars(select(SavedView.id)).all() == [kept.id]


def test_a_shared_view_leads_everybody_to_its_address(
    client: FlaskClient, session: Session, coordinator: User
) -> None:
    factories.theme(session)
    view = saved(session, coordinator)
    answer = client.get(f"/reseau/vues/{view.slug}")
    assert answer.status_code == 302
    assert answer.location == ("/reseau?view=isolated&theme=housing&date=2019-06-30&vue=le-logement-en-2019")
    page = client.get(answer.location)
    assert page.status_code == 200
    assert view.name in client.get("/reseau/vues").text


def test_one_that_is_not_shared_is_for_coordinators(
    client: FlaskClient, session: Session, sign_in: SignIn, coordinator: User
) -> None:
    view = saved(session, coordinator, shared=False)
    assert "/connexion" in client.get(f"/reseau/vues/{view.slug}").location
    assert view.name not in client.get("/reseau/vues").text
    assert view.name not in client.get(f"/reseau?vue={view.slug}").text, "its name tells something, too"
    sign_in(client, coordinator)
    assert client.get(f"/reseau/vues/{view.slug}").status_code == 302
    assert view.name in client.get("/reseau/vues").text


def test_what_no_list_holds_any_more_is_told_and_left_aside(
    client: FlaskClient, session: Session, coordinator: User
) -> None:
    """The theme « housing » is in no list here."""
    view = saved(session, coordinator)
    answer = client.get(f"/reseau/vues/{view.slug}")
    assert "theme=" not in answer.location
    assert "view=isolated" in answer.location
    assert "ce qui n’existe plus (housing)" in client.get(answer.location).text


def test_a_deleted_view_is_gone(
    client: FlaskClient, session: Session, coordinator: User, sign_in: SignIn
) -> None:
    view = saved(session, coordinator)
    sign_in(client, coordinator)
    answer = client.post(f"/reseau/vues/{view.slug}/supprimer")
    assert "Annuler la suppression" in client.get(answer.location).text
    assert client.get(f"/reseau/vues/{view.slug}").status_code == 410
    assert client.post(f"/reseau/vues/{view.slug}/remettre").status_code == 303
    assert client.get(f"/reseau/vues/{view.slug}").status_code == 302


def test_saving_keeps_the_looks_of_the_address_and_nothing_else(
    client: FlaskClient, session: Session, coordinator: User, sign_in: SignIn
) -> None:
    sign_in(client, coordinator)
    address = "?view=brokers&origine=declared&origine=space&hide=party&date=2020-01-01&sort=name&page=3&x=1"
    assert client.get(f"/reseau/vues/nouvelle{address}").status_code == 200
    client.post(f"/reseau/vues/nouvelle{address}", data={"name": "Sans date", "shared": "y"})
    client.post(f"/reseau/vues/nouvelle{address}", data={"name": "Avec date", "keep_date": "y"})
    found = {view.name: view for view in session.scalars(select(SavedView))}
    looks = [["view", "brokers"], ["origine", "declared"], ["origine", "space"], ["hide", "party"]]
    assert sorted(found["Sans date"].arguments) == sorted(looks)
    assert sorted(found["Avec date"].arguments) == sorted([*looks, ["date", "2020-01-01"]])
    assert (found["Sans date"].shared, found["Avec date"].shared) == (True, False)


def test_a_form_without_a_name_is_told_and_nothing_is_lost(
    client: FlaskClient, session: Session, coordinator: User, sign_in: SignIn
) -> None:
    sign_in(client, coordinator)
    saved(session, coordinator)
    for name in ("", "Le logement en 2019"):
        answer = client.post("/reseau/vues/nouvelle?view=kinds&pick=asbl", data={"name": name})
        assert answer.status_code == 422
        assert "view=kinds&amp;pick=asbl" in answer.text
        assert name in answer.text
    assert session.query(SavedView).count() == 1


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "nouvelle"), ("POST", "nouvelle"), ("GET", "{}/modifier"), ("POST", "{}/modifier"),
        ("POST", "{}/supprimer"), ("POST", "{}/remettre"),
    ],
)  # fmt: skip
def test_readers_change_nothing(
    client: FlaskClient, session: Session, coordinator: User, sign_in: SignIn, method: str, path: str
) -> None:
    view = saved(session, coordinator)
    address = f"/reseau/vues/{path.format(view.slug)}"
    before = client.open(address, method=method, data={"name": "Piraté"})
    assert before.status_code in {302, 403}
    sign_in(client, factories.user(session))
    assert client.open(address, method=method, data={"name": "Piraté"}).status_code == 403
    session.expire_all()
    assert [row.name for row in session.scalars(select(SavedView))] == [view.name]
    assert view.deleted_at is None
