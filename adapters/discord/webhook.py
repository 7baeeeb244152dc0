"""Discord through a channel's webhook, for those who have no bot: sending and editing only.

A webhook takes no nonce (F48), nobody answers its buttons (so only links are shown), and its
address is a secret. The calls are plain HTTP: discord.py's own webhook repeats every 5xx.
"""

import asyncio
import json
from collections.abc import Collection, Mapping, Sequence
from contextlib import AsyncExitStack
from functools import lru_cache
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import aiohttp

from adapters.base import Message, Options, Pace
from adapters.discord.errors import counts_as_invalid, translate
from adapters.discord.exchange import trace, watched
from adapters.discord.forum import thread_name
from adapters.discord.invalid import InvalidRequests
from adapters.discord.message import DiscordMessage
from adapters.discord.options import Hook, WebhookOptions, read_webhook_options
from adapters.discord.render import RENDERED, render
from bot.clock import SystemClock
from bot.domain.delivery_errors import AccessRevoked, ChatGone, ContentRejected, OutcomeUnknown
from bot.domain.post import Post
from bot.domain.target import Receipt, Target
from bot.ports import Clock

# Fifty requests a second for what carries no token, counted by address (Discord API v10, "Global
# Rate Limit"), which others may share; thirty messages a minute to a channel (its staff, not
# documented).
PER_SECOND = 45.0
CHAT_GAP = 2.0


def create(options: Options) -> "WebhookAdapter":
    """The adapter of ``[adapters.discord-webhook]``, or of another table of its kind.

    Raises:
        SettingsError: names every fault of the options.
    """
    return WebhookAdapter(read_webhook_options(options), SystemClock())


class WebhookAdapter:
    """Implements ``adapters.base``'s Adapter, Identified and Editor; an async context manager.

    A target's ``chat`` is a webhook's short name in the options, its ``thread`` a thread's id. For
    a forum the receipt is ``THREAD/MESSAGE``.
    """

    def __init__(self, options: WebhookOptions, clock: Clock) -> None:
        self._options = options
        self.name = options.name
        self._invalid = InvalidRequests(clock)
        self._stack = AsyncExitStack()
        self._render = lru_cache(maxsize=RENDERED)(render)
        self._threads: dict[Target, tuple[str, str]] = {}
        self._http: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._http = await self._stack.enter_async_context(
            aiohttp.ClientSession(trace_configs=[trace()], cookie_jar=aiohttp.DummyCookieJar())
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        await self._stack.aclose()
        self._http = None

    @property
    def identities(self) -> Collection[str]:
        """See ``Identified``: the ids of the webhooks."""
        addresses = (urlsplit(hook.url).path for hook in self._options.hooks.values())
        return {path.split("/webhooks/")[-1].partition("/")[0] for path in addresses}

    def pace(self, target: Target) -> Pace:  # noqa: ARG002 - one for all
        return Pace(per_second=PER_SECOND, chat_gap=CHAT_GAP)

    def render(self, post: Post, *, plain: bool = False) -> Sequence[DiscordMessage]:
        return self._render(post, plain=plain)

    async def send(self, target: Target, message: Message, *, key: str) -> Receipt:  # noqa: ARG002 - see below
        """``key`` is not used: a webhook has no place for it."""
        shown: DiscordMessage = message
        hook = self._hook(target)
        payload = shown.new(actions=False)
        query = {"wait": "true", "with_components": "true"}
        thread = target.thread or self._thread_of(target, shown)
        if thread:
            query["thread_id"] = thread
        elif hook.forum:
            payload["thread_name"] = thread_name(shown)
        answer = await self._call("POST", hook.url, payload, query)
        if not hook.forum or target.thread:
            return Receipt(_id(answer, "id"))
        place = _id(answer, "channel_id")
        self._threads[target] = (shown.title, place)
        return Receipt(f"{place}/{_id(answer, 'id')}")

    async def edit(self, target: Target, message_id: str, message: Message) -> None:
        shown: DiscordMessage = message
        thread, _, own_id = message_id.rpartition("/")
        if not own_id.isdecimal():
            raise ContentRejected("the message to edit has no id")
        query = {"with_components": "true"}
        if place := thread or target.thread:
            query["thread_id"] = place
        url = f"{self._hook(target).url}/messages/{own_id}"
        await self._call("PATCH", url, shown.payload(actions=False), query)

    def _hook(self, target: Target) -> Hook:
        try:
            return self._options.hooks[target.chat]
        except KeyError:
            known = ", ".join(self._options.hooks)
            raise ChatGone(
                f"adapters.{self.name}.hooks has no {target.chat!r}; there is: {known}"
            ) from None

    def _thread_of(self, target: Target, message: DiscordMessage) -> str | None:
        """Where a post's further parts go: the forum's post that its first part has just made."""
        title, thread = self._threads.get(target, ("", ""))
        return thread if message.part and title == message.title else None

    async def _call(
        self, method: str, url: str, payload: Mapping[str, Any], query: Mapping[str, str]
    ) -> Any:
        if self._http is None:
            raise RuntimeError("the adapter is used outside its context")
        self._invalid.check()
        body = json.dumps(payload, separators=(",", ":")).encode()
        headers = {"Content-Type": "application/json"}
        with watched() as attempt:
            try:
                async with (
                    asyncio.timeout(self._options.timeout),
                    self._http.request(
                        method,
                        url,
                        data=body,
                        params=query,
                        headers=headers,
                        allow_redirects=False,
                    ) as response,
                ):
                    if attempt.refusal:
                        raise attempt.refusal
                    return json.loads(await response.read())
            except Exception as error:  # noqa: BLE001 - raised again, translated
                if attempt.refusal and counts_as_invalid(attempt.refusal):
                    self._invalid.count()
                known = translate(error, attempt) or error
                if isinstance(known, AccessRevoked):
                    known = ChatGone("the webhook's address is not accepted: make a new webhook")
                # Without its cause: an exception of aiohttp may hold the address (T5).
                raise known from None


def _id(answer: Any, name: str) -> str:
    try:
        return str(int(answer[name]))
    except (KeyError, TypeError, ValueError):
        raise OutcomeUnknown("Discord's answer names no message") from None
