"""The pages of plans: who may open what, forms that are refused keep what was typed, few queries."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from hub.accounts.models import Role
from hub.core import clock
from hub.plans.models.diagnosis import Finding, FindingKind, Scope
from hub.plans.models.outline import Axis, FollowUp, PlanAction, Progress
from hub.plans.models.plans import Plan, PlanState, Revision
from hub.plans.operations import actions, diagnosis, frames, indicators, plans, revisions
from hub.plans.operations.diagnosis import FindingFacts
from hub.plans.operations.indicators import IndicatorFacts, ValueFacts
from hub.spaces.operations import actions as space_actions
from hub.spaces.operations import spaces
from tests import factories
from tests.conftest import Installation
from tests.plans import drafting
from tests.plans.drafting import BY, NOW, START

SignIn = Callable[..., FlaskClient]
MOST_QUERIES = 12
TABS = ("", "/calendrier", "/avancement", "/diagnostic", "/indicateurs", "/croisements", "/budget",
        "/evaluation", "/histoire")  # fmt: skip
FORMS = (
    "/modifier", "/axes/ajouter", "/actions/ajouter", "/adoptions/ajouter", "/revisions/ouvrir",
    "/diagnostic/ajouter", "/indicateurs/ajouter", "/budget/ajouter", "/evaluation/ajouter", "/ordre",
)  # fmt: skip


@pytest.fixture
def plan(session: Session) -> Plan:
    """Make a published plan with one of everything."""
    made = drafting.plan(session, ends_on=date(2030, 12, 31), territories=[factories.commune(session)])
    space = drafting.space(session)
    made.steering_id = space.id
    axis = drafting.axis(session, made, theme_ids=[factories.theme(session).id])
    lead = factories.organisation(session, "Alpha")
    row = drafting.action(session, axis, lead_ids=[lead.id], space_ids=[space.id], starts_on=START)
    drafting.in_force(session, made, published=True)
    facts = FindingFacts(
        FindingKind.NEED, Scope.LOCAL, "Un logement", "Diagnostic, page 3", START, action_ids=[row.id]
    )
    diagnosis.save(session, made, None, facts, **BY)
    measure = indicators.save(session, made, None, IndicatorFacts("Espaces actifs", "espaces"), **BY)
    indicators.add_value(session, measure, ValueFacts(START, 15, "Rapport"), **BY)
    plans.add_budget_line(session, made, plans.BudgetFacts(2020, 12345), **BY)
    whole = plans.EvaluationFacts(drafting.TODAY, "Pilotage", "Faites", "Ensemble", "Changé")
    plans.save_evaluation(session, made, None, whole, **BY)
    revisions.close_revision(session, drafting.revise(session, made), **BY)
    session.commit()
    return made


def seen(client: FlaskClient, address: str) -> dict[str, str]:
    """Return the mark of what a form shows, as its page sends it along."""
    found = re.search(r'name="seen"[^>]*value="(\w+)"', client.get(address).get_data(as_text=True))
    return {"seen": found[1]} if found else {}


def only_action(session: Session, plan: Plan) -> PlanAction:
    return session.scalars(select(PlanAction).where(PlanAction.plan_id == plan.id)).one()


def test_everybody_reads_a_published_plan_and_only_its_steering_changes_it(
    client: FlaskClient, session: Session, sign_in: SignIn, plan: Plan
) -> None:
    for tab in TABS:
        assert client.get(f"/plans/{plan.slug}{tab}").status_code == 200
    assert "Accès aux droits" in client.get(f"/plans/{plan.slug}").get_data(as_text=True)
    assert "Faites" not in client.get(f"/plans/{plan.slug}/evaluation").get_data(as_text=True)
    for path in FORMS:
        assert client.get(f"/plans/{plan.slug}{path}").status_code == 302
        assert client.post(f"/plans/{plan.slug}{path}", data={}).status_code == 403
    person = factories.user(session, Role.MEMBER)
    sign_in(client, person)
    for path in FORMS:
        assert client.get(f"/plans/{plan.slug}{path}").status_code == 403
    assert plan.steering is not None
    spaces.add_facilitator(session, plan.steering, person, **BY)
    session.commit()
    for path in FORMS:
        assert client.get(f"/plans/{plan.slug}{path}").status_code == 200
    assert client.get("/plans/nouveau").status_code == 403
    assert client.get("/plans/grilles").status_code == 403


def test_everybody_is_told_that_a_plan_in_force_is_past_its_period(
    client: FlaskClient, session: Session, sign_in: SignIn, plan: Plan
) -> None:
    told, asked = "Période passée", "La période de ce plan est passée"
    for path in ("/plans", f"/plans/{plan.slug}", f"/plans/{plan.slug}/histoire"):
        assert told not in client.get(path).get_data(as_text=True)
    plan.ends_on = clock.today(clock.now()) - timedelta(days=1)
    session.commit()
    for path in ("/plans", f"/plans/{plan.slug}", f"/plans/{plan.slug}/histoire"):
        assert told in client.get(path).get_data(as_text=True)
    assert asked not in client.get(f"/plans/{plan.slug}").get_data(as_text=True)
    sign_in(client, factories.coordinator(session))
    assert asked in client.get(f"/plans/{plan.slug}").get_data(as_text=True)
    plans.set_state(session, plan, PlanState.ENDED, **BY)
    session.commit()
    assert told not in client.get("/plans").get_data(as_text=True)


def test_what_left_the_plan_is_told_with_its_evaluation(
    client: FlaskClient, session: Session, plan: Plan
) -> None:
    row = only_action(session, plan)
    revision = drafting.revise(session, plan)
    drafting.action(session, session.scalars(select(Axis)).one(), "Orienter")
    actions.set_progress(
        session, row, Progress.DROPPED, since_on=drafting.TODAY, reason="Faute de monde", **BY
    )
    actions.end_action(session, row, **BY)
    revisions.close_revision(session, revision, **BY)
    session.commit()
    for tab in ("/evaluation", "/avancement"):
        page = client.get(f"/plans/{plan.slug}{tab}").get_data(as_text=True)
        assert "est sortie du plan" in page
        assert "Faute de monde" in page


def test_a_plan_that_is_not_published_is_read_by_who_may_change_it(
    client: FlaskClient, session: Session, sign_in: SignIn, plan: Plan
) -> None:
    plans.withdraw(session, plan, **BY)
    session.commit()
    assert client.get(f"/plans/{plan.slug}").status_code == 302
    assert "PPLI d’essai" not in client.get("/plans").get_data(as_text=True)
    sign_in(client, factories.user(session, Role.MEMBER))
    for tab in TABS:
        assert client.get(f"/plans/{plan.slug}{tab}").status_code == 403
    assert "PPLI d’essai" not in client.get("/plans?format=csv").get_data(as_text=True)
    sign_in(client, factories.coordinator(session))
    assert client.get(f"/plans/{plan.slug}").status_code == 200
    assert "PPLI d’essai" in client.get("/plans").get_data(as_text=True)


def test_no_reader_sees_who_did_what(client: FlaskClient, session: Session, sign_in: SignIn) -> None:
    person = factories.coordinator(session, name="Prénom Nomdefamille")
    made = drafting.plan(session)
    plans.change(session, made, plans.PlanFacts(made.kind, "PPLI", starts_on=START), actor=person, now=NOW)
    drafting.in_force(session, made, published=True)
    session.commit()
    for tab in TABS:
        assert "Nomdefamille" not in client.get(f"/plans/{made.slug}{tab}").get_data(as_text=True)
    sign_in(client, person)
    assert "Nomdefamille" in client.get(f"/plans/{made.slug}/histoire").get_data(as_text=True)


def test_every_page_asks_few_queries(
    client: FlaskClient, session: Session, sign_in: SignIn, plan: Plan, installation: Installation
) -> None:
    axis = session.scalars(select(PlanAction)).one().versions[0].axis_id
    drafting.revise(session, plan)
    for number in range(25):
        words = actions.ActionFacts(axis, f"Action {number}", lead_ids=[factories.organisation(session).id])
        row = actions.add_action(session, plan, words, **BY)
        facts = FindingFacts(
            FindingKind.NEED, Scope.LOCAL, f"Besoin {number}", "Source", START, action_ids=[row.id],
            organisation_ids=[factories.organisation(session).id],
        )  # fmt: skip
        diagnosis.save(session, plan, None, facts, **BY)
        made = indicators.save(session, plan, None, IndicatorFacts(f"Indicateur {number}"), **BY)
        indicators.add_value(session, made, ValueFacts(START, number, "Rapport"), **BY)
        drafting.in_force(session, drafting.plan(session, f"Plan {number}"), published=True)
    session.commit()
    sign_in(client, factories.coordinator(session))
    row = session.scalars(select(PlanAction)).first()  # type: ignore[assignment]
    more = (f"/actions/{row.id}", f"/actions/{row.id}/modifier", "?au=2021-01-01")
    addresses = [f"/plans/{plan.slug}{path}" for path in (*TABS, *FORMS, *more)]
    too_many = {}
    for address in (*addresses, "/plans", "/plans/croisements", "/plans/grilles"):
        asked: list[str] = []

        def note(_c: Any, _cursor: Any, statement: str, *_more: Any, asked: list[str] = asked) -> None:
            if statement.startswith("SELECT"):
                asked.append(statement)

        event.listen(installation.engine, "before_cursor_execute", note)
        assert client.get(address).status_code == 200
        event.remove(installation.engine, "before_cursor_execute", note)
        if len(asked) > MOST_QUERIES:
            too_many[address] = len(asked)
    assert not too_many


def test_refused_forms_say_what_to_mend_and_lose_nothing(
    client: FlaskClient, session: Session, sign_in: SignIn, plan: Plan
) -> None:
    sign_in(client, factories.coordinator(session))
    base = f"/plans/{plan.slug}"
    place = plan.territories[0].id
    refused: tuple[tuple[str, dict[str, Any], str], ...] = (
        ("/plans/nouveau", {"title": "Mon plan", "kind": "other"}, "quelle sorte"),
        ("/plans/nouveau", {"title": "Mon plan", "kind": "pli", "starts_on": "hier"}, "Écrivez une date"),
        (f"{base}/modifier", {"title": "Mon plan", "kind": "pli"}, "a un début"),
        (f"{base}/axes/ajouter", {"title": "Mon plan"}, "ouvrez d’abord une révision"),
        (f"{base}/adoptions/ajouter",
         {"body": "other", "decided_on": "31/02/2020", "result": "adopted", "source": "Mon plan"}, "date"),
        (f"{base}/adoptions/ajouter",
         {"body": "other", "decided_on": "01/01/2099", "result": "adopted", "source": "Mon plan",
          "territory_id": place}, "pas encore venu"),
        (f"{base}/revisions/ouvrir", {"day": "2999-01-01", "why": "Mon plan"}, "au plus tard"),
        (f"{base}/diagnostic/ajouter",
         {"text": "Mon plan", "kind": "need", "scope": "local", "entered_on": "2020-01-01"}, "Remplissez"),
        (f"{base}/indicateurs/ajouter", {"name": "Mon plan", "target": "12,5"}, "de quel jour"),
        (f"{base}/indicateurs/ajouter", {"name": "Mon plan", "target": "beaucoup"}, "un nombre"),
        (f"{base}/budget/ajouter", {"year": "2020", "amount": "beaucoup", "note": "Mon plan"}, "un montant"),
        (f"{base}/budget/ajouter", {"year": "1999", "amount": "12", "note": "Mon plan"}, "hors de la"),
        (f"{base}/evaluation/ajouter",
         {"made_on": "2999-01-01", "made_by": "Mon plan"}, "pas encore venu"),
    )  # fmt: skip
    before = session.scalar(select(func.count()).select_from(Finding))
    for address, data, message in refused:
        answer = client.post(address, data=data | seen(client, address))
        words = answer.get_data(as_text=True)
        assert answer.status_code == 422, address
        assert message in words, address
        assert "Mon plan" in words, address
    assert session.scalar(select(func.count()).select_from(Finding)) == before


def test_what_is_another_plan_s_or_nobody_s_is_not_found(
    client: FlaskClient, session: Session, sign_in: SignIn, plan: Plan
) -> None:
    other = drafting.plan(session, "Un autre")
    row = only_action(session, plan)
    axis = row.versions[0].axis_id
    session.commit()
    sign_in(client, factories.coordinator(session))
    for path in (
        f"/actions/{row.id}", f"/actions/{row.id}/modifier", f"/axes/{axis}/modifier",
        f"/axes/{axis}/terminer", "/diagnostic/1/modifier", "/indicateurs/1", "/evaluation/1/modifier",
        "/budget/1/retirer", "/adoptions/1/retirer", "/indicateurs/1/valeurs/1/corriger",
    ):  # fmt: skip
        assert client.get(f"/plans/{other.slug}{path}").status_code == 404, path
    assert client.post(f"/plans/{other.slug}/revisions/1/terminer").status_code == 404
    assert client.get("/plans/aucun").status_code == 404
    assert client.post(f"/plans/{plan.slug}/etat", data={"state": "perdu"}).status_code == 400
    assert client.post(f"/plans/{plan.slug}/actions/{row.id}/suivi/9/detacher").status_code == 404
    assert client.get(f"/plans/{plan.slug}?au=demain").status_code == 200


def test_a_revision_from_the_button_to_the_plan_of_a_day(
    client: FlaskClient, session: Session, sign_in: SignIn, plan: Plan
) -> None:
    sign_in(client, factories.coordinator(session))
    base = f"/plans/{plan.slug}"
    row = only_action(session, plan)
    axis = row.versions[0].axis_id
    opened = client.post(f"{base}/revisions/ouvrir", data={"day": "2026-03-11", "why": "Nouveaux publics"})
    assert opened.status_code == 303
    renamed = {"axis_id": axis, "title": "Informer autrement", "way": "both"}
    assert (
        client.post(
            f"{base}/actions/{row.id}/modifier",
            data=renamed | seen(client, f"{base}/actions/{row.id}/modifier"),
        ).status_code
        == 303
    )
    assert client.post(f"{base}/axes/ajouter", data={"title": "Santé"}).status_code == 303
    session.rollback()  # what this session has read is older
    number = session.scalars(select(Revision.id).where(Revision.closed_at.is_(None))).one()
    assert client.post(f"{base}/revisions/{number}/terminer").status_code == 303
    past = client.get(f"{base}?au=2025-01-01").get_data(as_text=True)
    assert "Le plan au 1er janvier 2025" in past
    assert "Entré dans le plan : axe 2 – Santé" in past
    assert 'class="plan-axis-title"' in past
    assert past.count('class="plan-axis-title"') == 1
    now = client.get(base).get_data(as_text=True)
    assert now.count('class="plan-axis-title"') == 2
    history = client.get(f"{base}/histoire?de=2025-01-01&a=2026-12-31").get_data(as_text=True)
    assert "auparavant « Informer »" in history
    assert "Différences entre les deux dates" in history


def test_the_order_is_kept_with_and_without_scripts(
    client: FlaskClient, session: Session, sign_in: SignIn
) -> None:
    made = drafting.plan(session)
    first, second = (drafting.axis(session, made, name) for name in ("Un", "Deux"))
    session.commit()
    sign_in(client, factories.coordinator(session))
    base = f"/plans/{made.slug}"
    assert client.post(f"{base}/ordre", data={"item": [second.id, first.id]}).status_code == 204
    page = client.get(base).get_data(as_text=True)
    assert page.index("Deux") < page.index("Un</h2>")
    assert client.post(f"{base}/ordre", data={"moved": second.id, "direction": "down"}).status_code == 303
    assert client.post(f"{base}/ordre", data={"item": [first.id]}).status_code == 409
    assert client.post(f"{base}/ordre", data={"moved": 999, "direction": "up"}).status_code == 404
    assert client.post(f"{base}/axes/{first.id}/ordre", data={"item": []}).status_code == 204


def test_exports_hold_what_the_page_shows_and_no_formula(
    client: FlaskClient, session: Session, plan: Plan
) -> None:
    base = f"/plans/{plan.slug}"
    row = only_action(session, plan)
    words = actions.ActionFacts(row.versions[0].axis_id, "=1+1")
    actions.change_action(session, row, words, correcting=True, **BY)
    session.commit()
    book = load_workbook(BytesIO(client.get(f"{base}?format=xlsx").get_data()))
    lines = [[cell.value for cell in line] for line in book.worksheets[0].iter_rows()]
    assert lines[1][3:5] == ["1.1", "'=1+1"]
    assert "Logement" in lines[1]
    for path, words_there in (
        ("/diagnostic", "Un logement"), ("/indicateurs", "Espaces actifs"), ("/budget", "123.45"),
    ):  # fmt: skip
        assert words_there in client.get(f"{base}{path}?format=csv").get_data(as_text=True)
    assert "PPLI d’essai" in client.get("/plans?format=csv").get_data(as_text=True)
    assert "PPLI d’essai" in client.get("/plans/croisements?format=csv").get_data(as_text=True)


def test_filters_of_the_list_and_of_the_diagnosis(client: FlaskClient, session: Session, plan: Plan) -> None:
    place = plan.territories[0].id
    for query, found in (
        (f"?kind=ppli&territory={place}&state=in_force&q=essai", True), ("?kind=pli", False),
        ("?state=ended", False), ("?q=zzz", False), ("?sort=title&direction=asc", True),
    ):  # fmt: skip
        assert ("PPLI d’essai" in client.get(f"/plans{query}").get_data(as_text=True)) is found, query
    facts = FindingFacts(FindingKind.OBSTACLE, Scope.STRUCTURAL, "Aucun bus", "Source", date(2022, 1, 1))
    diagnosis.save(session, plan, None, facts, **BY)
    session.commit()
    for query, shown in (
        ("only=unanswered", ["Aucun bus"]), ("only=during", ["Aucun bus"]), ("kind=need", ["Un logement"]),
        ("scope=structural", ["Aucun bus"]), ("q=logèment", ["Un logement"]), ("kind=finding", []),
    ):  # fmt: skip
        words = client.get(f"/plans/{plan.slug}/diagnostic?{query}").get_data(as_text=True)
        assert [text for text in ("Aucun bus", "Un logement") if f">{text}</h3>" in words] == shown, query


def test_an_action_of_a_space_and_a_plan_action_lead_to_each_other(
    client: FlaskClient, session: Session, sign_in: SignIn, plan: Plan
) -> None:
    assert plan.steering is not None
    action = space_actions.add(session, plan.steering, space_actions.ActionFacts("Écrire un dépliant"), **BY)
    row = only_action(session, plan)
    session.commit()
    assert client.get(f"/plans/rattacher/{action.id}").status_code == 302
    sign_in(client, factories.coordinator(session))
    assert f"/plans/rattacher/{action.id}" in client.get(f"/actions/{action.id}").get_data(as_text=True)
    assert client.post(f"/plans/rattacher/{action.id}", data={"chosen": ""}).status_code == 422
    assert client.post(f"/plans/rattacher/{action.id}", data={"chosen": row.id}).status_code == 303
    page = f"/plans/{plan.slug}/actions/{row.id}"
    assert "Écrire un dépliant" in client.get(page).get_data(as_text=True)
    assert page in client.get(f"/actions/{action.id}").get_data(as_text=True)
    tie = session.scalars(select(FollowUp.id)).one()
    assert client.post(f"{page}/suivi/{tie}/detacher").status_code == 303
    assert client.post(f"{page}/suivi", data={"chosen": action.id}).status_code == 303
    assert client.post(f"{page}/suivi", data={"chosen": action.id}).status_code == 422
    # Whoever has no part in the space reads the plan, not what its members took upon themselves.
    assert "Écrire un dépliant" not in client.application.test_client().get(page).get_data(as_text=True)
    assert page in client.get(f"/espaces/{plan.steering.slug}").get_data(as_text=True)
    assert page in client.get("/acteurs/alpha").get_data(as_text=True)


def test_progress_values_and_corrections_by_their_forms(
    client: FlaskClient, session: Session, sign_in: SignIn, plan: Plan
) -> None:
    sign_in(client, factories.coordinator(session))
    base = f"/plans/{plan.slug}"
    row = only_action(session, plan)
    address = f"{base}/actions/{row.id}/avancement"
    wrong = client.post(address, data={"state": "dropped", "since_on": "2021-01-01"})
    assert wrong.status_code == 422
    assert "Dites pourquoi cette action est abandonnée." in wrong.get_data(as_text=True)
    assert client.post(address, data={"state": "done", "since_on": "2021-01-01"}).status_code == 303
    value = f"{base}/indicateurs/1/valeurs"
    assert client.post(value, data={"day": "2020-01-01", "value": "3", "source": "x"}).status_code == 422
    assert client.post(value, data={"day": "2021-01-01", "value": "3,5", "source": "x"}).status_code == 303
    assert client.post(f"{value}/1/corriger", data={"value": "14", "source": "x"}).status_code == 422
    fixed = {"value": "14", "source": "Relu", "reason": "Compté deux fois"}
    assert client.post(f"{value}/1/corriger", data=fixed).status_code == 303
    words = client.get(f"{base}/indicateurs/1").get_data(as_text=True)
    assert "<del>15" in words
    assert "3,5" in words
    assert client.post(f"{base}/indicateurs/1/arreter").status_code == 303
    assert "N’est plus suivi" in client.get(f"{base}/indicateurs/1").get_data(as_text=True)


def test_coordinators_keep_the_grids(client: FlaskClient, session: Session, sign_in: SignIn) -> None:
    frames.load_reference(session, now=NOW)
    session.commit()
    sign_in(client, factories.coordinator(session))
    made = client.post("/plans/grilles/ajouter", data={"title": "Axes de 2026", "starts_on": "2026-01-01"})
    assert made.status_code == 303
    page = made.headers["Location"]
    assert client.post(f"{page}/lignes", data={"label": ""}).status_code == 422
    for label in ("Un", "Deux"):
        assert client.post(f"{page}/lignes", data={"label": label}).status_code == 303
    wrong = {"title": "Axes", "starts_on": "2026-01-01", "ends_on": "2025-01-01"}
    assert client.post(f"{page}/modifier", data=wrong).status_code == 422
    listed = client.get("/plans/grilles").get_data(as_text=True)
    assert listed.index("Axes de 2026") < listed.index("programmation 2020-2025")


def test_a_picture_of_whatever_height_keeps_its_points_above_the_ground(
    client: FlaskClient, session: Session, plan: Plan
) -> None:
    made = indicators.save(session, plan, None, IndicatorFacts("Communes", "communes"), **BY)
    for year, level in ((2020, 9.0), (2021, 0.0)):
        indicators.add_value(session, made, ValueFacts(date(year, 1, 1), level, "Rapport"), **BY)
    session.commit()
    for path in ("/indicateurs", f"/indicateurs/{made.id}"):
        words = (
            client.get(f"/plans/{plan.slug}{path}")
            .get_data(as_text=True)
            .replace("&nbsp;", " ")
            .replace("\u00a0", " ")
        )
        picture = words[words.index("Courbe de « Communes »") :].split("</svg>")[0]
        ground = float(re.findall(r'plan-curve-ground".*?y1="([\d.]+)"', picture)[0])
        assert [float(y) for y in re.findall(r'cy="([\d.]+)"', picture)] == [8.0, ground], path
