"""What apprise is given, what its answers mean, and that its URLs stay secret."""

import asyncio
import io
import json
import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from adapters.apprise import AppriseAdapter, create
from adapters.base import Options
from adapters.plain import plain_text
from adapters.testing.losses import is_shown, texts_of, visible
from adapters.testing.posts import HOSTILE, PLAIN, contract_posts
from bot.domain.delivery_errors import (
    ChatGone,
    ContentRejected,
    DeliveryError,
    NotDelivered,
    OutcomeUnknown,
    RateLimited,
)
from bot.domain.errors import SettingsError
from bot.domain.post import Post
from bot.domain.target import Target

TEAM = Target("apprise", "team")
SECRET = "s3cr3t-pass"


class Service:
    """A web hook on loopback that keeps what it gets and answers as it is told."""

    def __init__(self, *statuses: int) -> None:
        self._statuses = list(statuses)
        self.got: list[dict[str, Any]] = []
        self.slow = False
        self.deaf = False

    async def answer(self, request: web.Request) -> web.Response:
        self.got.append(json.loads(await request.text()))
        if self.deaf and request.transport is not None:
            request.transport.abort()
        if self.slow:
            await asyncio.sleep(0.3)
        return web.Response(status=self._statuses.pop(0) if self._statuses else 200)


def adapter_for(**services: str) -> AppriseAdapter:
    return create(Options("apprise", {"services": services}))


@asynccontextmanager
async def serving(service: Service) -> AsyncGenerator[str, None]:
    """The service's host and port."""
    app = web.Application()
    app.router.add_post("/{tail:.*}", service.answer)
    async with TestServer(app, host="127.0.0.1") as server:
        yield str(server.make_url("")).partition("//")[2].rstrip("/")


async def publish(
    service: Service, post: Post, url: str = "json://{}/", *, plain: bool = False
) -> None:
    """Send a post through a service's URL, ``{}`` standing for the server."""
    async with serving(service) as server:
        adapter = adapter_for(team=url.format(server))
        for message in adapter.render(post, plain=plain):
            receipt = await adapter.send(TEAM, message, key="k1")
            assert receipt.message_id == "k1"


@pytest.mark.parametrize(
    ("status", "raised"),
    [
        (400, ContentRejected),
        (401, ChatGone),
        (403, ChatGone),
        (404, ChatGone),
        (410, ChatGone),
        (413, ContentRejected),
        (429, RateLimited),
        (409, OutcomeUnknown),
        (500, OutcomeUnknown),
        (502, OutcomeUnknown),
        (503, OutcomeUnknown),
    ],
)
async def test_a_status_means(status: int, raised: type[DeliveryError]) -> None:
    with pytest.raises(raised, match=str(status)):
        await publish(Service(status), PLAIN)


async def test_a_rate_limit_asks_for_a_minute() -> None:
    with pytest.raises(RateLimited) as limited:
        await publish(Service(429), PLAIN)
    assert (limited.value.retry_after, limited.value.everywhere) == (60.0, False)


async def test_f38_without_a_connection_nothing_was_delivered(unused_tcp_port: int) -> None:
    adapter = adapter_for(team=f"json://127.0.0.1:{unused_tcp_port}/")
    with pytest.raises(NotDelivered, match="no connection to JSON"):
        await adapter.send(TEAM, adapter.render(PLAIN)[0], key="k")


async def test_f37_a_connection_lost_after_the_bytes_left_is_unknown() -> None:
    service = Service()
    service.deaf = True
    with pytest.raises(OutcomeUnknown):
        await publish(service, PLAIN)
    assert len(service.got) == 1


async def test_f37_a_time_out_is_unknown_and_nothing_is_repeated() -> None:
    service = Service()
    service.slow = True
    with pytest.raises(OutcomeUnknown):
        await publish(service, PLAIN, "json://{}/?rto=0.05&retry=3&wait=0")
    assert len(service.got) == 1


async def test_a_failure_is_no_success_because_the_url_calls_it_optional() -> None:
    with pytest.raises(ChatGone):
        await publish(Service(403), PLAIN, "json://{}/?optional=yes")


async def test_f37_of_several_addresses_some_may_have_it() -> None:
    service = Service(200, 400)
    with pytest.raises(OutcomeUnknown, match="some of it"):
        await publish(service, PLAIN, "mmost://{}/token/?channels=one,two")
    assert len(service.got) == 2


async def test_f37_of_several_pieces_some_may_have_arrived() -> None:
    with pytest.raises(OutcomeUnknown, match="some of it"):
        await publish(Service(200, 400), contract_posts()["endless words"], "mmost://{}/token")


