"""The papers of a day: what stands on them, who may have them, that they don't stay."""

import io
import zipfile
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pypdf
import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.core import clock
from hub.core.audit import AuditEntry
from hub.core.errors import DomainError
from hub.core.files import Store, StoredFile
from hub.core.jobs import Job
from hub.events.models.days import Event, EventSession, Mode, SessionKind
from hub.events.models.outcomes import Delegation, DelegationState
from hub.events.models.papers import DayPaper
from hub.events.models.registrations import Registration
from hub.events.operations import paper_contents, papers, sign_up
from hub.events.operations.paper_contents import Wanted, Wished
from memoranda.day.content import Badges, Kind, Sheets, Signs
from tests import factories
from tests.conftest import both_databases
from tests.events.plenary import person, plenary, wishes
from tests.factories import NOW


@pytest.fixture(autouse=True)
def at_now(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], None]:
    """Stand at NOW; call it to go elsewhere."""

    def go(moment: Any) -> None:
        monkeypatch.setattr(clock, "now", lambda: moment)

    go(NOW)
    return go


@pytest.fixture
def coordinator(
    session: Session, client: FlaskClient, sign_in: Callable[[FlaskClient, Any], FlaskClient]
) -> FlaskClient:
    return sign_in(client, factories.coordinator(session))


@pytest.fixture
def event(session: Session) -> Event:
    """A day with three people: two in the first workshop, one of a known organisation."""
    made = plenary(session)
    ruche = factories.organisation(session, "La Ruche")
    first = person(1, name="Élodie M.", organisation_id=ruche.id)
    sign_up.register(
        session, made, first,
        wishes(made, 0, 1, diet="Sans gluten", access_needs="Accès sans marche", consents=True), now=NOW,
    )  # fmt: skip
    sign_up.register(
        session, made, person(2, name="=Farid", organisation_name="Marelles"), wishes(made, 0, 2), now=NOW
    )
    sign_up.register(session, made, person(3, name="Zoé \u0007B."), wishes(made, 2, 3), now=NOW)
    session.commit()
    return made


def composed(session: Session, event: Event, wanted: Wanted) -> dict[Wished, Any]:
    material = paper_contents.read(session, event, Store.__new__(Store))
    return paper_contents.compose(material, wanted)


def words(printed: bytes) -> str:
    reader = pypdf.PdfReader(io.BytesIO(printed))
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


# --- What stands on them --------------------------------------------------------------------------


@pytest.mark.usefixtures("app")
@both_databases
def test_lists_name_who_comes_to_each_workshop(session: Session, event: Event, app: Any) -> None:
    event.workshops[0].room = "Salle bleue"
    event.workshops[0].lead = factories.organisation(session, "Maison ouverte")
    session.flush()
    with app.app_context():
        (lists,) = composed(session, event, Wanted(kind=Wished.LISTS, blank_rows=3)).values()
    assert isinstance(lists, Sheets)
    assert [sheet.title for sheet in lists.sheets] == [
        "1. Besoins de base", "2. Insertion", "3. Vivre ensemble", "4. Soutien aux acteurs",
    ]  # fmt: skip
    first = lists.sheets[0]
    assert first.rows == (("Élodie M.", "La Ruche"), ("=Farid", "Marelles"))
    assert {(fact.label, fact.text) for fact in first.facts} >= {
        ("Salle", "Salle bleue"), ("Animé par", "Maison ouverte"),
        ("Inscriptions", "2 personnes inscrites, 10 places"),
    }  # fmt: skip
    assert first.blank == 3
    assert lists.sheets[2].rows == (("=Farid", "Marelles"), ("Zoé B.", ""))


@both_databases
def test_badges_say_who_and_where_and_nothing_of_needs(session: Session, event: Event, app: Any) -> None:
    with app.app_context():
        (made,) = composed(session, event, Wanted(kind=Wished.BADGES, blank_badges=2)).values()
        (plain,) = composed(session, event, Wanted(kind=Wished.BADGES, codes=False)).values()
    assert isinstance(made, Badges)
    assert [badge.name for badge in made.badges] == ["Élodie M.", "=Farid", "Zoé B.", "", ""]
    assert made.badges[0].lines == ("Atelier 1", "Atelier 2")
    codes = dict(session.execute(select(Registration.name, Registration.code)).all())
    assert made.badges[0].code == codes["Élodie M."]
    assert not any(badge.code for badge in plain.badges)
    assert "gluten" not in str(made)
    assert "marche" not in str(made)


