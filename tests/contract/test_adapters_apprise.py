"""The adapter contract over apprise: its three forms of text, sent to a server on loopback."""

import html
import re
from collections.abc import AsyncGenerator, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import ClassVar

from aiohttp import web
from aiohttp.test_utils import TestServer
from markdown_it import MarkdownIt  # comes with rich: an independent reading of CommonMark

from adapters.apprise.adapter import create
from adapters.apprise.render import AppriseMessage, Form
from adapters.base import Adapter, Message, Options
from adapters.testing.contract import AdapterContract
from bot.domain.target import Target

_TAG = re.compile(r"<[^>]*>")
_HREF = re.compile(r'<a href="([^"]*)"')
_URL = re.compile(r"https?://\S+")
_COMMONMARK = MarkdownIt("commonmark")


class TestHtml(AdapterContract):
    target = Target("apprise", "team")
    factory = staticmethod(create)
    form: ClassVar[Form] = Form.HTML

    def values(self) -> Mapping[str, object]:
        return {"services": {"team": "json://127.0.0.1:9/"}}

    def texts(self, message: Message) -> Sequence[str]:
        if message.plain:
            return self.sources(message)
        return [html.unescape(_TAG.sub("", self.as_html(message)))]

    def sources(self, message: Message) -> Sequence[str]:
        sent: AppriseMessage = message
        return [sent.body(Form.TEXT if sent.plain else self.form, titled=False)]

    def links(self, message: Message) -> Collection[str]:
        if message.plain:
            return set(_URL.findall(self.sources(message)[0]))
        return {html.unescape(url) for url in _HREF.findall(self.as_html(message))}

    def as_html(self, message: Message) -> str:
        return self.sources(message)[0]

    def working(self) -> AbstractAsyncContextManager[Adapter]:
        return _served(200)

    def broken(self) -> AbstractAsyncContextManager[Adapter]:
        return _served(500)


class TestMarkdown(TestHtml):
    form = Form.MARKDOWN

    def as_html(self, message: Message) -> str:
        return _COMMONMARK.render(self.sources(message)[0])


class TestText(TestHtml):
    form = Form.TEXT

    def texts(self, message: Message) -> Sequence[str]:
        return self.sources(message)

    def links(self, message: Message) -> Collection[str]:
        return set(_URL.findall(self.sources(message)[0]))


@asynccontextmanager
async def _served(status: int) -> AsyncGenerator[Adapter, None]:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(status=status)

    app = web.Application()
    app.router.add_post("/", answer)
    async with TestServer(app, host="127.0.0.1") as server:
        address = str(server.make_url("/")).partition("//")[2]
        services = {"team": f"json://{address}"}
        yield create(Options("apprise", {"services": services}))
