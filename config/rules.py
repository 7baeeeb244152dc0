"""What must hold between settings, and what is worth a hint. Pure."""

from collections import Counter
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from config.chats import ChatSettings
from config.settings import OPENAI_ADDRESS, HttpSettings, ModelSettings, Settings
from config.values import is_loopback

# arXiv's API terms of use: at most one request every three seconds, all machines together.
ARXIV_MIN_INTERVAL_S = 3.0
# One look a minute at one list is the most that Hugging Face should see from us (F2).
LEAST_COLLECT_S = 60.0


def contradictions(settings: Settings) -> Iterator[tuple[str, str]]:
    """Each setting (dotted key) that another one forbids, with a sentence that says what to do."""
    yield from _arxiv(settings)
    yield from _prices(settings.model)
    yield from _times(settings.http)
    yield from _key(settings.model)
    yield from _fallback(settings.model)
    yield from _rhythm(settings)
    yield from _chats(settings.chats)


def advice(settings: Settings) -> Iterator[tuple[str, str]]:
    """Each setting (dotted key) that is allowed and probably not meant, with the reason."""
    model = settings.model
    if model.api_key and not model.name:
        yield "model.name", "is not set, so the key in model.api_key is not used"
    if not urlsplit(model.base_url).path:
        yield "model.base_url", "has no path; most endpoints end in /v1, and none is added"
    if model.api_key and model.base_url.startswith("http://") and not is_loopback(model.base_url):
        yield "model.base_url", "is plain http, so the key in model.api_key travels unencrypted"


def _arxiv(settings: Settings) -> Iterator[tuple[str, str]]:
    arxiv = settings.arxiv
    local = is_loopback(arxiv.api_url) and is_loopback(arxiv.rss_url)
    if arxiv.interval_s < ARXIV_MIN_INTERVAL_S and not local:
        text = (
            f"is {arxiv.interval_s:g}, less than the {ARXIV_MIN_INTERVAL_S:g} seconds that arXiv's "
            "terms ask for; allowed only with arxiv.api_url and arxiv.rss_url on this machine"
        )
        yield "arxiv.interval_s", text


def _rhythm(settings: Settings) -> Iterator[tuple[str, str]]:
    arxiv, every = settings.arxiv, settings.run.collect_every_s
    upstreams = (settings.huggingface.base_url, arxiv.api_url, arxiv.rss_url)
    if every < LEAST_COLLECT_S and not all(map(is_loopback, upstreams)):
        text = (
            f"is {every:g}, less than {LEAST_COLLECT_S:g} seconds, the most that an upstream "
            "should see from us; allowed only with huggingface.base_url, arxiv.api_url and "
            "arxiv.rss_url on this machine"
        )
        yield "run.collect_every_s", text


def _chats(chats: Sequence[ChatSettings]) -> Iterator[tuple[str, str]]:
    counts = Counter((chat.platform, chat.chat, chat.thread) for chat in chats)
    for place, count in counts.items():
        if count > 1:
            shown = "/".join(part for part in place if part)
            yield "chats", f"names {shown} {count} times; give it one table"
    for chat in chats:
        shown = "/".join(part for part in (chat.platform, chat.chat, chat.thread) if part)
        if chat.days and not chat.hours:
            yield "chats", f"has days for {shown} and no hours; set hours too"
        if chat.second_language and chat.second_language == chat.language:
            yield "chats", f"has one language twice for {shown}; leave out second_language"


def _fallback(model: ModelSettings) -> Iterator[tuple[str, str]]:
    if model.fallback and not model.name:
        yield "model.fallback", "is set without model.name; set model.name to the one you prefer"
    elif model.fallback == model.name and model.name:
        yield "model.fallback", "is model.name itself; set another model, or unset it"


def _times(http: HttpSettings) -> Iterator[tuple[str, str]]:
    if http.connect_timeout_s > http.total_timeout_s:
        text = (
            f"is {http.connect_timeout_s:g}, longer than http.total_timeout_s "
            f"({http.total_timeout_s:g}), which includes it; make it shorter"
        )
        yield "http.connect_timeout_s", text


def _key(model: ModelSettings) -> Iterator[tuple[str, str]]:
    host = _host(OPENAI_ADDRESS)
    if model.name and not model.api_key and _host(model.base_url) == host:
        text = (
            f"is not set, and {host} needs it for model {model.name!r}; set "
            "SULAN_MODEL__API_KEY or write the key to a file secrets/model__api_key, or set "
            "model.base_url to an endpoint that needs none, or unset model.name to quote abstracts"
        )
        yield "model.api_key", text


def _prices(model: ModelSettings) -> Iterator[tuple[str, str]]:
    if model.input_usd_per_million is None and model.output_usd_per_million is not None:
        yield "model.output_usd_per_million", "is set without model.input_usd_per_million; set both"
    if model.output_usd_per_million is None and model.input_usd_per_million is not None:
        yield "model.input_usd_per_million", "is set without model.output_usd_per_million; set both"
    if model.cached_usd_per_million is not None and model.input_usd_per_million is None:
        yield "model.cached_usd_per_million", "is set without model.input_usd_per_million; set both"


def _host(address: str) -> str:
    return urlsplit(address).hostname or ""
