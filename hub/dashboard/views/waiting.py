"""Putting what waits into sentences, each with the address of the gesture that settles it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from hub.core.web import endpoint_exists
from hub.dashboard.queries import own
from hub.dashboard.queries.lines import Line, Thing
from hub.dashboard.queries.waiting import Kind


@dataclass(frozen=True, slots=True)
class Words:
    """How a kind is told: sentence by number, the gesture's word, the list and the thing's own page."""

    sentence: Callable[[int], str]
    gesture: Callable[[], str]
    icon: str
    all: tuple[str, dict[str, Any]]
    one: str = ""
    key: str = "id"
    tone: str = "neutral"


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence of the dashboard: its number, words, address, gesture; and the first things it speaks of.

    `things` holds name, address, what it hangs on, when.
    """

    count: int
    text: str
    url: str
    gesture: str
    icon: str
    tone: str
    things: tuple[tuple[str, str, str, datetime | date | None], ...]


def tell(lines: Sequence[Line[Any]], words: Mapping[Any, Words]) -> list[Told]:
    """Return the sentences of what waits; what has no page in this installation is left out."""
    return [_told(line, words[line.kind]) for line in lines if endpoint_exists(words[line.kind].all[0])]


def _told(line: Line[Any], words: Words) -> Told:
    things = tuple(
        (thing.label, _address(thing, words), thing.about, thing.moment or thing.day)
        for thing in line.things
        if words.one and endpoint_exists(words.one)
    )
    endpoint, arguments = words.all
    url = things[0][1] if line.count == 1 and things else url_for(endpoint, **arguments)
    return Told(line.count, words.sentence(line.count), url, words.gesture(), words.icon, words.tone, things)


def _address(thing: Thing, words: Words) -> str:
    part: dict[str, Any] = {words.key: thing.id if words.key == "id" else thing.key}
    return url_for(words.one, **part)


