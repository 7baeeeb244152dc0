"""What people write and press, and what they are answered, over real sockets."""

import asyncio
import json

import pytest
from telegram_listening import CHAT, SOMEBODY, Scripted, Staging, asked, until

from adapters.telegram.menu import set_menu
from adapters.telegram.testing import Refusal
from bot.domain.command import MenuEntry
from bot.domain.post import Action
from bot.domain.target import Target


async def test_a_command_is_acknowledged_and_its_answer_edited_in(staged: Staging) -> None:
    async with staged() as stage:
        commands = Scripted()
        stage.server.push(asked("/paper 2309.12307"))
        stage.listen(commands)
        await asyncio.wait_for(commands.done.wait(), 10)
        assert [call.method for call in stage.server.calls if "essage" in call.method] == [
            "sendMessage",
            "editMessageText",
        ]
        assert "Answer to 2309.12307" in stage.server.called("editMessageText")[0].params["text"]


async def test_the_menu_is_set_once_in_each_language(staged: Staging) -> None:
    async with staged() as stage:
        commands = Scripted()
        stage.server.push(asked("/paper 1"))
        stage.listen(commands)
        await asyncio.wait_for(commands.done.wait(), 10)
        sets = stage.server.called("setMyCommands")
        assert [call.params.get("language_code", "") for call in sets] == ["", "en", "zh"]
        await set_menu(stage.bot.client.bot, commands.menu())
        assert len(stage.server.called("setMyCommands")) == 3


async def test_a_menu_that_telegram_would_refuse_keeps_nobody_from_listening(
    staged: Staging,
) -> None:
    async with staged() as stage:
        stage.server.script("setMyCommands", Refusal(400, "Bad Request: BOT_COMMAND_INVALID"))
        tables = {"zh-Hant": "論文", "de": "x" * 300, "en": ""}
        entries = [MenuEntry("paper", tables), MenuEntry("Bad-Name", tables)]
        await set_menu(
            stage.bot.client.bot,
            [*entries, *(MenuEntry(f"c{number}", tables) for number in range(120))],
        )
        sets = stage.server.called("setMyCommands")
        assert [call.params.get("language_code", "") for call in sets] == ["", "de", "en"]
        lists = [json.loads(call.params["commands"]) for call in sets]
        assert {len(each) for each in lists} == {100}
        assert [each[0]["description"] for each in lists] == ["paper", "x" * 256, "paper"]
        await set_menu(stage.bot.client.bot, [])
        await set_menu(stage.bot.client.bot, [MenuEntry("paper", {})])
        assert len(stage.server.called("setMyCommands")) == 3


async def test_a_button_replaces_its_message_and_stops_spinning(staged: Staging) -> None:
    async with staged() as stage:
        commands = Scripted()
        message = stage.server.state.call("sendMessage", {"chat_id": "7", "text": "old"})
        query = {"id": "9", "from": SOMEBODY, "chat_instance": "1", "data": "entry:en:1"}
        stage.server.push({"callback_query": {**query, "message": message}})
        stage.listen(commands)
        await until(lambda: bool(stage.server.called("answerCallbackQuery")))
        assert commands.pressed == ["entry:en:1"]
        assert "In English" in stage.server.called("editMessageText")[0].params["text"]


async def test_a_button_that_changes_nothing_stops_spinning_too(staged: Staging) -> None:
    async with staged() as stage:
        message = stage.server.state.call("sendMessage", {"chat_id": "7", "text": "old"})
        query = {"id": "9", "from": SOMEBODY, "chat_instance": "1", "data": "ignored"}
        stage.server.push({"callback_query": {**query, "message": message}})
        stage.listen(Scripted())
        await until(lambda: bool(stage.server.called("answerCallbackQuery")))


async def test_a_heading_between_buttons_does_nothing_and_stops_spinning(staged: Staging) -> None:
    async with staged() as stage:
        commands = Scripted()
        message = stage.server.state.call("sendMessage", {"chat_id": "7", "text": "old"})
        query = {"id": "9", "from": SOMEBODY, "chat_instance": "1", "data": "-"}
        stage.server.push({"callback_query": {**query, "message": message}})
        stage.listen(commands)
        await until(lambda: bool(stage.server.called("answerCallbackQuery")))
        assert commands.pressed == []


async def test_inline_mode_answers_from_what_is_stored(staged: Staging) -> None:
    async with staged() as stage:
        query = {"id": "8", "from": SOMEBODY, "query": "2309", "offset": ""}
        stage.server.push({"inline_query": query})
        stage.listen(Scripted())
        await until(lambda: bool(stage.server.called("answerInlineQuery")))
        (result,) = json.loads(stage.server.called("answerInlineQuery")[0].params["results"])
        assert (result["id"], result["title"]) == ("2309.12307", "LongLoRA")
        assert "Entry 2309.12307" in result["input_message_content"]["message_text"]
        # Only what works in a chat that the bot is not in.
        keyboard = result["reply_markup"]["inline_keyboard"]
        assert keyboard == [[{"text": "arXiv", "url": "https://arxiv.org/abs/2309.12307"}]]


async def test_f32_a_chat_that_takes_us_back_is_resumed_without_a_word(staged: Staging) -> None:
    async with staged() as stage:
        commands = Scripted()
        member = {"status": "member", "user": SOMEBODY}
        change = {"chat": CHAT, "from": SOMEBODY, "date": 1, "old_chat_member": member}
        stage.server.push({"my_chat_member": {**change, "new_chat_member": member}})
        stage.listen(commands)
        await asyncio.wait_for(commands.done.wait(), 10)
        assert commands.heard[0].name == "start"
        assert stage.server.called("sendMessage") == []


async def test_an_answer_goes_into_the_topic_it_was_asked_in(staged: Staging) -> None:
    async with staged() as stage:
        group = {"id": -100123, "type": "supergroup", "title": "G", "is_forum": True}
        commands = Scripted()
        more = {"chat": group, "message_thread_id": 44, "is_topic_message": True}
        stage.server.push(asked("/paper 1", **more))
        stage.listen(commands)
        await asyncio.wait_for(commands.done.wait(), 10)
        assert commands.heard[0].target == Target("telegram", "-100123", "44")
        assert stage.server.called("sendMessage")[0].params["message_thread_id"] == "44"


def test_a_buttons_key_fits_telegrams_64_bytes() -> None:
    assert Action("x", "entry:zh:" + "hep-th/9901001").key
    with pytest.raises(ValueError, match="64"):
        Action("x", "k" * 65)
