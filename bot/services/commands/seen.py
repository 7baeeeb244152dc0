"""Which requests were handled already (F41)."""

from collections import OrderedDict

# Ids kept, some 150 bytes each: at Telegram's 100 updates a poll, the last hundred polls.
MOST_SEEN = 10_000


class Seen:
    """Remembers the newest ids of each platform; what is older counts as new again."""

    def __init__(self, *, most: int = MOST_SEEN) -> None:
        self._most = most
        self._ids: OrderedDict[tuple[str, str], None] = OrderedDict()

    def first_time(self, platform: str, request: str) -> bool:
        """Whether this id is new; from now on it is not. An empty id is always new."""
        if not request:
            return True
        if (platform, request) in self._ids:
            return False
        self._ids[platform, request] = None
        if len(self._ids) > self._most:
            self._ids.popitem(last=False)
        return True
