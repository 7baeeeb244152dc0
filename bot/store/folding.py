"""Text as it is compared with what people type."""

import unicodedata


def folded(text: str) -> str:
    """Without case, width and repeated white space."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
