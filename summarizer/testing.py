"""Stand-ins for a model, for anyone's tests."""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TypeAlias

from bot.domain.errors import SummaryError
from summarizer.chat import ChatReply, OfferedModel, Usage

# What a scripted endpoint does next: a reply, an error to raise, or a function of the body.
Step: TypeAlias = ChatReply | SummaryError | Callable[[Mapping[str, object]], Awaitable[ChatReply]]

USAGE = Usage(input_tokens=900, cached_tokens=0, output_tokens=300)


class ScriptedEndpoint:
    """Implements ``summarizer.chat.ChatEndpoint`` from a script; the last step repeats.

    ``bodies`` holds every request.
    """

    def __init__(self, *steps: Step, models: Sequence[OfferedModel] | SummaryError = ()) -> None:
        self._steps = list(steps)
        self._models = models
        self.bodies: list[Mapping[str, object]] = []
        self.closed = False

    async def complete(self, body: Mapping[str, object]) -> ChatReply:
        """The next step of the script."""
        self.bodies.append(body)
        step = self._steps.pop(0) if len(self._steps) > 1 else self._steps[0]
        if isinstance(step, SummaryError):
            raise step
        return step if isinstance(step, ChatReply) else await step(body)

    async def offered(self) -> Sequence[OfferedModel]:
        """The scripted list, or the scripted error."""
        if isinstance(self._models, SummaryError):
            raise self._models
        return self._models

    async def aclose(self) -> None:
        """Note that it was closed."""
        self.closed = True


def reply(content: str, *, finish: str = "stop", refused: bool = False) -> ChatReply:
    """A readable reply that cost ``USAGE``."""
    return ChatReply(True, content, refused=refused, finish=finish, usage=USAGE)


def entry_json(main_work: str, **changes: object) -> str:
    """A well-formed English entry as a model would send it. ``changes`` replace its fields."""
    entry: dict[str, object] = {
        "main_work": main_work,
        "highlights": ["The method needs no labels.", "It is simple to build on."],
        "keywords": [
            {"term": term, "translation": ""}
            for term in ("Large Language Models", "Fine-tuning", "Evaluation", "Data", "Scaling")
        ],
        "scores": {
            name: {"score": points, "reason": "The abstract reports a working method."}
            for name, points in (("practicality", 3.5), ("novelty", 3.0), ("recommendation", 3.0))
        },
    }
    return json.dumps(entry | changes, ensure_ascii=False)
