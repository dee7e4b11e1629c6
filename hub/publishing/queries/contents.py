"""Reading all that an edition prints, in as few statements as there are kinds of things to read."""

from typing import Any

from sqlalchemy import Integer, Select, String, cast, func, literal, null, select, union_all
from sqlalchemy.orm import contains_eager, joinedload

from hub.actors.models.organisations import Organisation, OrganisationState, organisation_theme
from hub.actors.models.reference import Level, OrganisationKind, Territory, Theme
from hub.core.files import StoredFile
from hub.core.settings import NetworkSettings
from hub.publishing.models.composition import (
    CandidateQuestion,
    Chapter,
    EditionFigure,
    EditionSection,
    EditionTerm,
    Item,
    Signatory,
    Sponsor,
)
from hub.publishing.models.editions import Edition
from hub.publishing.queries.memoranda import printed
from hub.recommendations.models.carrying import Endorsement
from hub.recommendations.models.contributions import Contribution
from hub.recommendations.models.recommendations import (
    Recommendation,
    RecommendationSource,
    recommendation_authority,
    recommendation_level,
)
from hub.recommendations.queries import bearing, reach

LOGO, SECTION, TERM, SPONSOR, SIGNATORY, QUESTION, FIGURE = (
    "logo", "section", "term", "sponsor", "signatory", "question", "figure",
)  # fmt: skip
LEVEL, AUTHORITY, EVERY = "level", "authority", "every"
SIGNS, CARRY = "signs", "carry"
MOST_THEMES = 14


def matter(edition: Edition) -> Select[*tuple[Any, ...]]:
    """Select (kind, id, position, a, b, c, d, SHA-256, chapter, section) of all around the chapters.

    What `a` to `d` are depends on the kind: see each. Ordered by position within a kind.
    """

    def row(kind: str, model: Any, *texts: Any, sha: Any = None, at: Any = None) -> Select[Any]:
        padded = [*texts, *[literal("")] * (4 - len(texts))]
        chapter, section = at if at is not None else (cast(null(), Integer), cast(null(), Integer))
        position = model.position if hasattr(model, "position") else model.id
        return select(
            literal(kind).label("kind"), model.id.label("id"), position.label("position"),
            *(cast(text, String).label(name) for text, name in zip(padded, "abcd", strict=True)),
            (cast(null(), String) if sha is None else sha).label("sha256"),
            chapter.label("chapter_id"), section.label("section_id"),
        ).where(model.edition_id == edition.id)  # fmt: skip

    section, figure = EditionSection, EditionFigure
    logo = select(
        literal(LOGO), StoredFile.id, literal(0), *[literal("")] * 4, StoredFile.sha256,
        cast(null(), Integer), cast(null(), Integer),
    ).join(NetworkSettings, NetworkSettings.logo_id == StoredFile.id)  # fmt: skip
    parts = union_all(
        # kind, title, text
        row(SECTION, section, section.kind, section.title, section.text).where(
            section.is_left_out.is_(False)
        ),
        # word, definition
        row(TERM, EditionTerm, EditionTerm.term, EditionTerm.definition),
        # name, mention
        row(SPONSOR, Sponsor, Sponsor.name, Sponsor.mention, sha=StoredFile.sha256).outerjoin(
            StoredFile, StoredFile.id == Sponsor.logo_id
        ),
        # name, commune
        row(SIGNATORY, Signatory, Organisation.name, func.coalesce(Territory.name, ""), sha=StoredFile.sha256)
        .join(Organisation, Organisation.id == Signatory.organisation_id)
        .outerjoin(Territory, Territory.id == Organisation.commune_id)
        .outerjoin(StoredFile, StoredFile.id == Signatory.logo_id),
        # question, the recommendation that it rests on
        row(
            QUESTION, CandidateQuestion, CandidateQuestion.text,
            func.coalesce(cast(Item.recommendation_id, String), ""),
        ).outerjoin(Item, Item.id == CandidateQuestion.item_id),
        # kind, caption, alternative, source
        row(
            FIGURE, figure, figure.kind, figure.caption, figure.alternative, figure.source,
            sha=StoredFile.sha256, at=(figure.chapter_id, figure.section_id),
        ).outerjoin(StoredFile, StoredFile.id == figure.file_id),
        logo,
    ).subquery()  # fmt: skip
    return select(parts).order_by(parts.c.kind, parts.c.position, parts.c.id)


