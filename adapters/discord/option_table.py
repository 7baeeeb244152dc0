"""A table of options that collects all its faults before it complains."""

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar, cast

from adapters.discord.option_values import SNOWFLAKE
from bot.domain.errors import SettingsError

_T = TypeVar("_T")


class OptionTable:
    """A table that collects its faults."""

    def __init__(self, values: Mapping[str, object], place: str) -> None:
        self._values = values
        self._place = place
        self.faults: list[str] = []

    def known(self, *keys: str) -> None:
        for key in self._values:
            if key not in keys:
                self.fault(key, f"is not known; there is: {', '.join(keys)}")

    def take(self, key: str, read: Callable[[Any], _T], *, default: _T) -> _T:
        if self._values.get(key) in (None, ""):
            return default
        try:
            return read(self._values[key])
        except ValueError as error:
            self.fault(key, str(error))
            return default

    def each(
        self,
        key: str,
        read: "Callable[[OptionTable], _T]",
        *,
        names: re.Pattern[str] = SNOWFLAKE,
    ) -> Mapping[str, _T]:
        """A table of tables; a text where a table is expected is taken as its ``url``."""
        tables = _table(self._values.get(key, {}))
        if tables is None:
            self.fault(key, "must be a table")
        read_tables: dict[str, _T] = {}
        for name, inner in (tables or {}).items():
            values = _table(inner) or {"url": inner}
            place = f"{self._place}.{key}.{name}"
            table = OptionTable(values, place)
            if not names.fullmatch(str(name)):
                self.fault(key, "has a name that is no channel's id (Copy Channel ID in Discord)")
            read_tables[str(name)] = read(table)
            self.faults += table.faults
        return read_tables

    def fault(self, key: str, what: str) -> None:
        self.faults.append(f"{self._place}.{key} {what}")

    def complain(self) -> None:
        if self.faults:
            raise SettingsError("\n".join(self.faults))


def _table(value: object) -> Mapping[str, object] | None:
    return cast("Mapping[str, object]", value) if isinstance(value, Mapping) else None
