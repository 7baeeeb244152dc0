"""Whether a model can be used, in plain facts for ``sulan check`` (F25)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot.domain.errors import ModelBusy, ModelUnusable, SummaryError
from summarizer.chat import ChatEndpoint, OfferedModel
from summarizer.openai_errors import KeyRefused, NotOffered
from summarizer.openai_options import OpenAIOptions


@dataclass(frozen=True, slots=True)
class ModelStatus:
    """What an endpoint says of itself and of one model. ``None`` means that it did not say.

    ``offers`` are the ids on its list. ``shutdown_date`` is the day on which the model ends.
    ``problem`` is a sentence on what is wrong and what to do.
    """

    model: str
    url: str
    reachable: bool
    key_accepted: bool | None = None
    offered: bool | None = None
    shutdown_date: date | None = None
    offers: tuple[str, ...] = ()
    problem: str | None = None


async def ask_status(options: OpenAIOptions, endpoint: ChatEndpoint) -> ModelStatus:
    """Ask for the list of models, once. It costs nothing, and never raises a SummaryError."""
    known = ModelStatus(options.model, options.shown_url, reachable=True)
    try:
        models = await endpoint.offered()
    except KeyRefused as error:
        return replace(known, key_accepted=False, problem=str(error))
    except NotOffered:
        return replace(known, problem=f"{known.url}/models does not exist (HTTP 404).{_NO_LIST}")
    except ModelBusy as error:
        return replace(known, reachable=False, problem=str(error))
    except ModelUnusable as error:
        return replace(known, problem=str(error))
    except SummaryError as error:
        return replace(known, problem=f"{error}{_NO_LIST}")
    accepted = True if options.api_key else None
    return _judged(replace(known, key_accepted=accepted), models)


_NO_LIST = (
    " Whether the model is offered cannot be told; if calls fail too, check that model.base_url "
    "ends in its version path (/v1)."
)


def _judged(known: ModelStatus, models: Sequence[OfferedModel]) -> ModelStatus:
    offers = tuple(model.id for model in models)
    # Gemini lists its models with a prefix that requests do not need, and Ollama with a tag.
    names = {known.model, f"models/{known.model}", f"{known.model}:latest"}
    found = next((model for model in models if model.id in names), None)
    if found is None:
        problem = f"{known.url} does not offer {known.model}. Set model.name to one that it lists."
        return replace(known, offered=False, offers=offers, problem=problem)
    ends = _day(found.shutdown_date)
    problem = f"{known.model} is offered until {ends}. Choose its successor." if ends else None
    return replace(known, offered=True, offers=offers, shutdown_date=ends, problem=problem)


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat((text or "")[:10])
    except ValueError:
        return None
