"""One place's settings as a tree, with the place of each."""

import re
import tomllib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast


@dataclass(frozen=True, slots=True)
class Layer:
    """What one place sets. ``tree`` is nested like the models, ``places`` maps keys to places.

    ``name`` is the place of whatever ``places`` does not know.
    """

    name: str
    tree: Mapping[str, Any] = field(default_factory=dict[str, Any], repr=False)
    places: Mapping[str, str] = field(default_factory=dict[str, str])

    def place_of(self, key: str) -> str:
        """Where a key comes from; a key without its own place has its group's."""
        while key and key not in self.places:
            key = key.rpartition(".")[0]
        return self.places.get(key, self.name)


def toml_layer(text: str, name: str) -> Layer:
    """The settings in a TOML file.

    Raises:
        tomllib.TOMLDecodeError: it is not TOML; the message has line and column.
    """
    lines = _line_numbers(text)
    return Layer(
        name=name,
        tree=tomllib.loads(text),
        places={key: f"{name}, line {line}" for key, line in lines.items()},
    )


def with_dashes(layer: Layer) -> Layer:
    """The layer with each adapter's name written with dashes: a variable can hold only underscores,
    and both are to mean the same table."""
    adapters = layer.tree.get(_ADAPTERS)
    if not isinstance(adapters, Mapping):
        return layer
    folded: dict[str, object] = {}
    for name, options in cast("Mapping[str, object]", adapters).items():
        dashed, known = name.replace("_", "-"), folded.get(name.replace("_", "-"))
        if isinstance(known, Mapping) and isinstance(options, Mapping):
            folded[dashed] = {**cast("Mapping[str, object]", known), **options}
        else:
            folded[dashed] = options
    places = {_dashed_key(key): place for key, place in layer.places.items()}
    return Layer(layer.name, {**layer.tree, _ADAPTERS: folded}, places)


def _dashed_key(key: str) -> str:
    group, *rest = key.split(".")
    if group != _ADAPTERS or not rest:
        return key
    return ".".join((group, rest[0].replace("_", "-"), *rest[1:]))


# The group whose tables bear names of their own.
_ADAPTERS = "adapters"

_HEADER = re.compile(r"\s*\[(?P<array>\[?)\s*(?P<key>[^\[\]]+?)\s*\]+")
_PAIR = re.compile(r"\s*(?P<key>[\w\"'.\s-]+?)\s*=")


def _line_numbers(text: str) -> dict[str, int]:
    """The line of each table and key.

    ``tomllib`` does not tell; this reads tables and pairs as people write settings. A line inside
    a multi-line string may be taken for a pair, which costs nothing but a wrong line number.
    """
    lines: dict[str, int] = {}
    counts: Counter[str] = Counter()
    table = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _HEADER.match(line):
            table = _bare(header["key"])
            if header["array"]:  # [[chats]]: the second one is chats.1
                counts[table] += 1
                table = f"{table}.{counts[table] - 1}"
            _note(lines, table, number)
        elif pair := _PAIR.match(line):
            key = _bare(pair["key"])
            _note(lines, f"{table}.{key}" if table else key, number)
    return lines


def _note(lines: dict[str, int], key: str, number: int) -> None:
    """Note the first line of a key and of the tables it opens on its way."""
    while key and key not in lines:
        lines[key] = number
        key = key.rpartition(".")[0]


def _bare(key: str) -> str:
    return re.sub(r"[\s\"']", "", key)
