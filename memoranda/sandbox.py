"""Building a PDF in a process of its own: bounded, without network, ended when told or when late (S5).

Content comes from many people; whatever it makes the layout do, the worker that asked for the PDF
goes on. The child gets a clean environment (no secret, no database address), limits on memory, time
and file size, and tells its progress as lines of JSON on its standard output.
"""

import atexit
import contextlib
import importlib
import json
import os
import resource
import select
import selectors
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TextIO

from memoranda import plain
from memoranda.errors import BuildError, BuildStoppedError, ContentError, Problem
from memoranda.press.store import Store

_ROOT = Path(__file__).resolve().parent.parent
_POLL_SECONDS = 0.2
_MEBIBYTE = 1024 * 1024
# What each kind of document is printed by: a module with `build(document, fonts_folder=…, progress=…)`.
# The document's own class stands in the module that it was imported from.
PRINTERS = {
    "memoranda.content.Edition": "memoranda.pdf",
    "memoranda.directory.content.Directory": "memoranda.directory.pdf",
    "memoranda.report.content.Report": "memoranda.report.pdf",
    "memoranda.minutes.content.Agenda": "memoranda.minutes.pdf",
    "memoranda.minutes.content.Minutes": "memoranda.minutes.pdf",
    "memoranda.certificate.content.Certificates": "memoranda.certificate.pdf",
    "memoranda.form.content.PaperForm": "memoranda.form.pdf",
    "memoranda.mailing.content.Letters": "memoranda.mailing.pdf",
    "memoranda.day.content.Sheets": "memoranda.day.pdf",
    "memoranda.day.content.Badges": "memoranda.day.pdf",
    "memoranda.day.content.Signs": "memoranda.day.pdf",
}
# These are laid out in parts, by processes of their own.
IN_PARTS = {"memoranda.content.Edition", "memoranda.certificate.content.Certificates"}
# Of these nothing is kept between builds: persons' names stand in them.
NOT_KEPT = {"memoranda.certificate.content.Certificates"}
MOST_WORKERS = 4
SPARE_SECONDS = 600
_GAVE_UP = 3
_FORBIDDEN_EVENTS = ("socket.", "subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.fork")


@dataclass(frozen=True, slots=True)
class Limits:
    """What a build may use: seconds on the clock and of CPU, mebibytes of memory and of file."""

    seconds: float = 600
    cpu_seconds: int = 480
    memory_mib: int = 3072
    file_mib: int = 256


PREVIEW = Limits(seconds=60, cpu_seconds=45)


def build_apart(
    document: object,
    *,
    fonts_folder: Path,
    on_progress: Callable[[float, str], None],
    should_stop: Callable[[], bool],
    limits: Limits | None = None,
    store: Path | None = None,
    only: str = "",
) -> bytes:
    """Build the PDF of a document (of a class in `PRINTERS`) in a child process and return it.

    `on_progress` gets the share done (0 to 1) and what is being done, in French. `should_stop` is
    asked several times a second. Of a document in `IN_PARTS` a folder `store` keeps parts between builds, and
    `only` the part of that anchor is printed. Raises `ContentError` and `BuildError` as its printer's `build`
    does, `BuildError` when a limit is reached, `BuildStoppedError` when told to stop.
    """
    limits = limits or Limits()

    def printed(process: subprocess.Popen[str], folder: Path) -> bytes:
        _write_order(folder, document, fonts_folder, limits, store, only)
        _begin(process)
        try:
            for message in messages(process, should_stop, limits.seconds):
                _hear(message, on_progress)
        except TimeoutError as late:
            words = f"La construction du PDF a été arrêtée après {limits.seconds:g} secondes."
            raise BuildError(words) from late
        code = process.wait()
        written = folder / "out.pdf"
        if code == _GAVE_UP:
            raise _GaveUpError(_why(code, folder))
        if code != 0 or not written.is_file():
            raise BuildError(_why(code, folder))
        return written.read_bytes()

    waiting = spares.take()
    if waiting is not None:
        with contextlib.closing(waiting), contextlib.suppress(_GaveUpError):
            return printed(waiting.process, waiting.folder)
    with (
        tempfile.TemporaryDirectory(prefix="paper-") as name,
        child(Path(name), "memoranda.sandbox") as process,
    ):
        return printed(process, Path(name))


def preview_apart(edition: object, anchor: str, *, fonts_folder: Path, store: Path | None = None) -> bytes:
    """Return the PDF of one part of an edition, printed by a child process that has waited for it.

    Another one is made to wait for the next. Raises what `build_apart` does.
    """
    try:
        return build_apart(
            edition, fonts_folder=fonts_folder, on_progress=lambda *_: None, should_stop=lambda: False,
            limits=PREVIEW, store=store, only=anchor,
        )  # fmt: skip
    finally:
        spares.keep("memoranda.sandbox")


