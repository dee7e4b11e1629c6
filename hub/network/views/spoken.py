"""The sentences that the page says by script, translated here; what stands in braces is filled in there."""

from typing import Any

from flask_babel import gettext

Sentences = dict[str, str | tuple[str, str]]


def spoken() -> Sentences:
    """Return the sentences by name; those with a number are given in the singular and in the plural."""
    return {**_time(), **_changes(), **_looking(), **_views(), **_tools()}


def _time() -> Sentences:
    return {
        "play": gettext("Dérouler l’histoire"),
        "pause": gettext("Arrêter"),
        "today": gettext("{day} (aujourd’hui)"),
        "totals": gettext("{actors}, {ties}"),
        "picture": gettext("Le réseau au {day}"),
        "picture_between": gettext("Le réseau du {from} au {day}"),
        "actors": (gettext("{n} acteur"), gettext("{n} acteurs")),
        "pairs": (gettext("{n} lien"), gettext("{n} liens")),
    }


def _changes() -> Sentences:
    return {
        "came": (gettext("{n} acteur arrive ({names})"), gettext("{n} acteurs arrivent ({names})")),
        "left": (
            gettext("{n} acteur n’est plus là ({names})"),
            gettext("{n} acteurs ne sont plus là ({names})"),
        ),
        "made": (gettext("{n} lien se noue"), gettext("{n} liens se nouent")),
        "lost": (gettext("{n} lien se défait"), gettext("{n} liens se défont")),
        "others": (gettext("{n} autre"), gettext("{n} autres")),
        "after_day": gettext("Après le {day} : {what}."),
        "on_day": gettext("Le {day} : {what}."),
        "last_change": gettext("Dernier changement avant cette date. {change}"),
        "before_all": gettext("Aucun changement connu avant cette date."),
        "nothing": gettext("Rien ne change."),
        "between": gettext("Entre le {from} et le {to} :"),
        "between_title": gettext("Ce qui a changé entre le {from} et le {to}"),
        "step_title": gettext("Ce qui change du {from} au {to}"),
        "changes": (gettext("{n} changement"), gettext("{n} changements")),
        "row_came": gettext("Arrive"),
        "row_left": gettext("N’est plus là"),
        "row_made": gettext("Lien noué"),
        "row_lost": gettext("Lien défait"),
    }


def _looking() -> Sentences:
    opened = gettext("Sa fiche est ouverte à côté de l’image.")
    return {
        "shown": (
            gettext("{name} : {n} voisin.") + " " + opened,
            gettext("{name} : {n} voisins.") + " " + opened,
        ),
        "within_1": (
            gettext("Autour de {name} : {n} acteur à un pas."),
            gettext("Autour de {name} : {n} acteurs à un pas."),
        ),
        "within_2": (
            gettext("Autour de {name} : {n} acteur à deux pas au plus."),
            gettext("Autour de {name} : {n} acteurs à deux pas au plus."),
        ),
        "everybody": gettext("Tout le réseau est de nouveau dans l’image."),
        "absent": gettext("Cet acteur n’est pas dans l’image avec les filtres en place."),
        "table_failed": gettext("Le tableau n’a pas pu suivre l’image. Rechargez la page."),
    }


def _views() -> Sentences:
    return {
        "view_communities": (
            gettext("{n} communauté. Son numéro est dans l’image, dans la liste et dans le tableau."),
            gettext("{n} communautés. Leur numéro est dans l’image, dans la liste et dans le tableau."),
        ),
        "view_communities_none": gettext("Aucune communauté ne se dégage à cette date."),
        "view_brokers": (
            gettext("La première passerelle est numérotée dans l’image."),
            gettext(
                "Les {n} premières passerelles sont numérotées dans l’image, la première est la plus forte."
            ),
        ),
        "view_brokers_none": gettext("Personne ne relie deux autres acteurs à cette date."),
        "view_isolated": (
            gettext("{n} acteur est sans lien connu avec les liens choisis."),
            gettext("{n} acteurs sont sans lien connu avec les liens choisis."),
        ),
        "view_isolated_none": gettext("Chaque acteur a au moins un lien."),
        "view_pick": gettext("Choisissez dans la liste ce que l’image doit mettre en lumière."),
        "view_picked": (
            gettext("{n} acteur en lumière : {names}."),
            gettext("{n} acteurs en lumière : {names}."),
        ),
        "view_waits": gettext(
            "Les mesures de cette date se calculent. L’image les montrera dans un instant."
        ),
        "view_stale": gettext("Ces mesures datent du {day} : celles de la date choisie se calculent."),
        "view_failed": gettext("Les mesures n’ont pas pu être lues."),
        "community": gettext("Communauté {n}"),
        "members": (gettext("{n} membre"), gettext("{n} membres")),
    }


def _tools() -> Sentences:
    return {
        "path_same": gettext("Choisissez deux acteurs différents."),
        "path_unknown": gettext("Choisissez deux acteurs de la liste qui s’ouvre quand on écrit."),
        "path_none": gettext("Aucun chemin ne relie {from} et {to} par les liens montrés."),
        "path_found": (
            gettext("{from} et {to} sont reliés directement."),
            gettext("De {from} à {to} : {n} pas."),
        ),
        "motion_on": gettext("Les acteurs bougent : ceux qui sont liés s’attirent, les autres s’écartent."),
        "motion_off": gettext("Les acteurs ne bougent plus."),
        "motion_back": gettext("Chaque acteur est revenu à sa place."),
        "motion_failed": gettext("Votre navigateur n’a pas pu animer l’image."),
        "place_map": (
            gettext("Les acteurs sont à leur commune, {n} sans commune connue est en bas de l’image."),
            gettext("Les acteurs sont à leur commune, {n} sans commune connue sont en bas de l’image."),
        ),
        "place_network": gettext("Les acteurs sont de nouveau placés selon leurs liens."),
        "image_saved": gettext("L’image est enregistrée : {file}."),
        "image_failed": gettext("L’image n’a pas pu être enregistrée."),
        "image_name": gettext("reseau"),
        "image_source": gettext("Source : registre du réseau, {network}, consulté le {day}"),
        "legend_came": gettext("Arrivé"),
        "legend_left": gettext("N’est plus là"),
    }


def all_words() -> dict[str, Any]:
    """Return the sentences as the page carries them."""
    return {name: list(text) if isinstance(text, tuple) else text for name, text in spoken().items()}
