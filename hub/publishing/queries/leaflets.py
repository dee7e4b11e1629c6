"""Reading leaflets: what was built of them, what was chosen by hand, whose communes they are for."""

from collections.abc import Collection, Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload, undefer

from hub.actors.models.organisations import Organisation
from hub.actors.models.reference import OrganisationKind, Territory, TerritoryKind
from hub.core.files import StoredFile
from hub.publishing.models.builds import WHOLE, Build
from hub.publishing.models.composition import CandidateQuestion, Chapter, Item
from hub.publishing.models.editions import PUBLIC, Edition
from hub.publishing.models.leaflets import Leaflet, LeafletItem
from hub.recommendations.models.recommendations import Recommendation, recommendation_authority


def built(edition: Edition, *, is_draft: bool) -> Select[Build]:
    """Select the PDFs of an edition's leaflets with their files, the last of each last.

    But for those whose file was emptied: a testimony in them was taken back.
    """
    return (
        select(Build)
        .join(Build.file)
        .where(
            Build.edition_id == edition.id, Build.variant != WHOLE, Build.is_draft.is_(is_draft),
            StoredFile.size > 0,
        )
        .options(contains_eager(Build.file))
        .order_by(Build.created_at, Build.id)
    )  # fmt: skip


def telling(editions: Sequence[int]) -> Select[Build]:
    """Select the PDFs of these public editions' leaflets in which testimonies stand, with their contents."""
    return (
        select(Build)
        .join(Build.file)
        .where(
            StoredFile.size > 0,
            Build.edition_id.in_(editions), Build.variant != WHOLE, Build.is_draft.is_(False),
            Build.content.contains('"testimonies":[{', autoescape=True),
        )
        .options(undefer(Build.content), contains_eager(Build.file))
        .order_by(Build.edition_id, Build.id)
    )  # fmt: skip


def public_with(recommendations: Select[int | None]) -> Select[Edition]:
    """Select the public editions that hold one of these recommendations, in one order for who locks them."""
    holding = select(Item.edition_id).where(Item.recommendation_id.in_(recommendations))
    return select(Edition).where(Edition.state.in_(PUBLIC), Edition.id.in_(holding)).order_by(Edition.id)


def leaflets(edition: Edition) -> Select[Leaflet]:
    """Select the leaflets that somebody chose by hand, with what stands in them, by title."""
    item = joinedload(Leaflet.items).joinedload(LeafletItem.item)
    return (
        select(Leaflet)
        .where(Leaflet.edition_id == edition.id)
        .options(joinedload(Leaflet.organisation), item.joinedload(Item.recommendation))
        .order_by(Leaflet.kind.desc(), Leaflet.title, Leaflet.id)
    )


def leaflet(edition: Edition, slug: str) -> Select[Leaflet]:
    """Select one of them by its name."""
    return leaflets(edition).where(Leaflet.slug == slug)


def items(edition: Edition) -> Select[Item]:
    """Select all items of an edition in its order: what each says, its levels, theme and right."""
    return (
        select(Item)
        .join(Item.chapter)
        .where(Item.edition_id == edition.id)
        .options(
            contains_eager(Item.chapter),
            joinedload(Item.version),
            joinedload(Item.recommendation).options(
                selectinload(Recommendation.levels),
                joinedload(Recommendation.theme),
                joinedload(Recommendation.right),
            ),
        )
        .order_by(Chapter.position, Chapter.id, Item.position, Item.id)
    )


def authorities(edition: Edition) -> Select[int, str, str, str]:
    """Select (recommendation, authority, its name, its kind) of those whom the items address, by name."""
    printed = select(Item.recommendation_id).where(Item.edition_id == edition.id)
    return (
        select(
            recommendation_authority.c.recommendation_id,
            Organisation.slug,
            Organisation.name,
            OrganisationKind.code,
        )
        .join(Organisation, Organisation.id == recommendation_authority.c.organisation_id)
        .join(Organisation.kind)
        .where(recommendation_authority.c.recommendation_id.in_(printed))
        .order_by(Organisation.search_text, Organisation.slug)
    )


def questions(edition: Edition) -> Select[CandidateQuestion]:
    """Select the questions to candidates in their order."""
    return (
        select(CandidateQuestion)
        .where(CandidateQuestion.edition_id == edition.id)
        .order_by(CandidateQuestion.position)
    )


def seats(codes: Collection[str]) -> Select[str, str]:
    """Select (organisation, its commune's code) of the authorities with these slugs, by name."""
    return (
        select(Organisation.slug, Territory.code)
        .join(Territory, Territory.id == Organisation.commune_id)
        .where(Organisation.slug.in_(codes))
        .order_by(Organisation.search_text)
    )


def communes(province_id: int | None = None) -> Select[Territory]:
    """Select the communes by name: those of a province, or all."""
    found = select(Territory).where(Territory.kind == TerritoryKind.COMMUNE).order_by(Territory.name)
    return found if province_id is None else found.where(Territory.parent_id == province_id)
