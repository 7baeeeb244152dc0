"""A list of papers one of which breaks whatever renders it: the others are shown (F63)."""

import logging
from collections.abc import Sequence
from dataclasses import replace

from adapters.base import Adapter, Message
from bot.domain.post import Post, Section

_log = logging.getLogger(__name__)


def rendered(adapter: Adapter, post: Post, *, plain: bool) -> Sequence[Message]:
    """The post as messages. Of a list in which every section is an entry by itself (a digest has a
    menu of them) those are left out that cannot be rendered.

    Any error of the adapter's, where there is no such section or nothing else is left.
    """
    try:
        return adapter.render(post, plain=plain)
    except Exception:
        kept = [one for one in post.sections if _renders(adapter, post, one, plain=plain)]
        if not post.selects or not kept or len(kept) == len(post.sections):
            raise
        _log.exception("entries of a digest are left out: they cannot be rendered")
    return adapter.render(replace(post, sections=tuple(kept)), plain=plain)


def _renders(adapter: Adapter, post: Post, section: Section, *, plain: bool) -> bool:
    try:
        adapter.render(replace(post, sections=(section,), selects=()), plain=plain)
    except Exception:  # noqa: BLE001 - an adapter is anybody's code
        return False
    return True
