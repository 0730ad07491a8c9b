"""A ticket's card as Discord's components: framed in the colour of the ticket's status, the buttons in the frame.

A message made of components holds no content of the usual kind, and never can again; but it shows twice as much text.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import discord

from bot.model import Button, Content, TicketStatus
from bot.outgoing import DeliveryKind, Outgoing
from bot.platforms.discord.escaping import length
from bot.platforms.discord.render import (
    CALL_LENGTH,
    TEXT_LIMIT,
    Frame,
    Part,
    buttons_of,
    calling,
    flowed,
    parts_of,
    texts_of,
)

# Discord takes 4000 for all texts together; two are kept for the mark of a card that had to be cut.
CARD_LIMIT: Final = 3998
_END_OF_HEADING: Final = "  \n"
_COLOURS: Mapping[TicketStatus | None, int] = {
    TicketStatus.NEW: 0xFEE75C,
    TicketStatus.OPEN: 0x5865F2,
    TicketStatus.PENDING: 0x4FA3D1,
    TicketStatus.ON_HOLD: 0xEB8034,
    TicketStatus.SOLVED: 0x57F287,
}
_GREY: Final = 0x80848E


def parts_for(outgoing: Outgoing, content: Content, more: Button | None = None) -> tuple[Part, ...]:
    """The messages a row takes: a card is one, as long as it fits; what does not fit follows as text. `more` is a
    button for the card of a ticket that is not done."""
    # Only the rows of a card say what the thread is called.
    is_card = outgoing.title and outgoing.kind in (DeliveryKind.OPEN_THREAD, DeliveryKind.EDIT)
    if not is_card:
        return parts_of(content)
    is_done = outgoing.status is not None and outgoing.status.is_done
    if more is not None and content.buttons and not is_done:
        first, *rest = content.buttons
        content = replace(content, buttons=((*first, more), *rest))
    return calling(_card(content, outgoing.status), content)


def layout_of(part: Part, frame: Frame) -> discord.ui.LayoutView:
    """The part as components; pressing a button reaches us as an interaction, whether or not this process made it."""
    inside: list[discord.ui.Item[Any]] = [discord.ui.TextDisplay(frame.heading)]
    inside += [discord.ui.Separator(), discord.ui.TextDisplay(part.text)] if part.text else []
    inside += [discord.ui.ActionRow(*buttons_of(row)) for row in part.rows]
    layout = discord.ui.LayoutView(timeout=None)
    layout.add_item(discord.ui.Container(*inside, accent_colour=frame.colour))
    # As with any view, one that is not over is kept by the library for good once it is sent.
    layout.stop()
    return layout


def heading_of(message: discord.Message) -> str:
    """The heading of a card that was posted; empty where the message is none."""
    for frame in message.components:
        if isinstance(frame, discord.Container) and isinstance(frame.children[0], discord.TextDisplay):
            return frame.children[0].content
    return ""


def _card(content: Content, status: TicketStatus | None) -> tuple[Part, ...]:
    """The first line break that is meant as one ends the heading."""
    head, _, facts = content.text.partition(_END_OF_HEADING)
    heading, *texts = texts_of(replace(content, text=head))
    room = (TEXT_LIMIT if texts else CARD_LIMIT - length(heading)) - (CALL_LENGTH if content.wakes else 0)
    texts += [text for text in texts_of(replace(content, text=facts, author=""), room) if text]
    text, *more = texts or [""]
    frame = Frame(heading, _COLOURS.get(status, _GREY))
    return (Part(text, content.attachments, flowed(content.buttons), frame), *map(Part, more))
