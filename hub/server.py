"""Serving: some processes of threads, and in one of them a worker for jobs."""

import gc
import os
import sys
from typing import Any

from gunicorn.app.base import BaseApplication

from hub.core import mornings, sweeping, web
from hub.core.db import db
from hub.core.jobs import Worker

STOP_SECONDS = 20
MOST_PROCESSES = 4  # more are asked for by who has measured that they serve
SWITCH_SECONDS = 0.0005  # a thread that holds the lock of writing waits less for one that only counts
JOB_SECONDS = 5  # with the requests at hand it makes less than the 10 seconds that supervisors wait


def usual_processes() -> int:
    """Return how many processes serve unless somebody says otherwise: one for each core, some at most."""
    ours = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(ours, MOST_PROCESSES)


def job_info(app: web.Hub) -> dict[str, Any]:
    """Return what jobs need to know of the application."""
    return {"config": dict(app.config), "site": site_of(app)}


def site_of(app: web.Hub) -> Any:
    """Return a function that says what mails say of the network, for work outside a request."""

    def words() -> Any:
        with app.app_context():
            return web.site()

    return words


def make_worker(app: web.Hub) -> Worker:
    """Return a worker over connections of its own."""
    with app.app_context():
        return Worker(db.engine, job_info(app), daily=sweeping.sweep, morning=mornings.begin)


class Server(BaseApplication):  # type: ignore[misc]
    """Gunicorn, set up by the command instead of a file."""

    def __init__(
        self, app: web.Hub, *, host: str, port: int, threads: int, with_worker: bool, processes: int = 1
    ) -> None:
        self.hub = app
        self.settings = {
            "bind": f"{host}:{port}",
            "workers": processes,
            "threads": threads,
            "worker_class": "gthread",
            "timeout": 120,
            "graceful_timeout": STOP_SECONDS,
            "control_socket_disable": True,
            "loglevel": "warning",
            "pre_fork": self.choose,
            "post_worker_init": self.begin,
            "worker_exit": self.end_jobs,
        }
        self.with_worker = with_worker
        self.worker: Worker | None = None
        super().__init__()

    def load_config(self) -> None:
        """Give gunicorn its settings."""
        for name, value in self.settings.items():
            self.cfg.set(name, value)

    def load(self) -> web.Hub:
        """Return the application."""
        return self.hub

    def choose(self, server: Any, worker: Any) -> None:
        """Let one process do the jobs; the one that is made in place of one that died does what that did."""
        worker.does_jobs = self.with_worker and not any(each.does_jobs for each in server.WORKERS.values())

    def begin(self, worker: Any) -> None:
        """Set up a process that serves, and start doing jobs in it if it is the one for them."""
        # What was made at the start stays to the end: looking through it for garbage, again and again, costs
        # a fifth of a request's work.
        gc.collect()
        gc.freeze()
        sys.setswitchinterval(SWITCH_SECONDS)
        if not worker.does_jobs:
            return
        self.worker = make_worker(self.hub)
        self.worker.start()

    def end_jobs(self, _server: object, _worker: object) -> None:
        """Let the job at hand end before the process does, or give it back."""
        if self.worker is not None:
            self.worker.stop(seconds=JOB_SECONDS)
