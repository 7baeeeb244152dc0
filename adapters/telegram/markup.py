"""What stands under a message, in the library's words."""

from collections.abc import Sequence

from telegram import ForceReply, InlineKeyboardButton, InlineKeyboardMarkup

from adapters.telegram.message import Button, TelegramMessage


def reply_markup(message: TelegramMessage) -> InlineKeyboardMarkup | ForceReply | None:
    """A keyboard, or an open reply; a message has room for one of them (Bot API, sendMessage)."""
    if message.question is None:
        return keyboard(message.buttons)
    return ForceReply(
        selective=message.question.selective or None,
        input_field_placeholder=message.question.placeholder or None,
    )


def keyboard(buttons: Sequence[Sequence[Button]]) -> InlineKeyboardMarkup | None:
    """Buttons as the library wants them."""
    if not buttons:
        return None
    return InlineKeyboardMarkup([[_button(button) for button in row] for row in buttons])


def _button(button: Button) -> InlineKeyboardButton:
    if button.url:
        return InlineKeyboardButton(button.label, url=button.url)
    return InlineKeyboardButton(button.label, callback_data=button.key)
