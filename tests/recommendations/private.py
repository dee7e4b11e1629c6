"""A network in which every private place of the recommendations holds a word of its own.

Words are put straight into the tables: what a page may show is asked of the pages, not of the operations.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.actors.models.mandates import Mandate, Person
from hub.actors.models.organisations import Organisation
from hub.actors.models.reference import OrganisationKind
from hub.core import clock, files
from hub.core.files import Store
from hub.events.models.outcomes import Conclusion
from hub.events.models.registrations import QuestionKind
from hub.events.models.workshops import Workshop
from hub.publishing.models.answers import PartyAnswer, PartyStance
from hub.publishing.models.composition import Chapter, Item
from hub.publishing.models.editions import IN_COMPOSITION, Edition
from hub.recommendations.models.calls import (
    Campaign,
    CampaignPhase,
    CampaignQuestion,
    Invitation,
    InvitationNote,
    PhaseKind,
)
from hub.recommendations.models.carrying import (
    Ballot,
    CampaignRecommendation,
    DotRound,
    Endorsement,
    RecommendationPosition,
    Support,
    VoiceChannel,
    WorkshopRecommendation,
)
from hub.recommendations.models.contributions import (
    Channel,
    Confirmation,
    Contribution,
    ContributionAnswer,
    ContributionState,
)
from hub.recommendations.models.documents import ReadingState, SourceDocument, SourcePage
from hub.recommendations.models.lineage import Derivation, DerivationKind, RecommendationStep
from hub.recommendations.models.recognition import SimilarityVerdict, ThesaurusGroup, Verdict
from hub.recommendations.models.recommendations import (
    Recommendation,
    RecommendationSource,
    RecommendationState,
)
from hub.recommendations.models.testimonies import ConsentForm, Testimony, TestimonyTie
from hub.recommendations.models.ties import ConclusionTie, MeetingSource, RecommendationAction
from hub.recommendations.models.versions import (
    AmendedPart,
    Amendment,
    AmendmentState,
    RecommendationVersion,
    Weight,
)
from hub.spaces.models.actions import Action
from hub.spaces.models.meetings import AgendaItem
from tests import factories

BEGINNING = "zqx"
DAY = timedelta(days=1)


class Reader(StrEnum):
    """Who may read a word, beside nobody."""

    WRITERS = "writers"  # whoever holds the organisation's link, and nobody else
    OWN = "own"  # the organisation itself, and the coordination
    COORDINATION = "coordination"
    CONSULTED = "consulted"  # every organisation that is consulted on it, and the coordination


@dataclass
class PrivateWorld:
    """Two organisations, each with an account and a link; what is private is the first one's."""

    session: Session
    store: Store
    now: datetime
    marks: dict[str, Reader] = field(default_factory=dict)
    # What stands in an address, such as "code" → every code that a private thing has.
    parts: dict[str, list[str]] = field(default_factory=dict)
    rows: dict[str, Any] = field(default_factory=dict)

    def word(self, name: str, reader: Reader = Reader.COORDINATION) -> str:
        """Return a word that stands nowhere else, and note who may read it."""
        made = BEGINNING + name
        assert made.isalpha()
        assert made.islower()
        self.marks[made] = reader
        return made

    def add(self, row: Any, *, number: str = "") -> Any:
        """Store a row; `number` names the part of addresses that its number is."""
        factories.add(self.session, row)
        if number:
            self.part(number, row.id)
        return row

    def part(self, name: str, value: object) -> None:
        """Remember what an address may hold there."""
        self.parts.setdefault(name, []).append(str(value))


def build(session: Session, store: Store, now: datetime) -> PrivateWorld:
    """Fill every private place beside what the session holds already."""
    world = PrivateWorld(session, store, now)
    for name in ("ours", "theirs"):
        world.rows[name], world.rows[f"{name}_user"] = _speaker(world, name)
    _calls(world)
    _contributions(world)
    _recommendations(world)
    _words(world)
    _carrying(world)
    _ties(world)
    _party_answers(world)
    session.commit()
    return world


