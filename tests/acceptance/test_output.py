"""Where the output goes: to a reader who leaves, a full disk, an encoding that lacks it."""

import os
import subprocess
import sys
from pathlib import Path
from typing import IO

import pytest

_DEMO = (sys.executable, "-m", "bot", "demo", "--lang", "zh")


def _environment(home: Path, **more: str) -> dict[str, str]:
    return {"HOME": str(home), "PATH": os.environ["PATH"], "LANG": "C.UTF-8", **more}


@pytest.mark.parametrize("more", [(), ("--json",)], ids=["text", "json"])
def test_a_reader_who_leaves_early_is_no_failure(tmp_path: Path, more: tuple[str, ...]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [*_DEMO, *more],
        env=_environment(tmp_path),
        stdout=writing,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(writing)
    assert done.returncode == 0
    assert "Traceback" not in done.stderr
    assert "Broken" not in done.stderr


def _demo(stdout: IO[str] | int, environment: dict[str, str]) -> tuple[int, str]:
    done = subprocess.run(
        _DEMO, env=environment, stdout=stdout, stderr=subprocess.PIPE, text=True, check=False
    )
    return done.returncode, done.stderr.splitlines()[-1]


def test_f57_an_output_without_room_is_told_in_one_line(tmp_path: Path) -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        code, last = _demo(full, _environment(tmp_path))
    assert (code, last) == (
        1,
        "sulan: Cannot write the output: No space left on device. Make room, or send it elsewhere.",
    )


def test_an_encoding_without_the_characters_is_told_what_to_set(tmp_path: Path) -> None:
    code, last = _demo(subprocess.DEVNULL, _environment(tmp_path, PYTHONIOENCODING="ascii"))
    assert code == 1
    assert last.startswith(r"sulan: Cannot print '\xb7': the output's encoding is ascii. Set PYTHO")
