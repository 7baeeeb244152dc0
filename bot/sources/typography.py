"""TeX's typewriter conventions in prose: quotes, dashes, ties."""

import re

_QUOTED = re.compile(r"(?<![\\`])``(?!`)([^`]{1,400}?)(?:''|\")")
_QUOTED_ONCE = re.compile(r"(?<![\\`\w])`(?=\S)([^`'\"]{1,200}?)(?<=\S)'(?![\w'])")
_EM_DASH = re.compile(r"(?<!-)---(?!-)")
# Between words, numbers or spaces; never a command line's ``--flag`` and no comment's end.
_EN_DASH = re.compile(r"(?<=[\w)\]\"”’.%])--(?=[\w(\[\"“‘$])(?!-)|(?<=\s)--(?=\s)")
# "Track~1", "Fuser~(MGF)": no tilde of "1.5~2" or " ~5", which mean *to* and *about*.
_TIE = re.compile(r"(?<=[^\W\d])~(?=[\w(\[\\])|(?<=[.,)\d])~(?=[^\W\d]|[(\[\\])")


def typeset(text: str) -> str:
    """Prose with typographic quotes and dashes, and with spaces for ties."""
    if "`" in text:
        text = _QUOTED_ONCE.sub(r"‘\1’", _QUOTED.sub(r"“\1”", text))
    if "--" in text:
        text = _EN_DASH.sub("–", _EM_DASH.sub("—", text))
    return _TIE.sub(" ", text) if "~" in text else text
