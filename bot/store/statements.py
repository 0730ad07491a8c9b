"""The SQL files of `queries/`, read through aiosql once for an engine: name -> text and order of parameters."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import aiosql
from aiosql.types import SQLOperationType

FOLDER = Path(__file__).parent

Parameters = dict[str, Any]
Call = tuple[str, Parameters]
"""One statement to run: its name and its parameters by name."""


@dataclass(frozen=True, slots=True)
class Statement:
    """`must_return` marks a write that refuses its whole unit when it returns nothing."""

    sql: str
    order: tuple[str, ...]
    must_return: bool


def load_statements(engine: Literal["sqlite3", "asyncpg"]) -> dict[str, Statement]:
    """Every statement of `queries/`, in the parameter style of the engine."""
    queries = aiosql.from_path(FOLDER / "queries", engine, mandatory_parameters=True)
    known = set(queries.available_queries)
    # aiosql adds a `_cursor` twin to each read.
    names = [name for name in known if name.removesuffix("_cursor") not in known - {name}]
    return {name: _statement(queries, name) for name in names}


def _statement(queries: Any, name: str) -> Statement:
    query = getattr(queries, name)
    order = getattr(queries.driver_adapter, "var_sorted", {}).get(name, query.parameters or [])
    return Statement(query.sql, tuple(order), query.operation is SQLOperationType.SELECT_VALUE)


def migrations() -> list[tuple[int, str]]:
    """The numbered migrations in order, each the same text for both engines."""
    files = sorted((FOLDER / "migrations").glob("*.sql"))
    return [(int(file.name.split("_")[0]), file.read_text(encoding="utf-8")) for file in files]
