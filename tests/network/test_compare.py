"""Two dates compared, year by year, measures in words, ways: on made-up and on the real network."""

import csv
import io
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from hub.actors.models.organisations import Organisation, OrganisationState
from hub.actors.models.reference import Family
from hub.actors.models.relations import Relation, RelationKind
from hub.actors.operations import reference
from hub.core.files import Store
from hub.demo import actors
from hub.demo.world import World
from hub.network.queries.register import read
from hub.network.values.changes import changes, compare
from hub.network.values.register import Wanted
from hub.network.values.sight import Sight
from tests import factories
from tests.conftest import both_databases
from tests.factories import NOW


def tie(session: Session, one: Organisation, other: Organisation, **values: object) -> None:
    kind = session.query(RelationKind).filter_by(code="funds").one_or_none() or factories.add(
        session, RelationKind(code="funds", label="finance", reverse_label="est financé par")
    )
    factories.add(
        session, Relation(source_id=one.id, kind_id=kind.id, target_id=other.id, created_at=NOW, **values)
    )


@pytest.fixture
def network(session: Session) -> dict[str, Organisation]:
    """Somebody closes in April 2023, somebody comes in 2020; ties begin, end and last."""
    rows = {
        "ruche": factories.organisation(
            session, "La Ruche", state=OrganisationState.CLOSED, state_since=date(2023, 4, 30)
        ),
        "new": factories.organisation(session, "Nouvelle", founded=2020, public_fields=["founded"]),
        "old": factories.organisation(session, "Ancienne"),
        "other": factories.organisation(session, "Autre"),
    }
    tie(session, rows["ruche"], rows["old"], start_on=date(2018, 1, 1))
    tie(session, rows["old"], rows["other"])
    tie(session, rows["new"], rows["old"], start_on=date(2021, 6, 6))
    session.commit()
    return rows


def lines(client: FlaskClient, path: str) -> list[list[str]]:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text[:500]
    return list(csv.reader(io.StringIO(answer.text.lstrip("\ufeff")), delimiter=";"))


# --- Two dates


@both_databases
@pytest.mark.usefixtures("network")
def test_who_came_and_left_and_which_ties(client: FlaskClient) -> None:
    told = lines(client, "/reseau/comparer?de=2019&a=2024&format=csv")
    assert {tuple(line[:4]) for line in told[1:]} == {
        ("Arrivée", "Nouvelle", "", ""),
        ("Départ", "La Ruche", "", ""),
        ("Nouveau lien", "Nouvelle", "finance", "Ancienne"),
        ("Lien perdu", "La Ruche", "finance", "Ancienne"),
    }
    page = client.get("/reseau/comparer?de=2019&a=2024").text
    assert "4 changements" in page
    assert 'href="/reseau/lien/la-ruche/ancienne"' in page
    assert re.search(r'alt="Le réseau du 1er janvier 2019 au 31 décembre 2024.: 1 acteur arrivé', page)


@pytest.mark.usefixtures("network")
@pytest.mark.parametrize(("second", "left"), [("2023-04-30", False), ("2023-05-01", True)])
def test_both_days_count(client: FlaskClient, second: str, left: bool) -> None:
    told = lines(client, f"/reseau/comparer?de=2023-01-15&a={second}&format=csv")
    assert (["Départ", "La Ruche"] in [line[:2] for line in told]) == left


@pytest.mark.usefixtures("network")
def test_a_day_and_itself_differ_in_nothing(client: FlaskClient) -> None:
    page = client.get("/reseau/comparer?de=2022-05-05&a=2022-05-05").text
    assert "Rien n’a changé entre le 5 mai 2022 et le 5 mai 2022" in page


