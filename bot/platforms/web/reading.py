"""What the page asks for: who it is, its chats' history, the stream of changes, and files."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from aiohttp import web

from bot.model import Attachment, ChatRef
from bot.platforms.web.files import LARGEST_FILE, PICTURES, UNKNOWN_TYPE, Files
from bot.platforms.web.forms import LONGEST_TEXT, MOST_FILES, number, refuse
from bot.platforms.web.identity import AGENTS, STAFF, Visitor, visitor_of, welcome
from bot.platforms.web.labels import Labels
from bot.platforms.web.render import message_for_page, thread_for_page
from bot.platforms.web.streams import Streams
from bot.ports import NeverDelivered, Room

PAGE_OF_MESSAGES = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    room: Room
    labels: Labels
    files: Files
    streams: Streams

    def routes(self) -> Sequence[web.RouteDef]:
        return (
            web.get("/api/session", self.open_session),
            web.get("/api/requester/messages", self.list_requester_messages),
            web.get("/api/staff/threads", self.list_threads),
            web.get("/api/staff/messages", self.list_staff_messages),
            web.get("/api/stream", self.open_stream),
            web.get("/files/{message}/{index}", self.send_file),
        )

    async def open_session(self, request: web.Request) -> web.Response:
        """Who this is and what the page shows around the chats; makes a new browser a requester."""
        response = web.json_response({})
        visitor = visitor_of(request) or welcome(response)
        response.text = web.json_response(self._session(visitor, self.labels.choose(request))).text or ""
        return response

    async def list_requester_messages(self, request: web.Request) -> web.Response:
        return await self._history(request, known_visitor(request).chat)

    async def list_staff_messages(self, request: web.Request) -> web.Response:
        return await self._history(request, await known_thread(self.room, request.query.get("thread", "")))

    async def list_threads(self, _request: web.Request) -> web.Response:
        threads = await self.room.threads(STAFF)
        return web.json_response({"threads": [thread_for_page(thread) for thread in threads]})

    async def open_stream(self, request: web.Request) -> web.StreamResponse:
        """Changes of one or both views, from `Last-Event-ID`, else from `after`, else from now on."""
        views = request.query.get("views", "requester,staff").split(",")
        chats = [known_visitor(request).chat] if "requester" in views else []
        chats += [STAFF] if "staff" in views else []
        if not chats:
            refuse(web.HTTPBadRequest, "bad_request")
        after = number(request.headers.get("Last-Event-ID") or request.query.get("after"))
        start = await self.room.latest_revision() if after is None else after
        return await self.streams.serve(request, chats, start)

    async def send_file(self, request: web.Request) -> web.FileResponse:
        """A file of a message that this browser may see: pictures to show, everything else to download."""
        attachment = await self._attachment(request)
        try:
            path = self.files.path_of(attachment.handle)
        except NeverDelivered:
            refuse(web.HTTPNotFound, "gone")
        shown = attachment.content_type in PICTURES
        name = quote(attachment.name, safe="")
        headers = {
            "Content-Type": attachment.content_type if shown else UNKNOWN_TYPE,
            "Content-Disposition": f"{'inline' if shown else 'attachment'}; filename*=UTF-8''{name}",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Cache-Control": "private, max-age=86400",
        }
        return web.FileResponse(path, headers=headers)

    def _session(self, visitor: Visitor, language: str) -> dict[str, Any]:
        return {
            "language": language,
            "languages": dict(self.labels.languages),
            "labels": self.labels.of(language),
            "requester": {"id": visitor.user_id, "name": self.labels.introduce(visitor, language).name},
            "agents": [{"id": agent.user_id, "name": agent.name} for agent in AGENTS.values()],
            "limits": {"text": LONGEST_TEXT, "files": MOST_FILES, "bytes": LARGEST_FILE},
        }

    async def _history(self, request: web.Request, chat: ChatRef) -> web.Response:
        # The revision first: what changes after it comes through the stream, perhaps again, never not at all.
        revision = await self.room.latest_revision()
        before = number(request.query.get("before"))
        found = await self.room.messages(chat, before=before, limit=PAGE_OF_MESSAGES + 1)
        messages = [message_for_page(message) for message in found[-PAGE_OF_MESSAGES:]]
        more = len(found) > PAGE_OF_MESSAGES
        return web.json_response({"messages": messages, "more": more, "revision": str(revision)})

    async def _attachment(self, request: web.Request) -> Attachment:
        visitor = visitor_of(request)
        allowed = {STAFF.chat_id, visitor.chat.chat_id} if visitor else {STAFF.chat_id}
        message = await self.room.load(number(request.match_info["message"]) or 0)
        index = number(request.match_info["index"])
        if message is None or index is None or message.chat.chat_id not in allowed:
            refuse(web.HTTPNotFound, "gone")
        if index >= len(message.content.attachments):
            refuse(web.HTTPNotFound, "gone")
        return message.content.attachments[index]


def known_visitor(request: web.Request) -> Visitor:
    """The requester of this browser; the page is asked to open a session when there is none."""
    visitor = visitor_of(request)
    if visitor is None:
        refuse(web.HTTPUnauthorized, "no_session")
    return visitor


async def known_thread(room: Room, thread_id: str) -> ChatRef:
    """The staff thread, if it exists; the empty one is the staff chat itself."""
    chat = replace(STAFF, thread_id=thread_id)
    if await room.load_thread(chat) is None:
        refuse(web.HTTPNotFound, "gone")
    return chat
