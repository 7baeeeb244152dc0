"""The check that an XML body passes before anything reads it: whole, expected, harmless."""

from collections.abc import Iterator
from typing import NoReturn
from xml.parsers import expat

from bot.domain.errors import SourceBroken

# expat holds the interpreter's lock while it works through what it is handed; a piece of this size
# takes it well under a millisecond, so that a thread does not stall the event loop.
_PIECE = 64 * 1024
_ENCODINGS = frozenset({"utf-8", "utf8", "us-ascii", "ascii"})
_CUT_OFF = frozenset(
    expat.errors.codes[message]
    for message in (
        expat.errors.XML_ERROR_NO_ELEMENTS,
        expat.errors.XML_ERROR_UNCLOSED_TOKEN,
        expat.errors.XML_ERROR_PARTIAL_CHAR,
        expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION,
    )
)


class _Refused(Exception):
    """Raised inside expat's handlers; carries what the body is."""


def check_xml(body: bytes, *, roots: frozenset[str]) -> str:
    """Make sure that ``body`` is one whole XML document, and return its root's local name.

    Refused: a document type declaration (hence every entity of its own: T9), an encoding other
    than UTF-8 (neither upstream sends one), another root element than ``roots`` names.

    Raises:
        SourceBroken: with what the body is instead, such as "an HTML page".
    """
    if not body.strip():
        raise SourceBroken("The answer is an empty body where XML was expected.")
    found: list[str] = []
    try:
        _feed(_parser(found, roots), body)
    except _Refused as error:
        raise SourceBroken(f"The answer is {error}, not the XML that was asked for.") from None
    except expat.ExpatError as error:
        raise SourceBroken(_complaint(body, error, has_root=bool(found))) from error
    return found[0]


def _parser(found: list[str], roots: frozenset[str]) -> expat.XMLParserType:
    parser = expat.ParserCreate(namespace_separator=" ")

    def on_root(name: str, _attributes: dict[str, str]) -> None:
        root = name.rpartition(" ")[2]
        if root not in roots:
            page = root.lower() == "html"
            raise _Refused("an HTML page" if page else f"XML with the root <{root[:40]}>")
        found.append(root)
        parser.StartElementHandler = None  # no call into Python for any further element

    def on_doctype(name: str, *_rest: object) -> NoReturn:
        page = name.lower() == "html"
        raise _Refused("an HTML page" if page else "XML with a document type declaration")

    def on_declaration(_version: str, encoding: str | None, _standalone: int) -> None:
        if encoding is not None and encoding.lower() not in _ENCODINGS:
            raise _Refused(f"XML in the encoding {encoding[:40]}")

    parser.StartElementHandler = on_root
    parser.StartDoctypeDeclHandler = on_doctype
    parser.XmlDeclHandler = on_declaration
    return parser


def pieces(body: bytes) -> Iterator[bytes]:
    """The body in pieces that a parser may be handed without stalling other threads."""
    return (body[start : start + _PIECE] for start in range(0, len(body), _PIECE))


def _feed(parser: expat.XMLParserType, body: bytes) -> None:
    for piece in pieces(body):
        parser.Parse(piece, False)
    parser.Parse(b"", True)


def _complaint(body: bytes, error: expat.ExpatError, *, has_root: bool) -> str:
    start = body.lstrip(b"\xef\xbb\xbf \t\r\n")[:200].lower()
    if start.startswith((b"{", b"[")):
        return "The answer is JSON where XML was expected."
    if b"<html" in start or start.startswith(b"<!doctype html"):
        return "The answer is an HTML page, not the XML that was asked for."
    if not start.startswith(b"<"):
        return "The answer is plain text or binary where XML was expected."
    where = f"line {error.lineno}, column {error.offset + 1}"
    if has_root and error.code in _CUT_OFF:
        return f"The answer breaks off at {where}: the XML is not complete."
    return f"The answer is not well-formed XML: {expat.ErrorString(error.code)} at {where}."
