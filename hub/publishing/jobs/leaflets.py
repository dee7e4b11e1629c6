"""Building the PDFs of leaflets, one after the other: what is built stays, even if the next one can't be."""

from pathlib import Path
from typing import Any

from hub.core import clock
from hub.core.files import Store
from hub.core.jobs import JobCancelledError, JobContext, JobFailedError, job
from hub.publishing.jobs import building
from hub.publishing.operations import taken_back, variants
from hub.publishing.operations.content import Material
from hub.publishing.operations.publication import Printed
from hub.publishing.operations.variants import Sheet
from memoranda.content import to_json
from memoranda.errors import BuildError, BuildStoppedError, ContentError
from memoranda.sandbox import build_apart

READ = 2
TRIES = 3  # a testimony may be taken back while its leaflet is printed


@job(variants.AHEAD)
def begin(context: JobContext, *, edition_id: int) -> dict[str, Any]:
    """Begin to build the leaflets that readers of an edition that has just become public will ask for."""
    with context.read() as session:
        names = variants.to_build_ahead(session, building.edition_of(session, edition_id))
    if names:
        with context.write() as session:
            edition = building.edition_of(session, edition_id)
            variants.enqueue_ahead(session, edition, names, now=clock.now())
    return {"leaflets": len(names)}


@job(taken_back.JOB)
def begin_anew(context: JobContext, *, edition_id: int, names: list[str], taken: list[str]) -> dict[str, Any]:
    """Delete the bytes of leaflets that print what was taken back, and begin to build them anew."""
    store = Store(Path(context.info["config"]["FILES_FOLDER"]))
    with context.write() as session:
        edition = building.edition_of(session, edition_id)
        deleted = taken_back.delete_bytes(session, store, edition, taken, now=clock.now())
        taken_back.print_anew(session, edition, names, now=clock.now())
    return {"deleted": deleted}


@job(variants.JOB)
def build(
    context: JobContext, *, edition_id: int, names: list[str], later: list[str] | None = None, before: int = 0
) -> dict[str, Any]:
    """Build leaflets of an edition; the result says how many, and what kept others from being built.

    `later` are those that are built afterwards, each as work of its own: stopping this one stops them.
    `before` is how many were built so until now.
    """
    built, problems = _build(context, edition_id, names)
    with context.write() as session:
        edition = building.edition_of(session, edition_id)
        if later:
            variants.enqueue_ahead(session, edition, later, built=before + built, now=clock.now())
        elif before + built:
            actor = building.actor_of(session, context)
            variants.tell(session, edition, before + built, actor=actor, now=clock.now())
    if problems:
        raise JobFailedError("\n".join(problems))
    return {"built": built}


def _build(context: JobContext, edition_id: int, names: list[str]) -> tuple[int, list[str]]:
    """Build and keep leaflets; return how many, and why others could not be."""
    store = Store(Path(context.info["config"]["FILES_FOLDER"]))
    context.progress(READ, "Lecture de l’édition")
    with context.read() as session:
        sheets = variants.sheets(session, building.edition_of(session, edition_id), names)
    problems: list[str] = []
    built = 0
    for place, sheet in enumerate(sheets):
        try:
            built += _one(context, store, edition_id, sheet, (place, len(sheets)))
        except BuildStoppedError as problem:
            raise JobCancelledError from problem
        except (BuildError, ContentError, FileNotFoundError) as problem:
            title = sheet.edition.variant_title
            problems += [f"{title} : {sentence}" for sentence in building.problems_of(problem)]
    return built, problems


def _one(context: JobContext, store: Store, edition_id: int, sheet: Sheet, place: tuple[int, int]) -> int:
    """Build and keep one leaflet; return 1 if it was built, 0 if it was there already."""
    with context.write() as session:
        if variants.known(session, building.edition_of(session, edition_id), sheet, now=clock.now()):
            return 0
    for _try in range(TRIES):
        printed = print_sheet(context, store, sheet, place)
        with context.write() as session:
            edition = building.edition_of(session, edition_id)
            if not taken_back.is_taken_back(session, edition, sheet):
                if variants.keep(session, store, edition, sheet, printed, now=clock.now()) is None:
                    break
                return 1
            sheet = variants.sheets(session, edition, [sheet.name])[0]
    raise JobCancelledError


def print_sheet(context: JobContext, store: Store, sheet: Sheet, place: tuple[int, int]) -> Printed:
    """Print one leaflet in a child process; `place` says which of how many it is."""
    position, total = place

    def tell(share: float, _words: str) -> None:
        title = sheet.edition.variant_title
        done = READ + (100 - READ) * (position + share) / total
        context.progress(round(done), f"Feuillet {position + 1} sur {total} : {title}")

    material: Material | None = sheet.material
    if material is not None:
        return building.print_apart(material, store, on_progress=tell, should_stop=context.should_stop)
    pdf = build_apart(
        sheet.edition, fonts_folder=building.FONTS, on_progress=tell, should_stop=context.should_stop
    )
    return Printed(pdf, sheet.fingerprint, to_json(sheet.edition), {})
