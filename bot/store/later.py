"""The later of several moments in SQL."""

from typing import Any

from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction


class later(GenericFunction[Any]):  # noqa: N801 - SQLAlchemy calls a function by its class's name
    """The greatest of several values in a row, none of them NULL."""

    inherit_cache = True


@compiles(later)  # pyright: ignore[reportUntypedFunctionDecorator] -- SQLAlchemy's has no types
def _elsewhere(element: later, compiler: SQLCompiler, **options: Any) -> str:  # pyright: ignore[reportUnusedFunction]
    return f"greatest({compiler.process(element.clauses, **options)})"


@compiles(later, "sqlite")  # pyright: ignore[reportUntypedFunctionDecorator] -- as above
def _on_sqlite(element: later, compiler: SQLCompiler, **options: Any) -> str:  # pyright: ignore[reportUnusedFunction]
    return f"max({compiler.process(element.clauses, **options)})"
