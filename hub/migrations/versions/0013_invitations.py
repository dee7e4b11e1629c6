"""Whom to invite and whom to bring together: what coordinators decided."""

from typing import Any

import sqlalchemy as sa
from alembic import op

import hub.core.db

revision = "0013_invitations"
down_revision = "0012_network"
branch_labels = None
depends_on = None

THINGS = ("space", "event", "campaign", "recommendation")
IN_FORCE = sa.text("replaced_at IS NULL")


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "invitation_choice",
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.Column(f"{thing}_id", sa.Integer(), nullable=True) for thing in THINGS),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        _decision("invitation_decision", "chosen", "set_aside", "later"),
        *_told(),
        sa.CheckConstraint(
            " + ".join(f"CASE WHEN {thing}_id IS NULL THEN 0 ELSE 1 END" for thing in THINGS) + " = 1",
            name=op.f("ck_invitation_choice_one_thing"),
        ),
        sa.CheckConstraint(
            "decision <> 'set_aside' OR length(reason) > 0",
            name=op.f("ck_invitation_choice_set_aside_says_why"),
        ),
        *(
            sa.ForeignKeyConstraint(
                [f"{thing}_id"],
                [f"{thing}.id"],
                name=op.f(f"fk_invitation_choice_{thing}_id_{thing}"),
                ondelete="CASCADE",
            )
            for thing in THINGS
        ),
        _organisation("invitation_choice", "organisation_id"),
        _account("invitation_choice"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation_choice")),
        sqlite_autoincrement=True,
    )
    for thing in THINGS:
        op.create_index(
            f"uq_invitation_choice_{thing}", "invitation_choice", [f"{thing}_id", "organisation_id"],
            unique=True, sqlite_where=IN_FORCE, postgresql_where=IN_FORCE,
        )  # fmt: skip
    op.create_index(op.f("ix_invitation_choice_organisation_id"), "invitation_choice", ["organisation_id"])
    op.create_table(
        "link_choice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("first_id", sa.Integer(), nullable=False),
        sa.Column("second_id", sa.Integer(), nullable=False),
        _decision("link_decision", "proposed", "irrelevant"),
        *_told(),
        sa.CheckConstraint("first_id < second_id", name=op.f("ck_link_choice_lesser_first")),
        _organisation("link_choice", "first_id"),
        _organisation("link_choice", "second_id"),
        _account("link_choice"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link_choice")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "uq_link_choice_pair", "link_choice", ["first_id", "second_id"],
        unique=True, sqlite_where=IN_FORCE, postgresql_where=IN_FORCE,
    )  # fmt: skip
    op.create_index(op.f("ix_link_choice_first_id"), "link_choice", ["first_id"])
    op.create_index(op.f("ix_link_choice_second_id"), "link_choice", ["second_id"])


def _decision(name: str, *words: str) -> sa.Column[str]:
    kind = sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=40)
    return sa.Column("decision", kind, nullable=False)


def _told() -> tuple[sa.Column[Any], ...]:
    moment = hub.core.db.UTCDateTime(timezone=True)
    return (
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_at", moment, nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("replaced_at", moment, nullable=True),
    )


def _organisation(table: str, column: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_organisation")
    return sa.ForeignKeyConstraint([column], ["organisation.id"], name=name)


def _account(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_decided_by_id_user_account")
    return sa.ForeignKeyConstraint(["decided_by_id"], ["user_account.id"], name=name, ondelete="SET NULL")


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("link_choice")
    op.drop_table("invitation_choice")