def test_signs_stand_for_workshops_parties_and_organisations(
    session: Session, event: Event, app: Any
) -> None:
    for name, state in (
        ("Parti des Prairies", DelegationState.ANNOUNCED),
        ("Absents", DelegationState.DECLINED),
    ):
        party = factories.organisation(session, name)
        session.add(Delegation(event_id=event.id, organisation_id=party.id, state=state, updated_at=NOW))
    session.flush()
    with app.app_context():
        (made,) = composed(session, event, Wanted(kind=Wished.SIGNS)).values()
    assert isinstance(made, Signs)
    assert [(sign.kind, sign.name) for sign in made.signs][3:] == [
        ("Atelier 4", "Soutien aux acteurs"), ("Parti", "Parti des Prairies"), ("", "La Ruche"),
        ("", "Marelles"),
    ]  # fmt: skip


def add_sessions(session: Session, event: Event) -> None:
    half = timedelta(hours=3)
    for title, kind, mode, workshop in (
        ("Matin", SessionKind.HALF_DAY, Mode.ONSITE, None),
        ("Après-midi", SessionKind.HALF_DAY, Mode.ONSITE, None),
        ("En visio", SessionKind.SESSION, Mode.ONLINE, None),
        ("", SessionKind.WORKSHOP, Mode.ONSITE, event.workshops[0].id),
    ):
        session.add(
            EventSession(
                event=event, kind=kind, title=title, mode=mode, starts_at=event.starts_at,
                ends_at=event.starts_at + half, workshop_id=workshop,
            )
        )  # fmt: skip
    session.flush()
    session.expire(event, ["sessions"])


def test_sheets_to_sign_are_for_what_is_held_in_a_room(session: Session, event: Event, app: Any) -> None:
    with app.app_context():
        (whole,) = composed(session, event, Wanted(kind=Wished.SIGNATURES)).values()
    assert [sheet.title for sheet in whole.sheets] == ["Toute la journée"]
    add_sessions(session, event)
    chosen = event.sessions[1].id
    with app.app_context():
        (all_of,) = composed(session, event, Wanted(kind=Wished.SIGNATURES)).values()
        (one,) = composed(session, event, Wanted(kind=Wished.SIGNATURES, sessions=(chosen,))).values()
    assert {sheet.title: len(sheet.rows) for sheet in all_of.sheets} == {
        "Matin": 3, "Après-midi": 3, "Besoins de base": 2,
    }  # fmt: skip
    assert all(sheet.columns[-1].kind == Kind.SIGN for sheet in all_of.sheets)
    assert len(one.sheets) == 1


def test_the_list_of_the_entrance_has_boxes_and_the_end_of_codes(
    session: Session, event: Event, app: Any
) -> None:
    add_sessions(session, event)
    event.sessions[2].cancelled_at = NOW
    session.flush()
    with app.app_context():
        (made,) = composed(session, event, Wanted(kind=Wished.ENTRANCE)).values()
    (sheet,) = made.sheets
    assert [column.label for column in sheet.columns] == [
        "Matin", "Après-midi", "Nom", "Organisation", "Ateliers", "Fin du code",
    ]  # fmt: skip
    codes = dict(session.execute(select(Registration.name, Registration.code)).all())
    assert sheet.rows[0] == ("Élodie M.", "La Ruche", "1, 2", codes["Élodie M."][-4:])


