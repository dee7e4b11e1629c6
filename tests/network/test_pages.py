"""The network page: its table says what its picture shows (A4), on the day asked for."""

import csv
import gzip
import io
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.orm import Session

from hub.actors.models.mandates import Mandate, Person
from hub.actors.models.organisations import Organisation, OrganisationState
from hub.actors.models.reference import Family
from hub.actors.models.relations import Precision, Relation, RelationKind
from hub.core.web import Hub
from hub.network.views import asked
from tests import factories
from tests.conftest import Installation, both_databases
from tests.factories import NOW
from tests.network.payloads import Decoded, decode


def relation_kind(session: Session, code: str = "partner_in") -> RelationKind:
    found = session.query(RelationKind).filter_by(code=code).one_or_none()
    return found or factories.add(
        session, RelationKind(code=code, label=f"{code} de", reverse_label=f"{code} par")
    )


def tie(
    session: Session, one: Organisation, other: Organisation, code: str = "partner_in", **values: Any
) -> Any:
    kind = relation_kind(session, code)
    row = Relation(source_id=one.id, kind_id=kind.id, target_id=other.id, created_at=NOW, **values)
    return factories.add(session, row)


def history(client: FlaskClient, **arguments: str) -> Decoded:
    """Ask for the picture's data."""
    answer = client.get("/reseau/donnees.json", query_string=arguments)
    assert answer.status_code == 200
    return decode(answer.json)


def asked_day(arguments: dict[str, str]) -> date:
    return date.fromisoformat(arguments.pop("date", "") or asked.today().isoformat())


def shown(client: FlaskClient, **arguments: str) -> set[str]:
    """Ask for the picture's data; return who is in it on the day, today unless told."""
    day = asked_day(arguments)
    return {actor.label for actor in history(client, **arguments).there(day).values()}


def edges(client: FlaskClient, **arguments: str) -> set[frozenset[str]]:
    day = asked_day(arguments)
    found = history(client, **arguments)
    labels = {actor.slug: actor.label for actor in found.actors}
    return {frozenset((labels[tie.source], labels[tie.target])) for tie in found.standing(day)}


def star(session: Session, size: int) -> list[Organisation]:
    """Make one hub and `size - 1` others tied to it, each with two themes."""
    rows = [factories.organisation(session, f"Acteur {number:03}") for number in range(size)]
    themes = [factories.theme(session), factories.theme(session, "health", "Santé")]
    for row in rows:
        row.themes = themes
    for row in rows[1:]:
        tie(session, rows[0], row)
    session.commit()
    return rows


