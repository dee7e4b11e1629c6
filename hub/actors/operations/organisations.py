"""Creating, changing and checking organisations. Nothing is ever erased: one that has ended says so."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.actors.models.organisations import (
    Confidence,
    FundingSource,
    LegalForm,
    Organisation,
    OrganisationState,
    Structured,
)
from hub.actors.models.reference import Audience, OrganisationKind, Territory, Theme
from hub.actors.queries import organisations as queries
from hub.actors.values import names
from hub.core import audit
from hub.core.errors import N_, DomainError
from hub.core.search import slug as slug_of

LONGEST_SLUG = 80
# Addresses of pages.
RESERVED_SLUGS = {
    "ajouter", "importer", "doublons", "ressemblants", "a-verifier", "modifications", "verifications",
}  # fmt: skip
# Contents that may be about a person: history says that they changed, not how (S16).
UNTOLD = {"email", "phone", "address", "note", "description"}
TOLD_BY_NAME = {"kind_id", "commune_id", "theme_ids", "territory_ids", "audience_ids"}


@dataclass(frozen=True)
class OrganisationFacts:
    """All that is known of an organisation, cleaned (see `hub.actors.values`)."""

    name: str
    kind_id: int
    acronym: str = ""
    former_names: str = ""  # one a line
    legal_form: LegalForm = LegalForm.UNKNOWN
    enterprise_number: str | None = None
    commune_id: int | None = None
    scope: str = ""
    founded: int | None = None
    state: OrganisationState = OrganisationState.ACTIVE
    state_since: date | None = None
    structured: Structured = Structured.UNKNOWN
    field_of_action: str = ""
    funding_sources: tuple[FundingSource, ...] = ()
    description: str = ""
    languages: tuple[str, ...] = ()
    email: str = ""
    phone: str = ""
    address: str = ""
    website: str = ""
    source: str = ""
    confidence: Confidence = Confidence.HIGH
    note: str = ""
    theme_ids: tuple[int, ...] = ()
    territory_ids: tuple[int, ...] = ()
    audience_ids: tuple[int, ...] = ()


def columns(facts: OrganisationFacts) -> dict[str, Any]:
    """Return the values of the row's own columns, what is searched included."""
    values = asdict(facts)
    for name in ("theme_ids", "territory_ids", "audience_ids", "funding_sources"):
        del values[name]
    values["languages"] = list(facts.languages)
    values["search_text"] = names.search_text(facts.name, facts.acronym, facts.former_names)
    return values


def facts_of(organisation: Organisation) -> OrganisationFacts:
    """Return what the row says, as facts."""
    own = {
        name: getattr(organisation, name)
        for name in OrganisationFacts.__dataclass_fields__
        if not name.endswith("_ids")
    }
    return OrganisationFacts(
        **{
            **own,
            "languages": tuple(organisation.languages),
            "funding_sources": tuple(sorted(organisation.funding_sources)),
            "theme_ids": tuple(sorted(theme.id for theme in organisation.themes)),
            "territory_ids": tuple(sorted(place.id for place in organisation.territories)),
            "audience_ids": tuple(sorted(audience.id for audience in organisation.audiences)),
        }
    )


def free_slug(wanted: str, taken: set[str]) -> str:
    """Return the address part, numbered where others have it already."""
    base = slug_of(wanted)[:LONGEST_SLUG]
    number, found = 1, base
    while found in taken or found in RESERVED_SLUGS:
        number += 1
        found = f"{base}-{number}"
    return found


def create(
    session: Session,
    facts: OrganisationFacts,
    *,
    actor: audit.Actor | str | None,
    now: datetime,
    slug: str = "",
) -> Organisation:
    """Add an organisation and return it.

    Its address is `slug`, or comes from its acronym or name. Raises DomainError if a fact contradicts another
    or the enterprise number is taken.
    """
    check_facts(session, facts)
    wanted = slug or facts.acronym or facts.name
    taken = set(
        session.scalars(
            select(Organisation.slug).where(Organisation.slug.startswith(slug_of(wanted), autoescape=True))
        )
    )
    row = Organisation(
        **columns(facts), slug=free_slug(wanted, taken), created_at=now, updated_at=now, checked_on=None
    )
    _link(session, row, facts)
    session.add(row)
    session.flush()
    audit.record(session, "organisation.created", row, actor=actor, now=now)
    return row


