"""Whether a text stops in mid-sentence, as answers do that met the token limit."""

# What may stand after the last stop: closing quotation marks, brackets and emphasis. A bracket
# also ends a text that has no stop ("（4分，……）").
_CLOSERS = "\"'”’」』*_` "
_ENDS = "。！？.!?…；;）)】]》」』"


def breaks_off(text: str) -> bool:
    """Whether the text does not end like a sentence. Empty text does not break off."""
    bare = text.rstrip(_CLOSERS)
    return bool(bare) and not bare.endswith(tuple(_ENDS))