def chapters(edition: Edition) -> Select[Chapter]:
    """Select chapters with their items and what these say, an empty chapter too, in one statement."""
    return (
        select(Chapter)
        .outerjoin(Chapter.items)
        .outerjoin(Item.recommendation)
        .where(Chapter.edition_id == edition.id)
        .options(
            contains_eager(Chapter.items).joinedload(Item.version),
            contains_eager(Chapter.items)
            .contains_eager(Item.recommendation)
            .options(joinedload(Recommendation.theme), joinedload(Recommendation.right)),
        )
        .order_by(Chapter.position, Chapter.id, Item.position, Item.id)
        .execution_options(populate_existing=True)
    )


def addressed(edition: Edition) -> Select[*tuple[Any, ...]]:
    """Select (recommendation, what it is, code, label): authorities by name, then levels of power.

    `of_kind` is the kind of an authority. And all levels there are, without a recommendation, from the
    nearest.
    """
    every = select(
        cast(null(), Integer).label("recommendation_id"), literal(EVERY).label("kind"), Level.code,
        Level.label, literal("").label("sorted_as"), Level.position, literal("").label("of_kind"),
    )  # fmt: skip
    by_level = (
        select(
            recommendation_level.c.recommendation_id, literal(LEVEL).label("kind"), Level.code, Level.label,
            literal("").label("sorted_as"), Level.position, literal(""),
        )
        .join(Level, Level.id == recommendation_level.c.level_id)
        .where(recommendation_level.c.recommendation_id.in_(printed(edition)))
    )  # fmt: skip
    by_name = (
        select(
            recommendation_authority.c.recommendation_id, literal(AUTHORITY), Organisation.slug,
            Organisation.name, Organisation.search_text, literal(0), OrganisationKind.code,
        )
        .join(Organisation, Organisation.id == recommendation_authority.c.organisation_id)
        .join(OrganisationKind, OrganisationKind.id == Organisation.kind_id)
        .where(recommendation_authority.c.recommendation_id.in_(printed(edition)))
    )  # fmt: skip
    rows = union_all(every, by_level, by_name).subquery()
    return select(rows).order_by(rows.c.kind, rows.c.position, rows.c.sorted_as, rows.c.code)


def sources(edition: Edition) -> Select[int, RecommendationSource]:
    """Select (recommendation, what stands behind it, who said it and where), its own sources first."""
    contribution = joinedload(RecommendationSource.contribution)
    lineage = reach.behind(printed(edition))
    return (
        select(lineage.c.id, RecommendationSource)
        .join(lineage, lineage.c.by == RecommendationSource.recommendation_id)
        .where(RecommendationSource.detached_at.is_(None))
        .options(
            contribution.joinedload(Contribution.organisation),
            contribution.joinedload(Contribution.campaign),
            contribution.joinedload(Contribution.document),
            contribution.joinedload(Contribution.workshop),
        )
        .order_by(lineage.c.id, lineage.c.by != lineage.c.id, RecommendationSource.id)
    )


def voices(edition: Edition, *, with_carriers: bool) -> Select[*tuple[Any, ...]]:
    """Select (recommendation, what, name, how many): standing co-signatures by name.

    `with_carriers`: then how many organisations carry each, in whatever way, without names.
    """
    signed = (
        select(
            Endorsement.recommendation_id, literal(SIGNS).label("what"), Organisation.name.label("name"),
            literal(1).label("number"), Organisation.search_text.label("sorted_as"),
        )
        .join(Organisation, Organisation.id == Endorsement.organisation_id)
        .where(
            Endorsement.recommendation_id.in_(printed(edition)),
            Endorsement.lapsed_at.is_(None),
            Endorsement.withdrawn_at.is_(None),
        )
    )  # fmt: skip
    parts = [signed]
    if with_carriers:
        found = bearing.carried(bearing.Among())
        parts.append(
            select(
                found.c.recommendation_id, literal(CARRY), literal(""), func.count(), literal("")
            )
            .where(found.c.recommendation_id.in_(printed(edition)))
            .group_by(found.c.recommendation_id)
        )  # fmt: skip
    both = union_all(*parts).subquery()
    return select(both).order_by(both.c.recommendation_id, both.c.what, both.c.sorted_as, both.c.name)


def coverage() -> Select[str, int]:
    """Select (theme, how many active organisations work on it), the most covered first."""
    number = func.count(Organisation.id)
    return (
        select(Theme.label, number)
        .join(organisation_theme, organisation_theme.c.theme_id == Theme.id)
        .join(Organisation, Organisation.id == organisation_theme.c.organisation_id)
        .where(Organisation.state == OrganisationState.ACTIVE, Organisation.merged_into_id.is_(None))
        .group_by(Theme.id, Theme.label)
        .order_by(number.desc(), Theme.label)
        .limit(MOST_THEMES)
    )
