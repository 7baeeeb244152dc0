"""LaTeX fragments, in formulas and in prose, to text."""

import re

from bot.sources.latex_macros import (
    OPERATORS,
    Unconvertible,
    is_known,
    swallows_space,
    takes_arguments,
    to_text,
)
from bot.sources.scripts import subscript, superscript

# A private-use character stands for each piece that is done, so that nothing reads it again.
_FIRST, _LAST = 0xE000, 0xF8FF
HELD = f"[{chr(_FIRST)}-{chr(_LAST)}]"
_MAX_DEPTH = 12

_ESCAPED = re.compile(r"\\\\|\\([%&_#$ {}])|\{\\([%&_#$])\}")
_SPECIAL = re.compile(r"(?<!\\)[%&#$~]")
_TEXT_SCRIPT = re.compile(r"\\text(super|sub)script\s*(?=\{)")
_COMMAND = re.compile(r"\\(?:([A-Za-z]+)\*?|(.?))(\{\})?", re.DOTALL)
_SPACED = re.compile(r"\\([A-Za-z]+) +")
_ABUTTING = re.compile(rf"\\([A-Za-z]+)(?=[^\x00-\x7f{HELD[1:-1]}])")
_SINGLE = re.compile(r"\{([,+\-=/:.;<>×])\}")
_NO_FENCE = re.compile(r"\\(?:left|right)\s*\.")
_SCRIPT = re.compile(r"[\^_]")
_CIRC = re.compile(r"\^\s*(?:\\circ(?![A-Za-z])|\{\s*\\?circ\s*\}|circ(?![a-z]))")
_NAME_BEFORE = re.compile(r"\\[A-Za-z]+\Z")
_DIGITS = re.compile(r"-?\d+")
_OPERATOR = re.compile(rf" *\\({OPERATORS.replace(' ', '|')})(?![A-Za-z]) *")
_RELATION = re.compile(
    r"( *)(\\(?:in|notin|le|leq|leqslant|ge|geq|geqslant|neq|ne|approx|sim|simeq|equiv|propto|to|"
    r"rightarrow|leftarrow|Rightarrow|mapsto|subset|subseteq|supset|ll|gg|times|pm|mp|cdot|cup|cap|"
    r"ldots|otimes|oplus|odot|mid|lesssim|gtrsim))(?![A-Za-z]) *"
)


class Held:
    """Finished pieces of one text and the characters that stand for them."""

    def __init__(self) -> None:
        self._pieces: list[str] = []

    def put(self, piece: str) -> str:
        """A character that stands for ``piece``.

        Raises:
            Unconvertible: there are more pieces than characters.
        """
        self._pieces.append(self.restore(piece))
        if _FIRST + len(self._pieces) > _LAST:
            raise Unconvertible("too many pieces")
        return chr(_FIRST + len(self._pieces) - 1)

    def restore(self, text: str) -> str:
        """The text with every piece in its place."""
        return re.sub(HELD, lambda match: self._pieces[ord(match[0]) - _FIRST], text)


def formula(source: str) -> str:
    """The text of a formula (without its delimiters).

    Raises:
        Unconvertible: it stays as it is.
    """
    held = Held()
    source = _prepared(source.strip(), held, tie=" ")
    _check_braces(source)
    source = _NO_FENCE.sub("", source)
    source = _RELATION.sub(lambda m: m[1] + held.put(to_text(m[2])) + m[1], source)
    source = _with_scripts(source, held, bare=True)
    source = _OPERATOR.sub(lambda m: _operator(m, held), source)
    return " ".join(held.restore(to_text(source)).split())


def prose(source: str, held: Held) -> str:
    """Text with its LaTeX replaced; ``held`` pieces stay held.

    Raises:
        Unconvertible: it stays as it is.
    """
    source = _CIRC.sub("°", source)
    source = re.sub(r"(?<!\\)\\(?=\d)", lambda _: held.put("$"), source)
    source = _prepared(source, held, tie="~")
    source = _literal_braces(_SINGLE.sub(lambda m: held.put(m[1]), source), held)
    source = _with_scripts(source, held, bare=False)
    source = _OPERATOR.sub(lambda m: _operator(m, held), source)
    return to_text(source) if re.search(r"[\\{}]", source) else source


def _prepared(source: str, held: Held, *, tie: str) -> str:
    """Escaped and special characters, and commands that nobody knows, put out of reach."""
    source = _TEXT_SCRIPT.sub(lambda m: "^" if m[1] == "super" else "_", source)
    source = _ESCAPED.sub(lambda m: held.put(m[1] or m[2]) if m[1] or m[2] else m[0], source)
    source = _SPECIAL.sub(lambda m: held.put(tie if m[0] == "~" else m[0]), source)
    source = _COMMAND.sub(lambda m: _known(m, held), source)
    source = _SPACED.sub(lambda m: f"\\{m[1]}{{}}" if swallows_space(m[1]) else m[0], source)
    # LaTeX ends a command's name at a letter like θ; pylatexenc does not.
    return _ABUTTING.sub(lambda m: m[0] + (" " if takes_arguments(m[1]) else "{}"), source)