def update(
    session: Session,
    organisation: Organisation,
    facts: OrganisationFacts,
    *,
    actor: audit.Actor | str | None,
    now: datetime,
    seen: datetime | None = None,
) -> Organisation:
    """Give an organisation new facts; history keeps what changed.

    `seen` is the moment of the version that the person had before them. Raises DomainError as `create`
    does, and where somebody else has changed the organisation since `seen`.
    """
    if seen is not None and seen != organisation.updated_at:
        raise DomainError(
            N_(
                "Quelqu’un a modifié cette fiche pendant que vous l’aviez sous les yeux. Comparez avec la "
                "fiche actuelle, puis enregistrez à nouveau."
            )
        )
    check_facts(session, facts, but=organisation)
    before = facts_of(organisation)
    facts = replace(
        facts,
        theme_ids=tuple(sorted(facts.theme_ids)),
        territory_ids=tuple(sorted(facts.territory_ids)),
        audience_ids=tuple(sorted(facts.audience_ids)),
        funding_sources=tuple(sorted(facts.funding_sources)),
    )
    changes = _changes(session, before, facts)
    if not changes:
        return organisation
    for name, value in columns(facts).items():
        setattr(organisation, name, value)
    _link(session, organisation, facts)
    organisation.updated_at = now
    session.flush()
    audit.record(session, "organisation.changed", organisation, actor=actor, now=now, changes=changes)
    return organisation


def set_state(
    session: Session,
    organisation: Organisation,
    state: OrganisationState,
    *,
    since: date | None,
    actor: audit.Actor | str | None,
    now: datetime,
) -> None:
    """Say that an organisation sleeps, has ended or works again. Raises DomainError for a date to come."""
    update(
        session,
        organisation,
        replace(facts_of(organisation), state=state, state_since=since),
        actor=actor,
        now=now,
    )


def resembling(
    session: Session, facts: OrganisationFacts, *, but: Organisation | None = None
) -> list[Organisation]:
    """Return the organisations with the same name, acronym or enterprise number."""
    found = session.scalars(queries.alike(facts.name, facts.acronym, facts.enterprise_number))
    return [row for row in found if but is None or row.id != but.id]


def check_facts(session: Session, facts: OrganisationFacts, *, but: Organisation | None = None) -> None:
    """Refuse facts that can't be stored, with DomainError; `but` is the organisation that they are about."""
    if not facts.name.strip():
        raise DomainError(N_("Donnez un nom."), field="name")
    if facts.enterprise_number is None:
        return
    holder = session.scalar(
        select(Organisation).where(Organisation.enterprise_number == facts.enterprise_number)
    )
    if holder is not None and (but is None or holder.id != but.id):
        raise DomainError(
            N_("Ce numéro d’entreprise est déjà celui de « %(name)s »."),
            field="enterprise_number",
            name=holder.name,
        )


def _link(session: Session, row: Organisation, facts: OrganisationFacts) -> None:
    row.themes = _rows(session, Theme, facts.theme_ids)
    row.territories = _rows(session, Territory, facts.territory_ids)
    row.audiences = _rows(session, Audience, facts.audience_ids)
    if sorted(row.funding_sources) != sorted(facts.funding_sources):
        row.funding_sources = list(facts.funding_sources)


def _rows(session: Session, model: type[Any], ids: Sequence[int]) -> list[Any]:
    return list(session.scalars(select(model).where(model.id.in_(ids)))) if ids else []


def _changes(session: Session, before: OrganisationFacts, after: OrganisationFacts) -> dict[str, list[Any]]:
    old, new = asdict(before), asdict(after)
    found = audit.differences(
        {name: told(session, name, value) for name, value in old.items()},
        {name: told(session, name, value) for name, value in new.items()},
    )
    return {name: ["…", "…"] if name in UNTOLD else pair for name, pair in found.items()}


def told(session: Session, name: str, value: Any) -> Any:
    """Return a fact as history tells it: rows by their names, which outlast a later edit."""
    if name not in TOLD_BY_NAME or not value:
        return ", ".join(value) if isinstance(value, tuple) else value
    model, attribute = {
        "kind_id": (OrganisationKind, "label"),
        "commune_id": (Territory, "name"),
        "theme_ids": (Theme, "label"),
        "territory_ids": (Territory, "name"),
        "audience_ids": (Audience, "label"),
    }[name]
    rows = _rows(session, model, value if isinstance(value, tuple) else (value,))
    return ", ".join(sorted(getattr(row, attribute) for row in rows))