@contextmanager
def counted(installation: Installation) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        statements.append(statement)

    event.listen(installation.engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(installation.engine, "before_cursor_execute", note)


@both_databases
class TestDay:
    """La Ruche hosted the collective from 2018 to the end of April 2023, and closed."""

    @pytest.fixture(autouse=True)
    def network(self, session: Session) -> None:
        ruche = factories.organisation(
            session, "La Ruche", state=OrganisationState.CLOSED, state_since=date(2023, 4, 30)
        )
        collective = factories.organisation(
            session, "Gembloux hospitalière", founded=2017, public_fields=["founded"]
        )
        unknown = factories.organisation(session, "Sans dates")
        lost = factories.organisation(session, "Fermée un jour", state=OrganisationState.CLOSED)
        tie(
            session, ruche, collective, start_on=date(2018, 1, 1), start_precision=Precision.YEAR,
            end_on=date(2023, 4, 30), end_precision=Precision.MONTH,
        )  # fmt: skip
        tie(session, collective, unknown)
        tie(session, collective, lost)
        tie(session, unknown, ruche, "funds", withdrawn_at=NOW)
        session.commit()

    @pytest.mark.parametrize(
        ("day", "there", "tied"),
        [
            ("2016-12-31", False, False),
            ("2017-12-31", True, False),
            ("2018-01-01", True, True),
            ("2023-04-30", True, True),
            ("2023-05-01", False, False),
        ],
    )
    def test_what_has_ended_leaves_the_picture_after_its_last_day(
        self, client: FlaskClient, day: str, there: bool, tied: bool
    ) -> None:
        found = shown(client, date=day)
        assert ({"La Ruche", "Gembloux hospitalière"} <= found) == there
        assert (frozenset(("La Ruche", "Gembloux hospitalière")) in edges(client, date=day)) == tied

    def test_an_unknown_date_counts_as_current(self, client: FlaskClient) -> None:
        assert edges(client) == {frozenset(("Gembloux hospitalière", "Sans dates"))}

    def test_who_closed_on_an_unknown_day_was_there_before(self, client: FlaskClient) -> None:
        assert "Fermée un jour" not in shown(client)
        assert "Fermée un jour" in shown(client, date="2020-01-01")

    def test_a_withdrawn_relation_never_counts(self, client: FlaskClient) -> None:
        assert frozenset(("Sans dates", "La Ruche")) not in edges(client, date="2020-01-01")

    def test_who_stays_keeps_its_place(self, client: FlaskClient) -> None:
        def places(**arguments: str) -> dict[str, tuple[float, float]]:
            return {actor.slug: actor.place for actor in history(client, **arguments).actors}

        whole, alone = places(), places(q="sans dates")
        assert alone.items() <= whole.items()
        assert len(alone) == 1


def test_the_table_says_what_the_picture_shows(client: FlaskClient, session: Session) -> None:
    rows = star(session, 4)
    factories.organisation(session, "Seul au monde")
    session.commit()
    page = client.get("/reseau").text
    for row in rows:
        assert f'id="acteur-{row.slug}"' in page
    hub = re.search(r'<tr id="acteur-acteur-000".*?</tr>', page, re.DOTALL)
    assert hub
    cells = re.findall(r'data-label="(Voisins|Passerelle|Ensemble)">(.*?)</td>', hub[0], re.DOTALL)
    # Three of the six pairs of the four others pass through the hub; the lone actor makes the rest.
    assert dict(cells) == {"Voisins": "3", "Passerelle": "50\u202f%", "Ensemble": "principal"}
    assert "1 acteur sans lien connu" in page
    assert "Seul au monde" in page.split('class="section network-alone"')[1]


def test_coordinators_and_readers_each_have_their_layout(
    client: FlaskClient, session: Session, sign_in: Callable[..., FlaskClient]
) -> None:
    star(session, 3)
    assert "layout-public" in client.get("/reseau").text
    sign_in(client, factories.coordinator(session))
    assert "layout-coordinator" in client.get("/reseau").text


def test_filters_narrow_the_picture_and_the_table_but_not_the_measures(
    client: FlaskClient, session: Session
) -> None:
    rows = star(session, 4)
    other = factories.organisation(
        session, "Hôpital", kind_id=factories.kind(session, "hospital", Family.HEALTH).id,
        commune_id=factories.commune(session).id,
    )  # fmt: skip
    tie(session, rows[0], other, "funds")
    session.commit()
    assert shown(client, family="health") == {"Hôpital"}
    assert shown(client, kind="hospital") == {"Hôpital"}
    assert shown(client, commune="92094") == {"Hôpital"}
    assert shown(client, theme="housing") == {row.name for row in rows}
    assert shown(client, q="hopit") == {"Hôpital"}
    assert shown(client, relation="funds") == {"Hôpital", rows[0].name}
    assert edges(client, relation="partner_in", q="acteur") == {
        frozenset((rows[0].name, row.name)) for row in rows[1:]
    }
    page = client.get("/reseau?relation=funds").text
    assert re.search(r'id="acteur-acteur-000".*?data-label="Voisins">4</td>', page, re.DOTALL)
    assert 'id="acteur-acteur-001"' not in page
    assert "Aucun acteur ne correspond" in client.get("/reseau?family=party").text


def test_a_date_that_cant_be_read_is_told_and_kept(client: FlaskClient, session: Session) -> None:
    star(session, 3)
    answer = client.get("/reseau?date=31/02/2023")
    assert answer.status_code == 422
    assert "31/02/2023" in answer.text
    assert "Cette date ne se lit pas" in answer.text
    assert 'aria-describedby="network-date-error"' in answer.text
    for path in ("donnees.json", "image.svg", "acteurs/acteur-000", "relations.csv"):
        assert client.get(f"/reseau/{path}?date=hier").status_code == 422


def test_sorting_and_pages(client: FlaskClient, session: Session) -> None:
    star(session, 60)
    found = re.findall(r'<tr id="acteur-([^"]+)"', client.get("/reseau?sort=name&direction=desc").text)
    assert len(found) == 50
    assert found == sorted(found, reverse=True)
    assert re.findall(r'<tr id="acteur-([^"]+)"', client.get("/reseau").text)[0] == "acteur-000"
    rest = re.findall(r'<tr id="acteur-([^"]+)"', client.get("/reseau?sort=name&page=2").text)
    assert rest == [f"acteur-{number:03}" for number in range(50, 60)]


def test_the_card_tells_the_ties_in_the_actors_own_words(client: FlaskClient, session: Session) -> None:
    one, other = factories.organisation(session, "Une"), factories.organisation(session, "Autre")
    tie(session, one, other, "funds", start_on=date(2016, 1, 1), start_precision=Precision.YEAR)
    session.commit()
    here, there = client.get("/reseau/acteurs/une").text, client.get("/reseau/acteurs/autre").text
    assert "funds de" in here
    assert "Autre" in here
    assert "depuis 2016" in here
    assert "funds par" in there
    assert 'href="/acteurs/une"' in here
    assert client.get("/reseau/acteurs/personne").status_code == 404
    page = client.get("/reseau?centre=une").text
    assert 'data-card="une"' in page, "the card stands in the page where the address names the actor"


def test_no_person_and_no_contact_is_ever_in_the_data(client: FlaskClient, session: Session) -> None:
    row = star(session, 3)[0]
    row.email, row.phone, row.address = "secret@example.org", "081 00 00 00", "rue Secrète 1"
    person = factories.add(session, Person(name="Personne Secrète", created_at=NOW))
    mandate = Mandate(person_id=person.id, organisation_id=row.id, starts_on=date(2020, 1, 1), created_at=NOW)
    factories.add(session, mandate)
    session.commit()
    for path in ("", "/donnees.json", "/acteurs/acteur-000", "/image.svg", "?format=csv", "/relations.csv"):
        text = client.get(f"/reseau{path}").text
        for secret in ("secret@", "081 00", "Secrète"):
            assert secret not in text, path


def test_exports(client: FlaskClient, session: Session) -> None:
    rows = star(session, 3)
    lines = list(
        csv.reader(io.StringIO(client.get("/reseau?format=csv").text.lstrip("\ufeff")), delimiter=";")
    )
    assert lines[0][0] == "Organisation"
    assert [line[0] for line in lines[1:]] == [row.name for row in rows]
    assert lines[1][6:] == ["2", "100.0", "1", "1", "1"]
    assert client.get("/reseau?format=xlsx").data[:2] == b"PK"
    ties = list(
        csv.reader(io.StringIO(client.get("/reseau/relations.csv").text.lstrip("\ufeff")), delimiter=";")
    )
    assert ties[1] == ["Acteur 000", "partner_in de", "Acteur 001", "", "", "Relations déclarées", ""]
    assert client.get("/reseau/relations.doc").status_code == 404


def test_the_still_picture_needs_no_script(client: FlaskClient, session: Session) -> None:
    star(session, 4)
    assert re.search(r'<noscript><img [^>]*src="/reseau/image.svg"', client.get("/reseau").text)
    answer = client.get("/reseau/image.svg")
    assert answer.mimetype == "image/svg+xml"
    assert answer.text.startswith("<svg")
    assert answer.text.count("<polygon") >= 4
    near = client.get("/reseau/image.svg?centre=acteur-001").text
    assert "Acteur 000" in near
    assert "Acteur 002" not in near


@pytest.mark.parametrize("path", ["/reseau/donnees.json", "/reseau/image.svg"])
def test_what_is_known_is_not_sent_again(client: FlaskClient, session: Session, path: str) -> None:
    rows = star(session, 3)
    first = client.get(path)
    etag = first.headers["ETag"]
    again = client.get(path, headers={"If-None-Match": etag})
    assert (again.status_code, again.data) == (304, b"")
    tie(session, rows[1], rows[2])
    session.commit()
    after = client.get(path, headers={"If-None-Match": etag})
    assert after.status_code == 200
    assert after.headers["ETag"] != etag


@pytest.mark.parametrize(
    "path", ["/reseau", "/reseau/donnees.json", "/reseau/image.svg", "/reseau/acteurs/acteur-000"]
)
def test_the_number_of_queries_does_not_grow_with_the_network(
    installation: Installation, client: FlaskClient, session: Session, path: str
) -> None:
    def queries() -> list[str]:
        """Count those of an answer whose results are stored, once something else was committed."""
        client.get(path)
        factories.theme(session, "autre", "Autre").position += 1
        session.commit()
        with counted(installation) as found:
            assert client.get(path).status_code == 200
        return found

    star(session, 10)
    few = queries()
    for number in range(90):
        row = factories.organisation(session, f"Plus {number:03}")
        row.themes = [factories.theme(session)]
        tie(session, row, session.get_one(Organisation, row.id - 1))
    session.commit()
    many = queries()
    assert len(many) == len(few) < 20, "\n".join(many)


def test_nothing_is_read_anew_while_nothing_changes(
    installation: Installation, client: FlaskClient, session: Session
) -> None:
    star(session, 10)
    client.get("/reseau/donnees.json")
    client.get("/reseau/donnees.json")
    with counted(installation) as known:
        client.get("/reseau/donnees.json")
    assert not [statement for statement in known if "relation" in statement or "organisation" in statement]


def test_an_empty_register_says_what_to_do(
    app: Hub, client: FlaskClient, session: Session, sign_in: Callable[..., FlaskClient]
) -> None:
    del app
    assert "Ici se dessinera le réseau" in client.get("/reseau").text
    assert client.get("/reseau/donnees.json").json["actors"]["name"] == []
    sign_in(client, factories.coordinator(session))
    page = client.get("/reseau").text
    assert "Importez vos organisations" in page
    assert 'href="/acteurs/importer"' in page


def test_switches_and_steps_narrow_the_table_as_they_do_the_picture(
    client: FlaskClient, session: Session
) -> None:
    rows = star(session, 5)
    far = factories.organisation(
        session, "Loin", kind_id=factories.kind(session, "hospital", Family.HEALTH).id
    )
    tie(session, rows[1], far, "funds")
    session.commit()

    def listed(**arguments: Any) -> set[str]:
        page = client.get("/reseau", query_string=arguments).text
        return set(re.findall(r'<tr id="acteur-([^"]+)"', page)) | set(
            re.findall(
                r'href="/acteurs/([^"]+)"', page.partition("network-alone-list")[2].partition("</ul>")[0]
            )
        )

    everybody = {row.slug for row in [*rows, far]}
    assert listed() == everybody
    assert listed(hide="health") == everybody - {"loin"}
    assert listed(centre="loin", steps=1) == {"loin", rows[1].slug}
    assert listed(centre="loin", steps=2) == {"loin", rows[1].slug, rows[0].slug}
    assert listed(centre="loin", steps=1, hide="means") == {"loin"}
    assert listed(centre="personne", steps=1) == everybody
    ties = client.get("/reseau?table=ties&hide=means").text
    assert "funds de" not in ties.partition('id="tableau"')[2]


def test_ties_and_communities_are_tables_that_can_be_sorted(client: FlaskClient, session: Session) -> None:
    rows = star(session, 4)
    tie(session, rows[2], rows[3], "funds", start_on=date(2016, 1, 1), start_precision=Precision.YEAR)
    session.commit()

    def cells(label: str, address: str) -> list[str]:
        page = client.get(address).text
        found = re.findall(
            rf'data-label="{label}">(.*?)</t[dh]>', page.partition('id="tableau"')[2], re.DOTALL
        )
        return [re.sub(r"<[^>]+>", "", cell).strip() for cell in found]

    assert cells("Relation", "/reseau?table=ties&sort=relation") == ["funds de", *["partner_in de"] * 3]
    assert cells("De", "/reseau?table=ties&sort=start")[0] == "Acteur 002", "known dates first"
    assert cells("Depuis", "/reseau?table=ties&sort=start")[0] == "2016"
    assert cells("Sorte de lien", "/reseau?table=ties&sort=origin")[-1] == "Financer, prêter des moyens"
    groups = cells("Membres", "/reseau?table=communities")
    assert sum(map(int, groups)) == 4
    assert client.get("/reseau?table=rien&sort=rien&page=99").status_code == 200


def test_measures_stand_in_the_order_of_the_history(client: FlaskClient, session: Session) -> None:
    star(session, 4)
    factories.organisation(session, "Seul")
    session.commit()
    order = [actor.slug for actor in history(client).actors]
    found = client.get("/reseau/mesures.json").json
    assert found["day"] == asked.today().isoformat()
    by = {slug: place for place, slug in enumerate(order)}
    assert found["rank"][by["acteur-000"]] == 1
    assert found["community"][by["seul"]] == 0
    assert found["community"][by["acteur-001"]] == found["community"][by["acteur-000"]] > 0
    assert found["cut"][by["acteur-000"]] == 1
    assert len({len(found[name]) for name in ("community", "rank", "share", "cut")} | {len(order)}) == 1
    assert client.get("/reseau/mesures.json?date=hier").status_code == 422


def test_data_hold_no_date_so_every_day_is_drawn_from_the_same(client: FlaskClient, session: Session) -> None:
    star(session, 3)
    today = client.get("/reseau/donnees.json")
    assert (
        client.get("/reseau/donnees.json?date=2001-01-01&origine=").headers["ETag"] == today.headers["ETag"]
    )


def test_data_go_out_compressed_and_each_coding_is_revalidated(client: FlaskClient, session: Session) -> None:
    star(session, 30)
    squeezed = client.get("/reseau/donnees.json", headers={"Accept-Encoding": "gzip, br"})
    assert squeezed.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in squeezed.headers["Vary"]
    plain = client.get("/reseau/donnees.json")
    assert gzip.decompress(squeezed.data) == plain.data
    assert squeezed.headers["ETag"] != plain.headers["ETag"]
    again = client.get(
        "/reseau/donnees.json",
        headers={"Accept-Encoding": "gzip, br", "If-None-Match": squeezed.headers["ETag"]},
    )
    assert (again.status_code, again.data) == (304, b"")


def test_the_figure_for_print_names_the_network_the_day_and_the_source(
    client: FlaskClient, session: Session
) -> None:
    star(session, 4)
    answer = client.get("/reseau/figure.svg?date=2020-01-01")
    assert answer.headers["Content-Disposition"] == "attachment; filename=reseau-2020-01-01.svg"
    assert 'width="297mm"' in answer.text
    assert "au 1er janvier 2020" in answer.text
    assert "Source" in answer.text
    assert "Travailler ensemble, soutenir" in answer.text


class TestTiles:
    ADDRESS = "https://tuiles.example.org/{z}/{x}/{y}.png"

    def test_none_by_default(self, client: FlaskClient, session: Session) -> None:
        star(session, 3)
        answer = client.get("/reseau")
        assert "data-tiles" not in answer.text
        assert "https:" not in answer.headers["Content-Security-Policy"]

    def test_only_the_map_may_load_them(
        self, app: Hub, client: FlaskClient, session: Session, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        star(session, 3)
        monkeypatch.setitem(app.config, "MAP_TILES", self.ADDRESS)
        monkeypatch.setitem(app.config, "MAP_CREDIT", "© les auteurs des tuiles")
        answer = client.get("/reseau")
        assert f'data-tiles="{self.ADDRESS}"' in answer.text
        policy = dict(
            part.strip().split(" ", 1) for part in answer.headers["Content-Security-Policy"].split(";")
        )
        assert policy.pop("img-src") == "https://tuiles.example.org 'self' data: blob:"
        elsewhere = client.get("/acteurs").headers["Content-Security-Policy"]
        assert "tuiles" not in elsewhere
        assert all(f"{name} {value}" in elsewhere for name, value in policy.items())
