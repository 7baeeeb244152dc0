"""Discord's faults, as what a delivery can do about them.

FACTS of the table: Discord API v10, "Opcodes and Status Codes"; what discord.py and aiohttp raise
was measured. When in doubt the outcome is unknown.
"""

import json
from collections.abc import Mapping
from typing import Any, cast

import aiohttp
import discord

from adapters.discord.exchange import Attempt, LostAnswer, Refusal
from bot.domain.delivery_errors import (
    AccessRevoked,
    ChatGone,
    ContentRejected,
    DeliveryError,
    NotDelivered,
    OutcomeUnknown,
    RateLimited,
)

# The chat takes nothing from us until a person acts there (F46).
_GONE: Mapping[int, str] = {
    10003: "the channel does not exist (any more)",
    10004: "the server does not exist (any more)",
    10015: "the webhook does not exist (any more)",
    50001: "the bot may not see the channel",
    50007: "this person takes no messages from the bot",
    50008: "the channel takes no messages",
    50013: "the bot may not write in the channel",
    50027: "the webhook's token is not valid (any more)",
    50083: "the thread is archived",
    50278: "this person shares no server with the bot any more",
    160005: "the thread is locked",
    220001: "a forum's webhook needs its style in the webhook's options",
}
# This content is never taken as it is (F52).
_REJECTED: Mapping[int, str] = {
    20009: "explicit content is not sent there",
    50006: "the message is empty",
    50035: "the message has not the form that Discord wants",
    50109: "the message is no valid JSON",
    200000: "AutoMod blocked the message",
    200001: "AutoMod blocked the title",
    240000: "a link in the message is taken for harmful",
}
# Too much of something; seconds to wait where the answer names no time.
_SLOWER: Mapping[int, float] = {
    20016: 30.0,  # slow mode
    20022: 60.0,  # announcement edits
    20028: 10.0,  # writes to the channel
    20029: 10.0,  # writes to the server
    30046: 60.0,  # edits of messages older than an hour
    40062: 10.0,  # a service resource
    130000: 10.0,  # an overloaded API resource
}
UNKNOWN_MESSAGE = 10008
# What a forum says to a message by itself.
NO_MESSAGES = 50008
ALREADY_CROSSPOSTED = 40033
# Cloudflare keeps an address out for minutes to an hour; the first look is after five (F45).
_CLOUDFLARE_WAIT = 300.0
_UNNAMED_WAIT = 5.0
# How long until a bucket that discord.py holds us back for is looked at again.
_BUCKET_WAIT = 5.0


def translate(
    error: Exception, attempt: Attempt, *, read_only: bool = False
) -> DeliveryError | None:
    """What an exception means for the message, ``None`` for a fault of our own.

    A ``read_only`` call leaves nothing behind, so that its outcome is never unknown.
    """
    known = _translate(error, attempt)
    if read_only and isinstance(known, OutcomeUnknown):
        return NotDelivered(f"Discord could not be asked: {known}")
    return known


def _translate(error: Exception, attempt: Attempt) -> DeliveryError | None:
    match error:
        case DeliveryError():
            return error
        case Refusal():
            return verdict(error.status, error.headers, error.body)
        case discord.DiscordException():
            return _from_library(error, attempt)
        case KeyError() if error.args == ("retry_after",):
            # discord.py on a 429 whose body lacks the field.
            return RateLimited("Discord limits the rate", retry_after=_UNNAMED_WAIT)
        case LostAnswer() | aiohttp.ClientError() | OSError() | ValueError():
            return _no_answer(error, attempt)
        case _:
            return None


def _from_library(error: discord.DiscordException, attempt: Attempt) -> DeliveryError | None:
    match error:
        case discord.RateLimited():
            return RateLimited("Discord's bucket is empty", retry_after=error.retry_after)
        case discord.LoginFailure():
            return AccessRevoked(_REVOKED)
        case discord.HTTPException() if attempt.refusal:
            refusal = attempt.refusal
            return verdict(refusal.status, refusal.headers, refusal.body)
        case discord.HTTPException():  # of a call that nobody watched
            body = json.dumps({"code": error.code}).encode() if error.code else b""
            return verdict(error.status, error.response.headers, body)
        case _:
            return None


