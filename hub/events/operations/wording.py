"""What a mail of a day says: its facts, and the day's own words where it has some."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from jinja2 import Environment
from markupsafe import Markup
from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from hub.core import i18n, mail
from hub.core.errors import N_
from hub.core.mail import Written, escape_markdown
from hub.events.models.days import Event, EventKind, Mode, Promotion, SessionKind
from hub.events.models.letters import EventLetter, LetterKind
from hub.events.models.registrations import Registration, WaitState
from hub.events.models.workshops import Workshop
from hub.events.values import blanks

OWN = "events.own"
DETAILS = "events.details.md"
ONE_LINE = ("https://", "http://")
# The mails to people who have a seat: they may hold the address of an online meeting.
TELL_ADDRESS = {
    LetterKind.CONFIRMED,
    LetterKind.CHANGED,
    LetterKind.PROMOTED,
    LetterKind.ALLOTTED,
    LetterKind.WORKSHOP_OFFERED,
    LetterKind.WORKSHOP_PROMOTED,
    LetterKind.REMINDER,
    LetterKind.PRACTICAL,
    LetterKind.NOTICE,
}
EXAMPLE_PATH = "/inscription/exemple"
# What the one button of a mail says.
ACTIONS = {
    LetterKind.OFFERED: N_("Accepter ou laisser la place"),
    LetterKind.WORKSHOP_OFFERED: N_("Accepter ou laisser la place"),
    LetterKind.INVITED: N_("Répondre à l’invitation"),
    LetterKind.RESERVED: N_("Dire qui vient"),
    LetterKind.EVALUATION: N_("Donner mon avis"),
    LetterKind.CERTIFICATE: N_("Télécharger mon attestation"),
}
# What a mail knows when it is about nobody who is signed up.
NOBODY: dict[str, Any] = {
    "name": "",
    "addressee": "",
    "about": "",
    "organisation": "",
    "is_online": False,
    "online_url": "",
    "workshops": [],
    "meal": False,
    "decision": "",
    "until": None,
    "workshop": "",
    "gives_up": "",
    "place_in_line": None,
    "explanations": [],
    "changes": [],
    "moved": False,
    "given_to": "",
    "notice": "",
    "number": "",
    "places": 1,
    "release_at": None,
    "is_reminder": False,
}
ONLINE = N_("en ligne")
# What the usual words are asked with, to be changed: each fact as the blank that stands for it.
BLANKS: dict[str, Any] = {
    **NOBODY,
    "as_blanks": True,
    "addressee": "{prénom-nom}",
    "name": "{prénom-nom}",
    "title": "{titre}",
    "summary": "",
    "starts_at": "{jour}",
    "organisation": "{organisation}",
    "workshop": "{atelier}",
    "until": "{échéance}",
    "release_at": "{échéance}",
    "place_in_line": "{rang}",
    "decision": "{motif}",
    "reason": "{motif}",
    "notice": "{texte}",
    "number": "{numéro}",
    "places": "{places}",
    "closes_on": "{clôture}",
    "contact": "{contact}",
    "with_calendar": True,
    "offers": False,
    "is_online": False,
    "practical_info": "{infos-pratiques}",
}
# An invitation to a person alone, for nobody in particular.
BLANKS_OF: dict[LetterKind, dict[str, Any]] = {LetterKind.INVITED: {"organisation": "", "places": 1}}


def facts_of(event: Event, *, now: datetime) -> dict[str, Any]:
    """Return what every mail may tell of a day."""
    is_open = event.sign_up_closes_at > now
    room = event.room.name if event.room is not None else ""
    return {
        "title": event.title,
        "summary": event.summary,
        "starts_at": event.starts_at,
        "ends_at": event.ends_at,
        "doors_at": event.doors_at,
        "place": ", ".join(part for part in (event.place_name, room, event.place_address) if part),
        "sessions": _sessions(event),
        "closes_on": event.deadline if is_open else None,
        "practical_info": Written(event.practical_info.strip()),
        "online_info": Written(event.online_info.strip()),
        "reason": event.cancel_reason,
        "offers": event.promotion == Promotion.OFFER,
        "offer_hours": event.offer_hours,
        "contact": ", ".join(
            part for part in (event.contact_name, event.contact_email, event.contact_phone) if part
        ),
    }


def _sessions(event: Event) -> list[str]:
    """Return the sessions of a module in words; a day's half-days are for lists of presence only."""
    if event.kind is not EventKind.MODULE:
        return []
    return [
        i18n.format_range(one.starts_at, one.ends_at)
        + (f" ({ONLINE})" if one.mode == Mode.ONLINE and event.mode != Mode.ONLINE else "")
        for one in event.sessions
        if one.kind is SessionKind.SESSION and one.cancelled_at is None
    ]


