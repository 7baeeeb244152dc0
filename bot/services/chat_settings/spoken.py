"""Forms and hours as people say them in a wish: "as a daily digest at 8:30 Shanghai". Pure."""

import re

_DIGEST = re.compile(
    r"(?:as )?(?:a |one )?(?:daily )?(?:digest|list)(?: (?:a|every) day| daily)?"
    r"|(?:每天一份|每日)?(?:汇总|摘要列表)",
    re.IGNORECASE,
)
_WHEN = re.compile(
    r"(?:every day|daily|each day|每天|每日)?\s*(?:at|by)?\s*(?P<rest>\S.*)", re.IGNORECASE
)
# A time of day begins with a digit, whatever follows it; in Chinese a part of the day may precede.
_TIME = re.compile(
    r"(?:早上|上午|中午|下午|晚上)?\s*\d{1,2}(?:[:：点时]|\s?[ap]\.?m)", re.IGNORECASE
)
_TIMES = re.compile(r"(?P<times>.*\d\S*)(?:\s+(?P<zone>[^\d\s]\S*))?")
_AT = re.compile(r"\s+(?:at|by)\s+(?=\d)", re.IGNORECASE)


def spoken_forms(phrase: str) -> list[tuple[str, ...]]:
    """Typed settings that a phrase may stand for, the likeliest first, none where it is neither a
    form nor a time: ``[("style digest", "hours 8:30", "zone Shanghai"), …]``."""
    head, *tail = _AT.split(phrase, maxsplit=1)
    if _DIGEST.fullmatch(head):
        times = _hours(tail[0]) if tail else [()]
        return [("style digest", *each) for each in times]
    return _hours(phrase)


def _hours(phrase: str) -> list[tuple[str, ...]]:
    when = _WHEN.fullmatch(phrase)
    if when is None or not _TIME.match(when["rest"]):
        return []
    ways: list[tuple[str, ...]] = [(f"hours {when['rest']}",)]
    parted = _TIMES.fullmatch(when["rest"])
    if parted is not None and parted["zone"]:
        ways.append((f"hours {parted['times']}", f"zone {parted['zone']}"))
    return ways
