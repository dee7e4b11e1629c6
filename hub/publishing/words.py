"""The French words of editions: their states, and what their history says."""

from hub.core import i18n
from hub.core.errors import N_
from hub.publishing.models import EditionState, Election

STATES = {
    EditionState.DRAFT: N_("Brouillon"),
    EditionState.PUBLISHING: N_("En cours de publication"),
    EditionState.PUBLISHED: N_("Publiée"),
}
ACTIONS = {
    "memorandum.created": N_("Mémorandum créé"),
    "memorandum.edited": N_("Fiche du mémorandum modifiée"),
    "edition.created": N_("Nouvelle édition commencée"),
    "edition.publishing": N_("Publication demandée"),
    "edition.published": N_("Édition publiée"),
    "edition.stopped": N_("Publication interrompue"),
    "edition.failed": N_("Publication non aboutie"),
    "edition.built": N_("PDF construit"),
}


def election_day(election: Election, language: str = "fr") -> str:
    """Return the date of an election in words, or what is known of it while the day isn't fixed."""
    return election.date_note or i18n.format_date(election.held_on, language)
