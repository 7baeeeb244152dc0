"""Inputs made from others without knowledge of what they reach: a seed with some of it changed."""

from collections.abc import Iterator, Sequence
from random import Random

from tests.fuzz.target import Target

_ODD = (b"\0", b"\xff", b"\xed\xa0\x80", b"\n", b'"', b"\\", b"1e999", b"\xe2\x80\xae", b"]", b"}")
_MOST_CHANGES = 4


def mutated(target: Target, number: int, *, seed: int = 1) -> Iterator[bytes]:
    """The target's own seeds, then as many variations of them; the same for the same ``seed``."""
    chance = Random(f"{target.name}:{seed}")
    seeds = [data[: target.longest] for data in target.seeds()] or [b""]
    yield from seeds
    words = [word.encode(errors="surrogatepass") for word in target.words] or [*_ODD]
    for _ in range(number):
        data = bytearray(chance.choice(seeds))
        for _ in range(chance.randint(1, _MOST_CHANGES)):
            _change(data, words, chance)
        yield bytes(data[: target.longest])


def _change(data: bytearray, words: Sequence[bytes], chance: Random) -> None:
    place = chance.randint(0, len(data))
    end = min(len(data), place + chance.randint(0, 20))
    match chance.randint(0, 6):
        case 0:
            data[place:place] = chance.choice(words)
        case 1:
            data[place:end] = chance.choice(words)
        case 2:
            data[place:end] = chance.choice(_ODD)
        case 3:
            del data[place:end]
        case 4:
            data[place:place] = data[place:end] * chance.randint(1, 50)
        case 5:
            data[place:end] = chance.randbytes(chance.randint(1, 8))
        case _:
            data[place:end] = bytes(chance.randint(0, 255) for _ in range(end - place))
