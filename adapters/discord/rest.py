"""Single calls to Discord's API, each made once, each fault translated.

The calls go through discord.py's HTTP side, which knows the token and every bucket. It is asked by
route and JSON rather than through ``Messageable.send``: what was rendered (and validated) is then
what is sent, forum posts and crossposts go the same way without a channel object to fetch first,
and no view is kept in memory for each button that was ever sent.
"""

import asyncio
import json as json_
from collections.abc import Coroutine, Mapping
from typing import Any

from discord.http import Route

from adapters.discord.client import Connection
from adapters.discord.courtesy import Courtesy
from adapters.discord.errors import counts_as_invalid, translate
from adapters.discord.exchange import Attempt, watched
from adapters.discord.invalid import InvalidRequests
from bot.domain.delivery_errors import NotDelivered, OutcomeUnknown
from bot.domain.post import Attachment
from bot.ports import Clock

JsonObject = dict[str, Any]
# "Global Rate Limit": interactions' endpoints are exempt from it.
_UNCOUNTED = ("/interactions/", "/webhooks/")
_STARTS = "/threads"


class BotRest:
    """Calls under the bot's token. ``timeout`` is in seconds, for one call with its answer."""

    def __init__(self, connection: Connection, clock: Clock, *, timeout: float) -> None:
        self._connection = connection
        self._invalid = InvalidRequests(clock)
        self._courtesy = Courtesy(clock)
        self._timeout = timeout
        self._held: set[asyncio.Future[Any]] = set()

    async def close(self) -> None:
        """Wait no longer for buckets to be full again."""
        for call in self._held:
            call.cancel()
        await asyncio.gather(*self._held, return_exceptions=True)

    @property
    def backlog(self) -> float:
        """Seconds that calls wait which are no sends (``Courtesy``)."""
        return self._courtesy.backlog

    async def user_id(self) -> str:
        """The bot's own user id."""
        user = (await self._connection.logged_in()).user
        if user is None:
            raise NotDelivered("Discord has not told who we are")
        return str(user.id)

    async def call(
        self,
        method: str,
        path: str,
        *,
        json: JsonObject | list[JsonObject] | None = None,
        query: Mapping[str, Any] | None = None,
        file: Attachment | None = None,
        **ids: str,
    ) -> Any:
        """Make one call and give its answer's JSON. ``ids`` fill the path's braces; a ``file`` goes
        along with the JSON, which names it as its attachment 0.

        Raises:
            DeliveryError: one of its kinds; its cause may be a ``Refusal`` with Discord's code.
        """
        self._invalid.check()
        client = await self._connection.logged_in()
        if not path.startswith(_UNCOUNTED):
            await self._courtesy.turn(beside=method == "GET" or path.endswith(_STARTS))
        given: dict[str, Any] = {"json": json} if json is not None else {}
        if file is not None:
            given = {"form": _form(json, file)}
        if query:
            given["params"] = query
        route = Route(method, path, **ids)
        with watched() as attempt:
            try:
                async with asyncio.timeout(self._timeout):
                    return await self._answer(client.http.request(route, **given), attempt)
            except TimeoutError as error:
                return _answer_in_time(attempt, error, read_only=method == "GET")
            except Exception as error:
                raise self._known(error, attempt, read_only=method == "GET") from error

    async def _answer(self, request: Coroutine[Any, Any, Any], attempt: Attempt) -> Any:
        """Make a call and give its answer when it comes.

        discord.py holds the last one that a bucket allows back until the bucket is full again: some
        five seconds, in which a message that has long arrived would count as being under way.
        Whoever comes next waits for the bucket all the same.
        """
        attempt.answered = asyncio.get_running_loop().create_future()
        call = asyncio.ensure_future(request)
        try:
            await asyncio.wait((call, attempt.answered), return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            call.cancel()
            await asyncio.gather(call, return_exceptions=True)
            raise
        if call.done() or not attempt.body:
            return await call
        try:
            answer = json_.loads(attempt.body)
        except ValueError:
            return await call
        self._held.add(call)
        call.add_done_callback(self._held.discard)
        return answer

    def _known(self, error: Exception, attempt: Attempt, *, read_only: bool) -> Exception:
        if attempt.refusal and counts_as_invalid(attempt.refusal):
            self._invalid.count()
        return translate(error, attempt, read_only=read_only) or error


def _form(json: object, file: Attachment) -> list[dict[str, Any]]:
    """A body with a file ("Uploading Files"), its parts as discord.py takes them."""
    return [
        {"name": "payload_json", "value": json_.dumps(json)},
        {
            "name": "files[0]",
            "value": file.text.encode(),
            "filename": file.name,
            "content_type": "text/plain; charset=utf-8",
        },
    ]


def _answer_in_time(attempt: Attempt, error: TimeoutError, *, read_only: bool) -> Any:
    """The answer, where the time ran out while discord.py waited for the *next* call's turn: it
    does so after the answer has come."""
    if attempt.body is None:
        raise translate(error, attempt, read_only=read_only) or error from error
    try:
        return json_.loads(attempt.body)
    except ValueError as broken:
        raise OutcomeUnknown("the request was taken and the answer is no JSON") from broken