def words_of(registration: Registration) -> dict[str, Any]:
    """Return what a mail may tell of somebody's sign-up: neither diet nor needs, nor which meal (G3)."""
    event, is_online = registration.event, registration.mode == Mode.ONLINE
    reads_link = registration.is_confirmed and bool(event.online_url) and registration.follows_online
    return {
        **NOBODY,
        "name": registration.name,
        "organisation": registration.organisation_label,
        "is_online": is_online,
        # Who has no seat isn't told where the day is online.
        "online_url": address(event.online_url) if reads_link else "",
        "workshops": [in_full(choice.workshop) for choice in registration.choices],
        "meal": registration.meal_id is not None,  # which one would outlive the day in the mail
        "decision": registration.decision_reason,
        "until": registration.offer_ends_at,
        **_offered(registration),
    }


def _offered(registration: Registration) -> dict[str, Any]:
    """Return the workshop that is held for somebody, if there is one."""
    if not registration.is_confirmed:
        return {}
    for wait in registration.waits:
        if wait.state is WaitState.OFFERED:
            given = wait.gives_up.title if wait.gives_up is not None else ""
            return {"workshop": wait.workshop.title, "gives_up": given, "until": wait.offer_ends_at}
    return {}


def in_full(workshop: Workshop) -> str:
    """Return a workshop's title and room."""
    return f"{workshop.title} ({workshop.room})" if workshop.room else workshop.title


def address(url: str) -> str:
    """Return an address of the web that mail programs make a link of."""
    is_plain = url.startswith(ONE_LINE) and not set(url) & set(" \t\r\n<>")
    return Written(f"<{url}>") if is_plain else url


# --- Own words ------------------------------------------------------------------------------------


def own_words(session: Session, event: Event, kind: LetterKind) -> dict[LetterKind, EventLetter]:
    """Return the day's own words for a kind of mail, and for the practical information that may follow it."""
    given = {"event_id": event.id, "kinds": [kind, LetterKind.PRACTICAL]}
    return {row.kind: row for row in session.scalars(_own_words(), given)}


@cache
def _own_words() -> Select[EventLetter]:
    kinds = bindparam("kinds", type_=EventLetter.kind.type, expanding=True)
    return select(EventLetter).where(
        EventLetter.event_id == bindparam("event_id"), EventLetter.kind.in_(kinds)
    )


def chosen(
    session: Session,
    own: EventLetter | None,
    kind: LetterKind,
    known: dict[str, Any],
    action: tuple[str, str],
) -> tuple[str, dict[str, Any]]:
    """Return template and context of a mail: the day's own words with their blanks filled, or the usual ones.

    A subject may be the day's own while the text is the usual one, and the other way round.
    """
    if own is None:
        return "", known
    text = own_text(own, is_online=bool(known["is_online"]))
    values = _values(session, known, action[1])
    subject = Written(" ".join(blanks.fill(own.subject, values).split()))
    if not text:
        return "", {**known, "own_subject": subject} if own.subject else known
    usual_subject, _ = usual(session, kind)
    title = subject or Written(" ".join(blanks.fill(usual_subject, values).split()))
    return OWN, {"own_subject": title, "own_body": Written(blanks.fill(text, values))}


@cache
def _blank_environment(language: str) -> Environment:
    """Return mails' environment with filters that leave blanks alone: « {jour} » is no date yet."""
    made = mail.environment(language).overlay()
    made.cache = {}
    made.filters = {**made.filters, "date": str, "datetime": str, "time": str}
    made.globals = {**made.globals, "range_of": lambda start, _end: start}
    return made


def usual(session: Session, kind: LetterKind) -> tuple[str, str]:
    """Return the usual subject and text of a kind of mail, with blanks where each mail says its own."""
    language = mail.site(session).language
    words = {**BLANKS, **BLANKS_OF.get(kind, {})}
    source = _blank_environment(language).get_template(f"events.{kind}.md").render(**words)
    first, _, body = source.partition("\n")
    return first.removeprefix("#").strip(), re.sub(r"\n(?:[ \t]*\n){2,}", "\n\n", body).strip()


def own_text(own: EventLetter, *, is_online: bool) -> str:
    """Return the day's own text for who comes, or who follows online."""
    return (own.body_online if is_online else "") or own.body


