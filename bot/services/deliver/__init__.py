"""Delivering: rows of the outbox become messages in chats, each once, at the permitted pace.

``deliverer`` runs one ``lane`` a platform; a lane claims rows, has them ``prepared``, waits for
slots, and makes an ``attempt`` of each; ``answers`` says what a call came to and ``marks`` writes
states. What becomes of a row is decided in ``bot.domain.delivery``, not here. What a post says is
decided by whoever composes it.
"""
