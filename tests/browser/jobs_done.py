"""Do all jobs that are due over the data of HUB_DATA_FOLDER, and end: `python -m tests.browser.jobs_done`."""

from hub.app import create_app
from hub.core.db import db
from hub.core.jobs import run_next
from hub.server import job_info


def main() -> None:
    app = create_app({})
    with app.app_context():
        engine = db.engine
    while run_next(engine, "demonstration", job_info(app)):
        pass


if __name__ == "__main__":
    main()
