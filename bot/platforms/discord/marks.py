"""What a ticket's thread shows beside its messages: its name, in a forum its tags, and that it is archived.

Discord takes a third name within ten minutes only when those are over. Nothing else of the ticket may wait for that,
so the thread keeps its name until its ticket changes again.
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, Final

import discord
import structlog

from bot.model import TicketStatus
from bot.outgoing import Outgoing
from bot.platforms.discord import threads
from bot.platforms.discord.permissions import can_make_tags
from bot.platforms.discord.render import title_of
from bot.platforms.discord.saying import Words
from bot.ports import Clock

MOST_TAGS: Final = 20
"""In a forum."""
_TAGS_OF_A_POST, _LONGEST_TAG = 5, 20
_NAMES, _NAMES_WITHIN = 2, 10 * 60 * 1_000_000
_REMEMBERED = 1000

Tags = Mapping[str, discord.ForumTag]
"""By their names, whose letters may be small or capital."""

log = structlog.get_logger(__name__)


class Marks:
    """Remembers which names were given lately, and which tags were made that the library has not heard of yet."""

    def __init__(self, clock: Clock, words: Words) -> None:
        self._clock = clock
        self._words = words
        self._making = asyncio.Lock()
        self._made: dict[str, discord.ForumTag] = {}
        self._named: dict[int, list[int]] = {}

    async def show(self, client: discord.Client, outgoing: Outgoing) -> None:
        """Bring the thread up to date with its ticket; a chat without a thread is left as it is."""
        if not outgoing.chat.thread_id:
            return
        thread = await threads.thread_of(client, outgoing.chat)
        is_away = outgoing.rests or (outgoing.status is not None and outgoing.status.is_done)
        if thread.archived and is_away:
            return  # Discord changes nothing of an archived thread, and to bring it back for that would wake people.
        changes: dict[str, Any] = {"archived": is_away} if thread.archived != is_away else {}
        if isinstance(thread.parent, discord.ForumChannel):
            tags = await self.tags_for(thread.parent, outgoing.labels, thread.applied_tags)
            changes |= {"applied_tags": tags} if set(tags) != set(thread.applied_tags) else {}
        name = title_of(outgoing.title)
        if name and name != thread.name and self._may_name(thread.id):
            changes["name"] = name
        if changes:
            await _change(thread, changes)

    async def tags_for(
        self, forum: discord.ForumChannel, labels: Sequence[str], worn: Sequence[discord.ForumTag] = ()
    ) -> Sequence[discord.ForumTag]:
        """The tags of a post with these labels, made where they are missing and the bot may make them; of those it
        wears already, what people gave it stays."""
        names = [label.strip()[:_LONGEST_TAG].rstrip() for label in labels]
        known = await self._known(forum, names)
        ours = [known[name.casefold()] for name in names if name.casefold() in known]
        statuses = self._statuses()
        theirs = [tag for tag in worn if tag not in ours and tag.name.casefold() not in statuses]
        tags = [*ours, *theirs][:_TAGS_OF_A_POST]
        # Where a forum insists on a tag, a post without one would be refused.
        return tags or (list(forum.available_tags[:1]) if forum.flags.require_tag else [])

    async def _known(self, forum: discord.ForumChannel, names: Sequence[str]) -> Tags:
        """The forum's tags, together with those that had to be made; one after the other, for Discord takes all of a
        forum's tags at once."""
        async with self._making:
            told = {tag.name.casefold(): tag for tag in forum.available_tags}
            self._made = {name: tag for name, tag in self._made.items() if name not in told}
            known = self._made | told
            missing = [name for name in names if name.casefold() not in known][: MOST_TAGS - len(known)]
            if missing and can_make_tags(forum.permissions_for(forum.guild.me)):
                self._made |= await _made(forum, [*known.values()], missing)
            return known | self._made

    def _statuses(self) -> set[str]:
        """The names of the tags of all statuses, in all languages."""
        return {text.casefold() for status in TicketStatus for text in self._words(f"label.{status}").values()}

    def _may_name(self, thread_id: int) -> bool:
        """Whether Discord will take another name for the thread now; who asks is taken to have named it."""
        now = self._clock.now()
        named = [at for at in self._named.pop(thread_id, ()) if now - at < _NAMES_WITHIN]
        may = len(named) < _NAMES
        self._named[thread_id] = [*named, now] if may else named
        if len(self._named) > _REMEMBERED:
            del self._named[next(iter(self._named))]
        return may


async def _made(
    forum: discord.ForumChannel, known: Sequence[discord.ForumTag], names: Sequence[str]
) -> dict[str, discord.ForumTag]:
    """The tags as Discord made them; none where it would not, since a ticket is worth more than its tags."""
    new = [discord.ForumTag(name=name) for name in names]
    try:
        changed = await forum.edit(available_tags=[*known, *new])
    except (discord.HTTPException, discord.RateLimited) as error:
        log.warning("discord_tags_not_made", forum=forum.id, error=getattr(error, "code", type(error).__name__))
        return {}
    wanted = {name.casefold() for name in names}
    found = changed.available_tags if changed else ()
    return {tag.name.casefold(): tag for tag in found if tag.name.casefold() in wanted}


async def _change(thread: discord.Thread, changes: Mapping[str, Any]) -> None:
    """All at once; what Discord does not take because of the name, without it."""
    try:
        await thread.edit(**changes)
    except (discord.RateLimited, discord.HTTPException) as error:
        is_too_soon = isinstance(error, discord.RateLimited) or error.status == 429
        if "name" not in changes or not is_too_soon:
            raise
        log.info("discord_thread_keeps_its_name", thread=thread.id)
        rest = {what: value for what, value in changes.items() if what != "name"}
        if rest:
            await thread.edit(**rest)
