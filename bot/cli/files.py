"""Reading and writing files that a person named."""

import os
import tempfile
from pathlib import Path

from bot.domain.errors import InvalidInput

# The longest old digest has 21 kB; what is larger by far is not a digest.
MAX_INPUT_BYTES = 5_000_000


def read_text(path: Path) -> str:
    """A UTF-8 file's text.

    Raises:
        InvalidInput: it cannot be read, is no UTF-8 text, or is larger than 5 MB.
    """
    try:
        with path.open("rb") as file:
            body = file.read(MAX_INPUT_BYTES + 1)
    except OSError as error:
        raise InvalidInput(f"Cannot read {path}: {error.strerror}.") from error
    if len(body) > MAX_INPUT_BYTES:
        raise InvalidInput(f"Cannot read {path}: larger than {MAX_INPUT_BYTES // 1_000_000} MB.")
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInput(f"Cannot read {path}: not UTF-8 text.") from error


def write_text(path: Path, text: str) -> None:
    """Write a file whole or not at all.

    Raises:
        InvalidInput: the place cannot be written.
    """
    try:
        with tempfile.NamedTemporaryFile(
            "w", dir=path.parent, encoding="utf-8", newline="\n", delete=False
        ) as file:
            file.write(text)
        Path(file.name).chmod(0o666 & ~_umask())
        Path(file.name).replace(path)
    except OSError as error:
        raise InvalidInput(
            f"Cannot write {path}: {error.strerror}. Name another file with -o."
        ) from error


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
