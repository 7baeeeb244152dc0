"""Where settings are looked for: a TOML file, ``.env``, the environment, secret files."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tomllib import TOMLDecodeError

from config.complaints import Fault
from config.layers import Layer, toml_layer
from config.settings import home_of
from config.variables import (
    CONFIG_VARIABLE,
    SECRETS_VARIABLE,
    of_directory,
    of_dotenv,
    of_environment,
    variable_layer,
)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where settings are looked for. ``system_secrets`` is where Docker mounts secrets."""

    environ: Mapping[str, str] = field(repr=False)
    cwd: Path
    config_file: Path | None = None
    system_secrets: Path = Path("/run/secrets")


def read_all(surroundings: Surroundings) -> Iterator[tuple[Layer, list[Fault]]]:
    """What each place holds, and what cannot be read there, in rising precedence."""
    yield _read_toml(surroundings)
    yield _read_dotenv(surroundings.cwd)
    layer, faults = variable_layer("the environment", of_environment(surroundings.environ))
    yield layer, [*faults]
    for directory, name in _secret_directories(surroundings):
        yield _read_secrets(directory, name)


def _read_toml(surroundings: Surroundings) -> tuple[Layer, list[Fault]]:
    path = _toml_file(surroundings)
    if path is None:
        return Layer(name="no file"), []
    name = _shown(path, surroundings.cwd)
    try:
        return toml_layer(_text(path), name), []
    except TOMLDecodeError as error:
        return Layer(name=name), [Fault(name, f"is not valid TOML: {error}")]
    except (OSError, UnicodeDecodeError) as error:
        return Layer(name=name), [Fault(name, _unreadable(error))]


def _toml_file(surroundings: Surroundings) -> Path | None:
    """The one that is named, else the first that exists."""
    cwd, environ = surroundings.cwd, surroundings.environ
    if surroundings.config_file is not None:
        return cwd / surroundings.config_file
    if named := environ.get(CONFIG_VARIABLE, "").strip():
        return cwd / Path(named).expanduser()
    config = Path(environ.get("XDG_CONFIG_HOME") or "")
    if not config.is_absolute():
        config = home_of(environ) / ".config"
    candidates = (cwd / "sulan.toml", cwd / config / "sulan" / "sulan.toml")
    return next((path for path in candidates if path.exists()), None)


def _read_dotenv(cwd: Path) -> tuple[Layer, list[Fault]]:
    path = cwd / ".env"
    if not path.exists():
        return Layer(name=".env"), []
    try:
        variables, faults = of_dotenv(_text(path), ".env")
    except (OSError, UnicodeDecodeError) as error:
        return Layer(name=".env"), [Fault(".env", _unreadable(error))]
    layer, more = variable_layer(".env", variables)
    return layer, [*faults, *more]


def _secret_directories(surroundings: Surroundings) -> Iterator[tuple[Path, str]]:
    if named := surroundings.environ.get(SECRETS_VARIABLE, "").strip():
        yield surroundings.cwd / Path(named).expanduser(), named.rstrip("/")
        return
    for directory in (surroundings.system_secrets, surroundings.cwd / "secrets"):
        if directory.is_dir():
            yield directory, _shown(directory, surroundings.cwd)


def _read_secrets(directory: Path, name: str) -> tuple[Layer, list[Fault]]:
    try:
        variables, faults = of_directory(directory, name)
    except OSError as error:
        return Layer(name=name), [Fault(name, _unreadable(error))]
    layer, more = variable_layer(name, variables)
    return layer, [*faults, *more]


def _text(path: Path) -> str:
    return path.read_text("utf-8-sig")  # Windows' editors put a byte order mark first


def _unreadable(error: OSError | UnicodeDecodeError) -> str:
    if isinstance(error, OSError):
        return f"cannot be read ({error.strerror or error})"
    return f"is not UTF-8 text (byte {error.start})"


def _shown(path: Path, cwd: Path) -> str:
    """A path as a person would write it: short where it is below the working directory."""
    return str(path.relative_to(cwd)) if path.is_relative_to(cwd) else str(path)
