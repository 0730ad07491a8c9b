"""Between the outbox and the platforms: every file is looked at before anybody gets it, and only then sent.

A file that is what it should be goes on by its handle, or cleaned and under a true name as an upload. Any other is
left out of the message, whose words go on without it. What cannot be looked at now waits: nothing passes unseen.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import structlog

from bot.delivery.files import MEGABYTE, fetching
from bot.internal_events import HeldFile
from bot.joining import mapped
from bot.logs import error_id
from bot.model import Attachment, AttachmentKind, Made, PlatformName
from bot.outgoing import Outgoing
from bot.ports import FetchFile, FileSource, NeverDelivered, Scan, TryLater
from bot.screening import Accepted, Held, Hold, Verdict, judge, safe_name, shown_name

LARGEST = 20 * MEGABYTE
MOST_AT_ONCE = 4
"""A file is in memory while it is looked at."""
DESK_TROUBLE = frozenset({"blocked", "chat_gone", "forbidden"})
"""Reasons that lie in the chat and not in what is sent."""
_NAMED_BY_PEOPLE = (AttachmentKind.DOCUMENT, AttachmentKind.AUDIO, AttachmentKind.VIDEO)

log = structlog.get_logger()


class FilesHeldBack(NeverDelivered):
    """Nothing of a message can go on: `held` is every file of it that was held."""

    def __init__(self, held: Sequence[HeldFile]) -> None:
        super().__init__("file_held", ", ".join(file.why for file in held))
        self.held = tuple(held)


@dataclass(frozen=True, slots=True)
class Screened:
    """The row as it may leave, how its files are got at, and what was left out of it."""

    row: Outgoing
    fetch: FetchFile
    held: tuple[HeldFile, ...] = ()

    def without_refused(self, error: NeverDelivered) -> "Screened":
        """The row without what the platform will not take, so that its words arrive; the error again if it is not
        about files."""
        files = self.row.content.attachments if self.row.content else ()
        if not files or self.row.origin or error.reason in DESK_TROUBLE:
            raise error
        large = tuple(file for file in files if error.limit and file.size > error.limit)
        why = Hold.TOO_LARGE if error.reason == "too_large" else Hold.GONE
        return _leaving_out(self, [_held(file, why, limit=error.limit) for file in large or files])


class Screening:
    """`scan` looks for malware, if there is anybody to ask; `tell_scanner_away` is called once for each outage;
    `made` are the bot's own files."""

    def __init__(
        self,
        platforms: Mapping[PlatformName, FileSource],
        largest: int = LARGEST,
        scan: Scan | None = None,
        tell_scanner_away: Callable[[], Awaitable[None]] | None = None,
        made: Mapping[Made, FileSource] | None = None,
    ) -> None:
        self._fetch = fetching(platforms, largest, made)
        self._scan = scan
        self._tell_scanner_away = tell_scanner_away
        self._is_away = False
        self._slots = asyncio.Semaphore(MOST_AT_ONCE)

    @asynccontextmanager
    async def screened(self, row: Outgoing) -> AsyncIterator[Screened]:
        """The row with nothing in it that was not looked at, while the block runs.

        FilesHeldBack when nothing is left of it, or when it is an agent's: half a reply might mislead.
        """
        files = row.content.attachments if row.content else ()
        if not files:
            yield Screened(row, self._fetch)
            return
        async with AsyncExitStack() as stack:
            looked_at = [await self._looked_at(file, stack) for file in files]
            yield _passing(row, looked_at)

    async def _looked_at(self, file: Attachment, stack: AsyncExitStack) -> "_LookedAt":
        try:
            async with self._slots:
                path = await stack.enter_async_context(self._fetch(file))
                if isinstance(file.platform, Made):
                    # Text that we put together ourselves: a word of its requester must not have it held.
                    return _LookedAt(file, path=path)
                found = await self._scanned(path)
                verdict = Held(Hold.INFECTED, found) if found else await asyncio.to_thread(_judged, path)
        except NeverDelivered as error:
            why = Hold.TOO_LARGE if error.reason == "too_large" else Hold.GONE
            return _LookedAt(file, _held(file, why, limit=error.limit))
        if isinstance(verdict, Held):
            return _LookedAt(file, _held(file, verdict.why, verdict.content_type))
        return _LookedAt(_true(file, verdict), path=path)

    async def _scanned(self, path: Path) -> str:
        if self._scan is None:
            return ""
        try:
            found = await self._scan(path)
        except TryLater:
            if not self._is_away and self._tell_scanner_away:
                self._is_away = True
                await self._tell_scanner_away()
            raise
        self._is_away = False
        return found


