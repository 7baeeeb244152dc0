"""Somebody in one chat on Telegram."""

import asyncio

from pages import Record

from adapters.telegram.testing import TelegramServer
from adapters.telegram.testing_bot import Standing
from adapters.telegram.testing_person import Person

# Seconds without anything new after which an answer is taken to be complete.
_SETTLED_S = 1.2


class OnTelegram:
    """One person in one chat, and the record of what they do and see."""

    def __init__(self, server: TelegramServer, person: Person, record: Record) -> None:
        self._server = server
        self._person = person
        self._record = record
        self._seen: dict[int, Standing] = {}
        self._told = len(server.state.answers)

    async def say(self, text: str) -> None:
        """Type something."""
        self._record.did(text)
        self._person.types(text)
        await self._watch()

    async def press(self, label: str) -> None:
        """Touch a button of the newest message that has it."""
        self._record.did(f"[ {label} ]")
        for message in reversed(self._person.sees()):
            shown = {b.removeprefix("✓ ") for row in self._labels(message) for b in row}
            if label in shown:
                self._person.touches(label, under=message)
                await self._watch()
                return
        raise LookupError(f"no message has {label!r}")

    async def answer(self, text: str) -> None:
        """Reply to the newest message."""
        self._record.did(f"(in reply) {text}")
        self._person.types(text, replying_to=self._person.sees()[-1])
        await self._watch()

    async def wait(self) -> None:
        """See what comes unasked."""
        await self._watch(patience=15.0)

    def _labels(self, message: Standing) -> list[list[str]]:
        return self._person.labels(message)

    async def _watch(self, *, patience: float = 8.0) -> None:
        """Write down what is new or changed once nothing more happens."""
        before = dict(self._seen)
        answers = len(self._server.state.answers)
        quiet = waited = 0.0
        while waited < patience and (quiet < _SETTLED_S or not self._new(before, answers)):
            state = self._state()
            await asyncio.sleep(0.2)
            waited += 0.2
            quiet = quiet + 0.2 if self._state() == state else 0.0
        self._write(before)

    def _state(self) -> object:
        return [(m.id, m.edits) for m in self._person.sees()], len(self._server.state.answers)

    def _new(self, before: dict[int, Standing], answers: int) -> bool:
        same = {m.id: m for m in self._person.sees()} == before
        return not same or len(self._server.state.answers) > answers

    def _write(self, before: dict[int, Standing]) -> None:
        toasts = [a["text"] for a in self._server.state.answers.values() if a.get("text")]
        for toast in toasts[self._told :]:
            self._record.saw(toast, mark="(over the chat)")
        self._told = len(toasts)
        for message in self._person.sees():
            if before.get(message.id) != message:
                mark = "(the same message, changed)" if message.id in before else ""
                self._record.saw(self._shown(message), mark=mark)
        self._seen = {message.id: message for message in self._person.sees()}

    def _shown(self, message: Standing) -> str:
        if "document" in message.params or not message.text:
            return f"(a file) {message.params.get('caption', '')}".strip()
        rows = [" ".join(f"[ {label} ]" for label in row) for row in self._labels(message)]
        return "\n".join([self._person.reads(message), *([""] if rows else []), *rows])
