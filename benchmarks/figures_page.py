"""The page of figures: what was measured, on which machine, with which goals. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from benchmarks.figure import Figure

_HEAD = """# Figures

Measured by `{command}`, which writes this page: each figure with its goal, against what the
platforms permit or the least time possible. {note}

{machine}
"""
_REACHED = "reached"


@dataclass(frozen=True, slots=True)
class Section:
    """What the runs of one program told. ``commands`` are those that repeat them, ``failed`` what
    went wrong with one, "" where nothing did."""

    title: str
    commands: Sequence[str]
    figures: Sequence[Figure]
    failed: str = ""


def page(sections: Iterable[Section], machine: Iterable[str], *, short: bool) -> str:
    """The whole page in Markdown. ``machine`` says in lines where it was measured."""
    note = (
        "**This is the short form, which shows that everything still runs; its figures mean "
        "little.**"
        if short
        else "Rates and waits in virtual time are exact; what took real time varies by a tenth "
        "from run to run, and more on a busy machine."
    )
    command = "make bench SHORT=1" if short else "make bench"
    described = "\n".join(f"- {line}" for line in machine)
    head = _HEAD.format(command=command, note=note, machine=described)
    found = list(sections)
    return "\n".join([head, _summary(found), *(_section(one) for one in found)])


def _summary(sections: Sequence[Section]) -> str:
    with_goal = [f for one in sections for f in one.figures if f.goal is not None]
    missed = [f for f in with_goal if not f.reached]
    lines = [f"{len(with_goal) - len(missed)} of {len(with_goal)} goals are reached."]
    if missed:
        lines.append("Not reached:\n")
        lines += [f"- {_cell(f.what)}{_on(f)}: {shown(f.value, f.unit)}" for f in missed]
    return "\n".join(lines) + "\n"


def _on(figure: Figure) -> str:
    return f" ({figure.database})" if figure.database else ""


def _section(section: Section) -> str:
    lines = [f"## {section.title}\n", "```sh", *section.commands, "```\n"]
    if section.figures:
        lines += ["| what | on | figure | goal | | measured against |", "|---|---|--:|--:|---|---|"]
        lines += [_row(figure) for figure in section.figures]
        lines.append("")
    if section.failed:
        lines.append(f"Could not be measured: {_cell(section.failed)}\n")
    return "\n".join(lines)


def _row(figure: Figure) -> str:
    return "| " + " | ".join(
        (
            _cell(figure.what),
            figure.database,
            shown(figure.value, figure.unit),
            _goal(figure),
            _verdict(figure),
            _cell(figure.basis),
        )
    ) + " |"  # fmt: skip


def _goal(figure: Figure) -> str:
    if figure.goal is None:
        return ""
    return ("≥ " if figure.goal.at_least else "≤ ") + shown(figure.goal.value, figure.unit)


def _verdict(figure: Figure) -> str:
    if figure.reached is None:
        return ""
    if figure.reached:
        return _REACHED
    return f"not reached, because: {_cell(figure.profile) or 'not looked into yet'}"


def shown(value: float, unit: str) -> str:
    """A figure as a person reads it: three or four digits that matter."""
    if value == int(value) or abs(value) >= 1000:
        number = f"{value:,.0f}"
    elif abs(value) >= 100:
        number = f"{value:.0f}"
    elif abs(value) >= 10:
        number = f"{value:.1f}"
    else:
        number = f"{value:.3f}" if not unit else f"{value:.2f}"
    return f"{number} {unit}".strip()


def _cell(text: str) -> str:
    """Text that stays within its cell."""
    return " ".join(text.split()).replace("|", "\\|")
