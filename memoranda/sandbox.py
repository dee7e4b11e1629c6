"""Building a PDF in a process of its own: bounded, without network, ended when told or when late (S5).

Content comes from many people; whatever it makes the layout do, the worker that asked for the PDF
goes on. The child gets a clean environment (no secret, no database address), limits on memory, time
and file size, and tells its progress as lines of JSON on its standard output.
"""

import contextlib
import importlib
import json
import os
import resource
import selectors
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
    "memoranda.day.content.Sheets": "memoranda.day.pdf",
    "memoranda.day.content.Badges": "memoranda.day.pdf",
    "memoranda.day.content.Signs": "memoranda.day.pdf",
}
_FORBIDDEN_EVENTS = ("socket.", "subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.fork")


@dataclass(frozen=True, slots=True)
class Limits:
    """What a build may use: seconds on the clock and of CPU, mebibytes of memory and of file."""

    seconds: float = 600
    cpu_seconds: int = 480
    memory_mib: int = 3072
    file_mib: int = 256


def build_apart(
    document: object,
    *,
    fonts_folder: Path,
    on_progress: Callable[[float, str], None],
    should_stop: Callable[[], bool],
    limits: Limits | None = None,
) -> bytes:
    """Build the PDF of a document (of a class in `PRINTERS`) in a child process and return it.

    `on_progress` gets the share done (0 to 1) and what is being done, in French. `should_stop` is
    asked several times a second. Raises `ContentError` and `BuildError` as its printer's `build`
    does, `BuildError` when a limit is reached, `BuildStoppedError` when told to stop.
    """
    limits = limits or Limits()
    with tempfile.TemporaryDirectory(prefix="paper-") as name:
        folder = Path(name)
        _write_order(folder, document, fonts_folder, limits)
        with _child(folder) as process:
            _follow(process, on_progress, should_stop, limits.seconds)
            code = process.wait()
        written = folder / "out.pdf"
        if code != 0 or not written.is_file():
            raise BuildError(_why(code, folder))
        return written.read_bytes()


def _write_order(folder: Path, document: object, fonts_folder: Path, limits: Limits) -> None:
    kind = f"{type(document).__module__}.{type(document).__qualname__}"
    if kind not in PRINTERS:
        raise TypeError(f"Nothing prints a {kind}.")
    (folder / "document.json").write_text(plain.to_json(document), encoding="utf-8")
    order = {"kind": kind, "fonts_folder": str(fonts_folder.resolve()), "limits": asdict(limits)}
    (folder / "order.json").write_text(json.dumps(order), encoding="utf-8")


@contextlib.contextmanager
def _child(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """Start the child, and make sure that none is left whatever happens here."""
    environment = {"PYTHONPATH": str(_ROOT), "TMPDIR": str(folder), "HOME": str(folder), "LC_ALL": "C.UTF-8"}
    if "LD_LIBRARY_PATH" in os.environ:
        environment["LD_LIBRARY_PATH"] = os.environ["LD_LIBRARY_PATH"]
    with (folder / "stderr.txt").open("wb") as complaints:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and module, no shell
            [sys.executable, "-m", "memoranda.sandbox", str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=complaints,
            env=environment,
            cwd=folder,
            text=True,
            encoding="utf-8",
        )
    with process:
        try:
            yield process
        finally:
            process.kill()


def _follow(
    process: subprocess.Popen[str],
    on_progress: Callable[[float, str], None],
    should_stop: Callable[[], bool],
    seconds: float,
) -> None:
    """Pass on what the child tells until it ends; raise what it reports, a stop, or lateness."""
    late = time.monotonic() + seconds
    output = process.stdout
    if output is None:
        raise BuildError("La construction du PDF n’a pas pu démarrer.")
    os.set_blocking(output.fileno(), False)
    with selectors.DefaultSelector() as selector:
        selector.register(output, selectors.EVENT_READ)
        rest = ""
        while True:
            if should_stop():
                raise BuildStoppedError("La construction du PDF a été arrêtée.")
            if time.monotonic() > late:
                raise BuildError(f"La construction du PDF a été arrêtée après {seconds:g} secondes.")
            if not selector.select(_POLL_SECONDS):
                continue
            piece = os.read(output.fileno(), 65536)
            if not piece:
                return
            *lines, rest = (rest + piece.decode("utf-8", "replace")).split("\n")
            for line in lines:
                _hear(json.loads(line), on_progress)


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
    order = json.loads((folder / "order.json").read_text(encoding="utf-8"))
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        _build(folder, order["kind"], Path(order["fonts_folder"]), Limits(**order["limits"]), told)
    except ContentError as error:
        _tell(told, problems=[asdict(problem) for problem in error.problems])
    except BuildError as error:
        _tell(told, error=str(error), item=error.item)
    except MemoryError:
        _tell(told, error="La construction du PDF demande trop de mémoire.")


def _build(folder: Path, kind: str, fonts_folder: Path, limits: Limits, told: TextIO) -> None:
    module, _, name = kind.rpartition(".")
    try:
        # Loads Pango, whose absence is an answer of its own.
        printer = importlib.import_module(PRINTERS[kind])
    except OSError as error:
        from memoranda import doctor  # noqa: PLC0415 - only then

        raise BuildError(doctor.PANGO_MISSING) from error
    _bound(limits)
    content = getattr(importlib.import_module(module), name)
    document = plain.from_json((folder / "document.json").read_text(encoding="utf-8"), content)
    sys.addaudithook(_refuse)
    written = printer.build(
        document,
        fonts_folder=fonts_folder,
        progress=lambda share, words: _tell(told, share=share, words=words),
    )
    (folder / "out.pdf").write_bytes(written)


def _bound(limits: Limits) -> None:
    """Lower the limits of this process; loading the libraries, which came before, is not counted."""
    _lower(resource.RLIMIT_AS, limits.memory_mib * _MEBIBYTE)
    _lower(resource.RLIMIT_CPU, limits.cpu_seconds)
    _lower(resource.RLIMIT_FSIZE, limits.file_mib * _MEBIBYTE)
    _lower(resource.RLIMIT_CORE, 0)


def _lower(kind: int, most: int) -> None:
    hard = resource.getrlimit(kind)[1]
    bound = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(kind, (bound, bound))


def _refuse(event: str, _arguments: tuple[Any, ...]) -> None:
    """Refuse the network and further programs: no layout needs them."""
    if event.startswith(_FORBIDDEN_EVENTS):
        raise PermissionError(f"Refused while making a PDF: {event}")


def _end_with_parent() -> None:
    """End this process when its standard input closes, that is, when its parent has gone."""
    os.read(0, 1)
    os._exit(3)


def _tell(told: TextIO, **message: Any) -> None:
    told.write(json.dumps(message, ensure_ascii=False) + "\n")
    told.flush()


if __name__ == "__main__":
    _main(Path(sys.argv[1]))
