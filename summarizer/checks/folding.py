"""Text as the figure check reads it: one form for every way of writing the same signs."""

import re
import unicodedata
from dataclasses import dataclass

_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-")
# Chinese commas and stops stay themselves: folded, 13，000 would look like one number.
_KEPT = "，。；：！？、～"
_SIGNS = {
    "‐": "-", "‑": "-", "−": "-", "–": "--", "—": "--", "⁄": "/", "∕": "/", "✕": "×", "✖": "×",
    "⨯": "×", "μ": "µ", "º": "°", "˚": "°", "◦": "°", "∘": "°", "’": "'", "‘": "'",
}  # fmt: skip
# LaTeX that stands inside figures, also as left over when a converter lost the backslash (2times).
_TOKENS = re.compile(
    r"(?P<times>\\(?:times|cdot|x)(?![A-Za-z])|(?<=\d)times(?![A-Za-z]))"
    r"|(?P<joined>(?<=\d)(?:\{,\}|\\,)(?=\d{3}(?!\d)))"
    r"|(?P<space>\\[,;:! ]|(?<![\d%])~(?=\d))"
    r"|\\(?P<escaped>[%$&#_])"
    r"|(?P<dropped>\\(?:text|math)?(?:bf|rm|it|tt|sf|textbf)(?=\s*\{)\s*\{|\\emph\{)"
    r"|(?P<degree>\^\s?\{?\s?\\?circ\}?)"
    r"|(?P<raised>[⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻]+)"
)
_MATH = re.compile(r"\$(?=[^\s$])([^$\n]{0,80}[^\s$]|)\$(?!\d)")
_MATHEMATICAL = re.compile(r"[\\^_{}=<>~×]|\A[\d.,%\s×x+-]*\Z")


@dataclass(frozen=True, slots=True)
class Folded:
    """Folded text; ``origins[i]`` is where its character ``i`` stood in the original."""

    text: str
    origins: tuple[int, ...]

    def origin(self, start: int, end: int) -> slice:
        """The original's slice for a slice of the folded text."""
        return slice(self.origins[start], self.origins[end - 1] + 1)


def fold(text: str) -> Folded:
    """Full-width forms, superscripts, dashes and LaTeX's ways of writing a figure, as ASCII.

    Superscripts become ``^`` and digits; the delimiters of mathematics go, a dollar that means
    money stays.
    """
    silent = _math_delimiters(text)
    out: list[str] = []
    origins: list[int] = []
    position = 0
    for token in _TOKENS.finditer(text):
        _fold_plain(text, position, token.start(), silent, out, origins)
        for character in _folded_token(token):
            out.append(character)
            origins.append(token.end() - 1)
        position = token.end()
    _fold_plain(text, position, len(text), silent, out, origins)
    return Folded("".join(out), tuple(origins))


def _math_delimiters(text: str) -> frozenset[int]:
    if "$" not in text:
        return frozenset()
    return frozenset(
        place
        for match in _MATH.finditer(text)
        if _MATHEMATICAL.search(match[1])
        for place in (match.start(), match.end() - 1)
    )


def _folded_token(token: re.Match[str]) -> str:
    if token["times"]:
        return "×"
    if token["space"]:
        return " "
    if token["escaped"]:
        return token["escaped"]
    if token["degree"]:
        return "°"
    if token["raised"]:
        return "^" + token["raised"].translate(_SUPERSCRIPTS)
    return ""


def _fold_plain(
    text: str, start: int, end: int, silent: frozenset[int], out: list[str], origins: list[int]
) -> None:
    for place in range(start, end):
        if place in silent:
            continue
        for character in _folded_character(text[place]):
            out.append(character)
            origins.append(place)


def _folded_character(character: str) -> str:
    if character.isascii():
        return " " if character.isspace() else character
    if character in _SIGNS:
        return _SIGNS[character]
    if character in _KEPT or "\u4e00" <= character <= "\u9fff":
        return character
    folded = unicodedata.normalize("NFKC", character)
    if unicodedata.name(character, "").startswith("SUBSCRIPT"):
        return "_" + folded
    if unicodedata.category(character) == "No":
        # Halves and quarters are figures; circled numbers mark the items of a list.
        return folded.replace("⁄", "/") if "⁄" in folded else " "
    return " " if folded.isspace() else folded
