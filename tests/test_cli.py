"""The command as somebody at a terminal, a service manager or a script meets it."""

import asyncio
import os
import signal
import socket
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest
from click.testing import CliRunner, Result

from bot.cli import main
from tests.servers.bot_api import FakeBotApi, running_bot_api

ROOT = Path(__file__).parents[1]
WRONG_TOKEN = "7654321987:BBF0aWx1c3RyYXRpdmUtdG9rZW4tb25seTEy"
STAFF_CHAT = -1_001_500_000_001
ENDED_BY_REFUSAL = 1


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def environment(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """A folder without settings, a knowledge base, and none of the tester's own BOT_ variables."""
    for name in [name for name in os.environ if name.startswith("BOT_")]:
        monkeypatch.delenv(name)
    monkeypatch.delenv("PYTHONUNBUFFERED", raising=False)
    monkeypatch.chdir(tmp_path)
    mine = {
        "BOT_KNOWLEDGE__PATH": str(ROOT / "knowledge_base"),
        "BOT_STORE__PATH": str(tmp_path / "store.sqlite3"),
        "BOT_STORE__CACHE": str(cache),
        "BOT_WEB__PORT": "0",
    }
    for name, value in mine.items():
        monkeypatch.setenv(name, value)
    return {**os.environ, "PYTHONPATH": str(ROOT)}


@dataclass
class Running:
    """A command running in a process of its own, without a terminal."""

    process: asyncio.subprocess.Process

    async def line(self, holding: str) -> str:
        """The next line of standard output that holds the text."""
        assert self.process.stdout
        async for line in self.process.stdout:
            if holding in line.decode():
                return line.decode()
        raise AssertionError(f"ended without saying {holding!r}: {(await self.end())[1]}")

    async def end(self) -> tuple[int, str]:
        """Exit code and everything not yet read, once it has ended by itself."""
        output, errors = await self.process.communicate()
        return self.process.returncode or 0, output.decode() + errors.decode()


@asynccontextmanager
async def command(environment: dict[str, str], *arguments: str, typed: bool = False) -> AsyncIterator[Running]:
    """`support-bot` with the arguments; whatever happens it does not outlive the test."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", *arguments, env=environment,
        stdin=asyncio.subprocess.PIPE if typed else asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        yield Running(process)
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()


def invoke(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


def test_help_names_every_command_and_the_way_without_a_token(environment: dict[str, str]) -> None:
    result = invoke("--help")

    assert result.exit_code == 0
    assert "support-bot demo" in result.output
    for name in main.commands:
        assert f"\n  {name} " in result.output
        assert invoke(name, "--help").exit_code == 0


def test_check_of_what_is_shipped_is_well(environment: dict[str, str]) -> None:
    result = invoke("check")

    assert result.exit_code == 0, result.output
    assert result.output.startswith("All is well: ")


def test_check_tells_broken_settings_and_broken_knowledge_together(
    environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each with its file and line, so that one round mends all."""
    knowledge = tmp_path / "knowledge_base"
    knowledge.mkdir()
    for file in (ROOT / "knowledge_base").rglob("*"):
        if file.is_file():
            copy = knowledge / file.relative_to(ROOT / "knowledge_base")
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(file.read_bytes())
    phrases = knowledge / "en" / "phrases.yaml"
    lines = phrases.read_text(encoding="utf-8").splitlines()
    wrong = next(number for number, line in enumerate(lines, 1) if line.startswith("thanks:"))
    lines[wrong - 1] = "thansk: oh"
    phrases.write_text("\n".join(lines), encoding="utf-8")
    settings = tmp_path / "mine.yaml"
    settings.write_text("logs:\n  level: loud\n", encoding="utf-8")
    monkeypatch.delenv("BOT_KNOWLEDGE__PATH")
    result = invoke("--config", str(settings), "check")

    assert result.exit_code == ENDED_BY_REFUSAL
    assert f"{settings}:2: logs.level: " in result.output
    assert f"phrases.yaml:{wrong}: " in result.output
    assert "problems found" in result.output


def test_match_shows_what_was_seen_and_why(environment: dict[str, str]) -> None:
    result = invoke("match", "my depsoit has not arrived zxcvb")

    assert result.exit_code == 0, result.output
    first, *rest = result.output.splitlines()
    assert first == "CLEAR: the first entry below is the answer"
    assert "Mended   depsoit → deposit" in rest
    assert "Unknown  zxcvb  (in no example question)" in rest
    assert any("[deposit]" in line and "My deposit has not arrived" in line for line in rest)


def test_match_never_repeats_a_secret(environment: dict[str, str]) -> None:
    result = invoke("match", "my password is hunter2-Zebra!9")

    assert "hunter2" not in result.output
    assert "Masked   my password is ⟦password⟧" in result.output


@pytest.mark.parametrize("text", ["", "   ", "zxcvb", "\u202e", "入金が反映されません"])
def test_match_has_an_answer_to_any_text(environment: dict[str, str], text: str) -> None:
    result = invoke("match", text)

    assert result.exit_code == 0, result.output
    assert result.output.split(":")[0] in ("CLEAR", "CLOSE", "NONE")


def test_match_with_a_broken_knowledge_base_says_where(
    environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOT_KNOWLEDGE__PATH", str(tmp_path / "nowhere"))
    result = invoke("match", "hello")

    assert result.exit_code == ENDED_BY_REFUSAL
    assert result.output.startswith("Error: ")
    assert "nowhere" in result.output


def test_a_folder_that_somebody_named_is_never_replaced_by_another(
    environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A slip in its name would otherwise go unnoticed, with the shipped answers given to customers."""
    monkeypatch.setenv("BOT_KNOWLEDGE__PATH", str(tmp_path / "knowlege"))
    result = invoke("check")

    assert result.exit_code == ENDED_BY_REFUSAL
    assert "knowlege" in result.output


def test_run_without_settings_says_what_to_do(environment: dict[str, str]) -> None:
    result = invoke("run")

    assert result.exit_code == ENDED_BY_REFUSAL
    for wanted in (
        "support-bot demo",
        "BOT_TELEGRAM__TOKEN",
        "@BotFather",
        "config.example.yaml",
        "support-bot check",
    ):
        assert wanted in result.output


async def test_a_refused_token_ends_with_one_sentence_that_does_not_hold_it(
    environment: dict[str, str], server: FakeBotApi
) -> None:
    environment |= {"BOT_TELEGRAM__TOKEN": WRONG_TOKEN, "BOT_TELEGRAM__API_BASE_URL": server.url}
    async with command(environment, "run") as running:
        code, output = await running.end()

    assert code == ENDED_BY_REFUSAL
    [sentence] = [line for line in output.splitlines() if line.startswith("Error: ")]
    assert "Telegram refuses the bot's token" in sentence
    assert WRONG_TOKEN not in output
    assert WRONG_TOKEN.split(":")[1] not in output
    assert "Traceback" not in output


async def test_a_second_process_on_the_same_file_is_refused(environment: dict[str, str], tmp_path: Path) -> None:
    store = str(tmp_path / "demo.sqlite3")
    demo = ("demo", "--port", "0", "--no-browser", "--store", store)
    async with command(environment, *demo) as first:
        await first.line("http://127.0.0.1:")
        for arguments in (demo, ("chat", "--store", store)):
            async with command(environment, *arguments) as second:
                code, output = await second.end()
            assert code == ENDED_BY_REFUSAL
            assert output == f"Error: Another process is using {store}; stop it first.\n"


async def test_demo_says_its_address_at_once_and_needs_no_terminal(
    environment: dict[str, str], tmp_path: Path
) -> None:
    demo = ("demo", "--port", "0", "--no-browser", "--store", str(tmp_path / "demo.sqlite3"))
    async with command(environment, *demo) as running:
        line = await running.line("http://127.0.0.1:")
        address = line.split(" at ")[1].split()[0]
        async with aiohttp.ClientSession() as client, client.get(address) as page:
            assert page.status == 200
            assert "<html" in await page.text()
        running.process.send_signal(signal.SIGTERM)
        code, output = await running.end()

    assert (code, output) == (0, "")


async def test_a_port_in_use_is_one_sentence(environment: dict[str, str], tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        demo = ("demo", "--port", str(port), "--no-browser", "--store", str(tmp_path / "demo.sqlite3"))
        async with command(environment, *demo) as running:
            code, output = await running.end()

    assert code == ENDED_BY_REFUSAL
    assert output.startswith(f"Error: The web server cannot listen on 127.0.0.1, port {port}: ")
    assert "in use" in output
    assert output.count("\n") == 1


@pytest.mark.parametrize("name", [signal.SIGTERM, signal.SIGINT])
async def test_stopping_ends_well_and_drains(
    environment: dict[str, str], server: FakeBotApi, tmp_path: Path, name: signal.Signals
) -> None:
    """What is on its way to Telegram when the signal comes arrives, is recorded, and is not sent again."""
    server.forum_group(STAFF_CHAT)
    aiko = server.user(5_300_000_001, "Aiko")
    environment |= {
        "BOT_TELEGRAM__TOKEN": server.token,
        "BOT_TELEGRAM__API_BASE_URL": server.url,
        "BOT_TELEGRAM__STAFF_CHAT": str(STAFF_CHAT),
    }
    gate = server.hold_next("sendMessage")
    async with command(environment, "run") as running:
        await aiko.sends("hello")
        await server.until(lambda: server.calls_of("sendMessage"), 30)
        running.process.send_signal(name)
        gate.set()
        code, output = await running.end()

    assert code == 0, output
    assert server.token not in output
    assert "hello" not in output
    with closing(sqlite3.connect(tmp_path / "store.sqlite3")) as store:
        assert store.execute("SELECT state FROM outbox").fetchall() == [("sent",)]
    assert len(server.calls_of("sendMessage")) == 1


async def test_chat_answers_what_is_typed_and_ends_with_its_input(
    environment: dict[str, str], tmp_path: Path
) -> None:
    async with command(environment, "chat", "--store", str(tmp_path / "chat.sqlite3"), typed=True) as running:
        output, errors = await running.process.communicate(b"/human\n")

    assert running.process.returncode == 0
    assert "#1" in output.decode()
    assert errors == b""


async def test_chat_ends_also_where_another_platform_left_something_to_send(
    environment: dict[str, str], tmp_path: Path
) -> None:
    """Page and terminal share a file, and one of them may have been killed."""
    store = tmp_path / "demo.sqlite3"
    async with command(environment, "chat", "--store", str(store), typed=True) as running:
        await running.process.communicate(b"hello\n")
    with closing(sqlite3.connect(store)) as connection, connection:
        connection.execute(
            "UPDATE outbox SET platform = 'web', lane = 'web:1:', state = 'queued', "
            "payload = REPLACE(payload, 'console', 'web')"
        )
    async with command(environment, "chat", "--store", str(store), typed=True) as running:
        output, _ = await asyncio.wait_for(running.process.communicate(b"hello\n"), 60)

    assert running.process.returncode == 0
    assert b"bot> " in output


@pytest.mark.parametrize("arguments", [("demo", "--no-browser", "--port", "0"), ("chat",)])
async def test_a_store_that_cannot_be_made_is_one_sentence(
    environment: dict[str, str], tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    (tmp_path / "file").write_text("in the way")
    async with command(environment, *arguments, "--store", str(tmp_path / "file" / "store.sqlite3")) as running:
        code, output = await running.end()

    assert code == ENDED_BY_REFUSAL
    assert "cannot be used as the store" in output
    assert "Traceback" not in output


@pytest.fixture
async def server() -> AsyncIterator[FakeBotApi]:
    async with running_bot_api() as server:
        yield server