@pytest.mark.parametrize("plain", [False, True], ids=["marked up", "plain"])
@pytest.mark.parametrize("name", ["usual", "endless Chinese", "endless words", "endless title"])
async def test_f36_what_is_too_long_is_split_and_nothing_lost(name: str, plain: bool) -> None:
    service, post = Service(), contract_posts()[name]
    await publish(service, post, "mmost://{}/token", plain=plain)
    texts = [got["text"] for got in service.got]
    assert all(0 < len(text) <= 4000 for text in texts)
    runs = [visible(text) for text in texts]
    assert [text for text in texts_of(post) if not is_shown(text, runs)] == []


async def test_a_service_for_text_gets_text() -> None:
    service = Service()
    await publish(service, PLAIN, "mmost://{}/token")
    assert [got["text"] for got in service.got] == [plain_text(PLAIN).replace("   ", " · ")]


async def test_a_service_for_html_gets_html_with_the_title_apart() -> None:
    service = Service()
    await publish(service, PLAIN)
    (got,) = service.got
    assert got["title"] == PLAIN.title
    assert got["message"].startswith(f'<a href="{PLAIN.url}">huggingface.co</a><br/>')
    assert "<b>Main work</b><br/>\nThe context is extended cheaply." in got["message"]
    assert PLAIN.title not in got["message"]


async def test_plain_is_text_for_a_service_that_also_takes_html() -> None:
    service = Service()
    await publish(service, PLAIN, plain=True)
    assert "<" not in service.got[0]["message"]


@pytest.mark.parametrize("title", ["A < B", "[a](https://evil.example)", "x " * 120], ids=str)
async def test_t4_a_title_that_could_be_markup_or_be_cut_goes_into_the_body(title: str) -> None:
    service = Service()
    await publish(service, replace(PLAIN, title=title))
    assert service.got[0]["title"] == ""


async def test_t3_nobody_is_called() -> None:
    service = Service()
    await publish(service, replace(PLAIN, title=HOSTILE["mentions"]), "mmost://{}/token")
    text = service.got[0]["text"]
    assert not any(call in text for call in ("@everyone", "@here", "@room", "<!here", "<@1", "<at"))


async def test_emoji_names_and_escapes_stay_as_they_are() -> None:
    service = Service()
    post = replace(PLAIN, footer=(":smile: \\n {{x}} %s",))
    await publish(service, post, "mmost://{}/token?emojis=yes")
    assert ":smile: \\n {{x}} %s" in service.got[0]["text"]


async def test_a_chat_that_no_service_is_named_for_is_gone() -> None:
    adapter = adapter_for(team="json://localhost/")
    with pytest.raises(ChatGone):
        await adapter.send(Target("apprise", "other"), adapter.render(PLAIN)[0], key="k")


async def test_the_loop_goes_on_while_a_service_is_slow() -> None:
    service = Service()
    service.slow = True
    beats = 0
    async with serving(service) as server:
        adapter = adapter_for(team=f"json://{server}/")
        sending = asyncio.ensure_future(adapter.send(TEAM, adapter.render(PLAIN)[0], key="k"))
        while not sending.done():
            beats += 1
            await asyncio.sleep(0.01)
    assert beats > 5


def test_a_service_says_how_fast_it_may_be_written_to() -> None:
    adapter = adapter_for(team="json://localhost/", slack=f"ntfy://{SECRET}/topic")
    assert adapter.pace(TEAM).chat_gap is None
    assert adapter.pace(Target("apprise", "slack")).chat_gap == 5.5


@pytest.mark.parametrize(
    ("values", "words"),
    [
        pytest.param({}, ["services must be a table"], id="nothing"),
        pytest.param({"services": {}}, ["services must be a table"], id="no service"),
        pytest.param({"services": "x"}, ["services must be a table"], id="no table"),
        pytest.param(
            {"services": {"a": f"nonsense://{SECRET}", "b": SECRET, "c": 3}, "url": SECRET},
            ["services.a: ", "nonsense://", "services.b: ", "services.c: ", ".url is no option"],
            id="every fault at once",
        ),
        pytest.param({"services": {"a": f"slack://{SECRET}"}}, ["slack://"], id="an unusable URL"),
    ],
)
def test_t5_wrong_options_are_named_and_no_url_is_shown(
    values: dict[str, object], words: list[str]
) -> None:
    with pytest.raises(SettingsError) as raised:
        create(Options("apprise", values))
    assert all(word in str(raised.value) for word in words)
    assert SECRET not in str(raised.value)


@pytest.mark.parametrize("status", [200, 500], ids=["taken", "refused"])
async def test_t5_no_url_and_no_text_reaches_the_log(
    status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging.getLogger("aiohttp.access"), "disabled", True)  # the server's own
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        await _try_once(Service(status))
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
    assert SECRET not in written.getvalue()
    assert PLAIN.title not in written.getvalue()


async def _try_once(service: Service) -> None:
    try:
        await publish(service, PLAIN, f"json://user:{SECRET}@{{}}/{SECRET}")
    except OutcomeUnknown as error:
        assert SECRET not in str(error)  # noqa: PT017 - one of two outcomes, both without it
