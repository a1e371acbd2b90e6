"""What a lane has been asked today, why a sweep did not obey robots.txt, and when the clock's jobs last ran."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Step forward; what was written before gets the value it had in truth: nothing counted, robots.txt obeyed."""
    with op.batch_alter_table("lane", schema=None) as lane:
        lane.add_column(sa.Column("day", sa.Text(), nullable=False, server_default=""))
        lane.add_column(sa.Column("requests", sa.Integer(), nullable=False, server_default="0"))
        lane.add_column(sa.Column("received", sa.Integer(), nullable=False, server_default="0"))
        lane.add_column(sa.Column("shut_until", sa.Double(), nullable=False, server_default="0"))
    with op.batch_alter_table("sweep", schema=None) as sweep:
        sweep.add_column(sa.Column("ignored_robots", sa.Text(), nullable=False, server_default=""))
    op.create_table(
        "clock",
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("last_run", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("job", name=op.f("pk_clock")),
    )


def downgrade() -> None:
    """Step back; what the step had brought is lost."""
    op.drop_table("clock")
    with op.batch_alter_table("sweep", schema=None) as sweep:
        sweep.drop_column("ignored_robots")
    with op.batch_alter_table("lane", schema=None) as lane:
        for column in ("shut_until", "received", "requests", "day"):
            lane.drop_column(column)
