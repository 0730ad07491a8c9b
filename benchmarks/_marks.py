"""What was written and when the other side saw it, and the process of the bot in between.

Shared by the two platforms that the scripts measure on. The fake servers are those of the tests, without their check
of every request against the published descriptions.
"""

import asyncio
import os
import re
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

ROOT = Path(__file__).parents[1]
# The servers live beside the tests.
sys.path.insert(0, str(ROOT))

_MARK = re.compile(r"\bm\d+x\d+\b")
_PATIENCE_SECONDS = 60.0


class Marks(ABC):
    """Everybody writes marked texts; `seen` is when a mark stood on the other side, `served` counts API calls."""

    def __init__(self, *arguments: object) -> None:
        super().__init__(*arguments)
        self.written: dict[str, float] = {}
        self.seen: dict[str, float] = {}
        self.doubled = 0
        self.refused = 0
        self.served = 0

    @abstractmethod
    def environment(self) -> Mapping[str, str]:
        """What a bot has to know to talk to this platform."""

    @abstractmethod
    def is_connected(self) -> bool:
        """Whether the bot listens."""

    def write(self, number: int) -> str:
        """A mark that is being written now by the person of this number."""
        mark = f"m{number}x{len(self.written)}"
        self.written[mark] = time.perf_counter()
        return mark

    def note(self, text: str) -> None:
        """The other side sees this text now."""
        now = time.perf_counter()
        for mark in _MARK.findall(text):
            self.doubled += mark in self.seen
            self.seen.setdefault(mark, now)

    def lost(self) -> int:
        return len(self.written.keys() - self.seen.keys())

    def waits(self) -> list[float]:
        """Milliseconds from being written to being seen, the shortest first."""
        return sorted((self.seen[mark] - since) * 1000 for mark, since in self.written.items())

    def forget(self) -> None:
        """Begin a new measurement."""
        self.written, self.seen, self.doubled, self.refused = {}, {}, 0, 0

    async def holds(self, predicate: Callable[[], object], seconds: float = _PATIENCE_SECONDS) -> bool:
        """Whether it holds within the time; looked at every few milliseconds, since looking costs time, too."""
        end = time.perf_counter() + seconds
        while not predicate():
            if time.perf_counter() > end:
                return False
            await asyncio.sleep(0.002)
        return True

    async def quiet(self, seconds: float = 1.0) -> None:
        """Until the bot has asked for nothing for so long."""
        served, since = self.served, time.perf_counter()
        while time.perf_counter() - since < seconds:
            await asyncio.sleep(0.05)
            if self.served != served:
                served, since = self.served, time.perf_counter()


class Running:
    """A bot's process, as the operating system sees it."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    def cpu(self) -> float:
        """CPU seconds so far."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def megabytes(self, what: str = "VmRSS") -> float:
        """Resident memory now, or with `VmHWM` at its highest."""
        lines = Path(f"/proc/{self._process.pid}/status").read_text().splitlines()
        return int(next(line for line in lines if line.startswith(what)).split()[1]) / 1024


@asynccontextmanager
async def running_bot(what: str, place: Marks, folder: Path) -> AsyncIterator[Running]:
    """The bot in a process of its own, connected; its errors go where ours do."""
    environment = {
        **os.environ,
        **place.environment(),
        "PYTHONPATH": str(ROOT),
        "BOT_STORE__PATH": str(folder / "store.sqlite3"),
        "BOT_STORE__CACHE": str(folder.parent / "cache"),
    }
    script = str(Path(__file__).with_name("_bots.py"))
    process = await asyncio.create_subprocess_exec(sys.executable, script, what, cwd=ROOT, env=environment)
    try:
        if not await place.holds(lambda: place.is_connected() or process.returncode is not None):
            raise SystemExit("The bot did not connect.")
        yield Running(process)
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()
