"""PostgreSQL (extra `postgres`): one transaction for every unit, a pool of connections for reads and writes."""

from collections.abc import Sequence
from typing import cast

import asyncpg

from bot.store.engine import Row, StoreError
from bot.store.statements import Call, Parameters, load_statements, migrations

MIGRATION_LOCK = 7_306_912
"""Any number, the same in every process, so that two starting at once migrate one after the other."""


class _Refused(Exception):
    """A statement returned nothing where it had to: take the unit back."""


class PostgresEngine:
    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]") -> None:
        self._pool = pool
        self._statements = load_statements("asyncpg")

    @classmethod
    async def open(cls, url: str) -> "PostgresEngine":
        """Connect and migrate; StoreError in one sentence when that cannot be done."""
        try:
            pool = await asyncpg.create_pool(url, min_size=1, max_size=10)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            raise StoreError(f"PostgreSQL cannot be reached: {error}") from error
        try:
            async with pool.acquire() as connection:
                await _migrate(connection)
        except BaseException:
            await pool.close()
            raise
        return cls(pool)

    async def write(self, unit: Sequence[Call]) -> bool:
        try:
            async with self._pool.acquire() as connection, connection.transaction():
                for name, parameters in unit:
                    await self._run(connection, name, parameters)
        except _Refused:
            return False
        return True

    async def read(self, name: str, parameters: Parameters) -> Sequence[Row]:
        statement = self._statements[name]
        rows = await self._pool.fetch(statement.sql, *(parameters[key] for key in statement.order))
        return cast(Sequence[Row], rows)

    async def close(self) -> None:
        await self._pool.close()

    async def _run(
        self,
        connection: "asyncpg.pool.PoolConnectionProxy[asyncpg.Record]",
        name: str,
        parameters: Parameters,
    ) -> None:
        statement = self._statements[name]
        values = [parameters[key] for key in statement.order]
        if not statement.must_return:
            await connection.execute(statement.sql, *values)
        elif await connection.fetchrow(statement.sql, *values) is None:
            raise _Refused


async def _migrate(connection: "asyncpg.pool.PoolConnectionProxy[asyncpg.Record]") -> None:
    async with connection.transaction():
        await connection.execute("SELECT pg_advisory_xact_lock($1)", MIGRATION_LOCK)
        await connection.execute("CREATE TABLE IF NOT EXISTS migrations (number BIGINT PRIMARY KEY)")
        known = {row["number"] for row in await connection.fetch("SELECT number FROM migrations")}
        steps = migrations()
        if known - {number for number, _ in steps}:
            raise StoreError("The store was written by a newer version of the bot; start that version again.")
        for number, script in steps:
            if number not in known:
                await connection.execute(script)
                await connection.execute("INSERT INTO migrations (number) VALUES ($1)", number)
