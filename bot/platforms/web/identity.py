"""Who is who on the page: a requester is a random cookie, an agent is picked from a list.

The cookie is the requester's only secret, so everything shown or stored is derived from it and never it.
"""

import re
import secrets
from dataclasses import dataclass
from hashlib import sha256

from aiohttp import web

from bot.model import Agent, ChatRef, Person, PlatformName, Standing

COOKIE = "support_requester"
COOKIE_SECONDS = 365 * 24 * 3600
STAFF = ChatRef(PlatformName.WEB, "staff")

AGENTS = {
    name.lower(): Agent(PlatformName.WEB, name.lower(), name, standing)
    for name, standing in (
        ("Mika", Standing.ADMINISTRATOR),
        ("Ken", Standing.MEMBER),
        ("Aoi", Standing.MEMBER),
    )
}
"""Three colleagues, so that one person can see how a ticket passes between them."""

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True)
class Visitor:
    """The requester whose browser this is."""

    user_id: str

    @property
    def chat(self) -> ChatRef:
        return ChatRef(PlatformName.WEB, self.user_id)

    @property
    def code(self) -> str:
        """Four letters by which staff can tell guests apart."""
        return self.user_id[2:6].upper()

    def person(self, guest: str, locale: str) -> Person:
        return Person(PlatformName.WEB, self.user_id, f"{guest} {self.code}".strip(), locale)


def visitor_of(request: web.Request) -> Visitor | None:
    """The requester of this browser; None when it has no cookie of ours."""
    token = request.cookies.get(COOKIE, "")
    return _visitor(token) if _TOKEN.fullmatch(token) else None


def welcome(response: web.StreamResponse) -> Visitor:
    """Make this browser a new requester."""
    token = secrets.token_urlsafe(32)
    response.set_cookie(COOKIE, token, max_age=COOKIE_SECONDS, httponly=True, samesite="Strict")
    return _visitor(token)


def is_chat(chat: ChatRef) -> bool:
    """Whether the chat is one that this platform could have made."""
    return chat.chat_id == STAFF.chat_id or (chat.chat_id.startswith("r-") and not chat.thread_id)


def _visitor(token: str) -> Visitor:
    return Visitor(f"r-{sha256(token.encode()).hexdigest()[:16]}")
