"""An endpoint's bodies, read with suspicion: nothing in them can raise."""

import json
from collections.abc import Mapping
from typing import cast

from summarizer.chat import ChatReply, OfferedModel, Usage

# A counter beyond this is nonsense, and must not make the ledger overflow.
_MAX_TOKENS = 100_000_000


def read_reply(body: bytes) -> ChatReply:
    """A chat completion's first choice; ``readable`` is false for anything else (HTML, broken
    JSON, no choices)."""
    answer = _mapping(_decoded(body))
    usage = _usage(_mapping(answer.get("usage")))
    choice = _mapping(_first(answer.get("choices")))
    message = choice.get("message")
    if not isinstance(message, dict):
        return ChatReply(readable=False, usage=usage)
    fields = _mapping(cast("dict[str, object]", message))
    finish = choice.get("finish_reason")
    return ChatReply(
        readable=True,
        content=_content(fields.get("content")),
        refused=bool(fields.get("refusal")),
        finish=finish if isinstance(finish, str) else "",
        usage=usage,
    )


def read_models(body: bytes) -> tuple[OfferedModel, ...] | None:
    """The models of ``GET /models``, with their other names; ``None`` where it is no such list."""
    data = _mapping(_decoded(body)).get("data")
    if not isinstance(data, list):
        return None
    models: list[OfferedModel] = []
    for entry in cast("list[object]", data):
        fields = _mapping(entry)
        shutdown = fields.get("shutdown_date")
        aliases = fields.get("aliases")
        names = [fields.get("id"), *(cast("list[object]", aliases) if _is_list(aliases) else [])]
        models += [
            OfferedModel(name, shutdown if isinstance(shutdown, str) else None)
            for name in dict.fromkeys(names)
            if isinstance(name, str)
        ]
    return tuple(models)


def _decoded(body: bytes) -> object:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _mapping(value: object) -> Mapping[str, object]:
    return cast("dict[str, object]", value) if isinstance(value, dict) else {}


def _is_list(value: object) -> bool:
    return isinstance(value, list)


def _first(value: object) -> object:
    items = cast("list[object]", value) if isinstance(value, list) else []
    return items[0] if items else None


def _content(value: object) -> str:
    """The text; some endpoints send it in parts. Half characters cannot be sent back, and go."""
    parts = cast("list[object]", value) if isinstance(value, list) else [{"text": value}]
    texts = (_mapping(part).get("text") for part in parts)
    joined = "".join(text for text in texts if isinstance(text, str))
    return joined.encode("utf-8", "replace").decode("utf-8")


def _usage(fields: Mapping[str, object]) -> Usage:
    given = _count(fields.get("prompt_tokens"))
    cached = _count(_mapping(fields.get("prompt_tokens_details")).get("cached_tokens"))
    return Usage(given, min(cached, given), _count(fields.get("completion_tokens")))


def _count(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        return 0
    return min(max(value, 0), _MAX_TOKENS)
