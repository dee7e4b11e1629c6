"""From a call to the frozen content of its paper form, in French whatever the language of whoever asks."""

from collections.abc import Sequence
from datetime import datetime

from flask_babel import force_locale, gettext
from sqlalchemy.orm import Session

from hub.core import clock, i18n, letterhead, settings
from hub.core.files import Store
from hub.events.models.registrations import QuestionKind
from hub.events.values.answers import SCALE
from hub.recommendations.models.calls import Campaign, CampaignQuestion
from hub.recommendations.models.contributions import BENEFICIARIES
from hub.recommendations.queries import choices
from hub.recommendations.queries import questions as question_queries
from memoranda import plain
from memoranda.form.content import PaperForm, Question, Room

LANGUAGE = "fr"
SHORT, LONG, LONGEST = 1, 4, 8  # lines
BECOMES = (
    "Une personne de la coordination la recopie mot à mot, au nom de votre organisation.",
    "Votre organisation confirme ensuite que ces mots sont siens ; avant cela, rien de public ne la nomme.",
    "Chaque contribution est lue et gardée telle quelle. Vous saurez ce qu’elle devient, et pourquoi.",
)


def compile_form(
    session: Session, campaign: Campaign, *, url: str, organisation: str = "", store: Store, now: datetime
) -> PaperForm:
    """Return the paper form of a call; `url` leads to its page, or to one organisation's own."""
    with force_locale(LANGUAGE):
        last = i18n.format_date(campaign.last_day, LANGUAGE)
        return PaperForm(
            letterhead=letterhead.with_logo(session, letterhead.of(session), store),
            title=plain.without_invisible(campaign.title),
            period=f"Jusqu’au {last} inclus",
            introduction=plain.without_invisible(campaign.introduction),
            questions=tuple(_questions(session, campaign)),
            organisation=plain.without_invisible(organisation),
            url=url,
            url_words="Le même formulaire en ligne, pour votre organisation seule :"
            if organisation
            else "L’appel en ligne, et le lien de votre organisation :",
            back=_back(session, last),
            becomes=BECOMES,
            day=clock.today(now),
        )


def _questions(session: Session, campaign: Campaign) -> list[Question]:
    own = session.scalars(question_queries.asked(campaign)).all()
    levels = tuple(row.label for row in session.scalars(choices.levels()))
    return [
        Question(
            label="Le constat",
            help="Ce que vous voyez sur le terrain : qui est touché, où, depuis quand.",
            lines=LONGEST,
        ),
        Question(
            label="La recommandation",
            help="Une mesure concrète, qui commence par un verbe.",
            lines=LONGEST,
        ),
        Question(label="De quelle réalité de terrain vient ce constat ?", lines=LONG),
        Question(label="Le thème", help="Logement, santé, enseignement…", lines=SHORT),
        Question(label="À qui s’adresse la recommandation ?", room=Room.SEVERAL, options=levels),
        Question(
            label="À qui profite-t-elle d’abord ?",
            room=Room.ONE,
            options=tuple(gettext(words) for words in BENEFICIARIES.values()),
        ),
        *map(_own, own),
    ]


def _own(row: CampaignQuestion) -> Question:
    label, explained = plain.without_invisible(row.label), plain.without_invisible(row.help)
    match row.kind:
        case QuestionKind.ONE:
            return Question(label=label, help=explained, room=Room.ONE, options=_clean(row.options))
        case QuestionKind.MANY:
            return Question(label=label, help=explained, room=Room.SEVERAL, options=_clean(row.options))
        case QuestionKind.YES_NO:
            return Question(label=label, help=explained, room=Room.ONE, options=("Oui", "Non"))
        case QuestionKind.SCALE:
            return Question(label=label, help=explained, room=Room.ONE, options=tuple(map(str, SCALE)))
        case QuestionKind.LONG_TEXT:
            return Question(label=label, help=explained, lines=LONG)
        case _:
            return Question(label=label, help=explained, lines=SHORT)


def _clean(texts: Sequence[str]) -> tuple[str, ...]:
    return tuple(map(plain.without_invisible, texts))


def _back(session: Session, last: str) -> tuple[str, ...]:
    network = settings.get(session)
    address = ", ".join(line.strip(" ,") for line in network.address.splitlines() if line.strip(" ,"))
    ways = [f"Par la poste, jusqu’au {last} : {network.name}, {address}."] if address else []
    if network.contact_email:
        ways.append(f"En photo ou numérisé, par mail : {network.contact_email}.")
    if network.contact_phone:
        ways.append(f"Ou dites-le par téléphone : {network.contact_phone}.")
    if not ways:
        ways.append(f"À {network.name}, jusqu’au {last}.")
    return tuple(map(plain.without_invisible, ways))
