"""The people and their Telegram, in the process that measures: what they wrote, and when the other side saw it.

The fake server is the one of the tests, without its check of every request against the published description.
"""

import asyncio
import os
import re
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

__all__ = ["ROOT", "Person", "Running", "Town", "running_bot"]

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.servers.bot_api import FakeBotApi  # noqa: E402 - the servers live beside the tests.
from tests.servers.bot_api_calls import Call  # noqa: E402
from tests.servers.bot_api_objects import Chat  # noqa: E402
from tests.servers.bot_api_people import Person  # noqa: E402

GROUP, AGENT, FIRST = -1_001_500_000_001, 5_100_000_001, 5_300_000_001
_MARK = re.compile(r"\bm\d+x\d+\b")
_PATIENCE_SECONDS = 60.0


class Town(FakeBotApi):
    """Everybody writes marked texts; `seen` is when a mark stood in the staff group, `refused` what met a limit."""

    def __init__(self) -> None:
        super().__init__()
        self.world.spec = None
        self.seconds_of_a_call = 0.0
        self.written: dict[str, float] = {}
        self.seen: dict[str, float] = {}
        self.doubled = 0
        self.refused = 0
        self.refused_at: list[float] = []
        self.counted: list[float] = []
        self.told: set[int] = set()
        self.served = 0
        self.desk: Chat = self.forum_group(GROUP, "Desk", admins=[agent := self.user(AGENT, "Mika")])
        self.agent = agent
        self.people: list[Person] = []

    async def _do(self, call: Call) -> object:
        if self.seconds_of_a_call and call.method != "getUpdates":
            await asyncio.sleep(self.seconds_of_a_call)
        # Kept for tests, which are short.
        self.calls.clear()
        try:
            result = await super()._do(call)
        except Exception:
            self.refused += 1
            self.refused_at.append(time.perf_counter())
            raise
        self.served += 1
        if call.method.startswith(("send", "edit")) and call.method != "editForumTopic":
            self.counted.append(time.perf_counter())
        if call.method == "sendMessage":
            self._note(call)
        return result

    def _note(self, call: Call) -> None:
        now, chat = time.perf_counter(), call.params.get("chat_id")
        if chat != GROUP:
            self.told.add(int(str(chat)))
            return
        for mark in _MARK.findall(str(call.params.get("text"))):
            self.doubled += mark in self.seen
            self.seen.setdefault(mark, now)

    def people_arrive(self, many: int) -> list[Person]:
        """So many new people, who have not written yet."""
        came = [self.user(FIRST + len(self.people) + number, "Aiko") for number in range(many)]
        self.people += came
        return came

    async def writes(self, person: Person, text: str = "") -> str:
        """Write a text with a mark of its own, and return the mark."""
        mark = f"m{person.id - FIRST}x{len(self.written)}"
        self.written[mark] = time.perf_counter()
        await person.sends(text or f"here it is {mark}")
        return mark

    async def open_tickets(self, people: list[Person]) -> None:
        """Everybody has a ticket, and somebody of the desk has taken it."""
        for person in people:
            await person.sends("/human")
            before = len(self.desk.topics)
            await self.holds(lambda before=before: len(self.desk.topics) > before)  # type: ignore[misc]
            topic = self.desk.topics[-1]
            await self.holds(lambda topic=topic: topic.messages)  # type: ignore[misc]
            await self.agent.writes_in(self.desk, topic, "/take")
        await self.quiet()

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

    def lost(self) -> int:
        return len(self.written.keys() - self.seen.keys())

    def forget(self) -> None:
        """Begin a new measurement."""
        self.written, self.seen, self.doubled, self.refused = {}, {}, 0, 0


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
async def running_bot(what: str, town: Town, folder: Path) -> AsyncIterator[Running]:
    """The bot in a process of its own, connected; its errors go where ours do."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "BENCH_TOKEN": town.token,
        "BENCH_URL": town.url,
        "BENCH_GROUP": str(GROUP),
        "BOT_STORE__PATH": str(folder / "store.sqlite3"),
        "BOT_STORE__CACHE": str(folder.parent / "cache"),
    }
    script = str(Path(__file__).with_name("_bots.py"))
    process = await asyncio.create_subprocess_exec(sys.executable, script, what, cwd=ROOT, env=environment)
    try:
        if not await town.holds(lambda: town.world.updates.is_polled or process.returncode is not None):
            raise SystemExit("The bot did not connect.")
        yield Running(process)
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()
