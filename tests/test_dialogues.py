"""Every transcript on every platform: the requester on one, the desk on the same or the other one."""

from functools import partial
from pathlib import Path

import pytest

from tests.stage import discord, telegram, web
from tests.stage.player import play
from tests.stage.transcripts import Transcript, transcripts
from tests.stage.world import OpenWorld

TRANSCRIPTS = list(transcripts(Path(__file__).parent / "dialogues"))
WORLDS: dict[str, OpenWorld] = {
    "web": web.open_world,
    "telegram": telegram.open_world,
    "telegram-plain": partial(telegram.open_world, forum=False),
    "discord": discord.open_world,
    "discord-text": partial(discord.open_world, desk_kind="text"),
}
STAGES = [
    ("web", "web"),
    ("telegram", "telegram"),
    ("telegram-plain", "telegram-plain"),
    ("discord", "discord"),
    ("discord-text", "discord-text"),
    ("web", "telegram"),
    ("web", "discord"),
    ("telegram", "discord"),
    ("discord", "telegram"),
]


CASES = [
    pytest.param(transcript, requesters, desk, id=f"{transcript.name}-{requesters}-{desk}")
    for transcript in TRANSCRIPTS
    for requesters, desk in STAGES
    if not transcript.platforms or desk.partition("-")[0] in transcript.platforms
    if not transcript.requesters or requesters.partition("-")[0] in transcript.requesters
]


@pytest.mark.parametrize(("transcript", "requesters", "desk"), CASES)
async def test_dialogue(transcript: Transcript, requesters: str, desk: str, tmp_path: Path) -> None:
    """Both sides see exactly what the transcript says, and nothing else."""
    desks = None if desk == requesters else WORLDS[desk]
    await play(transcript, WORLDS[requesters], desks, tmp_path)
