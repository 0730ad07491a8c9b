"""What stands in front of every route: names, origins, headers, and a clean end."""

import asyncio
from collections.abc import AsyncIterator
from io import BytesIO

import pytest
from aiohttp import ClientPayloadError, ClientSession, ClientTimeout, web

from bot.ports import CannotStart
from bot.web import Server, page_routes, serve


async def answer(_request: web.Request) -> web.Response:
    return web.json_response({"ok": True})


async def fail(_request: web.Request) -> web.Response:
    raise web.HTTPNotFound


async def stream(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream; charset=utf-8"})
    await response.prepare(request)
    await response.write(b": hello\n\n")
    await asyncio.Event().wait()
    return response


ROUTES = [
    web.get("/ask", answer),
    web.post("/tell", answer),
    web.get("/missing", fail),
    web.get("/stream", stream),
    *page_routes(),
]


class Health:
    healthy = True

    def is_healthy(self) -> bool:
        return self.healthy


@pytest.fixture
def health() -> Health:
    return Health()


@pytest.fixture
async def server(health: Health) -> AsyncIterator[Server]:
    running = await serve(
        "127.0.0.1", 0, ROUTES, metrics=lambda: "messages_total 1.0\n", is_healthy=health.is_healthy,
        allowed_hosts=["Bot.example.com"],
    )  # fmt: skip
    yield running
    await running.close()


@pytest.fixture
async def client(server: Server) -> AsyncIterator[ClientSession]:
    async with ClientSession(server.url, timeout=ClientTimeout(10)) as session:
        yield session


async def status(client: ClientSession, method: str, path: str, **headers: str) -> int:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    async with client.request(method, path, headers=named) as response:
        return response.status


async def test_any_free_port_is_told(server: Server) -> None:
    assert server.port > 0
    assert server.url == f"http://127.0.0.1:{server.port}/"


async def test_a_port_in_use_is_said_in_a_sentence(server: Server) -> None:
    with pytest.raises(CannotStart, match=f"cannot listen on 127.0.0.1, port {server.port}"):
        await serve("127.0.0.1", server.port, [], metrics=str, is_healthy=lambda: True)


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST:8080", "127.0.0.1:1", "127.9.9.9", "[::1]:8080", "bot.example.com"]
)
async def test_names_of_this_machine_and_of_its_proxy_are_answered(client: ClientSession, host: str) -> None:
    assert await status(client, "GET", "/ask", Host=host) == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "192.168.1.4", "[::1", "0.0.0.0"]
)
async def test_other_names_are_refused(client: ClientSession, host: str) -> None:
    """A page of another site could give its own name our address, and would then count as the same origin."""
    assert await status(client, "GET", "/ask", Host=host) == 421
    assert await status(client, "GET", "/healthz", Host=host) == 421


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://127.0.0.1:1", "http://localhost.evil.example"]
)
async def test_a_foreign_page_cannot_post(client: ClientSession, origin: str) -> None:
    assert await status(client, "POST", "/tell", Origin=origin) == 403


async def test_our_own_page_and_programs_can_post(client: ClientSession, server: Server) -> None:
    assert await status(client, "POST", "/tell", Origin=server.url.rstrip("/")) == 200
    assert await status(client, "POST", "/tell") == 200
    assert await status(client, "POST", "/tell", Sec_Fetch_Site="cross-site") == 403


@pytest.mark.parametrize("path", ["/", "/page/page.js", "/ask", "/missing", "/unknown", "/healthz"])
async def test_every_answer_forbids_what_the_page_does_not_need(client: ClientSession, path: str) -> None:
    async with client.get(path) as response:
        policy = response.headers["Content-Security-Policy"]
        for part in (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' blob:",
            "frame-ancestors 'none'",
        ):
            assert part in policy
        assert "unsafe" not in policy
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize(
    ("path", "content_type"),
    [("/", "text/html"), ("/page/page.css", "text/css"), ("/page/page.js", "text/javascript")],
)
async def test_the_page_is_served_as_utf8(client: ClientSession, path: str, content_type: str) -> None:
    async with client.get(path) as response:
        assert (response.content_type, response.charset) == (content_type, "utf-8")
        assert await response.text()


async def test_the_page_has_no_script_or_style_of_its_own_inside(client: ClientSession) -> None:
    """Our own policy would refuse it, silently and only in a browser."""
    async with client.get("/") as response:
        html = await response.text()
    assert html.count("<script") == html.count('<script type="module" src="/page/page.js"></script>') == 1
    assert "<style" not in html
    assert " style=" not in html
    assert " on" not in html.replace(" only", "")


async def test_health_and_metrics_tell_what_they_are_given(client: ClientSession, health: Health) -> None:
    assert await status(client, "GET", "/healthz") == 200
    health.healthy = False
    assert await status(client, "GET", "/healthz") == 503
    async with client.get("/metrics") as response:
        assert response.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
        assert await response.text() == "messages_total 1.0\n"


async def test_a_body_that_is_too_large_is_refused(server: Server) -> None:
    async def read(request: web.Request) -> web.Response:
        return web.Response(text=str(len(await request.read())))

    other = await serve("127.0.0.1", 0, [web.post("/read", read)], metrics=str, is_healthy=lambda: True)
    async with ClientSession(other.url) as session, session.post("/read", data=BytesIO(b"x" * 1_100_000)) as response:
        assert response.status == 413
    await other.close()


async def test_closing_ends_open_streams(health: Health) -> None:
    """Without that a browser tab somewhere would hold up every restart."""
    running = await serve("127.0.0.1", 0, ROUTES, metrics=str, is_healthy=health.is_healthy)
    headers = {"Accept": "text/event-stream"}
    async with ClientSession(running.url) as session, session.get("/stream", headers=headers) as response:
        assert await response.content.readline() == b": hello\n"
        async with asyncio.timeout(2):
            await running.close()
            with pytest.raises(ClientPayloadError):
                await response.content.read()
