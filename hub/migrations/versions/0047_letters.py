"""The letter that goes with an edition, who wants no more mails, and how long candidates are kept."""

import sqlalchemy as sa
from alembic import op

from hub.core.db import UTCDateTime

revision = "0047_letters"
down_revision = "0046_lists"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables; candidates are kept for six months after the election."""
    op.create_table(
        "edition_letter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("variant", sa.String(120), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("length(subject) > 0", name=op.f("ck_edition_letter_has_subject")),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["edition.id"], name=op.f("fk_edition_letter_edition_id_edition"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_edition_letter")),
        sa.UniqueConstraint("edition_id", name=op.f("uq_edition_letter_edition_id")),
        sqlite_autoincrement=True,
    )  # fmt: skip
    op.create_table(
        "mail_refusal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("refused_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_refusal")),
        sa.UniqueConstraint("digest", name=op.f("uq_mail_refusal_digest")),
        sqlite_autoincrement=True,
    )
    op.add_column(
        "memorandum", sa.Column("candidate_months", sa.Integer(), nullable=False, server_default="6")
    )


def downgrade() -> None:
    """Take them away."""
    op.drop_column("memorandum", "candidate_months")
    op.drop_table("mail_refusal")
    op.drop_table("edition_letter")
