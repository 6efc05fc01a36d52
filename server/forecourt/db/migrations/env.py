"""Runs migrations for Alembic, on the connection that `forecourt.db.migrate` has opened."""

from alembic import context

from forecourt.db.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
