"""Stored files: kept by what they hold, described by a row, served by features that check the right (S3)."""

import hashlib
import os
import re
import tempfile
from datetime import datetime, timedelta
from pathlib import Path

from flask import Response, current_app, send_file
from sqlalchemy import CheckConstraint, Column, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from hub.core.db import Base, UTCDateTime

JUST_KEPT = timedelta(hours=1)
NOTHING = hashlib.sha256(b"").hexdigest()


class StoredFile(Base):
    """A file's name and kind; its bytes stand in the store under their SHA-256."""

    __tablename__ = "stored_file"
    __table_args__ = (CheckConstraint("size >= 0", name="size_not_negative"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Store:
    """A folder that holds each content once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, sha256: str) -> Path:
        """Return where that content stands."""
        return self.folder / sha256[:2] / sha256

    def write(self, content: bytes) -> str:
        """Keep the bytes, on disk before this returns (R1), and return their SHA-256."""
        sha256 = hashlib.sha256(content).hexdigest()
        target = self.path(sha256)
        if target.exists():
            os.utime(target)  # whoever deletes it leaves alone what was just kept again
            return sha256
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=target.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(target)
        except OSError:
            Path(name).unlink(missing_ok=True)
            raise
        _sync_folder(target.parent)
        _sync_folder(self.folder)
        return sha256

    def read(self, sha256: str) -> bytes:
        """Return the bytes. Raises FileNotFoundError if they are gone."""
        return self.path(sha256).read_bytes()

    def remove(self, sha256: str, *, now: datetime) -> bool:
        """Delete the bytes unless somebody has just kept them again; return whether they are gone."""
        target = self.path(sha256)
        try:
            if target.stat().st_mtime > (now - JUST_KEPT).timestamp():
                return False
            target.unlink()
        except FileNotFoundError:
            return True
        _sync_folder(target.parent)
        return True


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def keep(
    session: Session, store: Store, content: bytes, name: str, media_type: str, *, now: datetime
) -> StoredFile:
    """Store the bytes and add their row to the transaction; of the name only the last part is kept."""
    row = StoredFile(
        sha256=store.write(content), name=_plain_name(name), media_type=media_type, size=len(content),
        created_at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def discard(session: Session, store: Store, row: StoredFile, *, now: datetime) -> bool:
    """Delete a file that no row refers to; its bytes too where no other file has the same.

    Returns whether its row is deleted. Only for files whose number stands in columns: what keeps it otherwise
    (in JSON, in a job) is not seen.
    """
    for column in _referring():
        if session.scalar(select(column).where(column == row.id).limit(1)) is not None:
            return False
    same = select(StoredFile.id).where(StoredFile.sha256 == row.sha256, StoredFile.id != row.id).limit(1)
    shares = session.scalar(same) is not None
    session.delete(row)
    session.flush()
    if not shares:
        store.remove(row.sha256, now=now)
    return True


def empty(row: StoredFile) -> str:
    """Take a file's bytes out of its row, for what refers to it may not change; return their SHA-256.

    The bytes themselves are deleted afterwards, with `remove_unshared`.
    """
    taken = row.sha256
    row.sha256, row.size = NOTHING, 0
    return taken


def remove_unshared(session: Session, store: Store, sha256: str, *, now: datetime) -> bool:
    """Delete bytes that no file has any more; return whether there is nothing left to delete."""
    shared = session.scalar(select(StoredFile.id).where(StoredFile.sha256 == sha256).limit(1)) is not None
    return shared or store.remove(sha256, now=now)


def _referring() -> list[Column[int]]:
    """Return every column that refers to a stored file."""
    return [
        column
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if any(key.column.table.name == StoredFile.__tablename__ for key in column.foreign_keys)
    ]


def _plain_name(name: str) -> str:
    last = re.split(r"[/\\]", name)[-1]
    return " ".join("".join(sign if sign.isprintable() else " " for sign in last).split())[:200] or "fichier"


def store() -> Store:
    """Return the application's store."""
    return Store(Path(current_app.config["FILES_FOLDER"]))


def answer(row: StoredFile, *, inline: bool = False) -> Response:
    """Send a file, as an attachment unless it is one that we made ourselves (S12)."""
    response = send_file(
        store().path(row.sha256),
        mimetype=row.media_type,
        as_attachment=not inline,
        download_name=row.name,
        etag=row.sha256,
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    # Whoever may see it is asked anew each time, and by no cache that others share (S3).
    response.headers["Cache-Control"] = "private, no-cache"
    return response
