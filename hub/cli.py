"""The command `maillage`.

What a command does is imported once the application is there: tables name each other, and only it loads all.
"""

import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from sqlalchemy.exc import DatabaseError, OperationalError

from hub.core.config import ConfigError

if TYPE_CHECKING:
    from hub.core.web import Hub


def application(**overrides: Any) -> "Hub":
    """Return the application, or end with one clear sentence."""
    from hub.app import create_app

    try:
        return create_app(overrides)
    except ConfigError as problem:
        raise click.ClickException(str(problem)) from problem


def ready_application() -> "Hub":
    """Return the application over a database that holds every migration."""
    from hub.core import schema
    from hub.core.db import db

    app = application()
    with app.app_context():
        if not schema.is_current(db.engine):
            raise click.ClickException("La base de données n’est pas à jour. Lancez d’abord : maillage init")
        # No connection may be shared with the processes that the server makes of this one.
        db.engine.dispose()
    return app


def check_port(host: str, port: int) -> None:
    """End with one clear sentence if nobody can listen there."""
    try:
        socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET).close()
    except OSError as problem:
        raise click.ClickException(
            f"Impossible d’écouter sur {host}:{port} ({problem.strerror}). Choisissez un autre port : --port"
        ) from problem


class Commands(click.Group):
    """The commands; a database that is away is said in a sentence, wherever it is noticed."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except DatabaseError as problem:
            # Its other kinds are defects of ours, whose traceback is wanted.
            if type(problem) not in {DatabaseError, OperationalError}:
                raise
            raise click.ClickException(f"La base de données ne répond pas : {problem.orig}") from problem


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="maillage")
def main() -> None:
    """Maillage : le carnet de bord d’un réseau d’associations."""


@main.command()
def init() -> None:
    """Crée la base de données ou la met à jour, avec les données de référence."""
    app = application()
    from hub.actors.operations import reference
    from hub.core import clock, schema
    from hub.core.db import db, writing
    from hub.plans.operations import frames
    from hub.publishing.operations import elections

    with app.app_context():
        try:
            schema.upgrade(db.engine)
        except schema.LaterVersionError as problem:
            raise click.ClickException(
                "La base de données vient d’une version plus récente de Maillage : "
                "mettez d’abord le programme à jour."
            ) from problem
        with writing(db.engine) as session:
            added = reference.load(session) + elections.load_reference(session)
            added += frames.load_reference(session, now=clock.now())
    click.echo(f"La base de données est à jour ({added} données de référence ajoutées).")


@main.command()
@click.argument("email")
@click.argument("name")
def admin(email: str, name: str) -> None:
    """Ajoute un compte d’administration et montre le lien, valable 7 jours, qui l’ouvre."""
    app = ready_application()
    from hub.accounts.models import Role
    from hub.accounts.operations import administration, links
    from hub.core import clock, mail
    from hub.core.db import db, writing
    from hub.core.errors import DomainError

    now = clock.now()
    with app.app_context(), writing(db.engine) as session:
        try:
            user = administration.create(
                session, name=name, email=email, role=Role.ADMINISTRATOR, actor="commande", now=now
            )
        except DomainError as problem:
            raise click.ClickException(str(problem)) from problem
        path = links.invitation_path(session, user, now=now)
    click.echo(mail.absolute(app.config["BASE_URL"], path))


@main.command()
@click.option("--reset", is_flag=True, help="Efface d’abord toutes les données (démonstration seulement).")
@click.option("--large", is_flag=True, help="Ajoute un mémorandum d’essai de 300 pages, entièrement inventé.")
def demo(*, reset: bool, large: bool) -> None:
    """Charge le réseau de démonstration, s’il n’est pas déjà là."""
    app = ready_application()
    from hub.demo import load

    with app.app_context():
        for line in load.run(app, reset=reset, large=large):
            click.echo(line)


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Adresse d’écoute.")
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    default=8000,
    show_default=True,
    envvar="PORT",
    help="Port d’écoute.",
)
@click.option(
    "--threads", default=8, show_default=True, help="Demandes traitées en même temps par un processus."
)
@click.option(
    "--processes",
    type=click.IntRange(1, 64),
    help="Processus qui servent ; sinon un par cœur, quatre au plus.",
)
@click.option("--worker/--no-worker", "with_worker", default=True, help="Fait aussi les travaux de fond.")
def serve(host: str, port: int, threads: int, processes: int | None, *, with_worker: bool) -> None:
    """Sert les pages et, sauf --no-worker, fait les travaux de fond."""
    from hub.server import Server, usual_processes

    app = ready_application()
    check_port(host, port)
    click.echo(f"Maillage est prêt : http://{host}:{port}  (Ctrl+C pour arrêter)")
    Server(
        app, host=host, port=port, threads=threads, with_worker=with_worker,
        processes=processes or usual_processes(),
    ).run()  # fmt: skip


@main.command()
def worker() -> None:
    """Fait les travaux de fond (mails, mémorandums, imports) jusqu’à Ctrl+C."""
    import signal

    from hub.server import JOB_SECONDS, make_worker

    ends = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, ends)
    made = make_worker(ready_application())
    made.start()
    click.echo("Les travaux de fond sont en route (Ctrl+C pour arrêter).")
    signal.sigwait(ends)
    made.stop(seconds=JOB_SECONDS)


@main.command()
def doctor() -> None:
    """Dit ce qui manque à cette installation, et comment l’obtenir."""
    from hub import doctor as checks

    app = application()
    with app.app_context():
        findings = checks.examine(app)
    for finding in findings:
        click.echo(finding.line)
    if any(not finding.is_well for finding in findings):
        sys.exit(1)


@main.command("import")
@click.argument("kind", type=click.Choice(["organisations", "relations"]))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--confirm", is_flag=True, help="Enregistre les lignes sans erreur ; sinon, les montre seulement."
)
def import_file(kind: str, file: Path, *, confirm: bool) -> None:
    """Importe des organisations ou des relations depuis un fichier CSV ou xlsx."""
    app = ready_application()
    from hub.actors import importing

    with app.app_context():
        for line in importing.from_command(app, kind, file, confirm=confirm):
            click.echo(line)


@main.group()
def memorandum() -> None:
    """Les mémorandums."""


@memorandum.command("build")
@click.argument("slug")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Fichier PDF à écrire.")
def build(slug: str, output: Path | None) -> None:
    """Construit le PDF du mémorandum SLUG."""
    app = ready_application()
    from hub.publishing import commands

    with app.app_context():
        for line in commands.build(app, slug, output):
            click.echo(line)


if __name__ == "__main__":
    main()