_REVOKED = "Discord does not accept the bot's token: make a new one and put it into the settings"


def _no_answer(error: Exception, attempt: Attempt) -> DeliveryError:
    what = type(error).__name__
    if isinstance(error, TimeoutError) and not attempt.started:
        return RateLimited("held back for Discord's bucket", retry_after=_BUCKET_WAIT)
    if isinstance(error, aiohttp.ClientConnectorError) or not attempt.left:
        return NotDelivered(f"no connection to Discord ({what})")
    return OutcomeUnknown(f"the request left and no usable answer came ({what})")


def verdict(status: int, headers: Mapping[str, str], body: bytes) -> DeliveryError:  # noqa: PLR0911 - a table
    """What an answer other than success means."""
    answer = _json(body)
    code = answer.get("code", 0) if answer is not None else 0
    if code in _GONE:
        return ChatGone(f"{_GONE[code]} (code {code})")
    if code in _REJECTED:
        return ContentRejected(f"{_REJECTED[code]} (code {code})")
    if code in _SLOWER:
        wait = _retry_after(headers, answer or {}, _SLOWER[code])
        return RateLimited(f"Discord asks for patience (code {code})", retry_after=wait)
    if status in (403, 429) and answer is None:
        wait = _retry_after(headers, {}, _CLOUDFLARE_WAIT)
        return RateLimited(f"Cloudflare keeps us out ({status})", retry_after=wait, everywhere=True)
    if status == 429:
        return _limited(headers, answer or {})
    if status == 401:
        return AccessRevoked(_REVOKED)
    if status >= 500:
        return OutcomeUnknown(f"Discord failed ({status})")
    return _refused(status, code, known=answer is not None)


def _refused(status: int, code: int, *, known: bool) -> DeliveryError:
    said = f"({status}, code {code})"
    if known and status in (403, 404) and code != UNKNOWN_MESSAGE:
        return ChatGone(f"Discord refuses the channel {said}")
    if known or status in (400, 413):
        return ContentRejected(f"Discord refuses the message {said}")
    return NotDelivered(f"not Discord's API? Look at the address in the settings {said}")


def _limited(headers: Mapping[str, str], answer: Mapping[str, Any]) -> RateLimited:
    everywhere = bool(answer.get("global")) or _scope(headers) == "global"
    wait = _retry_after(headers, answer, _UNNAMED_WAIT)
    return RateLimited("Discord limits the rate", retry_after=wait, everywhere=everywhere)


def counts_as_invalid(refusal: Refusal) -> bool:
    """Whether Discord counts the answer among invalid requests (F44, T14).

    "Rate Limits", Invalid Request Limit: 401, 403 and 429, but no 429 of the scope ``shared``.
    """
    if refusal.status == 429:
        return _scope(refusal.headers) != "shared"
    return refusal.status in (401, 403)


def refusal_code(error: DeliveryError) -> int:
    """Discord's own code for what was translated into this error, 0 where there is none."""
    match error.__cause__:
        case Refusal() as refusal:
            return (_json(refusal.body) or {}).get("code", 0)
        case discord.HTTPException() as refused:
            return refused.code
        case _:
            return 0


def _scope(headers: Mapping[str, str]) -> str:
    if "true" in (headers.get("X-RateLimit-Global") or "").lower():
        return "global"
    return (headers.get("X-RateLimit-Scope") or "").lower()


def _retry_after(headers: Mapping[str, str], answer: Mapping[str, Any], default: float) -> float:
    """The longer of what body and header say, in seconds."""
    said = [answer.get("retry_after"), headers.get("Retry-After")]
    seconds = [wait for value in said if (wait := _seconds(value)) is not None]
    return max(seconds, default=default)


def _seconds(value: object) -> float | None:
    try:
        seconds = float(str(value))
    except ValueError:
        return None
    return seconds if 0 <= seconds < float("inf") else None


def _json(body: bytes) -> Mapping[str, Any] | None:
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(answer, dict):
        return None
    known = cast("dict[str, Any]", answer)
    if not isinstance(known.get("code", 0), int):
        known["code"] = 0
    return known
