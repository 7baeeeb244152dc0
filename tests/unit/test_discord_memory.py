"""What the adapter remembers of channels stays small, however long it runs and in however many."""

import gc

from adapters.discord.recent import Recent, Turns


def test_of_too_many_entries_those_go_first_that_nobody_asked_for_longest() -> None:
    kept: Recent[str, int] = Recent(2)
    kept.put("a", 1)
    kept.put("b", 2)
    assert kept.get("a") == 1
    kept.put("c", 3)
    assert (kept.get("a"), kept.get("b"), kept.get("c"), len(kept)) == (1, None, 3, 2)


def test_what_is_noted_again_replaces_and_what_is_dropped_is_gone() -> None:
    kept: Recent[str, int] = Recent(2)
    kept.put("a", 1)
    kept.put("a", 2)
    assert (kept.get("a"), len(kept)) == (2, 1)
    kept.drop("a")
    kept.drop("never there")
    assert kept.get("a") is None


async def test_a_channels_lock_is_one_while_it_is_held_and_gone_afterwards() -> None:
    turns = Turns()
    async with turns.of("1"):
        assert turns.of("1").locked()
        assert not turns.of("2").locked()
    gc.collect()
    assert len(turns) == 0