def _write_order(  # noqa: PLR0917 - all that a child is told
    folder: Path, document: object, fonts_folder: Path, limits: Limits, store: Path | None, only: str
) -> None:
    kind = f"{type(document).__module__}.{type(document).__qualname__}"
    if kind not in PRINTERS:
        raise TypeError(f"Nothing prints a {kind}.")
    (folder / "document.json").write_text(plain.to_json(document), encoding="utf-8")
    order = {
        "kind": kind,
        "fonts_folder": str(fonts_folder.resolve()),
        "limits": asdict(limits),
        "store": str(store.resolve()) if store else "",
        "only": only,
    }
    (folder / "order.json").write_text(json.dumps(order), encoding="utf-8")


def _begin(process: subprocess.Popen[str]) -> None:
    with contextlib.suppress(BrokenPipeError):  # it has ended; why is asked afterwards
        os.write(process.stdin.fileno(), b"\n")  # type: ignore[union-attr]


class _GaveUpError(BuildError):
    """The child had ended, before it was asked anything."""


class Spare:
    """A child that has loaded its libraries and waits; it ends by itself after some minutes."""

    def __init__(self, module: str) -> None:
        self._stack = contextlib.ExitStack()
        self.folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="paper-")))
        self.process = self._stack.enter_context(child(self.folder, module))

    def close(self) -> None:
        """End the child, and remove its folder."""
        self._stack.close()


class Spares:
    """At most one child that waits, in each of our processes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: Spare | None = None
        self._owner = 0

    def keep(self, module: str) -> None:
        """Have a child wait, if none does."""
        with self._lock:
            if self._is_there():
                return
            self._drop()
            self._waiting, self._owner = Spare(module), os.getpid()

    def take(self) -> Spare | None:
        """Return the child that waits, if there is one; whoever takes it ends it."""
        with self._lock:
            if not self._is_there():
                self._drop()
                return None
            taken, self._waiting = self._waiting, None
            return taken

    def end(self) -> None:
        """End the child that waits."""
        with self._lock:
            self._drop()

    def _is_there(self) -> bool:
        # A process that was forked from ours has no children of its own yet.
        waiting = self._waiting
        return waiting is not None and self._owner == os.getpid() and waiting.process.poll() is None

    def _drop(self) -> None:
        if self._waiting is not None and self._owner == os.getpid():
            self._waiting.close()
        self._waiting = None


spares = Spares()
atexit.register(spares.end)


@contextlib.contextmanager
def child(folder: Path, module: str) -> Iterator[subprocess.Popen[str]]:
    """Start a module as a child that works in a folder; afterwards neither it nor its children are left."""
    environment = {"PYTHONPATH": str(_ROOT), "TMPDIR": str(folder), "HOME": str(folder), "LC_ALL": "C.UTF-8"}
    if "LD_LIBRARY_PATH" in os.environ:
        environment["LD_LIBRARY_PATH"] = os.environ["LD_LIBRARY_PATH"]
    with (folder / "stderr.txt").open("wb") as complaints:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and module, no shell
            [sys.executable, "-m", module, str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=complaints,
            env=environment,
            cwd=folder,
            text=True,
            encoding="utf-8",
            process_group=0,
        )
    with process:
        try:
            yield process
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def messages(
    process: subprocess.Popen[str], should_stop: Callable[[], bool], seconds: float
) -> Iterator[dict[str, Any]]:
    """Yield what the child tells, a line of JSON each, until it ends.

    Raises `BuildStoppedError` when told to stop, `TimeoutError` after so many seconds, `BuildError` if
    it has no output.
    """
    late = time.monotonic() + seconds
    output = process.stdout
    if output is None:
        raise BuildError("La construction du PDF n’a pas pu démarrer.")
    os.set_blocking(output.fileno(), False)
    with selectors.DefaultSelector() as selector:
        selector.register(output, selectors.EVENT_READ)
        rest = b""
        while True:
            if should_stop():
                raise BuildStoppedError("La construction du PDF a été arrêtée.")
            if time.monotonic() > late:
                raise TimeoutError
            if not selector.select(_POLL_SECONDS):
                continue
            piece = os.read(output.fileno(), 65536)
            if not piece:
                return
            *lines, rest = (rest + piece).split(b"\n")
            yield from (json.loads(line) for line in lines)


def _hear(message: dict[str, Any], on_progress: Callable[[float, str], None]) -> None:
    if "share" in message:
        on_progress(float(message["share"]), str(message["words"]))
    elif "problems" in message:
        raise ContentError(tuple(Problem(**problem) for problem in message["problems"]))
    else:
        raise BuildError(str(message["error"]), item=str(message.get("item", "")))


def _why(code: int, folder: Path) -> str:
    """Say why the child ended without a PDF; its last words follow for whoever reads the log."""
    last = (folder / "stderr.txt").read_text(encoding="utf-8", errors="replace").strip().splitlines()[-1:]
    if code < 0:
        return "La construction du PDF a été arrêtée : elle demandait trop de temps ou de mémoire."
    return " ".join(["La construction du PDF s’est interrompue.", *last])


# --- In the child -------------------------------------------------------------------------------


def _main(folder: Path) -> None:
    """Read the order, build, write the PDF; every outcome is told on the standard output."""
    told = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    _await_order()
    order = Order(**json.loads((folder / "order.json").read_text(encoding="utf-8")))
    threading.Thread(target=end_with_parent, daemon=True).start()
    try:
        _build(folder, order, told)
    except ContentError as error:
        tell(told, problems=[asdict(problem) for problem in error.problems])
    except BuildError as error:
        tell(told, error=str(error), item=error.item)
    except MemoryError:
        tell(told, error="La construction du PDF demande trop de mémoire.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a child is to print, as its parent wrote it."""

    kind: str
    fonts_folder: str
    limits: dict[str, Any]
    store: str = ""
    only: str = ""


