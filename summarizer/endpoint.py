"""The one importer of the openai SDK: requests out, replies and our errors in.

The SDK is used for its transport and its error classes only, not for ``parse`` or its response
types: those add seven more ways to fail (pydantic, JSON and attribute errors among them) for what
``reply`` does without any. The body of an answer is read here as what it is: bytes from outside.
Importing this module costs over a second; the composition root does it only for a configured model.
"""

import asyncio
import json
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime

import httpx2
import openai

from bot.domain.errors import ModelBusy, SummaryError, SummaryMalformed
from bot.ports import Clock
from summarizer import openai_errors
from summarizer.capped import AnswerTooLarge, CappedClient
from summarizer.chat import ChatReply, OfferedModel
from summarizer.openai_errors import AnswerLost, Refusal, Subject
from summarizer.openai_options import OpenAIOptions
from summarizer.reply import read_models, read_reply

# A connection is made or it is not; the rest of the time-out is for the answer.
_CONNECT_S = 10.0
# Everything else that the SDK adds stays here: its telemetry, and what it takes from OPENAI_ORG_ID,
# OPENAI_PROJECT_ID and OPENAI_CUSTOM_HEADERS (which may even replace the key).
_HEADERS = frozenset(
    {
        "host",
        "accept",
        "accept-encoding",
        "connection",
        "content-type",
        "content-length",
        "user-agent",
    }
)


class OpenAIEndpoint:
    """Implements ``summarizer.chat.ChatEndpoint`` with the openai SDK.

    Nothing is taken from the environment but the proxy settings that every program honours.
    ``transport`` stands in for the network in tests.
    """

    def __init__(
        self,
        options: OpenAIOptions,
        *,
        clock: Clock,
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        self._options = options
        self._clock = clock
        self._subject = Subject(options.model, options.shown_url, options.api_key is not None)
        timeout = httpx2.Timeout(options.timeout_s, connect=min(_CONNECT_S, options.timeout_s))
        self._client = openai.AsyncOpenAI(
            base_url=options.base_url,
            api_key=options.api_key.reveal() if options.api_key else "none",
            max_retries=0,
            timeout=timeout,
            http_client=CappedClient(
                transport=transport,
                timeout=timeout,
                follow_redirects=False,
                event_hooks={"request": [self._only_ours]},
            ),
        )

    async def complete(self, body: Mapping[str, object]) -> ChatReply:
        """As the port says. Any body with a status of success gives a reply, readable or not."""
        async with self._translated():
            response = await self._client.post(
                "/chat/completions", cast_to=httpx2.Response, body=dict(body)
            )
        return read_reply(response.content)

    async def offered(self) -> Sequence[OfferedModel]:
        """As the port says.

        Raises:
            SummaryMalformed: the endpoint answers, and not with a list of models.
        """
        async with self._translated():
            response = await self._client.get("/models", cast_to=httpx2.Response)
        models = read_models(response.content)
        if models is None:
            raise SummaryMalformed(f"{self._subject.url} gave no list of models.")
        return models

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def _only_ours(self, request: httpx2.Request) -> None:
        for name in list(request.headers):
            if name.lower() not in _HEADERS:
                del request.headers[name]
        if self._options.api_key:
            request.headers["authorization"] = f"Bearer {self._options.api_key.reveal()}"

    @asynccontextmanager
    async def _translated(self) -> AsyncGenerator[None, None]:
        """The one place where the SDK's exceptions, and what leaks through it, become ours."""
        url, limit = self._subject.url, self._options.timeout_s
        try:
            # The SDK's time-outs are per read: a server that drips bytes would never meet them.
            async with asyncio.timeout(limit):
                yield
        except (TimeoutError, openai.APITimeoutError) as error:
            raise AnswerLost(f"{url} did not answer within {limit:g} s.") from error
        except AnswerTooLarge as error:
            raise SummaryMalformed(f"{url} answered with {error}, which is refused.") from error
        except openai.APIConnectionError as error:
            raise _connection_error(error, url) from error
        except openai.APIStatusError as error:
            raise self._refused(error) from _silenced(error)
        except (openai.OpenAIError, httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise SummaryError(f"The call to {url} failed.") from _silenced(error)
        except (ValueError, TypeError, AttributeError) as error:  # the SDK lets these through
            raise SummaryMalformed(f"{url} gave what the openai SDK cannot read.") from _silenced(
                error
            )

    def _refused(self, error: openai.APIStatusError) -> SummaryError:
        refusal = _refusal(error.response, self._clock.now())
        return openai_errors.refusal_error(refusal, self._subject)


def _refusal(response: httpx2.Response, now: datetime) -> Refusal:
    try:
        body: object = json.loads(response.content)
    except (ValueError, RecursionError):
        body = None  # a proxy's HTML page: the status must do
    return Refusal(
        response.status_code,
        openai_errors.error_detail(body),
        openai_errors.wait_seconds(response.headers, now),
    )


def _connection_error(error: openai.APIConnectionError, url: str) -> ModelBusy:
    # Before the connection stood nothing was sent; afterwards the answer may have been paid for.
    if isinstance(error.__cause__, httpx2.ConnectError | httpx2.UnsupportedProtocol):
        return ModelBusy(f"{url} cannot be reached. Check the network and model.base_url.")
    return AnswerLost(f"{url} dropped the connection. Try again later.")


def _silenced(error: Exception) -> Exception:
    """The same exception with its text gone: it quotes bodies, and a traceback would print it."""
    status = getattr(error, "status_code", None)
    error.args = (f"HTTP {status}" if status else "text withheld",)
    return error
