"""The aiohttp application: takes routes as values and stands guard in front of all of them.

It knows none of the routes' owners. A page of another site must never be able to post here or to read anything,
also not by giving its own name the address of this machine (DNS rebinding).
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable
from dataclasses import dataclass
from importlib.resources import files
from ipaddress import ip_address
from urllib.parse import urlsplit

import structlog
from aiohttp import web

from bot.ports import CannotStart

LARGEST_BODY = 1024 * 1024
"""For bodies read whole; an upload is read as a stream by its owner, who counts for itself."""
SHUTDOWN_SECONDS = 3.0
METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:;"
    " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
PAGE = {
    "/": ("index.html", "text/html"),
    "/page/page.css": ("page.css", "text/css"),
    "/page/page.js": ("page.js", "text/javascript"),
}

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Server:
    """A running server; `port` is the real one, also when any free one was asked for."""

    host: str
    port: int
    runner: web.AppRunner

    @property
    def url(self) -> str:
        return f"http://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}/"

    async def close(self) -> None:
        """Stop listening, end the streams, and give what is being answered a few seconds."""
        await self.runner.cleanup()


async def serve(
    host: str,
    port: int,
    routes: Iterable[web.RouteDef],
    *,
    metrics: Callable[[], str],
    is_healthy: Callable[[], bool],
    allowed_hosts: Collection[str] = (),
) -> Server:
    """Serve the routes until `close`; CannotStart when the address is not to be had.

    Bound to loopback, only loopback names and `allowed_hosts` (a reverse proxy's public name) are answered.
    """
    guard = _Guard(_is_loopback(host), frozenset(name.lower() for name in allowed_hosts))
    streams = _OpenStreams()
    app = web.Application(client_max_size=LARGEST_BODY, middlewares=[guard.check, streams.watch])
    app.on_response_prepare.append(_add_headers)
    app.on_shutdown.append(streams.end)
    app.add_routes([*routes, *_operator_routes(metrics, is_healthy)])
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=SHUTDOWN_SECONDS)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as error:
        await runner.cleanup()
        raise CannotStart(f"The web server cannot listen on {host}, port {port}: {error.strerror}.") from error
    server = Server(host, runner.addresses[0][1], runner)
    log.info("web server listens", host=host, port=server.port)
    return server


def page_routes() -> list[web.RouteDef]:
    """The page's own files; what it shows and posts comes from the routes of its platform."""
    folder = files("bot.web") / "page"
    page = [
        _file_route(path, (folder / name).read_bytes(), content_type) for path, (name, content_type) in PAGE.items()
    ]
    return [*page, web.get("/favicon.ico", _no_icon)]


class _Guard:
    def __init__(self, loopback: bool, allowed: frozenset[str]) -> None:
        self._loopback = loopback
        self._allowed = allowed

    @web.middleware
    async def check(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        host = request.headers.get("Host", "")
        if self._loopback and not self._is_ours(host):
            raise web.HTTPMisdirectedRequest(text="This server answers only to the names of this machine.")
        if request.method not in ("GET", "HEAD") and _is_foreign(request, host):
            raise web.HTTPForbidden(text="Another site's page may not post here.")
        return await handler(request)

    def _is_ours(self, host: str) -> bool:
        try:
            name = urlsplit(f"//{host}").hostname or ""
        except ValueError:
            return False
        return name in self._allowed or _is_loopback(name)


class _OpenStreams:
    """Event streams never end by themselves, so they are ended before the server waits for its answers."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[object]] = set()

    @web.middleware
    async def watch(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        task = asyncio.current_task()
        if task is None or "text/event-stream" not in request.headers.get("Accept", ""):
            return await handler(request)
        self._tasks.add(task)
        try:
            return await handler(request)
        finally:
            self._tasks.discard(task)

    async def end(self, _app: web.Application) -> None:
        for task in self._tasks:
            task.cancel()


def _is_loopback(host: str) -> bool:
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _is_foreign(request: web.Request, host: str) -> bool:
    """Browsers name the posting page's origin; programs, such as a platform's webhook, name none."""
    origin = request.headers.get("Origin")
    if origin is None:
        return request.headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin")
    return urlsplit(origin).netloc.lower() != host.lower()


async def _add_headers(_request: web.Request, response: web.StreamResponse) -> None:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Cache-Control", "no-store")


def _operator_routes(metrics: Callable[[], str], is_healthy: Callable[[], bool]) -> list[web.RouteDef]:
    async def tell_health(_request: web.Request) -> web.Response:
        healthy = is_healthy()
        return web.Response(text="ok\n" if healthy else "not ready\n", status=200 if healthy else 503)

    async def tell_metrics(_request: web.Request) -> web.Response:
        return web.Response(body=metrics().encode(), headers={"Content-Type": METRICS_TYPE})

    return [web.get("/healthz", tell_health), web.get("/metrics", tell_metrics)]


def _file_route(path: str, body: bytes, content_type: str) -> web.RouteDef:
    async def send(_request: web.Request) -> web.Response:
        return web.Response(body=body, content_type=content_type, charset="utf-8")

    return web.get(path, send)


async def _no_icon(_request: web.Request) -> web.Response:
    return web.Response(status=204)