def _speaker(world: PrivateWorld, name: str) -> tuple[Organisation, User]:
    session = world.session
    organisation = factories.organisation(session, f"Organisation {name}")
    user = factories.user(session, last_sign_in_at=world.now)
    person = world.add(Person(name=f"Porte-parole {name}", user_id=user.id, created_at=world.now))
    world.add(
        Mandate(
            person_id=person.id, organisation_id=organisation.id, created_at=world.now,
            starts_on=clock.today(world.now) - DAY,
        )
    )  # fmt: skip
    return organisation, user


def _calls(world: PrivateWorld) -> None:
    now, today = world.now, clock.today(world.now)
    dates = {"opens_at": now - 5 * DAY, "closes_at": now + 20 * DAY, "created_at": now - 9 * DAY}
    call = world.add(Campaign(slug="appel-prive", title="Appel ouvert", is_published=True, **dates))
    draft = world.add(
        Campaign(
            slug="appel-en-preparation", title=world.word("calltitle"),
            introduction=world.word("callintroduction"), **dates,
        ),
    )  # fmt: skip
    for row in (call, draft):
        world.part("slug", row.slug)
    world.add(
        CampaignPhase(campaign_id=call.id, kind=PhaseKind.CONSULT, starts_on=today - DAY, ends_on=today + DAY)
    )
    world.add(
        CampaignQuestion(
            campaign_id=draft.id, kind=QuestionKind.TEXT, label=world.word("questionlabel"),
            help=world.word("questionhelp"), options=[world.word("questionoption")],
        )
    )  # fmt: skip
    invitations = {}
    for name in ("ours", "theirs"):
        email = world.word("invitationaddress", Reader.OWN) if name == "ours" else "autre"
        invitations[name] = world.add(
            Invitation(
                campaign_id=call.id, organisation_id=world.rows[name].id, email=f"{email}@example.org",
                times_sent=1, sent_at=now, created_at=now,
            ),
            number="id",
        )  # fmt: skip
    world.add(
        InvitationNote(
            invitation_id=invitations["ours"].id, text=world.word("invitationnote"), created_at=now
        )
    )
    asked = world.add(CampaignQuestion(campaign_id=call.id, kind=QuestionKind.TEXT, label="Et encore ?"))
    world.rows |= {"call": call, "draft_call": draft, "question": asked, "invitations": invitations}


def _contributions(world: PrivateWorld) -> None:
    """Make one contribution of the first organisation in every state, and of every origin."""
    now, ours = world.now, world.rows["ours"]
    known = {"campaign_id": world.rows["call"].id, "created_at": now, "saved_at": now}
    draft = world.add(
        Contribution(
            **known, organisation_id=ours.id, invitation_id=world.rows["invitations"]["ours"].id,
            finding=world.word("draftfinding", Reader.WRITERS),
            proposal=world.word("draftproposal", Reader.WRITERS),
            origin=world.word("draftorigin", Reader.WRITERS),
        ),
        number="number",
    )  # fmt: skip
    world.part("id", draft.id)
    world.add(
        ContributionAnswer(
            contribution_id=draft.id, question_id=world.rows["question"].id,
            value=world.word("draftanswer", Reader.WRITERS),
        )
    )  # fmt: skip
    document = _document(world)
    workshop = world.session.scalars(select(Workshop).limit(1)).first()
    sent = {**known, "submitted_at": now}
    confirmed = {"confirmed_at": now, "confirmed_how": Confirmation.LINK}
    rows: dict[str, dict[str, Any]] = {
        "unconfirmed": {"state": ContributionState.SUBMITTED, "channel": Channel.PHONE},
        "confirmed": {"state": ContributionState.CONFIRMED, **confirmed},
        "taken": {"state": ContributionState.TAKEN_UP, **confirmed},
        "outofscope": {"state": ContributionState.OUT_OF_SCOPE, **confirmed},
        "withdrawn": {"state": ContributionState.WITHDRAWN},
        "quoted": {
            "state": ContributionState.CONFIRMED, "channel": Channel.DOCUMENT, "document_id": document.id,
            "source_page": world.word("sourcepage", Reader.OWN), "quote": world.word("quote", Reader.OWN),
            **confirmed,
        },
        "table": {
            "state": ContributionState.SUBMITTED, "channel": Channel.WORKSHOP, "campaign_id": None,
            "workshop_id": workshop.id if workshop else None, "table_name": world.word("tablename"),
        },
    }  # fmt: skip
    made = {"draft": draft}
    for name, values in rows.items():
        own = name != "table"
        reader = Reader.OWN if own else Reader.COORDINATION
        made[name] = world.add(
            Contribution(
                **{**sent, "organisation_id": ours.id if own else None, **values},
                finding=world.word(f"{name}finding", reader), proposal=world.word(f"{name}proposal", reader),
                origin=world.word(f"{name}origin", reader),
                triage_reason=world.word(f"{name}reason", reader), search_text=f"{BEGINNING}{name}",
            ),
            number="number",
        )  # fmt: skip
        world.part("id", made[name].id)
    world.rows |= {"contributions": made, "workshop": workshop}


