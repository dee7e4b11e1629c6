"""Sending an edition to its addressees: the letter, the mails, what was posted or handed over.

A mail and the row that says so are written in one transaction, so whoever takes up a work that was killed
writes to nobody twice. Nothing tells whether a mail was read: no picture is fetched, no link is counted.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, cast

from sqlalchemy import Table, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from hub.core import audit, clock, jobs, mail, tokens
from hub.core.errors import N_, DomainError
from hub.publishing.models.editions import PUBLIC, Edition
from hub.publishing.models.recipients import (
    Letter,
    MailRefusal,
    Recipient,
    RecipientKind,
    Sending,
    SendingWay,
)
from hub.publishing.queries import memoranda as memorandum_queries
from hub.publishing.queries import recipients as queries
from hub.publishing.values import merging
from memoranda import content, variants

JOB = "publishing.send"
PURPOSE = "publishing.refuse"
MAIL = "publishing.letter"
LINK_LASTS = timedelta(days=400)
AT_ONCE = 20
LONGEST_SUBJECT, LONGEST_TEXT = 200, 10_000
FULL, FITTING = "full", "fitting"
SUBJECT = N_("{titre} : nos demandes")
TEXT = N_(
    "Bonjour {nom},\n\n"
    "Le réseau vous adresse son mémorandum, « {titre} ». Des associations, des services publics et des "
    "personnes concernées y disent ce qu’elles constatent et ce qu’elles demandent.\n\n"
    "Vous le lirez ici : {lien}\n\n"
    "Nous en parlerions volontiers avec vous."
)


@dataclass(frozen=True, slots=True)
class Written:
    """A letter to somebody: subject, Markdown, and where its link leads."""

    subject: str
    text: str
    link: str


def letter_of(session: Session, edition: Edition) -> Letter:
    """Return the letter of an edition; before somebody wrote it, a beginning that is stored nowhere."""
    row = session.scalar(select(Letter).where(Letter.edition_id == edition.id))
    return row or Letter(edition_id=edition.id, subject=str(SUBJECT), text=str(TEXT), variant=FULL)


def write_letter(
    session: Session, edition: Edition, subject: str, text: str, variant: str,
    *, actor: audit.Actor | str, now: datetime,
) -> Letter:  # fmt: skip
    """Keep the letter of an edition. Raises DomainError for a blank that stands for nothing."""
    for field, words, longest in (("subject", subject, LONGEST_SUBJECT), ("text", text, LONGEST_TEXT)):
        if not words.strip():
            raise DomainError(N_("Écrivez quelque chose."), field=field)
        if len(words) > longest:
            raise DomainError(
                N_("Ce texte est trop long : %(max)d signes au plus."), field=field, max=longest
            )
        strange = merging.unknown(words)
        if strange:
            raise DomainError(
                N_("« {%(name)s} » ne veut rien dire ici. Les mots possibles sont écrits plus bas."),
                field=field, name=strange[0],
            )  # fmt: skip
    session.refresh(edition, with_for_update={"of": Edition})
    row = session.scalar(select(Letter).where(Letter.edition_id == edition.id)) or Letter(
        edition_id=edition.id
    )
    row.subject, row.text = " ".join(subject.split()), text.strip()
    row.variant, row.updated_at = variant, now
    session.add(row)
    session.flush()
    audit.record(session, "edition.letter_written", edition, actor=actor, now=now)
    return row


def fill(letter: Letter, edition: Edition, recipient: Recipient, link: str) -> Written:
    """Return the letter as one recipient reads it; `link` is the full address that it leads to."""
    words = {
        "nom": recipient.name,
        "liste": recipient.list_name,
        "commune": recipient.territory.name if recipient.territory else "",
        "titre": edition.memorandum.title,
    }
    plain = {**words, "lien": link}
    marked = {name: mail.escape_markdown(word) for name, word in words.items()} | {"lien": f"<{link}>"}
    return Written(merging.fill(letter.subject, plain), merging.fill(letter.text, marked), link)


def offered(session: Session, edition: Edition) -> dict[str, str]:
    """Return the leaflets that a public edition has: name → title."""
    build = session.scalar(memorandum_queries.published_build(edition))
    if build is None:
        return {}
    found = variants.variants(content.from_json(build.content))
    return {each.name: each.title for each in found if each.kind is not variants.Kind.FULL}


def path_for(edition: Edition, recipient: Recipient, variant: str, offered: Collection[str]) -> str:
    """Return the path of what a letter leads to: the edition, or the leaflet that is for its reader.

    That is the one of its authority, else of the level elected, if there is but one, or of communes for who
    is noted in one. `offered` are the names of the edition's leaflets.
    """
    path = f"/memorandums/{edition.memorandum.slug}/edition-{edition.number}"
    if variant == FULL:
        return path
    if variant != FITTING:
        return f"{path}/feuillets/{variant}" if variant in offered else path
    wanted = [f"authority-{recipient.organisation.slug}"] if recipient.organisation else []
    election = edition.memorandum.election
    levels = [level.code for level in election.levels] if election else []
    if len(levels) == 1 or (recipient.territory_id and "commune" in levels):
        wanted.append("level-commune" if "commune" in levels else f"level-{levels[0]}")
    fitting = next((name for name in wanted if name in offered), None)
    return f"{path}/feuillets/{fitting}" if fitting else path


# --- By mail ------------------------------------------------------------------------------------


def current_job(session: Session, edition: Edition) -> jobs.Job | None:
    """Return the last work that sent this edition, whatever came of it."""
    return session.scalar(jobs.of(edition, JOB).limit(1))


def request(
    session: Session, edition: Edition, *, only: Collection[int] | None = None, actor: Any, now: datetime
) -> jobs.Job:
    """Have an edition sent by mail to all who didn't receive it so, or to those of `only`.

    While it is being sent, that work is meant. Raises DomainError for an edition that isn't public, without a
    letter, or if nobody is left to write to.
    """
    session.refresh(edition, with_for_update={"of": Edition})
    if edition.state not in PUBLIC:
        raise DomainError(N_("Publiez d’abord cette édition : le lien de la lettre y mène."))
    if session.scalar(select(Letter.id).where(Letter.edition_id == edition.id)) is None:
        raise DomainError(N_("Enregistrez d’abord la lettre."))
    running = current_job(session, edition)
    if running is not None and not running.is_over and not running.cancel_requested:
        return running
    ids = [row.id for row in awaiting(session, edition, only)]
    if not ids:
        raise DomainError(N_("Il n’y a plus personne à qui écrire."))
    job = jobs.enqueue(
        session, JOB, now=now, subject=edition, actor_id=getattr(actor, "id", None), edition=edition.id,
        recipients=ids,
    )  # fmt: skip
    audit.record(
        session, "edition.sending", edition, actor=actor, now=now, changes={"number": [None, len(ids)]}
    )
    return job


def awaiting(session: Session, edition: Edition, only: Collection[int] | None = None) -> list[Recipient]:
    """Return who has an address, didn't receive the edition by mail, and didn't refuse mails."""
    rows = session.scalars(queries.to_write_to(edition, only)).all()
    refusing = refused(session, rows)
    return [row for row in rows if row.id not in refusing]


def refused(session: Session, rows: Sequence[Recipient]) -> set[int]:
    """Return which of them want no more mails."""
    digests = {tokens.digest(row.email.casefold()): row.id for row in rows if row.email}
    known = set(session.scalars(queries.refusals(list(digests))))
    return {row.id for row in rows if row.email and tokens.digest(row.email.casefold()) in known}


def send_some(
    session: Session, edition: Edition, ids: Sequence[int], offered: Collection[str], *, now: datetime
) -> int:
    """Write to these, each once; return to how many. Who received it or refused meanwhile is left out."""
    letter = letter_of(session, edition)
    here = mail.site(session)
    written = 0
    for recipient in awaiting(session, edition, ids):
        number = _claim(session, edition, recipient, letter.variant, now)
        if number is None:
            continue
        path = path_for(edition, recipient, letter.variant, offered)
        said = fill(letter, edition, recipient, mail.absolute(here.base_url, path))
        token = tokens.issue(session, PURPOSE, recipient, now=now, lifetime=LINK_LASTS)
        refusal = f"/ne-plus-ecrire/{token}"
        sending = session.get_one(Sending, number)
        sending.message_id = mail.note(
            session, MAIL, sending, recipient.email, now=now, unsubscribe=refusal,
            title=said.subject, body=mail.Written(said.text),
            to_candidate=recipient.kind is RecipientKind.CANDIDATE, source=recipient.source,
            refusal=mail.Written(mail.absolute(here.base_url, refusal)),
        )  # fmt: skip
        written += 1
    session.flush()
    return written


def _claim(
    session: Session, edition: Edition, recipient: Recipient, variant: str, now: datetime
) -> int | None:
    """Note that somebody receives the edition by mail; None if that is noted already."""
    table = cast("Table", Sending.__table__)
    insert = sqlite_insert if session.get_bind().dialect.name == "sqlite" else postgresql_insert
    made: int | None = session.scalar(
        insert(table).on_conflict_do_nothing().returning(table.c.id),
        {
            "edition_id": edition.id, "recipient_id": recipient.id, "way": SendingWay.EMAIL,
            "variant": variant, "sent_on": clock.today(now), "note": "", "created_at": now,
        },
    )  # fmt: skip
    return made


def refuse(session: Session, recipient: Recipient, *, now: datetime) -> None:
    """Write to that address no more, about this memorandum or another; refused twice, it is once."""
    digest = tokens.digest(recipient.email.casefold())
    if session.scalar(select(MailRefusal.id).where(MailRefusal.digest == digest)) is None:
        session.add(MailRefusal(digest=digest, refused_at=now))
    session.flush()
    audit.record(session, "recipients.refused", recipient.memorandum, actor="Destinataire", now=now)


# --- By post, by hand ---------------------------------------------------------------------------


def note(
    session: Session, edition: Edition, recipients: Sequence[Recipient], way: SendingWay, *, day: date,
    words: str = "", actor: audit.Actor | str, now: datetime,
) -> int:  # fmt: skip
    """Note that these received the edition by post or by hand on that day; return of how many it is new.

    Raises DomainError for mail, which notes itself, for a day to come, for nobody, or before it is public.
    """
    if edition.state not in PUBLIC:
        raise DomainError(N_("Publiez d’abord cette édition : un brouillon ne se remet à personne."))
    if way is SendingWay.EMAIL:
        raise DomainError(N_("Un mail se note de lui-même."), field="way")
    if not recipients:
        raise DomainError(N_("Choisissez au moins un destinataire."), field="recipients")
    if day > clock.today(now):
        raise DomainError(N_("Ce jour n’est pas encore venu."), field="sent_on")
    session.refresh(edition, with_for_update={"of": Edition})
    there = set(
        session.scalars(
            select(Sending.recipient_id).where(Sending.edition_id == edition.id, Sending.way == way)
        )
    )
    new = [row for row in recipients if row.id not in there]
    for row in new:
        session.add(
            Sending(
                edition_id=edition.id, recipient_id=row.id, way=way, sent_on=day, note=words[:500],
                created_at=now,
            )
        )  # fmt: skip
    session.flush()
    if new:
        audit.record(
            session, "edition.handed_over", edition, actor=actor, now=now,
            changes={"number": [None, len(new)]},
        )  # fmt: skip
    return len(new)


def take_back(session: Session, sending: Sending, *, actor: audit.Actor | str, now: datetime) -> None:
    """Take back what was noted by mistake. Raises DomainError for a mail: it has left."""
    if sending.way is SendingWay.EMAIL:
        raise DomainError(N_("Ce mail est parti : il reste noté."))
    edition = sending.edition
    session.delete(sending)
    session.flush()
    audit.record(session, "edition.handing_taken_back", edition, actor=actor, now=now)
