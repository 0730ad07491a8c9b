"""Content -> the messages it takes on Discord, in order: texts within the limit, files, buttons last."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import discord

from bot.model import Attachment, Button, Content, Markup, PlatformName
from bot.platforms.discord.escaping import escape, escaped_parts, length, whole
from bot.platforms.discord.markdown import markdown_parts

# Discord takes 2000; two are kept for the mark of a text that had to be cut.
TEXT_LIMIT = 1998
TITLE_LIMIT = 100
FILES_AT_ONCE = 10
ROWS = 5
BUTTONS_IN_A_ROW = 5
LABEL_LIMIT = 80
_LONGEST_NAME = 100
_MOST_CALLED = 10
CALL_LENGTH = 4 + _MOST_CALLED * 24
# A message needs more than buttons, and a button more than nothing.
_BLANK = "…"

Rows = tuple[tuple[Button, ...], ...]
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Frame:
    """What is around a message made of components: a colour, and a heading set apart."""

    heading: str
    colour: int


@dataclass(frozen=True, slots=True)
class Part:
    """One message."""

    text: str
    attachments: tuple[Attachment, ...] = ()
    rows: Rows = ()
    frame: Frame | None = None
    calls: tuple[str, ...] = ()
    """The ids of those whom it may ping; they are mentioned at its end."""
    is_silent: bool = False


def parts_of(content: Content) -> tuple[Part, ...]:
    """At least one message; the files come with the last text, the buttons with the last message."""
    return calling(_parts(content), content)


def calling(parts: tuple[Part, ...], content: Content) -> tuple[Part, ...]:
    """The messages as they may wake people: one mentions them, and whatever need wake nobody makes no sound."""
    if content.wakes is None:
        return parts
    called = tuple(one.user_id for one in content.wakes if one.platform is PlatformName.DISCORD)[:_MOST_CALLED]
    silent = tuple(replace(part, is_silent=True) for part in parts)
    if not called:
        return silent
    first, *rest = silent
    names = "-# " + " ".join(f"<@{user_id}>" for user_id in called)
    text = f"{first.text}\n{names}" if first.text else names
    return (replace(first, text=text, calls=called, is_silent=False), *rest)


def _parts(content: Content) -> tuple[Part, ...]:
    room = TEXT_LIMIT - (CALL_LENGTH if content.wakes else 0)
    parts = [Part(text) for text in texts_of(content, room)]
    first, *more = list(_chunks(content.attachments, FILES_AT_ONCE)) or [()]
    parts[-1] = replace(parts[-1], attachments=first)
    parts += [Part("", files) for files in more]
    rows, *rest = list(_chunks(flowed(content.buttons), ROWS)) or [()]
    parts[-1] = replace(parts[-1], rows=rows)
    return (*parts, *(Part(_BLANK, rows=rows) for rows in rest))


def shortened(parts: tuple[Part, ...], room: int) -> tuple[Part, ...]:
    """At most `room` messages, for an edit cannot add any: the rest of the text is cut, the buttons stay."""
    if len(parts) <= room:
        return parts
    *kept, last = parts[:room]
    rows = () if any(part.rows for part in kept) else next((part.rows for part in parts if part.rows), ())
    return (*kept, replace(last, text=f"{last.text.rstrip()} …", rows=rows))


def title_of(title: str) -> str:
    """The title as the name of a thread: one line within the limit."""
    return " ".join(whole(title).split())[:TITLE_LIMIT]


def view_of(rows: Rows) -> discord.ui.View | None:
    """The buttons; pressing one reaches us as an interaction, whether or not this process made it."""
    if not rows:
        return None
    view = discord.ui.View(timeout=None)
    for number, row in enumerate(rows):
        for button in buttons_of(row, number):
            view.add_item(button)
    # A view that is not over is kept by the library for good once it is sent.
    view.stop()
    return view


def buttons_of(row: Iterable[Button], number: int | None = None) -> list[discord.ui.Button[Any]]:
    """One row of buttons as the library's."""
    labels = [(whole(button.label).strip()[:LABEL_LIMIT] or _BLANK, button.data) for button in row]
    return [discord.ui.Button(label=label, custom_id=data, row=number) for label, data in labels]


def texts_of(content: Content, first: int = TEXT_LIMIT) -> Iterator[str]:
    """The text in parts that each fit, the first of at most `first` units; at least one, if only an empty one."""
    heading = _heading(content.author)
    first -= length(heading)
    if content.markup is Markup.PLAIN:
        texts = escaped_parts(whole(content.text), TEXT_LIMIT, first)
    else:
        texts = markdown_parts(content.text, TEXT_LIMIT, first)
    yield (heading + next(texts, "")).rstrip()
    yield from texts


def _heading(author: str) -> str:
    """The name in bold on a line of its own, whatever it holds."""
    name = escape(" ".join(whole(author).split())[:_LONGEST_NAME])
    return f"**{name}**\n" if name else ""


def flowed(rows: Rows) -> Rows:
    """The rows as they are where Discord takes them, otherwise as few rows as hold all buttons."""
    split = tuple(piece for row in rows for piece in _chunks(row, BUTTONS_IN_A_ROW))
    if len(split) <= ROWS:
        return split
    return tuple(_chunks(tuple(button for row in rows for button in row), BUTTONS_IN_A_ROW))


def _chunks(items: tuple[_T, ...], size: int) -> Iterator[tuple[_T, ...]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
