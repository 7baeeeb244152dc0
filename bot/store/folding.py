"""Text as it is compared with what people type."""

import re
import unicodedata

_UNFIT = re.compile("[\0\ud800-\udfff]")


def folded(text: str) -> str:
    """Without case, width and repeated white space; what no database takes is white space too."""
    return " ".join(unicodedata.normalize("NFKC", _UNFIT.sub(" ", text)).casefold().split())
