"""What one line of a file says, as facts; every problem is told, with its field."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, TypeVar

from hub.actors.models.organisations import Confidence, LegalForm, OrganisationState, Structured
from hub.actors.operations.imports.register import Register
from hub.actors.operations.organisations import OrganisationFacts
from hub.actors.operations.ownership.agreements import agreed_by
from hub.actors.operations.relations import RelationFacts, check_period
from hub.actors.values import consent, contacts, dates, enterprise
from hub.core.errors import N_, DomainError
from hub.core.search import fold

Fact = TypeVar("Fact")
LONGEST = {
    "name": 250, "acronym": 40, "former_names": 2000, "scope": 200, "field_of_action": 2000,
    "description": 20_000, "address": 500, "source": 4000, "origin": 4000, "note": 4000, "slug": 80,
}  # fmt: skip
FIRST_YEAR, LAST_YEAR = 1000, 2200
# How a file names the fields that an organisation agreed to show: as pages do, or by the names of columns.
SHOWN: dict[str, tuple[str, ...]] = {
    **{fold(word): (field,) for field, word in consent.FIELDS.items()},
    **{fold(field): (field,) for field in consent.FIELDS},
    fold("Adresse e-mail"): ("email",),  # what our own exports said before
    "tout": tuple(consent.FIELDS),
}
APOSTROPHE_BEFORE_SIGN = re.compile(r"^'(?=[=+\-@|%])")  # what our own exports put before such a sign


class Line:
    """Reads the fields of one line and gathers what is wrong with them.

    `exact` says that the file told its values apart itself, as a network does: only bars part a list, and an
    apostrophe is one.
    """

    def __init__(self, values: Mapping[str, str], *, exact: bool = False) -> None:
        self.values = values
        self.exact = exact
        self.problems: list[list[Any]] = []  # [field, msgid, params]

    def complain(self, field: str, problem: DomainError) -> None:
        """Note a problem of a field."""
        self.problems.append([field, problem.msgid, problem.params])

    def text(self, field: str) -> str:
        """Return a field's text, without what our exports add; too long a one is a problem."""
        found = self.values.get(field, "").strip()
        if not self.exact:
            found = APOSTROPHE_BEFORE_SIGN.sub("", found)
        longest = LONGEST.get(field)
        if longest and len(found) > longest:
            self.complain(
                field, DomainError(N_("Ce texte est trop long (%(limit)d signes au plus)."), limit=longest)
            )
        return found

    def pieces(self, field: str) -> list[str]:
        """Return the parts of a list, apart by bars, semicolons or lines."""
        return re.split(r"\|" if self.exact else r"[|;\n]", self.text(field))

    def read(self, field: str, reader: Callable[[str], Fact], empty: Fact) -> Fact:
        """Return what `reader` makes of a field; what it refuses is a problem."""
        text = self.text(field)
        if not text:
            return empty
        try:
            return reader(text)
        except DomainError as problem:
            self.complain(field, problem)
            return empty

    def word(self, field: str, known: Mapping[str, Fact], empty: Fact, refusal: str) -> Fact:
        """Return what a field's word stands for; an unknown one is a problem."""

        def reader(text: str) -> Fact:
            if fold(text) not in known:
                raise DomainError(refusal, text=text)
            return known[fold(text)]

        return self.read(field, reader, empty)

    def words(self, field: str, known: Mapping[str, Fact], refusal: str) -> tuple[Fact, ...]:
        """Return what several words stand for, apart by bars, semicolons, lines, or commas."""
        found: dict[Fact, None] = {}
        for piece in self.pieces(field):
            whole = fold(piece)
            parts = [piece] if whole in known else piece.split(",")
            for part in parts:
                if not part.strip():
                    continue
                if fold(part) in known:
                    found[known[fold(part)]] = None
                else:
                    self.complain(field, DomainError(refusal, text=part.strip()))
        return tuple(found)

    def place(self, field: str, known: Mapping[str, set[int]]) -> int | None:
        """Return the one place of that name."""

        def reader(text: str) -> int | None:
            found = known.get(fold(text), set())
            if not found:
                raise DomainError(N_("Aucun territoire connu ne s’appelle « %(text)s »."), text=text)
            if len(found) > 1:
                raise DomainError(
                    N_("Plusieurs territoires répondent à « %(text)s » : donnez le nom ou le code NIS."),
                    text=text,
                )
            return next(iter(found))

        return self.read(field, reader, None)


def _year(text: str) -> int:
    if not text.isdecimal() or not FIRST_YEAR <= int(text) <= LAST_YEAR:
        raise DomainError(N_("« %(text)s » n’est pas une année."), text=text)
    return int(text)


def _day(text: str) -> date | None:
    found = dates.parse(text)
    return found.day if found else None


