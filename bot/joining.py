"""Several rows of a lane as one message: what a requester writes while the chat must wait, and the parts of an album.

Pure, and shared by delivery, which joins, and by support, which changes one part of what has been joined.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from bot.model import Content, Markup
from bot.outgoing import DeliveryKind, JoinedPart, Outgoing, Priority

MOST_LETTERS = 3500
"""Joined texts stay below what either platform takes in one message."""
MOST_JOINED = 20
MOST_FILES = 10
"""https://core.telegram.org/bots/api#sendmediagroup and https://discord.com/developers/docs/resources/message"""


def is_joinable(row: Outgoing) -> bool:
    """Whether others may be joined to a row: it has not been tried yet, and it is a requester's words or an album."""
    if row.kind is not DeliveryKind.SEND or row.content is None or row.attempts or row.joined or row.interaction:
        return False
    return bool(row.album) or _is_words(row)


def join(head: Outgoing, followers: Sequence[Outgoing]) -> Outgoing:
    """The head with every follower that can go with it, up to the first one that cannot; the head itself if none."""
    rows = [head]
    for row in followers:
        if not is_joinable(row) or not _belongs(row, rows):
            break
        rows.append(row)
    if len(rows) == 1:
        return head
    parts = tuple(JoinedPart(row.id, row.message_id, row.content) for row in rows if row.content)
    return replace(head, joined=parts, content=_as_one(parts))


def revised(row: Outgoing, message_id: int, content: Content | None) -> Outgoing | None:
    """The row with another content for one message; None for the content takes it out, and None is an empty row."""
    if not row.joined:
        return replace(row, content=content) if content else None
    parts = [
        replace(part, content=content) if part.message_id == message_id and content else part
        for part in row.joined
        if content or part.message_id != message_id
    ]
    return replace(row, joined=tuple(parts), content=_as_one(parts)) if parts else None


def mapped(row: Outgoing, change: Callable[[int, Content], Content]) -> Outgoing:
    """The row with every content changed, each by our id of the message it is."""
    if row.content is None:
        return row
    if not row.joined:
        return replace(row, content=change(row.message_id, row.content))
    parts = tuple(replace(part, content=change(part.message_id, part.content)) for part in row.joined)
    return replace(row, joined=parts, content=_as_one(parts))


def content_of(row: Outgoing, message_id: int) -> Content | None:
    """What the row shows of one message."""
    return next((part.content for part in row.joined if part.message_id == message_id), row.content)


def _is_words(row: Outgoing) -> bool:
    content = row.content
    is_relay = row.in_thread and row.priority is Priority.REQUESTER and row.origin is None
    return bool(is_relay and content and content.markup is Markup.PLAIN and not content.attachments)


def _belongs(row: Outgoing, rows: Sequence[Outgoing]) -> bool:
    head, first, content = rows[0], rows[0].content, row.content
    if first is None or content is None or row.lane != head.lane or content.author != first.author:
        return False
    if head.album or row.album:
        files = sum(len(one.content.attachments) for one in (*rows, row) if one.content)
        return row.album == head.album and files <= MOST_FILES
    letters = sum(len(one.content.text) + 1 for one in (*rows, row) if one.content)
    return row.quoted_id == head.quoted_id and letters <= MOST_LETTERS


def _as_one(parts: Sequence[JoinedPart]) -> Content:
    contents = [part.content for part in parts]
    text = "\n".join(one.text for one in contents if one.text)
    return replace(contents[0], text=text, attachments=tuple(file for one in contents for file in one.attachments))
