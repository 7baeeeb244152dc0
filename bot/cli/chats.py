"""``sulan chats``: who gets what, and what keeps it from them."""

from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from bot.app import Sulan, load, started
from bot.cli.arguments import JsonOption
from bot.cli.chat_file import read_chats, write_chats
from bot.cli.documents import Document, dumps
from bot.cli.files import read_text, write_text
from bot.cli.screen import Screen
from bot.domain.chat import BY_OPERATOR, Chat
from bot.domain.errors import InvalidInput
from bot.domain.target import name_of
from bot.instances import instances_of, spelt
from bot.ports import DeliveryQuery, Store
from bot.services.chat_settings.describe import describe, small_print
from bot.services.chat_settings.offer import Offer
from bot.services.handing_over import hand_over
from bot.translations import load_speech
from config.settings import Settings
from summarizer.languages import available_languages, load_wording

chats = App(name="chats")

ChatArgument = Annotated[
    str, Parameter(help="A chat as `sulan chats` shows it: telegram/-1001234567890.")
]


async def find_chat(store: Store, name: str) -> Chat:
    """The stored chat of that name.

    Raises:
        InvalidInput: there is none; the message names what is near.
        StoreError: the store cannot be read.
    """
    known = {name_of(chat.target): chat for chat in await store.chats.all()}
    if name in known:
        return known[name]
    near = get_close_matches(name, known, n=3, cutoff=0.5)
    hint = f" Did you mean {', '.join(near)}?" if near else " `sulan chats` lists those there are."
    raise InvalidInput(f"No chat {name!r}.{hint}")


@chats.default
async def list_chats(*, platform: str | None = None, json: JsonOption = False) -> int:
    """List every chat: what it gets, in words.

    Parameters
    ----------
    platform
        Only those of one platform, or of one bot there.
    """
    screen = Screen()
    async with started(load()) as sulan:
        found = [
            chat
            for chat in await sulan.store.chats.all()
            if platform is None or spelt(platform) == chat.target.platform
        ]
    if json:
        screen.raw(dumps([_document(chat) for chat in found]))
        return 0
    if not found:
        screen.note("No chats yet: list some in the settings, or let them /subscribe.")
    for chat in found:
        _print(chat, screen)
    return 0


@chats.command
async def show(chat: ChatArgument, *, json: JsonOption = False) -> int:
    """Show one chat with its newest deliveries."""
    screen = Screen()
    async with started(load()) as sulan:
        found = await find_chat(sulan.store, chat)
        query = DeliveryQuery(target=found.target, limit=10)
        rows = await sulan.store.outbox.find(query)
    if json:
        newest = [{"post": row.post_key, "state": row.state.value} for row in rows]
        screen.raw(dumps({**_document(found), "newest": newest}))
        return 0
    _print(found, screen)
    for row in rows:
        reason = f"  {row.reason}" if row.reason else ""
        screen.line(
            f"    {row.created_at:%Y-%m-%d %H:%M}  {row.state.value:8} {row.post_key}{reason}"
        )
    return 0


@chats.command
async def suspend(chat: ChatArgument, *, reason: str = "not for now") -> int:
    """Send nothing to a chat any more, whatever it asks for; its settings stay.

    Parameters
    ----------
    reason
        What /status tells the chat.
    """
    async with started(load()) as sulan:
        found = await find_chat(sulan.store, chat)
        await sulan.store.chats.suspend(found.target, f"{BY_OPERATOR}{reason}")
    Screen().note(f"{chat}: nothing is sent there any more. `sulan chats resume {chat}` undoes it.")
    return 0


@chats.command
async def resume(chat: ChatArgument) -> int:
    """Send to a chat again, what is new from now on."""
    async with started(load()) as sulan:
        found = await find_chat(sulan.store, chat)
        await sulan.store.chats.resume(found.target, now=sulan.clock.now())
    said = "gets what is new from now on" if found.suspended else "was not suspended"
    Screen().note(f"{chat}: {said}.")
    return 0


