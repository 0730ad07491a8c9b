"""The files of an export: handles when it is due, bytes when it leaves. No copy of what they hold is kept."""

import re
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime

from bot.actions import Text
from bot.forgetting import DataRequest
from bot.model import Attachment, AttachmentKind, Content, Made
from bot.ports import NeverDelivered, Store
from bot.reports import as_json, as_text, transcript
from bot.support.brain import Brain

FORMATS = {"txt": "text/plain", "json": "application/json"}
_HANDLE = re.compile(r"(\d{1,19})/(\d{1,19})/([A-Za-z-]{1,20})\.(txt|json)")


def export_contents(content: Content, request: DataRequest, now: int) -> tuple[Content, Content]:
    """The content with a file for people, and behind it a file for programs."""
    day = datetime.fromtimestamp(now // 1_000_000, UTC).strftime("%Y-%m-%d")
    for_people, for_programs = (
        Attachment(
            platform=Made.EXPORT, kind=AttachmentKind.DOCUMENT, name=f"support-{day}.{suffix}",
            handle=f"{request.requester_id}/{now}/{request.language}.{suffix}", content_type=content_type,
        )
        for suffix, content_type in FORMATS.items()
    )  # fmt: skip
    return replace(content, attachments=(for_people,)), Content(text="", attachments=(for_programs,))


class Exports:
    """Makes the files; `brain` gives the words of the moment."""

    def __init__(self, store: Store, brain: Callable[[], Brain]) -> None:
        self._store = store
        self._brain = brain

    async def open_file(self, attachment: Attachment) -> AsyncIterator[bytes]:
        """What the requester may see of their history, up to when it was promised; NeverDelivered once it is gone."""
        found = _HANDLE.fullmatch(attachment.handle)
        history = await self._store.history_of(int(found[1])) if found else None
        if found is None or history is None or not history.accounts:
            raise NeverDelivered("refused", "there is nobody of whom anything is kept")
        until, language = int(found[2]), found[3]
        messages = [kept for kept in history.messages if kept.message.at <= until]
        whole = transcript(replace(history, messages=messages), until)
        wording = self._brain().wording

        def say(text: Text) -> str:
            return wording.plain(text, language)

        made = as_text(whole, say) if found[4] == "txt" else as_json(whole)
        # A lone half of a surrogate pair, which a platform may let through, has no bytes.
        yield made.encode("utf-8", "replace")
