"""Files of a whole network: recognised, checked, decided, stored and taken back as one; bad ones refused."""

import io
import json
import zipfile
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from graph.exchange.errors import Problem
from graph.exchange.formats import Format, write
from graph.exchange.model import About, Actor, Exchange, Moment, Precision, Term, Tie
from hub.actors import importing
from hub.actors.models.imports import ImportBatch, ImportLine, ImportState, LineDecision
from hub.actors.models.organisations import Organisation
from hub.actors.models.relations import Relation, RelationKind
from hub.actors.operations import reference
from hub.actors.operations.imports import batches, undoing
from hub.actors.values import networks
from hub.core.audit import AuditEntry
from hub.core.errors import DomainError
from hub.core.files import StoredFile
from hub.core.web import Hub
from hub.network.values.register import Origin
from tests import factories
from tests.conftest import both_databases
from tests.factories import NOW

RunJobs = Callable[[], int]
ABOUT = About("Réseau d’essai", date(2026, 3, 10))
KIND = Term("association", "Association (asbl)")
PARTNER = Term("partner_in", "est partenaire de")
DECLARED = Term("declared", "Relations déclarées")
HOUSE = Actor("maison", "Maison des langues", acronym="MdL", kind=KIND, commune=Term("92094", "Namur"))
BRIDGE = Actor(
    "pont",
    "Ateliers du pont",
    former_names=("Le Gué; atelier",),
    kind=KIND,
    themes=(Term("housing", "Logement"),),
)
NETWORK = Exchange(
    ABOUT,
    (HOUSE, BRIDGE),
    (
        Tie(
            "t1",
            "maison",
            "pont",
            kind=PARTNER,
            start=Moment(date(2016, 1, 1), Precision.YEAR),
            origin=DECLARED,
        ),
        Tie("t2", "maison", "pont", kind=Term("space", "siège avec"), origin=Term("space", "Espaces")),
    ),
)


def written(exchange: Exchange, form: Format = Format.GEXF) -> bytes:
    return b"".join(write(exchange, form))


