"""The real program as an operator starts it, in a process of its own that is killed from outside."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path

ROOT = Path(__file__).parents[2]
_STOP_SECONDS = 30.0


class Program:
    """`python -m bot run` with one settings file; started, killed and stopped as often as a test likes."""

    def __init__(self, folder: Path, settings: Mapping[str, object], cache: Path) -> None:
        self._config = folder / "config.yaml"
        self._log = folder / "log.txt"
        self._process: asyncio.subprocess.Process | None = None
        whole = {"store": {"path": str(folder / "store.sqlite3"), "cache": str(cache)}, "web": {"port": 0}}
        whole |= {"knowledge": {"path": str(ROOT / "knowledge_base")}}
        # JSON is YAML; the token in it makes it a file for its owner alone.
        self._config.write_text(json.dumps(whole | dict(settings)), encoding="utf-8")
        self._config.chmod(0o600)

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.returncode is None

    async def start(self) -> None:
        environment = {key: value for key, value in os.environ.items() if not key.startswith("BOT_")}
        command = [sys.executable, "-m", "bot", "--config", str(self._config), "run"]
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *command, cwd=ROOT, env=environment | {"PYTHONPATH": str(ROOT)}, stdout=log, stderr=log
            )

    def kill(self) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.kill()

    async def ended(self) -> int:
        """The exit code, once there is one."""
        assert self._process is not None
        return await self._process.wait()

    async def over(self) -> None:
        """Whatever happened: afterwards nothing runs any more."""
        self.kill()
        if self._process is not None:
            await self._process.wait()

    async def stop(self) -> int:
        """As a service manager does it; returns the exit code."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(_STOP_SECONDS):
            return await self._process.wait()

    def last_words(self, lines: int = 30) -> str:
        """The end of what it wrote."""
        written = self._log.read_text(encoding="utf-8", errors="replace") if self._log.exists() else ""
        return "\n".join(written.splitlines()[-lines:])


class When(StrEnum):
    """Where in the life of a request the server kills."""

    HEARD = "heard"  # it has been heard, nothing was done
    DONE = "done"  # everything was done, the answer never leaves


class Trap:
    """Kills the program at a request of the server's choosing; set anew for each life."""

    def __init__(self) -> None:
        self._program: Program | None = None
        self._left = 0
        self._when = When.HEARD

    def set(self, program: Program, requests: int, when: When) -> None:
        self._program, self._left, self._when = program, requests, when

    def disarm(self) -> None:
        """The life it was set for is over."""
        self._program = None

    def springs(self, when: When) -> bool:
        """Count a request at this point; whether it was the one, and the program is dead now."""
        if self._program is None or when is not self._when:
            return False
        self._left -= 1
        if self._left > 0:
            return False
        self._program.kill()
        self._program = None
        return True