@pytest.mark.usefixtures("network")
@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"de": "31/02/2020", "a": "2021"}, "de", "Cette date ne se lit pas"),
        ({"de": "2020", "a": "31 février 2021"}, "a", "Cette date ne se lit pas"),
        ({"de": "0000-01-01", "a": "2021"}, "de", "Cette date ne se lit pas"),
        ({"de": "2020", "a": "9999-12-31"}, "a", "Cette date ne se lit pas"),
        ({"de": "hier", "a": "demain"}, "de", "Cette date ne se lit pas"),
        ({"de": "2021-02-01", "a": "2021-01-31"}, "a", "Cette date vient avant la première"),
        ({"de": "<script>", "a": "2021"}, "de", "Cette date ne se lit pas"),
        ({"de": "1" * 500, "a": "2021"}, "de", "Cette date ne se lit pas"),
    ],
)
def test_what_is_wrong_with_a_date_is_told_beside_it(
    client: FlaskClient, typed: dict[str, str], field: str, words: str
) -> None:
    answer = client.get("/reseau/comparer", query_string=typed)
    assert answer.status_code == 422
    told = re.search(rf'id="compare-{field}-error">(.*?)</p>', answer.text, re.DOTALL)
    assert told
    assert words in told[1]
    for name, text in typed.items():
        kept = text[:200].replace("<", "&lt;").replace(">", "&gt;")
        assert f'name="{name}" value="{kept}"' in answer.text, "what was typed is kept"
    assert f'aria-describedby="compare-help compare-{field}-error"' in answer.text
    assert client.get("/reseau/comparer/image.svg", query_string=typed).status_code == 422


def test_filters_and_origins_narrow_the_comparison(
    client: FlaskClient, session: Session, network: dict[str, Organisation]
) -> None:
    network["old"].kind_id = factories.kind(session, "hospital", Family.HEALTH).id
    session.commit()
    assert len(lines(client, "/reseau/comparer?de=2019&a=2024&family=health&format=csv")) == 1
    told = lines(client, "/reseau/comparer?de=2019&a=2024&origine=space&format=csv")
    assert {line[0] for line in told[1:]} == {"Arrivée", "Départ"}
    assert "origine=space" in client.get("/reseau/comparer?de=2019&a=2024&origine=space").text


@pytest.mark.usefixtures("network")
def test_the_table_sorts_and_exports(client: FlaskClient) -> None:
    page = client.get("/reseau/comparer?de=2019&a=2024&sort=actor&direction=desc").text
    names = re.findall(r'<th scope="row".*?href="/acteurs/([^"]+)"', page, re.DOTALL)
    assert names[:4] == sorted(names[:4], reverse=True)
    assert client.get("/reseau/comparer?de=2019&a=2024&format=xlsx").data[:2] == b"PK"
    assert client.get("/reseau/comparer?sort=nonsense&page=-3&de=2019&a=2024").status_code == 200


@pytest.mark.usefixtures("network")
def test_the_picture_tells_what_changed_and_is_not_sent_twice(client: FlaskClient) -> None:
    answer = client.get("/reseau/comparer/image.svg?de=2019&a=2024")
    assert answer.mimetype == "image/svg+xml"
    for words in ("Arrivée", "Départ", "Nouveau lien", "Lien perdu", "stroke-dasharray"):
        assert words in answer.text
    etag = {"If-None-Match": answer.headers["ETag"]}
    assert client.get("/reseau/comparer/image.svg?de=2019&a=2024", headers=etag).status_code == 304
    assert client.get("/reseau/comparer/image.svg?de=2019&a=2020", headers=etag).status_code == 200


def test_an_empty_register_has_nothing_to_compare(client: FlaskClient) -> None:
    assert "Rien n’a changé" in client.get("/reseau/comparer").text
    assert client.get("/reseau/comparer/image.svg").status_code == 200
    assert "Aucune date n’est encore notée" in client.get("/reseau/historique").text
    assert "Aucun acteur à cette date" in client.get("/reseau/analyse").text
    assert "Choisissez deux acteurs" in client.get("/reseau/chemin").text


# --- Year by year


