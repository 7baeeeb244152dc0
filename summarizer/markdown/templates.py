"""Sentences of a wording table, read back: what stands where the placeholder was."""

# Hidden characters are dropped from everything that is read, so no text holds this one.
_GAP = "\x00"


def held(template: str, name: str, text: str, **known: object) -> str | None:
    """What ``text`` holds in place of ``{name}``; ``known`` fills the other placeholders.

    ``None`` where the text is not this sentence. A template without the placeholder holds "".
    """
    before, gap, after = template.format(**known, **{name: _GAP}).partition(_GAP)
    if not gap:
        return "" if text == before else None
    # White space around the gap is not compared: beside an empty name it has been collapsed.
    before, after = before.rstrip(), after.lstrip()
    fits = len(text) >= len(before) + len(after)
    if fits and text.startswith(before) and text.endswith(after):
        return text[len(before) : len(text) - len(after)].strip()
    return None


def found(template: str, name: str, text: str) -> str | None:
    """Like ``held``, for a sentence somewhere within ``text``, in either case."""
    before, _, after = template.format(**{name: _GAP}).casefold().partition(_GAP)
    folded = text.casefold()
    start = folded.find(before)
    end = folded.find(after, start + len(before)) if after else len(folded)
    if start < 0 or end < 0 or len(folded) != len(text):
        return None
    return text[start + len(before) : end].strip() or None
