"""A message as the page shows it: our own Markdown as HTML made here, anybody else's text as plain text.

The page puts `html` into the document as it is, so nothing but our Markdown may ever become `html`.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererProtocol
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from bot.model import Attachment, Content, Markup
from bot.platforms.places import linked, nowhere
from bot.platforms.web.files import PICTURES
from bot.platforms.web.identity import STAFF
from bot.ports import RoomMessage, RoomThread

LINK_SCHEMES = frozenset({"http", "https", "mailto", "tg"})

Json = dict[str, Any]


def message_for_page(message: RoomMessage) -> Json:
    """All the page may know of a message; `nonce` lets it recognise what it posted itself."""
    place: Json = {
        "id": str(message.id),
        "revision": str(message.revision),
        "view": view_of(message.chat.chat_id),
        "thread": message.chat.thread_id,
    }
    if message.deleted:
        return {**place, "deleted": True}
    return {
        **place,
        **_text(message.content),
        "own": bool(message.author),
        "name": message.author or message.content.author,
        "nonce": message.key.rpartition(":")[2] if message.author else "",
        "at": message.created_at // 1000,
        "quoted": message.quoted,
        "edited": message.edited,
        "reactions": list(message.reactions),
        "calls": [one.name for one in message.content.wakes or ()],
        "buttons": [[{"label": one.label, "data": one.data} for one in row] for row in message.content.buttons],
        "files": [_file(message, index, one) for index, one in enumerate(message.content.attachments)],
    }


def thread_for_page(thread: RoomThread) -> Json:
    latest = thread.latest and message_for_page(thread.latest)
    return {
        "thread": thread.chat.thread_id,
        "title": thread.title,
        "closed": thread.closed,
        "at": thread.created_at // 1000,
        "latest": latest,
    }


def view_of(chat_id: str) -> str:
    return "staff" if chat_id == STAFF.chat_id else "requester"


def markdown_to_html(text: str) -> str:
    """Our Markdown as HTML; raw HTML, pictures and links of unknown kinds stay the text they are."""
    return str(_MARKDOWN.render(text)).strip()


def _text(content: Content) -> Json:
    if content.markup is Markup.MARKDOWN:
        return {"html": markdown_to_html(linked(content, nowhere).text)}
    return {"text": content.text}


def _file(message: RoomMessage, index: int, attachment: Attachment) -> Json:
    return {
        "url": f"/files/{message.id}/{index}",
        "name": attachment.name,
        "size": attachment.size,
        "picture": attachment.content_type in PICTURES,
    }


def _is_link(url: str) -> bool:
    try:
        return urlsplit(url).scheme.lower() in LINK_SCHEMES
    except ValueError:
        return False


def _open_elsewhere(
    renderer: RendererProtocol, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType
) -> str:
    tokens[index].attrSet("target", "_blank")
    tokens[index].attrSet("rel", "noopener noreferrer")
    return str(renderer.renderToken(tokens, index, options, env))  # type: ignore[attr-defined]


def _new_markdown() -> MarkdownIt:
    made: Mapping[str, Any] = {"html": False, "breaks": True}
    markdown = MarkdownIt("commonmark", made)
    markdown.disable(["image", "html_block", "html_inline"])
    markdown.validateLink = _is_link  # type: ignore[method-assign]
    markdown.add_render_rule("link_open", _open_elsewhere)
    return markdown


_MARKDOWN = _new_markdown()