@pytest.mark.usefixtures("network")
def test_each_year_tells_what_it_brought(client: FlaskClient) -> None:
    told = lines(client, "/reseau/historique?format=csv")
    years = {line[0]: line[1:] for line in told[1:]}
    assert list(years) == ["2023", "2021", "2020", "2018"]
    # Actors, pairs, ties, alone; came, left, new, lost.
    assert years["2020"] == ["4", "2", "2", "1", "1", "0", "0", "0"]
    assert years["2023"] == ["3", "2", "2", "0", "0", "1", "0", "1"]
    page = client.get("/reseau/historique?annee=2023").text
    assert "Les changements de 2023" in page
    assert "dernier jour" in page
    assert "30 avril 2023" in page
    assert 'href="/reseau/comparer?de=2022-12-31&amp;a=2023-12-31"' in page


# --- Measures


@pytest.mark.usefixtures("network")
def test_measures_are_columns_to_choose_and_sort(client: FlaskClient) -> None:
    page = client.get("/reseau/analyse?date=2022-01-01&col=degree&col=constraint&sort=constraint").text
    heads = re.findall(r'<th scope="col".*?>\s*(?:<a [^>]*>)?([^<\n]+)', page)
    assert heads == ["Organisation", "Voisins", "Cercle fermé"]
    assert "Un chiffre élevé ne dit pas" in page
    names = re.findall(r'<th scope="row".*?centre=([^"]+)"', page, re.DOTALL)
    assert names[-1] == "ancienne", "its partners know nobody else: the least constrained"
    told = lines(client, "/reseau/analyse?date=2022-01-01&format=csv")
    assert len(told[0]) == 5 + 11
    assert client.get("/reseau/analyse?format=xlsx").data[:2] == b"PK"


def test_none_is_a_dash_and_never_nan(client: FlaskClient, session: Session) -> None:
    factories.organisation(session, "Seule")
    session.commit()
    columns = "&".join(f"col={code}" for code in ("betweenness", "closeness", "constraint", "community"))
    page = client.get(f"/reseau/analyse?{columns}").text
    assert page.count('aria-label="Sans objet">—<') == 4
    assert "nan" not in page.lower().replace("finance", "")
    for view in ("communautes", "passerelles", "isoles", "mixite"):
        assert client.get(f"/reseau/analyse?vue={view}").status_code == 200


def test_the_scope_is_said_in_words(
    client: FlaskClient, session: Session, network: dict[str, Organisation]
) -> None:
    network["new"].kind_id = network["old"].kind_id = factories.kind(session, "hospital", Family.HEALTH).id
    session.commit()
    whole = client.get("/reseau/analyse?date=2022-01-01&family=health").text
    assert "Mesures de tout le réseau" in whole
    part = client.get("/reseau/analyse?date=2022-01-01&family=health&portee=partie&col=degree").text
    assert "Mesures de la partie filtrée seulement" in part
    figures = dict(
        re.findall(
            r'centre=([\w-]+)".*?data-label="Voisins">(?:<div class="cell-value">)?(\d+)', part, re.DOTALL
        )
    )
    assert figures == {"nouvelle": "1", "ancienne": "1"}


def test_a_bad_date_is_told_on_the_page_of_measures(client: FlaskClient, session: Session) -> None:
    factories.organisation(session)
    session.commit()
    answer = client.get("/reseau/analyse?date=31/02/2023")
    assert answer.status_code == 422
    assert 'id="analysis-date-error"' in answer.text
    assert 'value="31/02/2023"' in answer.text


@pytest.mark.usefixtures("network")
def test_where_the_network_hangs_by_a_thread(client: FlaskClient) -> None:
    page = client.get("/reseau/analyse?date=2022-01-01&vue=passerelles").text
    assert "Si Ancienne s’en va, le réseau se coupe en 3." in page


# --- Ways


