"""The request object of the polling loop: it keeps a batch of updates apart from the library's parser.

The library reads a batch as a whole: one update it cannot read makes it fail for ever, and it logs all of it, texts
included. So it gets an empty batch, and the loop takes the raw one from here and reads update by update.
"""

import json
from typing import Any

from telegram.request import BaseRequest, RequestData

from bot.platforms.telegram.requests import AiohttpRequest

_EMPTY = b'{"ok": true, "result": []}'
_Timeout = Any  # The library's own type for "a number or the default" is private.


class Inbox(AiohttpRequest):
    """Serves `getUpdates` alone."""

    __slots__ = ("_batch",)

    def __init__(self) -> None:
        super().__init__(connections=2)
        self._batch: list[dict[str, Any]] = []

    def take(self) -> list[dict[str, Any]]:
        """The updates of the last answer, once."""
        batch, self._batch = self._batch, []
        return batch

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
        """Make the request; of an answer with updates the library sees only that it was one."""
        code, payload = await super().do_request(
            url, method, request_data, read_timeout, write_timeout, connect_timeout, pool_timeout
        )
        if code != 200:
            return code, payload
        self._batch = json.loads(payload)["result"]
        return code, _EMPTY
