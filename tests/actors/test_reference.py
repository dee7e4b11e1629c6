"""The reference data: complete, added once, never over what people have edited."""

import csv
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.actors.models.reference import Level, OrganisationKind, Territory, TerritoryKind, Theme
from hub.actors.models.relations import RelationKind
from hub.actors.operations import reference
from tests.conftest import both_databases


@both_databases
def test_every_commune_lies_in_its_province(session: Session) -> None:
    reference.load(session)
    rows = session.execute(
        select(Territory.parent_id, func.count())
        .where(Territory.kind == TerritoryKind.COMMUNE)
        .group_by(Territory.parent_id)
    ).all()
    names = {place.id: place.name for place in session.scalars(select(Territory))}
    assert {names[parent]: number for parent, number in rows} == {
        "Province du Brabant wallon": 27,
        "Province de Hainaut": 69,
        "Province de Liège": 84,
        "Province de Luxembourg": 43,
        "Province de Namur": 38,
    }


def test_communes_have_a_postal_code_and_a_point_in_wallonia(session: Session) -> None:
    reference.load(session)
    for place in session.scalars(select(Territory).where(Territory.kind == TerritoryKind.COMMUNE)):
        assert place.code.isdigit()
        assert len(place.code) == 5
        assert len(place.postal_code) == 4
        assert place.latitude is not None
        assert place.longitude is not None
        assert 49.4 < place.latitude < 50.9
        assert 2.8 < place.longitude < 6.5


def test_loading_twice_adds_nothing(session: Session) -> None:
    assert reference.load(session) > 400
    assert reference.load(session) == 0


def test_an_edited_label_stays(session: Session) -> None:
    reference.load(session)
    theme = session.scalars(select(Theme).where(Theme.code == "housing")).one()
    theme.label = "Se loger"
    session.flush()
    assert reference.load(session) == 0
    assert theme.label == "Se loger"


def test_a_missing_entry_comes_back_alone(session: Session) -> None:
    reference.load(session)
    session.delete(session.scalars(select(Theme).where(Theme.code == "peace")).one())
    session.flush()
    assert reference.load(session) == 1


@pytest.mark.parametrize(
    "name", sorted(path.name for path in reference.FOLDER.glob("*.csv") if path.name != "synonyms.csv")
)
def test_files_hold_each_code_once_and_no_empty_label(name: str) -> None:
    with Path(reference.FOLDER / name).open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    codes = [line["code"] for line in lines]
    assert len(codes) == len(set(codes))
    assert all(line.get("label") or line.get("name") for line in lines)
    assert not any("'" in value for line in lines for value in line.values())


def test_levels_of_power_and_kinds_are_there(session: Session) -> None:
    reference.load(session)
    assert set(session.scalars(select(Level.code))) == {
        "commune", "province", "region_wallonne", "fwb", "cocof", "cocom", "federal", "ue",
    }  # fmt: skip
    assert session.scalar(select(func.count()).select_from(OrganisationKind)) == 47
    assert session.scalar(select(func.count()).select_from(RelationKind)) == 28
