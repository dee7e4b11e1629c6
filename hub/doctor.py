"""What an installation lacks, and how to get it."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from hub.core import schema
from hub.core.db import db
from hub.core.web import Hub
from memoranda import doctor as pdf


@dataclass(frozen=True)
class Finding:
    """One thing looked at: well or not, and what to do."""

    is_well: bool
    text: str

    @property
    def line(self) -> str:
        """The finding as a line for the terminal."""
        return f"{'✓' if self.is_well else '✗'} {self.text}"


def examine(app: Hub) -> list[Finding]:
    """Look at the database, the files, the assets, the mail and what PDFs need."""
    return [database(), files(app), assets(app), mail(app), *pdf_needs(app)]


def database() -> Finding:
    """Look whether the database is there and up to date."""
    try:
        current = schema.is_current(db.engine)
    except SQLAlchemyError as problem:
        return Finding(
            is_well=False, text=f"La base de données ne répond pas : {problem.__cause__ or problem}"
        )
    if current:
        return Finding(is_well=True, text=f"Base de données à jour ({db.engine.dialect.name}).")
    return Finding(is_well=False, text="La base de données n’est pas à jour. Lancez : maillage init")


def files(app: Hub) -> Finding:
    """Look whether files can be written."""
    folder = Path(app.config["FILES_FOLDER"])
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".probe"
        probe.write_bytes(b"x")
        probe.unlink()
    except OSError as problem:
        return Finding(
            is_well=False,
            text=f"Le dossier des fichiers {folder} ne peut pas être écrit : {problem.strerror}",
        )
    return Finding(is_well=True, text=f"Dossier des fichiers : {folder}")


def assets(app: Hub) -> Finding:
    """Look whether style sheets and scripts are built."""
    if (Path(app.static_folder or "") / "dist" / "manifest.json").exists():
        return Finding(is_well=True, text="Feuilles de style et scripts construits.")
    return Finding(is_well=False, text="Les feuilles de style et les scripts manquent. Lancez : make setup")


def mail(app: Hub) -> Finding:
    """Look whether mails will leave."""
    if app.config["SMTP_HOST"]:
        if not app.config["MAIL_FROM"]:
            return Finding(is_well=False, text="Il manque l’adresse d’expéditeur des mails : HUB_MAIL_FROM")
        return Finding(
            is_well=True, text=f"Les mails partent par {app.config['SMTP_HOST']}:{app.config['SMTP_PORT']}."
        )
    return Finding(
        is_well=True, text="Pas de serveur SMTP : les mails sont gardés et montrés dans Réglages → Mails."
    )


def pdf_needs(app: Hub) -> list[Finding]:
    """Look whether all is there that makes PDFs."""
    lacking = pdf.missing(Path(app.static_folder or "") / "dist" / "fonts")
    return [Finding(is_well=False, text=text) for text in lacking] or [
        Finding(is_well=True, text="De quoi faire des PDF (Pango) : présent.")
    ]
