"""Imports: checked, decided, stored whole, undone whole; on both databases."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.actors import importing
from hub.actors.models.imports import ImportBatch, ImportKind, ImportLine, ImportState, LineDecision
from hub.actors.models.organisations import FundingSource, Organisation, Structured
from hub.actors.models.relations import Relation
from hub.actors.operations import reference, relations
from hub.actors.operations.imports import batches, storing, undoing
from hub.actors.operations.ownership import checking
from hub.actors.operations.relations import RelationFacts
from hub.actors.values import spreadsheets
from hub.actors.values.dates import parse
from hub.core import audit, files
from hub.core.errors import DomainError
from hub.core.web import Hub
from tests import factories
from tests.conftest import both_databases
from tests.factories import NOW

Import = Callable[..., ImportBatch]
HEADER = "Nom;Sigle;Type;Commune;Thèmes;N° BCE;Téléphone"
GOOD = [
    "Maison des langues;MdL;Association (asbl);Namur;Logement|fle;0123.456.749;081 12 34 56",
    "Ateliers du pont;;citizen_collective;5030;;;",
    "Carrefour;;Association (asbl);Dinant;Santé, Culture;;",
]


@pytest.fixture
def begin(session: Session, app: Hub, run_jobs: Callable[[], int]) -> Import:
    """Upload lines and check them, as the pages and the worker do."""
    reference.load(session)

    def do(
        lines: list[str], header: str = HEADER, kind: ImportKind = ImportKind.ORGANISATIONS
    ) -> ImportBatch:
        content = "\n".join([header, *lines]).encode()
        store = files.Store(Path(app.config["FILES_FOLDER"]))
        file = files.keep(session, store, content, "liste.csv", "text/csv", now=NOW)
        batch = batches.receive(session, kind, file, spreadsheets.read(content), by=None, now=NOW)
        batches.name_columns(session, batch, batch.mapping, default_kind_id=batch.default_kind_id)
        batches.begin_check(session, batch, now=NOW)
        session.commit()
        assert run_jobs() == 1
        session.refresh(batch)
        return batch

    return do


@pytest.fixture
def store(session: Session, run_jobs: Callable[[], int]) -> Callable[[ImportBatch], ImportBatch]:
    def do(batch: ImportBatch) -> ImportBatch:
        batches.confirm(session, batch, by=None, now=NOW)
        session.commit()
        assert run_jobs() == 1
        session.expire_all()
        return batch

    return do


def lines_of(session: Session, batch: ImportBatch) -> list[ImportLine]:
    return list(
        session.scalars(select(ImportLine).where(ImportLine.batch_id == batch.id).order_by(ImportLine.number))
    )


def number_of(session: Session, model: type[Organisation] | type[Relation]) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def faulty_fields(line: ImportLine) -> list[str]:
    return [field for field, _message, _params in line.problems]


@both_databases
def test_nothing_reaches_the_register_before_it_is_confirmed(
    session: Session, begin: Import, store: Callable[[ImportBatch], ImportBatch]
) -> None:
    batch = begin(GOOD)
    assert batch.state == ImportState.CHECKED
    assert number_of(session, Organisation) == 0
    store(batch)
    assert batch.state == ImportState.STORED
    made = session.scalars(select(Organisation).order_by(Organisation.id)).all()
    assert [row.name for row in made] == ["Maison des langues", "Ateliers du pont", "Carrefour"]
    assert made[0].enterprise_number == "0123456749"
    assert made[0].phone == "+32 81 12 34 56"
    assert [theme.code for theme in made[0].themes] == ["housing", "fle"]
    assert made[1].commune is not None
    assert made[1].commune.name == "Gembloux"
    assert made[1].kind.code == "citizen_collective"
    assert [theme.code for theme in made[2].themes] == ["health", "culture"]
    assert {row.import_id for row in made} == {batch.id}
    history = session.scalars(audit.history(made[0])).all()
    assert [entry.action for entry in history] == ["organisation.imported"]


@both_databases
def test_what_an_association_is_and_lives_on_is_imported(
    session: Session, begin: Import, store: Callable[[ImportBatch], ImportBatch]
) -> None:
    header = "Nom;Type;Structurée;Champ d’action;Moyens"
    batch = begin(
        [
            "Maison;Association (asbl);oui;Le quartier;Subsides | dons",
            "Cercle;Association (asbl);peut-être;;loterie",
        ],
        header,
    )
    lines = lines_of(session, batch)
    assert faulty_fields(lines[1]) == ["structured", "funding_sources"]
    batches.decide(session, batch, {lines[1].id: LineDecision.SKIP})
    session.commit()
    store(batch)
    row = session.scalars(select(Organisation)).one()
    assert (row.structured, row.field_of_action) == (Structured.YES, "Le quartier")
    assert sorted(row.funding_sources) == [FundingSource.DONATIONS, FundingSource.SUBSIDIES]


def test_every_line_tells_its_own_problems(session: Session, begin: Import) -> None:
    batch = begin(
        [
            ";;Association (asbl);;;;",
            "A;;Soucoupe;;;;",
            "B;;;;;;",
            "C;;Association (asbl);Nammur;;;",
            "D;;Association (asbl);;Logement|Poésie;;",
            "E;;Association (asbl);;;0123.456.789;12",
            "F;;Association (asbl);;;;",
            "F asbl;;Association (asbl);;;;",
            f"{'x' * 251};;Association (asbl);;;;",
        ]
    )
    assert [faulty_fields(line) for line in lines_of(session, batch)] == [
        ["name"], ["kind"], ["kind"], ["commune"], ["themes"], ["enterprise_number", "phone"], [], ["name"],
        ["name"],
    ]  # fmt: skip
    assert [line.decision for line in lines_of(session, batch)].count(LineDecision.SKIP) == 8


def test_a_kind_may_be_given_for_lines_without_one(
    session: Session, begin: Import, run_jobs: Callable[[], int]
) -> None:
    batch = begin(["Sans type;;;;;;"])
    kind = factories.kind(session)
    batches.name_columns(session, batch, batch.mapping, default_kind_id=kind.id)
    batches.begin_check(session, batch, now=NOW)
    session.commit()
    run_jobs()
    session.expire_all()
    assert lines_of(session, batch)[0].problems == []


def test_lines_that_resemble_an_actor_are_set_beside_it(session: Session, begin: Import) -> None:
    reference.load(session)
    there = factories.organisation(
        session, "Maison des langues asbl", acronym="MdL", enterprise_number="0123456749",
        former_names="Le Cercle", search_text="",
    )  # fmt: skip
    batch = begin(
        [
            "Autre nom;;association;;;0123456749;",
            "MAISON DES LANGUES;;association;;;;",
            "Le cercle;;association;;;;",
            "Maison de la laine;MDL;association;;;;",
            "Tout autre;;association;;;;",
        ]
    )
    lines = lines_of(session, batch)
    assert [line.likeness for line in lines] == ["number", "name", "former", "acronym", ""]
    assert [line.organisation_id for line in lines] == [there.id] * 4 + [None]
    same, create = LineDecision.SAME, LineDecision.CREATE
    assert [line.decision for line in lines] == [same, same, same, create, create]


def test_choices_are_kept_but_a_taken_number_is_never_made_twice(
    session: Session, begin: Import, store: Callable[[ImportBatch], ImportBatch]
) -> None:
    factories.organisation(session, "Carrefour", enterprise_number="0123456749", search_text="carrefour")
    batch = begin(["Carrefour;;association;;;;", "X;;association;;;0123456749;", "Y;;association;;;;"])
    first, second, third = lines_of(session, batch)
    with pytest.raises(DomainError):
        batches.decide(session, batch, {second.id: LineDecision.CREATE})
    assert batches.decide(session, batch, {first.id: LineDecision.CREATE, third.id: LineDecision.SKIP}) == 2
    store(batch)
    names = session.scalars(select(Organisation.name).order_by(Organisation.id)).all()
    assert names == ["Carrefour", "Carrefour"]
    with pytest.raises(DomainError):
        batches.decide(session, batch, {first.id: LineDecision.SKIP})


@both_databases
def test_what_the_register_got_meanwhile_is_left_out_and_said(
    session: Session, begin: Import, store: Callable[[ImportBatch], ImportBatch]
) -> None:
    batch = begin(GOOD)
    factories.organisation(session, "Plus rapide", enterprise_number="0123456749")
    session.commit()
    store(batch)
    assert number_of(session, Organisation) == 3
    spoiled = lines_of(session, batch)[0]
    assert faulty_fields(spoiled) == ["enterprise_number"]
    assert spoiled.made_id is None


@both_databases
def test_a_crash_halfway_stores_nothing_and_the_job_may_run_again(
    session: Session, begin: Import, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = begin(GOOD)
    batches.confirm(session, batch, by=None, now=NOW)
    prepared = storing.prepare(session, batch)

    def crash(*_args: object) -> None:
        raise RuntimeError("the power fails")

    session.commit()
    with monkeypatch.context() as patch:
        patch.setattr(storing, "_note_lines", crash)
        with pytest.raises(RuntimeError):
            storing.store(session, batch, prepared, actor="essai", now=NOW)
    session.rollback()
    assert number_of(session, Organisation) == 0
    assert storing.store(session, batch, storing.prepare(session, batch), actor="essai", now=NOW) == 3
    session.commit()
    assert storing.store(session, batch, prepared, actor="essai", now=NOW) == 0
    assert number_of(session, Organisation) == 3


def test_two_confirmations_store_once(session: Session, begin: Import, run_jobs: Callable[[], int]) -> None:
    batch = begin(GOOD)
    batches.confirm(session, batch, by=None, now=NOW)
    with pytest.raises(DomainError):
        batches.confirm(session, batch, by=None, now=NOW)
    session.commit()
    assert run_jobs() == 1
    assert number_of(session, Organisation) == 3


def test_an_import_without_anything_new_cannot_be_confirmed(session: Session, begin: Import) -> None:
    batch = begin([";;association;;;;"])
    with pytest.raises(DomainError):
        batches.confirm(session, batch, by=None, now=NOW)


def test_the_mapping_is_remembered_for_the_same_header(session: Session) -> None:
    header = "Libellé;Genre;Divers"
    content = f"{header}\nA;association;x".encode()
    file = files.StoredFile(sha256="0" * 64, name="a.csv", media_type="text/csv", size=1, created_at=NOW)
    factories.add(session, file)
    sheet = spreadsheets.read(content)
    batch = batches.receive(session, ImportKind.ORGANISATIONS, file, sheet, by=None, now=NOW)
    assert batch.mapping == {"kind": 1}
    batches.name_columns(session, batch, {"name": 0, "kind": 1, "note": 2}, default_kind_id=None)
    batches.begin_check(session, batch, now=NOW)
    again = batches.receive(session, ImportKind.ORGANISATIONS, file, sheet, by=None, now=NOW)
    assert again.mapping == {"name": 0, "kind": 1, "note": 2}


@pytest.mark.parametrize(
    ("mapping", "field"),
    [({}, "name"), ({"name": 0, "acronym": 0}, "acronym"), ({"name": 99}, "name"), ({"slug": 0}, "name")],
)
def test_columns_must_make_sense(
    session: Session, begin: Import, mapping: dict[str, int], field: str
) -> None:
    batch = begin(GOOD)
    with pytest.raises(DomainError) as found:
        batches.name_columns(session, batch, mapping, default_kind_id=None)
    assert found.value.field == field


@both_databases
def test_undoing_takes_back_everything(
    session: Session, begin: Import, store: Callable[[ImportBatch], ImportBatch]
) -> None:
    batch = store(begin(GOOD))
    assert undoing.undo(session, batch, actor="essai", now=NOW) == (3, 0)
    session.commit()
    assert number_of(session, Organisation) == 0
    assert batch.state == ImportState.UNDONE
    with pytest.raises(DomainError):
        undoing.undo(session, batch, actor="essai", now=NOW)


@both_databases
def test_undoing_leaves_what_has_changed_or_serves_since(
    session: Session, begin: Import, store: Callable[[ImportBatch], ImportBatch]
) -> None:
    batch = store(begin([*GOOD, "Seule;;association;;;;"]))
    changed, source, target, _alone = session.scalars(select(Organisation).order_by(Organisation.id)).all()
    checking.check(session, changed, by=factories.coordinator(session), now=NOW)
    kind = session.scalars(select(relations.RelationKind)).first()
    assert kind is not None
    relations.add(session, RelationFacts(source.id, kind.id, target.id), actor="essai", now=NOW)
    session.commit()
    assert undoing.undo(session, batch, actor="essai", now=NOW) == (1, 3)
    session.commit()
    assert number_of(session, Organisation) == 3
    reasons = undoing.staying(session, batch)[ImportKind.ORGANISATIONS]
    assert reasons[changed.id] == ["modifié ou vérifié depuis"]
    assert reasons[source.id] == ["relations"]


@both_databases
def test_ties_are_imported_by_any_name_and_in_both_directions(
    session: Session, begin: Import, store: Callable[[ImportBatch], ImportBatch]
) -> None:
    cai = factories.organisation(session, "Centre d’Action", acronym="CAI")
    plan = factories.organisation(session, "Plan provincial", former_names="Plan ancien")
    fund = factories.organisation(session, "Fonds social", enterprise_number="0123456749")
    header = "Qui;Relation;Avec qui;Début;Fin"
    batch = begin(
        [
            "cai;pilote;plan-provincial;2016;avant 2025",
            "centre d'action;est financé par;0123456749;04/2009;",
            "CAI;partner_in;Plan ancien;;",
        ],
        header,
        ImportKind.RELATIONS,
    )
    assert [line.problems for line in lines_of(session, batch)] == [[], [], []]
    store(batch)
    made = session.scalars(select(Relation).order_by(Relation.id)).all()
    assert [(row.source_id, row.kind.code, row.target_id) for row in made] == [
        (cai.id, "pilots", plan.id), (fund.id, "funds", cai.id), (cai.id, "partner_in", plan.id),
    ]  # fmt: skip
    again = begin(["CAI;pilote;Plan provincial;2016;"], header, ImportKind.RELATIONS)
    line = lines_of(session, again)[0]
    assert (line.decision, line.relation_id) == (LineDecision.SAME, made[0].id)
    end = parse("2020", end=True)
    assert end is not None
    relations.end(session, made[2], end, actor="essai", now=NOW)
    session.commit()
    assert undoing.undo(session, batch, actor="essai", now=NOW) == (2, 1)


def test_ties_to_nobody_or_to_many_are_told(session: Session, begin: Import) -> None:
    factories.organisation(session, "Maison")
    factories.organisation(session, "Maison", slug="maison-2")
    one = factories.organisation(session, "Seule")
    batch = begin(
        [
            "Personne;pilote;Seule;;",
            "Seule;pilote;Maison asbl;;",
            "Seule;pilote;Seule;;",
            "Seule;regarde;Maison;demain;",
            ";;;;",
            "Seule;;;2016;2015",
        ],
        "Qui;Relation;Avec qui;Début;Fin",
        ImportKind.RELATIONS,
    )
    assert one.slug == "seule"
    assert [faulty_fields(line) for line in lines_of(session, batch)] == [
        ["source"], ["target"], ["target"], ["kind", "start"], ["target", "kind", "end"],
    ]  # fmt: skip


def test_a_file_that_has_become_unreadable_says_why(
    session: Session, begin: Import, app: Hub, run_jobs: Callable[[], int]
) -> None:
    batch = begin(GOOD)
    batch.file.sha256 = files.Store(Path(app.config["FILES_FOLDER"])).write(b"\x89PNG\x00")
    batches.begin_check(session, batch, now=NOW)
    session.commit()
    run_jobs()
    session.refresh(batch)
    assert batch.state == ImportState.FAILED
    assert "CSV" in batch.error


def test_the_command_shows_and_then_stores(session: Session, app: Hub, tmp_path: Path) -> None:
    reference.load(session)
    session.commit()
    file = tmp_path / "liste.csv"
    file.write_text("\n".join([HEADER, *GOOD, "Sans type;;;;;;"]), encoding="cp1252")
    with app.app_context():
        shown = list(importing.from_command(app, "organisations", file, confirm=False))
        assert number_of(session, Organisation) == 0
        session.rollback()
        stored = list(importing.from_command(app, "organisations", file, confirm=True))
    assert shown[0].startswith("4 lignes : 3 à créer")
    assert shown[1] == "Ligne 5 : Le type d’acteur manque."
    assert stored[-1].startswith("3 lignes sont enregistrées")
    assert number_of(session, Organisation) == 3


def test_the_command_says_what_is_no_table(app: Hub, tmp_path: Path) -> None:
    file = tmp_path / "image.png"
    file.write_bytes(b"\x89PNG\x00")
    with app.app_context():
        assert "CSV" in next(importing.from_command(app, "organisations", file, confirm=True))
