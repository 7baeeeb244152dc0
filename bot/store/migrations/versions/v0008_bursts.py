"""When a chat was last written to, where its platform lets several messages go at once."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add the column; it is filled as chats are written to."""
    op.add_column("lanes", sa.Column("lately", sa.Text))