def _await_order() -> None:
    """Load what every PDF needs while none is asked for yet, then wait; end with the parent, or when late."""
    with contextlib.suppress(OSError):  # without Pango: told once something is to be printed
        importlib.import_module("memoranda.paper")
        importlib.import_module("memoranda.press.desk")
    if not select.select([0], [], [], SPARE_SECONDS)[0] or os.read(0, 1) != b"\n":
        os._exit(_GAVE_UP)


def _build(folder: Path, order: Order, told: TextIO) -> None:
    module, _, name = order.kind.rpartition(".")
    try:
        # Loads Pango, whose absence is an answer of its own.
        printer = importlib.import_module(PRINTERS[order.kind])
    except OSError as error:
        from memoranda import doctor  # noqa: PLC0415 - only then

        raise BuildError(doctor.PANGO_MISSING) from error
    bound(Limits(**order.limits))
    content = getattr(importlib.import_module(module), name)
    document = plain.from_json((folder / "document.json").read_text(encoding="utf-8"), content)

    def progress(share: float, words: str) -> None:
        tell(told, share=share, words=words)

    fonts_folder = Path(order.fonts_folder)
    if order.kind in IN_PARTS:
        sys.addaudithook(refuse_outside)  # its own processes refuse to fork, too
        means: dict[str, Any] = {
            "workers": min(MOST_WORKERS, len(os.sched_getaffinity(0))),
            "bound": lambda: sys.addaudithook(refuse),
        }
        if order.kind not in NOT_KEPT:
            means["store"] = Store(Path(order.store)) if order.store else None
        if order.only:
            try:
                written = printer.preview(document, order.only, fonts_folder=fonts_folder, **means)
            except KeyError as error:
                raise BuildError("Cette partie n’existe pas.", item=order.only) from error
        else:
            written = printer.build(document, fonts_folder=fonts_folder, progress=progress, **means)
    else:
        sys.addaudithook(refuse)
        written = printer.build(document, fonts_folder=fonts_folder, progress=progress)
    (folder / "out.pdf").write_bytes(written)


def bound(limits: Limits) -> None:
    """Lower the limits of this process; loading the libraries, which came before, is not counted."""
    _lower(resource.RLIMIT_AS, limits.memory_mib * _MEBIBYTE)
    _lower(resource.RLIMIT_CPU, limits.cpu_seconds)
    _lower(resource.RLIMIT_FSIZE, limits.file_mib * _MEBIBYTE)
    _lower(resource.RLIMIT_CORE, 0)


def _lower(kind: int, most: int) -> None:
    hard = resource.getrlimit(kind)[1]
    bound = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(kind, (bound, bound))


def refuse(event: str, _arguments: tuple[Any, ...]) -> None:
    """Raise PermissionError for the network and further programs: no PDF needs them."""
    if event.startswith(_FORBIDDEN_EVENTS):
        raise PermissionError(f"Refused while working on a PDF: {event}")


def refuse_outside(event: str, _arguments: tuple[Any, ...]) -> None:
    """Refuse the same but for forking this very program."""
    if event != "os.fork":
        refuse(event, _arguments)


def end_with_parent() -> None:
    """End this process when its standard input closes, that is, when its parent has gone."""
    os.read(0, 1)
    os._exit(_GAVE_UP)


def tell(told: TextIO, **message: Any) -> None:
    """Tell the parent something, as a line of JSON."""
    told.write(json.dumps(message, ensure_ascii=False) + "\n")
    told.flush()


if __name__ == "__main__":
    _main(Path(sys.argv[1]))
