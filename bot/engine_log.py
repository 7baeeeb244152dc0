"""What the engine's library says, made bearable."""

import logging

# Far more than there are; what comes after is as if it were said for the first time.
_MOST_KINDS = 200


class Seldom(logging.Filter):
    """Lets a warning of each kind through once in ``every_s`` seconds.

    While its database is away, DBOS warns of every attempt of every queue: thirty lines a second,
    which say one thing. The kind is what stands before the first colon.
    """

    def __init__(self, every_s: float = 60.0) -> None:
        super().__init__()
        self._every_s = every_s
        self._said: dict[str, float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record is to be seen; what is worse than a warning always is."""
        if record.levelno > logging.WARNING:
            return True
        kind = record.getMessage().partition(":")[0]
        said = self._said.get(kind)
        # A clock that was put back keeps nothing quiet.
        if said is not None and 0 <= record.created - said < self._every_s:
            return False
        if len(self._said) >= _MOST_KINDS:
            self._said.clear()
        self._said[kind] = record.created
        return True
