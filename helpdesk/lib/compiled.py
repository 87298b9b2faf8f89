"""Reads whose SQL is written once: for the few questions that every page of a ticket asks.

Putting a queryset of many sub-selects together takes Django longer than PostgreSQL takes to answer
it. Here that is done at the first asking, with stand-ins for the values; later askings only put
their values in the stand-ins' place. Rows, and who may see them, are still what the queryset says.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import update_wrapper
from typing import Any, Generic, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import QuerySet

Row = TypeVar("Row")
Value = int | str | datetime

# Where stand-ins come from. Nothing we keep is there; what is found there and is none was reckoned
# from one.
_INTS = range(987_000_000, 987_100_000)
_MOMENTS = datetime(1701, 1, 1, tzinfo=UTC)
_TEXT = "stand-in/"


class NotAValue(TypeError):
    """Something was given that cannot be put in a stand-in's place, or was reckoned with."""


@dataclass(frozen=True)
class _Written:
    """A statement with its parameters, by name where they are given at each asking."""

    queryset: QuerySet[Any]
    compiler: Any
    sql: str
    params: Sequence[Any]
    names: Sequence[str | None]

    def params_of(self, given: dict[str, Value]) -> tuple[Any, ...]:
        return tuple(
            param if name is None else _as(param, given[name])
            for param, name in zip(self.params, self.names, strict=True)
        )


class Compiled(Generic[Row]):
    """A function from values to a queryset, asked for its rows. Positional arguments decide what
    the queryset looks like: each combination has its own statement. Keyword arguments are the
    values in it (int, str, datetime), passed on untouched: a function that reckons with one
    raises NotAValue.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Row]]) -> None:
        self._build = build
        self._written: dict[tuple[Any, ...], _Written | None] = {}
        update_wrapper(self, build)

    def __call__(self, *shape: Any, **given: Value) -> list[Row]:
        if shape not in self._written:
            self._written[shape] = _write(self._build, shape, given)
        written = self._written[shape]
        if written is None:
            return []
        asked = written.queryset.all()
        compiler = copy(written.compiler)
        compiler.connection = connections[DEFAULT_DB_ALIAS]
        compiler.as_sql = lambda: (written.sql, written.params_of(given))
        asked.query.get_compiler = lambda *_, **__: compiler  # type: ignore[method-assign]
        return list(asked)


def _write(
    build: Callable[..., QuerySet[Any]], shape: tuple[Any, ...], given: dict[str, Value]
) -> _Written | None:
    """Return the statement for values of these types; None where there can be no rows."""
    places = {name: _stand_in(at, value) for at, (name, value) in enumerate(given.items())}
    queryset = build(*shape, **places)
    compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
    try:
        sql, params = compiler.as_sql()
    except EmptyResultSet:
        return None
    names = [_name_of(param, places) for param in params]
    return _Written(queryset, compiler, sql, params, names)


def _stand_in(at: int, value: Value) -> Value:
    match value:
        case bool():
            raise NotAValue(value)
        case int():
            return _INTS[at]
        case datetime():
            return _MOMENTS + timedelta(days=at)
        case str():
            return f"{_TEXT}{at}"
    raise NotAValue(value)


def _name_of(param: Any, places: dict[str, Value]) -> str | None:
    """The name under which a parameter is given; None where it is always the same."""
    for name, place in places.items():
        if isinstance(param, type(place)) and param == place:
            return name
    is_reckoned = (
        (isinstance(param, int) and param in _INTS)
        or (isinstance(param, datetime) and param.year <= _MOMENTS.year)
        or (isinstance(param, str) and _TEXT in param)
    )
    if is_reckoned:
        raise NotAValue(param)
    return None


def _as(param: Any, value: Value) -> Any:
    """A value as the stand-in was written: psycopg tells the sizes of numbers by their types."""
    return type(param)(value) if isinstance(param, int) and isinstance(value, int) else value
