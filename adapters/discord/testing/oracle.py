"""What is sent, held against Discord's own specification, where its validator is at hand.

An agreement with it is no acceptance by Discord.
"""

import importlib.util
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Protocol, cast

from adapters.discord.testing.server import Recorded


class Spec(Protocol):
    """The validator's face: each call gives a list of faults."""

    def request(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        ctype: str = "application/json",
        query: dict[str, str] | None = None,
    ) -> list[str]: ...

    def response(self, method: str, path: str, status: int, body: Any) -> list[str]: ...


def load_spec(file: Path) -> Spec:
    """The validator in a file, ``discord_spec.py``."""
    found = importlib.util.spec_from_file_location("discord_spec", file)
    if found is None or found.loader is None:
        raise FileNotFoundError(file)
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # it leaves the closing to the collector
        return cast("Spec", module.Spec())


def faults(spec: Spec, recorded: Iterable[Recorded]) -> list[str]:
    """Everything wrong with requests, and with a test server's regular answers to them."""
    found: list[str] = []
    for request in recorded:
        about = f"{request.method} {request.path}"
        ctype = request.content_type if request.body is not None else "application/json"
        asked = spec.request(
            request.method, request.path, request.body, ctype=ctype, query=request.query
        )
        found += [f"{about}: {fault}" for fault in asked]
        # The validator knows no web sockets' addresses.
        judged = request.path != "/gateway/bot" and request.status < 300
        if judged and request.answer is not None:
            given = spec.response(request.method, request.path, request.status, request.answer)
            found += [f"{about} answer: {fault}" for fault in given]
    return found
