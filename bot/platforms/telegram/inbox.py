"""The request object of the polling loop: it keeps a batch of updates apart from the library's parser.

The library reads a batch as a whole: one update it cannot read makes it fail for ever, and it logs all of it, texts
included. So it gets an empty batch, and the loop takes the raw one from here and reads update by update.
"""

import json
from typing import Any

from bot.platforms.telegram.requests import AiohttpRequest

_EMPTY = b'{"ok": true, "result": []}'


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

    async def do_request(self, url: str, method: str, *more: Any, **named: Any) -> tuple[int, bytes]:
        """Make the request; of an answer with updates the library sees only that it was one."""
        code, payload = await super().do_request(url, method, *more, **named)
        if code != 200:
            return code, payload
        self._batch = json.loads(payload)["result"]
        return code, _EMPTY