@pytest.mark.usefixtures("network")
def test_a_way_in_words_with_its_ties(client: FlaskClient) -> None:
    page = client.get("/reseau/chemin?de=autre&a=nouvelle").text
    assert "Autre touche Nouvelle par 1 intermédiaire" in page
    assert "est financé par Ancienne" in page
    assert "est financé par Nouvelle" in page
    assert 'href="/reseau/lien/ancienne/nouvelle"' in page
    assert "Aucun chemin connu" in client.get("/reseau/chemin?de=autre&a=nouvelle&date=2020-06-01").text
    assert "liés directement" in client.get("/reseau/chemin?de=Autre&a=ANCIENNE").text
    assert "C’est le même acteur" in client.get("/reseau/chemin?de=autre&a=autre").text


@pytest.mark.usefixtures("network")
@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"de": "personne", "a": "autre"}, "Aucun acteur de ce nom"),
        ({"de": "n", "a": "autre"}, "Plusieurs acteurs répondent à ce nom"),
        ({"de": "la ruche", "a": "autre"}, "Aucun acteur de ce nom"),
        ({"de": "???", "a": "autre"}, "Aucun acteur de ce nom"),
    ],
)
def test_who_isnt_found_is_told_beside_the_field(
    client: FlaskClient, typed: dict[str, str], words: str
) -> None:
    answer = client.get("/reseau/chemin", query_string=typed)
    assert answer.status_code == 422
    told = re.search(r'id="path-de-error">(.*?)</p>', answer.text, re.DOTALL)
    assert told
    assert words in told[1]
    assert f'value="{typed["de"]}"' in answer.text
    assert client.get("/reseau/chemin?date=hier").status_code == 422


# --- The story of the real network


@pytest.fixture
def real(session: Session, tmp_path: Path) -> World:
    reference.load(session)
    world = World(now=NOW, store=Store(tmp_path))
    world.put("user", "coordinator", factories.coordinator(session))
    actors.load(session, world)
    session.commit()
    return world


@both_databases
def test_the_province_and_the_health_promotion_leave_the_steering(session: Session, real: World) -> None:
    register = read(session, NOW.date(), Sight(NOW.date()))
    between = compare(register, Wanted(date(2020, 1, 1)), Wanted(date(2026, 1, 1)))
    steering = real.get("organisation", "ppli").id
    lost = {register.actors[link.source].slug for link in between.lost if link.target == steering}
    assert {real.get("organisation", code).slug for code in ("clps", "province")} <= lost
    stays = {register.actors[link.source].slug for link in between.kept if link.target == steering}
    assert real.get("organisation", "cai").slug in stays


@both_databases
def test_la_ruche_closes_in_april_2023(session: Session, real: World) -> None:
    register = read(session, NOW.date(), Sight(NOW.date()))
    ruche = real.get("organisation", "ruche").slug
    april = compare(register, Wanted(date(2023, 4, 1)), Wanted(date(2023, 4, 30)))
    may = compare(register, Wanted(date(2023, 4, 30)), Wanted(date(2023, 5, 1)))
    assert ruche not in {actor.slug for actor in april.left}
    assert ruche in {actor.slug for actor in may.left}
    days = [
        change.day
        for change in changes(register, Wanted(NOW.date()))
        if ruche in {actor.slug for actor in change.left}
    ]
    assert days == [date(2023, 5, 1)]


@pytest.mark.usefixtures("real")
def test_two_public_and_two_associative_actors_carry_a_unit(
    client: FlaskClient, session: Session, sign_in: Callable[..., FlaskClient]
) -> None:
    sign_in(client, factories.coordinator(session))
    page = client.get("/reseau/analyse?vue=mixite&date=2012").text
    told = re.search(r"EnTrain</a>.*?</li>", page, re.DOTALL)
    assert told
    assert "public et associatif ensemble" in told[0]
    assert "Public (2)" in told[0]
    assert "Associatif (2)" in told[0]
    today = client.get("/reseau/analyse?vue=mixite").text
    told = re.search(r"EnTrain</a>.*?</li>", today, re.DOTALL)
    assert told
    assert "Associatif (1)" in told[0], "its mediator left at the end of 2014"
