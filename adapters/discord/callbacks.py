"""The calls that answer an interaction on Discord."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from adapters.discord.errors import UNKNOWN_MESSAGE, refusal_code
from adapters.discord.rest import BotRest, JsonObject
from bot.domain.delivery_errors import (
    ContentRejected,
    DeliveryError,
    NotDelivered,
    OutcomeUnknown,
    RateLimited,
)
from bot.domain.post import Attachment
from bot.ports import Clock

# "Interaction Callback Type".
MESSAGE, THINKING, WORKING, REPLACE, CHOICES, MODAL = 4, 5, 6, 7, 8, 9
# Error codes: the token is too late, was never one, or has expired (15 min); answered already.
_ENDED = frozenset({10062, 10015, 50027})
_ANSWERED = 40060
_TRIES = 3
_PATIENCE_S = 60.0
_CALLBACK = "/interactions/{webhook_id}/{webhook_token}/callback"
_FOLLOW_UPS = "/webhooks/{webhook_id}/{webhook_token}"
_ONE = _FOLLOW_UPS + "/messages/{message_id}"
ORIGINAL = "@original"


@dataclass(frozen=True, slots=True)
class WayBack:
    """What an interaction is answered by; its token is a secret for 15 minutes."""

    application: str
    interaction: str
    token: str = field(repr=False)


class Callbacks:
    """The calls that answer one interaction, each repeated where repeating cannot double it.

    Once Discord says that it has ended, nothing more is asked.
    """

    def __init__(self, rest: BotRest, clock: Clock, way: WayBack) -> None:
        self._rest = rest
        self._clock = clock
        self._way = way
        self._over = ""

    async def acknowledge(
        self, kind: int, data: JsonObject | None = None, *, file: Attachment | None = None
    ) -> bool:
        """Give the first answer; False where Discord has one already, by an earlier call of ours
        whose answer was lost, say.

        Raises:
            DeliveryError: ``ContentRejected`` where the interaction has ended (F49).
        """
        body = {"type": kind} if data is None else {"type": kind, "data": data}
        try:
            await self._call("POST", _CALLBACK, body, file=file, webhook_id=self._way.interaction)
        except ContentRejected as error:
            if refusal_code(error) != _ANSWERED:
                raise
            return False
        return True

    async def complete(self, choices: Sequence[JsonObject]) -> None:
        """Offer choices to somebody who is typing. Raises as ``acknowledge``."""
        await self.acknowledge(CHOICES, {"choices": list(choices)})

    async def edit(
        self, message: str, payload: JsonObject, *, file: Attachment | None = None
    ) -> None:
        """Replace an answer: the first one (``ORIGINAL``) or a follow-up by its id."""
        await self._call("PATCH", _one(message), payload, file=file, message_id=message)

    async def delete(self, message: str) -> None:
        """Take an answer back; one that is gone is no error."""
        try:
            await self._call("DELETE", _one(message), message_id=message)
        except ContentRejected as error:
            if refusal_code(error) != UNKNOWN_MESSAGE:
                raise

    async def follow_up(self, payload: JsonObject, *, file: Attachment | None = None) -> str:
        """Say something further; gives its id, "" where Discord names none."""
        said = await self._call("POST", _FOLLOW_UPS, payload, file=file)
        try:
            return str(said["id"])
        except (LookupError, TypeError):
            return ""

    async def _call(
        self,
        method: str,
        path: str,
        body: JsonObject | None = None,
        *,
        file: Attachment | None = None,
        **ids: str,
    ) -> Any:
        """Try a few times; a follow-up (the one call that adds) not where its outcome is unknown.

        The first answer may be repeated: Discord takes one alone, and says so.
        """
        for left in reversed(range(_TRIES)):
            try:
                return await self._once(method, path, json=body, file=file, **ids)
            except OutcomeUnknown:
                if not left or path == _FOLLOW_UPS:
                    raise
            except NotDelivered:
                if not left:
                    raise
            except RateLimited as limit:
                if not left or limit.retry_after > _PATIENCE_S:
                    raise
                await self._clock.sleep(limit.retry_after)
        raise AssertionError("the last try returns or raises")

    async def _once(self, method: str, path: str, **given: Any) -> Any:
        if self._over:
            raise ContentRejected(self._over)
        ways = {"webhook_id": self._way.application, "webhook_token": self._way.token}
        parts: dict[str, Any] = {**ways, **given}
        try:
            return await self._rest.call(method, path, **parts)
        except DeliveryError as error:
            if (code := refusal_code(error)) in _ENDED:
                self._over = f"the interaction has ended (code {code})"
                raise ContentRejected(self._over) from error
            raise


def _one(message: str) -> str:
    """The path of an answer. The name of the first one is to stand there unquoted."""
    return _ONE.replace("{message_id}", ORIGINAL) if message == ORIGINAL else _ONE