def _document(world: PrivateWorld) -> SourceDocument:
    now = world.now
    content = world.word("filewords").encode()
    file = files.keep(world.session, world.store, content, world.word("filename"), "application/pdf", now=now)
    row: SourceDocument = world.add(
        SourceDocument(
            title=world.word("documenttitle", Reader.OWN), organisation_id=world.rows["ours"].id, year=2024,
            url="https://example.org/" + world.word("documentaddress", Reader.OWN),
            note=world.word("documentnote"), file_id=file.id, reading=ReadingState.READ, pages=1,
            search_text=world.word("documentsearch"), created_at=now, updated_at=now,
        ),
        number="id",
    )  # fmt: skip
    world.add(
        SourcePage(document_id=row.id, number=1, text=world.word("documentpage"), label=world.word("label"))
    )
    return row


def _recommendations(world: PrivateWorld) -> None:
    """Make recommendations in work and set aside, one of which both organisations are consulted on."""
    states = {
        "proposed": RecommendationState.PROPOSED,
        "ingroup": RecommendationState.IN_GROUP,
        "postponed": RecommendationState.POSTPONED,
        "dropped": RecommendationState.DROPPED,
        "merged": RecommendationState.MERGED,
        "consulted": RecommendationState.IN_CONSULTATION,
    }
    made = {}
    for place, (name, state) in enumerate(states.items()):
        reader = Reader.CONSULTED if name == "consulted" else Reader.COORDINATION
        told = Reader.OWN if name == "proposed" else Reader.COORDINATION  # what became of our contribution
        texts = {
            part: world.word(
                f"{name}{part.replace('_', '')}", told if part == "title" and name == "proposed" else reader
            )
            for part in ("title", "text", "finding", "justification", "indicator", "short_text", "plain_text")
        }
        row = world.add(
            Recommendation(
                code=f"R-1999-{place}", state=state, created_at=world.now, updated_at=world.now,
                state_reason=world.word(f"{name}statereason", told),
                search_text=" ".join(texts.values()), **texts,
            )
        )  # fmt: skip
        world.part("code", row.code)
        world.part("id", row.id)
        made[name] = row
        _history(world, row, name, texts)
    taken = world.rows["contributions"]["taken"]
    world.add(
        RecommendationSource(
            recommendation_id=made["proposed"].id, contribution_id=taken.id, created_at=world.now
        )
    )
    world.add(
        RecommendationSource(
            recommendation_id=made["dropped"].id, contribution_id=taken.id, created_at=world.now,
            detached_at=world.now, detached_reason=world.word("detachedreason"),
        )
    )  # fmt: skip
    world.add(
        Derivation(
            kind=DerivationKind.MERGE, parent_id=made["merged"].id, child_id=made["ingroup"].id,
            gesture="essai",
            reason=world.word("derivationreason"), by=world.word("derivationby"),
            parent_state=RecommendationState.PROPOSED, parent_reason=world.word("parentreason"),
            parent_version=1, child_version=1, made_child=False, created_at=world.now,
        ),
        number="id",
    )  # fmt: skip
    world.add(
        Derivation(
            kind=DerivationKind.INSPIRATION, parent_id=made["dropped"].id, child_id=made["ingroup"].id,
            gesture="essai-2", parent_state=RecommendationState.PROPOSED, parent_version=1, child_version=1,
            made_child=False, created_at=world.now, undone_at=world.now,
            undone_reason=world.word("undonereason"),
        ),
        number="id",
    )  # fmt: skip
    world.rows["recommendations"] = made


