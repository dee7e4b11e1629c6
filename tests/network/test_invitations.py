"""Pages of coverage, invitations, possible links and what exists: who may, what is kept, what is told."""

import csv
import io
import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hub.actors.models.organisations import Organisation, OrganisationState
from hub.actors.models.record import DropIn, Unit
from hub.actors.models.reference import Audience, Territory, TerritoryKind
from hub.core import audit, clock, sweeping
from hub.events.models.days import Event, EventState
from hub.network.models.invitations import Decision, InvitationChoice, LinkChoice, LinkDecision
from hub.network.operations.invitations import OvertakenError, Verdict, decide
from hub.recommendations.models.calls import Campaign, Invitation
from hub.recommendations.models.contributions import Contribution, ContributionState
from hub.recommendations.models.recommendations import Recommendation, RecommendationSource
from hub.spaces.models.spaces import Facilitation, Membership, MembershipRole, Space, SpaceKind
from tests import factories
from tests.conftest import Installation, both_databases
from tests.factories import NOW
from tests.network.test_pages import counted, tie

SignIn = Callable[[FlaskClient, Any], FlaskClient]
DAY = timedelta(days=1)


def place(session: Session, code: str, name: str, parent: Territory | None, **values: Any) -> Territory:
    kind = values.pop("kind", TerritoryKind.COMMUNE)
    row = Territory(code=code, name=name, kind=kind, parent_id=parent.id if parent else None, **values)
    return factories.add(session, row)


