"""Reading the words of a PDF that somebody handed in, in a process of its own (S5, S12).

Such a file may be made to hurt: pages without end, streams that unpack for ever, rings of objects. So a child
reads it, with limits on memory, time, pages and words; whatever becomes of it, the worker goes on.
"""

import json
import logging
import os
import re
import sys
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, TextIO

from memoranda import sandbox
from memoranda.sandbox import Limits

MOST_PAGES = 600
MOST_SIGNS = 4_000_000
MOST_OF_A_PAGE = 100_000
LONGEST_LABEL = 20
LIMITS = Limits(seconds=180, cpu_seconds=150, memory_mib=1024, file_mib=1)
# Control characters but line breaks, and halves of pairs, which no database stores.
UNSTORABLE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


class Unreadable(StrEnum):
    """Why a file can't be read."""

    ENCRYPTED = "encrypted"  # a password is asked
    PAGES = "pages"  # too many
    WORDS = "words"  # too many
    TIME = "time"  # or memory
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Page:
    """The words of a page; `number` counts from 1, `label` is the number that the file gives it, or ""."""

    number: int
    label: str
    text: str


class ReadingError(Exception):
    """The file can't be read; `why` says why."""

    def __init__(self, why: Unreadable) -> None:
        super().__init__(why.value)
        self.why = why


def read_apart(
    content: bytes,
    *,
    on_page: Callable[[int, int], None],
    should_stop: Callable[[], bool],
    limits: Limits = LIMITS,
) -> list[Page]:
    """Return the pages of a PDF, read by a child process.

    `on_page` gets the pages read and how many there are. Raises `ReadingError` for what can't be read or
    reaches a limit, `BuildStoppedError` when told to stop.
    """
    with tempfile.TemporaryDirectory(prefix="reading-") as name:
        folder = Path(name)
        (folder / "document.pdf").write_bytes(content)
        with sandbox.child(folder, "memoranda.reading") as process:
            if process.stdin is None:
                raise ReadingError(Unreadable.TIME)
            process.stdin.write(json.dumps([limits.memory_mib, limits.cpu_seconds, limits.file_mib]) + "\n")
            process.stdin.flush()
            try:
                pages, done = _heard(sandbox.messages(process, should_stop, limits.seconds), on_page)
            except TimeoutError as late:
                raise ReadingError(Unreadable.TIME) from late
    if not done:
        # Ended by the kernel, for time or memory.
        raise ReadingError(Unreadable.TIME)
    return pages


def _heard(messages: Any, on_page: Callable[[int, int], None]) -> tuple[list[Page], bool]:
    """Return the pages that the child tells, and whether it came to the end; nothing it says is unbounded."""
    pages: list[Page] = []
    total = signs = 0
    for message in messages:
        if "problem" in message:
            raise ReadingError(Unreadable(message["problem"]))
        if "pages" in message:
            total = int(message["pages"])
        elif "done" in message:
            return pages, True
        else:
            page = Page(len(pages) + 1, str(message["label"]), str(message["text"]))
            pages.append(page)
            signs += len(page.text)
            if len(pages) > MOST_PAGES:
                raise ReadingError(Unreadable.PAGES)
            if signs > MOST_SIGNS:
                raise ReadingError(Unreadable.WORDS)
            on_page(len(pages), total)
    return pages, False


# --- In the child -------------------------------------------------------------------------------


def _main(folder: Path) -> None:
    """Read the limits, then the file; every outcome is told on the standard output."""
    told = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    memory, cpu, file = json.loads(sys.stdin.readline())
    threading.Thread(target=sandbox.end_with_parent, daemon=True).start()
    import pypdf  # noqa: PLC0415 - loading the library is not counted by the limits

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    sandbox.bound(Limits(cpu_seconds=cpu, memory_mib=memory, file_mib=file))
    sys.addaudithook(sandbox.refuse)
    try:
        _read(pypdf.PdfReader(folder / "document.pdf"), told)
    except ReadingError as problem:
        sandbox.tell(told, problem=problem.why)
    except MemoryError:
        sandbox.tell(told, problem=Unreadable.TIME)
    except Exception:  # noqa: BLE001 - a broken file breaks the library in any way
        sandbox.tell(told, problem=Unreadable.BROKEN)


def _read(reader: Any, told: TextIO) -> None:
    # Many files are locked against changes only: those open without a password.
    if reader.is_encrypted and not reader.decrypt(""):
        raise ReadingError(Unreadable.ENCRYPTED)
    total = len(reader.pages)
    if total > MOST_PAGES:
        raise ReadingError(Unreadable.PAGES)
    sandbox.tell(told, pages=total)
    labels = _labels(reader, total)
    signs = broken = 0
    for page, label in zip(reader.pages, labels, strict=True):
        try:
            text = tidy(page.extract_text())[:MOST_OF_A_PAGE]
        except MemoryError:
            raise
        except Exception:  # noqa: BLE001 - one broken page leaves the others their words
            text, broken = "", broken + 1
        signs += len(text)
        if signs > MOST_SIGNS:
            raise ReadingError(Unreadable.WORDS)
        sandbox.tell(told, label=label, text=text)
    if broken == total:
        raise ReadingError(Unreadable.BROKEN)
    sandbox.tell(told, done=True)


def _labels(reader: Any, total: int) -> list[str]:
    """Return what is printed on each page as its number, as far as the file says so."""
    if "/PageLabels" not in reader.root_object:
        return [""] * total
    labels = [tidy(str(label))[:LONGEST_LABEL] for label in reader.page_labels]
    return labels if len(labels) == total else [""] * total


def tidy(text: str) -> str:
    """Return a text as a database stores it: one kind of line end, no control signs, no outer blanks."""
    lines = UNSTORABLE.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n").replace("\xad", "")).split(
        "\n"
    )
    return "\n".join(re.sub(" +", " ", line).strip() for line in lines).strip()


if __name__ == "__main__":
    _main(Path(sys.argv[1]))
