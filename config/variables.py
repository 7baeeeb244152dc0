"""Settings named like variables: the environment, ``.env``, and files in a secrets directory."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any

from dotenv.parser import parse_stream
from pydantic_settings import BaseSettings, EnvSettingsSource, SettingsConfigDict

from config.complaints import Fault, members, unknown
from config.describe import (
    DELIMITER,
    OPEN_GROUP,
    PREFIX,
    all_settings,
    group_names,
    is_option,
    variable_of,
)
from config.layers import Layer
from config.settings import Settings

CONFIG_VARIABLE = "SULAN_CONFIG"
SECRETS_VARIABLE = "SULAN_SECRETS_DIR"
# Ours, and no settings: read from the environment before there are any. The last one is the
# command line's: it asks for tracebacks.
_NO_SETTINGS = frozenset((CONFIG_VARIABLE, SECRETS_VARIABLE, "SULAN_DEBUG"))

# The name by which hosts and compose files know a database's address.
_OTHER_NAMES = {"database_url": "store.url"}

# No setting is longer; what is, was put there by mistake.
_MAX_SECRET_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Variable:
    """A value by name, and where it stands."""

    name: str
    value: str = field(repr=False)
    place: str


class LoadedSettings(Settings, BaseSettings):
    """The settings as pydantic-settings wants them; the rest of the program sees ``Settings``."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_nested_delimiter=DELIMITER,
        # Lists are split by config.values, which takes commas and complains in our words.
        enable_decoding=False,
    )


def of_environment(environ: Mapping[str, str]) -> Iterator[Variable]:
    """The variables that are ours."""
    for name, value in environ.items():
        ours = name.upper().startswith(PREFIX)
        if ours and name not in _NO_SETTINGS:
            yield Variable(name, value, name)


def of_dotenv(text: str, name: str) -> tuple[list[Variable], list[Fault]]:
    """The variables in a ``.env`` file that are ours, and the lines that cannot be read.

    Values are literal: expanding ``$`` would change passwords.
    """
    variables: list[Variable] = []
    faults: list[Fault] = []
    for line in parse_stream(StringIO(text)):
        # The parser gives a statement with the blank lines before it.
        blank = len(line.original.string) - len(line.original.string.lstrip("\r\n"))
        place = f"{name}, line {line.original.line + line.original.string[:blank].count(chr(10))}"
        if line.error:
            faults.append(Fault(place, "is not of the form NAME=value"))
        elif line.key and line.key.upper().startswith(PREFIX):
            if line.key in _NO_SETTINGS:
                faults.append(Fault(place, f"{line.key} is read from the environment only"))
            else:
                variables.append(Variable(line.key, line.value or "", f"{place} ({line.key})"))
    return variables, faults


def of_directory(directory: Path, name: str) -> tuple[list[Variable], list[Fault]]:
    """The secret files that are named like settings of ours; no other file is opened.

    Raises:
        OSError: the directory cannot be listed.
    """
    variables: list[Variable] = []
    faults: list[Fault] = []
    for path in sorted(directory.iterdir()):
        if not _looks_like_ours(path.name):
            continue
        place = f"{name}/{path.name}"
        try:
            variables.append(Variable(path.name, _read_secret(path), place))
        except OSError as error:
            faults.append(Fault(place, f"cannot be read ({error.strerror or error})"))
        except ValueError as error:
            faults.append(Fault(place, str(error)))
    return variables, faults


def variable_layer(name: str, variables: Iterable[Variable]) -> tuple[Layer, Sequence[Fault]]:
    """The settings that variables set. An empty one counts as unset."""
    found: dict[str, Variable] = {}
    faults: list[Fault] = []
    for variable in variables:
        if not variable.value.strip():
            continue
        key = _key_of(variable.name)
        if key not in all_settings() and not is_option(key):
            faults.append(Fault(variable.place, _not_a_setting(key)))
        elif key in found and found[key].value != variable.value:
            faults.append(
                Fault(variable.place, f"{found[key].place} sets {key} too; keep one of them")
            )
        else:
            found[key] = variable
    tree = _tree({key: variable.value.strip() for key, variable in found.items()})
    places = {key: variable.place for key, variable in found.items()}
    return Layer(name=name, tree=tree, places=places), faults


def _tree(values: Mapping[str, str]) -> dict[str, object]:
    source = EnvSettingsSource(LoadedSettings)
    ours = {key: value for key, value in values.items() if not is_option(key)}
    source.env_vars = {variable_of(key).lower(): value for key, value in ours.items()}
    tree: dict[str, object] = source()
    if len(ours) < len(values):
        tree[OPEN_GROUP] = _options({k: value for k, value in values.items() if k not in ours})
    return tree


def _options(values: Mapping[str, str]) -> dict[str, dict[str, object]]:
    """The adapters' tables, with tables inside them where a name goes on."""
    adapters: dict[str, dict[str, object]] = {}
    for key, value in values.items():
        _, adapter, *above, option = key.split(".")
        table: dict[str, Any] = adapters.setdefault(adapter, {})
        for name in above:
            if not isinstance(table.get(name), dict):
                table[name] = {}
            table = table[name]
        table[option] = value
    return adapters


def _key_of(name: str) -> str:
    """``SULAN_MODEL__NAME``, ``sulan_model__name`` and ``model__name`` as ``model.name``."""
    key = name.lower().removeprefix(PREFIX.lower()).replace(DELIMITER, ".")
    return _OTHER_NAMES.get(key, key)


def _not_a_setting(key: str) -> str:
    if key in group_names():
        return f"is a group, no value; {members(key, as_variable=True)}"
    return unknown(key, as_variable=True)


def _looks_like_ours(name: str) -> bool:
    """Whether a file's name claims to be a setting, be it a misspelt one."""
    key = _key_of(name)
    group, dot, _ = key.partition(".")
    return (
        name.upper().startswith(PREFIX)
        or key in all_settings()
        or (bool(dot) and group in group_names() and "." not in name)
    )


def _read_secret(path: Path) -> str:
    with path.open("rb") as file:
        content = file.read(_MAX_SECRET_BYTES + 1)
    if len(content) > _MAX_SECRET_BYTES:
        raise ValueError(f"is longer than {_MAX_SECRET_BYTES:,} bytes, which no setting is")
    try:
        return content.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        raise ValueError("is not UTF-8 text") from None  # the error would hold the content
