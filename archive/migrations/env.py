"""Tells Alembic where the tables are described and which database to change."""

from alembic import context
from sqlalchemy import Connection, create_engine

from archive import lane, leaves, pause, pictures, todo  # noqa: F401  (their tables belong to the metadata)
from archive.table import Row


def migrate(connection: Connection) -> None:
    """Run the steps on an open connection, inside its transaction."""
    context.configure(connection=connection, target_metadata=Row.metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()


def online() -> None:
    """Use the connection handed over by archive/vault.py, or the address in alembic.ini."""
    handed = context.config.attributes.get("connection")
    if handed is not None:
        migrate(handed)
        return
    engine = create_engine(context.config.get_main_option("sqlalchemy.url", ""))
    with engine.begin() as connection:
        migrate(connection)
    engine.dispose()


if context.is_offline_mode():
    context.configure(
        url=context.config.get_main_option("sqlalchemy.url"),
        target_metadata=Row.metadata,
        literal_binds=True,
        render_as_batch=True,
    )
    with context.begin_transaction():
        context.run_migrations()
else:
    online()
