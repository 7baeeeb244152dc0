"""Telegram's own parser and its published specification as judges of what we send.

An agreement with them is no acceptance by Telegram. They need ``tdjson`` and ``jsonschema``, and
the validators that stand beside the project.
"""

import importlib
import importlib.util
import json
import sys
import warnings
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from adapters.telegram.blocks import units
from adapters.telegram.testing import Call

_PARSER, _SPEC = "telegram_entities", "telegram_spec"
# Telegram finds nothing inside these (tdlib/td, MessageEntity.cpp: merge_new_entities).
_CLOSED = frozenset(("Code", "Pre", "PreCode", "TextUrl"))
# Found in any digits, and of no use to anybody in a message without media.
_HARMLESS = frozenset(("MediaTimestamp", "BankCardNumber"))


@dataclass(frozen=True, slots=True)
class Entity:
    """A stretch of a text. ``offset`` counts in UTF-16 units; ``url`` is a link's."""

    kind: str
    offset: int
    text: str
    url: str = ""

    @property
    def end(self) -> int:
        return self.offset + units(self.text)


@dataclass(frozen=True, slots=True)
class Parsed:
    """A message as Telegram reads it."""

    text: str
    entities: tuple[Entity, ...]

    def of(self, kind: str) -> list[str]:
        """The texts of one kind of entity."""
        return [entity.text for entity in self.entities if entity.kind == kind]


class Oracle:
    """Reads messages as Telegram's server does, and checks calls against the Bot API.

    ``tools`` is the folder of validators.
    """

    def __init__(self, tools: Path) -> None:
        _load(_PARSER, tools)
        with warnings.catch_warnings(category=ResourceWarning, action="ignore"):
            # It leaves its file to the garbage collector.
            self._spec: Any = _load(_SPEC, tools).Spec()
        self._td: Any = importlib.import_module("tdjson")

    def parse(self, html: str) -> Parsed:
        """HTML as Telegram takes it.

        Raises:
            ValueError: Telegram would refuse it; says why.
        """
        mode = {"@type": "textParseModeHTML"}
        answer = self._execute({"@type": "parseTextEntities", "text": html, "parse_mode": mode})
        if answer["@type"] == "error":
            raise ValueError(answer["message"])
        return Parsed(answer["text"], _entities(answer["text"], answer["entities"]))

    def tappable(self, parsed: Parsed) -> list[Entity]:
        """What Telegram makes tappable by itself: mentions, links, commands, tags."""
        answer = self._execute({"@type": "getTextEntities", "text": parsed.text})
        closed = [entity for entity in parsed.entities if entity.kind in _CLOSED]
        return [
            entity
            for entity in _entities(parsed.text, answer["entities"])
            if entity.kind not in _HARMLESS
            and not any(c.offset < entity.end and entity.offset < c.end for c in closed)
        ]

    def faults(self, call: Call) -> list[str]:
        """What is wrong with a call: its method, parameters, types, limits, its texts' markup."""
        params = self._spec.decode(call.method, dict(call.params), tuple(call.files))
        return self._spec.call(call.method, params)

    def faults_of(self, kind: str, value: object) -> list[str]:
        """What is wrong with an object of the Bot API, such as a ``Message``."""
        return self._spec.obj(kind, value)

    def _execute(self, query: dict[str, object]) -> dict[str, Any]:
        return json.loads(self._td.td_execute(json.dumps(query).encode()))


def _load(name: str, folder: Path) -> ModuleType:
    """A module from its file. It is registered under its name, by which the others know it."""
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, folder / f"{name}.py")
        if spec is None or spec.loader is None:
            raise FileNotFoundError(folder / f"{name}.py")
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name]


def _entities(text: str, raw: list[dict[str, Any]]) -> tuple[Entity, ...]:
    encoded = text.encode("utf-16-le")
    return tuple(
        Entity(
            each["type"]["@type"].removeprefix("textEntityType"),
            each["offset"],
            encoded[2 * each["offset"] : 2 * (each["offset"] + each["length"])].decode("utf-16-le"),
            each["type"].get("url", ""),
        )
        for each in raw
    )
