"""Links from our own words to threads of the staff chat: each platform says how one of them is opened."""

import re
from collections.abc import Callable
from dataclasses import replace

from bot.model import Content, Markup
from bot.wording import THREAD_LINK

_LINK = re.compile(rf"\[((?:\\.|[^\]\\])*)\]\({THREAD_LINK}:(-?\w+):(\w+)\)")

Address = Callable[[str, str], str]
"""From a chat and a thread to what opens it; empty where nothing does."""


def linked(content: Content, address: Address) -> Content:
    """The content with links that the platform opens; where it opens none, the name alone stays. What people wrote
    holds no such links: they stand in our own Markdown alone, and everything in its values is escaped."""
    if content.markup is not Markup.MARKDOWN or THREAD_LINK not in content.text:
        return content

    def put(found: re.Match[str]) -> str:
        url = address(found[2], found[3])
        return f"[{found[1]}]({url})" if url else found[1]

    return replace(content, text=_LINK.sub(put, content.text))


def nowhere(_chat_id: str, _thread_id: str) -> str:
    """Where a platform opens no thread by a link."""
    return ""
