"""A part of a message as the library takes it, to be sent or to replace what was sent.

Nobody is ever pinged but those whom a part itself calls, and those once only; with nobody to call it makes no sound.
"""

from typing import Any

import discord

from bot.platforms.discord.cards import layout_of
from bot.platforms.discord.render import Part, view_of

NOBODY = discord.AllowedMentions.none()


def body_of(part: Part, files: list[discord.File]) -> dict[str, Any]:
    """What the ways to send have in common; none of them takes `None` for text, files and buttons."""
    body: dict[str, Any] = {"allowed_mentions": _called(part)} | ({"files": files} if files else {})
    body |= {"silent": True} if part.is_silent else {}
    body |= {} if part.frame else {"content": part.text, "suppress_embeds": True}
    view = _view(part)
    return body | ({"view": view} if view else {})


def change_of(part: Part) -> dict[str, Any]:
    """The same for a message that is there already: what it no longer has goes."""
    return {"content": None if part.frame else part.text, "view": _view(part), "allowed_mentions": NOBODY}


def _called(part: Part) -> discord.AllowedMentions:
    if not part.calls:
        return NOBODY
    users = [discord.Object(int(user_id)) for user_id in part.calls]
    return discord.AllowedMentions(everyone=False, roles=False, users=users, replied_user=False)


def _view(part: Part) -> discord.ui.View | discord.ui.LayoutView | None:
    return layout_of(part, part.frame) if part.frame else view_of(part.rows)
