"""An HTTP client whose answers are read up to a bound, whatever a server sends."""

from typing import Any

import httpx2

# Bytes after decompression. The longest answer that a model is asked for has some kilobytes, the
# longest list of models (of a service that passes on hundreds) less than one million.
MAX_ANSWER = 8_000_000
# What no longer holds of a body that was decoded here.
_ENCODED = ("content-encoding", "content-length", "transfer-encoding")


class AnswerTooLarge(Exception):
    """More than ``MAX_ANSWER`` bytes came."""


class CappedClient(httpx2.AsyncClient):
    """Reads every answer whole, and ends a connection that brings too much.

    The bound counts after decompression, since a bomb is small on the wire (F16).
    """

    async def send(self, request: httpx2.Request, **options: Any) -> httpx2.Response:
        """As the library's.

        Raises:
            AnswerTooLarge: the body is larger than ``MAX_ANSWER``.
        """
        options["stream"] = True
        response = await super().send(request, **options)
        try:
            body = bytearray()
            async for piece in response.aiter_bytes():
                body += piece
                if len(body) > MAX_ANSWER:
                    raise AnswerTooLarge(f"more than {MAX_ANSWER:,} bytes")
        finally:
            await response.aclose()
        kept = [(name, v) for name, v in response.headers.multi_items() if name not in _ENCODED]
        return httpx2.Response(
            response.status_code, headers=kept, content=bytes(body), request=request
        )
