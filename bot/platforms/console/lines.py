"""Lines of a terminal, a pipe or a file, read without ever blocking the event loop."""

import asyncio
import contextlib
import os
import threading
from collections.abc import AsyncIterator


async def read_lines(descriptor: int = 0) -> AsyncIterator[str]:
    """Every line until the end of the input; a last one without a line break counts."""
    loop = asyncio.get_running_loop()
    pieces: asyncio.Queue[bytes] = asyncio.Queue()

    def read() -> None:
        # Read below Python's buffers: a thread that waits inside them keeps the interpreter from ending.
        piece = b"."
        while piece:
            try:
                piece = os.read(descriptor, 65536)
            except OSError:
                piece = b""
            with contextlib.suppress(RuntimeError):  # The loop has ended, and nobody reads any more.
                loop.call_soon_threadsafe(pieces.put_nowait, piece)

    threading.Thread(target=read, name="console-lines", daemon=True).start()
    rest = b""
    while piece := await pieces.get():
        *lines, rest = (rest + piece).split(b"\n")
        for line in lines:
            yield _text(line)
    if rest:
        yield _text(rest)


def _text(line: bytes) -> str:
    return line.decode("utf-8", errors="replace").rstrip("\r")