def _known(match: re.Match[str], held: Held) -> str:
    """A command as it stands, or held where nobody knows it (without the {} that ends its name)."""
    known = is_known(match[1] or match[2])
    return match[0] if known else held.put(match[0].removesuffix("{}"))


def _operator(match: re.Match[str], held: Held) -> str:
    """log, sin and their like, apart from letters on both sides."""
    before, after = match.string[: match.start()][-1:], match.string[match.end() :][:1]
    abuts = before.isalnum() or before in {")", "}", "]"} or re.match(HELD, before)
    left = " " if abuts or match[0][0] == " " else ""
    right = " " if after.isalnum() or after == "\\" else ""
    return (left if before else "") + held.put(match[1]) + right


def _check_braces(source: str) -> None:
    depth = 0
    for character in source:
        depth += (character == "{") - (character == "}")
        if not 0 <= depth <= _MAX_DEPTH:
            raise Unconvertible("braces do not match, or nest too deep")
    if depth:
        raise Unconvertible("braces do not match")


def _literal_braces(source: str, held: Held) -> str:
    """Braces of prose ("in {True, False}") put out of reach; LaTeX's own stay.

    LaTeX's are a command's or a script's argument, and a group that opens with a command.
    """
    literal: set[int] = set()
    opened: list[int] = []
    arguments_end = -1
    for place, character in enumerate(source):
        if character == "{":
            opened.append(place)
            if len(opened) > _MAX_DEPTH:
                raise Unconvertible("braces nest too deep")
            if not (place == arguments_end or _opens_argument(source, place)):
                literal.add(place)
        elif character == "}":
            if not opened or opened.pop() in literal:
                literal.add(place)
            else:
                arguments_end = place + 1
    literal.update(opened)
    return "".join(
        held.put(character) if place in literal else character
        for place, character in enumerate(source)
    )


def _opens_argument(source: str, place: int) -> bool:
    before = source[max(0, place - 30) : place]
    return bool(
        re.search(r"(?:\\(?:[A-Za-z]+\*?|.)(?:\[[^\[\]]*\])?\s?|[\^_])\Z", before)
        or source.startswith("\\", place + 1)
    )


def _with_scripts(source: str, held: Held, *, bare: bool) -> str:
    """Scripts in Unicode. From right to left, so that an argument's own scripts are done.

    ``bare`` takes an argument without braces as TeX does; in prose only digits and commands count
    (``N^2``, ``x^\\dagger``), and what stands on a command (``\\ell_2``), for a ``_`` there is
    mostly part of a name.
    """
    for place in reversed([match.start() for match in _SCRIPT.finditer(source)]):
        if place and source[place - 1] == "\\":
            continue
        end = _argument_end(source, place, bare=bare)
        if end is None:
            continue
        argument = to_text(source[place + 1 : end])
        write = superscript if source[place] == "^" else subscript
        done = held.put(write(held.restore(argument).strip()))
        source = source[:place] + done + source[end:]
    return source


def _argument_end(source: str, place: int, *, bare: bool) -> int | None:
    """Where the argument of the script at ``place`` ends, ``None`` where it is no script."""
    start = place + 1
    while bare and source[start : start + 1] == " ":
        start += 1
    first = source[start : start + 1]
    if first == "{":
        return _group_end(source, start)
    if first == "\\":
        return _command_end(source, start)
    if bare:
        return start + 1 if first and first not in "}^_" else None
    if _NAME_BEFORE.search(source, max(0, place - 30), place):
        return start + 1 if first.isalnum() else None
    after_word = place > 0 and (source[place - 1].isalnum() or source[place - 1] in ")]|}")
    digits = _DIGITS.match(source, start)
    return digits.end() if digits and after_word and source[place] == "^" else None


def _group_end(source: str, start: int) -> int | None:
    depth = 0
    for place in range(start, len(source)):
        depth += (source[place] == "{") - (source[place] == "}")
        if depth == 0:
            return place + 1
    return None


def _command_end(source: str, start: int) -> int | None:
    match = _COMMAND.match(source, start)
    if match is None:
        return None
    end = match.end()
    if not takes_arguments(match[1] or match[2]):
        return end
    while source[end : end + 1] == "{":
        group = _group_end(source, end)
        if group is None:
            return None
        end = group
    return end