def test_who_takes_part_online_has_neither_badge_nor_line_to_sign(
    session: Session, event: Event, app: Any
) -> None:
    session.scalars(select(Registration).where(Registration.name == "=Farid")).one().mode = Mode.ONLINE
    session.flush()
    with app.app_context():
        made = composed(session, event, Wanted(kind=Wished.ALL))
    assert "Farid" not in str(made[Wished.BADGES]) + str(made[Wished.ENTRANCE])
    assert "Farid" not in str(made[Wished.SIGNATURES])
    assert ("=Farid (en ligne)", "Marelles") in made[Wished.LISTS].sheets[0].rows


def test_of_nobody_lists_are_blank_and_there_are_no_badges(session: Session, app: Any) -> None:
    bare = plenary(session, capacities=(), choices=0, meals=())
    session.commit()
    with app.app_context():
        made = composed(session, bare, Wanted(kind=Wished.ALL))
    assert set(made) == {Wished.SIGNATURES, Wished.ENTRANCE}
    assert made[Wished.SIGNATURES].sheets[0].rows == ()


# --- Who may have them, and for how long ----------------------------------------------------------

PATHS = ("", "/imprimer/badges", "/imprimer/all", "/1", "/1/avancement", "/1/fichier")


@pytest.mark.parametrize("path", PATHS)
def test_others_are_refused(
    session: Session,
    client: FlaskClient,
    sign_in: Callable[[FlaskClient, Any], FlaskClient],
    event: Event,
    path: str,
) -> None:
    url = f"/journees/{event.slug}/documents{path}"
    assert client.get(url).status_code == 302
    sign_in(client, factories.user(session))
    assert client.get(url).status_code == 403
    assert client.post(f"/journees/{event.slug}/documents").status_code == 403


def test_a_short_paper_comes_at_once_and_nothing_of_it_stays(
    session: Session, coordinator: FlaskClient, event: Event
) -> None:
    url = f"/journees/{event.slug}/documents"
    data = {"kind": "badges", "format": "85x54", "codes": "y", "blank_badges": "1", "blank_rows": "0"}
    answer = coordinator.post(url, data=data)
    assert answer.status_code == 303
    made = coordinator.get(answer.location)
    assert made.content_type == "application/pdf"
    assert "no-store" in made.headers["Cache-Control"]
    assert f"badges-{event.slug}.pdf" in made.headers["Content-Disposition"]
    text = words(made.data)
    assert "Élodie M." in text
    assert "gluten" not in text
    assert session.scalar(select(func.count()).select_from(DayPaper)) == 0
    assert session.scalar(select(func.count()).select_from(StoredFile)) == 0
    (entry,) = session.scalars(select(AuditEntry).where(AuditEntry.action == "event.papers_printed"))
    assert entry.changes == {"kind": [None, "badges"]}


@both_databases
def test_a_long_one_is_a_job_and_goes_after_an_hour(
    session: Session,
    coordinator: FlaskClient,
    event: Event,
    run_jobs: Callable[[], int],
    monkeypatch: pytest.MonkeyPatch,
    at_now: Callable[[Any], None],
) -> None:
    monkeypatch.setattr(papers, "DIRECT", 0)
    url = f"/journees/{event.slug}/documents"
    asked = coordinator.post(url, data={"kind": "all", "format": "90x54", "blank_rows": "2"})
    assert "En attente" in coordinator.get(asked.location).text
    assert coordinator.get(f"{asked.location}/fichier").status_code == 302
    # While it is long, an address alone doesn't make it.
    assert coordinator.get(f"{url}/imprimer/all").status_code == 302
    run_jobs()
    assert "Télécharger" in coordinator.get(asked.location).text
    assert "Télécharger" in coordinator.get(f"{asked.location}/avancement").text
    made = coordinator.get(f"{asked.location}/fichier")
    with zipfile.ZipFile(io.BytesIO(made.data)) as archive:
        names = archive.namelist()
        texts = {name: words(archive.read(name)) for name in names}
    assert [name.split("-")[0] for name in names] == ["listes", "badges", "chevalets", "feuilles", "liste"]
    assert all("Élodie M." in text for name, text in texts.items() if not name.startswith("chevalets"))
    assert session.scalar(select(func.count()).select_from(StoredFile)) == 0
    other = plenary(session, title="Une autre")
    session.commit()
    number = asked.location.rpartition("/")[2]
    assert "ne sont plus là" in coordinator.get(f"/journees/{other.slug}/documents/{number}").text
    at_now(NOW + papers.KEPT)
    assert "ne sont plus là" in coordinator.get(asked.location).text
    assert coordinator.get(f"{asked.location}/fichier").status_code == 302
    run_jobs()
    session.rollback()
    assert session.scalar(select(func.count()).select_from(DayPaper)) == 0
    assert "lodie" not in str([job.arguments | job.result for job in session.scalars(select(Job))])


