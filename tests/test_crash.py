"""Kill the process at any moment and start it again: the conversation goes on where it was.

A scripted conversation is typed into the terminal adapter through a pipe. The process is killed without a warning
again and again; whoever types only repeats what the bot had not heard. In the end everything must read as if nothing
had happened: nothing lost, nothing said twice, the same order, ticket numbers without gaps.
"""

import json
import os
import random
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
TALK = (
    "hello", "my deposit has not arrived", "crypto", "eth", "back", "eth", "my own wallet", "erc20", "i dont know",
    "0.25", "today", "12345678", "skip", "and it is urgent", "/close", "how long does a deposit take?", "/human",
    "skip", "/status", "/close", "/human", "12345678", "it does not work", "skip", "/tickets", "thank you",
)  # fmt: skip
TICKETS = 3
KILLS = 12
SOAK_KILLS = 100

Moment = Callable[["subprocess.Popen[str]"], None]


@dataclass
class Terminal:
    """Types the talk into one process after another; `heard` is how many lines the bot has taken so far."""

    folder: Path
    cache: Path
    screens: list[str] = field(default_factory=list)

    @property
    def store(self) -> Path:
        return self.folder / "store.sqlite3"

    def heard(self) -> int:
        return len(self.select("SELECT key FROM events_seen")) if self.store.exists() else 0

    def select(self, sql: str) -> list[Any]:
        with closing(sqlite3.connect(self.store)) as connection:
            try:
                return connection.execute(sql).fetchall()
            except sqlite3.OperationalError:
                return []  # Killed before there was a table.

    def talk_on(self, kill: Moment | None = None) -> bool:
        """Start the bot, type everything that it has not heard, and let it end or be killed; whether it was."""
        with self._process() as process:
            assert process.stdin
            typing = "".join(f"{line}\n" for line in TALK[self.heard() :])
            with suppress(BrokenPipeError):
                process.stdin.write(typing)
            with suppress(BrokenPipeError):
                process.stdin.close()
            if kill:
                kill(process)
            assert process.stdout
            self.screens.append(process.stdout.read())
            code = process.wait()
        assert code in ((0, -9) if kill else (0,)), self.screens[-1]
        return code == -9

    @contextmanager
    def _process(self) -> Iterator["subprocess.Popen[str]"]:
        environment = {**os.environ, "BOT_KNOWLEDGE__PATH": str(ROOT / "knowledge_base"), "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-m", "bot", "chat", "--store", str(self.store)]
        with subprocess.Popen(
            command, cwd=self.folder, env={**environment, "BOT_STORE__CACHE": str(self.cache)}, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        ) as process:  # fmt: skip
            try:
                yield process
            finally:
                process.kill()

    def outcome(self) -> dict[str, Any]:
        """All that is left of the talk, without ids and times."""
        said = self.select("SELECT chat_id, thread_id, author, content, deleted FROM room_messages ORDER BY id")
        threads = list(dict.fromkeys(thread for _, thread, *_ in said))
        return {
            "rooms": sorted(
                ((chat, threads.index(thread)), _shown(author, content), deleted)
                for chat, thread, author, content, deleted in said
            ),
            "order": {
                index: [_shown(author, content) for _, of, author, content, _ in said if of == thread]
                for index, thread in enumerate(threads)
            },
            "heard": self.select("SELECT text, ticket_id IS NULL FROM messages ORDER BY id"),
            "tickets": self.select("SELECT number, status, subject, answers FROM tickets ORDER BY number"),
            "rows": self.select("SELECT lane LIKE '%ticket%', kind, state, COUNT(*) FROM outbox GROUP BY 1, 2, 3"),
            "left": self.select("SELECT * FROM internal_events") + self.select("SELECT * FROM set_aside"),
        }


def _shown(author: str, content: str) -> tuple[str, str, tuple[str, ...]]:
    value = json.loads(content)["is"]
    return author, value["text"], tuple(button["label"] for row in value["buttons"] for button in row)


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def undisturbed(cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Terminal:
    terminal = Terminal(tmp_path_factory.mktemp("undisturbed"), cache)
    terminal.talk_on()
    return terminal


def after_lines(number: int, seconds: float) -> Moment:
    """Kill so long after so many lines have been written, the welcome not counted."""

    def kill(process: "subprocess.Popen[str]") -> None:
        assert process.stdout
        for _ in range(number + 1):
            process.stdout.readline()
        in_a_while(seconds, process)

    return kill


def in_a_while(seconds: float, process: "subprocess.Popen[str]") -> None:
    timer = threading.Timer(seconds, process.kill)
    timer.daemon = True
    timer.start()


def moments(chance: random.Random) -> Iterator[Moment]:
    """By turns: right behind some output, a little later, and while the bot is starting."""
    while True:
        yield after_lines(chance.randint(2, 16), 0)
        yield after_lines(chance.randint(0, 12), chance.uniform(0, 0.02))
        yield after_lines(chance.randint(1, 6), 0)
        yield after_lines(chance.randint(0, 9), chance.uniform(0, 0.01))
        yield partial(in_a_while, chance.uniform(0.2, 1.2))


def kill_and_compare(wanted: int, seed: int, folder: Path, undisturbed: Terminal) -> None:
    """Talk, and be killed `wanted` times; where a talk ends before, another one begins."""
    kills, talks, moment = 0, 0, moments(random.Random(seed))
    while kills < wanted:
        talks += 1
        terminal = Terminal(folder / str(talks), undisturbed.cache)
        terminal.folder.mkdir()
        while kills < wanted and terminal.heard() < len(TALK):
            kills += terminal.talk_on(next(moment))
        terminal.talk_on()

        assert terminal.outcome() == undisturbed.outcome(), f"seed {seed}, talk {talks}"


def test_the_undisturbed_talk_is_what_it_should_be(undisturbed: Terminal) -> None:
    """Otherwise two equal failures would look like a success."""
    outcome = undisturbed.outcome()

    assert [text for text, _ in outcome["heard"]] == list(TALK)
    assert [number for number, *_ in outcome["tickets"]] == list(range(1, TICKETS + 1))
    assert outcome["left"] == []
    assert {state for _, _, state, _ in outcome["rows"]} == {"sent"}
    assert len(outcome["order"]) == TICKETS + 1


@pytest.mark.timeout(400)
def test_killed_at_any_moment_the_talk_goes_on_where_it_was(undisturbed: Terminal, tmp_path: Path) -> None:
    kill_and_compare(KILLS, 20260101, tmp_path, undisturbed)


@pytest.mark.soak
@pytest.mark.timeout(3000)
def test_killed_a_hundred_times_at_random_the_talk_goes_on(
    undisturbed: Terminal, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    seed = random.SystemRandom().randrange(10**6)
    with capsys.disabled():
        print(f"crash test: seed {seed}")
    kill_and_compare(SOAK_KILLS, seed, tmp_path, undisturbed)
