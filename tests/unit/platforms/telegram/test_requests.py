"""What carries the library's requests: forms and files arrive whole, and every trouble has the library's own name."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web
from telegram import Bot, InputFile
from telegram.error import NetworkError, TimedOut

from bot.platforms.telegram.requests import AiohttpRequest
from tests.servers.bot_api import FakeBotApi
from tests.servers.bot_api_people import Person

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@pytest.fixture
async def bot(server: FakeBotApi) -> AsyncIterator[Bot]:
    async with Bot(server.token, base_url=server.base_url, request=AiohttpRequest()) as bot:
        yield bot


@asynccontextmanager
async def listening(answer: Answer) -> AsyncIterator[str]:
    """A server that gives this one answer to everything."""
    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", answer)
    runner = web.AppRunner(app, shutdown_timeout=0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def asked(request: AiohttpRequest, url: str, read_timeout: float = 5.0) -> tuple[int, bytes]:
    await request.initialize()
    try:
        return await request.do_request(url, "POST", read_timeout=read_timeout)
    finally:
        await request.shutdown()


async def test_a_text_with_any_letters_arrives_as_it_was(bot: Bot, server: FakeBotApi, ada: Person) -> None:
    await ada.sends("hello")
    for text in ("a=b&c=%20+d", "入金が反映されません 🙏", '{"no": "json"}', "two\nlines"):
        await bot.send_message(ada.id, text)
        assert ada.chat.messages[-1].text == text


async def test_a_file_is_read_while_it_is_sent(bot: Bot, ada: Person, tmp_path: Path) -> None:
    await ada.sends("hello")
    content = bytes(range(256)) * 4000
    path = tmp_path / "statement.pdf"
    path.write_bytes(content)
    with path.open("rb") as handle:
        document = InputFile(handle, filename="口座 statement.pdf", read_file_handle=False)
        await bot.send_document(ada.id, document, caption="here & there")
    message = ada.chat.messages[-1]

    assert message.file is not None
    assert (message.file.content, message.file.name, message.text) == (content, "口座 statement.pdf", "here & there")


async def test_the_name_of_a_file_cannot_add_a_field(bot: Bot, ada: Person) -> None:
    await ada.sends("hello")
    name = 'a"; name="chat_id"\r\nX: \\y\n.txt'
    await bot.send_document(ada.id, InputFile(b"content", filename=name))
    message = ada.chat.messages[-1]

    assert message.file is not None
    assert message.file.name == "a_; name=_chat_id___X: _y_.txt"


async def test_what_telegram_refuses_is_the_librarys_to_read(bot: Bot, server: FakeBotApi) -> None:
    with pytest.raises(Exception, match="Chat not found"):
        await bot.send_message(1, "nobody")


async def test_answer_that_does_not_come_is_timed_out() -> None:
    held = asyncio.Event()

    async def silent(_request: web.Request) -> web.StreamResponse:
        await held.wait()
        return web.Response()

    async with listening(silent) as url:
        with pytest.raises(TimedOut):
            await asked(AiohttpRequest(), url, read_timeout=0.05)
        held.set()


async def test_pool_without_a_free_connection_is_timed_out() -> None:
    held, came = asyncio.Event(), asyncio.Event()

    async def silent(_request: web.Request) -> web.StreamResponse:
        came.set()
        await held.wait()
        return web.Response()

    async with listening(silent) as url:
        request = AiohttpRequest(connections=1)
        await request.initialize()
        first = asyncio.create_task(request.do_request(url, "POST"))
        await came.wait()
        with pytest.raises(TimedOut):
            await request.do_request(url, "POST", pool_timeout=0.02, connect_timeout=0.02)
        held.set()
        assert (await first)[0] == 200
        await request.shutdown()


async def test_broken_connection_is_a_network_error_that_names_no_address() -> None:
    async def broken(request: web.Request) -> web.StreamResponse:
        assert request.transport
        request.transport.abort()
        return web.Response()

    async with listening(broken) as url:
        with pytest.raises(NetworkError) as caught:
            await asked(AiohttpRequest(), f"{url}/bot123:SECRET/getMe")
    assert not isinstance(caught.value, TimedOut)
    assert "SECRET" not in str(caught.value)


async def test_nobody_listening_is_a_network_error() -> None:
    async def gone(_request: web.Request) -> web.StreamResponse:
        return web.Response()

    async with listening(gone) as url:
        pass
    with pytest.raises(NetworkError):
        await asked(AiohttpRequest(), url)


async def test_the_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    wanted: list[str] = []

    async def proxy(request: web.Request) -> web.StreamResponse:
        wanted.append(request.raw_path)
        return web.Response(body=b"from the proxy")

    async with listening(proxy) as url:
        monkeypatch.setenv("http_proxy", url)
        assert await asked(AiohttpRequest(), "http://telegram.invalid/bot1/getMe") == (200, b"from the proxy")
    assert wanted == ["http://telegram.invalid/bot1/getMe"]


async def test_it_can_be_opened_again_after_it_was_closed() -> None:
    async def fine(_request: web.Request) -> web.StreamResponse:
        return web.Response(body=b"{}")

    async with listening(fine) as url:
        request = AiohttpRequest()
        for _ in range(2):
            assert await asked(request, url) == (200, b"{}")
            with pytest.raises(NetworkError):
                await request.do_request(url, "POST")
