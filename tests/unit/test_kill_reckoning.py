"""The harness that kills programs must see what went wrong: each fault that it looks for, once."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest

from bot.domain.target import Target
from bot.store.sql_store import open_store
from tests.kill.books import Books, Row
from tests.kill.chats import Member, update_of
from tests.kill.model import Model, ModelCall
from tests.kill.reckoning import Reckoning, Shown, answered_for_nothing, reckon

NOW = datetime(2026, 11, 21, tzinfo=UTC)
ONE, TWO = "2608.00001", "2608.00002"
TELEGRAM = Member(Target("telegram", "4242"))
DISCORD = Member(Target("discord", "7"))
DIGEST = Member(Target("discord", "8"), style="digest")


def row(member: Member, paper: str, message_id: str = "1", **changes: object) -> Row:
    kept = Row(
        member.target,
        f"paper:{paper}:en",
        part=0,
        state="sent",
        message_id=message_id,
        resent=False,
        reason="",
        due_at=datetime(2026, 11, 21, tzinfo=UTC),
    )
    return replace(kept, **changes)  # type: ignore[arg-type]


def shown(message_id: str, *papers: str) -> Shown:
    return Shown(message_id, " ".join(f"https://huggingface.co/papers/{one}" for one in papers))


def of(member: Member, rows: list[Row], messages: list[Shown]) -> Reckoning:
    return reckon([member], {member.target: messages}, rows, {ONE})


def test_f55_each_paper_sent_once_is_no_fault() -> None:
    result = of(TELEGRAM, [row(TELEGRAM, ONE)], [shown("1", ONE)])
    assert (result.faults, result.messages.total()) == ([], 1)


@pytest.mark.parametrize(
    ("rows", "messages", "words"),
    [
        pytest.param([], [], "was never planned", id="no row"),
        pytest.param([row(TELEGRAM, ONE)], [], "was never seen", id="marked and not sent"),
        pytest.param(
            [row(TELEGRAM, ONE, "")], [], "stands nowhere", id="marked and not sent, without an id"
        ),
        pytest.param(
            [row(TELEGRAM, ONE, "", state="sending")], [], "is left sending", id="left in flight"
        ),
        pytest.param(
            [row(TELEGRAM, ONE, "", state="pending")], [], "is left pending", id="left waiting"
        ),
        pytest.param(
            [row(TELEGRAM, ONE)],
            [shown("1", ONE), shown("2", ONE)],
            "1 undeclared copies",
            id="a copy that nobody declared",
        ),
        pytest.param(
            [row(TELEGRAM, ONE, resent=True)],
            [shown("1", ONE), shown("2", ONE), shown("3", ONE)],
            "2 undeclared copies",
            id="more than one copy more",
        ),
        pytest.param(
            [row(TELEGRAM, ONE, "", state="unknown")],
            [],
            "is unknown: for no reason",
            id="unknown without a reason",
        ),
    ],
)
def test_f55_what_is_lost_left_or_doubled_on_telegram_is_seen(
    rows: list[Row], messages: list[Shown], words: str
) -> None:
    result = of(TELEGRAM, rows, messages)
    assert any(words in fault for fault in result.faults), result.faults


def test_f55_a_declared_copy_on_telegram_is_counted_and_no_fault() -> None:
    result = of(TELEGRAM, [row(TELEGRAM, ONE, resent=True)], [shown("1", ONE), shown("2", ONE)])
    assert (result.faults, result.doubled["telegram"]) == ([], 1)


def test_f55_an_unknown_one_that_arrived_is_no_copy() -> None:
    unknown = row(TELEGRAM, ONE, "", state="unknown", reason="stopped in mid-call")
    result = of(TELEGRAM, [unknown], [shown("1", ONE)])
    assert result.faults == []
    assert (result.doubled["telegram"], result.unknown_arrived["telegram"]) == (0, 1)


def test_f55_on_discord_no_copy_may_be_declared() -> None:
    result = of(DISCORD, [row(DISCORD, ONE, resent=True)], [shown("1", ONE), shown("2", ONE)])
    assert result.doubled["discord"] == 1
    assert len(result.faults) == 1


def test_f55_on_discord_nothing_may_stay_unknown() -> None:
    unknown = row(DISCORD, ONE, "", state="unknown", reason="stopped in mid-call")
    assert len(of(DISCORD, [unknown], []).faults) == 1


def test_f55_a_digest_must_show_every_paper_that_it_includes() -> None:
    rows = [
        row(DIGEST, ONE, "5", post_key="digest:2026-11-21:en"),
        *(row(DIGEST, one, "", state="included") for one in (ONE, TWO)),
    ]
    assert of(DIGEST, rows, [shown("5", ONE, TWO)]).faults == []
    (fault,) = of(DIGEST, rows, [shown("5", ONE)]).faults
    assert f"{TWO} stands in no message" in fault


@pytest.mark.parametrize(("state", "faults"), [("unknown", 0), ("sent", 1)])
def test_f55_what_a_digest_of_unknown_outcome_holds_is_not_lost_in_silence(
    state: str, faults: int
) -> None:
    member, key = replace(DIGEST, target=Target("telegram", "9")), "digest:2026-11-21:en"
    rows = [
        row(member, ONE, "", post_key=key, state=state, reason="stopped in mid-call"),
        row(member, ONE, "", state="included", reason=key),
    ]
    found = of(member, rows, []).faults
    assert sum(f"{ONE} stands in no message" in fault for fault in found) == faults


def test_f55_two_chats_that_want_the_same_must_get_the_same() -> None:
    few = [replace(member, words=("video",)) for member in (TELEGRAM, DISCORD)]
    rows = [row(few[0], ONE), row(few[0], TWO, "2"), row(few[1], ONE)]
    messages = {
        few[0].target: [shown("1", ONE), shown("2", TWO)],
        few[1].target: [shown("1", ONE)],
    }
    (fault,) = reckon(few, messages, rows, {ONE, TWO}).faults
    assert f"discord/7: {TWO} was planned for telegram/4242 only" in fault


def test_f55_a_second_answer_must_be_to_what_was_in_hand_when_a_process_ended() -> None:
    assert answered_for_nothing({"900001"}, {"900001", "900002"}) == []
    (fault,) = answered_for_nothing({"900001", "900003"}, {"900001"})
    assert "the command of 900003 was answered twice" in fault


async def test_f55_what_is_in_hand_is_read_from_the_store(tmp_path: Path) -> None:
    path = tmp_path / "sulan.db"
    updates = {f"telegram:{n}": json.dumps(update_of(900 + n, "/paper 1")) for n in range(3)}
    async with open_store(path) as store:
        await store.inbox.keep({**updates, "telegram:9": '{"my_chat_member": {}}'}, now=NOW)
        await store.inbox.done("telegram:1", now=NOW)
    books = Books(str(path))
    assert books.in_hand() == {"900", "902"}
    books.close()


def test_f28_a_call_made_again_for_a_dead_program_is_told_from_one_taken_from_a_slow_one() -> None:
    model = Model(Random(1))
    model.calls += [
        ModelCall(ONE, "en", began=10.0, pid=1),  # killed at 11
        ModelCall(ONE, "en", began=12.0, pid=2),
        ModelCall(ONE, "en", began=18.5, pid=3),  # while the second lived
        ModelCall(TWO, "en", began=12.0, pid=None),  # dead before it could be asked
        ModelCall(TWO, "en", began=13.0, pid=2),
        ModelCall(TWO, "zh", began=13.0, pid=2),
    ]
    assert model.paid_again({1: 11.0, 2: 30.0}) == (2, [6.5])
