"""The French words of editions: their states, and what their history says."""

from hub.core import i18n
from hub.core.errors import N_
from hub.publishing.models.answers import PartyStance
from hub.publishing.models.composition import Descent, FigureKind, SectionKind
from hub.publishing.models.editions import EditionState, Layout
from hub.publishing.models.elections import Election
from hub.publishing.models.leaflets import LeafletKind
from hub.publishing.models.recipients import RecipientKind, SendingWay

STATES = {
    EditionState.DRAFT: N_("En composition"),
    EditionState.REVIEW: N_("En relecture"),
    EditionState.FROZEN: N_("Gelée"),
    EditionState.PUBLISHED: N_("Publiée"),
    EditionState.REPLACED: N_("Remplacée"),
}
STANCES = {
    PartyStance.COMMITS: N_("S’y engage"),
    PartyStance.PARTLY: N_("S’y engage en partie"),
    PartyStance.REFUSES: N_("Refuse"),
    PartyStance.POSTPONES: N_("Renvoie à plus tard"),
}
SECTIONS = {
    SectionKind.COVER: N_("Couverture"),
    SectionKind.SIGNATORIES: N_("Signataires"),
    SectionKind.PREAMBLE: N_("Préambule"),
    SectionKind.CONSULTED: N_("Qui a été consulté, et comment"),
    SectionKind.PRIORITIES: N_("Priorités"),
    SectionKind.CHAPTERS: N_("Chapitres"),
    SectionKind.CROSS_CUTTING: N_("Demandes transversales"),
    SectionKind.LEVELS: N_("Par niveau de pouvoir"),
    SectionKind.DESCENT: N_("D’un mémorandum à l’autre"),
    SectionKind.NETWORK: N_("Le réseau"),
    SectionKind.GLOSSARY: N_("Glossaire"),
    SectionKind.SOURCES: N_("Sources"),
    SectionKind.INDEX: N_("Index"),
    SectionKind.SPONSORS: N_("Avec le soutien de"),
    SectionKind.CONTACT: N_("Contact"),
}
LAYOUTS = {
    Layout.SCREEN: N_("Écran, avec des liens"),
    Layout.PRINT: N_("Papier A4"),
    Layout.BOOKLET: N_("Livret A5"),
}
FIGURES = {
    FigureKind.COVERAGE: N_("Qui couvre quoi, par thème"),
    FigureKind.POSITIONS: N_("Les positions des organisations"),
    FigureKind.IMAGE: N_("Une image"),
}
RECIPIENTS = {
    RecipientKind.CANDIDATE: N_("Candidature"),
    RecipientKind.PARTY: N_("Parti ou liste"),
    RecipientKind.AUTHORITY: N_("Pouvoir public"),
    RecipientKind.OTHER: N_("Autre"),
}
WAYS = {
    SendingWay.EMAIL: N_("Par mail"),
    SendingWay.POST: N_("Par la poste"),
    SendingWay.HAND: N_("En mains propres"),
}
DESCENTS = {
    Descent.NEW: N_("Nouvelle"),
    Descent.REPEATED: N_("Répétée"),
    Descent.CHANGED: N_("Modifiée"),
    Descent.OBTAINED: N_("Obtenue"),
    Descent.DROPPED: N_("Abandonnée"),
}
LEAFLET_KINDS = {
    LeafletKind.PARTY_MEETING: N_("La rencontre avec un parti"),
    LeafletKind.PLENARY_TABLE: N_("Une table d’une plénière"),
}
LIFE = {
    "memorandum.created": N_("Mémorandum créé"),
    "memorandum.edited": N_("Fiche du mémorandum modifiée"),
    "memorandum.candidates_kept": N_("Durée de conservation des candidatures changée"),
    "recipients.added": N_("Destinataires ajoutés"),
    "recipients.edited": N_("Destinataire modifié"),
    "recipients.removed": N_("Destinataires effacés"),
    "recipients.erased": N_("Candidatures effacées après l’élection"),
    "recipients.refused": N_("Un destinataire ne veut plus de mails"),
    "edition.created": N_("Nouvelle édition commencée"),
    "edition.review": N_("Édition donnée à relire"),
    "edition.frozen": N_("Édition gelée"),
    "edition.freeze_stopped": N_("Gel interrompu"),
    "edition.freeze_failed": N_("Gel non abouti : le PDF n’a pas pu être construit"),
    "edition.composed_again": N_("Édition reprise en composition"),
    "edition.publishing": N_("Publication demandée"),
    "edition.published": N_("Édition publiée"),
    "edition.erratum": N_("Erratum publié"),
    "edition.erratum_taken_up": N_("Erratum repris"),
    "edition.erratum_left": N_("Erratum à reprendre à nouveau"),
    "edition.replaced": N_("Édition remplacée par la suivante"),
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
    "edition.leaflets_built": N_("PDF de feuillets construits"),
    "edition.leaflet_created": N_("Feuillet commencé"),
    "edition.leaflet_edited": N_("Feuillet modifié"),
    "edition.leaflet_filled": N_("Demandes d’un feuillet choisies"),
    "edition.leaflet_removed": N_("Feuillet supprimé"),
    "edition.questions_written": N_("Questions aux candidates et aux candidats écrites"),
    "edition.begun": N_("Avant le premier changement"),
    "edition.reordered": N_("Ordre modifié"),
    "edition.section_written": N_("Partie modifiée"),
    "edition.section_left_out": N_("Partie laissée de côté"),
    "edition.section_taken_back": N_("Partie reprise"),
    "edition.section_added": N_("Partie ajoutée"),
    "edition.section_removed": N_("Partie supprimée"),
    "edition.priorities_chosen": N_("Priorités modifiées"),
    "edition.cross_cutting_marked": N_("Demandes transversales modifiées"),
    "edition.layout_chosen": N_("Mise en page choisie"),
    "edition.term_changed": N_("Glossaire modifié"),
    "edition.figure_added": N_("Figure ajoutée"),
    "edition.figure_edited": N_("Figure modifiée"),
    "edition.figure_removed": N_("Figure retirée"),
    "edition.sponsor_added": N_("Soutien ajouté"),
    "edition.sponsor_edited": N_("Soutien modifié"),
    "edition.sponsor_removed": N_("Soutien retiré"),
    "edition.logo_chosen": N_("Logo d’un signataire choisi"),
    "edition.commented": N_("Commentaire écrit"),
    "edition.comment_settled": N_("Commentaire réglé"),
    "edition.comment_reopened": N_("Commentaire rouvert"),
    "edition.undone": N_("Changement annulé"),
    "edition.redone": N_("Changement rétabli"),
    "edition.went_back": N_("Retour à une version"),
    "edition.version_named": N_("Version nommée"),
    "edition.descent_said": N_("Lignée corrigée"),
    "edition.letter_written": N_("Lettre d’envoi écrite"),
    "edition.sending": N_("Envoi par mail demandé"),
    "edition.handed_over": N_("Remises notées"),
    "edition.handing_taken_back": N_("Remise retirée"),
}


def election_day(election: Election, language: str = "fr") -> str:
    """Return the date of an election in words, or what is known of it while the day isn't fixed."""
    return election.date_note or i18n.format_date(election.held_on, language)