def _history(world: PrivateWorld, row: Recommendation, name: str, texts: dict[str, str]) -> None:
    """Keep a version, a step and amendments of one recommendation."""
    now = world.now
    world.add(
        RecommendationVersion(
            recommendation_id=row.id, number=1, weight=Weight.SUBSTANTIVE, created_at=now,
            note=world.word(f"{name}versionnote"), by=world.word(f"{name}versionby"), **texts,
        )
    )  # fmt: skip
    world.add(
        RecommendationStep(
            recommendation_id=row.id,
            after=row.state,
            version=1,
            reason=world.word(f"{name}step"),
            by=world.word(f"{name}stepby"),
            created_at=now,
        )
    )
    world.add(
        Amendment(
            recommendation_id=row.id, version=1, part=AmendedPart.TEXT, organisation_id=world.rows["ours"].id,
            before=world.word(f"{name}amendmentbefore", Reader.OWN),
            after=world.word(f"{name}amendmentafter", Reader.OWN),
            reason=world.word(f"{name}amendmentreason", Reader.OWN), state=AmendmentState.DECLINED,
            answer=world.word(f"{name}amendmentanswer", Reader.OWN), decided_at=now, created_at=now,
        ),
        number="id",
    )  # fmt: skip


def _words(world: PrivateWorld) -> None:
    """Fill what is private of testimonies, and what the recognition of texts rests on."""
    now, ours = world.now, world.rows["ours"]
    testimony = world.add(
        Testimony(
            organisation_id=ours.id, text=world.word("testimony"), pseudonym=world.word("pseudonym"),
            consented_on=clock.today(now), consent_form=ConsentForm.WRITTEN,
            consent_note=world.word("consentnote"), may_print=True, may_post=True,
            created_at=now, updated_at=now,
        ),
        number="id",
    )  # fmt: skip
    world.add(
        TestimonyTie(
            testimony_id=testimony.id,
            recommendation_id=world.rows["recommendations"]["consulted"].id,
            created_at=now,
        )
    )
    world.add(
        ThesaurusGroup(
            terms=f"{world.word('thesaurusterm')}\nautre mot",
            note=world.word("thesaurusnote"),
            updated_at=now,
        ),
        number="id",
    )
    contributions = world.rows["contributions"]
    pair = sorted(f"c{contributions[name].id}" for name in ("confirmed", "taken"))
    world.add(SimilarityVerdict(first=pair[0], second=pair[1], verdict=Verdict.SAME, created_at=now))


def _carrying(world: PrivateWorld) -> None:
    """Let the first organisation stand for the recommendation on which both are consulted."""
    now, ours, row = world.now, world.rows["ours"], world.rows["recommendations"]["consulted"]
    world.add(
        CampaignRecommendation(campaign_id=world.rows["call"].id, recommendation_id=row.id, created_at=now)
    )
    voice = {
        "recommendation_id": row.id,
        "version": 1,
        "organisation_id": ours.id,
        "channel": VoiceChannel.LINK,
    }
    world.add(
        RecommendationPosition(
            **voice,
            support=Support.RESERVATIONS,
            reason=world.word("reservation", Reader.OWN),
            created_at=now,
        )
    )
    world.add(
        RecommendationPosition(
            **voice, support=Support.OPPOSE, reason=world.word("formerreason"), created_at=now, ended_at=now
        )
    )
    world.add(
        Endorsement(
            **voice, body=world.word("body", Reader.OWN), signed_by=world.word("signer", Reader.OWN),
            decided_on=date(2026, 1, 1), created_at=now,
        )
    )  # fmt: skip
    world.add(
        Endorsement(
            **{**voice, "recommendation_id": world.rows["recommendations"]["ingroup"].id},
            body=world.word("formerbody", Reader.OWN), signed_by=world.word("formersigner", Reader.OWN),
            decided_on=date(2026, 1, 1), created_at=now, withdrawn_at=now,
            withdrawn_reason=world.word("withdrawnreason", Reader.OWN),
        )
    )  # fmt: skip
    round_ = world.add(
        DotRound(
            campaign_id=world.rows["call"].id, title=world.word("roundtitle", Reader.CONSULTED), budget=5,
            most_each=5, opens_at=now, created_at=now,
        ),
        number="id",
    )  # fmt: skip
    world.add(
        Ballot(
            round_id=round_.id, voter=world.word("tablet"), channel=VoiceChannel.MEETING, budget=5,
            created_at=now, updated_at=now,
        )
    )  # fmt: skip
    if world.rows["workshop"] is not None:
        world.add(
            WorkshopRecommendation(
                workshop_id=world.rows["workshop"].id,
                recommendation_id=world.rows["recommendations"]["ingroup"].id,
                wording=world.word("livewording"), created_at=now,
            )
        )  # fmt: skip


