"""What people bring, what search pages looked like, what stands in pictures, and platforms that wait for a person."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Step forward; nothing that is there changes."""
    _exhibits("query", sa.Column("url", sa.Text(), nullable=False))
    op.create_table(
        "picture_text",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["sha256"], ["exhibit.sha256"], name=op.f("fk_picture_text_sha256_exhibit")),
        sa.PrimaryKeyConstraint("sha256", "method", name=op.f("pk_picture_text")),
    )
    op.create_table(
        "tip",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("listing_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["listing_id"], ["listing.id"], name=op.f("fk_tip_listing_id_listing")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tip")),
    )
    op.create_index(op.f("ix_tip_listing_id"), "tip", ["listing_id"])
    _exhibits("tip")
    op.create_table(
        "pause",
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("sweep_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.Column("because", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("platform", name=op.f("pk_pause")),
    )


def _exhibits(of: str, *more: sa.Column[str]) -> None:
    op.create_table(
        f"{of}_exhibit",
        sa.Column(f"{of}_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        *more,
        sa.ForeignKeyConstraint([f"{of}_id"], [f"{of}.id"], name=op.f(f"fk_{of}_exhibit_{of}_id_{of}")),
        sa.ForeignKeyConstraint(["sha256"], ["exhibit.sha256"], name=op.f(f"fk_{of}_exhibit_sha256_exhibit")),
        sa.PrimaryKeyConstraint(f"{of}_id", "position", name=op.f(f"pk_{of}_exhibit")),
    )
    op.create_index(op.f(f"ix_{of}_exhibit_sha256"), f"{of}_exhibit", ["sha256"])


def downgrade() -> None:
    """Step back; what people brought is lost from the tables, and stays in the ledger."""
    for table in ("pause", "tip_exhibit", "tip", "picture_text", "query_exhibit"):
        op.drop_table(table)
