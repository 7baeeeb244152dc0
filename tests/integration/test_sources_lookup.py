"""Papers by id: arXiv, Hugging Face in its stead, and many callers at once."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pytest

from bot.domain.errors import SourceBroken, SourceError, SourceLimited, SourceUnreachable
from bot.domain.listing import LookUp
from bot.domain.paper import Paper
from bot.domain.paper_id import PaperId, PaperRef, parse_paper_ref
from bot.sources.lookup import ArxivFirst
from bot.sources.pooled import PooledLookup

A, B, OLD = (parse_paper_ref(text) for text in ("2309.12307", "2309.12284", "hep-th/9901001"))
LIMITED = SourceLimited("arxiv.test is limiting us (HTTP 429).", retry_after=600)


def _paper(ref: PaperRef) -> Paper:
    return Paper(ref.id, f"Paper {ref}", version=ref.version or 1)


@dataclass
class Upstream:
    """Finds what it knows; the rest is missing. ``gate`` holds every answer back."""

    known: tuple[PaperRef, ...] = ()
    error: SourceError | None = None
    partly: dict[PaperId, str] = field(default_factory=dict[PaperId, str])
    gate: asyncio.Event | None = None
    asked: list[list[PaperRef]] = field(default_factory=list[list[PaperRef]])

    async def look_up(self, refs: Sequence[PaperRef]) -> LookUp:
        self.asked.append(list(refs))
        if self.gate is not None:
            await self.gate.wait()
        if self.error is not None:
            raise self.error
        found = {ref.id: _paper(ref) for ref in refs if ref in self.known}
        rest = {ref.id for ref in refs} - found.keys()
        return LookUp(
            found,
            frozenset(rest - self.partly.keys()),
            {key: reason for key, reason in self.partly.items() if key in rest},
        )


async def test_hugging_face_is_not_asked_while_arxiv_answers() -> None:
    hub = Upstream((A, B))
    answer = await ArxivFirst(arxiv=Upstream((A,)), hugging_face=hub).look_up([A, B])
    assert (set(answer.found), answer.missing) == ({A.id}, {B.id})
    assert hub.asked == []


@pytest.mark.parametrize(
    "error", [LIMITED, SourceUnreachable("no net"), SourceBroken("HTML")], ids=str
)
async def test_hugging_face_stands_in_while_arxiv_cannot_answer_f10(error: SourceError) -> None:
    lookup = ArxivFirst(arxiv=Upstream(error=error), hugging_face=Upstream((A,)))
    answer = await PooledLookup(lookup).look_up([A])
    assert set(answer.found) == {A.id}
    assert not answer.missing
    assert not answer.unanswered
    assert answer.failure is error


async def test_what_hugging_face_lacks_is_unanswered_and_never_missing_f10() -> None:
    lookup = ArxivFirst(arxiv=Upstream(error=LIMITED), hugging_face=Upstream())
    answer = await lookup.look_up([A])
    assert not answer.missing
    assert answer.unanswered == {
        A.id: "arxiv.test is limiting us (HTTP 429). Hugging Face does not know 2309.12307."
    }


async def test_only_what_arxiv_left_open_is_asked_of_hugging_face_f10() -> None:
    hub = Upstream((B,))
    arxiv = Upstream((A,), partly={B.id: "limited", OLD.id: "limited"})
    answer = await ArxivFirst(arxiv=arxiv, hugging_face=hub).look_up([A, B, OLD])
    assert set(answer.found) == {A.id, B.id}
    assert set(answer.unanswered) == {OLD.id}
    assert hub.asked == [[B, OLD]]


@pytest.mark.parametrize(
    "hub",
    [Upstream(error=SourceUnreachable("no net")), Upstream(partly={A.id: "cannot tell"})],
    ids=["out of reach", "cannot tell"],
)
async def test_with_nobody_to_ask_arxivs_own_error_is_raised_f10(hub: Upstream) -> None:
    with pytest.raises(SourceLimited) as caught:
        await ArxivFirst(arxiv=Upstream(error=LIMITED), hugging_face=hub).look_up([A])
    assert caught.value.retry_after == 600


async def _settled() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def _while_busy(upstream: Upstream, act: Callable[[PooledLookup], object]) -> PooledLookup:
    upstream.gate = asyncio.Event()
    pooled = PooledLookup(upstream)
    act(pooled)
    await _settled()
    upstream.gate.set()
    return pooled


async def test_a_hundred_callers_of_one_paper_cost_two_questions_f67() -> None:
    upstream = Upstream((A,))
    tasks: list[asyncio.Task[LookUp]] = []
    await _while_busy(
        upstream,
        lambda pooled: tasks.extend(asyncio.create_task(pooled.look_up([A])) for _ in range(100)),
    )
    answers = await asyncio.gather(*tasks)
    assert all(answer.found == {A.id: _paper(A)} for answer in answers)
    assert upstream.asked == [[A], [A]]


async def test_those_who_wait_are_asked_for_together_and_get_only_their_own_f67() -> None:
    upstream = Upstream((A, B))
    tasks: list[asyncio.Task[LookUp]] = []
    await _while_busy(
        upstream,
        lambda pooled: tasks.extend(
            asyncio.create_task(pooled.look_up(refs)) for refs in ([OLD], [A], [B, OLD], [B])
        ),
    )
    first, second, third, fourth = await asyncio.gather(*tasks)
    assert upstream.asked == [[OLD], [A, B, OLD]]
    assert (first.found, first.missing) == ({}, {OLD.id})
    assert (set(second.found), second.missing) == ({A.id}, set())
    assert (set(third.found), third.missing) == ({B.id}, {OLD.id})
    assert (set(fourth.found), fourth.missing) == ({B.id}, set())


async def test_two_versions_of_one_paper_are_never_asked_for_together_t11() -> None:
    newer = PaperRef(A.id, 2)
    upstream = Upstream((A, B, newer))
    tasks: list[asyncio.Task[LookUp]] = []
    await _while_busy(
        upstream,
        lambda pooled: tasks.extend(
            asyncio.create_task(pooled.look_up([ref])) for ref in (B, A, newer, A)
        ),
    )
    answers = await asyncio.gather(*tasks)
    assert [
        answer.found[ref.id].version for answer, ref in zip(answers, (B, A, newer, A), strict=True)
    ] == [1, 1, 2, 1]
    assert upstream.asked == [[B], [A], [newer]]


async def test_a_failure_reaches_all_who_waited_for_it_and_nobody_after() -> None:
    upstream = Upstream((A,), error=LIMITED)
    tasks: list[asyncio.Task[LookUp]] = []
    pooled = await _while_busy(
        upstream,
        lambda pooled: tasks.extend(asyncio.create_task(pooled.look_up([A])) for _ in range(5)),
    )
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert all(isinstance(result, SourceLimited) for result in results)
    assert len(upstream.asked) == 2
    upstream.error = None
    assert (await pooled.look_up([A])).found


async def test_a_caller_that_gives_up_in_its_turn_leaves_the_others_theirs() -> None:
    upstream = Upstream((A, B))
    tasks: list[asyncio.Task[LookUp]] = []

    def act(pooled: PooledLookup) -> None:
        tasks.extend(asyncio.create_task(pooled.look_up([ref])) for ref in (A, B))
        asyncio.get_running_loop().call_soon(tasks[0].cancel)

    await _while_busy(upstream, act)
    first, second = await asyncio.gather(*tasks, return_exceptions=True)
    assert isinstance(first, asyncio.CancelledError)
    assert isinstance(second, LookUp)
    assert set(second.found) == {B.id}
