"""The four-part Markdown, written and read (FORMAT).

Here belong the canonical form of a day's digest, the reader that takes it back without loss, and
the tolerance for what others write: old digests and models that answer in plain text. Not here: how
a terminal or a chat shows a summary, and whether what a text says is true.
"""

from summarizer.markdown.entry import EntryText, read_entry
from summarizer.markdown.imported import ImportedDigest, ImportNote
from summarizer.markdown.reader import decode_digest, read_digest
from summarizer.markdown.writer import write_digest

__all__ = [
    "EntryText",
    "ImportNote",
    "ImportedDigest",
    "decode_digest",
    "read_digest",
    "read_entry",
    "write_digest",
]
