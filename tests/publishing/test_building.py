"""A build that dies leaves the last good PDF in place and says so; a chapter can be looked at alone."""

import os
import signal
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core.files import Store
from hub.core.jobs import Job, JobState
from hub.core.web import Hub
from hub.publishing.jobs import building
from hub.publishing.models.builds import Build
from hub.publishing.models.editions import Edition
from hub.publishing.operations import composing, content, publication
from memoranda import pages
from memoranda.sandbox import build_apart, spares
from tests.factories import NOW
from tests.publishing import scene

BY: dict[str, Any] = {"actor": scene.ACTOR, "now": NOW}


def built(session: Session, edition: Edition, run_jobs: Callable[[], int]) -> None:
    publication.request_build(session, edition, **BY)
    session.commit()
    run_jobs()
    session.rollback()
    session.expire_all()


def killed_apart(*given: Any, **more: Any) -> bytes:
    """Build as ever, but kill the child as soon as it is under way."""
    tell = more.pop("on_progress")

    def kill(share: float, words: str) -> None:
        tell(share, words)
        if share > 0:
            for path in Path("/proc").glob("[0-9]*/stat"):
                with suppress(OSError):  # others come and go
                    about = path.read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
                    is_build = b"memoranda.sandbox" in path.with_name("cmdline").read_bytes()
                    if is_build and int(about[1]) == os.getpid():  # the tests' database is a child as well
                        os.kill(int(path.parent.name), signal.SIGKILL)

    return build_apart(*given, on_progress=kill, **more)


def test_a_build_that_is_killed_leaves_the_last_good_one_and_says_so(
    session: Session, app: Hub, run_jobs: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    edition = scene.edition(session, {"Logement": 1, "Santé": 1})
    built(session, edition, run_jobs)
    good = session.scalars(select(Build)).one()
    store = Store(Path(app.config["FILES_FOLDER"]))
    before = store.read(good.file.sha256)
    composing.add_chapter(session, edition, "Neuf", **BY)
    monkeypatch.setattr(building, "build_apart", killed_apart)
    composing.write_preamble(
        session, edition, "Autre.", mark=composing.seen(scene.part(session, edition).text), actor="x", now=NOW
    )
    edition_id = edition.id
    built(session, edition, run_jobs)
    job = session.scalars(select(Job).order_by(Job.id.desc())).first()
    assert job is not None
    assert job.state == JobState.FAILED
    assert "temps ou de mémoire" in job.error
    edition = session.get_one(Edition, edition_id)
    assert "temps ou de mémoire" in "".join(edition.build_problems)
    last = session.scalars(select(Build)).one()
    assert last.id == good.id
    assert store.read(last.file.sha256) == before
    # Control: the same content is built as soon as nobody kills it, and parts that were kept are taken.
    monkeypatch.undo()
    heard: list[str] = []
    material = content.gather(session, edition)
    printed = building.print_apart(
        material, store, on_progress=lambda _share, words: heard.append(words), should_stop=lambda: False
    )
    assert pages.count(printed.pdf) >= pages.count(before)
    assert building.press_folder(store).is_dir()


def test_a_chapter_can_be_looked_at_alone(session: Session, app: Hub) -> None:
    edition = scene.edition(session, {"Logement": 1, "Santé": 1})
    material = content.gather(session, edition)
    store = Store(Path(app.config["FILES_FOLDER"]))
    anchor = material.edition.chapters[1].anchor
    try:
        found = pages.of_anchors(building.preview(material, store, anchor))
    finally:
        spares.end()
    assert found[anchor] == 1
    assert material.edition.chapters[0].anchor not in found
