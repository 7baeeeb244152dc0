"""A chat as it is kept in a file: an entry of ``[[chats]]``, and where the chat stands."""

from typing import Annotated, cast

from pydantic import AwareDatetime, BeforeValidator, Field, ValidationError

from bot.domain.errors import SettingsError
from config.chats import ChatSettings
from config.values import SourceKey, listed

KeptSources = Annotated[tuple[SourceKey, ...], BeforeValidator(listed)]


class KeptChat(ChatSettings):
    """An entry with what only a running installation knows. One that has left gets no lists."""

    sources: KeptSources | None = Field(default=None, description="The lists it gets, or none.")
    since: AwareDatetime | None = Field(default=None, description="When it was first known.")
    paused: bool = Field(default=False, description="Whether it wants nothing for now.")
    suspended: str = Field(default="", description="Why nothing can be sent there.")
    listed: str = Field(default="", description="The fingerprint of the operator's entry.")


def kept_chat(entry: object) -> KeptChat:
    """One table of such a file.

    Raises:
        SettingsError: says what is wrong with it first.
    """
    try:
        return KeptChat.model_validate(entry)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        key = ".".join(str(part) for part in first["loc"]) or "the table"
        words = first["msg"].removeprefix("Value error, ")
        raise SettingsError(f"{key}: {words}.") from error


def defaults() -> dict[str, object]:
    """Each key's default, as a file writes it: lists for what the models hold as tuples."""
    fields = KeptChat.model_fields.items()
    values: dict[str, object] = {name: field.get_default() for name, field in fields}
    return {
        name: list(cast("tuple[object]", value)) if isinstance(value, tuple) else value
        for name, value in values.items()
    }
