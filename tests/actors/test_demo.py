"""The demonstration's network loads whole."""

from datetime import date
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.actors.models.organisations import Organisation, OrganisationState
from hub.actors.models.projects import PartRole
from hub.actors.models.record import DropIn, Mission, TerritoryLabel
from hub.actors.models.relations import Precision, Relation
from hub.actors.operations import reference
from hub.core import clock
from hub.core.files import Store
from hub.demo import actors, record
from hub.demo.world import World
from tests import factories
from tests.conftest import both_databases


@both_databases
def test_the_real_network_is_there(session: Session, tmp_path: Path) -> None:
    reference.load(session)
    world = World(now=factories.NOW, store=Store(tmp_path))
    world.put("user", "coordinator", factories.coordinator(session))
    assert actors.load(session, world) == "116 acteurs et 155 relations"
    assert session.scalar(select(func.count()).select_from(Organisation)) == 116
    assert session.scalar(select(func.count()).select_from(Relation)) == 155
    assert world.get("organisation", "cai").slug == "cai"
    assert world.get("organisation", "ruche").state == OrganisationState.CLOSED
    withdrew = session.scalars(
        select(Relation).where(
            Relation.source == world.get("organisation", "clps"),
            Relation.target == world.get("organisation", "ppli"),
        )
    ).one()
    assert (withdrew.start_precision, withdrew.end_precision) == (Precision.YEAR, Precision.BEFORE)


def test_what_hangs_on_the_records_is_there(session: Session, tmp_path: Path) -> None:
    reference.load(session)
    world = World(now=factories.NOW, store=Store(tmp_path))
    world.put("user", "coordinator", factories.coordinator(session))
    actors.load(session, world)
    assert record.load(session, world) == "23 faits sur les fiches, 8 projets, 2 appels à projets"
    relance = world.get("project", "relance")
    funders = [part.organisation.acronym for part in relance.parts if part.role == PartRole.FUNDER]
    assert (funders, relance.starts_on, relance.ends_on) == (["FIPI"], date(2010, 1, 1), date(2015, 12, 31))
    call = world.get("call", "pci_2025")
    assert clock.local(call.session_at).strftime("%A %d %B %Y %H:%M") == "Thursday 20 February 2025 14:00"
    missions = session.scalars(
        select(Mission).where(Mission.organisation == world.get("organisation", "cai"))
    )
    early = {row.label: (row.early_on, row.official_on) for row in missions}
    assert early["Plan local d’intégration"] == (date(2007, 1, 1), date(2009, 4, 30))
    assert session.scalars(select(TerritoryLabel)).one().label == "Ville hospitalière"
    # What a source doesn't say is not invented: hours that are say so.
    for drop_in in session.scalars(select(DropIn)):
        assert not drop_in.slots or "inventé" in drop_in.note
