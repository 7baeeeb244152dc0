"""Discord's REST side for anyone's tests, over real sockets on loopback.

Not part of what runs: a server that remembers what it was sent and fails as it is told. The
gateway has its own place beside it.
"""

from adapters.discord.testing.buckets import Buckets, Limit
from adapters.discord.testing.faults import Answer, Break, Fault, How, cloudflare, limited, refusal
from adapters.discord.testing.oracle import Spec, faults, load_spec
from adapters.discord.testing.routes import Call, Routes
from adapters.discord.testing.server import TOKEN, DiscordServer, Recorded
from adapters.discord.testing.world import Channel, Kind, World

__all__ = [
    "TOKEN",
    "Answer",
    "Break",
    "Buckets",
    "Call",
    "Channel",
    "DiscordServer",
    "Fault",
    "How",
    "Kind",
    "Limit",
    "Recorded",
    "Routes",
    "Spec",
    "World",
    "cloudflare",
    "faults",
    "limited",
    "load_spec",
    "refusal",
]
