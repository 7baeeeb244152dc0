"""A file that a person named is written whole or not at all, and nothing else is touched."""

import os
import threading
from pathlib import Path

import pytest

from bot.cli.files import write_text
from bot.domain.errors import InvalidInput


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    place = tmp_path / "day.md"
    place.write_text("before", "utf-8")
    write_text(place, "after\n")
    assert place.read_text("utf-8") == "after\n"
    assert list(tmp_path.iterdir()) == [place]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    kept, link = tmp_path / "kept.md", tmp_path / "link.md"
    kept.write_text("before", "utf-8")
    link.symlink_to(kept)
    write_text(link, "after")
    assert (link.is_symlink(), kept.read_text("utf-8")) == (True, "after")


def test_what_is_no_file_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    pipe, read = tmp_path / "pipe", list[str]()
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: read.append(pipe.read_text("utf-8")), daemon=True)
    reader.start()
    write_text(pipe, "through")
    reader.join(timeout=5)
    assert (read, pipe.is_fifo()) == (["through"], True)


def test_f57_a_full_disk_leaves_the_old_file_and_no_rubbish(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "day.md"
    place.write_text("before", "utf-8")

    def full(_: Path, __: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(InvalidInput, match=r"Cannot write .*day\.md: No space left on device"):
        write_text(place, "after")
    assert place.read_text("utf-8") == "before"
    assert list(tmp_path.iterdir()) == [place]


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="Is a directory"):
        write_text(tmp_path, "text")
