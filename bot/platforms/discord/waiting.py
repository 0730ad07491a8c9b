"""Slash commands that have no answer yet: Discord shows "is thinking…" for each, which must not stay for good.

Not every command is answered where it was typed: a ticket's number comes later, a reply goes to somebody else.
"""

import asyncio
import contextlib

import aiohttp
import discord

PATIENCE_SECONDS = 10.0


class Waiting:
    """Takes the sign away when nobody has answered for some seconds; the answer may still come as a new message."""

    def __init__(self) -> None:
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._sleeping: set[str] = set()

    def begin(self, interaction: discord.Interaction) -> None:
        """Watch over an acknowledged slash command."""
        task = asyncio.create_task(self._watch(interaction), name=f"waiting-{interaction.id}")
        self._tasks[interaction.token] = task
        self._sleeping.add(interaction.token)
        task.add_done_callback(lambda _: self._forget(interaction.token))

    async def end(self, token: str) -> None:
        """To be awaited before an answer leaves: afterwards nothing is taken away any more."""
        task = self._tasks.get(token)
        if task is None:
            return
        if token in self._sleeping:
            task.cancel()
        await asyncio.wait({task})

    def close(self) -> None:
        """Stop watching; Discord itself takes the signs away after a quarter of an hour."""
        for task in self._tasks.values():
            task.cancel()

    async def _watch(self, interaction: discord.Interaction) -> None:
        await asyncio.sleep(PATIENCE_SECONDS)
        self._sleeping.discard(interaction.token)
        with contextlib.suppress(discord.DiscordException, aiohttp.ClientError, OSError):
            await interaction.delete_original_response()

    def _forget(self, token: str) -> None:
        self._tasks.pop(token, None)
        self._sleeping.discard(token)
