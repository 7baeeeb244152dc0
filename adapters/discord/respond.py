"""The way back to who gave a command on Discord."""

import asyncio
import logging
from collections.abc import Sequence
from typing import Any, Protocol

import discord

from adapters.discord.components import ACTION_PREFIX
from adapters.discord.message import DiscordMessage
from adapters.discord.render import render
from bot.domain.delivery_errors import ContentRejected
from bot.domain.post import Post

_log = logging.getLogger(__name__)

# Discord API v10, "Receiving and Responding": 3 s for the first answer; one is enough to notice
# that it takes longer, and leaves two for the way (F49).
DEFER_AFTER_S = 1.0
_NOBODY = discord.AllowedMentions.none()


class _Renders(Protocol):
    def __call__(self, post: Post, *, plain: bool = False) -> Sequence[DiscordMessage]: ...


class InteractionResponder:
    """Implements ``Responder`` and ``Whisperer`` over one interaction.

    The first ``show`` answers (or, for a pressed button, replaces its message), later ones edit.
    ``defer`` keeps the interaction alive while nothing has been shown; it is good for 15 minutes
    then.
    """

    def __init__(
        self, interaction: "discord.Interaction[Any]", *, pressed: bool, draw: _Renders = render
    ) -> None:
        self._interaction = interaction
        self._pressed = pressed
        self._draw = draw
        self._turn = asyncio.Lock()
        self.shown = False

    async def show(self, post: Post) -> None:
        """Answer, or replace the answer.

        Raises:
            ContentRejected: Discord did not take it, or no longer (F49).
        """
        first, *rest = self._draw(post)
        async with self._turn:
            try:
                await self._put(first)
                for message in rest if not self.shown else ():
                    await self._interaction.followup.send(**_content(message))
            except discord.HTTPException as error:
                raise ContentRejected(_refused(error)) from error
            self.shown = True

    async def whisper(self, text: str) -> None:
        """Words that only who asked can see."""
        async with self._turn:
            try:
                if self._interaction.response.is_done():
                    await self._interaction.followup.send(
                        text, ephemeral=True, allowed_mentions=_NOBODY
                    )
                else:
                    await self._interaction.response.send_message(
                        text, ephemeral=True, allowed_mentions=_NOBODY
                    )
            except discord.HTTPException as error:
                raise ContentRejected(_refused(error)) from error

    async def defer(self) -> None:
        """Say that an answer is on its way, unless there is one already."""
        async with self._turn:
            if not self._interaction.response.is_done():
                try:
                    await self._interaction.response.defer(thinking=not self._pressed)
                except discord.HTTPException as error:
                    _log.warning("an interaction came too late", extra={"code": error.code})

    async def close(self) -> None:
        """End what was begun and not answered: a command that has no answer for now."""
        async with self._turn:
            try:
                if not self._interaction.response.is_done():
                    await self._interaction.response.send_message("⏳", ephemeral=True)
                elif not self.shown and not self._pressed:
                    await self._interaction.delete_original_response()
            except discord.HTTPException as error:
                _log.info("an interaction was left open", extra={"code": error.code})

    async def _put(self, message: DiscordMessage) -> None:
        response = self._interaction.response
        if response.is_done():
            await self._interaction.edit_original_response(**_content(message))
        elif self._pressed:
            await response.edit_message(**_content(message))
        else:
            await response.send_message(**_content(message))


def _content(message: DiscordMessage) -> dict[str, Any]:
    """The same payload in discord.py's objects."""
    content: dict[str, Any] = {"allowed_mentions": _NOBODY}
    if message.content:
        content["content"] = message.content
    if message.embed:
        content["embed"] = discord.Embed.from_dict(message.embed.json())
    if message.buttons:
        content["view"] = _view(message)
    return content


def _view(message: DiscordMessage) -> discord.ui.View:
    view = discord.ui.View(timeout=None)
    for button in message.buttons:
        view.add_item(
            discord.ui.Button(
                label=button.label,
                url=button.url or None,
                custom_id=f"{ACTION_PREFIX}{button.action}" if button.action else None,
            )
        )
    # A stopped view is not kept: presses are read from their key, also after a restart.
    view.stop()
    return view


def _refused(error: discord.HTTPException) -> str:
    return f"Discord did not take the answer (status {error.status}, code {error.code})"
