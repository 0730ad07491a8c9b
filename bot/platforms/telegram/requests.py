"""The library's requests carried by aiohttp, which under load costs a quarter of what the library's own httpx does.

Only carries: what an answer means stays the library's business. See `benchmarks/relay.py` for both figures.
"""

from typing import Any
from urllib.parse import urlencode

from aiohttp import ClientError, ClientSession, ClientTimeout, DummyCookieJar, FormData, TCPConnector
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData

CONNECTIONS, PHASE_SECONDS = 64, 20.0
UPLOAD_SECONDS = 600.0
"""A file of 50 MB, the most Telegram takes, over a slow line."""
_FORM = "application/x-www-form-urlencoded"
_Timeout = Any  # The library's own type for "a number or the default" is private.


class AiohttpRequest(BaseRequest):
    """One pool of connections; every phase of a request has the same time, an upload more for its writing."""

    __slots__ = ("_connections", "_is_closed", "_seconds", "_session")

    def __init__(self, connections: int = CONNECTIONS, seconds: float = PHASE_SECONDS) -> None:
        self._connections = connections
        self._seconds = seconds
        self._session: ClientSession | None = None
        self._is_closed = False

    @property
    def read_timeout(self) -> float | None:
        """How long an answer may take; the library adds it to the time of a long poll."""
        return self._seconds

    async def initialize(self) -> None:
        """Open for requests, again after a shutdown."""
        self._is_closed = False

    async def shutdown(self) -> None:
        """Close the pool."""
        session, self._session, self._is_closed = self._session, None, True
        if session is not None:
            await session.close()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: _Timeout = BaseRequest.DEFAULT_NONE,
        write_timeout: _Timeout = BaseRequest.DEFAULT_NONE,
        connect_timeout: _Timeout = BaseRequest.DEFAULT_NONE,
        pool_timeout: _Timeout = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Make the request and return its status and body; TimedOut or NetworkError as the library documents."""
        session = self._opened()
        has_files = request_data is not None and request_data.contains_files
        writing = self._or_default(write_timeout, UPLOAD_SECONDS if has_files else self._seconds)
        timeout = self._timeout(
            self._or_default(read_timeout), writing, self._or_default(connect_timeout), self._or_default(pool_timeout)
        )
        try:
            async with session.request(method, url, timeout=timeout, **_body(request_data)) as response:
                return response.status, await response.read()
        except TimeoutError as error:
            raise TimedOut from error
        except (ClientError, OSError) as error:
            # Its own words may hold the address, and that holds the token.
            raise NetworkError(f"aiohttp.{type(error).__name__}") from error

    def _opened(self) -> ClientSession:
        """The pool, made with the first request: a delivery may be quicker than the start of the platform."""
        if self._is_closed:
            raise NetworkError("The connection has been shut down.")
        if self._session is None:
            self._session = ClientSession(
                connector=TCPConnector(limit=self._connections),
                cookie_jar=DummyCookieJar(),
                headers={"User-Agent": self.USER_AGENT},
                # HTTPS_PROXY and NO_PROXY, as everywhere else.
                trust_env=True,
            )
        return self._session

    def _or_default(self, seconds: _Timeout, default: float | None = None) -> float | None:
        if seconds is BaseRequest.DEFAULT_NONE:
            return self._seconds if default is None else default
        return None if seconds is None else float(seconds)

    @staticmethod
    def _timeout(
        reading: float | None, writing: float | None, connecting: float | None, pool: float | None
    ) -> ClientTimeout:
        """aiohttp names no time for writing, so that is what the whole may take beyond the other phases."""
        to_connect = None if pool is None or connecting is None else pool + connecting
        phases = (reading, writing, to_connect)
        total = None if None in phases else sum(phase for phase in phases if phase is not None)
        return ClientTimeout(total=total, connect=to_connect, sock_connect=connecting, sock_read=reading)


def _body(request: RequestData | None) -> dict[str, Any]:
    """A form; with files in several parts, each read while it is sent."""
    if request is None:
        return {}
    if not request.contains_files:
        return {"data": urlencode(request.json_parameters).encode(), "headers": {"Content-Type": _FORM}}
    # Names of files go as they are: Telegram would show the percent signs of a quoted one.
    form = FormData(request.json_parameters, quote_fields=False)
    for name, (file_name, content, content_type) in request.multipart_data.items():
        form.add_field(name, content, filename=_harmless(file_name), content_type=content_type)
    return {"data": form}


def _harmless(file_name: str) -> str:
    """Without what would end the name, or the line it stands in: strangers choose it."""
    return "".join("_" if letter in '"\\' or not letter.isprintable() else letter for letter in file_name)
