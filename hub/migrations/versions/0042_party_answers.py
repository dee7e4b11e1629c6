"""What parties answer to recommendations."""

import sqlalchemy as sa
from alembic import op

from hub.core.db import UTCDateTime

revision = "0042_party_answers"
down_revision = "0041_unsplit"
branch_labels = None
depends_on = None

STANCES = "'commits', 'partly', 'refuses', 'postpones'"
UNIQUE = (
    ("uq_party_answer_edition", ("edition_id",), "withdrawn_at IS NULL AND edition_id IS NOT NULL"),
    ("uq_party_answer_without_edition", (), "withdrawn_at IS NULL AND edition_id IS NULL"),
)
INDEXED = ("recommendation_id", "organisation_id", "edition_id")


def upgrade() -> None:
    """Make the table; no answer is known so far."""
    op.create_table(
        "party_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("recommendation_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=True),
        sa.Column("stance", sa.String(40), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=False),
        sa.Column("source", sa.String(1000), nullable=False),
        sa.Column("withdrawn_at", UTCDateTime(), nullable=True),
        sa.Column("withdrawn_reason", sa.Text(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_reason = '')",
            name=op.f("ck_party_answer_withdrawn_has_reason"),
        ),
        sa.CheckConstraint(f"stance IN ({STANCES})", name=op.f("ck_party_answer_party_stance")),
        sa.ForeignKeyConstraint(
            ["recommendation_id"], ["recommendation.id"],
            name=op.f("fk_party_answer_recommendation_id_recommendation"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"],
            name=op.f("fk_party_answer_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["edition.id"], name=op.f("fk_party_answer_edition_id_edition")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_party_answer")),
        sqlite_autoincrement=True,
    )  # fmt: skip
    for name in INDEXED:
        op.create_index(f"ix_party_answer_{name}", "party_answer", [name])
    for name, more, where in UNIQUE:
        op.create_index(
            name, "party_answer", ["recommendation_id", "organisation_id", *more, "answered_on"],
            unique=True, sqlite_where=sa.text(where), postgresql_where=sa.text(where),
        )  # fmt: skip


def downgrade() -> None:
    """Forget it."""
    op.drop_table("party_answer")