def _ties(world: PrivateWorld) -> None:
    """Tie what is in work to whatever else has a page: a point, an action, conclusions, a draft edition."""
    session, now, row = world.session, world.now, world.rows["recommendations"]["proposed"]
    sent = world.rows["contributions"]["confirmed"]
    for item in session.scalars(select(AgendaItem).order_by(AgendaItem.id).limit(3)):
        world.add(MeetingSource(item_id=item.id, recommendation_id=row.id, created_at=now))
        world.add(MeetingSource(item_id=item.id, contribution_id=sent.id, created_at=now))
        world.part("meeting", item.meeting_id)
    for action in session.scalars(select(Action).order_by(Action.id).limit(3)):
        world.add(RecommendationAction(recommendation_id=row.id, action_id=action.id, created_at=now))
        world.part("action", action.id)
    for conclusion in session.scalars(select(Conclusion)):
        world.add(ConclusionTie(conclusion_id=conclusion.id, recommendation_id=row.id, created_at=now))
        world.add(ConclusionTie(conclusion_id=conclusion.id, contribution_id=sent.id, created_at=now))
        world.part("day", conclusion.event.slug)
    drafts = (
        select(Chapter)
        .join(Edition, Edition.id == Chapter.edition_id)
        .where(Edition.state.in_(IN_COMPOSITION))
    )
    for chapter in session.scalars(drafts.limit(1)):
        world.add(Item(edition_id=chapter.edition_id, chapter_id=chapter.id, recommendation_id=row.id))


def _party_answers(world: PrivateWorld) -> None:
    """Note what a party answered to our demand: what stands is ours to read, what was taken back nobody's.

    An answer to what is no longer agreed (it was taken back to work) is the coordination's alone.
    """
    session, now = world.session, world.now
    party = factories.organisation(session, "Parti essayé", kind_id=_party_kind(session))
    ours = world.rows["contributions"]["taken"]
    agreed = world.add(
        Recommendation(
            code="R-1999-90", state=RecommendationState.ADOPTED, adopted_at=now, created_at=now,
            updated_at=now, title=world.word("agreedtitle", Reader.OWN), search_text="",
        )
    )  # fmt: skip
    world.part("code", agreed.code)
    world.add(RecommendationSource(recommendation_id=agreed.id, contribution_id=ours.id, created_at=now))
    told = {
        "standing": (agreed, Reader.OWN, None),
        "takenback": (agreed, Reader.COORDINATION, now),
        "early": (world.rows["recommendations"]["proposed"], Reader.COORDINATION, None),
    }
    for name, (row, reader, withdrawn_at) in told.items():
        world.add(
            PartyAnswer(
                recommendation_id=row.id, organisation_id=party.id, stance=PartyStance.PARTLY,
                words=world.word(f"{name}partywords", reader), answered_on=clock.today(now),
                source=f"https://example.org/{world.word(f'{name}partysource', reader)}",
                withdrawn_at=withdrawn_at,
                withdrawn_reason=world.word(f"{name}partyreason") if withdrawn_at else "",
                created_at=now, updated_at=now,
            ),
            number="number",
        )  # fmt: skip


def _party_kind(session: Session) -> int:
    return session.scalars(select(OrganisationKind.id).where(OrganisationKind.code == "party")).one()
