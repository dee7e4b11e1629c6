import dataclasses
import importlib.abc
import io
import sys
from pathlib import Path

import pytest

import memoranda
from memoranda import doctor, sandbox
from memoranda.content import Edition
from memoranda.errors import BuildError, BuildStoppedError, ContentError
from memoranda.sandbox import Limits
from tests.memoranda import sample


def never() -> bool:
    return False


def ignore(_share: float, _words: str) -> None:
    """Hear progress and do nothing of it."""


def test_the_child_makes_the_same_bytes_and_tells_its_progress(
    edition: Edition, printed: bytes, progress: list[tuple[float, str]], fonts_folder: Path
) -> None:
    heard: list[tuple[float, str]] = []
    written = sandbox.build_apart(
        edition, fonts_folder=fonts_folder, on_progress=lambda *told: heard.append(told), should_stop=never
    )
    assert written == printed
    assert heard == progress


def test_a_stop_ends_the_build(fonts_folder: Path) -> None:
    heard: list[str] = []
    with pytest.raises(BuildStoppedError):
        sandbox.build_apart(
            sample.edition(repeat=20),
            fonts_folder=fonts_folder,
            on_progress=lambda _share, words: heard.append(words),
            should_stop=lambda: bool(heard),
        )
    assert "PDF terminé" not in heard


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        (Limits(seconds=0.5), "après 0.5 secondes"),
        (Limits(cpu_seconds=1), "trop de temps ou de mémoire"),
        (Limits(memory_mib=60), "mémoire"),
    ],
)
def test_a_build_that_takes_too_much_is_ended(fonts_folder: Path, limits: Limits, words: str) -> None:
    with pytest.raises(BuildError, match=words):
        sandbox.build_apart(
            sample.edition(repeat=40),
            fonts_folder=fonts_folder,
            on_progress=ignore,
            should_stop=never,
            limits=limits,
        )


def test_problems_of_the_content_come_back_with_their_item(fonts_folder: Path) -> None:
    broken = sample.edition()
    chapter = dataclasses.replace(broken.chapters[0], items=(sample.item(7, levels=()),))
    with pytest.raises(ContentError) as caught:
        sandbox.build_apart(
            dataclasses.replace(broken, chapters=(chapter,)),
            fonts_folder=fonts_folder,
            on_progress=ignore,
            should_stop=never,
        )
    assert [problem.item for problem in caught.value.problems] == ["rec-7"]


def test_other_errors_come_back_as_build_errors(tmp_path: Path) -> None:
    with pytest.raises(BuildError, match="Il manque des polices"):
        sandbox.build_apart(sample.edition(), fonts_folder=tmp_path, on_progress=ignore, should_stop=never)


def test_a_lacking_pango_is_said_in_one_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    class WithoutPango(importlib.abc.MetaPathFinder):
        def find_spec(self, name: str, *_rest: object) -> None:
            if name == "memoranda.pdf":
                raise OSError("cannot load library 'libpango-1.0-0'")

    monkeypatch.delitem(sys.modules, "memoranda.pdf", raising=False)
    monkeypatch.delattr(memoranda, "pdf", raising=False)
    monkeypatch.setattr(sys, "meta_path", [WithoutPango(), *sys.meta_path])
    order = sandbox.Order(kind="memoranda.content.Edition", fonts_folder=str(tmp_path), limits={})
    with pytest.raises(BuildError, match="Pango, qui met les PDF en page"):
        sandbox._build(tmp_path, order, io.StringIO())


def test_the_child_refuses_the_network_and_programs() -> None:
    with pytest.raises(PermissionError):
        sandbox.refuse("socket.connect", ())
    with pytest.raises(PermissionError):
        sandbox.refuse("subprocess.Popen", ())
    sandbox.refuse("open", ())


def test_the_doctor_finds_nothing_here_and_names_what_lacks(
    fonts_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert doctor.missing(fonts_folder) == []
    monkeypatch.setattr(doctor, "LIBRARIES", ("libpango-that-is-not-there.so",))
    assert doctor.missing(fonts_folder) == [doctor.PANGO_MISSING]
    assert "NotoNaskhArabic_400Regular.ttf" in doctor.missing(tmp_path)[1]


def test_only_documents_that_something_prints_are_taken(fonts_folder: Path) -> None:
    with pytest.raises(TypeError, match="Nothing prints"):
        sandbox.build_apart("a text", fonts_folder=fonts_folder, on_progress=ignore, should_stop=never)
