"""Posts one after the other in text files: a chat is a file in the folder of the options."""

from collections.abc import Sequence
from pathlib import Path

from adapters.base import Options, Pace
from adapters.plain import plain_text, split_text
from bot.domain.delivery_errors import NotDelivered
from bot.domain.errors import SettingsError
from bot.domain.post import Post
from bot.domain.target import Receipt, Target


class Logbook:
    def __init__(self, folder: Path, name: str = "logbook") -> None:
        self.name = name
        self._folder = folder

    def pace(self, target: Target) -> Pace:
        return Pace(chat_gap=0.1)

    def render(self, post: Post, *, plain: bool = False) -> Sequence[str]:
        return split_text(plain_text(post), 4000)

    async def send(self, target: Target, message: str, *, key: str) -> Receipt:
        try:
            with (self._folder / f"{target.chat}.txt").open("a", encoding="utf-8") as file:
                file.write(message + "\n\n")
        except OSError as error:
            raise NotDelivered(f"cannot write the file: {error.strerror}") from error
        return Receipt(message_id=key)


def create(options: Options) -> Logbook:
    if set(options.values) != {"folder"}:
        raise SettingsError(f"logbook has one option, folder, not {', '.join(options.values)}")
    return Logbook(Path(str(options.values["folder"])), options.name)