def organisation(line: Line, register: Register, default_kind_id: int | None) -> OrganisationFacts | None:
    """Return the facts of an organisation, or None if the line has problems."""
    name = " ".join(line.text("name").split())
    if not name:
        line.complain("name", DomainError(N_("Le nom manque.")))
    kind_id = line.word(
        "kind", register.kinds, default_kind_id, N_("Le type d’acteur « %(text)s » n’est pas dans la liste.")
    )
    if kind_id is None and not line.text("kind"):
        line.complain("kind", DomainError(N_("Le type d’acteur manque.")))
    territories = {word: next(iter(ids)) for word, ids in register.territories.items() if len(ids) == 1}
    facts = OrganisationFacts(
        name=name,
        kind_id=kind_id or 0,
        acronym=" ".join(line.text("acronym").split()),
        former_names="\n".join(part.strip() for part in line.pieces("former_names") if part.strip()),
        legal_form=line.word(
            "legal_form",
            register.legal_forms,
            LegalForm.UNKNOWN,
            N_("La forme juridique « %(text)s » n’est pas connue."),
        ),
        enterprise_number=line.read("enterprise_number", enterprise.parse, None),
        commune_id=line.place("commune", register.communes),
        scope=line.text("scope"),
        founded=line.read("founded", _year, None),
        state=line.word(
            "state", register.states, OrganisationState.ACTIVE, N_("L’état « %(text)s » n’est pas connu.")
        ),
        state_since=line.read("state_since", _day, None),
        structured=line.word(
            "structured",
            register.structured,
            Structured.UNKNOWN,
            N_("« %(text)s » : écrivez « oui », « non » ou « inconnu »."),
        ),
        field_of_action=line.text("field_of_action"),
        funding_sources=line.words(
            "funding_sources", register.funding, N_("Le moyen « %(text)s » n’est pas dans la liste.")
        ),
        description=line.text("description"),
        languages=line.words(
            "languages", register.languages, N_("La langue « %(text)s » n’est pas dans la liste.")
        ),
        email=line.read("email", contacts.email, ""),
        phone=line.read("phone", contacts.phone, ""),
        address=line.text("address"),
        website=line.read("website", contacts.website, ""),
        source=line.text("source"),
        confidence=_confidence(line, register),
        note=line.text("note"),
        theme_ids=line.words("themes", register.themes, N_("Le thème « %(text)s » n’est pas dans la liste.")),
        territory_ids=line.words(
            "territories", territories, N_("Aucun territoire connu ne s’appelle « %(text)s ».")
        ),
        audience_ids=line.words(
            "audiences", register.audiences, N_("Le public « %(text)s » n’est pas dans la liste.")
        ),
    )
    agreement(line)
    return None if line.problems else facts


def agreement(line: Line) -> tuple[list[str], str] | None:
    """Return what an organisation agreed to show, and who agreed; None where the line tells no agreement.

    What is shown without anybody having agreed is a problem, as is a name with contact details.
    """
    fields = line.words("public_fields", SHOWN, N_("« %(text)s » n’est pas un champ qui se montre."))
    if not fields and not line.text("agreement"):
        return None
    try:
        return consent.in_order(one for field in fields for one in field), agreed_by(line.text("agreement"))
    except DomainError as problem:
        line.complain("agreement", problem)
        return None


def _confidence(line: Line, register: Register) -> Confidence:
    return line.word(
        "confidence", register.confidences, Confidence.HIGH, N_("La fiabilité « %(text)s » n’est pas connue.")
    )


def relation(line: Line, register: Register, default_kind_id: int | None = None) -> RelationFacts | None:
    """Return the facts of a tie, or None if the line has problems.

    `default_kind_id` is the kind of a tie that names none.
    """
    source, target = _end(line, "source", register), _end(line, "target", register)
    refusal = N_("Le type de relation « %(text)s » n’est pas dans la liste.")
    kind_id, reverse = line.word("kind", register.relation_kinds, (default_kind_id or 0, False), refusal)
    if not line.text("kind") and not default_kind_id:
        line.complain("kind", DomainError(N_("Le type de relation manque.")))
    start = line.read("start", dates.parse, None)
    end = line.read("end", lambda text: dates.parse(text, end=True), None)
    if source and source == target:
        line.complain("target", DomainError(N_("Un acteur ne peut pas être lié à lui-même.")))
    try:
        check_period(start, end)
    except DomainError as problem:
        line.complain("end", problem)
    facts = RelationFacts(
        source_id=target if reverse else source,
        kind_id=kind_id,
        target_id=source if reverse else target,
        start=start,
        end=end,
        origin=line.text("origin"),
        confidence=_confidence(line, register),
        note=line.text("note"),
    )
    return None if line.problems else facts


def _end(line: Line, field: str, register: Register) -> int:
    def reader(text: str) -> int:
        if text in register.in_file:
            return _in_file(text, register)
        found = register.find(text)
        if not found:
            raise DomainError(N_("Aucun acteur du registre ne s’appelle « %(text)s »."), text=text)
        if len(found) > 1:
            raise DomainError(
                N_("Plusieurs acteurs répondent à « %(text)s » : donnez le nom entier ou l’identifiant."),
                text=text,
            )
        return next(iter(found))

    if not line.text(field):
        line.complain(field, DomainError(N_("L’acteur manque.")))
    return line.read(field, reader, 0)


def _in_file(text: str, register: Register) -> int:
    """Return the actor that the file itself calls so."""
    found = register.in_file[text]
    if found is None:
        raise DomainError(
            N_("« %(text)s » est dans ce fichier, mais n’en est pas repris : voyez sa propre ligne."),
            text=text,
        )
    return found
