"""Superscripts and subscripts in Unicode."""

_SUPERSCRIPTS = dict(
    zip(
        "0123456789+-−=()abcdefghijklmnoprstuvwxyzABDEGHIJKLMNOPRTUVWβγδθφχ⊤′",
        "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂᵝᵞᵟᶿᵠᵡᵀ′",
        strict=True,
    )
)
_SUBSCRIPTS = dict(
    zip(
        "0123456789+-−=()aehijklmnoprstuvxβγρφχ",
        "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ",
        strict=True,
    )
)
# Signs that stand raised by themselves.
_RAISED = {"∘": "°", "∗": "*", "*": "*", "†": "†", "‡": "‡", "°": "°"}


def superscript(text: str) -> str:
    """``text`` raised: in Unicode where every character has a form, else as ``^(text)``."""
    return _RAISED.get(text) or _script(text, "^", _SUPERSCRIPTS)


def subscript(text: str) -> str:
    """``text`` lowered: in Unicode where every character has a form, else as ``_(text)``."""
    return _script(text, "_", _SUBSCRIPTS)


def _script(text: str, mark: str, forms: dict[str, str]) -> str:
    solid = text.replace(" ", "")
    if all(character in forms for character in solid):
        return "".join(forms[character] for character in solid)
    return f"{mark}{text}" if len(text) == 1 else f"{mark}({text})"
