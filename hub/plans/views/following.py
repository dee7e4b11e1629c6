"""Where plans speak on other pages: an actor's card, a space, and an action of a space, which can be tied."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.actors.models.organisations import Organisation
from hub.actors.signals import LinkGroup
from hub.core import clock
from hub.core.access import current_user, permit
from hub.core.db import db
from hub.core.errors import DomainError
from hub.plans import rules
from hub.plans.forms.outline import TieForm
from hub.plans.models.outline import PlanAction
from hub.plans.operations import actions as operations
from hub.plans.queries import outline as queries
from hub.plans.views.blueprint import blueprint
from hub.plans.views.page import Answer, tell
from hub.spaces import rules as space_rules
from hub.spaces.models.actions import Action
from hub.spaces.models.spaces import Space

STAGE = 1


def edits_both(user: User | None, action: Action) -> bool:
    """Allow who may change the action: which plans they may change is asked of each plan."""
    return space_rules.edit_action(user, action)


def _offer(form: TieForm, action: Action) -> None:
    tied = {row[0].plan_action_id for row in db.session.execute(queries.followed(action.id))}
    rows = [
        (text.plan_action_id, f"{plan.title} – {axis.number}.{text.number} {text.title}")
        for text, axis, plan in db.session.execute(queries.current_actions())
        if text.plan_action_id not in tied and rules.edit(current_user(), plan)
    ]
    form.offer(rows, _("Choisissez une action du plan"))


@blueprint.get("/rattacher/<int:id>")
@permit(edits_both, Action)
def tie_page(action: Action) -> Answer:
    """Show which plan actions an action of a space can be tied to."""
    form = TieForm(formdata=None)
    _offer(form, action)
    return render_template("plans/tie.html", form=form, action=action)


@blueprint.post("/rattacher/<int:id>")
@permit(edits_both, Action)
def tie(action: Action) -> Answer:
    """Tie an action of a space to a plan action."""
    form = TieForm()
    _offer(form, action)
    if form.validate_on_submit():
        row = db.session.get_one(PlanAction, form.chosen.data)
        try:
            operations.tie_up(db.session(), row, action, actor=current_user(), now=clock.now())
        except DomainError as problem:
            tell(form, problem)
        else:
            flash(_("L’action est rattachée au plan."), "success")
            return redirect(url_for("plans.action", slug=row.plan.slug, number=row.id), 303)
    return render_template("plans/tie.html", form=form, action=action), 422


def thing_links(thing: Any, *, session: Session, user: Any) -> list[LinkGroup]:
    """Tell an action's page which plan actions it puts into practice, and where to tie it."""
    if not isinstance(thing, Action):
        return []
    links = [
        (
            f"{plan.title} – {axis.number}.{text.number} {text.title}" if text and axis else plan.title,
            url_for("plans.action", slug=plan.slug, number=row.plan_action_id),
        )
        for row, text, axis, plan in session.execute(queries.followed(thing.id))
        if rules.see(user, plan)
    ]
    if edits_both(user, thing):
        links.append((_("Rattacher à une action d’un plan"), url_for("plans.tie_page", id=thing.id)))
    return [LinkGroup(_("Dans le plan"), links, STAGE)] if links else []


def space_links(space: Space, *, session: Session, user: Any) -> list[LinkGroup]:
    """Tell a space's page which plan actions it carries."""
    links = [
        (f"{plan.title} – {text.title}", url_for("plans.action", slug=plan.slug, number=text.plan_action_id))
        for text, plan in session.execute(queries.carried_by(space.id))
        if rules.see(user, plan)
    ]
    return [LinkGroup(_("Actions du plan portées ici"), links, STAGE)] if links else []


def card_links(organisation: Organisation, *, session: Session, user: Any) -> list[LinkGroup]:
    """Tell an actor's card in which plan actions the organisation has a part."""
    links = [
        (f"{plan.title} – {text.title}", url_for("plans.action", slug=plan.slug, number=text.plan_action_id))
        for text, plan, _role in session.execute(queries.taken_part_in(organisation.id))
        if rules.see(user, plan)
    ]
    return [LinkGroup(_("Actions de plans"), list(dict.fromkeys(links)), STAGE)] if links else []
