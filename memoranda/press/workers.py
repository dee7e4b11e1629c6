"""Processes that lay out parts, as many at once as there are processors.

They are forked from the one that has loaded WeasyPrint and knows the document, so that nothing is loaded or
sent twice. One that fails, dies or is told to stop ends all of them.
"""

import gc
import json
import os
import selectors
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, NoReturn

from memoranda.errors import BuildError

_FAILED = 4
_MUCH = 200  # mebibytes
Work = Callable[[int, dict[str, Any]], dict[str, Any]]
"""Does the task of that index, with what is said with it, and returns what is to be told."""


class DeadWorkerError(BuildError):
    """A process ended without saying why: killed, or out of memory or time."""


@dataclass(slots=True)
class _Worker:
    pid: int
    orders: int
    answers: int
    rest: bytes = b""
    task: int = -1


@dataclass(slots=True)
class Pool:
    """Processes that do tasks; `names` says in French what each task is."""

    names: Sequence[tuple[str, str]]  # what it is, its anchor
    _workers: list[_Worker] = field(default_factory=list)

    def run(
        self, tasks: Sequence[tuple[int, dict[str, Any]]], on_start: Callable[[int], None]
    ) -> Iterator[tuple[int, dict[str, Any]]]:
        """Do the tasks, in their order but side by side; yield what came of each as it comes."""
        waiting = deque(tasks)
        busy = 0
        with selectors.DefaultSelector() as selector:
            for worker in self._workers:
                selector.register(worker.answers, selectors.EVENT_READ, worker)
                busy += self._give(worker, waiting, on_start)
            while busy:
                for key, _ in selector.select():
                    worker = key.data
                    answer = self._answer(worker)
                    if answer is None:
                        continue
                    task, busy = worker.task, busy - 1
                    busy += self._give(worker, waiting, on_start)
                    yield task, answer

    def _give(self, worker: _Worker, waiting: deque[tuple[int, dict[str, Any]]], on_start: Any) -> int:
        if not waiting:
            return 0
        worker.task, more = waiting.popleft()
        on_start(worker.task)
        line = json.dumps([worker.task, more]).encode() + b"\n"
        try:
            while line:
                line = line[os.write(worker.orders, line) :]
        except BrokenPipeError:
            self._mourn(worker)
        return 1

    def _answer(self, worker: _Worker) -> dict[str, Any] | None:
        piece = os.read(worker.answers, 65536)
        if not piece:
            self._mourn(worker)
        worker.rest += piece
        if not worker.rest.endswith(b"\n"):
            return None
        told, worker.rest = worker.rest, b""
        answer: dict[str, Any] = json.loads(told)
        return answer

    def _mourn(self, worker: _Worker) -> NoReturn:
        name, anchor = self.names[worker.task]
        raise DeadWorkerError(
            f"{name} : la mise en page a été interrompue ; elle demandait trop de temps ou de mémoire.",
            item=anchor,
        )


@contextmanager
def pool(
    size: int, prepare: Callable[[], Work], names: Sequence[tuple[str, str]], *, bound: Callable[[], None]
) -> Iterator[Pool]:
    """Fork so many processes; none is left whatever happens here.

    `prepare` is called in each, once `bound` has bounded it.
    """
    made = Pool(names)
    alive, held = os.pipe()  # nobody writes: it closes when this process ends, however it does
    gc.freeze()  # what is shared stays shared: looking through it would copy it
    try:
        for _ in range(size):
            made._workers.append(_fork(prepare, bound, (alive, held), made._workers))  # noqa: SLF001
        yield made
    finally:
        os.close(alive)
        os.close(held)
        for worker in made._workers:  # noqa: SLF001
            with suppress(ProcessLookupError):
                os.kill(worker.pid, signal.SIGKILL)
            os.waitpid(worker.pid, 0)
            os.close(worker.orders)
            os.close(worker.answers)
        gc.unfreeze()


def _fork(
    prepare: Callable[[], Work], bound: Callable[[], None], parent: tuple[int, int], others: list[_Worker]
) -> _Worker:
    theirs_in, orders = os.pipe()
    answers, theirs_out = os.pipe()
    pid = os.fork()
    if pid:
        os.close(theirs_in)
        os.close(theirs_out)
        return _Worker(pid, orders, answers)
    code = _FAILED
    try:
        alive, held = parent
        for handle in (
            held,
            orders,
            answers,
            *(h for other in others for h in (other.orders, other.answers)),
        ):
            os.close(handle)
        threading.Thread(target=_end_with_parent, args=(alive,), daemon=True).start()
        bound()
        _work(prepare(), theirs_in, theirs_out)
        code = 0
    finally:
        os._exit(code)


def _end_with_parent(alive: int) -> None:
    os.read(alive, 1)
    os._exit(3)


def _work(work: Work, orders: int, answers: int) -> None:
    """Do one task after the other; garbage is looked for between two, and only once there is much."""
    gc.collect()
    gc.freeze()
    gc.disable()
    with os.fdopen(orders, encoding="utf-8") as lines, os.fdopen(answers, "w", encoding="utf-8") as told:
        for line in lines:
            task, more = json.loads(line)
            told.write(json.dumps(work(task, more), ensure_ascii=False) + "\n")
            told.flush()
            if _resident_mebibytes() > _MUCH:
                gc.collect()


def _resident_mebibytes() -> int:
    with suppress(OSError), open("/proc/self/statm", encoding="ascii") as figures:  # noqa: PTH123 - no file
        return int(figures.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 1024**2
    return _MUCH + 1
