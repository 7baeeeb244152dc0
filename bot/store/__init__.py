"""The store: SQLAlchemy Core over SQLite or PostgreSQL, and an in-memory fake with its contract.

Nothing here decides what to fetch, summarise or send.
"""