KINDS = {
    Kind.MAILS: Words(
        lambda n: ngettext("%(num)s mail n’a pas pu partir.", "%(num)s mails n’ont pas pu partir.", n),
        lambda: _("Voir pourquoi"), "mail", ("settings.mails", {"state": "failed"}), tone="danger",
    ),
    Kind.JOBS: Words(
        lambda n: ngettext("%(num)s travail de fond a échoué.", "%(num)s travaux de fond ont échoué.", n),
        lambda: _("Voir pourquoi"), "alert-circle", ("settings.work", {"state": "failed"}), tone="danger",
    ),
    Kind.JOINING: Words(
        lambda n: ngettext(
            "%(num)s organisation demande à siéger dans un espace.",
            "%(num)s organisations demandent à siéger dans un espace.", n,
        ),
        lambda: _("Répondre"), "user-plus", ("spaces.index", {}), "spaces.requests", "slug", tone="accent",
    ),
    Kind.HOLDING: Words(
        lambda n: ngettext(
            "%(num)s réunion a eu lieu et n’est pas close.",
            "%(num)s réunions ont eu lieu et ne sont pas closes.", n,
        ),
        lambda: _("Clore"), "clipboard", ("spaces.meetings", {"period": "past"}), "spaces.run",
    ),
    Kind.MINUTES: Words(
        lambda n: ngettext(
            "%(num)s compte rendu n’est pas encore envoyé.",
            "%(num)s comptes rendus ne sont pas encore envoyés.", n,
        ),
        lambda: _("Relire et envoyer"), "file-text", ("spaces.minutes_index", {"state": "draft"}),
        "spaces.minutes",
    ),
    Kind.REMARKS: Words(
        lambda n: ngettext(
            "%(num)s remarque sur un compte rendu attend votre réponse.",
            "%(num)s remarques sur des comptes rendus attendent votre réponse.", n,
        ),
        lambda: _("Répondre"), "message", ("spaces.minutes_index", {}), "spaces.minutes", tone="accent",
    ),
    Kind.SENDING: Words(
        lambda n: ngettext(
            "%(num)s ordre du jour est prêt et n’est pas envoyé.",
            "%(num)s ordres du jour sont prêts et ne sont pas envoyés.", n,
        ),
        lambda: _("Envoyer"), "send", ("spaces.meetings", {}), "spaces.send_agenda_page", tone="accent",
    ),
    Kind.AGENDA: Words(
        lambda n: ngettext(
            "%(num)s réunion prochaine n’a pas d’ordre du jour.",
            "%(num)s réunions prochaines n’ont pas d’ordre du jour.", n,
        ),
        lambda: _("Préparer"), "list-check", ("spaces.meetings", {}), "spaces.meeting",
    ),
    Kind.PROPOSALS: Words(
        lambda n: ngettext(
            "%(num)s point est proposé par un membre.", "%(num)s points sont proposés par des membres.", n
        ),
        lambda: _("Lire"), "bulb", ("spaces.meetings", {}), "spaces.meeting", tone="accent",
    ),
    Kind.POLLS: Words(
        lambda n: ngettext(
            "%(num)s recherche de date est finie : choisissez.",
            "%(num)s recherches de date sont finies : choisissez.", n,
        ),
        lambda: _("Choisir"), "calendar-event", ("spaces.meetings", {}), "spaces.poll", tone="accent",
    ),
    Kind.ACTIONS: Words(
        lambda n: ngettext("%(num)s action est en retard.", "%(num)s actions sont en retard.", n),
        lambda: _("Relancer"), "clock", ("spaces.actions", {"due": "late"}), "spaces.action", tone="warning",
    ),
    Kind.CONTRIBUTIONS: Words(
        lambda n: ngettext(
            "%(num)s contribution attend votre lecture.",
            "%(num)s contributions attendent votre lecture.", n,
        ),
        lambda: _("Lire"), "inbox", ("recommendations.inbox", {}), "recommendations.contribution",
        tone="accent",
    ),
    Kind.AMENDMENTS: Words(
        lambda n: ngettext(
            "%(num)s amendement attend votre réponse.",
            "%(num)s amendements attendent votre réponse.", n,
        ),
        lambda: _("Répondre"), "pencil", ("recommendations.waiting_amendments", {}),
        "recommendations.amendment", tone="accent",
    ),
    Kind.CHANGES: Words(
        lambda n: ngettext(
            "%(num)s modification de fiche attend votre réponse.",
            "%(num)s modifications de fiches attendent votre réponse.", n,
        ),
        lambda: _("Répondre"), "pencil", ("actors.record_changes", {}), "actors.record_change",
        tone="accent",
    ),
    Kind.RECOMMENDATIONS: Words(
        lambda n: ngettext(
            "%(num)s recommandation est à relire puis à adopter.",
            "%(num)s recommandations sont à relire puis à adopter.", n,
        ),
        lambda: _("Relire"), "bulb", ("recommendations.index", {"state": "draft"}), "recommendations.show",
        "code",
    ),
    Kind.REQUESTS: Words(
        lambda n: ngettext(
            "%(num)s demande d’inscription attend votre réponse.",
            "%(num)s demandes d’inscription attendent votre réponse.", n,
        ),
        lambda: _("Répondre"), "user-check", ("events.index", {}), "events.admissions", "slug", tone="accent",
    ),
    Kind.WISHES: Words(
        lambda n: ngettext(
            "Les souhaits d’ateliers d’%(num)s journée sont à répartir.",
            "Les souhaits d’ateliers de %(num)s journées sont à répartir.", n,
        ),
        lambda: _("Répartir"), "list-check", ("events.index", {}), "events.wishes_page", "slug",
        tone="accent",
    ),
    Kind.SEATS: Words(
        lambda n: ngettext(
            "%(num)s nombre de places ne correspond pas aux inscriptions.",
            "%(num)s nombres de places ne correspondent pas aux inscriptions.", n,
        ),
        lambda: _("Regarder"), "alert-triangle", ("events.index", {}), "events.waiting_list", "slug",
        tone="warning",
    ),
    Kind.DAYS: Words(
        lambda n: ngettext(
            "%(num)s journée est bientôt complète.", "%(num)s journées sont bientôt complètes.", n
        ),
        lambda: _("Voir les inscriptions"), "calendar-event", ("events.index", {}), "events.registrations",
        "slug",
    ),
    Kind.PLANS: Words(
        lambda n: ngettext(
            "%(num)s plan en vigueur a dépassé sa période.",
            "%(num)s plans en vigueur ont dépassé leur période.", n,
        ),
        lambda: _("Terminer ou prolonger"), "target", ("plans.index", {"state": "in_force"}), "plans.show",
        "slug",
    ),
    Kind.UNCHECKED: Words(
        lambda n: ngettext(
            "%(num)s fiche d’organisation est à vérifier.",
            "%(num)s fiches d’organisations sont à vérifier.", n,
        ),
        lambda: _("Vérifier"), "building-community", ("actors.stale", {}),
    ),
}  # fmt: skip
OWN = {
    own.Kind.ACTIONS: Words(
        lambda n: ngettext(
            "%(num)s action arrive à son terme ou l’a dépassé.",
            "%(num)s actions arrivent à leur terme ou l’ont dépassé.", n,
        ),
        lambda: _("Dire où j’en suis"), "checklist", ("spaces.my_actions", {}), tone="warning",
    ),
    own.Kind.MEETINGS: Words(
        lambda n: ngettext(
            "%(num)s réunion attend votre réponse.", "%(num)s réunions attendent votre réponse.", n
        ),
        lambda: _("Répondre"), "calendar-event", ("spaces.meetings", {}), "spaces.meeting", tone="accent",
    ),
    own.Kind.POLLS: Words(
        lambda n: ngettext(
            "%(num)s recherche de date attend vos disponibilités.",
            "%(num)s recherches de date attendent vos disponibilités.", n,
        ),
        lambda: _("Répondre"), "calendar-time", ("spaces.meetings", {}),
        "spaces.poll_answer_page", tone="accent",
    ),
    own.Kind.SEATS: Words(
        lambda n: ngettext(
            "%(num)s espace invite votre organisation à siéger.",
            "%(num)s espaces invitent votre organisation à siéger.", n,
        ),
        lambda: _("Répondre"), "user-plus", ("spaces.index", {}), "spaces.show", "slug", tone="accent",
    ),
    own.Kind.MINUTES: Words(
        lambda n: ngettext(
            "%(num)s compte rendu attend votre relecture.",
            "%(num)s comptes rendus attendent votre relecture.", n,
        ),
        lambda: _("Relire"), "file-text", ("spaces.minutes_index", {}), "spaces.minutes",
    ),
    own.Kind.CALLS: Words(
        lambda n: ngettext(
            "%(num)s appel attend votre contribution.", "%(num)s appels attendent votre contribution.", n
        ),
        lambda: _("Contribuer"), "speakerphone", ("front.home", {}), "recommendations.call", "slug",
        tone="accent",
    ),
    own.Kind.CONSULTATIONS: Words(
        lambda n: ngettext(
            "%(num)s consultation attend la position de votre organisation.",
            "%(num)s consultations attendent la position de votre organisation.", n,
        ),
        lambda: _("Donner sa position"), "messages", ("front.home", {}), "recommendations.voice",
        tone="accent",
    ),
    own.Kind.REWRITES: Words(
        lambda n: ngettext(
            "%(num)s modification de votre fiche attend votre avis.",
            "%(num)s modifications de votre fiche attendent votre avis.", n,
        ),
        lambda: _("Relire"), "pencil", ("accounts.me", {}), "actors.mine_home", "slug",
    ),
}  # fmt: skip
