"""What an adapter says, in the words of the policy: one row an error (FACTS §1.6)."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from adapters.deadline import Deadline
from adapters.testing import FakeAdapter, RepeatableFake
from bot.domain.delivery import (
    Delivery,
    Limited,
    NotSent,
    Refused,
    Rejected,
    Sent,
    Unclear,
)
from bot.domain.delivery_errors import (
    AccessRevoked,
    ChatGone,
    ChatMoved,
    ContentRejected,
    DeliveryError,
    NotDelivered,
    OutcomeUnknown,
    RateLimited,
)
from bot.domain.post import Post
from bot.domain.target import Receipt, Target
from bot.services.deliver.answers import Answer, Moved, Revoked, key_known_s, look_up, send

NOW = datetime(2026, 8, 20, 9, 0, tzinfo=UTC)
TARGET = Target("fake", "A")
DELIVERY = Delivery(TARGET, "paper:2608.00001:zh", created_at=NOW, due_at=NOW)
POST = Post("en", "A title", "")


class _Noon:
    """A clock that stands."""

    def now(self) -> datetime:
        return NOW

    def monotonic(self) -> float:
        return 0.0

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


BY = Deadline.after(85, _Noon())


@pytest.mark.parametrize(
    ("error", "answer"),
    [
        pytest.param(NotDelivered("refused"), NotSent("refused"), id="F38 no connection"),
        pytest.param(RateLimited("429", retry_after=3.5), Limited(3.5), id="F30 a chat's limit"),
        pytest.param(
            RateLimited("429", retry_after=3, everywhere=True), Limited(3, True), id="a token's"
        ),
        pytest.param(ChatGone("kicked"), Refused("kicked"), id="F32 gone"),
        pytest.param(ChatMoved("upgraded", chat="-2"), Moved("-2", "upgraded"), id="F33 moved"),
        pytest.param(ContentRejected("entities"), Rejected("entities"), id="F35 rejected"),
        pytest.param(AccessRevoked("401"), Revoked("401"), id="F39 revoked"),
        pytest.param(
            OutcomeUnknown("502"), Unclear("502", called_at=NOW), id="F37 no usable answer"
        ),
        pytest.param(DeliveryError("?"), Unclear("?", called_at=NOW), id="an error of no kind"),
        pytest.param(NotDelivered(" a \n b "), NotSent("a b"), id="one line"),
        pytest.param(NotDelivered(""), NotSent("NotDelivered"), id="without words"),
        pytest.param(NotDelivered("a\x00b\ud83dc\x1b"), NotSent("a b c"), id="what no store takes"),
    ],
)
async def test_each_error_of_an_adapter_is_one_answer(error: DeliveryError, answer: Answer) -> None:
    fake = FakeAdapter()
    fake.script(error)
    assert await send(fake, DELIVERY, fake.render(POST)[0], by=BY) == answer


async def test_a_taken_message_is_answered_with_its_receipt_under_the_delivery_s_id() -> None:
    fake = FakeAdapter()
    assert await send(fake, DELIVERY, fake.render(POST)[0], by=BY) == Sent(Receipt("1"))
    assert fake.calls[0].key == DELIVERY.id


async def test_a_platform_that_takes_keys_makes_an_unclear_call_repeatable() -> None:
    fake = RepeatableFake()
    fake.script(OutcomeUnknown("502"), OutcomeUnknown("502"))
    message = fake.render(POST)[0]
    assert await send(fake, DELIVERY, message, by=BY) == Unclear(
        "502", repeatable=True, called_at=NOW
    )
    fake.keyless.add(TARGET)
    assert await send(fake, DELIVERY, message, by=BY) == Unclear("502", called_at=NOW)


async def test_a_long_reason_is_cut() -> None:
    fake = FakeAdapter()
    fake.script(NotDelivered("x" * 5000))
    answer = await send(fake, DELIVERY, fake.render(POST)[0], by=BY)
    assert isinstance(answer, NotSent)
    assert len(answer.reason) == 200


async def test_being_cancelled_is_no_answer() -> None:
    fake = FakeAdapter()

    async def hang(_: object) -> None:
        await asyncio.Event().wait()

    fake.script(hang)
    call = asyncio.ensure_future(send(fake, DELIVERY, fake.render(POST)[0], by=BY))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        pytest.param(None, 0, id="no call is open"),
        pytest.param(5, 105, id="within the window"),
        pytest.param(109, 1, id="just within, with a margin"),
        pytest.param(111, 0, id="F47 after it"),
    ],
)
def test_a_key_does_alone_until_it_may_be_forgotten_f47(
    seconds: float | None, expected: float
) -> None:
    called_at = None if seconds is None else NOW - timedelta(seconds=seconds)
    delivery = Delivery(TARGET, "k", created_at=NOW, due_at=NOW, called_at=called_at)
    assert key_known_s(RepeatableFake(), delivery, NOW) == expected
    assert key_known_s(FakeAdapter(), delivery, NOW) == 0


class _Answering(RepeatableFake):
    def __init__(self, answer: Exception | Receipt | None) -> None:
        super().__init__()
        self._answer = answer

    async def find(self, target: Target, key: str) -> Receipt | None:
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer


@pytest.mark.parametrize(
    ("found", "answer"),
    [
        pytest.param(Receipt("7"), Sent(Receipt("7")), id="it is there"),
        pytest.param(None, None, id="it is not there"),
        pytest.param(NotDelivered("refused"), NotSent("refused"), id="ask again later"),
        pytest.param(OutcomeUnknown("502"), NotSent("502"), id="ask again later too"),
        pytest.param(RateLimited("429", retry_after=2), Limited(2), id="limited"),
        pytest.param(ChatGone("no history"), Unclear("no history"), id="a closed history"),
        pytest.param(AccessRevoked("401"), Revoked("401"), id="F39 revoked"),
        pytest.param(KeyError("x"), Unclear("unforeseen KeyError"), id="a fault of the adapter"),
    ],
)
async def test_looking_up_says_what_is_known_and_never_repeats_f39(
    found: Exception | Receipt | None, answer: Answer | None
) -> None:
    assert await look_up(_Answering(found), DELIVERY) == answer
