"""Who carries one recommendation: whose words, whose voices, whose signatures, how many dots."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from flask import Response as FlaskResponse
from flask import render_template
from flask_babel import gettext

from hub.core import clock, exports
from hub.core.access import permit
from hub.core.db import db
from hub.recommendations.models.carrying import (
    SUPPORTS,
    VOICE_CHANNELS,
    Endorsement,
    RecommendationPosition,
    Support,
)
from hub.recommendations.models.recommendations import Recommendation, RecommendationSource
from hub.recommendations.operations import dots
from hub.recommendations.queries import carrying
from hub.recommendations.queries import lineage as lineage_queries
from hub.recommendations.queries import support as queries
from hub.recommendations.rules import manage
from hub.recommendations.views.blueprint import argument, blueprint
from hub.recommendations.views.endorsements import stands


@dataclass
class OnVersion:
    """The voices on one version; `is_current`: it asks what is asked today."""

    number: int
    is_current: bool
    standing: list[RecommendationPosition] = field(default_factory=list)
    replaced: list[RecommendationPosition] = field(default_factory=list)

    def counts(self) -> list[tuple[Support, int]]:
        """Return how many stand where, in the order of the positions."""
        words = [row.support for row in self.standing]
        return [(word, words.count(word)) for word in Support]

    def bars(self) -> Iterator[tuple[str, float, float]]:
        """Yield (position, beginning, width) of the picture, in percent of the voices."""
        begin = 0.0
        for word, number in self.counts():
            width = 100 * number / len(self.standing) if self.standing else 0.0
            if number:
                yield word.value, round(begin, 3), round(width, 3)
            begin += width


@blueprint.get("/recommandations/<code>/soutien")
@permit(manage, Recommendation, key="code")
def support(row: Recommendation) -> str | FlaskResponse:
    """Show who carries a recommendation, and who has still to be heard; the same as CSV or xlsx."""
    session = db.session()
    sources = session.scalars(lineage_queries.all_sources(row.id)).all()
    voices = session.scalars(queries.positions(row)).all()
    signatures = session.scalars(queries.endorsements(row)).all()
    said = [each for each in voices if each.recommendation_id == row.id]
    signed = [each for each in signatures if each.recommendation_id == row.id]
    kind = argument("format")
    if kind in {"csv", "xlsx"}:
        return _export(kind, row, sources, said, signed)
    since = dict(session.execute(carrying.substantive_of([row.id])).all()).get(row.id, 0)
    now = clock.now()
    return render_template(
        "recommendations/support.html",
        recommendation=row,
        sources=[each for each in sources if each.recommendation_id == row.id],
        inherited=[each for each in sources if each.recommendation_id != row.id],
        versions=_by_version(said, since),
        signed=[each for each in signed if stands(each)],
        over=[each for each in signed if not stands(each)],
        rounds=[
            (each, won, ballots, dots.is_open(each, now))
            for each, won, ballots in session.execute(queries.dots(row))
        ],
        unheard=session.scalars(queries.unheard(row, clock.today(now))).all(),
        calls=session.scalars(queries.consulted_by(row)).all(),
        before=_before(
            [each for each in voices if each.recommendation_id != row.id],
            [each for each in signatures if each.recommendation_id != row.id],
        ),
        channels=VOICE_CHANNELS,
        support_words=SUPPORTS,
    )


def _by_version(said: Sequence[RecommendationPosition], since: int) -> list[OnVersion]:
    found = []
    for number, rows in groupby(said, key=lambda row: row.version):
        version = OnVersion(number, number >= since)
        for row in rows:
            (version.standing if row.ended_at is None else version.replaced).append(row)
        found.append(version)
    return found


def _before(
    voices: Iterable[RecommendationPosition], signatures: Iterable[Endorsement]
) -> list[tuple[Recommendation, list[RecommendationPosition], list[Endorsement]]]:
    """Return each recommendation that this one was made from, with what stands on it."""
    rows: dict[int, tuple[Recommendation, list[RecommendationPosition], list[Endorsement]]] = {}
    for voice in voices:
        rows.setdefault(voice.recommendation_id, (voice.recommendation, [], []))[1].append(voice)
    for given in signatures:
        rows.setdefault(given.recommendation_id, (given.recommendation, [], []))[2].append(given)
    return list(rows.values())


def _export(
    kind: str,
    row: Recommendation,
    sources: Sequence[RecommendationSource],
    said: Sequence[RecommendationPosition],
    signed: Sequence[Endorsement],
) -> FlaskResponse:
    header = [
        gettext("Organisation"), gettext("Ce qui la lie"), gettext("Position"),
        gettext("Réserves ou raisons"),
        gettext("Organe qui a décidé"), gettext("Date de sa décision"), gettext("Version"),
        gettext("Par quelle voie"), gettext("Le"), gettext("N’est plus depuis"),
    ]  # fmt: skip

    def lines() -> Iterator[list[Any]]:
        for source in sources:
            sent = source.contribution
            through = source.recommendation.code if source.recommendation_id != row.id else ""
            tie = gettext("Contribution, par %(code)s", code=through) if through else gettext("Contribution")
            yield [sent.author, tie, "", "", "", "", "", "", sent.submitted_at, ""]
        for voice in said:
            yield [
                voice.organisation.name, gettext("Position"), gettext(SUPPORTS[voice.support]), voice.reason,
                "", "", voice.version, gettext(VOICE_CHANNELS[voice.channel]), voice.created_at,
                voice.ended_at or "",
            ]  # fmt: skip
        for given in signed:
            yield [
                given.organisation.name, gettext("Co-signature"), "", "", given.body, given.decided_on,
                given.version, gettext(VOICE_CHANNELS[given.channel]), given.created_at,
                given.withdrawn_at or given.lapsed_at or "",
            ]  # fmt: skip

    return exports.answer(kind, f"soutien-{row.code}", header, lines())
