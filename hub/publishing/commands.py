"""What the command `maillage memorandum` does."""

from collections.abc import Iterator
from pathlib import Path

from click import ClickException
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core import clock
from hub.core.db import db, reading, writing
from hub.core.files import Store
from hub.core.web import Hub
from hub.publishing.jobs.building import print_apart, problems_of
from hub.publishing.models.builds import Build
from hub.publishing.models.editions import PUBLIC, Edition, EditionState, Memorandum
from hub.publishing.operations import content, publication
from hub.publishing.queries import memoranda as queries
from memoranda.errors import BuildError, ContentError

ACTOR = "Commande maillage"


def build(app: Hub, slug: str, output: Path | None) -> Iterator[str]:
    """Build the PDF of a memorandum's draft, or take its published one; yield what is done, in French.

    `output` is the file to write; without it the PDF is only kept, as the page's button does.
    Raises ClickException, with what is to be mended, where there is no PDF.
    """
    store = Store(Path(app.config["FILES_FOLDER"]))
    with reading(db.engine) as session:
        edition = _edition(session, slug)
        identifier, number = edition.id, edition.number
        material = content.gather(session, edition)
        known = _facts(_known(session, edition, material))
    yield f"Édition {number} : {len(material.edition.items)} recommandations."
    pages, sha256 = known or _print(identifier, material, store)
    yield f"{pages} pages, empreinte {sha256[:12]}."
    if output is not None:
        output.write_bytes(store.read(sha256))
        yield f"Écrit dans {output}."


def _edition(session: Session, slug: str) -> Edition:
    """Return the edition in the making, else the published one."""
    memorandum = session.scalar(select(Memorandum).where(Memorandum.slug == slug))
    if memorandum is None:
        raise ClickException(f"Aucun mémorandum ne porte l’adresse « {slug} ».")
    found = session.scalar(queries.in_work(memorandum)) or session.scalar(
        queries.latest_published(memorandum)
    )
    if found is None or (
        found.state == EditionState.FROZEN and not session.scalar(queries.frozen_build(found))
    ):
        raise ClickException("Le PDF de l’édition gelée se construit. Réessayez dans un instant.")
    return found


def _known(session: Session, edition: Edition, material: content.Material) -> Build | None:
    if edition.state in PUBLIC:
        return session.scalar(queries.published_build(edition))
    if edition.state == EditionState.FROZEN:
        return session.scalar(queries.frozen_build(edition))
    return session.scalar(queries.same_build(edition, material.fingerprint))


def _facts(build: Build | None) -> tuple[int, str] | None:
    return (build.pages, build.file.sha256) if build is not None else None


def _print(identifier: int, material: content.Material, store: Store) -> tuple[int, str]:
    try:
        printed = print_apart(material, store, on_progress=_tell_nobody, should_stop=_never)
    except (BuildError, ContentError, FileNotFoundError) as problem:
        raise ClickException("\n".join(problems_of(problem))) from problem
    with writing(db.engine) as session:
        row = session.get_one(Edition, identifier)
        build = publication.keep(session, store, row, printed, job_id=None, actor=ACTOR, now=clock.now())
        facts = _facts(build)
    if facts is None:
        raise ClickException("L’édition a été publiée entre-temps : rien n’est changé.")
    return facts


def _tell_nobody(_share: float, _words: str) -> None:
    """Stand in for a progress bar: a command is waited for."""


def _never() -> bool:
    return False