class World:
    """A province of three communes; associations for housing and health; one space."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.province = place(session, "90000", "Province de Namur", None, kind=TerritoryKind.PROVINCE)
        self.namur = place(session, "92094", "Namur", self.province, latitude=50.4669, longitude=4.8675)
        self.dinant = place(session, "91034", "Dinant", self.province, latitude=50.2606, longitude=4.9122)
        self.couvin = place(session, "93014", "Couvin", self.province, latitude=50.0529, longitude=4.4953)
        self.housing, self.health = factories.theme(session), factories.theme(session, "health", "Santé")
        self.roof = self.actor("Un toit", self.namur, self.housing, email="toit@example.org")
        self.key = self.actor("La clé", self.dinant, self.housing)
        self.care = self.actor("Soins", self.dinant, self.health)
        self.closed = self.actor("Fermée", self.dinant, self.housing, state=OrganisationState.CLOSED)
        self.became = self.actor("Réunie", self.dinant, self.housing, merged_into_id=self.roof.id)
        self.party = self.actor(
            "Parti", self.dinant, self.housing, kind_id=factories.kind(session, "party").id
        )
        self.space = factories.add(
            session,
            Space(
                slug="logement", name="Plateforme logement", kind=SpaceKind.PLATFORM,
                territory_id=self.province.id, themes=[self.housing], created_at=NOW,
            ),
        )  # fmt: skip
        self.sit(self.roof)
        session.commit()

    def actor(self, name: str, seat: Territory, *themes: Any, **values: Any) -> Organisation:
        row = factories.organisation(self.session, name, commune_id=seat.id, **values)
        row.themes = list(themes)
        self.session.flush()
        return row

    def sit(self, organisation: Organisation, space: Space | None = None) -> Membership:
        row = Membership(
            space_id=(space or self.space).id, organisation_id=organisation.id,
            role=MembershipRole.MEMBER, created_at=NOW,
        )  # fmt: skip
        return factories.add(self.session, row)

    def call(self) -> Campaign:
        now = clock.now()
        row = Campaign(
            slug="appel", title="Appel", opens_at=now - DAY, closes_at=now + 20 * DAY, is_published=True,
            created_at=now,
        )  # fmt: skip
        return factories.add(self.session, row)

    def recommendation(self) -> Recommendation:
        row = Recommendation(
            code="R-2026-001", title="Des logements", theme_id=self.housing.id, created_at=NOW, updated_at=NOW
        )
        return factories.add(self.session, row)

    def day(self) -> Event:
        now = clock.now()
        row = Event(
            slug="journee", title="Journée", starts_at=now + 10 * DAY, ends_at=now + 11 * DAY,
            sign_up_closes_at=now + 9 * DAY, state=EventState.PUBLISHED, space_id=self.space.id,
            created_at=now, updated_at=now,
        )  # fmt: skip
        return factories.add(self.session, row)


@pytest.fixture
def world(session: Session) -> World:
    return World(session)


@pytest.fixture
def desk(client: FlaskClient, session: Session, sign_in: SignIn) -> FlaskClient:
    """Return the browser of a coordinator."""
    return sign_in(client, factories.coordinator(session))


SPACE = "/reseau/inviter/espaces/logement"


def proposed(client: FlaskClient, path: str) -> list[str]:
    """Return who is proposed on a page, in order."""
    answer = client.get(path)
    assert answer.status_code == 200, answer.status_code
    return re.findall(
        r'<li class="choice-card" id="acteur-([^"]+)">', answer.text.split('id="propositions"')[1]
    )


def choose(client: FlaskClient, path: str, organisation: Organisation, decision: str, **values: Any) -> Any:
    told = {"organisation": organisation.id, "decision": decision, "seen": 0, **values}
    return client.post(path, data=told)


def rows_of(answer: Any) -> list[dict[str, str]]:
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.text.lstrip("\ufeff")), delimiter=";"))


def standing(session: Session) -> list[InvitationChoice]:
    """Return the decisions in force; what the pages have stored since is seen."""
    session.rollback()
    found = session.scalars(select(InvitationChoice).where(InvitationChoice.replaced_at.is_(None)))
    return list(found)


# --- Who may ---------------------------------------------------------------------------------


class TestRules:
    def test_readers_see_coverage_and_what_exists_and_nothing_else(
        self, client: FlaskClient, world: World, session: Session
    ) -> None:
        world.call(), world.day(), world.recommendation()
        session.commit()
        for path in (
            "/reseau/couverture",
            "/reseau/couverture/case?row=91034&column=housing",
            "/reseau/existant",
        ):
            assert client.get(path).status_code == 200
        for path in (
            SPACE, "/reseau/inviter/journees/journee", "/reseau/inviter/appels/appel",
            "/reseau/inviter/recommandations/R-2026-001", "/reseau/liens-possibles",
        ):  # fmt: skip
            assert client.get(path).status_code == 302
            assert client.post(path).status_code in {403, 405}

    def test_a_facilitator_invites_to_the_space_in_hand_and_no_other(
        self, client: FlaskClient, session: Session, world: World, sign_in: SignIn
    ) -> None:
        person = factories.user(session)
        other = factories.add(
            session, Space(slug="autre", name="Autre", kind=SpaceKind.PLATFORM, created_at=NOW)
        )
        session.add(Facilitation(space_id=world.space.id, user_id=person.id, starts_on=date(2020, 1, 1)))
        world.call()
        session.commit()
        sign_in(client, person)
        assert proposed(client, SPACE) == ["la-cle"]
        assert choose(client, SPACE, world.key, "chosen").status_code == 303
        assert client.get(f"/reseau/inviter/espaces/{other.slug}").status_code == 403
        assert client.get("/reseau/inviter/appels/appel").status_code == 403
        assert client.get("/reseau/liens-possibles").status_code == 403

    def test_a_facilitator_reads_only_the_addresses_that_are_shown_to_all(
        self, client: FlaskClient, session: Session, world: World, sign_in: SignIn
    ) -> None:
        person = factories.user(session)
        session.add(Facilitation(space_id=world.space.id, user_id=person.id, starts_on=date(2020, 1, 1)))
        world.key.email = "cle@example.org"
        session.commit()
        sign_in(client, person)
        choose(client, SPACE, world.key, "chosen")
        assert "cle@example.org" not in client.get(SPACE).text
        assert "n’a pas d’adresse que vous puissiez lire" in client.get(SPACE).text
        world.key.public_fields = ["email"]
        session.commit()
        assert "cle@example.org" in client.get(SPACE).text

    def test_getting_changes_nothing(self, desk: FlaskClient, session: Session, world: World) -> None:
        desk.get(f"{SPACE}?organisation={world.key.id}&decision=chosen")
        assert standing(session) == []


# --- Coverage --------------------------------------------------------------------------------


@both_databases
class TestCoverage:
    def test_filled_cells_lead_to_the_list_and_empty_ones_to_the_nearest(
        self, client: FlaskClient, world: World
    ) -> None:
        assert world.couvin.code == "93014"
        page = client.get("/reseau/couverture").text
        assert "Personne : Couvin, Logement" in page
        assert re.search(r"<b>2</b> <small>dont 2 sur place</small>.*?Dinant, Logement", page, re.DOTALL)
        full = client.get("/reseau/couverture/case?row=91034&column=housing").text
        assert "La clé" in full
        assert "Fermée" not in full
        assert "Réunie" not in full
        empty = client.get("/reseau/couverture/case?row=93014&column=housing").text
        assert "Le registre ne connaît personne ici." in empty
        assert empty.index("La clé") < empty.index("Un toit")
        assert re.search(r"38\s?km", empty)

    def test_units_and_drop_ins_count(self, client: FlaskClient, session: Session, world: World) -> None:
        session.add(
            Unit(
                organisation_id=world.roof.id,
                name="Antenne de Couvin",
                commune_id=world.couvin.id,
                created_at=NOW,
            )
        )
        session.add(
            DropIn(
                organisation_id=world.care.id,
                subject="Ordonnances",
                commune_id=world.couvin.id,
                theme_id=world.health.id,
                created_at=NOW,
            )
        )
        over = DropIn(
            organisation_id=world.key.id, subject="Finie", commune_id=world.couvin.id, created_at=NOW,
            ends_on=date(2020, 1, 1),
        )  # fmt: skip
        session.add(over)
        session.commit()
        assert (
            "antenne : Antenne de Couvin"
            in client.get("/reseau/couverture/case?row=93014&column=housing").text
        )
        assert (
            "permanence : Ordonnances" in client.get("/reseau/couverture/case?row=93014&column=health").text
        )
        assert "Finie" not in client.get("/reseau/couverture/case?row=93014&column=housing").text

    def test_publics_that_are_not_to_be_shown_are_counted_for_coordinators_only(
        self, client: FlaskClient, session: Session, world: World, sign_in: SignIn
    ) -> None:
        public = factories.add(session, Audience(code="families", label="Familles"))
        world.key.audiences = [public]
        world.key.languages = ["ar"]
        session.commit()
        table = "/reseau/couverture?rows=theme&columns=audience&unused=1&format=csv"
        languages = "/reseau/couverture?rows=theme&columns=language&format=csv"
        axis = next(iter(rows_of(client.get(table))[0]))

        def number(path: str, column: str) -> str | None:
            return next(row for row in rows_of(client.get(path)) if row[axis] == "Logement").get(column)

        assert number(table, "Familles") == "0"
        assert number(languages, "arabe") is None
        world.key.public_fields = ["audiences", "languages"]
        session.commit()
        assert (number(table, "Familles"), number(languages, "arabe")) == ("1", "1")
        world.key.public_fields = []
        session.commit()
        sign_in(client, factories.coordinator(session))
        assert (number(table, "Familles"), number(languages, "arabe")) == ("1", "1")

    @pytest.mark.parametrize(
        "query",
        [
            "rows=commune&columns=commune", "rows=nonsense&columns=&reach=x&within=%00&kind=?",
            "page=99999999", "page=-1", "within=all", "within=no-such", "rows=audience&columns=language",
            "theme=%F0%9F%A6%8A",
        ],
    )  # fmt: skip
    def test_a_bad_question_is_answered_as_far_as_it_goes(
        self, client: FlaskClient, world: World, query: str
    ) -> None:
        del world
        assert client.get(f"/reseau/couverture?{query}").status_code == 200

    @pytest.mark.parametrize("query", ["", "row=91034", "row=x&column=housing", "row=91034&column=nothing"])
    def test_a_cell_that_there_is_not_is_not_found(
        self, client: FlaskClient, world: World, query: str
    ) -> None:
        del world
        assert client.get(f"/reseau/couverture/case?{query}").status_code == 404
        assert client.get("/reseau/couverture?row=nowhere").status_code == 404

    def test_exports_say_what_the_page_says(self, client: FlaskClient, world: World) -> None:
        del world
        rows = rows_of(client.get("/reseau/couverture?format=csv"))
        axis = next(iter(rows[0]))
        assert clock.today(clock.now()).isoformat() in axis
        assert {row[axis]: row["Logement"] for row in rows} == {"Couvin": "0", "Dinant": "2", "Namur": "1"}
        near = rows_of(client.get("/reseau/couverture/case?row=93014&column=housing&format=csv"))
        assert [row["Organisation"] for row in near] == ["La clé", "Parti", "Un toit"]
        assert client.get("/reseau/couverture?format=xlsx").data[:2] == b"PK"


def test_an_empty_register_says_what_to_do(client: FlaskClient, desk: FlaskClient) -> None:
    assert "Ici se lira où le réseau est présent." in client.get("/reseau/couverture").text
    assert desk.get("/reseau/liens-possibles").status_code == 200
    assert desk.get("/tableau-de-bord").status_code == 200


# --- Whom to invite --------------------------------------------------------------------------


@both_databases
class TestSpace:
    def test_concerned_and_not_there_yet_with_the_reason(self, desk: FlaskClient, world: World) -> None:
        del world
        assert proposed(desk, SPACE) == ["la-cle"]
        page = desk.get(SPACE).text
        assert "Travaille sur « Logement »" in page
        assert "A son siège à Dinant" in page
        assert proposed(desk, f"{SPACE}?told=1&theme=health&territory=91034&where=here") == ["soins"]

    def test_a_choice_is_kept_and_leads_to_a_seat(
        self, desk: FlaskClient, session: Session, world: World
    ) -> None:
        assert choose(desk, SPACE, world.key, "chosen").status_code == 303
        assert proposed(desk, SPACE) == []
        page = desk.get(SPACE).text
        assert "À inviter" in page
        assert "Travaille sur « Logement »" in page
        made = desk.post(f"{SPACE}/membres", data={"organisation": world.key.id})
        assert made.status_code == 303
        seats = session.scalars(
            select(Membership.organisation_id).where(Membership.space_id == world.space.id)
        )
        assert set(seats) == {world.roof.id, world.key.id}
        assert "Déjà là" in desk.get(SPACE).text
        [entry] = session.scalars(
            select(audit.AuditEntry).where(audit.AuditEntry.action == "invitation.decided")
        )
        assert entry.changes["decision"] == [None, "chosen"]

    def test_setting_aside_says_why_and_does_not_come_back(
        self, desk: FlaskClient, session: Session, world: World
    ) -> None:
        refused = choose(desk, SPACE, world.key, "set_aside", reason="   ")
        assert refused.status_code == 422
        assert "Dites en quelques mots pourquoi vous l’écartez." in refused.text
        too_long = choose(desk, SPACE, world.key, "set_aside", reason="x" * 501)
        assert too_long.status_code == 422
        assert "x" * 501 in too_long.text
        assert standing(session) == []
        kept = choose(desk, SPACE, world.key, "set_aside", reason="Siège déjà ailleurs")
        assert kept.status_code == 303
        assert proposed(desk, SPACE) == []
        assert proposed(desk, f"{SPACE}?told=1&theme=housing&where=") == []
        assert proposed(desk, f"{SPACE}?set_aside=1") == ["la-cle"]
        assert "Siège déjà ailleurs" in desk.get(f"{SPACE}?set_aside=1").text
        [row] = standing(session)
        assert choose(desk, SPACE, world.key, "", seen=row.id).status_code == 303
        assert proposed(desk, SPACE) == ["la-cle"]
        assert session.scalar(select(func.count()).select_from(InvitationChoice)) == 1

    def test_whoever_decides_second_is_told_and_nothing_is_lost(
        self, desk: FlaskClient, session: Session, world: World
    ) -> None:
        colleague = factories.coordinator(session, name="Collègue Deux")
        decide(
            session,
            world.space,
            world.key,
            Verdict(Decision.LATER, "En juin"),
            actor=colleague,
            now=clock.now(),
        )
        session.commit()
        answer = choose(desk, SPACE, world.key, "set_aside", reason="Trop loin")
        assert answer.status_code == 409
        for words in ("Quelqu’un d’autre vient de décider", "Collègue Deux", "En juin", "Trop loin"):
            assert words in answer.text
        [row] = standing(session)
        assert (row.decision, row.reason) == (Decision.LATER, "En juin")
        assert choose(desk, SPACE, world.key, "set_aside", reason="Trop loin", seen=row.id).status_code == 303
        session.rollback()
        every = session.scalars(select(InvitationChoice).order_by(InvitationChoice.id)).all()
        assert [(one.decision, one.replaced_at is None) for one in every] == [
            (Decision.LATER, False),
            (Decision.SET_ASIDE, True),
        ]

    def test_the_same_decision_again_changes_nothing(
        self, desk: FlaskClient, session: Session, world: World
    ) -> None:
        choose(desk, SPACE, world.key, "chosen")
        [row] = standing(session)
        assert choose(desk, SPACE, world.key, "chosen", seen=row.id).status_code == 303
        assert standing(session) == [row]
        acts = select(func.count()).where(audit.AuditEntry.action == "invitation.decided")
        assert session.scalar(acts) == 1

    @pytest.mark.parametrize(
        "data", [{}, {"organisation": "x"}, {"organisation": 10**9}, {"organisation": -1}]
    )
    def test_nonsense_is_refused(
        self, desk: FlaskClient, session: Session, world: World, data: dict[str, Any]
    ) -> None:
        del world
        assert desk.post(SPACE, data={"decision": "chosen", "seen": 0, **data}).status_code in {400, 404}
        assert standing(session) == []

    def test_the_actor_that_the_space_itself_is_is_not_invited(
        self, desk: FlaskClient, session: Session, world: World
    ) -> None:
        world.actor("Plateforme logement", world.namur, world.housing)
        session.commit()
        assert proposed(desk, SPACE) == ["la-cle"]

    def test_who_is_elsewhere_is_told_and_shown_when_asked(
        self, desk: FlaskClient, session: Session, world: World
    ) -> None:
        liege = place(session, "62063", "Liège", None, latitude=50.6326, longitude=5.5797)
        world.actor("Toit liégeois", liege, world.housing)
        session.commit()
        assert proposed(desk, SPACE) == ["la-cle"]
        assert "where=" in desk.get(SPACE).text
        assert proposed(desk, f"{SPACE}?where=") == ["la-cle", "toit-liegeois"]

    def test_the_export_holds_reasons_and_addresses(
        self, desk: FlaskClient, world: World, session: Session
    ) -> None:
        world.key.email = "cle@example.org"
        session.commit()
        [row] = rows_of(desk.get(f"{SPACE}?format=csv"))
        assert row["Organisation"] == "La clé"
        assert "Travaille sur « Logement »" in row["Raisons"]
        choose(desk, SPACE, world.key, "chosen")
        [row] = rows_of(desk.get(f"{SPACE}?format=csv&list=chosen"))
        assert (row["Choix"], row["Adresse mail de l’organisation"]) == ("Retenue", "cle@example.org")


class TestOthers:
    def test_for_a_call_those_chosen_are_added_to_its_list(
        self, desk: FlaskClient, session: Session, world: World
    ) -> None:
        call = world.call()
        session.add(Invitation(campaign_id=call.id, organisation_id=world.roof.id, email="", created_at=NOW))
        session.commit()
        path = "/reseau/inviter/appels/appel"
        assert proposed(desk, path) == ["soins", "la-cle"]
        choose(desk, path, world.care, "chosen")
        choose(desk, path, world.key, "chosen")
        world.key.state = OrganisationState.CLOSED
        session.commit()
        assert "N’est plus à l’œuvre" in desk.get(path).text
        answer = desk.post(f"{path}/liste")
        assert answer.headers["Location"] == "/appels/appel/suivi"
        asked = select(Invitation.organisation_id).where(Invitation.campaign_id == call.id)
        assert set(session.scalars(asked)) == {world.roof.id, world.care.id}
        assert desk.post(f"{path}/liste").headers["Location"] == path

    def test_for_a_day_the_addresses_of_organisations(
        self, desk: FlaskClient, session: Session, world: World
    ) -> None:
        world.day()
        session.commit()
        path = "/reseau/inviter/journees/journee"
        assert proposed(desk, path) == ["un-toit", "la-cle"]
        assert "Siège dans l’espace dont c’est la réunion" in desk.get(path).text
        choose(desk, path, world.roof, "chosen")
        choose(desk, path, world.key, "chosen")
        page = desk.get(path).text
        assert 'value="toit@example.org"' in page
        assert "n’a pas d’adresse" in page

    def test_silent_but_concerned_by_a_recommendation(
        self, desk: FlaskClient, session: Session, world: World
    ) -> None:
        row = world.recommendation()
        speaks = world.actor("Parle", world.namur, world.housing)
        said = factories.add(
            session,
            Contribution(
                organisation_id=speaks.id, state=ContributionState.TAKEN_UP, proposal="Des toits",
                created_at=NOW, saved_at=NOW, submitted_at=NOW,
            ),
        )  # fmt: skip
        session.add(RecommendationSource(recommendation_id=row.id, contribution_id=said.id, created_at=NOW))
        call = world.call()
        session.commit()
        path = "/reseau/inviter/recommandations/R-2026-001"
        assert proposed(desk, path) == ["la-cle"]  # « Un toit » sits in the space of that theme
        choose(desk, path, world.key, "chosen")
        assert desk.post(f"{path}/appel", data={"call": "no-such"}).headers["Location"] == path
        assert (
            desk.post(f"{path}/appel", data={"call": call.slug}).headers["Location"] == "/appels/appel/suivi"
        )
        assert session.scalars(select(Invitation.organisation_id)).all() == [world.key.id]


# --- Possible links --------------------------------------------------------------------------


@both_databases
class TestLinks:
    PATH = "/reseau/liens-possibles"

    def test_isolated_actors_with_partners_and_what_was_decided(
        self, desk: FlaskClient, session: Session, world: World
    ) -> None:
        tie(session, world.roof, world.care)
        session.commit()
        page = desk.get(self.PATH).text
        assert 'id="acteur-la-cle"' in page
        assert 'id="acteur-soins"' not in page
        assert "Travaillent l’un et l’autre sur « Logement »" in page
        told = {"organisation": world.roof.id, "decision": "irrelevant", "seen": 0}
        assert desk.post(f"{self.PATH}/la-cle", data=told).status_code == 303
        after = desk.get(f"{self.PATH}?actor=la-cle").text
        assert "Un toit</a></h4>" not in after
        assert "1 paire jugée pas pertinente" in after
        assert (
            desk.post(f"{self.PATH}/un-toit", data={**told, "organisation": world.key.id}).status_code == 409
        )
        [row] = session.scalars(select(LinkChoice))
        assert (row.first_id, row.second_id) == (world.roof.id, world.key.id)

    def test_a_proposed_tie_is_made_once_the_register_holds_it(
        self, desk: FlaskClient, session: Session, world: World
    ) -> None:
        told = {"organisation": world.roof.id, "decision": "proposed", "seen": 0}
        assert desk.post(f"{self.PATH}/la-cle", data=told).status_code == 303
        page = desk.get(self.PATH).text
        assert "Lien noté" not in page
        form = desk.get(f"/acteurs/un-toit/relations/ajouter?other={world.key.id}").text
        assert re.search(rf'<option selected value="{world.key.id}"|value="{world.key.id}" selected', form)
        tie(session, world.roof, world.key)
        session.commit()
        assert "Lien noté" in desk.get(self.PATH).text

    def test_which_ties_count_is_said_in_the_address(
        self, desk: FlaskClient, session: Session, world: World
    ) -> None:
        tie(session, world.roof, world.key)
        world.sit(world.care)
        session.commit()
        assert 'id="acteur-soins"' in desk.get(self.PATH).text
        assert 'id="acteur-soins"' not in desk.get(f"{self.PATH}?origine=space").text
        assert 'id="acteur-la-cle"' in desk.get(f"{self.PATH}?origine=space").text

    @pytest.mark.parametrize("query", ["most=-1", "most=99", "most=x", "actor=nobody", "page=0", "origine="])
    def test_a_bad_question_is_answered_as_far_as_it_goes(
        self, desk: FlaskClient, world: World, query: str
    ) -> None:
        del world
        assert desk.get(f"{self.PATH}?{query}").status_code == 200

    def test_an_actor_is_not_tied_to_itself(self, desk: FlaskClient, session: Session, world: World) -> None:
        told = {"organisation": world.key.id, "decision": "proposed", "seen": 0}
        assert desk.post(f"{self.PATH}/la-cle", data=told).status_code == 422
        assert session.scalars(select(LinkChoice)).all() == []

    def test_the_export_names_the_pairs(self, desk: FlaskClient, world: World) -> None:
        del world
        pairs = {
            (row["Acteur"], row["Partenaire possible"])
            for row in rows_of(desk.get(f"{self.PATH}?format=csv"))
        }
        assert ("La clé", "Un toit") in pairs


# --- What exists -----------------------------------------------------------------------------


class TestExisting:
    PATH = "/reseau/existant?theme=housing&territory=91034&km=0"

    def test_readers_see_only_what_they_may_see(
        self, client: FlaskClient, session: Session, world: World, sign_in: SignIn
    ) -> None:
        world.recommendation()
        draft = world.day()
        draft.state = EventState.DRAFT
        session.commit()
        page = client.get(self.PATH).text
        assert "La clé" in page
        assert "Un toit" not in page
        for hidden in ("Plateforme logement", "Des logements", "Journée<"):
            assert hidden not in page
        sign_in(client, factories.user(session))
        assert "Plateforme logement" in client.get(self.PATH).text
        assert "Des logements" not in client.get(self.PATH).text
        sign_in(client, factories.coordinator(session))
        assert "Des logements" in client.get(self.PATH).text

    def test_the_radius_takes_in_the_surroundings(self, client: FlaskClient, world: World) -> None:
        del world
        assert "Un toit" not in client.get(self.PATH.replace("km=0", "km=20")).text
        assert "Un toit" in client.get(self.PATH.replace("km=0", "km=40")).text

    def test_a_form_carries_over_what_was_chosen(
        self, client: FlaskClient, session: Session, world: World, sign_in: SignIn
    ) -> None:
        page = client.get(
            f"/reseau/existant?theme_id={world.housing.id}&territory_id={world.dinant.id}&km=0"
        ).text
        assert "La clé" in page
        assert "Un toit" not in page
        # Of a space, whoever isn't signed in learns nothing.
        assert "Dites à quoi vous pensez." in client.get(f"/reseau/existant?space_id={world.space.id}").text
        sign_in(client, factories.coordinator(session))
        assert "La clé" in client.get(f"/reseau/existant?space_id={world.space.id}").text

    @pytest.mark.parametrize(
        "query", ["", "theme=x&territory=y&audience=z", "km=-3", "theme_id=999999999999", "territory_id=x"]
    )
    def test_nonsense_asks_nothing(self, client: FlaskClient, world: World, query: str) -> None:
        del world
        answer = client.get(f"/reseau/existant?{query}")
        assert answer.status_code == 200
        assert "Dites à quoi vous pensez." in answer.text

    def test_the_forms_lead_to_it(self, desk: FlaskClient, world: World) -> None:
        del world
        assert "data-carry" in desk.get("/espaces/nouveau?kind=platform").text
        assert "data-carry" in desk.get("/journees/nouvelle").text
        assert "data-carry" not in desk.get("/espaces/logement/modifier").text


# --- What never happens ----------------------------------------------------------------------


@both_databases
class TestInvariants:
    def choice(self, world: World, **values: Any) -> InvitationChoice:
        told = {
            "space_id": world.space.id, "organisation_id": world.key.id, "decision": Decision.CHOSEN,
            "decided_at": NOW, **values,
        }  # fmt: skip
        return InvitationChoice(**told)

    @pytest.mark.parametrize(
        "values",
        [
            {"space_id": None},
            {"decision": Decision.SET_ASIDE},
            {"decision": Decision.SET_ASIDE, "reason": ""},
        ],
    )
    def test_a_decision_is_about_one_thing_and_setting_aside_says_why(
        self, session: Session, world: World, values: dict[str, Any]
    ) -> None:
        session.add(self.choice(world, **values))
        with pytest.raises(IntegrityError):
            session.flush()

    def test_not_about_two_things(self, session: Session, world: World) -> None:
        session.add(self.choice(world, campaign_id=world.call().id))
        with pytest.raises(IntegrityError):
            session.flush()

    def test_one_decision_in_force(self, session: Session, world: World) -> None:
        session.add(self.choice(world, replaced_at=NOW))
        session.add(self.choice(world, replaced_at=NOW))
        session.add(self.choice(world))
        session.flush()
        session.add(self.choice(world))
        with pytest.raises(IntegrityError):
            session.flush()

    def test_a_pair_stands_once_and_in_one_order(self, session: Session, world: World) -> None:
        def link(first: int, second: int) -> LinkChoice:
            return LinkChoice(
                first_id=first, second_id=second, decision=LinkDecision.PROPOSED, decided_at=NOW
            )

        session.add(link(world.roof.id, world.key.id))
        session.commit()
        for first, second in ((world.roof.id, world.key.id), (world.key.id, world.roof.id)):
            session.add(link(first, second))
            with pytest.raises(IntegrityError):
                session.flush()
            session.rollback()

    def test_decisions_replaced_two_years_ago_are_swept(self, session: Session, world: World) -> None:
        for then in (NOW - 731 * DAY, NOW - 729 * DAY, None):
            session.add(self.choice(world, replaced_at=then))
        session.flush()
        sweeping.sweeping.send(session, now=NOW)
        assert session.scalar(select(func.count()).select_from(InvitationChoice)) == 2

    def test_two_who_saw_nothing_cannot_both_decide(self, session: Session, world: World) -> None:
        actor = factories.coordinator(session)
        decide(session, world.space, world.key, Verdict(Decision.CHOSEN), actor=actor, now=NOW)
        with pytest.raises(OvertakenError) as told:
            decide(session, world.space, world.key, Verdict(Decision.LATER), actor=actor, now=NOW)
        assert told.value.other.decision == Decision.CHOSEN


# --- Speed -----------------------------------------------------------------------------------


PATHS = (
    "/reseau/couverture", "/reseau/couverture?row=91034", "/reseau/couverture/case?row=93014&column=housing",
    "/reseau/existant?theme=housing&territory=91034", SPACE, "/reseau/liens-possibles", "/tableau-de-bord",
)  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_the_number_of_queries_does_not_grow_with_the_network(
    installation: Installation, desk: FlaskClient, session: Session, world: World, path: str
) -> None:
    desk.get(path)
    with counted(installation) as few:
        assert desk.get(path).status_code == 200
    for number in range(40):
        row = world.actor(f"Plus {number:02}", world.dinant, world.housing)
        session.add(Unit(organisation_id=row.id, name="Antenne", commune_id=world.couvin.id, created_at=NOW))
        world.sit(row) if number % 3 == 0 else tie(session, row, world.care)
    session.commit()
    desk.get(path)
    with counted(installation) as many:
        assert desk.get(path).status_code == 200
    assert len(many) == len(few)