@pytest.fixture
def coordinator(session: Session, client: FlaskClient, sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    reference.load(session)
    return sign_in(client, factories.coordinator(session))


def send(client: FlaskClient, content: bytes, name: str = "reseau") -> Any:
    return client.post(
        "/acteurs/importer", data={"kind": "organisations", "file": (io.BytesIO(content), name)}
    )


def only_batch(session: Session) -> ImportBatch:
    session.rollback()
    session.expire_all()
    return session.scalars(select(ImportBatch).order_by(ImportBatch.id.desc())).first() or pytest.fail(
        "no import"
    )


def lines_of(session: Session, batch: ImportBatch) -> list[ImportLine]:
    return list(
        session.scalars(select(ImportLine).where(ImportLine.batch_id == batch.id).order_by(ImportLine.number))
    )


def faults(line: ImportLine) -> list[str]:
    return [field for field, _message, _params in line.problems]


def checked(session: Session, client: FlaskClient, run_jobs: RunJobs, content: bytes) -> ImportBatch:
    answer = send(client, content)
    assert answer.status_code == 303, answer.text
    run_jobs()
    batch = only_batch(session)
    assert batch.state == ImportState.CHECKED
    return batch


def stored(session: Session, client: FlaskClient, run_jobs: RunJobs, batch: ImportBatch) -> ImportBatch:
    client.post(f"/acteurs/importer/{batch.id}/confirmer")
    run_jobs()
    batch = only_batch(session)
    assert batch.state == ImportState.STORED
    return batch


def names_and_ties(session: Session) -> tuple[list[str], list[tuple[str, str, str]]]:
    session.rollback()
    names = list(session.scalars(select(Organisation.name).order_by(Organisation.name)))
    rows = session.scalars(select(Relation).order_by(Relation.id))
    return names, [(row.source.slug, row.kind.code, row.target.slug) for row in rows]


@both_databases
@pytest.mark.parametrize("form", Format)
def test_a_network_is_recognised_and_stored_whole_and_taken_back(
    session: Session, coordinator: FlaskClient, run_jobs: RunJobs, form: Format
) -> None:
    batch = checked(session, coordinator, run_jobs, written(NETWORK, form))
    assert batch.network == {"format": form.value, "deduced": 1, "relation_kind_id": None}
    assert [line.problems for line in lines_of(session, batch)] == [[], [], []]
    assert names_and_ties(session) == ([], [])
    page = coordinator.get(f"/acteurs/importer/{batch.id}").text
    assert "2 acteurs seront ajoutés. 1 relation sera ajoutée." in page
    assert "1 lien que le hub déduit de lui-même" in page
    stored(session, coordinator, run_jobs, batch)
    assert names_and_ties(session) == (
        ["Ateliers du pont", "Maison des langues"],
        [("maison", "partner_in", "pont")],
    )
    pont = session.scalars(select(Organisation).where(Organisation.slug == "pont")).one()
    assert pont.former_names == "Le Gué; atelier"
    assert "3 éléments créés par cet import" in coordinator.get(f"/acteurs/importer/{batch.id}/annuler").text
    coordinator.post(f"/acteurs/importer/{batch.id}/annuler")
    assert names_and_ties(session) == ([], [])
    assert "Rien n’en reste" in coordinator.get(f"/acteurs/importer/{batch.id}").text


def test_ties_follow_what_is_decided_of_their_ends(
    session: Session, coordinator: FlaskClient, run_jobs: RunJobs
) -> None:
    there = factories.organisation(session, "Maison des langues asbl", search_text="maison des langues")
    session.commit()
    batch = checked(session, coordinator, run_jobs, written(NETWORK))
    house, bridge, tie = lines_of(session, batch)
    assert (house.likeness, house.decision, house.organisation_id) == ("name", LineDecision.SAME, there.id)
    assert (bridge.decision, tie.decision) == (LineDecision.CREATE, LineDecision.CREATE)
    stored(session, coordinator, run_jobs, batch)
    assert names_and_ties(session)[1] == [(there.slug, "partner_in", "pont")]
    # Once more: all is there already, and nothing would be made twice.
    again = checked(session, coordinator, run_jobs, written(NETWORK))
    assert {line.decision for line in lines_of(session, again)} == {LineDecision.SAME}
    assert {line.likeness for line in lines_of(session, again)} == {"name", "slug", "tie"}
    # The actor that was there before the import stays; what the import made goes.
    assert undoing.undo(session, session.get_one(ImportBatch, batch.id), actor="essai", now=NOW) == (2, 0)


def test_a_tie_whose_end_is_left_out_is_left_out_and_said(
    session: Session, coordinator: FlaskClient, run_jobs: RunJobs
) -> None:
    batch = checked(session, coordinator, run_jobs, written(NETWORK))
    bridge = lines_of(session, batch)[1]
    batches.decide(session, batch, {bridge.id: LineDecision.SKIP})
    session.commit()
    stored(session, coordinator, run_jobs, batch)
    assert names_and_ties(session) == (["Maison des langues"], [])
    assert faults(lines_of(session, batch)[2]) == ["target"]


def test_two_actors_of_the_file_that_are_one_here_have_no_tie_twice(
    session: Session, coordinator: FlaskClient, run_jobs: RunJobs
) -> None:
    there = factories.organisation(session, "Maison", search_text="maison")
    factories.organisation(session, "Pont", search_text="pont")
    session.commit()
    actors = (Actor("a", "Maison", kind=KIND), Actor("b", "Maison asbl", kind=KIND, commune=Term("92094")))
    actors += (Actor("c", "Pont", kind=KIND),)
    ties = (*(Tie(f"t{end}", end, "c", kind=PARTNER) for end in "ab"), Tie("t", "a", "b", kind=PARTNER))
    batch = checked(session, coordinator, run_jobs, written(Exchange(ABOUT, actors, ties)))
    first, second, own = lines_of(session, batch)[3:]
    assert (first.problems, faults(second), faults(own)) == ([], ["source"], ["target"])
    stored(session, coordinator, run_jobs, batch)
    assert names_and_ties(session)[1] == [(there.slug, "partner_in", "pont")]


def test_what_people_have_changed_since_stays(
    session: Session, coordinator: FlaskClient, run_jobs: RunJobs
) -> None:
    batch = stored(session, coordinator, run_jobs, checked(session, coordinator, run_jobs, written(NETWORK)))
    other = factories.organisation(session, "Autre")
    made = session.scalars(select(Relation)).one()
    pont = session.scalars(select(Organisation).where(Organisation.slug == "pont")).one()
    session.add(Relation(source_id=other.id, kind_id=made.kind_id, target_id=pont.id, created_at=NOW))
    session.commit()
    assert "1 élément restera" in coordinator.get(f"/acteurs/importer/{batch.id}/annuler").text
    coordinator.post(f"/acteurs/importer/{batch.id}/annuler")
    page = coordinator.get(f"/acteurs/importer/{batch.id}").text
    assert "Ateliers du pont" in page
    assert names_and_ties(session) == (["Ateliers du pont", "Autre"], [("autre", "partner_in", "pont")])


KUMU = {
    "elements": [
        {
            "_id": "elem-1",
            "attributes": {"label": "Chez nous", "element type": "association", "tags": ["2016"]},
        },
        {"_id": "elem-2", "attributes": {"label": "Chez vous"}},
    ],
    "connections": [
        {"_id": "conn-1", "from": "elem-1", "to": "elem-2", "direction": "directed", "attributes": {}},
        {"_id": "conn-2", "from": "elem-2", "to": "elem-9", "attributes": {"connection type": "partner_in"}},
    ],
}


def test_a_map_of_kumu_gets_its_missing_kinds_from_the_coordinator(
    session: Session, coordinator: FlaskClient, run_jobs: RunJobs
) -> None:
    batch = checked(session, coordinator, run_jobs, json.dumps(KUMU).encode())
    assert [faults(line) for line in lines_of(session, batch)] == [
        [],
        ["kind"],
        ["target", "kind"],
        ["source", "target"],
    ]
    address = f"/acteurs/importer/{batch.id}"
    assert "Types par défaut" in coordinator.get(address).text
    page = coordinator.get(f"{address}/colonnes").text
    assert "là où le fichier ne le dit pas" in page
    assert coordinator.post(f"{address}/colonnes", data={"default_kind": "x"}).status_code == 422
    kind = factories.kind(session)
    relation = session.scalars(select(RelationKind).where(RelationKind.code == "partner_in")).one()
    data = {"default_kind": kind.id, "relation_kind": relation.id}
    assert coordinator.post(f"{address}/colonnes", data=data).status_code == 303
    run_jobs()
    assert [faults(line) for line in lines_of(session, only_batch(session))] == [[], [], [], ["target"]]
    stored(session, coordinator, run_jobs, batch)
    # An id of Kumu's is no address of ours.
    assert names_and_ties(session) == (
        ["Chez nous", "Chez vous"],
        [("chez-nous", relation.code, "chez-vous")],
    )


def test_every_line_of_a_foreign_file_tells_its_own_problems(
    session: Session, coordinator: FlaskClient, run_jobs: RunJobs
) -> None:
    factories.organisation(session, "Déjà là")
    session.commit()
    content = """<?xml version="1.0"?><gexf xmlns="http://gexf.net/1.2" version="1.2"><graph>
      <attributes class="node"><attribute id="0" title="type" type="string"/>
        <attribute id="1" title="founded" type="string"/></attributes>
      <nodes><node id="n1" label="Un"><attvalues><attvalue for="0" value="association"/></attvalues></node>
        <node id="n1" label="Le même"><attvalues><attvalue for="0" value="association"/></attvalues></node>
        <node id="n2" label="Deux"><attvalues><attvalue for="0" value="soucoupe"/></attvalues></node>
        <node id="n3" label="Trois"><attvalues><attvalue for="0" value="association"/>
          <attvalue for="1" value="jadis"/></attvalues></node></nodes>
      <edges><edge source="n1" target="n2" kind="partner_in"/>
        <edge source="n1" target="nulle part" kind="partner_in"/>
        <edge source="n1" target="Déjà là" kind="partner_in" start="2016-13-45"/>
        <edge source="n1" target="Déjà là" kind="partner_in" start="2016-05-04T10:00:00" end="12.5"/>
        <edge source="n1" target="n1" kind="partner_in"/></edges></graph></gexf>"""
    batch = checked(session, coordinator, run_jobs, content.encode())
    assert [faults(line) for line in lines_of(session, batch)] == [
        [], ["id"], ["kind"], ["founded"], ["target"], ["target"], ["start"], [], ["target"],
    ]  # fmt: skip
    page = coordinator.get(f"/acteurs/importer/{batch.id}").text
    assert "Son identifiant est déjà celui de la ligne 1 du fichier." in page
    assert "mais n’en est pas repris" in page


@pytest.mark.parametrize("form", [Format.CSV, Format.XLSX, Format.KUMU_XLSX, Format.GEPHI_CSV, Format.GEXF])
def test_a_formula_or_markup_in_a_name_stays_a_name(
    session: Session, coordinator: FlaskClient, run_jobs: RunJobs, form: Format
) -> None:
    names = ["=HYPERLINK(1)", "<script>alert(1)</script>", "@somme", "'=Chez nous"]
    actors = tuple(Actor(f"a{number}", name, kind=KIND) for number, name in enumerate(names))
    content = written(Exchange(ABOUT, actors, ()), form)
    batch = stored(session, coordinator, run_jobs, checked(session, coordinator, run_jobs, content))
    assert names_and_ties(session)[0] == sorted(names)
    page = coordinator.get(f"/acteurs/importer/{batch.id}?lignes=tout").text
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page


def test_the_command_takes_a_network_too(session: Session, app: Hub, tmp_path: Any) -> None:
    reference.load(session)
    session.commit()
    file = tmp_path / "reseau.graphml"
    file.write_bytes(written(NETWORK, Format.GRAPHML))
    with app.app_context():
        told = list(importing.from_command(app, "organisations", file, confirm=True))
    assert told[0].startswith("3 lignes : 3 à créer")
    assert names_and_ties(session)[1] == [("maison", "partner_in", "pont")]


def test_every_deduced_origin_is_known_and_every_problem_has_its_words() -> None:
    assert {origin.value for origin in Origin if origin != Origin.DECLARED} == networks.DEDUCED
    assert set(networks.REFUSALS) == set(Problem)
    assert set(networks.FORMATS) == set(Format)


# --- Bad files: a sentence beside the field, and nothing changed.

LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE gexf [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;">]><gexf><graph><nodes><node id="&c;"/></nodes></graph></gexf>"""
EXTERNAL = b"""<!DOCTYPE gexf [<!ENTITY x SYSTEM "file:///etc/passwd">]><gexf><graph>&x;</graph></gexf>"""
DTD = b'<!DOCTYPE graphml SYSTEM "http://example.org/graphml.dtd"><graphml><graph/></graphml>'


def archive(members: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in members.items():
            made.writestr(name, content)
    return file.getvalue()


def locked() -> bytes:
    """Return an archive that says of its member that it needs a password."""
    content = bytearray(archive({"acteurs.csv": b"Identifiant;Nom\n"}))
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


def cut(content: bytes) -> bytes:
    return content[: len(content) * 2 // 3]


GEXF = written(NETWORK)
BAD = {
    "laughs": (LAUGHS, "des entités"),
    "external": (EXTERNAL, "des entités"),
    "dtd": (DTD, "une DTD"),
    "utf16 laughs": (LAUGHS.decode().encode("utf-16"), "des entités"),
    "cut xml": (cut(GEXF), "abîmé à la ligne"),
    "two roots": (GEXF + b"<x/>", "abîmé à la ligne"),
    "latin1 said utf8": (GEXF.decode().encode("cp1252", "replace"), "Enregistrez-le en UTF-8"),
    "unknown encoding": (b'<?xml version="1.0" encoding="klingon"?><gexf/>', "Enregistrez-le en UTF-8"),
    "multibyte encoding": (b'<?xml version="1.0" encoding="shift_jis"?><gexf/>', "Enregistrez-le en UTF-8"),
    "web page": (b"<html><body/></html>", "ni un GEXF ni un GraphML"),
    "deep": (b"<gexf>" + b"<nodes>" * 1000, "emboîté"),
    "no nodes": (b'<gexf xmlns="http://gexf.net/1.3"><graph/></gexf>', "aucun acteur"),
    "cut json": (cut(written(NETWORK, Format.JSON)), "JSON est abîmé"),
    "deep json": (b"[" * 200_000, "emboîté"),
    "other json": (b'{"a": 1}', "ni un export de Maillage ni une carte de Kumu"),
    "list json": (b"[1, 2]", "ni un export de Maillage ni une carte de Kumu"),
    "json of numbers": (b'{"maillage": 1, "actors": [1], "ties": []}', "ni un export"),
    "json without actors": (b'{"maillage": 1}', "aucun acteur"),
    "not a number": (b'{"maillage": 1, "actors": [{"id": NaN}]}', "JSON est abîmé"),
    "endless number": (b'{"maillage": 1, "actors": [{"id": ' + b"9" * 5000 + b"}]}", "JSON est abîmé"),
    "json in latin1": ('{"maillage": "é"}'.encode("latin-1"), "Enregistrez-le en UTF-8"),
    "cut zip": (cut(written(NETWORK, Format.CSV)), "archive est abîmée"),
    "cut xlsx": (cut(written(NETWORK, Format.XLSX)), "archive est abîmée"),
    "word": (archive({"word/document.xml": b"<x/>"}), "ni un classeur Excel"),
    "password": (locked(), "mot de passe"),
    "bomb": (archive({"acteurs.csv": b"0" * (61 * 1024 * 1024)}), "trop grand une fois déplié"),
    "inflated": (archive({"acteurs.csv": b"0" * (6 * 1024 * 1024)}), "trop grand une fois déplié"),
    "many members": (archive({f"x{number}": b"" for number in range(301)}), "trop grand une fois déplié"),
    "no such columns": (archive({"acteurs.csv": b"a;b\n1;2\n"}), "n’a pas les colonnes attendues"),
    "no gephi columns": (archive({"edges.csv": b"a,b\n1,2\n"}), "Source, Target, Type"),
    "long text": (written(Exchange(ABOUT, (Actor("a", "x" * 20_001),), ())), "20 000 signes"),
    "nothing": (b"", "vide"),
    "blank": (b"  \n\n", "vide"),
    "picture": (b"\x89PNG\r\n\x1a\n\x00\x00", "ni un CSV ni un classeur Excel"),
}  # fmt: skip


def state_of(session: Session) -> list[int]:
    session.rollback()
    tables = (Organisation, Relation, ImportBatch, ImportLine, StoredFile, AuditEntry)
    return [session.scalar(select(func.count()).select_from(table)) or 0 for table in tables]


@pytest.mark.parametrize(("content", "said"), BAD.values(), ids=BAD)
def test_a_bad_file_gets_a_sentence_beside_its_field_and_changes_nothing(
    session: Session, coordinator: FlaskClient, content: bytes, said: str
) -> None:
    before = state_of(session)
    answer = send(coordinator, content)
    assert answer.status_code == 422
    assert 'id="file-error"' in answer.text
    assert said in answer.text
    assert state_of(session) == before


@pytest.mark.parametrize(
    ("inside", "said"),
    [
        ("<nodes>" + '<node id="a"/>' * 10_001 + "</nodes>", "10000 acteurs"),
        ("<edges>" + '<edge source="a" target="b"/>' * 50_001 + "</edges>", "50000 relations"),
    ],
    ids=["actors", "ties"],
)
def test_too_many_actors_or_ties_are_refused(inside: str, said: str) -> None:
    with pytest.raises(DomainError, match=said):
        networks.read(f"<gexf><graph>{inside}</graph></gexf>".encode())


def test_a_file_beyond_the_limit_is_refused_unread() -> None:
    with pytest.raises(DomainError, match="24 Mo"):
        networks.read(b"<" * (networks.MAX_BYTES + 1))


class Endless(io.RawIOBase):
    """A hundred megabytes that nobody should read: it counts what is taken of it."""

    def __init__(self, size: int) -> None:
        self.left = size
        self.taken = 0

    def readinto(self, buffer: Any) -> int:
        number = min(len(buffer), self.left)
        buffer[:number] = b"x" * number
        self.left -= number
        self.taken += number
        return number

    def readable(self) -> bool:
        return True


def heavy(client: FlaskClient, address: str, body: Endless) -> Any:
    return client.post(
        address,
        content_type="multipart/form-data; boundary=x",
        environ_overrides={"CONTENT_LENGTH": str(body.left), "wsgi.input": body},
    )


@pytest.mark.parametrize(("address", "megabytes"), [("/acteurs/importer", 100), ("/acteurs/ajouter", 20)])
def test_what_is_too_heavy_for_its_form_is_refused_without_being_read(
    coordinator: FlaskClient, address: str, megabytes: int
) -> None:
    body = Endless(megabytes * 1024 * 1024)
    answer = heavy(coordinator, address, body)
    assert answer.status_code == 413
    assert "trop lourd" in answer.text
    assert body.taken == 0


SAMPLES = [written(NETWORK, form) for form in Format]


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """Take a good file and spoil it: cut, changed, doubled, or with strange bytes put in."""
    content = bytearray(draw(st.sampled_from(SAMPLES)))
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, max(len(content) - 1, 0)))
        length = draw(st.integers(0, 40))
        spoil = draw(st.sampled_from(["cut", "change", "double", "put"]))
        if spoil == "cut":
            del content[place : place + length]
        elif spoil == "double":
            content[place:place] = content[place : place + length]
        else:
            strange = draw(
                st.binary(max_size=12) | st.sampled_from([b"<", b"&", b"\x00", b'"', b"]]>", b"<!DOCTYPE x>"])
            )
            content[place : place + (len(strange) if spoil == "change" else 0)] = strange
    return bytes(content)


@given(content=mutated())
@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_spoilt_file_never_breaks_anything(
    session: Session, coordinator: FlaskClient, run_jobs: RunJobs, content: bytes
) -> None:
    before = state_of(session)[:2]
    answer = send(coordinator, content)
    assert answer.status_code in {303, 422}
    run_jobs()
    assert state_of(session)[:2] == before
    if answer.status_code == 303:
        assert coordinator.get(answer.location, follow_redirects=True).status_code == 200
