"""Adapters by name: who is there, who cannot be used and why."""

import importlib
import sys
from importlib.metadata import Distribution, EntryPoint
from pathlib import Path

import pytest

from adapters.base import Options
from adapters.registry import BUILT_IN, GROUP, Registry
from bot.domain.errors import SettingsError

_METADATA = "Metadata-Version: 2.1\nName: {name}\nVersion: 2.0\n"
_MODULES = {
    "good.py": """
from adapters.testing import FakeAdapter
def create(options):
    return FakeAdapter(options.name)
thing = 3
""",
    "broken.py": "import no_such_library",
    "exits.py": "raise SystemExit('no licence')",
    "stubborn.py": """
from adapters.testing import FakeAdapter
def create(options):
    return FakeAdapter("telex")
""",
    "wrong.py": "def create(options): return object()",
}


@pytest.fixture
def plugins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder on the path with modules that third parties may have written."""
    for name, source in _MODULES.items():
        (tmp_path / name).write_text(source)
        monkeypatch.delitem(sys.modules, Path(name).stem, raising=False)
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    importlib.invalidate_caches()
    return tmp_path


def third_party(folder: Path, name: str, where: str, *, by: str = "somebody") -> EntryPoint:
    """An entry point as an installed distribution has it."""
    info = folder / f"{by}-2.0.dist-info"
    info.mkdir(exist_ok=True)
    (info / "METADATA").write_text(_METADATA.format(name=by))
    (info / "entry_points.txt").write_text(f"[{GROUP}]\n{name} = {where}\n")
    (point,) = Distribution.at(info).entry_points
    return point


def options(name: str) -> Options:
    return Options(name, {})


def test_every_built_in_is_listed_and_usable() -> None:
    described = {adapter.name: adapter for adapter in Registry([]).describe()}
    assert set(described) == set(BUILT_IN)
    assert {a.distribution for a in described.values()} == {"sulan"}
    assert described["console"].error is None


def test_a_third_partys_adapter_is_listed_with_its_distribution_and_made(plugins: Path) -> None:
    registry = Registry([third_party(plugins, "fax", "good:create")], built_in={})
    (fax,) = registry.describe()
    assert (fax.name, fax.distribution, fax.version, fax.where, fax.error) == (
        "fax",
        "somebody",
        "2.0",
        "good:create",
        None,
    )
    assert registry.create("fax", options("fax")).name == "fax"


def test_nothing_is_imported_before_it_is_asked_for(plugins: Path) -> None:
    points = [third_party(plugins, name, f"{name}:create", by=name) for name in ("good", "exits")]
    assert Registry(points).create("console", options("console")).name == "console"
    assert not {"good", "exits"} & set(sys.modules)


@pytest.mark.parametrize(
    ("where", "reason"),
    [
        pytest.param("broken:create", "No module named 'no_such_library'", id="a missing library"),
        pytest.param("exits:create", "no licence", id="a module that ends the program"),
        pytest.param("absent:create", "No module named 'absent'", id="a missing module"),
        pytest.param("good:none", "has no attribute 'none'", id="a missing factory"),
        pytest.param("good:thing", "no function that makes an adapter", id="no function"),
    ],
)
def test_what_cannot_be_used_is_shown_with_its_reason(
    plugins: Path, where: str, reason: str
) -> None:
    registry = Registry([third_party(plugins, "bad", where)])
    errors = {adapter.name: adapter.error for adapter in registry.describe()}
    assert reason in (errors["bad"] or "")
    assert errors["console"] is None
    with pytest.raises(SettingsError, match="'bad' cannot be used") as raised:
        registry.create("bad", options("bad"))
    assert reason in str(raised.value)
    assert raised.value.__cause__ is not None


def test_a_missing_extra_is_named_with_the_command_that_brings_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)
    for name in [name for name in sys.modules if name.startswith("adapters.apprise")]:
        monkeypatch.delitem(sys.modules, name)
    with pytest.raises(SettingsError, match=r"pip install 'sulan\[apprise\]'"):
        Registry([]).create("apprise", options("apprise"))


def test_an_unknown_name_is_an_error_that_lists_the_known_ones() -> None:
    with pytest.raises(SettingsError, match=r"No adapter 'fax'.*console, discord") as raised:
        Registry([]).create("fax", options("fax"))
    assert all(name in str(raised.value) for name in BUILT_IN)


@pytest.mark.parametrize("name", ["console", "fax"], ids=["a built-in's name", "a third party's"])
def test_a_name_that_several_claim_belongs_to_none(plugins: Path, name: str) -> None:
    claims = [
        third_party(plugins, name, "good:create", by="one"),
        third_party(plugins, name, "good:create", by="other"),
    ]
    registry = Registry(claims)
    with pytest.raises(SettingsError, match=rf"Several claim the name '{name}'.*one 2.0.*other"):
        registry.create(name, options(name))
    errors = [adapter.error for adapter in registry.describe() if adapter.name == name]
    assert all(error and "Uninstall all but one" in error for error in errors)
    assert len(errors) == len(claims) + (name in BUILT_IN)


def test_what_a_factory_makes_must_be_an_adapter(plugins: Path) -> None:
    registry = Registry([third_party(plugins, "fax", "wrong:create")])
    with pytest.raises(SettingsError, match="lacks name, pace, render, send"):
        registry.create("fax", options("fax"))


def test_an_adapter_calls_itself_what_the_settings_call_it(plugins: Path) -> None:
    registry = Registry([third_party(plugins, "fax", "good:create")])
    assert registry.create("fax", options("fax-of-the-team")).name == "fax-of-the-team"


def test_an_adapter_that_insists_on_a_name_of_its_own_is_refused(plugins: Path) -> None:
    registry = Registry([third_party(plugins, "fax", "stubborn:create")])
    assert registry.create("fax", options("telex")).name == "telex"
    with pytest.raises(SettingsError, match="named 'fax' and made one that calls itself 'telex'"):
        registry.create("fax", options("fax"))


@pytest.mark.parametrize("kind", [kind for kind in BUILT_IN if kind not in ("markdown", "apprise")])
def test_every_built_in_with_a_bot_takes_another_name(kind: str) -> None:
    values: dict[str, dict[str, object]] = {
        "telegram": {"token": "4711:" + "x" * 35},
        "discord": {"token": "x.y.z"},
        "discord-webhook": {"hooks": {"a": "https://discord.com/api/webhooks/17/x"}},
    }
    made = Registry([]).create(kind, Options("another", values.get(kind, {})))
    assert made.name == "another"


def test_options_that_do_not_exist_are_named() -> None:
    with pytest.raises(SettingsError, match="colour"):
        Registry([]).create("console", Options("console", {"colour": "red"}))
