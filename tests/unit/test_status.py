"""``/status``: what this chat gets and what failed there; how the service stands."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest

from bot.domain.chat import Chat
from bot.domain.delivery import Delivery, State
from bot.domain.model_call import ModelCall
from bot.domain.paper_id import PaperId
from bot.domain.summary import SummaryKey
from bot.domain.target import Target
from bot.services.commands.ask_status import MODEL, adapter_part
from bot.services.commands.asking import CommandOptions
from bot.services.commands.day_view import source_part
from bot.services.commands.fetch_paper import LOOKUP
from bot.services.commands.status_facts import ChatFacts, QueueFacts, ServiceFacts
from bot.services.commands.status_post import status_post
from bot.services.commands.testing import Bench, Shown, bench
from bot.services.health import Health, Standing
from bot.store.memory import MemoryStore
from bot.testing import HeldClock
from bot.translations import load_speech
from summarizer.languages import load_wording

NOW = datetime(2026, 11, 20, 14, 30, tzinfo=UTC)
WORDINGS = {language: load_wording(language) for language in ("en", "zh")}
SPEECHES = {language: load_speech(language) for language in WORDINGS}
OPTIONS = CommandOptions("en", ("hf",), model="a-model")
HERE = Target("fake", "1")
KEY = SummaryKey(PaperId("2309.12307"), 1, "en", "v1", "a-model")


def service(
    *, usd: str | None = None, tokens: int | None = None, model: str | None = "a-model"
) -> Bench:
    options = CommandOptions(
        "en",
        ("hf",),
        model=model,
        daily_usd=None if usd is None else Decimal(usd),
        daily_tokens=tokens,
    )
    return bench(MemoryStore(), HeldClock(NOW), WORDINGS, options=options, speeches=SPEECHES)


def delivery(number: int, state: State, *, reason: str = "", ago: float = 60) -> Delivery:
    at = NOW - timedelta(minutes=ago)
    sent_at = at if state is State.SENT else None
    key = f"paper:2611.{number:05}:en"
    return Delivery(HERE, key, at, at, state=state, reason=reason, sent_at=sent_at)


def parts(shown: Shown) -> tuple[list[str], list[str]]:
    chat, whole = shown.last.sections
    return list(chat.lines), list(whole.lines)


async def test_a_listed_chat_reads_what_it_gets_and_what_became_of_it() -> None:
    one = service()
    sources = ("hf", "arxiv:cs.CL")
    chat = Chat(HERE, "en", sources, heartbeat=time(9), zone="Asia/Shanghai")
    await one.means.store.chats.save([chat], now=NOW - timedelta(days=9))
    rows = [
        delivery(1, State.SENT, ago=10),
        delivery(2, State.SENT, ago=30),
        replace(delivery(2, State.SENT, ago=30), part=1),
        delivery(3, State.PENDING, ago=1),
        delivery(4, State.SENDING, ago=1),
        delivery(5, State.UNKNOWN),
        delivery(6, State.FAILED, reason="can't parse entities"),
        delivery(7, State.SENT, ago=60 * 30),
        delivery(8, State.FAILED, reason="long ago", ago=60 * 30),
    ]
    await one.means.store.outbox.add(rows)
    mine, _ = parts(await one.ask("status"))
    assert mine == [
        "Each paper from Hugging Face and arXiv cs.CL as it appears, in English.",
        "A day without papers is explained at 09:00 Asia/Shanghai.",
        "Last 24 h: 2 sent, 2 waiting, 1 failed",
        "Last delivery: 22:20 Asia/Shanghai",
        "Uncertain: 1, which may or may not have arrived and will not be repeated unasked",
        "Failed: 2611.00006 (can't parse entities)",
    ]


async def test_of_a_digest_its_papers_are_counted() -> None:
    one = service()
    await one.means.store.chats.save([Chat(HERE, "en")], now=NOW - timedelta(days=9))
    today, earlier = "digest:2026-11-20:en", "digest:2026-11-19:en"
    rows = [
        *(delivery(n, State.INCLUDED, reason=today) for n in (1, 2, 3)),
        replace(delivery(1, State.SENT), post_key=today),
        replace(delivery(1, State.SENT), post_key=f"edit:{today}:3"),
        replace(delivery(1, State.INCLUDED, reason=today), post_key=f"edit:{today}:2"),
        delivery(4, State.INCLUDED, reason=earlier),
        replace(delivery(1, State.SENT), post_key=f"edit:{earlier}:9"),
        delivery(5, State.INCLUDED, reason="digest:2026-11-20.1800:en"),
        delivery(6, State.PASSED),
        delivery(7, State.SENT),
    ]
    await one.means.store.outbox.add(rows)
    mine, _ = parts(await one.ask("status"))
    assert "Last 24 h: 5 sent, 0 waiting, 0 failed" in mine


async def test_f63_a_paper_that_cannot_be_sent_is_named_and_the_list_stays_short() -> None:
    one = service()
    await one.means.store.chats.save([Chat(HERE, language="en")], now=NOW)
    rows = [delivery(n, State.FAILED, reason="x" * 500) for n in range(1, 31)]
    await one.means.store.outbox.add(rows)
    mine, _ = parts(await one.ask("status"))
    assert "Last 24 h: 0 sent, 0 waiting, 30 failed" in mine
    named = [line for line in mine if line.startswith("Failed: ")]
    assert len(named) == 3
    assert all(len(line) < 160 for line in named)


async def test_f32_a_suspended_chat_learns_why_and_what_to_do() -> None:
    one = service()
    await one.means.store.chats.save([Chat(HERE, language="en")], now=NOW)
    await one.ask("help")  # the listed chats are remembered from now on
    await one.means.store.chats.suspend(HERE, "not enough rights to send text messages")
    mine, _ = parts(await one.ask("status"))
    assert mine[1] == (
        "⚠ Suspended, nothing is sent: not enough rights to send text messages. "
        "Once that is mended, /start resumes it."
    )


async def test_a_chat_that_is_not_listed_learns_that_it_gets_nothing() -> None:
    mine, _ = parts(await service().ask("status"))
    assert mine == ["Nothing comes by itself: /subscribe changes that."]
    closed = replace(OPTIONS, subscriptions=False)
    mine, _ = parts(
        await bench(MemoryStore(), HeldClock(NOW), WORDINGS, options=closed).ask("status")
    )
    assert mine == ["Whoever runs this bot chooses which chats get papers. Commands work here."]


async def test_the_service_is_told_by_sources_model_and_queue() -> None:
    one = service(usd="0.5")
    store = one.means.store
    await store.listings.record("hf", NOW.date(), [], seen_at=NOW - timedelta(minutes=2))
    await store.ledger.record(ModelCall(KEY, NOW, 900, 0, 300, Decimal("0.0213"), "ok"))
    yesterday = NOW - timedelta(days=1)
    await store.ledger.record(ModelCall(KEY, yesterday, 900, 0, 300, Decimal(9), "ok"))
    _, whole = parts(await one.ask("status"))
    assert whole == [
        "Hugging Face: ok (looked at 2 min ago)",
        "Model a-model: $0.02 of $0.50 today",
        "Queue: empty",
    ]


async def test_after_midnight_yesterdays_look_counts() -> None:
    one = service()
    yesterday = date(2026, 11, 19)
    await one.means.store.listings.record("hf", yesterday, [], seen_at=NOW - timedelta(hours=3))
    _, whole = parts(await one.ask("status"))
    assert whole[0] == "Hugging Face: ok (looked at 3 h ago)"


async def test_f1_what_fails_is_told_with_since_when_and_why() -> None:
    one = service()
    board = one.means.health
    since = NOW - timedelta(days=1, hours=2)
    for part in (source_part("hf"), LOOKUP, adapter_part("fake"), MODEL):
        board.failed(part, "HTTP 503.", at=since)
        board.failed(part, "HTTP 502.", at=NOW)
    board.failed(adapter_part("elsewhere"), "not ours", at=NOW)
    _, whole = parts(await one.ask("status"))
    assert whole == [
        "⚠ Hugging Face: failing since 2026-11-19 12:30 UTC (HTTP 502)",
        "⚠ Papers by id: failing since 2026-11-19 12:30 UTC (HTTP 502)",
        "⚠ Sending: failing since 2026-11-19 12:30 UTC (HTTP 502)",
        "⚠ Model a-model: failing since 2026-11-19 12:30 UTC (HTTP 502)",
        "Queue: empty",
    ]


@pytest.mark.parametrize(
    ("one", "line"),
    [
        pytest.param(service(usd="0.5"), "Model a-model: $0.02 of $0.50 today", id="dollars"),
        pytest.param(
            service(tokens=500_000),
            "Model a-model: 1,200 tokens of 500,000 tokens today",
            id="tokens",
        ),
        pytest.param(service(), "Model a-model: $0.02 today", id="no limit"),
        pytest.param(
            service(model=None), "Model: none; papers are quoted, not summarised", id="no model"
        ),
    ],
)
async def test_f29_the_spending_stands_beside_its_limit(one: Bench, line: str) -> None:
    call = ModelCall(KEY, NOW, 900, 0, 300, Decimal("0.0213"), "ok")
    await one.means.store.ledger.record(call)
    _, whole = parts(await one.ask("status"))
    assert line in whole


@pytest.mark.parametrize(
    ("queue", "line"),
    [
        pytest.param(QueueFacts(), "发送队列：空", id="empty"),
        pytest.param(
            QueueFacts(3, NOW - timedelta(seconds=20)),
            "发送队列：3 条，最长等待时间：不到 1 分钟",
            id="seconds",
        ),
        pytest.param(
            QueueFacts(3, NOW - timedelta(hours=5)),
            "发送队列：3 条，最长等待时间：5 小时",
            id="hours",
        ),
        pytest.param(
            QueueFacts(1000, NOW - timedelta(days=3), more=True),
            "发送队列：超过 1000 条",
            id="many",
        ),
    ],
)
def test_the_queue_is_told_by_depth_and_age(queue: QueueFacts, line: str) -> None:
    facts = ServiceFacts((), Standing(), Standing(), None, queue)
    post = status_post(ChatFacts(None), facts, WORDINGS["zh"], now=NOW)
    assert post.sections[1].lines[-1] == line


async def test_a_models_reason_is_put_into_words() -> None:
    one = service()
    one.means.health.failed(MODEL, "busy", at=NOW)
    _, whole = parts(await one.ask("status", language="zh"))
    assert whole[1] == "⚠ 模型 a-model：自 14:30 UTC 起出错（模型繁忙）"


async def test_f64_a_long_queue_is_counted_only_so_far() -> None:
    one = service()
    rows = [replace(delivery(n, State.PENDING), target=Target("fake", str(n))) for n in range(1001)]
    await one.means.store.outbox.add(rows[1:])
    _, whole = parts(await one.ask("status"))
    assert whole[-1] == "Queue: 1000, the oldest waiting for 60 min"
    await one.means.store.outbox.add(rows)
    _, whole = parts(await one.ask("status"))
    assert whole[-1] == "Queue: more than 1000"


async def test_a_chinese_chat_reads_chinese() -> None:
    one = service()
    await one.means.store.chats.save([Chat(HERE, language="zh")], now=NOW)
    await one.means.store.outbox.add([delivery(1, State.PENDING, ago=3)])
    mine, whole = parts(await one.ask("status"))
    assert mine == [
        "Hugging Face 的每篇论文，有新的就发，中文。",
        "24 小时内：已发送 0 条，待发送 1 条，失败 0 条",
        "还没有发送过",
    ]
    assert whole[0] == "Hugging Face：今天还没有查看"
    assert whole[-1] == "发送队列：1 条，最长等待时间：3 分钟"


def test_a_row_of_failures_counts_from_its_first_and_ends_with_a_success() -> None:
    board = Health()
    board.failed("source:hf", "503", at=NOW)
    board.failed("source:hf", "502", at=NOW + timedelta(hours=1))
    assert board.of("source:hf").failing_since == NOW
    assert board.of("source:hf").reason == "502"
    board.worked("source:hf", at=NOW + timedelta(hours=2))
    standing = board.of("source:hf")
    assert (standing.failing_since, standing.failed_at) == (None, NOW + timedelta(hours=1))
    board.failed("source:hf", "500", at=NOW + timedelta(hours=3))
    assert board.of("source:hf").failing_since == NOW + timedelta(hours=3)
    assert board.of("never heard of") == Standing()
    assert set(board.all()) == {"source:hf"}
