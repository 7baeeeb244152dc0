"""The logbook under Sulan's contract. Run: pytest check_logbook.py"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path

from sulan_logbook import Logbook, create

from adapters.base import Adapter, Message
from adapters.testing.contract import AdapterContract, entered
from bot.domain.target import Target


class TestLogbook(AdapterContract):
    factory = staticmethod(create)
    target = Target("logbook", "papers")
    limit = 4000

    def values(self) -> Mapping[str, object]:
        return {"folder": str(self.folder)}

    def texts(self, message: Message) -> Sequence[str]:
        return [message]

    def broken(self) -> AbstractAsyncContextManager[Adapter]:
        return entered(Logbook(Path("no", "such", "folder")))
