"""Valid JSON is not a valid summary: llama.cpp's own server with a model of random weights."""

import json
import random
import struct
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any, cast

import pytest

from bot.domain.errors import SummaryCutOff, SummaryMalformed
from bot.domain.paper import Paper
from bot.domain.paper_id import PaperId
from bot.domain.summary import SummaryKey
from bot.store.memory import MemoryLedger
from bot.testing import VirtualClock
from summarizer.answer import Asked, read_answer
from summarizer.budget import Budget, DailyLimit
from summarizer.chat import ChatReply
from summarizer.checks import review
from summarizer.draft import Draft
from summarizer.endpoint import OpenAIEndpoint
from summarizer.ladder import Rung
from summarizer.languages import load_wording
from summarizer.line import ModelLine
from summarizer.markdown import read_entry
from summarizer.openai import OpenAISummarizer
from summarizer.openai_options import OpenAIOptions
from summarizer.question import Question
from summarizer.schema import SCORE_NAMES, read_json

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
PAPER = Paper(
    PaperId("2309.12307"),
    "LongLoRA: Efficient Fine-tuning of Long-Context Large Language Models",
    "We present LongLoRA, an efficient fine-tuning approach that extends the context sizes of "
    "pre-trained large language models, with limited computation cost. It extends 7B models from "
    "4k context to 100k on a single 8x A100 machine.",
)

# --- a GGUF file (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md), version 3

WIDTH, HEADS = 32, 2
# Three special tokens, then one token for every byte: no vocabulary is needed.
TOKENS = ["<unk>", "<s>", "</s>", *(f"<0x{byte:02X}>" for byte in range(256))]


def _text(value: str) -> bytes:
    return struct.pack("<Q", len(value.encode())) + value.encode()


def _string(value: str) -> bytes:
    return struct.pack("<I", 8) + _text(value)


def _uint(value: int) -> bytes:
    return struct.pack("<II", 4, value)


def _float(value: float) -> bytes:
    return struct.pack("<If", 6, value)


def _array(code: int, items: list[bytes]) -> bytes:
    return struct.pack("<IIQ", 9, code, len(items)) + b"".join(items)


