"""What the operator has to say to many chats: one text, a row for each of them."""

import hashlib
from collections.abc import Collection, Sequence
from datetime import datetime

from bot.domain.chat import Chat
from bot.domain.delivery import Delivery
from bot.domain.errors import InvalidInput
from bot.ports import Store
from bot.services.post_keys import AnnouncementPost
from bot.services.wakes import DELIVER

# Telegram's 4,096 units are the shortest of the platforms' messages, and nobody reads more.
LONGEST = 3500
# Rows in one transaction; more would hold up whoever delivers.
_CHUNK = 1000


def announcement_of(text: str) -> AnnouncementPost:
    """The name of a text: the same text is the same announcement, and no chat gets it twice.

    Raises:
        InvalidInput: there is nothing to say, or too much.
    """
    said = text.strip()
    if not said:
        raise InvalidInput("There is nothing to announce: the file is empty.")
    if len(said) > LONGEST:
        raise InvalidInput(
            f"The announcement has {len(said)} characters; at most {LONGEST} are read by anybody."
        )
    return AnnouncementPost(hashlib.blake2b(said.encode(), digest_size=10).hexdigest())


async def lacking(
    name: AnnouncementPost, chats: Collection[Chat], store: Store, now: datetime
) -> Sequence[Delivery]:
    """A row for each open chat that was never given this announcement.

    Raises:
        StoreError: the store cannot be read.
    """
    rows = [Delivery(chat.target, name.key, now, now) for chat in chats if chat.open]
    known = set(await store.backlog.known([row.id for row in rows]))
    return [row for row in rows if row.id not in known]


async def announce(
    name: AnnouncementPost, text: str, rows: Sequence[Delivery], store: Store
) -> int:
    """Keep the text and queue the rows; returns how many are new. Doing it again adds nothing.

    Raises:
        StoreError: the store cannot be used; some chats may have their row already.
    """
    if not rows:
        return 0
    await store.announcements.put(name.announcement, text.strip(), now=rows[0].created_at)
    added = 0
    for start in range(0, len(rows), _CHUNK):
        added += await store.outbox.add(rows[start : start + _CHUNK])
    await store.bells.ring(DELIVER)
    return added
