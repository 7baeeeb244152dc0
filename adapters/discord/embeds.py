"""An embed: its parts, its limits, and its JSON.

Limits: Discord API v10, "Embed Limits": a title of 256 characters, a description of 4096, 25 fields
of 256 and 1024, a footer of 2048, an author of 256, and 6000 over all embeds of a message.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from adapters.discord.markdown_escape import units

TITLE = 256
DESCRIPTION = 4096
FIELDS = 25
FIELD_NAME = 256
FIELD_VALUE = 1024
FOOTER = 2048
AUTHOR = 256
ALL_TEXTS = 6000


@dataclass(frozen=True, slots=True)
class Field:
    """A labelled text under the description; ``inline`` ones stand beside each other."""

    name: str
    value: str
    inline: bool = False


@dataclass(frozen=True, slots=True)
class Embed:
    """One embed. ``title``, ``description`` and fields are Markdown, the other texts are not."""

    title: str = ""
    url: str | None = None
    description: str = ""
    colour: int | None = None
    author: str = ""
    fields: tuple[Field, ...] = ()
    footer: str = ""
    thumbnail: str | None = None

    def texts(self) -> Iterator[str]:
        """Everything that counts towards ``ALL_TEXTS``."""
        yield from (self.title, self.description, self.author, self.footer)
        for field in self.fields:
            yield from (field.name, field.value)

    @property
    def size(self) -> int:
        """All texts together, in UTF-16 units."""
        return sum(map(units, self.texts()))

    def json(self) -> dict[str, Any]:
        """As the API takes it; ``discord.Embed.from_dict`` takes the same."""
        parts: dict[str, Any] = {
            "title": self.title,
            "url": self.url,
            "description": self.description,
            "color": self.colour,
            "author": {"name": self.author} if self.author else None,
            "fields": [_field(field) for field in self.fields],
            "footer": {"text": self.footer} if self.footer else None,
            "thumbnail": {"url": self.thumbnail} if self.thumbnail else None,
        }
        return {key: part for key, part in parts.items() if part or part == 0}


def _field(field: Field) -> dict[str, Any]:
    return {"name": field.name, "value": field.value, "inline": field.inline}
