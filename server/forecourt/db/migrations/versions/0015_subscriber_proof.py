"""How the owner of an address that an agent added to the newsletter agreed, and who added it.

Revision: 0015
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("subscribers", sa.Column("proof", sa.Text(), nullable=False, server_default=""))
    op.add_column("subscribers", sa.Column("added_by", sa.Text(), nullable=False, server_default=""))
    op.create_index("subscribers_by_time", "subscribers", ["site", "confirmed_at", "id"])
