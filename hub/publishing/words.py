"""The French words of editions: their states, and what their history says."""

from hub.core import i18n
from hub.core.errors import N_
from hub.publishing.models import EditionState, Election

STATES = {
    EditionState.DRAFT: N_("Brouillon"),
    EditionState.PUBLISHING: N_("En cours de publication"),
    EditionState.PUBLISHED: N_("Publiée"),
}
LIFE = {
    "memorandum.created": N_("Mémorandum créé"),
    "memorandum.edited": N_("Fiche du mémorandum modifiée"),
    "edition.created": N_("Nouvelle édition commencée"),
    "edition.publishing": N_("Publication demandée"),
    "edition.published": N_("Édition publiée"),
    "edition.stopped": N_("Publication interrompue"),
    "edition.failed": N_("Publication non aboutie"),
}
ACTIONS = {
    **LIFE,
    "edition.built": N_("PDF construit"),
    "edition.chapter_added": N_("Chapitre ajouté"),
    "edition.chapter_edited": N_("Chapitre modifié"),
    "edition.chapter_removed": N_("Chapitre supprimé"),
    "edition.items_added": N_("Recommandations ajoutées"),
    "edition.items_moved": N_("Recommandations déplacées"),
    "edition.items_removed": N_("Recommandations retirées"),
    "edition.signatories_added": N_("Signataires ajoutés"),
    "edition.signatory_removed": N_("Signataire retiré"),
    "edition.preamble_written": N_("Préambule modifié"),
    "edition.figure_chosen": N_("Figure du réseau choisie ou retirée"),
}


def election_day(election: Election, language: str = "fr") -> str:
    """Return the date of an election in words, or what is known of it while the day isn't fixed."""
    return election.date_note or i18n.format_date(election.held_on, language)
