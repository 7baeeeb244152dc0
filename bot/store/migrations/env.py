"""Alembic's environment: migrations run on the connection, and in the transaction, they are given.

Alembic runs this file by itself. A new revision is written with its programming interface
(``alembic.command.revision``), giving ``connection`` in the configuration's attributes.
"""

from alembic import context

from bot.store.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    # SQLite alters a table by making a new one.
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