@chats.command
async def move(chat: ChatArgument, bot: str) -> int:
    """Give a chat to another bot of its platform, with its settings and what waits for it.

    That bot must be in the chat already; in private, somebody must have pressed Start there.

    Parameters
    ----------
    bot
        What the settings call the other bot: the NAME of its [adapters.NAME].
    """
    settings = load()
    async with started(settings) as sulan:
        found = await find_chat(sulan.store, chat)
        other = _other_bot(found, bot, settings)
        new = await hand_over(found, other, sulan.store, sulan.clock)
    screen = Screen()
    screen.note(f"{chat} is {name_of(new)} from now on.")
    if found.listed:
        screen.note("Change its platform in the settings too, before the next start.")
    return 0


def _other_bot(chat: Chat, bot: str, settings: Settings) -> str:
    """The name of an adapter of the same kind as the chat's.

    Raises:
        InvalidInput: there is none of that name, or it is of another kind.
        SettingsError: the settings' adapters are wrong.
    """
    own, other = chat.target.platform, spelt(bot)
    kinds = {one.name: one.kind for one in instances_of((own,), settings)}
    if other not in kinds or other == own:
        others = ", ".join(name for name in kinds if name != own) or "no other"
        raise InvalidInput(f"No other bot {bot!r} in the settings. There is: {others}.")
    if kinds[other] != kinds[own]:
        raise InvalidInput(
            f"{other} is a {kinds[other]}, and {name_of(chat.target)} a chat of {kinds[own]}."
            " A chat stays on its platform; list it anew there."
        )
    return other


@chats.command
async def export(
    *, output: Annotated[Path | None, Parameter(name=["--output", "-o"])] = None
) -> int:
    """Write every chat with its settings as TOML, as `sulan chats import` reads it.

    Parameters
    ----------
    output
        The file to write; standard output if left out.
    """
    screen = Screen()
    async with started(load()) as sulan:
        found = await sulan.store.chats.all()
    if output is None:
        screen.raw(write_chats(found))
    else:
        write_text(output, write_chats(found), private=True)
        screen.note(f"{len(found)} chats written to {output}")
    return 0


@chats.command(name="import")
async def import_chats(file: Path) -> int:
    """Take chats from a TOML file: new ones are added, known ones get its settings.

    Nothing is taken unless all of it can be read.
    """
    settings = load()
    text = read_text(file)
    async with started(settings) as sulan:
        read = read_chats(text, settings)
        added = 0
        for chat in read:
            added += await _take(chat, sulan)
    Screen().note(f"{len(read)} chats read: {added} new, {len(read) - added} brought up to date.")
    return 0


async def _take(chat: Chat, sulan: Sulan) -> bool:
    """Store one chat; returns whether it is new. One that the file gives no beginning keeps its
    own, or begins now."""
    store = sulan.store
    known = await store.register.at(chat.target)
    since = chat.since or (known.since if known else None) or sulan.clock.now()
    await store.register.put(replace(chat, since=since))
    if chat.suspended:
        await store.chats.suspend(chat.target, chat.suspended)
    return known is None


def _print(chat: Chat, screen: Screen) -> None:
    sign, style = ("✓", "green") if chat.open else ("✗", "red")
    screen.signed(sign, style, f"{name_of(chat.target)}  {_gets(chat)}")
    for line in small_print(chat, load_speech("en")):
        screen.line(f"    {line}")
    if chat.suspended:
        screen.line(f"    suspended: {chat.suspended}")


def _document(chat: Chat) -> Document:
    return {
        "name": name_of(chat.target),
        "open": chat.open,
        "paused": chat.paused,
        "suspended": chat.suspended,
        "listed": bool(chat.listed),
        "since": chat.since.isoformat() if chat.since else None,
        "gets": _gets(chat),
    }


def _gets(chat: Chat) -> str:
    """What it gets, in one English sentence."""
    wordings = {language: load_wording(language) for language in available_languages()}
    return describe(chat, Offer(wordings), load_speech("en"))
