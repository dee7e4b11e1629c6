"""What associations propose of their own record, what is checked, what may be shown."""

import sqlalchemy as sa
from alembic import op

from hub.core.db import UTCDateTime

revision = "0010_ownership"
down_revision = "0009_record"
branch_labels = None
depends_on = None

# What a card showed to everybody before agreements were asked for.
TEXTS = ("description", "phone", "email", "website", "address", "enterprise_number", "founded")
# In words of its own: Alembic can't give SQLite a new column that points to a row, the database can.
ADD_NOTED_BY = (
    "ALTER TABLE organisation ADD COLUMN public_fields_by_id INTEGER "
    "CONSTRAINT fk_organisation_public_fields_by_id_user_account REFERENCES user_account (id)"
)


def upgrade() -> None:
    """Add what may be shown."""
    _add_agreements()


def _add_agreements() -> None:
    op.add_column("organisation", sa.Column("public_fields", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("organisation", sa.Column("public_fields_at", UTCDateTime(timezone=True), nullable=True))
    op.add_column(
        "organisation", sa.Column("agreement", sa.String(length=200), nullable=False, server_default="")
    )
    op.execute(ADD_NOTED_BY)
    _keep_what_is_shown()


def _keep_what_is_shown() -> None:
    """Let each record go on showing what it shows today, and nothing that is filled in later.

    Nobody agreed to it in so many words, so no moment is noted: pages count those records as lacking an
    agreement until it is asked for and given. To hide everything instead would empty a directory that people
    rely on, without a word to them; its contacts were entered as those of organisations.
    """
    record = sa.table(
        "organisation",
        sa.column("id", sa.Integer),
        sa.column("legal_form", sa.String),
        sa.column("languages", sa.JSON),
        sa.column("public_fields", sa.JSON),
        *(sa.column(name) for name in TEXTS),
    )
    served = sa.table("organisation_audience", sa.column("organisation_id", sa.Integer))
    bind = op.get_bind()
    with_audiences = set(bind.scalars(sa.select(served.c.organisation_id)))
    for row in bind.execute(sa.select(record)).all():
        shown = [name for name in TEXTS if getattr(row, name) not in (None, "")]
        shown += ["languages"] if row.languages else []
        shown += ["audiences"] if row.id in with_audiences else []
        shown += ["legal_form"] if row.legal_form != "unknown" else []
        bind.execute(record.update().where(record.c.id == row.id).values(public_fields=shown))


def downgrade() -> None:
    """Take away what `upgrade` added."""
    for name in ("public_fields_by_id", "agreement", "public_fields_at", "public_fields"):
        op.drop_column("organisation", name)
