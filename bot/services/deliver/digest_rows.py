"""Digests in the outbox: what is to be shown for a row, given the rows of the same digest."""

from datetime import datetime

from bot.domain.delivery import Delivery
from bot.domain.errors import InvalidInput
from bot.ports import DeliveryQuery, Outbox
from bot.services.deliver.courses import Family, Show, digest_course, edit_course
from bot.services.digest_reading import papers_of, rows_since
from bot.services.post_keys import DigestPost, EditPost, PostName, read_post_key

# More than a chat gets in the days since a digest began.
_MOST = 10_000


class DigestRows:
    """Finds the course of rows on one platform; ``edits`` is whether it can change messages."""

    def __init__(self, outbox: Outbox, *, edits: bool) -> None:
        self._outbox = outbox
        self._edits = edits

    async def course(self, row: Delivery, now: datetime) -> Show | Delivery:
        """What is to be shown for a row, or what becomes of it instead. Rows that it makes
        superfluous are so afterwards; for one that is no digest's, it is what its key says.

        Raises:
            StoreError: the store cannot be used.
        """
        course = await self._found(row, now)
        if isinstance(course, Delivery):
            return course
        if course.superfluous:
            await self._outbox.save(course.superfluous)
        if course.noted is not None:
            await self._outbox.add([course.noted])
        return course

    async def replaces(self, row: Delivery, now: datetime) -> bool:
        """Whether a row's call changes a message that stands, so that making it again does no
        harm.

        Raises:
            StoreError: the store cannot be read.
        """
        course = await self._found(row, now)
        return isinstance(course, Show) and course.replaces is not None

    async def _found(self, row: Delivery, now: datetime) -> Show | Delivery:
        name = _name_of(row)
        if isinstance(name, DigestPost):
            return digest_course(row, await self._family(name, row))
        if isinstance(name, EditPost):
            family = await self._family(name.digest, row)
            return edit_course(row, family, now, edits=self._edits)
        return Show(row.post_key)

    async def _family(self, digest: DigestPost, row: Delivery) -> Family:
        query = DeliveryQuery(target=row.target, since=rows_since(digest), limit=_MOST)
        found = await self._outbox.find(query)
        edits = [one for one in found if one.post_key.startswith("edit:")]
        own = [one for one in edits if one.post_key.startswith(f"edit:{digest.key}:")]
        messages = [one for one in found if one.post_key == digest.key]
        rows = tuple(one for one in (*messages, *own) if one.id != row.id)
        edited = [one.sent_at for one in edits if one.sent_at is not None]
        return Family(digest, rows, tuple(papers_of(digest, found)), max(edited, default=None))


def _name_of(row: Delivery) -> PostName | None:
    """``None`` for a key that says nothing to us; who composes it says so."""
    try:
        return read_post_key(row.post_key)
    except InvalidInput:
        return None
