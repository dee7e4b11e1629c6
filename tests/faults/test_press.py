"""What becomes of a build whose processes are killed or stopped: no PDF, a sentence, nothing left."""

import os
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from memoranda import matter, sandbox
from memoranda.content import Edition
from memoranda.errors import BuildError, BuildStoppedError
from memoranda.press.store import Store
from memoranda.sandbox import build_apart, preview_apart
from tests.memoranda import sample

FONTS = Path(__file__).resolve().parents[2] / "hub/static/dist/fonts"
PATIENCE = 20


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder in which everything temporary is made."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def edition() -> Edition:
    return sample.edition(repeat=2)


def processes() -> Iterator[tuple[int, int, int]]:
    """Yield each process that lives: its number, its parent's and its group's."""
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            state, parent, group, *_ = (
                path.read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
            )
            if state not in {"Z", "X"}:
                yield int(path.parent.name), int(parent), int(group)


def children(of: int) -> list[int]:
    """Return the children that print; a database that tests share may be another one."""
    return [number for number, parent, _ in processes() if parent == of and prints(number)]


def prints(number: int) -> bool:
    try:
        return b"memoranda.sandbox" in Path(f"/proc/{number}/cmdline").read_bytes()
    except OSError:
        return False


@pytest.fixture(autouse=True)
def nobody_waits() -> None:
    """End the child that a preview in another file left waiting."""
    sandbox.spares.end()


def ended(group: int) -> bool:
    """Wait until nothing of a group lives any more; say whether that came to be."""
    late = time.monotonic() + PATIENCE
    while any(own == group for *_, own in processes()):
        if time.monotonic() > late:
            return False
        os.sched_yield()
    return True


class Attack:
    """A progress that does something once the second chapter is begun, and remembers the child."""

    def __init__(self, act: Callable[[int], None]) -> None:
        self._act = act
        self.child = 0

    def __call__(self, _share: float, words: str) -> None:
        if words.startswith("Chapitre 2") and not self.child:
            (self.child,) = children(os.getpid())
            self._act(self.child)


def nothing(_child: int) -> None:
    """Leave the child alone."""


def kill(child: int) -> None:
    os.kill(child, signal.SIGKILL)


def kill_workers(child: int) -> None:
    for worker in children(child):
        os.kill(worker, signal.SIGKILL)


def built(edition: Edition, attack: Attack, store: Path, **more: object) -> bytes:
    stops = {"should_stop": lambda: False} | more
    return build_apart(edition, fonts_folder=FONTS, on_progress=attack, store=store, **stops)  # type: ignore[arg-type]


def test_control_a_build_that_is_left_alone_gives_its_pdf_and_leaves_no_process(
    edition: Edition, temporary: Path, tmp_path: Path
) -> None:
    attack = Attack(nothing)
    made = built(edition, attack, tmp_path / "kept")
    assert made == built(edition, Attack(nothing), tmp_path / "other")
    assert ended(attack.child)
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize("act", [kill, kill_workers])
def test_a_build_whose_processes_are_killed_says_so_and_leaves_nothing(
    act: Callable[[int], None], edition: Edition, temporary: Path, tmp_path: Path
) -> None:
    attack = Attack(act)
    with pytest.raises(BuildError, match="temps ou de mémoire") as caught:
        built(edition, attack, tmp_path / "kept")
    if act is kill_workers:
        assert caught.value.item in {part.anchor for part in matter.parts_of(edition)}
    assert ended(attack.child)
    assert list(temporary.iterdir()) == []
    # What was kept until then is whole: the next build goes on from there.
    made = built(edition, Attack(nothing), tmp_path / "kept")
    assert made == built(edition, Attack(nothing), tmp_path / "other")


def test_a_build_that_is_stopped_ends_its_workers(edition: Edition, temporary: Path, tmp_path: Path) -> None:
    attack = Attack(nothing)
    with pytest.raises(BuildStoppedError):
        built(edition, attack, tmp_path / "kept", should_stop=lambda: bool(attack.child))
    assert ended(attack.child)
    assert list(temporary.iterdir()) == []


def test_workers_end_with_the_process_that_asked(edition: Edition, temporary: Path, tmp_path: Path) -> None:
    """Killed outright, the parent can tell nobody: its child and the child's workers see that it has gone."""
    reader, writer = os.pipe()
    parent = os.fork()
    if parent == 0:

        def tell(child: int) -> None:
            os.write(writer, f"{child}\n".encode())

        with suppress(BaseException):
            built(edition, Attack(tell), tmp_path / "kept")
        os._exit(0)
    os.close(writer)
    child = int(os.read(reader, 100))
    os.close(reader)
    assert any(group == child for *_, group in processes())
    os.kill(parent, signal.SIGKILL)
    os.waitpid(parent, 0)
    assert ended(child)
    del temporary


def test_half_of_what_is_kept_is_never_taken_for_a_whole(
    edition: Edition, temporary: Path, tmp_path: Path
) -> None:
    kept = tmp_path / "kept"
    made = built(edition, Attack(nothing), kept)
    assert list(kept.rglob(".*")) == []
    for path in kept.glob("*/*"):
        os.truncate(path, path.stat().st_size // 2)
    assert built(edition, Attack(nothing), kept) == made
    assert Store(kept).get("0" * 64) is None
    del temporary


def test_a_child_that_waits_for_the_next_preview_is_taken_and_ended(
    edition: Edition, temporary: Path
) -> None:
    anchor = edition.chapters[0].anchor
    first = preview_apart(edition, anchor, fonts_folder=FONTS)
    (waiting,) = children(os.getpid())
    assert preview_apart(edition, anchor, fonts_folder=FONTS) == first
    assert ended(waiting)
    # One that was killed while it waited is missed by nobody.
    (waiting,) = children(os.getpid())
    os.kill(waiting, signal.SIGKILL)
    assert ended(waiting)
    assert preview_apart(edition, anchor, fonts_folder=FONTS) == first
    sandbox.spares.end()
    assert children(os.getpid()) == []
    assert list(temporary.iterdir()) == []
    with pytest.raises(BuildError, match="n’existe pas"):
        preview_apart(edition, "nulle-part", fonts_folder=FONTS)
    sandbox.spares.end()
