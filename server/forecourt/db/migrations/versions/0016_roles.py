"""What an agent may do: their role.

Revision: 0016
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes every agent of before an admin, so that nobody loses anything."""
    op.add_column("agents", sa.Column("role", sa.Text(), nullable=False, server_default="admin"))
