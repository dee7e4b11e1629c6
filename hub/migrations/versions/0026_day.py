"""The day itself: several speakers in a part of the programme, sessions that are called off.

Nothing refers to the programme's lines, so their table may be rebuilt on SQLite.
"""

import sqlalchemy as sa
from alembic import op

import hub.core.db

revision = "0026_day"
down_revision = "0025_days"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Name as many speakers as there are; let a session be called off."""
    op.create_table(
        "event_slot_speaker",
        sa.Column("slot_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_event_slot_speaker_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["slot_id"],
            ["event_slot.id"],
            name=op.f("fk_event_slot_speaker_slot_id_event_slot"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("slot_id", "organisation_id", name=op.f("pk_event_slot_speaker")),
    )
    op.create_index(op.f("ix_event_slot_speaker_organisation_id"), "event_slot_speaker", ["organisation_id"])
    named = op.get_bind().execute(
        sa.text("SELECT id, speaker_id FROM event_slot WHERE speaker_id IS NOT NULL")
    )
    rows = [{"slot": slot, "speaker": speaker} for slot, speaker in named]
    op.drop_index(op.f("ix_event_slot_speaker_id"), table_name="event_slot")
    with op.batch_alter_table("event_slot") as batch:
        batch.drop_constraint(op.f("fk_event_slot_speaker_id_organisation"), type_="foreignkey")
        batch.drop_column("speaker_id")
    # After the rebuilding, which drops the old table and what hangs on it.
    if rows:
        op.get_bind().execute(
            sa.text(
                "INSERT INTO event_slot_speaker (slot_id, organisation_id, position) VALUES (:slot, :speaker, 0)"
            ),
            rows,
        )
    op.add_column("event_session", sa.Column("cancelled_at", hub.core.db.UTCDateTime(), nullable=True))


def downgrade() -> None:
    """Keep the first speaker of each line."""
    op.drop_column("event_session", "cancelled_at")
    first = op.get_bind().execute(
        sa.text("SELECT slot_id, organisation_id FROM event_slot_speaker ORDER BY slot_id, position DESC")
    )
    rows = [{"slot": slot, "speaker": speaker} for slot, speaker in dict(tuple(row) for row in first).items()]
    op.drop_table("event_slot_speaker")
    with op.batch_alter_table("event_slot") as batch:
        batch.add_column(sa.Column("speaker_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(
            op.f("fk_event_slot_speaker_id_organisation"), "organisation", ["speaker_id"], ["id"]
        )
    op.create_index(op.f("ix_event_slot_speaker_id"), "event_slot", ["speaker_id"])
    if rows:
        op.get_bind().execute(sa.text("UPDATE event_slot SET speaker_id = :speaker WHERE id = :slot"), rows)
