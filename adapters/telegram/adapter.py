"""Publishing on Telegram."""

from collections.abc import Collection, Generator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from types import TracebackType
from typing import Any, Self

from telegram import InputFile, LinkPreviewOptions, ReplyParameters
from telegram.constants import ParseMode
from telegram.error import TelegramError

from adapters.base import Fare, Pace
from adapters.telegram.client import TelegramClient
from adapters.telegram.errors import delivery_error, is_unchanged
from adapters.telegram.markup import reply_markup
from adapters.telegram.message import TelegramMessage
from adapters.telegram.options import TelegramOptions
from adapters.telegram.render import render
from adapters.telegram.sales import Sales, free_slot_needed
from bot.domain.delivery_errors import (
    ChatGone,
    ContentRejected,
    DeliveryError,
    OutcomeUnknown,
    RateLimited,
)
from bot.domain.post import Attachment, Post
from bot.domain.target import Receipt, Target

# Telegram permits about 30 messages a second in all, one a second to a chat and 20 a minute to a
# group (Bot API FAQ); of channels it says nothing, and they are known to be no more patient. What
# is left to the limits is room for our own jitter: benchmarks/broadcast.py counts 30 in the worst
# second and no 429 at 0.973 of what is permitted. A 429 for other reasons is waited for.
PER_SECOND = 29.2
# A chat's next message is looked for once its gap is over, and leaves some 20 ms later: that is
# room enough.
PRIVATE_GAP_S = 1.01
GROUP_GAP_S = 3.1
# Paid broadcast (Bot API, sendMessage, ``allow_paid_broadcast``): up to 1,000 a second in all, 0.1
# Stars for each above the free rate that is delivered; for bots with 10,000 Stars and 100,000 users
# a month. What is left to the limit is as above.
PAID_PER_SECOND = 940.0
STARS_EACH = Decimal("0.1")
# A forum's own first topic; messages to it must name none, or the thread is "not found".
_GENERAL_TOPIC = "1"


class TelegramAdapter:
    """Implements Adapter, Identified, Payable and Editor; entered before its first use.

    A target's ``chat`` is a numeric id or a public channel's ``@name``, its ``thread`` a topic's
    ``message_thread_id``. ``client`` is open to whoever listens.
    """

    def __init__(self, options: TelegramOptions) -> None:
        self._options = options
        self.name = options.name
        self._limited: set[str] = set()
        self._sales = Sales(options.name, wanted=options.paid_broadcast)
        self.client = TelegramClient(options)

    async def __aenter__(self) -> Self:
        await self.client.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.client.__aexit__(kind, error, trace)

    @property
    def identities(self) -> Collection[str]:
        """See ``Identified``: a token begins with its bot's id."""
        return (self._options.token.partition(":")[0],)

    def pace(self, target: Target) -> Pace:
        """People have positive ids, groups and channels negative ones or names."""
        private = target.chat.isdecimal()
        return Pace(PER_SECOND, PRIVATE_GAP_S if private else GROUP_GAP_S)

    def render(self, post: Post, *, plain: bool = False) -> Sequence[TelegramMessage]:
        """See ``adapters.telegram.render``."""
        return render(post, plain=plain)

    @property
    def fare(self) -> Fare | None:
        """See ``Payable``; ``None`` also while Telegram refuses to sell."""
        if not self._sales.open:
            return None
        most = int(self._options.most_stars_a_day / STARS_EACH)
        return Fare(PAID_PER_SECOND, STARS_EACH, "Stars", most)

    def charged(self, message: TelegramMessage) -> TelegramMessage:
        """See ``Payable``."""
        return replace(message, paid=True)

    async def send(self, target: Target, message: TelegramMessage, *, key: str) -> Receipt:
        """Send one message. Raises as ``Adapter.send``; Telegram takes no idempotency key.

        One that Telegram will not take for Stars is *limited*, and so are those that hold paid
        slots too: they come back for free ones, and never exceed the free rate (``Sales``).
        """
        if message.paid:
            return await self._buy(target, message, key)
        try:
            receipt = await self._send(target, message)
        except DeliveryError as error:
            self._sales.failed_free(key, error)
            raise
        self._sales.arrived_free(key)
        return receipt

    async def _buy(self, target: Target, message: TelegramMessage, key: str) -> Receipt:
        if not self._sales.open:
            raise free_slot_needed()
        try:
            return await self._send(target, message)
        except ContentRejected as error:
            self._sales.refused(key, error)
            raise free_slot_needed() from error

    async def _send(self, target: Target, message: TelegramMessage) -> Receipt:
        bot, where = self.client.bot, {**_place(target), **self._manner(message)}
        with self._understood(target):
            if message.document is None:
                sent = await bot.send_message(**where, **self._content(message))
            else:
                sent = await bot.send_document(**where, document=_file(message.document))
            return Receipt(str(sent.message_id))

    async def edit(self, target: Target, message_id: str, message: TelegramMessage) -> None:
        """Replace a message; Telegram's "not modified" is success. Raises as ``send``."""
        number = int(message_id)
        with self._understood(target):
            await self.client.bot.edit_message_text(
                chat_id=target.chat, message_id=number, **self._content(message)
            )

    @contextmanager
    def _understood(self, target: Target) -> Generator[None]:
        """What a call fails with becomes ours; an edit that changes nothing has not failed."""
        try:
            yield
        except TelegramError as error:
            if not is_unchanged(error):
                raise self._failure(error, target) from error
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            raise _unreadable() from error
        self._limited.clear()

    def _manner(self, message: TelegramMessage) -> dict[str, Any]:
        """How it arrives, whatever it says."""
        silent = message.follows or message.silent or not self._options.sound
        manner: dict[str, Any] = {"disable_notification": silent or None}
        if message.replies_to:
            manner["reply_parameters"] = ReplyParameters(
                int(message.replies_to), allow_sending_without_reply=True
            )
        if message.paid:
            manner["allow_paid_broadcast"] = True
        return manner

    def _content(self, message: TelegramMessage) -> dict[str, Any]:
        return {
            "text": message.text,
            "parse_mode": ParseMode.HTML if message.html else None,
            "link_preview_options": self._preview(message),
            "reply_markup": reply_markup(message),
        }

    def _preview(self, message: TelegramMessage) -> LinkPreviewOptions:
        """Only the post's own page is ever previewed, never what the text happens to name."""
        if not (message.preview and self._options.preview):
            return LinkPreviewOptions(is_disabled=True)
        return LinkPreviewOptions(url=message.preview, prefer_small_media=True)

    def _failure(self, error: TelegramError, target: Target) -> DeliveryError:
        ours = delivery_error(error)
        if isinstance(ours, RateLimited):
            self._limited.add(target.chat)
            # Telegram does not say whom a limit concerns. One that meets a second chat before
            # anything else got through is taken to be the token's own (F30).
            ours.everywhere = len(self._limited) > 1
        return ours


def _file(document: Attachment) -> InputFile:
    content = document.text.encode(errors="replace")
    return InputFile(content, filename=document.name)


def _place(target: Target) -> dict[str, Any]:
    """Where to, in the API's words.

    Raises:
        ChatGone: the thread is none that Telegram could know.
    """
    place: dict[str, Any] = {"chat_id": target.chat}
    if target.thread and target.thread != _GENERAL_TOPIC:
        if not target.thread.isdecimal():
            raise ChatGone("A topic is named by its message_thread_id, a number. Correct it.")
        place["message_thread_id"] = int(target.thread)
    return place


def _unreadable() -> OutcomeUnknown:
    return OutcomeUnknown("Telegram's answer cannot be read; the message was most likely sent.")
