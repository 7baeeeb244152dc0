"""What is wrong with the settings, in one clear line each."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from config.describe import (
    OPEN_GROUP,
    Setting,
    all_settings,
    chat_settings,
    group_names,
    variable_of,
)
from config.layers import Layer
from config.redaction import Redactor


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong. ``place`` is a file with its line, a variable, a secret file."""

    place: str
    text: str

    def __str__(self) -> str:
        return f"{self.place}: {self.text}"


def render(faults: Sequence[Fault]) -> str:
    """All of them in one message; nothing of a secret is in it."""
    if len(faults) == 1:
        return f"The settings are wrong. {faults[0]}"
    lines = "\n".join(f"  {fault}" for fault in faults)
    return f"The settings are wrong in {len(faults)} places:\n{lines}"


def of_layer(error: ValidationError, layer: Layer) -> Iterator[Fault]:
    """pydantic's findings on what one place holds, in our words.

    Its own text names neither the place nor the bounds, and quotes the value.
    """
    for finding in error.errors(include_url=False):
        key, full_key = _key(finding["loc"]), ".".join(str(part) for part in finding["loc"])
        place = layer.place_of(full_key)
        if finding["loc"][0] == "chats" and len(finding["loc"]) > 1:
            yield Fault(place, _of_chat(finding))
        elif key == OPEN_GROUP:
            yield Fault(place, f"{key} {_reason(finding) or 'is no table; write [adapters.NAME]'}")
        elif finding["type"] == "extra_forbidden":
            yield Fault(place, unknown(full_key))
        elif key in group_names():
            yield Fault(place, f"{key} is a group, no value; {members(key)}")
        else:
            yield Fault(place, _unfit(all_settings()[key], finding))


def unknown(key: str, *, as_variable: bool = False) -> str:
    """That there is no such setting, and which one may have been meant."""
    nothing = "is no setting" if as_variable else f"{key} is no setting"
    if meant := _meant(key, with_groups=not as_variable):
        names = (variable_of(name) if as_variable else name for name in meant)
        return f"{nothing}; did you mean {' or '.join(names)}?"
    group = key.partition(".")[0]
    if group in group_names():
        return f"{nothing}; {members(group, as_variable=as_variable)}"
    top = [key for key in all_settings() if "." not in key]
    if as_variable:
        names = [variable_of(key) for key in top] + [f"{variable_of(g)}__…" for g in group_names()]
    else:
        names = top + [f"[{group}]" for group in group_names()]
    return f"{nothing}; there is {', '.join(names)}"


def members(group: str, *, as_variable: bool = False) -> str:
    """What there is in a group."""
    if group == OPEN_GROUP:
        place = f"{variable_of(group)}__NAME__OPTION" if as_variable else f"[{group}.NAME]"
        return f"an adapter's options are {place}"
    names = [key.removeprefix(f"{group}.") for key in all_settings() if key.startswith(f"{group}.")]
    if as_variable:
        return f"there is {variable_of(group)}__ with {', '.join(names).upper()}"
    return f"[{group}] has {', '.join(names)}"


def _meant(key: str, *, with_groups: bool) -> list[str]:
    """The settings that an unknown key may stand for, the likeliest first, at most three."""
    known = [*all_settings(), *(group_names() if with_groups and "." not in key else ())]
    leaf = _leaf(key)
    same_leaf = [name for name in known if _leaf(name) == leaf]
    if same_leaf:
        return get_close_matches(key, same_leaf, n=1, cutoff=0.9) or same_leaf[:3]
    close = get_close_matches(key, known, n=1, cutoff=0.75)
    leaves = {_leaf(name): name for name in known}
    near = [leaves[name] for name in get_close_matches(leaf, leaves, n=1, cutoff=0.75)]
    return close or near


def _leaf(key: str) -> str:
    return key.rpartition(".")[2]


def _key(location: tuple[int | str, ...]) -> str:
    """The setting or group in which pydantic found something, also inside a list."""
    for length in range(len(location), 0, -1):
        key = ".".join(str(part) for part in location[:length])
        if key in all_settings() or key in group_names():
            return key
    return ".".join(str(part) for part in location)


def _of_chat(finding: ErrorDetails) -> str:
    """About one of the ``[[chats]]``, counted from 1, as people count them."""
    _, number, *inside = finding["loc"]
    which = f"chats, number {int(number) + 1}:"
    known = chat_settings()
    key = str(inside[0]) if inside else ""
    if key in known and finding["type"] == "missing":
        return f"{which} {key} is missing; allowed: {known[key].allowed}"
    if key in known:
        return f"{which} {_unfit(known[key], finding)}"
    if not key:
        return f"{which} is no table; there is {', '.join(known)}"
    meant = get_close_matches(key, known, n=1, cutoff=0.75)
    hint = f"did you mean {meant[0]}?" if meant else f"there is {', '.join(known)}"
    return f"{which} {key} is no setting; {hint}"


def _unfit(setting: Setting, finding: ErrorDetails) -> str:
    if finding["input"] == "":
        return f"{setting.key} is empty; leave it out to unset it"
    what = _reason(finding)
    if what is None:
        what = "is no text" if setting.secret else f"is {_shortened(repr(finding['input']))}"
    # A key may have been put into the wrong setting.
    return f"{setting.key} {Redactor()(what)}; allowed: {setting.allowed}"


def _reason(finding: ErrorDetails) -> str | None:
    """What one of our own checks said (config.values)."""
    error = finding.get("ctx", {}).get("error")
    return str(error) if isinstance(error, ValueError) else None


def _shortened(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}…"
