"""What Sulan does: collect, summarise, compose. Uses ports and domain only, never an SDK."""
