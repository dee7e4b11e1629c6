"""How the PDF of an edition stands, as its page and the running progress show it."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from hub.core.jobs import Job, JobState
from hub.publishing.models.builds import Build
from hub.publishing.models.editions import IN_COMPOSITION, Edition, EditionState
from hub.publishing.operations import publication
from hub.publishing.queries import memoranda as queries


@dataclass(frozen=True)
class Panel:
    """The PDF at hand, whether the content has changed since, and what runs or went wrong."""

    job: Job | None
    build: Build | None
    is_stale: bool

    @property
    def is_running(self) -> bool:
        """Whether a PDF is being built now."""
        return self.job is not None and not self.job.is_over and not self.job.cancel_requested

    @property
    def was_cancelled(self) -> bool:
        """Whether somebody stopped the last one."""
        job = self.job
        return job is not None and (
            job.state == JobState.CANCELLED or (job.cancel_requested and not job.is_over)
        )

    @property
    def has_failed(self) -> bool:
        """Whether the last one could not be built."""
        return self.job is not None and self.job.state == JobState.FAILED


def panel_of(session: Session, edition: Edition) -> Panel:
    """Return how the PDF of an edition in the making stands."""
    job = publication.current_job(session, edition)
    build = session.scalar(queries.latest_build(edition, is_draft=True))
    if edition.state == EditionState.FROZEN:
        build = session.scalar(queries.frozen_build(edition)) or build
    panel = Panel(job, build, is_stale=False)
    if build is None or panel.is_running or edition.state not in IN_COMPOSITION:
        return panel
    return Panel(job, build, publication.is_stale(session, edition, build))
