"""A window that asks for a text, and what comes back from it. Pure.

Limits: Discord API v10, "Modal" and "Label": a title and a label of 45 characters, a description of
100, a ``custom_id`` of 100, a text of 4000.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias, cast

from adapters.discord.markdown_escape import escape, visible
from bot.domain.post import Prompt

# The command that the answer belongs to follows (``Prompt.command``).
PROMPT_PREFIX = "sulan-ask:"

_LABEL, _TEXT_INPUT, _TEXT = 18, 4, 10
_SHORT, _PARAGRAPH = 1, 2
_TITLE, _DESCRIPTION, _CUSTOM_ID, _LONGEST = 45, 100, 100, 4000
# What no longer fits into one line of a phone.
_ONE_LINE = 40
_ANSWER = "answer"
_Json: TypeAlias = Mapping[str, Any]


def modal_of(prompt: Prompt) -> dict[str, Any] | None:
    """The window, ``None`` where the command is too long to come back from it."""
    custom_id = f"{PROMPT_PREFIX}{prompt.command}"
    if len(custom_id) > _CUSTOM_ID:
        return None
    title = visible(prompt.title)[:_TITLE] or "…"
    return {
        "custom_id": custom_id,
        "title": title,
        "components": [*_hint(prompt.hint), _question(title, prompt)],
    }


def read_answer(data: _Json) -> tuple[str, str] | None:
    """The command and the text of a window that was sent in, ``None`` where it is not ours."""
    custom_id = data.get("custom_id")
    if not isinstance(custom_id, str) or not custom_id.startswith(PROMPT_PREFIX):
        return None
    name, _, rest = custom_id.removeprefix(PROMPT_PREFIX).partition(" ")
    text = next(_texts(data.get("components")), "")
    return name, f"{rest} {text.strip()}".strip()


def _question(title: str, prompt: Prompt) -> dict[str, Any]:
    hint = visible(prompt.hint)
    return {
        "type": _LABEL,
        "label": title,
        **({"description": hint} if 1 <= len(hint) <= _DESCRIPTION else {}),
        "component": {
            "type": _TEXT_INPUT,
            "custom_id": _ANSWER,
            "style": _SHORT if len(prompt.value) <= _ONE_LINE else _PARAGRAPH,
            "required": True,
            "max_length": _LONGEST,
            **({"value": prompt.value[:_LONGEST]} if prompt.value else {}),
        },
    }


def _hint(hint: str) -> list[dict[str, Any]]:
    """A hint that is too long to stand beside the question stands above it."""
    if len(visible(hint)) <= _DESCRIPTION:
        return []
    return [{"type": _TEXT, "content": escape(hint)[:_LONGEST]}]


def _texts(components: object) -> Iterator[str]:
    """What was typed, wherever in the window it stands."""
    if not isinstance(components, Sequence) or isinstance(components, str):
        return
    for each in cast("Sequence[object]", components):
        if not isinstance(each, Mapping):
            continue
        component = cast("_Json", each)
        value = component.get("value")
        if isinstance(value, str):
            yield value
        inner = component.get("component")
        yield from _texts([inner] if inner is not None else component.get("components"))