def _values(session: Session, known: dict[str, Any], path: str) -> dict[str, str]:
    here = mail.site(session)
    values = values_of(known, mail.absolute(here.base_url, path), here.language)
    return {**values, "détails": _details(known, here.language)}


def _details(known: dict[str, Any], language: str) -> str:
    words = {name: mail.escaped(value) for name, value in known.items()}
    module = mail.environment(language).get_template(DETAILS).make_module(words)
    return str(module.facts()).strip()  # type: ignore[attr-defined]


def values_of(known: dict[str, Any], link: str, language: str) -> dict[str, str]:
    """Return what stands for each blank, as Markdown."""
    until = known["until"] or known["release_at"]
    is_online = known["is_online"]
    place = known["place"] or i18n.translations(language).gettext("lieu à préciser")
    here = i18n.translations(language).gettext(ONLINE) if is_online else place
    values = {
        "prénom-nom": known["name"] or known["addressee"],
        "titre": known["title"],
        "date": i18n.format_range(known["starts_at"], known["ends_at"], language),
        "jour": i18n.format_date(known["starts_at"], language),
        "accueil": i18n.format_time(known["doors_at"] or known["starts_at"], language),
        "lieu": here,
        "organisation": known["organisation"],
        "ateliers": listed(known["workshops"]),
        "atelier": known["workshop"],
        "atelier-rendu": known["gives_up"],
        "séances": listed(known["sessions"]),
        "lien": Written(f"<{link}>"),
        "lien-en-ligne": known["online_url"],
        "infos-pratiques": known["online_info"] if is_online else known["practical_info"],
        "contact": known["contact"],
        "clôture": i18n.format_date(known["closes_on"], language) if known["closes_on"] else "",
        "échéance": i18n.format_datetime(until, language) if until else "",
        "rang": str(known["place_in_line"] or ""),
        "motif": known["decision"] or known["reason"],
        "texte": known["notice"],
        "places": str(known["places"]),
        "numéro": known["number"],
    }
    return {
        name: str(value) if isinstance(value, Written) else escape_markdown(value)
        for name, value in values.items()
    }


def listed(items: Sequence[str]) -> str:
    """Return several titles in one line."""
    return "\u00a0; ".join(items)


# --- An example -----------------------------------------------------------------------------------


def rendered_example(
    session: Session,
    event: Event,
    kind: LetterKind,
    own: EventLetter | None,
    *,
    is_online: bool,
    now: datetime,
) -> tuple[str, str, str]:
    """Return subject, text and HTML of a mail as somebody invented would get it."""
    here = mail.site(session)
    known = example_of(event, kind, is_online=is_online, now=now)
    action = (ACTIONS.get(kind, N_("Voir mon inscription")), EXAMPLE_PATH)
    template, context = chosen(session, own, kind, known, action)
    return mail.render(template or f"events.{kind}", here, {**context, "action": action})


def example_of(event: Event, kind: LetterKind, *, is_online: bool, now: datetime) -> dict[str, Any]:
    """Return what a mail to somebody invented knows."""
    titles = [in_full(workshop) for workshop in event.workshops if workshop.cancelled_at is None]
    name = "Camille Exemple"
    return {
        **facts_of(event, now=now),
        **NOBODY,
        "name": name,
        "addressee": name,
        "organisation": "Association Exemple",
        "is_online": is_online,
        "online_url": address(event.online_url) if is_online and kind in TELL_ADDRESS else "",
        "workshops": titles[: max(event.workshop_choices, 0)],
        "meal": event.meal_offered,
        "decision": "Exemple de raison.",
        "reason": event.cancel_reason or "Exemple de raison.",
        "until": now + timedelta(hours=event.offer_hours),
        "workshop": titles[0] if titles else "Atelier exemple",
        "gives_up": titles[1] if len(titles) > 1 else "",
        "place_in_line": 3,
        "notice": "Exemple\u00a0: la salle a changé, suivez les flèches à l’entrée.",
        "number": f"{now.year}-0001",
        "places": 3,
        "release_at": event.sign_up_closes_at,
        "with_calendar": True,
    }


def inside(html: str) -> Markup:
    """Return what a mail's page shows, to be put into another page: it was escaped and cleaned when made."""
    _, _, rest = html.partition("<body")
    _, _, rest = rest.partition(">")
    return Markup(rest.partition("</body>")[0])  # noqa: S704 - made by our own template from cleaned Markdown