def test_the_sweep_throws_away_what_no_job_did(session: Session, event: Event) -> None:
    for hours in (-2, 1):
        moment = NOW + timedelta(hours=hours)
        wanted = Wanted(kind=Wished.BADGES).as_arguments()
        session.add(
            DayPaper(
                event_id=event.id, wanted=wanted, created_at=moment - timedelta(hours=1), expires_at=moment
            )
        )
    session.flush()
    assert papers.drop_old(session, now=NOW) == 1
    assert papers.drop_old(session, now=NOW) == 0


def test_strange_wishes_are_refused(coordinator: FlaskClient, event: Event) -> None:
    url = f"/journees/{event.slug}/documents"
    assert coordinator.post(url, data={"kind": "poster"}).status_code == 404
    assert coordinator.get(f"{url}/imprimer/poster").status_code == 404
    assert coordinator.get(f"{url}/imprimer/badges?format=1x1").status_code == 404
    assert coordinator.get(f"{url}/imprimer/badges?blank_badges=9999").status_code == 404
    assert (
        coordinator.get(f"{url}/imprimer/badges?sessions=x&sessions=99999999999999999999").status_code == 200
    )
    wrong = coordinator.post(url, data={"kind": "badges", "format": "90x54", "blank_badges": "101"})
    assert wrong.status_code == 422
    assert "Entre 0 et 100." in wrong.text
    assert coordinator.post(url, data={"kind": "badges", "format": "1x1"}).status_code == 422
    assert (
        coordinator.post(url, data={"kind": "badges", "format": "90x54", "sessions": "7"}).status_code == 422
    )
    for values in ({"format": "x"}, {"blank_rows": -1}, {"blank_badges": 101}):
        with pytest.raises(DomainError):
            papers.check(Wanted(kind=Wished.LISTS, **values))


def test_the_page_says_how_many_and_what_to_do_for_nobody(
    session: Session, coordinator: FlaskClient, event: Event
) -> None:
    assert "3 personnes attendues sur place" in coordinator.get(f"/journees/{event.slug}/documents").text
    bare = plenary(session, title="Encore vide")
    session.commit()
    page = coordinator.get(f"/journees/{bare.slug}/documents").text
    assert "Personne n’est encore attendu." in page
    assert "Voir les inscriptions" in page
    empty = coordinator.get(f"/journees/{bare.slug}/documents/imprimer/badges")
    assert empty.location == f"/journees/{bare.slug}/documents"
    assert "rien à imprimer" in coordinator.get(empty.location).text


def test_wanted_survives_the_way_through_a_row() -> None:
    wanted = Wanted(kind=Wished.SIGNATURES, sessions=(3, 5), marks=False)
    assert Wanted.read(wanted.as_arguments()) == wanted


def test_names_that_no_font_draws_are_told_beforehand(
    session: Session, event: Event, coordinator: FlaskClient
) -> None:
    page = f"/journees/{event.slug}/documents"
    assert "à écrire à la main" not in coordinator.get(page).text
    for number, name in ((4, "李小龍"), (5, "محمد الأمل"), (6, "🙂 Zoé")):
        sign_up.register(session, event, person(number, name=name), wishes(event, 0, 1), now=NOW)
    session.commit()
    text = coordinator.get(page).text
    assert "Un nom est à écrire à la main" in text
    assert "李小龍" in text
    assert "محمد" not in text
    with coordinator.application.app_context():
        (made,) = composed(session, event, Wanted(kind=Wished.BADGES)).values()
    assert "李小龍" in [badge.name for badge in made.badges]
