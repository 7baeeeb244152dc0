"""One value for each setting out of all places; a later place wins.

Each place is checked by itself, so that everything that is wrong, anywhere, is reported in one
error and with its own place.
"""

import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from pydantic import ValidationError
from pydantic_settings import InitSettingsSource

from bot.domain.errors import SettingsError
from config.complaints import Fault, of_layer, render
from config.describe import OPEN_GROUP, all_settings, option_keys, variable_of
from config.layers import Layer, with_dashes
from config.places import Surroundings, read_all
from config.rules import contradictions
from config.settings import Settings, default_store_url
from config.variables import LoadedSettings

DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class Loaded:
    """The settings and where each came from.

    ``origins`` has every key (``model.name``); its value is a place such as ``sulan.toml, line 3``,
    ``SULAN_MODEL__NAME``, ``secrets/model__api_key`` or ``default``.
    """

    settings: Settings
    origins: Mapping[str, str]


def load_settings(
    *,
    config_file: Path | None = None,
    environ: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> Settings:
    """The settings alone; parameters and errors as for ``load_with_origins``."""
    return load_with_origins(config_file=config_file, environ=environ, cwd=cwd).settings


def load_with_origins(
    *,
    config_file: Path | None = None,
    environ: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> Loaded:
    """The settings and where each came from.

    ``config_file`` takes the place of ``SULAN_CONFIG``. ``environ`` and ``cwd`` are the process's
    own unless given.

    Raises:
        SettingsError: the message has a line for each fault.
    """
    return load_from(
        Surroundings(
            environ=os.environ if environ is None else environ,
            cwd=Path.cwd() if cwd is None else cwd,
            config_file=config_file,
        )
    )


def load_from(surroundings: Surroundings) -> Loaded:
    """The settings that these surroundings hold; raises as ``load_with_origins`` does."""
    layers: list[Layer] = [_defaults(surroundings.environ)]
    faults: list[Fault] = []
    for layer, complaints in read_all(surroundings):
        layers.append(with_dashes(layer))
        faults.extend(sorted([*complaints, *_misfits(layer)], key=_by_line))
    if faults:
        raise SettingsError(render(faults))
    return _merge(layers)


def _merge(layers: list[Layer]) -> Loaded:
    origins = {key: _origin(key, layers) for key in all_settings()}
    # The cast: type checkers derive the parameters from the fields and do not see this one.
    build = cast("Callable[..., LoadedSettings]", LoadedSettings)
    highest_first = [InitSettingsSource(LoadedSettings, {**layer.tree}) for layer in layers[::-1]]
    settings = Settings.model_validate(dict(build(_build_sources=(tuple(highest_first), {}))))
    origins.update({key: _option_origin(key, layers) for key in option_keys(settings)})
    # Judged last: while single values are wrong, what they contradict is a guess.
    faults: list[Fault] = []
    for key, text in contradictions(settings):
        place = variable_of(key) if origins[key] == DEFAULT else origins[key]
        faults.append(Fault(place, f"{key} {text}"))
    if faults:
        raise SettingsError(render(faults))
    return Loaded(settings=settings, origins=origins)


def _misfits(layer: Layer) -> Iterator[Fault]:
    """What is wrong with one place's settings by themselves, overridden or not."""
    try:
        Settings.model_validate(layer.tree)
    except ValidationError as error:
        yield from of_layer(error, layer)


def _by_line(fault: Fault) -> list[str | int]:
    return [int(part) if part.isdecimal() else part for part in re.split(r"(\d+)", fault.place)]


def _origin(key: str, layers: list[Layer]) -> str:
    for layer in reversed(layers):
        group, _, leaf = key.rpartition(".")
        if leaf in (layer.tree.get(group, {}) if group else layer.tree):
            return layer.place_of(key)
    return DEFAULT


def _option_origin(key: str, layers: list[Layer]) -> str:
    """Where an adapter's option comes from."""
    _, adapter, option = key.split(".", 2)
    for layer in reversed(layers):
        if option in layer.tree.get(OPEN_GROUP, {}).get(adapter, {}):
            return layer.place_of(key)
    return DEFAULT


def _defaults(environ: Mapping[str, str]) -> Layer:
    """What a default depends on that is no constant: whose data directory it is."""
    return Layer(name=DEFAULT, tree={"store": {"url": default_store_url(environ)}})
