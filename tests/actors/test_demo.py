"""The demonstration's network loads whole."""

from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.actors.models.organisations import Organisation, OrganisationState
from hub.actors.models.relations import Precision, Relation
from hub.actors.operations import reference
from hub.core.files import Store
from hub.demo import actors
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
