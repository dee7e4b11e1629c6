"""What a report says: the network of a day, what changed since an earlier one, and what it doesn't know.

Only what anybody may see of actors and ties is told, and numbers; the report is made for readers. It is
French, like the memoranda.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from graph.layout import Box, Layout, lay_out
from graph.measures import Measures, measure
from graph.mixing import Mixing
from graph.picture import Changes, draw
from hub.actors.models.reference import Sector
from hub.actors.values.words import FAMILIES, SECTORS
from hub.core import settings
from hub.core.i18n import format_number
from hub.network.queries import activity, landscape
from hub.network.queries.activity import Activity
from hub.network.queries.register import read
from hub.network.values.analysis import Analysis, describe, skeleton
from hub.network.values.changes import Comparison, Figures, compare
from hub.network.values.coverage import Asked, Axis, Coverage, cover, home
from hub.network.values.governance import carried, mix_of
from hub.network.values.landscape import Landscape
from hub.network.values.register import Actor, Link, Part, Register, Wanted, families_of, network_of
from hub.network.values.sight import Sight
from hub.network.words import CHANGES
from memoranda.content import MOST_KNOTS, Knot, Threads
from memoranda.report.content import Figure, Picture, Report, Section, Table

BOX = Box(640, 620)
"""What fills a page of the PDF below a title, in CSS pixels."""
FIRST, MOST_ROWS = 10, 40
FONT = "Source Sans 3"
MONTHS = 12
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Publisher:
    """Whose network it is, as the cover says it."""

    name: str
    territory: str
    contact: str
    primary: str


@dataclass(frozen=True)
class Material:
    """All that is read for a report; `now` is counted in the period that ends on its day, `then` before."""

    register: Register
    comparison: Comparison
    landscape: Landscape
    coverage: Coverage
    now: Activity
    then: Activity
    publisher: Publisher


def gather(session: Session, day: date, since: date) -> Material:
    """Read what a report on that day says, beside that of an earlier one."""
    register = read(session, day, Sight(today=day))
    known = landscape.read(session, day, everything=False)
    return Material(
        register=register,
        comparison=compare(register, Wanted(since), Wanted(day)),
        landscape=known,
        coverage=cover(known, Asked(rows=Axis.THEME, columns=Axis.COMMUNE, within=home(known))),
        now=activity.read(session, since, day),
        then=activity.read(session, since - (day - since), since),
        publisher=_publisher(settings.get(session)),
    )


def _publisher(network: settings.NetworkSettings) -> Publisher:
    contact = " · ".join(filter(None, (network.website, network.contact_email)))
    return Publisher(network.name, network.territory, contact, network.primary_colour)


def compose(material: Material, *, tell: Tell) -> Report:
    """Measure, draw and put into words; `tell` is told what is being done, in French."""
    comparison, publisher = material.comparison, material.publisher
    tell("Calcul des mesures")
    before, after = _measured(comparison.before), _measured(comparison.after)
    analysis = describe(comparison.after, after)
    tell("Dessin du réseau")
    both = _both(comparison)
    layout = lay_out(skeleton(both.actors, both.links), BOX)
    sections = (
        _in_short(material, describe(comparison.before, before), analysis),
        _picture(comparison.after, layout, analysis),
        _changes(material, both, layout),
        _relays(analysis),
        _mixing(material),
        _communities(analysis),
        _coverage(material),
        _alone(analysis),
        _method(material),
    )
    return Report(
        title="L’état du réseau",
        subtitle="Qui travaille avec qui, ce qui a changé, et où il manque quelqu’un",
        network=publisher.name,
        territory=publisher.territory,
        contact=publisher.contact,
        day=comparison.second,
        since=comparison.first,
        primary=publisher.primary,
        threads=_threads(comparison.after, layout),
        sections=sections,
    )


def _measured(part: Part) -> Measures:
    return measure(skeleton(part.actors, part.links))


def _number(count: float) -> str:
    return format_number(count, "fr")


def _share(share: float | None) -> str:
    return "–" if share is None else f"{format_number(round(100 * share, 1), 'fr')} %"


def _some(count: int, one: str, several: str) -> str:
    return f"{_number(count)} {one if count <= 1 else several}"


# --- In short ---------------------------------------------------------------------------------


def _in_short(material: Material, before: Analysis, after: Analysis) -> Section:
    comparison, now, then = material.comparison, material.now, material.then
    old, new = Figures.of(comparison.before), Figures.of(comparison.after)
    text = (
        f"Le registre du réseau connaît **{_some(new.actors, 'acteur', 'acteurs')}** et "
        f"**{_some(new.ties, 'lien', 'liens')}** entre eux. Depuis la date de comparaison : "
        f"{_some(len(comparison.came), 'acteur de plus', 'acteurs de plus')}, "
        f"{_some(len(comparison.left), 'de moins', 'de moins')} ; "
        f"{_some(len(comparison.new), 'nouveau lien', 'nouveaux liens')}, "
        f"{_some(len(comparison.lost), 'lien perdu', 'liens perdus')}."
    )

    def figure(label: str, value: int, earlier: int, note: str = "") -> Figure:
        return Figure(label=label, value=_number(value), before=_number(earlier), note=note)

    return Section(
        anchor="en-bref",
        title="En bref",
        text=text,
        figures=(
            figure("Acteurs", new.actors, old.actors, "Associations, services publics, collectifs, lieux."),
            figure("Paires d’acteurs reliés", new.pairs, old.pairs),
            figure("Acteurs sans lien connu", new.alone, old.alone),
            figure("Groupes qui travaillent ensemble", len(after.communities), len(before.communities)),
            figure("Espaces de concertation ouverts", now.spaces, then.spaces),
            figure("Organisations qui y siègent", now.seated, then.seated),
            figure("Journées tenues dans la période", now.days, then.days),
            figure("Organisations qui y ont pris part", now.attending, then.attending),
            figure("Contributions reçues dans la période", now.contributions, then.contributions),
            figure("Recommandations adoptées dans la période", now.adopted, then.adopted),
            figure("Fiches vérifiées dans la période", now.checked, then.checked, _fresh(now)),
        ),
        closing=(
            "La colonne de droite dit ce que le registre sait aujourd’hui de la date de comparaison. "
            "Les chiffres « dans la période » y valent pour une période de même longueur, juste avant."
        ),
    )


def _fresh(now: Activity) -> str:
    return f"Sur {_some(now.records, 'fiche', 'fiches')} d’acteurs en activité."


# --- Pictures ---------------------------------------------------------------------------------


def _legend() -> Mapping[str, str]:
    return {family.value: words for family, words in FAMILIES.items()}


def _picture(part: Part, layout: Layout, analysis: Analysis) -> Section:
    most = sorted(analysis.lines.values(), key=lambda line: (-line.degree, line.actor.search_text))[:FIRST]
    named = ", ".join(f"{line.actor.label} ({_number(line.degree)})" for line in most[:3])
    alternative = (
        f"Dessin du réseau : {_some(len(part.actors), 'acteur', 'acteurs')}. Les plus reliés : {named}. "
        f"Sans lien connu : {_number(analysis.isolated)}. Le tableau qui suit donne les plus reliés."
    )
    svg = draw(
        network_of(part), layout, families_of(part), title="Le réseau", description=alternative,
        legend=_legend(), font=FONT,
    )  # fmt: skip
    rows = tuple(
        (line.actor.name, line.actor.kind, line.actor.commune or "–", _number(line.degree)) for line in most
    )
    return Section(
        anchor="image",
        title="Le réseau en image",
        picture=Picture(
            svg=svg,
            alternative=alternative,
            caption="Chaque signe est un acteur ; plus il a de voisins, plus il est grand. "
            "Les acteurs proches sur le dessin travaillent souvent ensemble ; la distance n’est pas "
            "géographique.",
        ),
        tables=(
            Table(
                caption="Les plus reliés",
                header=("Acteur", "Type", "Siège", "Voisins"),
                rows=rows,
                numeric=(3,),
            ),
        ),
    )


def _both(comparison: Comparison) -> Part:
    """Return the actors and ties of both days."""
    actors = {actor.id: actor for actor in (*comparison.before.actors, *comparison.after.actors)}
    return Part(tuple(actors.values()), (*comparison.kept, *comparison.new, *comparison.lost))


def _changes(material: Material, both: Part, layout: Layout) -> Section:
    comparison = material.comparison
    text = (
        "Rien n’a changé entre les deux dates, d’après le registre."
        if comparison.nothing
        else "Ce que le registre sait être venu, parti, noué ou dénoué entre les deux dates. "
        "Rien n’est effacé : ce qui a pris fin garde ses dates."
    )
    tables = (
        _actors_table("Acteurs de plus", comparison.came),
        _actors_table("Acteurs de moins", comparison.left),
        _ties_table("Nouveaux liens", material.register, comparison.new),
        _ties_table("Liens perdus", material.register, comparison.lost),
    )
    return Section(
        anchor="changements",
        title="Ce qui a changé",
        text=text,
        picture=None if comparison.nothing else _change_picture(material.register, comparison, both, layout),
        tables=tuple(table for table in tables if table.rows),
    )


def _change_picture(register: Register, comparison: Comparison, both: Part, layout: Layout) -> Picture:
    before = {link.pair for link in comparison.before.links}
    after = {link.pair for link in comparison.after.links}

    def named(pairs: Iterable[tuple[int, int]]) -> frozenset[tuple[str, str]]:
        slugs = (sorted(register.actors[end].slug for end in pair) for pair in pairs)
        return frozenset((first, second) for first, second in slugs)

    told = Changes(
        came=frozenset(actor.slug for actor in comparison.came),
        left=frozenset(actor.slug for actor in comparison.left),
        new=named(after - before),
        lost=named(before - after),
        words=CHANGES,
    )
    alternative = (
        "Dessin des changements : "
        f"{_some(len(comparison.came), 'arrivée', 'arrivées')}, "
        f"{_some(len(comparison.left), 'départ', 'départs')}, "
        f"{_some(len(told.new), 'paire nouvellement reliée', 'paires nouvellement reliées')}, "
        f"{_some(len(told.lost), 'paire qui ne l’est plus', 'paires qui ne le sont plus')}. "
        "Les tableaux qui suivent disent qui et quoi."
    )
    svg = draw(
        network_of(both), layout, families_of(both), title="Ce qui a changé", description=alternative,
        legend=_legend(), font=FONT, changes=told,
    )  # fmt: skip
    return Picture(
        svg=svg, alternative=alternative, caption="Trait épais : nouveau lien ; trait brisé : lien perdu."
    )


def _actors_table(caption: str, actors: Sequence[Actor]) -> Table:
    rows = tuple((actor.name, actor.kind, actor.commune or "–") for actor in actors)
    return Table(caption=caption, header=("Acteur", "Type", "Siège"), rows=rows)


def _ties_table(caption: str, register: Register, links: Sequence[Link]) -> Table:
    rows = [
        (
            register.actors[link.source].label,
            link.label,
            register.actors[link.target].label,
            link.about or "–",
        )
        for link in links
    ]
    more = len(rows) - MOST_ROWS
    if more > 0:
        caption = f"{caption} : les {MOST_ROWS} premiers sur {_number(len(rows))}"
    return Table(
        caption=caption, header=("Acteur", "Relation", "Avec", "À propos"), rows=tuple(rows[:MOST_ROWS])
    )


# --- Analysis ---------------------------------------------------------------------------------


def _relays(analysis: Analysis) -> Section:
    ranked = sorted(
        (line for line in analysis.lines.values() if line.betweenness),
        key=lambda line: (-(line.betweenness or 0), line.actor.search_text),
    )
    rows = tuple(
        (
            line.actor.name,
            line.actor.kind,
            _share(line.betweenness),
            "oui" if line.measures.articulation else "non",
        )
        for line in ranked[:FIRST]
    )
    table = Table(
        caption="Les premières passerelles",
        header=("Acteur", "Type", "Part des chemins", "Seul passage pour certains"),
        rows=rows,
        numeric=(2,),
    )
    return Section(
        anchor="passerelles",
        title="Qui relie les autres",
        text=(
            "Une passerelle se trouve sur beaucoup des plus courts chemins entre deux autres acteurs. "
            "Si elle s’en va, des acteurs se perdent de vue. « Seul passage » veut dire que, sans elle, "
            "certains ne pourraient plus s’atteindre du tout."
        ),
        tables=(table,) if rows else (),
        closing=(
            "Ce chiffre ne dit pas qu’un acteur est plus important qu’un autre, ni qu’il fait passer "
            "l’information : seulement qu’il est placé pour le faire, d’après les liens que le registre "
            "connaît."
        ),
    )


def _mixing(material: Material) -> Section:
    now, then = mix_of(material.comparison.after), mix_of(material.comparison.before)
    together = [
        one for one in carried(material.register.actors, material.comparison.after.links) if one.mixed
    ]
    rows = tuple(
        (
            one.actor.name,
            ", ".join(actor.label for actor in one.carriers.get(Sector.PUBLIC, ())),
            ", ".join(actor.label for actor in one.carriers.get(Sector.ASSOCIATIVE, ())),
        )
        for one in together
    )
    tables = [_mixing_table(now)]
    if rows:
        tables.append(
            Table(caption="Portés côte à côte", header=("Dispositif", "Public", "Associatif"), rows=rows)
        )
    return Section(
        anchor="mixite",
        title="Public et associatif",
        text=(
            f"**{_share(now.across)}** des paires reliées unissent deux secteurs différents "
            f"({_share(then.across)} à la date de comparaison). Le coefficient d’assortativité est de "
            f"**{_coefficient(now.assortativity)}** ({_coefficient(then.assortativity)}) : 1 quand chacun "
            f"reste "
            "avec ses semblables, 0 quand les liens se font comme au hasard, négatif quand les secteurs se "
            "cherchent."
        ),
        tables=tuple(tables),
        closing="Ces chiffres disent avec qui l’on est lié, pas qui décide. Avec peu de liens, ils varient "
        "vite.",
    )


def _coefficient(value: float | None) -> str:
    return "–" if value is None else format_number(round(value, 2), "fr")


def _mixing_table(mixing: Mixing) -> Table:
    words = {sector.value: text for sector, text in SECTORS.items()}
    header = ("Secteur", "Acteurs", *(words[value] for value in mixing.values))
    rows = tuple(
        (
            words[one],
            _number(mixing.members[one]),
            *(_number(mixing.pairs[min(one, other), max(one, other)]) for other in mixing.values),
        )
        for one in mixing.values
    )
    return Table(
        caption="Paires reliées, par secteur des deux acteurs",
        header=header,
        rows=rows,
        numeric=tuple(range(1, len(header))),
    )


def _communities(analysis: Analysis) -> Section:
    rows = tuple(
        (
            f"Groupe {group.number}",
            _number(len(group.members)),
            ", ".join(actor.label for actor in group.members[:3]),
            ", ".join(filter(None, (group.theme, group.commune))) or "–",
        )
        for group in analysis.communities
    )
    table = Table(
        caption="Groupes, du plus grand au plus petit",
        header=("Groupe", "Acteurs", "Les plus reliés", "Ce qu’ils ont en commun"),
        rows=rows,
        numeric=(1,),
    )
    return Section(
        anchor="groupes",
        title="Qui travaille avec qui, dans les faits",
        text=(
            "Dans un groupe, les acteurs ont plus de liens entre eux qu’avec les autres. Ces groupes sont "
            "calculés "
            "(méthode de Louvain) ; leurs bords sont flous et personne n’en est membre de droit."
        ),
        tables=(table,) if rows else (),
    )


def _coverage(material: Material) -> Section:
    coverage, words = material.coverage, material.landscape.themes
    rows = tuple(
        (
            words[theme],
            _number(len({doer for place in coverage.columns for doer in coverage.cell(theme, place).doers})),
            _number(len(coverage.columns) - coverage.empty_in_row(theme)),
            _number(coverage.empty_in_row(theme)),
        )
        for theme in coverage.rows
    )
    table = Table(
        caption="Par thème",
        header=("Thème", "Acteurs", "Communes où quelqu’un est connu", "Communes où personne ne l’est"),
        rows=rows,
        numeric=(1, 2, 3),
    )
    return Section(
        anchor="couverture",
        title="Où il manque quelqu’un",
        text=(
            f"Le tableau croise {_some(len(coverage.rows), 'thème', 'thèmes')} et "
            f"{_some(len(coverage.columns), 'commune', 'communes')}. Sont comptés les acteurs qui y ont "
            f"leur siège, "
            "une antenne ou une permanence, et ceux qui disent y travailler."
        ),
        tables=(table,) if rows else (),
        closing="Une case vide veut dire que le registre ne connaît personne, pas qu’il n’y a rien.",
    )


def _alone(analysis: Analysis) -> Section:
    alone = sorted(
        (line.actor for line in analysis.lines.values() if not line.degree),
        key=lambda actor: actor.search_text,
    )
    text = (
        "Tous les acteurs du registre ont au moins un lien connu."
        if not alone
        else f"{_some(len(alone), 'acteur n’a', 'acteurs n’ont')} aucun lien connu. C’est peut-être vrai, "
        f"ou le "
        "registre ne le sait pas encore : chaque ligne est une question à poser."
    )
    return Section(
        anchor="isoles",
        title="Sans lien connu",
        text=text,
        tables=(_actors_table("À rencontrer", alone),) if alone else (),
    )


def _method(material: Material) -> Section:
    return Section(
        anchor="methode",
        title="D’où viennent ces chiffres",
        text=(
            "Tout vient du registre du réseau, tel qu’il était connu le jour où ce rapport a été fait. Les "
            "liens sont "
            "ceux qui ont été déclarés, les projets communs, les lieux d’accueil, les mémorandums cosignés "
            "et les "
            "journées organisées ensemble. Un lien compte à une date s’il avait commencé et n’avait pas "
            "pris fin ; "
            "une date inconnue n’exclut rien.\n\n"
            "Plusieurs relations entre deux mêmes acteurs comptent pour une paire. Les acteurs qui n’ont "
            "pas de lien "
            "connu restent dans les comptes. Aucune personne n’est nommée ni comptée : seulement des "
            "organisations.\n\n"
            "Un réseau de liens ne dit ni la qualité du travail, ni l’importance d’un acteur pour les "
            "personnes."
        ),
        closing=f"Registre : {material.publisher.name}.",
    )


def _threads(part: Part, layout: Layout) -> Threads | None:
    """Return the best tied actors and the ties among them, for the cover."""
    degrees: dict[int, int] = {}
    pairs = {link.pair for link in part.links}
    for pair in pairs:
        for end in pair:
            degrees[end] = degrees.get(end, 0) + 1
    if not degrees:
        return None
    slugs = {actor.id: actor.slug for actor in part.actors}
    tied = sorted(degrees, key=lambda end: (-degrees[end], end))[:MOST_KNOTS]
    index = {end: place for place, end in enumerate(tied)}
    most = degrees[tied[0]]
    return Threads(
        knots=tuple(
            Knot(
                x=layout.positions[slugs[end]][0], y=layout.positions[slugs[end]][1], size=degrees[end] / most
            )
            for end in tied
        ),
        lines=tuple(
            (index[one], index[other]) for one, other in sorted(pairs) if one in index and other in index
        ),
    )
