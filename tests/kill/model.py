"""A fake endpoint that speaks Chat Completions, and keeps count of what it was paid for."""

import asyncio
import re
import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from random import Random
from typing import Any

from aiohttp import web

from summarizer.testing import entry_json

NAME = "fake-model"
_TITLE = re.compile(r"^Title: (.*)$", re.MULTILINE)
_ENGLISH = (
    "The paper presents a method for its task, describes how it is trained and used, and shows in "
    "experiments that it works well in practice."
)
_CHINESE = "该论文针对其任务提出了一种方法，介绍了其训练方式，并通过实验表明它在实践中效果良好。"
_CHINESE_FIELDS = {
    "highlights": ["该方法不需要标注数据。", "该方法易于在此基础上继续研究。"],
    "keywords": [
        {"term": term, "translation": chinese}
        for term, chinese in (
            ("Large Language Models", "大型语言模型"),
            ("Fine-tuning", "微调"),
            ("Evaluation", "评测"),
            ("Data", "数据"),
            ("Scaling", "规模化"),
        )
    ],
    "scores": {
        name: {"score": points, "reason": "摘要介绍了一种可行的方法。"}
        for name, points in (("practicality", 3.5), ("novelty", 3.0), ("recommendation", 3.0))
    },
}


@dataclass(eq=False, slots=True)
class ModelCall:
    """A call: about which paper, in which language, by which process, and when it began.

    Where the process was dead before it could be told whose the call is, ``pid`` is ``None``.
    """

    paper: str
    language: str
    began: float
    pid: int | None = None
    answered: bool = False


@dataclass
class Model:
    """The endpoint. ``titles`` tells it which paper a title is; ``calls`` holds all calls in order.

    An answer takes ``delay_s`` at most.
    """

    random: Random
    delay_s: float = 0.3
    titles: dict[str, str] = field(default_factory=dict[str, str])
    calls: list[ModelCall] = field(default_factory=list[ModelCall])

    def by_key(self) -> dict[tuple[str, str], list[ModelCall]]:
        """The calls of each paper and language."""
        found: dict[tuple[str, str], list[ModelCall]] = defaultdict(list)
        for call in self.calls:
            found[call.paper, call.language].append(call)
        return found

    def paid_again(self, deaths: Mapping[int, float]) -> tuple[int, list[float]]:
        """How many calls were made again because whoever made them had died, given when processes
        did; and for each other repetition, how many seconds after the call that it repeats."""
        after_death, others = 0, list[float]()
        for calls in self.by_key().values():
            for before, call in pairwise(calls):
                if before.pid is None or deaths.get(before.pid, call.began + 1) <= call.began:
                    after_death += 1
                else:
                    others.append(call.began - before.began)
        return after_death, others

    async def models(self, _: web.Request) -> web.Response:
        """GET /models."""
        return web.json_response({"object": "list", "data": [{"id": NAME, "object": "model"}]})

    async def complete(self, request: web.Request) -> web.Response:
        """POST /chat/completions."""
        body = await request.json()
        call = self._read(body)
        call.pid = request.get("pid")
        self.calls.append(call)
        await asyncio.sleep(self.random.uniform(0.02, self.delay_s))
        call.answered = True
        return web.json_response(_answer(_entry(call.language)))

    def _read(self, body: dict[str, Any]) -> ModelCall:
        said = "\n".join(message["content"] for message in body["messages"])
        title = _TITLE.search(said)
        language = "zh" if "Chinese" in said.rpartition("Write its entry in")[2] else "en"
        paper = self.titles.get(title[1] if title else "", "?")
        return ModelCall(paper, language, time.monotonic())


def _entry(language: str) -> str:
    return entry_json(_ENGLISH) if language == "en" else entry_json(_CHINESE, **_CHINESE_FIELDS)


def _answer(content: str) -> dict[str, Any]:
    message = {"role": "assistant", "content": content, "refusal": None}
    usage = {"prompt_tokens": 900, "completion_tokens": 300, "total_tokens": 1200}
    choice = {"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1_795_262_400,
        "model": NAME,
        "choices": [choice],
        "usage": usage,
    }
