"""Records ``docs/transcript.md``: somebody meets the bot on both platforms, and reads what it says.

``sulan run`` runs as a process of its own, with a real day behind a local server and the platforms'
test servers in place of the platforms. Telegram's own parser makes the messages what a client
shows. Nothing is typed that the bot has not shown how to type.

Run: python docs/transcript/record.py ../shared
"""

import asyncio
import sys
from pathlib import Path

from on_discord import OnDiscord
from on_telegram import OnTelegram
from pages import Record
from scene import DAY, Scene, scene

from adapters.telegram.testing_oracle import Oracle
from adapters.telegram.testing_person import Person

_OUT = Path(__file__).parents[1] / "transcript.md"
_MANAGE_SERVER = 1 << 5

_INTRODUCTION = f"""# A first meeting

What somebody sees who has never read a line of documentation: first in a private chat on Telegram,
then in a group, then on a Discord server. Recorded by `docs/transcript/record.py` from the running
program, with the Hugging Face list of {DAY} as today's, the platforms' test servers in place of
Telegram and Discord, and no model (so that papers are quoted and not rated). `[ … ]` are buttons
and choices, ✓ what is chosen; long messages are cut here, and here only.
"""


async def _in_private(at: Scene, oracle: Oracle, record: Record) -> None:
    chat = {"id": 7, "type": "private", "first_name": "A"}
    person = Person(at.telegram, oracle, chat=chat)
    one = OnTelegram(at.telegram, person, record)
    record.heading("Telegram, in private")
    await one.say("/start")
    await one.say("/today")
    await one.press("2")
    await one.press("👍")
    await one.say("/subscribe")
    await one.wait()
    await one.say("/settings")
    await one.press("Filters")
    await one.press("Include words")
    await one.answer("reasoning, video")
    await one.say("/settings hours 08:30 mon-fri; zone Berlin")
    await one.say("/preview")
    await one.say("/settings hours off; include off")
    at.lists.shown = 10
    record.remark("A paper appears on the list, and comes by itself:")
    await one.wait()
    await one.say("/why 2504.07128")
    await one.say("/search reasoning")
    await one.press("1")
    await one.press("Save")
    await one.say("/saved")
    await one.say("/export bibtex")
    await one.say("/top")
    await one.say("/status")
    await one.say("/pause")
    await one.say("/resume")
    await one.say("/unsubscribe")
    await one.say("/forget")


async def _in_a_group(at: Scene, oracle: Oracle, record: Record) -> None:
    chat = {"id": -1001, "type": "supergroup", "title": "Reading group"}
    record.heading("Telegram, in a group")
    record.remark("Somebody who does not administer the group:")
    somebody = OnTelegram(at.telegram, Person(at.telegram, oracle, chat=chat, user=8), record)
    await somebody.say("/subscribe@sulan_test_bot")
    record.remark("An administrator:")
    at.telegram.state.members["-1001", "9"] = "administrator"
    chief = OnTelegram(at.telegram, Person(at.telegram, oracle, chat=chat, user=9), record)
    await chief.say("/subscribe@sulan_test_bot hf, in Chinese")
    await chief.say("/settings@sulan_test_bot style digest; quiet 23:00-07:00; zone Shanghai")


async def _on_a_server(at: Scene, record: Record) -> None:
    record.heading("Discord, on a server")
    one = OnDiscord(at.gateway, at.interactions, at.channel, record)
    record.remark("Somebody without the permission Manage Server:")
    await one.command("subscribe")
    record.remark("With it:")
    at.interactions.permissions = _MANAGE_SERVER
    await one.command("subscribe")
    await one.wait(1)
    await one.command("settings")
    await one.press("Style")
    await one.choose("one digest a day")
    await one.press("◂ Settings")
    await one.press("Filters")
    await one.press("Exclude words")
    await one.submit("video")
    await one.command("search", "reasoning")
    await one.press("1")
    await one.command("preview")
    await one.command("status")


async def main() -> None:
    """Play, and write down what was seen."""
    shared = Path(sys.argv[1] if len(sys.argv) > 1 else "../shared")
    record, oracle = Record([_INTRODUCTION]), Oracle(shared / "tools")
    async with scene(shared) as played:
        try:
            await _in_private(played, oracle, record)
            await _in_a_group(played, oracle, record)
            await _on_a_server(played, record)
        finally:
            _OUT.write_text("\n".join(record.lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(main())
