"""However two hands interleave, every line that was ever confirmed stands in the notes or in a kept text."""

from dataclasses import dataclass, field
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.spaces.models.meetings import AgendaItem
from hub.spaces.models.running import NoteConflict
from hub.spaces.operations import notes
from tests import factories
from tests.conftest import Installation
from tests.spaces.tables import table

NOW = factories.NOW
# Who does what: writes on, reads what is stored, sends again, goes on in the kept text, merges.
ACTS = ("write", "read", "again", "keep on", "merge", "drop")
STEPS = st.lists(st.tuples(st.sampled_from((0, 1)), st.sampled_from(ACTS)), max_size=30)


@dataclass
class Writer:
    """A page: the text that it shows, the version that this text comes from, what it sent last."""

    user: User
    text: str = ""
    base: int = 0
    last: tuple[str, int, str] | None = None
    kept: NoteConflict | None = None
    panels: dict[int, tuple[str, int]] = field(
        default_factory=dict
    )  # texts kept aside, as this page shows them


class Room:
    """Two writers at one point, and all lines that either was told are saved."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.item: AgendaItem = table(session, now=NOW, seats=0, points=1).items[0]
        self.writers = [Writer(factories.coordinator(session)) for _ in range(2)]
        self.confirmed: set[str] = set()
        self.dropped: set[str] = set()
        self.count = 0

    def line(self, writer: Writer) -> str:
        self.count += 1
        return f"{writer.text}\nligne {self.count}.".strip()

    def write(self, writer: Writer) -> None:
        writer.text = self.line(writer)
        writer.last = (writer.text, writer.base, f"k{self.count}")
        self.send(writer, *writer.last)

    def again(self, writer: Writer) -> None:
        if writer.last is not None:
            text, base, key = writer.last
            before = (self.item.notes, len(self.open()))
            notes.save(self.session, self.item, text, base=base, key=key, actor=writer.user, now=NOW)
            assert (self.item.notes, len(self.open())) == before

    def send(self, writer: Writer, text: str, base: int, key: str) -> None:
        saved = notes.save(self.session, self.item, text, base=base, key=key, actor=writer.user, now=NOW)
        self.confirmed |= set(text.splitlines())
        if saved.kept is None:
            writer.base = saved.version
        else:
            writer.kept = saved.kept
            self.read(writer)

    def read(self, writer: Writer) -> None:
        writer.text, writer.base = self.item.notes, self.item.notes_version
        writer.panels = {row.id: (row.text, row.version) for row in self.open()}

    def keep_on(self, writer: Writer) -> None:
        if writer.kept is not None:
            self.count += 1
            text = f"{writer.kept.text}\nligne {self.count}."
            writer.kept = notes.keep_on(self.session, writer.kept, text, actor=writer.user, now=NOW)
            self.confirmed |= set(text.splitlines())

    def merge(self, writer: Writer) -> None:
        """Make one of both, from what this page shows of the notes: it may be old."""
        for number, (kept, seen) in list(writer.panels.items())[:1]:
            conflict = self.session.get_one(NoteConflict, number)
            own = conflict.text if conflict is writer.kept else kept  # one's own goes on under one's hand
            text = "\n".join(dict.fromkeys(f"{writer.text}\n{own}".splitlines())).strip()
            given: dict[str, Any] = {"base": writer.base, "seen": seen, "actor": writer.user, "now": NOW}
            saved = notes.merge(self.session, conflict, text, **given)
            self.confirmed |= set(text.splitlines())
            if saved.kept is None:
                self.read(writer)

    def drop(self, writer: Writer) -> None:
        """Say knowingly that a kept text isn't needed."""
        for number, (kept, seen) in list(writer.panels.items())[:1]:
            conflict = self.session.get_one(NoteConflict, number)
            self.dropped |= set((conflict.text if conflict is writer.kept else kept).splitlines())
            given: dict[str, Any] = {"base": writer.base, "seen": seen, "actor": writer.user, "now": NOW}
            notes.merge(self.session, conflict, None, **given)

    def open(self) -> list[NoteConflict]:
        waiting = select(NoteConflict).where(NoteConflict.resolved_at.is_(None)).order_by(NoteConflict.id)
        return list(self.session.scalars(waiting))

    def check(self) -> None:
        standing = set(self.item.notes.splitlines())
        for conflict in self.open():
            standing |= set(conflict.text.splitlines())
        lost = self.confirmed - standing - self.dropped
        assert not lost, lost


@settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)  # rolled back each time
@given(steps=STEPS)
def test_no_line_that_was_confirmed_is_lost(installation: Installation, steps: list[tuple[int, str]]) -> None:
    with Session(installation.engine) as session:
        room = Room(session)
        for number, step in steps:
            getattr(room, step.replace(" ", "_"))(room.writers[number])
            room.check()
        session.rollback()
