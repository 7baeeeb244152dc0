"""Every setting in words, read off the models: for the documentation, complaints and ``check``.

``python -m config.describe > docs/settings.md`` renews the documentation.
"""

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from functools import cache
from importlib.resources import files
from types import NoneType
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import SecretStr
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from config.chats import ChatSettings
from config.group import Group
from config.redaction import HIDDEN, without_credentials
from config.settings import Settings
from config.values import Allowed

PREFIX = "SULAN_"
DELIMITER = "__"

# The group that anyone's adapter adds options to; nobody here knows which.
OPEN_GROUP = "adapters"

_TYPES: Mapping[object, str] = {
    bool: "true or false",
    int: "a whole number",
    str: "text",
    tuple: "a list of tables, each under [[chats]]; in a variable, JSON",
}


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting. ``path`` is its place in the models, ``default`` is ready to be read."""

    path: tuple[str, ...]
    allowed: str
    default: str
    description: str
    secret: bool
    needed: bool = False

    @property
    def key(self) -> str:
        """Its name in messages, and in TOML: ``model.name``."""
        return ".".join(self.path)

    @property
    def variable(self) -> str:
        """Its environment variable: ``SULAN_MODEL__NAME``."""
        return variable_of(self.key)


def variable_of(key: str) -> str:
    """The environment variable of a setting or group: ``SULAN_MODEL__NAME`` for ``model.name``."""
    return PREFIX + key.replace(".", DELIMITER).upper()


@cache
def all_settings() -> Mapping[str, Setting]:
    """Every setting by its key, in the order of the models."""
    return {setting.key: setting for setting in _walk(Settings, ())}


@cache
def group_names() -> tuple[str, ...]:
    """The names of the groups in their order: ``store``, ``huggingface`` … ``adapters``."""
    return (*(name for name, _ in _groups()), OPEN_GROUP)


@cache
def chat_settings() -> Mapping[str, Setting]:
    """What each of the ``[[chats]]`` can hold, by key."""
    return {setting.key: setting for setting in _walk(ChatSettings, ())}


def is_option(key: str) -> bool:
    """Whether a key names an adapter's option: ``adapters.telegram.token``."""
    group, *rest = key.split(".")
    return group == OPEN_GROUP and len(rest) >= 2 and all(rest)


def shown_values(settings: Settings) -> Mapping[str, str]:
    """Every setting's value by key, ready to be shown: secrets hidden, unset values empty."""
    shown: dict[str, str] = {}
    for setting in all_settings().values():
        value: object = settings
        for name in setting.path:
            value = getattr(value, name)
        shown[setting.key] = _show(value, is_address=setting.key == "store.url")
    return {**shown, **dict.fromkeys(option_keys(settings), HIDDEN)}


def option_keys(settings: Settings) -> list[str]:
    """The keys of the adapters' options that are set. What they hold is for the adapters only."""
    return [
        f"{OPEN_GROUP}.{name}.{option}"
        for name, options in settings.adapters.items()
        for option in options
    ]


def settings_markdown() -> str:
    """The text of ``docs/settings.md``."""
    lines = [files("config").joinpath("settings_intro.md").read_text("utf-8")]
    lines += ["## Top level", "", *_table(s for s in all_settings().values() if len(s.path) == 1)]
    for name, model in _groups():
        lines += ["", f"## `[{name}]`", "", (model.__doc__ or "").strip(), ""]
        lines += _table(s for s in all_settings().values() if s.path[0] == name and s.path[1:])
    lines += ["", "## `[[chats]]`", "", (ChatSettings.__doc__ or "").strip(), ""]
    lines += _table(chat_settings().values(), with_variables=False)
    lines += ["", files("config").joinpath("settings_adapters.md").read_text("utf-8").rstrip()]
    return "\n".join(lines) + "\n"


def _groups() -> Iterator[tuple[str, type[Group]]]:
    for name, field in Settings.model_fields.items():
        if (model := _as_group(field)) is not None:
            yield name, model


def _as_group(field: FieldInfo) -> type[Group] | None:
    kind = field.annotation
    return kind if isinstance(kind, type) and issubclass(kind, Group) else None


def _walk(model: type[Group], above: tuple[str, ...]) -> Iterator[Setting]:
    for name, field in model.model_fields.items():
        path = (*above, name)
        if path == (OPEN_GROUP,):
            continue
        if (group := _as_group(field)) is not None:
            yield from _walk(group, path)
            continue
        yield Setting(
            path=path,
            allowed=_allowed(field.annotation, field.metadata),
            default=_default(path, field),
            description=field.description or "",
            secret=_is_secret(field.annotation),
            needed=field.is_required(),
        )


def _allowed(kind: object, metadata: Sequence[object]) -> str:
    """What a field takes, from its type and bounds."""
    for note in metadata:
        if isinstance(note, Allowed):
            return note.text if isinstance(note.text, str) else note.text()
    if get_origin(kind) is Annotated:
        inner, *notes = get_args(kind)
        return _allowed(inner, [*metadata, *notes])
    if get_origin(kind) is Literal:
        return ", ".join(str(choice) for choice in get_args(kind))
    if get_origin(kind) is tuple:
        return _TYPES[tuple]
    choices = [choice for choice in get_args(kind) if choice is not NoneType]
    if choices:
        return _allowed(choices[0], metadata)
    return _TYPES.get(kind, "a number") + _bounds(metadata)


def _bounds(metadata: Sequence[Any]) -> str:
    def bound(name: str) -> str | None:
        found = (getattr(note, name, None) for note in metadata)
        return next((f"{limit:,}" for limit in found if limit is not None), None)

    words = [
        f"{word} {limit}"
        for word, limit in (("above", bound("gt")), ("from", bound("ge")), ("to", bound("le")))
        if limit is not None
    ]
    return f" {' '.join(words)}" if words else ""


def _is_secret(kind: object) -> bool:
    return kind is SecretStr or any(_is_secret(part) for part in get_args(kind))


def _default(path: tuple[str, ...], field: FieldInfo) -> str:
    if path == ("store", "url"):  # depends on who runs the program
        return "sulan/sulan.sqlite3 under $XDG_DATA_HOME, else under ~/.local/share"
    default: object = field.get_default()
    return "" if default is PydanticUndefined else _show(default)


def _show(value: object, *, is_address: bool = False) -> str:
    if isinstance(value, SecretStr):
        return without_credentials(value.get_secret_value()) if is_address else HIDDEN
    if isinstance(value, tuple):
        return ", ".join(_show(part) for part in value)  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType] - any tuple can be shown
    return _show_one(value)


def _show_one(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case time():
            return value.isoformat("minutes")
        case ChatSettings():
            return "/".join(part for part in (value.platform, value.chat, value.thread) if part)
        case _:
            return str(value)


def _table(settings: Iterable[Setting], *, with_variables: bool = True) -> Iterator[str]:
    yield "| key | default | allowed | meaning |"
    yield "|---|---|---|---|"
    for setting in settings:
        default = "needed" if setting.needed else "unset"
        if setting.default:
            default = f"`{setting.default}`"
        name = f"`{setting.path[-1]}`"
        if with_variables:
            name += f"<br>`{setting.variable}`"
        yield (f"| {name} | {default} | {setting.allowed} | {setting.description} |")


if __name__ == "__main__":
    sys.stdout.write(settings_markdown())
