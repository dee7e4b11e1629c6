"""Words that memoranda of this field often explain, each with its source, which is printed with it."""

from dataclasses import dataclass

from hub.core.errors import N_


@dataclass(frozen=True, slots=True)
class Usual:
    """A word, what it means, and where that stands."""

    term: str
    definition: str
    source: str


# Checked in the texts that each names.
USUAL = (
    Usual(
        N_("Centre régional d’intégration"),
        N_(
            "Un centre agréé par la Wallonie, pour un territoire : il organise le parcours d’intégration, y "
            "coordonne les actions, forme les équipes et recueille des chiffres. Il y en a huit."
        ),
        N_("Code wallon de l’action sociale et de la santé"),
    ),
    Usual(
        N_("Initiative locale d’intégration"),
        N_(
            "Une action menée par une association, une fondation ou un pouvoir local : cours de français, "
            "citoyenneté, accompagnement social, droit des étrangers, interculturalité ou lutte contre le "
            "racisme."
        ),
        N_("Action sociale en Wallonie, actionsociale.wallonie.be"),
    ),
    Usual(
        N_("Intégration"),
        N_("Un processus à deux sens : il engage les personnes qui arrivent et la société qui les reçoit."),
        N_("Code wallon de l’action sociale et de la santé, article 150"),
    ),
    Usual(
        N_("Plan de cohésion sociale"),
        N_(
            "Le plan par lequel une commune favorise l’accès aux droits, en sept axes, du travail à la "
            "mobilité."
        ),
        N_("décret wallon du 22 novembre 2018"),
    ),
    Usual(
        N_("Plan local d’intégration"),
        N_(
            "Le plan qui, sur le territoire d’un centre régional, montre les besoins particuliers et fixe "
            "des stratégies pour favoriser l’intégration."
        ),
        N_("Code wallon de l’action sociale et de la santé, article 150"),
    ),
    Usual(
        N_("Primo-arrivant·e"),
        N_(
            "Une personne étrangère en séjour légal en Belgique depuis moins de trois ans, avec un titre de "
            "séjour de plus de trois mois, et qui ne relève pas des règles de l’Union européenne."
        ),
        N_("décret wallon du 14 mars 2024"),
    ),
)
