"""Content -> the messages it takes on Telegram, in order: files with a caption, texts, buttons under the last."""

from dataclasses import dataclass, replace

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.model import Attachment, Content, Markup, PlatformName
from bot.platforms.telegram.formatting import Formatted, calling, plain, split, under
from bot.platforms.telegram.markdown import formatted

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024


@dataclass(frozen=True, slots=True)
class Part:
    """One message: a text, or a file with that text as its caption."""

    text: Formatted
    attachment: Attachment | None = None
    keyboard: InlineKeyboardMarkup | None = None
    is_silent: bool = False


def parts_of(content: Content) -> tuple[Part, ...]:
    """At least one message; a text too long for a caption follows the files as messages of its own."""
    body = plain(content.text) if content.markup is Markup.PLAIN else formatted(content.text)
    called = [(one.user_id, one.name) for one in content.wakes or () if one.platform is PlatformName.TELEGRAM]
    text = calling(under(content.author, body), called)
    text = text.piece(0, len(text.text))
    caption = text if content.attachments and text.length <= CAPTION_LIMIT else Formatted("")
    texts = [] if caption.text else split(text, TEXT_LIMIT)
    parts = [Part(Formatted(""), attachment) for attachment in content.attachments]
    if parts:
        parts[0] = replace(parts[0], text=caption)
    parts += [Part(text) for text in texts]
    parts = parts or [Part(text)]
    parts[-1] = replace(parts[-1], keyboard=_keyboard(content))
    return tuple(replace(part, is_silent=content.wakes == ()) for part in parts)


def _keyboard(content: Content) -> InlineKeyboardMarkup | None:
    rows = [[InlineKeyboardButton(b.label, callback_data=b.data) for b in row] for row in content.buttons if row]
    return InlineKeyboardMarkup(rows) if rows else None
