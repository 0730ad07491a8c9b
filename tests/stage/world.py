"""What a platform has to offer so that transcripts can be played on it: a requester, a desk, and what both see."""

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from bot.app import Parts
from bot.model import ChatRef, PlatformName
from bot.ports import Platform


@dataclass(frozen=True, slots=True)
class Seen:
    """One message as a person sees it; `text` without any markup signs the platform took away."""

    text: str
    buttons: tuple[str, ...] = ()
    reactions: tuple[str, ...] = ()
    files: int = 0
    calls: tuple[str, ...] = ()
    """Whom it mentions, so that they hear of it; their names are no part of `text`."""


class World(Protocol):
    """One platform with its (fake) server. Agents are Mika and Ken; Mallory can see the desk but is no member.

    Acts return when the platform has them; what comes of them is seen later.
    """

    desk_chat: ChatRef
    account: tuple[PlatformName, str]
    """Platform and user id of the requester."""
    name: str
    """What the requester is called there."""

    def platform(self, parts: Parts) -> Platform:
        """The real adapter, connected to this world's server."""
        ...

    async def says(self, text: str) -> None: ...
    async def presses(self, label: str) -> None:
        """Press the newest live button of that label in the requester's chat."""
        ...

    async def sends_picture(self, data: bytes, caption: str) -> None: ...
    async def sends_file(self, data: bytes, name: str, caption: str) -> None: ...
    async def agent_says(self, agent: str, text: str) -> None:
        """Write in the newest ticket's thread (where there are no threads: as a reply to its card)."""
        ...

    async def agent_presses(self, agent: str, label: str) -> None: ...
    async def agent_sends_file(self, agent: str, data: bytes, name: str, caption: str) -> None: ...
    async def requester_view(self) -> list[Seen]:
        """What the bot has written in the requester's chat, in order, as it stands now."""
        ...

    async def requester_reactions(self) -> list[str]:
        """What the bot has put on the requester's own messages, in their order."""
        ...

    async def desk_view(self) -> list[Seen]:
        """What stands in the newest ticket's thread, the agents' own messages included."""
        ...

    def problems(self) -> list[str]:
        """What this world's server found wrong with what the bot asked of it."""
        ...


@runtime_checkable
class Blocking(Protocol):
    """A world whose platform tells the bot that a requester blocks it."""

    async def blocks(self, *, is_blocked: bool) -> None: ...


class OpenWorld(Protocol):
    def __call__(self, *, language: str) -> AbstractAsyncContextManager[World]:
        """A fresh world; `language` is what the platform says the requester's app is set to."""
        ...
