"""Menus to choose from under a message, still understood after a restart.

Limits: Discord API v10, "String Select": a ``custom_id`` of 100 characters, a placeholder of 150,
25 options whose label, value and description have 100; each select fills a row of its own.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from adapters.discord.markdown_escape import visible
from bot.domain.post import Select

# A select's key follows: at most 64 bytes (bot.domain.post.Select). Apart from a button's prefix,
# because both may have the same key and Discord takes each ``custom_id`` once.
SELECT_PREFIX = "sulan-select:"

_SELECT = 3
_PLACEHOLDER = 150
_OPTION = 100


@dataclass(frozen=True, slots=True)
class Option:
    """One of the choices, as the menu lists it."""

    label: str
    value: str
    chosen: bool = False
    description: str = ""

    def json(self) -> dict[str, Any]:
        """As the API takes it."""
        second_line = {"description": self.description} if self.description else {}
        return {
            "label": self.label,
            "value": self.value,
            "default": self.chosen,
            **second_line,
        }


@dataclass(frozen=True, slots=True)
class SelectMenu:
    """A menu under a message. It sends ``key`` and what was chosen to us."""

    key: str
    placeholder: str
    options: tuple[Option, ...]
    several: bool = False

    def json(self) -> dict[str, Any]:
        """As the API takes it. Of ``several``, none may be left, too."""
        return {
            "type": _SELECT,
            "custom_id": f"{SELECT_PREFIX}{self.key}",
            "placeholder": self.placeholder,
            "min_values": 0 if self.several else 1,
            "max_values": len(self.options) if self.several else 1,
            "options": [option.json() for option in self.options],
        }


def select_menus(selects: Iterable[Select]) -> tuple[SelectMenu, ...]:
    """Menus for a post's selects; two with one key are the last of them."""
    return tuple(_menu(select) for select in {each.key: each for each in selects}.values())


def picked_key(custom_id: str, values: Sequence[str]) -> str | None:
    """What ``Select.picked`` gives for the values, ``None`` where the menu is not one of ours."""
    if not custom_id.startswith(SELECT_PREFIX):
        return None
    return f"{custom_id.removeprefix(SELECT_PREFIX)}={','.join(values)}"


def _menu(select: Select) -> SelectMenu:
    label = visible(select.label)
    options: list[Option] = []
    named = False
    for choice in {each.value: each for each in select.choices}.values():
        chosen = choice.chosen and (select.several or not named)
        shown = visible(choice.label) or choice.value
        # A closed menu shows what is chosen in place of its question, so that the first says both.
        asked = f"{label} · {shown}" if label and chosen and not named else shown
        named = named or chosen
        hint = visible(choice.hint)[:_OPTION]
        options.append(Option(asked[:_OPTION], choice.value, chosen, hint))
    return SelectMenu(select.key, label[:_PLACEHOLDER], tuple(options), select.several)
