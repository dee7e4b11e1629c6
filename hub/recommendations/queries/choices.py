"""What forms and filters offer to choose from."""

from sqlalchemy import Select, String, cast, exists, func, literal, or_, select, union_all
from sqlalchemy.orm import Session

from hub.actors.models.organisations import Organisation, OrganisationState
from hub.actors.models.reference import Family, Level, OrganisationKind, Sector, Territory, Theme
from hub.recommendations.models.calls import Campaign
from hub.recommendations.models.contributions import Contribution, ContributionState
from hub.recommendations.models.recommendations import Recommendation, recommendation_authority

# What a list of choice says of an organisation: there may be hundreds, so no objects are made.
SHORT_LABEL = func.coalesce(func.nullif(Organisation.acronym, ""), Organisation.name)
_HAS_SENT = exists().where(
    Contribution.organisation_id == Organisation.id, Contribution.state != ContributionState.DRAFT
)
_IS_ADDRESSED = exists().where(recommendation_authority.c.organisation_id == Organisation.id)
# Made once: filters of the lists most asked for are read by them.
_NAMED = select(Organisation.slug, SHORT_LABEL, _HAS_SENT, _IS_ADDRESSED).order_by(Organisation.search_text)
_CALLS = select(Campaign.slug, Campaign.title).order_by(Campaign.opens_at.desc(), Campaign.id.desc())
_ASKED_FOR = select(Recommendation.territory_id).where(Recommendation.territory_id.is_not(None))
_SMALL = union_all(
    select(
        literal("theme").label("what"), Theme.code, Theme.label, cast(Theme.kind, String).label("kind"),
        Theme.position,
    ),
    select(literal("level"), Level.code, Level.label, literal(""), Level.position),
    select(literal("territory"), Territory.code, Territory.name, literal(""), literal(0)).where(
        Territory.id.in_(_ASKED_FOR)
    ),
).subquery()  # fmt: skip
_NAMED_THINGS = select(_SMALL.c.what, _SMALL.c.code, _SMALL.c.label, _SMALL.c.kind).order_by(
    _SMALL.c.what, _SMALL.c.position, _SMALL.c.label
)


def active_organisations() -> Select[Organisation]:
    """Select the organisations in whose name something can be said, by name."""
    return (
        select(Organisation)
        .where(Organisation.state == OrganisationState.ACTIVE, Organisation.merged_into_id.is_(None))
        .order_by(Organisation.search_text)
    )


def authorities() -> Select[Organisation]:
    """Select the public actors to whom something can be asked by name, by name.

    Whoever is addressed already stays among them, so that a form never drops one.
    """
    addressed = select(recommendation_authority.c.organisation_id)
    public = or_(OrganisationKind.family == Family.AUTHORITY, OrganisationKind.sector == Sector.PUBLIC)
    at_work = (Organisation.state != OrganisationState.CLOSED) & Organisation.merged_into_id.is_(None)
    return (
        select(Organisation)
        .join(Organisation.kind)
        .where(or_(public & at_work, Organisation.id.in_(addressed)))
        .order_by(Organisation.search_text)
    )


def territories() -> Select[Territory]:
    """Select all territories by name."""
    return select(Territory).order_by(Territory.name)


def territory(session: Session, code: str | None) -> Territory | None:
    """Return the territory of that code, None for none."""
    return session.scalar(territories().where(Territory.code == code)) if code else None


def communes_of_actors() -> Select[Territory]:
    """Select the communes in which an organisation has its seat, by name."""
    return (
        select(Territory)
        .where(Territory.id.in_(select(Organisation.commune_id).where(Organisation.commune_id.is_not(None))))
        .order_by(Territory.name)
    )


def heard_or_addressed() -> Select[str, str, bool, bool]:
    """Select all organisations, by name: (slug, short label, has it sent something, is it addressed)."""
    return _NAMED


def named_things() -> Select[str, str, str, str]:
    """Select (kind, code, label, kind of theme) of what narrows recommendations, each kind in its order.

    Kinds are "level", "territory" (those for which something is recommended) and "theme": small tables, read
    in one query.
    """
    return _NAMED_THINGS


def calls() -> Select[str, str]:
    """Select (slug, title) of all calls, the latest first."""
    return _CALLS


def themes() -> Select[Theme]:
    """Select all themes in their order."""
    return select(Theme).order_by(Theme.position, Theme.label)


def levels() -> Select[Level]:
    """Select the levels of power in their order."""
    return select(Level).order_by(Level.position)


def kinds() -> Select[OrganisationKind]:
    """Select the kinds of organisations in their order."""
    return select(OrganisationKind).order_by(OrganisationKind.position)
