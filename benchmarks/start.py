"""What starting costs, in CPU seconds and resident memory, beside a bare interpreter and the bare libraries.

    python benchmarks/start.py

`check` is run with an empty and with a filled cache. `run` serves Telegram and Discord at once, with the real
libraries against servers on loopback, and is read off when both are connected.
"""

import asyncio
import json
import os
import resource
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from aiohttp import WSMsgType, web

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.servers.bot_api import FakeBotApi  # noqa: E402 - the servers live beside the tests.

RUNS = 5
PATIENCE_SECONDS = 30.0
BOT_USER = {"id": "100", "username": "desk", "discriminator": "0", "global_name": None, "avatar": None, "bot": True}


def cpu_of(arguments: Sequence[str], environment: dict[str, str]) -> float:
    """CPU seconds of a command that ends by itself."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *arguments], cwd=ROOT, env=environment, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def check(folder: Path) -> tuple[float, float]:
    """The best CPU seconds of `check` with an empty and with a filled cache."""
    cold, warm = [], []
    for number in range(RUNS):
        environment = {**os.environ, "BOT_STORE__CACHE": str(folder / f"cache-{number}")}
        cold.append(cpu_of(["-m", "bot", "check"], environment))
        warm.append(cpu_of(["-m", "bot", "check"], environment))
    return min(cold), min(warm)


class Gateway:
    """As much of Discord as a client needs to be ready: its own user, its commands, and a silent gateway."""

    def __init__(self) -> None:
        self.url = ""
        self.identified = asyncio.Event()
        self._app = web.Application()
        self._app.router.add_get("/gateway", self._gateway)
        self._app.router.add_get("/api/users/@me", self._answer)
        self._app.router.add_get("/api/oauth2/applications/@me", self._application)
        self._app.router.add_route("*", "/api/{rest:.*}", self._commands)
        self._runner = web.AppRunner(self._app)

    async def start(self) -> None:
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        await self._runner.cleanup()

    async def _answer(self, _request: web.Request) -> web.Response:
        return _json(BOT_USER)

    async def _application(self, _request: web.Request) -> web.Response:
        application = {
            "id": "100", "name": "desk", "description": "", "bot_public": True, "bot_require_code_grant": False,
            "summary": "", "icon": None, "flags": 0, "verify_key": "", "owner": BOT_USER,
        }  # fmt: skip
        return _json(application)

    async def _commands(self, _request: web.Request) -> web.Response:
        return _json([])

    async def _gateway(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"op": 10, "d": {"heartbeat_interval": 41250}, "s": None, "t": None})
        async for message in socket:
            if message.type is not WSMsgType.TEXT and message.type is not WSMsgType.BINARY:
                continue
            op = json.loads(message.data)["op"]
            if op == 1:
                await socket.send_json({"op": 11})
            elif op == 2:
                ready = {
                    "v": 10, "user": BOT_USER, "session_id": "s", "resume_gateway_url": f"ws://{self.url}/gateway",
                    "guilds": [], "application": {"id": "100", "flags": 0}, "shard": [0, 1],
                }  # fmt: skip
                await socket.send_json({"op": 0, "t": "READY", "s": 1, "d": ready})
                self.identified.set()
        return socket


def _json(value: object) -> web.Response:
    # Without a charset: discord.py reads any other content type as plain text.
    return web.Response(body=json.dumps(value).encode(), headers={"Content-Type": "application/json"})


async def run(folder: Path) -> tuple[float, float]:
    """CPU seconds until both platforms are connected, and resident megabytes then."""
    telegram, discord = await FakeBotApi.start(), Gateway()
    await discord.start()
    environment = {
        **os.environ,
        "BOT_STORE__PATH": str(folder / "run.sqlite3"),
        "BOT_STORE__CACHE": str(folder / "cache-0"),
        "BOT_TELEGRAM__TOKEN": telegram.token,
        "BOT_TELEGRAM__API_BASE_URL": telegram.base_url.removesuffix("/bot"),
        "BOT_DISCORD__TOKEN": "MTAw.AAAAAA.aaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "BOT_DISCORD__API_BASE_URL": f"http://{discord.url}/api",
        "BOT_DISCORD__GATEWAY_URL": f"ws://{discord.url}/gateway",
        "BOT_WEB__PORT": "0",
    }
    log = (folder / "run.log").open("wb")
    command = [sys.executable, "-m", "bot", "run"]
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, env=environment, stdout=log, stderr=log)
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            await discord.identified.wait()
            await telegram.until(lambda: telegram.calls_of("getUpdates"), timeout=PATIENCE_SECONDS)
            await asyncio.sleep(0.5)  # Whatever starting still has to do.
        return _cpu(process.pid), _megabytes(process.pid)
    except TimeoutError:
        raise SystemExit((folder / "run.log").read_text(errors="replace")) from None
    finally:
        process.terminate()
        await process.wait()
        log.close()
        await discord.stop()
        await telegram.stop()


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _megabytes(pid: int) -> float:
    line = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


async def main() -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        bare = min(cpu_of(["-c", "pass"], dict(os.environ)) for _ in range(RUNS))
        libraries = min(cpu_of(["-c", "import telegram, discord, pydantic"], dict(os.environ)) for _ in range(RUNS))
        cold, warm = check(folder)
        started = [await run(folder) for _ in range(RUNS)]
        cpu, megabytes = min(cpu for cpu, _ in started), min(megabytes for _, megabytes in started)
        print("what                                       CPU s    beside a bare interpreter    goal")
        rows = (
            ("a bare interpreter", bare, ""),
            ("importing telegram, discord and pydantic", libraries, ""),
            ("check, empty cache", cold, "1.0"),
            ("check, filled cache", warm, "0.4"),
            ("run, until both platforms are connected", cpu, "1.5"),
        )
        for what, seconds, goal in rows:
            print(f"{what:42} {seconds:5.2f} {seconds / bare:25.1f} x    {goal}")
        print(f"\nresident memory with both platforms: {megabytes:.0f} MB (goal 135)")


if __name__ == "__main__":
    asyncio.run(main())
