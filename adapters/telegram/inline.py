"""Inline mode: ``@bot 2309.12307`` in any chat, answered from what is stored."""

from telegram import InlineQueryResultArticle, InputTextMessageContent, LinkPreviewOptions
from telegram.constants import ParseMode
from telegram.error import TelegramError

from adapters.base import Commands, Library
from adapters.telegram.adapter import TelegramAdapter
from adapters.telegram.markup import keyboard
from adapters.telegram.updates import Searched
from bot.domain.command import Suggestion
from bot.domain.post import Post

# Telegram takes up to 50 results; ten fill a phone twice.
MOST_RESULTS = 10
# The store changes all day: half of Telegram's default of 300 s.
_CACHE_S = 150
# Title and description are cut by clients after a line or two; Telegram names no limit.
_TITLE = 200


async def answer_search(adapter: TelegramAdapter, searched: Searched, commands: Commands) -> None:
    """Offer stored entries that go with what was typed. Asks no upstream and no model.

    Raises:
        TelegramError: Telegram did not take the answer.
    """
    results: list[InlineQueryResultArticle] = []
    if isinstance(commands, Library):
        for one in await commands.suggest(searched.command.argument, limit=MOST_RESULTS):
            post = await commands.entry(one.paper_id, searched.command)
            if post is not None and (result := _result(adapter, one, post)) is not None:
                results.append(result)
    try:
        await adapter.client.bot.answer_inline_query(
            searched.query_id, results, cache_time=_CACHE_S, is_personal=True
        )
    except TelegramError as error:
        if "too old" not in error.message.lower():
            raise


def _result(
    adapter: TelegramAdapter, one: Suggestion, post: Post
) -> InlineQueryResultArticle | None:
    """An entry that fits one message; what does not is asked for with /paper."""
    messages = adapter.render(post)
    if len(messages) != 1:
        return None
    (message,) = messages
    preview = LinkPreviewOptions(is_disabled=not message.preview, url=message.preview or None)
    return InlineQueryResultArticle(
        id=one.paper_id[:64],
        title=one.title[:_TITLE],
        description=one.paper_id,
        input_message_content=InputTextMessageContent(
            message.text,
            parse_mode=ParseMode.HTML if message.html else None,
            link_preview_options=preview,
        ),
        # A press of any other button would come without its message.
        reply_markup=keyboard([row for row in message.buttons if row[0].url]),
    )
