"""Reading and writing files that a person named."""

import os
import tempfile
from pathlib import Path

from bot.domain.errors import InvalidInput

# The longest old digest has 21 kB; what is larger by far is not a digest.
MAX_INPUT_BYTES = 5_000_000


def read_file(path: Path) -> bytes:
    """A file's content.

    Raises:
        InvalidInput: it cannot be read, or is larger than 5 MB.
    """
    try:
        with path.open("rb") as file:
            body = file.read(MAX_INPUT_BYTES + 1)
    except OSError as error:
        raise InvalidInput(f"Cannot read {path}: {error.strerror}.") from error
    if len(body) > MAX_INPUT_BYTES:
        raise InvalidInput(f"Cannot read {path}: larger than {MAX_INPUT_BYTES // 1_000_000} MB.")
    return body


def read_text(path: Path) -> str:
    """A file's text, without a byte order mark.

    Raises:
        InvalidInput: it cannot be read, is larger than 5 MB, or is no UTF-8.
    """
    try:
        return read_file(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInput(f"Cannot read {path}: it is not UTF-8 text.") from error


def write_text(path: Path, text: str, *, private: bool = False) -> None:
    """Write a file whole or not at all; through a link, the file that it leads to.

    A ``private`` one is for its owner alone (T12), others are as the system makes files. What is
    there and no file (``/dev/stdout``, a named pipe) is written to, never replaced.

    Raises:
        InvalidInput: the place cannot be written.
    """
    try:
        target = path.resolve()
        if target.exists() and not target.is_file():
            target.write_text(text, "utf-8", newline="\n")
        else:
            _replace(target, text, mode=0o600 if private else 0o666 & ~_umask())
    except OSError as error:
        raise InvalidInput(
            f"Cannot write {path}: {error.strerror}. Name another file with -o."
        ) from error


def _replace(target: Path, text: str, *, mode: int) -> None:
    with tempfile.NamedTemporaryFile(
        "w", dir=target.parent, encoding="utf-8", newline="\n", delete=False
    ) as file:
        try:
            file.write(text)
            file.flush()
            Path(file.name).chmod(mode)
            Path(file.name).replace(target)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
