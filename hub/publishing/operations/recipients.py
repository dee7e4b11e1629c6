"""To whom a memorandum is sent: noted one by one, taken from the register, or brought as a table.

Candidates stand here as candidates only: name, list, commune, and an address that is public, with where.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from hub.actors.models.organisations import Organisation
from hub.actors.models.reference import Family, Territory
from hub.actors.values.staleness import months_before
from hub.core import audit, clock, mail
from hub.core.errors import N_, DomainError
from hub.core.search import fold
from hub.core.tokens import Token
from hub.events.operations import forgetting
from hub.publishing.models.editions import Memorandum
from hub.publishing.models.recipients import Recipient, RecipientKind
from hub.publishing.queries import recipients as queries
from hub.recommendations.values import sheets
from hub.recommendations.values.sheets import Column, Line

MOST = 2_000
MOST_MONTHS = 24
LONGEST = {"name": 200, "list_name": 120, "email": 254, "address": 1_000, "source": 1_000}
TOO_LONG = N_("Ce texte est trop long : %(max)d signes au plus.")
NEEDS_SOURCE = N_("Dites où cette adresse est publique : une page, une affiche, un dépliant.")
MAIL_TITLES = (
    "courriel", "adresse de courriel", "e-mail", "email", "mail", "adresse e-mail", "adresse email",
    "adresse électronique",
)  # fmt: skip
COLUMNS = (
    Column("name", N_("Nom"), ("nom et prénom", "candidat", "candidate", "name"), is_needed=True),
    Column("kind", N_("Qualité"), ("genre", "type", "kind")),
    Column("list_name", N_("Liste"), ("parti", "list")),
    Column("commune", N_("Commune"), ("ville", "municipality")),
    Column("email", N_("Adresse mail"), MAIL_TITLES),
    Column("address", N_("Adresse postale"), ("adresse", "address")),
    Column("source", N_("Où l’adresse est publique"), ("source", "page", "url")),
)
TITLES = {column.name: column.title for column in COLUMNS}
EXAMPLE = (
    N_("Camille Exemple (nom inventé)"), N_("candidat"), N_("Liste du village"), "Namur",
    "camille@liste.example", "", "https://liste.example/equipe",
)  # fmt: skip
KINDS = {
    "": RecipientKind.CANDIDATE,
    **dict.fromkeys(("candidat", "candidate", "candidat·e", "candidature"), RecipientKind.CANDIDATE),
    **dict.fromkeys(("parti", "liste", "party"), RecipientKind.PARTY),
    **dict.fromkeys(("autorite", "authority", "pouvoir public"), RecipientKind.AUTHORITY),
    **dict.fromkeys(("autre", "other"), RecipientKind.OTHER),
}
Problem = tuple[str, str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Facts:
    """What is noted of a recipient; `source` is where the address is public."""

    kind: RecipientKind
    name: str
    list_name: str = ""
    organisation_id: int | None = None
    territory_id: int | None = None
    email: str = ""
    address: str = ""
    source: str = ""


@dataclass(slots=True)
class Brought:
    """A line of a table: what it says, what is wrong with it, and whether that recipient is there already."""

    number: int
    said: dict[str, str]
    problems: list[Problem] = field(default_factory=list)
    is_there: bool = False
    is_added: bool = False


def add(
    session: Session, memorandum: Memorandum, facts: Facts, *, actor: audit.Actor | str, now: datetime
) -> Recipient:
    """Note a recipient. Raises DomainError, with its field, for what is missing or there already."""
    session.refresh(memorandum, with_for_update={"of": Memorandum})
    facts = _checked(session, memorandum, facts, None)
    row = Recipient(memorandum_id=memorandum.id, created_at=now)
    _write(row, facts)
    session.add(row)
    session.flush()
    _told(session, memorandum, "recipients.added", 1, actor=actor, now=now)
    return row


def edit(session: Session, row: Recipient, facts: Facts, *, actor: audit.Actor | str, now: datetime) -> None:
    """Change what is noted of a recipient. Raises DomainError as `add` does."""
    session.refresh(row.memorandum, with_for_update={"of": Memorandum})
    _write(row, _checked(session, row.memorandum, facts, row))
    session.flush()
    _told(session, row.memorandum, "recipients.edited", 1, actor=actor, now=now)


def remove(session: Session, rows: Sequence[Recipient], *, actor: audit.Actor | str, now: datetime) -> None:
    """Erase recipients of one memorandum, with what they received and the mails to them."""
    if rows:
        memorandum = rows[0].memorandum
        _erase(session, rows)
        _told(session, memorandum, "recipients.removed", len(rows), actor=actor, now=now)


def add_from_register(
    session: Session, memorandum: Memorandum, organisations: Iterable[Organisation],
    *, actor: audit.Actor | str, now: datetime,
) -> int:  # fmt: skip
    """Note parties and authorities of the register, with the address that stands there; return how many."""
    session.refresh(memorandum, with_for_update={"of": Memorandum})
    told = session.execute(queries.keys(memorandum)).all()
    there = {fold(each.name) for each in told}
    taken = {each.email for each in told if each.email}
    added = 0
    for row in organisations:
        if fold(row.name) in there:
            continue
        email = _reached(row.email)
        party = row.kind.family is Family.PARTY
        session.add(
            Recipient(
                memorandum_id=memorandum.id, organisation_id=row.id, name=row.name[: LONGEST["name"]],
                kind=RecipientKind.PARTY if party else RecipientKind.AUTHORITY,
                list_name=row.acronym[: LONGEST["list_name"]] if party else "",
                territory_id=row.commune_id if not party else None,
                email=email if email not in taken else "", address=row.address[: LONGEST["address"]],
                created_at=now,
            )
        )  # fmt: skip
        there.add(fold(row.name))
        taken.add(email)
        added += 1
    session.flush()
    if added:
        _told(session, memorandum, "recipients.added", added, actor=actor, now=now)
    return added


def bring(
    session: Session, memorandum: Memorandum, content: bytes, *, actor: audit.Actor | str, now: datetime
) -> list[Brought]:
    """Add the recipients of a table (CSV or xlsx), but lines with a problem, and say what came of each line.

    Brought again, mended, only what isn't there yet is added. Raises DomainError (field "file") for a file
    that can't be read.
    """
    lines = sheets.read(content, COLUMNS, most=MOST)
    session.refresh(memorandum, with_for_update={"of": Memorandum})
    communes = {fold(row.name): row for row in session.scalars(queries.communes())}
    known = _Known(session, memorandum)
    found = [_understood(line, communes, known) for line in lines]
    rows = []
    for each, facts in found:
        if facts is not None and not each.is_there:
            row = Recipient(memorandum_id=memorandum.id, created_at=now)
            _write(row, facts)
            rows.append(row)
            each.is_added = True
    session.add_all(rows)
    session.flush()
    if rows:
        _told(session, memorandum, "recipients.added", len(rows), actor=actor, now=now)
    return [each for each, _facts in found]


def keep_for(
    session: Session, memorandum: Memorandum, months: int, *, actor: audit.Actor | str, now: datetime
) -> None:
    """Say for how many months after the election candidates are kept. Raises DomainError out of bounds."""
    if not 0 <= months <= MOST_MONTHS:
        raise DomainError(N_("Choisissez de 0 à %(max)d mois."), field="months", max=MOST_MONTHS)
    before, memorandum.candidate_months = memorandum.candidate_months, months
    session.flush()
    if before != months:
        audit.record(
            session, "memorandum.candidates_kept", memorandum, actor=actor, now=now,
            changes={"months": [before, months]},
        )  # fmt: skip


def erased_on(memorandum: Memorandum) -> date | None:
    """Return the day on which its candidates are erased; None while no election is chosen."""
    election = memorandum.election
    return months_before(election.held_on, -memorandum.candidate_months) if election else None


def forget(session: Session, *, now: datetime) -> int:
    """Erase the candidates whose time is over, with the mails to them; return how many.

    Without an election they are kept as long from the day on which they were noted.
    """
    erased = 0
    for memorandum in session.scalars(queries.candidates()).all():
        day = erased_on(memorandum)
        if day is None:
            limit = months_before(clock.today(now), memorandum.candidate_months)
            rows = session.scalars(queries.candidates_of(memorandum, clock.at(limit, time()))).all()
        elif clock.today(now) >= day:
            rows = session.scalars(queries.candidates_of(memorandum)).all()
        else:
            continue
        if rows:
            _erase(session, rows)
            _told(session, memorandum, "recipients.erased", len(rows), actor="Règle de conservation", now=now)
            erased += len(rows)
    return erased


def _erase(session: Session, rows: Sequence[Recipient]) -> None:
    ids = [row.id for row in rows]
    forgetting.empty_messages(session, list(session.scalars(queries.mails_to(ids))))
    session.execute(
        delete(Token).where(Token.subject_type == Recipient.__tablename__, Token.subject_id.in_(ids))
    )
    session.execute(delete(Recipient).where(Recipient.id.in_(ids)))
    session.expire_all()


def _told(
    session: Session, memorandum: Memorandum, action: str, number: int, *, actor: audit.Actor | str,
    now: datetime,
) -> None:  # fmt: skip
    audit.record(session, action, memorandum, actor=actor, now=now, changes={"number": [None, number]})


def _write(row: Recipient, facts: Facts) -> None:
    row.kind, row.name, row.list_name = facts.kind, facts.name, facts.list_name
    row.organisation_id, row.territory_id = facts.organisation_id, facts.territory_id
    row.email, row.address, row.source = facts.email, facts.address, facts.source


def _reached(text: str) -> str:
    try:
        return mail.address(text) if text else ""
    except DomainError:
        return ""


class _Known:
    """Who is there already: by address, else by name, list and commune."""

    def __init__(self, session: Session, memorandum: Memorandum, but: Recipient | None = None) -> None:
        self.emails: dict[str, int] = {}
        self.names: dict[tuple[str, str, int | None], int] = {}
        for each in session.execute(queries.keys(memorandum)):
            if but is None or each.id != but.id:
                self.put(each.id, each.name, each.list_name, each.email, each.territory_id)

    def put(self, identifier: int, name: str, list_name: str, email: str, territory: int | None) -> None:
        """Remember one."""
        if email:
            self.emails[email] = identifier
        self.names[fold(name), fold(list_name), territory] = identifier

    def has(self, facts: Facts) -> bool:
        """Say whether that recipient is there."""
        if facts.email and facts.email in self.emails:
            return True
        return (fold(facts.name), fold(facts.list_name), facts.territory_id) in self.names


def _checked(session: Session, memorandum: Memorandum, facts: Facts, row: Recipient | None) -> Facts:
    problems = _problems(facts)
    if problems:
        name, msgid, params = problems[0]
        raise DomainError(msgid, field=name, **params)
    email = mail.address(facts.email) if facts.email else ""
    made = Facts(
        facts.kind, facts.name, facts.list_name, facts.organisation_id, facts.territory_id, email,
        facts.address, facts.source,
    )  # fmt: skip
    known = _Known(session, memorandum, row)
    if email and email in known.emails:
        raise DomainError(N_("Cette adresse est déjà dans la liste."), field="email")
    if known.has(made):
        raise DomainError(N_("Cette personne ou cette liste est déjà notée."), field="name")
    return made


def _problems(facts: Facts) -> list[Problem]:
    found: list[Problem] = []
    if not facts.name:
        found.append(("name", N_("Écrivez un nom."), {}))
    for name, longest in LONGEST.items():
        if len(getattr(facts, name)) > longest:
            found.append((name, TOO_LONG, {"max": longest}))
    if facts.email:
        try:
            mail.address(facts.email)
        except DomainError as problem:
            found.append(("email", problem.msgid, problem.params))
    if facts.kind is RecipientKind.CANDIDATE and (facts.email or facts.address) and not facts.source:
        found.append(("source", NEEDS_SOURCE, {}))
    return found


def _understood(line: Line, communes: dict[str, Territory], known: _Known) -> tuple[Brought, Facts | None]:
    said = dict(line.said)
    each = Brought(line.number, said)
    kind = KINDS.get(fold(said.get("kind", "")))
    if kind is None:
        each.problems.append(
            ("kind", N_("« %(text)s » n’est pas dans la liste."), {"text": said["kind"][:60]})
        )
    commune = communes.get(fold(said.get("commune", "")))
    if said.get("commune") and commune is None:
        each.problems.append(
            ("commune", N_("« %(text)s » n’est pas une commune connue."), {"text": said["commune"][:60]})
        )
    facts = Facts(
        kind or RecipientKind.CANDIDATE, said.get("name", ""), said.get("list_name", ""), None,
        commune.id if commune else None, said.get("email", ""), said.get("address", ""),
        said.get("source", ""),
    )  # fmt: skip
    each.problems += _problems(facts)
    if each.problems:
        return each, None
    facts = Facts(
        facts.kind, facts.name, facts.list_name, None, facts.territory_id, _reached(facts.email),
        facts.address, facts.source,
    )  # fmt: skip
    each.is_there = known.has(facts)
    if not each.is_there:
        known.put(0, facts.name, facts.list_name, facts.email, facts.territory_id)
    return each, facts