@dataclass(frozen=True, slots=True)
class _LookedAt:
    """A file as it is passed on from `path`, or what is said about it instead."""

    file: Attachment
    held: HeldFile | None = None
    path: Path | None = None


def _judged(path: Path) -> Verdict:
    """The verdict; what is passed on is in the place of the file afterwards."""
    content = path.read_bytes()
    try:
        verdict = judge(content)
    except Exception as error:
        # A slip of ours must not let it through, nor hold up what was written with it.
        log.error("file not judged", error_id=error_id(), exc_info=error)
        return Held(Hold.DAMAGED)
    if isinstance(verdict, Accepted) and verdict.content != content:
        path.write_bytes(verdict.content)
        return replace(verdict, is_cleaned=True)
    return verdict


def _true(file: Attachment, verdict: Accepted) -> Attachment:
    """The file as what it is; its handle can only be used if that is just what its platform has."""
    name = safe_name(file.name, verdict.suffixes)
    is_renamed = name != file.name and file.kind in _NAMED_BY_PEOPLE
    kind = file.kind if verdict.content_type.split("/")[0] in _LOOKS_AS[file.kind] else AttachmentKind.DOCUMENT
    return replace(
        file, name=name, kind=kind, content_type=verdict.content_type, size=len(verdict.content),
        is_changed=verdict.is_cleaned or is_renamed or kind is not file.kind,
    )  # fmt: skip


_LOOKS_AS = {
    AttachmentKind.PHOTO: ("image",),
    AttachmentKind.VIDEO: ("video", "image"),
    AttachmentKind.VOICE: ("audio",),
    AttachmentKind.AUDIO: ("audio",),
    AttachmentKind.DOCUMENT: ("image", "video", "audio", "text", "application"),
}


def _passing(row: Outgoing, looked_at: Sequence[_LookedAt]) -> Screened:
    passed = {_key(one.file): one for one in looked_at if one.held is None}

    @asynccontextmanager
    async def fetch(file: Attachment) -> AsyncIterator[Path]:
        path = passed[_key(file)].path
        assert path is not None
        yield path

    true = mapped(
        row,
        lambda _, content: replace(
            content,
            attachments=tuple(
                passed[_key(file)].file if _key(file) in passed else file for file in content.attachments
            ),
        ),
    )
    return _leaving_out(Screened(true, fetch), [one.held for one in looked_at if one.held])


def _leaving_out(screened: Screened, held: Sequence[HeldFile]) -> Screened:
    if not held:
        return screened
    keys = {file.key for file in held}
    row = mapped(
        screened.row,
        lambda _, content: replace(
            content, attachments=tuple(file for file in content.attachments if _key(file) not in keys)
        ),
    )
    every = (*screened.held, *held)
    if row.origin or not (row.content and (row.content.text or row.content.attachments)):
        raise FilesHeldBack(every)
    return Screened(row, screened.fetch, every)


def _key(file: Attachment) -> str:
    return f"{file.platform}:{file.handle}"


def _held(file: Attachment, why: Hold, content_type: str = "", limit: int = 0) -> HeldFile:
    return HeldFile(
        key=_key(file), name=shown_name(file.name), size=file.size, why=why,
        content_type=content_type or file.content_type, limit_mb=limit // MEGABYTE,
    )  # fmt: skip