METADATA = {
    "general.architecture": _string("llama"),
    "general.name": _string("nonsense"),
    "llama.context_length": _uint(16384),
    "llama.embedding_length": _uint(WIDTH),
    "llama.block_count": _uint(1),
    "llama.feed_forward_length": _uint(WIDTH),
    "llama.attention.head_count": _uint(HEADS),
    "llama.attention.head_count_kv": _uint(HEADS),
    "llama.attention.layer_norm_rms_epsilon": _float(1e-5),
    "llama.rope.dimension_count": _uint(WIDTH // HEADS),
    "llama.vocab_size": _uint(len(TOKENS)),
    "tokenizer.ggml.model": _string("llama"),
    "tokenizer.ggml.tokens": _array(8, [_text(token) for token in TOKENS]),
    "tokenizer.ggml.scores": _array(6, [struct.pack("<f", 0.0)] * len(TOKENS)),
    # Unknown, control, control, then bytes.
    "tokenizer.ggml.token_type": _array(
        5, [struct.pack("<i", kind) for kind in (2, 3, 3, *[6] * 256)]
    ),
    "tokenizer.ggml.bos_token_id": _uint(1),
    "tokenizer.ggml.eos_token_id": _uint(2),
    "tokenizer.ggml.unknown_token_id": _uint(0),
    "tokenizer.chat_template": _string(
        "{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}assistant: "
    ),
}
BLOCK = {
    **{f"blk.0.{name}.weight": (WIDTH,) for name in ("attn_norm", "ffn_norm")},
    **{
        f"blk.0.{name}.weight": (WIDTH, WIDTH)
        for name in ("attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down")
    },
}
TENSORS: dict[str, tuple[int, ...]] = {
    "token_embd.weight": (WIDTH, len(TOKENS)),
    "output.weight": (WIDTH, len(TOKENS)),
    "output_norm.weight": (WIDTH,),
    **BLOCK,
}


def _weights(name: str, shape: tuple[int, ...], dice: random.Random) -> list[float]:
    """Random, but for the first of the 32 dimensions: it is 1 for every token on the way in, and
    leans towards quotation marks and printable characters on the way out, so that the nonsense has
    short texts and ends."""
    if "norm" in name:
        return [1.0] * WIDTH
    spread = 0.05 if name.startswith("blk") else 0.5
    values = [dice.gauss(0, spread) for _ in range(WIDTH * shape[1])]
    for token in range(shape[1]):
        if name == "token_embd.weight":
            values[token * WIDTH] = 1.0
        elif name == "output.weight":
            values[token * WIDTH] = _leaning(token - 3)
    return values


def _leaning(byte: int) -> float:
    if byte in map(ord, '"]}'):
        return 0.9
    return 0.0 if byte in range(33, 127) and byte != ord("\\") else -4.0


def write_model(path: Path) -> None:
    """A model of the llama architecture in 100 kB."""
    dice = random.Random(7)
    head = b"GGUF" + struct.pack("<IQQ", 3, len(TENSORS), len(METADATA))
    head += b"".join(_text(key) + value for key, value in METADATA.items())
    data = b""
    for name, shape in TENSORS.items():
        head += _text(name) + struct.pack("<I", len(shape))
        head += struct.pack(f"<{len(shape)}Q", *shape) + struct.pack("<IQ", 0, len(data))
        values = _weights(name, shape, dice)
        data += struct.pack(f"<{len(values)}f", *values)
        data += b"\0" * (-len(data) % 32)
    path.write_bytes(head + b"\0" * (-len(head) % 32) + data)


# --- the server, and what the summariser makes of it


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The base URL of llama.cpp's server, in this process, on a free port of loopback."""
    xllamacpp: Any = import_module("xllamacpp")  # it has no types
    path = tmp_path_factory.mktemp("model") / "nonsense.gguf"
    write_model(path)
    params = xllamacpp.CommonParams()
    params.model.path = str(path)
    params.n_ctx = 16384
    params.n_parallel = 1
    params.warmup = False
    params.verbosity = -1
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1
    params.sampling.seed = 7
    params.model_alias = {"nonsense"}
    server = xllamacpp.Server(params)
    yield f"{server.listening_address}/v1"
    del server


@asynccontextmanager
async def _line(address: str, model: str = "nonsense") -> AsyncGenerator[ModelLine, None]:
    options = OpenAIOptions(model=model, base_url=address, max_output_tokens=3000, concurrency=1)
    clock = VirtualClock(NOON)
    budget = Budget(MemoryLedger(), clock=clock, limit=DailyLimit())
    endpoint = OpenAIEndpoint(options, clock=clock)
    line = ModelLine(options, endpoint=endpoint, budget=budget, clock=clock)
    try:
        yield line
    finally:
        await line.aclose()


def _question(number: int, language: str = "en") -> Question:
    paper = replace(PAPER, id=PaperId(f"2309.{number:05}"), title=f"{PAPER.title} {number}")
    key = SummaryKey(paper.id, 1, language, "v1", "nonsense")
    return Question(key, paper, load_wording(language), cap=3000)


def _shape(value: object) -> object:
    """A JSON value with its texts and numbers replaced by their types."""
    match value:
        case dict():
            fields = cast("dict[str, object]", value)
            return {name: _shape(inner) for name, inner in fields.items()}
        case list():
            return [_shape(inner) for inner in cast("list[object]", value)]
        case _:
            return "number" if isinstance(value, int | float) else type(value).__name__


SCORE = {"reason": "str", "score": "number"}


async def _answers(address: str, count: int) -> list[str]:
    """The texts of some answers, whatever they say."""
    texts: list[str] = []

    def keep(reply: ChatReply, rung: Rung) -> Draft:
        assert rung is Rung.JSON_SCHEMA
        texts.append(reply.content)
        return Draft("")

    async with _line(address) as line:
        for number in range(1, count + 1):
            await line.ask(_question(number), keep)
    return texts


async def test_the_strict_schema_is_honoured_to_the_letter(address: str) -> None:
    for text in await _answers(address, 3):
        shape = cast("dict[str, object]", _shape(json.loads(text)))
        assert list(shape) == ["main_work", "highlights", "keywords", "scores"]
        assert shape["scores"] == dict.fromkeys(SCORE_NAMES, SCORE)
        keywords = cast("list[object]", shape["keywords"])
        assert all(keyword == {"term": "str", "translation": "str"} for keyword in keywords)


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_valid_nonsense_is_never_published_f22(address: str, language: str) -> None:
    """F22: two answers a paper, all of them in the asked shape, none fit to publish."""
    async with _line(address) as line:
        summarizer = OpenAISummarizer(
            line,
            clock=VirtualClock(NOON),
            read_text=lambda text, wording: read_entry(text, wording).draft,
        )
        for number in (1, 2):
            paper = _question(number).paper
            with pytest.raises(SummaryMalformed):
                await summarizer.summarize(paper, language)


async def test_nonsense_with_scores_on_the_scale_is_no_summary_either_f22(address: str) -> None:
    """F22: it is the texts that the checks refuse, too."""
    for text in await _answers(address, 3):
        entry = json.loads(text)
        for score in entry["scores"].values():
            score["score"] = 4.5
        draft = read_json(json.dumps(entry))
        assert review(draft, PAPER, "zh").unusable is not None
        verdict = review(draft, PAPER, "en")
        assert verdict.unusable is not None or len(verdict.findings) >= 2


async def test_an_answer_that_reaches_its_cap_is_cut_off_f20(address: str) -> None:
    """F20, as a real server says it."""
    asked = Asked("nonsense", load_wording("en"), lambda text, _: Draft(text))
    async with _line(address) as line:
        with pytest.raises(SummaryCutOff):
            await line.ask(
                replace(_question(1), cap=5), lambda reply, rung: read_answer(reply, rung, asked)
            )


@pytest.mark.parametrize(("model", "offered"), [("nonsense", True), ("another", False)])
async def test_the_servers_own_list_tells_what_is_offered_f25(
    address: str, model: str, offered: bool
) -> None:
    """F25."""
    async with _line(address, model) as line:
        status = await line.status()
    assert (status.reachable, status.offered, status.offers) == (True, offered, ("nonsense",))
    assert status.key_accepted is None
